"""Normal forms of what people leave with a provider, and their masked form for print."""

import re
import unicodedata

from ashiato.core.masking import DOT, mask_value
from ashiato.trace.naming import fold

_GAPS = re.compile(r"[\W_]+")


def digits(text: str) -> str:
    """Give the decimal digits of a text, whatever the script they are written in."""
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def normal_form(kind: str, value: str) -> str:
    """Give the form in which two writings of one identifier are equal.

    Cards and phones are their digits (a national and an international spelling stay two: which
    country is meant would be a guess); e-mail and the rest fold case and width.
    """
    if kind in {"card", "phone"}:
        return digits(value)
    return _GAPS.sub(" ", fold(value)).strip() if kind == "postal" else fold(value)


def masked(kind: str, value: str) -> str:
    """Say which identifier is meant without giving it away (card: last four, phone: last two)."""
    shown = normal_form(kind, value)
    if kind == "card":
        return DOT * 4 + shown[-4:] if len(shown) > 4 else DOT * 4  # noqa: PLR2004 - all a card may show
    return mask_value(kind, shown)
