"""What may be said of one organisation, one kind of log and one month."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.records import (
    CensusCell,
    Indicator,
    Observable,
    ObservableType,
    Sighting,
    SightingStatus,
)
from ashiato.core.time import UncertainInterval
from ashiato.engine.protocol import REPEATED, CoverageRow
from ashiato.hunt import census, census_cells

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
APRIL, MAY, JUNE = (datetime(2031, month, 1, tzinfo=UTC) for month in (4, 5, 6))
POSSIBLE, EXCLUDED = SightingStatus.POSSIBLE, SightingStatus.EXCLUDED
Make = Callable[..., Sighting]
Seek = Callable[..., Indicator]


def logs(*days: datetime, kind: str = "proxy", org: str = "Org 001") -> CoverageRow:
    return CoverageRow(org, kind, days[0], days[-1], len(days), 1, tuple((d, d) for d in days))


def window(start: datetime | None, end: datetime | None) -> UncertainInterval:
    return UncertainInterval.exactly(start, end)


def none(_: Iterable[object]) -> dict[int, tuple[int | None, int | None]]:
    return {}


def cells(
    coverage: Sequence[CoverageRow],
    found: Sequence[Sighting],
    *indicators: Indicator,
    asked: Sequence[tuple[str, str | None]] = (("Org 001", None),),
) -> tuple[CensusCell, ...]:
    return census_cells(coverage, found, indicators=indicators, organisations=asked, volumes=none)


def of(kind: str, told: Iterable[CensusCell]) -> list[CensusCell]:
    return [cell for cell in told if cell.log_kind == kind]


def test_a_month_tells_its_days_and_the_days_without_rows(seek: Seek) -> None:
    indicator = seek(window=window(APRIL + 20 * DAY, MAY + 3 * DAY))
    rows = logs(APRIL, *(APRIL + n * DAY for n in (20, 21, 25)), MAY + HOUR)

    april, may = of("proxy", cells([rows], [], indicator))

    assert (april.start, april.end, april.status.value) == (APRIL, MAY, "clear")
    assert (april.days, april.covered) == (10, 3)
    assert april.gaps == ((APRIL + 22 * DAY, APRIL + 25 * DAY), (APRIL + 26 * DAY, MAY))
    assert (may.days, may.covered, may.gaps) == (3, 1, ((MAY + DAY, MAY + 3 * DAY),))


def test_time_before_and_after_the_rows_is_one_cell_each(seek: Seek) -> None:
    indicator = seek(window=window(APRIL - 1000 * DAY, APRIL + 1000 * DAY))

    before, april, after = of("proxy", cells([logs(APRIL)], [], indicator))

    assert [c.status.value for c in (before, april, after)] == [
        "no_coverage",
        "clear",
        "no_coverage",
    ]
    assert (before.end, after.start) == (APRIL, MAY)
    assert before.days + april.days + after.days == 2000


def test_a_kind_that_never_came_is_one_cell_without_coverage(seek: Seek) -> None:
    told = cells([logs(APRIL)], [], seek(window=window(APRIL, JUNE)))

    (conn,) = of("conn", told)
    assert (conn.start, conn.end, conn.status.value) == (APRIL, JUNE, "no_coverage")
    assert conn.gaps == ((APRIL, JUNE),)


def test_who_refused_the_rest_refused_the_months_without_rows(seek: Seek) -> None:
    asked = [("Org 001", "refused")]

    told = cells([logs(APRIL)], [], seek(window=window(APRIL, JUNE)), asked=asked)

    assert [c.status.value for c in of("proxy", told)] == ["clear", "refused"]
    assert {c.status.value for c in of("conn", told)} == {"refused"}


def test_records_that_count_fall_outside_or_came_twice_are_numbered_apart(
    sighting: Make, seek: Seek
) -> None:
    found = [
        sighting(1, ts=MAY - HOUR),
        sighting(1, ts=MAY - HOUR, indicator="i2", status=EXCLUDED, reason="before the window"),
        sighting(2, ts=MAY - HOUR, status=EXCLUDED, reason="before the window"),
        sighting(3, ts=MAY - HOUR, status=EXCLUDED, reason=REPEATED),
    ]

    (april,) = of("proxy", cells([logs(MAY - HOUR)], found, seek(window=window(APRIL, MAY))))

    assert (april.status.value, april.sightings) == ("hit", 1)
    assert (april.excluded, april.repeated, len(april.best)) == (1, 1, 1)


def test_the_last_instant_of_a_month_is_its_own(sighting: Make, seek: Seek) -> None:
    last = MAY - timedelta(microseconds=1)
    found = [sighting(1, ts=last), sighting(2, ts=MAY)]

    april, may = of("proxy", cells([logs(last, MAY)], found, seek(window=window(APRIL, JUNE))))

    assert (april.first_seen, may.first_seen) == (last, MAY)


def test_an_open_window_reaches_as_far_as_the_organisations_own_logs(seek: Seek) -> None:
    since = seek(window=window(APRIL, None))
    asked = [("Org 001", None), ("Org 002", None)]

    told = cells([logs(APRIL), logs(MAY, kind="dns")], [], since, asked=asked)

    assert [(c.start, c.end) for c in of("proxy", told)] == [(APRIL, MAY), (MAY, JUNE)]
    assert {c.organisation for c in told} == {"Org 001"}


def test_an_end_in_the_year_9999_is_an_open_one(seek: Seek) -> None:
    for end in (datetime(9999, 12, 31, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        (april,) = of("proxy", cells([logs(APRIL)], [], seek(window=window(APRIL, end))))
        assert april.end == MAY


def test_a_sources_own_log_is_nobodys_victim(sighting: Make, seek: Seek) -> None:
    own = "source:provider-a"

    told = cells([logs(APRIL, org=own)], [sighting(organisation=own)], seek())

    assert {(c.organisation, c.status.value) for c in told} == {("Org 001", "no_coverage")}


def test_a_sighting_outside_every_window_makes_a_month_without_a_day_of_interest(
    sighting: Make, seek: Seek
) -> None:
    outside = sighting(ts=JUNE, status=EXCLUDED, reason="after the window")

    told = of("proxy", cells([logs(JUNE)], [outside], seek(window=window(APRIL, MAY))))

    assert [(c.status.value, c.days, c.excluded) for c in told] == [
        ("no_coverage", 30, 0),
        ("no_coverage", 0, 1),
    ]


def test_two_hundred_organisations_with_ten_kinds_take_seconds(sighting: Make, seek: Seek) -> None:
    kinds = ("auth", "conn", "dns", "files", "http", "process", "proxy", "smtp", "ssl", "x509")
    days = [APRIL + n * DAY for n in range(365)]
    names = [f"Org {n:03}" for n in range(200)]
    rows = [logs(*days, kind=k, org=n) for n in names for k in kinds]
    found = [sighting(n, organisation=names[n % 200], ts=days[n % 365]) for n in range(20_000)]

    begin = process_time()
    told = cells(rows, found, seek(window=window(APRIL, APRIL + 365 * DAY)))

    assert len(told) == 200 * 6 * 12
    assert process_time() - begin < 20


# ---------------------------------------------------------------- laws

KINDS = ("proxy", "dns", "conn")
INSTANTS = st.integers(0, 24 * 120).map(lambda n: APRIL - 30 * DAY + n * HOUR)
COVERED = st.builds(
    lambda org, kind, days: logs(*sorted(set(days)), kind=kind, org=org),
    st.sampled_from(["Org 001", "Org 002"]),
    st.sampled_from(KINDS),
    st.lists(INSTANTS, min_size=1, max_size=5),
)
COVERAGE = st.lists(COVERED, max_size=5, unique_by=lambda row: (row.org, row.kind)).map(
    lambda rows: [_one_row_a_day(row) for row in rows]
)


def _one_row_a_day(row: CoverageRow) -> CoverageRow:
    days = {first.date(): first for first, _ in row.days}
    return logs(*days.values(), kind=row.kind, org=row.org)


@st.composite
def seen(draw: st.DrawFn, statuses: Sequence[SightingStatus] = tuple(SightingStatus)) -> Sighting:
    number, status = draw(st.integers(1, 9)), draw(st.sampled_from(statuses))
    return Sighting(
        indicator=draw(st.sampled_from(["i1", "i2"])),
        observable=Observable(
            draw(st.sampled_from([ObservableType.IP, ObservableType.DOMAIN])), "x"
        ),
        organisation=draw(st.sampled_from(["Org 001", "Org 002"])),
        ts=draw(INSTANTS),
        host=draw(st.sampled_from(["", "pc-1", "pc-2"])),
        log_kind=draw(st.sampled_from(KINDS)),
        matched_field="dst_ip",
        matched_value="192.0.2.7",
        citation=Citation("a" * 64, "x.log", RecordLocator(number, number * 9, 8), "192.0.2.7"),
        status=status,
        reason="before the window" if status is EXCLUDED else "",
    )


@st.composite
def sought(draw: st.DrawFn) -> Indicator:
    bounds = sorted(draw(st.lists(INSTANTS, min_size=2, max_size=2, unique=True)))
    open_end = draw(st.booleans())
    held = window(bounds[0], None if open_end else bounds[1])
    kind = draw(st.sampled_from([ObservableType.IP, ObservableType.DOMAIN]))
    return Indicator("i1", Observable(kind, "x"), held, "test", ())


def ordered(found: Iterable[Sighting]) -> list[Sighting]:
    """Put them as an engine gives them: one organisation after another."""
    return sorted(found, key=lambda s: s.organisation)


ASKED = [("Org 001", None), ("Org 002", "refused")]
CASE = (COVERAGE, st.lists(seen(), max_size=6), st.lists(sought(), max_size=3))


@settings(max_examples=60)
@given(*CASE, seen(), INSTANTS)
def test_adding_an_organisation_never_changes_anothers_row_or_cell(
    coverage: list[CoverageRow],
    found: list[Sighting],
    indicators: list[Indicator],
    more: Sighting,
    at: datetime,
) -> None:
    guest = [*coverage, logs(at, org="Org 900")]
    met = [*found, replace(more, organisation="Org 900")]

    before = cells(coverage, found, *indicators, asked=ASKED)
    after = cells(guest, met, *indicators, asked=ASKED)
    rows = [
        census(c, ordered(f), indicators=indicators, organisations=ASKED)
        for c, f in ((coverage, found), (guest, met))
    ]

    assert before == tuple(c for c in after if c.organisation != "Org 900")
    assert rows[0] == tuple(r for r in rows[1] if r.organisation != "Org 900")


def _status(told: Iterable[CensusCell]) -> dict[tuple[str, str, datetime], str]:
    return {(c.organisation, c.log_kind, c.start): c.status.value for c in told}


@settings(max_examples=60)
@given(*CASE, st.lists(seen([EXCLUDED]), max_size=4))
def test_adding_excluded_sightings_never_changes_a_status(
    coverage: list[CoverageRow],
    found: list[Sighting],
    indicators: list[Indicator],
    more: list[Sighting],
) -> None:
    rows = [
        census(coverage, ordered(met), indicators=indicators, organisations=ASKED)
        for met in (found, [*found, *more])
    ]
    before, after = (
        _status(cells(coverage, met, *indicators, asked=ASKED)) for met in (found, [*found, *more])
    )

    assert [r.status for r in rows[0]] == [r.status for r in rows[1]]
    assert {before[key] == after[key] for key in before.keys() & after.keys()} <= {True}


@settings(max_examples=60)
@given(*CASE, COVERED)
def test_more_coverage_never_turns_clear_into_hit_or_hides_one(
    coverage: list[CoverageRow],
    found: list[Sighting],
    indicators: list[Indicator],
    more: CoverageRow,
) -> None:
    kept = [row for row in coverage if (row.org, row.kind) != (more.org, more.kind)]
    wider = [*kept, more]

    before = _status(cells(kept, found, *indicators, asked=ASKED))
    after = _status(cells(wider, found, *indicators, asked=ASKED))

    silent = {"clear", "no_coverage", "refused"}
    for key in before.keys() & after.keys():
        assert (before[key] in silent) is (after[key] in silent)
        assert before[key] in silent or before[key] == after[key]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60)
@given(*CASE)
def test_gaps_and_covered_days_make_the_days_of_interest(
    kind: str,
    coverage: list[CoverageRow],
    found: list[Sighting],
    indicators: list[Indicator],
) -> None:
    for cell in of(kind, cells(coverage, found, *indicators, asked=ASKED)):
        assert sum((b - a).days for a, b in cell.gaps) + cell.covered == cell.days
        assert all(cell.start <= a < b <= cell.end for a, b in cell.gaps)
