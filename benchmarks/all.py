"""Run every benchmark, each in a process of its own, and print what it prints.

The exercises are left out: they take hours and have a target of their own (`make bench-exercise`).
"""

import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Go through the benchmarks beside this file, by name."""
    here = Path(__file__)
    for script in sorted(here.parent.glob("*.py")):
        if script.stem not in {here.stem, "exercise"}:
            print(f"── {script.stem} " + "─" * (90 - len(script.stem)), flush=True)
            subprocess.run([sys.executable, "-m", f"benchmarks.{script.stem}"], check=True)  # noqa: S603 - our own scripts


if __name__ == "__main__":
    main()
