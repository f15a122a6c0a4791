"""Matches become sightings: cited, sorted, the shown ones with their exact line."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ashiato.core.evidence import RecordLocator
from ashiato.core.records import Indicator, SightingStatus
from ashiato.engine.protocol import MatchRow
from ashiato.hunt import hunt_lines, sightings, stream

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A = "a" * 64
Make = Callable[..., Any]


def test_a_match_becomes_a_sighting_that_cites_its_record(
    engine_of: Make, match: Callable[..., MatchRow], seek: Callable[..., Indicator]
) -> None:
    (found,) = sightings(engine_of(match()), [seek()], paths={A: "evidence/x.log"})

    assert (found.citation.exhibit, found.citation.path) == (A, "evidence/x.log")
    assert found.citation.locator == RecordLocator(1, 100, 80)
    assert (found.observable.value, found.status) == ("192.0.2.7", SightingStatus.CERTAIN)
    assert (found.organisation, found.ts, found.log_kind) == ("Org 001", NOON, "proxy")


def test_sightings_come_one_by_one_in_the_order_of_the_engine(
    engine_of: Make, match: Callable[..., MatchRow], seek: Callable[..., Indicator]
) -> None:
    rows = [match(n, ts=NOON + n * HOUR) for n in range(3)]

    found = stream(engine_of(*rows), [seek()])

    assert isinstance(found, Iterator)
    assert [s.ts for s in found] == [row.ts for row in rows]


def test_a_withdrawn_indicator_meets_and_never_counts(
    engine_of: Make, match: Callable[..., MatchRow], seek: Callable[..., Indicator]
) -> None:
    early = match(2, status=SightingStatus.EXCLUDED, reason="before the window")
    gone = replace(seek(), withdrawn="its publisher revoked the indicator")

    inside, outside = sightings(engine_of(match(), early), [gone])

    assert (inside.status, inside.reason) == (SightingStatus.EXCLUDED, gone.withdrawn)
    assert outside.reason == "before the window"


def test_only_the_records_to_be_shown_are_read_for_their_line(
    engine_of: Make, match: Callable[..., MatchRow], seek: Callable[..., Indicator]
) -> None:
    rows = [match(n, ts=NOON + n * HOUR) for n in range(1, 9)]
    out = match(9, status=SightingStatus.EXCLUDED, reason="after the window", org="Org 002")
    read: list[int] = []

    def read_line(_: str, locator: RecordLocator) -> str:
        read.append(locator.record)
        return f"line {locator.record}"

    found = sightings(engine_of(*rows, out), [seek()], read_line=read_line)

    assert read == [1, 2, 3, 4, 5]
    assert [s.citation.quote for s in found[:5]] == [f"line {n}" for n in range(1, 6)]
    assert {s.citation.quote for s in found[5:]} == {"192.0.2.7"}


def test_the_engine_is_asked_once_for_an_indicator_given_twice(
    engine_of: Make, seek: Callable[..., Indicator]
) -> None:
    engine = engine_of()

    sightings(engine, [seek(), seek()])

    assert engine.asked == [(seek(),)]


def test_a_line_of_the_hunt_has_the_keys_of_the_contract(
    engine_of: Make, match: Callable[..., MatchRow], seek: Callable[..., Indicator]
) -> None:
    found = sightings(engine_of(match()), [seek()], paths={A: "x.log"})

    (line,) = hunt_lines(found, [seek()])

    assert line == {
        "indicator": "192.0.2.7",
        "window": {
            "start_min": "2031-04-02T11:00:00Z",
            "start_max": "2031-04-02T11:00:00Z",
            "end_min": "2031-04-02T13:00:00Z",
            "end_max": "2031-04-02T13:00:00Z",
        },
        "organisation": "Org 001",
        "ts": "2031-04-02T12:00:00Z",
        "host": "10.0.0.5",
        "matched_field": "dst_ip",
        "matched_value": "192.0.2.7",
        "exhibit": A,
        "path": "x.log",
        "record": 1,
        "byte_offset": 100,
        "byte_length": 80,
        "codec": None,
        "status": "certain",
        "reason": "",
    }
