import platform
import struct
from collections.abc import Iterator

import pytest
from tests.read.sandbox.conftest import EVIL, Run

from ashiato.core import confinement
from ashiato.core.confinement import allowing_unconfined, barred, landlock_version, missing
from ashiato.read.sandbox import Ending, confined, keeper, walls
from ashiato.read.sandbox.filter import program
from ashiato.read.sandbox.keeper import NO_SANDBOX, Keeper
from ashiato.read.sandbox.outcome import Limits
from ashiato.read.sandbox.syscalls import ALLOWED, AUDIT_ARCH, COMMANDS, TO_ITSELF

REFUSED, ALLOW, KILL = 0x00050001, 0x7FFF0000, 0x80000000
FORBIDDEN = {
    "x86_64": {
        "socket": 41, "connect": 42, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62,
        "ptrace": 101, "mount": 165, "tkill": 200, "keyctl": 250, "unshare": 272,
        "perf_event_open": 298, "setns": 308, "bpf": 321, "execveat": 322, "userfaultfd": 323,
        "io_uring_setup": 425, "clone3": 435,
    },
    "aarch64": {
        "mount": 40, "unshare": 97, "ptrace": 117, "kill": 129, "tkill": 130, "socket": 198,
        "connect": 203, "keyctl": 219, "clone": 220, "execve": 221, "perf_event_open": 241,
        "setns": 268, "bpf": 280, "execveat": 281, "userfaultfd": 282, "io_uring_setup": 425,
        "clone3": 435,
    },
}  # fmt: skip
FOLDER = str(EVIL.parent)
MACHINES = tuple(ALLOWED)
POSSIBLE = (*range(0x500), *range(0x5400, 0x5480))


def verdict(machine: str, call: int, *arguments: int, arch: int | None = None) -> int:
    """Run the filter as the kernel would (``linux/filter.h``: load word, jump if equal, return)."""
    words = [call, arch or AUDIT_ARCH[machine], 0, 0]
    for argument in (*arguments, *[0] * (6 - len(arguments))):
        words += [argument & 0xFFFFFFFF, argument >> 32]
    steps = list(struct.iter_unpack("=HBBI", program(machine, pid=4242)))
    at = loaded = 0
    while True:
        code, same, other, value = steps[at]
        at += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            loaded = words[value // 4]
        else:
            at += same if loaded == value else other


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_lets_in_what_is_listed_and_nothing_else(machine: str) -> None:
    listed = set(ALLOWED[machine].values())
    let_in = {call for call in range(1024) if verdict(machine, call) == ALLOW}

    assert let_in - set(COMMANDS[machine]) == listed
    assert not listed & set(FORBIDDEN[machine].values())


@pytest.mark.parametrize("machine", MACHINES)
def test_the_dangerous_calls_are_refused_by_number(machine: str) -> None:
    assert {verdict(machine, n) for n in FORBIDDEN[machine].values()} == {REFUSED}


@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_in_another_convention_is_fatal(machine: str) -> None:
    i386 = 0x40000003
    assert verdict(machine, ALLOWED[machine]["read"], arch=i386) == KILL
    assert verdict(machine, ALLOWED[machine]["read"] | 0x40000000) == REFUSED  # the x32 numbers


@pytest.mark.parametrize("machine", MACHINES)
def test_a_process_may_end_itself_and_nobody_else(machine: str) -> None:
    assert verdict(machine, TO_ITSELF[machine], 4242) == ALLOW
    assert verdict(machine, TO_ITSELF[machine], 1) == REFUSED


@pytest.mark.parametrize("machine", MACHINES)
def test_of_descriptor_commands_only_the_harmless_pass(machine: str) -> None:
    for call, commands in COMMANDS[machine].items():
        passed = {c for c in POSSIBLE if verdict(machine, call, 3, c) == ALLOW}
        assert passed == set(commands)


def test_every_ruleset_names_rights_its_kernel_knows() -> None:
    assert [walls._RIGHTS.get(version, 16) for version in range(1, 9)] == [
        13, 14, 15, 15, 16, 16, 16, 16,
    ]  # fmt: skip


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """A sandbox on a system that lacks what it takes."""
    for module in (keeper, confinement):
        monkeypatch.setattr(module, "missing", lambda: "the kernel offers no Landlock")
    bare = Keeper(frozenset({"evil_parsers:honest", "evil_parsers:spins"}), more_paths=(FOLDER,))
    yield bare
    bare.close()


def test_without_a_sandbox_nothing_is_read(bare: Keeper) -> None:
    found = bare.confined("evil_parsers:honest", b"abc")

    assert (found.ending, found.frames) == (Ending.REFUSED, ())
    assert found.reason == NO_SANDBOX + "the kernel offers no Landlock"


def test_a_caller_may_insist_and_the_limits_stay(bare: Keeper) -> None:
    read = bare.confined("evil_parsers:honest", b"abc", allow_unconfined=True)
    spun = bare.confined("evil_parsers:spins", b"", {}, Limits(seconds=0.3), allow_unconfined=True)

    assert read.frames == ({"bytes": 3, "told": {}},)
    assert spun.ending is Ending.TIMED_OUT


def test_insisting_holds_for_a_block_and_no_longer(
    bare: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "_KEEPER", bare)
    with allowing_unconfined():
        assert barred() == ""
        assert confined("evil_parsers:honest", b"abc").ending is Ending.OK

    assert barred() == "the kernel offers no Landlock"
    assert confined("evil_parsers:honest", b"abc").ending is Ending.REFUSED


def test_this_machine_has_what_it_takes(run: Run) -> None:
    assert missing() == ""
    assert landlock_version() >= 1
    assert platform.machine() in ALLOWED
    assert set(ALLOWED) == confinement.MACHINES
    assert run("honest").ending is Ending.OK
