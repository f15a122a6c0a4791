"""Say of every organisation whether it was hit, may have been, or whether its logs do not say."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from ashiato.core.records import CensusRow, CensusStatus, Indicator, Sighting, SightingStatus
from ashiato.engine.protocol import SOURCE_PREFIX, CoverageRow
from ashiato.hunt.best import best, counts, record_of
from ashiato.hunt.rules import rules

Spans = Sequence[tuple[datetime, datetime]]
"""Half-open stretches of time, apart from one another and in order."""


def census(
    coverage: Sequence[CoverageRow],
    sightings: Iterable[Sighting],
    *,
    indicators: Iterable[Indicator],
    organisations: Iterable[tuple[str, str | None]],
) -> tuple[CensusRow, ...]:
    """Say of every organisation what may be said, sorted by name.

    Counted are the ``organisations`` asked for logs, with ``refused`` as their status where they
    gave none, and whoever else has logs; never a source's own logs.

    - ``hit``: a record certainly inside an indicator's window.
    - ``probable``: only possible ones, but on several kinds of indicator or several machines
      (thresholds in knowledge/hunting.toml); ``possible``: fewer.
    - ``refused``: nothing found in what was given, and the rest was refused.
    - ``no_coverage``: no rows that could have shown an indicator while it pointed to the actor.
      Coverage is counted by log kind (a DNS log shows no hash) and by UTC day. An indicator of
      unknown time covers nothing, unless none of them is dated.
    - ``clear``: there are such rows and none met. It clears those rows and their days, not the
      organisation: ``coverage_start`` and ``coverage_end`` say what was looked at.

    Sightings are counted in records: a record that meets three indicators is one. Excluded records
    never decide; their number stands beside. The sightings come one organisation after another, as
    `sightings` and `stream` give them, and only one organisation's are held.

    Raises:
        ValueError: an organisation's sightings come in two places.

    """
    asked = dict(organisations)
    logs: dict[str, list[CoverageRow]] = {}
    for row in coverage:
        logs.setdefault(row.org, []).append(row)
    shown = shown_spans(indicators)
    rows: dict[str, CensusRow] = {}
    for name, found in groupby(sightings, key=attrgetter("organisation")):
        if name in rows:
            raise ValueError(f"the sightings of {name!r} come in two places")
        rows[name] = _row(name, tuple(found), logs.get(name, ()), shown, refused=asked.get(name))
    for name in {*asked, *logs} - {*rows}:
        rows[name] = _row(name, (), logs.get(name, ()), shown, refused=asked.get(name))
    return tuple(rows[name] for name in sorted(rows) if not name.startswith(SOURCE_PREFIX))


def _row(
    name: str,
    found: Sequence[Sighting],
    logs: Sequence[CoverageRow],
    shown: Mapping[str, Spans],
    *,
    refused: str | None,
) -> CensusRow:
    counted = [s for s in found if counts(s)]
    records = {record_of(s) for s in counted}
    excluded = {record_of(s) for s in found} - records
    status = by_sightings(counted)
    if status is None and refused == CensusStatus.REFUSED:
        status = CensusStatus.REFUSED
    if status is None:
        status = CensusStatus.CLEAR if _covers(logs, shown) else CensusStatus.NO_COVERAGE
    times = [s.ts for s in counted]
    return CensusRow(
        organisation=name,
        status=status,
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        hosts=len({s.host for s in counted if s.host}),
        sightings=len(records),
        excluded=len(excluded),
        kinds=tuple(sorted({s.observable.type.value for s in counted})),
        coverage_start=min((row.first for row in logs), default=None),
        coverage_end=max((row.last for row in logs), default=None),
        best=tuple(s.citation for s in best(counted)),
    )


def by_sightings(counted: Sequence[Sighting]) -> CensusStatus | None:
    """Say what the sightings that count make of an organisation; ``None`` where there are none."""
    if not counted:
        return None
    if any(s.status is SightingStatus.CERTAIN for s in counted):
        return CensusStatus.HIT
    rule = rules("census")["probable"]
    kinds = {s.observable.type for s in counted}
    hosts = {s.host for s in counted if s.host}
    if len(kinds) >= rule["indicator_kinds"] or len(hosts) >= rule["hosts"]:
        return CensusStatus.PROBABLE
    return CensusStatus.POSSIBLE


def shown_spans(indicators: Iterable[Indicator]) -> dict[str, Spans]:
    """Say for each log kind when its rows could have shown an indicator."""
    shown_by: Mapping[str, Sequence[str]] = rules("census")["shown_by"]
    every = list(indicators)
    dated = [i for i in every if i.window.start_min or i.window.end_max]
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for indicator in dated or every:
        start, _, _, end = indicator.window.bounds
        for kind in shown_by.get(indicator.observable.type, ()):
            spans.setdefault(kind, []).append((start, end))
    return {kind: _union(of_kind) for kind, of_kind in spans.items()}


def _union(spans: Iterable[tuple[datetime, datetime]]) -> Spans:
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(set(spans)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _covers(logs: Iterable[CoverageRow], shown: Mapping[str, Spans]) -> bool:
    return any(
        meets(shown.get(row.kind, ()), first, last) for row in logs for first, last in row.days
    )


def meets(spans: Spans, first: datetime, last: datetime) -> bool:
    """Whether a span holds an instant of ``[first, last]``: the last one begun by then decides."""
    begun = bisect_right(spans, last, key=lambda span: span[0])
    return begun > 0 and spans[begun - 1][1] > first
