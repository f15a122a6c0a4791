"""One byte sequence for one value: plain data, canonical JSON, content hashes.

`to_plain` and `from_plain` carry the frozen dataclasses of this package to JSON and back, so that a
stage's result can be cached and written without a second description of its shape.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ashiato.core.time import format_instant, parse_instant

DECIMALS = 6
"""Printed floats are rounded to this many decimals (architecture, law 1)."""
Coder = Callable[[Any], Any]
_AS_IT_IS = frozenset({str, int, bool, type(None)})


def to_plain(value: object) -> Any:  # noqa: ANN401 - plain JSON data has no narrower type
    """Turn a value of the house into dicts, lists, strings and numbers."""
    kind: Any = type(value)
    return value if kind in _AS_IT_IS else _encoder(kind)(value)


@cache
def _encoder(kind: Any) -> Coder:  # noqa: ANN401 - any class
    """Choose once for each type how its values are written: cases hold millions of them."""
    if issubclass(kind, datetime):
        return format_instant
    if issubclass(kind, StrEnum):
        return str
    if issubclass(kind, float):
        return lambda value: round(value, DECIMALS) + 0.0
    if issubclass(kind, str | int):
        return lambda value: value
    if is_dataclass(kind):
        return _fields_encoder(kind)
    if issubclass(kind, Mapping):
        return lambda value: {str(key): to_plain(item) for key, item in value.items()}
    if issubclass(kind, list | tuple | set | frozenset):
        return lambda value: [to_plain(item) for item in value]
    raise TypeError(f"{kind.__name__} has no plain form")


def _fields_encoder(kind: Any) -> Coder:  # noqa: ANN401 - any dataclass
    names = tuple(f.name for f in fields(kind))
    optional = frozenset(f.name for f in fields(kind) if "where_none" in f.metadata)
    if not optional:
        return lambda value: {name: to_plain(getattr(value, name)) for name in names}
    return lambda value: {
        name: to_plain(found)
        for name in names
        if (found := getattr(value, name)) is not None or name not in optional
    }


def from_plain(kind: Any, data: Any) -> Any:  # noqa: ANN401 - the caller names the type it expects
    """Build a value of type ``kind`` from its plain form.

    Raises:
        KeyError, TypeError, ValueError: the data is not the plain form of such a value.

    """
    return _decoder(kind)(data)


@cache
def _decoder(kind: Any) -> Coder:  # noqa: ANN401 - any annotation
    """Choose once for each annotation how its values are read."""
    origin, args = get_origin(kind), get_args(kind)
    if kind is Any or origin is Literal:
        return _unchanged
    if origin in (Union, UnionType):
        return _union_decoder(args)
    if origin is tuple and args[1:] == (Ellipsis,):
        each = _decoder(args[0])
        return lambda data: tuple(map(each, data))
    if origin is tuple:
        several = tuple(map(_decoder, args))
        return lambda data: tuple(d(item) for d, item in zip(several, data, strict=True))
    if origin is list:
        one = _decoder(args[0])
        return lambda data: list(map(one, data))
    if origin is not None and issubclass(origin, Mapping):
        key, item = map(_decoder, args)
        return lambda data: {key(k): item(v) for k, v in data.items()}
    return _scalar_decoder(kind)


def _unchanged(data: object) -> object:
    return data


def _union_decoder(options: tuple[Any, ...]) -> Coder:
    """Choose by null, else by the ``kind`` that tells locators apart, else the first option."""
    rest = [o for o in options if o is not NoneType]
    plain = _decoder(rest[0])
    told = {}
    if len(rest) > 1 and all(is_dataclass(o) for o in rest):
        told = {get_args(get_type_hints(o)["kind"])[0]: _decoder(o) for o in rest}

    def decode(data: Any) -> Any:  # noqa: ANN401
        if data is None and NoneType in options:
            return None
        return told.get(data["kind"], plain)(data) if told else plain(data)

    return decode


def _scalar_decoder(kind: Any) -> Coder:  # noqa: ANN401
    if kind is datetime:
        return parse_instant
    if kind is float:
        return float
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    return _unchanged


def _dataclass_decoder(kind: Any) -> Coder:  # noqa: ANN401
    hints = get_type_hints(kind)
    each = {f.name: _decoder(hints[f.name]) for f in fields(kind)}
    return lambda data: kind(**{name: each[name](value) for name, value in data.items()})


def canonical_json(value: object) -> bytes:
    """Serialise with sorted keys, no spaces, UTF-8: equal values give equal bytes."""
    plain = to_plain(value)
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def content_id(value: object, length: int = 16) -> str:
    """Name a value by the SHA-256 of its canonical bytes (hex, cut to ``length``)."""
    return sha256(canonical_json(value)).hexdigest()[:length]
