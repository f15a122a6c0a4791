"""An engine of a few rows in memory, and short ways to write what tracing says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.records import Indicator, Login, Observable, ObservableType, Sighting
from ashiato.core.records import SightingStatus as Status
from ashiato.core.time import UncertainInterval
from ashiato.engine.protocol import CoverageRow, LineReader, MatchRow

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A = "a" * 64


class FakeEngine:
    """Answers a sweep with the matches it was given, in the order it was given them.

    The real one sorts them: its contract says how.
    """

    def __init__(self, *rows: MatchRow) -> None:
        self.rows = rows
        self.asked: list[Sequence[Indicator]] = []

    def sweep(self, indicators: Sequence[Indicator]) -> Iterator[MatchRow]:
        self.asked.append(indicators)
        return iter(self.rows)

    def coverage(self) -> Sequence[CoverageRow]:
        return ()

    def logins(
        self,
        sources: Sequence[str] = (),
        *,
        paths: Mapping[str, str] | None = None,
        read_line: LineReader | None = None,
    ) -> tuple[Login, ...]:
        del sources, paths, read_line
        return ()

    def count_by_kind(self) -> Mapping[str, int]:
        return {}

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def engine_of() -> Callable[..., FakeEngine]:
    return FakeEngine


@pytest.fixture
def match() -> Callable[..., MatchRow]:
    """Make a match of record 1 of Org 001, certain; say what differs."""

    def build(record: int = 1, **given: Any) -> MatchRow:  # noqa: ANN401 - any field of the row
        fields = {
            "indicator": "i1",
            "org": "Org 001",
            "ts": NOON,
            "exhibit": A,
            "locator": RecordLocator(record, record * 100, 80),
            "host": "10.0.0.5",
            "kind": "proxy",
            "matched_field": "dst_ip",
            "matched_value": "192.0.2.7",
            "status": Status.CERTAIN,
            "reason": "",
        }
        return MatchRow(**{**fields, **given})

    return build


@pytest.fixture
def sighting() -> Callable[..., Sighting]:
    """Make a sighting of record 1 of Org 001, certain; say what differs."""

    def build(record: int = 1, kind: str = "ip", **given: Any) -> Sighting:  # noqa: ANN401
        locator = RecordLocator(record, record * 100, 80)
        fields = {
            "indicator": "i1",
            "observable": Observable(ObservableType(kind), "192.0.2.7"),
            "organisation": "Org 001",
            "ts": NOON,
            "host": "10.0.0.5",
            "log_kind": "proxy",
            "matched_field": "dst_ip",
            "matched_value": "192.0.2.7",
            "citation": Citation(A, "evidence/x.log", locator, "192.0.2.7"),
            "status": Status.CERTAIN,
            "reason": "",
        }
        return Sighting(**{**fields, **given})

    return build


@pytest.fixture
def seek() -> Callable[..., Indicator]:
    """Make an indicator that holds an hour before and after noon, unless told."""

    def build(
        kind: str = "ip",
        value: str = "192.0.2.7",
        window: UncertainInterval | None = None,
        name: str = "i1",
    ) -> Indicator:
        held = window or UncertainInterval.exactly(NOON - HOUR, NOON + HOUR)
        return Indicator(name, Observable(ObservableType(kind), value), held, "test", ())

    return build
