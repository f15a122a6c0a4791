"""Names that published lists know, found in a document's sentences and given to the parser.

A listed name outranks the parser's guess of what a name is; a cue in the text outranks the list.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from spacy.tokens import Doc, Span

from ashiato.knowledge import load
from ashiato.knowledge.gazetteer import Listed, designation, installed

_WORD = re.compile(r"\w+|[^\w\s]")
_QUOTES = frozenset("\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb")
LABEL = "LISTED_"
"""What the parser's labels of listed names begin with; the pack `reading` gives their kinds."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed name at the characters ``[start, end)``; several candidates name several actors."""

    start: int
    end: int
    name: str
    kind: str
    candidates: tuple[Listed, ...] = field(repr=False)

    @property
    def actors(self) -> tuple[str, ...]:
        """Give the entries that the name may stand for; none of them is chosen."""
        return tuple(dict.fromkeys(one.actor for one in self.candidates))


@dataclass(frozen=True, slots=True)
class Names:
    """Listed names by their first word in small letters, the longest first; ``rules`` of the pack.

    ``common`` are the words of English, in small letters.
    """

    by_first: Mapping[str, tuple[tuple[tuple[str, ...], tuple[Listed, ...]], ...]]
    common: frozenset[str]

    def is_doubtful(self, words: Sequence[str], lower: frozenset[str]) -> bool:
        """Whether a name means something only beside a cue: short, a number, an English word."""
        name = "".join(words)
        if sum(map(str.isalnum, name)) <= _rules()["short"] or name.isdigit():
            return True
        small = name.casefold()
        seen = small in lower or small in _rules()["beside_a_cue"]
        return len(words) == 1 and (seen or small in self.common or name == small)


@cache
def _rules() -> dict[str, Any]:
    return {
        k: v if k == "short" else frozenset(v) for k, v in load("gazetteer")["matching"].items()
    }


def names_of(listed: Iterable[Listed], common: frozenset[str] = frozenset()) -> Names:
    """Order listed names for one pass over a text; designations of units are left out."""
    found: dict[tuple[str, ...], list[Listed]] = {}
    for one in listed:
        if designation(one.name) is None:
            found.setdefault(tuple(_WORD.findall(one.name)), []).append(one)
    by_first: dict[str, list[tuple[tuple[str, ...], tuple[Listed, ...]]]] = {}
    for words, ones in found.items():
        if words:
            by_first.setdefault(words[0].casefold(), []).append((words, tuple(ones)))
    return Names({k: tuple(sorted(v, key=_longest)) for k, v in by_first.items()}, common)


def _longest(named: tuple[tuple[str, ...], tuple[Listed, ...]]) -> tuple[int, tuple[str, ...]]:
    return -len(named[0]), named[0]


@cache
def known(common: frozenset[str]) -> Names:
    """Give the names of the installed lists.

    Raises:
        BadInput: the lists are not installed.

    """
    return names_of(installed(), common)


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "_Text":
        found = [*_WORD.finditer(text)]
        return cls(text, tuple(m.group() for m in found), tuple(m.start() for m in found))


def hits(texts: Sequence[str], names: Names) -> tuple[tuple[Hit, ...], ...]:
    """Find the listed names in each of a document's texts.

    A doubtful name (`Names.is_doubtful`) counts where one of the texts has it beside a cue.
    """
    split = [_Text.of(text) for text in texts]
    lower = frozenset(w for t in split for w in t.words if w.islower())
    found = [[*_found(t, names)] for t in split]
    cued = {
        h.name for t, some in zip(split, found, strict=True) for i, n, h in some if _cued(t, i, n)
    }

    def counts(hit: Hit) -> bool:
        return hit.name in cued or not names.is_doubtful(_WORD.findall(hit.name), lower)

    return tuple(tuple(hit for _, _, hit in some if counts(hit)) for some in found)


def _found(text: _Text, names: Names) -> Iterator[tuple[int, int, Hit]]:
    at = 0
    while at < len(text.words):
        named = names.by_first.get(text.words[at].casefold(), ())
        words, ones = next((n for n in named if _fits(n[0], text, at)), ((), ()))
        if words:
            end = text.starts[at + len(words) - 1] + len(words[-1])
            start = text.starts[at]
            yield at, len(words), Hit(start, end, " ".join(words), ones[0].kind, ones)
        at += len(words) or 1


def _fits(words: Sequence[str], text: _Text, at: int) -> bool:
    """Compare one word exactly, more words without regard to capitals inside them."""
    here = text.words[at : at + len(words)]
    if len(words) == 1:
        same = here[0] == words[0]
    else:
        same = len(here) == len(words) and all(map(_same_word, words, here))
    return same and _stands_alone(text, at, at + len(words))


def _same_word(listed: str, here: str) -> bool:
    capital = listed[0].islower() or not here[0].islower()
    return capital and listed.casefold() == here.casefold()


def _stands_alone(text: _Text, first: int, end: int) -> bool:
    """Whether what was found is no part of a host name, a path or an address of mail."""
    start, stop = text.starts[first], text.starts[end - 1] + len(text.words[end - 1])
    before, after = text.text[max(start - 1, 0) : start], text.text[stop : stop + 2]
    joined = after[:1] in {".", "@", "\\"} and after[1:].isalnum()
    return before not in {".", "@", "\\", "_"} and not joined


def _cued(text: _Text, first: int, length: int) -> bool:
    words, rules, end = text.words, _rules(), first + length
    if first and end < len(words) and words[first - 1] in _QUOTES and words[end] in _QUOTES:
        return True
    before = [w.casefold() for w in words[max(first - 4, 0) : first] if w not in _QUOTES]
    after = [w.casefold() for w in words[end : end + 4] if w not in _QUOTES]
    while len(after) > 1 and after[0] in rules["between"] and after[0] not in rules["after"]:
        after.pop(0)
    told = any(" ".join(before[-n:]) in rules["before"] for n in (1, 2, 3))
    return told or (bool(after) and after[0] in rules["after"])


def mark(docs: Sequence[Doc], names: Names) -> None:
    """Put the listed names of a document among what the parser recognised in it."""
    for doc, found in zip(docs, hits([doc.text for doc in docs], names), strict=True):
        spans = [doc.char_span(h.start, h.end, label=LABEL + h.kind.upper()) for h in found]
        for span in filter(None, spans):
            _put(doc, span)


def _put(doc: Doc, span: Span) -> None:
    """Replace what was recognised of the name; a longer name that only ends elsewhere stays."""
    across = [e for e in doc.ents if e.start < span.end and span.start < e.end]
    if all(span.start <= entity.root.i < span.end for entity in across):
        others = [e for e in doc.ents if e not in across]
        doc.ents = (*others, span)
