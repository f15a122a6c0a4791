"""A file of any readable kind to everything it says: each of its texts is read by itself."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any, BinaryIO, TypeAlias

from ashiato.core.evidence import Problem
from ashiato.core.records import Mention
from ashiato.core.sources import Intake
from ashiato.core.techniques import TechniqueMention
from ashiato.read.files.extracting import Extracted, ending_problems, extract
from ashiato.read.files.formats import FILE_KINDS
from ashiato.read.files.runs import from_runs
from ashiato.read.files.windows import decoded_windows
from ashiato.read.sandbox import Ended, Limits, Outcome, confined
from ashiato.read.text.decoding import Artefact, Decoded, decode, is_html
from ashiato.read.text.document import (
    CLAIM_LIMIT,
    DocumentReading,
    Opened,
    beyond_limit,
    hidden_text,
    open_page,
    open_text,
    opened_indicators,
    opened_techniques,
    read_opened,
)
from ashiato.read.text.paper import flowed
from ashiato.read.text.shaped import Shaped

WHOLE = 16 << 20
"""Bytes of a text that are held at once; a longer one is read window by window."""
PAGE_LIMIT = 8_000_000
"""Characters of a page whose markup is read; a longer page is searched for traces only."""
MENTION_LIMIT = 25_000
"""Traces of one file that are kept: a list of millions is a log, and memory is bounded."""
_PAGE = "ashiato.read.files.page:extract"
_PAGE_LIMITS = Limits(seconds=60.0, memory=2 << 30, output=256 << 20)
Found: TypeAlias = Opened | Problem | Ended
"""What comes out of a file: a text to read, what could not be read, how a parser ended."""


def read_file(stream: BinaryIO, intake: Intake, kind: str) -> DocumentReading:
    """Read a text, a page, or a file of one of the known formats into claims and traces.

    Raises:
        BadInput: the language model that ``intake.model`` names is not installed.

    """
    readings: list[DocumentReading] = []
    left = MENTION_LIMIT
    for opened, told in _opened(stream, intake, kind):
        readings.append(_with_at_most(left, _read(opened, told), told))
        left -= len(readings[-1].mentions)
    return _joined(readings)


def _with_at_most(left: int, reading: DocumentReading, intake: Intake) -> DocumentReading:
    """Keep so many traces; the others are counted, and the first of them is cited."""
    beyond = reading.mentions[left:]
    if not beyond:
        return reading
    problem = Problem(
        "too-many-traces",
        intake.path,
        f"traces beyond the first {MENTION_LIMIT} of the file are not kept",
        "split the file, or add it as a log of a known format",
        len(beyond),
        beyond[0].citation,
    )
    return replace(reading, mentions=reading.mentions[:left], problems=(*reading.problems, problem))


def file_indicators(stream: BinaryIO, intake: Intake, kind: str) -> tuple[Mention, ...]:
    """Find the traces in a file without parsing its sentences."""
    return tuple(
        mention
        for opened, told in _opened(stream, intake, kind)
        if isinstance(opened, Opened)
        for mention in opened_indicators(opened, told)
    )


def file_techniques(stream: BinaryIO, intake: Intake, kind: str) -> tuple[TechniqueMention, ...]:
    """Find the sentences of a file that seem to describe a technique, without parsing."""
    return tuple(
        mention
        for opened, told in _opened(stream, intake, kind)
        if isinstance(opened, Opened)
        for mention in opened_techniques(opened, told)
    )


def _read(opened: Found, intake: Intake) -> DocumentReading:
    if isinstance(opened, Ended):
        return DocumentReading((), (), (), 0, "", endings=(opened,))
    if isinstance(opened, Problem):
        return DocumentReading((), (), (opened,), 0, intake.encoding or "")
    reading = read_opened(opened, intake)
    origin = opened.decoded.origin
    if origin is None:
        return reading
    size = len(opened.decoded.text)
    artefact = Artefact(origin.member, origin.extractor, origin.text_sha256, size)
    return replace(reading, artefacts=(artefact,))


def _joined(readings: Sequence[DocumentReading]) -> DocumentReading:
    """Put the readings of a file's texts together, in their order."""
    if len(readings) == 1:
        return readings[0]
    first = next((r for r in readings if r.encoding), readings[0])
    claims = {claim.id: claim for reading in readings for claim in reading.claims}
    return DocumentReading(
        tuple(claims.values()),
        tuple(m for r in readings for m in r.mentions),
        _counted_together(p for r in readings for p in r.problems),
        sum(r.sentences for r in readings),
        first.encoding,
        sum(r.unmapped for r in readings),
        tuple(t for r in readings for t in r.techniques),
        first.choice,
        tuple(a for r in readings for a in r.artefacts),
        tuple(e for r in readings for e in r.endings),
    )


def _counted_together(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Make one problem of those that say the same; the first place stands for all."""
    found: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        key = (problem.kind, problem.message)
        held = found.get(key)
        found[key] = replace(held, count=held.count + problem.count) if held else problem
    return tuple(found.values())


def _opened(stream: BinaryIO, intake: Intake, kind: str) -> Iterator[tuple[Found, Intake]]:
    """Open every text of a file, each with what is known of it."""
    if kind in FILE_KINDS:
        for each in extract(stream, intake, kind):
            told = replace(intake, published=intake.published or each.said_at)
            yield from _of_extracted(each, told)
        return
    raw = stream.read(WHOLE + 1)
    if len(raw) > WHOLE:
        stream.seek(0)
        yield from ((opened, intake) for opened in _of_windows(stream, intake))
        return
    found = decode(raw, intake)
    if isinstance(found, Problem):
        yield found, intake
        return
    read = _page(found, intake) if is_html(found, intake.path) else [open_text(found, intake)]
    yield from ((opened, intake) for opened in read)


def _of_windows(stream: BinaryIO, intake: Intake) -> Iterator[Opened | Problem]:
    """Read the first window for claims, all of them for traces."""
    beyond, first = 0, None
    for window in decoded_windows(stream, intake, CLAIM_LIMIT):
        if isinstance(window, Problem):
            yield window
            return
        tells = window.base == 0 and not is_html(window, intake.path)
        yield replace(open_text(window, intake), tells=tells)
        if not tells:
            beyond += len(window.text)
            first = first or window.cite(window.base, window.base + 1, intake)
    if first is not None:
        yield beyond_limit(beyond, first, intake)


def _of_extracted(each: Extracted, intake: Intake) -> Iterator[tuple[Found, Intake]]:
    if each.ended:
        yield each.ended, intake
    yield from ((problem, intake) for problem in each.problems)
    decoded = each.decoded
    if each.kind == "html":
        yield from ((opened, intake) for opened in _page(decoded, intake))
        return
    if not decoded.text.strip():
        return
    opened = open_text(decoded, intake, name=each.member)
    if each.flows:
        opened = replace(opened, visible=flowed(decoded.text))
    spans = [(start, end) for start, end, _ in each.hidden]
    seen = opened.visible.without(_spans_in(opened.visible, spans))
    yield (
        replace(
            opened,
            visible=seen,
            problems=(*opened.problems, *hidden_text(spans, decoded, intake)),
            aside=tuple(_spans_in(seen, each.aside)),
        ),
        intake,
    )


def _spans_in(shaped: Shaped, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Find which characters of a shaped text stand for some spans of its source."""
    return [
        (bisect_left(shaped.starts, start), bisect_left(shaped.starts, end))
        for start, end in sorted(spans)
    ]


def _page(decoded: Decoded, intake: Intake) -> Iterator[Found]:
    """Open a page; one whose markup cannot be read in time is searched for traces as it stands."""
    if len(decoded.text) > PAGE_LIMIT:
        yield replace(open_text(decoded, intake), tells=False)
        yield beyond_limit(len(decoded.text), decoded.cite(0, 1, intake), intake)
        return
    outcome = confined(_PAGE, decoded.text.encode(), {}, _PAGE_LIMITS)
    member = decoded.origin.member if decoded.origin else ""
    yield outcome.ended(_PAGE, f"page@trafilatura-{version('trafilatura')}", member)
    yield from ending_problems(outcome, intake, member)
    yield _of_frames(outcome, decoded, intake)


def _of_frames(outcome: Outcome, decoded: Decoded, intake: Intake) -> Opened:
    told: dict[str, list[Any]] = {"text": [], "runs": [], "hidden": [], "main": []}
    for frame in outcome.frames:
        for name, value in frame.items() if isinstance(frame, Mapping) else ():
            told.setdefault(name, []).append(value)
    try:
        runs = [int(number) for piece in told["runs"] for number in piece]
        visible = from_runs("".join(told["text"]), runs, len(decoded.text))
        hidden = tuple((int(a), int(b)) for piece in told["hidden"] for a, b in piece)
    except (TypeError, ValueError, OverflowError):
        return replace(open_text(decoded, intake), tells=False)
    if not told["runs"]:
        return replace(open_text(decoded, intake), tells=False)
    return open_page(decoded, visible, hidden, intake, main="".join(told["main"]))
