"""One exhibit to rows: a log as it stands, or every log in an archive of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from ashiato.core.evidence import Problem
from ashiato.core.progress import Progress, Silent
from ashiato.core.sources import Intake
from ashiato.engine.events import EventWriter
from ashiato.engine.lake import LakeWriter
from ashiato.read.logs import reading
from ashiato.read.logs.archive import (
    Entry,
    MemberStream,
    directory_of,
    head_of,
    is_archive,
    names_of,
)
from ashiato.read.logs.lines import Budget, decoded_head
from ashiato.read.logs.reading import LogReading, recognise_log

NO_LOG = "no-log"
"""Kind of the problem that counts the members of an archive that are no logs."""
RATIO = 1000
"""How many times the size of an archive its logs may unpack to."""
LEAST = 1 << 30
"""Bytes that the logs of any archive may unpack to."""


def read_log(
    stream: BinaryIO,
    intake: Intake,
    writer: LakeWriter,
    *,
    size: int,
    progress: Progress | None = None,
    is_mixed: bool = False,
    events: EventWriter | None = None,
    resumes: bool = False,
) -> LogReading:
    """Read a log, or the logs of a zip archive, of ``size`` bytes from its beginning.

    Windows events are written through ``events`` too, under their own names. The caller closes the
    writers. Lines that cannot be used become problems; a log whose times name
    no zone gives no rows unless the case states one. Where ``is_mixed``, somebody else reads the
    documents of an archive and tells of what is wrong with the archive itself. With ``resumes`` a
    long log (not an archive, not a table) goes on where an earlier reading was broken off.

    Raises:
        BadInput: the case states a kind, zone or encoding that does not exist.

    """
    head = stream.read(4)
    stream.seek(0)
    if not is_archive(head):
        return reading.read_log(
            stream,
            intake,
            writer,
            size=size,
            progress=progress,
            events=events,
            resumes=resumes,
        )
    watcher = progress or Silent()
    watcher.start(intake.path, size, "bytes")
    found = _Archive(stream, intake, writer, size, watcher, events).read(is_mixed=is_mixed)
    watcher.done()
    return found


def logs_in(
    archive: BinaryIO, entries: Iterable[Entry], *, is_stated: bool = False
) -> Iterator[Entry]:
    """Pick the members that are logs by content; where a kind is stated, all but archives are."""
    for entry in entries:
        head = head_of(archive, entry)
        if (is_stated and not is_archive(head)) or recognise_log(decoded_head(head)):
            yield entry


@dataclass(frozen=True, slots=True)
class _Archive:
    """One archive on its way into the lake."""

    stream: BinaryIO
    intake: Intake
    writer: LakeWriter
    size: int
    watcher: Progress
    events: EventWriter | None = None

    def read(self, *, is_mixed: bool) -> LogReading:
        directory = directory_of(self.stream, self.size, self.intake.path)
        logs = tuple(
            logs_in(
                self.stream,
                directory.entries,
                is_stated=bool(self.intake.kind or self.intake.mapping),
            )
        )
        named, budget = names_of(directory.entries), Budget(max(LEAST, RATIO * self.size))
        readings = [self._member(entry, named[entry.number], budget) for entry in logs]
        problems = () if is_mixed else (*directory.problems, *self._others(directory.entries, logs))
        return joined(readings, problems)

    def _member(self, entry: Entry, name: str, budget: Budget) -> LogReading:
        one = reading.read_log(
            MemberStream(self.stream, entry),
            self.intake,
            self.writer,
            size=entry.size,
            member=entry.member,
            budget=budget,
            events=self.events,
        )
        self.watcher.advance(entry.member.length)
        return _named(one, name)

    def _others(self, entries: tuple[Entry, ...], logs: tuple[Entry, ...]) -> Iterator[Problem]:
        others = [entry for entry in entries if entry not in logs]
        if others:
            message = f"members of the archive that are no logs ({others[0].member.name!r} first)"
            remedy = "state the kind of the logs, or read documents with `ashiato read`"
            yield Problem(NO_LOG, self.intake.path, message, remedy, len(others))


def _named(one: LogReading, name: str) -> LogReading:
    """Say in words which member a problem or a note is about."""
    return replace(
        one,
        problems=tuple(replace(p, message=f"in {name}: {p.message}") for p in one.problems),
        notes=tuple(f"in {name}: {note}" for note in one.notes),
        endings=tuple(replace(ended, member=name) for ended in one.endings),
    )


def joined(readings: Iterable[LogReading], problems: Iterable[Problem] = ()) -> LogReading:
    """Sum up the logs of an archive; its kind names every kind that is in it."""
    every = tuple(readings)
    by_kind: Counter[str] = Counter()
    for one in every:
        by_kind.update(one.rows_by_kind)
    return LogReading(
        kind=", ".join(sorted({one.kind for one in every})) or "unknown",
        lines=sum(one.lines for one in every),
        rows=sum(one.rows for one in every),
        ignored=sum(one.ignored for one in every),
        rows_by_kind=dict(sorted(by_kind.items())),
        first=min((one.first for one in every if one.first), default=None),
        last=max((one.last for one in every if one.last), default=None),
        problems=(*problems, *(problem for one in every for problem in one.problems)),
        blank=sum(one.blank for one in every),
        notes=tuple(dict.fromkeys(note for one in every for note in one.notes)),
        events=sum(one.events for one in every),
        endings=tuple(dict.fromkeys(ended for one in every for ended in one.endings)),
    )
