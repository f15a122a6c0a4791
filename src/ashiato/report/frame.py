"""The pieces that every section is set in: tables that stack on a narrow screen, notes, labels."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ashiato.report.html import Child, Html, tag
from ashiato.report.words import phrase


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with its anchor where others link to it."""

    cells: tuple[Child, ...]
    id: str | None = None
    class_: str | None = None


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Row],
    *,
    numeric: Collection[int] = (),
    whole: Collection[int] = (),
    class_: str = "",
) -> Html:
    """Set a table whose first cells are heads; ``numeric`` columns align right, ``whole`` hold."""
    kinds = [_kind(column, numeric, whole) for column in range(len(heads))]
    top = [
        tag("th", head, scope="col", class_=kind) for head, kind in zip(heads, kinds, strict=True)
    ]
    body = [_row(row, heads, kinds) for row in rows]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *top)),
            tag("tbody", *body),
            class_=class_ or None,
        ),
        class_="scroll",
        role="region",
        aria_label=caption,
        tabindex=0,
    )


def _kind(column: int, numeric: Collection[int], whole: Collection[int]) -> str | None:
    return "num" if column in numeric else "whole" if column in whole else None


def _row(row: Row, heads: Sequence[str], kinds: Sequence[str | None]) -> Html:
    first, *rest = row.cells
    cells = [
        tag("td", cell, data_label=head, class_=kind)
        for cell, head, kind in zip(rest, heads[1:], kinds[1:], strict=True)
    ]
    return tag("tr", tag("th", first, scope="row"), *cells, id=row.id, class_=row.class_)


def empty(name: str) -> Html:
    """Say in words that a section holds nothing."""
    return tag("p", phrase("empty", name), class_="empty")


def note(*children: Child) -> Html:
    """Set a remark in small type."""
    return tag("p", *children, class_="note")


def label(text: str, kind: str) -> Html:
    """Set a status: the word says it, the colour only helps."""
    return tag("span", text, class_=f"label {kind}")


def pairs(items: Iterable[tuple[str, Child]]) -> Html:
    """Set a list of names and values; what has no value is left out."""
    return tag(
        "dl",
        [
            tag("div", tag("dt", name), tag("dd", value))
            for name, value in items
            if value not in ("", None)
        ],
        class_="pairs",
    )
