import platform
import struct

import pytest
from tests.read.sandbox.conftest import Run

from ashiato.read.sandbox import Ending, walls
from ashiato.read.sandbox.filter import program
from ashiato.read.sandbox.keeper import NO_SANDBOX, Keeper
from ashiato.read.sandbox.line import Order, Report
from ashiato.read.sandbox.nest import Nest
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


def test_without_a_sandbox_nothing_is_read_unless_the_caller_insists(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(walls, "missing", lambda: "the kernel offers no Landlock")
    nest = Nest(None)  # type: ignore[arg-type] # it is asked nothing here
    order = Order("ashiato.read.invented:parse", {}, Limits(), allow_unconfined=False)

    assert nest._refusal(order) == Report(refused="the kernel offers no Landlock")
    assert nest._refusal(Order(order.parser, {}, Limits(), allow_unconfined=True)) is None


def test_where_the_walls_cannot_be_raised_the_file_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keeper = Keeper(frozenset({"evil_parsers:honest"}))
    monkeypatch.setattr(
        keeper, "_warm", lambda: _Answering(Report(refused="the kernel offers no Landlock"))
    )
    found = keeper.confined("evil_parsers:honest", b"")

    assert (found.ending, found.frames) == (Ending.REFUSED, ())
    assert found.reason == NO_SANDBOX + "the kernel offers no Landlock"


class _Answering:
    """A line whose other side has one answer."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def order(self, order: Order, files: tuple[int, int]) -> None:
        assert not order.allow_unconfined
        assert len(files) == 2

    def heard(self) -> Report:
        return self._report


def test_this_machine_has_what_it_takes(run: Run) -> None:
    assert walls.missing() == ""
    assert walls.landlock_version() >= 1
    assert platform.machine() in ALLOWED
    assert run("honest").ending is Ending.OK
