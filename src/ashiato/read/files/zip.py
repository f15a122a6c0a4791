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


def extract(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Hand out every member, in the order of the archive's directory."""
    try:
        archive = ZipFile(stream)
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused(f"no archive that can be opened: {error}") from error
    left = TOTAL
    for info in checked(archive):
        if info.is_dir():
            continue
        frame, used = _member(archive, info, left)
        left -= used
        yield frame


def _member(archive: ZipFile, info: ZipInfo, left: int) -> tuple[Frame, int]:
    name = clean(info.filename)
    if info.flag_bits & _ENCRYPTED:
        message = f"the member {name!r} is encrypted"
        return note("encrypted", message, "ask for the password; seal the unpacked file"), 0
    try:
        with archive.open(info) as packed:
            data = packed.read(left + 1)
    except (BadZipFile, ZlibError, EOFError, OSError, NotImplementedError, ValueError) as error:
        message = f"the member {name!r} is damaged ({error})"
        return note("bad-member", message, "ask for an undamaged copy"), 0
    if len(data) > left:
        message = f"the member {name!r} is too large: {TOTAL} bytes are unpacked at most"
        return note("too-large", message, "unpack the archive and add its files"), 0
    return member(name, data), len(data)
