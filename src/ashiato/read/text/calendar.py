"""Days, months, seasons and fiscal years as moments, from local midnight to local midnight."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Any

from ashiato.core.time import Moment
from ashiato.knowledge import load


@cache
def pack() -> dict[str, Any]:
    """Give the pack `times`."""
    return load("times")


def month_number(name: str) -> int:
    """Give the number of a month from its name or its first three letters."""
    start = name.lower()[:3]
    return next(i for i, m in enumerate(pack()["months"], 1) if m.startswith(start))


def whole(start: datetime, end: datetime) -> Moment:
    """Give the time from one local midnight to another, in UTC."""
    return Moment(start.astimezone(UTC), end.astimezone(UTC))


def day(start: datetime) -> Moment:
    """Give the whole local day."""
    return whole(start, start + timedelta(days=1))


def week(start: datetime) -> Moment:
    """Give the seven days from ``start``."""
    return whole(start, start + timedelta(days=7))


def months(year: int, first: int, end: int, zone: tzinfo) -> Moment:
    """Give the months ``[first, end)`` of a year; month 13 is the next January, 0 last December."""
    return whole(_month_start(year, first, zone), _month_start(year, end, zone))


def _month_start(year: int, month: int, zone: tzinfo) -> datetime:
    years, index = divmod(month - 1, 12)
    return datetime(year + years, index + 1, 1, tzinfo=zone)


def season(name: str, year: int, zone: tzinfo) -> Moment:
    """Give a season as it falls north of the equator, where winter ends in the year after."""
    first, end = pack()["seasons"][name.lower()]
    if name.lower() == "winter":
        return months(year, 0, end, zone)  # "the winter of 2029" began in 2028 or in 2029
    return months(year, first, end, zone)


def fiscal(year: int, zone: tzinfo, stated: str | None) -> Moment:
    """Give a fiscal year: where no zone tells the country, all that the number is used for."""
    first, end = pack()["fiscal_by_zone"].get(stated, pack()["fiscal"])
    return months(year, first + 1, end + 1, zone)


def part(name: str, moment: Moment) -> Moment:
    """Give the early, middle or late part of a month or year."""
    low, high = pack()["parts"][name.lower()]
    size = moment.latest - moment.earliest
    day_ = timedelta(days=1)
    return Moment(
        moment.earliest + (size * low / 100) // day_ * day_,
        moment.earliest + -(-(size * high / 100) // day_) * day_,
    )


def moved(start: datetime, count: int, unit: str) -> datetime:
    """Move a local instant by a number of units; a month's missing day becomes its last.

    Raises:
        OverflowError: the result lies outside the calendar.
        ValueError: likewise.

    """
    if unit in {"month", "year", "decade"}:
        ahead = count * {"month": 1, "year": 12, "decade": 120}[unit]
        first = _month_start(start.year, start.month + ahead, start.tzinfo or UTC)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        moved_day = first.replace(day=min(start.day, last.day))
        return datetime.combine(moved_day.date(), start.timetz())
    return start + count * timedelta(**{f"{unit}s": 1})


def around(start: datetime, count: int, unit: str) -> Moment:
    """Give when something ``count`` units away was: to the day, or as vague as the unit is."""
    middle = moved(start, count, unit)
    if unit in {"second", "minute", "hour"}:
        return whole(middle - timedelta(hours=1), middle + timedelta(hours=1))
    doubt = timedelta(days=-(-pack()["units"][unit] // 2))
    middle = middle.replace(hour=0, minute=0, second=0, microsecond=0)
    return whole(middle - doubt, middle + doubt + timedelta(days=1))


def midnight(moment: datetime, zone: tzinfo) -> datetime:
    """Give the local midnight before an instant."""
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
