"""Take a name apart: which script, which words, and what in it is no part of a name."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ashiato.trace.names.tables import table


class Script(StrEnum):
    """The script of a whole name. ``HAN`` may hold kana; ``MIXED`` cannot be read as one name."""

    HAN = "Chinese characters"
    KANA = "kana"
    HANGUL = "hangul"
    LATIN = "Latin"
    CYRILLIC = "Cyrillic"
    OTHER = "another script"
    MIXED = "several scripts"
    EMPTY = "no letters"


@dataclass(frozen=True, slots=True)
class Name:
    """A name as given, its words in comparable form, and what was left out of it or why not."""

    given: str
    words: tuple[str, ...]
    script: Script
    dropped: tuple[str, ...] = ()
    refused: str = ""

    @property
    def joined(self) -> str:
        """The words without the spaces between them."""
        return "".join(self.words)


_RANGES = (
    (Script.HAN, "\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"),
    (Script.KANA, "\u3041-\u3096\u309d-\u30ff"),
    (Script.HANGUL, "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"),
    (Script.LATIN, "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"),
    (Script.CYRILLIC, "\u0400-\u052f"),
)
_OF = tuple((script, re.compile(f"[{letters}]")) for script, letters in _RANGES)
_BETWEEN = re.compile(r"[\s,;/_=|.\u00b7\u2022\u2027\u30fb\u30a0\uff65\u2219]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_HYPHENS = re.compile("[\u2010-\u2015\u2212\uff0d-]")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02bb`\u02b9]")
_BRACKETS = re.compile(r"[(\uff08\[\u3014\uff3b]([^()\uff08\uff09\[\]]*)[)\uff09\]\u3015\uff3d]")
_WAYS_AT_MOST = 3
_TWICE = "々"


def _script_of(letter: str) -> Script:
    return next((script for script, pattern in _OF if pattern.match(letter)), Script.OTHER)


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM" or letter in "々〇ー"


@lru_cache(4096)
def parse(given: str) -> Name:
    """Take a name apart. A name that is no name is refused with the reason, never cut short."""
    bounds = table()["bounds"]
    if len(given) > bounds["characters"]:
        reason = f"it has {len(given)} characters; at most {bounds['characters']} are compared"
        return Name(given, (), Script.EMPTY, refused=reason)
    text = unicodedata.normalize("NFKC", given)
    kept = "".join(c if _is_kept(c) else " " * (c.isspace() or c.isdigit()) for c in text)
    dropped = tuple(dict.fromkeys(c for c in text if not _is_kept(c) and not c.isspace()))
    words = _untitled([w for w in map(_bare, _BETWEEN.split(_hyphenless(kept))) if w])
    script = _script("".join(words))
    if reason := _too_long(words, script):
        return Name(given, (), Script.EMPTY, dropped, reason)
    return Name(given, tuple(words), script, dropped)


def _too_long(words: list[str], script: Script) -> str:
    bounds, letters = table()["bounds"], max(map(len, words), default=0)
    if len(words) > bounds["parts"]:
        return f"it has {len(words)} words; at most {bounds['parts']} are compared"
    if letters > bounds["letters"]:
        return f"it has a word of {letters} letters; at most {bounds['letters']} are compared"
    if script in {Script.HAN, Script.HANGUL} and sum(map(len, words)) > bounds["syllables"]:
        return f"it has more than {bounds['syllables']} syllables, as no name has"
    return ""


@lru_cache(4096)
def written(given: str) -> tuple[Name, ...]:
    """Give a name, and what brackets say beside it: its reading, or its form in another script."""
    inside = _BRACKETS.findall(given) if len(given) <= table()["bounds"]["characters"] else []
    names = [parse(_BRACKETS.sub(" ", given)), *map(parse, inside)]
    named = tuple(n for n in names if n.script is not Script.EMPTY)
    return named[:_WAYS_AT_MOST] if inside and len(named) > 1 else (parse(given),)


def _is_kept(letter: str) -> bool:
    return (
        _is_letter(letter)
        or _BETWEEN.match(letter) is not None
        or _HYPHENS.match(letter) is not None
        or _APOSTROPHES.match(letter) is not None
    )


def _hyphenless(text: str) -> str:
    """Drop hyphens inside words, and part a word that is only parted by its capitals."""
    plain = _HYPHENS.sub("", text).strip()
    return plain if _BETWEEN.search(plain) else _HUMP.sub(" ", plain)


def _bare(word: str) -> str:
    plain = _APOSTROPHES.sub("", word).casefold()
    return "".join(plain[at - 1] if c == _TWICE and at else c for at, c in enumerate(plain))


def _untitled(words: list[str]) -> list[str]:
    titles = table()["titles"]
    while len(words) > 1 and words[0] in titles["before"]:
        words = words[1:]
    if len(words) > 1 and words[-1] in titles["after"]:
        return words[:-1]
    endings = (t for t in titles["after"] if not t.isascii())
    if words and (title := next((t for t in endings if _is_titled(words[-1], t)), "")):
        return [*words[:-1], words[-1].removesuffix(title)]
    return words


def _is_titled(word: str, title: str) -> bool:
    """Whether a title ends the word, and does not leave too little for a name."""
    return word.endswith(title) and len(word) - len(title) > 1


def _script(text: str) -> Script:
    scripts = {_script_of(c) for c in text if unicodedata.category(c)[0] == "L"}
    if not scripts:
        return Script.EMPTY
    if scripts <= {Script.HAN, Script.KANA}:
        return Script.HAN if Script.HAN in scripts else Script.KANA
    return next(iter(scripts)) if len(scripts) == 1 else Script.MIXED
