"""One spelling for the many that romaji has: Hepburn, Kunrei, passports, macrons; kana too.

Two forms are made. The exact one keeps the length of vowels where it is written; the loose one
drops it, so that OHNO, Ono and Oono meet. 大野 and 小野 have one loose form: that is the price.
"""

import re
import unicodedata
from functools import cache, lru_cache

from ashiato.trace.names.tables import Rules, compiled, table

_LONG_MARKS = {"\u0304", "\u0302"}
_APOSTROPHES = re.compile("['\u2018\u2019`\u02bc-]")
_DOUBLING = "っ"
_CACHED = 4096


@cache
def _kana() -> dict[str, str]:
    words = table()["kana"]["rows"].split()
    return dict(zip(words[::2], words[1::2], strict=True))


@cache
def _rules(name: str) -> Rules:
    return compiled(table()["romaji"][name])


@cache
def _mora() -> re.Pattern[str]:
    return re.compile(table()["romaji"]["mora"])


def hiragana(text: str) -> str:
    """Write katakana as hiragana."""
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


@lru_cache(_CACHED)
def kana_spelling(text: str) -> str:
    """Spell kana letter by letter (``ou`` stays ``ou``); what is no kana is left out."""
    out = before = ""
    doubled = False
    for letter in hiragana(text):
        if letter == _DOUBLING:
            doubled = True
            continue
        if letter == "ー":
            out += out[-1:] if out[-1:] in "aeiou" else ""
            continue
        sound = _kana().get(letter, "")
        sound = sound[:1] + sound if doubled and sound else sound
        out = _joined(out, letter, sound, before=before)
        doubled, before = False, letter
    return out


def _joined(out: str, letter: str, sound: str, *, before: str) -> str:
    kana = table()["kana"]
    if letter in kana["small_vowels"] and before == "う":
        return f"{out[:-1]}w{sound}"
    if letter in kana["glides"] and out.endswith("i"):
        stem = out[:-1]
        return stem + (sound[1:] if stem.endswith(("sh", "ch", "j")) else sound)
    if letter in kana["small_vowels"] and out[-1:] in set("aeiou") and len(out) > 1:
        return out[:-1] + ("w" if out.endswith("ku") else "") + sound
    return out + sound


@lru_cache(_CACHED)
def plain(text: str) -> str:
    """Give lower-case Latin without marks; macrons and circumflexes become a doubled vowel."""
    out = ""
    for letter in unicodedata.normalize("NFKD", text.casefold()):
        if letter in _LONG_MARKS and out[-1:] in set("aeiou"):
            out += out[-1]
        elif not unicodedata.combining(letter):
            out += letter
    return _APOSTROPHES.sub("", out)


@lru_cache(_CACHED)
def exact(text: str) -> str:
    """Spell in Hepburn with the lengths that were written."""
    return _rules("long").apply(_rules("hepburn").apply(plain(text)))


@lru_cache(_CACHED)
def loose(text: str) -> str:
    """Spell in Hepburn without the length of vowels and of n."""
    return _rules("short").apply(exact(text))


def spellings(text: str) -> frozenset[str]:
    """Give the loose forms that a Latin word may mean (``oh`` before a vowel may be long, too)."""
    return frozenset({loose(text), loose(re.sub("([ou])h(?=[aeiouy])", r"\1", text.casefold()))})


@lru_cache(_CACHED)
def is_romaji(text: str) -> bool:
    """Whether a Latin word can be read as Japanese syllables."""
    return _mora().fullmatch(exact(text)) is not None


def shows_length(text: str) -> bool:
    """Whether a Latin word writes a long vowel; if none is written, nothing is known."""
    return exact(text) != _rules("short").apply(exact(text))
