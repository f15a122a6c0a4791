"""One document to everything it says: the entry of this half of `read`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ashiato.core.claims import Claim
from ashiato.core.evidence import Citation, Problem, SpanLocator
from ashiato.core.records import Mention
from ashiato.core.sources import Intake
from ashiato.core.techniques import TechniqueMention
from ashiato.read.text.blocks import split_blocks
from ashiato.read.text.decoding import Decoded, decode, is_html
from ashiato.read.text.described import techniques_in
from ashiato.read.text.html import Page, read_page
from ashiato.read.text.mentions import mentions_in, with_origin
from ashiato.read.text.model import method_of
from ashiato.read.text.shaped import Shaped

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What one document says, and what of it could not be read.

    ``unmapped`` counts relations with subject and object that no predicate of the pack covers.
    """

    claims: tuple[Claim, ...]
    mentions: tuple[Mention, ...]
    problems: tuple[Problem, ...]
    sentences: int
    encoding: str
    unmapped: int = 0
    techniques: tuple[TechniqueMention, ...] = ()


@dataclass(frozen=True, slots=True)
class _Opened:
    decoded: Decoded
    visible: Shaped
    problems: tuple[Problem, ...]


def read_document(raw: bytes, intake: Intake) -> DocumentReading:
    """Read an English text or web page into claims and traces, each with its citation.

    The same bytes and intake always give the same reading. What cannot be read (no text, another
    language, hidden text) becomes a `Problem`.

    Raises:
        BadInput: the language model that ``intake.model`` names is not installed.

    """
    method = method_of(intake.model)
    opened = _open(raw, intake)
    if isinstance(opened, Problem):
        return DocumentReading((), (), (opened,), 0, intake.encoding or "")
    blocks = split_blocks(opened.visible)
    mentions = mentions_in(opened.visible, opened.decoded, intake, blocks)
    foreign = _other_language(opened, intake)
    if foreign is not None:
        problems = (*opened.problems, foreign)
        return DocumentReading((), mentions, problems, 0, opened.decoded.encoding)
    from ashiato.read.text.narrative import read_narrative  # noqa: PLC0415 - spaCy loads for a second

    told = read_narrative(blocks, opened.decoded, intake, method)
    return DocumentReading(
        told.claims,
        tuple(with_origin(mention, told.origins) for mention in mentions),
        (*opened.problems, *_zone_assumed(told.dated_without_zone, intake)),
        told.sentences,
        opened.decoded.encoding,
        told.unmapped,
        techniques_in(blocks, opened.decoded, intake),
    )


def document_indicators(raw: bytes, intake: Intake) -> tuple[Mention, ...]:
    """Find the traces of a document without parsing its sentences; no text gives none."""
    opened = _open(raw, intake)
    if isinstance(opened, Problem):
        return ()
    return mentions_in(opened.visible, opened.decoded, intake)


def document_techniques(raw: bytes, intake: Intake) -> tuple[TechniqueMention, ...]:
    """Find the sentences that seem to describe a technique, without parsing; no text gives none."""
    opened = _open(raw, intake)
    if isinstance(opened, Problem) or _other_language(opened, intake) is not None:
        return ()
    return techniques_in(split_blocks(opened.visible), opened.decoded, intake)


def _open(raw: bytes, intake: Intake) -> _Opened | Problem:
    decoded = decode(raw, intake)
    if isinstance(decoded, Problem):
        return decoded
    if not is_html(decoded, intake.path):
        return _Opened(decoded, Shaped.as_received(decoded.text), ())
    page = read_page(decoded.text)
    return _Opened(decoded, page.visible, tuple(_hidden_text(page, decoded, intake)))


def _hidden_text(page: Page, decoded: Decoded, intake: Intake) -> Iterator[Problem]:
    if not page.hidden:
        return
    start, end = page.hidden[0]
    locator = SpanLocator(start, end, decoded.encoding)
    yield Problem(
        "hidden-text",
        intake.path,
        "the page holds text that a reader does not see; it makes no claims",
        "look at the cited place; seal the visible statement if it is one",
        len(page.hidden),
        Citation(intake.exhibit, intake.path, locator, decoded.text[start:end]),
    )


def _other_language(opened: _Opened, intake: Intake) -> Problem | None:
    letters = len(_LETTER.findall(opened.visible.text))
    if len(_LATIN.findall(opened.visible.text)) * 2 >= letters:
        return None
    message = "most letters are not Latin: the English reader would misread it"
    remedy = "add an English translation as a document of its own, from its own source"
    return Problem("other-language", intake.path, message, remedy)


def _zone_assumed(count: int, intake: Intake) -> Iterator[Problem]:
    if count:
        yield Problem(
            "no-zone",
            intake.path,
            "dates in the text are read as days in UTC: the case states no zone for the file",
            "state `timezone` for this file in case.toml",
            count,
        )
