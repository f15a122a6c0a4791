"""Hosting providers: how each keeps its books, and the desk at which contracts are signed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from numpy.random import Generator

from ashiato.exercise.draws import pick, some, whole
from ashiato.exercise.parameters import Parameters
from ashiato.exercise.scene import Contract, Provider, Reach, Zone
from ashiato.exercise.words import Alias, Names, pack, slug

_NEAR = ("198.51.100", "203.0.113", "192.0.2")
_KEPT = {
    "contracts": "contract customer account asset start end phone email postal card",
    "payments": "payment contract payer card amount paid_at",
    "assignments": "address asset contract start end",
}
_PERHAPS = {"contracts": "address signed_at", "payments": "account", "assignments": "account"}
_EVEN = 0.5
_ASKED = (10, 40)
"""Days after the period at which a provider is asked for its records."""


def _columns(rng: Generator, tongue: str, table: str, *, cards: bool) -> dict[str, str]:
    words = pack("words")["headings"][tongue]
    names = _KEPT[table].split() + [n for n in _PERHAPS[table].split() if rng.random() < _EVEN]
    kept = [name for name in names if cards or name != "card"]
    return {name: pick(rng, words[name]) for name in some(rng, kept, len(kept))}


def _books(rng: Generator, number: int, odds: Mapping[str, Any], *, cards: bool) -> dict[str, Any]:
    """Put a house's way of keeping books together; ``number`` keeps its ids apart from others'."""
    words = pack("words")["books"]
    tongue = "ja" if rng.random() < odds["japanese_headings"] else "en"
    day, hours = pick(rng, words["days"]), pick(rng, words["clocks"])
    shapes = {"contracts": pick(rng, ("", hours)), "payments": hours, "assignments": hours}
    tables = {
        table: {"date": day + shape, "columns": _columns(rng, tongue, table, cards=cards)}
        for table, shape in shapes.items()
    }
    return {
        "delimiter": pick(rng, words["delimiters"]),
        **{kind: words[kind + "s"][number] for kind in ("contract", "asset", "account")},
        **{kind: pick(rng, words[kind + "s"]) for kind in ("phone", "card")},
        **tables,
    }


def plan_houses(
    rng: Generator, names: Names, parameters: Parameters, end: datetime
) -> tuple[Provider, ...]:
    """Draw the providers; with `missing_provider` the last of several hands nothing over."""
    p = parameters
    count = whole(rng, p.providers[0], p.providers[1] + 1)
    styles = some(rng, range(len(pack("words")["books"]["contracts"])), count)
    scripts = some(rng, p.odds["scripts"], len(p.odds["scripts"]))
    out = []
    for number, style in enumerate(styles):
        zone, name = pick(rng, pack("words")["zones"]), names.firm("hosting")
        kept = p.retention_days or whole(rng, p.kept[0], p.kept[1] + 1)
        out.append(
            Provider(
                id=slug(name),
                name=name,
                zone=Zone(zone["name"], zone["minutes"]),
                books=_books(rng, style, p.odds, cards=not p.no_payments),
                script=scripts[number % len(scripts)],
                clock_offset=pick(rng, p.odds["clock_offsets"]),
                clock_error=round(p.clocks_off_hours * 3600),
                kept_from=end + timedelta(days=whole(rng, *_ASKED) - kept),
                given=not (p.missing_provider and 1 < count == number + 1),
            )
        )
    return tuple(out)


class Desk:
    """Where contracts are signed: numbers them and hands out machines and addresses."""

    def __init__(self, provider: Provider, number: int, rng: Generator) -> None:
        self.provider = provider
        near = [f"{block}.{n}" for block in _NEAR[number : number + 1] for n in range(10, 251)]
        self._free = iter([*some(rng, near, 200), *_far(number)])
        self._numbers = iter(some(rng, range(1_000, 10_000), 9_000))

    def sign(
        self, alias: Alias, person: str, reach: Reach, start: datetime, end: datetime | None
    ) -> Contract:
        """Sign the next contract; the card's holder is the customer unless told otherwise later."""
        number, books = next(self._numbers), self.provider.books
        customer = alias.spelt(self.provider.script)
        return Contract(
            number=books["contract"].format(number),
            provider=self.provider.id,
            asset=books["asset"].format(number),
            account=books["account"].format(number * 7 + 11),
            address=next(self._free),
            alias=alias,
            customer=customer,
            person=person,
            reach=reach,
            payer=customer,
            start=start,
            end=end,
        )


def _far(number: int) -> Iterator[str]:
    """Give a house's part of the block for benchmarks (RFC 2544), no two houses alike."""
    high = number % 4 * 32
    for block, last in product(range(high, high + 32), range(10, 210)):
        yield f"198.{18 + number // 4}.{block}.{last}"


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
        number = self.names.code(100, 1_000_000)
        return f"{pick(self.rng, words)}.{pick(self.rng, words)}{number}@post.example"

    def reach(self) -> Reach:
        """Invent all four."""
        return Reach(self.card(), self.phone(), self.email(), self.names.postal())

    def again(self, known: Reach, odds: Mapping[str, float]) -> Reach:
        """Invent a reach that takes each detail from ``known`` as often as ``odds`` says."""
        new = self.reach()
        kept = {
            kind: getattr(known if self.rng.random() < odds[kind] else new, kind)
            for kind in ("card", "phone", "email", "postal")
        }
        return Reach(**kept)
