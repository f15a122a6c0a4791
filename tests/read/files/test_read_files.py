"""Files to text to claims: every quote is the artefact's slice, and nothing is lost in silence."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.read.files.conftest import HARBOUR, archive, intake, mail, pdf, word, workbook

from ashiato.core.errors import IntegrityFailure
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.read import (
    DocumentReading,
    detect,
    extracted_texts,
    file_indicators,
    read_file,
    words_at,
)
from ashiato.read.files.extracting import extract

MADE = {
    "pdf": pdf(["The Harbour Police said that Mr. Milo Sato rented", "the server vps-1042."]),
    "docx": word(HARBOUR, cell="relay.bay.example"),
    "xlsx": workbook({"B2": "198.51.100.4", "C2": "a relay of the attackers"}),
    "eml": mail(HARBOUR, {"list.txt": b"The relay 192.0.2.9 was used in the attack.\n"}),
    "zip": archive({"a.txt": HARBOUR.encode(), "b.pdf": pdf(["The relay was 192.0.2.8."])}),
}


def read(data: bytes, kind: str | None = None) -> DocumentReading:
    return read_file(io.BytesIO(data), intake(), kind or detect(data, "file") or "text")


def resolved(citation: Citation, data: bytes) -> str:
    assert isinstance(citation.locator, SpanLocator)
    texts = extracted_texts(citation, io.BytesIO(data))
    return words_at(citation, citation.locator, texts).decode()


@pytest.mark.parametrize("kind", sorted(MADE))
def test_the_content_tells_the_format_whatever_the_name(kind: str) -> None:
    assert detect(MADE[kind], "evidence/some.txt") == kind


@pytest.mark.parametrize("kind", sorted(MADE))
def test_every_quote_is_found_again_in_the_text_taken_out_anew(kind: str) -> None:
    found = read(MADE[kind])
    cited = [m.citation for m in found.mentions] + [c for x in found.claims for c in x.citations]

    assert cited
    assert [resolved(c, MADE[kind]) for c in cited] == [c.quote for c in cited]


def test_the_words_of_a_pdf_have_their_page_and_box_and_flow_over_lines_and_pages() -> None:
    first = ["Bay Report 1", "The police said that Mr. Milo Sato rented the ser-"]
    last = ["Bay Report 3", "The relay was 192.0.2.8."]
    data = pdf(first, ["Bay Report 2", "ver vps-1042."], last)
    found = read(data)
    claim, mention = found.claims[0], found.mentions[0]

    assert claim.proposition.object is not None
    assert claim.proposition.object.text == "vps-1042"
    assert mention.citation.locator.page == 3  # type: ignore[union-attr] # a span
    box = mention.citation.locator.box  # type: ignore[union-attr] # a span
    assert box is not None
    assert 72 < box[0] < box[2] < 250
    assert 680 < box[1] < box[3] < 700


def test_invisible_words_of_a_pdf_make_no_claim_and_are_reported() -> None:
    found = read(pdf(["Nothing was found."], invisible="Mr. Milo Sato rented the server vps-7."))

    assert not found.claims
    assert [p.kind for p in found.problems] == ["hidden-text"]


def test_a_deleted_sentence_of_a_word_file_is_recorded_and_makes_no_claim() -> None:
    (problem,) = read(word("It rained.", deleted=" " + HARBOUR)).problems

    assert problem.kind == "hidden-text"
    assert problem.citation is not None
    assert problem.citation.quote == " " + HARBOUR


def test_a_cell_is_named_by_its_sheet_and_place() -> None:
    (mention,) = read(MADE["xlsx"]).mentions

    assert mention.citation.locator.cell == "Hosts!B2"  # type: ignore[union-attr] # a span


def test_a_file_inside_a_file_is_read_and_named_by_its_path_within() -> None:
    inner = mail("See the file.", {"report.pdf": pdf(["The relay was 192.0.2.8."])})
    found = read(archive({"mail.eml": inner}))

    places = [m.citation.locator.member for m in found.mentions]  # type: ignore[union-attr] # spans
    assert "mail.eml!/report.pdf" in places
    assert {a.member for a in found.artefacts} == {"mail.eml", "mail.eml!/report.pdf"}


def test_a_message_dates_what_it_says() -> None:
    message, _ = extract(io.BytesIO(MADE["eml"]), intake(), "eml")

    assert message.said_at is not None
    assert message.said_at.isoformat() == "2031-04-21T09:00:00+09:00"


def test_names_in_an_archive_are_data_and_equal_names_stay_apart() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("../../etc/x", "The relay was 192.0.2.8.")
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("../../etc/x", "The relay was 192.0.2.9.")
    members = [m.citation.locator.member for m in read(out.getvalue()).mentions]  # type: ignore[union-attr] # spans

    assert members == ["../../etc/x", "../../etc/x#2"]


def test_archives_nested_too_deep_are_reported() -> None:
    data = b"The relay was 192.0.2.8."
    for depth in range(6):
        data = archive({f"{depth}.zip" if depth else "a.txt": data})

    assert [p.kind for p in read(data).problems] == ["too-deep"]


def test_an_archive_whose_members_lie_on_one_another_is_refused() -> None:
    data = bytearray(archive({"a.txt": b"x" * 400, "b.txt": b"y" * 400}))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = (5).to_bytes(4, "little")

    assert [p.kind for p in read(bytes(data), "zip").problems] == ["refused"]


def test_an_encrypted_member_is_reported() -> None:
    data = bytearray(archive({"a.txt": b"secret"}))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1

    assert "encrypted" in [p.kind for p in read(bytes(data), "zip").problems]


def test_an_archive_that_would_unpack_to_too_much_is_said_to() -> None:
    found = read(archive({"a.txt": b"0" * 60_000_000}), "zip")

    assert [p.kind for p in found.problems] in (["refused"], ["too-large"])


def test_another_text_than_the_one_cited_is_an_integrity_failure_with_its_remedy() -> None:
    citation = read(MADE["docx"]).mentions[0].citation
    assert isinstance(citation.locator, SpanLocator)
    changed = replace(citation, locator=replace(citation.locator, text_sha256="0" * 64))

    with pytest.raises(IntegrityFailure, match="ashiato run"):
        resolved(changed, MADE["docx"])


@pytest.mark.parametrize("kind", sorted(MADE))
@settings(max_examples=12)
@given(where=st.integers(0, 10**6), value=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_file_is_read_or_reported_and_every_trace_stays_exact(
    kind: str, where: int, value: int, *, cut: bool
) -> None:
    data = bytearray(MADE[kind])
    data[where % len(data)] = value
    broken = bytes(data[: where % len(data)] if cut else data)

    for mention in file_indicators(io.BytesIO(broken), intake(), kind):
        assert resolved(mention.citation, MADE[kind]) if broken == MADE[kind] else mention


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(["text", "html", *sorted(MADE)]))
def test_any_bytes_as_any_kind_are_read_or_reported(data: bytes, kind: str) -> None:
    file_indicators(io.BytesIO(data), intake(), kind)


PAGE = (
    "<html><body><nav><a href=x>Home</a></nav><div><a href=x>Mr. Ole Vik attacked Ostra</a></div>"
    f"<article><h1>Man referred</h1>{'<p>' + HARBOUR + ' He denied it on Monday in the town.</p>'}"
    f"<p>{HARBOUR.replace('1042', '1043')}</p></article><div>About us</div></body></html>"
)


def test_what_stands_around_an_article_makes_no_claims_and_is_reported() -> None:
    found = read(PAGE.encode())

    assert found.claims
    assert not [c for c in found.claims if "Vik" in c.citations[0].quote]
    assert "beside-the-text" in {p.kind for p in found.problems}
    assert {quote_at(c, PAGE) == c.quote for x in found.claims for c in x.citations} == {True}


def quote_at(citation: Citation, page: str) -> str:
    assert isinstance(citation.locator, SpanLocator)
    return page[citation.locator.start : citation.locator.end]


def test_a_page_of_a_hundred_thousand_open_tags_ends() -> None:
    data = b"<html>" + b"<div><b>" * 50_000 + b"The relay was 192.0.2.8." + b"</i>" * 50_000

    assert [m.observable.value for m in read(data).mentions] == ["192.0.2.8"]


def test_real_hostile_files_are_read_or_reported(real_data: Path) -> None:
    for path in sorted((real_data / "hostile" / "pdf").iterdir())[:25]:
        data = path.read_bytes()
        kind = detect(data[:65536], path.name) or "text"

        file_indicators(io.BytesIO(data), intake(path.name), kind)
