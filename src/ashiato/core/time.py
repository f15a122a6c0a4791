"""Aware UTC instants, and intervals whose bounds are themselves uncertain.

All intervals are half-open: the start belongs to them, the end does not. Resolution is one
microsecond. A bound that nobody knows is ``None`` and is read as unlimited doubt on that side.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant that states its zone, as UTC.

    Raises:
        ValueError: the text is no instant, or states no zone (a zone is never guessed).

    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} states no time zone; write it with Z or an offset")
    return moment.astimezone(UTC)


def format_instant(moment: datetime) -> str:
    """Write an instant as ISO 8601 in UTC with ``Z``; microseconds only where there are any."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An instant known only to lie in ``[earliest, latest)``: a bare date is its whole day.

    An exactly known instant has ``latest`` one microsecond after ``earliest``.
    """

    earliest: datetime
    latest: datetime

    def __post_init__(self) -> None:
        if self.earliest >= self.latest:
            raise ValueError(f"a moment needs room: {self.earliest!r} to {self.latest!r}")

    @classmethod
    def exactly(cls, instant: datetime) -> Self:
        """Wrap an instant known to the microsecond."""
        return cls(instant, instant + timedelta(microseconds=1))

    @property
    def ends(self) -> tuple[datetime | None, datetime | None]:
        """Both ends, ``None`` for one as far out as time goes: nobody knows it."""
        begin = None if self.earliest == FIRST else self.earliest
        return begin, None if self.latest == LAST else self.latest

    def shift(self, by: timedelta) -> "Moment":
        """Move by a measured clock offset."""
        return Moment(self.earliest + by, self.latest + by)


class Presence(StrEnum):
    """Whether an uncertain interval holds at an instant."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class UncertainInterval:
    """A stretch of time: began in ``[start_min, start_max]``, ended in ``[end_min, end_max]``.

    ``None`` means that nobody knows that bound. The *certain* part ``[start_max, end_min)`` may be
    empty: a short lease with vague dates is only ever possible.

    Raises:
        ValueError: bounds out of order, or no instant at which the interval could hold.

    """

    start_min: datetime | None = None
    start_max: datetime | None = None
    end_min: datetime | None = None
    end_max: datetime | None = None

    def __post_init__(self) -> None:
        lo, hi, end_lo, end_hi = self.bounds
        if lo > hi or end_lo > end_hi or lo >= end_hi:
            raise ValueError(f"interval bounds out of order: {self.bounds!r}")

    @classmethod
    def exactly(cls, start: datetime | None, end: datetime | None) -> Self:
        """Both bounds known; ``None`` for a side nobody knows."""
        return cls(start, start, end, end)

    @classmethod
    def between(cls, start: Moment | None, end: Moment | None) -> Self:
        """From a beginning and an end each known as a moment."""
        began = (None, None) if start is None else (start.earliest, start.latest)
        ended = (None, None) if end is None else (end.earliest, end.latest)
        return cls(*began, *ended)

    @classmethod
    def within(cls, moment: Moment) -> Self:
        """Build the interval of something that happened at some time in ``moment``."""
        return cls(moment.earliest, moment.latest, moment.earliest, moment.latest)

    @property
    def bounds(self) -> tuple[datetime, datetime, datetime, datetime]:
        """The four bounds with the unknown ones as far out as time goes."""
        return (
            self.start_min or FIRST,
            self.start_max or LAST,
            self.end_min or FIRST,
            self.end_max or LAST,
        )

    def at(self, instant: datetime) -> Presence:
        """Say whether the interval holds at ``instant``: certainly, possibly, or it is outside."""
        start_min, start_max, end_min, end_max = self.bounds
        if instant < start_min:
            return Presence.BEFORE
        if instant >= end_max:
            return Presence.AFTER
        return Presence.CERTAIN if start_max <= instant < end_min else Presence.POSSIBLE

    def may_meet(self, other: "UncertainInterval") -> bool:
        """Whether both could hold at one instant."""
        mine, theirs = self.bounds, other.bounds
        return mine[0] < theirs[3] and theirs[0] < mine[3]

    def must_meet(self, other: "UncertainInterval") -> bool:
        """Whether both certainly hold at one instant."""
        mine, theirs = self.bounds, other.bounds
        return max(mine[1], theirs[1]) < min(mine[2], theirs[2])

    def intersect(self, other: "UncertainInterval") -> "UncertainInterval | None":
        """Give the time in which both hold, or ``None`` where they cannot."""
        if not self.may_meet(other):
            return None
        mine, theirs = self.bounds, other.bounds
        cut = (
            max(mine[0], theirs[0]),
            max(mine[1], theirs[1]),
            min(mine[2], theirs[2]),
            min(mine[3], theirs[3]),
        )
        return UncertainInterval.from_bounds(cut)

    def hull(self, other: "UncertainInterval") -> "UncertainInterval":
        """Give the interval from the earlier beginning to the later end."""
        mine, theirs = self.bounds, other.bounds
        return UncertainInterval.from_bounds(
            (
                min(mine[0], theirs[0]),
                min(mine[1], theirs[1]),
                max(mine[2], theirs[2]),
                max(mine[3], theirs[3]),
            )
        )

    def shift(self, by: timedelta) -> "UncertainInterval":
        """Move every known bound by a measured clock offset."""
        moved = (b and b + by for b in (self.start_min, self.start_max, self.end_min, self.end_max))
        return UncertainInterval(*moved)

    @classmethod
    def from_bounds(cls, bounds: tuple[datetime, datetime, datetime, datetime]) -> Self:
        """Undo `bounds`: the far ends of time become unknown again."""
        return cls(
            None if bounds[0] == FIRST else bounds[0],
            None if bounds[1] == LAST else bounds[1],
            None if bounds[2] == FIRST else bounds[2],
            None if bounds[3] == LAST else bounds[3],
        )


ALWAYS_POSSIBLE = UncertainInterval()
"""Nothing is known of the time: possible at every instant, certain at none."""
