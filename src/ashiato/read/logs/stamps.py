"""The ways in which logs write an instant, as patterns and as microseconds.

Written are: ISO 8601 (with or without zone), ``20-Apr-2031 09:00:01.123`` (BIND) and
``Apr 20 09:00:01`` (syslog, RFC 3164: no year, no zone).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ashiato.read.logs.clock import SECOND, parse_offset
from ashiato.read.logs.columns import Mask, by_distinct, mask
from ashiato.read.logs.format import Parsed, Refused, Rows
from ashiato.read.logs.lines import Index

STAMP = (
    r"(?P<date>\d[\d-]*(?:[JFMASOND][a-z]{2}[\d-]*)?|[JFMASOND][a-z]{2} +\d{1,2})[T ]"
    r"(?P<clock>\d\d:\d\d:\d\d)(?P<rest_of_time>(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)"
)
"""One written instant, with the groups that `read` needs.

RE2 is many times faster on a pattern with at most four groups in which each letter decides where to
go on ("one pass"); that is why dates are only looked at roughly here and closely in `_day`.
"""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBER = {name: at for at, name in enumerate(_MONTHS, 1)}
_DAY = 86_400 * SECOND
_EPOCH = date(1970, 1, 1).toordinal()
_MONTH = 31
_ELEVEN_MONTHS = 11 * _MONTH - 10  # the straggler and its neighbours lie around New Year
_WRAP = "the months of this log run past December: later lines were read as of the next year"
_REST = r"^(?P<fraction>(?:[.,]\d+)?)(?P<zone>.*)$"
_UNDATED = re.compile(r"[A-Z][a-z]{2} +\d{1,2}")


@dataclass(frozen=True, slots=True)
class Stamps:
    """Written instants as microseconds since 1970, local where ``zoned`` is false.

    ``impossible`` marks those that no calendar has, ``yearless`` those that lack a year.
    """

    micros: Index
    zoned: Mask
    impossible: Mask
    yearless: Mask
    notes: tuple[str, ...] = ()

    def at(self, chosen: Mask) -> "Stamps":
        """Keep some of the stamps, and the notes."""
        return Stamps(
            self.micros[chosen],
            self.zoned[chosen],
            self.impossible[chosen],
            self.yearless[chosen],
            self.notes,
        )


@dataclass(slots=True)
class Calendar:
    """Supplies the year that RFC 3164 leaves out: stated for the first line, then going forward.

    Logs are written in order of time, so a step back of more than a month is a new year, and a step
    from January to December is a straggler of the year before. ``wraps`` counts the years passed.
    """

    year: int | None
    wraps: int = 0
    _last: int | None = None

    def years(self, days: Index) -> Index:
        """Give the year of each month-and-day number (31 to the month), in order of lines."""
        if not len(days):
            return days
        first = int(days[0]) if self._last is None else self._last
        steps = np.diff(days, prepend=first)
        turns = (steps < -_MONTH).astype(np.int64) - (steps > _ELEVEN_MONTHS)
        years = (self.year or 0) + self.wraps + np.cumsum(turns)
        self.wraps, self._last = self.wraps + int(turns.sum()), int(days[-1])
        return years

    def remember(self) -> dict[str, Any]:
        """Say how many years passed, and the last day."""
        return {"wraps": self.wraps, "last": self._last}

    def recall(self, said: Mapping[str, Any]) -> None:
        """Take back what `remember` gave."""
        self.wraps, self._last = said["wraps"], said["last"]


class Dated:
    """The memory of a parser of times without a year."""

    def __init__(self, calendar: Calendar) -> None:
        """Read times by ``calendar``."""
        self._calendar = calendar

    def remember(self) -> dict[str, Any]:
        """Say where in the years the log stands."""
        return self._calendar.remember()

    def recall(self, said: Mapping[str, Any]) -> None:
        """Take back what `remember` gave."""
        self._calendar.recall(said)


def read(fields: dict[str, pa.Array], calendar: Calendar) -> Stamps:
    """Read the groups that `STAMP` found, in order of lines."""
    wraps = calendar.wraps
    undated = matches_undated(fields["date"])
    dates = _dated(fields["date"], undated, calendar)
    days = by_distinct(dates, _day, pa.int64())
    clock = by_distinct(fields["clock"], _seconds, pa.int64())
    written = pc.extract_regex(fields["rest_of_time"], _REST)
    fraction, zone = pc.struct_field(written, "fraction"), pc.struct_field(written, "zone")
    offset = by_distinct(zone, _offset, pa.int64())
    zoned = mask(pc.not_equal(zone, ""))
    known = pc.and_(pc.and_(days.is_valid(), clock.is_valid()), offset.is_valid())
    yearless = undated & (calendar.year is None)
    return Stamps(
        micros=_numbers(days) * _DAY + _numbers(clock) - _numbers(offset) + _micros(fraction),
        zoned=zoned,
        impossible=~mask(known) & ~yearless,
        yearless=yearless,
        notes=(_WRAP,) if calendar.wraps > wraps and calendar.year is not None else (),
    )


def stamped_rows(kind: str, lines: Index, stamps: Stamps, columns: dict[str, pa.Array]) -> Parsed:
    """Make rows of lines with written instants; refuse those whose instant cannot be known."""
    good = ~(stamps.impossible | stamps.yearless)
    kept = {name: values.filter(pa.array(good)) for name, values in columns.items()}
    rows = Rows(kind, lines[good], stamps.micros[good], stamps.zoned[good], kept)
    no_year = Refused(
        "no-year",
        "the times of this log name no year",
        "state `year` (of the log's first line) for this file in case.toml",
        lines[stamps.yearless],
    )
    impossible = Refused(
        "impossible-date",
        "a date or time of day that no calendar has",
        "look at the cited line; ask the source for the right time",
        lines[stamps.impossible],
    )
    return Parsed((rows,), (no_year, impossible), notes=stamps.notes)


def matches_undated(dates: pa.Array) -> Mask:
    """Say which dates lack a year."""
    return mask(by_distinct(dates, lambda text: bool(_UNDATED.fullmatch(text)), pa.bool_()))


def _numbers(values: pa.Array) -> Index:
    return np.asarray(pc.fill_null(values, 0).to_numpy(zero_copy_only=False), np.int64)


def _dated(dates: pa.Array, undated: Mask, calendar: Calendar) -> pa.Array:
    if not undated.any():
        return dates
    short = dates.filter(pa.array(undated))
    years = calendar.years(_numbers(by_distinct(short, _month_and_day, pa.int64())))
    full = pc.binary_join_element_wise(short, pa.array(years).cast(pa.string()), " ")
    return pc.replace_with_mask(dates, pa.array(undated), full)


def _month_and_day(text: str) -> int:
    month, day = text.split()
    return _NUMBER.get(month, 1) * 31 + int(day)


@lru_cache(maxsize=1 << 12)
def _day(text: str) -> int | None:
    """Count days since 1970; ``None`` for a date that no calendar has."""
    try:
        if text[0].isdigit() and text[4:5] == "-":
            return date.fromisoformat(text).toordinal() - _EPOCH
        if text[0].isdigit():
            day, month, year = text.split("-")
        else:
            month, day, year = text.split()
        return date(int(year), _NUMBER[month], int(day)).toordinal() - _EPOCH
    except (ValueError, KeyError):
        return None


@lru_cache(maxsize=1 << 17)
def _seconds(text: str) -> int | None:
    hour, minute, second = int(text[:2]), int(text[3:5]), int(text[6:])
    is_possible = hour < 24 and minute < 60 and second <= 60  # noqa: PLR2004 - 60 is a leap second
    return ((hour * 60 + minute) * 60 + second) * SECOND if is_possible else None


def _offset(text: str) -> int | None:
    offset = parse_offset(text or "Z")
    return None if offset is None else int(offset.total_seconds()) * SECOND


def _micros(fractions: pa.Array) -> Index:
    digits = pc.utf8_rpad(pc.utf8_slice_codeunits(fractions, 1, 7), 6, "0")
    return np.asarray(digits.cast(pa.int64()).to_numpy(zero_copy_only=False), np.int64)
