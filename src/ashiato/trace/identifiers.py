"""Normal forms of what people leave with a provider, and their masked form for print."""

import re
import unicodedata

from ashiato.core.masking import DOT, mask_value
from ashiato.trace.naming import fold

SEALED_KINDS = frozenset({"card", "phone"})
"""What a case keeps as keyed hashes: so few numbers that a plain hash could be undone."""
_SEALED = "hmac-sha256:"
_SEALED_FORM = re.compile(_SEALED + r"[0-9a-f]{64}:[0-9]{1,4}:[^:]*")
_LEAST_DIGITS = 6
"""Fewer are an extension or the end of a masked number, which tell nobody from nobody."""
_CARD_SHOWS = 4
_GAPS = re.compile(r"[\W_]+")


def digits(text: str) -> str:
    """Give the decimal digits of a text, whatever the script they are written in."""
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def normal_form(kind: str, value: str) -> str:
    """Give the form in which two writings of one identifier are equal.

    Cards and phones are their digits (a national and an international spelling stay two: which
    country is meant would be a guess); e-mail and the rest fold case and width.
    """
    if kind in SEALED_KINDS:
        return value if is_sealed(value) else digits(value)
    return _GAPS.sub(" ", fold(value)).strip() if kind == "postal" else fold(value)


def is_number(kind: str, value: str) -> bool:
    """Whether a text holds a whole number of this kind, and not a sign for none, or its end."""
    if kind not in SEALED_KINDS or is_sealed(value):
        return False
    found = digits(value)
    return len(found) >= _LEAST_DIGITS and len(set(found)) > 1


def sealed_form(digest: str, length: int, shown: str) -> str:
    """Write a number as its keyed hash, with how many digits it has and what may be shown."""
    return f"{_SEALED}{digest}:{length}:{shown}"


def length_of(form: str) -> int:
    """Count the characters of a normal form, those of a number behind its keyed hash included."""
    return int(form.split(":")[2]) if is_sealed(form) else len(form)


def is_sealed(value: str) -> bool:
    """Whether a number stands here as its keyed hash."""
    return _SEALED_FORM.fullmatch(value) is not None


def ending(card: str) -> str:
    """Give the digits of a card that may be shown."""
    return digits(masked("card", card)) if is_sealed(card) else digits(card)[-_CARD_SHOWS:]


def masked(kind: str, value: str) -> str:
    """Say which identifier is meant without giving it away (card: last four, phone: last two)."""
    shown = normal_form(kind, value)
    if kind in SEALED_KINDS and is_sealed(value):
        return value.rpartition(":")[2]
    if kind == "card":
        return DOT * 4 + shown[-_CARD_SHOWS:] if len(shown) > _CARD_SHOWS else DOT * 4
    return mask_value(kind, shown)
