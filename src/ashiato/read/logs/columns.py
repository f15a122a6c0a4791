"""Arrow columns from texts: the few conversions that every log format needs."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def by_distinct(values: pa.Array, convert: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """Convert each distinct value once; logs repeat themselves."""
    found = among_distinct(values, convert, kind)
    return found.dictionary.take(found.indices)


def among_distinct(
    values: pa.Array, convert: Callable[[str], object], kind: pa.DataType
) -> pa.DictionaryArray:
    """Convert like `by_distinct` and stay encoded, so that what follows looks at few values too."""
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    distinct = [convert(value) for value in encoded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(distinct, kind))


def plain(values: pa.Array) -> pa.Array:
    """Write an encoded column out; leave any other as it is."""
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def mask(values: pa.Array) -> Mask:
    """Turn an Arrow boolean column into a numpy mask; null is false."""
    filled = pc.fill_null(values, fill_value=False)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=bool)


def matches(values: pa.Array, pattern: str) -> Mask:
    """Say which texts match a pattern (RE2)."""
    return mask(pc.match_substring_regex(values, pattern))


def without(values: pa.Array, *empty: str) -> pa.Array:
    """Make null of the texts that stand for "nothing" in a format."""
    return pc.if_else(pc.is_in(values, pa.array(empty, values.type)), None, values)


def whole_numbers(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """Read texts as whole numbers; null where a text is none or does not fit."""
    wide = pc.if_else(pc.match_substring_regex(values, r"^-?\d{1,18}$"), values, None)
    numbers = wide.cast(pa.int64())
    if kind == pa.int64():
        return numbers
    fits = pc.and_(pc.greater_equal(numbers, 0), pc.less_equal(numbers, _LARGEST[kind]))
    return pc.if_else(fits, numbers, None).cast(kind)


PORT = pa.int32()
"""The type of a port column."""
_LARGEST = {PORT: 65_535}


def decimals(values: pa.Array) -> pa.Array:
    """Read texts as decimal numbers; null where a text is none."""
    number = pc.match_substring_regex(values, r"^-?\d{1,18}(\.\d+)?([eE][+-]?\d{1,2})?$")
    return pc.if_else(number, values, None).cast(pa.float64())


def groups(values: pa.Array, pattern: str) -> tuple[Mask, dict[str, pa.Array]]:
    """Match texts whole; give which match, and the named groups of those that do.

    A group that did not take part is the empty text.
    """
    found = pc.extract_regex(values, pattern)
    matched = mask(found.is_valid())
    rows = found.filter(pa.array(matched))
    return matched, dict(zip((f.name for f in rows.type), rows.flatten(), strict=True))
