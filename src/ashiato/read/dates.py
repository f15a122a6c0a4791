"""Dates as people write them in tables: ISO 8601, Japanese and Chinese, eras, full-width digits.

Nothing is guessed: a date whose order of day and month nobody states is not read.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from ashiato.knowledge import load

_BARE_DATE = re.compile(r"\d{4}-?(?:\d{2}-?\d{2}|W\d{2}(?:-?\d)?)")
_CLOCK_DIRECTIVES = re.compile(r"%[HIMSfpcXsT]")
_WEEKDAY = r"(?:\s*\([^()]{1,4}\))?"
_NOON = 12
MOST = 64
"""Characters of a date; a longer cell is none."""


@dataclass(frozen=True, slots=True)
class _Era:
    names: tuple[str, ...]
    first: date
    last: date = date.max

    def year(self, number: int) -> int:
        return self.first.year + number - 1


@cache
def _eras() -> tuple[_Era, ...]:
    return tuple(
        _Era(tuple(row["names"]), row["first"], row.get("last", date.max))
        for row in load("written")["eras"]
    )


@cache
def _halves() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in load("written")["halves"].items()}


@cache
def _shape() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for era in _eras() for name in era.names)
    halves = "|".join(re.escape(word) for words in _halves().values() for word in words)
    day = rf"(?P<era>{names})?\s*(?P<year>\d{{1,4}}|元)\s*(?P<mark>[年/.-])\s*"
    day += r"(?P<month>\d{1,2})\s*(?:月|(?P=mark))\s*(?P<day>\d{1,2})\s*[日号]?" + _WEEKDAY
    hour = rf"(?:[ t]*(?P<before>{halves})?\s*(?P<hour>\d{{1,2}})\s*[:時时点點]"
    hour += r"\s*(?P<minute>\d{1,2})?\s*[:分]?\s*(?P<second>\d{1,2})?\s*(?:\.(?P<part>\d{1,6}))?"
    hour += rf"\s*秒?\s*(?P<after>{halves})?\s*(?P<zone>z|utc|gmt|jst|[+-]\d\d:?\d\d)?)?"
    return re.compile(day + hour)


def read_written(text: str, formats: tuple[str, ...]) -> tuple[datetime, bool] | None:
    """Read a date or an instant; say whether it is a bare date (a whole day).

    ``formats`` are `strptime` patterns, tried first; then ISO 8601; then year, month and day in
    that order with ``/``, ``.``, ``-`` or 年月日, in the years of a Japanese era or of the Republic
    of China too, with a clock after it. JST is +09:00. ``None`` where it is none of these.
    """
    if len(text) > MOST:
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    for pattern in formats:
        for written in dict.fromkeys((text, plain)):
            if (read := _stated(written, pattern)) is not None:
                return read, not _CLOCK_DIRECTIVES.search(pattern)
    try:
        return datetime.fromisoformat(plain), bool(_BARE_DATE.fullmatch(plain))
    except ValueError:
        return _drawn(plain.casefold())


def _stated(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is applied by the caller
    except ValueError:
        return None


def _drawn(text: str) -> tuple[datetime, bool] | None:
    found = _shape().fullmatch(text)
    if found is None:
        return None
    try:
        day = _day(found)
        if day is None or found["hour"] is None:
            return (datetime.combine(day, datetime.min.time()), True) if day else None
        return _at(day, found), False
    except (ValueError, OverflowError):
        return None


def _day(found: re.Match[str]) -> date | None:
    """Give the day; an era's year must lie in the era, a year without one has four digits."""
    number = 1 if found["year"] == "元" else int(found["year"])
    month, day = int(found["month"]), int(found["day"])
    if not found["era"]:
        return date(number, month, day) if len(found["year"]) == 4 else None  # noqa: PLR2004 - digits of a year
    era = next(e for e in _eras() if found["era"] in e.names)
    when = date(era.year(number), month, day)
    return when if number and era.first <= when <= era.last else None


def _at(day: date, found: re.Match[str]) -> datetime:
    hour = _hour(int(found["hour"]), found["before"] or found["after"] or "")
    minute, second = (int(found[name] or 0) for name in ("minute", "second"))
    part = (found["part"] or "0").ljust(6, "0")
    zone = {"z": "+00:00", "utc": "+00:00", "gmt": "+00:00", "jst": "+09:00"}
    written = found["zone"] or ""
    clock = f"T{hour:02}:{minute:02}:{second:02}.{part}{zone.get(written, written)}"
    return datetime.fromisoformat(day.isoformat() + clock)


def _hour(hour: int, half: str) -> int:
    """Give the hour of the day; twelve of a half day is its first hour, and 0 is taken for it.

    Raises:
        ValueError: no half day has this hour.

    """
    if not half:
        return hour
    if hour > _NOON:
        raise ValueError(f"{half} {hour} is no hour")
    return hour % _NOON + (_NOON if half in _halves()["pm"] else 0)
