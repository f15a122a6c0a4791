import gzip
import io
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vault.conftest import Case, noon

from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.core.evidence import (
    BytesLocator,
    CellLocator,
    Citation,
    LineLocator,
    Locator,
    PageBoxLocator,
    RecordLocator,
    Resolver,
    SpanLocator,
)
from ashiato.vault import Vault, resolve
from ashiato.vault.resolve import cited_bytes


def cite(data: bytes, locator: Locator) -> bytes:
    exhibit = sha256(data).hexdigest()
    return cited_bytes(Citation(exhibit, "evidence/x", locator, ""), io.BytesIO(data))


encodings = st.sampled_from(["utf-8", "utf-16-le", "utf-16", "utf-8-sig", "utf-32"])


@given(st.text(max_size=60), encodings, st.data())
def test_a_span_leads_back_to_its_words(text: str, encoding: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    exhibit = text.encode(encoding)
    cited = cite(exhibit, SpanLocator(start, end, encoding))

    assert cited in exhibit
    assert cited.decode(encoding.removesuffix("-sig")).removeprefix("\ufeff") == text[
        start:end
    ].removeprefix("\ufeff")


def test_spans_count_code_points_not_bytes() -> None:
    data = "容疑者は 🙂 shoei".encode()

    assert cite(data, SpanLocator(0, 3)) == "容疑者".encode()
    assert cite(data, SpanLocator(5, 6)) == "🙂".encode()


def test_a_span_gives_the_bytes_received_even_where_a_character_has_two_codes() -> None:
    twins = b"\xfa\x4a abc"  # cp932: the IBM code of a Roman numeral, written back as the NEC code
    text = twins.decode("cp932")

    assert text.encode("cp932") != twins
    assert cite(twins, SpanLocator(0, 1, "cp932")) == b"\xfa\x4a"
    assert cite(twins, SpanLocator(2, 5, "cp932")) == b"abc"


def test_a_big_endian_text_is_cited_in_its_own_bytes() -> None:
    data = b"\xfe\xff" + "ab".encode("utf-16-be")

    assert cite(data, SpanLocator(0, 1, "utf-16")) == b"\0a"


@pytest.mark.parametrize(
    "locator",
    [
        SpanLocator(0, 4),
        SpanLocator(2, 1),
        SpanLocator(-1, 2),
        SpanLocator(0, 1, "no-such-code"),
        LineLocator(2),
        LineLocator(0),
        RecordLocator(1, 2, 2),
        RecordLocator(1, -1, 2),
        RecordLocator(1, 0, 1, codec="gzip"),
        CellLocator(1, "IP", 9, 1),
        BytesLocator(3, 1),
        BytesLocator(0, -1),
    ],
)
def test_a_place_outside_the_exhibit_is_an_integrity_failure(locator: Locator) -> None:
    with pytest.raises(IntegrityFailure, match="evidence/x"):
        cite(b"abc", locator)


def test_a_place_that_cannot_be_read_counts_as_one_character_and_gives_its_bytes() -> None:
    data = "警察".encode() + b"\xe3\x81A\xff" + "é.".encode()

    found = [cite(data, SpanLocator(n, n + 1)) for n in range(7)]

    assert found == ["警".encode(), "察".encode(), b"\xe3\x81", b"A", b"\xff", "é".encode(), b"."]
    with pytest.raises(IntegrityFailure, match="code points"):
        cite(data, SpanLocator(7, 8))


def test_a_span_of_a_long_exhibit_is_found_without_holding_all_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resolve, "WHOLE", 64)
    monkeypatch.setattr(resolve, "STEP", 7)
    text = "".join(f"{n}é警察 " for n in range(60))

    for start in range(0, len(text) - 9, 5):
        assert (
            cite(text.encode(), SpanLocator(start, start + 9)) == text[start : start + 9].encode()
        )


def test_a_line_comes_without_its_end_however_it_ends() -> None:
    data = "first\r\n第二\n\nlast".encode()

    assert [cite(data, LineLocator(n)) for n in (1, 2, 3, 4)] == [
        b"first",
        "第二".encode(),
        b"",
        b"last",
    ]


def test_lines_of_a_utf_16_text_are_lines_of_its_text() -> None:
    data = "ab\r\ncd\n".encode("utf-16")

    assert cite(data, LineLocator(2, "utf-16")) == "cd".encode("utf-16-le")
    with pytest.raises(IntegrityFailure):
        cite(data, LineLocator(3, "utf-16"))


def test_the_mark_before_the_first_line_is_not_part_of_it() -> None:
    assert cite(b"\xef\xbb\xbfab\n", LineLocator(1, "utf-8-sig")) == b"ab"


def test_records_cells_and_bytes_are_cut_at_their_offsets() -> None:
    data = b"head\nrow one\nrow two\n"

    assert cite(data, RecordLocator(2, 13, 7)) == b"row two"
    assert cite(data, CellLocator(1, "IP", 9, 3)) == b"one"
    assert cite(data, BytesLocator(0, len(data))) == data
    assert cite(b"", BytesLocator(0, 0)) == b""


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=3), st.data())
def test_offsets_in_a_gzip_file_count_decoded_bytes(
    members: list[bytes], data: st.DataObject
) -> None:
    whole = b"".join(members)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    packed = b"".join(gzip.compress(member, mtime=0) for member in members)

    assert cite(packed, RecordLocator(1, start, end - start, codec="gzip")) == whole[start:end]


def test_what_precedes_a_break_in_a_gzip_file_can_be_cited_and_the_rest_not() -> None:
    lines = b"".join(sha256(b"%d" % n).hexdigest().encode() + b"\n" for n in range(4000))
    packed = bytearray(gzip.compress(lines, mtime=0))
    cut = bytes(packed[: len(packed) // 2])
    packed[len(packed) // 2] ^= 0xFF

    for broken in (cut, bytes(packed)):
        assert (
            cite(broken, RecordLocator(1, 65 * 1900, 64, codec="gzip")) == lines[65 * 1900 :][:64]
        )
    with pytest.raises(IntegrityFailure, match="only 0 bytes"):
        cite(cut, RecordLocator(1, 65 * 3999, 64, codec="gzip"))


def test_citations_of_one_gzip_file_may_come_in_any_order(case: Case) -> None:
    lines = b"".join(b"%06d" % n for n in range(30_000))
    with Vault.create(case.root, clock=noon) as vault:
        exhibit = case.seal(vault, "log.gz", gzip.compress(lines, mtime=0))
        for row in (0, 29_999, 7, 8, 15_000, 14_999, 3):
            place = RecordLocator(row, row * 6, 6, codec="gzip")

            assert vault.resolve(Citation(exhibit.sha256, "log.gz", place, "")) == b"%06d" % row


@pytest.mark.parametrize(
    "locator",
    [
        PageBoxLocator(1, 0, 0, 1, 1),
        RecordLocator(1, 0, 1, member="a"),
        RecordLocator(1, 0, 1, "rot13"),
    ],
)
def test_what_names_no_bytes_is_bad_input(locator: Locator) -> None:
    with pytest.raises(BadInput):
        cite(b"abc", locator)


def test_the_vault_resolves_what_it_sealed_and_nothing_else(case: Case) -> None:
    with Vault.create(case.root, clock=noon) as vault:
        exhibit = case.seal(vault, "a.txt", b"He rented the server.")
        resolver: Resolver = vault
        citation = Citation(exhibit.sha256, "a.txt", SpanLocator(3, 9), "rented")

        assert resolver.resolve(citation) == b"rented"
        with pytest.raises(IntegrityFailure, match="no exhibit"):
            resolver.resolve(Citation("../../lock", "a.txt", SpanLocator(0, 1), ""))


class CountingFile(io.BytesIO):
    """Counts the bytes that were asked for."""

    asked = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.asked += len(data)
        return data


def test_a_record_of_a_large_log_is_read_without_reading_the_log() -> None:
    exhibit = CountingFile(b"x" * 1_000_000 + b"row")

    assert cited_bytes(Citation("", "", RecordLocator(1, 1_000_000, 3), ""), exhibit) == b"row"
    assert exhibit.asked == 3
