"""The pack of spellings, and the readings of Chinese characters, loaded when first asked for."""

import lzma
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ashiato.knowledge import load

_CHARACTERS = "han.txt.xz"


@dataclass(frozen=True, slots=True)
class Rules:
    """Replacements by regular expression, applied in order."""

    steps: tuple[tuple[re.Pattern[str], str], ...]

    def apply(self, text: str) -> str:
        """Give the text after every step."""
        for pattern, by in self.steps:
            text = pattern.sub(by, text)
        return text

    def settle(self, text: str) -> str:
        """Apply the steps until they change nothing, so that a fold of a fold is that fold."""
        while (after := self.apply(text)) != text:
            text = after
        return text


@dataclass(frozen=True, slots=True)
class Character:
    """What one Chinese character sounds like, and the ``old`` forms that it may stand for."""

    old: tuple[str, ...] = ()
    mandarin: tuple[str, ...] = ()
    cantonese: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    kun: tuple[str, ...] = ()
    hangul: tuple[str, ...] = ()
    nanori: tuple[str, ...] = ()


@cache
def table() -> dict[str, Any]:
    """Give the pack ``names.toml``."""
    return load("names")


def compiled(steps: list[list[str]]) -> Rules:
    """Compile the replacements of the pack."""
    return Rules(tuple((re.compile(pattern), by) for pattern, by in steps))


@cache
def _lines() -> dict[str, str]:
    packed = files("ashiato.knowledge").joinpath(_CHARACTERS).read_bytes()
    lines = lzma.decompress(packed).decode().splitlines()
    return {line[0]: line for line in lines if not line.startswith("#")}


@lru_cache(8192)
def character(han: str) -> Character:
    """Give the readings of a character; none of any kind where it is not known."""
    line = _lines().get(han)
    if line is None:
        return Character()
    return Character(*(tuple(column.split()) for column in line.split("\t")[1:]))
