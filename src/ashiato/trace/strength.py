"""The chain from a machine to a person, its weakest hop, and what would strengthen it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ashiato.core.claims import Entity, EntityType
from ashiato.core.evidence import Citation
from ashiato.core.tenancy import Role, Sameness, Tenancy, TenancyStatus, Tracing
from ashiato.trace.answers import assets_of, named, present_at
from ashiato.trace.drafts import order_citations


class HopState(StrEnum):
    """How far a hop of the chain bears, from not at all to certain."""

    MISSING = "missing"
    CONFLICTING = "conflicting"
    POSSIBLE = "possible"
    CERTAIN = "certain"


_ORDER = tuple(HopState)


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop of the chain: from what to whom, how sure, why, and which record would help.

    ``ask`` are the sources to ask (their ids; none where nobody is known to hold such a record).
    """

    name: str
    origin: str
    target: tuple[str, ...]
    state: HopState
    because: str
    strengthen: str
    ask: tuple[str, ...]
    citations: tuple[Citation, ...]


def weakest(hops: Sequence[Hop]) -> Hop | None:
    """Give the weakest hop, the first of equals; ``None`` where there is no chain."""
    return min(hops, key=lambda hop: _ORDER.index(hop.state), default=None)


def chain(tracing: Tracing, asset: str, at: datetime) -> tuple[Hop, ...]:
    """Follow an asset to its account, to the name its account is in, to its user, to a person."""
    found = named(assets_of(tracing), asset)
    if len(found) != 1:
        return ()
    sure, present = present_at(tracing, found[0], at)
    return tuple(_hops(tracing, found[0], at, sure, present))


def _hops(
    tracing: Tracing, thing: Entity, at: datetime, sure: set[str], present: Sequence[Tenancy]
) -> Iterator[Hop]:
    day = f"{at:%Y-%m-%d}"
    held = {role: [t for t in present if t.role is role] for role in Role}
    registered = held[Role.REGISTRANT]
    asked = tuple(sorted({o for t in present for o in t.origins}))
    if thing.type is not EntityType.ACCOUNT:
        yield _account(tracing, thing, at, registered, asked)
    name = "account to persona"
    record = f"the contract record of {thing.text} that covers {day}"
    yield _held(name, thing, registered, sure, (record, asked))
    record = f"log-ins to {thing.text} around {day} (network, client, key), or who had its password"
    yield _held("persona to user", thing, held[Role.CREDENTIAL_HOLDER], sure, (record, asked))
    parties = {t.party.id: t.party for t in [*registered, *held[Role.CREDENTIAL_HOLDER]]}
    yield _person(tracing, parties, present, sure, (day, asked))


def _account(
    tracing: Tracing, thing: Entity, at: datetime, rows: Iterable[Tenancy], asked: tuple[str, ...]
) -> Hop:
    parties = {t.party.id for t in rows}
    met = [
        t
        for t in tracing.tenancies
        if t.asset.type is EntityType.ACCOUNT
        and t.role is Role.REGISTRANT
        and t.party.id in parties
        and t.interval.bounds[0] <= at < t.interval.bounds[3]
    ]
    names = tuple(sorted({t.asset.text for t in met}))
    state = (HopState.MISSING, HopState.CERTAIN)[bool(names)]
    if len(names) > 1 or (names and any(t.status is not TenancyStatus.CERTAIN for t in met)):
        state = HopState.POSSIBLE
    record = f"the assignment of {thing.text} to an account on {at:%Y-%m-%d}"
    because = f"{len(names)} accounts are on record for it" if names else "no account is on record"
    cited = order_citations(c for t in met for c in t.citations)
    return Hop("machine to account", thing.text, names, state, because, record, asked, cited)


def _held(
    name: str,
    thing: Entity,
    rows: Sequence[Tenancy],
    sure: set[str],
    ask: tuple[str, tuple[str, ...]],
) -> Hop:
    record, asked = ask
    names = tuple(sorted({t.party.text for t in rows}))
    because = " ".join(dict.fromkeys(t.because for t in rows)) or "nobody is on record"
    cited = order_citations(c for t in rows for c in t.citations)
    return Hop(name, thing.text, names, _state(rows, sure), because, record, asked, cited)


def _state(rows: Sequence[Tenancy], sure: set[str]) -> HopState:
    if not rows:
        return HopState.MISSING
    if any(t.status is TenancyStatus.CONFLICTING for t in rows):
        return HopState.CONFLICTING
    firm = {t.party.id for t in rows if t.status is TenancyStatus.CERTAIN and t.id in sure}
    alone = len({t.party.id for t in rows}) == 1
    return HopState.CERTAIN if firm and alone else HopState.POSSIBLE


def _person(
    tracing: Tracing,
    parties: dict[str, Entity],
    present: Sequence[Tenancy],
    sure: set[str],
    when: tuple[str, tuple[str, ...]],
) -> Hop:
    day, asked = when
    people = [t for t in present if t.party.type is EntityType.PERSON]
    joined = [
        (j, entity)
        for j in tracing.judgements
        if j.judgement is Sameness.SAME and {j.entity_a.id, j.entity_b.id} & parties.keys()
        for entity in (j.entity_a, j.entity_b)
        if entity.type is EntityType.PERSON
    ]
    names = tuple(sorted({t.party.text for t in people} | {e.text for _, e in joined}))
    state = _state(people, sure) if people else HopState.POSSIBLE if joined else HopState.MISSING
    told = [t.because for t in people] + [j.because for j, _ in joined]
    because = " ".join(dict.fromkeys(told)) or "no judgement joins the name as given to a person"
    record = f"the identity check made for the contract that covers {day}, and what was shown at it"
    cited = order_citations(
        [c for t in people for c in t.citations] + [c for j, _ in joined for c in j.citations]
    )
    origin = ", ".join(sorted({p.text for p in parties.values()}))
    return Hop("persona to person", origin, names, state, because, record, asked, cited)
