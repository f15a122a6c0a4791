"""Lines to text: the decoding policy of a source, with a place for every line that has none.

In order: the encoding that the case states, strict UTF-8, the fallbacks that the case states; a
line that none of them reads is set aside, cited, and never decoded with losses. What remains is one
UTF-8 buffer, so that fields can be cut out of it without looking at characters.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from ashiato.core.errors import BadInput
from ashiato.core.sources import Intake
from ashiato.read.logs.lines import Block, Index

_ASCII = 0x80
_ESCAPE = 0x1B  # ISO-2022 encodings switch alphabets by it, in bytes that look like ASCII


@dataclass(frozen=True)
class Text:
    """Decoded lines: ``data[starts[i] : ends[i]]`` is line ``lines[i]`` of its block."""

    data: bytes
    starts: Index
    ends: Index
    lines: Index

    def __len__(self) -> int:
        return len(self.lines)

    def at(self, index: Index) -> "Text":
        """Keep the lines ``index`` (ascending)."""
        return Text(self.data, self.starts[index], self.ends[index], self.lines[index])

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Give each line's place in its block and its text, for formats read line by line."""
        return zip(self.lines.tolist(), self.strings.to_pylist(), strict=True)

    @cached_property
    def strings(self) -> pa.Array:
        """The lines as an Arrow array."""
        return cut(self.data, self.starts, self.ends)


def cut(data: bytes, starts: Index, ends: Index) -> pa.Array:
    """Cut ascending pieces, ending between characters, out of UTF-8 as an Arrow string array.

    Arrow sees the buffer as pieces and gaps in turn, without a copy, and takes the pieces.
    """
    if not len(starts):
        return pa.array([], pa.string())
    offsets = np.empty(2 * len(starts), np.int32)
    offsets[0::2], offsets[1::2] = starts, ends
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    both = pa.Array.from_buffers(pa.string(), 2 * len(starts) - 1, buffers)
    return both.take(pa.array(np.arange(0, 2 * len(starts), 2)))


def encodings_of(intake: Intake) -> tuple[str, ...]:
    """Name the encodings to try on a line, in order.

    Raises:
        BadInput: case.toml states an encoding that does not exist or is not made of lines of bytes.

    """
    fallbacks = intake.extra.get("fallback_encodings", "").split(",")
    stated = [intake.encoding or "", "utf-8", *fallbacks]
    wanted = [name.strip() for name in stated if name.strip()]
    for name in wanted:
        if not _has_lines(name):
            raise BadInput(
                f"{name!r} is not an encoding that a log can be read in line by line",
                path=intake.path,
                place="encoding",
                remedy="state another encoding (utf-8, cp932, euc_jp ...) in case.toml, or add a "
                "copy of the log converted to UTF-8",
            )
    return tuple(dict.fromkeys(codecs.lookup(name).name for name in wanted))


def _has_lines(encoding: str) -> bool:
    sample = "a b\t1/\n"
    try:
        return sample.encode().decode(encoding) == sample
    except (LookupError, UnicodeError, ValueError):
        return False


def decode(block: Block, encodings: tuple[str, ...]) -> tuple[Text, Index]:
    """Decode a block's lines that are not empty; also give the lines that no encoding reads."""
    lines = np.flatnonzero(block.lengths)
    starts = block.starts[lines]
    text = Text(block.data, starts, starts + block.lengths[lines], lines)
    if encodings[0] == "utf-8" and _is_utf8(block.data):
        return text, lines[:0]
    odd = _odd_lines(text)
    if not len(odd):
        return text, lines[:0]
    return _recoded(text, odd, encodings)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _odd_lines(text: Text) -> Index:
    octets = np.frombuffer(text.data, np.uint8)
    places = np.flatnonzero((octets >= _ASCII) | (octets == _ESCAPE))
    first = np.searchsorted(places, text.starts)
    return np.flatnonzero(np.searchsorted(places, text.ends) > first)


def _recoded(text: Text, odd: Index, encodings: tuple[str, ...]) -> tuple[Text, Index]:
    """Rewrite the odd lines in UTF-8, leaving the plain ones between them as they are."""
    parts, at = [], 0
    starts, ends = text.starts.copy(), text.ends.copy()
    moved = np.zeros(len(text) + 1, np.int64)
    is_read = np.ones(len(text), bool)
    for i in odd.tolist():
        start, end = int(text.starts[i]), int(text.ends[i])
        new = _utf8(text.data[start:end], encodings)
        is_read[i] = new is not None
        parts += [text.data[at:start], new or b""]
        grown = len(new or b"") - (end - start)
        ends[i] += grown
        moved[i + 1] += grown
        at = end
    parts.append(text.data[at:])
    before = np.cumsum(moved[:-1])
    whole = Text(b"".join(parts), starts + before, ends + before, text.lines)
    return whole.at(np.flatnonzero(is_read)), text.lines[~is_read]


def _utf8(line: bytes, encodings: tuple[str, ...]) -> bytes | None:
    for encoding in encodings:
        try:
            return line.decode(encoding).encode()
        except (UnicodeError, ValueError):
            continue
    return None
