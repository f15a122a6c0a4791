"""The warm process that parsers are forked from: it imports them once and reads nothing hostile.

It is started with a list of import paths and one line, takes an order (with the source and the
result's pipe), forks, watches, and reports how the child ended. When the other side hangs up, its
child is killed and it ends too.
"""

import gc
import importlib
import os
import pkgutil
import select
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, TypeAlias

from ashiato.read.sandbox import walls
from ashiato.read.sandbox.child import run
from ashiato.read.sandbox.line import Line, Order, Report
from ashiato.read.sandbox.outcome import JSON

Parser: TypeAlias = Callable[[BinaryIO, Mapping[str, JSON]], Iterator[JSON]]


def main(descriptor: int, missing: str) -> None:
    """Serve orders until the other side is gone; ``missing`` is what it found lacking here."""
    line = Line.inherited(descriptor)
    nest = Nest(line, missing)
    try:
        while True:
            nest.serve(*line.taken())
    except (EOFError, OSError):
        os._exit(0)


class Nest:
    """What stays warm between two files: imported parsers and the Landlock rules."""

    def __init__(self, line: Line, missing: str) -> None:
        self._line = line
        self._parsers: dict[str, Parser] = {}
        self._missing = missing
        self._rules = -1 if self._missing else walls.landlock(walls.readable())
        _import_codecs()

    def serve(self, order: Order, files: list[int]) -> None:
        """Run one order to its end; say before that the child is about to start, or why not."""
        try:
            report = self._refusal(order) or self._load(order.parser)
            self._line.report(report or Report())
            if report is None:
                self._run(order, files)
        finally:
            _close(files)

    def _refusal(self, order: Order) -> Report | None:
        return (
            None if order.allow_unconfined or not self._missing else Report(refused=self._missing)
        )

    def _load(self, name: str) -> Report | None:
        if name in self._parsers:
            return None
        module, _, function = name.partition(":")
        try:
            self._parsers[name] = getattr(importlib.import_module(module), function)
        except Exception as error:  # noqa: BLE001 - whatever an import raises, it is told
            return Report(failed=f"{name} cannot be imported: {error!r}")
        gc.collect()
        gc.freeze()  # a child's collection must not touch, and so copy, what all share
        return None

    def _run(self, order: Order, files: list[int]) -> None:
        """Fork, and see the child off when it dies or when the other side nods, which it does once.

        The child holds the end of a life line: its closing tells of the child's death.
        """
        watch, life = os.pipe()
        pid = os.fork()
        if not pid:
            run(
                self._parsers[order.parser], order.arguments, order.limits,
                files=(*files, life), rules=None if self._missing else self._rules,
            )  # fmt: skip
        os.close(life)
        _close(files)
        ready, _, _ = select.select([watch, self._line.fileno()], [], [])
        os.close(watch)
        ended = _ended(pid) if watch in ready else None
        self._line.report(ended or _killed(pid))
        self._line.nodded()


def _close(files: list[int]) -> None:
    while files:
        os.close(files.pop())


def _ended(pid: int) -> Report | None:
    """Reap a child whose line closed; none if it lives on, having cut the line itself."""
    for _ in range(1000):
        found, status, used = os.wait4(pid, os.WNOHANG)
        if found:
            return Report(status, used.ru_utime + used.ru_stime)
        time.sleep(0.0002)
    return None


def _killed(pid: int) -> Report:
    os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    return Report(status, used.ru_utime + used.ru_stime, failed="it would not end and was killed")


def _import_codecs() -> None:
    """Import every text encoding: a parser may meet any, and finds no file later."""
    import encodings  # noqa: PLC0415 - the interpreter's own, seen here as a folder

    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in {"mbcs", "oem"}:  # Windows only
            importlib.import_module(f"encodings.{module.name}")
