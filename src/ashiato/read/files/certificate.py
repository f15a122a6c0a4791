"""One X.509 certificate in DER to its names, issuer and validity; no library, no signature check.

A walk over tags and lengths that reads only what it names: nothing is executed or allocated by
what the file says, every length is held against what is there, and depth is bounded.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import BinaryIO

from ashiato.read.files.frames import Frame
from ashiato.read.sandbox.outcome import Refused

LARGEST = 1 << 20
MOST_NAMES = 5000
_SEQUENCE, _OID, _OCTETS = 0x30, 0x06, 0x04
_UTC, _GENERALIZED = 0x17, 0x18
_VERSION, _EXTENSIONS, _DNS, _ADDRESS = 0xA0, 0xA3, 0x82, 0x87
_ALT_NAMES, _COMMON_NAME = bytes.fromhex("551d11"), bytes.fromhex("550403")
_ORGANISATION = bytes.fromhex("55040a")
Node = tuple[int, bytes]


def extract(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Give one frame with what the certificate says of itself.

    Raises:
        Refused: it is no certificate, or larger than any should be.

    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Refused(f"a certificate of more than {LARGEST} bytes")
    try:
        yield _certificate(data)
    except (IndexError, ValueError, StopIteration) as error:
        raise Refused(f"no certificate in DER: {error}") from error


def _certificate(data: bytes) -> Frame:
    whole = _children(_only(data, _SEQUENCE))
    parts = _children(_value(whole[0], _SEQUENCE))
    if parts and parts[0][0] == _VERSION:
        parts = parts[1:]
    serial, _, issuer, validity, subject = parts[:5]
    begin, end = (_time(node) for node in _children(_value(validity, _SEQUENCE)))
    names, addresses = _alternatives(parts[5:])
    common = _name(subject, _COMMON_NAME)
    return {
        "serial": serial[1].hex(),
        "issuer": _name(issuer, _ORGANISATION) or _name(issuer, _COMMON_NAME),
        "subject": common,
        "names": list(dict.fromkeys([*names, *([common] if "." in common else [])])),
        "addresses": addresses,
        "start": begin,
        "end": end,
    }


def _only(data: bytes, tag: int) -> bytes:
    return _value(_children(data)[0], tag)


def _value(node: Node, tag: int) -> bytes:
    if node[0] != tag:
        raise ValueError(f"tag {node[0]:#x} where {tag:#x} belongs")
    return node[1]


def _children(data: bytes) -> list[Node]:
    """Cut bytes into tags and values; a length that reaches beyond them is an error."""
    found, at = [], 0
    while at < len(data):
        tag, length, start = data[at], data[at + 1], at + 2
        if length >= 0x80:  # noqa: PLR2004 - the long form, X.690 8.1.3.5
            size = length & 0x7F
            if not 1 <= size <= 4:  # noqa: PLR2004 - more than any certificate has
                raise ValueError("a length that no certificate has")
            length, start = int.from_bytes(data[start : start + size]), start + size
        if start + length > len(data):
            raise ValueError("a value that reaches beyond its end")
        found.append((tag, data[start : start + length]))
        at = start + length
    return found


def _name(node: Node, wanted: bytes) -> str:
    for _, group in _children(_value(node, _SEQUENCE)):
        for _, pair in _children(group):
            kind, text = _children(pair)[:2]
            if kind == (_OID, wanted):
                encoding = "utf-16-be" if text[0] == 0x1E else "utf-8"  # noqa: PLR2004 - BMPString
                return text[1].decode(encoding, "replace")
    return ""


def _time(node: Node) -> str:
    """Read UTCTime (its years from 1950) or GeneralizedTime; both are in UTC."""
    text = node[1].decode("ascii")
    if node[0] == _UTC:
        text = ("19" if text[:2] >= "50" else "20") + text
    elif node[0] != _GENERALIZED:
        raise ValueError("a validity without times")
    if len(text) != 15 or text[-1] != "Z":  # noqa: PLR2004 - RFC 5280 4.1.2.5: to the second, in UTC
        raise ValueError(f"a time that no certificate has: {text!r}")
    return datetime.fromisoformat(f"{text[:8]}T{text[8:]}").astimezone(UTC).isoformat()


def _alternatives(rest: list[Node]) -> tuple[list[str], list[str]]:
    names: list[str] = []
    addresses: list[str] = []
    for tag, value in rest:
        for _, extension in _children(_only(value, _SEQUENCE)) if tag == _EXTENSIONS else ():
            parts = _children(extension)
            if parts[0] == (_OID, _ALT_NAMES):
                for kind, name in _children(_only(_value(parts[-1], _OCTETS), _SEQUENCE)):
                    if kind == _DNS:
                        names.append(name.decode("ascii", "backslashreplace").lower())
                    elif kind == _ADDRESS:
                        addresses.append(str(ipaddress.ip_address(name)))
    if len(names) > MOST_NAMES:
        raise ValueError(f"more than {MOST_NAMES} names")
    return names, addresses
