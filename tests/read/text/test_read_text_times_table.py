"""Times in sentences against the table beside this file, and the laws that any text keeps."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.sources import Intake, Source
from ashiato.core.time import ALWAYS_POSSIBLE, Moment, format_instant
from ashiato.read.text import DocumentReading, read_document
from ashiato.read.text.times import TimeExpression, time_expressions

SOURCE = Source("bay-herald", "Bay Herald", "outlet")
INTAKE = Intake("e" * 64, "news.txt", SOURCE, published=datetime(2031, 4, 22, 9, tzinfo=UTC))
UNDATED = Intake("e" * 64, "news.txt", SOURCE)
ROWS = tomllib.loads(Path(__file__).with_name("times.toml").read_text("utf-8"))["rows"]
KNOWN = [row for i, row in enumerate(ROWS, 1) if i % 3]
ASIDE = [row for i, row in enumerate(ROWS, 1) if i % 3 == 0]
PIECES = (
    "3 March 2030 May 20th the on from to between and since last next month week two days later "
    "ago earlier 14:30 JST UTC +09:00 9 a.m. Q3 H2 half of summer fiscal FY 2016 2020s Monday - "
    "31 99 30 February 2031-02-31 until by before after following past several , . ("
)
WORDS = st.lists(st.sampled_from(PIECES.split()), max_size=14).map(" ".join)


def _written(found: TimeExpression) -> tuple[str, str]:
    ends = (found.interval.start_min, found.interval.end_max)
    first, last = (format_instant(end).removesuffix("Z") if end else "" for end in ends)
    return first.removesuffix("T00:00:00"), last.removesuffix("T00:00:00")


def fault(row: list[str]) -> str:
    """Say what is wrong with what the reader makes of a row; nothing where it is right."""
    sentence, words, first, last = row
    found = {sentence[t.start : t.end]: t for t in time_expressions(sentence, INTAKE)}
    if not words:
        return f"found {sorted(found)}" if found else ""
    if words not in found:
        return f"{words!r} not in {sorted(found)}"
    if first == "?":
        return (
            "" if found[words].interval == ALWAYS_POSSIBLE else f"placed {_written(found[words])}"
        )
    got = _written(found[words])
    return "" if got[0] == first and got[1] in last.split("|") else f"{got} instead"


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row[0])
def test_a_time_means_what_the_table_says(row: list[str]) -> None:
    assert fault(row) == ""


@pytest.mark.parametrize("row", ASIDE, ids=lambda row: row[0])
def test_a_time_kept_aside_means_what_the_table_says(row: list[str]) -> None:
    assert fault(row) == ""


@given(st.one_of(WORDS, st.text(max_size=80)), st.sampled_from([INTAKE, UNDATED]))
def test_any_text_gives_ordered_times_whose_bounds_do_not_contradict(
    text: str, intake: Intake
) -> None:
    found = time_expressions(text, intake)

    ends = [0, *(t.end for t in found)]
    assert all(ends[i] <= t.start < t.end <= len(text) for i, t in enumerate(found))
    assert all(t.interval.bounds[0] < t.interval.bounds[3] for t in found)


@given(WORDS)
def test_without_a_document_s_date_what_is_counted_from_it_stays_unknown(text: str) -> None:
    found = time_expressions(text, UNDATED)

    assert all(t.interval == ALWAYS_POSSIBLE for t in found if t.relative == "document")


def test_what_is_counted_from_another_date_says_from_which() -> None:
    text = "It fell on 3 March 2030 and rose two days later."

    later = time_expressions(text, INTAKE)[1]

    assert later.anchor is not None
    assert text[slice(*later.anchor)] == "3 March 2030"


def test_the_last_date_of_an_earlier_sentence_anchors_the_following_day() -> None:
    fell = Moment(datetime(2030, 3, 3, tzinfo=UTC), datetime(2030, 3, 4, tzinfo=UTC))

    (found,) = time_expressions("It rose the following day.", INTAKE, anchor=fell)

    assert _written(found) == ("2030-03-04", "2030-03-05")


def test_a_fiscal_year_is_the_country_s_where_the_zone_tells_it() -> None:
    intake = Intake("e" * 64, "news.txt", SOURCE, timezone="Asia/Tokyo")

    (found,) = time_expressions("Costs in fiscal 2016 rose.", intake)

    assert _written(found) == ("2016-03-31T15:00:00", "2017-03-31T15:00:00")


@pytest.mark.torture
@pytest.mark.parametrize("piece", ["on 3 March 2030 ", "since ", "the 20th ", "2016-", "a " * 5])
def test_ten_times_the_text_takes_about_ten_times_as_long(piece: str) -> None:
    def seconds(count: int) -> float:
        text = piece * count
        start = process_time()
        time_expressions(text, INTAKE)
        return process_time() - start

    seconds(200)
    assert seconds(20_000) < 40 * seconds(2_000) + 0.5


def _reading(text: str, intake: Intake = INTAKE) -> DocumentReading:
    return read_document(text.encode(), intake)


def test_the_day_on_which_somebody_said_it_is_not_when_it_was() -> None:
    found = _reading("The Harbour Police said on Monday that the engineer rented a server.\n")

    (claim,) = [c for c in found.claims if c.proposition.object and c.speaker.id != SOURCE.id]
    assert claim.said_at == datetime(2031, 4, 21, tzinfo=UTC)
    assert claim.proposition.valid == ALWAYS_POSSIBLE


def test_the_following_day_is_counted_from_the_sentence_before() -> None:
    found = _reading(
        "The group attacked the Meridian Institute on 3 March 2030. "
        "The group attacked the Foreign Ministry of Orvania the following day.\n"
    )

    starts = {c.proposition.valid.start_min for c in found.claims}
    assert starts == {datetime(2030, 3, 3, tzinfo=UTC), datetime(2030, 3, 4, tzinfo=UTC)}


def test_times_that_only_the_document_s_date_would_place_are_one_counted_problem() -> None:
    text = "Police questioned a man last month. Police questioned a woman on the 20th.\n"

    (problem,) = [p for p in _reading(text, UNDATED).problems if p.kind == "no-document-date"]

    assert problem.count == 2
    assert problem.citation is not None
    assert problem.citation.quote == "last month"
