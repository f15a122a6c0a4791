"""Hosts and addresses in their normal forms, each distinct text looked at once."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

import pyarrow as pa
import pyarrow.compute as pc
from publicsuffixlist import PublicSuffixList

from ashiato.read.logs.columns import by_distinct

_SUFFIXES = PublicSuffixList()
_REMEMBER = 1 << 17
_COMMON_NAME = re.compile(r"(?:^|[,/] *)CN *= *([^,/]+)", re.IGNORECASE)
_DIGITS = {"md5": 32, "sha1": 40, "sha256": 64}


@lru_cache(maxsize=_REMEMBER)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def address(text: str | None) -> str | None:
    """Write an address in its normal form, IPv4 where IPv6 only wraps it; ``None`` if none."""
    found = _parsed(text) if text else None
    return str(found) if found else None


def ipv4_number(text: str | None) -> int | None:
    """Give an IPv4 address as a number."""
    found = _parsed(text) if text else None
    return int(found) if isinstance(found, IPv4Address) else None


def net6_number(text: str | None) -> int | None:
    """Give the first 48 bits of an IPv6 address as a number."""
    found = _parsed(text) if text else None
    return int(found) >> 80 if isinstance(found, IPv6Address) else None


def file_name(path: str) -> str | None:
    """Give the last part of a path in lower case, whichever system wrote it."""
    return re.split(r"[\\/]", path)[-1].lower() or None


def common_name(subject: str) -> str | None:
    """Give the CN of a certificate's subject as RFC 2253 or OpenSSL writes it."""
    found = _COMMON_NAME.search(subject)
    return found[1].strip() if found else None


@lru_cache(maxsize=_REMEMBER)
def domain(text: str | None) -> str | None:
    """Write a name in lower case without its trailing dot; ``None`` for an address or nothing."""
    name = (text or "").lower().removesuffix(".")
    return None if not name or _parsed(name) else name


@lru_cache(maxsize=_REMEMBER)
def registered_domain(name: str | None) -> str | None:
    """Give the registered domain by the public suffix list, its private section included."""
    return _SUFFIXES.privatesuffix(name) if name else None


def addresses(texts: pa.Array) -> pa.Array:
    """Normalise a column of addresses; null where a text is none."""
    return by_distinct(texts, address, pa.string())


def domains(texts: pa.Array) -> pa.Array:
    """Normalise a column of names; null where a text is an address or empty."""
    return by_distinct(texts, domain, pa.string())


def registered_domains(names: pa.Array) -> pa.Array:
    """Give the registered domains of a column of normal names."""
    return by_distinct(names, registered_domain, pa.string())


def ipv4_numbers(texts: pa.Array) -> pa.Array:
    """Give a column of normal addresses as numbers; null for IPv6."""
    return by_distinct(texts, ipv4_number, pa.uint32())


def net6_numbers(texts: pa.Array) -> pa.Array:
    """Give the /48 of a column of normal addresses as numbers; null for IPv4."""
    return by_distinct(texts, net6_number, pa.int64())


def file_names(paths: pa.Array) -> pa.Array:
    """Give the last parts of a column of paths, in lower case."""
    return by_distinct(paths, file_name, pa.string())


def fingerprints(texts: pa.Array) -> dict[str, pa.Array]:
    """Sort hexadecimal fingerprints, with colons or without, into hash columns by their length."""
    bare = pc.ascii_lower(pc.replace_substring(texts, ":", ""))
    is_hex = pc.match_substring_regex(bare, "^[0-9a-f]+$")
    return {
        name: pc.if_else(pc.and_(is_hex, pc.equal(pc.utf8_length(bare), digits)), bare, None)
        for name, digits in _DIGITS.items()
    }


def first_of(*columns: pa.Array) -> pa.Array:
    """Give, row by row, the first value that is there."""
    return pc.coalesce(*columns)
