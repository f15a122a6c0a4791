"""Chinese characters: their forms, and whether two names are written with the same ones."""

from functools import cache, lru_cache

from ashiato.trace.names.tables import character, table


@cache
def _group(kind: str) -> dict[str, str]:
    return {c: group[0] for group in table()["japanese"][kind] for c in group}


@lru_cache(8192)
def _older(han: str) -> frozenset[str]:
    one = _group("same").get(han, han)
    return frozenset(_group("same").get(old, old) for old in character(one).old or (one,))


@lru_cache(8192)
def roots(han: str) -> frozenset[str]:
    """Give the oldest forms that a character may stand for."""
    reached: set[str] = set()
    ahead = set(_older(han))
    while ahead:
        reached |= ahead
        ahead = {older for one in ahead for older in _older(one)} - reached
    oldest = {one for one in reached if _older(one) == {one}}
    return frozenset(oldest or {min(reached)})  # two forms that point at each other are one


def fold(text: str) -> str:
    """Write each character in its oldest form; a simplified one of several in the first of them."""
    return "".join(min(roots(c)) for c in text)


def are_same(first: str, second: str) -> bool:
    """Whether two texts are the same characters, whatever the form of each."""
    return len(first) == len(second) and all(
        a == b or roots(a) & roots(b) for a, b in zip(first, second, strict=True)
    )


def may_be_confused(first: str, second: str) -> bool:
    """Whether two texts differ only in characters that registers confuse."""
    groups = _group("confused")
    return len(first) == len(second) and all(
        a == b or roots(a) & roots(b) or (a in groups and groups[a] == groups.get(b))
        for a, b in zip(first, second, strict=True)
    )
