"""Verdicts on millions of events equal those of comparing every event with every claim."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from time import process_time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.time import Presence, UncertainInterval
from ashiato.engine.duck import Duck, open_lake
from ashiato.engine.probes import microseconds
from ashiato.engine.verdicts import NUMBERED_EVENTS, NumberedClaim, numbered_claims

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Event = tuple[int, datetime]


@pytest.fixture(scope="module")
def engine() -> Iterator[Duck]:
    with open_lake([], threads=1) as opened:
        yield opened


def at(number: int) -> datetime:
    return NOON + number * MICROSECOND


@st.composite
def claims(draw: st.DrawFn) -> list[NumberedClaim]:
    found = []
    for number in range(draw(st.integers(0, 8))):
        begin, end = (
            sorted(draw(st.lists(st.integers(0, 9), min_size=2, max_size=2))) for _ in range(2)
        )
        bounds = (at(begin[0]), at(begin[1]), at(end[0]), at(max(end[1], begin[0] + 1)))
        open_end = draw(st.booleans())
        interval = UncertainInterval(*bounds[:2], *((None, None) if open_end else bounds[2:]))
        asset, holder = draw(st.integers(0, 1)), draw(st.integers(0, 2))
        flags = draw(st.tuples(st.booleans(), st.sampled_from([False, False, True])))
        doubtful = draw(st.booleans())
        found.append(NumberedClaim(number, asset, holder, interval, *flags, doubtful))
    return found


EVENTS = st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 11).map(at)), max_size=15)


def table(events: Sequence[Event]) -> pa.Table:
    rows = [(n, asset, microseconds(when)) for n, (asset, when) in enumerate(events)]
    return pa.Table.from_pylist(
        [dict(zip(NUMBERED_EVENTS.names, row, strict=True)) for row in rows], NUMBERED_EVENTS
    )


def naive(event: Event, known: Sequence[NumberedClaim]) -> tuple[str, list[int]]:
    asset, when = event
    met = [(c, c.interval.at(when)) for c in known if c.asset == asset]
    held = [(c, p) for c, p in met if p in {Presence.CERTAIN, Presence.POSSIBLE}]
    sure = [c for c, p in held if p is Presence.CERTAIN and not c.doubtful]
    possible, certain = {c.holder for c, _ in held}, {c.holder for c in sure}
    ids = [c.claim for c, _ in held]
    if not held:
        return "none", ids
    if any(c.shared for c, _ in held):
        return "shared", ids
    if len(possible) == 1:
        return ("sole-certain" if any(c.firm for c in sure) else "sole-possible"), ids
    names = {0: "ambiguous", 1: "certain+rivals"}
    return names.get(len(certain), "conflict"), ids


@settings(max_examples=80)
@given(events=EVENTS, known=claims())
def test_every_verdict_is_that_of_comparing_everything(
    engine: Duck, events: list[Event], known: list[NumberedClaim]
) -> None:
    engine.index_claims(numbered_claims(known))

    told = engine.verdicts(table(events)).to_pylist()

    assert [(row["verdict"], row["claims"]) for row in told] == [naive(e, known) for e in events]


def test_ten_thousand_claimants_at_once_are_counted_and_not_named(engine: Duck) -> None:
    always = UncertainInterval.exactly(at(0), at(5))
    crowd = [NumberedClaim(n, 7, n, always) for n in range(10_000)]
    other = NumberedClaim(10_000, 8, 1, always)
    start = process_time()

    crowded = engine.index_claims(numbered_claims([*crowd, other]))
    told = engine.verdicts(table([(7, at(1)), (7, at(5)), (8, at(1))])).to_pylist()

    assert crowded == ((7, 10_000),)
    assert [(row["verdict"], row["possible"]) for row in told] == [
        ("crowded", 10_000), ("none", 0), ("sole-certain", 1),
    ]  # fmt: skip
    assert process_time() - start < 10
