"""Hashes of files: by their length, or by the label before them."""

import re
from collections.abc import Iterator

from ashiato.core.records import ObservableType
from ashiato.read.text.observables.trace import Trace, trace

_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_KINDS = {
    32: ObservableType.MD5,
    40: ObservableType.SHA1,
    64: ObservableType.SHA256,
    128: ObservableType.SHA512,
}
_IMPHASH = re.compile(r"imp[-_ ]?hash\W{0,12}\Z", re.IGNORECASE)
_SSDEEP = re.compile(
    r"ssdeep\W{1,12}(?P<value>\d{1,8}:[A-Za-z0-9/+]{3,80}:[A-Za-z0-9/+]{3,80})(?![A-Za-z0-9/+])",
    re.IGNORECASE,
)


def hashes(text: str) -> Iterator[Trace]:
    """Find MD5, SHA-1, SHA-256 and SHA-512 by length, imphash and ssdeep by their labels."""
    for found in _HEX.finditer(text):
        start, end = found.span()
        kind = _KINDS.get(end - start)
        touching = text[start - 1 : start] + text[end : end + 1]
        if kind and not (touching.isascii() and any(c.isalnum() for c in touching)):
            yield from _hash(kind, text, start, end)
    if "sdeep" in text or "SDEEP" in text:
        for found in _SSDEEP.finditer(text):
            yield trace(ObservableType.SSDEEP, found["value"], *found.span("value"))


def _hash(kind: ObservableType, text: str, start: int, end: int) -> Iterator[Trace]:
    value = text[start:end].lower()
    if value.isdigit() or value.isalpha():
        return
    if kind is ObservableType.MD5 and _IMPHASH.search(text[max(0, start - 24) : start]):
        kind = ObservableType.IMPHASH
    yield trace(kind, value, start, end)
