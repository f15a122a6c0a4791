"""Whether words can spell a name of which each character has several spellings."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ashiato.trace.names.answer import Value

Columns = Sequence[Collection[str]]
"""For each character in turn, every way to spell it."""
_VOWELS = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class Spelled:
    """How a name is spelled in one system: family name and given name, character by character.

    ``value`` is what it means that words spell it. ``flows``: between two characters equal vowels,
    or n and n, may have become one (romaji without long vowels).
    """

    system: str
    value: Value
    family: Columns
    given: Columns
    flows: bool = False


@lru_cache(8192)
def _in_order(column: frozenset[str]) -> tuple[str, ...]:
    """Give the spellings in one order, so that the same one is shown whoever runs the program."""
    return tuple(sorted(column))


def path(text: str, columns: Columns, *, flows: bool = False) -> tuple[str, ...] | None:
    """Give one way to spell the text, a spelling from each column; ``None`` if there is none."""
    places: dict[int, tuple[str, ...]] = {0: ()}
    for column in columns:
        after: dict[int, tuple[str, ...]] = {}
        for at, so_far in places.items():
            for spelling in _in_order(frozenset(column)):
                for end in _ends(text, at, spelling, flows=flows):
                    after.setdefault(end, (*so_far, spelling))
        if not after:
            return None
        places = after
    return places.get(len(text))


def _ends(text: str, at: int, spelling: str, *, flows: bool) -> Iterator[int]:
    if text.startswith(spelling, at):
        yield at + len(spelling)
    merges = flows and at and spelling and _runs_together(text[at - 1], spelling[0])
    if merges and text.startswith(spelling[1:], at):
        yield at + len(spelling) - 1


def _runs_together(before: str, first: str) -> bool:
    return (before == first and first in _VOWELS | {"n"}) or (before == "o" and first == "u")


def halves(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give each way to take the words as two parts, without saying which is the family name."""
    for cut in range(1, len(words)):
        yield "".join(words[:cut]), "".join(words[cut:])


def is_turned(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether one name is the other with its family name at the other end.

    Of three words and more any other order may be another person: son of, and father of.
    """
    turns = [tuple(first[n:]) + tuple(first[:n]) for n in range(len(first))]
    return tuple(second) in turns


def meet(spelled: Spelled, words: Sequence[str]) -> str | None:
    """Give the spelling in which words are this name, in either order; ``None`` if they are not."""
    if len(words) == 1:
        return _as_one(spelled, words[0])
    if not spelled.given:
        return None
    for first, second in halves(words):
        for family, given in ((first, second), (second, first)):
            found = path(family, spelled.family, flows=spelled.flows)
            if found is not None and (rest := path(given, spelled.given, flows=spelled.flows)):
                return f"{''.join(found)} {''.join(rest)}".replace("~", "")
    return None


def _as_one(spelled: Spelled, word: str) -> str | None:
    orders = ((spelled.family, spelled.given), (spelled.given, spelled.family))
    for first, second in orders:
        found = path(word, [*first, *second], flows=spelled.flows)
        if found is not None:
            return "".join(found).replace("~", "")
    return None
