"""Tables of any maker, through a mapping that the case states: which heading is which column.

Nothing is guessed: headings in any script are compared as they are written, times are read by the
stated patterns or as ISO 8601, and a cell that is not what its column holds is left empty.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa

from ashiato.core.errors import BadInput
from ashiato.core.sources import Intake, TableMapping
from ashiato.read.logs import names
from ashiato.read.logs.clock import EPOCH
from ashiato.read.logs.columns import by_distinct, decimals
from ashiato.read.logs.drawn import typed
from ashiato.read.logs.format import Parsed, Parser, Refused, Rows, bad_line
from ashiato.read.logs.mails import addresses as mail_addresses
from ashiato.read.logs.text import Text

TIMES = ("ts", "date", "clock")
"""``ts`` is the whole instant; ``date`` and ``clock`` are its parts in two columns."""
COLUMNS = (
    "host", "user", "src_ip", "src_port", "dst_ip", "dst_port", "domain", "url", "method", "status",
    "bytes_out", "bytes_in", "duration", "user_agent", "answers", "mail_from", "mail_to", "subject",
    "issuer", "path", "md5", "sha1", "sha256",
)  # fmt: skip
"""Columns of the lake that a mapping may fill."""
EPOCHS = {"epoch": 1_000_000, "epoch-ms": 1_000}
"""Names that stand for a pattern where times are counted from 1970, and microseconds of a unit."""
_NOTHING = {"", "-"}
_LOWER = ("md5", "sha1", "sha256")
_MOST_EPOCH = 1e13


class Mapped:
    """The format that one mapping describes."""

    name = "csv"
    parser_id = "csv@1"

    def __init__(self, mapping: TableMapping) -> None:
        """Read by one mapping."""
        self.mapping = mapping

    def recognise(self, head: bytes) -> bool:  # noqa: ARG002 - the case says what it is
        """Take any file: the case states the mapping for it."""
        return True

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - the mapping says everything
        """Make a parser for one file."""
        return MappedParser(self.mapping)


def delimiter_of(mapping: TableMapping, path: str) -> bytes:
    """Give the byte between cells.

    Raises:
        BadInput: the mapping states something that cannot stand between cells.

    """
    mark = mapping.delimiter
    if len(mark) == 1 and mark.isascii() and mark not in '"\r\n':
        return mark.encode()
    raise BadInput(
        f"{mark!r} cannot separate cells",
        path=path,
        place=f"mappings.{mapping.name}.delimiter",
        remedy='state one character (",", ";", "\\t") in case.toml',
    )


@dataclass(slots=True)
class MappedParser:
    """Remembers the headings; the first record has them, and they may be repeated."""

    mapping: TableMapping
    heading: list[str] | None = None
    missing: str = ""
    places: dict[str, int] = field(default_factory=dict)

    def parse(self, text: Text) -> Parsed:
        """Make rows of a block's records."""
        lines, kept, broken, comments = [], [], [], 0
        for line, written in text.numbered():
            cells = _cells(written, self.mapping.delimiter)
            if self.heading is None:
                self._head(cells or [])
            if self.missing:
                broken.append(line)
            elif cells == self.heading:
                comments += 1
            elif cells is None or len(cells) != len(self.heading or ()):
                broken.append(line)
            else:
                lines.append(line)
                kept.append(cells)
        rows = self._rows(np.array(lines, np.int64), kept)
        refused = self._refused(np.array(broken, np.int64))
        return Parsed(rows.rows, (*rows.refused, refused), comments=comments, notes=rows.notes)

    def _head(self, cells: list[str]) -> None:
        self.heading = cells
        present = [cell.strip() for cell in cells]
        for name, wanted in self.mapping.columns.items():
            if present.count(wanted) == 1:
                self.places[name] = present.index(wanted)
            else:
                how = "is not among" if wanted not in present else "stands twice among"
                self.missing = f"the heading {wanted!r} (our {name}) {how} the headings"
                return

    def _refused(self, lines: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Refused:
        if not self.missing:
            return bad_line("a row that has not the cells of the heading row", lines)
        remedy = f"correct [mappings.{self.mapping.name}.columns] in case.toml"
        return Refused("no-heading", self.missing, remedy, lines)

    def _rows(
        self, lines: "np.ndarray[tuple[int], np.dtype[np.int64]]", kept: list[list[str]]
    ) -> Parsed:
        if not kept:
            return Parsed()
        said = {name: _column(kept, at) for name, at in self.places.items()}
        written = said["ts"] if "ts" in said else _joined(said)
        micros, zoned, known = _instants(written, self.mapping.date_formats)
        columns, notes = _columns({n: v for n, v in said.items() if n not in TIMES})
        good = {name: values.filter(pa.array(known)) for name, values in columns.items()}
        rows = Rows(self.mapping.kind, lines[known], micros[known], zoned[known], good)
        timeless = bad_line("a row without a time that can be read", lines[~known])
        return Parsed((rows,), (timeless,), notes=notes)


def _cells(written: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([written], delimiter=delimiter, strict=True), [])
    except csv.Error:  # a quote that is never closed, or a cell without end
        return None


def _column(kept: list[list[str]], at: int) -> pa.Array:
    texts = [cells[at].strip() for cells in kept]
    return pa.array([None if text in _NOTHING else text for text in texts], pa.string())


def _joined(said: Mapping[str, pa.Array]) -> pa.Array:
    pairs = zip(said["date"].to_pylist(), said["clock"].to_pylist(), strict=True)
    return pa.array([f"{day} {hour}" if day and hour else None for day, hour in pairs], pa.string())


def _instants(
    texts: pa.Array, patterns: tuple[str, ...]
) -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """Give microseconds since 1970, whether they are UTC, and whether they could be read."""
    found = [_instant(text, patterns) if text else None for text in texts.to_pylist()]
    known = np.array([one is not None for one in found], bool)
    micros = np.array([one[0] if one else 0 for one in found], np.int64)
    return micros, np.array([bool(one and one[1]) for one in found], bool), known


def _instant(text: str, patterns: tuple[str, ...]) -> tuple[int, bool] | None:
    for pattern in patterns:
        if pattern in EPOCHS:
            seconds = decimals(pa.array([text], pa.string()))[0].as_py()
            if seconds is not None and 0 <= seconds < _MOST_EPOCH:
                return round(seconds * EPOCHS[pattern]), True
            continue
        try:
            return _micros(datetime.strptime(text, pattern))  # noqa: DTZ007 - the zone is the case's
        except ValueError:
            continue
    try:
        return _micros(datetime.fromisoformat(text)) if ":" in text else None
    except ValueError:
        return None


def _micros(when: datetime) -> tuple[int, bool]:
    zoned = when.tzinfo is not None
    instant = when if zoned else when.replace(tzinfo=UTC)
    return (instant - EPOCH) // timedelta(microseconds=1), zoned


def _columns(said: Mapping[str, pa.Array]) -> tuple[dict[str, pa.Array], tuple[str, ...]]:
    """Give the lake's columns; what a name or URL tells of the other end is filled in."""
    columns = {name: _typed(name, values) for name, values in said.items()}
    odd = sorted(name for name in columns if columns[name].null_count > said[name].null_count)
    hosts = by_distinct(said["url"], _host, pa.string()) if "url" in said else None
    named = [said["domain"]] if "domain" in said else []
    for written in [*named, *([hosts] if hosts is not None else [])]:
        for name, values in (
            ("domain", names.domains(written)),
            ("dst_ip", names.addresses(written)),
        ):
            columns[name] = names.first_of(columns[name], values) if name in columns else values
    if "host" not in columns and "src_ip" in columns:
        columns["host"] = columns["src_ip"]
    notes = tuple(f"cells of {name} that are no {name} are left empty" for name in odd)
    return columns, tuple(note for note in notes if "domain" not in note)


def _typed(name: str, values: pa.Array) -> pa.Array:
    if name in {"mail_from", "mail_to"}:
        return mail_addresses(values)
    if name in _LOWER:
        return by_distinct(values, str.lower, pa.string())
    return typed(name, values)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None
