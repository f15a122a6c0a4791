"""Which history a file is, and the reading of it."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

from ashiato.core.sources import Intake
from ashiato.read.histories.certs import read_certificates
from ashiato.read.histories.cof import is_cof, read_cof
from ashiato.read.histories.gathering import Gathering
from ashiato.read.histories.hops import read_hops
from ashiato.read.histories.registration import is_rdap, is_whois, read_rdap, read_whois
from ashiato.read.logs.lines import Pieces
from ashiato.read.tables import TableReading

_READERS: Mapping[str, Callable[[Gathering], int]] = {
    "cof": read_cof,
    "rdap": read_rdap,
    "whois": read_whois,
    "certificate": read_certificates,
    "eml": read_hops,
}
HISTORIES = ("cof", "rdap", "whois", "certificate")
"""Kinds of file that are a history and nothing else; a mail (``eml``) is a document as well."""
_MOST_PEEKED = 1 << 16


def recognise_history(head: bytes, name: str = "") -> str | None:
    """Say which history a file begins like; ``None`` for none."""
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body.startswith(b"-----BEGIN CERTIFICATE-----") or _is_der(head, name):
        return "certificate"
    if body[:1] in {b"{", b"["}:
        return _json_kind(body)
    return "whois" if is_whois(body) else None


def _is_der(head: bytes, name: str) -> bool:
    return head[:1] == b"0" and name.lower().endswith((".der", ".cer", ".crt"))


def _json_kind(body: bytes) -> str | None:
    """Look at the first value where it is whole; a longer RDAP answer shows by its class."""
    text = body.decode("utf-8", "replace").lstrip("[ \t\r\n")
    first: Any = None
    try:
        first, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        is_long = len(body) >= _MOST_PEEKED and '"rdapConformance"' in text
        return "rdap" if is_long else None
    if is_cof(first):
        return "cof"
    return "rdap" if is_rdap(first) else None


def read_history(raw: bytes, intake: Intake, kind: str) -> TableReading:
    """Read a history into records, each with its place; gzip is looked through."""
    pieces = Pieces(io.BytesIO(raw))
    body = b"".join(pieces)
    found = Gathering(body, intake, pieces.codec)
    count = _READERS[kind](found)
    return TableReading(tuple(found.records), count, found.problems(), tuple(found.claims))
