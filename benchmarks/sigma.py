"""All public Windows rules on real Windows event logs: events per CPU-second.

Run with `python -m benchmarks.sigma`; it needs the real inputs (`ASHIATO_TEST_DATA`): rules and
.evtx files. Small files are read once, those above a megabyte five times, each time as an exhibit
of its own. Rules alone are measured once more after every copy got other digits in its texts, so
that no value of one copy helps with another. Where `ZIRCOLITE` names a folder with zircolite.py and
`ZIRCOLITE_PYTHON` a Python that can run it, it runs over the same files with the same rules,
converted before the clock starts.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import pyarrow as pa
import pyarrow.parquet as pq

from ashiato.core.sources import Intake, Source
from ashiato.engine.events import FIXED, EventWriter, event_files
from ashiato.engine.lake import LakeWriter
from ashiato.engine.sigma.rules import Rule, read_rules
from ashiato.engine.sigma.run import Sigma
from ashiato.engine.sigma.tables import event_partitions
from ashiato.hunt.sigma import words
from ashiato.read import read_log

COPIES, LARGE = 5, 1 << 20


def spent() -> float:
    """Give the CPU-seconds of this process and of those it started."""
    usages = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in usages)


def copies(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name each copy of each log."""
    for path in sorted(folder.rglob("*.evtx")):
        for number in range(COPIES if path.stat().st_size > LARGE else 1):
            yield f"{number}-{path}", path


def read(logs: Path, root: Path) -> int:
    """Read every copy into a lake and a store of events; give the number of events."""
    events = 0
    for name, path in copies(logs):
        digest = sha256(name.encode()).hexdigest()
        intake = Intake(digest, str(path), Source("lab", "lab"), organisation="Org 001")
        lake, store = LakeWriter(root / "lake", digest), EventWriter(root / "events", digest)
        with path.open("rb") as stream, lake, store:
            size = path.stat().st_size
            events += read_log(stream, intake, lake, size=size, events=store).events
    return events


def varied(files: tuple[Path, ...], root: Path) -> tuple[Path, ...]:
    """Join each partition's files into one, the digits of each exhibit moved by another number."""
    ordered = sorted(files, key=lambda file: (file.parent.parent.name, file.parent.name, file))
    for number, (_, group) in enumerate(groupby(ordered, key=lambda file: file.parent)):
        tables = [_moved(pq.ParquetFile(file).read(), n) for n, file in enumerate(group)]
        folder = root / str(number) / ordered_name(tables[0])
        folder.mkdir(parents=True)
        whole = pa.concat_tables(tables, promote_options="default")
        pq.write_table(whole, folder / "all.parquet", compression="zstd", row_group_size=32_768)
    return event_files(root)


def ordered_name(table: pa.Table) -> str:
    """Name the folder of a partition's event id."""
    first = table["EventID"][0].as_py()
    return "none" if first is None else str(first)


def _moved(table: pa.Table, by: int) -> pa.Table:
    turned = str.maketrans("0123456789", "".join(str((n + by) % 10) for n in range(10)))
    for place, name in enumerate(table.column_names):
        if name not in FIXED.names:
            texts = [v and f"{v.translate(turned)}" for v in table[name].to_pylist()]
            table = table.set_column(place, name, pa.array(texts, pa.string()))
    return table


def run(rules: list[Rule], files: tuple[Path, ...]) -> int:
    """Count the hits."""
    with Sigma(rules, words()) as engine:
        return sum(1 for _ in engine.hits(event_partitions(files)))


def report(what: str, events: int, seconds: float, more: str = "") -> None:
    """Print one line."""
    rate = f"{events / seconds:10,.0f} events per CPU-second"
    print(f"{what:<34}{events:>9,} events {seconds:7.2f} CPU-s {rate}{more}")


def zircolite(logs: Path, rules: Path, root: Path) -> None:
    """Run Zircolite over the same files, its rules converted before the clock starts."""
    home, python = os.environ.get("ZIRCOLITE"), os.environ.get("ZIRCOLITE_PYTHON")
    if not home or not python:
        print("Zircolite: not measured; set ZIRCOLITE and ZIRCOLITE_PYTHON")
        return
    folder = root / "evtx"
    folder.mkdir()
    for number, (_, path) in enumerate(copies(logs)):
        shutil.copy(path, folder / f"{number}.evtx")
    once = root / "once"
    once.mkdir()
    shutil.copy(folder / "0.evtx", once)
    said = _zircolite(
        home, python, root, once, rules, "-p", "sysmon", "-p", "windows-logsources", "-sr"
    )
    converted = max(root.glob("ruleset-*.json"), key=lambda file: file.stat().st_size, default=None)
    if converted is None:
        print(f"Zircolite: rules were not converted: {said[-300:]}")
        return
    start = spent()
    said = _zircolite(home, python, root, folder, converted)
    seconds = spent() - start
    found = [line.strip("│ ") for line in said.splitlines() if "📊" in line or "🔍" in line]
    print(f"Zircolite, read and rules         {seconds:7.2f} CPU-s; it says: {'; '.join(found)}")


def _zircolite(home: str, python: str, root: Path, logs: Path, rules: Path, *more: str) -> str:
    script = str(Path(home) / "zircolite.py")
    config = ["-c", str(Path(home) / "config" / "fieldMappings.yaml")]
    out = ["-o", str(root / "out.json"), "-l", str(root / "log.txt"), "--no-parallel"]
    command = [python, script, "-e", str(logs), "-r", str(rules), *config, *out, *more]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - the user names it
    return done.stdout + done.stderr


def main() -> None:
    """Measure conversion, reading, rules, and the other program."""
    data = os.environ.get("ASHIATO_TEST_DATA")
    if not data:
        print("SKIPPED: set ASHIATO_TEST_DATA to the folder of real inputs")
        return
    logs = Path(data) / "logs"
    folder = logs / "sigma" / "rules" / "windows"
    start = spent()
    found = [r for f in sorted(folder.rglob("*.yml")) for r in read_rules(f.read_text("utf-8"))]
    rules = [rule for rule in found if isinstance(rule, Rule)]
    print(f"{len(rules)} of {len(found)} Windows rules converted in {spent() - start:.2f} CPU-s")
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        start = spent()
        events = read(logs, root)
        reading = spent() - start
        report("reading .evtx into lake and store", events, reading)
        files = event_files(root / "events")
        start = spent()
        hits = run(rules, files)
        ruling = spent() - start
        report("rules alone", events, ruling, f", {hits:,} hits")
        report("read and rules", events, reading + ruling)
        other = varied(files, root / "varied")
        start = spent()
        hits = run(rules, other)
        report("rules alone, every copy different", events, spent() - start, f", {hits:,} hits")
        zircolite(logs, folder, root)


if __name__ == "__main__":
    main()
