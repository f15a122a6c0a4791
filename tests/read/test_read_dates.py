from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.read.dates import read_written

JST = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    "text",
    ["2031年4月20日", "2031/4/20", "2031.04.20", "２０３１年４月２０日", "令和13年4月20日",
     "R13.4.20", "2031-4-20", "2031年4月20日(日)", "民國120年4月20日", "2031-04-20", "20310420"],
)  # fmt: skip
def test_one_day_in_many_writings_is_that_day(text: str) -> None:
    assert read_written(text, ()) == (datetime(2031, 4, 20), True)  # noqa: DTZ001 - as written


@pytest.mark.parametrize(
    "text",
    ["2031年4月20日 21時5分", "2031/4/20 21:05", "2031.4.20 午後9:05",
     "令和13年4月20日午後9時05分00秒", "2031/4/20 下午9:05", "2031/4/20 9:05 PM"],
)  # fmt: skip
def test_one_instant_in_many_writings_is_that_instant(text: str) -> None:
    assert read_written(text, ()) == (datetime(2031, 4, 20, 21, 5), False)  # noqa: DTZ001 - as written


def test_the_first_year_of_an_era_begins_and_ends_with_the_era() -> None:
    assert read_written("令和元年5月1日", ()) == (datetime(2019, 5, 1), True)  # noqa: DTZ001 - as written
    assert read_written("平成31年5月1日", ()) is None
    assert read_written("令和元年4月30日", ()) is None
    assert read_written("昭和0年1月1日", ()) is None


def test_noon_and_midnight_of_half_days_are_twelve_hours_apart() -> None:
    read = [read_written(f"2031/4/20 {half}12:30", ()) for half in ("午前", "午後")]

    assert [found and found[0].hour for found in read] == [0, 12]
    assert read_written("2031/4/20 午後13:30", ()) is None


def test_a_zone_that_is_written_is_kept() -> None:
    found = read_written("2031/4/20 09:00:01 JST", ())

    assert found == (datetime(2031, 4, 20, 9, 0, 1, tzinfo=JST), False)


@pytest.mark.parametrize(
    "text", ["4/5/2031", "31/4/20", "2031/2/30", "2031年13月1日", "R13", "", "1" * 5000, "🐚"]
)
def test_what_could_be_two_days_or_none_is_not_read(text: str) -> None:
    assert read_written(text, ()) is None


@given(st.dates(date(2019, 5, 1), date(2600, 1, 1)))
def test_every_day_of_an_era_reads_back(day: date) -> None:
    text = f"令和{day.year - 2018}年{day.month}月{day.day}日"

    found = read_written(text, ())

    assert found is not None
    assert found[0].date() == day


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_of_dates_fail(text: str) -> None:
    read_written(text, ("%Y/%m/%d",))
