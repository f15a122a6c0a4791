"""The normal form of a URL, so that one spelling of it meets another and never a mere substring."""

import re
from urllib.parse import urlsplit, urlunsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xxhash import xxh3_64_intdigest

_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21}
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def folded(text: str) -> str:
    """Lower the letters A to Z and no others."""
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def normal_url(text: str) -> str:
    """Lower scheme and host, drop the default port and the fragment, write an empty path as ``/``.

    Path and query stay as they are: servers tell their letters apart (RFC 3986, 6.2.2.1 and 6.2.3).

    Raises:
        ValueError: the text is no URL with a scheme and a host.

    """
    parts = urlsplit(text)
    if _CONTROL.search(text) or not parts.scheme or not parts.hostname:
        raise ValueError(f"{text!r} is no URL with a scheme and a host")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.rstrip(".")
    if parts.port is not None and parts.port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{parts.port}"
    return urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))


def spellings(url: str) -> tuple[str, ...]:
    """Give the lower-cased ways in which a log may write the normal URL ``url``.

    They find candidates by plain equality; whether a candidate is the URL, `normal_url` decides.
    """
    parts = urlsplit(folded(url))
    hosts = [parts.netloc]
    if parts.port is None and parts.scheme in _DEFAULT_PORTS:
        hosts.append(f"{parts.netloc}:{_DEFAULT_PORTS[parts.scheme]}")
    paths = [parts.path, ""] if parts.path == "/" else [parts.path]
    ways = {urlunsplit((parts.scheme, h, p, parts.query, "")) for h in hosts for p in paths}
    return tuple(sorted(ways))


def beginnings(url: str) -> tuple[str, ...]:
    """Give the ways in which a log may begin a URL whose normal form begins with ``url``.

    No URL begins in two of them. They find candidates; `normal_url` decides.
    """
    parts = urlsplit(url)
    bare = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    if parts.path == "/" and not parts.query:
        return (bare,)
    ways = [url]
    if parts.port is None and parts.scheme in _DEFAULT_PORTS:
        ways.append(f"{bare}:{_DEFAULT_PORTS[parts.scheme]}{url.removeprefix(bare)}")
    return tuple(sorted(ways))


def normal_prefix(text: str) -> str:
    """Give the normal form of the beginning of a URL that is written ``http://host/a/*``.

    Raises:
        ValueError: the host is not whole, or the star does not stand at the end and alone.

    """
    begin = text.removesuffix("*")
    whole = "/" in begin.partition("://")[2]
    if "*" in begin or "#" in begin or begin.endswith("?") or not whole:
        raise ValueError(f"{text!r} is no beginning of a URL: write http://host/path/*")
    return f"{normal_url(begin)}*"


def url_hash(text: str) -> int:
    """Give the lake's 64-bit key of a URL as written, its ASCII letters lowered (XXH3, seed 0)."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogateescape").lower())


def url_hashes(texts: pa.Array) -> pa.Array:
    """Give `url_hash` of a column of URLs; null stays null."""
    written = pc.fill_null(pc.ascii_lower(texts), "").cast(pa.binary())
    keys = np.fromiter(map(xxh3_64_intdigest, written.to_pylist()), np.uint64, len(texts))
    return pa.array(keys, mask=pc.is_null(texts).to_numpy(zero_copy_only=False))
