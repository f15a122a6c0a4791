"""Leads among made traffic: how many of the planted are found, and what else is shown.

Run with `python -m benchmarks.leads`. 20 organisations of 60 machines for 14 days, with proxy and
connection logs. Innocent: people who browse (benchmarks/beacons.py), updaters of everybody's
machines, a nightly backup of one server in each organisation, cloud storage that a fifth of the
machines sends documents to, video meetings of one to three hours at addresses that change, a push
service that every machine holds open all day, remote desks of a few machines in one supplier, and
time servers. Planted: 20 sessions held for 6 to 40 hours (a third of them glued from connections of
20 minutes), 20 uploads of 60 MB to 2 GB (a third spread over a week), and 8 servers that 2 to 5
organisations share with one or two machines each.
"""

import resource
import tempfile
from collections import Counter
from pathlib import Path
from time import process_time

import numpy as np
import pyarrow as pa
from benchmarks.beacons import BEGIN, Draw, Times, browsing, rhythm
from numpy.typing import NDArray

from ashiato.core.records import Lead, LeadKind
from ashiato.engine.duck import open_lake
from ashiato.engine.lake import LakeWriter
from ashiato.engine.schema import LAKE
from ashiato.hunt import leads

SEED, DAYS, ORGANISATIONS, MACHINES = 24, 14, 20, 60  # bars were set with seed 23
Columns = dict[str, NDArray[np.generic]]
Planted = dict[LeadKind, set[tuple[str, str, str]]]


def calls(
    host: str, name: str, at: Times, *, out: Times, into: Times, lasting: Times | None = None
) -> Columns:
    """Make calls of one machine to one name."""
    count = len(at)
    held = np.full(count, 0.3) if lasting is None else lasting
    return {
        "src": np.full(count, host), "dst": np.full(count, name), "at": at,
        "out": out.astype(np.int64), "into": into.astype(np.int64), "held": held,
    }  # fmt: skip


def small(draw: Draw, host: str, name: str, at: Times) -> Columns:
    """Make calls that send little and get more."""
    out = draw.integers(200, 4000, len(at)).astype(float)
    return calls(host, name, at, out=out, into=draw.lognormal(9, 1.5, len(at)))


def held(  # noqa: PLR0917 - each says one thing of the session
    draw: Draw, host: str, name: str, begin: float, seconds: float, pieces: int
) -> Columns:
    """Make one session, in pieces with a few seconds between them."""
    each = seconds / pieces
    at = begin + np.arange(pieces, dtype=np.float64) * each
    bytes_ = draw.lognormal(11, 1, pieces)
    return calls(host, name, at, out=bytes_, into=bytes_ * 2, lasting=np.full(pieces, each - 5))


def sent(  # noqa: PLR0917 - each says one thing of the upload
    draw: Draw, host: str, name: str, begin: float, days: int, total: float
) -> Columns:
    """Make an upload: on each day a number of posts that together send their share."""
    posts = max(4, int(total / days / 5e6))
    at = np.concatenate([begin + day * 86_400 + np.arange(posts) * 30.0 for day in range(days)])
    out = draw.uniform(0.8, 1.2, len(at)) * total / len(at)
    return calls(host, name, at, out=out, into=np.full(len(at), 400.0))


def person(draw: Draw, org: int, number: int) -> list[Columns]:
    """Make the innocent proxy traffic of one machine."""
    host = f"10.{org}.0.{number + 1}"
    made = [small(draw, host, name, at) for name, at in browsing(draw)]
    made += [small(draw, host, f"update{n}.example", rhythm(draw, 3600, 0.1, 0.3)) for n in (1, 2)]
    made += [
        held(draw, host, "push.example", day * 86_400 + 8 * 3600.0, 36_000, 1)
        for day in range(DAYS)
    ]
    if number % 5 == 0:
        for day in range(0, DAYS, 2):
            begin = day * 86_400 + draw.uniform(9, 17) * 3600
            made.append(sent(draw, host, "drive.example", begin, 1, draw.lognormal(17, 1)))
    return made


def office(draw: Draw, org: int) -> list[Columns]:
    """Make what only some machines of an organisation do: backup, meetings, a supplier's desk."""
    server = f"10.{org}.0.250"
    made = [
        sent(
            draw,
            server,
            f"backup-{org}.example",
            day * 86_400 + 7200.0,
            1,
            4e8 * draw.uniform(0.8, 1.2),
        )
        for day in range(DAYS)
    ]
    for day in range(DAYS):
        for _ in range(6):
            host = f"10.{org}.0.{draw.integers(1, MACHINES + 1)}"
            media = f"198.51.100.{draw.integers(1, 200)}"
            begin = day * 86_400 + draw.uniform(9, 15) * 3600
            made.append(held(draw, host, media, begin, draw.uniform(1800, 9000), 1))
    for number in range(3):
        begin = 86_400 * 3 + 9 * 3600.0
        made.append(
            held(draw, f"10.{org}.0.{number + 1}", f"desk{org % 4}.example", begin, 7200, 1)
        )
    return made


def planted(draw: Draw) -> tuple[dict[int, list[Columns]], Planted]:
    """Make what is to be found."""
    made: dict[int, list[Columns]] = {org: [] for org in range(ORGANISATIONS)}
    found: Planted = {kind: set() for kind in LeadKind}
    for org in range(ORGANISATIONS):
        host = f"10.{org}.0.{draw.integers(1, MACHINES + 1)}"
        begin, seconds = draw.uniform(0, 11) * 86_400, draw.uniform(6, 40) * 3600
        pieces = int(seconds / 1200) if org % 3 == 0 else 1
        made[org].append(held(draw, host, f"tunnel-{org}.example", begin, seconds, pieces))
        found[LeadKind.LONG_CONNECTION].add((f"Org {org:03}", host, f"tunnel-{org}.example"))
        host = f"10.{org}.0.{draw.integers(1, MACHINES + 1)}"
        total, days = 10 ** draw.uniform(7.8, 9.3), 7 if org % 3 == 1 else 1
        begin = draw.uniform(2, 6) * 86_400
        made[org].append(sent(draw, host, f"drop-{org}.example", begin, days, total))
        found[LeadKind.BULK_UPLOAD].add((f"Org {org:03}", host, f"drop-{org}.example"))
    for server in range(8):
        victims = draw.choice(ORGANISATIONS, draw.integers(2, 6), replace=False)
        for org in victims.tolist():
            for _ in range(draw.integers(1, 3)):
                host = f"10.{org}.0.{draw.integers(1, MACHINES + 1)}"
                at = np.sort(draw.uniform(draw.uniform(1, 5), DAYS, draw.integers(15, 80)) * 86_400)
                made[org].append(small(draw, host, f"c2-{server}.example", at))
        found[LeadKind.SHARED_DESTINATION].add(("", "", f"c2-{server}.example"))
    return made, found


def rows(org: str, exhibit: str, made: list[Columns]) -> pa.Table:
    """Write calls as rows of the lake: names to the proxy's, addresses to the sensor's log."""
    whole = {name: np.concatenate([part[name] for part in made]) for name in made[0]}
    count = len(whole["at"])
    is_ip = np.char.startswith(whole["dst"].astype(str), "198.")
    named, numbered = (pa.array(whole["dst"], mask=mask) for mask in (is_ip, ~is_ip))
    stamps = pa.array(((whole["at"] + BEGIN) * 1e6).astype(np.int64))
    fixed = {"org": org, "exhibit": exhibit, "parser": "made@1"}
    columns = {name: pa.repeat(pa.scalar(value), count) for name, value in fixed.items()} | {
        "kind": pa.array(np.where(is_ip, "conn", "proxy").tolist()),
        "ts": stamps.cast(LAKE.field("ts").type),
        "src_ip": pa.array(whole["src"]),
        "domain": named,
        "rd": named,
        "dst_ip": numbered,
        "bytes_out": pa.array(whole["out"]),
        "bytes_in": pa.array(whole["into"]),
        "duration": pa.array(whole["held"]),
        "rec_no": pa.array(np.arange(count)),
        "byte_off": pa.array(np.zeros(count, np.int64)),
        "byte_len": pa.array(np.zeros(count, np.int64)),
    }
    columns |= {f.name: pa.nulls(count, f.type) for f in LAKE if f.name not in columns}
    return pa.table([columns[f.name].cast(f.type) for f in LAKE], schema=LAKE)


def lake(root: Path) -> tuple[Planted, int]:
    """Write the lake; give what is planted, and how many rows there are."""
    draw = np.random.default_rng(SEED)
    made, found = planted(draw)
    count = 0
    for org in range(ORGANISATIONS):
        parts = made[org] + office(draw, org)
        for number in range(MACHINES):
            parts += person(draw, org, number)
        table = rows(f"Org {org:03}", f"{org:064x}", [p for p in parts if len(p["at"])])
        count += len(table)
        with LakeWriter(root / str(org), f"{org:064x}") as writer:
            writer.write(table)
    return found, count


def told(lead: Lead) -> tuple[str, str, str]:
    """Give what a lead points at."""
    if lead.kind is LeadKind.SHARED_DESTINATION:
        return "", "", lead.destination
    return *lead.machines[0], lead.destination


def main() -> None:
    """Print precision, recall and cost of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        want, count = lake(Path(folder))
        print(f"rows: {count:,} in {ORGANISATIONS} organisations")
        for kind in (k for k in LeadKind if k is not LeadKind.BEACON):
            start = process_time()
            with open_lake(sorted(Path(folder).rglob("*.parquet")), threads=1) as engine:
                found = leads(engine, kinds=[kind])
            spent = process_time() - start
            print(
                f"{kind}: {spent:.1f} CPU-seconds, {count / spent / 1e6:.2f} M rows per CPU-second"
            )
            score(found, want[kind])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory, the making of the data included: {peak:.0f} MB")


def score(found: tuple[Lead, ...], want: set[tuple[str, str, str]]) -> None:
    """Print precision and recall, and what is shown that was not planted."""
    shown = {told(lead) for lead in found}
    wrong = Counter(name.split(".")[0].rstrip("0123456789-") for _, _, name in shown - want)
    precision = len(shown & want) / max(len(shown), 1)
    recall = len(shown & want) / len(want)
    print(f"    shown {len(shown)}: P {precision:.3f} R {recall:.3f} false: {dict(wrong)}")
    right = sorted(lead.score for lead in found if told(lead) in want)
    others = sorted((lead.score for lead in found if told(lead) not in want), reverse=True)
    print(f"    planted {right[:3]} to {right[-1:]}; others {others[:3]}")
    missed = sorted(name for _, _, name in want - shown)
    print(f"    missed: {missed}")


if __name__ == "__main__":
    main()
