"""Who rents what from whom: two providers, innocent customers, two renters under pseudonyms."""

from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from numpy.random import Generator

from ashiato.exercise.draws import daytime, moment, pick, some, stream, whole
from ashiato.exercise.scene import Cast, Contract, Person, Provider, Reach, Regime, Rental, Zone
from ashiato.exercise.words import Names, pack

CUSTOMERS = 240
"""Innocent customers of each provider."""
VIRTUAL_OFFICE = 24
"""Innocent customers of each provider who give the same office address as a renter does."""
RESOLD = 26
"""Innocent customers of the second provider who are paid for with one reseller's card."""
BOTH_HOUSES = 12
"""Innocent persons who rent from both providers under their own name."""
_POOLS = (("198.51.100", 0), ("203.0.113", 64))


@dataclass(frozen=True, slots=True)
class Hosting:
    """The providers' side of a scene."""

    providers: tuple[Provider, ...]
    persons: tuple[Person, ...]
    contracts: tuple[Contract, ...]
    rentals: tuple[Rental, ...]
    successor: Contract
    co_tenant: Contract


@dataclass(frozen=True, slots=True)
class Term:
    """How long something is rented; ``end`` is ``None`` while it runs."""

    start: datetime
    end: datetime | None


class Desk:
    """Where contracts are signed: numbers them and hands out machines and addresses."""

    def __init__(self, provider: Provider, rng: Generator) -> None:
        self._provider = provider
        self._books = pack("words")["books"][provider.books]
        block, high = _POOLS[provider.books]
        near = [f"{block}.{n}" for n in some(rng, range(10, 251), 200)]
        far = [f"198.18.{high + n // 200}.{10 + n % 200}" for n in range(12_000)]
        self._free = iter(near + far)
        self._numbers = iter(some(rng, range(1_000, 10_000), 4_000))

    def sign(self, customer: str, person: str, reach: Reach, term: Term) -> Contract:
        """Sign the next contract; the card's holder is the customer unless told otherwise later."""
        number = next(self._numbers)
        return Contract(
            number=self._books["contract"].format(number),
            provider=self._provider.id,
            asset=self._books["asset"].format(number),
            account=self._books["account"].format(number * 7 + 11),
            address=next(self._free),
            customer=customer,
            person=person,
            reach=reach,
            payer=customer,
            start=term.start,
            end=term.end,
        )


class Town:
    """Everybody's contact details, each new one used by nobody before."""

    def __init__(self, rng: Generator, names: Names) -> None:
        self.rng, self.names = rng, names

    def card(self) -> str:
        """Invent a card number on a prefix that no issuer uses, with its check digit."""
        body = "9999" + "".join(str(d) for d in self.rng.integers(0, 10, 11))
        doubled = (int(d) * (2 - i % 2) for i, d in enumerate(body))
        return body + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)  # noqa: PLR2004

    def phone(self) -> str:
        """Invent the eight digits of a subscriber in a country code that is not assigned."""
        return self.names.code(10_000_000, 100_000_000)

    def email(self) -> str:
        """Invent a mailbox."""
        words = pack("words")["site"]["words"]
        number = self.names.code(100, 100_000)
        return f"{pick(self.rng, words)}.{pick(self.rng, words)}{number}@post.example"

    def reach(self) -> Reach:
        """Invent all four."""
        return Reach(self.card(), self.phone(), self.email(), self.names.postal())


def _provider(rng: Generator, names: Names, books: int) -> Provider:
    zone = pick(rng, pack("words")["zones"])
    name = names.firm("hosting")
    return Provider(
        name.lower().replace(" ", "-"), name, Zone(zone["name"], zone["minutes"]), books
    )


def _addresses(rng: Generator) -> tuple[str, ...]:
    block = f"100.{whole(rng, 64, 128)}.{whole(rng, 0, 256)}"
    return tuple(f"{block}.{n}" for n in some(rng, range(2, 250), 3))


def _keys(rng: Generator) -> tuple[str, ...]:
    return tuple("SHA256:" + b64encode(rng.bytes(32)).decode().rstrip("=") for _ in range(2))


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody's habits at the keyboard."""

    name: str
    networks: tuple[str, ...]
    keys: tuple[str, ...]
    hour: float

    def at_work(self, start: datetime, end: datetime, per_week: float) -> Regime:
        """Give the log-ins of this hand between two instants."""
        logins = max(12, round((end - start) / timedelta(weeks=1) * per_week))
        return Regime(self.name, start, end, self.networks, self.keys, self.hour, logins)


def _hand(rng: Generator, name: str, hour: float) -> Hand:
    return Hand(name, _addresses(rng), _keys(rng), hour % 24)


class Lettings:
    """Writes the plan of both houses, one kind of customer after the other."""

    def __init__(self, seed: int, cast: Cast, start: datetime, names: Names) -> None:
        self.rng, self.cast, self.start = stream(seed, "hosting"), cast, start
        self.names = names
        self.town = Town(self.rng, names)
        self.houses = tuple(_provider(self.rng, names, books) for books in (0, 1))
        self.desks = tuple(Desk(house, self.rng) for house in self.houses)
        self.office = names.postal()
        self.reseller_card, self.reseller = self.town.card(), names.firm("reseller")
        self.persons: list[Person] = [cast.engineer, cast.student]

    def day(self, first: float, last: float) -> datetime:
        """Draw an instant between two days of the period."""
        return moment(self.rng, self.start, first, last)

    def rentals(self) -> tuple[Rental, ...]:
        """Draw the renters' contracts: three that are passed on, two that are not."""
        engineer, student, town = self.cast.engineer, self.cast.student, self.town
        first, second = town.reach(), town.reach()
        both = replace(first, phone=second.phone, postal=second.postal)
        kept = replace(second, card=self.reseller_card, phone=both.phone)
        study = town.reach()
        hobby = replace(study, email=town.email(), postal=town.names.postal())
        plan = (
            (0, engineer, replace(first, postal=self.office), (34, 37), (8, 11)),
            (1, engineer, both, (40, 43), (12, 16)),
            (1, engineer, kept, None, None),
            (1, student, replace(study, postal=self.office), (44, 47), (14, 19)),
            (0, student, hobby, None, None),
        )
        group, hour = self._hands()
        return tuple(
            self._rental(desk, person, reach, ends, passed, group=group, hour=hour[person.id])
            for desk, person, reach, ends, passed in plan
        )

    def _hands(self) -> tuple[Hand, dict[str, float]]:
        hour = whole(self.rng, 0, 24)
        group = _hand(self.rng, self.cast.group, hour)
        hours = {self.cast.engineer.id: hour + 8.5, self.cast.student.id: hour + 13.0}
        return group, hours

    def _rental(
        self,
        desk: int,
        person: Person,
        reach: Reach,
        ends: tuple[int, int] | None,
        passed: tuple[int, int] | None,
        *,
        group: Hand,
        hour: float,
    ) -> Rental:
        term = Term(self.day(-75, -30), self.day(*ends) if ends else None)
        contract = self.desks[desk].sign(self.names.person(), person.id, reach, term)
        own = _hand(self.rng, person.name, hour)
        domain = self.names.domain(lure=passed is not None)
        if passed is None or term.end is None:
            regime = own.at_work(term.start, self.start + timedelta(days=55), 4)
            return Rental(replace(contract, regimes=(regime,)), domain, None)
        at = daytime(self.rng, self.start, *passed)
        before = own.at_work(term.start, at - timedelta(hours=whole(self.rng, 10, 60)), 4)
        after = group.at_work(at + timedelta(hours=whole(self.rng, 1, 9)), term.end, 12)
        return Rental(replace(contract, regimes=(before, after)), domain, at)

    def innocent(self, name: str = "") -> Person:
        """Invent an innocent customer, a person or a small firm."""
        firm = self.rng.random() < 0.35  # noqa: PLR2004 - share of firms among customers
        given = name or (self.names.firm("customers") if firm else self.names.person())
        person = Person(f"p-{len(self.persons):04d}", given, innocent=True)
        self.persons.append(person)
        return person

    def customer(self, desk: int, person: Person, reach: Reach) -> Contract:
        """Let an innocent customer rent for some time around the period."""
        start = self.day(-300, 20)
        end = moment(self.rng, start, 60, 400) if self.rng.random() < 0.4 else None  # noqa: PLR2004
        return self.desks[desk].sign(person.name, person.id, reach, Term(start, end))

    def crowd(self, desk: int, namesake: str) -> list[Contract]:
        """Draw the customers of one house; one bears the name that a renter made up."""
        out = [self.customer(desk, self.innocent(namesake), self.town.reach())]
        for number in range(1, CUSTOMERS):
            reach = self.town.reach()
            if number <= VIRTUAL_OFFICE:
                reach = replace(reach, postal=self.office)
            resold = desk == 1 and VIRTUAL_OFFICE < number <= VIRTUAL_OFFICE + RESOLD
            contract = self.customer(
                desk,
                self.innocent(),
                replace(reach, card=self.reseller_card) if resold else reach,
            )
            out.append(replace(contract, payer=self.reseller) if resold else contract)
        return out

    def loyal(self, contracts: list[Contract]) -> list[Contract]:
        """Let some customers of the first house rent from the second too, under their own name."""
        known = {person.id: person for person in self.persons}
        return [
            self.customer(1, known[contract.person], contract.reach)
            for contract in contracts[-BOTH_HOUSES:]
        ]

    def controls(self, contracts: list[Contract]) -> list[Contract]:
        """Give three innocent machines log-in records: a steady one, a new computer, a journey."""
        return [
            self._control(contract, changes)
            for contract, changes in zip(contracts, ((), (25,), (20, 31)), strict=True)
        ]

    def _control(self, contract: Contract, changes: tuple[int, ...]) -> Contract:
        contract = replace(contract, start=self.day(-70, -50), end=None)
        home = _hand(self.rng, contract.customer, whole(self.rng, 0, 24))
        away = replace(home, networks=_addresses(self.rng))
        if len(changes) == 1:
            away = replace(away, keys=_keys(self.rng))
        cuts = [contract.start, *(self.start + timedelta(days=d) for d in changes)]
        ends = [*cuts[1:], self.start + timedelta(days=55)]
        hands = [home, away, home]
        return replace(
            contract,
            regimes=tuple(h.at_work(a, b, 5) for h, a, b in zip(hands, cuts, ends, strict=False)),
        )

    def successor(self, lost: Contract) -> Contract:
        """Let an innocent customer get the first server's address days after its lease."""
        start = moment(self.rng, lost.end or self.start, 1, 4)
        person = self.innocent()
        contract = self.desks[0].sign(person.name, person.id, self.town.reach(), Term(start, None))
        hand = _hand(self.rng, person.name, whole(self.rng, 0, 24))
        regime = hand.at_work(start, self.start + timedelta(days=55), 8)
        return replace(contract, address=lost.address, regimes=(regime,))

    def co_tenant(self, host: Contract) -> Contract:
        """Put an innocent customer behind the address of a passed-on server, at the same time."""
        person = self.innocent()
        term = Term(self.day(-70, -40), None)
        contract = self.desks[1].sign(person.name, person.id, self.town.reach(), term)
        hand = _hand(self.rng, person.name, whole(self.rng, 0, 24))
        regime = hand.at_work(term.start, self.start + timedelta(days=55), 5)
        return replace(contract, address=host.address, shared=True, regimes=(regime,))


def _owned(rental: Rental, owner: Person) -> Rental:
    """Let the engineer pay one contract with a card in his real name: the slip that ties him."""
    return replace(rental, contract=replace(rental.contract, payer=owner.name))


def plan_hosting(seed: int, cast: Cast, start: datetime, names: Names) -> Hosting:
    """Draw both providers, everybody who rents there, and who really logs in."""
    lettings = Lettings(seed, cast, start, names)
    kept_until_sold, slip, own, shared, hobby = lettings.rentals()
    slip = _owned(slip, cast.engineer)
    own = replace(own, contract=replace(own.contract, payer=lettings.reseller))
    shared = replace(shared, contract=replace(shared.contract, shared=True))
    successor = lettings.successor(kept_until_sold.contract)
    co_tenant = lettings.co_tenant(shared.contract)
    near = lettings.crowd(0, slip.contract.customer)
    near[-3:] = lettings.controls(near[-3:])
    far = lettings.crowd(1, kept_until_sold.contract.customer) + lettings.loyal(near[:-3])
    rentals = (kept_until_sold, slip, own, shared, hobby)
    every = [r.contract for r in rentals] + [successor, co_tenant] + near + far
    contracts = tuple(sorted(every, key=lambda c: (c.provider, c.number)))
    return Hosting(
        lettings.houses, tuple(lettings.persons), contracts, rentals, successor, co_tenant
    )
