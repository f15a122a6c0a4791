"""A file to its texts: its own and those of every file inside it, each an artefact with a hash."""

import io
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO

from ashiato.core.evidence import Problem
from ashiato.core.sources import Intake
from ashiato.read.files.formats import Format, format_of, recognise_file
from ashiato.read.logs.archive import Entry, directory_of
from ashiato.read.logs.exhibits import logs_in
from ashiato.read.sandbox import JSON, Ended, Ending, Limits, Outcome, confined
from ashiato.read.text.decoding import Decoded, Origin, Place, decode, is_html

DEPTH = 3
"""How deep files may lie inside one another: a message in an archive in an archive, no deeper."""
MEMBERS = 2000
"""Files that are read of one exhibit, counting all depths."""
HEAD = 64 * 1024
LOG_INSIDE = "log-inside"
"""Kind of the problem that counts the logs in an archive of documents."""
INSIDE = "!/"
"""Stands in a member's path between a file and what lies inside it."""
LIMITS = Limits(seconds=60.0, memory=1 << 30, output=128 << 20)


@dataclass(frozen=True, slots=True)
class Extracted:
    """One text of a file. ``hidden`` are spans no reader sees, ``aside`` those that tell nothing.

    ``flows`` tells that its lines are those of paper, to be joined into sentences for reading.
    """

    member: str
    kind: str
    decoded: Decoded
    hidden: tuple[tuple[int, int, str], ...] = ()
    aside: tuple[tuple[int, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    said_at: datetime | None = None
    ended: Ended | None = None

    @property
    def flows(self) -> bool:
        """Whether lines end where the paper did, not where a sentence does."""
        return self.kind == "pdf"


@dataclass(slots=True)
class _Gathered:
    """What the frames of one file said, checked: they are a hostile file's word."""

    pieces: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    hidden: list[tuple[int, int, str]] = field(default_factory=list)
    aside: list[tuple[int, int]] = field(default_factory=list)
    notes: list[tuple[str, str, str, int]] = field(default_factory=list)
    members: list[tuple[str, bytes]] = field(default_factory=list)
    said_at: datetime | None = None


@dataclass(slots=True)
class _Budget:
    members: int = MEMBERS


@dataclass(frozen=True, slots=True)
class _Inside:
    """Which member of the exhibit is being read, how deep it lies, and what may still be read."""

    member: str
    depth: int
    budget: _Budget

    def member_named(self, name: str) -> "_Inside":
        """Name a file inside this one."""
        path = f"{self.member}{INSIDE}{name}" if self.member else name
        return _Inside(path, self.depth + 1, self.budget)


def extract(stream: BinaryIO, intake: Intake, kind: str) -> Iterator[Extracted]:
    """Take every text out of a file of one of the known formats.

    Whatever the file does to its reader becomes a `Problem` of one of the texts; there is at least
    one text, which may be empty.
    """
    yield from _file(stream, intake, format_of(kind), _Inside("", 0, _Budget()))


def _file(
    source: BinaryIO | bytes, intake: Intake, form: Format, inside: _Inside
) -> Iterator[Extracted]:
    member = inside.member
    logs = _logs(source, intake) if form.kind == "zip" else ()
    skip: list[JSON] = [entry.number for entry in logs]
    outcome = confined(form.parser, source, {"skip": skip}, LIMITS)
    found = _gathered(outcome.frames)
    text = "".join(found.pieces)
    problems = [_problem(note, intake, member) for note in found.notes]
    problems += _left_to_the_lake(logs, intake, inside)
    problems += ending_problems(outcome, intake, member)
    yield Extracted(
        member,
        form.kind,
        Decoded(text, "utf-8", origin=origin_of(text, member, form.extractor, found.places)),
        tuple(h for h in found.hidden if 0 <= h[0] < h[1] <= len(text)),
        tuple(a for a in found.aside if 0 <= a[0] < a[1] <= len(text)),
        tuple(problems),
        found.said_at,
        outcome.ended(form.parser, form.extractor, member),
    )
    yield from _members(found.members, intake, inside)


def _logs(source: BinaryIO | bytes, intake: Intake) -> tuple[Entry, ...]:
    """Find the members that are logs: they become rows of the lake, not a text to read."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    found = tuple(logs_in(stream, directory_of(source, size, intake.path).entries))
    stream.seek(0)
    return found


def _left_to_the_lake(
    logs: tuple[Entry, ...], intake: Intake, inside: _Inside
) -> Iterator[Problem]:
    if not logs:
        return
    first = repr(logs[0].member.name)
    if inside.depth:
        message = f"logs inside an archive inside a file are not read ({first} first)"
        remedy = "unpack it and add its files"
        yield Problem(
            "log-too-deep", intake.path, _named(inside.member) + message, remedy, len(logs)
        )
        return
    message = f"members that are logs, not texts ({first} first)"
    yield Problem(LOG_INSIDE, intake.path, message, "hunt in it with `ashiato hunt`", len(logs))


def origin_of(text: str, member: str, extractor: str, places: list[Place] | None = None) -> Origin:
    """Name a text by its member, its extractor and its hash."""
    sound = tuple(p for p in places or () if p.end <= len(text))
    return Origin(member, extractor, sha256(text.encode()).hexdigest(), sound)


def ending_problems(outcome: Outcome, intake: Intake, member: str) -> Iterator[Problem]:
    """Report how reading ended, unless all of it was read."""
    if outcome.ending is Ending.OK:
        return
    held = "what was read before is kept" if outcome.frames else "nothing of it is read"
    message = f"{_named(member)}reading ended: {outcome.ending.value} ({outcome.reason}); {held}"
    kind = outcome.ending.value.replace(" ", "-")
    yield Problem(kind, intake.path, message, "ask for an undamaged, unlocked copy, or convert it")


def _named(member: str) -> str:
    return f"in {member}: " if member else ""


def _problem(note: tuple[str, str, str, int], intake: Intake, member: str) -> Problem:
    kind, message, remedy, count = note
    return Problem(kind, intake.path, _named(member) + message, remedy, count)


def _members(
    members: list[tuple[str, bytes]], intake: Intake, above: _Inside
) -> Iterator[Extracted]:
    seen: dict[str, int] = {}
    for name, data in members:
        seen[name] = seen.get(name, 0) + 1
        again = f"#{seen[name]}" if seen[name] > 1 else ""
        inside = above.member_named(name + again)
        above.budget.members -= 1
        if above.budget.members < 0:
            yield _unread(inside.member, intake, f"files inside files are read up to {MEMBERS}")
            return
        if inside.depth > DEPTH:
            yield _unread(inside.member, intake, f"files inside files are read {DEPTH} deep")
            continue
        yield from _member(data, intake, inside)


def _member(data: bytes, intake: Intake, inside: _Inside) -> Iterator[Extracted]:
    kind, member = recognise_file(data[:HEAD]), inside.member
    if kind is not None:
        yield from _file(data, intake, format_of(kind), inside)
        return
    found = decode(data, replace(intake, path=member, encoding=None))
    if isinstance(found, Problem):
        message = _named(member) + found.message
        yield _empty(member, Problem(found.kind, intake.path, message, found.remedy))
        return
    html = is_html(found, member)
    origin = origin_of(found.text, member, f"decoded-text@{found.encoding}")
    yield Extracted(member, "html" if html else "text", replace(found, origin=origin))


def _unread(member: str, intake: Intake, message: str) -> Extracted:
    remedy = "unpack it and add its files"
    return _empty(member, Problem("too-deep", intake.path, _named(member) + message, remedy))


def _empty(member: str, problem: Problem) -> Extracted:
    origin = origin_of("", member, "none@1")
    return Extracted(member, "none", Decoded("", "utf-8", origin=origin), problems=(problem,))


def _gathered(frames: tuple[Any, ...]) -> _Gathered:
    found = _Gathered()
    for frame in frames:
        if isinstance(frame, Mapping):
            _take(frame, found)
    return found


def _take(frame: Mapping[str, Any], found: _Gathered) -> None:
    """Take one frame; one that is not of our shape says nothing."""
    try:
        if "text" in frame:
            found.pieces.append(_text(frame["text"]))
        elif "places" in frame:
            found.places += [_place(place) for place in frame["places"]]
        elif "hidden" in frame:
            start, end, why = frame["hidden"]
            found.hidden.append((int(start), int(end), _text(why)))
        elif "aside" in frame:
            start, end = frame["aside"]
            found.aside.append((int(start), int(end)))
        elif "note" in frame:
            kind, message, remedy, count = frame["note"]
            found.notes.append((_text(kind), _text(message), _text(remedy), int(count)))
        elif "member" in frame:
            found.members.append((_text(frame["member"]), b64decode(frame["data"], validate=True)))
        elif "said_at" in frame:
            found.said_at = datetime.fromisoformat(frame["said_at"])
    except (TypeError, ValueError, KeyError, Base64Error, OverflowError):
        found.notes.append(("bad-frame", "its reader spoke out of turn", "report this", 1))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()  # a lone surrogate is no character
    return value


def _place(told: Any) -> Place:  # noqa: ANN401 - plain JSON
    start, end, page, box, *cell = told
    corners = None
    if box is not None:
        x0, y0, x1, y1 = (round(float(side), 2) for side in box)
        corners = (x0, y0, x1, y1)
    return Place(int(start), int(end), int(page), corners, _text(cell[0]) if cell else None)
