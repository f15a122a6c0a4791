"""The packs an exercise is written with, and invented names that occur once only."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from numpy.random import Generator

from ashiato.exercise.draws import pick, whole


@cache
def pack(name: str) -> dict[str, Any]:
    """Give the pack ``name`` (its file is ``name.toml`` beside this module); do not change it."""
    return tomllib.loads(files("ashiato.exercise").joinpath(f"{name}.toml").read_text("utf-8"))


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
        """Invent a person's name: given name, family name."""
        while True:
            given = self._joined("person", "given_heads", "given_tails")
            family = self._joined("person", "family_heads", "family_tails")
            if name := self._once(given, family, joint=" "):
                return name

    def place(self) -> str:
        """Invent a town."""
        return self._joined("place", "heads", "tails")

    def firm(self, trade: str) -> str:
        """Invent an organisation of a ``trade`` (a list of the pack's ``firm`` section)."""
        while True:
            if name := self._once(
                self.place(), pick(self._rng, pack("words")["firm"][trade]), joint=" "
            ):
                return name

    def state(self) -> str:
        """Invent a state."""
        return self._joined("state", "heads", "middles", "tails")

    def group(self) -> str:
        """Invent a group's name as a security firm would."""
        words = pack("words")["group"]
        return f"{pick(self._rng, words['heads'])} {pick(self._rng, words['tails'])}"

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
