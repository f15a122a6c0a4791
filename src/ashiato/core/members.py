"""Members of archives as places: where their packed bytes lie, and how to undo them.

A citation of a line in a member says so in its ``codec``: ``zip:deflate@1034+5120,gzip:a/conn.log``
is what deflate makes of bytes 1034 to 6154 of the exhibit, and then gzip, which the archive calls
``a/conn.log``. So nobody needs to read the archive again, and two members of one name stay two.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ashiato.core.packing import METHODS, unpacked

_WRITTEN = re.compile(
    r"zip:(stored|deflate|bzip2|xz|zstd)@(\d{1,18})\+(\d{1,18})(?:,(gzip|bzip2|xz|zstd))?:(.*)",
    re.DOTALL | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its name, its packed bytes ``[offset, +length)``, and what is packed in them."""

    name: str
    method: str
    offset: int
    length: int
    codec: str | None = None

    @property
    def written(self) -> str:
        """The member as a locator's ``codec``."""
        packed = f",{self.codec}" if self.codec else ""
        return f"zip:{self.method}@{self.offset}+{self.length}{packed}:{self.name}"


def member_of(codec: str | None) -> Member | None:
    """Read a locator's ``codec``; ``None`` where it names no member."""
    found = _WRITTEN.fullmatch(codec or "")
    if not found:
        return None
    return Member(found[5], found[1], int(found[2]), int(found[3]), found[4])


def unpacked_member(received: Iterable[bytes], member: Member) -> Iterator[bytes]:
    """Undo the packed bytes of a member, and what is packed in it.

    Raises:
        Broken: at the place where it cannot go on.

    """
    outer = received if member.method not in METHODS else unpacked(received, member.method)
    return unpacked(outer, member.codec) if member.codec else iter(outer)
