"""`make demo`: make the example case, run it, print the verdict, the path and the score."""

import shutil
import sys
from pathlib import Path

from ashiato.cli.cases import run
from ashiato.cli.exercises import new, score
from ashiato.cli.output import print_text

SEED = 2031
CASE = "orchid-2031"


def demo(folder: Path) -> None:
    """Make the example case in ``folder`` where it is not there yet, run it and score it."""
    from ashiato.exercise import truth_path

    case = folder / CASE
    truth = truth_path(case)
    if not truth.exists():
        shutil.rmtree(case, ignore_errors=True)
        new(case, seed=SEED)
    run(case)
    print_text("")
    score(case, truth=truth)


if __name__ == "__main__":
    demo(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
