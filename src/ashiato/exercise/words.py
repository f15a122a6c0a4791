"""The packs an exercise is written with, and invented names that occur once only."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from numpy.random import Generator

from ashiato.exercise.draws import pick, weighed, whole


@cache
def pack(name: str) -> dict[str, Any]:
    """Give the pack ``name`` (its file is ``name.toml`` beside this module); do not change it."""
    return tomllib.loads(files("ashiato.exercise").joinpath(f"{name}.toml").read_text("utf-8"))


def slug(name: str) -> str:
    """Turn a name into an id for the case file and the truth."""
    return name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Alias:
    """One name in the scripts that it may be written in; a plain Latin name looks alike in all."""

    latin: str
    kanji: str
    kana: str

    def spelt(self, script: str) -> str:
        """Write it in ``latin``, ``kanji`` or ``kana``."""
        return {"latin": self.latin, "kanji": self.kanji, "kana": self.kana}[script]

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way to write it, once."""
        return tuple(dict.fromkeys((self.latin, self.kanji, self.kana)))


Block = tuple[str, str, str]


def _block(text: str) -> Block:
    characters, kana, latin = text.split()
    return characters, kana, latin


def _joined(blocks: Sequence[Block]) -> Block:
    kanji, kana, latin = zip(*blocks, strict=True)
    return "".join(kanji), "".join(kana), "".join(latin).capitalize()


class Names:
    """Invents names and remembers them, so that two persons share one only where a plan says so."""

    def __init__(self, rng: Generator) -> None:
        self._rng, self._taken = rng, set[str]()

    def _once(self, *parts: str, joint: str = "") -> str | None:
        name = joint.join(parts)
        if name in self._taken:
            return None
        self._taken.add(name)
        return name

    def _joined(self, section: str, *keys: str) -> str:
        return "".join(pick(self._rng, pack("words")[section][key]) for key in keys)

    def person(self) -> str:
        """Invent a person's plain name: given name, family name."""
        while True:
            given = self._joined("person", "given_heads", "given_tails")
            family = self._joined("person", "family_heads", "family_tails")
            if name := self._once(given, family, joint=" "):
                return name

    def alias(self, tongues: Mapping[str, float]) -> Alias:
        """Invent a name that may be written in several scripts; ``tongues`` weighs its kinds."""
        tongue = weighed(self._rng, tongues)
        for _ in range(_TRIES):
            if tongue == "plain":
                break
            made = self._blocks(tongue)
            if self._once(made.kanji) and self._once(made.kana) and self._once(made.latin):
                return made
        plain = self.person()
        return Alias(plain, plain, plain)

    def _blocks(self, tongue: str) -> Alias:
        words, heads = pack("words")[tongue], ("given_heads", "given_tails")
        surname = ("family",) if tongue == "zh" else ("family_heads", "family_tails")
        family = _joined([_block(pick(self._rng, words[key])) for key in surname])
        given = _joined([_block(pick(self._rng, words[key])) for key in heads])
        joint = "・" if tongue == "zh" else " "
        return Alias(
            f"{family[2]} {given[2]}", f"{family[0]} {given[0]}", family[1] + joint + given[1]
        )

    def place(self) -> str:
        """Invent a town."""
        return self._joined("place", "heads", "tails")

    def firm(self, trade: str) -> str:
        """Invent an organisation of a ``trade`` (a list of the pack's ``firm`` section)."""
        for _ in range(_TRIES):
            kind = pick(self._rng, pack("words")["firm"][trade])
            if name := self._once(self.place(), kind, joint=" "):
                return name
        family = self._joined("person", "family_heads", "family_tails")
        return f"{family} & {self.person()} {pick(self._rng, pack('words')['firm'][trade])}"

    def state(self) -> str:
        """Invent a state."""
        return self._joined("state", "heads", "middles", "tails")

    def group(self) -> str:
        """Invent a group's name as a security firm would."""
        words = pack("words")["group"]
        while True:
            name = f"{pick(self._rng, words['heads'])} {pick(self._rng, words['tails'])}"
            if self._once(name):
                return name

    def market(self) -> str:
        """Invent an online site on which things are sold."""
        words = pack("words")["market"]
        return f"{pick(self._rng, words['heads'])} {pick(self._rng, words['tails'])}"

    def domain(self, *, lure: bool = False) -> str:
        """Invent a domain under a reserved top level; a ``lure`` looks like a technical one."""
        words, rng = pack("words")["site"], self._rng
        while True:
            tail = f"{pick(rng, words['words'])}{whole(rng, 10, 10_000)}"
            head = pick(rng, words["lures" if lure else "words"])
            name = f"{head}-{tail}.{pick(rng, words['suffixes'])}"
            if once := self._once(name):
                return once

    def postal(self) -> str:
        """Invent a postal address."""
        street = pick(self._rng, pack("words")["place"]["streets"])
        return f"{whole(self._rng, 1, 180)} {street}, {self.place()}"

    def code(self, low: int, high: int) -> str:
        """Invent a number that stands for something once only."""
        while True:
            if name := self._once(str(whole(self._rng, low, high))):
                return name


_TRIES = 40
"""Blocks may be used up in a large exercise: after so many tries another kind of name is made."""


def homophone(rng: Generator, alias: Alias) -> Alias | None:
    """Give a name with the same sound in other characters, if the blocks have one."""
    family, _, given = alias.kanji.partition(" ")
    heads = [_block(text) for text in pack("words")["ja"]["given_heads"]]
    sound = {characters: kana for characters, kana, _ in heads}
    others = [c for c in sound if given and c != given[0] and sound[c] == sound.get(given[0])]
    if not others:
        return None
    return Alias(alias.latin, f"{family} {pick(rng, others)}{given[1:]}", alias.kana)
