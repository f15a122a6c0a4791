"""Archives to their members: limits are declared, overlaps are refused, names are data."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - a class, written as one

from ashiato.read.files.frames import Frame, clean, member, note
from ashiato.read.sandbox import Refused

MEMBERS = 1000
TOTAL = 40 << 20
"""Bytes that all members may unpack to together."""
RATIO = 1000
"""How many times its packed size a member may unpack to (deflate's own bound is 1,032)."""
_LOCAL_HEADER = 30
_ENCRYPTED = 1


def checked(archive: ZipFile) -> list[ZipInfo]:
    """Give the members of an archive that keeps the limits.

    Raises:
        Refused: too many members, members on top of one another, or a size that no file has.

    """
    found = archive.infolist()
    if len(found) > MEMBERS:
        raise Refused(f"it has {len(found)} members; {MEMBERS} are read at most")
    placed = sorted(found, key=lambda info: info.header_offset)
    for one, other in pairwise(placed):
        end = (
            one.header_offset
            + _LOCAL_HEADER
            + len(one.orig_filename.encode()) // 2
            + one.compress_size
        )
        if end > other.header_offset:
            raise Refused("its members lie on top of one another: a zip bomb")
    total = sum(info.file_size for info in found)
    packed = sum(info.compress_size for info in found)
    if total > TOTAL and total > RATIO * max(1, packed):
        raise Refused(f"it would unpack to {total} bytes from {packed}: a zip bomb")
    return found


def listing(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Say where the packed bytes of every member lie, and nothing of what is in them."""
    for number, info in enumerate(checked(_opened(stream))):
        if info.is_dir():
            continue
        method = METHODS.get(info.compress_type)
        at = _packed_at(stream, info)
        if info.flag_bits & _ENCRYPTED:
            yield _encrypted(clean(info.filename))
        elif method is None or at is None:
            yield _damaged(clean(info.filename), "packed in a way that is not known")
        else:
            sizes = [at, info.compress_size, info.file_size, info.CRC]
            yield {"entry": [number, clean(info.filename), method, *sizes]}


METHODS: Mapping[int, str] = {0: "stored", 8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}
"""Ways of packing and their numbers (APPNOTE.TXT 4.4.5)."""


def _packed_at(stream: BinaryIO, info: ZipInfo) -> int | None:
    """Find where a member's bytes begin: its own header need not be as long as the directory's."""
    stream.seek(info.header_offset)
    header = stream.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        return None
    name, extra = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
    return info.header_offset + _LOCAL_HEADER + name + extra


def extract(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:
    """Hand out every member but those to skip, in the order of the archive's directory."""
    archive, left = _opened(stream), TOTAL
    skipped = arguments.get("skip", [])
    for number, info in enumerate(checked(archive)):
        if info.is_dir() or (isinstance(skipped, list) and number in skipped):
            continue
        frame, used = _member(archive, info, left)
        left -= used
        yield frame


def _opened(stream: BinaryIO) -> ZipFile:
    try:
        return ZipFile(stream)
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused(f"no archive that can be opened: {error}") from error


def _encrypted(name: str) -> Frame:
    message = f"the member {name!r} is encrypted"
    return note("encrypted", message, "ask for the password; seal the unpacked file")


def _damaged(name: str, how: object) -> Frame:
    return note(
        "bad-member", f"the member {name!r} is damaged ({how})", "ask for an undamaged copy"
    )


def _member(archive: ZipFile, info: ZipInfo, left: int) -> tuple[Frame, int]:
    name = clean(info.filename)
    if info.flag_bits & _ENCRYPTED:
        return _encrypted(name), 0
    try:
        with archive.open(info) as packed:
            data = packed.read(left + 1)
    except (BadZipFile, ZlibError, EOFError, OSError, NotImplementedError, ValueError) as error:
        return _damaged(name, error), 0
    if len(data) > left:
        message = f"the member {name!r} is too large: {TOTAL} bytes are unpacked at most"
        return note("too-large", message, "unpack the archive and add its files"), 0
    return member(name, data), len(data)
