"""Pivoting: how many of an actor's unknown addresses and domains are proposed, and how many others.

Run with `python -m benchmarks.pivots`. Two measures:

A made lake: 40 organisations of 40 machines browse for 10 days (a few of 20,000 sites by Zipf's
law, so that most sites are seen by one machine alone; three updaters; ten sites of each
organisation's own that only its machines know). In 15 organisations one to three machines call the
actor's known server; each of them calls one or two of eight servers that nobody knows, within
hours; two machines not hit do, too (unseen victims). Counted among the first 10 and the first 20.
The bar was chosen on seed 5; the others were not looked at before.

Exercises (40 organisations, 200,000 lines each): of the actor's servers every second one is given
to the hunt, names alone, with the time in which it was used; proposals are right where they are a
name or address of his that was not given. What no hit machine called cannot be proposed, and is
missed like the rest. The second group and the imitator of an exercise count as false.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pyarrow as pa

from ashiato.case.standalone import pivot_in
from ashiato.core.progress import Silent
from ashiato.core.records import Indicator, Observable, ObservableType, Proposal
from ashiato.core.time import ALWAYS_POSSIBLE
from ashiato.engine.duck import open_lake
from ashiato.engine.lake import LakeWriter
from ashiato.engine.schema import LAKE
from ashiato.exercise import new_exercise, truth_path
from ashiato.hunt import proposals, sightings

DAYS, ORGANISATIONS, MACHINES, SITES, HIT = 10, 40, 40, 20_000, 15
BEGIN, DAY = 1_924_992_000, 86_400
KNOWN, UNKNOWN = "known.example", tuple(f"unknown{n}.example" for n in range(8))
Calls = list[tuple[str, float]]
Draw = np.random.Generator


def machine(draw: Draw, org: int) -> Calls:
    """Make a machine's innocent traffic: sites, updaters, the organisation's own sites."""
    count = int(draw.integers(200, 600))
    times = draw.uniform(0, DAYS * DAY, count)
    ranks = np.minimum(draw.zipf(1.25, count), SITES)
    calls = [(f"site{rank}.example", float(at)) for rank, at in zip(ranks, times, strict=True)]
    every = np.arange(0, DAYS * DAY, 3600)
    calls += [(f"update{n}.example", float(at)) for n in range(3) for at in every]
    own = draw.integers(0, 10, 40)
    return calls + [
        (f"own{n}.org{org}.example.org", float(draw.uniform(0, DAYS * DAY))) for n in own
    ]


def attack(draw: Draw, *, known: bool) -> Calls:
    """Make a hit machine's calls: the known server over days, unknown ones within hours of it."""
    begin = draw.uniform(0, (DAYS - 3) * DAY)
    calls = [(KNOWN, float(begin + n * 3600)) for n in range(40)] if known else []
    for name in draw.choice(UNKNOWN, int(draw.integers(1, 3)), replace=False):
        calls += [(str(name), float(begin + draw.uniform(0, 2 * DAY))) for _ in range(12)]
    return calls


def written(org: str, host: str, calls: Calls) -> pa.Table:
    """Write calls as rows of a proxy log."""
    names, seconds = zip(*calls, strict=True)
    count = len(calls)
    fixed = {"org": org, "exhibit": "ab" * 32, "kind": "proxy", "parser": "made@1", "src_ip": host}
    columns = {name: pa.repeat(pa.scalar(value), count) for name, value in fixed.items()} | {
        "ts": pa.array(((np.array(seconds) + BEGIN) * 1e6).astype(np.int64)).cast(
            LAKE.field("ts").type
        ),
        "domain": pa.array(names),
        "rd": pa.array([".".join(name.split(".")[-2:]) for name in names]),
        "rec_no": pa.array(np.arange(count)),
        "byte_off": pa.array(np.zeros(count, np.int64)),
        "byte_len": pa.array(np.zeros(count, np.int64)),
    }
    columns |= {f.name: pa.nulls(count, f.type) for f in LAKE if f.name not in columns}
    return pa.table([columns[f.name] for f in LAKE], schema=LAKE)


def lake(root: Path, seed: int) -> tuple[int, int]:
    """Write the lake; give how many rows and how many hit machines it has."""
    draw, rows, hits = np.random.default_rng(seed), 0, 0
    for number in range(ORGANISATIONS):
        org, hit = f"Org {number:03}", int(draw.integers(1, 4)) if number < HIT else 0
        with LakeWriter(root / org, f"{number:064x}") as writer:
            parts = []
            for at in range(MACHINES):
                calls = machine(draw, number)
                unseen = number in (HIT, HIT + 1) and at == 0
                if at < hit or unseen:
                    calls += attack(draw, known=at < hit)
                    hits += at < hit
                parts.append(written(org, f"10.0.0.{at + 1}", calls))
            table = pa.concat_tables(parts)
            at_column = table.schema.get_field_index("rec_no")
            table = table.set_column(at_column, "rec_no", pa.array(np.arange(1, len(table) + 1)))
            exhibit = pa.repeat(pa.scalar(f"{number:064x}"), len(table))
            table = table.set_column(table.schema.get_field_index("exhibit"), "exhibit", exhibit)
            writer.write(table.cast(LAKE))
            rows += len(table)
    return rows, hits


def made(seed: int) -> None:
    """Print what is proposed in a made lake."""
    seen = Observable(ObservableType.DOMAIN, KNOWN)
    sought = [Indicator("known", seen, ALWAYS_POSSIBLE, "made", ())]
    with tempfile.TemporaryDirectory() as folder:
        rows, hits = lake(Path(folder), seed)
        with open_lake(sorted(Path(folder).rglob("*.parquet")), threads=1, memory="1GB") as engine:
            met = sightings(engine, sought)
            start = process_time()
            found = proposals(engine, met, sought)
            spent = process_time() - start
    print(f"made lake {seed}: {rows:,} rows, {hits} hit machines, {len(UNKNOWN)} unknown servers")
    print(f"  cost of the pivot: {spent:.1f} CPU-seconds; {len(found)} proposed")
    for rank in (10, 20):
        print(
            f"  among the first {rank}: {told([p.observable.value for p in found], UNKNOWN, rank)}"
        )
    for place, proposal in enumerate(found[:10], start=1):
        print(f"  {place:>2} {line(proposal)}")


def line(proposal: Proposal) -> str:
    """Say one proposal."""
    return f"{proposal.score:.2f} {proposal.observable.value:<24} {proposal.because}"


def told(values: Sequence[str], true: Iterable[str], rank: int) -> str:
    """Count right and wrong ones among the first."""
    right = set(values[:rank]) & set(true)
    return f"{len(right)} true, {len(values[:rank]) - len(right)} false"


def assets(truth: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the values of each of the actor's servers, and when it was used."""
    servers: dict[str, dict[str, Any]] = {}
    for victim in truth["victims"]:
        for name in victim["assets"] if len(victim["assets"]) == 1 else ():
            server = servers.setdefault(name, {"values": set(), "first": [], "last": []})
            server["values"] |= set(victim["values"])
            server["first"].append(victim["first"])
            server["last"].append(victim["last"])
    return servers


def exercise(seed: int) -> None:
    """Print what is proposed in one exercise, given the names of every second server."""
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        new_exercise(case, seed=seed, organisations=40, log_lines=200_000)
        truth = json.loads(truth_path(case).read_text("utf-8"))
        servers = sorted(assets(truth).items())
        machines = next(a["who"] for a in truth["answers"] if a["rung"] == "machine")
        actor = {value for victim in truth["victims"] for value in victim["values"]}
        actor |= {name for name in machines if name[0].isdigit()}
        given = [server for _, server in servers[::2]]
        listed = Path(folder) / "list.csv"
        listed.write_text(
            "value,start,end\n"
            + "".join(
                f"{value},{min(server['first'])},{max(server['last'])[:10]}T23:59:59Z\n"
                for server in given
                for value in sorted(server["values"])
                if not value[0].isdigit()
            )
        )
        known = {v for server in given for v in server["values"] if not v[0].isdigit()}
        told_of = pivot_in([case / "evidence" / "organisations"], listed, progress=Silent())
        found = list(told_of.rows)
    values = [row["value"] for row in found]
    print(
        f"exercise {seed}: {len(known)} given, {len(actor - known)} unknown, {len(found)} proposed"
    )
    print(f"  among the first 10: {told(values, actor - known, 10)}")
    for row in found[:10]:
        mark = "true " if row["value"] in actor else "false"
        print(f"  {mark} {row['score']:.2f} {row['value']:<36} {row['reason']}")


def main() -> None:
    """Print both measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exercises", type=int, default=3)
    parser.add_argument("--lakes", type=int, default=3)
    given = parser.parse_args()
    exercises, lakes = given.exercises, given.lakes
    for seed in range(5, 5 + lakes):
        made(seed)
    for seed in range(1, exercises + 1):
        exercise(seed)


if __name__ == "__main__":
    main()
