"""DuckDB over the lake's Parquet files: the default engine, and the one that others must equal.

It runs in this process, in UTC, sees the files it was given and nothing else, and loads no
extension from anywhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby, pairwise
from operator import itemgetter
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
from ashiato.engine import behaviour, queries
from ashiato.engine.custody import (
    CROWDS,
    MEMBERS,
    MOST_AT_ONCE,
    PIECES,
    PLACED,
    PLACED_ANYWHERE,
    PLACED_ASOF,
    Custody,
    pieces_of,
    refuse_crowds,
)
from ashiato.engine.meeting import Decider, deciders, met_answers, met_receivers
from ashiato.engine.pivots import Anchor, Companion, Reach, anchors_table, company
from ashiato.engine.probes import Probes, instant, keys_within, parts_table, probes
from ashiato.engine.protocol import (
    REPEATED,
    CitedRow,
    Contacts,
    CoverageRow,
    Flows,
    LineReader,
    MatchRow,
    Session,
    Wanted,
)
from ashiato.engine.schema import LAKE
from ashiato.engine.verdicts import COUNTED, CROWDED, JUDGE, JUDGED, SEGMENTS
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
_AT_ONCE = 10_000
"""Rows turned into Python's values together."""
_TOLD = 100_000
"""Matches taken from the engine together, or one day's where it has more."""


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
        self._connection, self._sweeps = connection, 0
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

    def sweep(self, indicators: Sequence[Indicator]) -> Iterator[MatchRow]:
        """Find every row that meets an indicator: see `Engine.sweep`."""
        keys = probes(indicators)
        self._sweeps += 1
        self._rows(queries.MET)
        for name, statement in _KEYED.items():
            table = getattr(keys, name)
            if len(table):
                self._meet({name: table}, statement)
        self._meet_texts(keys.texts)
        self._meet_wide6(keys)
        self._meet_parts(indicators)
        self._rows(queries.REPEATS)
        self._connection.register("windows", keys.windows)
        stretches = list(_gathered(self._rows(queries.MET_DAYS)))
        return self._told(self._sweeps, stretches, deciders(indicators))

    def _told(
        self, sweep: int, stretches: Sequence[tuple[str, int, int]], decide: Mapping[str, Decider]
    ) -> Iterator[MatchRow]:
        for stretch in stretches:
            if sweep != self._sweeps:
                raise RuntimeError("a next sweep was begun before this one was read to its end")
            for row in _plain(self._arrow(queries.VERDICTS, stretch)):
                if row[0] not in decide or decide[row[0]](row[11]):
                    yield _match(row)
        if sweep == self._sweeps:
            self._rows(queries.MET)  # lets go of what it held

    def _meet_texts(self, texts: pa.Table) -> None:
        fields = set(texts.column("field").to_pylist())
        for field, statement in queries.MEET_TEXTS.items():
            if field in fields:
                self._meet({"texts": texts}, statement)

    def _meet_wide6(self, keys: Probes) -> None:
        if keys.wide6:
            occurring = (key for (key,) in self._rows(queries.KEYS6))
            self._meet({"nets6": keys_within(keys.wide6, occurring)}, queries.MEET_NETS6)

    def _meet_parts(self, indicators: Sequence[Indicator]) -> None:
        """Meet the columns that hold several values: each distinct text is looked at once."""
        kinds = {i.observable.type for i in indicators}
        for of_kinds, distinct, find, statement in _PARTED:
            if kinds & of_kinds:
                texts = self._arrow(distinct).column("value")
                met = parts_table(find(indicators, _texts_of(texts)))
                self._meet({"parts": met}, statement)

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

    def contacts(self, least: int, refusals: Sequence[str] = ()) -> Iterator[Contacts]:
        """Give pairs of machine and destination that meet often: see `Engine.contacts`."""
        words = pa.table({"status": pa.array(sorted(refusals), pa.string())})
        for org, kind, machines in self._rows(queries.TALKERS):
            visitors = dict(self._rows(queries.VISITORS, [org, kind]))
            with self._tables({"refusals": words}):
                found = self._arrow(queries.CONTACTS, [org, kind, least])
            yield from _contacts(found, org, kind, (visitors, machines))

    def volumes(self, records: Iterable[Chosen]) -> dict[int, tuple[int | None, int | None]]:
        """Add up the bytes of chosen records by cell: see `Engine.volumes`."""
        with self._tables({"counted": counted_table(records)}):
            return {cell: (sent, received) for cell, sent, received in self._rows(VOLUMES)}

    def company(self, anchors: Iterable[Anchor], reach: Reach) -> tuple[int, tuple[Companion, ...]]:
        """Say what hit machines contacted around their sightings: see `Engine.company`."""
        with self._tables({"anchors": anchors_table(anchors)}):
            return company(self._rows, reach)

    def flows(self, refusals: Sequence[str] = ()) -> Iterator[Flows]:
        """Sum up who sent how much to whom by day: see `Engine.flows`."""
        words = pa.table({"status": pa.array(sorted(refusals), pa.string())})
        for org, kind, _ in self._rows(queries.TALKERS):
            twice = behaviour.overlapping(self._rows(behaviour.EXTENTS, [org, kind]))
            statement = behaviour.FLOWS.format(said=behaviour.ONCE if twice else behaviour.PLAIN)
            with self._tables({"refusals": words}):
                found = self._arrow(statement, [org, kind])
            yield behaviour.flows_of(found, org, kind)

    def sessions(
        self, ended: Sequence[str], *, piece: float, gap: float, least: float
    ) -> Iterator[Session]:
        """Give what was held open for long: see `Engine.sessions`."""
        told = pa.table({"parser": pa.array(sorted(set(ended)), pa.string())})
        micros = [round(gap * 1e6), round(least * 1e6)]
        for org, kind, _ in self._rows(queries.TALKERS):
            asked = [org, kind, piece, behaviour.LONGEST, *micros]
            with self._tables({"ended": told}):
                rows = self._rows(behaviour.SESSIONS, asked)
            yield from (behaviour.session_of(row, org, kind) for row in rows)

    def cited(self, wanted: Sequence[Wanted]) -> tuple[CitedRow, ...]:
        """Give the records that speak for each: see `Engine.cited`."""
        if not wanted:
            return ()
        with self._tables({"wanted": behaviour.wanted_table(wanted)}):
            return tuple(behaviour.cited_rows(self._rows(behaviour.CITED)))

    def custody(self, events: pa.Table, claims: pa.Table, *, asof: bool = True) -> Custody:
        """Place events among claims: see `Engine.custody`; ``asof`` chooses the fast plan."""
        with self._tables({"events": events, "claims": claims}):
            refuse_crowds(self._rows(CROWDS, [MOST_AT_ONCE]))
            self._rows(PIECES)
            pieces = pieces_of(_plain(self._arrow(MEMBERS)))
            placed = self._arrow(PLACED_ASOF if asof else PLACED_ANYWHERE)
        return Custody(pieces, placed.cast(PLACED))

    def index_claims(self, claims: pa.Table) -> tuple[tuple[int, int], ...]:
        """Lay claims of custody out for `verdicts`: see `Engine.index_claims`."""
        with self._tables({"claims": claims}):
            self._rows(CROWDED, [MOST_AT_ONCE])
            for statement in (COUNTED, SEGMENTS):
                self._rows(statement)
        return tuple(self._rows("SELECT * FROM crowded ORDER BY ALL"))

    def verdicts(self, events: pa.Table) -> pa.Table:
        """Judge events by the claims laid out before: see `Engine.verdicts`."""
        with self._tables({"events": events}):
            return self._arrow(JUDGE).cast(JUDGED)

    def count_by_kind(self) -> dict[str, int]:
        """Count the rows of the lake by log kind."""
        return dict(self._rows(queries.COUNTS))

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        # DuckDB 2 refuses the next statement until a result was fetched to its end.
        with _within_memory():
            return self._connection.execute(statement, values).fetchall()

    def _arrow(self, statement: str, values: Sequence[object] = ()) -> pa.Table:
        with _within_memory():
            return self._connection.sql(statement, params=list(values)).to_arrow_table()


@contextmanager
def _within_memory() -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise TooLarge(
            "the engine needs more memory than it may use; raise the memory limit of the "
            "engine, or hunt in fewer logs at a time"
        ) from error


_KEYED = MappingProxyType(
    {
        "names": queries.MEET_NAMES,
        "nets24": queries.MEET_NETS24,
        "nets16": queries.MEET_NETS16,
        "nets6": queries.MEET_NETS6,
        "hashes": queries.MEET_URLS,
        "prefixes": queries.MEET_PREFIXES,
    }
)
_PARTED = (
    (
        {ObservableType.IP, ObservableType.CIDR},
        queries.ANSWERS,
        met_answers,
        queries.MEET_ANSWERS,
    ),
    ({ObservableType.EMAIL}, queries.RECEIVERS, met_receivers, queries.MEET_RECEIVERS),
)


def _gathered(days: Iterable[tuple[str, int, int, int]]) -> Iterator[tuple[str, int, int]]:
    """Join an organisation's days to stretches of time with about `_TOLD` matches each."""
    for org, of_one in groupby(days, key=itemgetter(0)):
        first, held = None, 0
        for _, begin, last, rows in of_one:
            first, held = begin if first is None else first, held + rows
            if held >= _TOLD:
                yield org, first, last
                first, held = None, 0
        if first is not None:
            yield org, first, last


def _texts_of(column: pa.ChunkedArray) -> Iterator[str]:
    for chunk in column.chunks:
        yield from chunk.to_pylist()


def _plain(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Turn a result into rows of Python's values, few at a time."""
    for batch in table.to_batches(max_chunksize=_AT_ONCE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


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
    micros, denied = (table[name].to_numpy() for name in ("us", "denied"))
    sent = table["bytes_out"].cast(pa.float64()).to_numpy()
    for low, high in _stretches(table):
        first = {name: table[name][low].as_py() for name in table.column_names}
        place = (first["rec_no"], first["byte_off"], first["byte_len"], first["codec"])
        yield Contacts(
            org=org,
            kind=kind,
            src=first["src"],
            dst=first["dst"],
            micros=micros[low:high],
            sent=sent[low:high],
            denied=denied[low:high] == 1,
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
