"""Whether a log's clock kept going: jumps that no order of writing explains.

Logs are written nearly in order of time: stragglers come late, and Zeek writes a connection when it
ends. So a row alone may lie anywhere within a year; told are steps of more than a year, and steps
back of more than a day after which time stays there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ashiato.core.canonical import to_plain
from ashiato.core.evidence import Citation
from ashiato.read.logs.clock import SECOND
from ashiato.read.logs.columns import Mask
from ashiato.read.logs.lines import Index

DAY = 86_400 * SECOND
YEAR = 366 * DAY
ROWS = 3
"""Rows before and after a step back that must agree on it."""
_HELD = 2 * ROWS - 1
_FEWEST = 20  # rows of which a direction can be told


@dataclass(slots=True)
class Course:
    """How the times of one kind of row go on through a log, block by block."""

    times: Index = field(default_factory=lambda: np.zeros(0, np.int64))
    cited: tuple[Citation, ...] = ()
    forth: int = 0
    back: int = 0

    def goes_on(self, times: Index, cite: Callable[[int], Citation]) -> Iterator[Citation]:
        """Take in the next rows; cite those at which time jumps (``cite`` names a new row)."""
        before, every = len(self.times), np.concatenate([self.times, times])
        jumps, steps = _jumps(every, before), np.diff(every)[max(before - 1, 0) :]
        self.forth += int((steps > 0).sum())
        self.back += int((steps < 0).sum())
        held = self.cited

        def citation(at: int) -> Citation:
            return held[at] if at < before else cite(at - before)

        yield from map(citation, np.flatnonzero(jumps).tolist())
        self.cited = tuple(map(citation, range(max(len(every) - _HELD, 0), len(every))))
        self.times = every[-_HELD:]

    def remember(self) -> dict[str, Any]:
        """Say all that the next rows are compared with, as plain JSON."""
        return {
            "times": self.times.tolist(),
            "cited": [to_plain(one) for one in self.cited],
            "steps": [self.forth, self.back],
        }

    @classmethod
    def recalled(
        cls, said: Mapping[str, Any], cite: Callable[[Mapping[str, Any]], Citation]
    ) -> "Course":
        """Undo `remember`."""
        return cls(
            np.array(said["times"], np.int64), tuple(map(cite, said["cited"])), *said["steps"]
        )

    @property
    def is_backwards(self) -> bool:
        """Whether the newest rows stand first."""
        return self.back >= _FEWEST and self.back > 9 * self.forth


def _jumps(times: Index, before: int) -> Mask:
    """Say where time jumps; of the first rows, looked at before, steps alone were told."""
    is_far = np.zeros(len(times), bool)
    is_far[1:] = np.abs(np.diff(times)) > YEAR
    stays = _stays_back(times) & ~is_far
    is_far[:before] = False
    return is_far | stays


def _stays_back(times: Index) -> Mask:
    """Say where three rows lie more than a day before the three before them."""
    found = np.zeros(len(times), bool)
    if len(times) >= 2 * ROWS:
        windows = np.lib.stride_tricks.sliding_window_view(times, ROWS)
        after, before = windows[ROWS:].max(axis=1), windows[:-ROWS].min(axis=1)
        found[ROWS : len(times) - ROWS + 1] = after < before - DAY
    return found
