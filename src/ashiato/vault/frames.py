"""The log's file format: strict frames without a byte of slack, so that no change goes unseen.

A segment is `MAGIC`, then frames of ``u32 length | u32 CRC-32 of the payload | payload``,
big-endian, no padding. Where reading stops, `parse` says whether a write was cut off by a crash
(*torn*, past anything acknowledged) or bytes that were whole have changed (*damaged*).
"""

import re
import struct
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

MAGIC = b"ASHILOG1"
MAX_PAYLOAD = 1 << 20
_HEADER = struct.Struct(">II")
_HOLE = bytes(8)
"""A block that never reached the disk reads as NULs; JSON has none, a header at most seven."""


class State(StrEnum):
    """How a segment ends."""

    WHOLE = "whole"
    TORN = "torn"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Segment:
    """The payloads that read well, where they end (byte offset), and how the file goes on."""

    payloads: tuple[bytes, ...]
    end: int
    state: State


def frame(payload: bytes) -> bytes:
    """Wrap one payload.

    Raises:
        ValueError: the payload is empty or above `MAX_PAYLOAD` bytes.

    """
    if not 0 < len(payload) <= MAX_PAYLOAD:
        raise ValueError(f"a log entry has 1 to {MAX_PAYLOAD} bytes, not {len(payload)}")
    return _HEADER.pack(len(payload), crc32(payload)) + payload


def parse(data: bytes) -> Segment:
    """Read frames until the first that is not whole."""
    if data[: len(MAGIC)] != MAGIC:
        return Segment((), 0, State.DAMAGED)
    payloads, place = [], len(MAGIC)
    while (payload := _payload_at(data, place)) is not None:
        payloads.append(payload)
        place += _HEADER.size + len(payload)
    state = State.WHOLE if place == len(data) else _judge(data[place:])
    return Segment(tuple(payloads), place, state)


def _payload_at(data: bytes, place: int) -> bytes | None:
    if place + _HEADER.size > len(data):
        return None
    length, checksum = _HEADER.unpack_from(data, place)
    start = place + _HEADER.size
    if not 0 < length <= MAX_PAYLOAD or start + length > len(data):
        return None
    payload = data[start : start + length]
    return payload if crc32(payload) == checksum else None


def _judge(rest: bytes) -> State:
    """Tell an unfinished last write from damage: only what was never whole may be cut off.

    A batch is one write, and its blocks may reach the disk in any order: a block that is missing
    (a hole) makes the write unfinished even where whole frames follow.
    """
    following = _next_whole(rest)
    broken = rest[:following]
    if len(broken) < _HEADER.size or _HOLE in broken or broken[-1] == 0:
        return State.TORN
    length, checksum = _HEADER.unpack_from(broken)
    complete = 0 < length <= len(rest) - _HEADER.size
    if complete or following < len(rest) or _only_length_differs(broken, checksum):
        return State.DAMAGED
    return State.TORN


def _next_whole(rest: bytes) -> int:
    """Find where the next whole frame begins; the end where none does."""
    for brace in re.finditer(rb"\{", rest):
        place = brace.start() - _HEADER.size
        if place > 0 and _payload_at(rest, place) is not None:
            return place
    return len(rest)


def _only_length_differs(broken: bytes, checksum: int) -> bool:
    """Whether the payload is all there and only the length says otherwise."""
    start, total = _HEADER.size, 0
    for brace in re.finditer(rb"\}", broken):
        total = crc32(broken[start : brace.end()], total)
        start = max(start, brace.end())
        if total == checksum:
            return True
    return False
