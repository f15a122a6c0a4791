"""What machines do, summed up by the engine: the same as by reading every row."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from tests.engine.conformance import REFUSALS, ROWS, filled, written
from tests.engine.naive_behaviour import flows

from ashiato.engine.duck import Duck
from ashiato.engine.protocol import Engine, Wanted

HOUR = 3600.0
LakeOf = Callable[..., Duck]


@pytest.fixture
def engine(lake_of_any: LakeOf) -> Iterator[Duck]:
    opened = lake_of_any(filled(ROWS))
    yield opened
    opened.close()


def flows_of(engine: Engine) -> list[tuple[Any, ...]]:
    """Give the sums row by row."""
    return [
        (
            *(f.org, f.kind, f.machines[f.src[n]], f.names[f.dst[n]], int(f.day[n])),
            *(int(f.calls[n]), repr(float(f.sent[n])), repr(float(f.received[n]))),
            *(int(f.hours[n]), int(f.denied[n]), int(f.first[n]), int(f.last[n])),
        )
        for f in engine.flows(REFUSALS)
        for n in range(len(f.day))
    ]


def test_the_sums_of_flows_are_those_of_reading_every_row(engine: Duck) -> None:
    expected = list(flows(filled(ROWS), REFUSALS))

    assert expected
    assert written(flows_of(engine)) == written(expected)


def test_the_first_and_the_last_record_of_every_pair_are_cited(engine: Duck) -> None:
    pairs = [(*f[:4], *f[-2:]) for f in flows(filled(ROWS), ())]
    told = engine.cited([Wanted(*each) for each in pairs])

    for number, (*_, low, high) in enumerate(pairs):
        assert {low, high} <= {row.us for row in told if row.number == number}


def test_a_duration_of_ages_is_a_fault_and_no_session(lake: LakeOf) -> None:
    fault: Mapping[str, Any] = {"domain": "a.example", "duration": 1e300}
    long: Mapping[str, Any] = {"domain": "b.example", "duration": 9 * HOUR}
    found = lake(fault, long).sessions((), piece=60, gap=120, least=HOUR)

    assert [session.dst for session in found] == ["b.example"]
