"""Written times to UTC: zones, clock changes, and clocks that ran ahead. Nothing is guessed.

A local time that a clock change skipped never was; one that it repeated was twice. Both are told
apart from the rest, so that the caller can leave them out and say so.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from ashiato.core.errors import BadInput
from ashiato.core.sources import Intake
from ashiato.read.logs.lines import Index

SECOND = 1_000_000
"""Microseconds."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONCE, NEVER, TWICE = 0, 1, 2
"""How often a local time was: its clock change may have skipped or repeated it."""
_MINUTE = 60 * SECOND
_DAY = 24 * 60 * _MINUTE
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_MOST_HOURS, _MOST_MINUTES = 24, 60
EARLIEST = -719_100 * _DAY
"""About the year 1, with a margin for zones."""
LATEST = 2_932_800 * _DAY
"""About the end of the year 9999, with a margin for zones."""


def zone_of(intake: Intake) -> tzinfo | None:
    """Give the time zone that the case states for a file, ``None`` where it states none.

    Raises:
        BadInput: the zone is neither an IANA name nor an offset.

    """
    name = (intake.timezone or "").strip()
    if not name:
        return None
    offset = parse_offset(name)
    if offset is not None:
        return timezone(offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(
            f"{name!r} is no time zone",
            path=intake.path,
            place="timezone",
            remedy='write an IANA name ("Asia/Tokyo") or an offset ("+09:00") in case.toml',
        ) from error


def parse_offset(text: str) -> timedelta | None:
    """Read ``Z``, ``UTC`` or ``+09:00`` (``+0900``) as the distance from UTC."""
    if text in {"Z", "UTC"}:
        return timedelta(0)
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    hours, minutes = int(found[2]), int(found[3])
    if hours >= _MOST_HOURS or minutes >= _MOST_MINUTES:
        return None
    return timedelta(hours=hours, minutes=minutes) * (-1 if found[1] == "-" else 1)


def how_often(local: datetime, zone: tzinfo) -> int:
    """Say whether a naive local time was once, never or twice."""
    earlier = local.replace(tzinfo=zone, fold=0).utcoffset() or timedelta()
    later = local.replace(tzinfo=zone, fold=1).utcoffset() or timedelta()
    return ONCE if earlier == later else NEVER if earlier < later else TWICE


def to_utc(local: Index, zone: tzinfo) -> tuple[Index, NDArray[np.int64]]:
    """Turn local microseconds since 1970 into UTC ones, and say how often each local time was.

    Times lie within `EARLIEST` and `LATEST`. Zones change on whole minutes, so each distinct minute
    is looked up once.
    """
    minutes, back = np.unique(local // _MINUTE, return_inverse=True)
    lookup = _lookup(zone)
    found = np.array([lookup(minute) for minute in minutes.tolist()], np.int64).reshape(-1, 2)
    return local - found[back, 0], found[back, 1]


@lru_cache(maxsize=8)
def _lookup(zone: tzinfo) -> Callable[[int], tuple[int, int]]:
    @lru_cache(maxsize=1 << 16)
    def offset(minute: int) -> tuple[int, int]:
        local = EPOCH.replace(tzinfo=None) + timedelta(minutes=minute)
        distance = local.replace(tzinfo=zone).utcoffset() or timedelta()
        return distance // timedelta(microseconds=1), how_often(local, zone)

    return offset


def instant(micros: int) -> datetime:
    """Give UTC microseconds since 1970 as an aware instant."""
    return EPOCH + timedelta(microseconds=micros)
