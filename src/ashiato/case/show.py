"""`ashiato show`: one part of the answer as rows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ashiato.core.assessed import AssessedCase
from ashiato.core.canonical import to_plain
from ashiato.core.errors import BadInput
from ashiato.core.masking import mask_text

PARTS: dict[str, Callable[[AssessedCase], Iterable[object]]] = {
    "verdict": lambda case: case.verdicts,
    "claims": lambda case: case.claims,
    "tenancies": lambda case: case.tracing.tenancies,
    "handovers": lambda case: case.tracing.handovers,
    "identities": lambda case: case.tracing.judgements,
    "indicators": lambda case: case.indicators,
    "sightings": lambda case: case.sightings,
    "victims": lambda case: case.census,
    "census": lambda case: case.cells,
    "proposals": lambda case: case.proposals,
    "gaps": lambda case: [gap for verdict in case.verdicts for gap in verdict.gaps],
    "problems": lambda case: case.problems,
    "exhibits": lambda case: [
        {"path": e.path, "sha256": e.sha256, "size": e.size} for e in case.exhibits
    ],
    "sources": lambda case: case.sources,
    "proceedings": lambda case: case.proceedings,
}
COLUMNS: dict[str, tuple[str, ...]] = {
    "claims": (
        "id", "speaker.text", "proposition.subject.text", "proposition.predicate",
        "proposition.object.text", "polarity", "modality", "origin.text", "review",
    ),
    "tenancies": (
        "asset.text", "role", "party.text", "status", "interval.start_min", "interval.end_max",
    ),
    "handovers": ("account.text", "from_party.text", "to_party.text", "window.earliest", "p"),
    "identities": ("judgement", "entity_a.text", "entity_b.text", "because"),
    "indicators": ("observable.value", "window.start_min", "window.end_max", "reason"),
    "sightings": ("status", "organisation", "ts", "host", "matched_value", "reason"),
    "victims": ("organisation", "status", "first_seen", "last_seen", "sightings", "excluded"),
    "census": (
        "organisation", "log_kind", "start", "status", "sightings", "excluded", "covered", "days",
    ),
    "proposals": ("score", "observable.value", "because"),
    "gaps": ("bits", "rung", "evidence"),
    "problems": ("kind", "path", "count", "message", "remedy"),
    "exhibits": ("path", "size", "sha256"),
    "sources": ("id", "name", "kind", "reliability", "reason"),
    "proceedings": ("person", "offence", "disposition"),
}  # fmt: skip


def part(what: str, case: AssessedCase) -> list[Any]:
    """Give the rows of one part as plain data, quotes masked; raises `BadInput`."""
    if what not in PARTS:
        raise BadInput(f"no part {what!r}", remedy=f"known: {', '.join(PARTS)}")
    return [masked(to_plain(row), case) for row in PARTS[what](case)]


def masked(value: Any, case: AssessedCase) -> Any:  # noqa: ANN401 - plain JSON
    """Mask cards, phones and addresses in every text of plain data."""
    return masked_values(value, case.sensitive)


def masked_values(value: Any, sensitive: tuple[tuple[str, str], ...]) -> Any:  # noqa: ANN401 - plain JSON
    """Mask these values, and whatever looks like a card or phone, in every text of plain data."""
    if isinstance(value, str):
        return mask_text(value, sensitive)
    if isinstance(value, dict):
        return {key: masked_values(item, sensitive) for key, item in value.items()}
    if isinstance(value, list):
        return [masked_values(item, sensitive) for item in value]
    return value


def _cell(row: Any, column: str) -> str:  # noqa: ANN401 - plain JSON
    for key in column.split("."):
        row = row.get(key) if isinstance(row, dict) else None
    return "" if row is None else str(row)


def render(what: str, rows: Sequence[Any]) -> str:
    """Write rows as a plain table; long cells are cut with an ellipsis (``--json`` has all)."""
    columns = COLUMNS.get(what)
    if columns is None:
        return "\n".join(str(row) for row in rows)
    heads = [_head(column) for column in columns]
    cells = [[_cell(row, column) for column in columns] for row in rows]
    wide = [max(len(line[i]) for line in [heads, *cells]) for i in range(len(columns))]
    cut = [min(w, 48) for w in wide]
    table = [_line(heads, cut), _line(["─" * c for c in cut], cut)]
    return "\n".join(table + [_line(line, cut) for line in cells] + [f"{len(rows)} rows"])


def _head(column: str) -> str:
    """Head a column by its own name, or by its thing's where it shows just the text of it."""
    *above, name = column.split(".")
    return (above[-1] if name in {"text", "value"} else name).replace("_", " ")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    fitted = [
        (c if len(c) <= w else c[: w - 1] + "…").ljust(w)
        for c, w in zip(cells, widths, strict=True)
    ]
    return "  ".join(fitted).rstrip()
