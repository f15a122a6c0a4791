"""Read one log into the lake: every line is a row, ignored by rule, or a counted problem."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ashiato.core.canonical import from_plain, to_plain
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Citation, Problem, RecordLocator, quoted
from ashiato.core.members import Member
from ashiato.core.progress import Progress, Silent
from ashiato.core.sources import Intake
from ashiato.engine.events import FIXED, EventWriter
from ashiato.engine.lake import LakeWriter
from ashiato.engine.schema import LAKE
from ashiato.engine.urls import url_hashes
from ashiato.read.logs import clock, names
from ashiato.read.logs.asa import Asa
from ashiato.read.logs.bind import Bind
from ashiato.read.logs.columns import Mask, plain
from ashiato.read.logs.cutting import json_objects, xml_events
from ashiato.read.logs.dnsmasq import Dnsmasq
from ashiato.read.logs.elff import Elff
from ashiato.read.logs.eve import Eve
from ashiato.read.logs.evtx import Opened, opened
from ashiato.read.logs.format import (
    Events,
    LogFormat,
    Parsed,
    Parser,
    Refused,
    Remembering,
    Rows,
    bad_line,
)
from ashiato.read.logs.jsonline import object_of
from ashiato.read.logs.keyed import FortiGate, Netfilter
from ashiato.read.logs.lines import (
    BOM,
    LONGEST,
    Block,
    Budget,
    Index,
    Pieces,
    Readable,
    blocks,
    skipped,
)
from ashiato.read.logs.mapped import Mapped, delimiter_of
from ashiato.read.logs.order import Course
from ashiato.read.logs.panos import PanOs
from ashiato.read.logs.quoted import records
from ashiato.read.logs.squid import Squid
from ashiato.read.logs.sshd import Sshd
from ashiato.read.logs.stretches import stretched
from ashiato.read.logs.text import decode, encodings_of
from ashiato.read.logs.weblog import WebLog
from ashiato.read.logs.wide import cut_wide, encoding_of, narrow, wide_blocks
from ashiato.read.logs.windns import WindowsDns
from ashiato.read.logs.winevents import EventsJson, EventsXml, Evtx
from ashiato.read.logs.zeek import ZeekJson, ZeekTsv
from ashiato.read.sandbox import Ended

READERS: tuple[LogFormat, ...] = (
    Evtx(),
    EventsXml(),
    EventsJson(),
    ZeekTsv(),
    Eve(),
    ZeekJson(),
    Elff(),
    Squid(),
    WebLog(),
    FortiGate(),
    PanOs(),
    Asa(),
    Netfilter(),
    Dnsmasq(),
    WindowsDns(),
    Bind(),
    Sshd(),
)
"""Every log format that is read, asked in this order. A new one is one file and one entry."""

CLOCK_JUMP = "clock-jump"
"""Kind of the problem that counts jumps of a log's clock; the rows are kept."""
_JUMPED = (
    "its times jump by more than a year, or go back by more than a day and stay; they are kept"
)
_MEND = (
    "ask the source what its clock did; split the file where it jumped, and state "
    "`clock_offset_seconds` for the part that is wrong"
)
_QUOTE = 4096  # bytes of a line that a problem quotes; its locator then covers just these
_LONGEST_SECONDS = 10.0**8
_HEAD = 1 << 16  # bytes by which a format is recognised


@dataclass(frozen=True, slots=True)
class LogReading:
    """What became of a log.

    ``lines`` = ``rows`` + ``ignored`` + ``blank`` (empty and comment lines) + the counts of
    ``problems``, but those that cite nothing (they are about an archive as a whole) and jumps of
    the clock, whose lines are rows all the same. ``lines`` counts the line in which a truncated
    stream breaks off, even where none of its bytes are left. ``first`` and ``last`` are the rows'
    times (UTC). ``notes`` are readings that a person may want to check (a year that turned within
    the file). ``events`` counts the Windows events kept under their own names, be they rows too or
    ignored; ``endings`` are those of sandboxed parsers.
    """

    kind: str
    lines: int
    rows: int
    ignored: int
    rows_by_kind: Mapping[str, int]
    first: datetime | None
    last: datetime | None
    problems: tuple[Problem, ...]
    blank: int = 0
    notes: tuple[str, ...] = ()
    events: int = 0
    endings: tuple[Ended, ...] = ()


@dataclass(frozen=True, slots=True)
class _First:
    """The first of the lines refused for one reason, and how many there are."""

    record: int
    citation: Citation
    remedy: str
    count: int

    def remember(self) -> list[Any]:
        """Say it as plain JSON."""
        return [self.record, to_plain(self.citation), self.remedy, self.count]


@dataclass(slots=True)
class _Tally:
    """What is counted while a log goes by."""

    lines: int = 0
    ignored: int = 0
    blank: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    spans: list[int] = field(default_factory=list)
    refused: dict[tuple[str, str], _First] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    events: int = 0
    endings: list[Ended] = field(default_factory=list)

    def remember(self) -> dict[str, Any]:
        """Say everything that was counted, as plain JSON."""
        return {
            "counts": [self.lines, self.ignored, self.blank],
            "rows": dict(self.rows),
            "spans": [min(self.spans), max(self.spans)] if self.spans else [],
            "notes": list(dict.fromkeys(self.notes)),
            "refused": [[*key, one.remember()] for key, one in self.refused.items()],
        }


def _first(said: Sequence[Any], cite: Callable[[Mapping[str, Any]], Citation]) -> _First:
    record, cited, remedy, count = said
    return _First(record, cite(cited), remedy, count)


def _recalled(said: Mapping[str, Any], cite: Callable[[Mapping[str, Any]], Citation]) -> _Tally:
    """Undo `_Tally.remember`."""
    refused = {(kind, message): _first(one, cite) for kind, message, one in said["refused"]}
    rows: Counter[str] = Counter(said["rows"])
    tally = _Tally(rows=rows, spans=list(said["spans"]), refused=refused, notes=said["notes"])
    tally.lines, tally.ignored, tally.blank = said["counts"]
    return tally


def recognise_log(head: bytes) -> str | None:
    """Name the log format of a file by its decoded beginning; ``None`` where it is no known log."""
    text = narrow(head)
    return next((reader.name for reader in READERS if reader.recognise(text)), None)


def read_log(
    stream: Readable,
    intake: Intake,
    writer: LakeWriter,
    *,
    size: int,
    progress: Progress | None = None,
    member: Member | None = None,
    budget: Budget | None = None,
    events: EventWriter | None = None,
    resumes: bool = False,
) -> LogReading:
    """Read a log of ``size`` bytes from its beginning and write its rows through ``writer``.

    With ``resumes`` the writer keeps each finished stretch, and reading goes on after the last that
    it has kept: the same rows, files and counts as those of a reading from the beginning.

    ``member`` is the member of an archive that ``stream`` gives; the rows then cite it. ``budget``
    bounds what it may unpack to. Windows events are written through ``events`` too, under their own
    names.

    The caller closes the writers. Lines that cannot be used become problems; a log whose times name
    no zone gives no rows unless the case states one.

    Raises:
        BadInput: the case states a kind, zone or encoding that does not exist.

    """
    watcher = progress or Silent()
    watcher.start(intake.path, size, "bytes")
    pieces = Pieces(stream, seen=watcher.advance, budget=budget)
    codec = replace(member, codec=pieces.codec).written if member else pieces.codec
    reading = _Reading(intake, writer, codec, events)
    kind = _binary_or_spread(narrow(pieces.head), intake)
    if kind == Evtx.name:
        for group in opened(pieces):
            reading.take_opened(group)
    else:
        is_plain = kind not in _CUTTERS and intake.mapping is None and not _has_events(pieces)
        is_long = resumes and is_plain and encoding_of(pieces.head, intake.encoding) is None
        cut = _in_stretches(pieces, reading) if is_long else _at_once(pieces, intake, kind)
        for block, digest in cut:
            reading.take(block, is_cut=bool(pieces.cut) and not block.is_ended)
            if digest is not None:
                reading.keep(digest)
    if pieces.cut:
        reading.end_at_cut(pieces.cut)
    watcher.done()
    return reading.result()


def _cut(pieces: Pieces, intake: Intake, kind: str) -> Iterator[Block]:
    """Cut a log into lines, or what is not made of lines into records."""
    if intake.mapping is None and kind in _CUTTERS:
        wide = encoding_of(pieces.head, intake.encoding)
        return cut_wide(pieces, wide, _CUTTERS[kind]) if wide else _CUTTERS[kind](pieces)
    received = iter(pieces)
    first = next(received, b"")
    wide = encoding_of(first, intake.encoding)
    whole = chain([first], received)
    found = wide_blocks(whole, wide) if wide else blocks(whole)
    if intake.mapping is None:
        return found
    return records(found, delimiter_of(intake.mapping, intake.path))


def _in_stretches(pieces: Pieces, reading: "_Reading") -> Iterator[tuple[Block, str | None]]:
    reading.go_on()
    left = skipped(pieces, reading.end)
    return stretched(blocks(left, offset=reading.end, number=reading.number), reading.end)


def _at_once(pieces: Pieces, intake: Intake, kind: str) -> Iterator[tuple[Block, None]]:
    return ((block, None) for block in _cut(pieces, intake, kind))


class _Reading:
    """One log on its way into the lake."""

    def __init__(
        self,
        intake: Intake,
        writer: LakeWriter,
        codec: str | None,
        events: EventWriter | None = None,
    ) -> None:
        self._intake, self._writer, self._codec, self._events = intake, writer, codec, events
        self._zone = clock.zone_of(intake)
        is_wide = encoding_of(b"", intake.encoding) is not None
        self._encodings = encodings_of(replace(intake, encoding=None) if is_wide else intake)
        self._candidates = _candidates(intake)
        self._organisation = intake.organisation or f"source:{intake.source.id}"
        self._format: LogFormat | None = None
        self._parser: Parser | None = None
        self._is_chosen = False
        self._tally = _Tally()
        self._end = 0
        self._courses: dict[str, Course] = {}
        self._jump: _First | None = None
        self._cut: Block | None = None

    def take(self, block: Block, *, is_cut: bool) -> None:
        """Read a block of lines."""
        self._tally.lines += len(block.starts)
        self._end = block.end
        if is_cut:
            self._cut = block
        elif not block.held:
            self._refuse(
                block, bad_line(f"a line longer than {LONGEST:,} bytes", np.zeros(1, np.int64))
            )
        else:
            self._read(block)

    def take_opened(self, group: Opened) -> None:
        """Read some chunks of an EVTX file, which the sandbox opened."""
        block = group.block
        self._tally.lines += len(block.starts)
        self._end = block.end
        self._tally.notes += group.notes
        self._tally.endings += (e for e in group.endings if e not in self._tally.endings)
        for refused in group.refused:
            self._refuse(block, refused)
        if not self._is_chosen:
            self._choose(block.data)
        if self._parser and len(group.text):
            self._keep(block, self._parser.parse(group.text))

    @property
    def end(self) -> int:
        """Where in the decoded stream reading stands."""
        return self._end

    @property
    def number(self) -> int:
        """The number of the next line."""
        return self._tally.lines + 1

    def keep(self, digest: str) -> None:
        """Let the writer keep what was read so far, if the parser can go on from here later."""
        if isinstance(self._parser, Remembering) and self._format:
            self._writer.finish_stretch(
                {
                    "sha256": digest,
                    "codec": self._codec,
                    "end": self._end,
                    "format": self._format.name,
                    "parser": self._parser.remember(),
                    "tally": self._tally.remember(),
                    "courses": {kind: one.remember() for kind, one in self._courses.items()},
                    "jump": self._jump.remember() if self._jump else None,
                }
            )

    def go_on(self) -> None:
        """Stand where the writer's last finished stretch ended."""
        if not self._writer.finished:
            return
        said = self._writer.finished[-1]
        self._format = next(f for f in self._candidates if f.name == said["format"])
        self._parser = self._format.begin(self._intake)
        if isinstance(self._parser, Remembering):
            self._parser.recall(said["parser"])
        self._is_chosen, self._end = True, said["end"]
        self._tally = _recalled(said["tally"], self._cited_here)
        self._courses = {
            kind: Course.recalled(one, self._cited_here) for kind, one in said["courses"].items()
        }
        self._jump = _first(said["jump"], self._cited_here) if said["jump"] else None

    def _cited_here(self, plain: Mapping[str, Any]) -> Citation:
        """Read what was remembered; the exhibit may be another that begins with the same bytes."""
        cited: Citation = from_plain(Citation, plain)
        return replace(cited, exhibit=self._intake.exhibit, path=self._intake.path)

    def end_at_cut(self, reason: str) -> None:
        """Record where a compressed stream broke off; the rows before it are kept."""
        if self._cut is None:
            self._tally.lines += 1
            nothing = np.zeros(1, np.int64)
            self._cut = Block(b"", self._end, self._tally.lines, nothing, nothing)
        refused = Refused(
            "truncated",
            f"the file breaks off here ({reason}); the rows before are kept",
            "ask the source for a whole copy",
            np.zeros(1, np.int64),
        )
        self._refuse(self._cut, refused)

    def result(self) -> LogReading:
        """Sum up."""
        tally = self._tally
        return LogReading(
            kind=self._format.name if self._format else self._intake.kind or "unknown",
            lines=tally.lines,
            rows=tally.rows.total(),
            ignored=tally.ignored,
            rows_by_kind=dict(sorted(tally.rows.items())),
            first=clock.instant(min(tally.spans)) if tally.spans else None,
            last=clock.instant(max(tally.spans)) if tally.spans else None,
            problems=self._problems(),
            blank=tally.blank,
            notes=tuple(self._notes()),
            events=tally.events,
            endings=tuple(tally.endings),
        )

    def _problems(self) -> tuple[Problem, ...]:
        found = dict(self._tally.refused)
        if self._jump:
            found[CLOCK_JUMP, _JUMPED] = self._jump
        return tuple(
            Problem(kind, self._intake.path, message, first.remedy, first.count, first.citation)
            for (kind, message), first in sorted(found.items(), key=_reason)
        )

    def _notes(self) -> Iterator[str]:
        yield from dict.fromkeys(self._tally.notes)
        if any(course.is_backwards for course in self._courses.values()):
            yield "its newest rows stand first"

    def _read(self, block: Block) -> None:
        text, unread = decode(block, self._encodings)
        self._tally.blank += len(block.starts) - len(text) - len(unread)
        self._refuse(block, _bad_encoding(unread, self._encodings))
        if not len(text):
            return
        if not self._is_chosen:
            self._choose(block.data)
        self._keep(block, self._parser.parse(text) if self._parser else _unknown(text.lines))

    def _choose(self, data: bytes) -> None:
        head = data[:_HEAD]
        known = (reader for reader in self._candidates if reader.recognise(head))
        stated = self._candidates[0] if self._intake.kind else None
        self._format = next(known, stated)
        self._parser = self._format.begin(self._intake) if self._format else None
        self._is_chosen = True

    def _keep(self, block: Block, parsed: Parsed) -> None:
        self._tally.ignored += parsed.ignored
        self._tally.blank += parsed.comments
        self._tally.notes.extend(parsed.notes)
        for refused in parsed.refused:
            self._refuse(block, refused)
        kept = [(rows, *self._write(block, rows)) for rows in parsed.rows]
        for kind in sorted({rows.kind for rows in parsed.rows}):
            self._watch(block, kind, [one for one in kept if one[0].kind == kind])
        for events in parsed.events:
            self._write_events(block, events)

    def _watch(self, block: Block, kind: str, kept: list[tuple[Rows, Index, Mask]]) -> None:
        """Look for jumps of the clock among the rows of one kind, in order of lines."""
        lines = np.concatenate([rows.lines[good] for rows, _, good in kept])
        times = np.concatenate([ends_of(rows, micros)[good] for rows, micros, good in kept])
        order = np.argsort(lines, kind="stable")
        course = self._courses.setdefault(kind, Course())
        for jump in course.goes_on(
            times[order], lambda at: self._cite(block, int(lines[order][at]))
        ):
            first = self._jump or _First(0, jump, _MEND, 0)
            self._jump = replace(first, count=first.count + 1)

    def _write(self, block: Block, rows: Rows) -> tuple[Index, Mask]:
        """Write rows; give their times in UTC, and which of them are times."""
        micros, good = self._utc(block, rows)
        if not good.any():
            return micros, good
        self._tally.rows[rows.kind] += int(good.sum())
        self._tally.spans += [int(micros[good].min()), int(micros[good].max())]
        self._writer.write(self._table(block, rows, micros).filter(pa.array(good)))
        return micros, good

    def _utc(self, block: Block, rows: Rows) -> tuple[Index, Mask]:
        """Give the rows' times in UTC and which of them are times; refuse the others."""
        good = (rows.micros > clock.EARLIEST) & (rows.micros < clock.LATEST)
        self._refuse(block, bad_line("a time outside the years 1 to 9999", rows.lines[~good]))
        micros = np.where(good, rows.micros, 0)
        local = good & ~rows.zoned
        if local.any() and self._zone is None:
            self._refuse(block, _no_zone(self._intake.path, rows.lines[local]))
            good &= rows.zoned
        elif local.any() and self._zone is not None:
            micros[local], often = clock.to_utc(micros[local], self._zone)
            for how, refused in _CLOCK_CHANGES.items():
                lines = rows.lines[local][often == how]
                self._refuse(block, Refused("impossible-time", *refused, lines))
            good[local] = often == clock.ONCE
        return micros - round(self._intake.clock_offset * clock.SECOND), good

    def _write_events(self, block: Block, events: Events) -> None:
        self._tally.events += len(events.lines)
        if self._events is None or not len(events.lines):
            return
        micros = events.micros - round(self._intake.clock_offset * clock.SECOND)
        number = pa.repeat(pa.scalar(events.event_id, pa.int32()), len(events.lines))
        columns = {
            **events.columns,
            "EventID": number,
            **self._constant(len(events.lines), {"Channel": events.channel}),
            **self._places(block, events.lines, micros),
        }
        natives = [n for n in events.columns if n not in FIXED.names]
        schema = pa.schema([*FIXED, *(pa.field(name, pa.string()) for name in natives)])
        rows = _in_schema(columns, schema, len(events.lines))
        self._events.write(events.channel, events.event_id, rows)

    def _table(self, block: Block, rows: Rows, micros: Index) -> pa.Table:
        count = len(rows.lines)
        told = {"kind": rows.kind, "parser": self._format.parser_id if self._format else ""}
        columns = {name: plain(column) for name, column in with_keys(rows.columns).items()}
        columns |= self._constant(count, told)
        return _in_schema(columns | self._places(block, rows.lines, micros), LAKE, count)

    def _constant(self, count: int, told: Mapping[str, str | None]) -> dict[str, pa.Array]:
        """Give the columns that say the same of every row."""
        return {key: pa.repeat(pa.scalar(value, pa.string()), count) for key, value in told.items()}

    def _places(self, block: Block, lines: Index, micros: Index) -> dict[str, pa.Array]:
        """Give the columns that say whose rows these are, where they stand, and when they are."""
        known = {
            "org": self._organisation,
            "exhibit": self._intake.exhibit,
            "codec": self._codec,
        }
        return self._constant(len(lines), known) | {
            "rec_no": pa.array(block.number + lines),
            "byte_off": pa.array(block.places[lines]),
            "byte_len": pa.array(block.bytes_there[lines]),
            "ts": pa.array(micros).cast(LAKE.field("ts").type),
        }

    def _refuse(self, block: Block, refused: Refused) -> None:
        if not len(refused.lines):
            return
        key, line = (refused.kind, refused.message), int(refused.lines.min())
        before = self._tally.refused.get(key)
        count = len(refused.lines) + (before.count if before else 0)
        if before and before.record <= block.number + line:
            self._tally.refused[key] = replace(before, count=count)
            return
        cited = self._cite(block, line)
        self._tally.refused[key] = _First(block.number + line, cited, refused.remedy, count)

    def _cite(self, block: Block, line: int) -> Citation:
        start, length = int(block.starts[line]), min(int(block.lengths[line]), _QUOTE)
        quote = quoted(block.data[start : start + length])
        there = int(block.bytes_there[line]) if block.sizes is not None else length
        locator = RecordLocator(
            block.number + line,
            int(block.places[line]),
            there if block.held else 0,
            self._codec,
        )
        return Citation(self._intake.exhibit, self._intake.path, locator, quote)


_CUTTERS: Mapping[str, Callable[[Iterable[bytes]], Iterator[Block]]] = {
    EventsXml.name: xml_events,
    EventsJson.name: json_objects,
}
"""How formats are cut whose records are no lines."""


def _binary_or_spread(head: bytes, intake: Intake) -> str:
    """Name the format of a file whose records are no lines; empty for any other.

    One JSON object a line is read by lines, which is faster.
    """
    candidates = _candidates(intake)
    if intake.mapping is not None:
        return ""
    if intake.kind == Evtx.name:
        return Evtx.name
    stated = candidates[0].name if intake.kind else ""
    name = next((reader.name for reader in candidates if reader.recognise(head[:_HEAD])), stated)
    if name == EventsJson.name and _is_object(head):
        return ""
    return name if name in {Evtx.name, *_CUTTERS} else ""


def _has_events(pieces: Pieces) -> bool:
    """Say whether a log gives Windows events, whose store is filled in one go."""
    return EventsJson().recognise(narrow(pieces.head)[:_HEAD])


def _is_object(head: bytes) -> bool:
    """Say whether a file's first line is an object by itself."""
    first = head.removeprefix(BOM).split(b"\n", 1)[0]
    return object_of(first.decode("utf-8", "replace")) is not None


def _in_schema(columns: Mapping[str, pa.Array], schema: pa.Schema, count: int) -> pa.Table:
    """Put columns in a schema's order; what is missing is null."""
    every = [columns[f.name] if f.name in columns else pa.nulls(count, f.type) for f in schema]
    return pa.table(every, schema=schema)


def ends_of(rows: Rows, micros: Index) -> Index:
    """Give when each row was over: that is when it was written, however long it took."""
    if "duration" not in rows.columns:
        return micros
    seconds = np.nan_to_num(np.asarray(pc.fill_null(rows.columns["duration"], 0.0)), nan=0.0)
    taken: Index = (np.clip(seconds, 0, _LONGEST_SECONDS) * clock.SECOND).astype(np.int64)
    return micros + taken


def with_keys(columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """Add the columns by which a hunt finds rows, computed once: see `LAKE`."""
    made = {
        key: make(columns[name])
        for key, (name, make) in _KEYS.items()
        if name in columns and key not in columns
    }
    return {**columns, **made}


_KEYS: Mapping[str, tuple[str, Callable[[pa.Array], pa.Array]]] = {
    "src_ip4": ("src_ip", names.ipv4_numbers),
    "dst_ip4": ("dst_ip", names.ipv4_numbers),
    "src_net6": ("src_ip", names.net6_numbers),
    "dst_net6": ("dst_ip", names.net6_numbers),
    "rd": ("domain", names.registered_domains),
    "url_hash": ("url", url_hashes),
    "file_name": ("path", names.file_names),
}


def _reason(refused: tuple[tuple[str, str], _First]) -> tuple[str, str]:
    return refused[0]


_CLOCK_CHANGES = {
    clock.NEVER: (
        "local times that the change to summer time skipped",
        "check the stated timezone of this file in case.toml",
    ),
    clock.TWICE: (
        "local times that the change from summer time repeated: which of the two is not known",
        "ask the source for times in UTC",
    ),
}


def _candidates(intake: Intake) -> tuple[LogFormat, ...]:
    if intake.mapping is not None:
        return (Mapped(intake.mapping),)
    if not intake.kind:
        return READERS
    chosen = tuple(reader for reader in READERS if intake.kind in {reader.name, _family(reader)})
    if chosen:
        return chosen
    known = sorted({_family(reader) for reader in READERS})
    raise BadInput(
        f"{intake.kind!r} is no kind of log",
        path=intake.path,
        place="kind",
        remedy=f"state one of {', '.join(known)} in case.toml, or leave it out",
    )


def _family(reader: LogFormat) -> str:
    """Name a format as case.toml does: Zeek's two forms are told apart by content."""
    return reader.name.removesuffix("-tsv").removesuffix("-json").removesuffix("-xml")


def _no_zone(path: str, lines: Index) -> Refused:
    return Refused(
        "no-zone",
        "the times of this log name no time zone; its rows are left out",
        f'state timezone for files = "{path}" in case.toml',
        lines,
    )


def _unknown(lines: Index) -> Parsed:
    refused = Refused(
        "unknown-format",
        "not a log of a known format",
        "state its kind in case.toml, or convert a copy into one of the formats that are read",
        lines,
    )
    return Parsed(refused=(refused,))


def _bad_encoding(lines: Index, encodings: tuple[str, ...]) -> Refused:
    return Refused(
        "bad-encoding",
        f"a line that cannot be read as {', '.join(encodings)}",
        "state `encoding` or `fallback_encodings` for this file in case.toml",
        lines,
    )
