"""Keys under which names that are equal stand together, so that only names of one key are compared.

A key keeps little of a sound (consonants, without voice), so that it holds in every script and most
pairs that are only possible share one, too. Sharing a key says nothing yet.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice, product

from ashiato.trace.names import chinese, cyrillic, han, japanese, korean, latin, romaji
from ashiato.trace.names.script import Name, Script, written
from ashiato.trace.names.sounds import fold, skeleton
from ashiato.trace.names.spelling import Spelled
from ashiato.trace.names.tables import table

_Make = Callable[[Name], Iterator[str]]
_Maker = Callable[[Sequence[str]], Iterator[Spelled]]


def keys(name: str) -> frozenset[str]:
    """Give the keys of a name; none where it is not compared at all."""
    return frozenset(key for way in written(name) for key in _keys_by(_MAKERS, _of_others, way))


def part_keys(name: str) -> frozenset[str]:
    """Give the keys of the single parts of a name: fewer pairs are missed, more are compared."""
    made = (key for way in written(name) for key in _keys_by(_PARTS, _no_parts, way))
    return frozenset(f"p{key[1:]}" for key in made)


def _keys_by(makers: Mapping[Script, _Make], other: _Make, name: Name) -> Iterator[str]:
    made = makers.get(name.script, other)(name) if not name.refused else iter(())
    return islice((key for key in made if key), _most())


def _no_parts(name: Name) -> Iterator[str]:
    return (f"w:{word}" for word in name.words)


def _parts_of_latin(name: Name) -> Iterator[str]:
    for word in name.words:
        yield from (_heard(form) for form in sorted({latin.plain(word), *romaji.spellings(word)}))


def _parts_of_kana(name: Name) -> Iterator[str]:
    return (_heard(romaji.loose(romaji.kana_spelling(word))) for word in name.words)


def _parts_of_cyrillic(name: Name) -> Iterator[str]:
    for word in name.words:
        yield from map(_heard, _folded(cyrillic.columns(word)))


def _parts_of_hangul(name: Name) -> Iterator[str]:
    return _families((korean.spelled, korean.kana_spelled), name)


def _parts_of_han(name: Name) -> Iterator[str]:
    yield f"c:{''.join(sorted(han.fold(name.joined)))}"
    made = (japanese.spelled, chinese.on_spelled, chinese.spelled, chinese.heard_spelled, _latin_ko)
    yield from _families(made, name)


def _latin_ko(words: Sequence[str]) -> Iterator[Spelled]:
    return korean.of_han(words, system="ko", spell="latin")


def _families(makers: Sequence[_Maker], name: Name) -> Iterator[str]:
    for make in makers:
        for one in make(name.words):
            yield from map(_heard, _folded(one.family))


@cache
def _most() -> int:
    return int(table()["bounds"]["keys"])


def _heard(spelling: str) -> str:
    return f"s:{skeleton(fold(spelling.replace('~', '')))}" if spelling else ""


def _turned(words: Sequence[str]) -> Iterator[str]:
    return ("".join((*words[n:], *words[:n])) for n in range(len(words)))


def _of_others(name: Name) -> Iterator[str]:
    """Names in a script that is not read are only ever equal to themselves."""
    return (f"w:{form}" for form in _turned(name.words))


def _of_latin(name: Name) -> Iterator[str]:
    sets = [sorted({latin.plain(w), *romaji.spellings(w)}) for w in name.words]
    return (_heard(form) for words in islice(product(*sets), _most()) for form in _turned(words))


def _of_kana(name: Name) -> Iterator[str]:
    words = [romaji.loose(romaji.kana_spelling(w)) for w in name.words]
    return (_heard(form) for form in _turned(words))


def _of_cyrillic(name: Name) -> Iterator[str]:
    for form in _turned(name.words):
        yield f"w:{form}"
    sets = [_folded(cyrillic.columns(w)) for w in name.words]
    for words in islice(product(*sets), _most()):
        yield from map(_heard, _turned(words))


def _of_hangul(name: Name) -> Iterator[str]:
    yield from (f"h:{form}" for form in _turned(name.words))
    yield from _spelled(korean.spelled(name.words))


def _of_han(name: Name) -> Iterator[str]:
    forms = (sorted(han.roots(c)) for c in name.joined)
    yield from (f"c:{''.join(sorted(form))}" for form in islice(product(*forms), _most()))
    for one in korean.of_han(name.words, system="hangul", spell="hangul"):
        yield from (f"h:{''.join(form)}" for form in product(*one.family, *one.given))
    for made in (japanese.spelled, chinese.on_spelled, chinese.spelled):
        yield from _spelled(made(name.words))


def _spelled(made: Iterable[Spelled]) -> Iterator[str]:
    for one in made:
        if one.value == "equal":
            family, given = _folded(one.family), _folded(one.given)
            for first, second in islice(product(family, given), _most()):
                yield _heard(first + second)
                yield _heard(second + first)


def _folded(columns: Sequence[Collection[str]]) -> list[str]:
    """Give spellings of a part, one for each rough sound that it can have."""
    found = {""}
    for column in columns:
        found = set(
            islice(_one_each(a + b for a in sorted(found) for b in sorted(column)), _most())
        )
    return sorted(found)


def _one_each(spellings: Iterable[str]) -> Iterator[str]:
    return iter({skeleton(fold(s)): s for s in spellings}.values())


_PARTS = {
    Script.HAN: _parts_of_han,
    Script.KANA: _parts_of_kana,
    Script.HANGUL: _parts_of_hangul,
    Script.LATIN: _parts_of_latin,
    Script.CYRILLIC: _parts_of_cyrillic,
}
_MAKERS = {
    Script.HAN: _of_han,
    Script.KANA: _of_kana,
    Script.HANGUL: _of_hangul,
    Script.LATIN: _of_latin,
    Script.CYRILLIC: _of_cyrillic,
}
