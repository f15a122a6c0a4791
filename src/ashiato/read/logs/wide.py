"""Logs in UTF-16, as Windows exports them: lines as UTF-8, places in the bytes as received."""

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ashiato.read.logs.lines import Block, Index

MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
"""Byte order marks and what they mean."""
_LF, _CR = 10, 13
Units = NDArray[np.uint16] | NDArray[np.uint8]


def encoding_of(head: bytes, stated: str | None) -> str | None:
    """Name the form of UTF-16 by its mark, else as the case states; ``None`` for other files."""
    marked = MARKS.get(head[:2])
    if marked:
        return marked
    name = (stated or "").lower().replace("_", "-")
    return {"utf-16": "utf-16-le", "utf16": "utf-16-le"}.get(name, name) if _is_wide(name) else None


def _is_wide(name: str) -> bool:
    return name in {"utf-16", "utf16", "utf-16-le", "utf-16-be", "utf-16le", "utf-16be"}


def narrow(head: bytes) -> bytes:
    """Give the beginning of a file as UTF-8 where a mark says that it is UTF-16."""
    encoding = MARKS.get(head[:2])
    return head[2 : len(head) & ~1].decode(encoding, "ignore").encode() if encoding else head


def wide_blocks(pieces: Iterable[bytes], encoding: str) -> Iterator[Block]:
    """Give the lines of a UTF-16 stream in blocks; a byte too many belongs to the last line.

    What is no character becomes bytes that no UTF-8 has, so that its line is refused as any other.
    """
    tail, offset, number = b"", 0, 1
    for piece in pieces:
        data = tail + piece
        units = _units(data, encoding)
        ends = np.flatnonzero(units == _LF)
        end = 2 * (int(ends[-1]) + 1) if len(ends) else 0
        if end:
            block = _block(data[:end], offset, number, encoding)
            yield block
            offset, number = offset + end, number + len(block.starts)
        tail = data[end:]
    if tail:
        yield _block(tail, offset, number, encoding)


def _units(data: bytes, encoding: str) -> Units:
    order = "<u2" if encoding == "utf-16-le" else ">u2"
    return np.frombuffer(data, order, count=len(data) // 2)


def _block(data: bytes, offset: int, number: int, encoding: str) -> Block:
    units = _units(data, encoding)
    is_ended = len(data) % 2 == 0 and units[-1:].tolist() == [_LF]
    text = data[: len(data) & ~1].decode(encoding, "surrogatepass")
    utf8 = text.encode("utf-8", "surrogatepass") + (b"\xff" if len(data) % 2 else b"")
    at, sizes = _lines(units, 2, len(data), is_ended=is_ended)
    starts, lengths = _lines(np.frombuffer(utf8, np.uint8), 1, len(utf8), is_ended=is_ended)
    if offset == 0 and data[:2] in MARKS:
        at[0], sizes[0] = 2, sizes[0] - 2
        starts[0], lengths[0] = 3, lengths[0] - 3  # the mark has three bytes in UTF-8
    return Block(
        utf8, offset, number, starts, lengths, is_ended=is_ended, at=offset + at, sizes=sizes
    )


def _lines(units: Units, width: int, length: int, *, is_ended: bool) -> tuple[Index, Index]:
    """Find where lines begin and how many bytes they have without their ends."""
    ends = width * np.flatnonzero(units == _LF)
    if not is_ended:
        ends = np.append(ends, length)
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1] + width])
    before = np.clip(ends // width - 1, 0, max(len(units) - 1, 0))
    is_crlf = (ends > starts) & (ends < length) & (units[before] == _CR) if len(units) else False
    return starts, ends - width * np.asarray(is_crlf, np.int64) - starts


def cut_wide(
    pieces: Iterable[bytes], encoding: str, cut: Callable[[Iterable[bytes]], Iterator[Block]]
) -> Iterator[Block]:
    """Cut a UTF-16 stream into records that are no lines, as ``cut`` does one of UTF-8."""
    track = _Track(encoding)
    for block in cut(track.narrowed(pieces)):
        yield track.placed(block) if block.held else block


class _Track:
    """Remembers which bytes of UTF-8 stand for which of UTF-16, as far as they are still needed."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._held, self._start, self._units = b"", 0, 0

    def narrowed(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            utf8 = self._decoder.decode(piece).encode("utf-8", "surrogatepass")
            self._held += utf8
            if utf8:
                yield utf8

    def placed(self, block: Block) -> Block:
        """Give a block's records their places in the bytes as received."""
        before = block.offset - self._start
        self._units += int(_counted(self._held[:before])[-1])
        self._held, self._start = self._held[before:], block.offset
        units = self._units + _counted(block.data)
        at = 2 * units[block.starts]
        return replace(block, at=at, sizes=2 * units[block.starts + block.lengths] - at)


def _counted(utf8: bytes) -> Index:
    """Count the units of UTF-16 before each byte, and at the end."""
    octets = np.frombuffer(utf8, np.uint8)
    units = ((octets & 0xC0) != 0x80).astype(np.int64) + (octets >= 0xF0)  # noqa: PLR2004 - UTF-8
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(units)])
