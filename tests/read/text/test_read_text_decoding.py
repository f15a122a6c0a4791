"""Bytes to characters to shaped text: nothing raises, and every character leads back."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.evidence import Problem
from ashiato.core.sources import Intake, Source
from ashiato.read.text.blocks import split_blocks
from ashiato.read.text.decoding import Decoded, decode
from ashiato.read.text.html import read_page
from ashiato.read.text.shaped import Shaped

SOURCE = Source("bay-herald", "Bay Herald", "outlet")
MARKUP = st.lists(
    st.sampled_from(
        [
            *(
                "<p>",
                "</p>",
                "<div hidden>",
                "</div>",
                "<br>",
                "<script>",
                "</script>",
                "<![x",
                "<!",
            ),
            *("&amp;", "&#8212;", "&#xD800;", "&bogus", "&", "<", "a<b", "\n", " ", "word", "日本"),
            *("<td style='display: none'>", "</td>", "<li>", "</body>", "<!--", "-->", "]]>", "é"),
        ]
    ),
    max_size=40,
).map("".join)


def _intake(encoding: str | None = None) -> Intake:
    return Intake("e" * 64, "news.txt", SOURCE, encoding=encoding)


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "utf-16", "shift_jis", "nonsense"]))
def test_any_bytes_decode_exactly_or_are_a_problem(raw: bytes, encoding: str | None) -> None:
    found = decode(raw, _intake(encoding))

    if isinstance(found, Decoded):
        assert raw.decode(found.encoding, "replace") == found.text
    else:
        assert found.remedy


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(b"", "empty"), (b" \n\r\n", "empty"), (b"PK\x03\x04\x00\x00\x14\x00", "not-text")],
)
def test_an_empty_or_binary_file_is_a_problem_with_a_remedy(raw: bytes, kind: str) -> None:
    found = decode(raw, _intake())

    assert isinstance(found, Problem)
    assert found.kind == kind
    assert found.remedy


def test_a_byte_order_mark_stays_and_is_counted() -> None:
    found = decode(codecs.BOM_UTF16_LE + "Police".encode("utf-16-le"), _intake())

    assert found == Decoded("\ufeffPolice", "utf-16-le")


def test_a_stated_encoding_is_used() -> None:
    assert decode("警察".encode("shift_jis"), _intake("shift_jis")) == Decoded("警察", "shift-jis")


@given(MARKUP)
@settings(max_examples=300)
def test_every_visible_character_stands_for_a_place_in_the_page(page: str) -> None:
    visible = read_page(page).visible

    assert len(visible.text) == len(visible.starts) == len(visible.ends)
    for char, start, end in zip(visible.text, visible.starts, visible.ends, strict=True):
        assert 0 <= start <= end <= len(page)
        if end - start == 1 and page[start] not in "&\n":
            assert page[start] == char


@given(st.text(alphabet="ab. \n\t\r“”=A-1日", max_size=200))
@settings(max_examples=300)
def test_every_shaped_character_leads_back_to_the_text(text: str) -> None:
    for block in split_blocks(Shaped.as_received(text)):
        shaped = block.shaped
        pairs = zip(shaped.text, shaped.starts, shaped.ends, strict=True)
        for char, start, end in pairs:
            assert char in {text[start:end], '"', " "}


def test_a_headline_is_a_block_of_its_own() -> None:
    text = "Police refer man\n\nThe man rented\na server.\n- first item\n- second item\n"

    blocks = [b.shaped.text for b in split_blocks(Shaped.as_received(text))]

    assert blocks == ["Police refer man", "The man rented a server.", "first item", "second item"]


def test_a_press_pair_is_read_as_the_full_name_and_kept() -> None:
    (block,) = split_blocks(Shaped.as_received("MSI = Meridian Space Institute was attacked."))

    assert block.shaped.text == "Meridian Space Institute was attacked."
    assert [(p.short, p.full) for p in block.pairs] == [("MSI", "Meridian Space Institute")]


def test_hidden_and_skipped_text_is_not_visible() -> None:
    page = read_page("<p>seen</p><p hidden>secret</p><script>code</script><p>also &amp; seen</p>")

    assert page.visible.text.split() == ["seen", "also", "&", "seen"]
    assert len(page.hidden) == 1
