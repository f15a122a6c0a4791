"""Our side of the sandbox: hand over a source, take frames, and say how it ended."""

import atexit
import fcntl
import json
import os
import select
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import ashiato
from ashiato.core.confinement import insisted, missing
from ashiato.read.sandbox.child import plain_reason
from ashiato.read.sandbox.line import Line, Order, Report
from ashiato.read.sandbox.outcome import JSON, Ending, Limits, Outcome
from ashiato.read.sandbox.parsers import PARSERS
from ashiato.read.sandbox.strict import Garbled, Inbox, TooMuch

CHUNK = 1 << 16
DEFAULT = Limits()
NOTHING: Mapping[str, JSON] = MappingProxyType({})
NO_SANDBOX = "no sandbox here, so it was left unread: "
_ADD_SEALS, _EVERY_SEAL = 1033, 0xF
"""``linux/fcntl.h``: no more seals, no shrinking, growing or writing."""
_BOOT = """
import json, sys, types
sys.path[:] = json.loads(sys.argv[1])
# The package's face imports every reader; a parser needs its own module and nothing beside it.
read = types.ModuleType("ashiato.read")
read.__path__ = [sys.argv[2]]
sys.modules["ashiato.read"] = read
from ashiato.read.sandbox.nest import main
main(int(sys.argv[3]), sys.argv[4])
"""
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
}  # fmt: skip
"""All that a parser learns of its surroundings; one thread, as forks keep only one."""


class Keeper:
    """Keeps one warm process and runs one file at a time in a fork of it."""

    def __init__(self, allowed: frozenset[str], *, more_paths: tuple[str, ...] = ()) -> None:
        self._allowed, self._more_paths = allowed, more_paths
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Line | None = None
        self._owner = 0

    def confined(
        self,
        parser: str,
        source: BinaryIO | bytes,
        arguments: Mapping[str, JSON] = NOTHING,
        limits: Limits = DEFAULT,
        *,
        allow_unconfined: bool = False,
    ) -> Outcome:
        """Run ``parser`` on ``source``: see `ashiato.read.sandbox.confined`."""
        if parser not in self._allowed:
            raise ValueError(f"{parser!r} is no parser of ours")
        order = Order(parser, dict(arguments), limits, allow_unconfined)
        with self._lock, _as_file(source) as file:
            try:
                return self._follow(order, file)
            except (OSError, EOFError) as error:
                self.close()
                return _outcome(Ending.CRASHED, f"the sandbox died: {error!r}", [], 0.0)
            except BaseException:
                self.close()  # the conversation was cut short: nobody knows whose turn it is
                raise

    def _follow(self, order: Order, file: int) -> Outcome:
        line = self._warm()
        result, theirs = os.pipe()
        try:
            try:
                line.order(order, (file, theirs))
            finally:
                os.close(theirs)
            ready, start = line.heard(), time.monotonic()
            if ready.refused:
                return _outcome(Ending.REFUSED, NO_SANDBOX + ready.refused, [], 0.0)
            if ready.failed:
                return _outcome(Ending.CRASHED, ready.failed, [], 0.0)
            inbox = Inbox(order.limits.output)
            stop = _collect(inbox, (line, result), order.limits, start)
            line.nod()
            how = stop or _last_word(inbox) or _death(line.heard(), order.limits)
            if stop or inbox.end is not None:
                line.heard()
            return _outcome(*how, inbox.frames, time.monotonic() - start)
        finally:
            os.close(result)

    def _warm(self) -> Line:
        if self._owner != os.getpid():  # after a fork the line is our parent's, not ours
            self._process = self._line = None
        if self._line is None:
            self._line = self._started()
            self._owner = os.getpid()
        return self._line

    def _started(self) -> Line:
        ours, theirs = Line.pair()
        house = str(Path(ashiato.__path__[0]) / "read")
        paths = [str(Path(p).absolute()) for p in (*sys.path, *self._more_paths)]
        with closing(theirs):
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and text
                [sys.executable, "-P", "-s", "-c", _BOOT, json.dumps(paths), house,
                 str(theirs.fileno()), missing()],
                pass_fds=[theirs.fileno()], cwd="/", env=_environment(), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return ours

    def close(self) -> None:
        """Let the warm process go; the next file starts another."""
        if self._line is not None and self._owner == os.getpid():
            self._line.close()
            assert self._process is not None  # it came with the line
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._line = None


def _environment() -> dict[str, str]:
    kept = {k: os.environ[k] for k in ("LD_LIBRARY_PATH",) if k in os.environ}
    return {**_ENVIRONMENT, **kept}


def _collect(
    inbox: Inbox, ends: tuple[Line, int], limits: Limits, start: float
) -> tuple[Ending, str] | None:
    """Take frames until the child's end, its death, or the reason for which we stop it."""
    line, result = ends
    waiting_for: Line | int = result
    while (left := start + limits.seconds - time.monotonic()) > 0:
        ready, _, _ = select.select([waiting_for], [], [], left)
        if not ready:
            break
        if waiting_for is line:
            return None
        try:
            if data := os.read(result, CHUNK):
                inbox.feed(data)
            else:
                waiting_for = line
        except TooMuch as error:
            return Ending.REFUSED, str(error)
        except Garbled as error:
            return Ending.CRASHED, str(error)
        if inbox.end is not None:
            return None
    return Ending.TIMED_OUT, f"it took more than {limits.seconds:g} seconds"


def _last_word(inbox: Inbox) -> tuple[Ending, str] | None:
    """Read the child's own account of its end; a made-up one is a crash."""
    match inbox.end:
        case None:
            return None
        case {"ending": "ok", "reason": ""}:
            return Ending.OK, ""
        case {"ending": "crashed", "reason": str(reason)} if inbox.frames:
            return Ending.PARTIAL, reason
        case {"ending": "refused" | "crashed" | "out of memory" as ending, "reason": str(reason)}:
            return Ending(ending), reason
    return Ending.CRASHED, "it gave no such end as ours"


def _death(report: Report, limits: Limits) -> tuple[Ending, str]:
    """Tell from how the process ended what ended it."""
    if report.failed:
        return Ending.CRASHED, report.failed
    if not os.WIFSIGNALED(report.status):
        code = os.waitstatus_to_exitcode(report.status)
        return Ending.CRASHED, f"it left with status {code} and without an end"
    killer = signal.Signals(os.WTERMSIG(report.status))
    if killer is signal.SIGXCPU or (killer is signal.SIGKILL and report.cpu >= limits.seconds):
        return Ending.TIMED_OUT, f"it took more than {limits.seconds:g} seconds"
    if killer is signal.SIGKILL:
        return Ending.OUT_OF_MEMORY, "the system killed it, most likely for want of memory"
    return Ending.CRASHED, f"it died of {killer.name}"


def _outcome(ending: Ending, reason: str, frames: list[JSON], seconds: float) -> Outcome:
    if ending is Ending.REFUSED and frames:
        ending = Ending.PARTIAL
    return Outcome(ending, plain_reason(reason), tuple(frames), seconds)


@contextmanager
def _as_file(source: BinaryIO | bytes) -> Iterator[int]:
    """Give a descriptor of the source that can only be read, and whose place is its own."""
    file = _held(source) if isinstance(source, bytes) else _opened_again(source)
    try:
        yield file
    finally:
        os.close(file)


def _opened_again(source: BinaryIO) -> int:
    """Open a real file anew: its reader shares neither our place in it nor a right to write."""
    try:
        number = source.fileno()
        if stat.S_ISREG(os.fstat(number).st_mode):
            return os.open(f"/proc/self/fd/{number}", os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, AttributeError):  # no real file, or no such place on this system
        pass
    if source.seekable():
        source.seek(0)
    return _held(source.read())


def _held(data: bytes) -> int:
    """Keep bytes in a file without a name that nobody can change: in memory where that exists."""
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryFile() as kept:
            kept.write(data)
            kept.flush()
            kept.seek(0)
            return os.dup(kept.fileno())
    file = os.memfd_create("source", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]
    os.lseek(file, 0, os.SEEK_SET)
    fcntl.fcntl(file, _ADD_SEALS, _EVERY_SEAL)
    return file


_KEEPER = Keeper(PARSERS)
atexit.register(_KEEPER.close)


def confined(
    parser: str,
    source: BinaryIO | bytes,
    arguments: Mapping[str, JSON] = NOTHING,
    limits: Limits = DEFAULT,
    *,
    allow_unconfined: bool = False,
) -> Outcome:
    """Run a parser of hostile files where it can do no harm, and give what it read.

    ``parser`` is the full name of one of `parsers.PARSERS`; it gets the source from its first byte
    and the arguments. Every ending is an `Outcome`. Where this system cannot confine it the file
    is refused, unless ``allow_unconfined`` (or `ashiato.core.confinement`): then it runs in a
    child with limits only. Where it can be confined, it always is.

    Raises:
        ValueError: ``parser`` is not on the list.

    """
    allowed = allow_unconfined or insisted()
    return _KEEPER.confined(parser, source, arguments, limits, allow_unconfined=allowed)
