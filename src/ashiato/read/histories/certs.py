"""Certificates as they are handed in: PEM blocks or one DER, each read in the sandbox."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha1, sha256

from ashiato.core.time import Moment
from ashiato.read.histories.gathering import Gathering, Piece, second
from ashiato.read.sandbox import JSON, Limits, confined

PARSER = "ashiato.read.files.certificate:extract"
LIMITS = Limits(seconds=5.0, output=4 << 20)
MOST = 500
_BLOCK = re.compile(
    rb"-----BEGIN CERTIFICATE-----\s*([A-Za-z0-9+/=\s]{1,2000000}?)-----END CERTIFICATE-----"
)


def read_certificates(found: Gathering) -> int:
    """Read each certificate; gives how many blocks there were."""
    blocks = list(_BLOCK.finditer(found.raw))
    if not blocks:
        _take(found.raw, found, Piece(1, 0, len(found.raw)))
        return 1
    for number, block in enumerate(blocks, 1):
        piece = Piece(number, block.start(), len(block[0]))
        if number > MOST:
            found.note("cut-off", f"only {MOST} certificates of a file are read", piece)
            continue
        try:
            _take(base64.b64decode(b"".join(block[1].split()), validate=True), found, piece)
        except binascii.Error:
            found.note("bad-record", "a certificate that is no base64", piece)
    return len(blocks)


def _take(data: bytes, found: Gathering, piece: Piece) -> None:
    outcome = confined(PARSER, data, {}, LIMITS)
    frame = outcome.frames[0] if outcome.frames else None
    if not isinstance(frame, Mapping):
        told = f"a certificate that cannot be read: {outcome.reason}"
        found.note("bad-record", told, piece)
        return
    fields = {
        "names": " ".join([*_texts(frame, "names"), *_texts(frame, "addresses")]),
        "subject": str(frame.get("subject", "")),
        "issuer": str(frame.get("issuer", "")),
        "serial": str(frame.get("serial", "")),
        "sha1": sha1(data, usedforsecurity=False).hexdigest(),
        "sha256": sha256(data).hexdigest(),
    }
    found.add("certificates", fields, _validity(frame, found, piece), piece)


def _texts(frame: Mapping[str, JSON], name: str) -> list[str]:
    values = frame.get(name)
    return [v for v in values if isinstance(v, str)] if isinstance(values, list) else []


def _validity(frame: Mapping[str, JSON], found: Gathering, piece: Piece) -> dict[str, Moment]:
    start, end = (second(datetime.fromisoformat(str(frame[name]))) for name in ("start", "end"))
    if start is None or end is None or end < start:
        found.note("impossible-date", "a validity that ends before it begins", piece)
        return {}
    return {"start": start, "end": end}
