# ruff: noqa: RUF001 - punctuation of Chinese and French is what is tested
"""Which encoding a text is in: each of the old ones is told from the others, with its evidence."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.evidence import Problem
from ashiato.core.sources import Intake, Source
from ashiato.read import file_indicators
from ashiato.read.files import reading, windows
from ashiato.read.text.blocks import split_blocks
from ashiato.read.text.decoding import Decoded, decode, encoding_problems
from ashiato.read.text.document import open_document, read_document
from ashiato.read.text.encodings import choose_encoding
from ashiato.read.text.markdown import without_marks
from ashiato.read.text.shaped import Shaped

INTAKE = Intake("e" * 64, "news.txt", Source("bay-herald", "Bay Herald", "outlet"))
JAPANESE = (
    "警察は男を書類送検した。",
    "サーバーを契約",
    "男は容疑を認めている",
    "研究機関への攻撃",
)
CHINESE = ("警方表示，该男子租用了服务器。", "他们的服务器在国内", "外交部发言人否认了这一指控")
LATIN = ("Le suspect a loué un serveur à l’étranger.", "café", "Müller said – “no”")
OLD = {
    **dict.fromkeys(("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16"), JAPANESE),
    **dict.fromkeys(("gb18030",), CHINESE),
    **dict.fromkeys(("cp1252",), LATIN),
}


@pytest.mark.parametrize(("encoding", "text"), [(e, t) for e, ts in OLD.items() for t in ts])
def test_a_short_text_is_read_in_its_own_encoding(encoding: str, text: str) -> None:
    found = decode(text.encode(encoding), INTAKE)

    assert isinstance(found, Decoded)
    assert found.text.lstrip("\ufeff") == text
    assert found.choice is not None
    assert found.choice.because


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["The police said so.\n", JAPANESE[0]])
def test_utf_16_is_told_without_its_mark(encoding: str, text: str) -> None:
    assert choose_encoding(text.encode(encoding)).encoding == encoding


def test_a_guess_shows_what_was_tried_and_is_reported_where_it_is_close() -> None:
    choice = choose_encoding("男は容疑を認めている".encode("cp932"))

    assert not choice.sure
    assert {t.encoding for t in choice.tried} >= {"cp932", "euc_jp", "gb18030", "cp1252"}
    problems = encoding_problems(Decoded("男", "cp932", choice), INTAKE)
    assert [p.kind for p in problems] == ["encoding-guessed"]


def test_what_cannot_be_read_is_replaced_counted_and_cited() -> None:
    raw = "警察は男を書類送検した。".encode() * 9 + b"\xe3\x81 and \xff"
    found = decode(raw, INTAKE)

    assert isinstance(found, Decoded)
    (problem,) = [p for p in encoding_problems(found, INTAKE) if p.kind == "undecodable"]
    assert (found.encoding, problem.count) == ("utf-8", 2)
    assert problem.citation is not None
    assert problem.citation.quote == "\ufffd"


@given(st.binary(max_size=300))
def test_any_bytes_open_or_are_a_problem_and_shapes_lead_back(raw: bytes) -> None:
    found = open_document(raw, INTAKE)
    if isinstance(found, Problem):
        return

    for block in split_blocks(found.visible):
        for start, end in zip(block.shaped.starts, block.shaped.ends, strict=True):
            assert 0 <= start < end <= len(found.decoded.text)


def test_the_reader_sees_through_what_nobody_sees() -> None:
    text = "The re\u200blay \u202e192.0.2.8\u202c was used in the \x1b[31mattack\x1b[0m."
    (block,) = split_blocks(Shaped.as_received(text))
    reading = read_document(text.encode(), INTAKE)

    assert block.shaped.text == "The relay 192.0.2.8 was used in the attack."
    assert [p.kind for p in reading.problems] == ["invisible-characters"]
    assert reading.problems[0].count == 5


def test_markdown_is_read_without_its_marks() -> None:
    text = "# Report\n\n> The **relay** `192.0.2.8` is [known](https://bay.example/a_b).\n"

    shown = without_marks(text)

    assert shown.text == "Report\n\nThe relay 192.0.2.8 is known(https://bay.example/a_b).\n"
    assert all(text[a:b] == c for c, a, b in zip(shown.text, shown.starts, shown.ends, strict=True))


def test_a_long_text_is_read_in_windows_with_the_same_traces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = "".join(f"The relay 192.0.2.{n % 250} was used, é.\n" for n in range(400)).encode()
    whole = file_indicators(io.BytesIO(raw), INTAKE, "text")
    for name, value in (("WHOLE", 500), ("CLAIM_LIMIT", 300)):
        monkeypatch.setattr(reading, name, value)
    monkeypatch.setattr(windows, "CHUNK", 77)
    cut = file_indicators(io.BytesIO(raw), INTAKE, "text")

    assert [m.citation for m in cut] == [m.citation for m in whole]


def test_one_line_without_end_is_cut_between_words() -> None:
    blocks = split_blocks(Shaped.as_received("word " * 5000))

    assert len(blocks) > 2
    assert all(set(b.shaped.text.split()) == {"word"} for b in blocks)
