"""Who controlled an asset at an instant: holders, contradictions, and what is not on record."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

from ashiato.core.claims import Entity
from ashiato.core.tenancy import (
    Conflict,
    Holder,
    Observation,
    Role,
    Tenancy,
    TenancyBasis,
    TenancyStatus,
    Tracing,
    WhoAnswer,
)
from ashiato.core.time import Presence
from ashiato.trace.drafts import order_citations
from ashiato.trace.naming import contract_of, fold, fold_address
from ashiato.trace.tracing import GAPS

_RANK = (TenancyStatus.CERTAIN, TenancyStatus.CONFLICTING, TenancyStatus.POSSIBLE)


def who(tracing: Tracing, asset: str, at: datetime) -> WhoAnswer:
    """Say who held ``asset`` (its id, or its name as registers write it) in each role at ``at``.

    A holder is certain only if its tenancy is, and certainly runs at that instant.

    Raises:
        ValueError: ``at`` states no time zone.

    """
    if at.tzinfo is None:
        raise ValueError(f"{at!r} states no time zone")
    instant = at.astimezone(UTC)
    known = assets_of(tracing)
    found = named(known, asset)
    if len(found) != 1:
        return WhoAnswer(asset, instant, (), (), (unknown(asset, found, known),))
    thing = found[0]
    sure, present = present_at(tracing, thing, instant)
    holders = _holders(present, sure)
    about = {thing.id, *(t.party.id for t in present)} | {
        c.id for t in present if (c := contract_of(t.party))
    }
    conflicts = [c for c in tracing.conflicts if c.asset.id in about and _bears(c, present)]
    gaps = [*_gaps(thing, instant, present), *(c.because for c in conflicts if c.kind in GAPS)]
    told = sorted({_conflict(c) for c in conflicts if c.kind not in GAPS})
    beside = tuple(o for o in tracing.observations if o.asset.id in about and _may_be(o, instant))
    return WhoAnswer(asset, instant, holders, tuple(told), tuple(gaps), beside)


def _may_be(seen: Observation, at: datetime) -> bool:
    """Whether what was seen may concern this day: events are shown for the whole of theirs."""
    first, _, _, last = seen.interval.bounds
    return first.date() <= at.date() <= last.date()


def present_at(tracing: Tracing, thing: Entity, at: datetime) -> tuple[set[str], list[Tenancy]]:
    """Give the tenancies that may hold an asset at an instant, certain ones first, and their ids.

    The ids are of those whose time leaves no doubt at that instant.
    """
    mine = sorted((t for t in tracing.tenancies if t.asset.id == thing.id), key=lambda t: t.id)
    found = [(t, t.interval.at(at)) for t in mine]
    certain = [t for t, presence in found if presence is Presence.CERTAIN]
    possible = [t for t, presence in found if presence is Presence.POSSIBLE]
    return {t.id for t in certain}, [*certain, *possible]


def assets_of(tracing: Tracing) -> tuple[Entity, ...]:
    """List every asset on record."""
    ruled = [t.asset for t in tracing.tenancies] + [c.asset for c in tracing.conflicts]
    seen = [o.asset for o in tracing.observations]
    every = sorted([*ruled, *seen, *(h.account for h in tracing.handovers)], reverse=True)
    return tuple(sorted({entity.id: entity for entity in every}.values()))


def named(known: Iterable[Entity], asset: str) -> tuple[Entity, ...]:
    """Find the entities that an id, or a name as registers write it, may mean."""
    exact = tuple(entity for entity in known if entity.id == asset)
    names = {fold(asset), fold_address(asset)}
    return exact or tuple(
        entity for entity in known if {fold(entity.text), fold_address(entity.text)} & names
    )


def unknown(asset: str, found: Sequence[Entity], known: Sequence[Entity]) -> str:
    """Say why a name means no asset on record, or which of several to ask for."""
    if found:
        ids = ", ".join(entity.id for entity in found)
        return f"{asset!r} names more than one asset on record; ask for one of {ids}"
    near = get_close_matches(fold(asset), sorted({fold(e.text) for e in known}), n=3)
    hint = f"; near to it: {', '.join(near)}" if near else ""
    return f"no contract, assignment or statement on record names {asset!r}{hint}"


def _holders(present: Sequence[Tenancy], sure: set[str]) -> tuple[Holder, ...]:
    by_party: dict[tuple[Role, Entity], list[Tenancy]] = defaultdict(list)
    for tenancy in present:
        by_party[tenancy.role, tenancy.party].append(tenancy)
    order = list(Role)
    keys = sorted(by_party, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(_holder(role, party, by_party[role, party], sure) for role, party in keys)


def _holder(role: Role, party: Entity, rows: Sequence[Tenancy], sure: set[str]) -> Holder:
    status = min((_status(t, sure) for t in rows), key=_RANK.index)
    because = " ".join(dict.fromkeys(t.because for t in sorted(rows, key=lambda t: t.id)))
    return Holder(
        party, role, status, because, order_citations(c for t in rows for c in t.citations)
    )


def _status(tenancy: Tenancy, sure: set[str]) -> TenancyStatus:
    if tenancy.status is TenancyStatus.CERTAIN and tenancy.id not in sure:
        return TenancyStatus.POSSIBLE
    return tenancy.status


def _bears(conflict: Conflict, present: Sequence[Tenancy]) -> bool:
    """Whether a conflict is about this instant: rivals that both hold, or a row without dates."""
    here = {t.id for t in present}.intersection(conflict.tenancies)
    return len(here) >= min(2, len(conflict.tenancies))


def _conflict(conflict: Conflict) -> str:
    decided = f" Decided by {conflict.resolution}" if conflict.resolution else ""
    return f"{conflict.because}{decided}"


def _gaps(thing: Entity, at: datetime, present: Sequence[Tenancy]) -> Iterable[str]:
    day = at.date().isoformat()
    held = {role: [t for t in present if t.role is role] for role in Role}
    if not held[Role.REGISTRANT]:
        yield f"no contract record covers {thing.text} on {day}"
    if not held[Role.PAYER]:
        contracts = {c for t in held[Role.REGISTRANT] if (c := contract_of(t.party))}
        for contract in sorted(contracts):
            yield f"no payment record of contract {contract.text} covers {day}"
    if not held[Role.CREDENTIAL_HOLDER]:
        yield f"nobody is on record as credential holder of {thing.text} on {day}"
    elif all(t.basis is TenancyBasis.INFERRED for t in held[Role.CREDENTIAL_HOLDER]):
        yield (
            f"no record or statement says who held the credentials of {thing.text} on {day}; "
            "what is listed is inferred"
        )
    if not held[Role.OPERATOR]:
        yield f"nobody is on record as operator of {thing.text} on {day}"
