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
from ashiato.core.time import format_instant, parse_instant
from ashiato.exercise.campaign import BLIND, DECOYS
from ashiato.exercise.casefile import speakers
from ashiato.exercise.documents import GoldClaim, file_name
from ashiato.exercise.scene import PASSED_ON, Contract, Group, Organisation, Rental, Scene
from ashiato.exercise.words import slug

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
class Membership:
    """What one group did: its servers, whom it attacked, and how often it was seen there.

    ``role`` is ``suspect`` for the group that the case asks about, else ``shares_tool`` or
    ``imitates``. ``contacts`` counts the planted contacts by organisation.
    """

    group: str
    role: str
    tool: str
    servers: tuple[str, ...]
    contacts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Theft:
    """An account that was stolen, not sold: its owner kept using it and knew nothing."""

    assets: tuple[str, ...]
    owner: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """A question that nobody can answer from the evidence given, and why."""

    text: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong or missing in the evidence: ``kind``, whose it is, and what it hides."""

    kind: str
    source: str
    what: str


@dataclass(frozen=True, slots=True)
class Sponsorship:
    """Who directed the group through whom; ``fact`` says whether the sponsor really did."""

    sponsor: str
    via: tuple[str, ...]
    group: str
    fact: bool


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
    claims: tuple[GoldClaim, ...] = ()
    campaigns: tuple[Membership, ...] = ()
    thefts: tuple[Theft, ...] = ()
    questions: tuple[Question, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    sponsorship: Sponsorship | None = None


def _instant(epoch: float) -> datetime:
    return parse_instant("1970-01-01T00:00:00Z") + timedelta(milliseconds=round(epoch * 1000))


def _assets(contract: Contract, *, alone: bool = True) -> tuple[str, ...]:
    """Give what a contract's asset is called; a shared address is not one customer's alone."""
    own = (contract.asset, contract.account)
    return own if contract.shared and alone else (*own, contract.address)


def _names(people: dict[str, str], contract: Contract) -> tuple[str, ...]:
    """Give the real name behind a contract and the name on it, in every script."""
    named = (people.get(contract.person, ""), contract.customer, *contract.alias.forms)
    return tuple(dict.fromkeys(name for name in named if name))


def _people(scene: Scene) -> dict[str, str]:
    return {p.id: p.name for p in scene.persons}


def _held(contract: Contract, rental: Rental | None, own: tuple[str, ...]) -> Iterator[Custody]:
    assets, start, end = _assets(contract), contract.start, contract.end
    signed = tuple(dict.fromkeys((contract.customer, *contract.alias.forms)))
    yield Custody(assets, "registrant", contract.customer, signed, start, end)
    paid = signed if contract.payer == contract.customer else (contract.payer,)
    yield Custody(assets, "payer", contract.payer, paid, start, end)
    for role in ("credential_holder", "operator"):
        if rental is None:
            yield Custody(assets, role, own[0], own, start, end)
        for holding in rental.holdings if rental else ():
            names = own if holding.party in own else (holding.party,)
            yield Custody(assets, role, holding.party, names, holding.start, holding.end)


def _custody(scene: Scene) -> Iterator[Custody]:
    rental_of, people = {r.contract.number: r for r in scene.rentals}, _people(scene)
    for contract in scene.contracts:
        rental = rental_of.get(contract.number)
        yield from _held(contract, rental, _names(people, contract))


def _checks(scene: Scene) -> Iterator[Check]:
    for rental in scene.used:
        assets = _assets(rental.contract)
        times = sorted(_attack_times(scene, rental))
        step = max(1, (len(times) - 1) // (CHECKS_A_SERVER - 1))
        for at in dict.fromkeys([*times[::step][: CHECKS_A_SERVER - 1], *times[-1:]]):
            yield Check("attack", assets, _instant(at))
        if rental.fate != "stolen":
            yield Check("before_handover", assets, rental.holdings[1].start - timedelta(days=2))
    if after := scene.successor:
        yield Check("after_lease", (after.address,), after.start + timedelta(days=1))


def _attack_times(scene: Scene, rental: Rental) -> Iterator[float]:
    for organisation in scene.organisations:
        for visit in organisation.traces if organisation.part == "victim" else ():
            if visit.site.address == rental.contract.address:
                yield from visit.times


def _personas(scene: Scene) -> tuple[Persona, ...]:
    grouped: dict[tuple[str, str, str], list[Contract]] = {}
    for c in scene.contracts:
        if scene.provider(c).given:
            grouped.setdefault((c.provider, c.customer, c.person), []).append(c)
    innocent = {p.id: p.innocent for p in scene.persons}
    return tuple(
        Persona(source, name, tuple(c.number for c in own), person, innocent[person])
        for (source, name, person), own in sorted(grouped.items())
    )


def _passings(scene: Scene) -> Iterator[Passing]:
    people = _people(scene)
    for rental in scene.rentals:
        if rental.fate == "stolen" or rental.fate not in PASSED_ON:
            continue
        assets, before = _assets(rental.contract), _names(people, rental.contract)
        for holding in rental.holdings[1:]:
            yield Passing(assets, before, (holding.party,), holding.start, holding.channel)
            # Of two buyers of one account both bought from the renter; a reseller passes his own.
            before = (holding.party,) if rental.fate == "resold" else before


def _thefts(scene: Scene) -> Iterator[Theft]:
    people = _people(scene)
    for rental in (r for r in scene.rentals if r.fate == "stolen"):
        owner, contract = people[rental.contract.person], rental.contract
        for holding in rental.holdings[1:]:
            yield Theft(_assets(contract), owner, holding.party, holding.start)


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


def _voices(scene: Scene) -> dict[str, tuple[str, ...]]:
    """Give all names of everybody whom a document may quote, by the word for him."""
    cast = scene.cast
    ministry = f"{cast.state} {cast.ministry}"
    return {
        "police": (cast.police, slug(cast.police), "police", "the police"),
        "firm": (cast.firm, slug(cast.firm)),
        "ministry": (ministry, slug(ministry), cast.spokesperson, cast.ministry),
        "outlet": (cast.outlet, slug(cast.outlet)),
        "engineer": (cast.engineer.name, slug(cast.engineer.name)),
        "front": (cast.front, slug(cast.front)),
        "market": (cast.market, slug(cast.market)),
        "blog": (cast.blog, slug(cast.blog)),
        **{slug(p.name): (p.name, p.id) for p in scene.providers},
    }


_ORIGINS = {
    "statement": ("police",),
    "news": ("police", "firm"),
    "reprint": ("police",),
    "analysis": ("firm",),
    "interview": ("engineer",),
    "letter": ("front",),
    "chat": ("market",),
    "denial": ("ministry",),
    "rebuttal": ("ministry",),
    "leak": ("blog",),
}


def _voiced(scene: Scene, claims: tuple[GoldClaim, ...]) -> Iterator[Voiced]:
    """Give the origins of each document: its own, and whoever else a claim in it goes back to."""
    voices = _voices(scene)
    for kind in speakers(scene):
        path = f"evidence/documents/{file_name(scene, kind)}"
        own = [voices[name] for name in _ORIGINS[kind]]
        known = {name for names in own for name in names}
        more = sorted({c.origin for c in claims if c.path == path} - known)
        named = {names[1]: names for names in voices.values()}
        yield Voiced(path, kind, (*own, *(named.get(name, (name,)) for name in more)))


def _answers(scene: Scene) -> Iterator[Answer]:
    cast, used = scene.cast, scene.used
    held = [r.contract for r in used]
    given = any(scene.provider(c).given for c in held)
    servers = tuple(n for c in held for n in (c.asset, c.address))
    books = "the provider's books and its log-in records"
    yield Answer("machine", servers, answerable=given, fact=True, why=books)
    accounts = tuple(c.account for c in held)
    yield Answer("account", accounts, answerable=given, fact=True, why=books)
    signed = [r.contract for r in used if r.fate != "stolen"]
    aliases = tuple(dict.fromkeys(n for c in signed for n in (c.customer, *c.alias.forms)))
    yield Answer("persona", aliases, answerable=True, fact=True, why="the contracts name them")
    people = _people(scene)
    renters = tuple(dict.fromkeys(people[c.person] for c in signed))
    slip = "he admits it, and one contract was paid with a card in his real name"
    none = "his admission alone bears it: the payments are not in evidence"
    paid = any(_has_slip(scene, c) for c in signed)
    yield Answer("person", renters, answerable=paid, fact=True, why=slip if paid else none)
    two = "police and a firm that examined computers itself: two independent origins"
    yield Answer("group", (cast.group.name,), answerable=True, fact=True, why=two)
    one = "only the police believe it; the outlets repeat them; the ministry denies it"
    letter = "the police believe it, and a seized letter of the front names the unit"
    open_ = not cast.letter_names_unit
    who = (cast.unit, f"{cast.unit} of the {cast.service}")
    why = one if open_ else letter
    yield Answer("sponsor", who, answerable=not open_, fact=cast.behind, why=why)


def _has_slip(scene: Scene, contract: Contract) -> bool:
    """Whether the evidence holds a payment of this contract in the engineer's real name."""
    house, last = scene.provider(contract), contract.end or scene.start
    kept = house.given and house.kept_from + timedelta(days=30) < last
    own = contract.payer == scene.cast.engineer.name
    return own and kept and not scene.parameters.no_payments


_WHY_BLIND = {
    "refused": "it refused to hand its logs over",
    "lost": "its logs are lost",
    "no_zone": "its log states no time zone",
    "outside_period": "its log ends long before the attacks begin",
}


def _questions(scene: Scene) -> Iterator[Question]:
    """Give what nobody can answer from this evidence, and why."""
    cast = scene.cast
    if not cast.letter_names_unit:
        why = "only the police believe it"
        yield Question(f"Did {cast.unit} direct {cast.group.name}?", cast.unit, why)
    which = f"Which natural persons logged in for {cast.group.name}?"
    yield Question(which, cast.group.name, "no record ties a person to its log-ins")
    for organisation in scene.organisations:
        if organisation.part in BLIND:
            why = _WHY_BLIND[organisation.part]
            yield Question(f"Was {organisation.name} attacked?", organisation.name, why)
    for rental in scene.rentals:
        if rental.user:
            yield from _lost(scene, rental)


def _lost(scene: Scene, rental: Rental) -> Iterator[Question]:
    """Give what the silence or the short memory of a provider leaves open about one machine."""
    contract, house = rental.contract, scene.provider(rental.contract)
    when = f"When did {contract.account} change hands?"
    if not house.given:
        yield Question(
            f"Who signed for {contract.asset}?", contract.asset, "its provider gave nothing"
        )
        yield Question(when, contract.account, "its provider gave nothing")
    elif rental.holdings[1].start < house.kept_from:
        why = f"{house.name} keeps its log-in records for too short a time"
        yield Question(when, contract.account, why)
    for holding in rental.holdings:
        if holding.party.startswith("unidentified"):
            why = "he left nothing but log-ins"
            yield Question(
                f"Who was the {holding.party} of {contract.account}?", contract.account, why
            )


def _flaws(scene: Scene) -> Iterator[Flaw]:
    """Give what is wrong or missing in the evidence: hours and dates off, silence, lies."""
    p = scene.parameters
    for house in scene.providers:
        if not house.given:
            yield Flaw("missing_provider", house.id, "it handed nothing over")
        yield Flaw(
            "retention", house.id, f"nothing kept from before {format_instant(house.kept_from)}"
        )
    for c in (c for c in scene.contracts if c.misdated):
        yield Flaw("wrong_date", c.provider, f"{c.number}: a wrong end; the assignment is right")
    if p.clocks_off_hours:
        yield Flaw("clock", "all", f"every clock is {p.clocks_off_hours:g} hours ahead, unstated")
    if p.lying_source:
        yield Flaw("lying_source", slug(scene.cast.blog), "every claim of its document is false")
    for o in (o for o in scene.organisations if o.gap):
        hole = " to ".join(format_instant(_instant(round(t))) for t in o.gap or ())
        yield Flaw("gap", o.slug, f"its log is empty from {hole}")


def _campaign(scene: Scene) -> Campaign:
    windows = [r.window for r in scene.used]
    return Campaign(
        group=scene.cast.group.name,
        servers=tuple(r.contract.asset for r in scene.used),
        first=min(w[0] for w in windows),
        last=max(w[1] for w in windows),
        attacked=tuple(o.name for o in scene.organisations if o.attacked),
    )


def _memberships(scene: Scene) -> Iterator[Membership]:
    cast = scene.cast
    yield _membership(scene, cast.group, "suspect", {"victim", "no_zone"})
    if cast.rival:
        yield _membership(scene, cast.rival, "shares_tool", {"other_group"})
    if cast.imitator:
        yield _membership(scene, cast.imitator, "imitates", {"imitation"})


def _membership(scene: Scene, group: Group, role: str, parts: set[str]) -> Membership:
    met = [o for o in scene.organisations if o.part in parts]
    return Membership(
        group=group.name,
        role=role,
        tool=group.tool,
        servers=tuple(r.contract.asset for r in scene.used_by(group)),
        contacts={o.name: sum(len(v.times) for v in o.traces) for o in met},
    )


def truth_of(
    scene: Scene, claims: tuple[GoldClaim, ...], *, lines: int, spoilt: dict[str, int]
) -> Truth:
    """Write down what is true in ``scene``, and what was written for it."""
    parts, cast = scene.organisations, scene.cast
    questions = tuple(_questions(scene))
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
        documents=tuple(_voiced(scene, claims)),
        answers=tuple(_answers(scene)),
        weakest_rung="person" if cast.letter_names_unit else "sponsor",
        unanswerable=tuple(f"{q.text} ({q.reason})" for q in questions),
        innocents=tuple(sorted({p.name for p in scene.persons if p.innocent})),
        claims=claims,
        campaigns=tuple(_memberships(scene)),
        thefts=tuple(_thefts(scene)),
        questions=questions,
        flaws=tuple(_flaws(scene)),
        sponsorship=Sponsorship(
            cast.unit, (cast.front, cast.go_between), cast.group.name, cast.behind
        ),
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
