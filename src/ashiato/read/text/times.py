"""When something was so: dates in the words, as intervals with uncertain bounds.

A date is a whole day, month or year in the zone the case states for the file, else in UTC, which
the reader records as an assumption. "Last month" and "the 20th" are counted from the date of
publication; without one they stay unknown. Ages and the numbers of units are no times.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ashiato.core.sources import Intake
from ashiato.core.time import ALWAYS_POSSIBLE, Moment, UncertainInterval

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = "|".join(f"{m}|{m[:3]}" if m != "may" else m for m in _MONTHS) + "|sept"
_YEAR = r"(?:19|20)\d\d"
_POINT = rf"""
    (?P<iso>{_YEAR}-\d\d-\d\d)
      (?:[T\s](?P<clock>\d\d:\d\d(?::\d\d)?)\s?(?P<zone>Z|UTC|[+-]\d\d:\d\d)?)?
  | (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH})\.?(?:,?\s(?P<year>{_YEAR}))?
  | (?P<month2>{_MONTH})\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)
      (?:,?\s(?P<year2>{_YEAR}))?
  | (?:early|late|mid|in)?[\s-]?(?P<month3>{_MONTH})\.?,?\s(?P<year3>(?:19|20)\d\d)
  | (?P<year4>(?:19|20)\d\d)(?!\d|[,.]\d|-\d|s\b)
  | the\s(?P<ordinal>\d{{1,2}})(?:st|nd|rd|th)\b(?!\s(?:century|time|unit|floor|regiment|battalion))
  | (?P<relative>today|yesterday|(?:last|this)\s(?:year|month|week|{"|".join(_WEEKDAYS)}))
  | (?:on\s)(?P<weekday>{"|".join(_WEEKDAYS)})
  | (?P<month4>{_MONTH})(?=\s+(?:and|to|until|that|this)\b|[,.;)]|$)
"""
_BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|since|from|until|till|to|and|during|of|by|before|after|between|early|late|mid|"
    r"year)"
    r"[\s-]|\()$",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|from|starting|beginning)\s(?:in\s|on\s|early\s|late\s)?$", re.IGNORECASE
)
_UNTIL = re.compile(r"\b(?:until|till|up to)\s(?:in\s|on\s|early\s|late\s)?$", re.IGNORECASE)
_RANGE_JOIN = re.compile(
    r"\s(?:to|until|till|through)\s(?:the\s)?$|\s?[-\u2013]\s?$", re.IGNORECASE
)
_AND = re.compile(r"\sand\s$", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time in the text at the characters ``[start, end)``; unknown where it did not resolve."""

    start: int
    end: int
    interval: UncertainInterval
    assumes_zone: bool


@dataclass(frozen=True, slots=True)
class _Point:
    start: int
    end: int
    moment: Moment | None
    is_day: bool
    part: dict[str, str | None]


@cache
def _points() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])(?:{_POINT})", re.IGNORECASE | re.VERBOSE)


def zone_of(intake: Intake) -> tzinfo | None:
    """Give the zone the case states for a document, if it states one that exists."""
    stated = intake.timezone
    if not stated:
        return None
    offset = re.fullmatch(r"([+-])(\d\d):?(\d\d)", stated)
    if offset:
        size = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(size if offset[1] == "+" else -size) if size < timedelta(days=1) else None
    try:
        return ZoneInfo(stated)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def time_expressions(text: str, intake: Intake) -> tuple[TimeExpression, ...]:
    """Read every time in a sentence; "from A to B" is one expression."""
    points = list(_read_points(text, intake))
    found: list[TimeExpression] = []
    at = 0
    while at < len(points):
        pair = points[at : at + 2]
        joined = _as_range(text, pair, intake) if len(pair) > 1 else None
        found.append(joined or _single(text, points[at]))
        at += 2 if joined else 1
    unzoned = zone_of(intake) is None
    return tuple(
        TimeExpression(e.start, e.end, e.interval, e.assumes_zone and unzoned) for e in found
    )


def _as_range(text: str, pair: list[_Point], intake: Intake) -> TimeExpression | None:
    first, second = pair
    joint, before = text[first.end : second.start], text[: first.start]
    plain = _RANGE_JOIN.search(joint) and not joint.strip(" -\u2013").count(" ")
    between = _AND.search(joint) and _BETWEEN.search(before)
    if len(joint) > 12 or not (plain or between):  # noqa: PLR2004 - "until the" is the longest
        return None
    interval = _between(_moment({**first.part, **_year_of(first, second)}, intake), second.moment)
    return TimeExpression(first.start, second.end, interval, first.is_day or second.is_day)


def _year_of(first: _Point, second: _Point) -> dict[str, str | None]:
    """Of "from March to May 2030" give 2030 to the first month too."""
    names = ("year", "year2", "year3")
    has_own = any(first.part[name] for name in (*names, "year4", "iso"))
    return {} if has_own else {"year": next((y for n in names if (y := second.part[n])), None)}


def _between(first: Moment | None, second: Moment | None) -> UncertainInterval:
    try:
        return UncertainInterval.between(first, second)
    except ValueError:
        return ALWAYS_POSSIBLE  # "from May to March": somebody erred, and we cannot say who


def _single(text: str, point: _Point) -> TimeExpression:
    before = text[: point.start]
    interval = ALWAYS_POSSIBLE
    if point.moment is not None and _UNTIL.search(before):
        interval = UncertainInterval.between(None, point.moment)
    elif point.moment is not None and _SINCE.search(before):
        interval = UncertainInterval.between(point.moment, None)
    elif point.moment is not None:
        interval = UncertainInterval.within(point.moment)
    return TimeExpression(point.start, point.end, interval, point.is_day)


def _read_points(text: str, intake: Intake) -> Iterator[_Point]:
    for found in _points().finditer(text):
        if found["year4"] and not _BEFORE_YEAR.search(text[: found.start()]):
            continue
        if found["month4"] and not _names_month(text, found):
            continue
        part = found.groupdict()
        is_day = not (part["year4"] or part["month3"] or part["month4"] or part["zone"])
        yield _Point(found.start(), found.end(), _moment(part, intake), is_day, part)


def _names_month(text: str, found: re.Match[str]) -> bool:
    """Tell "in May" from "may" and "March" from a march."""
    written = found["month4"]
    return written[0].isupper() and bool(_BEFORE_YEAR.search(text[: found.start()]))


def _moment(part: dict[str, str | None], intake: Intake) -> Moment | None:
    try:
        return _resolve(part, intake)
    except (ValueError, OverflowError):
        return None  # "30 February": the words stay cited, the time is unknown


def _resolve(part: dict[str, str | None], intake: Intake) -> Moment | None:
    zone = zone_of(intake) or UTC
    if part["iso"]:
        return _iso(part, zone)
    month = part["month"] or part["month2"] or part["month3"] or part["month4"]
    year = part["year"] or part["year2"] or part["year3"]
    day = part["day"] or part["day2"]
    if part["year4"]:
        return _days(datetime(int(part["year4"]), 1, 1, tzinfo=zone), "year")
    if month and year:
        start = datetime(int(year), _month_number(month), int(day or 1), tzinfo=zone)
        return _days(start, "day" if day else "month")
    if intake.published is None:
        return None
    today = intake.published.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if month:
        return _last_month_named(_month_number(month), day, today)
    return _relative(part, today)


def _iso(part: dict[str, str | None], zone: tzinfo) -> Moment | None:
    day = datetime.fromisoformat(str(part["iso"]))
    if part["clock"] and part["zone"]:
        stated = part["zone"].replace("UTC", "Z")
        instant = datetime.fromisoformat(f"{part['iso']}T{part['clock']}{stated}").astimezone(UTC)
        return Moment(
            instant, instant + timedelta(seconds=1 if part["clock"].count(":") > 1 else 60)
        )
    return _days(day.replace(tzinfo=zone), "day")


def _month_number(name: str) -> int:
    return next(i for i, m in enumerate(_MONTHS, 1) if m.startswith(name.lower()[:3]))


def _days(start: datetime, size: str) -> Moment:
    """Give the day, week, month or year that begins at local midnight ``start``, in UTC."""
    if size == "year":
        end = start.replace(year=start.year + 1)
    elif size == "month":
        end = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    else:
        end = start + timedelta(days=7 if size == "week" else 1)
    return Moment(start.astimezone(UTC), end.astimezone(UTC))


def _last_month_named(month: int, day: str | None, today: datetime) -> Moment:
    """Resolve a date without a year to the last one that is not after publication."""
    start = today.replace(month=month, day=int(day or 1))
    if start > today:
        start = start.replace(year=start.year - 1)
    return _days(start, "day" if day else "month")


def _relative(part: dict[str, str | None], today: datetime) -> Moment | None:
    if part["ordinal"]:
        day = int(part["ordinal"])
        month = today if day <= today.day else today.replace(day=1) - timedelta(days=1)
        return _days(month.replace(day=day), "day")
    words = (part["relative"] or part["weekday"] or "").lower().split()
    name = words[-1]
    if name in _WEEKDAYS:
        back = (today.weekday() - _WEEKDAYS.index(name)) % 7
        return _days(today - timedelta(days=back or (7 if words[0] == "last" else 0)), "day")
    return _relative_period(words, today)


def _relative_period(words: list[str], today: datetime) -> Moment | None:
    last = words[0] == "last"
    if words[-1] == "today":
        return _days(today, "day")
    if words[-1] == "yesterday":
        return _days(today - timedelta(days=1), "day")
    if words[-1] == "week":
        monday = today - timedelta(days=today.weekday() + (7 if last else 0))
        return _days(monday, "week")
    if words[-1] == "month":
        first = today.replace(day=1)
        return _days((first - timedelta(days=1)).replace(day=1) if last else first, "month")
    return _days(today.replace(month=1, day=1, year=today.year - int(last)), "year")
