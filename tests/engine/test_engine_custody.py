"""Who held it when the record was written: every plan equals comparing everything."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.errors import TooLarge
from ashiato.core.time import Presence, UncertainInterval
from ashiato.engine import custody
from ashiato.engine.custody import HolderClaim, claims_table, events_table
from ashiato.engine.duck import Duck, open_lake

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def engine() -> Iterator[Duck]:
    with open_lake([], threads=1) as opened:
        yield opened


INSTANTS = st.integers(0, 12).map(lambda n: NOON + n * MICROSECOND)
ASSETS = st.sampled_from(["vps-1", "vps-2", "192.0.2.7"])


@st.composite
def intervals(draw: st.DrawFn) -> UncertainInterval:
    begin, end = (sorted(draw(st.lists(INSTANTS, min_size=2, max_size=2))) for _ in range(2))
    known = [draw(st.none() | st.just(bound)) for bound in (*begin, *end)]
    try:
        return UncertainInterval(*known)
    except ValueError:
        return UncertainInterval(NOON, None, None, known[3] if known[3] != NOON else None)


CLAIMS = st.lists(st.tuples(ASSETS, st.sampled_from("abc"), intervals()), max_size=10).map(
    lambda drawn: [HolderClaim(f"c{n}", *one) for n, one in enumerate(drawn)]
)
EVENTS = st.lists(st.tuples(ASSETS, INSTANTS), max_size=20).map(
    lambda drawn: [(n, *one) for n, one in enumerate(drawn)]
)
Answer = list[tuple[int, list[tuple[str, str, bool]]]]


def naive(events: Sequence[tuple[int, str, datetime]], claims: Sequence[HolderClaim]) -> Answer:
    """Compare every event with every claim by our own intervals."""
    found = []
    for event, asset, at in events:
        mine = [(c, c.interval.at(at)) for c in claims if c.asset == asset]
        held = [
            (c.claim, c.holder, presence is Presence.CERTAIN)
            for c, presence in mine
            if presence in {Presence.CERTAIN, Presence.POSSIBLE}
        ]
        found += [(event, held)] if held else []
    return found


@settings(max_examples=60)
@given(events=EVENTS, claims=CLAIMS, asof=st.booleans())
def test_each_event_finds_exactly_the_claims_that_hold_at_its_instant(
    engine: Duck, events: list[tuple[int, str, datetime]], claims: list[HolderClaim], *, asof: bool
) -> None:
    told = engine.custody(events_table(events), claims_table(claims), asof=asof)

    found = [(n, [(h.claim, h.holder, h.certain) for h in p.held]) for n, p in told.of_events()]
    assert found == naive(events, claims)


@settings(max_examples=60)
@given(events=EVENTS, claims=CLAIMS)
def test_neither_the_plan_nor_the_order_of_claims_matters(
    engine: Duck, events: list[tuple[int, str, datetime]], claims: list[HolderClaim]
) -> None:
    table = events_table(events)

    forth = engine.custody(table, claims_table(claims))

    assert engine.custody(table, claims_table([*claims[::-1], *claims]), asof=False) == forth


def test_rivals_and_sole_holders_are_told_apart(engine: Duck) -> None:
    hour = timedelta(hours=1)
    first = HolderClaim("c1", "vps-1", "ann", UncertainInterval.exactly(NOON, NOON + 2 * hour))
    second = HolderClaim("c2", "vps-1", "bob", UncertainInterval(NOON + hour))
    events = events_table([(1, "vps-1", NOON), (2, "vps-1", NOON + hour), (3, "vps-2", NOON)])

    told = dict(engine.custody(events, claims_table([first, second])).of_events())

    assert set(told) == {1, 2}
    assert told[1].possible == told[1].certain == {"ann"}
    assert (sorted(told[2].possible), sorted(told[2].certain)) == (["ann", "bob"], ["ann"])


def test_a_crowd_on_one_asset_is_refused_and_successive_tenants_are_not(
    engine: Duck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ashiato.engine.duck.MOST_AT_ONCE", 3)
    turns = [UncertainInterval.exactly(NOON + n * MICROSECOND, NOON + (n + 1) * MICROSECOND)
             for n in range(9)]  # fmt: skip
    lease = [HolderClaim(f"c{n}", "192.0.2.7", f"h{n}", turn) for n, turn in enumerate(turns)]
    shared = [HolderClaim(f"c{n}", "192.0.2.7", f"h{n}", UncertainInterval()) for n in range(4)]

    assert len(engine.custody(events_table([]), claims_table(lease)).pieces) == len(lease)
    with pytest.raises(TooLarge, match="shared hosts"):
        engine.custody(events_table([]), claims_table(shared))
    assert custody.MOST_AT_ONCE > 1_000
