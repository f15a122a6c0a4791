from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.evidence import (
    BytesLocator,
    CellLocator,
    Citation,
    LineLocator,
    Locator,
    PageBoxLocator,
    RecordLocator,
    SpanLocator,
)
from ashiato.report.citing import citation_plain, compact, compact_all, place

LOCATORS: list[Locator] = [
    SpanLocator(1, 5),
    LineLocator(3),
    RecordLocator(57, 1204, 88, "gzip", "a.log"),
    CellLocator(57, "Login name", 1204, 88),
    PageBoxLocator(3, 1.0, 2.0, 3.5, 4.0),
    BytesLocator(0, 16),
]


@given(st.text(min_size=1), st.sampled_from(LOCATORS))
def test_a_compact_citation_is_one_word_that_gives_its_parts_back(
    path: str, locator: Locator
) -> None:
    written = compact(Citation("ab" * 32, path, locator, ""))
    head, _, tail = written.partition("#")
    parts = dict(part.split("=") for part in tail.split("&"))

    assert len(written.split()) == 1
    assert unquote(head) == path
    assert unquote(parts["kind"]) == locator.kind
    assert parts["exhibit"] == "ab" * 8


def test_japanese_paths_stay_readable() -> None:
    assert compact(Citation("0" * 64, "資料/供述.txt", LineLocator(2), "")).startswith(
        "資料/供述.txt#kind=line"
    )


def test_several_citations_are_sorted_and_each_stands_once() -> None:
    first, second = (Citation("0" * 64, "a", LineLocator(n), "") for n in (1, 2))

    assert compact_all((second, first, second)).split() == [compact(first), compact(second)]


def test_every_kind_of_place_is_said_in_words() -> None:
    said = [place(locator).replace("\u00a0", " ") for locator in LOCATORS]

    assert said == [
        "characters 1\u20135",
        "line 3",
        "record 57 (bytes 1 204\u20131 292, a.log, gzip)",
        "record 57, column 'Login name'",
        "page 3",
        "bytes 0\u201316",
    ]


def test_what_a_locator_lacks_is_left_out() -> None:
    plain = citation_plain(Citation("0" * 64, "a", RecordLocator(1, 0, 5), "x"))

    assert plain["locator"] == {
        "kind": "record", "record": 1, "byte_offset": 0, "byte_length": 5
    }  # fmt: skip
