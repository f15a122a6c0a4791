"""Hunt: rows per CPU-second of a sweep, beside the mere reading of its columns and beside grep.

``python -m benchmarks.hunt [ROWS]`` makes an invented proxy lake of ROWS rows (5 million) at 50
organisations and 21,000 indicators with windows: 10,000 domains, 9,000 addresses, 1,000 ranges and
1,000 URLs. Three processes then work on the same rows in one run, each measured by the system:

- ``sweep``: ours, from opening the lake to the sorted matches with status and reason;
- ``floor``: DuckDB reading the columns that the sweep must look at, and deciding nothing;
- ``grep``: ``grep -F -f`` with the 20,000 literals over a sample of the rows as text (no windows,
  no ranges, substrings match).
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_network
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ashiato.core.records import Indicator, Observable, ObservableType
from ashiato.core.time import UncertainInterval
from ashiato.engine.duck import open_lake
from ashiato.engine.schema import LAKE
from ashiato.engine.urls import url_hashes

ROWS, ORGANISATIONS, SAMPLE = 5_000_000, 50, 1_000_000
SITES, PATHS, CLIENTS = 300_000, 100_000, 500
START = datetime(2031, 4, 1, tzinfo=UTC)
MICROSECONDS = 30 * 86_400 * 1_000_000
BUSY = 1_000
"""The sites that everybody asks for; nothing that is hunted is among them."""
FIRST_ADDRESS, LAST_ADDRESS = (int(IPv4Address(text)) for text in ("240.0.0.0", "241.0.0.0"))
"""Addresses that no machine has (RFC 1112, class E)."""
ZIPF = 1.2
KILOBYTES = 1024
POLL_SECONDS = 0.005
FLOOR = """
SELECT max(strlen(domain)), max(strlen(rd)), max(strlen(url)), max(dst_ip4), max(src_ip4),
       max(epoch_us(ts)), count(*)
FROM read_parquet(?)
"""


@dataclass(frozen=True, slots=True)
class Web:
    """The invented web: site ``n`` has one name, one registered domain and one address."""

    names: pa.Array
    registered: pa.Array
    addresses: pa.Array
    numbers: NDArray[np.uint32]
    paths: pa.Array
    clients: pa.Array


def make_web(draw: np.random.Generator) -> Web:
    """Invent the sites, paths and clients that the rows are drawn from."""
    registered = [f"site{n}.example" for n in range(SITES)]
    names = [f"h{n % 7}.{name}" if n % 3 else name for n, name in enumerate(registered)]
    numbers = draw.integers(FIRST_ADDRESS, LAST_ADDRESS, SITES, dtype=np.uint32)
    numbers[:BUSY] += LAST_ADDRESS - FIRST_ADDRESS
    return Web(
        names=pa.array(names),
        registered=pa.array(registered),
        addresses=pa.array([str(IPv4Address(int(n))) for n in numbers]),
        numbers=numbers,
        paths=pa.array(
            [f"/a/{n:x}/{n * 7919 % PATHS}.html?s={n * 104_729:x}" for n in range(PATHS)]
        ),
        clients=pa.array([f"10.0.{n // 250}.{n % 250}" for n in range(CLIENTS)]),
    )


def rows_of(web: Web, organisation: int, rows: int, draw: np.random.Generator) -> pa.Table:
    """Draw the proxy log of one organisation: few sites are asked for often, most seldom."""
    site = draw.zipf(ZIPF, rows) % SITES
    client = draw.integers(0, CLIENTS, rows)
    length = draw.integers(120, 200, rows)
    path = web.paths.take(pa.array(draw.integers(0, PATHS, rows)))
    urls = pc.binary_join_element_wise("http://", web.names.take(pa.array(site)), path, "")
    names, hosts = web.names.take(pa.array(site)), web.clients.take(pa.array(client))
    begin = int(START.timestamp()) * 1_000_000
    given = {
        "org": pa.repeat(f"Org {organisation:03}", rows),
        "exhibit": pa.repeat(f"{organisation:064x}", rows),
        "rec_no": pa.array(np.arange(1, rows + 1)),
        "byte_off": pa.array(np.cumsum(length + 1) - length - 1),
        "byte_len": pa.array(length),
        "ts": pa.array(
            np.sort(draw.integers(0, MICROSECONDS, rows)) + begin, LAKE.field("ts").type
        ),
        "kind": pa.repeat("proxy", rows),
        "parser": pa.repeat("bench@1", rows),
        "host": hosts,
        "src_ip": hosts,
        "src_ip4": pa.array((10 * 256**3 + client // 250 * 256 + client % 250).astype(np.uint32)),
        "dst_ip": web.addresses.take(pa.array(site)),
        "dst_ip4": pa.array(web.numbers[site]),
        "domain": names,
        "rd": web.registered.take(pa.array(site)),
        "url": urls,
        "url_hash": url_hashes(urls),
        "method": pa.repeat("GET", rows),
        "status": pa.repeat("200", rows),
        "bytes_in": pa.array(draw.integers(100, 100_000, rows)),
    }
    empty = {f.name: pa.nulls(rows, f.type) for f in LAKE if f.name not in given}
    return pa.table({**given, **empty}).select(LAKE.names).cast(LAKE)


def write_lines(table: pa.Table, text: Path) -> None:
    """Add rows as lines of text: time, client, URL, server."""
    times = table["ts"].cast(pa.int64()).cast(pa.string())
    lines = pc.binary_join_element_wise(times, table["src_ip"], table["url"], table["dst_ip"], " ")
    with text.open("a", encoding="ascii") as out:
        out.write("\n".join(lines.to_pylist()) + "\n")


def make_inputs(folder: Path, rows: int) -> int:
    """Write the lake, the sample as text and the literals; give the lines of the sample."""
    draw = np.random.default_rng(20310420)
    web = make_web(draw)
    (folder / "lake").mkdir()
    each, lines = rows // ORGANISATIONS, 0
    for organisation in range(ORGANISATIONS):
        table = rows_of(web, organisation, each, draw)
        pq.write_table(
            table, folder / f"lake/{organisation:03}.parquet", compression="zstd",
            row_group_size=122_880,
        )  # fmt: skip
        if lines < SAMPLE:
            write_lines(table, folder / "rows.txt")
            lines += each
    sought = [(kind, value) for kind, value in wanted() if kind != "cidr"]
    (folder / "literals.txt").write_text("".join(f"{value}\n" for _, value in sought))
    return lines


def wanted() -> Iterator[tuple[str, str]]:
    """Draw what to look for: some of it is in the rows, most is not."""
    draw = np.random.default_rng(7)
    for n in draw.integers(BUSY, 2 * SITES, 10_000):
        yield "domain", f"site{n}.example"
    for n in draw.integers(FIRST_ADDRESS, LAST_ADDRESS, 9_000):
        yield "ip", str(IPv4Address(int(n)))
    for n in draw.integers(FIRST_ADDRESS, LAST_ADDRESS, 1_000):
        yield "cidr", str(ip_network((int(n), 22 + int(n) % 8), strict=False))
    for n in draw.integers(BUSY, SITES, 1_000):
        yield "url", f"http://site{n}.example/a/{n % PATHS:x}/{n * 7919 % PATHS}.html"


def indicators() -> Iterator[Indicator]:
    """Give every value a window of ten days in the month of the rows."""
    for number, (kind, value) in enumerate(wanted()):
        start = START + timedelta(days=number % 20)
        window = UncertainInterval.exactly(start, start + timedelta(days=10))
        observable = Observable(ObservableType(kind), value)
        yield Indicator(f"{number:05}", observable, window, "bench", ())


def sweep(folder: Path) -> dict[str, int]:
    """Sweep the lake as a case does; count the matches and those that count."""
    sought = list(indicators())
    with open_lake(sorted(folder.glob("lake/*.parquet")), threads=2, memory="2GB") as lake:
        met = [not row.reason for row in lake.sweep(sought)]
    return {"matches": len(met), "inside": sum(met)}


def floor(folder: Path) -> dict[str, int]:
    """Read the columns of the sweep and decide nothing."""
    files = [str(path) for path in sorted(folder.glob("lake/*.parquet"))]
    with duckdb.connect(config={"threads": 2}) as connection:
        (row,) = connection.execute(FLOOR, [files]).fetchall()
    return {"rows": row[-1]}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process used: CPU-seconds and seconds with its start, megabytes at its peak."""

    cpu: float
    wall: float
    peak: float
    said: str


def measure(command: Sequence[str]) -> Measured:
    """Run a command to its end; ask the system what it used, and Linux for its memory on the way.

    The peak that `wait4` tells would be at least that of this process, which is not small.
    """
    begin, peak, ended = time.perf_counter(), 0.0, 0
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, env={**os.environ, "LC_ALL": "C"})  # noqa: S603 - our own commands
        while not ended:
            peak = max(peak, _peak(process.pid))
            time.sleep(POLL_SECONDS)
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{command[0]} ended with {process.returncode}")
        out.seek(0)
        said = out.read().strip()
    return Measured(used.ru_utime + used.ru_stime, time.perf_counter() - begin, peak, said)


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / KILOBYTES if found else 0.0


def part(name: str, folder: Path) -> list[str]:
    """Name the command that runs one part of this file in a process of its own."""
    return [sys.executable, "-m", "benchmarks.hunt", f"--{name}", str(folder)]


def main(arguments: Sequence[str]) -> None:
    """Make the inputs, measure the three, print rates and ratios."""
    parts = {"--sweep": sweep, "--floor": floor}
    if arguments and arguments[0] in parts:
        print(json.dumps(parts[arguments[0]](Path(arguments[1]))))
        return
    rows = int(arguments[0]) // ORGANISATIONS * ORGANISATIONS if arguments else ROWS
    with tempfile.TemporaryDirectory(prefix="ashiato-bench-") as name:
        folder = Path(name)
        lines = make_inputs(folder, rows)
        grep = ["grep", "-c", "-F", "-f", str(folder / "literals.txt"), str(folder / "rows.txt")]
        measured = [
            ("sweep", rows, measure(part("sweep", folder))),
            ("floor", rows, measure(part("floor", folder))),
            ("grep", lines, measure(grep)),
        ]
    print("\n".join(table(measured)))


def table(measured: Iterable[tuple[str, int, Measured]]) -> Iterator[str]:
    """Lay the figures out, rates as multiples of the sweep's."""
    ours = 0.0
    yield "             rows    CPU s   wall s   peak MB   rows/CPU-s   against ours"
    for name, rows, used in measured:
        rate = rows / used.cpu
        ours = ours or rate
        yield (
            f"{name:6} {rows:10,} {used.cpu:8.2f} {used.wall:8.2f} {used.peak:9.0f} "
            f"{rate:12,.0f} {rate / ours:10.2f} x   {used.said}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
