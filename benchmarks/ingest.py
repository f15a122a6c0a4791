"""Ingest: MB of Squid log per CPU-second into the lake, beside DuckDB's own CSV reader.

``python -m benchmarks.ingest [MEGABYTES]``. Both write the log's fields as Parquet (zstd) in the
same run. DuckDB takes lines by `read_csv` and splits them by `string_split`; it gives no byte
offsets, no registered domain and no account of lines it cannot read: it is the floor, no equal.
Then the memory that one reading needs at most, for this log and for one ten times as long, and what
a second delivery costs that has a fifth more lines: its beginning is not parsed again.
"""

import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb

from ashiato.core.sources import Intake, Source
from ashiato.engine.lake import LakeWriter, finished_stretches
from ashiato.read.logs import read_log, same_stretches

MEGABYTE = 1_000_000
ROUNDS = 3
START = 1_924_992_000.0
PEER = r"""
COPY (
    SELECT make_timestamp((p[1]::DOUBLE * 1e6)::BIGINT) AS ts, p[3] AS src_ip, p[6] AS method,
           p[7] AS url, split_part(split_part(p[7], '/', 3), ':', 1) AS domain,
           split_part(p[9], '/', 2) AS dst_ip, split_part(p[4], '/', 2) AS status,
           p[5]::BIGINT AS bytes_in, p[2]::DOUBLE / 1000 AS duration
    FROM (SELECT list_filter(string_split(line, ' '), lambda x: x <> '') AS p
          FROM read_csv(?, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '',
                        header = false, auto_detect = false))
) TO '{target}' (FORMAT parquet, COMPRESSION zstd)
"""


def write_squid_log(path: Path, size: int) -> int:
    """Write about ``size`` bytes of an invented proxy log and give its lines."""
    draw = random.Random(20310420)  # noqa: S311 - a benchmark's input, the same every time
    hosts = [f"www{n}.site{n % 997}.example" for n in range(12_000)]
    written, lines, now = 0, 0, START
    with path.open("w", encoding="ascii") as log:
        while written < size:
            now += draw.random() / 5
            line = _line(draw, now, draw.choice(hosts))
            written, lines = written + log.write(line), lines + 1
    return lines


def _line(draw: random.Random, now: float, host: str) -> str:
    tail = "x" * draw.randrange(60)
    url = f"http://{host}/a/{draw.randrange(10**9)}/{tail}?id={draw.randrange(10**6)}"
    what = f"CONNECT {host}:443" if draw.random() < 0.2 else f"GET {url}"  # noqa: PLR2004
    client = f"10.1.{draw.randrange(4)}.{draw.randrange(250)}"
    server = f"203.0.113.{draw.randrange(250)}"
    head = f"{now:.3f} {draw.randrange(5000):6d} {client} TCP_MISS/200 {draw.randrange(10**5)}"
    return f"{head} {what} - HIER_DIRECT/{server} text/html\n"


def ours(log: Path, folder: Path) -> int:
    """Read the log with our reader and give the rows."""
    exhibit = "ab" * 32
    intake = Intake(exhibit, log.name, Source("bench", "Benchmark"))
    with LakeWriter(folder / "lake", exhibit) as writer, log.open("rb") as stream:
        return read_log(stream, intake, writer, size=log.stat().st_size).rows


def duckdb_alone(log: Path, folder: Path) -> int:
    """Read the log with DuckDB and give the rows."""
    with duckdb.connect() as connection:
        statement = PEER.replace("{target}", str(folder / "peer.parquet"))
        found = connection.execute(statement, [str(log)]).fetchone()
        return int(found[0]) if found else 0


def rate(read: Callable[[Path, Path], int], log: Path, folder: Path) -> tuple[float, int]:
    """Give MB per CPU-second (all threads counted) and the rows."""
    begin = time.process_time()
    rows = read(log, folder)
    return log.stat().st_size / MEGABYTE / (time.process_time() - begin), rows


def peak(log: Path, folder: Path) -> float:
    """Give the megabytes that this process needed at most, after reading the log."""
    ours(log, folder)
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEGABYTE


def peaks(folder: Path, megabytes: int) -> None:
    """Print the most memory that a fresh process needs for a log, and for one ten times as long."""
    for size in (megabytes, 10 * megabytes):
        log = folder / "long.log"
        write_squid_log(log, size * MEGABYTE)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            most = fresh.submit(peak, log, folder / f"lake-{size}").result()
        print(f"memory   {most:6.0f} MB at most for {size} MB of log")


def again(folder: Path, name: str, size: int) -> float:
    """Read the first ``size`` bytes of the long log as exhibit ``name``; give CPU-seconds."""
    begin = time.process_time()
    exhibit, root = name * 32, folder / f"lake-{name}"
    intake = Intake(exhibit, "long.log", Source("bench", "Benchmark"), "Bench")
    with LakeWriter(root, exhibit, resumes=True) as writer, (folder / "long.log").open("rb") as log:
        known = folder / "lake-aa"
        if name != "aa":
            count = same_stretches(log, finished_stretches(known, "aa" * 32))
            writer.take_from(known, "aa" * 32, count)
            log.seek(0)
        read_log(log, intake, writer, size=size, resumes=True)
    return time.process_time() - begin


def second_delivery(folder: Path) -> None:
    """Print what a log costs, and what a longer one costs that begins with it."""
    long = folder / "long.log"
    size = long.stat().st_size
    os.truncate(long, size * 5 // 6)
    first = again(folder, "aa", size)
    write_squid_log(long, size)
    print(f"first    {first:6.1f} CPU-seconds for {size * 5 // 6 / MEGABYTE:.0f} MB")
    print(f"second   {again(folder, 'bb', size):6.1f} CPU-seconds for {size / MEGABYTE:.0f} MB")


def main(megabytes: int = 60) -> None:
    """Print both rates and their ratio, the memory, and the cost of a second delivery."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peaks(folder, megabytes)  # first: a child's peak is never below its parent's size
        second_delivery(folder)
        log = folder / "access.log"
        lines = write_squid_log(log, megabytes * MEGABYTE)
        print(f"squid log: {log.stat().st_size / MEGABYTE:.0f} MB, {lines:,} lines")
        pairs = [(rate(ours, log, folder), rate(duckdb_alone, log, folder)) for _ in range(ROUNDS)]
    for mine, peer in pairs:
        if mine[1] != lines or peer[1] != lines:
            raise SystemExit(f"rows lost: ours {mine[1]:,}, DuckDB {peer[1]:,} of {lines:,} lines")
    best, floor = max(mine[0] for mine, _ in pairs), max(peer[0] for _, peer in pairs)
    print(f"ashiato  {best:6.1f} MB per CPU-second (best of {ROUNDS})")
    print(f"duckdb   {floor:6.1f} MB per CPU-second (best of {ROUNDS}; no offsets, no domains)")
    print(f"ratio    {best / floor:6.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
