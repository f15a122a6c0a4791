"""Zip archives to the logs in them: the directory is read in the sandbox, the bytes where they lie.

The sandbox says only where each member's packed bytes stand. They are undone here like any packed
log, so that a log in an archive may be as long as one beside it, in flat memory. What the directory
says of a member bounds what is read of it, and its checksum is checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from zlib import crc32

from ashiato.core.evidence import Problem
from ashiato.core.members import Member, unpacked_member
from ashiato.core.packing import Broken
from ashiato.read.sandbox import Ending, Limits, confined

LISTING = "ashiato.read.files.zip:listing"
LIMITS = Limits(seconds=60.0, memory=1 << 30, output=16 << 20)
HEAD = 1 << 16
"""Bytes of a member by which its kind is told."""
MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """A member as the archive's directory tells of it: its number there, its size, its CRC-32."""

    number: int
    member: Member
    size: int
    checksum: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The members of an archive that can be read, and what is wrong with the others."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def is_archive(head: bytes) -> bool:
    """Say whether a file begins like a zip archive."""
    return head.startswith(MARKS)


def directory_of(source: BinaryIO | bytes, size: int, path: str) -> Directory:
    """List an archive of ``size`` bytes; ``path`` is named where something is wrong."""
    outcome = confined(LISTING, source, {}, LIMITS)
    entries: list[Entry] = []
    problems: list[Problem] = []
    for frame in outcome.frames:
        match frame:
            case {"entry": [int(), str(), str(), int(), int(), int(), int()] as told}:
                entries += _entry(list(told), size)
            case {"note": [str(kind), str(message), str(remedy), int(count)]}:
                problems.append(Problem(kind, path, message, remedy, count))
    if outcome.ending is not Ending.OK:
        message = f"reading ended: {outcome.ending.value} ({outcome.reason})"
        kind = outcome.ending.value.replace(" ", "-")
        problems.append(Problem(kind, path, message, "unpack it and add its files"))
    return Directory(tuple(entries), tuple(problems))


def _entry(told: list[Any], size: int) -> Iterator[Entry]:
    """Check one entry: it is a hostile file's word; one that lies outside the file is none."""
    number, name, method, at, packed, unpacked, checksum = told
    if min(at, packed, unpacked, checksum) >= 0 and at + packed <= size:
        yield Entry(number, Member(name, method, at, packed), unpacked, checksum)


class MemberStream:
    """The unpacked bytes of one member, read from its beginning like a file.

    ``cut`` says why they end before the end that the directory names; empty where they do not.
    """

    def __init__(self, archive: BinaryIO, entry: Entry) -> None:
        self._archive, self._entry = archive, entry
        self._pieces = unpacked_member(self._packed(), entry.member)
        self._held, self._at, self._checksum = b"", 0, 0
        self.cut = ""

    def read(self, size: int) -> bytes:
        """Give so many bytes; fewer at the end only."""
        found = [self._held]
        count = len(self._held)
        while count < size and (piece := self._next()):
            found.append(piece)
            count += len(piece)
        every = b"".join(found)
        self._held = every[size:]
        return every[:size]

    def _next(self) -> bytes:
        """Give the next piece that is not empty, and nothing at the end."""
        if self.cut:
            return b""
        try:
            piece = next((piece for piece in self._pieces if piece), b"")
        except Broken as error:
            self.cut = str(error)
            return b""
        self._checksum, self._at = crc32(piece, self._checksum), self._at + len(piece)
        if self._at > self._entry.size:
            self.cut = "the member is longer than the archive says"
            return piece[: len(piece) - (self._at - self._entry.size)]
        if not piece and (self._at, self._checksum) != (self._entry.size, self._entry.checksum):
            self.cut = "the member is not what the archive's checksum says"
        return piece

    def _packed(self) -> Iterator[bytes]:
        at, end = self._entry.member.offset, self._entry.member.offset + self._entry.member.length
        while at < end:
            self._archive.seek(at)
            data = self._archive.read(min(_CHUNK, end - at))
            if not data:
                return
            at += len(data)
            yield data


def head_of(archive: BinaryIO, entry: Entry) -> bytes:
    """Give the first bytes of a member."""
    return MemberStream(archive, entry).read(HEAD)


def names_of(entries: tuple[Entry, ...]) -> Mapping[int, str]:
    """Name each member for people; of several of one name the later ones bear a number."""
    seen: dict[str, int] = {}
    named = {}
    for entry in entries:
        name = entry.member.name
        seen[name] = seen.get(name, 0) + 1
        named[entry.number] = f"{name}#{seen[name]}" if seen[name] > 1 else name
    return named
