"""Two names in one alphabet: same words, one romaji, initials, a further name, a slip."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import combinations, product

from ashiato.trace.names import korean, romaji
from ashiato.trace.names.answer import Reading, Value
from ashiato.trace.names.chinese import from_pinyin, wade
from ashiato.trace.names.sounds import distance
from ashiato.trace.names.spelling import halves, is_turned, meet
from ashiato.trace.names.tables import Rules, compiled, table

_WORDS_AT_LEAST = 2
Words = Sequence[str]


@lru_cache(4096)
def plain(word: str) -> str:
    """Give a word without marks; letters that only some languages have in their usual spelling."""
    letters = table()["latin"]["letters"]
    spelled = "".join(letters.get(c, c) for c in unicodedata.normalize("NFC", word))
    bare = unicodedata.normalize("NFKD", spelled)
    return "".join(c for c in bare if not unicodedata.combining(c))


def meetings(first: Words, second: Words) -> Iterator[Reading]:
    """Give each way in which two Latin names meet, the strongest first."""
    a, b = tuple(map(plain, first)), tuple(map(plain, second))
    if Counter(a) == Counter(b):
        value = Value.EQUAL if is_turned(a, b) else Value.POSSIBLE
        yield Reading("same words", " ".join(a), value)
        return
    if _joined(a) & _joined(b):
        yield Reading("same letters", "".join(a), Value.EQUAL)
    yield from _romaji(first, second)
    yield from _other_spellings(a, b)
    yield from alike(a, b)


def _joined(words: Words) -> set[frozenset[str]]:
    return {frozenset(half) for half in halves(words)}


def _romaji(first: Words, second: Words) -> Iterator[Reading]:
    if not all(map(romaji.is_romaji, (*first, *second))):
        return
    a, b = sorted(map(romaji.loose, first)), sorted(map(romaji.loose, second))
    if a != b and "".join(a) != "".join(b) and not _loose_halves(first) & _loose_halves(second):
        return
    silent = not any(map(romaji.shows_length, first)) or not any(map(romaji.shows_length, second))
    longs = sorted(map(romaji.exact, first)) == sorted(map(romaji.exact, second))
    yield Reading("romaji", " ".join(a), Value.EQUAL if silent or longs else Value.POSSIBLE)


def _loose_halves(words: Words) -> set[frozenset[str]]:
    sets = [sorted(romaji.spellings(w)) for w in words]
    return {frozenset(half) for chosen in product(*sets) for half in halves(chosen)}


def _other_spellings(first: Words, second: Words) -> Iterator[Reading]:
    for a, b in ((first, second), (second, first)):
        for spelled in from_pinyin(a, wade, "wg"):
            if found := meet(spelled, b):
                yield Reading("pinyin and Wade-Giles", found, Value.POSSIBLE)
                return
    if _korean_forms(first) & _korean_forms(second):
        yield Reading("ko, as people write it", " ".join(first), Value.POSSIBLE)


@cache
def _korean_rules() -> Rules:
    return compiled(table()["korean"]["fold"]["rules"])


def _korean_forms(words: Words) -> set[tuple[str, str]]:
    """Give the family names in hangul that a Latin name can have, with the fold of the rest."""
    return {
        (hangul, _korean_rules().apply(given))
        for first, second in halves(words)
        for family, given in ((first, second), (second, first))
        for hangul in korean.families_of(family)
    }


def alike(first: Words, second: Words) -> Iterator[Reading]:
    """Give the looser ways in which names in one alphabet meet; each is only possible."""
    text = " ".join(first)
    for told, agree in _AGREEMENTS:
        if _pair_off(first, second, agree) and _shares_a_word(first, second, agree):
            yield Reading(told, text, Value.POSSIBLE)
            return
    if _has_all_of(first, second):
        yield Reading("one has a further name", text, Value.POSSIBLE)
    elif _one_slip(first, second):
        yield Reading("one word differs by a letter", text, Value.POSSIBLE)


def _pair_off(first: Words, second: Words, agree: Callable[[str, str], bool]) -> bool:
    """Whether each word of one pairs off with a word of the other."""
    if len(first) != len(second):
        return False
    rest = list(second)
    for word in sorted(first, key=len, reverse=True):
        found = next((w for w in sorted(rest, key=lambda w: w != word) if agree(word, w)), None)
        if found is None:
            return False
        rest.remove(found)
    return True


@cache
def _rules(name: str) -> Rules:
    return compiled(table()["latin"][name])


def _umlauts_equal(a: str, b: str) -> bool:
    return a == b or _rules("umlauts").apply(a) == _rules("umlauts").apply(b)


def _transcribed_equal(a: str, b: str) -> bool:
    return _umlauts_equal(a, b) or _rules("transcription").apply(a) == _rules(
        "transcription"
    ).apply(b)


def _initial_or_equal(a: str, b: str) -> bool:
    return _transcribed_equal(a, b) or (min(len(a), len(b)) == 1 and a[0] == b[0])


_AGREEMENTS = (
    ("spelling without umlauts", _umlauts_equal),
    ("another transcription", _transcribed_equal),
    ("initials", _initial_or_equal),
)


def _shares_a_word(first: Words, second: Words, agree: Callable[[str, str], bool]) -> bool:
    """Whether they share more than initials."""
    return any(len(a) > 1 and len(b) > 1 and agree(a, b) for a in first for b in second)


def _has_all_of(first: Words, second: Words) -> bool:
    """Whether the longer name has, in this order or turned, every word of the shorter one."""
    particles = set(table()["latin"]["particles"])
    both = ([w for w in words if w not in particles] for words in (first, second))
    fewer, more = sorted(both, key=len)
    return len(fewer) >= _WORDS_AT_LEAST and any(
        _pair_off(fewer, some, _initial_or_equal) and _shares_a_word(fewer, some, _umlauts_equal)
        for some in combinations(more, len(fewer))
    )


def _one_slip(first: Words, second: Words) -> bool:
    """Whether all words but one are the same, and that one nearly so."""
    mine, theirs = Counter(first) - Counter(second), Counter(second) - Counter(first)
    if sum(mine.values()) != 1 or sum(theirs.values()) != 1 or len(first) < _WORDS_AT_LEAST:
        return False
    a, b = next(iter(mine)), next(iter(theirs))
    levels, shortest = table()["levels"], min(len(a), len(b))
    allowed = (shortest >= levels["typo_length"]) + (shortest >= levels["typo_long"])
    return a[0] == b[0] and distance(a, b) <= allowed
