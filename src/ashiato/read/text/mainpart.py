"""Which parts of a page are its own words: those that a second reader of pages gives too.

Menus and teasers around an article make no claims. Where the two readers do not agree on half of
the page, nothing is set aside.
"""

import re
from collections.abc import Iterator

from ashiato.read.text.shaped import Shaped

_WORD = re.compile(r"\w+")
_PART = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_AGREED = 0.5
_SENTENCE_WORDS = 12
_AHEAD = 20_000
"""How far on in the main text a part is looked for: both readers go through the page in order."""


def set_aside(visible: Shaped, main: str) -> tuple[tuple[int, int], ...]:
    """Give the spans of ``visible`` that the main text does not hold; none where they disagree."""
    parts = [(m.start(), m.end(), _words(m.group())) for m in _PART.finditer(visible.text)]
    parts = [part for part in parts if part[2]]
    kept = list(_held([words for _, _, words in parts], main))
    total = sum(len(words) for _, _, words in parts)
    if (
        not (main and any(kept))
        or sum(len(p[2]) for p, held in zip(parts, kept, strict=True) if held) < _AGREED * total
    ):
        return ()
    first, last = kept.index(True), len(kept) - 1 - kept[::-1].index(True)
    return tuple(
        (start, end)
        for number, (start, end, words) in enumerate(parts)
        if not kept[number]
        and not (first < number < last and _is_sentence(visible.text[start:end], words))
    )


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _held(parts: list[str], main: str) -> Iterator[bool]:
    lines = {_words(line) for line in main.splitlines()}
    cells = {_words(cell) for line in main.splitlines() if "|" in line for cell in line.split("|")}
    whole, at = f" {_words(main)} ", 0
    for part in parts:
        found = whole.find(f" {part} ", at, at + _AHEAD + len(part))
        at = found + len(part) if found >= 0 else at
        yield found >= 0 or part in lines or part in cells


def _is_sentence(text: str, words: str) -> bool:
    """Whether it is prose, which the second reader may have lost between two parts it kept."""
    return words.count(" ") >= _SENTENCE_WORDS and text.rstrip().endswith(
        (".", "!", "?", '"', "\u201d")
    )
