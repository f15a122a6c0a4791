"""How an EVTX file is laid out: a header of 4,096 bytes, then chunks of 65,536 with their records.

After the Windows XML Event Log format as described by Joachim Metz (libyal/libevtx, documentation).
Only lengths, numbers and checksums are looked at here; no record is opened.
"""

import struct
import zlib
from dataclasses import dataclass

FILE_MAGIC, CHUNK_MAGIC, RECORD_MAGIC = b"ElfFile\0", b"ElfChnk\0", 0x2A2A
HEADER, CHUNK = 4096, 65536
FIRST = 512
"""Where the first record of a chunk begins."""
LEAST = 28
"""Bytes of the smallest record: its head, and its size said again at the end."""
DIRTY, UNCHECKED = 1, 4
"""Flags of a file: it was not closed, and its checksums were never made."""
_RECORD = struct.Struct("<IIQQ")
_NUMBER = struct.Struct("<I")
_FREE, _FLAGS, _HEAD_SUM = 48, 120, 124


@dataclass(frozen=True, slots=True)
class Record:
    """One record: where it begins in its chunk, its bytes, and the number that Windows gave it."""

    offset: int
    length: int
    number: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands in one chunk. ``fault`` says why ``[rest, end)`` could not be walked."""

    records: tuple[Record, ...]
    fault: str = ""
    rest: int = 0
    end: int = 0
    bad_sums: bool = False


def header() -> bytes:
    """Make a file header for any chunk: that of a damaged file would lose all its records."""
    start = struct.pack("<8sQQQIHHHH", FILE_MAGIC, 0, 0, 1, 128, 1, 3, HEADER, 1)
    head = start.ljust(_FLAGS, b"\0")
    return (head + struct.pack("<II", 0, zlib.crc32(head))).ljust(HEADER, b"\0")


def flags_of(head: bytes) -> int:
    """Read a file's flags."""
    return _number(head, _FLAGS) if len(head) >= _FLAGS + 4 else 0


def has_good_header(head: bytes) -> bool:
    """Say whether a file's header is whole and, where it is checked, as it was written."""
    if len(head) < HEADER or not head.startswith(FILE_MAGIC):
        return False
    return bool(flags_of(head) & UNCHECKED) or zlib.crc32(head[:_FLAGS]) == _number(head, 124)


def walk(data: bytes) -> Chunk:
    """Find the records of a chunk, which may be cut short: each by the length of the one before."""
    end = _end(data)
    at, found = FIRST, list[Record]()
    while at + LEAST <= end:
        magic, length, number, _ = _RECORD.unpack_from(data, at)
        fault = _fault(data, at, magic, length)
        if fault:
            return Chunk(tuple(found), fault, at, end, _has_bad_sums(data))
        found.append(Record(at, length, number))
        at += length
    return Chunk(tuple(found), bad_sums=_has_bad_sums(data))


def _end(data: bytes) -> int:
    """Tell where free space begins, as the chunk says."""
    return min(_number(data, _FREE), len(data)) if len(data) >= FIRST else 0


def _fault(data: bytes, at: int, magic: int, length: int) -> str:
    if magic != RECORD_MAGIC:
        return "no record begins where the one before ends"
    if length < LEAST or at + length > CHUNK:
        return "a record whose length cannot be"
    return "a record that the end of the file cuts off" if at + length > len(data) else ""


def _has_bad_sums(data: bytes) -> bool:
    if len(data) < CHUNK:
        return False
    head = zlib.crc32(data[:_FLAGS] + data[128:FIRST])
    records = zlib.crc32(data[FIRST : _number(data, _FREE)])
    return (records, head) != (_number(data, 52), _number(data, _HEAD_SUM))


def _number(data: bytes, at: int) -> int:
    found: int = _NUMBER.unpack_from(data, at)[0]
    return found
