"""What may be said of an organisation, and what may not."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.records import (
    CensusRow,
    Indicator,
    Observable,
    ObservableType,
    Sighting,
    SightingStatus,
)
from ashiato.core.time import ALWAYS_POSSIBLE, UncertainInterval
from ashiato.engine.protocol import CoverageRow
from ashiato.hunt import census
from ashiato.hunt.census import _union, meets

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POSSIBLE, EXCLUDED = SightingStatus.POSSIBLE, SightingStatus.EXCLUDED
Make = Callable[..., Sighting]
Seek = Callable[..., Indicator]


def logs(*days: datetime, kind: str = "proxy", org: str = "Org 001") -> CoverageRow:
    return CoverageRow(org, kind, days[0], days[-1], len(days), 1, tuple((d, d) for d in days))


def one(
    found: Sequence[Sighting],
    coverage: Sequence[CoverageRow],
    *indicators: Indicator,
    status: str | None = None,
) -> CensusRow:
    asked = [("Org 001", status)]
    (row,) = census(coverage, found, indicators=indicators, organisations=asked)
    return row


def test_one_certain_sighting_is_a_hit(sighting: Make, seek: Seek) -> None:
    row = one([sighting(), sighting(2, status=POSSIBLE, ts=NOON + HOUR)], [logs(NOON)], seek())

    assert (row.status.value, row.sightings, row.hosts, row.kinds) == ("hit", 2, 1, ("ip",))
    assert (row.first_seen, row.last_seen) == (NOON, NOON + HOUR)
    assert (row.coverage_start, row.coverage_end) == (NOON, NOON)


@pytest.mark.parametrize(
    ("second", "status"),
    [
        ({}, "possible"),
        ({"kind": "domain"}, "probable"),
        ({"host": "10.0.0.6"}, "probable"),
        ({"host": ""}, "possible"),
    ],
)
def test_possible_sightings_need_two_kinds_or_two_machines_to_be_probable(
    sighting: Make, seek: Seek, second: dict[str, str], status: str
) -> None:
    found = [sighting(status=POSSIBLE), sighting(2, status=POSSIBLE, **second)]

    assert one(found, [logs(NOON)], seek()).status.value == status


def test_excluded_sightings_never_decide_but_are_numbered(sighting: Make, seek: Seek) -> None:
    found = [sighting(n, status=EXCLUDED, reason="before the window") for n in (1, 2)]

    row = one(found, [logs(NOON)], seek())

    assert (row.status.value, row.sightings, row.excluded, row.best) == ("clear", 0, 2, ())
    assert (row.first_seen, row.last_seen, row.kinds) == (None, None, ())


def test_a_record_that_meets_several_indicators_is_one(sighting: Make, seek: Seek) -> None:
    found = [sighting(), sighting(indicator="i2"), sighting(indicator="i3", status=EXCLUDED)]

    row = one(found, [logs(NOON)], seek())

    assert (row.sightings, row.excluded, len(row.best)) == (1, 0, 1)


@pytest.mark.parametrize(
    ("days", "status"),
    [
        ((NOON - 2 * HOUR,), "no_coverage"),
        ((NOON - HOUR,), "clear"),
        ((NOON,), "clear"),
        ((NOON + HOUR,), "no_coverage"),
        ((NOON - DAY, NOON + DAY), "no_coverage"),
    ],
)
def test_silence_is_clear_only_where_rows_lie_in_the_window(
    seek: Seek, days: tuple[datetime, ...], status: str
) -> None:
    assert one([], [logs(*days)], seek()).status.value == status


def test_a_log_that_could_not_have_shown_it_covers_nothing(seek: Seek) -> None:
    hashes = seek("sha256", "0" * 64)

    assert one([], [logs(NOON, kind="dns")], hashes).status.value == "no_coverage"
    assert one([], [logs(NOON, kind="files")], hashes).status.value == "clear"


def test_an_indicator_of_unknown_time_covers_only_where_none_is_dated(seek: Seek) -> None:
    undated = seek("domain", "evil.test", ALWAYS_POSSIBLE, "i2")
    old = [logs(NOON - 1000 * DAY)]

    assert one([], old, undated).status.value == "clear"
    assert one([], old, undated, seek()).status.value == "no_coverage"


def test_without_indicators_or_logs_nothing_is_covered(seek: Seek) -> None:
    assert one([], [logs(NOON)]).status.value == "no_coverage"
    row = one([], [], seek())
    assert (row.status.value, row.coverage_start) == ("no_coverage", None)


def test_refusal_stands_until_something_is_found(sighting: Make, seek: Seek) -> None:
    assert one([], [], seek(), status="refused").status.value == "refused"
    assert one([], [logs(NOON)], seek(), status="refused").status.value == "refused"
    assert one([sighting()], [logs(NOON)], seek(), status="refused").status.value == "hit"


def test_everybody_with_logs_is_counted_and_no_source_is(sighting: Make, seek: Seek) -> None:
    coverage = [logs(NOON, org="Org 003"), logs(NOON, org="source:provider-a")]
    found = [sighting(organisation="Org 002")]

    rows = census(coverage, found, indicators=[seek()], organisations=[("Org 001", None)])

    assert [(r.organisation, r.status.value) for r in rows] == [
        ("Org 001", "no_coverage"),
        ("Org 002", "hit"),
        ("Org 003", "clear"),
    ]


def test_the_best_records_are_few_certain_first_and_of_every_observable(
    sighting: Make, seek: Seek
) -> None:
    rare = Observable(ObservableType.DOMAIN, "evil.test")
    found = [sighting(n, ts=NOON + n * HOUR) for n in range(1, 9)]
    found += [sighting(9, ts=NOON + 9 * HOUR, observable=rare), sighting(10, status=POSSIBLE)]

    row = one(found[::-1], [logs(NOON)], seek())

    assert [c.locator.record for c in row.best if c.locator.kind == "record"] == [1, 2, 3, 4, 9]


def test_neither_order_matters(sighting: Make, seek: Seek) -> None:
    found = [sighting(n, organisation=f"Org {n // 3}") for n in range(9)]
    coverage = [logs(NOON, org=f"Org {n}") for n in range(5)]
    asked = [(f"Org {n}", None) for n in range(6)]

    forth = census(coverage, found, indicators=[seek()], organisations=asked)
    back = census(coverage[::-1], found[::-1], indicators=[seek()], organisations=asked[::-1])

    assert forth == back


def test_sightings_may_be_an_iterator_of_one_organisation_after_another(
    sighting: Make, seek: Seek
) -> None:
    found = [sighting(n, organisation=f"Org {n // 3}") for n in range(9)]
    tell = partial(census, [], indicators=[seek()], organisations=[("Org 9", "refused")])

    assert tell(iter(found)) == tell(found)
    with pytest.raises(ValueError, match="two places"):
        tell([*found, found[0]])


SPANS = st.tuples(st.integers(0, 20), st.integers(1, 5)).map(
    lambda pair: (NOON + pair[0] * HOUR, NOON + (pair[0] + pair[1]) * HOUR)
)


@given(st.lists(SPANS, max_size=6), st.integers(-2, 28), st.integers(0, 4))
def test_joined_spans_meet_a_day_exactly_where_one_of_them_does(
    spans: list[tuple[datetime, datetime]], begin: int, length: int
) -> None:
    first, last = NOON + begin * HOUR, NOON + (begin + length) * HOUR

    met = meets(_union(spans), first, last)

    assert met is any(start <= last and first < end for start, end in spans)


def test_a_window_known_on_one_side_is_dated(seek: Seek) -> None:
    since = seek(window=UncertainInterval(start_min=NOON))

    assert one([], [logs(NOON - DAY)], since).status.value == "no_coverage"
    assert one([], [logs(NOON + 999 * DAY)], since).status.value == "clear"
