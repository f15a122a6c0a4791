"""Cards and telephones of registers: nothing of the case but the vault holds them in clear.

A register's card and telephone numbers are few enough to try them all, so a plain hash would give
them away. They are kept as HMAC-SHA256 under a random key of the case (RFC 2104), which is made
once, stays beside the vault and is never part of a dossier. Losing it loses nothing: the registers
are then read again.
"""

import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from ashiato.core.evidence import Citation, Problem
from ashiato.core.masking import mask_text
from ashiato.core.records import Record
from ashiato.read import TableReading
from ashiato.trace.identifiers import SEALED_KINDS, is_number, masked, normal_form, sealed_form

KEY = "key"
"""Name of the file beside the vault that holds the key of the case, in hex."""
_BYTES = 32


@cache
def case_key(beside: Path) -> bytes:
    """Give the key of the case whose vault lies in ``beside``, made once from the system's chance.

    Where it can be neither read nor kept, it lasts as long as this process.
    """
    place = beside / KEY
    with suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(place, flags, 0o600), "w", encoding="ascii") as made:
            made.write(secrets.token_hex(_BYTES))
    try:
        found = bytes.fromhex(place.read_text("ascii"))
    except (OSError, ValueError):
        found = b""
    return found if len(found) == _BYTES else secrets.token_bytes(_BYTES)


def key_name(key: bytes) -> str:
    """Name a key without giving it away, so that what was read under another is read again."""
    return _digest(key, "name", "")[:16]


def _digest(key: bytes, kind: str, value: str) -> str:
    return hmac.digest(key, f"{kind}\0{value}".encode(), "sha256").hex()


def shielded(table: TableReading, key: bytes) -> TableReading:
    """Put keyed hashes in the place of the cards and telephones that a register wrote.

    Its quotes keep their length, with all but the last digits of these numbers masked.
    """
    return replace(
        table,
        records=tuple(_shielded(record, key) for record in table.records),
        problems=tuple(_masked(problem) for problem in table.problems),
    )


def _shielded(record: Record, key: bytes) -> Record:
    numbers = tuple((k, v) for k, v in record.fields.items() if k in SEALED_KINDS)
    found = {k: _sealed(k, v, key) for k, v in numbers if is_number(k, v)}
    quote = mask_text(record.citation.quote, numbers)
    cited = replace(record.citation, quote=quote)
    return replace(record, fields={**record.fields, **found}, citation=cited)


def asked(value: str, key: bytes) -> dict[str, str]:
    """Give the forms in which the case would keep ``value`` as a card or a telephone number."""
    return {kind: _sealed(kind, value, key) for kind in SEALED_KINDS if is_number(kind, value)}


def _sealed(kind: str, value: str, key: bytes) -> str:
    form = normal_form(kind, value)
    return sealed_form(_digest(key, kind, form), len(form), masked(kind, value))


def _masked(problem: Problem) -> Problem:
    cited: Citation | None = problem.citation
    if cited is None:
        return problem
    return replace(problem, citation=replace(cited, quote=mask_text(cited.quote)))
