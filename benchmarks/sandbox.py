"""What the sandbox costs a file: a bare interpreter, the first confined file, each one after it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from ashiato.core.confinement import missing
from ashiato.read.sandbox import Ending
from ashiato.read.sandbox.keeper import Keeper

HERE = Path(__file__)
PARSER = f"{HERE.stem}:count"
TIMES = {"cold": 10, "warm": 200}


def count(stream: object, arguments: object) -> object:  # noqa: ARG001 - the shape of a parser
    """Give the number of bytes: a parser that costs nothing itself."""
    yield len(stream.read())  # type: ignore[attr-defined] # a stream, said without its import


def main() -> None:
    """Time each way and print medians in milliseconds."""
    if reason := missing():
        print(f"no sandbox here: {reason}")
        return
    keeper = new_keeper()
    print(f"bare interpreter     {timed(bare, TIMES['cold']):7.1f} ms")
    print(f"confined, cold       {timed(cold, TIMES['cold']):7.1f} ms  a nest is started")
    read(keeper, b"x")
    print(f"confined, warm       {timed(lambda: read(keeper, b'x' * 4096), TIMES['warm']):7.1f} ms")
    large = b"x" * (64 << 20)
    print(f"confined, warm, 64 MiB in memory {timed(lambda: read(keeper, large), 5):7.1f} ms")
    keeper.close()


def timed(work: Callable[[], None], times: int) -> float:
    """Give the median of some runs, in milliseconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return median(spent) * 1000


def new_keeper() -> Keeper:
    """Make a sandbox that knows the parser of this file."""
    return Keeper(frozenset({PARSER}), more_paths=(str(HERE.parent),))


def bare() -> None:
    """Start an interpreter that does nothing."""
    subprocess.run([sys.executable, "-I", "-c", "pass"], check=True)


def cold() -> None:
    """Read one file with a nest of its own."""
    keeper = new_keeper()
    read(keeper, b"x")
    keeper.close()


def read(keeper: Keeper, data: bytes) -> None:
    """Read one file; a sandbox that fails would be quick for nothing."""
    outcome = keeper.confined(PARSER, data)
    assert outcome.ending is Ending.OK, outcome.reason
    assert outcome.frames == (len(data),)


if __name__ == "__main__":
    main()
