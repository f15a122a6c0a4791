"""What the scorer knows and the solver must not: the scene as ``ashiato.truth/1``.

The values here are the file's shape; docs/exercise.md says what each means. They are built from a
`Scene` when an exercise is made, and read back from the file when an answer is scored.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ashiato.core.canonical import canonical_json, from_plain
from ashiato.core.errors import BadInput
from ashiato.core.time import parse_instant
from ashiato.exercise.campaign import BLIND, DECOYS, attack_window
from ashiato.exercise.casefile import speakers
from ashiato.exercise.documents import KINDS, file_name
from ashiato.exercise.scene import Contract, Organisation, Rental, Scene

SCHEMA = "ashiato.truth/1"
CHECKS_A_SERVER = 6
"""Attack instants for each server at which the scorer asks who held it."""


@dataclass(frozen=True, slots=True)
class Custody:
    """A party held an asset in a role over ``[start, end)``; ``names`` are all right answers."""

    assets: tuple[str, ...]
    role: str
    party: str
    names: tuple[str, ...]
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Check:
    """An instant at which the scorer asks who held an asset (``assets``: its names).

    ``kind`` is ``attack``, ``before_handover`` or ``after_lease``.
    """

    kind: str
    assets: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Persona:
    """A name as given to one provider, its contracts, and the person behind it."""

    source: str
    name: str
    contracts: tuple[str, ...]
    person: str
    innocent: bool


@dataclass(frozen=True, slots=True)
class Passing:
    """An account was passed on at an exact instant."""

    assets: tuple[str, ...]
    from_names: tuple[str, ...]
    to_names: tuple[str, ...]
    at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class Traced:
    """The planted contacts at one organisation: a victim's, or those of a decoy (``kind``)."""

    organisation: str
    kind: str
    first: datetime
    last: datetime
    hosts: tuple[str, ...]
    contacts: int
    assets: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blind:
    """An organisation of which the evidence cannot say whether it was attacked."""

    organisation: str
    why: str
    attacked: bool


@dataclass(frozen=True, slots=True)
class Voiced:
    """A document and the origins of what it says, each by all its names (ids included)."""

    path: str
    kind: str
    origins: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The right answer at one rung: who, whether the evidence can bear it, and whether it is so.

    Names in ``who`` are alternatives. ``fact`` is what happened in the exercise; where the evidence
    cannot bear an answer the right verdict abstains whatever the fact.
    """

    rung: str
    who: tuple[str, ...]
    answerable: bool
    fact: bool
    why: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """The group, the servers it used, the time of its attacks, and everybody it attacked."""

    group: str
    servers: tuple[str, ...]
    first: datetime
    last: datetime
    attacked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that a score compares an answer with."""

    schema: str
    seed: int
    lines: int
    spoilt: dict[str, int]
    campaign: Campaign
    custody: tuple[Custody, ...]
    checks: tuple[Check, ...]
    personas: tuple[Persona, ...]
    transfers: tuple[Passing, ...]
    victims: tuple[Traced, ...]
    decoys: tuple[Traced, ...]
    blind: tuple[Blind, ...]
    documents: tuple[Voiced, ...]
    answers: tuple[Answer, ...]
    weakest_rung: str
    unanswerable: tuple[str, ...]
    innocents: tuple[str, ...]


def _instant(epoch: float) -> datetime:
    return parse_instant("1970-01-01T00:00:00Z") + timedelta(milliseconds=round(epoch * 1000))


def _assets(contract: Contract, *, alone: bool = True) -> tuple[str, ...]:
    """Give what a contract's asset is called; a shared address is not one customer's alone."""
    own = (contract.asset, contract.account)
    return own if contract.shared and alone else (*own, contract.address)


def _names(scene: Scene, contract: Contract) -> tuple[str, ...]:
    """Give the real name behind a contract and the name on it."""
    person = next((p.name for p in scene.persons if p.id == contract.person), "")
    return tuple(dict.fromkeys(name for name in (person, contract.customer) if name))


def _held(scene: Scene, contract: Contract, rental: Rental | None) -> Iterator[Custody]:
    assets, start, end = _assets(contract), contract.start, contract.end
    for role, party in (("registrant", contract.customer), ("payer", contract.payer)):
        yield Custody(assets, role, party, (party,), start, end)
    passed = rental.passed_at if rental else None
    own, group = _names(scene, contract), scene.cast.group
    for role in ("credential_holder", "operator"):
        yield Custody(assets, role, own[0], own, start, passed or end)
        if passed:
            yield Custody(assets, role, group, (group,), passed, end)


def _custody(scene: Scene) -> Iterator[Custody]:
    rental_of = {r.contract.number: r for r in scene.rentals}
    for contract in scene.contracts:
        yield from _held(scene, contract, rental_of.get(contract.number))


def _checks(scene: Scene) -> Iterator[Check]:
    for rental in (r for r in scene.rentals if r.passed_at):
        assets = _assets(rental.contract)
        times = sorted(_attack_times(scene, rental))
        step = max(1, (len(times) - 1) // (CHECKS_A_SERVER - 1))
        for at in dict.fromkeys([*times[::step][: CHECKS_A_SERVER - 1], *times[-1:]]):
            yield Check("attack", assets, _instant(at))
        first, _ = attack_window(rental)
        yield Check("before_handover", assets, first - timedelta(days=4))
    after = scene.successor
    yield Check("after_lease", (after.address,), after.start + timedelta(days=1))


def _attack_times(scene: Scene, rental: Rental) -> Iterator[float]:
    for organisation in scene.organisations:
        for visit in organisation.traces if organisation.part == "victim" else ():
            if visit.site.address == rental.contract.address:
                yield from visit.times


def _personas(scene: Scene) -> tuple[Persona, ...]:
    grouped: dict[tuple[str, str], list[Contract]] = {}
    for contract in scene.contracts:
        grouped.setdefault((contract.provider, contract.customer), []).append(contract)
    innocent = {p.id: p.innocent for p in scene.persons}
    return tuple(
        Persona(source, name, tuple(c.number for c in own), own[0].person, innocent[own[0].person])
        for (source, name), own in sorted(grouped.items())
    )


def _passings(scene: Scene) -> Iterator[Passing]:
    for rental in scene.rentals:
        if rental.passed_at:
            names, group = _names(scene, rental.contract), (scene.cast.group,)
            assets = _assets(rental.contract)
            yield Passing(assets, names, group, rental.passed_at, scene.cast.market)


def _traced(organisation: Organisation) -> Traced:
    visits = organisation.traces
    return Traced(
        organisation=organisation.name,
        kind=organisation.part,
        first=_instant(min(v.times[0] for v in visits)),
        last=_instant(max(v.times[-1] for v in visits)),
        hosts=tuple(sorted({v.host for v in visits})),
        contacts=sum(len(v.times) for v in visits),
        assets=organisation.servers,
        values=tuple(sorted({v.site.domain or v.site.address for v in visits})),
    )


def _voiced(scene: Scene) -> Iterator[Voiced]:
    cast, ids = scene.cast, speakers(scene)
    police = (cast.police, ids["statement"], "police", "the police")
    firm = (cast.firm, cast.firm.lower().replace(" ", "-"))
    ministry = (f"{cast.state} {cast.ministry}", ids["denial"], cast.spokesperson, cast.ministry)
    origins = ((police,), (police, firm), (ministry,))
    for kind, voices in zip(KINDS, origins, strict=True):
        yield Voiced(f"evidence/documents/{file_name(scene, kind)}", kind, voices)


def _answers(scene: Scene) -> Iterator[Answer]:
    cast = scene.cast
    passed = [r.contract for r in scene.rentals if r.passed_at]
    servers = tuple(n for c in passed for n in (c.asset, c.address))
    books = "the provider's books and its log-in records"
    yield Answer("machine", servers, answerable=True, fact=True, why=books)
    accounts = tuple(c.account for c in passed)
    yield Answer("account", accounts, answerable=True, fact=True, why=books)
    aliases = tuple(c.customer for c in passed)
    yield Answer("persona", aliases, answerable=True, fact=True, why="the contracts name them")
    renters = (cast.engineer.name, cast.student.name)
    slip = "the police tell of an admission, and one contract was paid with a card in his real name"
    yield Answer("person", renters, answerable=True, fact=True, why=slip)
    two = "police and a firm that examined computers itself: two independent origins"
    yield Answer("group", (cast.group,), answerable=True, fact=True, why=two)
    one = "only the police believe it; the news report repeats them; the ministry denies it"
    who = (cast.unit, f"{cast.unit} of the {cast.service}")
    yield Answer("sponsor", who, answerable=False, fact=cast.behind, why=one)


_WHY_BLIND = {
    "refused": "it refused to hand its logs over",
    "no_zone": "its log states no time zone",
    "outside_period": "its log ends long before the attacks begin",
}


def _unanswerable(scene: Scene) -> Iterator[str]:
    yield f"Did {scene.cast.unit} direct {scene.cast.group}?"
    yield f"Which natural persons logged in for {scene.cast.group}?"
    for organisation in scene.organisations:
        if organisation.part in BLIND:
            yield f"Was {organisation.name} attacked? ({_WHY_BLIND[organisation.part]})"


def _campaign(scene: Scene) -> Campaign:
    used = [r for r in scene.rentals if r.passed_at]
    windows = [attack_window(r) for r in used]
    return Campaign(
        group=scene.cast.group,
        servers=tuple(r.contract.asset for r in used),
        first=min(w[0] for w in windows),
        last=max(w[1] for w in windows),
        attacked=tuple(o.name for o in scene.organisations if o.attacked),
    )


def truth_of(scene: Scene, *, lines: int, spoilt: dict[str, int]) -> Truth:
    """Write down what is true in ``scene``, and what was written for it."""
    parts = scene.organisations
    return Truth(
        schema=SCHEMA,
        seed=scene.seed,
        lines=lines,
        spoilt=dict(sorted(spoilt.items())),
        campaign=_campaign(scene),
        custody=tuple(_custody(scene)),
        checks=tuple(_checks(scene)),
        personas=_personas(scene),
        transfers=tuple(_passings(scene)),
        victims=tuple(_traced(o) for o in parts if o.part == "victim"),
        decoys=tuple(_traced(o) for o in parts if o.part in DECOYS),
        blind=tuple(
            Blind(o.name, _WHY_BLIND[o.part], o.attacked) for o in parts if o.part in BLIND
        ),
        documents=tuple(_voiced(scene)),
        answers=tuple(_answers(scene)),
        weakest_rung="sponsor",
        unanswerable=tuple(_unanswerable(scene)),
        innocents=tuple(sorted({p.name for p in scene.persons if p.innocent})),
    )


def write_truth(truth: Truth, path: Path) -> None:
    """Write ``truth`` as canonical JSON."""
    path.write_bytes(canonical_json(truth) + b"\n")


def read_truth(path: Path) -> Truth:
    """Read a truth file back.

    Raises:
        BadInput: there is none at ``path``, or it is no ``ashiato.truth/1``.

    """
    remedy = "give the truth file that was written beside the exercise"
    try:
        data = json.loads(path.read_bytes())
        if data.get("schema") != SCHEMA:
            raise BadInput(f"schema is {data.get('schema')!r}", path=str(path), remedy=remedy)
        truth: Truth = from_plain(Truth, data)
    except FileNotFoundError as missing:
        raise BadInput("there is no truth file", path=str(path), remedy=remedy) from missing
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise BadInput("this is no truth file", path=str(path), remedy=remedy) from broken
    return truth
