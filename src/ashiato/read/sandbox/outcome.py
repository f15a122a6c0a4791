"""How reading a hostile file ended, and what it may use up before it is stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
"""Plain data: all that may pass between us and a sandboxed parser."""


class Ending(StrEnum):
    """How it ended: the one thing that stopped the parser, never what it managed before that.

    ``partial``: the parser gave up (an exception, a refusal, the bound on its result) after it had
    given something; ``crashed``: it died, spoke out of turn, or gave up with nothing in hand.
    A parser that is stopped keeps its cause (``timed out``, ``out of memory``, ``crashed``) even
    where frames had arrived: see `Outcome.incomplete`.
    """

    OK = "ok"
    PARTIAL = "partial"
    REFUSED = "refused"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"


class Refused(Exception):
    """A parser declines its input and says why: it is encrypted, nested too deep, no such file."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may use: seconds of wall clock and of CPU, bytes of memory, bytes of result.

    ``memory`` bounds the address space, the interpreter and the parser's libraries included;
    ``output`` bounds the frames as they travel; ``files`` how many may be open at once.
    """

    seconds: float = 30.0
    memory: int = 1 << 30
    output: int = 64 << 20
    files: int = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sandboxed parser gave, and how it ended.

    ``frames`` are the values that arrived whole before the end, in order; whatever the ending,
    they are a hostile file's word. ``reason`` is empty for ``ok``. ``seconds`` is wall time: it
    may be shown to whoever waits, and goes into no result.
    """

    ending: Ending
    reason: str
    frames: tuple[JSON, ...]
    seconds: float

    def ended(self, parser: str, version: str, member: str = "") -> "Ended":
        """Say it for custody."""
        return Ended(parser, version, self.ending, self.reason, member)

    @property
    def incomplete(self) -> bool:
        """Tell whether something was read, but not all of it."""
        return self.ending is not Ending.OK and bool(self.frames)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one parser ended on an exhibit, or on ``member`` inside it: what custody keeps."""

    parser: str
    version: str
    ending: Ending
    reason: str
    member: str = ""
