"""An analyst's list: what can be read is read, what cannot is named by its line."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.evidence import Citation, LineLocator, SpanLocator
from ashiato.core.records import Mention
from ashiato.core.time import ALWAYS_POSSIBLE, UncertainInterval, parse_instant
from ashiato.hunt import from_file, from_report, observable

START, END = parse_instant("2031-04-01T00:00:00Z"), parse_instant("2031-05-01T00:00:00Z")


def test_text_has_one_value_a_line_with_window_and_reason() -> None:
    raw = (
        b"# seen by the lab\n\n"
        b"evil[.]test 2031-04-01T09:00:00+09:00 2031-05-01T00:00:00Z beacons every hour\r\n"
        b"192.0.2.7\n"
        b"192.0.2.8 - 2031-05-01T00:00:00Z\n"
    )

    indicators, problems = from_file(raw, "list.txt")

    by_value = {i.observable.value: i for i in indicators}
    assert problems == ()
    assert by_value["evil.test"].window == UncertainInterval.exactly(START, END)
    assert by_value["evil.test"].reason == "beacons every hour"
    assert by_value["192.0.2.7"].window == ALWAYS_POSSIBLE
    assert by_value["192.0.2.8"].window == UncertainInterval.exactly(None, END)
    (cited,) = by_value["192.0.2.7"].citations
    assert (cited.exhibit, cited.path) == (sha256(raw).hexdigest(), "list.txt")
    assert (cited.locator, cited.quote) == (LineLocator(4), "192.0.2.7")


def test_csv_is_known_by_its_heading_whatever_the_order_of_columns() -> None:
    raw = b'\xef\xbb\xbfReason,Value,End\n"one, two",hxxp://evil[.]test/a,2031-05-01T00:00:00Z\n'

    (indicator,), problems = from_file(raw, "list.csv")

    assert problems == ()
    assert (indicator.observable.value, indicator.reason) == ("http://evil.test/a", "one, two")
    assert indicator.window == UncertainInterval.exactly(None, END)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("no-such-thing", "no address"),
        ("192.0.2.7 yesterday", "Invalid isoformat"),
        ("192.0.2.7 2031-04-01T00:00:00", "time zone"),
        ("192.0.2.7 2031-05-01T00:00:00Z 2031-04-01T00:00:00Z", "out of order"),
        ("192.0.2.7 2031-04-01T00:00:00Z 2031-04-01T00:00:00Z", "out of order"),
        ("\udcff.test", "not text"),
    ],
)
def test_a_bad_row_is_a_problem_and_the_rest_is_read(row: str, says: str) -> None:
    raw = f"{row}\nevil.test\n".encode(errors="surrogateescape")

    (indicator,), (problem,) = from_file(raw, "list.txt")

    assert indicator.observable.value == "evil.test"
    assert (problem.kind, problem.path) == ("bad-row", "list.txt")
    assert problem.message.startswith("line 1: ")
    assert says in problem.message


def test_a_value_that_points_to_nobody_is_refused_with_the_reason() -> None:
    indicators, (problem,) = from_file(b"8.8.8.8\n", "list.txt")

    assert indicators == ()
    assert (problem.kind, problem.path) == ("refused-indicator", "list.txt")
    assert "resolver" in problem.message


def test_the_order_of_rows_does_not_change_the_ids() -> None:
    one, _ = from_file(b"evil.test\n192.0.2.7\n", "a")
    other, _ = from_file(b"192.0.2.7\nevil.test\n", "b")

    assert [i.id for i in one] == [i.id for i in other]


@given(st.binary(max_size=120) | st.text('value,\n\r" #.:/1a', max_size=60).map(str.encode))
def test_any_bytes_are_read_into_indicators_and_problems(raw: bytes) -> None:
    indicators, problems = from_file(raw, "list")

    assert all(citation.quote for i in indicators for citation in i.citations)
    assert all(problem.message for problem in problems)


def test_a_report_gives_what_it_names_with_the_words_around_it() -> None:
    cited = Citation("ab" * 32, "r.txt", SpanLocator(0, 9), "192.0.2.7")
    mention = Mention(observable("192.0.2.7"), cited, cited, ALWAYS_POSSIBLE, "command server", "s")
    (indicator,), problems = from_report([mention], "r.txt")

    assert (indicator.reason, problems) == ("named in the report: command server", ())
    assert indicator.citations == (cited,)
