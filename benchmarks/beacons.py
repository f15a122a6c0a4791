"""Beacons among made traffic: how many are found, and what else is shown.

Run with `python -m benchmarks.beacons`. 20 organisations of 60 machines for 10 days: people browse
in sessions (a session visits a few of 4,000 sites by Zipf's law, each page a burst of requests),
every machine asks three updaters about every hour, a third of them polls a mail host every five
minutes in office hours, a tenth asks a supplier's service every half hour in office hours, every
third person opens one site of his own every working morning, and 80 implants call home with jitter
and missed beats, every 1 minute to once a day, 20 of them in office hours only. Precision and
recall are by pair of machine and destination.
"""

import tempfile
from pathlib import Path
from time import process_time

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ashiato.engine.duck import open_lake
from ashiato.engine.lake import LakeWriter
from ashiato.engine.schema import LAKE
from ashiato.hunt import Beacon, beacons

SEED, DAYS, ORGANISATIONS, MACHINES, SITES = 11, 10, 20, 60, 4000
BEGIN = 1_924_992_000
OFFICE = (300, 1800, 3600)
PERIODS = (60, 300, 600, 1800, 3600, 7200, 14_400, 86_400)
Times = NDArray[np.float64]
Draw = np.random.Generator


def browsing(draw: Draw) -> list[tuple[str, Times]]:
    """Make a machine's visits: two to eight sessions a working day, a few sites each."""
    visits: list[tuple[str, Times]] = []
    for day in range(DAYS):
        for _ in range(draw.integers(2, 9) if day % 7 < 5 else draw.integers(0, 2)):  # noqa: PLR2004
            at = day * 86_400 + draw.uniform(8, 19) * 3600
            for _ in range(draw.integers(1, 6)):
                pages = at + np.cumsum(draw.exponential(40, draw.integers(1, 12)))
                requests = (pages[:, None] + draw.exponential(0.4, (len(pages), 6))).ravel()
                visits.append((f"site{min(draw.zipf(1.3), SITES)}.example", requests))
                at = float(pages[-1])
    return visits


def rhythm(draw: Draw, period: float, jitter: float, missed: float) -> Times:
    """Make calls every ``period`` seconds, each off by at most ``jitter`` of it, some missing."""
    beats = np.arange(draw.uniform(0, period), DAYS * 86_400, period)
    beats = beats + draw.uniform(-jitter, jitter, len(beats)) * period
    return np.sort(beats[draw.random(len(beats)) > missed])


def machine(draw: Draw, *, polls: bool) -> list[tuple[str, Times]]:
    """Make one machine's innocent traffic."""
    visits = browsing(draw)
    visits += [(f"update{n}.example", rhythm(draw, 3600, 0.1, 0.3)) for n in range(3)]
    if polls:
        every = rhythm(draw, 300, 0.02, 0.0)
        visits.append(
            ("mail.example", every[(every % 86_400 > 9 * 3600) & (every % 86_400 < 18 * 3600)])
        )
    if draw.random() < 0.1:  # noqa: PLR2004 - of the machines
        visits.append(("supplier.example", working(rhythm(draw, 1800, 0.05, 0.1))))
    if draw.random() < 1 / 3:
        mornings = np.array([d for d in range(DAYS) if d % 7 < 5]) * 86_400 + 9 * 3600.0  # noqa: PLR2004
        mornings += draw.uniform(0, 7200, len(mornings))
        visits.append((f"paper{draw.integers(10**6)}.example", mornings))
    return visits


def working(times: Times) -> Times:
    """Keep what lies in office hours."""
    hours = times % 86_400 / 3600
    return times[(hours > 9) & (hours < 18) & (times // 86_400 % 7 < 5)]  # noqa: PLR2004


def written(draw: Draw, org: str, host: str, visits: list[tuple[str, Times]]) -> pa.Table:
    """Write visits as rows of a proxy log."""
    seconds = np.concatenate([times for _, times in visits])
    names = np.repeat([name for name, _ in visits], [len(times) for _, times in visits])
    count = len(seconds)
    fixed = {"org": org, "exhibit": "ab" * 32, "kind": "proxy", "parser": "made@1", "src_ip": host}
    columns = {name: pa.repeat(pa.scalar(value), count) for name, value in fixed.items()} | {
        "ts": pa.array(((seconds + BEGIN) * 1e6).astype(np.int64)).cast(LAKE.field("ts").type),
        "domain": pa.array(names),
        "rec_no": pa.array(np.arange(count)),
        "byte_off": pa.array(np.zeros(count, np.int64)),
        "byte_len": pa.array(np.zeros(count, np.int64)),
        "bytes_out": pa.array(draw.integers(200, 4000, count)),
    }
    columns |= {f.name: pa.nulls(count, f.type) for f in LAKE if f.name not in columns}
    return pa.table([columns[f.name] for f in LAKE], schema=LAKE)


def lake(root: Path) -> tuple[dict[tuple[str, str, str], int], int]:
    """Write the lake; give the implants with their periods, and how many rows there are."""
    draw, planted, rows = np.random.default_rng(SEED), {}, 0
    for number in range(ORGANISATIONS):
        org = f"Org {number:03}"
        with LakeWriter(root / org, f"{number:064x}") as writer:
            for at in range(MACHINES):
                host, visits = f"192.0.2.{at + 1}", machine(draw, polls=at % 3 == 0)
                if at < 3:  # noqa: PLR2004 - three implants an organisation
                    period = PERIODS[(number * 3 + at) % len(PERIODS)]
                    name = f"c2-{number}-{at}.example"
                    planted[org, host, name] = period
                    visits.append((name, rhythm(draw, period, 0.15, 0.1)))
                if at == 3:  # noqa: PLR2004 - and one of office hours
                    period, name = OFFICE[number % len(OFFICE)], f"c2-{number}-office.example"
                    planted[org, host, name] = -period
                    visits.append((name, working(rhythm(draw, period, 0.15, 0.1))))
                table = written(draw, org, host, visits)
                rows += len(table)
                writer.write(table)
    return planted, rows


def main() -> None:
    """Print precision, recall and cost."""
    with tempfile.TemporaryDirectory() as folder:
        planted, rows = lake(Path(folder))
        start = process_time()
        with open_lake(sorted(Path(folder).rglob("*.parquet")), threads=1) as engine:
            found = beacons(engine, least=0.0)
        spent = process_time() - start
    print(f"rows: {rows:,}; implants: {len(planted)}; pairs scored: {len(found):,}")
    print(f"cost: {spent:.1f} CPU-seconds, {rows / spent / 1e6:.2f} M rows per CPU-second")
    for bar in (0.6, 0.7, 0.75, 0.8, 0.9):
        print(bar, *scores(found, planted, bar))
    by_period(found, planted)


def scores(
    found: tuple[Beacon, ...], planted: dict[tuple[str, str, str], int], bar: float
) -> list[str]:
    """Give precision and recall at a bar, and what the first false ones are."""
    shown = {(b.organisation, b.host, b.destination) for b in found if b.score >= bar}
    right = shown & set(planted)
    wrong = sorted({name.split(".")[0].rstrip("0123456789") for _, _, name in shown - set(planted)})
    precision = len(right) / max(len(shown), 1)
    return [f"P {precision:.3f}", f"R {len(right) / len(planted):.3f}", f"false: {wrong}"]


def by_period(found: tuple[Beacon, ...], planted: dict[tuple[str, str, str], int]) -> None:
    """Print how implants of each period score."""
    score = {(b.organisation, b.host, b.destination): b.score for b in found}
    for period in (*PERIODS, *(-p for p in OFFICE)):
        each = [score.get(pair, 0.0) for pair, p in planted.items() if p == period]
        print(f"every {period:>6} s: {min(each):.2f} to {max(each):.2f} ({len(each)})")


if __name__ == "__main__":
    main()
