"""What machines do, summed up: who sent how much to whom on which day, and what was held open.

The SQL is as portable as that of `ashiato.engine.queries`; it is asked of one organisation and kind
of log at a time, so that memory grows with the largest of them and not with the lake.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ashiato.core.evidence import RecordLocator
from ashiato.engine.protocol import CitedRow, Flows, Session, Wanted

LONGEST = 31_536_000
"""Seconds: a duration of more than a year is a fault of its log and would overflow."""

# exhibit, first us, last us: two that overlap may hold the same records
EXTENTS = """
SELECT exhibit, min(us), max(us) FROM lake WHERE org = ? AND kind = ?
GROUP BY exhibit ORDER BY min(us), exhibit
"""

# src, dst, rd, day, calls, sent, received, hours, denied, first, last: one row for each pair and
# UTC day. `said` is put in place of {said}: `PLAIN`, or `ONCE` where exhibits overlap.
FLOWS = """
WITH said AS ({said})
SELECT src, dst, min(rd) AS rd, day, count(*) AS calls,
       sum(CAST(bytes_out AS DOUBLE)) AS sent, sum(CAST(bytes_in AS DOUBLE)) AS received,
       count(DISTINCT CAST(floor(us / 3600000000.0) AS BIGINT)) AS hours,
       sum(CASE WHEN lower(status) IN (SELECT status FROM refusals) THEN 1 ELSE 0 END) AS denied,
       min(us) AS first, max(us) AS last
FROM said WHERE src IS NOT NULL AND dst IS NOT NULL
GROUP BY src, dst, day ORDER BY src, dst, day
"""
PLAIN = """
SELECT coalesce(src_ip, host) AS src, coalesce(domain, dst_ip) AS dst, rd, day, us,
       bytes_out, bytes_in, status
FROM lake WHERE org = ? AND kind = ?
"""
# One event in two exhibits agrees in all of this; two of one exhibit that do too count as one.
ONCE = """
SELECT DISTINCT coalesce(src_ip, host) AS src, coalesce(domain, dst_ip) AS dst, rd, day, us,
       bytes_out, bytes_in, status, src_port, byte_len
FROM lake WHERE org = ? AND kind = ?
"""

# src, dst, begins, ends, pieces, sent, received. Connections of a pair that follow one another
# within a gap are one session. `ended` lists the parsers whose logs write a connection at its end.
SESSIONS = """
WITH held AS (
    SELECT DISTINCT coalesce(r.src_ip, r.host) AS src, coalesce(r.domain, r.dst_ip) AS dst,
           CASE WHEN e.parser IS NULL THEN r.us ELSE r.us - CAST(r.duration * 1000000 AS BIGINT) END
               AS begins,
           CASE WHEN e.parser IS NULL THEN r.us + CAST(r.duration * 1000000 AS BIGINT) ELSE r.us END
               AS ends,
           r.bytes_out, r.bytes_in, r.src_port
    FROM lake r LEFT JOIN ended e ON r.parser = e.parser
    WHERE r.org = ? AND r.kind = ? AND r.duration >= ? AND r.duration <= ?
), chained AS (
    SELECT *, max(ends) OVER (
        PARTITION BY src, dst ORDER BY begins, ends, src_port, bytes_out, bytes_in
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before
    FROM held WHERE src IS NOT NULL AND dst IS NOT NULL
), numbered AS (
    SELECT *, sum(CASE WHEN before IS NULL OR begins > before + ? THEN 1 ELSE 0 END) OVER (
        PARTITION BY src, dst ORDER BY begins, ends, src_port, bytes_out, bytes_in
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS session
    FROM chained
)
SELECT src, dst, min(begins), max(ends), count(*),
       sum(CAST(bytes_out AS DOUBLE)), sum(CAST(bytes_in AS DOUBLE))
FROM numbered GROUP BY src, dst, session HAVING max(ends) - min(begins) >= ?
ORDER BY src, dst, min(begins)
"""

# number, us, exhibit, codec, rec_no, byte_off, byte_len: the first, the last, the largest and the
# longest record of each pair in a span of time
CITED = """
WITH met AS (
    SELECT w.number, r.us, r.exhibit, r.codec, r.rec_no, r.byte_off, r.byte_len,
           coalesce(r.bytes_out, -1) AS sent, coalesce(r.duration, -1) AS held
    FROM lake r JOIN wanted w
      ON r.org = w.org AND r.kind = w.kind
     AND coalesce(r.src_ip, r.host) = w.src AND coalesce(r.domain, r.dst_ip) = w.dst
    WHERE r.us >= w.low AND r.us <= w.high
), ranked AS (
    SELECT *,
           row_number() OVER (PARTITION BY number ORDER BY us, exhibit, rec_no) AS early,
           row_number() OVER (PARTITION BY number ORDER BY us DESC, exhibit, rec_no) AS late,
           row_number() OVER (PARTITION BY number ORDER BY sent DESC, us, exhibit, rec_no) AS large,
           row_number() OVER (PARTITION BY number ORDER BY held DESC, us, exhibit, rec_no) AS long
    FROM met
)
SELECT number, us, exhibit, codec, rec_no, byte_off, byte_len FROM ranked
WHERE early = 1 OR late = 1 OR large = 1 OR long = 1
ORDER BY number, us, exhibit, rec_no
"""


def overlapping(extents: Sequence[tuple[str, int, int]]) -> bool:
    """Whether two exhibits, in the order of `EXTENTS`, cover the same time."""
    latest: int | None = None
    for _, first, last in extents:
        if latest is not None and first <= latest:
            return True
        latest = last if latest is None else max(latest, last)
    return False


def flows_of(table: pa.Table, org: str, kind: str) -> Flows:
    """Give the rows of `FLOWS` as arrays."""
    machines, src = _coded(table, "src")
    names, dst = _coded(table, "dst")
    some = np.unique(dst, return_index=True)[1]  # any row of a name tells its registered domain
    return Flows(
        org=org,
        kind=kind,
        machines=machines,
        names=names,
        domains=tuple(rd or "" for rd in table["rd"].take(pa.array(some)).to_pylist()),
        src=src,
        dst=dst,
        day=_whole(table, "day"),
        calls=_whole(table, "calls"),
        sent=_numbers(table, "sent"),
        received=_numbers(table, "received"),
        hours=_whole(table, "hours"),
        denied=_whole(table, "denied"),
        first=_whole(table, "first"),
        last=_whole(table, "last"),
    )


def _coded(table: pa.Table, name: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    coded = pc.dictionary_encode(table[name].combine_chunks())
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return tuple(coded.dictionary.to_pylist()), coded.indices.to_numpy().astype(np.int64)


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    """Give a column of sums; NaN where the log does not say."""
    found: NDArray[np.float64] = table[name].cast(pa.float64()).to_numpy()
    return found


def _whole(table: pa.Table, name: str) -> NDArray[np.int64]:
    found: NDArray[np.int64] = table[name].cast(pa.int64()).to_numpy()
    return found


def session_of(row: tuple[Any, ...], org: str, kind: str) -> Session:
    """Give a row of `SESSIONS` its names."""
    src, dst, begins, ends, pieces, sent, received = row
    return Session(org, kind, src, dst, begins, ends, pieces, sent, received)


def wanted_table(wanted: Sequence[Wanted]) -> pa.Table:
    """Write what is to be cited as the table ``wanted``."""
    columns = {
        name: pa.array([getattr(w, name) for w in wanted], pa.string())
        for name in ("org", "kind", "src", "dst")
    } | {name: pa.array([getattr(w, name) for w in wanted], pa.int64()) for name in ("low", "high")}
    return pa.table({"number": pa.array(range(len(wanted)), pa.int64()), **columns})


def cited_rows(rows: Sequence[tuple[Any, ...]]) -> Iterator[CitedRow]:
    """Give the rows of `CITED` their names."""
    for number, us, exhibit, codec, rec_no, byte_off, byte_len in rows:
        yield CitedRow(number, us, exhibit, RecordLocator(rec_no, byte_off, byte_len, codec))
