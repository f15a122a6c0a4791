"""Bytes to lines: each line's number, byte offset and byte length, exactly, in flat memory.

Engines' own readers lose offsets and stop at the first byte they cannot decode, so this step is
ours. It interprets nothing: a line ends at LF (a CR before it belongs to the end), everything else
is the line. A byte order mark at the start of the stream is no part of the first line.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ashiato.core.packing import MAGIC, Broken, codec_of, unpacked

BLOCK = 8 << 20
"""Bytes read at once; bounds memory, never changes a result."""
LONGEST = 64 << 20
"""A longer line is counted and cited but not held."""
GZIP = b"\x1f\x8b"
_LONGEST_MAGIC = max(map(len, (GZIP, *MAGIC)))
BOM = b"\xef\xbb\xbf"
_LF, _CR = 10, 13
_FEED = 64 << 10
_WBITS_GZIP = 31

Index = NDArray[np.int64]


class Readable(Protocol):
    """Whatever gives bytes in order: a file, or a member of an archive."""

    def read(self, size: int, /) -> bytes:
        """Give so many bytes; none at the end."""
        ...


@dataclass(slots=True)
class Budget:
    """How many unpacked bytes may still be read of several streams together."""

    left: int


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines in order: ``data[starts[i] : starts[i] + lengths[i]]`` is line ``number + i``.

    ``offset`` is where ``data`` begins in the decoded stream. ``held`` is false for a single line
    that is too long to hold: its length is true, its bytes are not here. ``is_ended`` is false for
    the last line of a stream that breaks off without a line end. ``at`` and ``sizes`` are given
    where ``data`` is a translation: the lines' places in the stream and their bytes there.
    """

    data: bytes
    offset: int
    number: int
    starts: Index
    lengths: Index
    held: bool = True
    is_ended: bool = True
    at: Index | None = None
    sizes: Index | None = None

    @property
    def places(self) -> Index:
        """Where each line begins in the decoded stream."""
        return self.offset + self.starts if self.at is None else self.at

    @property
    def bytes_there(self) -> Index:
        """How many bytes each line has there."""
        return self.lengths if self.sizes is None else self.sizes

    def split(self, at: int) -> tuple["Block", "Block | None"]:
        """Split after the first line that ends at byte ``at`` of the decoded stream or later."""
        nexts = np.append(self.starts[1:], len(self.data)) + self.offset
        last = int(np.searchsorted(nexts, at))
        if last >= len(nexts) - 1:
            return self, None
        cut, count = int(self.starts[last + 1]), last + 1
        starts, lengths = self.starts, self.lengths
        first = Block(self.data[:cut], self.offset, self.number, starts[:count], lengths[:count])
        rest = replace(
            self,
            data=self.data[cut:],
            offset=self.offset + cut,
            number=self.number + count,
            starts=starts[count:] - cut,
            lengths=lengths[count:],
        )
        return first, rest

    @property
    def end(self) -> int:
        """Where the next block begins in the decoded stream."""
        if self.at is not None and len(self.at):
            return int(self.places[-1] + self.bytes_there[-1])
        length = len(self.data) if self.held else int(self.lengths[0]) + self.is_ended
        return self.offset + length


class Pieces:
    """The decoded bytes of a stream, piece by piece; packing, of any number of members, is undone.

    After iteration ``cut`` says why a compressed stream ended early (empty where it did not);
    whatever could be decoded before the cut was given. ``seen`` hears of the bytes received.
    """

    def __init__(
        self,
        stream: Readable,
        *,
        size: int = BLOCK,
        seen: Callable[[int], None] | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._budget = budget
        self._stream, self._size, self._seen = stream, size, seen
        self._first = self._read()
        while 0 < len(self._first) < _LONGEST_MAGIC and (more := self._read()):
            self._first += more
        self.codec = "gzip" if self._first.startswith(GZIP) else codec_of(self._first)
        self.cut = ""

    @property
    def head(self) -> bytes:
        """What the decoded bytes begin with."""
        return decoded_head(self._first)

    def __iter__(self) -> Iterator[bytes]:
        if self.codec is None:
            return self._within(self._received())
        undone = self._gunzipped() if self.codec == "gzip" else self._unpacked(self.codec)
        return self._within(_gathered(undone, self._size))

    def _within(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Stop where the budget is used up: bombs unpack without end."""
        for piece in pieces:
            if self._budget is not None:
                self._budget.left -= len(piece)
                if self._budget.left < 0:
                    self.cut = "it unpacks to more than is read of one archive: a bomb"
                    yield piece[: self._budget.left]
                    return
            yield piece

    def _read(self) -> bytes:
        data = self._stream.read(self._size)
        if self._seen:
            self._seen(len(data))
        return data

    def _received(self) -> Iterator[bytes]:
        data = self._first
        while data:
            yield data
            data = self._read()
        self.cut = getattr(self._stream, "cut", "")  # a member of an archive may break off too

    def _unpacked(self, codec: str) -> Iterator[bytes]:
        try:
            yield from unpacked(self._received(), codec)
        except Broken as error:
            self.cut = str(error)

    def _gunzipped(self) -> Iterator[bytes]:
        member = zlib.decompressobj(_WBITS_GZIP)
        for left in self._fed():
            rest, is_more = left, True
            while rest or is_more:
                if member.eof:
                    rest = rest.lstrip(b"\0")  # gzip allows zero padding after a member
                    member = zlib.decompressobj(_WBITS_GZIP) if rest else member
                if not rest and member.eof:
                    break
                keep = member.copy()
                try:
                    out = member.decompress(rest, self._size)
                except zlib.error as error:
                    self.cut = str(error)
                    yield _up_to_the_error(keep, rest)
                    return
                yield out
                rest, is_more = _left_over(member), len(out) == self._size
        if not member.eof:
            self.cut = self.cut or "the compressed stream ends before its end"

    def _fed(self) -> Iterator[bytes]:
        for received in self._received():
            for at in range(0, len(received), _FEED):
                yield received[at : at + _FEED]


def _gathered(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Join small pieces: work on a block has a fixed cost."""
    held: list[bytes] = []
    count = 0
    for piece in pieces:
        held.append(piece)
        count += len(piece)
        if count >= size:
            yield b"".join(held)
            held, count = [], 0
    if count:
        yield b"".join(held)


def _left_over(member: "zlib._Decompress") -> bytes:
    """Give what a call did not take: the next member, or what did not fit the output."""
    return member.unused_data if member.eof else member.unconsumed_tail


def _up_to_the_error(member: "zlib._Decompress", data: bytes) -> bytes:
    """Decode again, byte by byte: one call that fails gives nothing of what it had decoded."""
    out = []
    try:
        for at in range(len(data)):
            out.append(member.decompress(data[at : at + 1]))  # noqa: PERF401 - keeps what came before
    except zlib.error:
        pass
    return b"".join(out)


def decoded_head(head: bytes, limit: int = 1 << 16) -> bytes:
    """Give at most ``limit`` bytes of what a file begins with, looking through packing."""
    if not head.startswith(GZIP):
        return _unpacked_head(head, limit)
    try:
        return zlib.decompressobj(_WBITS_GZIP).decompress(head, limit)
    except zlib.error:
        return _up_to_the_error(zlib.decompressobj(_WBITS_GZIP), head[:_FEED])[:limit]


def _unpacked_head(head: bytes, limit: int) -> bytes:
    codec = codec_of(head)
    if codec is None:
        return head[:limit]
    found = b""
    try:
        for piece in unpacked([head], codec):
            found += piece
            if len(found) >= limit:
                break
    except Broken:  # a head is cut short by its nature
        pass
    return found[:limit]


def skipped(pieces: Iterable[bytes], count: int) -> Iterator[bytes]:
    """Leave out the first ``count`` bytes."""
    for piece in pieces:
        if count < len(piece):
            yield piece[count:]
        count = max(count - len(piece), 0)


def blocks(
    pieces: Iterable[bytes], *, longest: int = LONGEST, offset: int = 0, number: int = 1
) -> Iterator[Block]:
    """Give the lines of a stream in blocks; the size of the pieces does not change a line.

    ``pieces`` begin at byte ``offset`` of the stream, with line ``number``.
    """
    tail, dropped = b"", 0
    for piece in pieces:
        data = piece
        if dropped:
            end = piece.find(b"\n") + 1
            dropped += end or len(piece)
            if not end:
                continue
            yield _too_long(offset, number, dropped - 1)
            offset, number, dropped, data = offset + dropped, number + 1, 0, piece[end:]
        data = tail + data
        end = data.rfind(b"\n") + 1
        if end:
            block = _block(data[:end], offset, number)
            yield block
            offset, number = block.end, number + len(block.starts)
        tail = data[end:]
        if len(tail) > longest:
            tail, dropped = b"", len(tail)
    if dropped:
        yield _too_long(offset, number, dropped, is_ended=False)
    elif tail:
        yield _block(tail, offset, number)


def _too_long(offset: int, number: int, length: int, *, is_ended: bool = True) -> Block:
    begin, size = np.zeros(1, np.int64), np.array([length])
    return Block(b"", offset, number, begin, size, held=False, is_ended=is_ended)


def _block(data: bytes, offset: int, number: int) -> Block:
    octets = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(octets == _LF)
    is_ended = data.endswith(b"\n")
    if not is_ended:
        ends = np.append(ends, len(data))
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1] + 1])
    if offset == 0 and data.startswith(BOM):
        starts[0] = len(BOM)
    # a CR at the very end of a stream stays: no LF says that it belongs to a line end
    is_crlf = (ends > starts) & (octets[ends - 1] == _CR) & (ends < len(data))
    return Block(data, offset, number, starts, ends - is_crlf - starts, is_ended=is_ended)
