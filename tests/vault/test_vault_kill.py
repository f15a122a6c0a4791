"""kill -9 at any moment: every acknowledged exhibit is there when the case is opened again."""

import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from tests.vault.conftest import Case

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ashiato.vault import Submission, Vault

folder = Path(sys.argv[1])
clock = lambda: datetime(2031, 5, 1, tzinfo=UTC)
root = folder / ".ashiato" / "vault"
make_or_open = Vault.open if (root / "log").exists() else Vault.create
vault = make_or_open(root, clock=clock)
number = len(vault.events())
while True:
    waiting = []
    for number in range(number, number + 5):
        path = folder / f"{number}.txt"
        path.write_bytes(b"%d" % number * 2000)
        waiting.append(Submission(path, path.name, "kiosk"))
    for exhibit in vault.seal_many(waiting, actor="ito", reason="loop"):
        print(exhibit.path, exhibit.sha256, flush=True)
    number += 1
"""


def run_and_kill(folder: Path, seconds: float) -> dict[str, str]:
    """Seal in a child until it is killed; give what it acknowledged, path to hash."""
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    first = child.stdout.readline()
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    lines = [line.split() for line in (first + rest).splitlines(keepends=True) if line[-1] == "\n"]
    return dict(lines)


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_run_loses_nothing_it_acknowledged(case: Case, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - the same moments every time
    acknowledged: dict[str, str] = {}
    for _ in range(2):
        acknowledged |= run_and_kill(case.folder, draw.uniform(0.0, 0.1))
        with case.open() as vault:
            held = {e.path: e.sha256 for e in vault.exhibits()}
            assert acknowledged.items() <= held.items()
            assert all(sha256(vault.read(digest)).hexdigest() == digest for digest in held.values())
            assert vault.verify().is_intact
