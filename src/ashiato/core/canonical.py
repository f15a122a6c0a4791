"""One byte sequence for one value: plain data, canonical JSON, content hashes.

`to_plain` and `from_plain` carry the frozen dataclasses of this package to JSON and back, so that a
stage's result can be cached and written without a second description of its shape.
"""

import json
from collections.abc import Mapping
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


def to_plain(value: object) -> Any:  # noqa: ANN401 - plain JSON data has no narrower type
    """Turn a value of the house into dicts, lists, strings and numbers."""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    if value is None or isinstance(value, str | int | bool):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _from_union(options: tuple[Any, ...], data: object) -> Any:  # noqa: ANN401
    if data is None and NoneType in options:
        return None
    rest = [o for o in options if o is not NoneType]
    if len(rest) > 1 and isinstance(data, Mapping):
        for option in rest:
            if get_args(_hints(option).get("kind"))[:1] == (data.get("kind"),):
                return from_plain(option, data)
    return from_plain(rest[0], data)


def from_plain(kind: Any, data: Any) -> Any:  # noqa: ANN401 - the caller names the type it expects
    """Build a value of type ``kind`` from its plain form.

    Raises:
        KeyError, TypeError, ValueError: the data is not the plain form of such a value.

    """
    origin, args = get_origin(kind), get_args(kind)
    if kind is Any or origin is Literal:
        return data
    if origin in (Union, UnionType):
        return _from_union(args, data)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004
        return tuple(from_plain(args[0], item) for item in data)
    if origin is tuple:
        return tuple(from_plain(a, item) for a, item in zip(args, data, strict=True))
    if origin is list:
        return [from_plain(args[0], item) for item in data]
    if origin is not None and issubclass(origin, Mapping):
        return {from_plain(args[0], k): from_plain(args[1], v) for k, v in data.items()}
    return _from_scalar(kind, data)


def _from_scalar(kind: Any, data: Any) -> Any:  # noqa: ANN401
    if kind is datetime:
        return parse_instant(data)
    if kind is float:
        return float(data)
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        build: Any = kind
        return build(**{name: from_plain(hints[name], data[name]) for name in data})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(data)
    return data


def canonical_json(value: object) -> bytes:
    """Serialise with sorted keys, no spaces, UTF-8: equal values give equal bytes."""
    plain = to_plain(value)
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def content_id(value: object, length: int = 16) -> str:
    """Name a value by the SHA-256 of its canonical bytes (hex, cut to ``length``)."""
    return sha256(canonical_json(value)).hexdigest()[:length]
