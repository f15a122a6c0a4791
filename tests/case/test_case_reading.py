"""Whoever reads a case's logs, and however often that is broken off: the lake is the same."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.case.logs import log, write_logs

from ashiato.case.crew import WORKERS

CASE = """
[case]
id = "orchid"
title = "Orchid"

[[evidence]]
files = "evidence/one/*"
organisation = "Org One"

[[evidence]]
files = "evidence/two/*"
organisation = "Org Two"
"""
CODE = """
import sys
from ashiato.case import reading
from ashiato.cli.main import main
reading.WORTH_A_CREW = 1
main()
"""


def new_case(folder: Path, logs: dict[str, bytes]) -> Path:
    write_logs(folder / "evidence", {**logs, "note.bin": b"\0\1\2"})
    (folder / "case.toml").write_text(CASE, "utf-8")
    return folder


def started(
    case: Path,
    processes: int,
    before: Callable[[], None] | None = None,
    code: str = CODE,
) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code, "run", str(case)],
        env={**os.environ, WORKERS: str(processes)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,  # noqa: PLW1509 - sets a limit, in a test without threads
        start_new_session=True,
    )


def fill() -> None:
    """Let no file grow beyond 100 kB: what a full disk does to a writer."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def ran(case: Path, processes: int = 1, code: str = CODE) -> str:
    child = started(case, processes, code=code)
    _, said = child.communicate()
    assert child.returncode == 0, said
    return said


def lake(case: Path) -> dict[str, bytes]:
    root = case / ".ashiato" / "cache" / "lake"
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def dossier(case: Path) -> dict[str, bytes]:
    files = sorted(p for p in (case / "dossier").rglob("*") if p.is_file())
    return {p.name: p.read_bytes() for p in files if p.name != "custody.json"}


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    logs = {"one/a.log": log(0, 30_000), "one/b.log.gz": log(9_000, 9_000), "two/c.log": log(5, 99)}
    case = new_case(tmp_path_factory.mktemp("reading") / "orchid", logs)
    ran(case)
    return case


@pytest.fixture
def unread(read_once: Path, tmp_path: Path) -> Path:
    """The case with its vault, but nothing of what was read."""
    shutil.copytree(read_once, tmp_path / "orchid")
    for step in ("lake", "read"):
        shutil.rmtree(tmp_path / "orchid" / ".ashiato" / "cache" / step)
    for note in (tmp_path / "orchid" / ".ashiato" / "cache").glob("run-*"):
        note.unlink()
    return tmp_path / "orchid"


def test_several_processes_write_the_same_lake_and_dossier(read_once: Path, unread: Path) -> None:
    ran(unread, 2)

    assert lake(read_once)
    assert lake(unread) == lake(read_once)
    assert dossier(unread) == dossier(read_once)


@pytest.mark.parametrize("seed", range(3))
def test_a_reading_killed_at_any_moment_is_made_up_for(
    read_once: Path, unread: Path, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - the same moments every time
    child = started(unread, 1 + seed % 2)
    until = time.monotonic() + 60
    while not (unread / ".ashiato" / "cache" / "lake").is_dir() and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(draw.uniform(0.0, 0.4))
    child.send_signal(signal.SIGKILL)
    child.communicate()
    ran(unread, 1 + seed % 2)

    assert lake(unread) == lake(read_once)
    assert dossier(unread) == dossier(read_once)


def test_an_interrupt_is_one_sentence_and_leaves_nothing_half_written(
    read_once: Path, unread: Path
) -> None:
    child = started(unread, 2)
    until = time.monotonic() + 60
    while not (unread / ".ashiato" / "cache" / "lake").is_dir() and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate()

    assert child.returncode == 130
    assert "Traceback" not in said, said
    assert not [name for name in lake(unread) if name.endswith(".tmp")]
    ran(unread, 2)
    assert lake(unread) == lake(read_once)


def test_a_vault_without_room_is_the_same_sentence(tmp_path: Path) -> None:
    case = new_case(tmp_path, {"one/a.log": log(0, 9_000), "one/b.log": log(5, 9_000)})
    child = started(case, 1, fill)
    _, said = child.communicate()

    assert (child.returncode, "no space is left on the disk" in said) == (2, True)
    ran(case)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_full_disk_is_one_sentence_and_the_next_run_goes_on(
    read_once: Path, unread: Path, processes: int
) -> None:
    child = started(unread, processes, fill)
    _, said = child.communicate()

    assert child.returncode == 2, said
    assert "no space is left on the disk" in said
    assert "Traceback" not in said, said
    assert not [p for p in unread.rglob("*") if p.suffix in {".tmp", ".half"}]
    assert dossier(unread) == dossier(read_once)
    ran(unread, processes)
    assert lake(unread) == lake(read_once)


GROWN = """
import sys
from ashiato.case import reading
from ashiato.cli.main import main
from ashiato.read.logs import stretches
from ashiato.engine.lake import LakeWriter
stretches.STRETCH = 200_000
took = LakeWriter.take_from
def take_from(writer, root, exhibit, count):
    print("took over", count, file=sys.stderr)
    took(writer, root, exhibit, count)
LakeWriter.take_from = take_from
main()
"""


def notes(case: Path) -> list[str]:
    root = case / ".ashiato" / "cache" / "lake"
    return sorted(p.name for p in root.rglob("*.json"))


def test_a_log_that_grew_goes_on_where_the_earlier_delivery_ended(tmp_path: Path) -> None:
    whole = {"one/a.log": log(0, 9_000)}
    case, fresh = new_case(tmp_path / "grown", whole), new_case(tmp_path / "fresh", whole)
    for folder, lines in ((case, 9_000), (case, 12_000), (fresh, 12_000)):
        write_logs(folder / "evidence", {"one/a.log": log(0, lines)})
        said = ran(folder, code=GROWN)
        assert ("took over 4" in said) == (folder is case and lines > 9_000)
    expected = {name: data for name, data in lake(fresh).items() if name.endswith(".parquet")}

    assert expected
    assert expected.items() <= lake(case).items()
    assert dossier(case).keys() == dossier(fresh).keys()
    assert len(notes(fresh)) > 3
    noted = list((case / ".ashiato" / "cache" / "grown").glob("*.json"))
    assert len(noted) == 1
