"""Rows of an answer as a file of the kind that its name says: JSON lines, CSV or Parquet.

Rows may come one by one: few are held at a time, and a file that breaks off is not left behind.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from ashiato.core.canonical import canonical_json
from ashiato.core.errors import BadInput
from ashiato.report import safe_cell

Row = dict[str, Any]
Rows = Iterable[Row]
KINDS = (".jsonl", ".csv", ".parquet")
_TOGETHER = 10_000
"""Rows written together."""


def check(path: Path) -> None:
    """Refuse a name whose ending is of no kind; raises `BadInput`."""
    if path.suffix.lower() not in KINDS:
        remedy = "end the name in .jsonl, .csv or .parquet"
        raise BadInput(f"{path.suffix!r} is no kind of table", path=str(path), remedy=remedy)


def write(rows: Rows, path: Path) -> int:
    """Write the rows and give their number; the same rows give the same bytes.

    Raises:
        BadInput: the name's ending is of no kind, or the file cannot be written.

    """
    check(path)
    unfinished = path.with_name(path.name + ".tmp")
    try:
        count = _write(rows, path.suffix.lower(), unfinished)
        unfinished.replace(path)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise BadInput(message, path=str(path), remedy="name another file") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _write(rows: Rows, kind: str, path: Path) -> int:
    groups, count = _groups(rows), 0
    with closing(_SINKS[kind](path)) as sink:
        for group in groups:
            sink.add(group)
            count += len(group)
    return count


def _groups(rows: Rows) -> Iterator[list[Row]]:
    source = iter(rows)
    while group := list(islice(source, _TOGETHER)):
        yield group


class _Sink(Protocol):
    def add(self, rows: list[Row], /) -> None: ...
    def close(self) -> None: ...


class _JsonLines:
    def __init__(self, path: Path) -> None:
        self._out = path.open("wb")

    def close(self) -> None:
        self._out.close()

    def add(self, rows: list[Row]) -> None:
        self._out.writelines(canonical_json(row) + b"\n" for row in rows)


class _Csv:
    """RFC 4180 in the order of the rows, no cell a formula."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("w", encoding="utf-8", newline="")
        self._lines = csv.writer(self._out, lineterminator="\r\n")
        self._columns: list[str] = []

    def close(self) -> None:
        if not self._columns:
            self._lines.writerow([])
        self._out.close()

    def add(self, rows: list[Row]) -> None:
        if not self._columns:
            self._columns = list(rows[0])
            self._lines.writerow(self._columns)
        self._lines.writerows([safe_cell(_text(r[c])) for c in self._columns] for r in rows)


class _Parquet:
    """Numbers as numbers, all else as texts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def close(self) -> None:
        self._open(pa.table({}).schema).close()

    def add(self, rows: list[Row]) -> None:
        columns = {name: pa.array([_typed(row[name]) for row in rows]) for name in rows[0]}
        table = pa.table(columns)
        self._open(table.schema).write_table(table)

    def _open(self, schema: pa.Schema) -> pq.ParquetWriter:
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._path, schema, compression="zstd", store_schema=False
            )
        return self._writer


def _typed(value: object) -> object:
    return value if isinstance(value, int | float) else _text(value)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


_SINKS: Mapping[str, Callable[[Path], _Sink]] = MappingProxyType(
    {".jsonl": _JsonLines, ".csv": _Csv, ".parquet": _Parquet}
)
