"""Parsers that do what a taken-over parser would do; each runs in a sandboxed child only."""

# ruff: noqa: ARG001, PLC0415, PTH208, PTH108, PTH102, PTH109, FURB122, PERF401
# (every parser has the one signature, and does its evil by the shortest way, imports included)
# mypy: disable-error-code="func-returns-value"

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

Arguments = Mapping[str, object]
RESULT = 4
"""The descriptor that a child writes its frames to."""


def honest(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield {"bytes": len(stream.read()), "told": dict(arguments)}


def empty(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield from ()


def reads_path(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield Path(str(arguments["path"])).read_bytes().hex()


def lists_folder(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.listdir(str(arguments["path"]))


def reopens_source(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.open(f"/proc/self/fd/{stream.fileno()}", os.O_RDWR)


def writes_source(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.write(stream.fileno(), b"forged")


def shortens_source(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.ftruncate(stream.fileno(), 0)


def writes_file(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield Path(str(arguments["path"])).write_bytes(b"dropped")


def removes_file(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.unlink(str(arguments["path"]))


def makes_folder(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.mkdir(str(arguments["path"]))


def opens_socket(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield socket.socket(socket.AF_INET).fileno()


def opens_unix_socket(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield socket.socket(socket.AF_UNIX).fileno()


def runs_program(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield subprocess.run(["/bin/true"], check=False).returncode


def becomes_program(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.execv(sys.executable, [sys.executable, "-c", "pass"])  # noqa: S606 - refused


def forks(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.fork()


def fork_bomb(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    made = 0
    for _ in range(2000):
        with contextlib.suppress(OSError):
            made += os.fork() > 0
    yield made


def raw_clone(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    """Try clone, fork, vfork, clone3 by number (x86_64, then aarch64), as native code would."""
    libc = ctypes.CDLL(None, use_errno=True)
    found = [libc.syscall(number, 17, 0, 0, 0, 0) for number in (56, 57, 58, 435, 220)]
    yield [pid for pid in found if pid >= 0]


def threads(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    thread = threading.Thread(target=time.sleep, args=(1,))
    thread.start()
    yield "started"


def kills_parent(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.kill(os.getppid(), signal.SIGKILL)


def kills_by_pipe(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    """Asks the kernel to send the parent a deadly signal whenever the result is written."""
    import fcntl

    fcntl.fcntl(RESULT, fcntl.F_SETOWN, os.getppid())
    yield fcntl.fcntl(RESULT, fcntl.F_SETSIG, signal.SIGKILL)


def kills_all(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.kill(-1, signal.SIGKILL)


def traces_parent(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, os.getppid(), 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    yield "attached"


def raises_limits(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    import resource

    yield resource.setrlimit(resource.RLIMIT_CPU, (10**6, 10**6))


def becomes_root(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.setuid(0)


def unknown_calls(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    """Makes every call that is not on the list, with arguments of zero; tells which were let in."""
    from ashiato.read.sandbox.syscalls import ALLOWED, COMMANDS, TO_ITSELF

    machine = str(arguments["machine"])
    listed = {*ALLOWED[machine].values(), *COMMANDS[machine], TO_ITSELF[machine]}
    listed |= {335, 336} if machine == "x86_64" else set()  # u(ret)probe, no filter sees them
    libc = ctypes.CDLL(None, use_errno=True)
    let_in = []
    for number in sorted(set(range(512)) - listed):
        if libc.syscall(number, 0, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() != 1:
            let_in.append(number)
    yield let_in


def asks_host(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield list(os.uname())


def tells_surroundings(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield {"environment": sorted(os.environ), "folder": os.getcwd(), "open": _open_files()}


def tells_user(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield [os.geteuid(), os.getegid()]


def _open_files() -> list[int]:
    found = []
    for number in range(64):
        with contextlib.suppress(OSError):
            os.fstat(number)
            found.append(number)
    return found


def allocates(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield len(bytearray(2 << 30))


def allocates_slowly(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    kept = []
    while True:
        kept.append(bytearray(16 << 20))
    yield len(kept)


def spins(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    while True:
        pass
    yield 0


def sleeps(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield "before"
    time.sleep(3600)


def lingers(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    """Closes its result and lives on."""
    os.close(RESULT)
    time.sleep(3600)
    yield 0


def ignores_signals(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        pass
    yield 0


def writes_much(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    with Path(str(arguments["path"])).open("wb") as file:
        for _ in range(10_000):
            file.write(bytes(1 << 20))
    yield "written"


def one_huge_frame(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield "x" * (1 << 26)


def many_frames(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    while True:
        yield "x" * (1 << 16)


def many_raw_frames(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    """Writes past the cooperative bound, as native code would."""
    frame = raw(b"F", b'"' + b"x" * (1 << 16) + b'"')
    while True:
        os.write(RESULT, frame)
    yield 0


def many_values(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    frame = raw(b"F", b"[" + b",".join([b"[]"] * 500_000) + b"]")
    while True:
        _write(frame)
    yield 0


def raw(kind: bytes, payload: bytes) -> bytes:
    return kind + len(payload).to_bytes(4, "big") + payload


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(RESULT, data) :]


def speaks(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    """Writes the source's bytes as the result: whatever a taken-over child might say."""
    yield "before"
    _write(stream.read())
    time.sleep(3600)


def shuts_up(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    """Closes result and life line and lives on."""
    yield "before"
    os.closerange(3, 64)
    time.sleep(3600)


def claims_other_exhibit(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield {"exhibit": "ff" * 32, "text": "it says it is another exhibit"}


def segfaults(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield str(ctypes.string_at(0))


def aborts(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os.abort()


def raises(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    raise ValueError(f"bad \ud800 thing\n at {object()}")
    yield 0


def raises_late(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield "page 1"
    raise KeyError("page 2")


def recurses(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    def down() -> int:
        return down() + 1

    yield down()


def refuses(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    from ashiato.read.sandbox.outcome import Refused

    raise Refused("it is encrypted")
    yield 0


def refuses_late(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield "page 1"
    yield from refuses(stream, arguments)


def leaves(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield os._exit(0)


def leaves_politely(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    sys.exit(0)
    yield 0


def partial_then_segfault(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield "page 1"
    yield "page 2"
    yield from segfaults(stream, arguments)


def not_plain(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield {"value": object()}


def not_a_number(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield float("nan")


def late_codec(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    yield stream.read().decode(str(arguments["encoding"]))


def callback(stream: BinaryIO, arguments: Arguments) -> Iterator[object]:
    """Needs memory that may be executed, as every C library with callbacks does."""
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
    yield kind(lambda n: n + 1)(41)
