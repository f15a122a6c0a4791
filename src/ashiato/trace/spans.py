"""The whole history of one asset: who held it in each role, where nobody did, where many may have.

Swept once from its beginning to its end, so that ten thousand tenants cost little: of a crowd a few
are named and all are counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice, pairwise

from ashiato.core.tenancy import Handover, Role, Tenancy, TenancyStatus, Tracing
from ashiato.core.time import FIRST, LAST, Presence
from ashiato.trace.answers import assets_of, named, unknown

NAMED = 20
"""Holders of one stretch that are named; beyond, they are counted."""


@dataclass(frozen=True, slots=True)
class Present:
    """A party in a stretch: ``status`` is certain only where its time is, too."""

    party: str
    party_id: str
    status: TenancyStatus
    tenancy: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch ``[start, end)`` of one role in which nothing changes; nobody in it is a gap.

    An end is ``None`` where nobody knows it. ``count`` is the number of tenancies, of which at most
    `NAMED` are in ``holders``.
    """

    role: Role
    start: datetime | None
    end: datetime | None
    count: int
    holders: tuple[Present, ...]

    @property
    def is_gap(self) -> bool:
        """Whether nobody is on record."""
        return self.count == 0


@dataclass(frozen=True, slots=True)
class History:
    """The stretches of an asset by role, what contradicts, and why there is nothing if so."""

    asset: str
    spans: tuple[Span, ...]
    conflicts: tuple[str, ...]
    gaps: tuple[str, ...]


def spans(tracing: Tracing, asset: str) -> History:
    """Tell who held ``asset`` in each role over time, with gaps between and what contradicts."""
    known = assets_of(tracing)
    found = named(known, asset)
    if len(found) != 1:
        return History(asset, (), (), (unknown(asset, found, known),))
    mine = [t for t in tracing.tenancies if t.asset.id == found[0].id]
    lines = (span for role in Role for span in _joined(role, [t for t in mine if t.role is role]))
    told = tuple(sorted({c.because for c in tracing.conflicts if c.asset.id == found[0].id}))
    silent = [role for role in Role if not any(t.role is role for t in mine)]
    gaps = tuple(f"nobody is on record as {role.replace('_', ' ')}" for role in silent)
    return History(asset, tuple(lines), told, gaps)


def _joined(role: Role, rows: Iterable[Tenancy]) -> Iterator[Span]:
    """Join neighbours that say the same; a gap lies between holders, not before or after all."""
    before: Span | None = None
    for span in _line(role, rows):
        if before is not None and _same(before, span):
            before = replace(before, end=span.end)
            continue
        if before is not None:
            yield before
        before = span if before is not None or not span.is_gap else None
    if before is not None and not before.is_gap:
        yield before


def _same(one: Span, other: Span) -> bool:
    return (one.count, one.holders) == (other.count, other.holders)


def _line(role: Role, rows: Iterable[Tenancy]) -> Iterator[Span]:
    """Sweep the bounds of the tenancies of one role."""
    turns = sorted((at, first, t.id, t) for t in rows for first, at in enumerate(_cuts(t)))
    active: dict[str, Tenancy] = {}
    groups = [(at, [t for *_, t in group]) for at, group in groupby(turns, key=lambda x: x[0])]
    for (start, changed), (end, _) in pairwise(groups):
        for tenancy in changed:
            if tenancy.interval.at(start) in {Presence.CERTAIN, Presence.POSSIBLE}:
                active[tenancy.id] = tenancy
            else:
                active.pop(tenancy.id, None)
        yield _span(role, start, end, active)


def _cuts(tenancy: Tenancy) -> tuple[datetime, ...]:
    return tuple(sorted(set(tenancy.interval.bounds)))


def _span(role: Role, start: datetime, end: datetime, active: dict[str, Tenancy]) -> Span:
    chosen = islice(active.values(), NAMED)
    holders = sorted((_present(t, start) for t in chosen), key=lambda p: (p.party, p.tenancy))
    known = (None if start == FIRST else start, None if end == LAST else end)
    return Span(role, *known, len(active), tuple(holders))


def _present(tenancy: Tenancy, at: datetime) -> Present:
    doubtful = tenancy.interval.at(at) is not Presence.CERTAIN
    lowered = tenancy.status is TenancyStatus.CERTAIN and doubtful
    status = TenancyStatus.POSSIBLE if lowered else tenancy.status
    return Present(tenancy.party.text, tenancy.party.id, status, tenancy.id)


def handovers_of(tracing: Tracing, account: str) -> tuple[Handover, ...]:
    """Give the hand-overs of an account (by id or name), in the order of time."""
    found = {e.id for e in named({h.account for h in tracing.handovers}, account)}
    mine = [h for h in tracing.handovers if h.account.id in found]
    return tuple(sorted(mine, key=lambda h: (h.window, h.because)))
