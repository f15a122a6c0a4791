"""When something was so: times in the words, as intervals with uncertain bounds.

A date is a whole day, month or year in the zone the case states for the file, else in UTC, which
the reader records as an assumption. "Last month" and "the 20th" are counted from the date of
publication, "two days later" from the date that the text named last; without one they stay
unknown. Ages, sums of time and the numbers of units are no times.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ashiato.core.sources import Intake
from ashiato.core.time import ALWAYS_POSSIBLE, FIRST, LAST, Moment, UncertainInterval
from ashiato.read.text import calendar
from ashiato.read.text.calendar import month_number, pack
from ashiato.read.text.shapes import clock, either, month, shapes

_NEAR = 40
"""Characters before a time in which its "since" or "between" stands: keeps the work linear."""
_ONE_DAY = timedelta(days=1)
_KINDS = ("clock", "duration", "frequency", "vague")
_ANCHORED = frozenset({"following", "preceding", "same", "that"})
_JOIN = re.compile(
    r"\s(?:to|until|till|through)\s(?:the\s)?$|\s?[-\u2013\u2014]\s?$", re.IGNORECASE
)
_AND = re.compile(r"\sand\s(?:the\s)?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s(?:the\s)?$", re.IGNORECASE)
_CLOCK_GAP = re.compile(r"(?:,?\s(?:at\s|on\s)?|\sat\s(?:about\s)?)$", re.IGNORECASE)
_LOOSE = r"(?:about\s|around\s|at\sleast\s|early\s|late\s|in\s|on\s|the\s)*$"
_BOUNDS = {
    "since": re.compile(rf"\b(?:since|from|starting|beginning)\s{_LOOSE}", re.IGNORECASE),
    "until": re.compile(rf"\b(?:until|till|up\sto|up\suntil)\s{_LOOSE}", re.IGNORECASE),
    "by": re.compile(rf"\b(?:by|no\slater\sthan)\s{_LOOSE}", re.IGNORECASE),
    "before": re.compile(rf"\b(?:before|prior\sto)\s{_LOOSE}", re.IGNORECASE),
    "after": re.compile(rf"\bafter\s{_LOOSE}", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time in the text at the characters ``[start, end)``; unknown where it did not resolve.

    ``kind``: ``date``, or ``clock``, ``duration``, ``frequency`` and ``vague``, which no calendar
    places. ``relative`` says from what it is counted: ``document``, ``text`` or nothing. ``anchor``
    is the span in the same text of the date that it was counted from.
    """

    start: int
    end: int
    interval: UncertainInterval
    assumes_zone: bool
    kind: str = "date"
    relative: str = ""
    anchor: tuple[int, int] | None = None

    @property
    def day(self) -> Moment | None:
        """The day or part of a day that it is, unless it is a longer or an open time."""
        low, high = self.interval.start_min, self.interval.end_max
        if low is None or high is None or high - low > _ONE_DAY:
            return None
        return Moment(low, high)


def last_date(times: Sequence[TimeExpression]) -> Moment | None:
    """Give the date named last, from which "two days later" is counted."""
    ends = [(t.interval.start_min, t.interval.end_max) for t in times]
    known = [(low, high) for low, high in ends if low is not None and high is not None]
    return Moment(*known[-1]) if known else None


@dataclass(frozen=True, slots=True)
class _Point:
    start: int
    end: int
    moment: Moment | None
    is_day: bool
    part: dict[str, str]
    kind: str = "date"
    relative: str = ""
    anchor: tuple[int, int] | None = None
    is_fuzzy: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """What relative times are counted from: the document's day and the date named last."""

    zone: tzinfo
    stated: str | None
    today: datetime | None
    last: Moment | None = None
    place: tuple[int, int] | None = None


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


def time_expressions(
    text: str, intake: Intake, *, anchor: Moment | None = None
) -> tuple[TimeExpression, ...]:
    """Read every time in a sentence; "from A to B" is one expression.

    ``anchor`` is the last date of the sentences before, for "the following day".
    """
    points = _with_clocks(text, list(_read_points(text, intake, anchor)))
    found: list[TimeExpression] = []
    at = 0
    while at < len(points):
        pair = points[at : at + 2]
        joined = _as_range(text, pair, intake) if len(pair) > 1 else None
        found.append(joined or _single(text, points[at]))
        at += 2 if joined else 1
    unzoned = zone_of(intake) is None
    return tuple(replace(e, assumes_zone=e.assumes_zone and unzoned) for e in found)


# ------------------------------------------------------------------------------- points


def _read_points(text: str, intake: Intake, anchor: Moment | None) -> Iterator[_Point]:
    zone = zone_of(intake) or UTC
    today = None if intake.published is None else calendar.midnight(intake.published, zone)
    frame = _Frame(zone, intake.timezone, today, anchor)
    for found in shapes().finditer(text):
        if not _is_time(text, found):
            continue
        point = _point(found, frame)
        yield point
        if point.moment is not None and point.kind == "date":
            frame = replace(frame, last=point.moment, place=(point.start, point.end))


def _point(found: re.Match[str], frame: _Frame) -> _Point:
    part = _parts(found)
    kind = next((k for k in _KINDS if k in part), "date")
    relative = _relative_to(part, found[0], frame)
    moment = _moment(part, found[0], frame, relative) if kind == "date" else None
    spot = frame.place if relative == "text" and moment is not None else None
    is_day = kind == "date" and not ("izone" in part or _is_long(moment))
    start = found.end() - len(found[0].lstrip())
    fuzzy = bool(part.keys() & {"part", "dpart", "fiscal", "unit", "pastunit", "season"})
    return _Point(start, found.end(), moment, is_day, part, kind, relative, spot, fuzzy)


def _parts(found: re.Match[str]) -> dict[str, str]:
    """Give what matched by name; a pattern may name a part of a period in several places."""
    part = {name: value for name, value in found.groupdict().items() if value}
    return {re.sub(r"^part\d$", "part", name): value for name, value in part.items()}


def _is_long(moment: Moment | None) -> bool:
    return moment is not None and moment.latest - moment.earliest > timedelta(days=8)


def _is_time(text: str, found: re.Match[str]) -> bool:
    """Tell a year from a number, a month from a verb or a name, a day from the 20th of a series."""
    before = text[max(0, found.start() - _NEAR) : found.start()]
    if found["yr1"]:
        return _is_year_range(found)
    if found["y6"]:
        return _is_year(text, found, before)
    if found["m6"]:
        return found["m6"][0].isupper() and _is_month(text, found, before)
    if found["m2"] and found["m2"].lower() == "may":
        return found["m2"][0].isupper()
    if found["relof"] and _month_word().fullmatch(found["relof"]):
        return found["relof"][0].isupper() and found["rel"].lower() not in _ANCHORED
    if found["nth"]:
        return bool(found["nthof"]) or bool(_day_cue().search(before))
    return not found["season"] or bool(found["sy"])


@cache
def _month_word() -> re.Pattern[str]:
    return re.compile(month(), re.IGNORECASE)


@cache
def _day_cue() -> re.Pattern[str]:
    cues = ("on", "by", "until", "since", "from", "to", "before", "after", "and", "through")
    return re.compile(rf"(?:^|\b(?:{either(cues)})\s)$", re.IGNORECASE)


@cache
def _year_cue() -> re.Pattern[str]:
    return re.compile(rf"(?:\b(?:{either(pack()['before_year'])})[\s-]|\(|^)$", re.IGNORECASE)


@cache
def _month_cue() -> re.Pattern[str]:
    return re.compile(rf"(?:\b(?:{either(pack()['before_month'])})[\s-]|\()$", re.IGNORECASE)


def _is_year(text: str, found: re.Match[str], before: str) -> bool:
    number = re.search(rf"\b(?:{either(pack()['not_years'])})\.?\s$", before, re.IGNORECASE)
    joined = re.search(r"(?:19|20)\d\d(?:\s?[-\u2013]\s?|\s(?:to|and|or)\s|,\s(?:and\s)?)$", before)
    if number:
        return False
    counted = re.match(r"\s(?:[a-z]+s\b)(?<!was)(?<!is)", text[found.end() : found.end() + _NEAR])
    return bool(joined) or (bool(_year_cue().search(before)) and not counted)


def _is_year_range(found: re.Match[str]) -> bool:
    """Tell 2016-2017 and 2016-17 from 2016-03 and from other numbers."""
    first, last = int(found["yr1"]), found["yr2"]
    return int(last) > first if len(last) > 2 else int(last) == (first + 1) % 100  # noqa: PLR2004 - yy or yyyy


def _is_month(text: str, found: re.Match[str], before: str) -> bool:
    """Whether a bare name of a month is one: after "in", and no noun right after it."""
    return bool(_month_cue().search(before)) and not re.match(
        r"\s[A-Z][a-z]", text[found.end() : found.end() + _NEAR]
    )


def _relative_to(part: dict[str, str], words: str, frame: _Frame) -> str:
    """Say from what a time is counted: the document's date, the date named last, or nothing."""
    if part.get("rel", "").lower() in _ANCHORED or "beside" in part or "next day" in words.lower():
        return "text"
    if "away" in part:
        counted_back = part["away"].lower() in {"earlier", "before", "prior", "previously"}
        deictic = part["away"].lower() in {"ago", "from now"}
        return "document" if deictic or (counted_back and frame.last is None) else "text"
    yearless = ("d1" in part or "m2" in part) and not part.keys() & {"y1", "y2"}
    bare = part.keys() & {"m4", "m6", "rel", "deictic", "pastof", "nth", "weekday"}
    unyeared = ("dd1" in part and "ddy" not in part) or ("md1" in part and "mdy" not in part)
    quarter = ("quarter" in part and "qy" not in part) or ("half" in part and "hy" not in part)
    by_name = "before yesterday" in words.lower() or "after tomorrow" in words.lower()
    return "document" if yearless or bare or unyeared or quarter or by_name else ""


# ------------------------------------------------------------------------------- resolving


def _moment(part: dict[str, str], words: str, frame: _Frame, relative: str) -> Moment | None:
    try:
        if relative == "text":
            return None if frame.last is None else _from_text(part, frame)
        if relative == "document":
            return None if frame.today is None else _from_document(part, words, frame)
        return _absolute(part, frame)
    except (ValueError, OverflowError, StopIteration):
        return None  # "30 February": the words stay cited, the time is unknown


def _absolute(part: dict[str, str], frame: _Frame) -> Moment | None:
    zone = frame.zone
    if "iso" in part:
        return _iso(part, zone)
    if "ymd" in part:
        year, number, day_of = map(int, re.split(r"[/.]", part["ymd"]))
        return calendar.day(datetime(year, number, day_of, tzinfo=zone))
    if "xyy" in part:
        return _either_order(part["xyy"], zone)
    if "fiscal" in part:
        return calendar.fiscal(int(part["fiscal"]), zone, frame.stated)
    if "decade" in part:
        year = int(part["decade"])
        whole = calendar.whole(
            datetime(year, 1, 1, tzinfo=zone), datetime(year + 10, 1, 1, tzinfo=zone)
        )
        return calendar.part(part["dpart"], whole) if "dpart" in part else whole
    if "yr1" in part:
        return _years(int(part["yr1"]), part["yr2"], zone)
    if "quarter" in part:
        return _quarter(part["quarter"], int(part["qy"]), zone)
    dated = _dated(part, zone)
    return calendar.part(part["part"], dated) if "part" in part else dated


def _dated(part: dict[str, str], zone: tzinfo) -> Moment:
    if "half" in part:
        return _half(part, int(part["hy"]), zone)
    if "season" in part:
        return calendar.season(part["season"], int(part["sy"]), zone)
    for name, days, year in (("ddm", ("dd1", "dd2"), "ddy"), ("mdm", ("md1", "md2"), "mdy")):
        if name in part:
            return _days(part, name, days, int(part[year]), zone)
    for name, day, year in (("m1", "d1", "y1"), ("m2", "d2", "y2")):
        if name in part:
            number = month_number(part[name])
            return calendar.day(datetime(int(part[year]), number, int(part[day]), tzinfo=zone))
    if "m3" in part:
        number = month_number(part["m3"])
        return calendar.months(int(part["y3"]), number, number + 1, zone)
    return calendar.months(int(part.get("y5") or part["y6"]), 1, 13, zone)


def _days(
    part: dict[str, str], named: str, days: tuple[str, str], year: int, zone: tzinfo
) -> Moment:
    """Give the days of "3 to 5 March"; `_single` makes a stretch of them."""
    number = month_number(part[named])
    first, last = (datetime(year, number, int(part[d]), tzinfo=zone) for d in days)
    return calendar.whole(first, last + timedelta(days=1))


def _either_order(words: str, zone: tzinfo) -> Moment | None:
    """Read 03/04/2030 as either day: nothing in it says which number is the month."""
    first, second, year = map(int, re.split(r"[/.]", words))
    orders = [(first, second), (second, first)] if "/" in words else [(first, second)]
    days = [
        calendar.day(datetime(year, number, day, tzinfo=zone))
        for day, number in orders
        if number <= 12  # noqa: PLR2004 - months of a year
    ]
    if not days:
        return None
    return Moment(min(d.earliest for d in days), max(d.latest for d in days))


def _iso(part: dict[str, str], zone: tzinfo) -> Moment | None:
    day = datetime.fromisoformat(part["iso"])
    if "iclock" not in part:
        return calendar.day(day.replace(tzinfo=zone))
    own = _zone_named(part.get("izone"), None) or zone
    return _at_clock(day.replace(tzinfo=own), part["iclock"])


def _at_clock(day: datetime, words: str) -> Moment:
    hour, minute, *second = map(int, words.split(":"))
    instant = day.replace(hour=hour, minute=minute, second=second[0] if second else 0)
    begin = instant.astimezone(UTC)
    return Moment(begin, begin + timedelta(seconds=1 if second else 60))


def _zone_named(name: str | None, offset: str | None) -> tzinfo | None:
    if name and name[0] in "+-":
        name, offset = None, name
    if name and not offset:
        return timezone(timedelta(minutes=pack()["zones"][name.lower()]))
    if not offset:
        return None
    digits = re.sub(r"\D", "", offset)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")  # noqa: PLR2004 - hh or hhmm
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(size if offset[0] == "+" else -size)


def _years(first: int, last: str, zone: tzinfo) -> Moment:
    count = int(last) - first + 1 if len(last) > 2 else 2  # noqa: PLR2004 - yy or yyyy
    return calendar.months(first, 1, 12 * count + 1, zone)


def _quarter(words: str, year: int, zone: tzinfo) -> Moment:
    names = ("first", "second", "third", "fourth")
    number = int(words[1]) if words[1].isdigit() else names.index(words.lower().split()[0]) + 1
    return calendar.months(year, 3 * number - 2, 3 * number + 1, zone)


def _half(part: dict[str, str], year: int, zone: tzinfo) -> Moment:
    second = part["half"].lower() == "h2" or part["half"].lower().startswith("second")
    if "hm" not in part:
        return calendar.months(year, 7 if second else 1, 13 if second else 7, zone)
    number = month_number(part["hm"])
    return calendar.part(
        "late" if second else "early", calendar.months(year, number, number + 1, zone)
    )


# ------------------------------------------------------------------------------- relative


def _from_document(part: dict[str, str], words: str, frame: _Frame) -> Moment | None:
    today = frame.today
    if today is None:
        return None
    if "away" in part:
        return _away(part, today)
    if "pastof" in part and "pastunit" in part:
        count = _number(part.get("pastn", "").strip() or "one")
        begin = calendar.around(today, -count, _unit(part["pastunit"]))
        return Moment(begin.earliest, calendar.day(today).latest)
    if "yesterday" in words.lower() or "deictic" in part or "tomorrow" in words.lower():
        return _deictic(words.lower(), today)
    if "nth" in part:
        return _nth(part, today)
    if "weekday" in part:
        back = (today.weekday() - pack()["weekdays"].index(part["weekday"].lower())) % 7
        return calendar.day(today - timedelta(days=back))
    if "rel" in part:
        return _named_period(part["rel"].lower(), part["relof"].lower(), today)
    return _yearless(part, frame.zone, today)


def _deictic(words: str, today: datetime) -> Moment:
    days = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
    away = next(n for name, n in days.items() if name in words)
    return calendar.day(today + timedelta(days=2 * away if "day " in words else away))


def _nth(part: dict[str, str], today: datetime) -> Moment:
    """Give the last such day that is not after publication."""
    day, of = int(part["nth"]), part.get("nthof", "").lower()
    before = today.replace(day=1) - timedelta(days=1)
    this = of in {"this", "the same"} or (not of and day <= today.day)
    return calendar.day((today if this else before).replace(day=day))


def _yearless(part: dict[str, str], zone: tzinfo, today: datetime) -> Moment | None:
    """Resolve a date without a year to the last one that is not after publication."""
    for year in (today.year, today.year - 1):
        keys = {key: str(year) for key in ("y1", "y2", "y3", "ddy", "mdy", "qy", "hy")}
        own = {**part, **keys}
        if "m4" in own or "m6" in own:
            own["m3"] = own.pop("m4", "") or own.pop("m6", "")
        found = _absolute(own, _Frame(zone, None, today))
        if found is not None and found.earliest <= today:
            return found
    return None


def _named_period(which: str, name: str, today: datetime) -> Moment | None:
    step = {"last": -1, "previous": -1, "past": -1, "this": 0, "next": 1, "coming": 1}[which]
    zone = today.tzinfo or UTC
    if name in pack()["weekdays"]:
        return _weekday(step, name, today)
    if name in {"night", "evening", "morning", "afternoon", "day"}:
        return calendar.day(today + timedelta(days=step))
    if name in {"week", "weekend"}:
        monday = today + timedelta(days=7 * step - today.weekday())
        return calendar.week(monday)
    if name == "quarter":
        first = (today.month - 1) // 3 * 3 + 1 + 3 * step
        return calendar.months(today.year, first, first + 3, zone)
    if name == "month":
        return calendar.months(today.year, today.month + step, today.month + step + 1, zone)
    if name in {"year", "decade"}:
        size = 1 if name == "year" else 10
        first = (today.year // size + step) * size
        return calendar.whole(
            datetime(first, 1, 1, tzinfo=zone), datetime(first + size, 1, 1, tzinfo=zone)
        )
    return _season_or_month(step, name, today, zone)


def _weekday(step: int, name: str, today: datetime) -> Moment:
    back = (today.weekday() - pack()["weekdays"].index(name)) % 7
    if step > 0:
        return calendar.day(today + timedelta(days=7 - back))
    return calendar.day(today - timedelta(days=back or (7 if step < 0 else 0)))


def _season_or_month(step: int, name: str, today: datetime, zone: tzinfo) -> Moment | None:
    """Give last March or this summer; "last summer" may be this year's, once that is over."""

    def build(year: int) -> Moment:
        if name in pack()["seasons"]:
            return calendar.season(name, year, zone)
        return calendar.months(year, month_number(name), month_number(name) + 1, zone)

    here = build(today.year)
    if step == 0:
        return here
    if step > 0:
        return here if here.earliest > today else build(today.year + 1)
    return here if here.latest <= today else build(today.year - 1)


def _number(words: str) -> int:
    number = words.lower().strip()
    return int(number) if number.isdigit() else int(pack()["numbers"].get(number, 3))


def _unit(words: str) -> str:
    return words.lower().removesuffix("s")


def _away(part: dict[str, str], start: datetime) -> Moment | None:
    """Give "two weeks earlier"; "several years ago" is anywhere from two to ten."""
    unit = _unit(part["unit"])
    ahead = part["away"].lower().startswith(("later", "after", "from"))
    sign = 1 if ahead else -1
    if part["n"].lower() in {"a few", "several"}:
        ends = [calendar.around(start, sign * count, unit) for count in (2, 10)]
        return Moment(min(e.earliest for e in ends), max(e.latest for e in ends))
    return calendar.around(start, sign * _number(part["n"]), unit)


def _from_text(part: dict[str, str], frame: _Frame) -> Moment | None:
    """Count from the date named last, from both of its ends: it may itself be vague."""
    last = frame.last
    if last is None:
        return None
    ends = (last.earliest, last.latest - timedelta(microseconds=1))
    found = [_beside(part, calendar.midnight(end, frame.zone)) for end in ends]
    known = [moment for moment in found if moment is not None]
    if not known:
        return None
    return Moment(min(m.earliest for m in known), max(m.latest for m in known))


def _beside(part: dict[str, str], start: datetime) -> Moment | None:
    if "away" in part:
        return _away(part, start)
    if "beside" in part:
        sign = 1 if part["side"].lower() in {"after", "later"} else -1
        return _period_of(part["beside"].lower(), sign, start)
    which = part["rel"].lower()
    step = {"following": 1, "next": 1, "preceding": -1}.get(which, 0)
    return _period_of(part["relof"].lower(), step, start)


def _period_of(name: str, step: int, start: datetime) -> Moment | None:
    if name in pack()["weekdays"] and step > 0:
        return _weekday(step, name, start)
    words = {1: "next", 0: "this", -1: "last"}
    return _named_period(words[step], name, start)


# ------------------------------------------------------------------------------- clock times


def _with_clocks(text: str, points: list[_Point]) -> list[_Point]:
    """Join "at 14:30 JST" to the day beside it: the two are one time."""
    found: list[_Point] = []
    for point in points:
        before = found[-1] if found else None
        if before is not None and {before.kind, point.kind} == {"clock", "date"}:
            gap = text[before.end : point.start]
            if len(gap) <= 10 and (_CLOCK_GAP.match(gap)):  # noqa: PLR2004 - " at about " is the longest
                found[-1] = _timed(text, before, point)
                continue
        found.append(point)
    return found


def _timed(text: str, first: _Point, second: _Point) -> _Point:
    day, time = (second, first) if first.kind == "clock" else (first, second)
    moment, zoned = _day_at(day.moment, text[time.start : time.end])
    return replace(day, start=first.start, end=second.end, moment=moment, is_day=not zoned)


def _day_at(day: Moment | None, words: str) -> tuple[Moment | None, bool]:
    """Give the minute of a day; where the clock has no zone the day's own is meant."""
    found = clock().match(words.strip())
    if day is None or found is None:
        return day, False
    try:
        size, within = _since_midnight(found)
        own = _zone_named(found["zone"], found["offset"])
    except ValueError:
        return day, False
    local = day.earliest
    if own is not None:
        named = (day.earliest + timedelta(hours=12)).replace(tzinfo=UTC)
        local = named.replace(hour=0, minute=0, second=0, tzinfo=own).astimezone(UTC)
    return Moment(local + size, local + size + within), own is not None


def _since_midnight(found: re.Match[str]) -> tuple[timedelta, timedelta]:
    hour, minute, second = (int(found[name] or 0) for name in ("h", "m", "s"))
    half = (found["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    within = timedelta(seconds=1) if found["s"] else timedelta(minutes=1 if found["m"] else 60)
    return timedelta(hours=hour, minutes=minute, seconds=second), within


# ------------------------------------------------------------------------------- intervals


def _as_range(text: str, pair: list[_Point], intake: Intake) -> TimeExpression | None:
    first, second = pair
    if {first.kind, second.kind} != {"date"}:
        return None
    joint = text[first.end : second.start]
    before = text[max(0, first.start - _NEAR) : first.start]
    between = _AND.match(joint) and _BETWEEN.search(before)
    if len(joint) > 12 or not (_JOIN.match(joint) or between):  # noqa: PLR2004 - "through the" is the longest
        return None
    first, second = _sharing_year(first, second, intake)
    interval = _between(first.moment, second.moment)
    relative = first.relative or second.relative
    is_day = first.is_day or second.is_day
    return TimeExpression(
        first.start, second.end, interval, is_day, "date", relative, first.anchor or second.anchor
    )


def _own_year(point: _Point) -> int | None:
    names = ("y1", "y2", "y3", "y5", "y6", "ddy", "mdy", "sy", "qy", "hy")
    found = next((y for n in names if (y := point.part.get(n))), None)
    return int(found) if found else None


def _sharing_year(first: _Point, second: _Point, intake: Intake) -> tuple[_Point, _Point]:
    """Of "from March to May 2030" give 2030 to the first too, and of "May 2030 to March" 2031."""
    early, late = _own_year(first), _own_year(second)
    if early is None and late is not None and first.part.keys() & _MONTHLY:
        moved = _in_year(first, late, intake)
        too_late = moved.moment and second.moment and moved.moment.earliest > second.moment.latest
        return (_in_year(first, late - 1, intake) if too_late else moved), second
    if late is None and early is not None and second.part.keys() & _MONTHLY:
        moved = _in_year(second, early, intake)
        too_soon = moved.moment and first.moment and moved.moment.latest <= first.moment.earliest
        return first, (_in_year(second, early + 1, intake) if too_soon else moved)
    return first, second


_MONTHLY = frozenset({"d1", "m2", "m4", "m6"})


def _in_year(point: _Point, year: int, intake: Intake) -> _Point:
    part = dict(point.part)
    part |= {name: str(year) for name in ("y1", "y2", "y3")}
    if "m4" in part or "m6" in part:
        part["m3"] = part.pop("m4", "") or part.pop("m6", "")
    frame = _Frame(zone_of(intake) or UTC, intake.timezone, None)
    return replace(point, moment=_moment(part, "", frame, ""), relative="")


def _between(first: Moment | None, second: Moment | None) -> UncertainInterval:
    try:
        return UncertainInterval.between(first, second)
    except ValueError:
        return ALWAYS_POSSIBLE  # "from May to March": somebody erred, and we cannot say who


def _single(text: str, point: _Point) -> TimeExpression:
    before = text[max(0, point.start - _NEAR) : point.start]
    interval = ALWAYS_POSSIBLE
    if point.moment is not None:
        bound = next((name for name, cue in _BOUNDS.items() if cue.search(before)), "")
        interval = _bounded(bound, point)
    return TimeExpression(
        point.start,
        point.end,
        interval,
        point.is_day,
        point.kind,
        point.relative,
        point.anchor,
    )


def _bounded(bound: str, point: _Point) -> UncertainInterval:
    """Read what stands before a date: since and until are stretches, by and after are limits."""
    moment = point.moment
    if moment is None:
        return ALWAYS_POSSIBLE
    if point.part.keys() & {"dd1", "md1", "yr1"}:
        return _stretch(point, moment)
    if bound == "until":
        return UncertainInterval.between(None, moment)
    if bound == "since":
        return UncertainInterval.between(moment, None)
    if bound in {"by", "before"}:
        end = moment.earliest if bound == "before" and not point.is_fuzzy else moment.latest
        return _within(Moment(FIRST, end))
    if bound == "after":
        return _within(Moment(moment.earliest if point.is_fuzzy else moment.latest, LAST))
    return UncertainInterval.within(moment)


def _stretch(point: _Point, moment: Moment) -> UncertainInterval:
    """Give "3 to 5 March" as what began on the first and ended on the last."""
    size = timedelta(days=365 if "yr1" in point.part else 1)
    ends = (moment.earliest, moment.earliest + size, moment.latest - size, moment.latest)
    return UncertainInterval(*ends) if ends[1] <= ends[2] else UncertainInterval.within(moment)


def _within(moment: Moment) -> UncertainInterval:
    low, high = moment.earliest, moment.latest
    return UncertainInterval.from_bounds((low, high, low, high))
