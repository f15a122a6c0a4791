"""Dates in words: whole days, months and years; relative ones only with a date of publication."""

from datetime import UTC, datetime

import pytest

from ashiato.core.sources import Intake, Source
from ashiato.core.time import ALWAYS_POSSIBLE, UncertainInterval, format_instant
from ashiato.read.text.times import time_expressions

SOURCE = Source("bay-herald", "Bay Herald", "outlet")
PUBLISHED = datetime(2031, 4, 22, 9, tzinfo=UTC)


def _one(text: str, *, zone: str | None = None, dated: bool = True) -> UncertainInterval:
    published = PUBLISHED if dated else None
    intake = Intake("e" * 64, "news.txt", SOURCE, timezone=zone, published=published)
    (found,) = time_expressions(text, intake)
    return found.interval


def _ends(interval: UncertainInterval) -> tuple[str, str]:
    ends = (interval.start_min, interval.end_max)
    first, last = (format_instant(end)[:10] if end else "" for end in ends)
    return first, last


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("attacked in 2016.", "2016-01-01", "2017-01-01"),
        ("on 15 March 2030, he", "2030-03-15", "2030-03-16"),
        ("on March 15, 2030 he", "2030-03-15", "2030-03-16"),
        ("from September 2029 to April 2030", "2029-09-01", "2030-05-01"),
        ("between 3 March and 5 June 2030", "2030-03-03", "2030-06-06"),
        ("on the 20th that he", "2031-04-20", "2031-04-21"),
        ("on the 25th", "2031-03-25", "2031-03-26"),
        ("last month", "2031-03-01", "2031-04-01"),
        ("last year", "2030-01-01", "2031-01-01"),
        ("on Monday", "2031-04-21", "2031-04-22"),
        ("since 2029", "2029-01-01", ""),
        ("until April 2, 2030", "", "2030-04-03"),
        ("in May", "2030-05-01", "2030-06-01"),
    ],
)
def test_a_time_is_read(text: str, first: str, last: str) -> None:
    assert _ends(_one(text)) == (first, last)


@pytest.mark.parametrize("text", ["a man in his 30s", "the 7713 Unit", "Unit 2016 acted", "it may"])
def test_ages_and_units_are_no_times(text: str) -> None:
    intake = Intake("e" * 64, "news.txt", SOURCE, published=PUBLISHED)

    assert time_expressions(text, intake) == ()


@pytest.mark.parametrize("text", ["on the 20th", "last month", "on Monday", "30 February 2030"])
def test_a_time_that_does_not_resolve_stays_unknown(text: str) -> None:
    assert _one(text, dated=False) == ALWAYS_POSSIBLE


def test_a_stated_zone_is_used() -> None:
    start = _one("on 15 March 2030", zone="+09:00").start_min

    assert start == datetime(2030, 3, 14, 15, tzinfo=UTC)
