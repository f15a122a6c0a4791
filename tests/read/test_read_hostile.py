"""Whatever a file does to its reader, the reader ends, says so, and cites only what is there."""

import io
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.read.tortured import HEADERS, SMALL, damaged, hostile_pdfs

from ashiato.core.evidence import Citation, SpanLocator
from ashiato.core.sources import Intake, Source
from ashiato.read import DocumentReading, detect, extracted_texts, read_file, words_at

HEAD = 64 * 1024
MARKS = (b"", b"%PDF-1.7\n", b"PK\x03\x04", HEADERS + b"\r\n", b"<html>", b"\xff\xfe", b"\x1b$B")


def read(data: bytes, name: str, kind: str = "") -> DocumentReading:
    """Read bytes as the case would; what is of no known kind is read as text, if it is one."""
    intake = Intake(sha256(data).hexdigest(), name, Source("invented", "invented"))
    stream = io.BytesIO(data)
    return read_file(stream, intake, kind or detect(data[:HEAD], name) or "text")


def check(data: bytes, name: str, kind: str = "") -> DocumentReading:
    """Read bytes; every citation must resolve to its very words, every problem say something."""
    found = read(data, name, kind)
    for citation in cited(found)[:40]:
        assert words(citation, data) == citation.quote
    for problem in found.problems:
        assert all((problem.kind, problem.message, problem.remedy, problem.count))
    return found


def cited(found: DocumentReading) -> list[Citation]:
    said = [citation for claim in found.claims for citation in claim.citations]
    traces = [mention.citation for mention in found.mentions]
    return [*said, *traces, *(p.citation for p in found.problems if p.citation)]


def words(citation: Citation, data: bytes) -> str:
    place = citation.locator
    assert isinstance(place, SpanLocator)
    if place.extractor:
        texts = extracted_texts(citation, io.BytesIO(data))
        return words_at(citation, place, texts).decode()
    return data.decode(place.encoding, "replace")[place.start : place.end]


@pytest.mark.parametrize("name", SMALL)
def test_a_file_made_to_hurt_is_read_or_refused(name: str) -> None:
    found = check(SMALL[name], f"{name}.txt")

    assert found.sentences or found.problems or found.mentions


@settings(max_examples=60)
@given(st.binary(max_size=400), st.sampled_from(["pdf", "docx", "xlsx", "zip", "eml", "html"]))
def test_any_bytes_may_be_handed_to_any_reader(data: bytes, kind: str) -> None:
    assert read(data, f"a.{kind}", kind) == read(data, f"a.{kind}", kind)


@settings(max_examples=60)
@given(st.sampled_from(MARKS), st.binary(max_size=400), st.sampled_from(["a.txt", "a.html"]))
def test_whatever_follows_a_formats_mark_citations_lead_back(
    mark: bytes, data: bytes, name: str
) -> None:
    check(mark + data, name)


def test_every_naughty_string_is_read(real_data: Path) -> None:
    strings = json.loads((real_data / "hostile" / "strings" / "blns.json").read_bytes())

    check("\n\n".join(strings).encode(), "note.txt")
    check("".join(f"<p>{text}</p>\n" for text in strings).encode(), "page.html", "html")
    for text in strings[::12]:
        check(text.encode(), "note.txt")
        check(f"<html><body><p>{text}</p>".encode(), "page.html", "html")


def test_every_hostile_pdf_is_read_or_refused_with_a_reason(real_data: Path) -> None:
    for path in hostile_pdfs(real_data):
        found = check(path.read_bytes(), path.name, "pdf")
        assert found.sentences or found.problems or found.artefacts, path.name


def test_every_hostile_pdf_may_be_cut_short_or_damaged(real_data: Path) -> None:
    for path in hostile_pdfs(real_data)[::3]:
        for copy in damaged(path.read_bytes(), path.name):
            check(copy, path.name, "pdf")


@pytest.mark.parametrize("name", ["nested zips", "nested mail", "entities", "text"])
def test_a_damaged_file_reads_the_same_twice(name: str) -> None:
    for copy in damaged(SMALL[name], name):
        assert read(copy, name) == read(copy, name)
