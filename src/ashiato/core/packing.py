"""Compressed streams undone piece by piece: bzip2, xz and Zstandard, of any number of members.

Reading and resolving undo them with the same steps, so that an offset means the same to both, up to
the place where a damaged stream breaks. gzip, whose decoder can be copied, is undone by each in its
own way and loses nothing before the break.
"""

import bz2
import lzma
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FEED = 4096
"""Packed bytes given at a time: what a damaged stream may cost before the break."""
MOST = 1 << 20
"""Unpacked bytes taken at a time: a bomb grows no further in memory."""
MAGIC: Mapping[bytes, str] = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
"""How each begins (RFC 8878 for Zstandard)."""


class Broken(ValueError):
    """A packed stream ends before its end, or is not what it says."""


class Decoder(Protocol):
    """What the three decoders of the standard library have in common."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether all that was given has been unpacked."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What follows the member."""
        ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Unpack at most so many bytes."""
        ...


_DECODERS: Mapping[str, Callable[[], Decoder]] = {
    "bzip2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
    "zstd": zstd.ZstdDecompressor,
}
CODECS = frozenset(_DECODERS)
_FAULTS = (OSError, EOFError, lzma.LZMAError, zstd.ZstdError)


def codec_of(head: bytes) -> str | None:
    """Name the codec of a stream by its first bytes; ``None`` where it is none of these."""
    return next((codec for magic, codec in MAGIC.items() if head.startswith(magic)), None)


def unpacked(received: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """Undo a packed stream; pieces come as they are unpacked, whatever happens later.

    Raises:
        Broken: at the place where it cannot go on.

    """
    decoder, begun = _DECODERS[codec](), False
    for data in _fed(received):
        rest = data
        while rest or not decoder.needs_input:
            if decoder.eof:
                rest, decoder, begun = decoder.unused_data + rest, _DECODERS[codec](), False
                continue
            begun = begun or bool(rest)
            yield _step(decoder, rest)
            rest = b""
            if decoder.eof and not decoder.unused_data:
                break
    if begun and not decoder.eof:
        raise Broken("the compressed stream ends before its end")


def _step(decoder: Decoder, data: bytes) -> bytes:
    try:
        return decoder.decompress(data, MOST)
    except _FAULTS as error:
        raise Broken(str(error)) from error


def _fed(received: Iterable[bytes]) -> Iterator[bytes]:
    for piece in received:
        for at in range(0, len(piece), FEED):
            yield piece[at : at + FEED]
