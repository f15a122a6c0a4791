"""The time line of one asset, cut wherever a bound lies: between two cuts nothing changes.

The pieces are disjoint, so that the answer for an instant is one look-up and a time line can be
drawn without asking again (tracing note 4.1).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from ashiato.core.tenancy import Tenancy
from ashiato.core.time import FIRST, LAST, Presence


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch ``[start, end)`` in which the same tenancies certainly and possibly hold."""

    start: datetime
    end: datetime
    certain: tuple[Tenancy, ...]
    possible: tuple[Tenancy, ...]


def timeline(tenancies: Iterable[Tenancy]) -> tuple[Segment, ...]:
    """Cut time at every bound of the tenancies of one asset, from its beginning to its end."""
    rows = sorted(tenancies, key=lambda t: t.id)
    cuts = sorted({FIRST, LAST, *(b for t in rows for b in t.interval.bounds)})
    return tuple(_segment(a, b, rows) for a, b in pairwise(cuts))


def _segment(start: datetime, end: datetime, rows: Sequence[Tenancy]) -> Segment:
    present = [(t, t.interval.at(start)) for t in rows]
    return Segment(
        start,
        end,
        tuple(t for t, p in present if p is Presence.CERTAIN),
        tuple(t for t, p in present if p is Presence.POSSIBLE),
    )


def segment_at(line: Sequence[Segment], at: datetime) -> Segment:
    """Find the piece that holds an instant; the very end of time holds nothing."""
    place = bisect_right(line, at, key=lambda piece: piece.start) - 1
    return line[place] if at < line[place].end else Segment(at, at, (), ())
