"""Compressed streams undone piece by piece: bzip2, xz and Zstandard, of any number of members.

Reading and resolving undo them with the same steps, so that an offset means the same to both, up to
the place where a damaged stream breaks. gzip and deflate, whose decoder can be copied, lose nothing
before the break.
"""

import bz2
import lzma
import sys
import zlib
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
    """What the decoders of the standard library have in common, or are given."""

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


class _Inflating:
    """zlib's decoder in the shape of the others; a fault comes after what was before it."""

    def __init__(self, wbits: int) -> None:
        self._zlib = zlib.decompressobj(wbits)
        self._fault: zlib.error | None = None
        self._is_full = False

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not (self._zlib.unconsumed_tail or self._is_full or self._fault)

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if self._fault:
            raise self._fault
        packed, before = self._zlib.unconsumed_tail + data, self._zlib.copy()
        try:
            found = self._zlib.decompress(packed, max_length)
        except zlib.error as error:
            self._fault = error
            return b"".join(_until_fault(before, packed))
        self._is_full = len(found) == max_length
        return found


def _until_fault(decoder: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """Decode byte by byte: one call that fails gives nothing of what it had decoded."""
    for at in range(len(data)):
        try:
            yield decoder.decompress(data[at : at + 1])
        except zlib.error:
            return


_DECODERS: Mapping[str, Callable[[], Decoder]] = {
    "bzip2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
    "zstd": zstd.ZstdDecompressor,
}
CODECS = frozenset(_DECODERS)
_EVERY: Mapping[str, Callable[[], Decoder]] = {
    **_DECODERS,
    "deflate": lambda: _Inflating(-zlib.MAX_WBITS),
    "gzip": lambda: _Inflating(zlib.MAX_WBITS | 16),
}
METHODS = frozenset(_EVERY) - {"gzip"}
"""What a member of a zip archive may be packed with, beside ``stored``."""
_FAULTS = (OSError, EOFError, lzma.LZMAError, zstd.ZstdError, zlib.error)


def codec_of(head: bytes) -> str | None:
    """Name the codec of a stream by its first bytes; ``None`` where it is none of these."""
    return next((codec for magic, codec in MAGIC.items() if head.startswith(magic)), None)


def unpacked(received: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """Undo a packed stream; pieces come as they are unpacked, whatever happens later.

    Raises:
        Broken: at the place where it cannot go on.

    """
    decoder, begun = _EVERY[codec](), False
    for data in _fed(received):
        rest = data
        while rest or not decoder.needs_input:
            if decoder.eof:
                rest, decoder, begun = decoder.unused_data + rest, _EVERY[codec](), False
                rest = rest.lstrip(b"\0") if codec == "gzip" else rest  # zero padding is allowed
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
