"""The lines of paper to the sentences they hold: words cut at a line's end are joined again."""

import re
from collections import Counter
from collections.abc import Iterator

from ashiato.read.text.shaped import Shaped

_CUT_WORD = re.compile(r"(?<=[^\W\d_])-(?:\n|\n*\f\n*)(?=[a-z])")
_PAGE_END = re.compile(r"\n*\f\n*")
_FIGURES = re.compile(r"\d+")
_REPEATS = 3
"""On so many pages the same first or last line is the page's head or foot, not its text."""


def flowed(text: str) -> Shaped:
    """Join cut words and sentences that run over a page, and leave out heads and feet of pages."""
    shaped = Shaped.as_received(text).without(running_lines(text))
    shaped = shaped.without([match.span() for match in _CUT_WORD.finditer(shaped.text)])
    chars = list(shaped.text)
    for found in _PAGE_END.finditer(shaped.text):
        runs_on = _runs_on(shaped.text, found.start(), found.end())
        chars[found.start() : found.end()] = (" " if runs_on else "\f") * len(found.group())
    return Shaped("".join(chars), shaped.starts, shaped.ends)


def _runs_on(text: str, end: int, start: int) -> bool:
    """Whether a sentence goes on over the end of a page."""
    before = text[max(0, end - 20) : end].rstrip()[-1:]
    return text[start : start + 1].islower() and before not in ".!?:"


def running_lines(text: str) -> list[tuple[int, int]]:
    """Find the first and last lines of pages that say the same on several, figures aside."""
    found = [edge for page in _pages(text) for edge in page]
    counts = Counter(_FIGURES.sub("0", line) for line, _, _ in found)
    return [(a, b) for line, a, b in found if counts[_FIGURES.sub("0", line)] >= _REPEATS]


def _pages(text: str) -> Iterator[list[tuple[str, int, int]]]:
    at = 0
    for page in text.split("\f"):
        lines = [m for m in re.finditer(r"[^\n]+\n*", page) if m.group().strip()]
        edges = lines[:1] + lines[-1:] if len(lines) > 1 else []
        yield [(m.group().strip(), at + m.start(), at + m.end()) for m in edges]
        at += len(page) + 1
