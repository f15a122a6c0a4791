"""A crew of processes for work that is heavy enough: the same results, in less time.

Each process is started fresh, takes one piece of work after another over a pipe of its own, and
ends when the pipe does: a process whose parent was killed gives up at its next word of progress.
"""

import os
import signal
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Any, Self

from ashiato.core.errors import AshiatoError, BadInput
from ashiato.core.progress import Progress

WORKERS = "ASHIATO_WORKERS"
"""Environment variable: how many processes read; 1 reads in the command's own process."""
WORTH_A_CREW = 200_000_000
"""Bytes of logs from which processes of their own pay for their start."""
_PATIENCE = 5.0
"""Seconds that a process gets to clean up after itself."""
Work = Callable[..., Any]
"""Called with its arguments and a `Progress`; importable by name, for it runs elsewhere."""


def workers() -> int:
    """Say how many processes may work: as many as the machine has processors, unless told.

    Raises:
        BadInput: ``ASHIATO_WORKERS`` is no whole number from 1.

    """
    told = os.environ.get(WORKERS, "")
    if not told:
        return os.cpu_count() or 1
    if not told.isdecimal() or int(told) < 1:
        remedy = "give a whole number from 1, or unset it"
        raise BadInput(f"{told!r} is no number of processes", path=WORKERS, remedy=remedy)
    return int(told)


@dataclass(slots=True)
class _Member:
    process: SpawnProcess
    pipe: Connection
    task: int | None = None


class Crew:
    """Does tasks in other processes; `results` come in the order of the tasks.

    A context manager: whatever ends it early, an error or the user, ends its processes.
    """

    def __init__(self, work: Work, tasks: Sequence[tuple[Any, ...]], count: int) -> None:
        """Do ``work`` for the arguments of each task, in at most ``count`` processes."""
        self._work, self._tasks, self._count = work, tasks, min(count, len(tasks))
        self._next = 0
        self._members: list[_Member] = []
        self._found: dict[int, Any] = {}
        self._failed: dict[int, Exception] = {}

    def __enter__(self) -> Self:
        try:
            self._members = [_joined(self._work) for _ in range(self._count)]
            for member in self._members:
                self._hand_out(member)
        except BaseException:
            self._dismiss()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._dismiss()

    def results(self, progress: Progress) -> list[Any]:
        """Wait for every task; raises what the first of the failed tasks raised."""
        while any(member.task is not None for member in self._members):
            self.listen(progress, patience=None)
        if self._failed:
            raise self._failed[min(self._failed)]
        return [self._found[at] for at in range(len(self._tasks))]

    def listen(self, progress: Progress, *, patience: float | None = 0.0) -> None:
        """Take in what was said so far; waits up to ``patience`` seconds (`None`: until a word)."""
        busy = {member.pipe: member for member in self._members if member.task is not None}
        for pipe in wait(list(busy), patience):
            if isinstance(pipe, Connection):
                self._hear(busy[pipe], progress)

    def _hear(self, member: _Member, progress: Progress) -> None:
        try:
            word, value = member.pipe.recv()
        except (EOFError, OSError):
            word, value = "failed", _vanished()
        if word == "seen":
            progress.advance(value)
            return
        heap = self._failed if word == "failed" else self._found
        heap[member.task or 0] = value
        self._hand_out(member)

    def _hand_out(self, member: _Member) -> None:
        """Give the next task, in order: when one fails, all before it were given out already."""
        member.task = None
        if self._failed or self._next == len(self._tasks):
            return
        member.task = self._next
        self._next += 1
        with suppress(OSError):  # one that is gone is heard of when its pipe is listened to
            member.pipe.send(self._tasks[member.task])

    def _dismiss(self) -> None:
        for member in self._members:
            member.pipe.close()
        for member in self._members:
            member.process.join(_PATIENCE)
            if member.process.is_alive():
                member.process.kill()
                member.process.join()
        self._members = []


def _joined(work: Work) -> _Member:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(work, theirs), daemon=False)
    # The user's interrupt is the parent's to hear: a child is born deaf to it. The tracker that a
    # first start would start lifts the block, so it is started before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    return _Member(process, ours)


def _vanished() -> AshiatoError:
    return AshiatoError(
        "a reading process was ended from outside, perhaps for want of memory; run again, what was "
        f"read is kept ({WORKERS}=1 needs the least memory)"
    )


class _Spoken:
    """Progress that is said into a pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def start(self, label: str, total: int, unit: str) -> None:
        """Do nothing: the crew's owner began the stretch."""

    def advance(self, units: int) -> None:
        self._pipe.send(("seen", units))

    def done(self) -> None:
        """Do nothing: the crew's owner ends the stretch."""


def _serve(work: Work, pipe: Connection) -> None:
    """Work until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            pipe.send(_done(work, pipe.recv(), pipe))
    except (EOFError, OSError):  # nobody listens any more
        return


def _done(work: Work, arguments: tuple[Any, ...], pipe: Connection) -> tuple[str, Any]:
    try:
        return "done", work(*arguments, _Spoken(pipe))
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - carried to whoever asked, who raises it
        error.add_note(traceback.format_exc())
        return "failed", error


class Within:
    """Passes on progress within one file of ``size`` bytes, and makes up the rest at its end."""

    def __init__(self, progress: Progress, size: int) -> None:
        """Pass on to ``progress`` no more than ``size`` in all."""
        self._progress, self._left = progress, size

    def start(self, label: str, total: int, unit: str) -> None:
        """Do nothing: whoever reads many files began the stretch."""

    def advance(self, units: int) -> None:
        """Pass on what still belongs to this file."""
        units = min(units, self._left)
        self._left -= units
        self._progress.advance(units)

    def done(self) -> None:
        """Make up the rest."""
        self.advance(self._left)
