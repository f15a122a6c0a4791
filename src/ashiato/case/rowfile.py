"""Rows of an answer as a file of the kind that its name says: JSON lines, CSV or Parquet."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ashiato.core.canonical import canonical_json
from ashiato.core.errors import BadInput
from ashiato.report import csv_bytes

Rows = Sequence[dict[str, Any]]
KINDS = (".jsonl", ".csv", ".parquet")


def check(path: Path) -> None:
    """Refuse a name whose ending is of no kind; raises `BadInput`."""
    if path.suffix.lower() not in KINDS:
        remedy = "end the name in .jsonl, .csv or .parquet"
        raise BadInput(f"{path.suffix!r} is no kind of table", path=str(path), remedy=remedy)


def write(rows: Rows, path: Path) -> None:
    """Write the rows; the same rows give the same bytes.

    Raises:
        BadInput: the name's ending is of no kind, or the file cannot be written.

    """
    check(path)
    try:
        _WRITERS[path.suffix.lower()](rows, path)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise BadInput(message, path=str(path), remedy="name another file") from error


def _json_lines(rows: Rows, path: Path) -> None:
    path.write_bytes(b"".join(canonical_json(row) + b"\n" for row in rows))


def _csv(rows: Rows, path: Path) -> None:
    columns = list(rows[0]) if rows else []
    path.write_bytes(csv_bytes(columns, ({c: _text(row[c]) for c in columns} for row in rows)))


def _parquet(rows: Rows, path: Path) -> None:
    """Write numbers as numbers, all else as texts: a hunt without a match has columns too."""
    columns = list(rows[0]) if rows else []
    arrays = [pa.array([_typed(row[name]) for row in rows]) for name in columns]
    pq.write_table(pa.table(arrays, names=columns), path, compression="zstd", store_schema=False)


def _typed(value: object) -> object:
    return value if isinstance(value, int | float) else _text(value)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


_WRITERS = {".jsonl": _json_lines, ".csv": _csv, ".parquet": _parquet}
