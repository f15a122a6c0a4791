"""Markup as plain Python: a tag with its children, everything else escaped.

Evidence is hostile text. Whatever is not `Html` is escaped here, once, and characters that a page
would hide or obey (controls, direction overrides) are printed as their code.
"""

import re
from collections.abc import Iterable
from html import escape as _escape

_VOID = frozenset({"br", "hr", "img", "meta", "link", "rect", "line", "path", "circle"})
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child = str | int | None | Iterable["Child"]


def escape(text: str) -> str:
    """Make text safe in content and in quoted attributes, and show what would be unseen."""
    shown = _UNSEEN.sub(lambda match: f"[U+{ord(match.group()):04X}]", text)
    return _escape(shown, quote=True)


def _children(children: Child) -> str:
    if children is None:
        return ""
    if isinstance(children, Html):
        return str(children)
    if isinstance(children, str | int):
        return escape(str(children))
    return "".join(map(_children, children))


def _attribute(name: str, value: str | float | bool) -> str:  # noqa: FBT001 - an attribute's value
    key = name.rstrip("_").replace("_", "-")
    return f" {key}" if value is True else f' {key}="{escape(str(value))}"'


def tag(name: str, /, *children: Child, **attrs: str | float | bool | None) -> Html:
    """Build an element. ``class_`` is ``class``, ``_`` in a name is ``-``, ``None`` is left out."""
    head = "".join(_attribute(k, v) for k, v in attrs.items() if v is not None and v is not False)
    if name in _VOID:
        return Html(
            f"<{name}{head}>" if name in {"br", "hr", "img", "meta", "link"} else f"<{name}{head}/>"
        )
    return Html(f"<{name}{head}>{_children(children)}</{name}>")


def join(parts: Iterable[Child], between: Child = " ") -> Html:
    """Put ``between`` between the parts."""
    return Html(_children(between).join(_children(part) for part in parts))
