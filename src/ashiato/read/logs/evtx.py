"""EVTX to lines of JSON with the place of each record: opened in the sandbox, group by group.

The places are found here, by lengths alone; what a record says is the sandboxed parser's word. A
chunk that stops the parser loses itself; the chunks after it are read by another child.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

from ashiato.core.confinement import barred
from ashiato.read.events.layout import (
    CHUNK,
    CHUNK_MAGIC,
    DIRTY,
    HEADER,
    UNCHECKED,
    flags_of,
    has_good_header,
    walk,
)
from ashiato.read.logs.format import Refused
from ashiato.read.logs.lines import Block
from ashiato.read.logs.text import Text
from ashiato.read.sandbox import Ended, Ending, Limits, confined

PARSER = "ashiato.read.events.evtx:extract"
VERSION = f"evtx-json@evtx-{version('evtx')}"
GROUP = 128
"""Chunks that one child reads: bounds memory, never changes a result."""
LIMITS = Limits(seconds=30.0, memory=1 << 30, output=256 << 20)
MOST_FAILURES = 50
"""Children that may end badly before the rest of a file is left unread."""
_NUMBERS = re.compile(r"(?:[0-9]{1,20}(?: [0-9]{1,20})*)?")
_LOOK = "look at the cited bytes; ask the source for an undamaged copy"
_UNCLOSED = "the log was not closed when it was copied: its last events may be missing"
_CHECKSUM = "a chunk whose checksums are wrong; its records are read as they stand"
_NO_CHUNK = "no chunk of events where one should begin"
_CUT = "the file breaks off within a chunk; the records before are kept"


@dataclass(frozen=True, slots=True)
class Opened:
    """Some chunks: every record and every fault is a line of ``block``, in order.

    ``text`` has the JSON of the records that could be read.
    """

    block: Block
    text: Text
    refused: tuple[Refused, ...]
    endings: tuple[Ended, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Lines:
    """Records and faults of a group, by place, and what became of them."""

    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    said: dict[int, str] = field(default_factory=dict)
    refused: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, start: int, length: int) -> int:
        self.starts.append(start)
        self.lengths.append(length)
        return len(self.starts) - 1

    def refuse(self, line: int, kind: str, message: str) -> None:
        self.refused.setdefault((kind, message), []).append(line)

    def faulty(self, start: int, length: int, kind: str, message: str) -> None:
        self.refuse(self.add(start, length), kind, message)


@dataclass(slots=True)
class _Place:
    """Where one chunk's records stand among the lines: record number to lines, in order."""

    start: int
    length: int
    lines: dict[int, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class _File:
    """What must be known of the chunks before."""

    is_checked: bool = True
    failures: int = 0


def opened(pieces: Iterable[bytes]) -> Iterator[Opened]:
    """Give the records of an EVTX file group by group, in flat memory."""
    file, number, offset = _File(), 1, 0
    for data, is_first in _groups(pieces):
        found = _open(data, file, is_first=is_first)
        block = Block(
            data,
            offset,
            number,
            np.array(found.starts, np.int64),
            np.array(found.lengths, np.int64),
        )
        endings = tuple(_read(data, found, file, HEADER if is_first else 0))
        notes = (_UNCLOSED,) if is_first and flags_of(data) & DIRTY else ()
        yield Opened(block, _text(found.said), tuple(_refused(found)), endings, notes)
        number, offset = number + len(found.starts), offset + len(data)


def _groups(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    held, wanted, is_first = bytearray(), HEADER + GROUP * CHUNK, True
    for piece in pieces:
        held += piece
        while len(held) >= wanted:
            yield bytes(held[:wanted]), is_first
            del held[:wanted]
            wanted, is_first = GROUP * CHUNK, False
    if held:
        yield bytes(held), is_first


def _open(data: bytes, file: _File, *, is_first: bool) -> _Lines:
    """Find the records of a group, and what is wrong with its chunks."""
    lines = _Lines()
    if is_first:
        file.is_checked = not flags_of(data) & UNCHECKED
        if not has_good_header(data):
            lines.faulty(0, min(len(data), HEADER), "bad-header", "a file header that is damaged")
    for start in range(HEADER if is_first else 0, len(data), CHUNK):
        _walk(data[start : start + CHUNK], start, lines, is_checked=file.is_checked)
    return lines


def _walk(chunk: bytes, start: int, lines: _Lines, *, is_checked: bool) -> None:
    if not chunk.startswith(CHUNK_MAGIC):
        if chunk.strip(b"\0"):  # chunks that were never used hold zeros
            lines.faulty(start, len(chunk), "bad-chunk", _NO_CHUNK)
        return
    found = walk(chunk)
    if found.bad_sums and is_checked:
        lines.faulty(start, HEADER // 8, "bad-checksum", _CHECKSUM)
    for record in found.records:
        lines.add(start + record.offset, record.length)
    if found.fault:
        lines.faulty(start + found.rest, found.end - found.rest, "bad-record", found.fault)
    if len(chunk) < CHUNK:
        lines.faulty(start, len(chunk), "truncated", _CUT)


def _read(data: bytes, lines: _Lines, file: _File, begin: int) -> Iterator[Ended]:
    """Have every chunk read; what was not read is refused."""
    places = _places(data, lines, begin)
    waiting = [n for n, place in enumerate(places) if place.lines]
    if waiting and (lacking := barred()):
        yield Ended(PARSER, VERSION, Ending.REFUSED, f"no sandbox here: {lacking}")
        _give_up(places, waiting, lines, "refused", f"no sandbox here to open it in: {lacking}")
        return
    while waiting and file.failures < MOST_FAILURES:
        source = b"".join(_chunk(data, places[n]) for n in waiting)
        outcome = confined(PARSER, source, {}, LIMITS)
        done = _take(outcome.frames, [places[n] for n in waiting], lines)
        yield outcome.ended(PARSER, VERSION)
        if outcome.ending is not Ending.OK:
            file.failures += 1
            message = f"a chunk that cannot be read: {outcome.ending.value} ({outcome.reason})"
            _give_up(places, waiting[done : done + 1], lines, "bad-chunk", message)
            done += 1
        elif done < len(waiting):
            _give_up(places, waiting[done:], lines, "bad-chunk", "a chunk its reader left out")
            return
        waiting = waiting[done:]
    _give_up(places, waiting, lines, "bad-chunk", "left unread: too many chunks before it failed")


def _chunk(data: bytes, place: _Place) -> bytes:
    return data[place.start : place.start + place.length].ljust(CHUNK, b"\0")


def _places(data: bytes, lines: _Lines, begin: int) -> list[_Place]:
    places = [_Place(at, min(CHUNK, len(data) - at)) for at in range(begin, len(data), CHUNK)]
    refused = {line for each in lines.refused.values() for line in each}
    for line, start in enumerate(lines.starts):
        if line not in refused:
            number = int.from_bytes(data[start + 8 : start + 16], "little")
            places[(start - begin) // CHUNK].lines.setdefault(number, []).append(line)
    return places


def _take(frames: tuple[Any, ...], places: list[_Place], lines: _Lines) -> int:
    """Take what the child said of some chunks; give how many it finished, in order."""
    done = 0
    for frame in frames:
        if not isinstance(frame, Mapping) or frame.get("chunk") != done or done >= len(places):
            break
        place = places[done]
        if not _take_records(frame, place, lines):
            break
        if "faults" in frame:
            unread = [line for each in place.lines.values() for line in each]
            for line in sorted(unread):
                lines.refuse(line, "bad-record", "a record that cannot be read")
            done += 1
    return done


def _take_records(frame: Mapping[str, Any], place: _Place, lines: _Lines) -> bool:
    """Give each record its JSON; a frame that is not of our shape says nothing."""
    numbers, written = frame.get("ids"), frame.get("json")
    if not isinstance(numbers, str) or not isinstance(written, str):
        return False
    if not _NUMBERS.fullmatch(numbers):
        return False
    ids, texts = numbers.split(), written.split("\n") if numbers else []
    if len(texts) != len(ids):
        return False
    for number, text in zip(map(int, ids), texts, strict=True):
        if waiting := place.lines.get(number):
            lines.said[waiting.pop(0)] = text
    return True


def _give_up(
    places: list[_Place], chunks: list[int], lines: _Lines, kind: str, message: str
) -> None:
    for chunk in chunks:
        unread = [line for each in places[chunk].lines.values() for line in each]
        for line in sorted(unread):
            lines.refuse(line, kind, message)


def _text(said: Mapping[int, str]) -> Text:
    encoded = [said[line].encode() for line in sorted(said)]
    ends = np.cumsum([len(text) for text in encoded], dtype=np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]]) if encoded else ends
    return Text(b"".join(encoded), starts, ends, np.array(sorted(said), np.int64))


def _refused(lines: _Lines) -> Iterator[Refused]:
    for (kind, message), which in lines.refused.items():
        yield Refused(kind, message, _LOOK, np.array(which, np.int64))
