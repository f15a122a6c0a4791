"""Text of the evidence made safe to look at: nothing moves a cursor, turns a line, or hides."""

import unicodedata

_KEPT = "\n"
_HIDING = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Controls, format characters (bidirectional, zero width, tags), private use, line separators."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that print as nothing."""


def visible(text: str) -> str:
    """Write every character that a reader would not see, or a terminal would obey, as ``<U+202E>``.

    Line feeds stay (a carriage return before one goes); a tab becomes a space.
    """
    return "".join(map(_shown, text.replace("\r\n", "\n").replace("\t", " ")))


def _shown(character: str) -> str:
    if character == _KEPT:
        return character
    if unicodedata.category(character) in _HIDING or character in _BLANK:
        return f"<U+{ord(character):04X}>"
    return character
