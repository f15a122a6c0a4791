"""Windows events under their own names: one Parquet file for each channel, id and exhibit.

Rules are written for the names that Windows gives (``CommandLine``, ``TargetUserName``); the lake's
few columns cannot answer them. Files lie at ``<root>/<channel>/<event id>/<exhibit>.parquet``.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from ashiato.engine.folders import FEW, below

FIXED = pa.schema(
    [
        pa.field("org", pa.string(), nullable=False),
        pa.field("exhibit", pa.string(), nullable=False),
        pa.field("codec", pa.string()),
        pa.field("rec_no", pa.int64(), nullable=False),  # place in the file, from 1
        pa.field("byte_off", pa.int64(), nullable=False),
        pa.field("byte_len", pa.int64(), nullable=False),
        pa.field("ts", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("Channel", pa.string()),
        pa.field("Provider_Name", pa.string()),
        pa.field("EventID", pa.int32()),
        pa.field("Computer", pa.string()),
        pa.field("EventRecordID", pa.int64()),
    ]
)
"""Columns that every file has, in this order; all others are texts, sorted by name."""
HELD = 96 << 20
"""Bytes of rows held before some are put aside on disk."""
ROW_GROUP = 32_768
_SUFFIX = ".parquet"
_LONGEST_SLUG = 100


def channel_slug(channel: str | None) -> str:
    """Name the folder of a channel; different channels may share one, as rows name theirs."""
    return re.sub(r"[^a-z0-9]+", "-", (channel or "").lower())[:_LONGEST_SLUG].strip("-") or "none"


def event_files(root: Path) -> tuple[Path, ...]:
    """Give the store's finished files, sorted."""
    return tuple(sorted(root.glob(f"*/*/*{_SUFFIX}")))


class EventWriter:
    """Writes the events of one exhibit. Nothing is in the store until `close`; then all of it is.

    Used as a context manager it closes at the end and aborts on an error.
    """

    def __init__(self, root: Path, exhibit: str, *, held: int = HELD) -> None:
        """Write under ``root``; on close, files of an earlier reading are replaced."""
        self._root, self._exhibit, self._most = root, exhibit, held
        self._parts: dict[Path, _Part] = {}
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    def write(self, channel: str | None, event_id: int | None, rows: pa.Table) -> None:
        """Take events of one channel and id: the columns of `FIXED`, then texts under any names.

        Raises:
            ValueError: the fixed columns are others.

        """
        if not rows.select(range(len(FIXED))).schema.equals(FIXED):
            raise ValueError(f"no table of Windows events: {rows.schema}")
        folder = self._root / channel_slug(channel)
        number = "none" if event_id is None else str(event_id)
        path = folder / number / f"{self._exhibit}{_SUFFIX}"
        self._held += self._parts.setdefault(path, _Part(path)).add(rows)
        while self._held > self._most:
            self._held -= max(self._parts.values(), key=_size).put_aside()

    def close(self) -> tuple[Path, ...]:
        """Finish the files, put them in place and give their paths, sorted."""
        try:
            for part in self._parts.values():
                part.finish()
        except BaseException:
            self.abort()
            raise
        new = set(self._parts)
        name = f"{self._exhibit}{_SUFFIX}"
        for old in sorted({folder / name for folder in below(self._root, 2)} - new):
            old.unlink(missing_ok=True)
        for path, part in self._parts.items():
            part.unfinished.replace(path)
        self._parts = {}
        return tuple(sorted(new))

    def abort(self) -> None:
        """Forget everything that was written since the beginning."""
        for part in self._parts.values():
            part.discard()
        self._parts = {}


class _Part:
    """Events of one channel and id on their way to a file; names that differ in case are one."""

    def __init__(self, path: Path) -> None:
        self.path, self.unfinished = path, path.with_name(path.name + ".tmp")
        self.size = self._count = 0
        self._held: list[pa.Table] = []
        self._aside: list[Path] = []
        self._names: dict[str, str] = {}

    def add(self, rows: pa.Table) -> int:
        """Hold rows and give their bytes; the first spelling of a name stays."""
        spelled = [self._names.setdefault(n.lower(), n) for n in rows.column_names[len(FIXED) :]]
        if spelled != rows.column_names[len(FIXED) :]:
            rows = rows.rename_columns([*FIXED.names, *spelled])
        self._held.append(rows)
        size: int = rows.nbytes
        self.size += size
        self._count += len(rows)
        return size

    def put_aside(self) -> int:
        """Write what is held to a file, to be taken up again at the end, and give its bytes."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.with_name(f"{self.path.name}.{len(self._aside)}.aside")
        pq.write_table(self._joined(self._held), file, compression="zstd")
        self._aside.append(file)
        size, self._held, self.size = self.size, [], 0
        return size

    def finish(self) -> None:
        """Write the unfinished file in row groups of one size, whatever was put aside."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        schema, is_small = self._schema(), self._count < FEW
        with pq.ParquetWriter(
            self.unfinished,
            schema,
            compression="none" if is_small else "zstd",
            use_dictionary=not is_small,
            store_schema=False,
        ) as writer:
            for rows in self._groups(schema):
                writer.write_table(rows.combine_chunks(), row_group_size=ROW_GROUP)
        self._forget_aside()

    def discard(self) -> None:
        """Remove every trace on disk."""
        self._forget_aside()
        self.unfinished.unlink(missing_ok=True)

    def _forget_aside(self) -> None:
        for file in self._aside:
            file.unlink(missing_ok=True)
        self._aside = []

    def _schema(self) -> pa.Schema:
        names = sorted(self._names.values(), key=_in_order)
        return pa.schema([*FIXED, *(pa.field(name, pa.string()) for name in names)])

    def _groups(self, schema: pa.Schema) -> Iterator[pa.Table]:
        kept: list[pa.Table] = []
        count = 0
        for rows in self._all():
            kept.append(rows)
            count += len(rows)
            while count >= ROW_GROUP:
                every = _together(kept, schema)
                yield every.slice(0, ROW_GROUP)
                kept, count = [every.slice(ROW_GROUP)], count - ROW_GROUP
        if count:
            yield _together(kept, schema)

    def _all(self) -> Iterator[pa.Table]:
        for file in self._aside:
            with pq.ParquetFile(file) as opened:
                for batch in opened.iter_batches(ROW_GROUP):
                    yield pa.Table.from_batches([batch])
        yield from self._held

    def _joined(self, tables: list[pa.Table]) -> pa.Table:
        return _together(tables, self._schema())


def _size(part: _Part) -> int:
    return part.size


def _in_order(name: str) -> tuple[str, str]:
    return name.lower(), name


def _together(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    """Join rows; each has every column of a schema, empty where it had none."""
    return pa.concat_tables([schema.empty_table(), *tables], promote_options="default")
