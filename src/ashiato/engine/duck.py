"""DuckDB over the lake's Parquet files: the default engine, and the one that others must equal.

It runs in this process, in UTC, sees the files it was given and nothing else, and loads no
extension from anywhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from os import cpu_count
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa

from ashiato.core.errors import BadInput, TooLarge
from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.records import Indicator, Login, ObservableType, SightingStatus
from ashiato.core.time import Presence
from ashiato.engine import queries
from ashiato.engine.probes import instant, probes, spelled, texts_table
from ashiato.engine.protocol import REPEATED, Contacts, CoverageRow, LineReader, MatchRow
from ashiato.engine.schema import LAKE
from ashiato.engine.urls import normal_url
from ashiato.engine.volumes import VOLUMES, Chosen, counted_table

_CONFIG = MappingProxyType(
    {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",  # a query names tables, never Python variables
        "preserve_insertion_order": "false",  # every result is ordered by its query
    }
)
_FENCE = (
    "SET TimeZone = 'UTC'",
    "SET enable_progress_bar = false",
    "SET parquet_metadata_cache = true",
    "SET temp_directory = ''",  # beside the evidence nothing is written
    "SET allowed_paths = getvariable('files')",
    "SET enable_external_access = false",
)
_LOCK = "SET lock_configuration = true"
_FILES = "SET VARIABLE files = ?"
_STORED = """
CREATE TEMP VIEW stored AS
SELECT * FROM read_parquet(getvariable('files'), hive_partitioning = false)
"""
_LAKE = """
CREATE TEMP VIEW lake AS
SELECT *, epoch_us(ts) AS us, epoch_us(ts) // 86400000000 AS day FROM stored
"""
_VERDICT = MappingProxyType(
    {
        Presence.CERTAIN: (SightingStatus.CERTAIN, ""),
        Presence.POSSIBLE: (SightingStatus.POSSIBLE, ""),
        Presence.BEFORE: (SightingStatus.EXCLUDED, "before the window"),
        Presence.AFTER: (SightingStatus.EXCLUDED, "after the window"),
    }
)


def open_lake(files: Sequence[Path], *, threads: int | None = None, memory: str = "4GB") -> "Duck":
    """Open the lake that consists of these Parquet files; no file makes an empty lake.

    ``threads`` is how many cores may work (all where not told), ``memory`` the most that the engine
    may hold (``4GB``).

    Raises:
        BadInput: a file is missing or is no Parquet file of the lake.

    """
    paths = sorted({str(Path(file).resolve()) for file in files})
    missing = [path for path in paths if not Path(path).is_file()]
    if missing:
        raise BadInput("the lake lacks this file", path=missing[0], remedy="run the reading again")
    limits = {"threads": str(threads or cpu_count() or 1), "memory_limit": memory}
    return Duck(duckdb.connect(":memory:", config={**_CONFIG, **limits}), paths)


class Duck:
    """The `Engine` on DuckDB; closes as a context manager."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> None:
        """Fence the connection in and name the lake in it; `open_lake` makes one."""
        self._connection = connection
        self._rows(_FILES, [list(paths)])
        for statement in _FENCE:
            self._rows(statement)
        self._name_lake(paths)
        self._rows(_LOCK)

    def _name_lake(self, paths: Sequence[str]) -> None:
        if paths:
            try:
                self._rows(_STORED)
            except duckdb.Error as error:
                raise BadInput(
                    f"a file of the lake cannot be read: {error}",
                    remedy="delete the case's cache and run again",
                ) from error
        else:
            self._connection.register("stored", LAKE.empty_table())
        for statement in (_LAKE, queries.SWEPT, queries.ADDRESSES):
            self._rows(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()

    def sweep(self, indicators: Sequence[Indicator]) -> tuple[MatchRow, ...]:
        """Find every row that meets an indicator: see `Engine.sweep`."""
        keys = probes(indicators)
        urls = {
            i.id: normal_url(i.observable.value)
            for i in indicators
            if i.observable.type is ObservableType.URL
        }
        self._rows(queries.MET)
        for name, statement in _NETS_AND_NAMES.items():
            table = getattr(keys, name)
            if len(table):
                self._meet({name: table}, statement)
        self._meet_texts(keys.texts)
        if keys.nets6:
            written = [text for (text,) in self._rows(queries.ADDRESSES6)]
            self._meet_texts(texts_table(spelled(keys.nets6, written)))
        self._rows(queries.REPEATS)
        with self._tables({"windows": keys.windows}):
            rows = self._rows(queries.VERDICTS)
        return tuple(_match(row) for row in rows if _is_met(row, urls))

    def _meet_texts(self, texts: pa.Table) -> None:
        fields = set(texts.column("field").to_pylist())
        for field, statement in queries.MEET_TEXTS.items():
            if field in fields:
                self._meet({"texts": texts}, statement)

    def _meet(self, tables: Mapping[str, pa.Table], statement: str) -> None:
        with self._tables(tables):
            self._rows(statement)

    @contextmanager
    def _tables(self, tables: Mapping[str, pa.Table]) -> Iterator[None]:
        for name, table in tables.items():
            self._connection.register(name, table)
        try:
            yield
        finally:
            for name in tables:
                self._connection.unregister(name)

    def coverage(self) -> tuple[CoverageRow, ...]:
        """Say what the logs cover, by organisation and kind."""
        days: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
        for org, kind, first, last in self._rows(queries.COVERED_DAYS):
            days.setdefault((org, kind), []).append((instant(first), instant(last)))
        return tuple(
            CoverageRow(
                org=org,
                kind=kind,
                first=instant(first),
                last=instant(last),
                rows=rows,
                hosts=hosts,
                days=tuple(days[org, kind]),
            )
            for org, kind, first, last, rows, hosts in self._rows(queries.COVERAGE)
        )

    def logins(
        self,
        sources: Sequence[str] = (),
        *,
        paths: Mapping[str, str] | None = None,
        read_line: LineReader | None = None,
    ) -> tuple[Login, ...]:
        """Give the log-ins in these sources' logs by time: see `Engine.logins`."""
        named = sorted(set(sources)) or [org for (org,) in self._rows(queries.LOGIN_SOURCES)]
        with self._tables({"wanted": pa.table({"org": pa.array(named, pa.string())})}):
            rows = self._rows(queries.LOGINS)
        return tuple(_login(row, paths or {}, read_line) for row in rows)

    def contacts(self, least: int) -> Iterator[Contacts]:
        """Give pairs of machine and destination that meet often: see `Engine.contacts`."""
        for org, kind, machines in self._rows(queries.TALKERS):
            visitors = dict(self._rows(queries.VISITORS, [org, kind]))
            found = self._connection.sql(queries.CONTACTS, params=[org, kind, least])
            yield from _contacts(found.to_arrow_table(), org, kind, (visitors, machines))

    def volumes(self, records: Iterable[Chosen]) -> dict[int, tuple[int | None, int | None]]:
        """Add up the bytes of chosen records by cell: see `Engine.volumes`."""
        with self._tables({"counted": counted_table(records)}):
            return {cell: (sent, received) for cell, sent, received in self._rows(VOLUMES)}

    def count_by_kind(self) -> dict[str, int]:
        """Count the rows of the lake by log kind."""
        return dict(self._rows(queries.COUNTS))

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        # DuckDB 2 refuses the next statement until a result was fetched to its end.
        try:
            return self._connection.execute(statement, values).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise TooLarge(
                "the engine needs more memory than it may use; raise the memory limit of the "
                "engine, or hunt in fewer logs at a time"
            ) from error


_NETS_AND_NAMES = MappingProxyType(
    {
        "names": queries.MEET_NAMES,
        "nets24": queries.MEET_NETS24,
        "nets16": queries.MEET_NETS16,
    }
)


def _is_met(row: tuple[Any, ...], urls: Mapping[str, str]) -> bool:
    """Settle the candidates among URLs, where the case of a path matters."""
    indicator, field, value = row[0], row[10], row[11]
    if field != "url":
        return True
    try:
        return normal_url(value) == urls[indicator]
    except ValueError:  # one that parses in no way can equal none in normal form
        return False


def _match(row: tuple[Any, ...]) -> MatchRow:
    indicator, org, us, exhibit, codec, rec_no, byte_off, byte_len = row[:8]
    host, kind, field, value, presence, repeated = row[8:]
    status, reason = _VERDICT[Presence(presence)]
    return MatchRow(
        indicator=indicator,
        org=org,
        ts=instant(us),
        exhibit=exhibit,
        locator=RecordLocator(rec_no, byte_off, byte_len, codec),
        host=host,
        kind=kind,
        matched_field=field,
        matched_value=value,
        status=SightingStatus.EXCLUDED if repeated else status,
        reason=REPEATED if repeated else reason,
    )


def _contacts(
    table: pa.Table, org: str, kind: str, company: tuple[Mapping[str, int], int]
) -> Iterator[Contacts]:
    """Cut the sorted rows where the pair changes."""
    visitors, machines = company
    for low, high in _stretches(table):
        first = {name: table[name][low].as_py() for name in table.column_names}
        place = (first["rec_no"], first["byte_off"], first["byte_len"], first["codec"])
        sent = table["bytes_out"].slice(low, high - low).cast(pa.float64()).to_numpy()
        yield Contacts(
            org=org,
            kind=kind,
            src=first["src"],
            dst=first["dst"],
            micros=table["us"].slice(low, high - low).to_numpy(),
            sent=sent,
            visitors=visitors[first["dst"]],
            machines=machines,
            exhibit=first["exhibit"],
            locator=RecordLocator(*place),
        )


def _stretches(table: pa.Table) -> Iterator[tuple[int, int]]:
    if not len(table):
        return
    codes = [
        table[name].combine_chunks().dictionary_encode().indices.to_numpy()
        for name in ("src", "dst")
    ]
    turns = np.flatnonzero(np.any([np.diff(code) != 0 for code in codes], axis=0)) + 1
    edges = [0, *turns.tolist(), len(table)]
    yield from pairwise(edges)


def _login(row: tuple[Any, ...], paths: Mapping[str, str], read_line: LineReader | None) -> Login:
    account, host, address, us, accepted, client, exhibit, codec, rec_no, byte_off, byte_len = row
    locator = RecordLocator(rec_no, byte_off, byte_len, codec)
    quote = read_line(exhibit, locator) if read_line else ""
    citation = Citation(exhibit, paths.get(exhibit, ""), locator, quote)
    return Login(account, host, address, instant(us), accepted, client, citation)
