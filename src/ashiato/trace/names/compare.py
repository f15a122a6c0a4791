"""Compare two names, whatever their scripts: equal, possible, none, or not compared."""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from ashiato.trace.names import chinese, cyrillic, han, japanese, korean, latin, romaji, sounds
from ashiato.trace.names.answer import Comparison, Reading, Value
from ashiato.trace.names.script import Name, Script, written
from ashiato.trace.names.spelling import Columns, Spelled, halves, is_turned, meet

_READABLE = (Script.HAN, Script.KANA, Script.HANGUL, Script.LATIN, Script.CYRILLIC)
_DIGITS = re.compile(r"\d")
_RANK = {Value.NONE: 0, Value.POSSIBLE: 1, Value.EQUAL: 2}
_EXTRA_WORD = 3
"""From so many Latin words on one may be a further name that the other script leaves out."""


def compare(a: str, b: str) -> Comparison:
    """Tell whether two names can be one name, with the readings in which they meet.

    The answer is about names, never about who bears them. It does not depend on the order of the
    names or of their parts.
    """
    answers = [_compared(x, y) for x, y in product(written(a), written(b))]
    return max(answers, key=lambda answer: (answer.compared, _RANK[answer.value]))


def _compared(a: Name, b: Name) -> Comparison:
    first, second = sorted((a, b), key=_order)
    if refused := _refusal(first, second):
        return Comparison(Value.NONE, (), f"not compared: {refused}", compared=False)
    readings = _strongest(_meetings(first, second))
    said = _because(readings) if readings else _no_support(first, second)
    value = readings[0].value if readings else Value.NONE
    return Comparison(value, readings, said + _left_out(first, second))


def _left_out(first: Name, second: Name) -> str:
    """Say which signs were no part of a name, as their codes where they cannot be seen."""
    signs = dict.fromkeys(first.dropped + second.dropped)
    shown = ", ".join(f"{c!r}" if c.isprintable() else f"U+{ord(c):04X}" for c in signs)
    return f"; left out as no part of a name: {shown}" if shown else ""


def _order(name: Name) -> tuple[int, tuple[str, ...], str]:
    return list(Script).index(name.script), name.words, name.given


def _refusal(first: Name, second: Name) -> str:
    for name in (first, second):
        if name.refused:
            return name.refused
        if name.script is Script.EMPTY:
            return "a name has no letters"
    if sorted(first.words) == sorted(second.words):
        return ""
    for name in (first, second):
        if name.script is Script.MIXED:
            return "one name mixes scripts that are not read together"
        if name.script not in _READABLE:
            return "one name is in a script that is not covered"
    return ""


def _strongest(meetings: Iterator[Reading]) -> tuple[Reading, ...]:
    """Give the meetings of the best value found; the search ends with the first equal one."""
    found: list[Reading] = []
    for reading in meetings:
        if reading.value is Value.EQUAL:
            return (reading,)
        if reading not in found:
            found.append(reading)
    return tuple(found)


def _because(readings: Sequence[Reading]) -> str:
    ways = "; ".join(f"{r.system}: {r.text}" for r in readings)
    if readings[0].value is Value.EQUAL:
        return f"they meet in {ways}; a name is no evidence of who bears it"
    return f"they may meet in {ways}; a name is no evidence of who bears it"


def _no_support(first: Name, second: Name) -> str:
    if first.script is second.script is Script.HAN:
        return "the characters differ, also after folding their variants"
    return "no reading or spelling known here makes them meet; that does not make two persons"


def _meetings(first: Name, second: Name) -> Iterator[Reading]:
    """Give each way in which two names meet; ``first`` is of the earlier script."""
    if is_turned(first.words, second.words):
        yield Reading("same words", " ".join(first.words), Value.EQUAL)
        return
    scripts = first.script, second.script
    if scripts == (Script.HAN, Script.HAN):
        yield from _same_characters(first, second)
    elif first.script is Script.HAN:
        yield from _of_han(first, second)
    elif scripts == (Script.KANA, Script.KANA):
        yield from _same_kana(first, second)
    elif scripts == (Script.HANGUL, Script.HANGUL):
        yield from _same_hangul(first, second)
    elif scripts == (Script.LATIN, Script.LATIN):
        yield from latin.meetings(first.words, second.words)
    elif scripts == (Script.CYRILLIC, Script.CYRILLIC):
        yield from latin.alike(first.words, second.words)
    else:
        yield from _across(first, second)


def _same_characters(first: Name, second: Name) -> Iterator[Reading]:
    forms = {second.joined, *("".join(reversed(h)) for h in halves(second.words))}
    for form in sorted(forms):
        if han.are_same(first.joined, form):
            yield Reading("same characters", han.fold(form), Value.EQUAL)
        elif han.may_be_confused(first.joined, form):
            yield Reading("characters that registers confuse", form, Value.POSSIBLE)


def _of_han(name: Name, other: Name) -> Iterator[Reading]:
    if other.script is Script.LATIN:
        yield from _read(japanese.spelled(name.words), other)
        if name.joined and not romaji.kana_spelling(name.joined):
            yield from _read(chinese.on_spelled(name.words), other)
            yield from _read(chinese.spelled(name.words), other)
            yield from _read(korean.of_han(name.words, system="ko", spell="latin"), other)
    elif other.script is Script.KANA:
        yield from _read(japanese.spelled(name.words), other)
        yield from _read(chinese.on_spelled(name.words), other)
        yield from _read(chinese.heard_spelled(name.words), other)
        yield from _read(korean.of_han(name.words, system="ko in kana", spell="kana"), other)
    elif other.script is Script.HANGUL:
        yield from _read(korean.of_han(name.words, system="hangul", spell="hangul"), other)
        yield from _read(_rough(japanese.spelled(name.words)), other)


def _rough(spelled: Iterator[Spelled]) -> Iterator[Spelled]:
    """Give the dictionary's readings in rough sounds, for a script that only heard them."""
    for one in spelled:
        if one.system == "ja" and one.value is Value.POSSIBLE:
            family, given = map(_folded, (one.family, one.given))
            yield Spelled("ja in hangul", Value.POSSIBLE, family, given)


def _folded(columns: Columns) -> Columns:
    return [frozenset(_rough_sound(said) for said in column) for column in columns]


def _rough_sound(said: str) -> str:
    """Fold a sound; Japanese has f only before u, where others write h."""
    return sounds.fold(said.replace("f", "h"))


def _read(spelled: Iterator[Spelled], other: Name) -> Iterator[Reading]:
    for one in spelled:
        for words in _written(one, other):
            if found := meet(one, words):
                yield Reading(one.system, found, one.value)
                break


def _written(spelled: Spelled, other: Name) -> Iterator[tuple[str, ...]]:
    """Give the words of a name as a system would spell them."""
    words = tuple(_DIGITS.sub("", w) for w in other.words)
    for form in _forms(spelled, other.script, words):
        yield form
        if len(form) >= _EXTRA_WORD and spelled.value is Value.POSSIBLE:
            yield form[1:]
            yield form[:-1]


def _forms(spelled: Spelled, script: Script, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if script is Script.HANGUL:
        rough = spelled.system == "ja in hangul"
        yield tuple(map(_heard, words)) if rough else words
    elif script is Script.KANA:
        yield _kana_words(spelled, words)
    elif spelled.system == "ja" and spelled.value is Value.EQUAL:
        yield tuple(_marked(w) for w in words)
    elif spelled.flows:
        yield from product(*(sorted(romaji.spellings(w)) for w in words))
    else:
        yield tuple(map(latin.plain, words))


def _heard(word: str) -> str:
    return _rough_sound("".join(map(_revised, word)))


def _revised(letter: str) -> str:
    """Spell a syllable, with plain o and u for the two vowels that foreign names make of them."""
    if not korean.is_syllable(letter):
        return ""
    return min(korean.latin(letter, korean.REVISED)).replace("eo", "o").replace("eu", "u")


def _marked(word: str) -> str:
    return romaji.exact(word) if romaji.shows_length(word) else f"~{romaji.loose(word)}"


def _kana_words(spelled: Spelled, words: tuple[str, ...]) -> tuple[str, ...]:
    said = map(romaji.kana_spelling, words)
    if spelled.system == "zh in kana":
        return tuple(map(chinese.fold, said))
    if spelled.system == "ja" and spelled.value is Value.EQUAL:
        return tuple(map(romaji.exact, said))
    return tuple(map(romaji.loose, said))


def _same_kana(first: Name, second: Name) -> Iterator[Reading]:
    a, b = (
        tuple(romaji.exact(romaji.kana_spelling(w)) for w in name.words) for name in (first, second)
    )
    if sorted(a) == sorted(b) or _one_word(a, b) or _one_word(b, a):
        yield Reading("kana", " ".join(a), Value.EQUAL)


def _one_word(whole: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether one name is the other written without a space, in either order."""
    return len(whole) == 1 and any(whole[0] in {a + b, b + a} for a, b in halves(parts))


def _same_hangul(first: Name, second: Name) -> Iterator[Reading]:
    if (
        first.joined == second.joined
        or _one_word(first.words, second.words)
        or _one_word(second.words, first.words)
    ):
        yield Reading("hangul", first.joined, Value.EQUAL)
    elif _initial_law(first.joined) == _initial_law(second.joined):
        yield Reading("hangul, North and South", first.joined, Value.POSSIBLE)


def _initial_law(name: str) -> str:
    """Write a name as South Korea does, where r and n at the beginning of a word fall away."""
    return name.translate(_SOUTH)


_SOUTH = str.maketrans("리류림량렬례려력련룡라로랭녀뇨뉴니", "이유임양열예여역연용나노냉여요유이")


def _across(first: Name, second: Name) -> Iterator[Reading]:
    """Compare two names of different scripts, neither in Chinese characters."""
    scripts = {first.script, second.script}
    if scripts == {Script.KANA, Script.LATIN}:
        yield from _kana_and_latin(first, second)
    if scripts == {Script.HANGUL, Script.LATIN}:
        yield from _read(korean.spelled(first.words), second)
    if scripts == {Script.KANA, Script.HANGUL}:
        yield from _read(korean.kana_spelled(second.words), first)
    if scripts == {Script.LATIN, Script.CYRILLIC}:
        yield from cyrillic.meetings(second.words, first.words)
    if scripts != {Script.KANA, Script.LATIN} or not _is_strict(second):
        level = "letters" if Script.CYRILLIC in scripts and Script.LATIN in scripts else "syllables"
        score = sounds.alike(_latin_words(first), _latin_words(second), level=level)
        if score is not None:
            text = " ".join(map(sounds.fold, _latin_words(first)))
            yield Reading(f"sound, {score:.2f} alike", text, Value.POSSIBLE)


def _is_strict(name: Name) -> bool:
    """Whether exact rules spell the name, so that a rough likeness adds nothing but mistakes."""
    return all(map(romaji.is_romaji, name.words))


def _latin_words(name: Name) -> tuple[str, ...]:
    if name.script is Script.KANA:
        return tuple(map(romaji.kana_spelling, name.words))
    if name.script is Script.HANGUL:
        return tuple("".join(map(_revised, w)) for w in name.words)
    if name.script is Script.CYRILLIC:
        return tuple(map(cyrillic.plain, name.words))
    return tuple(map(latin.plain, name.words))


def _kana_and_latin(kana: Name, other: Name) -> Iterator[Reading]:
    said = tuple(romaji.kana_spelling(w) for w in kana.words)
    if all(map(romaji.is_romaji, other.words)):
        for words in product(*(sorted(romaji.spellings(w)) for w in other.words)):
            if reading := _same_romaji(said, other.words, words):
                yield reading
                return
    for spelled in chinese.from_pinyin(_latin_words(other), chinese.heard, "zh in kana"):
        if found := meet(spelled, tuple(map(chinese.fold, said))):
            yield Reading("zh in kana", found, Value.POSSIBLE)
            return


def _same_romaji(
    kana: Sequence[str], latin_words: Sequence[str], loose: Sequence[str]
) -> Reading | None:
    mine = tuple(map(romaji.loose, kana))
    if sorted(mine) != sorted(loose) and not (
        _one_word(mine, loose) or _one_word(loose, mine) or mine == ("".join(loose),)
    ):
        return None
    exact = {romaji.exact(k) for k in kana}
    told = {romaji.exact(w) for w in latin_words if romaji.shows_length(w)}
    value = Value.EQUAL if told <= exact or len(kana) != len(loose) else Value.POSSIBLE
    return Reading("romaji", " ".join(mine), value)
