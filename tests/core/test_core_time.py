from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ashiato.core.time import (
    Moment,
    Presence,
    UncertainInterval,
    format_instant,
    parse_instant,
)

ORIGIN = datetime(2030, 1, 1, tzinfo=UTC)
hours = st.integers(0, 60).map(lambda h: ORIGIN + timedelta(hours=h))
bound = st.none() | hours


@st.composite
def intervals(draw: st.DrawFn) -> UncertainInterval:
    start_min, start_max, end_min, end_max = (draw(bound) for _ in range(4))
    try:
        return UncertainInterval(start_min, start_max, end_min, end_max)
    except ValueError:
        assume(False)  # noqa: FBT003 - hypothesis's own way to say "draw again"
        raise


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        parse_instant("2030-01-01T00:00:00")


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_being_written_and_read(moment: datetime) -> None:
    assert parse_instant(format_instant(moment)) == moment


def test_bounds_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="out of order"):
        UncertainInterval.exactly(ORIGIN, ORIGIN)


@given(intervals(), hours)
def test_certain_at_an_instant_implies_within_both_inner_bounds(
    interval: UncertainInterval, instant: datetime
) -> None:
    presence = interval.at(instant)
    _, start_max, end_min, _ = interval.bounds

    assert (presence is Presence.CERTAIN) == (start_max <= instant < end_min)


@given(intervals(), intervals(), hours)
def test_an_intersection_holds_exactly_where_both_hold(
    one: UncertainInterval, other: UncertainInterval, instant: datetime
) -> None:
    both = one.intersect(other)
    outside = {Presence.BEFORE, Presence.AFTER}
    parts = {one.at(instant), other.at(instant)}
    found = Presence.BEFORE if both is None else both.at(instant)

    assert (found in outside) == bool(parts & outside)
    assert (found is Presence.CERTAIN) == (parts == {Presence.CERTAIN})


@given(intervals(), intervals())
def test_intersection_is_the_same_either_way_round(
    one: UncertainInterval, other: UncertainInterval
) -> None:
    assert one.intersect(other) == other.intersect(one)
    assert one.may_meet(other) == (one.intersect(other) is not None)


@given(intervals(), intervals(), intervals())
def test_intersection_does_not_depend_on_grouping(
    a: UncertainInterval, b: UncertainInterval, c: UncertainInterval
) -> None:
    ab, bc = a.intersect(b), b.intersect(c)

    left = ab.intersect(c) if ab else None
    right = a.intersect(bc) if bc else None

    assert left == right


@given(intervals(), intervals())
def test_a_meeting_that_must_be_may_be(one: UncertainInterval, other: UncertainInterval) -> None:
    assert one.may_meet(other) or not one.must_meet(other)


@given(intervals(), intervals(), hours)
def test_a_hull_is_possible_wherever_a_part_is(
    one: UncertainInterval, other: UncertainInterval, instant: datetime
) -> None:
    inside = {Presence.CERTAIN, Presence.POSSIBLE}

    if {one.at(instant), other.at(instant)} & inside:
        assert one.hull(other).at(instant) in inside


@given(intervals(), hours, st.integers(-50, 50))
def test_a_shift_moves_every_answer(
    interval: UncertainInterval, instant: datetime, hours_off: int
) -> None:
    by = timedelta(hours=hours_off)

    assert interval.shift(by).at(instant + by) == interval.at(instant)


def test_a_bare_day_as_start_is_possible_on_that_day_and_certain_after() -> None:
    day = Moment(ORIGIN, ORIGIN + timedelta(days=1))
    lease = UncertainInterval.between(day, Moment.exactly(ORIGIN + timedelta(days=9)))

    assert lease.at(ORIGIN + timedelta(hours=5)) is Presence.POSSIBLE
    assert lease.at(ORIGIN + timedelta(days=1)) is Presence.CERTAIN
