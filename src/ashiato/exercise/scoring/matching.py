"""When a name in an answer counts as a name in the truth: one rule, applied everywhere.

An answer's name counts when it contains every word of the true name, whatever the order, case,
punctuation and width ("the group Tin Ladle (TL)" counts as "Tin Ladle"; "Tin" does not). A name in
han or kana counts with or without the space between its parts.
Phrases of claims are matched more leniently: by one content word.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ashiato.exercise.scoring.lexicon import empty_words

_WORD = re.compile(r"[\w.-]*\w")
_UNSPACED = re.compile(r"[\u3005\u3040-\u30ff\u3400-\u9fff]+")
"""Runs of han and kana, which put no spaces between words."""
_PAIR = 2


@lru_cache(maxsize=65_536)
def words(name: str) -> frozenset[str]:
    """Give the words of a name, folded: NFKC, no case, no punctuation around them."""
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", name).casefold()))


@lru_cache(maxsize=65_536)
def _closed(name: str) -> str:
    """Give a name without its spaces, folded."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


@lru_cache(maxsize=65_536)
def _is_unspaced(name: str) -> bool:
    return _UNSPACED.search(name) is not None


def _names(answer: str, name: str) -> bool:
    wanted = words(name)
    if wanted and wanted <= words(answer):
        return True
    return _is_unspaced(name) and _closed(name) in _closed(answer)


def is_named(answer: str, names: Iterable[str]) -> bool:
    """Whether ``answer`` names one of ``names``."""
    return any(_names(answer, name) for name in names)


def _pieces(word: str) -> Iterator[str]:
    """Cut a run of han and kana into pairs of characters; other words stay whole."""
    run = _UNSPACED.search(word)
    if run is None or len(word) <= _PAIR:
        yield word
    else:
        yield from (word[i : i + _PAIR] for i in range(len(word) - 1))


@lru_cache(maxsize=65_536)
def content_words(phrase: str) -> frozenset[str]:
    """Give the words of a phrase that say who or what is meant.

    A phrase of nothing else ("they") keeps its words. Where a script puts no spaces, pairs of
    characters stand for words.
    """
    every = words(phrase)
    telling = every - empty_words()
    return frozenset(piece for word in telling or every for piece in _pieces(word))
