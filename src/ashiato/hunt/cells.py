"""The census by organisation, kind of log and month: where it was looked, and where it was not.

Months and not the indicators' windows: 21,000 indicators have as many windows, months are the same
for everybody, a notice names one, and the lake is laid out by them. Inside its month a cell knows
the windows all the same: only days on which an indicator pointed to the actor count as looked at.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ashiato.core.records import CensusCell, CensusStatus, Indicator, Sighting
from ashiato.core.time import FIRST
from ashiato.engine.protocol import REPEATED, SOURCE_PREFIX, CoverageRow
from ashiato.engine.volumes import Chosen
from ashiato.hunt.best import best, by_organisation, counts, record_of
from ashiato.hunt.census import Spans, by_sightings, meets, shown_spans

Days = tuple[int, int]
"""Half-open stretch of days, as ordinals (UTC)."""
Volumes = Callable[[Iterable[Chosen]], Mapping[int, tuple[int | None, int | None]]]
"""The verb `Engine.volumes`."""
_MICROSECOND = timedelta(microseconds=1)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""An end from here on is how lists write that there is none."""


@dataclass(frozen=True, slots=True)
class _Logs:
    """One organisation's logs of one kind: rows by day, what was met, when the actor could be."""

    name: str
    kind: str
    days: Spans
    met: Sequence[Sighting]
    wanted: Sequence[Days]
    covered: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A cell before its numbers."""

    logs: _Logs
    days: Days
    met: Sequence[Sighting]


def census_cells(
    coverage: Iterable[CoverageRow],
    sightings: Iterable[Sighting],
    *,
    indicators: Iterable[Indicator],
    organisations: Iterable[tuple[str, str | None]],
    volumes: Volumes,
) -> tuple[CensusCell, ...]:
    """Say the census by organisation, kind of log and month (UTC), sorted in that order.

    A kind of log has cells for the months in which an indicator that it could show pointed to the
    actor, and for those with sightings. The months before the first and after the last row of that
    kind are one cell each, and a kind that never came is one cell: nobody looked there. Statuses
    mean what they mean in `census`, said of the cell's rows alone: an organisation may be
    ``probable`` where each of its cells is ``possible``. An indicator whose time is open on one
    side is looked for as far as the organisation's own logs reach.
    """
    asked = dict(organisations)
    found = by_organisation(sightings)
    rows: dict[str, list[CoverageRow]] = {}
    for row in coverage:
        rows.setdefault(row.org, []).append(row)
    shown = shown_spans(indicators)
    touched = {kind: _touched(spans) for kind, spans in shown.items()}
    names = sorted(n for n in {*asked, *rows, *found} if not n.startswith(SOURCE_PREFIX))
    drafts = [
        draft
        for name in names
        for logs in _kinds(name, rows.get(name, ()), found.get(name, ()), shown, touched)
        for draft in _drafts(logs)
    ]
    sizes = volumes(_chosen(drafts))
    return tuple(
        _cell(draft, sizes.get(number, (None, None)), refused=asked.get(draft.logs.name))
        for number, draft in enumerate(drafts)
    )


def _kinds(
    name: str,
    rows: Sequence[CoverageRow],
    found: Sequence[Sighting],
    shown: Mapping[str, Spans],
    touched: Mapping[str, Sequence[Days]],
) -> Iterator[_Logs]:
    days = {row.kind: row.days for row in rows}
    met: dict[str, list[Sighting]] = {}
    for sighting in found:
        met.setdefault(sighting.log_kind, []).append(sighting)
    reach = _reach([day for row in rows for day in row.days], found)
    for kind in sorted({*shown, *days, *met}):
        spans = shown.get(kind, ())
        covered = [_day(a) for a, b in days.get(kind, ()) if meets(spans, a, b)]
        wanted = _wanted(spans, touched.get(kind, ()), reach)
        yield _Logs(name, kind, days.get(kind, ()), met.get(kind, ()), wanted, covered)


def _reach(days: Spans, met: Iterable[Sighting]) -> Days | None:
    """Give the days from the first row to the last."""
    every = [_day(instant) for day in days for instant in day] + [_day(s.ts) for s in met]
    return (min(every), max(every) + 1) if every else None


def _touched(spans: Spans) -> list[Days]:
    """Give the days that the spans with two ends touch: the same for every organisation."""
    closed = ((a, b) for a, b in spans if a != FIRST and b < _NEVER)
    return _joined((_day(a), _day(b - _MICROSECOND) + 1) for a, b in closed)


def _wanted(spans: Spans, touched: Sequence[Days], reach: Days | None) -> list[Days]:
    """Give the days of interest; an open side ends where the organisation's logs do."""
    if reach is None or not spans:
        return list(touched)
    opened = [] if spans[0][0] != FIRST else [(reach[0], _upto(spans[0][1], reach))]
    if spans[-1][1] >= _NEVER:
        start = spans[-1][0]
        opened.append((reach[0] if start == FIRST else _day(start), reach[1]))
    return _joined((low, high) for low, high in [*touched, *opened] if low < high)


def _upto(end: datetime, reach: Days) -> int:
    return reach[1] if end >= _NEVER else _day(end - _MICROSECOND) + 1


def _joined(stretches: Iterable[Days]) -> list[Days]:
    joined: list[Days] = []
    for low, high in sorted(stretches):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _drafts(logs: _Logs) -> Iterator[_Draft]:
    """Cut the time of interest: what lies before the rows, each of their months, what lies after.

    An organisation is asked for years and gives weeks: one cell says so, not a hundred.
    """
    reach = _reach(logs.days, logs.met)
    if reach is None:
        yield from _one(logs, logs.wanted)
        return
    first, last = _month(reach[0])[0], _month(reach[1] - 1)[1]
    met: dict[Days, list[Sighting]] = {}
    for sighting in logs.met:
        met.setdefault(_month(_day(sighting.ts)), []).append(sighting)
    inside = {m for low, high in _within(logs.wanted, (first, last)) for m in _months(low, high)}
    yield from _one(logs, _within(logs.wanted, (0, first)))
    for month in sorted(inside | met.keys()):
        yield _Draft(logs, month, met.get(month, ()))
    yield from _one(logs, _within(logs.wanted, (last, _NEVER.toordinal())))


def _one(logs: _Logs, wanted: Sequence[Days]) -> Iterator[_Draft]:
    if wanted:
        yield _Draft(logs, (_month(wanted[0][0])[0], _month(wanted[-1][1] - 1)[1]), ())


def _months(low: int, high: int) -> Iterator[Days]:
    while low < high:
        month = _month(low)
        yield month
        low = month[1]


def _month(day: int) -> Days:
    """Give the calendar month (UTC) that holds the day."""
    first = date.fromordinal(day).replace(day=1)
    year, month = divmod(first.year * 12 + first.month, 12)
    return first.toordinal(), date(year, month + 1, 1).toordinal()


def _within(stretches: Iterable[Days], limits: Days) -> list[Days]:
    cut = ((max(low, limits[0]), min(high, limits[1])) for low, high in stretches)
    return [(low, high) for low, high in cut if low < high]


def _day(instant: datetime) -> int:
    return instant.astimezone(UTC).toordinal()


def _start(day: int) -> datetime:
    return datetime.fromordinal(day).replace(tzinfo=UTC)


def _chosen(drafts: Sequence[_Draft]) -> Iterator[Chosen]:
    """Name the records that count, by the number of their cell."""
    for number, draft in enumerate(drafts):
        for exhibit, codec, record in {record_of(s) for s in draft.met if counts(s)}:
            yield number, draft.logs.name, exhibit, codec, draft.logs.kind, record


def _cell(
    draft: _Draft, volume: tuple[int | None, int | None], *, refused: str | None
) -> CensusCell:
    logs, (low, high) = draft.logs, draft.days
    counted = [s for s in draft.met if counts(s)]
    records = {record_of(s) for s in counted}
    repeated = {record_of(s) for s in draft.met if s.reason == REPEATED} - records
    wanted = _within(logs.wanted, draft.days)
    covered = logs.covered[bisect_left(logs.covered, low) : bisect_left(logs.covered, high)]
    times = [s.ts for s in counted]
    return CensusCell(
        organisation=logs.name,
        log_kind=logs.kind,
        start=_start(low),
        end=_start(high),
        status=by_sightings(counted) or _silent(covered, refused),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        hosts=len({s.host for s in counted if s.host}),
        sightings=len(records),
        excluded=len({record_of(s) for s in draft.met} - records - repeated),
        repeated=len(repeated),
        bytes_out=volume[0],
        bytes_in=volume[1],
        days=sum(high - low for low, high in wanted),
        covered=len(covered),
        gaps=tuple((_start(a), _start(b)) for a, b in _gaps(wanted, covered)),
        best=tuple(s.citation for s in best(counted)),
    )


def _silent(covered: Sequence[int], refused: str | None) -> CensusStatus:
    if covered:
        return CensusStatus.CLEAR
    return CensusStatus.REFUSED if refused == CensusStatus.REFUSED else CensusStatus.NO_COVERAGE


def _gaps(wanted: Iterable[Days], covered: Sequence[int]) -> Iterator[Days]:
    for low, high in wanted:
        begin = low
        for day in covered:
            if low <= day < high:
                if begin < day:
                    yield begin, day
                begin = day + 1
        if begin < high:
            yield begin, high
