"""Markup as plain Python for the score's page: a tag with its children, everything else escaped."""

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"meta", "rect", "line", "circle", "polyline"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child = str | int | Iterable["Child"]


def _children(children: Child) -> str:
    if isinstance(children, Html):
        return str(children)
    if isinstance(children, str | int):
        return escape(str(children))
    return "".join(map(_children, children))


def tag(name: str, /, *children: Child, **attrs: str | float | None) -> Html:
    """Build an element. ``class_`` is ``class``, ``_`` in a name is ``-``, ``None`` is left out."""
    given = ((k.rstrip("_").replace("_", "-"), v) for k, v in attrs.items() if v is not None)
    head = "".join(f' {key}="{escape(str(value))}"' for key, value in given)
    if name == "meta":
        return Html(f"<{name}{head}>")
    if name in _VOID:
        return Html(f"<{name}{head}/>")
    return Html(f"<{name}{head}>{_children(children)}</{name}>")
