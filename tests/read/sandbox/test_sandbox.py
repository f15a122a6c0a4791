"""What the sandbox promises to those who use it."""

import gzip
import io
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.read.sandbox.conftest import EVIL, Run

from ashiato.read.sandbox import Ending, Limits, confined
from ashiato.read.sandbox.keeper import Keeper


def test_an_honest_parser_gives_its_frames(run: Run) -> None:
    found = run("honest", b"four", colour="blue")

    assert (found.ending, found.reason) == (Ending.OK, "")
    assert found.frames == ({"bytes": 4, "told": {"colour": "blue"}},)
    assert not found.incomplete


def test_a_parser_that_finds_nothing_has_ended_well(run: Run) -> None:
    assert (run("empty").ending, run("empty").frames) == (Ending.OK, ())


def test_a_parser_that_is_not_ours_is_never_called() -> None:
    with pytest.raises(ValueError, match="no parser of ours"):
        confined("os:system", b"")


def test_a_file_is_read_from_its_start_and_keeps_its_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    with (tmp_path / "a").open("rb") as file:
        file.seek(7)
        found = run("honest", file)

        assert found.frames == ({"bytes": 10, "told": {}},)
        assert file.read() == b"789"


def test_what_is_no_real_file_is_read_all_the_same(run: Run) -> None:
    packed = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b"unpacked")))

    assert run("honest", io.BytesIO(b"abc")).frames == ({"bytes": 3, "told": {}},)
    assert run("honest", packed).frames == ({"bytes": 8, "told": {}},)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["shift_jis", "euc_jp", "iso2022_jp", "gb18030", "utf-16"])
def test_every_text_encoding_is_at_hand(run: Run, name: str) -> None:
    assert run("late_codec", "報告".encode(name), encoding=name).frames == ("報告",)


def test_libraries_with_callbacks_work(run: Run) -> None:
    assert run("callback").frames == (42,)


def test_the_same_bytes_give_the_same_answer(run: Run) -> None:
    first, second = run("tells_surroundings"), run("tells_surroundings")

    assert (first.ending, first.frames) == (second.ending, second.frames)
    assert run("raises").reason == run("raises").reason


def test_the_child_learns_nothing_of_its_surroundings(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "of ours")
    (found,) = run("tells_surroundings").frames

    assert isinstance(found, dict)
    assert found["folder"] == "/"
    assert found["open"] == [0, 1, 2, 3, 4, 5]
    assert set(found["environment"]) <= {
        "LC_ALL", "TZ", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS", "LC_CTYPE", "LD_LIBRARY_PATH",
    }  # fmt: skip


def test_one_file_leaves_nothing_behind_for_the_next(run: Run) -> None:
    for name in ("segfaults", "leaves", "sleeps", "speaks", "shuts_up", "honest"):
        run(name, limits=Limits(seconds=0.2))

    assert run("tells_surroundings").frames == run("tells_surroundings").frames
    assert run("honest").ending is Ending.OK


def test_several_threads_may_ask_at_once(run: Run) -> None:
    found: list[Ending] = []
    threads = [
        threading.Thread(target=lambda: found.append(run("honest").ending)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [Ending.OK] * 8


def test_a_killed_nest_costs_one_file_and_no_more(keeper: Keeper, run: Run) -> None:
    run("honest")
    assert keeper._process is not None
    os.kill(keeper._process.pid, signal.SIGKILL)
    keeper._process.wait()

    assert run("honest").ending is Ending.CRASHED
    assert run("honest").ending is Ending.OK


def test_an_interrupted_wait_kills_the_child_and_the_next_file_is_read(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ashiato.read.sandbox.keeper._collect", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run("sleeps")

    assert run("honest").ending is Ending.OK


@pytest.mark.usefixtures("run")
def test_nothing_outlives_the_one_who_asked() -> None:
    text = f"""
from ashiato.read.sandbox.keeper import Keeper
keeper = Keeper(frozenset({{"evil_parsers:sleeps"}}), more_paths=({str(EVIL.parent)!r},))
print(keeper._warm() and keeper._process.pid, flush=True)
keeper.confined("evil_parsers:sleeps", b"")
"""
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE) as asking:  # noqa: S603 - our own text
        assert asking.stdout is not None
        nest = int(asking.stdout.readline())
        asking.kill()

    assert _gone(nest)


def _gone(pid: int) -> bool:
    """Wait until a process that is not our child has ended."""
    watched = os.pidfd_open(pid) if Path(f"/proc/{pid}").exists() else None
    if watched is None:
        return True
    ready, _, _ = select.select([watched], [], [], 10)
    os.close(watched)
    return bool(ready)


def test_a_parser_that_cannot_be_imported_is_told() -> None:
    lost = Keeper(frozenset({"no_such_module:parse"}))
    found = lost.confined("no_such_module:parse", b"")
    lost.close()

    assert found.ending is Ending.CRASHED
    assert "cannot be imported" in found.reason
