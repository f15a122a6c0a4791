"""EVTX: records per CPU-second into both stores, beside bare pyevtx-rs in the same run.

``python -m benchmarks.evtx FOLDER [TIMES]``. The chunks of all EVTX files below the folder are put
together, as often as told, into one file. Ours opens it in the sandbox, finds the place of every
record, flattens it, and writes Parquet; CPU is that of this process and of the sandbox, its start
included. The bare parser makes one JSON text of each record and throws it away: it is the floor.
"""

import io
import resource
import sys
import tempfile
import time
from pathlib import Path

import evtx
from ashiato.core.sources import Intake, Source
from ashiato.engine.events import EventWriter
from ashiato.engine.lake import LakeWriter
from ashiato.read.events.layout import CHUNK, CHUNK_MAGIC, HEADER, header, walk
from ashiato.read.logs import LogReading, read_log
from ashiato.read.sandbox import keeper

ROUNDS = 3
MEGABYTE = 1_000_000


def whole_chunks(folder: Path) -> list[bytes]:
    """Give every chunk of a folder's files whose records can all be walked."""
    files = sorted(folder.rglob("*.evtx"))
    data = [file.read_bytes() for file in files]
    cut = (d[at : at + CHUNK] for d in data for at in range(HEADER, len(d), CHUNK))
    return [c for c in cut if c.startswith(CHUNK_MAGIC) and len(c) == CHUNK and not walk(c).fault]


def _cpu() -> float:
    """Give CPU seconds of this process and of the sandbox, which is let go for it."""
    keeper._KEEPER.close()  # noqa: SLF001 - a child's time is known when it has ended
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def ours(log: Path, folder: Path) -> LogReading:
    """Read the log into both stores."""
    exhibit = "ab" * 32
    intake = Intake(exhibit, log.name, Source("bench", "Benchmark"))
    with (
        LakeWriter(folder / "lake", exhibit) as writer,
        EventWriter(folder / "events", exhibit) as events,
        log.open("rb") as stream,
    ):
        return read_log(stream, intake, writer, size=log.stat().st_size, events=events)


def bare(chunks: list[bytes], times: int) -> int:
    """Parse the same records with one thread, a file a chunk, and give their number."""
    count = 0
    for chunk in chunks * times:
        for record in evtx.PyEvtxParser(io.BytesIO(header() + chunk), 1).records_json():
            count += record is not None
    return count


def main(folder: Path, times: int) -> None:
    """Print the rates of each round."""
    chunks = whole_chunks(folder)
    with tempfile.TemporaryDirectory() as made:
        log = Path(made) / "all.evtx"
        log.write_bytes(header() + b"".join(chunks) * times)
        print(f"{log.stat().st_size / MEGABYTE:.0f} MB of EVTX, {len(chunks)} chunks x {times}")
        for turn in range(ROUNDS):
            print(_round(log, chunks, times, Path(made) / str(turn)))


def _round(log: Path, chunks: list[bytes], times: int, folder: Path) -> str:
    begin, clock = _cpu(), time.monotonic()
    found = ours(log, folder)
    wall, used = time.monotonic() - clock, _cpu() - begin
    begin = _cpu()
    parsed = bare(chunks, times)
    alone = _cpu() - begin
    return (
        f"ours {found.events / used:,.0f} records per CPU-s ({found.events:,} records, "
        f"{found.rows:,} rows, {wall:.1f} s); bare pyevtx-rs {parsed / alone:,.0f}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10)  # noqa: PLR2004
