"""The record lake on disk: Parquet by log kind, organisation and month, whole or not there.

``<kind>/<organisation>/<YYYY-MM>/<exhibit>.parquet``: a hunt in one organisation or one month opens
these files and no others. The same rows of a kind give the same bytes, however they were batched:
row groups are cut by counting rows, each sorted by time, and nothing of the machine or the day is
written into them. Memory does not grow with the log, nor with the months that its times name.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ashiato.core.names import slug
from ashiato.engine.folders import FEW, beginning
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
MOST_OCTETS = 128 << 20
"""Length of the lines whose rows are written together where long lines make a group heavy."""
MOST_HELD = 4
"""Row groups of one kind held for all its months together; beyond, the fullest month writes."""
MOST_MONTHS = 96
"""Files of one kind open at once. A log with times in more months than this is broken or very long:
the rows of further months lie together under `LATER_MONTHS`, sorted by time like all others."""
LATER_MONTHS = "other-months"
_FOLDER_NAME = 40
"""Letters of an organisation's name that its folder shows."""
_DEEP = 3
"""Levels of folders: kind, organisation, month."""
_SUFFIX = ".parquet"
_UNFINISHED = ".tmp"
_DONE = ".done"


def lake_files(root: Path) -> tuple[Path, ...]:
    """Give the lake's finished files, sorted."""
    return tuple(sorted(root.glob(f"*/*/*/*{_SUFFIX}")))


def organisation_folder(organisation: str) -> str:
    """Name the folder of an organisation: readable, safe as a file name, and of no other's rows."""
    shown = slug(organisation).encode("ascii", "ignore").decode()[:_FOLDER_NAME].strip("-_")
    mark = sha256(organisation.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{shown or 'organisation'}-{mark}"


class LakeWriter:
    """Writes the rows of one exhibit. Nothing is in the lake until `close`; then all of it is.

    Used as a context manager it closes at the end and aborts on an error.
    """

    def __init__(self, root: Path, exhibit: str, *, resumes: bool = False) -> None:
        """Write under ``root``; on close, files of an earlier reading are replaced.

        With ``resumes`` the stretches that a broken-off writer finished are taken over.
        """
        self._root, self._exhibit, self._resumes = root, exhibit, resumes
        self._streams: dict[tuple[str, str], _Stream] = {}
        self._kept: list[Path] = []
        self.finished: list[Mapping[str, Any]] = []
        """What was to be remembered at the end of each stretch that is finished."""
        if resumes:
            self._take_over()
        self._clean()

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
        for kind, of_kind in _parted(table, "kind"):
            for org, part in _parted(of_kind, "org"):
                self._stream(kind, org).add(part)

    def finish_stretch(self, said: Mapping[str, Any]) -> None:
        """Keep what was written so far, and ``said`` with it, even if this process is killed next.

        The rows stay out of the lake until `close`; rows that follow lie in files of their own.
        """
        self._keep(self._finished_files(), said)

    def take_from(self, root: Path, exhibit: str, count: int) -> None:
        """Take over the first ``count`` stretches of another exhibit that begins with their bytes.

        Every row then cites this writer's exhibit.
        """
        for number, (files, said) in enumerate(_stretches(root, exhibit)[:count]):
            mine = [_rewritten(file, self._path_like(file, root, number), self._exhibit)
                    for file in files]  # fmt: skip
            self._keep(mine, said)

    def _path_like(self, file: Path, root: Path, number: int) -> Path:
        folder = self._root / file.relative_to(root).parent
        return folder / f"{self._exhibit}{_part(number)}{_SUFFIX}"

    def _keep(self, files: Iterable["_MonthFile"], said: Mapping[str, Any]) -> None:
        new = []
        for file in files:
            file.unfinished.replace(_done(file.path))
            new.append(file.path)
        names = [path.relative_to(self._root).as_posix() for path in new]
        note = _note(self._root, self._exhibit, len(self.finished))
        unfinished = note.with_suffix(f".{os.getpid()}{_UNFINISHED}")
        note.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps({"files": sorted(names), "said": said}), "utf-8")
        unfinished.replace(note)
        self._kept += new
        self.finished.append(said)

    def _take_over(self) -> None:
        for files, said in _stretches(self._root, self._exhibit):
            self._kept += files
            self.finished.append(said)

    def _clean(self) -> None:
        """Remove what a run that was killed left over."""
        kept = {_done(path) for path in self._kept}
        for depth in (0, _DEEP):
            for path in sorted(beginning(self._root, depth, self._exhibit)):
                if path.suffix in {_UNFINISHED, _DONE} and path not in kept:
                    path.unlink(missing_ok=True)

    def _finished_files(self) -> list["_MonthFile"]:
        try:
            files = [file for stream in self._streams.values() for file in stream.finish()]
        except BaseException:
            self.abort()
            raise
        self._streams = {}
        return files

    def close(self) -> tuple[Path, ...]:
        """Finish the files, put them in place and give their paths, sorted."""
        files = self._finished_files()
        new = {*self._kept, *(file.path for file in files)}
        for old in sorted(set(beginning(self._root, _DEEP, self._exhibit)) - new):
            if old.suffix == _SUFFIX:
                old.unlink()
        for file in files:
            file.unfinished.replace(file.path)
        for path in self._kept:
            if _done(path).exists():  # not put in place by a close that was killed
                _done(path).replace(path)
        return tuple(sorted(new))

    def abort(self) -> None:
        """Forget everything that was written since the beginning, or the last finished stretch."""
        for stream in self._streams.values():
            stream.discard()
        self._streams = {}

    def _stream(self, kind: str, org: str) -> "_Stream":
        if (kind, org) not in self._streams:
            folder = self._root / kind / organisation_folder(org)
            name = f"{self._exhibit}{_part(len(self.finished))}"
            self._streams[kind, org] = _Stream(folder, name)
        return self._streams[kind, org]


def _part(number: int) -> str:
    return f".{number:06d}" if number else ""


def _note(root: Path, exhibit: str, number: int) -> Path:
    return root / f"{exhibit}{_part(number)}.json"


def _done(path: Path) -> Path:
    return path.with_suffix(_DONE)


def _stretches(root: Path, exhibit: str) -> list[tuple[list[Path], Mapping[str, Any]]]:
    """Give the finished stretches from the first on, while all that belongs to them is there."""
    found: list[tuple[list[Path], Mapping[str, Any]]] = []
    while True:
        try:
            note = json.loads(_note(root, exhibit, len(found)).read_bytes())
            files = [root / name for name in note["files"]]
            said = note["said"]
        except (OSError, ValueError, KeyError, TypeError):
            return found
        if not all(path.exists() or _done(path).exists() for path in files):
            return found
        found.append((files, said))


def finished_stretches(root: Path, exhibit: str) -> tuple[Mapping[str, Any], ...]:
    """Give what was to be remembered at the end of each finished stretch of an exhibit's rows."""
    return tuple(said for _, said in _stretches(root, exhibit))


def _rewritten(source: Path, path: Path, exhibit: str) -> "_MonthFile":
    """Write the same rows for another exhibit, row group by row group."""
    made, at = _MonthFile(path), LAKE.get_field_index("exhibit")
    try:
        with pq.ParquetFile(source if source.exists() else _done(source)) as rows:
            for number in range(rows.num_row_groups):
                group = rows.read_row_group(number)
                names = pa.repeat(pa.scalar(exhibit, pa.string()), len(group))
                made.write(group.set_column(at, LAKE.field(at), names).cast(LAKE))
        made.finish()
    except BaseException:
        made.discard()
        raise
    return made


class _Held:
    """Rows that wait, in order; taken by count and length, so that batches leave no trace."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []
        self.count = self.octets = 0

    def add(self, rows: pa.Table) -> None:
        self._tables.append(rows)
        self.count += len(rows)
        self.octets += _octets(rows)

    def is_full(self) -> bool:
        return self.count >= ROW_GROUP or self.octets >= MOST_OCTETS

    def fill(self) -> pa.Table:
        """Take the rows that are full as soon as the last of them came."""
        lengths = np.concatenate([c.to_numpy() for t in self._tables for c in t["byte_len"].chunks])
        heavy = int(np.searchsorted(np.cumsum(lengths), MOST_OCTETS)) + 1
        return self.take(min(ROW_GROUP, heavy))

    def take(self, count: int) -> pa.Table:
        every = pa.concat_tables(self._tables)
        taken, left = every.slice(0, count), every.slice(count)
        self._tables, self.count, self.octets = [left], len(left), _octets(left)
        return taken


def _octets(rows: pa.Table) -> int:
    return int(pc.sum(rows["byte_len"]).as_py() or 0)


class _Stream:
    """The rows of one kind and organisation on their way to a file for each month."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._file_name = folder, name
        self._coming = _Held()
        self._months: dict[str, _MonthFile] = {}

    def add(self, rows: pa.Table) -> None:
        """Deal rows out in steps of one size: what is held then depends on the rows alone."""
        self._coming.add(rows)
        while self._coming.is_full():
            self._deal(self._coming.fill())

    def finish(self) -> tuple["_MonthFile", ...]:
        """Write what is held, close the unfinished files and give them."""
        if self._coming.count:
            self._deal(self._coming.take(self._coming.count))
        for file in self._months.values():
            file.finish()
        return tuple(self._months.values())

    def discard(self) -> None:
        """Remove the unfinished files."""
        for file in self._months.values():
            file.discard()

    def _deal(self, rows: pa.Table) -> None:
        for month, part in _by_month(rows):
            self._file(month).add(part)
        while self._is_too_much():
            max(self._months.values(), key=_MonthFile.size).flush()

    def _is_too_much(self) -> bool:
        held = [file.held for file in self._months.values()]
        rows, octets = sum(h.count for h in held), sum(h.octets for h in held)
        return rows > MOST_HELD * ROW_GROUP or octets > MOST_HELD * MOST_OCTETS

    def _file(self, month: str) -> "_MonthFile":
        is_new = month not in self._months
        name = LATER_MONTHS if is_new and len(self._months) >= MOST_MONTHS else month
        if name not in self._months:
            self._months[name] = _MonthFile(self._folder / name / f"{self._file_name}{_SUFFIX}")
        return self._months[name]


class _MonthFile:
    """Rows of one month on their way to a file, which is opened when the first are written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # with the process in its name: one that outlives its killed parent spoils no other's file
        self.unfinished = path.with_name(f"{path.stem}.{os.getpid()}{_UNFINISHED}")
        self.held = _Held()
        self._writer: pq.ParquetWriter | None = None

    def size(self) -> tuple[int, int, str]:
        """Order files by how much they hold; among equals the month decides."""
        return self.held.octets, self.held.count, self.path.parent.name

    def add(self, rows: pa.Table) -> None:
        """Hold rows until they fill a row group."""
        self.held.add(rows)
        while self.held.is_full():
            self.write(self.held.fill())

    def flush(self) -> None:
        """Write what is held."""
        if self.held.count:
            self.write(self.held.take(self.held.count))

    def finish(self) -> None:
        """Write what is held and close the unfinished file."""
        self.flush()
        if self._writer:
            self._writer.close()

    def discard(self) -> None:
        """Close and remove the unfinished file."""
        if self._writer:
            with suppress(OSError):  # its last bytes may not fit on the disk, and are not wanted
                self._writer.close()
        self.unfinished.unlink(missing_ok=True)

    def write(self, rows: pa.Table) -> None:
        """Write a row group."""
        if self._writer is None:
            self._writer = self._opened(is_small=len(rows) < FEW)
        self._writer.write_table(_sorted(rows).combine_chunks(), row_group_size=ROW_GROUP)

    def _opened(self, *, is_small: bool) -> pq.ParquetWriter:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if is_small:
            return pq.ParquetWriter(
                self.unfinished,
                LAKE,
                compression="none",
                store_schema=False,
                use_dictionary=False,
            )
        return pq.ParquetWriter(
            self.unfinished,
            LAKE,
            compression="zstd",
            store_schema=False,
            use_dictionary=[f.name for f in LAKE if f.name not in _DISTINCT | _COUNTED],
            column_encoding=dict.fromkeys(sorted(_COUNTED), "DELTA_BINARY_PACKED"),
        )


def _parted(rows: pa.Table, column: str) -> Iterator[tuple[str, pa.Table]]:
    """Part rows by a column that seldom has two values."""
    values = sorted(pc.unique(rows[column]).to_pylist())
    for value in values:
        part = rows if len(values) == 1 else rows.filter(pc.equal(rows[column], value))
        yield value, part


def _by_month(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Part rows by the month of their time (UTC), earliest first, keeping their order."""
    months = _times(rows).view("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    if months.min() == months.max():
        yield _month_name(int(months[0])), rows
        return
    order = np.argsort(months, kind="stable")
    found, begins = np.unique(months[order], return_index=True)
    for month, places in zip(found.tolist(), np.split(order, begins[1:]), strict=True):
        yield _month_name(month), rows.take(pa.array(places))


def _month_name(months: int) -> str:
    return f"{1970 + months // 12:04d}-{months % 12 + 1:02d}"


def _times(rows: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.concatenate([c.cast(pa.int64()).to_numpy() for c in rows["ts"].chunks])


def _sorted(rows: pa.Table) -> pa.Table:
    """Sort by time, then record; most logs already are."""
    times = _times(rows)
    records = np.concatenate([c.to_numpy() for c in rows["rec_no"].chunks])
    later, same = times[1:] > times[:-1], times[1:] == times[:-1]
    if bool(np.all(later | (same & (records[1:] > records[:-1])))):
        return rows
    return rows.take(pa.array(np.lexsort((records, times))))
