"""How a Cyrillic name is written in Latin letters, by whichever table its passport office used."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from ashiato.trace.names.answer import Reading, Value
from ashiato.trace.names.spelling import Columns, path
from ashiato.trace.names.tables import table

_WORDS_AT_LEAST = 2


@lru_cache(4096)
def columns(word: str) -> Columns:
    """Give the spellings of each letter, or pair of letters that are written together."""
    said = table()["cyrillic"]["letters"]
    pairs = dict(table()["cyrillic"]["pairs"])
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(word):
        pair = word[at : at + 2]
        spellings = [s.replace("_", "") for s in said.get(word[at], word[at]).split()]
        if pair in pairs:
            whole = pairs[pair].split()
            second = [s.replace("_", "") for s in said[pair[1]].split()]
            found.append((*whole, *(a + b for a in spellings for b in second)))
            at += 2
            continue
        found.append(tuple(spellings))
        at += 1
    return found


def plain(word: str) -> str:
    """Spell a word in the plainest way."""
    said = table()["cyrillic"]["letters"]
    return "".join(said.get(c, c).split()[0].replace("_", "") for c in word)


def meetings(cyrillic: Sequence[str], latin: Sequence[str]) -> Iterator[Reading]:
    """Give how a Cyrillic and a Latin name meet: all words, or all of the one that has fewer."""
    rest, met = list(latin), []
    for word in cyrillic:
        found = next((w for w in rest if path(w, columns(word)) is not None), None)
        if found is not None:
            rest.remove(found)
            met.append(found)
    if len(met) == len(cyrillic) == len(latin):
        yield Reading("Cyrillic in Latin letters", " ".join(met), Value.EQUAL)
    elif len(met) == min(len(cyrillic), len(latin)) >= _WORDS_AT_LEAST:
        yield Reading("one has a further name", " ".join(met), Value.POSSIBLE)
