"""Registers of providers: CSV rows through a stated mapping to records, each citing its own bytes.

Record numbers count data rows from 1; the heading row and empty rows have none. A provider's
headings are never guessed: case.toml says which column is which of our fields.
"""

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from ashiato.core.claims import Claim
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Citation, Problem, RecordLocator
from ashiato.core.records import Record
from ashiato.core.sources import Intake, TableMapping
from ashiato.core.time import Moment
from ashiato.read.dates import read_written
from ashiato.read.logs.clock import NEVER, ONCE, how_often, zone_of
from ashiato.read.logs.lines import Pieces
from ashiato.read.told import claims_of

_TIMES = frozenset(
    {
        "as_of",
        "birth",
        "paid_until",
        "released",
        "resumed",
        "start",
        "suspended",
        "end",
        "signed_at",
        "paid_at",
        "at",
        "sold_at",
        "first_seen",
        "last_seen",
        "changed_at",
    }
)
_SPANS = (("start", "end"), ("first_seen", "last_seen"))
_LONGEST_INSTANT = timedelta(seconds=1)
"""A log-in whose time is vaguer than this joins no history of log-ins."""
_QUOTE, _LF, _CR = b'"', b"\n", b"\r"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MOST_QUOTED = 4096
_DELIMITERS = b",;\t|"
_HEAD_ROWS = 20


def times_of_tables() -> frozenset[str]:
    """Give our fields that hold a date; all others are kept as written."""
    return _TIMES


@dataclass(frozen=True, slots=True)
class TableReading:
    """What became of a table: ``rows`` counts its data rows, those without a record included.

    ``claims`` are what sales and registrations of domains say, each with its row.
    """

    records: tuple[Record, ...]
    rows: int
    problems: tuple[Problem, ...]
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands: its bytes ``[offset, +length)`` without the line end, and its cells."""

    offset: int
    length: int
    cells: tuple[bytes, ...]
    is_closed: bool = True


def split_rows(raw: bytes, delimiter: bytes, start: int = 0) -> Iterator[Row]:
    """Split CSV (RFC 4180) without decoding it; line ends inside quotes belong to the cell.

    This holds for every encoding in which the bytes of delimiter, quote and line ends stand for
    nothing else. A quote counts at the beginning of a cell only. Empty rows are left out. A quote
    that is never closed takes the rest of the input as its cell, and the row says so.
    """
    cells: list[bytes] = []
    begin = at = start
    while at < len(raw):
        cell, at, is_closed = _cell(raw, at, delimiter)
        cells.append(cell)
        if raw[at : at + 1] == delimiter:
            at += 1
            if at < len(raw):
                continue
            cells.append(b"")
        end, at = at, _after_line_end(raw, at)
        if end > begin:
            yield Row(begin, end - begin, tuple(cells), is_closed)
        cells, begin = [], at


def _cell(raw: bytes, at: int, delimiter: bytes) -> tuple[bytes, int, bool]:
    """Give a cell, where it ends, and whether its quotes are closed."""
    if raw[at : at + 1] != _QUOTE:
        end = _end_of_plain(raw, at, delimiter)
        return raw[at:end], end, True
    close = at + 1
    while True:
        close = raw.find(_QUOTE, close)
        if close < 0:
            return raw[at + 1 :], len(raw), False
        if raw[close + 1 : close + 2] != _QUOTE:
            break
        close += 2
    end = _end_of_plain(raw, close + 1, delimiter)
    value = raw[at + 1 : close].replace(b'""', _QUOTE) + raw[close + 1 : end]
    return value, end, True


def _end_of_plain(raw: bytes, at: int, delimiter: bytes) -> int:
    found = _plain_end(delimiter).search(raw, at)
    return found.start() if found else len(raw)


def _plain_end(delimiter: bytes) -> re.Pattern[bytes]:
    return re.compile(b"[\r\n" + re.escape(delimiter) + b"]")  # re keeps compiled patterns


def _after_line_end(raw: bytes, at: int) -> int:
    if raw[at : at + 2] == _CR + _LF:
        return at + 2
    return at + 1 if at < len(raw) else at


def recognise_table(head: bytes) -> bool:
    """Say whether a file begins like a table: rows with equally many cells, and more than one."""
    body = head.removeprefix(codecs.BOM_UTF8)
    return any(_is_table(body, bytes([mark])) for mark in _DELIMITERS)


def _is_table(head: bytes, delimiter: bytes) -> bool:
    rows = []
    for row in split_rows(head, delimiter):
        rows.append(row)
        if len(rows) > _HEAD_ROWS:
            break
    whole = rows[:-1] or rows
    widths = {len(row.cells) for row in whole}
    return len(whole) > 1 and len(widths) == 1 and max(widths) > 1 and all(whole[0].cells)


def read_table(raw: bytes, intake: Intake) -> TableReading:
    """Read a provider's table through the mapping that the case states for it.

    gzip is looked through; offsets then count decoded bytes. Empty cells give no field. A bare date
    is the whole local day. A date that no calendar has is left out of its record; an end before its
    start takes both out; both are recorded.

    Raises:
        BadInput: no mapping is stated, a mapped heading is not in the file, or the file's encoding
            or zone cannot be used.

    """
    if intake.mapping is None:
        raise BadInput(
            "no mapping says what its columns mean",
            path=intake.path,
            remedy="state `mapping` for it under [[evidence]] and [mappings.NAME] in case.toml",
        )
    pieces = Pieces(io.BytesIO(raw))
    body = b"".join(pieces)
    if body.startswith(_UTF16):
        raise BadInput(
            "the table is written in UTF-16, which is not read yet",
            path=intake.path,
            place="encoding",
            remedy="add a copy saved as UTF-8 beside it; the original stays sealed",
        )
    encoding = _encoding_of(intake)
    start = len(codecs.BOM_UTF8) if body.startswith(codecs.BOM_UTF8) else 0
    rows = split_rows(body, _delimiter(intake.mapping, encoding, intake.path), start)
    heading = next(rows, None)
    table = _Table(body, intake, intake.mapping, encoding, zone_of(intake), pieces.codec)
    if heading is not None:
        table.head(heading)
        for row in rows:
            table.take(row)
    if pieces.cut and heading is not None:
        table.note_cut(pieces.cut)
    return TableReading(tuple(table.records), table.count, table.problems(), tuple(table.claims))


def _encoding_of(intake: Intake) -> str:
    name = intake.encoding or "utf-8"
    try:
        plain = b'a,"1"\r\n\t;|'.decode(name) == 'a,"1"\r\n\t;|'
    except (LookupError, UnicodeError, ValueError):
        plain = False
    if plain:
        return codecs.lookup(name).name.removesuffix("-sig")
    raise BadInput(
        f"{name!r} is not an encoding that a table can be read in",
        path=intake.path,
        place="encoding",
        remedy="state another encoding (utf-8, cp932 ...) in case.toml, or add a copy in UTF-8",
    )


def _delimiter(mapping: TableMapping, encoding: str, path: str) -> bytes:
    mark = mapping.delimiter
    if len(mark) == 1 and mark.isascii() and mark not in '"\r\n' and _is_alone(mark, encoding):
        return mark.encode()
    raise BadInput(
        f"{mark!r} cannot separate cells in {encoding}",
        path=path,
        place=f"mappings.{mapping.name}.delimiter",
        remedy='state one character (",", ";", "\\t") in case.toml',
    )


def _is_alone(mark: str, encoding: str) -> bool:
    """Say whether a byte is never the second half of a character (``|`` is, in cp932)."""
    pairs = (bytes([lead]) + mark.encode() for lead in range(0x80, 0x100))
    return all(pair.decode(encoding, "replace").endswith(mark) for pair in pairs)


@dataclass(slots=True)
class _Table:
    """One table on its way to records."""

    raw: bytes
    intake: Intake
    mapping: TableMapping
    encoding: str
    zone: tzinfo | None
    codec: str | None
    count: int = 0
    records: list[Record] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    _width: int = 0
    _columns: dict[str, int] = field(default_factory=dict)
    _found: dict[tuple[str, str], Problem] = field(default_factory=dict)

    def head(self, row: Row) -> None:
        """Find the mapped headings."""
        present = [cell.strip() for cell in self._decoded_heading(row)]
        self._width = len(present)
        for name, heading in self.mapping.columns.items():
            if present.count(heading) != 1:
                how = "is not in the table" if heading not in present else "stands there twice"
                there = ", ".join(map(repr, present))
                raise BadInput(
                    f"the heading {heading!r} (our {name}) {how}; it has {there}",
                    path=self.intake.path,
                    place="heading row",
                    remedy=f"correct [mappings.{self.mapping.name}.columns] in case.toml",
                )
            self._columns[name] = present.index(heading)

    def take(self, row: Row) -> None:
        """Make a record of a row, or a problem."""
        self.count += 1
        cells = self._decoded(row)
        if not row.is_closed:
            self._note("bad-row", "a quote is opened and never closed", row)
        elif cells is None:
            self._note("bad-encoding", f"a row that cannot be read as {self.encoding}", row)
        elif len(cells) != self._width:
            more = "more" if len(cells) > self._width else "fewer"
            self._note("bad-row", f"a row with {more} cells than the heading row", row)
        else:
            self._record(row, cells)

    def note_cut(self, reason: str) -> None:
        """Record that a compressed table breaks off; the rows before are kept."""
        end = Row(len(self.raw), 0, ())
        self._note("truncated", f"the file breaks off ({reason}); its last row may be cut", end)

    def problems(self) -> tuple[Problem, ...]:
        """Give what could not be used, sorted."""
        return tuple(self._found[key] for key in sorted(self._found))

    def _record(self, row: Row, cells: tuple[str, ...]) -> None:
        values = {name: cells[k].strip() for name, k in self._columns.items() if cells[k].strip()}
        times = self._times(row, {name: values[name] for name in values if name in _TIMES})
        fields = {name: value for name, value in values.items() if name not in _TIMES}
        if not values:
            self._note("bad-row", "a row in which every mapped cell is empty", row)
            return
        source, cited = self.intake.source.id, self._cite(row)
        record = Record(self.mapping.kind, fields, times, source, cited)
        self.records.append(record)
        self.claims.extend(claims_of(record, self.intake.source))

    def _times(self, row: Row, written: Mapping[str, str]) -> dict[str, Moment]:
        times = {}
        for name, text in written.items():
            moment = self._moment(row, name, text)
            if moment is not None:
                times[name] = moment
        for first, last in _SPANS:
            if first in times and last in times and times[last].latest <= times[first].earliest:
                told = "the end lies before the start; both are left out"
                self._note("impossible-date", told, row)
                del times[first], times[last]
        if self.mapping.kind == "logins" and not _is_instant(times.get("at")):
            told = "a log-in without the instant at which it was; it joins no history"
            self._note("no-instant", told, row)
        return times

    def _moment(self, row: Row, name: str, text: str) -> Moment | None:
        read = read_written(text, self.mapping.date_formats)
        if read is None:
            self._note(
                "impossible-date", f"no date that can be read in {name}; it is left out", row
            )
            return None
        when, is_day = read
        if when.tzinfo is None and self.zone is None:
            self._note("no-zone", "its dates name no time zone; they are left out", row)
            return None
        try:
            return self._in_utc(row, when, is_day=is_day)
        except (OverflowError, ValueError):
            self._note("impossible-date", f"a date at the end of the calendar in {name}", row)
            return None

    def _in_utc(self, row: Row, when: datetime, *, is_day: bool) -> Moment | None:
        ahead = timedelta(seconds=self.intake.clock_offset)
        if is_day:
            first, after = (self._utc(day) for day in (when, when + timedelta(days=1)))
            return Moment(first, after).shift(-ahead)
        often = how_often(when, self.zone) if when.tzinfo is None and self.zone else ONCE
        if often == NEVER:
            self._note(
                "impossible-date", "a local time that the change to summer time skipped", row
            )
            return None
        first = self._utc(when)
        if often == ONCE:
            return Moment.exactly(first).shift(-ahead)
        # the clock showed it twice: it was one of the two
        again = Moment.exactly(self._utc(when.replace(fold=1)))
        return Moment(first, again.latest).shift(-ahead)

    def _utc(self, when: datetime) -> datetime:
        return (when if when.tzinfo else when.replace(tzinfo=self.zone)).astimezone(UTC)

    def _decoded(self, row: Row) -> tuple[str, ...] | None:
        try:
            return tuple(cell.decode(self.encoding) for cell in row.cells)
        except (UnicodeError, ValueError):
            return None

    def _decoded_heading(self, row: Row) -> tuple[str, ...]:
        cells = self._decoded(row)
        if cells is None:
            raise BadInput(
                f"the heading row cannot be read as {self.encoding}",
                path=self.intake.path,
                place="heading row",
                remedy="state `encoding` (cp932, euc_jp ...) for this file in case.toml",
            )
        return cells

    def _cite(self, row: Row) -> Citation:
        quote = self._text(self.raw[row.offset : row.offset + row.length])
        locator = RecordLocator(self.count, row.offset, row.length, self.codec)
        return Citation(self.intake.exhibit, self.intake.path, locator, quote)

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode(self.encoding)
        except (UnicodeError, ValueError):
            return raw.decode("utf-8", "backslashreplace")

    def _note(self, kind: str, message: str, row: Row) -> None:
        before = self._found.get((kind, message))
        remedy = _REMEDIES[kind].format(path=self.intake.path)
        cited = before.citation if before else self._cite_briefly(row)
        count = before.count + 1 if before else 1
        self._found[kind, message] = Problem(kind, self.intake.path, message, remedy, count, cited)

    def _cite_briefly(self, row: Row) -> Citation:
        return self._cite(Row(row.offset, min(row.length, _MOST_QUOTED), row.cells))


def _is_instant(moment: Moment | None) -> bool:
    return moment is not None and moment.latest - moment.earliest <= _LONGEST_INSTANT


_REMEDIES = {
    "no-instant": "ask the source for the times to the second",
    "bad-row": "look at the cited row; ask the source for a mended table",
    "truncated": "ask the source for a whole copy",
    "bad-encoding": "state `encoding` for this file in case.toml",
    "impossible-date": "look at the cited row; state `date_formats` of the mapping, or ask",
    "no-zone": 'state timezone for files = "{path}" in case.toml',
}
