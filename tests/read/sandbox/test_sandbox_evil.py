"""A parser in the hands of the file it reads: whatever it tries is contained and rightly named."""

import os
import platform
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.read.sandbox.conftest import QUICK, Run

from ashiato.read.sandbox import Ending, Limits
from ashiato.read.sandbox.strict import END, VALUE

FORBIDDEN = (
    "opens_socket", "opens_unix_socket", "runs_program", "becomes_program", "forks",
    "kills_parent", "kills_all", "kills_by_pipe", "traces_parent", "asks_host",
)  # fmt: skip


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_what_it_has_no_business_with_is_refused_by_the_kernel(run: Run, deed: str) -> None:
    found = run(deed)

    assert (found.ending, found.frames) == (Ending.CRASHED, ())
    assert found.reason.startswith("PermissionError")


def test_it_cannot_read_the_vault_nor_any_file_beside_its_source(run: Run, tmp_path: Path) -> None:
    vault = tmp_path / "orchid" / ".ashiato" / "vault"
    vault.mkdir(parents=True)
    vault.joinpath("secret").write_bytes(b"another exhibit")
    vault.joinpath("secret").chmod(0o444)
    for path in (vault / "secret", Path("/etc/passwd"), Path("/proc/self/environ"), Path(__file__)):
        found = run("reads_path", path=str(path))
        assert (found.ending, found.frames) == (Ending.CRASHED, ())
        assert "PermissionError" in found.reason


@pytest.mark.parametrize("folder", ["/", "/etc", "/tmp", "/proc", "/proc/self/fd"])  # noqa: S108 - to be refused
def test_it_cannot_list_a_folder(run: Run, folder: str) -> None:
    assert run("lists_folder", path=folder).frames == ()


@pytest.mark.parametrize("deed", ["writes_file", "makes_folder", "writes_much"])
def test_it_leaves_nothing_on_the_disk(run: Run, deed: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    found = run(deed, path=str(tmp_path / "dropped"))

    assert (found.ending, list(tmp_path.iterdir())) == (Ending.CRASHED, [])


def test_it_cannot_remove_a_file(run: Run, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    (tmp_path / "a").write_bytes(b"x")

    assert run("removes_file", path=str(tmp_path / "a")).ending is Ending.CRASHED
    assert (tmp_path / "a").read_bytes() == b"x"


@pytest.mark.parametrize("deed", ["writes_source", "reopens_source", "shortens_source"])
def test_it_cannot_change_the_exhibit_it_reads(run: Run, deed: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"as received")
    with (tmp_path / "a").open("r+b") as file:
        found = run(deed, file)

    assert (found.ending, found.frames) == (Ending.CRASHED, ())
    assert (tmp_path / "a").read_bytes() == b"as received"


def test_no_process_and_no_thread_is_made(run: Run) -> None:
    assert run("fork_bomb").frames == (0,)
    assert run("raw_clone").frames == ([],)
    assert run("threads").reason == "RuntimeError: can't start new thread"


def test_no_call_of_the_kernel_beyond_the_list_is_let_in(run: Run) -> None:
    assert run("unknown_calls", machine=platform.machine()).frames == ([],)


@pytest.mark.parametrize("deed", ["raises_limits", "becomes_root"])
def test_it_cannot_get_back_what_it_gave_up(run: Run, deed: str) -> None:
    assert (run(deed).ending, run(deed).frames) == (Ending.CRASHED, ())


def test_two_gigabytes_are_too_much_memory(run: Run) -> None:
    assert run("allocates").ending is Ending.OUT_OF_MEMORY


def test_memory_taken_bit_by_bit_runs_out_too(run: Run) -> None:
    found = run("allocates_slowly", limits=replace(QUICK, memory=384 << 20))

    assert (found.ending, found.reason) == (
        Ending.OUT_OF_MEMORY,
        "it asked for too much memory",
    )


@pytest.mark.parametrize("deed", ["spins", "sleeps", "ignores_signals", "lingers"])
def test_time_runs_out_for_whoever_does_not_end(run: Run, deed: str) -> None:
    start = time.monotonic()
    found = run(deed, limits=Limits(seconds=0.4))

    assert (found.ending, found.reason) == (Ending.TIMED_OUT, "it took more than 0.4 seconds")
    assert time.monotonic() - start < 5


def test_what_arrived_before_the_time_ran_out_is_kept(run: Run) -> None:
    found = run("sleeps", limits=Limits(seconds=0.4))

    assert found.frames == ("before",)
    assert found.incomplete


def test_a_gigabyte_of_json_is_cut_at_the_bound(run: Run) -> None:
    tight = replace(QUICK, output=1 << 20)

    assert run("one_huge_frame").ending is Ending.REFUSED
    for deed in ("many_frames", "many_raw_frames"):
        found = run(deed, limits=tight)
        assert (found.ending, len(found.frames)) == (Ending.PARTIAL, 15)
        assert found.reason == "the result has more than 1048576 bytes"


def test_small_values_without_end_are_cut_too(run: Run) -> None:
    found = run("many_values")

    assert (found.ending, found.reason) == (
        Ending.PARTIAL,
        "the result has more than 4000000 values",
    )


def frame(payload: bytes, kind: bytes = VALUE) -> bytes:
    return kind + len(payload).to_bytes(4, "big") + payload


SPOKEN = {
    "no frame": b"hello, parent",
    "a length beyond bounds": b"F\xff\xff\xff\xff",
    "no JSON": frame(b"{"),
    "nothing": frame(b""),
    "not a number": frame(b"[NaN]"),
    "infinity": frame(b"-Infinity"),
    "infinity by size": frame(b"1e999"),
    "digits without end": frame(b"9" * 5000),
    "a name twice": frame(b'{"exhibit":1,"exhibit":2}'),
    "half a surrogate": frame(rb'"\ud800"'),
    "bytes that are no UTF-8": frame(b'"\xff"'),
    "deep lists": frame(b"[" * 100 + b"]" * 100),
    "lists beyond the stack": frame(b"[" * 1_000_000),
    "an ending we do not have": frame(b'{"ending":"splendid","reason":""}', END),
    "an ending that is ours to tell": frame(b'{"ending":"timed out","reason":""}', END),
    "an end that is no object": frame(b"[1]", END),
    "an end that is nothing": frame(b"null", END),
    "a reason that is no text": frame(b'{"ending":"refused","reason":{}}', END),
}


@pytest.mark.parametrize("said", SPOKEN.values(), ids=SPOKEN.keys())
def test_a_child_that_speaks_out_of_turn_has_crashed(run: Run, said: bytes) -> None:
    found = run("speaks", said)

    assert (found.ending, found.frames) == (Ending.CRASHED, ("before",))
    assert found.seconds < 10


def test_a_child_that_closes_its_lines_is_killed(run: Run) -> None:
    found = run("shuts_up")

    assert (found.ending, found.reason) == (Ending.CRASHED, "it would not end and was killed")


def test_nothing_counts_after_the_end(run: Run) -> None:
    said = frame(b'{"ending":"ok","reason":""}', END) + frame(b'"afterwards"')

    assert run("speaks", said).frames == ("before",)


def test_what_a_child_says_of_an_exhibit_is_its_word_and_no_more(run: Run) -> None:
    found = run("claims_other_exhibit")

    assert found.ending is Ending.OK
    assert found.frames[0] == {"exhibit": "ff" * 32, "text": "it says it is another exhibit"}
    assert not {field for field in dir(found) if "exhibit" in field}


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("segfaults", "it died of SIGSEGV"),
        ("aborts", "it died of SIGABRT"),
        ("raises", "ValueError: bad ? thing at <object object at 0x...>"),
        ("recurses", "RecursionError: maximum recursion depth exceeded"),
        ("leaves", "it left with status 0 and without an end"),
        ("leaves_politely", "SystemExit: 0"),
        ("not_plain", "TypeError: Object of type object is not JSON serializable"),
        ("not_a_number", "ValueError: Out of range float values are not JSON compliant"),
    ],
)
def test_a_parser_that_dies_has_crashed_and_the_reason_is_kept(
    run: Run, deed: str, reason: str
) -> None:
    found = run(deed)

    assert (found.ending, found.frames) == (Ending.CRASHED, ())
    assert found.reason.startswith(reason)


def test_a_crash_after_pages_keeps_the_pages(run: Run) -> None:
    found = run("partial_then_segfault")

    assert (found.ending, found.frames) == (Ending.CRASHED, ("page 1", "page 2"))
    assert found.incomplete


@pytest.mark.parametrize("deed", ["raises_late", "refuses_late"])
def test_a_parser_that_gives_up_after_pages_was_partial(run: Run, deed: str) -> None:
    assert (run(deed).ending, run(deed).frames) == (Ending.PARTIAL, ("page 1",))


def test_a_parser_may_refuse(run: Run) -> None:
    found = run("refuses")

    assert (found.ending, found.reason) == (Ending.REFUSED, "it is encrypted")


def test_root_becomes_nobody(run: Run) -> None:
    (found,) = run("tells_user").frames

    assert found == ([65534, 65534] if os.geteuid() == 0 else [os.geteuid(), os.getegid()])
