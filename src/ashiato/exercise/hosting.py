"""Who rents what from whom: innocent customers, renters under pseudonyms, and what they pass on."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from numpy.random import Generator

from ashiato.exercise.draws import between, daytime, moment, pick, some, stream, whole
from ashiato.exercise.houses import Desk, Town, plan_houses
from ashiato.exercise.parameters import Parameters
from ashiato.exercise.scene import (
    PASSED_ON,
    Cast,
    Contract,
    Group,
    Holding,
    Person,
    Provider,
    Reach,
    Regime,
    Rental,
)
from ashiato.exercise.words import Alias, Names, homophone

_RIVALS, _COPIES = 2, 1
"""Machines that the second group and the imitator have of their own."""
_AFTER = 8
"""Days that are left of the period when the last lease ends: an address is used again."""
LOYAL = 12
"""Innocent persons who rent from two houses under their own name, and are spelt as each does."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """The providers' side of a scene."""

    providers: tuple[Provider, ...]
    persons: tuple[Person, ...]
    contracts: tuple[Contract, ...]
    rentals: tuple[Rental, ...]
    successor: Contract | None
    co_tenant: Contract | None
    office: str


def addresses(rng: Generator) -> tuple[str, ...]:
    """Draw three addresses of one network (RFC 6598) that somebody logs in from."""
    block = f"100.{whole(rng, 64, 128)}.{whole(rng, 0, 256)}"
    return tuple(f"{block}.{n}" for n in some(rng, range(2, 250), 3))


def keys(rng: Generator) -> tuple[str, ...]:
    """Draw two fingerprints of keys."""
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
    return Hand(name, addresses(rng), keys(rng), hour % 24)


def _of(group: Group) -> Hand:
    return Hand(group.name, group.networks, group.keys, group.hour)


class Lettings:
    """Writes the plan of all houses, one kind of customer after the other."""

    def __init__(
        self,
        seed: int,
        parameters: Parameters,
        cast: Cast,
        *,
        start: datetime,
        days: int,
        names: Names,
    ) -> None:
        self.rng, self.cast, self.start, self.days = stream(seed, "hosting"), cast, start, days
        self.parameters, self.odds, self.names = parameters, parameters.odds, names
        self.town = Town(self.rng, names)
        self.houses = plan_houses(self.rng, names, parameters, self.end)
        self.desks = [Desk(house, n, self.rng) for n, house in enumerate(self.houses)]
        self.open = [desk for desk in self.desks if desk.provider.given]
        self.office = names.postal()
        self.reseller_card, self.reseller = self.town.card(), names.firm("reseller")
        self.persons: list[Person] = list(cast.renters)
        self.strangers = 0

    @property
    def end(self) -> datetime:
        """The end of the period."""
        return self.start + timedelta(days=self.days)

    def day(self, first: float, last: float) -> datetime:
        """Draw an instant between two days of the period."""
        return moment(self.rng, self.start, first, last)

    def part(self, ends: list[float]) -> datetime:
        """Draw a morning between two shares of the period, with a week left for what follows."""
        last = min(ends[1] * self.days, self.days - _AFTER)
        return daytime(self.rng, self.start, ends[0] * self.days, last)

    # -- renters -------------------------------------------------------------------------------

    def rentals(self) -> tuple[Rental, ...]:
        """Draw every renter's contracts and what became of them."""
        out: list[Rental] = []
        for person, fates in zip(self.cast.renters, self.parameters.fates, strict=False):
            out += self._renter(person, fates, self.cast.group)
        if self.cast.rival:
            dealer = self._outsider("dealer")
            out += self._renter(dealer, ("sold",) * _RIVALS, self.cast.rival)
        if self.cast.imitator:
            straw = self._outsider("straw")
            out += self._renter(straw, ("sold",) * _COPIES, self.cast.imitator)
        return tuple(out)

    def _outsider(self, id_: str) -> Person:
        person = Person(id_, self.names.person(), innocent=False)
        self.persons.append(person)
        return person

    def _renter(self, person: Person, fates: tuple[str, ...], group: Group) -> Iterator[Rental]:
        """Let one renter sign his contracts, reusing details, networks and pseudonyms in part."""
        reuse = {kind: between(self.rng, ends) for kind, ends in self.odds["reuse"].items()}
        base, hand = (
            self.town.reach(),
            _hand(self.rng, person.name, group.hour + 6 + 12 * self.rng.random()),
        )
        alias = self.names.alias(self.odds["alias_tongues"])
        for number, fate in enumerate(fates):
            reach = self.town.again(base, reuse) if number else base
            if number and self.rng.random() >= self.odds["alias_again"]:
                alias = self.names.alias(self.odds["alias_tongues"])
            if number == 0 and self.parameters.virtual_office:
                reach = replace(reach, postal=self.office)
            own = _hand(self.rng, person.name, hand.hour)
            own = hand if self.rng.random() < reuse["network"] else own
            yield self._rental(person, alias, reach, fate, group=group, own=own)

    def _rental(
        self, person: Person, alias: Alias, reach: Reach, fate: str, *, group: Group, own: Hand
    ) -> Rental:
        desk, passed_on = pick(self.rng, self.open), fate in PASSED_ON
        end = self.part(self.odds["ended_at"]) if passed_on else None
        contract = desk.sign(alias, person.id, reach, self.day(-75, -30), end)
        domain = self.names.domain() if not passed_on else f"{group.lure}-{self.names.domain()}"
        if end is None:
            last = self.end - timedelta(days=1)
            kept = (Holding(person.name, contract.start, None, "contract"),)
            regime = own.at_work(contract.start, last, 4)
            return Rental(replace(contract, regimes=(regime,)), domain, fate, "", kept)
        at = self.part(self.odds["sold_at"])
        build = {"sold": self._sold, "resold": self._resold, "double": self._double}[fate]
        holdings, hands = build(group, at, end)
        first = Holding(person.name, contract.start, at, "contract")
        leaves = at - timedelta(hours=whole(self.rng, 10, 60))
        regimes = [own.at_work(contract.start, leaves, 4)]
        for holding, hand in zip(holdings, hands, strict=True):
            begins = holding.start + timedelta(hours=whole(self.rng, 1, 9))
            regimes.append(hand.at_work(begins, holding.end or end, 10))
        made = replace(contract, regimes=tuple(regimes))
        return Rental(made, domain, fate, group.name, (first, *holdings))

    def _sold(self, group: Group, at: datetime, end: datetime) -> tuple[list[Holding], list[Hand]]:
        return [Holding(group.name, at, end, self.cast.market)], [_of(group)]

    def _resold(
        self, group: Group, at: datetime, end: datetime
    ) -> tuple[list[Holding], list[Hand]]:
        """Pass it first to a holder whom nobody knows, and from him to the group."""
        name = self._stranger()
        then = at + timedelta(days=whole(self.rng, 4, max(5, self.days // 10)))
        between_ = Holding(name, at, then, self.cast.market)
        stranger = _hand(self.rng, name, 24 * self.rng.random())
        return [between_, Holding(group.name, then, end, "private")], [stranger, _of(group)]

    def _double(
        self, group: Group, at: datetime, end: datetime
    ) -> tuple[list[Holding], list[Hand]]:
        """Sell it twice: to the group, and days later to a second buyer who uses it as well."""
        rival = self.cast.rival
        name = rival.name if rival else self._stranger()
        other = _of(rival) if rival else _hand(self.rng, name, 24 * self.rng.random())
        then = at + timedelta(days=whole(self.rng, 2, 12))
        first = Holding(group.name, at, end, self.cast.market)
        return [first, Holding(name, then, end, self.cast.market)], [_of(group), other]

    def _stranger(self) -> str:
        self.strangers += 1
        return f"unidentified holder #{self.strangers}"

    # -- innocent customers --------------------------------------------------------------------

    def innocent(self, alias: Alias | None = None) -> tuple[Person, Alias]:
        """Invent an innocent customer, a person or a small firm, and his name in every script."""
        if alias is None and self.rng.random() < self.odds["firm_share"]:
            name = self.names.firm("customers")
            alias = Alias(name, name, name)
        alias = alias or self.names.alias(self.odds["tongues"])
        person = Person(f"p-{len(self.persons):05d}", alias.latin, innocent=True)
        self.persons.append(person)
        return person, alias

    def customer(self, desk: Desk, who: tuple[Person, Alias], reach: Reach) -> Contract:
        """Let an innocent customer rent for some time around the period."""
        start = self.day(-300, 0.9 * self.days)
        leaves = self.rng.random() < self.odds["leaves"]
        end = moment(self.rng, start, 60, 400) if leaves else None
        return desk.sign(who[1], who[0].id, reach, start, end)

    def crowd(self, desk: Desk, namesakes: list[Alias]) -> list[Contract]:
        """Draw the innocent customers of one house; some bear names that a renter made up."""
        p = self.parameters
        kinds = [self.office] * (self.odds["office_customers"] * p.virtual_office)
        cards = [self.reseller_card] * (self.odds["resold_customers"] * p.reseller)
        out = [self.customer(desk, self.innocent(name), self.town.reach()) for name in namesakes]
        for number in range(whole(self.rng, p.customers[0], p.customers[1] + 1) - len(out)):
            reach, payer = self.town.reach(), ""
            if number < len(kinds):
                reach = replace(reach, postal=kinds[number])
            elif number < len(kinds) + len(cards):
                reach, payer = replace(reach, card=self.reseller_card), self.reseller
            contract = self.customer(desk, self.innocent(), reach)
            out.append(replace(contract, payer=payer or contract.payer))
        return out

    def loyal(self, contracts: list[Contract], desk: Desk) -> list[Contract]:
        """Let some customers rent from another house too, under their own name."""
        known = {person.id: person for person in self.persons}
        return [
            self.customer(desk, (known[c.person], c.alias), c.reach) for c in contracts[-LOYAL:]
        ]

    def controls(self, contracts: list[Contract]) -> list[Contract]:
        """Give three innocent machines log-in records: a steady one, a new computer, a journey."""
        changes = ((), (0.45,), (0.36, 0.55))
        return [self._control(c, days) for c, days in zip(contracts, changes, strict=True)]

    def _control(self, contract: Contract, changes: tuple[float, ...]) -> Contract:
        contract = replace(contract, start=self.day(-70, -50), end=None)
        home = _hand(self.rng, contract.customer, whole(self.rng, 0, 24))
        away = replace(home, networks=addresses(self.rng))
        if len(changes) == 1:
            away = replace(away, keys=keys(self.rng))
        cuts = [contract.start, *(self.start + timedelta(days=d * self.days) for d in changes)]
        ends = [*cuts[1:], self.end - timedelta(days=1)]
        hands = [home, away, home]
        return replace(
            contract,
            regimes=tuple(h.at_work(a, b, 5) for h, a, b in zip(hands, cuts, ends, strict=False)),
        )

    def neighbour(self, desk: Desk, address: str, start: datetime) -> Contract:
        """Put an innocent customer behind an address, with log-in records of his machine."""
        person, alias = self.innocent()
        contract = desk.sign(alias, person.id, self.town.reach(), start, None)
        hand = _hand(self.rng, person.name, whole(self.rng, 0, 24))
        regime = hand.at_work(start, self.end - timedelta(days=1), 6)
        return replace(contract, address=address, regimes=(regime,))

    def housemates(self, contract: Contract) -> list[Contract]:
        """Put more innocent customers behind a shared address, at any time."""
        desk, ends = self.desk_of(contract), self.odds["co_tenants"]
        signed = [
            self.customer(desk, self.innocent(), self.town.reach())
            for _ in range(whole(self.rng, ends[0], ends[1] + 1))
        ]
        return [replace(c, address=contract.address, shared=True) for c in signed]

    def stolen(self) -> Rental:
        """Let the group steal an innocent customer's account: nobody sold it."""
        desk, group = pick(self.rng, self.open), self.cast.group
        (person, alias), end = self.innocent(), self.part(self.odds["ended_at"])
        contract = desk.sign(alias, person.id, self.town.reach(), self.day(-75, -30), end)
        at = self.part(self.odds["sold_at"])
        own = _hand(self.rng, person.name, whole(self.rng, 0, 24))
        regimes = own.at_work(contract.start, end, 5), _of(group).at_work(at, end, 3)
        holdings = (
            Holding(person.name, contract.start, end, "contract"),
            Holding(group.name, at, end, "theft"),
        )
        made = replace(contract, regimes=regimes)
        return Rental(made, self.names.domain(), "stolen", group.name, holdings)

    def desk_of(self, contract: Contract) -> Desk:
        """Give the desk at which a contract was signed."""
        return next(d for d in self.desks if d.provider.id == contract.provider)


def _with(rental: Rental, contract: Contract) -> Rental:
    return replace(rental, contract=contract)


def _dressed(lettings: Lettings, rentals: list[Rental]) -> list[Rental]:
    """Give single contracts what sets them apart: the slip, the shared machine, the wrong date.

    The engineer pays one contract with a card in his real name: the slip that ties him.
    """
    p, rng = lettings.parameters, lettings.rng
    out = list(rentals)
    sold = [n for n, r in enumerate(out) if r.fate == "sold" and r.user == lettings.cast.group.name]
    out[sold[1]] = _with(
        out[sold[1]], replace(out[sold[1]].contract, payer=lettings.cast.engineer.name)
    )
    if p.co_tenant:
        out[sold[-1]] = _with(out[sold[-1]], replace(out[sold[-1]].contract, shared=True))
    if p.reseller:
        own = next((n for n, r in enumerate(out) if r.fate == "own"), None)
        if own is not None:
            reach = replace(out[own].contract.reach, card=lettings.reseller_card)
            out[own] = _with(
                out[own], replace(out[own].contract, payer=lettings.reseller, reach=reach)
            )
    if p.wrong_date:
        rental = out[sold[1]]
        begun = rental.contract.start
        early = begun + ((rental.passed_at or begun) - begun) * between(rng, (0.4, 0.8))
        out[sold[1]] = _with(rental, replace(rental.contract, misdated=early))
    return out


def _unheard(lettings: Lettings, rentals: list[Rental]) -> list[Rental]:
    """Move one sold server to the house that hands nothing over."""
    closed = [d for d in lettings.desks if not d.provider.given]
    third = [n for n, r in enumerate(rentals) if r.fate == "sold"][2]
    if not closed:
        return rentals
    old = rentals[third].contract
    new = closed[0].sign(old.alias, old.person, old.reach, old.start, old.end)
    moved = replace(new, regimes=old.regimes)
    return [*rentals[:third], replace(rentals[third], contract=moved), *rentals[third + 1 :]]


def _namesakes(lettings: Lettings, rentals: list[Rental], desk: Desk) -> list[Alias]:
    """Choose made-up names that an innocent bears here: the same characters, or the same sound."""
    if not lettings.parameters.namesakes:
        return []
    count, rng = lettings.odds["namesakes"], lettings.rng
    taken = [r.contract for r in rentals if r.fate != "stolen"]
    far = [c.alias for c in taken if c.provider != desk.provider.id]
    same = some(rng, list(dict.fromkeys(far)), (count + 1) // 2)
    heard = [h for alias in dict.fromkeys(c.alias for c in taken) if (h := homophone(rng, alias))]
    return [*same, *some(rng, heard, count // 2)]


def plan_hosting(
    seed: int, parameters: Parameters, cast: Cast, *, start: datetime, days: int, names: Names
) -> Hosting:
    """Draw all providers, everybody who rents there, and who really logs in."""
    lettings = Lettings(seed, parameters, cast, start=start, days=days, names=names)
    rentals = _dressed(lettings, _unheard(lettings, list(lettings.rentals())))
    successor, co_tenant = _neighbours(lettings, rentals)
    crowds = [lettings.crowd(desk, _namesakes(lettings, rentals, desk)) for desk in lettings.desks]
    if parameters.stolen_account:
        rentals.append(lettings.stolen())
    if parameters.travellers:
        crowds[0][-3:] = lettings.controls(crowds[0][-3:])
    if len(crowds) > 1:
        crowds[1] += lettings.loyal(crowds[0][:-3], lettings.desks[1])
    every = [r.contract for r in rentals] + [c for crowd in crowds for c in crowd]
    every += [c for c in (successor, co_tenant) if c]
    every += lettings.housemates(co_tenant) if co_tenant else []
    contracts = tuple(sorted(every, key=lambda c: (c.provider, c.number)))
    return Hosting(
        providers=lettings.houses,
        persons=tuple(lettings.persons),
        contracts=contracts,
        rentals=tuple(rentals),
        successor=successor,
        co_tenant=co_tenant,
        office=lettings.office,
    )


def _neighbours(
    lettings: Lettings, rentals: list[Rental]
) -> tuple[Contract | None, Contract | None]:
    """Draw who gets the first server's address after its lease, and who shares another's."""
    p = lettings.parameters
    first = next(r.contract for r in rentals if r.contract.end)
    shared = next((r.contract for r in rentals if r.contract.shared), None)
    successor = co_tenant = None
    if p.reused_address:
        start = moment(lettings.rng, first.end or lettings.start, 1, 4)
        successor = lettings.neighbour(lettings.desk_of(first), first.address, start)
    if shared:
        start = lettings.day(-70, -40)
        with_ = lettings.neighbour(lettings.desk_of(shared), shared.address, start)
        co_tenant = replace(with_, shared=True)
    return successor, co_tenant


def quiet_contracts(hosting: Hosting) -> list[Contract]:
    """Give the innocent contracts whose machines play no other part: ordinary sites live there."""
    special = {r.contract.address for r in hosting.rentals}
    return [c for c in hosting.contracts if not c.regimes and c.address not in special]
