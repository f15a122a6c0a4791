"""How a Korean name is spelled: the official romanisation, and as people write it; in kana too."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache

from ashiato.trace.names import han
from ashiato.trace.names.answer import Value
from ashiato.trace.names.spelling import Columns, Spelled
from ashiato.trace.names.tables import character, table

_FIRST = 0xAC00
_FINALS = 28
_VOWELS = 21
REVISED, MCCUNE, USUAL = 0, 1, 2
_SILENT = "_"


@cache
def _letters(kind: str) -> list[str]:
    return list(table()["korean"][kind].split())


def parts(syllable: str) -> tuple[str, str, str]:
    """Take a syllable apart into initial, vowel and final, each by its name in the table."""
    code = ord(syllable) - _FIRST
    first, rest = divmod(code, _VOWELS * _FINALS)
    vowel, final = divmod(rest, _FINALS)
    return _letters("initials")[first], _letters("vowels")[vowel], _letters("finals")[final]


def is_syllable(letter: str) -> bool:
    """Whether a letter is one whole hangul syllable."""
    return _FIRST <= ord(letter) < _FIRST + 19 * _VOWELS * _FINALS


@lru_cache(8192)
def latin(syllable: str, *systems: int) -> frozenset[str]:
    """Give the spellings of a syllable in the systems named."""
    letters = table()["korean"]["letters"]
    found: set[str] = set()
    for system in systems:
        sets = [
            letters[kind][part].split(";")[system].split() or [""]
            for kind, part in zip(("initials", "vowels", "finals"), parts(syllable), strict=True)
        ]
        found |= {a + b + c for a in sets[0] for b in sets[1] for c in sets[2]}
    return frozenset(found)


@lru_cache(8192)
def kana(syllable: str) -> frozenset[str]:
    """Give the romaji of the kana in which Japan writes a syllable."""
    letters = table()["korean"]["kana"]
    sets = [
        letters[kind][part].split() or [""]
        for kind, part in zip(("initials", "vowels", "finals"), parts(syllable), strict=True)
    ]
    made = {a + b + c for a in sets[0] for b in sets[1] for c in sets[2]}
    return frozenset(_sounded(word) for word in made)


def _sounded(word: str) -> str:
    for written, said in (("chy", "ch"), ("shy", "sh"), ("jy", "j"), ("si", "shi"), ("ti", "chi"),
                          ("hu", "fu"), ("tu", "tsu")):  # fmt: skip
        if word.startswith(written):
            return said + word.removeprefix(written)
    return word


def splits(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give family and given name of a name in hangul."""
    name = "".join(words)
    if len(words) == 2:  # noqa: PLR2004 - as its writer parted it
        yield words[0], words[1]
        yield words[1], words[0]
        return
    if name[:2] in table()["korean"]["compound"].split() and len(name) > 2:  # noqa: PLR2004 - two for the family
        yield name[:2], name[2:]
    yield name[:1], name[1:]


def family_spellings(family: str) -> Columns:
    """Give how people write a family name."""
    usual = table()["korean"]["surnames"].get(family)
    letters = [latin(c, REVISED, MCCUNE, USUAL) for c in family]
    return [frozenset(usual.split()) | letters[0]] if usual else letters


def spelled(words: Sequence[str]) -> Iterator[Spelled]:
    """Give how a name in hangul is written in Latin letters."""
    if not all(map(is_syllable, "".join(words))):
        return
    for family, given in splits(words):
        said = family_spellings(family)
        official = [latin(c, REVISED) for c in given]
        yield Spelled("ko, Revised Romanisation", Value.EQUAL, said, official)
        usual = [latin(c, REVISED, MCCUNE, USUAL) for c in given]
        yield Spelled("ko, as people write it", Value.POSSIBLE, said, usual)


def kana_spelled(words: Sequence[str]) -> Iterator[Spelled]:
    """Give how a name in hangul is written in kana."""
    if all(map(is_syllable, "".join(words))):
        for family, given in splits(words):
            columns = [kana(c) for c in family], [kana(c) for c in given]
            yield Spelled("ko in kana", Value.POSSIBLE, *columns, flows=True)


@lru_cache(8192)
def readings(letter: str) -> tuple[str, ...]:
    """Give the hangul of a Chinese character."""
    for form in (letter, *sorted(han.roots(letter))):
        if character(form).hangul:
            return character(form).hangul
    return ()


def of_han(words: Sequence[str], *, system: str, spell: str) -> Iterator[Spelled]:
    """Give how the Korean reading of Chinese characters is written: in hangul, Latin or kana."""
    name = "".join(words)
    if not 2 <= len(name) <= 4 or not all(map(readings, name)):  # noqa: PLR2004 - a Korean name
        return
    value = Value.EQUAL if spell == "hangul" else Value.POSSIBLE
    columns = [_said(c, spell, family=at == 0) for at, c in enumerate(name)]
    yield Spelled(system, value, columns[:1], columns[1:], flows=spell == "kana")


def _said(letter: str, spell: str, *, family: bool) -> Collection[str]:
    said = readings(letter)
    if spell == "hangul":
        return said
    if spell == "kana":
        return frozenset().union(*map(kana, said))
    if family:
        return frozenset().union(*(family_spellings(c)[0] for c in said))
    return frozenset().union(*(latin(c, REVISED, MCCUNE, USUAL) for c in said))


@cache
def _families_by_spelling() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for family, usual in table()["korean"]["surnames"].items():
        for spelling in usual.split():
            found.setdefault(spelling, set()).add(family)
    return {spelling: frozenset(families) for spelling, families in found.items()}


def families_of(word: str) -> frozenset[str]:
    """Give the family names, in hangul, that a Latin word may write."""
    return _families_by_spelling().get(word, frozenset())
