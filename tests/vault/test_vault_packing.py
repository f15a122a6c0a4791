"""What a reader finds in a packed log, the vault finds again at the same place."""

import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.packing import CODECS, Broken, codec_of, unpacked
from ashiato.read.logs.lines import Pieces
from ashiato.vault.resolve import Unpacked, cited_bytes

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
}
LINES = b"".join(b"line %d of a long log\n" % n for n in range(20_000))


@pytest.mark.parametrize("codec", PACKERS)
def test_a_reader_and_the_vault_agree_on_every_place(codec: str) -> None:
    packed = PACKERS[codec](LINES[:9000]) + PACKERS[codec](LINES[9000:])
    pieces = Pieces(io.BytesIO(packed))

    assert (b"".join(pieces), pieces.codec, pieces.cut) == (LINES, codec, "")
    opened = Unpacked(codec)
    for offset in (0, 8990, 300_000, 17):
        place = RecordLocator(1, offset, 40, codec)
        cited = Citation("ab" * 32, "a.log", place, "")
        assert cited_bytes(cited, io.BytesIO(packed), opened) == LINES[offset : offset + 40]


@pytest.mark.parametrize("codec", PACKERS)
def test_a_cut_keeps_what_came_before_for_both(codec: str) -> None:
    packed = PACKERS[codec](LINES)[:-12]
    pieces = Pieces(io.BytesIO(packed))
    found = b"".join(pieces)

    assert pieces.cut
    assert LINES.startswith(found)
    place = RecordLocator(1, 0, len(found), codec)
    cited = Citation("ab" * 32, "a.log", place, "")
    assert cited_bytes(cited, io.BytesIO(packed)) == found


@pytest.mark.parametrize("codec", sorted(CODECS))
@given(data=st.binary(max_size=300), size=st.integers(1, 50))
def test_how_the_bytes_arrive_does_not_matter(codec: str, data: bytes, size: int) -> None:
    packed = PACKERS[codec](data) + PACKERS[codec](b"") + PACKERS[codec](data)
    parts = [packed[at : at + size] for at in range(0, len(packed), size)]

    assert codec_of(packed) == codec
    assert b"".join(unpacked(parts, codec)) == data + data


@pytest.mark.parametrize("codec", sorted(CODECS))
@given(noise=st.binary(max_size=60))
def test_anything_after_a_beginning_is_unpacked_or_broken(codec: str, noise: bytes) -> None:
    found: list[bytes] = []
    with suppress(Broken):
        found.extend(unpacked([PACKERS[codec](b"whole"), noise], codec))

    assert b"".join(found).startswith(b"whole")
