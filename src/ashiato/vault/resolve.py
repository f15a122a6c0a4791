"""From a citation back to its bytes: decoding for a locator is all the interpreting done here."""

import codecs
import io
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.core.evidence import (
    BytesLocator,
    CellLocator,
    Citation,
    LineLocator,
    PageBoxLocator,
    RecordLocator,
    SpanLocator,
)
from ashiato.core.members import member_of, unpacked_member
from ashiato.core.packing import CODECS, Broken, unpacked

CHUNK = 1 << 14
"""Compressed bytes at a time: even a gzip bomb then unpacks to 16 MiB a step."""
_KNOWN = CODECS | {"gzip"}
WHOLE = 16 << 20
"""Bytes of an exhibit that are held at once to find a span."""
STEP = 1 << 20
_GZIP = zlib.MAX_WBITS | 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKED = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
"""Encodings that swallow a byte order mark, and what they mean where none stands."""


class Unpacked:
    """How far a packed exhibit has been unpacked: citations in its order cost one pass together.

    What precedes a cut or a broken place can be read; going back begins again at the start.
    """

    def __init__(self, codec: str = "gzip") -> None:
        """Begin before the first byte; ``codec`` is the locator's."""
        self._codec, self._member = codec, member_of(codec)
        self._restart()

    def _restart(self) -> None:
        self._decoder = zlib.decompressobj(_GZIP)
        self._packed = self._member.offset if self._member else 0
        self._pieces: Iterator[bytes] | None = None
        self._exhibit: BinaryIO = io.BytesIO()
        self._start, self._held, self._ended = 0, b"", False

    def read(self, exhibit: BinaryIO, offset: int, length: int) -> bytes:
        """Give decoded bytes; fewer where the exhibit ends before."""
        if offset < self._start:
            self._restart()
        while not self._ended and self._start + len(self._held) < offset + length:
            if self._start + len(self._held) <= offset:
                self._start, self._held = self._start + len(self._held), b""
            self._held += self._more(exhibit)
        cut = offset - self._start
        return self._held[cut : cut + length]

    def _more(self, exhibit: BinaryIO) -> bytes:
        if self._codec != "gzip":
            return self._next_piece(exhibit)
        exhibit.seek(self._packed)
        data, found = exhibit.read(CHUNK), []
        self._packed, self._ended = self._packed + len(data), not data
        while data:
            saved = self._decoder.copy()
            try:
                found.append(self._decoder.decompress(data))
            except zlib.error:
                found += _until_broken(saved, data)
                self._ended = True
                break
            data = self._next_member()
        return b"".join(found)

    def _next_piece(self, exhibit: BinaryIO) -> bytes:
        self._exhibit = exhibit
        self._pieces = self._pieces or self._undone()
        try:
            return next(self._pieces)
        except (StopIteration, Broken):
            self._ended = True
            return b""

    def _undone(self) -> Iterator[bytes]:
        if self._member:
            return unpacked_member(self._chunks(), self._member)
        return unpacked(self._chunks(), self._codec)

    def _chunks(self) -> Iterator[bytes]:
        """Give the packed bytes of whatever stream the exhibit is open as just now."""
        end = self._member.offset + self._member.length if self._member else sys.maxsize
        while True:
            self._exhibit.seek(self._packed)
            data = self._exhibit.read(min(CHUNK, end - self._packed))
            if not data:
                return
            self._packed += len(data)
            yield data

    def _next_member(self) -> bytes:
        """Begin the next member where one ends; gzip allows NULs after the last."""
        if not self._decoder.eof:
            return b""
        rest = self._decoder.unused_data.lstrip(b"\0")
        self._decoder = zlib.decompressobj(_GZIP)
        return rest


def codec_named(citation: Citation) -> str:
    """Name the codec in which the cited bytes are packed; gzip where none is named."""
    return getattr(citation.locator, "codec", None) or "gzip"


def _until_broken(decoder: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    for place in range(len(data)):
        try:
            yield decoder.decompress(data[place : place + 1])
        except zlib.error:
            return


def cited_bytes(citation: Citation, exhibit: BinaryIO, opened: Unpacked | None = None) -> bytes:
    """Give exactly the bytes of ``exhibit`` that the citation's locator names.

    ``opened`` remembers how far a packed exhibit was unpacked for earlier citations.

    Raises:
        IntegrityFailure: the place is not in the exhibit, or its text is not in that encoding.
        BadInput: the locator names no bytes (a box on a page, a member of an archive).

    """
    place = citation.locator
    try:
        match place:
            case SpanLocator(extractor=str(by)):
                told = f"the words stand in the text that {by} took out of the file"
                raise BadInput(told, path=citation.path, remedy="ask the case, which takes it out")
            case SpanLocator():
                return _span_of(exhibit, place)
            case LineLocator():
                return _line(exhibit, place)
            case RecordLocator() | CellLocator() | BytesLocator():
                return _range(exhibit, place, opened or Unpacked(codec_named(citation)))
            case PageBoxLocator():
                raise BadInput("a box on a page has no bytes of its own", path=citation.path)
    except (ValueError, OverflowError) as error:
        raise IntegrityFailure(
            f"{citation.path} (exhibit {citation.exhibit}) has no {place}: {error}; the citation "
            "was made from other bytes: run `ashiato verify`"
        ) from error


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise ValueError(f"unknown encoding {encoding!r}") from error


def _unmarked(data: bytes, encoding: str) -> tuple[bytes, str]:
    """Take off a byte order mark where the encoding would swallow it: it is no code point."""
    name = _codec(encoding)
    if name not in _MARKED:
        return data, name
    family = name.removesuffix("-sig")
    for mark, exact in _MARKS:
        if exact.startswith(family) and data.startswith(mark):
            return data[len(mark) :], exact
    return data, _MARKED[name]


def _span_of(exhibit: BinaryIO, place: SpanLocator) -> bytes:
    """Find a span; of a long exhibit only the part around it is held."""
    data = exhibit.read(WHOLE + 1)
    if len(data) <= WHOLE:
        return _span(data, place)
    exhibit.seek(0)
    window, points = _window(exhibit, place)
    return _span(window, replace(place, start=place.start - points, end=place.end - points))


def _window(exhibit: BinaryIO, place: SpanLocator) -> tuple[bytes, int]:
    """Give the bytes of the steps that hold the span, and the characters before them."""
    decoder = codecs.getincrementaldecoder(_codec(place.encoding))("replace")
    held, before, points = b"", 0, 0
    while chunk := exhibit.read(STEP):
        pending = decoder.getstate()[0]
        found = len(decoder.decode(chunk))
        if points + found > place.start:
            held = held or pending
            held += chunk
            if points + found >= place.end:
                return held + exhibit.read(8), before if held is not chunk else points
        points += found
        before = before if held else points
    return held, before


def _span(data: bytes, place: SpanLocator) -> bytes:
    body, encoding = _unmarked(data, place.encoding)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        return _span_with_unread(body, encoding, place)
    if not 0 <= place.start <= place.end <= len(text):
        raise ValueError(f"the text has {len(text)} code points")
    before, span = text[: place.start].encode(encoding), text[place.start : place.end]
    cited = span.encode(encoding)
    if body[len(before) : len(before) + len(cited)] == cited:
        return cited
    # Some encodings write one text in several ways (cp932 has twins): then count from the start.
    return body[_offset(body, encoding, place.start) : _offset(body, encoding, place.end)]


def _span_with_unread(body: bytes, encoding: str, place: SpanLocator) -> bytes:
    """Find a span of a text some of whose places cannot be read; each counts as one character."""
    start, end = (_offset_with_unread(body, encoding, at) for at in (place.start, place.end))
    if not 0 <= start <= end:
        raise ValueError("the span is turned round")
    return body[start:end]


def _offset_with_unread(body: bytes, encoding: str, point: int) -> int:
    at = points = 0
    while at < len(body) and points < point:
        try:
            text, good, bad = body[at:].decode(encoding), len(body), len(body)
        except UnicodeDecodeError as error:
            good, bad = at + error.start, at + error.end
            text = body[at:good].decode(encoding)
        if points + len(text) >= point:
            return at + len(text[: point - points].encode(encoding))
        points, at = points + len(text) + (bad > good), bad
    if points != point:
        raise ValueError(f"the text has {points} code points")
    return at


def _offset(body: bytes, encoding: str, point: int) -> int:
    """Find the byte at which code point ``point`` begins."""
    decoder, points = codecs.getincrementaldecoder(encoding)(), 0
    for offset in range(len(body)):
        if points == point and not decoder.getstate()[0]:
            return offset
        points += len(decoder.decode(body[offset : offset + 1]))
    return len(body)


def _line(exhibit: BinaryIO, place: LineLocator) -> bytes:
    """Lines end with LF or CR LF, as log readers count them."""
    if place.line < 1:
        raise ValueError("lines count from 1")
    lines: Iterator[bytes] = exhibit
    ends = [b"\n", b"\r"]
    if _codec(place.encoding).startswith(("utf-16", "utf-32")):
        body, encoding = _unmarked(exhibit.read(), place.encoding)
        lines = (line.encode(encoding) for line in io.StringIO(body.decode(encoding), newline="\n"))
        ends = [end.encode(encoding) for end in ("\n", "\r")]
    found = next(islice(lines, place.line - 1, place.line), None)
    if found is None:
        raise ValueError("it has fewer lines")
    line = found.removesuffix(ends[0]).removesuffix(ends[1])
    return _unmarked(line, place.encoding)[0] if place.line == 1 else line


def _range(
    exhibit: BinaryIO, place: RecordLocator | CellLocator | BytesLocator, opened: Unpacked
) -> bytes:
    codec, offset, length = getattr(place, "codec", None), place.byte_offset, place.byte_length
    if getattr(place, "member", None) is not None:
        raise BadInput("members of archives cannot be resolved yet", place=str(place))
    if codec not in {None, *_KNOWN} and not member_of(codec):
        known = ", ".join(sorted(_KNOWN))
        raise BadInput(f"unknown codec {codec!r}", place=str(place), remedy=f"{known} are known")
    if offset < 0 or length < 0:
        raise ValueError("offsets and lengths count from 0")
    if codec:
        found = opened.read(exhibit, offset, length)
    else:
        exhibit.seek(offset)
        found = exhibit.read(length)
    if len(found) != length:
        raise ValueError(f"only {len(found)} bytes are there")
    return found
