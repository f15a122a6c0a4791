"""`ashiato mapping suggest`: read a table's beginning and write a proposal."""

from pathlib import Path
from typing import Any

from ashiato.core.canonical import to_plain
from ashiato.core.errors import BadInput
from ashiato.core.names import slug
from ashiato.read.suggesting import Suggestion, mapping_text, suggest_mapping

_LARGEST = 64 << 20


def suggested(file: Path) -> Suggestion:
    """Propose a mapping for a table by its headings.

    Raises:
        BadInput: the file cannot be read, is larger than 64 MiB, or none of its headings is known.

    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=str(file)) from error
    if len(raw) > _LARGEST:
        remedy = "cut its first rows into a file of their own"
        raise BadInput("is larger than 64 MiB", path=str(file), remedy=remedy)
    return suggest_mapping(raw, str(file))


def suggestion_text(found: Suggestion, name: str) -> str:
    """Write the proposal as TOML to check, under a name that TOML can bear bare."""
    return mapping_text(found, slug(name) or "proposed")


def suggestion_row(found: Suggestion) -> dict[str, Any]:
    """Give the proposal as data."""
    row: dict[str, Any] = to_plain(found)
    return {**row, "columns": dict(found.columns)}
