"""Frames of JSON from a child that may be in the hands of the file it reads.

A frame is a kind byte (``F`` a value, ``E`` the end), a length (4 bytes, big endian) and JSON. Read
strictly: UTF-8, no NaN or infinity, no name twice, no lone surrogate, bounded in size and depth.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite

from ashiato.read.sandbox.outcome import JSON

FRAME = 16 << 20
"""Bytes a frame may have."""
DEPTH = 32
"""Lists and objects within one another, the outermost counted."""
VALUES = 4_000_000
"""Values in all frames together: small values take far more memory than room on the wire."""
WHOLE = 1 << 63
"""Whole numbers lie in [-WHOLE, WHOLE)."""
HEAD = 5
VALUE, END = b"F", b"E"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class Garbled(ValueError):
    """The child sent what no parser of ours sends."""


class TooMuch(ValueError):
    """The result outgrew its bound."""


def pack(kind: bytes, value: JSON) -> bytes:
    """Write one frame.

    Raises:
        ValueError: it holds NaN, infinity or a lone surrogate, or is too large for a frame.
        TypeError: it is not plain data.

    """
    payload = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    data = payload.encode()
    if len(data) > FRAME:
        raise TooMuch(f"a frame of more than {FRAME} bytes")
    return kind + len(data).to_bytes(4, "big") + data


def unpack(payload: bytes) -> JSON:
    """Read one frame's JSON; raises `Garbled`."""
    return _read(payload)[0]


def _read(payload: bytes) -> tuple[JSON, int]:
    try:
        value: JSON = _DECODER.decode(payload.decode())
        if _SURROGATE.search(payload):
            json.dumps(value, ensure_ascii=False).encode()
        return value, _count(value)
    except (ValueError, RecursionError) as error:
        raise Garbled(f"not the JSON we speak: {error}") from error


def _object(value: JSON) -> Mapping[str, JSON]:
    if not isinstance(value, dict):
        raise Garbled("an end that is no object")
    return value


def _count(value: JSON) -> int:
    """Count the values, level by level."""
    level, total, depth = [value], 1, 0
    while level := [v for v in level if isinstance(v, list | dict)]:
        depth += 1
        if depth > DEPTH:
            raise Garbled(f"nested more than {DEPTH} deep")
        level = [inner for v in level for inner in (v.values() if isinstance(v, dict) else v)]
        total += len(level)
    return total


def _no_constant(text: str) -> JSON:
    raise Garbled(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise Garbled("a number beyond all bounds")
    return number


def _whole(text: str) -> int:
    number = int(text)
    if not -WHOLE <= number < WHOLE:
        raise Garbled("a whole number of more than 64 bits")
    return number


def _once(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Garbled("a name stands twice in one object")
    return found


_DECODER = json.JSONDecoder(
    parse_constant=_no_constant, parse_float=_finite, parse_int=_whole, object_pairs_hook=_once
)


@dataclass(slots=True)
class Inbox:
    """Takes the child's bytes as they come and keeps the frames that are whole.

    ``end`` is the child's own last word, if it gave one; nothing counts after it.
    """

    bound: int
    frames: list[JSON] = field(default_factory=list)
    end: Mapping[str, JSON] | None = None
    _seen: int = 0
    _values: int = 0
    _rest: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            Garbled: they are no frames.
            TooMuch: there are more of them than the result may have.

        """
        self._check(more=len(data))
        self._rest += data
        for kind, payload in self._whole_frames():
            value, count = _read(payload)
            if kind == END:
                self.end = _object(value)
                return
            self._values += count
            self._check()
            self.frames.append(value)

    def _check(self, *, more: int = 0) -> None:
        self._seen += more
        if self._seen > self.bound:
            raise TooMuch(f"the result has more than {self.bound} bytes")
        if self._values > VALUES:
            raise TooMuch(f"the result has more than {VALUES} values")

    def _whole_frames(self) -> Iterator[tuple[bytes, bytes]]:
        while len(self._rest) >= HEAD:
            kind, size = bytes(self._rest[:1]), int.from_bytes(self._rest[1:HEAD], "big")
            if kind not in {VALUE, END} or size > FRAME:
                raise Garbled("no frame begins here")
            if len(self._rest) < HEAD + size:
                return
            payload = bytes(self._rest[HEAD : HEAD + size])
            del self._rest[: HEAD + size]
            yield kind, payload
