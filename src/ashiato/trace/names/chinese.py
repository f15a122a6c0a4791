"""How a Chinese name is spelled: pinyin, Wade-Giles, Cantonese, dialects, and as Japan hears it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache

from ashiato.trace.names import han
from ashiato.trace.names.answer import Value
from ashiato.trace.names.romaji import loose
from ashiato.trace.names.spelling import Columns, Spelled
from ashiato.trace.names.tables import Rules, character, compiled, table

_UMLAUT = ("u", "v", "yu", "ue")
_SIBILANTS = frozenset({"zh", "ch", "sh", "r", "z", "c", "s"})
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_LETTERS_AT_MOST = 40
_CHARACTERS_AT_MOST = 6
_Spell = Callable[[str], frozenset[str]]


@cache
def _compound() -> frozenset[str]:
    return frozenset(han.fold(name) for name in table()["chinese"]["compound"].split())


@cache
def _dialects() -> dict[str, frozenset[str]]:
    names = table()["chinese"]["dialect"]
    return {han.fold(name): frozenset(said.split()) for name, said in names.items()}


def splits(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give family and given name: one character, or two where they are a known compound."""
    name = "".join(words)
    if len(words) == 2 and len(words[0]) > len(words[1]):  # noqa: PLR2004 - given name first
        yield words[1], words[0]
    if han.fold(name[:2]) in _compound() and len(name) > 2:  # noqa: PLR2004 - two for the family
        yield name[:2], name[2:]
    yield name[:1], name[1:]


def mandarin(letter: str, *, family: bool = False) -> tuple[str, ...]:
    """Give the pinyin of a character, without tones; of a family name its own reading first."""
    readings = character(letter).mandarin
    own = table()["chinese"]["surnames"].get(letter) if family else None
    return (own, *readings) if own else readings


def spelled(words: Sequence[str]) -> Iterator[Spelled]:
    """Give how a name is spelled in Latin letters, by system; then across systems."""
    if len("".join(words)) > _CHARACTERS_AT_MOST:
        return
    systems = {"zh": pinyin, "wg": wade_giles, "yue": cantonese}
    for family, given in splits(words):
        for name, spell in systems.items():
            yield Spelled(name, Value.EQUAL, *_columns(family, given, spell))
        first = [_any_of(systems.values(), c, family=True) for c in family]
        first[0] |= _dialects().get(han.fold(family), frozenset())
        rest = [_any_of(systems.values(), c) for c in given]
        yield Spelled("several Chinese spellings", Value.POSSIBLE, first, rest)


def _any_of(
    systems: Iterable[Callable[..., frozenset[str]]], letter: str, *, family: bool = False
) -> frozenset[str]:
    return _all(spell(letter, family=family) for spell in systems)


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)


def _columns(
    family: str, given: str, spell: Callable[..., frozenset[str]]
) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
    return [spell(c, family=True) for c in family], [spell(c) for c in given]


@lru_cache(8192)
def pinyin(letter: str, *, family: bool = False) -> frozenset[str]:
    """Give the spellings of a character in pinyin without marks."""
    return frozenset(
        said.replace("ü", u) for said in mandarin(letter, family=family) for u in _UMLAUT
    )


@lru_cache(8192)
def wade_giles(letter: str, *, family: bool = False) -> frozenset[str]:
    """Give the spellings of a character in Wade-Giles without marks and apostrophes."""
    return _all([wade(said) for said in mandarin(letter, family=family)])


@lru_cache(2048)
def wade(syllable: str) -> frozenset[str]:
    """Turn a syllable of pinyin into Wade-Giles."""
    whole = table()["chinese"]["wade"]["whole"]
    if syllable in whole:
        return frozenset(whole[syllable].split())
    first, rest = _parted(syllable)
    initials = dict(table()["chinese"]["wade"]["initials"])
    return frozenset({(initials.get(first, first) + _finals().apply(rest)).replace("ü", "u")})


@cache
def _finals() -> Rules:
    return compiled(table()["chinese"]["wade"]["finals"])


def _parted(syllable: str) -> tuple[str, str]:
    first = next((i for i in _INITIALS if syllable.startswith(i)), "")
    return first, syllable.removeprefix(first)


@lru_cache(8192)
def cantonese(letter: str, *, family: bool = False) -> frozenset[str]:  # noqa: ARG001 - as the others
    """Give the spellings of a character that Hong Kong uses."""
    said = table()["chinese"]["cantonese"]
    found: set[str] = set()
    for form in (letter, *sorted(han.roots(letter))):
        for jyutping in character(form).cantonese:
            initial = next(
                (i for i in ("gw", "kw", "ng", *"bpmfdtnlgkhwzcsj") if jyutping.startswith(i)), ""
            )
            final = jyutping.removeprefix(initial)
            if not final:
                initial, final = "", jyutping
            starts = said["initials"][initial].split() or [""]
            ends = said["finals"].get(final, final).split()
            found |= {
                (s + e).replace("yy", "y").replace("yue", "yue") for s in starts for e in ends
            }
    return frozenset(found)


@cache
def _sound_rules() -> Rules:
    return compiled(table()["chinese"]["sounds"]["fold"])


@lru_cache(4096)
def fold(romaji: str) -> str:
    """Fold kana (as romaji) or pinyin to the sounds in which Japan writes Mandarin."""
    return _sound_rules().settle(romaji)


@lru_cache(2048)
def heard(syllable: str) -> frozenset[str]:
    """Give the folds of the kana in which a syllable of pinyin may be written."""
    plain = {"yi": "i", "wu": "u", "yu": "ü", "yue": "üe", "yuan": "üan", "yun": "ün", "you": "iu",
             "wen": "un", "wei": "ui"}.get(syllable, syllable)  # fmt: skip
    first, rest = _parted(plain)
    rest = {"y": "i", "w": "u"}.get(first, "") + rest.replace("ü", "u")
    sounds = table()["chinese"]["sounds"]
    ends = sounds["finals"].get(rest, rest).split()
    if first in _SIBILANTS and rest == "i":
        ends = sounds["sibilant_i"].split()
    start = "" if first in {"y", "w"} else first
    return frozenset(fold(start + end) for end in ends) | {fold(syllable)}


def heard_spelled(words: Sequence[str]) -> Iterator[Spelled]:
    """Give how Japan writes the Mandarin sound of a name in Chinese characters."""
    if len("".join(words)) > _CHARACTERS_AT_MOST:
        return
    for family, given in splits(words):
        yield Spelled(
            "zh in kana",
            Value.POSSIBLE,
            [_all([heard(p) for p in mandarin(c, family=True)]) for c in family],
            [_all([heard(p) for p in mandarin(c)]) for c in given],
            flows=True,
        )


@lru_cache(8192)
def on_sounds(letter: str) -> frozenset[str]:
    """Give the Sino-Japanese sounds of a character."""
    for form in (letter, *sorted(han.roots(letter))):
        if character(form).on:
            return frozenset(map(loose, character(form).on))
    return frozenset()


def on_spelled(words: Sequence[str]) -> Iterator[Spelled]:
    """Give how Japan reads the characters of a Chinese name."""
    if len("".join(words)) <= _CHARACTERS_AT_MOST:
        for family, given in splits(words):
            columns = [on_sounds(c) for c in family], [on_sounds(c) for c in given]
            yield Spelled("on", Value.EQUAL, *columns, flows=True)


@cache
def _syllables() -> frozenset[str]:
    han_range = range(0x4E00, 0x9FA6)
    return frozenset(s for code in han_range for s in character(chr(code)).mandarin)


@lru_cache(2048)
def syllables(word: str) -> tuple[tuple[str, ...], ...]:
    """Give the ways to take a Latin word apart into syllables of pinyin (at most three)."""
    if len(word) > _LETTERS_AT_MOST or not word:
        return () if word else ((),)
    found: list[tuple[str, ...]] = []
    for size in range(min(6, len(word)), 0, -1):
        head = word[:size].replace("v", "ü")
        for said in {head, head.replace("lu", "lü").replace("nu", "nü")} & _syllables():
            found += [(said, *rest) for rest in syllables(word[size:])]
    return tuple(f for f in sorted(found, key=len) if len(f) <= 3)  # noqa: PLR2004 - in a name's part


def from_pinyin(words: Sequence[str], spell: _Spell, system: str) -> Iterator[Spelled]:
    """Give how a name written in pinyin is spelled in another system."""
    parts = [syllables(word) for word in words]
    if not 2 <= len(words) <= 3 or not all(parts):  # noqa: PLR2004 - family and given name
        return
    for first in parts[0][:2]:
        for rest in _sequences(parts[1:]):
            family: Columns = [spell(s) for s in first]
            given: Columns = [spell(s) for s in rest]
            yield Spelled(system, Value.POSSIBLE, family, given, flows=True)


def _sequences(parts: Sequence[tuple[tuple[str, ...], ...]]) -> Iterator[tuple[str, ...]]:
    if not parts:
        yield ()
        return
    for head in parts[0][:2]:
        for rest in _sequences(parts[1:]):
            yield head + rest
