"""One document to everything it says: the entry of this half of `read`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ashiato.core.claims import Claim
from ashiato.core.evidence import Citation, Problem, SpanLocator
from ashiato.core.records import Mention
from ashiato.core.sources import Intake
from ashiato.read.text.attribution import Carried, carry
from ashiato.read.text.blocks import Block, split_blocks
from ashiato.read.text.claims import Context, SentenceReading, name_pair_claim, read_sentence
from ashiato.read.text.decoding import Decoded, decode, is_html
from ashiato.read.text.entities import references
from ashiato.read.text.html import Page, read_page
from ashiato.read.text.mentions import mentions_in, with_origin
from ashiato.read.text.model import load_model, method_of
from ashiato.read.text.passages import Passage, parse, sentences
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
    passages = parse(blocks, load_model(intake.model))
    context = Context(intake, opened.decoded, method, references(passages, intake))
    return _read(passages, blocks, mentions, opened, context)


def document_indicators(raw: bytes, intake: Intake) -> tuple[Mention, ...]:
    """Find the traces of a document without parsing its sentences; no text gives none."""
    opened = _open(raw, intake)
    if isinstance(opened, Problem):
        return ()
    return mentions_in(opened.visible, opened.decoded, intake)


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


def _read(
    passages: tuple[Passage, ...],
    blocks: tuple[Block, ...],
    mentions: tuple[Mention, ...],
    opened: _Opened,
    context: Context,
) -> DocumentReading:
    readings = tuple(_sentence_readings(passages, context))
    claims = [name_pair_claim(pair, context) for block in blocks for pair in block.pairs]
    claims += [claim for reading in readings for claim in reading.claims]
    unique = {claim.id: claim for claim in claims}
    origins = [(*reading.span, reading.origin.id) for reading in readings]
    return DocumentReading(
        tuple(sorted(unique.values(), key=_by_place)),
        tuple(with_origin(mention, origins) for mention in mentions),
        (*opened.problems, *_zone_assumed(readings, context.intake)),
        len(readings),
        opened.decoded.encoding,
        sum(reading.unmapped for reading in readings),
    )


def _sentence_readings(
    passages: tuple[Passage, ...], context: Context
) -> Iterator[SentenceReading]:
    carried = Carried()
    for passage in passages:
        for sentence in sentences(passage):
            yield read_sentence(sentence, passage, carried, context)
            carried = carry(carried, sentence, passage, context.references)


def _by_place(claim: Claim) -> tuple[int, str]:
    locator = claim.citations[0].locator
    return (locator.start if isinstance(locator, SpanLocator) else 0), claim.id


def _zone_assumed(readings: tuple[SentenceReading, ...], intake: Intake) -> Iterator[Problem]:
    count = sum(reading.assumes_zone for reading in readings)
    if count:
        yield Problem(
            "no-zone",
            intake.path,
            "dates in the text are read as days in UTC: the case states no zone for the file",
            "state `timezone` for this file in case.toml",
            count,
        )
