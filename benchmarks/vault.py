"""Sealing and verifying beside what the machine can do at best.

``python -m benchmarks.vault [MEGABYTES]``. Sealing is set against `cp` and SHA-256 of the same
files in the same run, once as they are (nothing is on disk yet when they end) and once with `sync`
of every copy; verifying against SHA-256 alone. The hash is hashlib's, several times faster than
`sha256sum`. Rounds alternate; the median is printed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from ashiato.vault import Submission, Vault, verify

MEGABYTE = 1_000_000
ROUNDS = 3
SMALL = 4_096


@dataclass(frozen=True)
class Corpus:
    """Files of one kind, and how many bytes they are."""

    label: str
    files: tuple[Path, ...]
    size: int


def make_corpus(folder: Path, label: str, count: int, size: int) -> Corpus:
    """Write ``count`` files of random bytes."""
    folder.mkdir()
    files = tuple(folder / f"{number:05}.bin" for number in range(count))
    for path in files:
        path.write_bytes(os.urandom(size))
    return Corpus(label, files, count * size)


def copy_and_hash(corpus: Corpus, target: Path, *, durable: bool) -> None:
    """Do what a careful person does by hand."""
    target.mkdir()
    run("cp", *corpus.files, target)
    copies = tuple(target / path.name for path in corpus.files)
    if durable:
        run("sync", *copies, target)
    hash_all(copies)


def hash_all(files: tuple[Path, ...]) -> None:
    """Hash files as fast as this Python can."""
    for path in files:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")


def run(tool: str, *arguments: Path) -> None:
    """Run one of the system's tools."""
    subprocess.run([tool, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def seal_all(corpus: Corpus, case: Path) -> None:
    """Seal the corpus in a new vault."""
    waiting = [Submission(path, path.name, "bench") for path in corpus.files]
    with Vault.create(
        case / ".ashiato" / "vault", clock=lambda: datetime(2031, 5, 1, tzinfo=UTC)
    ) as vault:
        for _ in vault.seal_many(waiting, actor="bench", reason="benchmark"):
            pass


def seconds(work: Callable[[], object]) -> float:
    """Time one piece of work."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(corpus: Corpus, scratch: Path) -> None:
    """Time each way in turn, and print medians and ratios."""
    case, plain, synced = (scratch / name for name in ("case", "plain", "synced"))
    ways: dict[str, Callable[[], object]] = {
        "cp + sha256": lambda: copy_and_hash(corpus, plain, durable=False),
        "cp + sync + sha256": lambda: copy_and_hash(corpus, synced, durable=True),
        "seal": lambda: seal_all(corpus, case),
        "sha256": lambda: hash_all(corpus.files),
        "verify": lambda: verify(case / ".ashiato" / "vault"),
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        case.mkdir()
        for way, work in ways.items():
            times[way].append(seconds(work))
        for used in (case, plain, synced):
            shutil.rmtree(used)
    print(f"{corpus.label}: {len(corpus.files)} files, {corpus.size / MEGABYTE:.0f} MB")
    middle = {way: median(each) for way, each in times.items()}
    for way, took in middle.items():
        rates = f"{corpus.size / MEGABYTE / took:8.0f} MB/s {len(corpus.files) / took:9.0f} files/s"
        print(f"  {way:24}{took:8.3f} s{rates}")
    for ours, theirs in (
        ("seal", "cp + sha256"),
        ("seal", "cp + sync + sha256"),
        ("verify", "sha256"),
    ):
        print(f"  ratio {ours} : {theirs} = {middle[theirs] / middle[ours]:.2f} of its speed")


def main() -> None:
    """Measure few large files, then many small ones."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as scratch:
        folder = Path(scratch)
        count = max(1, size // 50)
        measure(make_corpus(folder / "large", "large", count, 50 * MEGABYTE), folder)
        measure(make_corpus(folder / "small", "small", 1000, SMALL), folder)


if __name__ == "__main__":
    main()
