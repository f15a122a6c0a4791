"""Mail addresses in what mail servers write: bare, in angle brackets, or beside a name."""

import re

import pyarrow as pa

from ashiato.read.logs.columns import by_distinct

_ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]]+@[^\s<>,;:\"'()\[\]@]+")


def addresses_in(written: str) -> str | None:
    """Give the addresses that a text names, in lower case, each once, a space between."""
    found = (address.lower().removesuffix(".") for address in _ADDRESS.findall(written))
    return " ".join(dict.fromkeys(found)) or None


def addresses(texts: pa.Array) -> pa.Array:
    """Give the addresses of a column of texts; null where a text names none."""
    return by_distinct(texts, addresses_in, pa.string())
