"""Hunt: CPU-seconds and memory of a sweep beside the mere reading of its columns, DuckDB and grep.

``python -m benchmarks.hunt [ROWS]`` makes an invented proxy lake of ROWS rows (5 million; the
issue's figure is 50 million) at 50 organisations, one after another so that memory does not grow,
and lists of 21,000 and 100,000 indicators with windows: of 21, ten are domains, nine addresses, one
a range and one a URL; one in twenty occurs in the rows. Processes then work on the same rows in one
run, each measured by the system:

- ``sweep``: ours, from opening the lake to the last sorted match with status and reason;
- ``floor``: DuckDB reading the columns that the sweep must look at, and deciding nothing;
- ``plain``: the query that a competent analyst writes for DuckDB over the text columns: distinct
  hosts and addresses first, no windows, no verdicts, nothing but the number of matches;
- ``grep``: ``grep -F -f`` with the literals over at most 10 million of the rows as text (no
  windows, no ranges, substrings match).

``--chart FILE`` does so at 1, 5, 25 and 100 million rows (``--sizes``) and draws the sweep's
CPU-seconds and peak memory against the size. ``--all`` runs the other benchmarks of the hunt after
it. ``--keep FOLDER`` leaves the lake for another run.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_network
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ashiato.core.records import Indicator, Observable, ObservableType
from ashiato.core.time import UncertainInterval
from ashiato.engine.duck import open_lake
from ashiato.engine.lake import LakeWriter, lake_files
from ashiato.engine.schema import LAKE
from ashiato.engine.urls import url_hashes

ROWS, ORGANISATIONS, SAMPLE = 5_000_000, 50, 10_000_000
LISTS = (21_000, 100_000)
SIZES = (1_000_000, 5_000_000, 25_000_000, 100_000_000)
BATCH = 500_000
"""Rows made at a time."""
SITES, PATHS, CLIENTS = 300_000, 100_000, 500
PATHS_OF_ONE = 20
"""Pages of one site."""
START = datetime(2031, 4, 1, tzinfo=UTC)
MICROSECONDS = 30 * 86_400 * 1_000_000
BUSY = 1_000
"""The sites that everybody asks for; nothing that is hunted is among them."""
OCCURS = 20
"""One in so many of the values sought is a site's."""
FIRST_ADDRESS, LAST_ADDRESS = (int(IPv4Address(text)) for text in ("240.0.0.0", "241.0.0.0"))
"""Addresses that no machine has (RFC 1112, class E)."""
ZIPF = 1.2
KILOBYTES = 1024
POLL_SECONDS = 0.005
BESIDE = ("ingest", "beacons", "leads", "pivots")
"""Benchmarks of the other parts of the hunt that make their own inputs; they run with ``--all``.

`benchmarks.evtx` and `benchmarks.sigma` want real logs, and are called with their folder.
"""
FLOOR = """
SELECT max(strlen(domain)), max(strlen(rd)), max(url_hash), max(dst_ip4), max(src_ip4),
       max(epoch_us(ts)), count(*)
FROM read_parquet(?)
"""
PLAIN = """
WITH lake AS NOT MATERIALIZED (SELECT domain, url, dst_ip FROM read_parquet($files)),
listed AS (SELECT kind, value FROM read_csv($listed, header = false, names = ['kind', 'value'])),
hosts AS (SELECT DISTINCT domain, string_split(domain, '.') AS parts FROM lake),
suffixes AS (
    SELECT domain, unnest([array_to_string(parts[n:], '.') FOR n IN range(1, len(parts) + 1)]) AS s
    FROM hosts
),
named AS (
    SELECT s.domain, l.value FROM suffixes s JOIN listed l ON l.kind = 'domain' AND l.value = s.s
),
machines AS (SELECT DISTINCT dst_ip, split_part(dst_ip, '.', 1)::UBIGINT * 16777216
        + split_part(dst_ip, '.', 2)::UBIGINT * 65536 + split_part(dst_ip, '.', 3)::UBIGINT * 256
        + split_part(dst_ip, '.', 4)::UBIGINT AS number FROM lake),
spans AS (
    SELECT value, split_part(value, '/', 2)::INT AS bits, split_part(value, '.', 1)::UBIGINT
        * 16777216 + split_part(value, '.', 2)::UBIGINT * 65536 + split_part(value, '.', 3)::UBIGINT
        * 256 + split_part(split_part(value, '.', 4), '/', 1)::UBIGINT AS lo
    FROM listed WHERE kind = 'cidr'
),
placed AS (
    SELECT m.dst_ip, l.value FROM machines m JOIN listed l ON l.kind = 'ip' AND l.value = m.dst_ip
    UNION ALL
    SELECT m.dst_ip, s.value FROM machines m
    JOIN spans s ON m.number >= s.lo AND m.number < s.lo + (1::UBIGINT << (32 - s.bits))
)
SELECT (SELECT count(*) FROM lake JOIN named USING (domain))
     + (SELECT count(*) FROM lake JOIN placed USING (dst_ip))
     + (SELECT count(*) FROM lake r JOIN listed l ON l.kind = 'url' AND l.value = r.url)
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


def urls_of(web: Web, site: NDArray[np.int64], page: NDArray[np.int64]) -> pa.Array:
    """Write the URLs of some pages of some sites; a site has `PATHS_OF_ONE`."""
    path = web.paths.take(pa.array((site * 31 + page) % PATHS))
    return pc.binary_join_element_wise("http://", web.names.take(pa.array(site)), path, "")


def rows_of(
    web: Web, organisation: int, numbers: NDArray[np.int64], draw: np.random.Generator
) -> pa.Table:
    """Draw records of one organisation's proxy log: few sites are asked for often, most seldom."""
    rows = len(numbers)
    site, client = draw.zipf(ZIPF, rows) % SITES, draw.integers(0, CLIENTS, rows)
    urls = urls_of(web, site, draw.integers(0, PATHS_OF_ONE, rows))
    names, hosts = web.names.take(pa.array(site)), web.clients.take(pa.array(client))
    times = np.sort(draw.integers(0, MICROSECONDS, rows)) + int(START.timestamp()) * 1_000_000
    given = {
        "org": pa.repeat(f"Org {organisation:03}", rows),
        "exhibit": pa.repeat(f"{organisation:064x}", rows),
        "rec_no": pa.array(numbers),
        "byte_off": pa.array(numbers * 160),
        "byte_len": pa.array(draw.integers(120, 160, rows)),
        "ts": pa.array(times, LAKE.field("ts").type),
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
    fields = (
        times,
        table["src_ip"],
        table["url"],
        pc.binary_join_element_wise(table["dst_ip"], "\n", ""),
    )
    lines = pc.binary_join_element_wise(*fields, " ")
    with text.open("ab") as out:
        for chunk in lines.chunks:
            out.write("".join(chunk.to_pylist()).encode())


def make_lake(folder: Path, rows: int) -> int:
    """Write the lake and a sample of it as text; give the lines of the sample."""
    draw = np.random.default_rng(20310420)
    web, lines, each = make_web(draw), 0, rows // ORGANISATIONS
    for organisation in range(ORGANISATIONS):
        with LakeWriter(folder / "lake", f"{organisation:064x}") as writer:
            for first in range(0, each, BATCH):
                numbers = np.arange(first + 1, min(first + BATCH, each) + 1)
                table = rows_of(web, organisation, numbers, draw)
                writer.write(table)
                if lines < SAMPLE:
                    write_lines(table, folder / "rows.txt")
                    lines += len(table)
    return lines


def write_lists(folder: Path, count: int) -> None:
    """Write what is sought as CSV of kind and value, and as literals for grep."""
    sought = list(wanted(count))
    listed = "".join(f"{kind},{value}\n" for kind, value in sought)
    (folder / f"listed-{count}.csv").write_text(listed, encoding="ascii")
    literals = "".join(f"{value}\n" for kind, value in sought if kind != "cidr")
    (folder / f"literals-{count}.txt").write_text(literals, encoding="ascii")


def wanted(count: int) -> Iterator[tuple[str, str]]:
    """Draw what to look for: one in `OCCURS` may be in the rows."""
    draw, web = np.random.default_rng(7), make_web(np.random.default_rng(20310420))
    domains, addresses, few = count * 10 // 21, count * 9 // 21, count // 21
    for n in draw.integers(BUSY, OCCURS * SITES, domains):
        yield "domain", f"site{n}.example"
    for n in draw.integers(FIRST_ADDRESS, LAST_ADDRESS, addresses):
        yield "ip", str(IPv4Address(int(n)))
    for n in draw.integers(FIRST_ADDRESS, LAST_ADDRESS, few):
        yield "cidr", str(ip_network((int(n), 24 + int(n) % 6), strict=False))
    site = draw.integers(BUSY, SITES, few)
    for url in urls_of(web, site, draw.integers(0, PATHS_OF_ONE * OCCURS, few)).to_pylist():
        yield "url", url


def indicators(folder: Path, count: int) -> Iterator[Indicator]:
    """Give every value a window of ten days in the month of the rows."""
    listed = (folder / f"listed-{count}.csv").read_text("ascii").splitlines()
    for number, line in enumerate(listed):
        kind, _, value = line.partition(",")
        start = START + timedelta(days=number % 20)
        window = UncertainInterval.exactly(start, start + timedelta(days=10))
        observable = Observable(ObservableType(kind), value)
        yield Indicator(f"{number:06}", observable, window, "bench", ())


def sweep(folder: Path, count: int) -> dict[str, int]:
    """Sweep the lake as a hunt does; count the matches and those that count."""
    sought, matches, inside = list(indicators(folder, count)), 0, 0
    with open_lake(lake_files(folder / "lake"), threads=2, memory="768MB") as lake:
        for row in lake.sweep(sought):
            matches, inside = matches + 1, inside + (not row.reason)
    return {"matches": matches, "inside": inside}


def _files(folder: Path) -> list[str]:
    return [str(path) for path in lake_files(folder / "lake")]


def floor(folder: Path, _: int) -> dict[str, int]:
    """Read the columns of the sweep and decide nothing."""
    with duckdb.connect(config={"threads": 2}) as connection:
        (row,) = connection.execute(FLOOR, [_files(folder)]).fetchall()
    return {"rows": row[-1]}


def plain(folder: Path, count: int) -> dict[str, int]:
    """Answer the query of an analyst who has DuckDB and the text columns."""
    told = {"files": _files(folder), "listed": str(folder / f"listed-{count}.csv")}
    with duckdb.connect(config={"threads": 2}) as connection:
        ((matches,),) = connection.execute(PLAIN, told).fetchall()
    return {"matches": matches}


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


PARTS = {"sweep": sweep, "floor": floor, "plain": plain}


def part(name: str, folder: Path, count: int) -> list[str]:
    """Name the command that runs one part of this file in a process of its own."""
    return [sys.executable, "-m", "benchmarks.hunt", "--part", name, str(folder), str(count)]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what worked on how many rows."""

    name: str
    rows: int
    used: Measured


def measured(folder: Path, rows: int, lines: int) -> Iterator[Line]:
    """Measure everything on a lake, one after another."""
    yield Line("floor", rows, measure(part("floor", folder, 0)))
    for count in LISTS:
        write_lists(folder, count)
        for name in ("sweep", "plain") if count == LISTS[0] else ("sweep",):
            yield Line(f"{name} {count:,}", rows, measure(part(name, folder, count)))
        literals, text = str(folder / f"literals-{count}.txt"), str(folder / "rows.txt")
        yield Line(f"grep {count:,}", lines, measure(["grep", "-c", "-F", "-f", literals, text]))


def run(rows: int, keep: Path | None) -> list[Line]:
    """Make a lake, measure on it and print the table."""
    rows = rows // ORGANISATIONS * ORGANISATIONS
    with (
        nullcontext(keep) if keep else tempfile.TemporaryDirectory(prefix="ashiato-bench-") as name
    ):
        folder = Path(name or "")
        begin = time.perf_counter()
        made = (folder / "lake").exists()
        lines = min(rows, SAMPLE) if made else make_lake(folder, rows)
        size = sum(path.stat().st_size for path in lake_files(folder / "lake"))
        print(f"{rows:,} rows, {size / 1e6:,.0f} MB, made in {time.perf_counter() - begin:.0f} s")
        print("                     rows    CPU s   wall s   peak MB   rows/CPU-s")
        found = []
        for line in measured(folder, rows, lines):
            print(_told(line), flush=True)
            found.append(line)
    return found


def _told(line: Line) -> str:
    used = line.used
    cost = f"{used.cpu:8.2f} {used.wall:8.2f} {used.peak:9.0f} {line.rows / used.cpu:12,.0f}"
    return f"{line.name:13} {line.rows:11,} {cost}   {used.said}"


def chart(found: Sequence[Line], target: Path) -> None:
    """Draw the sweep's CPU-seconds and peak memory against the rows, both axes logarithmic."""
    shown = [line for line in found if line.name == f"sweep {LISTS[0]:,}"]
    target.write_text("\n".join(_drawn(shown)) + "\n", encoding="ascii")
    print(f"drawn in {target}")


WIDTH, HEIGHT, LEFT, TOP = 640, 360, 70, 30
DECADES_X, DECADES_Y = (6, 8), (0, 4)


def _drawn(lines: Sequence[Line]) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12">'
    )
    yield '<rect width="100%" height="100%" fill="white"/>'
    for power in range(DECADES_Y[0], DECADES_Y[1] + 1):
        y = _place(10**power, DECADES_Y, HEIGHT - 60, TOP)
        yield f'<path d="M{LEFT} {y}H{WIDTH - 20}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{10**power:,}</text>'
    for line in lines:
        x = _place(line.rows, DECADES_X, LEFT, WIDTH - 40)
        yield f'<text x="{x}" y="{HEIGHT - 40}" text-anchor="middle">{line.rows // 10**6} M</text>'
    for colour, name, of in (
        ("#0a5", "CPU-seconds", [line.used.cpu for line in lines]),
        ("#b50", "peak MB", [line.used.peak for line in lines]),
    ):
        points = [
            (_place(line.rows, DECADES_X, LEFT, WIDTH - 40), _place(v, DECADES_Y, HEIGHT - 60, TOP))
            for line, v in zip(lines, of, strict=True)
        ]
        path = " ".join(f"{x},{y}" for x, y in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in points)
        x, y = points[-1]
        yield f'<text x="{x}" y="{y - 8}" text-anchor="end" fill="{colour}">{name}</text>'
    yield (
        f'<text x="{WIDTH // 2}" y="{HEIGHT - 14}" text-anchor="middle">'
        f"rows of the lake; {LISTS[0]:,} indicators with windows</text>"
    )
    yield "</svg>"


def _place(value: float, decades: tuple[int, int], near: int, far: int) -> int:
    share = (math.log10(max(value, 10 ** decades[0])) - decades[0]) / (decades[1] - decades[0])
    return round(near + share * (far - near))


def beside() -> None:
    """Run the benchmarks of the other parts that are there, each in a process of its own."""
    for name in BESIDE:
        if (Path(__file__).parent / f"{name}.py").exists():
            print(f"-- {name}", flush=True)
            subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)  # noqa: S603 - our own


def main(arguments: Sequence[str]) -> None:
    """Make the lake, measure on it, print the table and draw the chart."""
    if arguments[:1] == ["--part"]:
        name, folder, count = arguments[1:]
        print(json.dumps(PARTS[name](Path(folder), int(count))))
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hunt")
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    parser.add_argument("--chart", type=Path, help="write an SVG of cost against size")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="rows of the chart")
    parser.add_argument("--keep", type=Path, help="leave the lake in this folder")
    parser.add_argument("--all", action="store_true", help="run the hunt's other benchmarks too")
    asked = parser.parse_args(arguments)
    if asked.chart:
        sizes = [int(size) for size in asked.sizes.split(",")]
        chart([line for size in sizes for line in run(size, None)], asked.chart)
    else:
        run(asked.rows, asked.keep)
    if asked.all:
        beside()


if __name__ == "__main__":
    main(sys.argv[1:])
