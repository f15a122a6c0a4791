"""One document to everything it says: the entry of this half of `read`."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ashiato.core.claims import Claim
from ashiato.core.evidence import Citation, Problem
from ashiato.core.records import Mention
from ashiato.core.sources import Intake
from ashiato.core.techniques import TechniqueMention
from ashiato.read.sandbox.outcome import Ended
from ashiato.read.text.blocks import Block, split_blocks
from ashiato.read.text.decoding import Artefact, Decoded, decode, encoding_problems, is_html
from ashiato.read.text.described import techniques_in
from ashiato.read.text.encodings import EncodingChoice
from ashiato.read.text.html import read_page
from ashiato.read.text.invisible import INVISIBLE
from ashiato.read.text.lexicon import is_on
from ashiato.read.text.mainpart import set_aside
from ashiato.read.text.markdown import is_markdown, without_marks
from ashiato.read.text.mentions import mentions_in, with_origin
from ashiato.read.text.model import method_of
from ashiato.read.text.shaped import Shaped
from ashiato.read.text.times import time_expressions

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")


CLAIM_LIMIT = 200_000
"""Characters of one text that are read for claims; the rest is searched for traces only."""


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What one document says, and what of it could not be read.

    ``unmapped`` counts relations with subject and object that no predicate of the pack covers.
    ``choice`` says why the document was read by ``encoding``; ``artefacts`` name the texts that
    were taken out of a file that is none itself; ``endings`` how each sandboxed parser ended.
    """

    claims: tuple[Claim, ...]
    mentions: tuple[Mention, ...]
    problems: tuple[Problem, ...]
    sentences: int
    encoding: str
    unmapped: int = 0
    techniques: tuple[TechniqueMention, ...] = ()
    choice: EncodingChoice | None = None
    artefacts: tuple[Artefact, ...] = ()
    endings: tuple[Ended, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A text ready for reading: its characters, those a reader sees, and what was met on the way.

    ``aside`` are spans of ``visible`` that make no claims (menus around an article); where it does
    not ``tell``, none of it does.
    """

    decoded: Decoded
    visible: Shaped
    problems: tuple[Problem, ...] = ()
    aside: tuple[tuple[int, int], ...] = ()
    tells: bool = True


def read_document(raw: bytes, intake: Intake) -> DocumentReading:
    """Read an English text or web page into claims and traces, each with its citation.

    The same bytes and intake always give the same reading. What cannot be read (no text, another
    language, hidden text) becomes a `Problem`.

    Raises:
        BadInput: the language model that ``intake.model`` names is not installed.

    """
    opened = open_document(raw, intake)
    if isinstance(opened, Problem):
        method_of(intake.model)
        return DocumentReading((), (), (opened,), 0, intake.encoding or "")
    return read_opened(opened, intake)


def read_opened(opened: Opened, intake: Intake) -> DocumentReading:
    """Read a text that has been opened: claims of its first part, traces of all of it.

    Raises:
        BadInput: the language model that ``intake.model`` names is not installed.

    """
    method, decoded = method_of(intake.model), opened.decoded
    if not opened.tells:
        found = opened_indicators(opened, intake)
        return DocumentReading((), found, opened.problems, 0, decoded.encoding)
    first, *others = [*opened.visible.windows(CLAIM_LIMIT)] or [opened.visible]
    blocks = _blocks(first, intake)
    mentions = mentions_in(first, decoded, intake, blocks)
    more = tuple(m for window in others for m in mentions_in(window, decoded, intake))
    problems = [*opened.problems, *_unseen(opened, intake), *_beyond(others, decoded, intake)]
    foreign = _other_language(first, intake)
    if foreign is not None:
        problems.append(foreign)
        return DocumentReading(
            (), mentions + more, tuple(problems), 0, decoded.encoding, choice=decoded.choice
        )
    from ashiato.read.text.narrative import read_narrative  # noqa: PLC0415 - spaCy loads for a second

    telling = _telling(blocks, opened)
    told = read_narrative(telling, decoded, intake, method)
    return DocumentReading(
        told.claims,
        tuple(with_origin(mention, told.origins) for mention in mentions) + more,
        (
            *problems,
            *_zone_assumed(told.dated_without_zone, intake),
            *_undated(telling, decoded, intake),
            *_machine_translated(told.claims, intake),
        ),
        told.sentences,
        decoded.encoding,
        told.unmapped,
        techniques_in(telling, decoded, intake),
        decoded.choice,
    )


def document_indicators(raw: bytes, intake: Intake) -> tuple[Mention, ...]:
    """Find the traces of a document without parsing its sentences; no text gives none."""
    opened = open_document(raw, intake)
    return () if isinstance(opened, Problem) else opened_indicators(opened, intake)


def document_techniques(raw: bytes, intake: Intake) -> tuple[TechniqueMention, ...]:
    """Find the sentences that seem to describe a technique, without parsing; no text gives none."""
    opened = open_document(raw, intake)
    return () if isinstance(opened, Problem) else opened_techniques(opened, intake)


def opened_techniques(opened: Opened, intake: Intake) -> tuple[TechniqueMention, ...]:
    """Find the described techniques of a text that has been opened."""
    if not opened.tells or _other_language(opened.visible, intake) is not None:
        return ()
    first = next(opened.visible.windows(CLAIM_LIMIT), opened.visible)
    return techniques_in(_telling(_blocks(first, intake), opened), opened.decoded, intake)


def opened_indicators(opened: Opened, intake: Intake) -> tuple[Mention, ...]:
    """Find the traces of a text that has been opened."""
    windows = opened.visible.windows(CLAIM_LIMIT)
    return tuple(m for window in windows for m in mentions_in(window, opened.decoded, intake))


def open_document(raw: bytes, intake: Intake) -> Opened | Problem:
    """Decode a text or page and give what a reader of it sees."""
    decoded = decode(raw, intake)
    if isinstance(decoded, Problem):
        return decoded
    if not is_html(decoded, intake.path):
        return open_text(decoded, intake)
    page = read_page(decoded.text)
    return open_page(decoded, page.visible, page.hidden, intake)


def open_text(decoded: Decoded, intake: Intake, *, name: str = "") -> Opened:
    """Give what a reader of a plain text or Markdown sees."""
    marked = is_markdown(name or intake.path) and not decoded.base
    visible = (
        without_marks(decoded.text) if marked else Shaped.as_received(decoded.text, decoded.base)
    )
    return Opened(decoded, visible, encoding_problems(decoded, intake))


def open_page(
    decoded: Decoded,
    visible: Shaped,
    hidden: tuple[tuple[int, int], ...],
    intake: Intake,
    *,
    main: str = "",
) -> Opened:
    """Give what a reader of a page sees; ``main`` is its main text where another reader told it."""
    problems = (*encoding_problems(decoded, intake), *hidden_text(hidden, decoded, intake))
    opened = Opened(decoded, visible, problems, set_aside(visible, main))
    return replace(opened, problems=(*problems, *_set_aside(opened, intake)))


def hidden_text(
    hidden: Sequence[tuple[int, int]], decoded: Decoded, intake: Intake
) -> Iterator[Problem]:
    """Report text that is in a document and that no reader of it sees."""
    if not hidden:
        return
    yield Problem(
        "hidden-text",
        intake.path,
        "the page holds text that a reader does not see; it makes no claims",
        "look at the cited place; seal the visible statement if it is one",
        len(hidden),
        decoded.cite(*hidden[0], intake),
    )


def _unseen(opened: Opened, intake: Intake) -> Iterator[Problem]:
    """Report characters that nobody sees; the byte order mark is none of them."""
    visible, count, first = opened.visible, 0, None
    for found in INVISIBLE.finditer(visible.text):
        if visible.starts[found.start()] > 0 or found.group() != "\ufeff":
            first, count = first or found.span(), count + 1
    if first is None:
        return
    message = "the text holds characters that nobody sees (zero-width, overrides, controls)"
    remedy = "look at the cited place: words may not be what they seem"
    cited = opened.decoded.cite(*visible.span(*first), intake)
    yield Problem("invisible-characters", intake.path, message, remedy, count, cited)


def _beyond(rest: Sequence[Shaped], decoded: Decoded, intake: Intake) -> Iterator[Problem]:
    if not rest:
        return
    at = rest[0].starts[0]
    yield beyond_limit(
        sum(len(part.text) for part in rest), decoded.cite(at, at + 1, intake), intake
    )


def beyond_limit(characters: int, cited: Citation, intake: Intake) -> Problem:
    """Report how much of a document was searched for traces and not read for claims."""
    message = f"{characters} characters beyond the first {CLAIM_LIMIT} make no claims"
    remedy = "traces are taken from them; split the document if they hold statements"
    return Problem("beyond-limit", intake.path, message, remedy, 1, cited)


def _telling(blocks: tuple[Block, ...], opened: Opened) -> tuple[Block, ...]:
    """Leave out the blocks of the parts that are set aside."""
    if not opened.aside:
        return blocks
    spans = [opened.visible.span(start, end) for start, end in opened.aside]
    ends = [end for _, end in spans]

    def is_aside(block: Block) -> bool:
        start = block.shaped.starts[0]
        found = bisect_right(ends, start)
        return found < len(spans) and spans[found][0] <= start

    return tuple(block for block in blocks if not is_aside(block))


def _set_aside(opened: Opened, intake: Intake) -> Iterator[Problem]:
    if not opened.aside:
        return
    message = "parts around the page's own text (menus, teasers) make no claims"
    remedy = "look at the cited place; add it as a text of its own if it is a statement"
    cited = opened.decoded.cite(*opened.visible.span(*opened.aside[0]), intake)
    yield Problem("beside-the-text", intake.path, message, remedy, len(opened.aside), cited)


def _other_language(visible: Shaped, intake: Intake) -> Problem | None:
    letters = len(_LETTER.findall(visible.text))
    if len(_LATIN.findall(visible.text)) * 2 >= letters:
        return None
    message = "most letters are not Latin: the English reader would misread it"
    remedy = "add an English translation as a document of its own, from its own source"
    return Problem("other-language", intake.path, message, remedy)


def _undated(blocks: Sequence[Block], decoded: Decoded, intake: Intake) -> Iterator[Problem]:
    """Count the times that only the document's own date would place, and cite the first."""
    if intake.published is not None:
        return
    spots = [
        block.shaped.span(time.start, time.end)
        for block in blocks
        for time in time_expressions(block.shaped.text, intake)
        if time.relative == "document"
    ]
    if spots:
        message = "times counted from the date of the document are unknown: nobody states that date"
        remedy = "state `published` for this file in case.toml"
        cited = decoded.cite(*spots[0], intake)
        yield Problem("no-document-date", intake.path, message, remedy, len(spots), cited)


def _machine_translated(claims: Sequence[Claim], intake: Intake) -> Iterator[Problem]:
    """Say that a text looks machine-translated, and ask for what it was translated from."""
    mended = [c for c in claims if any(cue.startswith("mt:") for cue in c.cues)]
    if any(map(_is_telling, mended)):
        message = "the text looks machine-translated: claims rest on repairs of its wording"
        remedy = "seal the document in its original language, or set `repairs = false` for the file"
        count, cited = len(mended), mended[0].citations[0]
        yield Problem("machine-translated", intake.path, message, remedy, count, cited)


def _blocks(visible: Shaped, intake: Intake) -> tuple[Block, ...]:
    return split_blocks(visible, apposed=is_on("apposition", intake))


_GOOD_ENGLISH = frozenset({"mt:zero-pronoun", "mt:apposition"})


def _is_telling(claim: Claim) -> bool:
    """Whether a mended claim shows translation: "he" without a name is good English too."""
    phrase = any(cue.startswith("mt:") and cue not in _GOOD_ENGLISH for cue in claim.cues)
    return phrase or re.search(r"\bI\b", claim.citations[0].quote) is not None


def _zone_assumed(count: int, intake: Intake) -> Iterator[Problem]:
    if count:
        yield Problem(
            "no-zone",
            intake.path,
            "dates in the text are read as days in UTC: the case states no zone for the file",
            "state `timezone` for this file in case.toml",
            count,
        )
