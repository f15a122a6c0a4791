"""One rough fold of sound, for names that one script heard from another; never more than possible."""

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
    return _rules().apply(word)


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


def similarity(first: str, second: str) -> float:
    """Give 1 for equal folds, 0 for nothing in common."""
    longest = max(len(first), len(second))
    return 1 - distance(first, second) / longest if longest else 0.0


def alike(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Tell how alike the sounds of two names are at best, whatever the order of their words.

    ``None`` where they are not alike enough, or too short to say.
    """
    levels = table()["levels"]
    a, b = ([fold(w) for w in words] for words in (first, second))
    if len(a) != len(b) or len(a) > _PARTS_AT_MOST:
        return None
    if min(len("".join(a)), len("".join(b))) < levels["phonetic_length"]:
        return None
    best = max(_together(a, order) for order in permutations(b))
    return best if best >= levels["phonetic"] else None


def _together(first: Sequence[str], second: Sequence[str]) -> float:
    scores = [similarity(a, b) for a, b in zip(first, second, strict=True)]
    if min(scores) < table()["levels"]["phonetic_part"]:
        return 0.0
    letters = [max(len(a), len(b)) for a, b in zip(first, second, strict=True)]
    return sum(s * n for s, n in zip(scores, letters, strict=True)) / sum(letters)
