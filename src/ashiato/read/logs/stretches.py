"""A long log in stretches: what was finished of a reading is kept, and the rest goes on from there.

A stretch ends at the first line end after so many bytes, wherever blocks end, so that a reading
that was broken off and one that was not write the same files. What is needed to go on is plain
JSON: the counts, the first cited line of each problem, and what the parser remembers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any

from ashiato.read.logs.lines import Block, Pieces, Readable

STRETCH = 64 << 20
"""Decoded bytes in a stretch: about a second of reading."""


def stretched(blocks: Iterable[Block], begun: int) -> Iterator[tuple[Block, str | None]]:
    """Give blocks, and with the last of each stretch the SHA-256 of its decoded bytes.

    ``begun`` is where the first stretch begins. The hash is empty where a line was too long to be
    held; the last stretch of a log has no end.
    """
    target, digest, is_whole = begun + STRETCH, sha256(), True
    for block in blocks:
        rest: Block | None = block
        while rest and rest.held and rest.is_ended and rest.end >= target:
            first, rest = rest.split(target)
            digest.update(first.data)
            yield first, digest.hexdigest() if is_whole else ""
            target, digest, is_whole = first.end + STRETCH, sha256(), True
        if rest:
            is_whole = is_whole and rest.held
            digest.update(rest.data)
            yield rest, None


def same_stretches(stream: Readable, finished: Sequence[Mapping[str, Any]]) -> int:
    """Say how many of the stretches of an earlier reading ``stream`` begins with, byte for byte.

    ``finished`` is what was remembered at the end of each.
    """
    pieces = Pieces(stream)
    known = [said for said in finished if said["codec"] == pieces.codec]
    ends = [0, *(said["end"] for said in known)]
    found = _digests(pieces, [end - begin for begin, end in pairwise(ends)])
    same = [digest == said["sha256"] for digest, said in zip(found, known, strict=False)]
    return next((count for count, is_same in enumerate(same) if not is_same), len(same))


def _digests(pieces: Iterable[bytes], lengths: Iterable[int]) -> Iterator[str]:
    """Hash as many bytes as each length says, as long as there are as many."""
    flow, left = iter(pieces), b""
    for length in lengths:
        digest, missing = sha256(), length
        while missing:
            data = left or next(flow, b"")
            if not data:
                return
            digest.update(memoryview(data)[:missing])
            left = data[missing:]
            missing -= min(missing, len(data))
        yield digest.hexdigest()
