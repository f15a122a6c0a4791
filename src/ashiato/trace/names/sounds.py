"""One rough fold of sound, for names that one script heard from another: only ever possible."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import permutations

from ashiato.trace.names.tables import Rules, compiled, table

_PARTS_AT_MOST = 4


@cache
def _rules() -> Rules:
    return compiled(table()["sounds"]["fold"])


@lru_cache(4096)
def fold(word: str) -> str:
    """Fold Latin letters to rough sounds."""
    return _rules().settle(word)


@cache
def _heard() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), by) for pattern, by in table()["sounds"]["heard"])


@lru_cache(4096)
def forms(word: str) -> frozenset[str]:
    """Give the folds of all that Latin letters may sound like."""
    found = {word}
    for pattern, by in _heard():
        if len(found) < table()["sounds"]["forms"]:
            found |= {pattern.sub(by, form) for form in found}
    return frozenset(map(fold, found))


@lru_cache(4096)
def skeleton(folded: str) -> str:
    """Give the consonants of a fold, and its first letter."""
    pattern, by = table()["sounds"]["skeleton"]
    return re.sub(pattern, by, folded)


@lru_cache(8192)
def distance(first: str, second: str) -> int:
    """Count the letters to add, drop, change or swap with their neighbour (Damerau, restricted)."""
    before: list[int] = []
    last = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        now = [i]
        for j, b in enumerate(second, 1):
            best = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            now.append(best)
        before, last = last, now
    return last[-1]


def _similarity(first: str, second: str) -> float:
    longest = max(len(first), len(second))
    return 1 - distance(first, second) / longest if longest else 0.0


@lru_cache(8192)
def similarity(first: str, second: str) -> float:
    """Give 1 for words that may sound the same, 0 for nothing in common."""
    return max(
        (_similarity(a, b) + max(_similarity(a, b), _similarity(skeleton(a), skeleton(b)))) / 2
        for a in forms(first)
        for b in forms(second)
    )


def alike(first: Sequence[str], second: Sequence[str], *, level: str) -> float | None:
    """Tell how alike the sounds of two names are at best, whatever the order of their words.

    ``level`` names the thresholds: two alphabets keep more of a sound than syllables do. ``None``
    where they are not alike enough, or too short to say.
    """
    levels = table()["levels"]
    if len(first) != len(second) or len(first) > _PARTS_AT_MOST:
        return None
    if min(len(fold("".join(words))) for words in (first, second)) < levels["sound_length"]:
        return None
    least = levels["sound"][level]
    best = max(_together(first, order, least["part"]) for order in permutations(second))
    return best if best >= least["name"] else None


def _together(first: Sequence[str], second: Sequence[str], part: float) -> float:
    scores = [similarity(a, b) for a, b in zip(first, second, strict=True)]
    if min(scores) < part:
        return 0.0
    letters = [max(len(a), len(b)) for a, b in zip(first, second, strict=True)]
    return sum(s * n for s, n in zip(scores, letters, strict=True)) / sum(letters)
