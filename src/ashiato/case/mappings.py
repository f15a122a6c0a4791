"""`ashiato mapping suggest`: read a table's beginning and write a proposal."""

from pathlib import Path

from ashiato.core.errors import BadInput
from ashiato.core.names import slug
from ashiato.read.suggesting import mapping_text, suggest_mapping

_LARGEST = 64 << 20


def suggested(file: Path, name: str) -> str:
    """Propose a mapping for a table by its headings, as TOML.

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
    return mapping_text(suggest_mapping(raw, str(file)), slug(name) or "proposed")
