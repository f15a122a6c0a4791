"""Which texts cannot occur in a column: four bytes of them that occur nowhere in it prove it.

One pass over the distinct values marks every run of four bytes in a table sixteen times their
size; a pattern is asked for its own runs. An absent run is proof, a present one is none.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ashiato.engine.sigma.expressions import Pattern, Wild

_MIX = np.uint32(2654435761)  # Knuth's multiplicative hash, 2**32 over the golden ratio
_EDGE = b"\0\0\0"
"""Stands before and after every value, so that a beginning and an end have runs too."""
_FEWEST, _MOST = 12, 24
"""Bounds of the table's size in bits: sixteen megabytes at most."""
_PART = 64 * 1024 * 1024
"""Bytes marked at a time, so that memory does not grow with the column."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Which runs of four bytes occur in some values."""

    found: NDArray[np.bool_]
    shift: np.uint32

    def may_hold(self, pattern: Pattern, *, inside: bool = False) -> bool:
        """Say whether a value may fit the lowered ``pattern`` (``inside``: may contain it)."""
        return bool(self.found[_wanted(pattern, inside) >> self.shift].all())


def marks(values: pa.Array) -> Marks:
    """Mark the runs of the distinct, lowered ``values``."""
    joined = _EDGE + _joined(values) + _EDGE
    bits = min(max(len(joined).bit_length() + 4, _FEWEST), _MOST)
    found, shift = np.zeros(1 << bits, np.bool_), np.uint32(32 - bits)
    for start in range(0, len(joined), _PART):
        found[_runs(joined[start : start + _PART + len(_EDGE)]) >> shift] = True
    return Marks(found, shift)


def _joined(values: pa.Array) -> bytes:
    wide = values.cast(pa.large_binary())
    whole = pa.LargeListArray.from_arrays(pa.array([0, len(wide)], pa.int64()), wide)
    return bytes(pc.binary_join(whole, pa.scalar(_EDGE, pa.large_binary()))[0].as_py())


@lru_cache(maxsize=1 << 18)
def _wanted(pattern: Pattern, inside: bool) -> NDArray[np.uint32]:  # noqa: FBT001 - a cache key
    runs = [_runs(text) for text in _texts(pattern, inside=inside)]
    return np.concatenate(runs)


def _texts(pattern: Pattern, *, inside: bool) -> list[bytes]:
    edge = b"" if inside else _EDGE
    texts = [edge]
    for part in pattern:
        if isinstance(part, Wild):
            texts.append(b"")
        else:
            texts[-1] += part.encode()
    texts[-1] += edge
    return texts


def _runs(text: bytes) -> NDArray[np.uint32]:
    """Give the mixed number of every run of four bytes."""
    raw = np.frombuffer(text, np.uint8)
    if len(raw) < 4:  # noqa: PLR2004 - a run
        return np.zeros(0, np.uint32)
    wide = raw.astype(np.uint32)
    runs = wide[:-3] | wide[1:-2] << 8 | wide[2:-1] << 16 | wide[3:] << 24
    mixed: NDArray[np.uint32] = np.multiply(runs, _MIX, dtype=np.uint32)
    return mixed
