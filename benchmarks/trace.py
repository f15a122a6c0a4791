# ruff: noqa: A005 - it is run as a part of `benchmarks`, where nothing asks for the other `trace`
"""Custody at scale: verdicts on 1 and 10 million events beside the plain plans, in one run.

Run with `python -m benchmarks.trace`. Leases as in the notes on tracing: five one after another on
each of 20,000 addresses, 3 in 100 contradicted by a second source, 2 in 100 addresses with 40
tenants; bounds known exactly (60 in 100), to a day (25) or to a fortnight (15). Events: 60 in 100
spread, 30 on 200 hot addresses, 10 on addresses nobody leased. "Skewed" adds one address with
10,000 leases one after another, and puts 1 in 20 events there. The plain plan joins each event with
each claim of its address by a hash join and counts distinct holders; the inequality plan joins by
an ordered key. A plan that takes longer than the bound is stopped and said to be.
"""

import argparse
import multiprocessing
import multiprocessing.connection
import resource
from collections.abc import Callable
from time import perf_counter, process_time

import duckdb
import numpy as np
import pyarrow as pa

from ashiato.engine.duck import open_lake
from ashiato.engine.verdicts import NUMBERED_CLAIMS, NUMBERED_EVENTS

DAY, YEAR, BEGIN = 86_400_000_000, 365, 1_893_456_000_000_000
ADDRESSES, HOT, LONG = 20_000, 200, 10_000
BUSY, CONTRADICTED, THERE = 0.02, 0.03, 0.05
Verdicts = dict[str, tuple[int, ...]]
Plan = Callable[[pa.Table, pa.Table], tuple[float, float, pa.Table]]


def leases(draw: np.random.Generator, *, skewed: bool) -> pa.Table:
    """Make overlapping, uncertain and partly contradicted leases."""
    each = np.full(ADDRESSES, 5)
    each[draw.random(ADDRESSES) < BUSY] = 40
    if skewed:
        each = np.append(each, LONG)
    asset = np.repeat(np.arange(len(each)), each)
    turn = np.concatenate([np.arange(n) for n in each])
    length = np.repeat(YEAR * DAY // each, each)
    start = BEGIN + turn * length
    twice = draw.random(len(asset)) < CONTRADICTED
    asset, start, length = (np.concatenate([x, x[twice]]) for x in (asset, start, length))
    size = len(asset)
    doubt = draw.choice([0, DAY, 15 * DAY], size, p=[0.6, 0.25, 0.15])
    bounds = (start - doubt, start + doubt, start + length - doubt, start + length + doubt)
    firm, shared = np.ones(size, bool), np.zeros(size, bool)
    columns = [np.arange(size), asset, np.arange(size) % 50_000, *bounds, firm, shared]
    arrays = [
        pa.array(c, f.type, safe=False) for c, f in zip(columns, NUMBERED_CLAIMS, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=NUMBERED_CLAIMS)


def events(draw: np.random.Generator, count: int, *, skewed: bool) -> pa.Table:
    """Make events in the year of the leases and a little beyond."""
    kind = draw.choice(3, count, p=[0.6, 0.3, 0.1])
    spread, hot = draw.integers(0, ADDRESSES, count), draw.integers(0, HOT, count)
    asset = np.choose(kind, [spread, hot, np.full(count, 1_000_000)])
    if skewed:
        asset[draw.random(count) < THERE] = ADDRESSES
    us = BEGIN + draw.integers(-5 * DAY, (YEAR + 5) * DAY, count)
    arrays = [pa.array(np.arange(count)), pa.array(asset, pa.int32()), pa.array(us)]
    return pa.Table.from_arrays(arrays, schema=NUMBERED_EVENTS)


_VERDICT = """CASE WHEN possible IS NULL OR possible = 0 THEN 'none'
    WHEN possible = 1 AND certain = 1 THEN 'sole-certain' WHEN possible = 1 THEN 'sole-possible'
    WHEN certain = 1 THEN 'certain+rivals' WHEN certain > 1 THEN 'conflict' ELSE 'ambiguous' END"""
_COUNTED = """
SELECT verdict, count(*) AS n, sum(event)::BIGINT AS numbers, sum(event * event % 1000003)::BIGINT
FROM (SELECT event, {verdict} AS verdict FROM (
    SELECT x.event, count(DISTINCT c.holder) AS possible,
      count(DISTINCT c.holder) FILTER (c.start_max <= x.us AND x.us < c.end_min) AS certain
    FROM events x LEFT JOIN claims c ON {on} GROUP BY x.event)) GROUP BY ALL ORDER BY ALL"""
HASH = _COUNTED.format(
    verdict=_VERDICT, on="x.asset = c.asset AND x.us >= c.start_min AND x.us < c.end_max"
)
# One ordered key of address and time, and nothing equal: DuckDB then chooses its inequality join.
_KEY = "({0}.asset::HUGEINT << 64) + {0}.{1}"
IEJOIN = _COUNTED.format(
    verdict=_VERDICT,
    on=f"{_KEY.format('x', 'us')} >= {_KEY.format('c', 'start_min')} "
    f"AND {_KEY.format('x', 'us')} < {_KEY.format('c', 'end_max')}",
)


def indexed(sightings: pa.Table, claims: pa.Table) -> tuple[float, float, pa.Table]:
    """Judge by segments, in batches; give seconds of building and of judging, and the counts."""
    with open_lake([], threads=2, memory="3GB") as engine:
        start, found = perf_counter(), []
        engine.index_claims(claims)
        built = perf_counter()
        for low in range(0, len(sightings), 1_000_000):
            told = engine.verdicts(sightings.slice(low, 1_000_000))
            found.append(told.select(["event", "verdict"]))
        ended = perf_counter()
    return built - start, ended - built, summed(pa.concat_tables(found))


def summed(told: pa.Table) -> pa.Table:
    """Count each verdict and add up its events and their squares, which tell events apart."""
    event = told["event"].to_numpy()
    marked = told.append_column("square", pa.array(event * event % 1_000_003))
    aims = [("event", "count"), ("event", "sum"), ("square", "sum")]
    return marked.group_by("verdict").aggregate(aims).sort_by("verdict")


def plain(statement: str) -> Plan:
    """Run one statement over everything."""

    def work(sightings: pa.Table, claims: pa.Table) -> tuple[float, float, pa.Table]:
        connection = duckdb.connect(config={"threads": "2", "memory_limit": "3GB"})
        connection.execute("SET enable_progress_bar = false")
        connection.register("events", sightings)
        connection.register("claims", claims)
        start = perf_counter()
        counts = connection.sql(statement).to_arrow_table()
        return 0.0, perf_counter() - start, counts

    return work


PLANS: dict[str, Plan] = {"segments": indexed, "hash join": plain(HASH), "IEJoin": plain(IEJOIN)}


def measured(name: str, count: int, seed: int, *, skewed: bool) -> Verdicts:
    """Run one plan on made data; print wall, CPU and memory; give the verdicts."""
    draw = np.random.default_rng(seed)
    claims, sightings = leases(draw, skewed=skewed), events(draw, count, skewed=skewed)
    before = process_time()
    built, judged, counts = PLANS[name](sightings, claims)
    spent = process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"  {name:<10} {len(claims):,} leases: build {built:.1f} s, judge {judged:.1f} s, "
        f"{spent:.1f} CPU-s, peak {peak:.1f} GB (with the data)",
        flush=True,
    )
    names, *sums = (column.to_pylist() for column in counts.columns)
    return dict(zip(names, zip(*sums, strict=True), strict=True))


def bounded(name: str, count: int, seed: int, bound: float, *, skewed: bool) -> Verdicts | None:
    """Run one plan in a process of its own, so that it can be stopped; `None` where it was."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(send, name, count, seed, skewed))
    child.start()
    send.close()
    try:
        told = receive.recv() if receive.poll(bound) else None
    except EOFError:
        print(f"  {name:<10} failed", flush=True)
        return None
    if told is None:
        print(f"  {name:<10} stopped after {bound:.0f} s", flush=True)
        child.kill()
    child.join()
    return told


def _child(send: "multiprocessing.connection.Connection", *asked: object) -> None:
    name, count, seed, skewed = asked
    send.send(measured(str(name), int(str(count)), int(str(seed)), skewed=bool(skewed)))


def main() -> None:
    """Print each plan at each size, and whether the verdicts agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--bound", type=float, default=120.0, help="Seconds for a rival plan.")
    parser.add_argument("--seed", type=int, default=6)
    given = parser.parse_args()
    for count in given.events:
        for skewed in (False, True):
            print(f"{count:,} events, {'skewed' if skewed else 'ordinary'}", flush=True)
            told = {
                name: bounded(name, count, given.seed, given.bound, skewed=skewed) for name in PLANS
            }
            ours = told.pop("segments")
            for name, counts in told.items():
                if counts is not None:
                    print(f"  each event judged as by {name}: {counts == ours}")
            print(
                f"  verdicts: { ({name: n for name, (n, *_) in (ours or {}).items()}) }", flush=True
            )


if __name__ == "__main__":
    main()
