"""Progress on standard error: a bar with rate and time left, or plain lines in a pipe."""

import sys
import time

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

PLAIN_EVERY = 5.0
"""Seconds between lines where standard error is no terminal."""


def amount(units: float, unit: str) -> str:
    """Write an amount of work for people: ``12.3 MB``, ``400 rows``."""
    if unit != "B":
        return f"{units:,.0f} {unit}".replace(",", " ")
    for name in ("B", "kB", "MB", "GB"):
        if units < 1000 or name == "GB":  # noqa: PLR2004 - SI prefixes
            return f"{units:.0f} {name}" if name == "B" else f"{units:.1f} {name}"
        units /= 1000
    raise AssertionError("the loop returns")


class Bar:
    """One bar at a time on a terminal, with the rate and the time left."""

    def __init__(self) -> None:
        """Draw on standard error only, so that standard output stays the answer."""
        self._bars = Progress(
            TextColumn("{task.description:<28}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]:>14}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True, highlight=False),
            transient=True,
        )
        self._task: TaskID | None = None
        self._unit = ""
        self._begun = 0.0

    def start(self, label: str, total: int, unit: str) -> None:
        """Begin a stretch."""
        self._unit, self._begun = unit, time.monotonic()
        self._bars.start()
        self._task = self._bars.add_task(label, total=max(total, 1), rate="")

    def advance(self, units: int) -> None:
        """Move the bar."""
        if self._task is None:
            return
        self._bars.advance(self._task, units)
        done = self._bars.tasks[self._task].completed
        rate = done / max(time.monotonic() - self._begun, 0.001)
        self._bars.update(self._task, rate=f"{amount(rate, self._unit)}/s")

    def done(self) -> None:
        """Take the bar away."""
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._bars.stop()
        self._task = None


class Lines:
    """A line at the beginning and every few seconds, for logs and pipes."""

    def __init__(self) -> None:
        """Nothing is printed before work begins."""
        self._label, self._unit = "", ""
        self._total, self._done = 1, 0
        self._begun = self._said = 0.0

    def start(self, label: str, total: int, unit: str) -> None:
        """Say what begins."""
        self._label, self._total, self._unit, self._done = label, max(total, 1), unit, 0
        self._begun = self._said = time.monotonic()
        print(f"{label}: {amount(total, unit)}", file=sys.stderr)  # noqa: T201 - the CLI prints

    def advance(self, units: int) -> None:
        """Say how far it is, now and then."""
        self._done += units
        now = time.monotonic()
        if now - self._said < PLAIN_EVERY:
            return
        self._said = now
        rate = self._done / max(now - self._begun, 0.001)
        left = max(self._total - self._done, 0) / max(rate, 1e-9)
        share = min(100 * self._done // self._total, 100)
        text = f"{self._label}: {share} %, {amount(rate, self._unit)}/s, {left:.0f} s left"
        print(text, file=sys.stderr)  # noqa: T201 - the CLI prints

    def done(self) -> None:
        """Say nothing more."""


def progress_for(*, quiet: bool) -> "Bar | Lines | None":
    """Choose the bar on a terminal, lines elsewhere, nothing where asked to be quiet."""
    if quiet:
        return None
    return Bar() if sys.stderr.isatty() else Lines()
