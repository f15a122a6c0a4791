"""Hide cards, phones, postal and e-mail addresses in whatever leaves the program.

Masks keep the length of the text, so that spans stay true; the bytes stay in the vault.
"""

import re

DOT = "•"
_PHONE = re.compile(
    r"(?<![\w.:/-])\+?\(?\d{1,4}\)?[ -]\d{1,4}[ -]\d{3,4}(?:[ -]\d{2,4})?(?![\w.:/-])"
)
_INTERNATIONAL = re.compile(r"(?<![\w+])\+[1-9](?:[ .()\u2010\u2011-]{0,2}\d){7,14}(?!\w)")
_CARD = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")
_DATE = re.compile(r"^\d{4}[ -]\d{1,2}[ -]\d{1,2}$")
SENSITIVE_FIELDS = frozenset({"card", "phone", "postal", "email", "number"})
"""Fields of a register whose values are masked wherever they are printed."""


def _luhn(digits: str) -> bool:
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0  # noqa: PLR2004


def _hide_digits(text: str, keep: int) -> str:
    left = sum(c.isdigit() for c in text) - keep
    out = []
    for c in text:
        hide = c.isdigit() and left > 0
        left -= c.isdigit()
        out.append(DOT if hide else c)
    return "".join(out)


def mask_value(kind: str, value: str) -> str:
    """Mask one register value of a sensitive ``kind``; other kinds come back as they are."""
    if kind == "email":
        name, at, domain = value.partition("@")
        return name[:1] + DOT * (len(name) - 1) + at + domain
    if kind == "number":  # of a passport or a licence: letters tell as much as digits
        return DOT * (len(value) - 2) + value[-2:] if len(value) > 4 else DOT * len(value)  # noqa: PLR2004
    if kind in {"card", "phone"}:
        return _hide_digits(value, 4 if kind == "card" else 2)
    if kind == "postal":
        return re.sub(r"\w", DOT, value[:-2]) + value[-2:] if len(value) > 2 else DOT * len(value)  # noqa: PLR2004
    return value


def shows(masked: str, text: str) -> bool:
    """Whether every character that a mask leaves to be seen stands in the text at its place."""
    return len(masked) == len(text) and all(
        m in (DOT, t) for m, t in zip(masked, text, strict=True)
    )


def mask_text(text: str, values: tuple[tuple[str, str], ...] = ()) -> str:
    """Mask card and phone numbers in running text, and each known (kind, value) of ``values``."""
    for kind, value in values:
        if value and value in text:
            text = text.replace(value, mask_value(kind, value))

    def card(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match.group())
        return _hide_digits(match.group(), 4) if _luhn(digits) else match.group()

    def phone(match: re.Match[str]) -> str:
        return match.group() if _DATE.match(match.group()) else _hide_digits(match.group(), 2)

    hidden = _PHONE.sub(phone, _CARD.sub(card, text))
    return _INTERNATIONAL.sub(lambda found: _hide_digits(found.group(), 2), hidden)
