"""A document cut into the pieces that are parsed alone: paragraphs, headings, list items.

A headline must be cut off before parsing, or it joins the next sentence. Press appositions
(``ABBR = Full Name``) are read as the full name, and kept as a pair of names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ashiato.read.text.invisible import INVISIBLE
from ashiato.read.text.shaped import Shaped

_FILLER = re.compile("[\u115f\u1160\u3164\uffa0]")
"""Letters by their class that show nothing."""
_BLANK = re.compile(r"\r?\n[^\S\n]*\n\s*|\f\s*")
_LIST_ITEM = re.compile(r"\s*(?:[-*\u2022\u2023\u00b7#>]+|\(?\d{1,3}[.)])\s+")
_SENTENCE_END = re.compile(r"[.!?:;,\"'\u201d\u2019)\]]\s*$")
_PRESS_PAIR = re.compile(
    r"\b(?P<short>[A-Z][A-Za-z0-9]{1,12}) = "
    r"(?=(?P<full>[A-Z]\w+(?: (?:of |for |and )?[A-Z]\w+)+)|[A-Z]\w+ \d)"
)
_DATELINE = re.compile(
    r"\s*[A-Z]{2,}(?:[ ,.'-]{1,2}[A-Z]{2,})*(?:, [^\n\u2013\u2014-]{1,30})?(?: \([^)\n]{1,30}\))?"
    r" (?:-{1,2}|\u2013|\u2014) "
)
_STRAIGHT = str.maketrans(
    "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a\u201b\u00a0\t\r\n\v",
    '""""""\'\'\'\'     ',
)
_HEADING_LENGTH = 100
_LONGEST = 8000
"""Characters parsed at once: keeps the parser's memory small on a file without paragraphs."""


@dataclass(frozen=True, slots=True)
class NamePair:
    """A short name and the full name that the text puts beside it; their shared source span."""

    short: str
    full: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the document, shaped for the parser."""

    shaped: Shaped
    pairs: tuple[NamePair, ...]
    is_heading: bool
    is_item: bool


def split_blocks(document: Shaped, *, apposed: bool = True) -> tuple[Block, ...]:
    """Cut a document into blocks at blank lines, list items, headings and pages.

    ``apposed``: "ABBR = Full Name" is read as the full name, a repair that a person can turn off.
    """
    return tuple(
        block
        for paragraph in _paragraphs(document)
        for piece in _pieces(paragraph)
        if (block := _shape(piece, apposed=apposed)) is not None
    )


def _cut(shaped: Shaped, places: list[int]) -> Iterator[Shaped]:
    for start, end in pairwise([0, *places, len(shaped.text)]):
        if start < end:
            yield shaped.part(start, end)


def _paragraphs(document: Shaped) -> Iterator[Shaped]:
    yield from _cut(document, [found.end() for found in _BLANK.finditer(document.text)])


def _pieces(paragraph: Shaped) -> Iterator[Shaped]:
    """Cut where a list item begins, after a heading line, and at full stops of a huge text."""
    lines = paragraph.text.splitlines(keepends=True)
    widest = max((len(line.rstrip()) for line in lines), default=0)
    places, at = [], 0
    for line, following in pairwise(lines):
        at += len(line)
        if _LIST_ITEM.match(following) or _is_heading_line(line, following, widest):
            places.append(at)
    dateline = _DATELINE.match(paragraph.text)
    places += [dateline.end()] if dateline else []
    for piece in _cut(paragraph, sorted(places)):
        yield from _cut(piece, _breaks(piece.text))


def _is_heading_line(line: str, following: str, widest: int) -> bool:
    """Tell a heading from a line that the page's width broke: short, open-ended, a capital next."""
    short = len(line.rstrip()) < 0.6 * widest or _LIST_ITEM.match(line) is not None
    starts_new = following.lstrip()[:1].isupper()
    return bool(line.strip()) and short and starts_new and not _SENTENCE_END.search(line)


def _breaks(text: str) -> list[int]:
    places: list[int] = []
    last = 0
    while len(text) - last > _LONGEST:
        window = text[last : last + _LONGEST]
        cut = max(window.rfind(". ") + 2, window.rfind("\n") + 1)
        cut = cut if cut > 1 else window.rfind(" ") + 1  # else between words, if there are any
        last += cut if cut > 1 else _LONGEST
        places.append(last)
    return places


def _shape(piece: Shaped, *, apposed: bool) -> Block | None:
    marker = _LIST_ITEM.match(piece.text)
    body = piece.part(marker.end(), len(piece.text)) if marker else piece
    text = body.text.translate(_STRAIGHT)
    pairs, dropped = _press_pairs(body, text) if apposed else ((), ())
    shaped = None if dropped else _as_it_is(body, text)
    if shaped is None:
        kept = [i for i in _without_runs(text) if not any(a <= i < b for a, b in dropped)]
        shaped = body.only(kept, "".join(text[i] for i in kept))
    if not shaped.text:
        return None
    heading = len(shaped.text) <= _HEADING_LENGTH and shaped.text.rstrip()[-1] not in ".!?\"'"
    return Block(shaped, pairs, heading and marker is None, marker is not None)


def _as_it_is(body: Shaped, text: str) -> Shaped | None:
    """Cut the edges off a piece of plain print; ``None`` where characters must be looked at."""
    if "  " in text or not text.isprintable() or _FILLER.search(text):
        return None
    first, last = len(text) - len(text.lstrip(" ")), len(text.rstrip())
    return Shaped(text[first:last], body.starts[first:last], body.ends[first:last])


def _without_runs(text: str) -> list[int]:
    """Keep one of each run of spaces and none at the edges; the parser trips over runs.

    What nobody sees is not there for it: a name with a zero-width space in it is the name.
    """
    unseen = {i for found in INVISIBLE.finditer(text) for i in range(*found.span())}
    kept: list[int] = []
    for i, char in enumerate(text):
        if i not in unseen and (char != " " or (kept and text[kept[-1]] != " ")):
            kept.append(i)
    while kept and text[kept[-1]].isspace():
        kept.pop()
    return kept


def _press_pairs(
    body: Shaped, text: str
) -> tuple[tuple[NamePair, ...], tuple[tuple[int, int], ...]]:
    found = list(_PRESS_PAIR.finditer(text))
    pairs = tuple(
        NamePair(f["short"], f["full"], *body.span(f.start(), f.end("full")))
        for f in found
        if f["full"]
    )
    return pairs, tuple((f.start(), f.end()) for f in found)
