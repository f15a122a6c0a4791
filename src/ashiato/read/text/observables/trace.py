"""One trace as found, and the word lists that finders go by."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from ashiato.core.records import Observable, ObservableType
from ashiato.knowledge import load


@dataclass(frozen=True, slots=True)
class Trace:
    """An observable and the characters ``[start, end)`` it stands in, as written.

    ``host`` is the domain or address inside a link or an e-mail address: it has no place of its
    own.
    """

    observable: Observable
    start: int
    end: int
    host: Observable | None = None


def trace(kind: ObservableType, value: str, start: int, end: int) -> Trace:
    """Make a trace of one kind."""
    return Trace(Observable(kind, value), start, end)


@cache
def pack() -> dict[str, Any]:
    """Give the pack `traces`."""
    return load("traces")


@cache
def listed(name: str) -> frozenset[str]:
    """Give one word list of the pack."""
    return frozenset(pack()["words"][name])
