"""What a reader in the sandbox says: text in pieces, places, hidden spans, members, notes."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Frame = dict[str, Any]
PIECE = 1 << 18
"""Characters in one frame of text."""


def text(written: str) -> Iterator[Frame]:
    """Say the next characters of the text."""
    for at in range(0, len(written), PIECE):
        yield {"text": written[at : at + PIECE]}


def hidden(start: int, end: int, why: str) -> Frame:
    """Say that the characters ``[start, end)`` are in the file, and no reader sees them."""
    return {"hidden": [start, end, why]}


def note(kind: str, message: str, remedy: str, count: int = 1) -> Frame:
    """Say what could not be read; it becomes a `Problem`."""
    return {"note": [kind, message, remedy, count]}


def member(name: str, data: bytes) -> Frame:
    """Hand out a file that lies inside the file; its name is data, never a path."""
    return {"member": name, "data": b64encode(data).decode("ascii")}


def clean(written: str) -> str:
    """Write lone surrogates as U+FFFD: they are no characters, and no hash could be taken."""
    return written.encode("utf-8", "replace").decode() if not _is_sound(written) else written


def _is_sound(written: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in written)


@dataclass(slots=True)
class Pen:
    """Writes a text on and knows how far it has come."""

    at: int = 0

    def write(self, written: str) -> Iterator[Frame]:
        """Say the next characters."""
        sound = clean(written)
        self.at += len(sound)
        yield from text(sound)

    def hide(self, written: str, why: str) -> Iterator[Frame]:
        """Say the next characters, which no reader sees."""
        start = self.at
        yield from self.write(written)
        if self.at > start:
            yield hidden(start, self.at, why)
