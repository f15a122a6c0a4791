"""The record lake on disk: one Parquet file for each exhibit and log kind, whole or not there.

The same rows give the same bytes, however they were batched: row groups are cut at fixed sizes,
sorted by time inside, and nothing of the machine or the day is written into them.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ashiato.engine.schema import LAKE

ROW_GROUP = 122_880
"""Rows sorted and written together (DuckDB's own size): a scan skips whole groups by time."""
_COUNTED = {"rec_no", "byte_off", "byte_len", "ts"}
"""Columns that grow row by row: their differences are small."""
_DISTINCT = {
    "url",
    "url_hash",
    "answers",
    "duration",
    "bytes_in",
    "bytes_out",
    "md5",
    "sha1",
    "sha256",
}
"""Columns that seldom repeat: a dictionary would be built and thrown away."""
_SUFFIX = ".parquet"
_UNFINISHED = ".parquet.tmp"


def lake_files(root: Path) -> tuple[Path, ...]:
    """Give the lake's finished files, sorted."""
    return tuple(sorted(root.glob(f"*/*{_SUFFIX}")))


class LakeWriter:
    """Writes the rows of one exhibit. Nothing is in the lake until `close`; then all of it is.

    Used as a context manager it closes at the end and aborts on an error.
    """

    def __init__(self, root: Path, exhibit: str) -> None:
        """Write under ``root``; on close, files of an earlier reading are replaced."""
        self._root, self._exhibit = root, exhibit
        self._kinds: dict[str, _KindFile] = {}

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

    def write(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Take rows in the lake's schema; they may be of several kinds.

        Raises:
            ValueError: the rows are not in the lake's schema.

        """
        table = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
        if not table.schema.equals(LAKE):
            raise ValueError(f"rows are not in the lake's schema: {table.schema}")
        kinds = sorted(pc.unique(table["kind"]).to_pylist())
        for kind in kinds:
            part = table if len(kinds) == 1 else table.filter(pc.equal(table["kind"], kind))
            self._file(kind).add(part)

    def close(self) -> tuple[Path, ...]:
        """Finish the files, put them in place and give their paths, sorted."""
        try:
            for file in self._kinds.values():
                file.finish()
        except BaseException:
            self.abort()
            raise
        new = {file.path for file in self._kinds.values()}
        for old in sorted(set(self._root.glob(f"*/{self._exhibit}{_SUFFIX}")) - new):
            old.unlink()
        for file in self._kinds.values():
            file.unfinished.replace(file.path)
        self._kinds = {}
        return tuple(sorted(new))

    def abort(self) -> None:
        """Forget everything that was written since the beginning."""
        for file in self._kinds.values():
            file.discard()
        self._kinds = {}

    def _file(self, kind: str) -> "_KindFile":
        if kind not in self._kinds:
            self._kinds[kind] = _KindFile(self._root / kind / f"{self._exhibit}{_SUFFIX}")
        return self._kinds[kind]


class _KindFile:
    """Rows of one kind on their way to a file; holds at most a row group and one batch."""

    def __init__(self, path: Path) -> None:
        self.path, self.unfinished = (
            path,
            path.with_name(path.name.removesuffix(_SUFFIX) + _UNFINISHED),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        self._held: list[pa.Table] = []
        self._count = 0
        self._writer = pq.ParquetWriter(
            self.unfinished,
            LAKE,
            compression="zstd",
            store_schema=False,
            use_dictionary=[f.name for f in LAKE if f.name not in _DISTINCT | _COUNTED],
            column_encoding=dict.fromkeys(sorted(_COUNTED), "DELTA_BINARY_PACKED"),
        )

    def add(self, rows: pa.Table) -> None:
        """Hold rows until they fill a row group."""
        self._held.append(rows)
        self._count += len(rows)
        while self._count >= ROW_GROUP:
            every = pa.concat_tables(self._held)
            self._write(every.slice(0, ROW_GROUP))
            self._held, self._count = [every.slice(ROW_GROUP)], self._count - ROW_GROUP

    def finish(self) -> None:
        """Write what is held and close the unfinished file."""
        if self._count:
            self._write(pa.concat_tables(self._held))
        self._writer.close()

    def discard(self) -> None:
        """Close and remove the unfinished file."""
        self._writer.close()
        self.unfinished.unlink(missing_ok=True)

    def _write(self, rows: pa.Table) -> None:
        self._writer.write_table(_sorted(rows).combine_chunks(), row_group_size=ROW_GROUP)


def _sorted(rows: pa.Table) -> pa.Table:
    """Sort by time, then record; most logs already are."""
    times = np.concatenate([c.cast(pa.int64()).to_numpy() for c in rows["ts"].chunks])
    records = np.concatenate([c.to_numpy() for c in rows["rec_no"].chunks])
    later, same = times[1:] > times[:-1], times[1:] == times[:-1]
    if bool(np.all(later | (same & (records[1:] > records[:-1])))):
        return rows
    return rows.take(pa.array(np.lexsort((records, times))))
