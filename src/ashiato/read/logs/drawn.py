"""Rows from lines that are read one at a time: formats of keys, quotes or JSON.

A reader says what stands in a line as texts; here they become typed columns, so that an address, a
name, a port and a count mean the same in every format.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import pyarrow as pa

from ashiato.read.logs import names
from ashiato.read.logs.columns import PORT, decimals, whole_numbers
from ashiato.read.logs.format import Parsed, Refused, bad_line
from ashiato.read.logs.stamps import Calendar, stamped_rows
from ashiato.read.logs.stamps import read as stamps_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one line says: its lake kind, its instant as `stamps.STAMP` cuts it, its columns."""

    kind: str
    date: str
    clock: str
    rest_of_time: str
    columns: Mapping[str, str | None]


def _counts(values: pa.Array) -> pa.Array:
    return whole_numbers(values, pa.int64())


def _ports(values: pa.Array) -> pa.Array:
    return whole_numbers(values, PORT)


_TYPED: Mapping[str, Callable[[pa.Array], pa.Array]] = {
    "src_ip": names.addresses,
    "dst_ip": names.addresses,
    "domain": names.domains,
    "src_port": _ports,
    "dst_port": _ports,
    "bytes_in": _counts,
    "bytes_out": _counts,
    "duration": decimals,
}
"""Columns that are more than text."""


def drawn_rows(lines: Sequence[int], drawn: Sequence[Drawn], calendar: Calendar) -> Parsed:
    """Make rows of what was drawn from ``lines`` (ascending); refuse instants that are none."""
    at = np.array(lines, np.int64)
    stamps = stamps_of(_time_fields(drawn), calendar)
    kinds = np.array([one.kind for one in drawn], object)
    parts = []
    for kind in sorted({one.kind for one in drawn}):
        chosen = kinds == kind
        columns = _columns([one for one in drawn if one.kind == kind])
        parts.append(stamped_rows(kind, at[chosen], stamps.at(chosen), columns))
    return together(parts)


def _time_fields(drawn: Sequence[Drawn]) -> dict[str, pa.Array]:
    fields = ("date", "clock", "rest_of_time")
    return {name: pa.array([getattr(one, name) for one in drawn], pa.string()) for name in fields}


def _columns(drawn: Sequence[Drawn]) -> dict[str, pa.Array]:
    wanted = sorted({name for one in drawn for name in one.columns})
    return {name: _column(name, [one.columns.get(name) for one in drawn]) for name in wanted}


def _column(name: str, values: list[str | None]) -> pa.Array:
    return typed(name, pa.array([value or None for value in values], pa.string()))


def typed(name: str, texts: pa.Array) -> pa.Array:
    """Make of texts what a column of the lake holds; null where a text is no such thing."""
    return _TYPED[name](texts) if name in _TYPED else texts


def together(parts: Iterable[Parsed]) -> Parsed:
    """Join what became of the parts of a block."""
    every = tuple(parts)
    refused: tuple[Refused, ...] = tuple(r for part in every for r in part.refused)
    return Parsed(
        tuple(rows for part in every for rows in part.rows),
        refused,
        sum(part.ignored for part in every),
        sum(part.comments for part in every),
        tuple(note for part in every for note in part.notes),
        tuple(events for part in every for events in part.events),
    )


@dataclass(slots=True)
class Sorted:
    """Lines of a block on three heaps: read, passed over by rule, and not of the format."""

    lines: list[int]
    drawn: list[Drawn]
    broken: list[int]
    ignored: int = 0

    def refused(self, message: str) -> Refused:
        """Refuse the lines that are not of the format."""
        return bad_line(message, np.array(self.broken, np.int64))


def sort_lines(
    numbered: Iterable[tuple[int, T]], draw: Callable[[T], Drawn | Literal["ignored"] | None]
) -> Sorted:
    """Draw each line; ``draw`` gives ``None`` for a line that is not of the format."""
    heaps = Sorted([], [], [])
    for line, written in numbered:
        found = draw(written)
        if isinstance(found, Drawn):
            heaps.lines.append(line)
            heaps.drawn.append(found)
        elif found:
            heaps.ignored += 1
        else:
            heaps.broken.append(line)
    return heaps
