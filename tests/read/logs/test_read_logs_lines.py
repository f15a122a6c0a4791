import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.read.logs.lines import Block, Pieces, blocks, decoded_head

DIRTY = st.lists(
    st.sampled_from([b"a", b"bc", b"\n", b"\r", b"\r\n", b"\0", b"\xef\xbb\xbf", b"\x83\x5c"])
).map(b"".join)


def cited(found: list[Block], data: bytes) -> list[bytes]:
    return [
        data[block.offset + start : block.offset + start + length]
        for block in found
        for start, length in zip(block.starts.tolist(), block.lengths.tolist(), strict=True)
    ]


def lines_of(data: bytes) -> list[bytes]:
    """The slow, obvious way to the same lines."""
    body = data.removeprefix(b"\xef\xbb\xbf")
    parts = body.split(b"\n") if data else []
    ended, last = parts[:-1], parts[-1:]
    is_line = bool(last and (last[0] or data == b"\xef\xbb\xbf"))
    return [line.removesuffix(b"\r") for line in ended] + (last if is_line else [])


@given(DIRTY, st.integers(1, 9))
def test_the_pieces_rejoin_to_the_input_whatever_the_block_size(data: bytes, size: int) -> None:
    found = list(blocks(Pieces(io.BytesIO(data), size=size)))

    assert b"".join(block.data for block in found) == data


@given(DIRTY, st.integers(1, 9))
def test_offset_and_length_cite_exactly_the_line(data: bytes, size: int) -> None:
    found = list(blocks(Pieces(io.BytesIO(data), size=size)))

    assert cited(found, data) == lines_of(data)


@given(DIRTY, st.integers(1, 9))
def test_numbers_count_every_line_from_one(data: bytes, size: int) -> None:
    found = list(blocks(Pieces(io.BytesIO(data), size=size)))
    numbers = [block.number + i for block in found for i in range(len(block.starts))]

    assert numbers == list(range(1, len(numbers) + 1))


@given(DIRTY, st.integers(1, 9), st.integers(0, 20))
def test_compression_in_several_members_changes_no_line(data: bytes, size: int, at: int) -> None:
    packed = gzip.compress(data[:at], mtime=0) + gzip.compress(data[at:], mtime=0) + b"\0\0"
    pieces = Pieces(io.BytesIO(packed), size=size)
    found = list(blocks(pieces))

    assert b"".join(block.data for block in found) == data
    assert (pieces.codec, pieces.cut) == ("gzip", "")


@given(st.binary(min_size=1, max_size=400), st.data())
def test_a_cut_gzip_gives_a_beginning_of_the_data_and_says_so(
    data: bytes, draw: st.DataObject
) -> None:
    packed = gzip.compress(data, mtime=0)
    kept = packed[: draw.draw(st.integers(2, len(packed) - 1))]
    pieces = Pieces(io.BytesIO(kept), size=16)

    assert data.startswith(b"".join(pieces))
    assert pieces.cut


@given(st.data())
def test_a_corrupt_gzip_never_raises(draw: st.DataObject) -> None:
    packed = bytearray(gzip.compress(b"line of a log\n" * 40, mtime=0))
    at = draw.draw(st.integers(2, len(packed) - 1))
    packed[at] ^= draw.draw(st.integers(1, 255))

    assert b"".join(Pieces(io.BytesIO(bytes(packed)), size=64)) is not None


def test_bytes_after_the_last_member_that_are_not_gzip_are_reported() -> None:
    pieces = Pieces(io.BytesIO(gzip.compress(b"a\n", mtime=0) + b"junk"))

    assert b"".join(pieces) == b"a\n"
    assert pieces.cut


@pytest.mark.parametrize("size", [1, 2, 5, 64])
def test_a_line_too_long_to_hold_is_counted_with_its_true_length(size: int) -> None:
    data = b"ab\n" + b"x" * 50 + b"\ncd\n"
    found = list(blocks(Pieces(io.BytesIO(data), size=size), longest=8))
    held = [block.held for block in found for _ in block.starts]

    if size < len(data):
        assert held == [True, False, True]
    assert cited(found, data) == [b"ab", b"x" * 50, b"cd"]
    assert found[-1].end == len(data)


def test_a_line_too_long_to_hold_at_the_end_is_counted() -> None:
    found = list(blocks([b"ab\n", b"xxxxx", b"yyyyy", b"zz"], longest=4))

    assert [(b.number, b.offset, b.lengths.tolist(), b.is_ended) for b in found] == [
        (1, 0, [2], True),
        (2, 3, [12], False),
    ]


def test_the_received_bytes_are_reported_to_the_watcher() -> None:
    seen: list[int] = []
    packed = gzip.compress(b"a line\n" * 1000, mtime=0)
    list(Pieces(io.BytesIO(packed), size=10, seen=seen.append))

    assert sum(seen) == len(packed)


def test_a_small_compressed_file_of_great_size_comes_in_bounded_pieces() -> None:
    packed = gzip.compress(b"\0" * 3_000_000, mtime=0)
    sizes = [len(piece) for piece in Pieces(io.BytesIO(packed), size=1 << 16)]

    assert sum(sizes) == 3_000_000
    assert max(sizes) <= 2 << 16


def test_a_compressed_head_is_looked_through_to_its_limit() -> None:
    packed = gzip.compress(b"abc" * 100_000, mtime=0)

    assert decoded_head(packed[:200], limit=30) == b"abc" * 10
    assert decoded_head(b"plain", limit=3) == b"pla"
    assert decoded_head(b"\x1f\x8bnot gzip at all") == b""
