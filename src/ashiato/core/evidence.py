"""Exhibits, and citations that lead back to their exact bytes."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal, Protocol

_LEFT_OUT = {"where_none": "left out"}
"""Marks a field that is not written where it is None: what has no such part keeps its id."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Sealed bytes. ``known_from`` is when the investigation received them (UTC)."""

    sha256: str
    size: int
    path: str
    known_from: datetime


@dataclass(frozen=True, slots=True)
class SpanLocator:
    """Code points ``[start, end)`` of the document decoded with ``encoding``.

    Where ``extractor`` is given they count in the text that this reader, by its version, took out
    of the exhibit (of its ``member``, where given); ``text_sha256`` is the hash of that text in
    UTF-8. ``page`` (from 1) and ``box`` (x0, y0, x1, y1 in points from the lower left corner) tell
    where the words stand on paper, ``cell`` (``Sheet!B7``) in which cell of a workbook.
    """

    start: int
    end: int
    encoding: str = "utf-8"
    member: str | None = field(default=None, metadata=_LEFT_OUT)
    extractor: str | None = field(default=None, metadata=_LEFT_OUT)
    text_sha256: str | None = field(default=None, metadata=_LEFT_OUT)
    page: int | None = field(default=None, metadata=_LEFT_OUT)
    box: tuple[float, float, float, float] | None = field(default=None, metadata=_LEFT_OUT)
    cell: str | None = field(default=None, metadata=_LEFT_OUT)
    kind: Literal["span"] = "span"


@dataclass(frozen=True, slots=True)
class LineLocator:
    """Line ``line`` (from 1) of a text, without its line end."""

    line: int
    encoding: str = "utf-8"
    kind: Literal["line"] = "line"


@dataclass(frozen=True, slots=True)
class RecordLocator:
    """Record ``record`` (from 1) of a log or table: its bytes ``[byte_offset, +byte_length)``.

    Offsets count decoded bytes where ``codec`` (``gzip``, or a member of an archive: see
    `ashiato.core.members`) is given.
    """

    record: int
    byte_offset: int
    byte_length: int
    codec: str | None = None
    member: str | None = None
    kind: Literal["record"] = "record"


@dataclass(frozen=True, slots=True)
class CellLocator:
    """One cell of a table: its row's record number and bytes, and the heading of its column."""

    record: int
    column: str
    byte_offset: int
    byte_length: int
    codec: str | None = None
    kind: Literal["cell"] = "cell"


@dataclass(frozen=True, slots=True)
class PageBoxLocator:
    """A box on a page (from 1), in points from the lower left corner."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    kind: Literal["page box"] = "page box"


@dataclass(frozen=True, slots=True)
class BytesLocator:
    """Bytes ``[byte_offset, +byte_length)`` of the exhibit as received."""

    byte_offset: int
    byte_length: int
    kind: Literal["bytes"] = "bytes"


Locator = SpanLocator | LineLocator | RecordLocator | CellLocator | PageBoxLocator | BytesLocator


@dataclass(frozen=True, slots=True)
class Citation:
    """The way back: which exhibit, where in it, and the words or bytes found there.

    ``quote`` is the exact text at the locator; outputs mask cards, phones and addresses in it.
    """

    exhibit: str
    path: str
    locator: Locator
    quote: str


_BEGINNING = 24


def quoted(data: bytes) -> str:
    r"""Write cited bytes down for people: as they read, with ``\xNN`` where they are no UTF-8.

    UTF-16 shows by the NULs beside its letters. Other bytes with a NUL are named by length,
    beginning and SHA-256, so that the quote still stands for these bytes and no others.
    """
    if b"\0" not in data:
        return data.decode("utf-8", "backslashreplace")
    if (text := _wide_text(data)) is not None:
        return text
    digest = sha256(data).hexdigest()
    return f"binary, {len(data)} bytes: {data[:_BEGINNING].hex()}... (SHA-256 {digest})"


def _wide_text(data: bytes) -> str | None:
    """Read UTF-16 whose letters are mostly Latin, and nothing but letters."""
    for high, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if 2 * data[high::2].count(0) > len(data[high::2]) and len(data) % 2 == 0:
            text = data.decode(encoding, "backslashreplace")
            return text if all(c.isprintable() or c in "\t\r\n" for c in text) else None
    return None


class Resolver(Protocol):
    """Gives the bytes that a citation stands for."""

    def resolve(self, citation: Citation) -> bytes:
        """Return the cited bytes; raises `IntegrityFailure` where the exhibit is not as sealed."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """Input that could not be used as it is: recorded, counted, cited, never dropped in silence.

    ``kind`` is a short code (``no-zone``, ``bad-line``, ``not-text``, ``impossible-date`` ...),
    ``count`` how many places it stands for, ``citation`` the first of them.
    """

    kind: str
    path: str
    message: str
    remedy: str
    count: int = 1
    citation: Citation | None = None
