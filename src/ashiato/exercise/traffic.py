"""The organisations' logs, streamed day by day: memory does not grow with their size.

Ordinary traffic follows a daily and weekly rhythm and a long-tailed choice of sites; a few programs
call home at fixed periods; the traces of the organisation's part are laid among it.
"""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ashiato.core.progress import Progress
from ashiato.exercise.campaign import BLIND
from ashiato.exercise.draws import pick, some, stream, whole
from ashiato.exercise.formats import (
    DAY,
    WRITERS,
    Batch,
    Desk,
    Lines,
    lines_a_contact,
    zeek_header,
)
from ashiato.exercise.scene import Organisation, Scene, Site, Visit
from ashiato.exercise.words import pack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HOURS = np.array(
    [2, 1, 1, 1, 1, 2, 5, 15, 60, 95, 100, 95, 60, 85, 95, 90, 85, 70, 40, 25, 15, 10, 6, 3]
)
"""Relative traffic by local hour of an office; weekends have a tenth of it."""
_WEEKEND = 0.1
_UPDATES, _UPDATE_SHARE = 3, 0.02
_NTH_BITS = 9
_DIRTY_DAYS = 0.12
_FIRST_WEEKEND_DAY = 5


@dataclass(frozen=True, slots=True)
class Habit:
    """What one organisation does: ordinary choice of sites by weight, and everything planned."""

    organisation: Organisation
    sites: tuple[Site, ...]
    ordinary: int
    reach: Floats
    counts: Ints
    visits: tuple[Visit, ...]

    @property
    def rotates_at(self) -> int:
        """The day before which the log was rotated and compressed."""
        return self.organisation.days // 2


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: lines in all files, and spoilt lines by file (``organisation/file``)."""

    lines: int
    spoilt: dict[str, int]


def _rhythm(organisation: Organisation) -> Floats:
    """Give the share of traffic of each hour of the period, by local time."""
    start = organisation.start + timedelta(minutes=organisation.zone.minutes)
    hours = np.arange(organisation.days * 24) + start.hour
    weekday = (start.weekday() + hours // 24) % 7
    weight = _HOURS[hours % 24] * np.where(weekday >= _FIRST_WEEKEND_DAY, _WEEKEND, 1.0)
    return cast("Floats", weight / weight.sum())


def _spread(share: Floats, total: int) -> Ints:
    """Deal ``total`` contacts out to the hours so that they add up exactly."""
    cuts = np.rint(np.concatenate([[0.0], np.cumsum(share)]) * total)
    return cast("Ints", np.diff(cuts).astype(np.int64))


def _updates(scene: Scene, organisation: Organisation, rng: Generator) -> list[Visit]:
    """Draw the programs that call home all the time: updates and telemetry of known makers."""
    if organisation.kind == "sshd":
        return []
    paths = pack("words")["site"]["beacon_paths"]
    calls = max(8, int(organisation.lines * _UPDATE_SHARE))
    span = organisation.days * DAY
    visits = []
    for site in some(rng, scene.sites[:12], _UPDATES):
        gaps = span / calls * (1 + 0.02 * rng.standard_normal(calls))
        times = organisation.start.timestamp() + np.cumsum(gaps)
        inside = tuple(
            round(float(t), 3) for t in times if t < organisation.start.timestamp() + span
        )
        visits.append(
            Visit(pick(rng, organisation.hosts), replace(site, path=pick(rng, paths)), inside)
        )
    return visits


def _shift_jis(organisation: Organisation, site: Site, rng: Generator) -> Visit:
    """Draw a few visits to a page whose name is written in Shift_JIS, as old servers do."""
    first = organisation.start.timestamp()
    times = sorted(round(first + float(t) * organisation.days * DAY, 3) for t in rng.random(6))
    return Visit(
        pick(rng, organisation.hosts), replace(site, path="/資料/検索結果.html"), tuple(times)
    )


def _ordinary_sites(scene: Scene, organisation: Organisation, rng: Generator) -> tuple[Site, ...]:
    if organisation.kind != "sshd":
        return tuple(scene.sites[i] for i in rng.permutation(len(scene.sites)))
    inside = [Site("", f"10.{organisation.number % 250}.9.{n}") for n in range(5, 45)]
    strangers = [
        Site("", f"100.{whole(rng, 64, 128)}.{whole(rng, 0, 256)}.{whole(rng, 1, 255)}", "scan")
        for _ in range(160)
    ]
    return (*inside, *strangers)


def _habit(scene: Scene, organisation: Organisation, *, oddity: bool) -> Habit:
    rng = stream(scene.seed, "habit", organisation.number)
    ordinary = _ordinary_sites(scene, organisation, rng)
    weight = 1.0 / (np.arange(len(ordinary)) + 6.0)
    weight /= weight.sum()
    visits = [*organisation.traces, *_updates(scene, organisation, rng)]
    if oddity:
        visits.append(_shift_jis(organisation, scene.sites[-1], rng))
    kind = organisation.kind
    each = sum(
        w * lines_a_contact(kind, s, n)
        for n, (s, w) in enumerate(zip(ordinary, weight, strict=True))
    )
    full = 3.0 if kind.startswith("zeek") else 1.0
    planned = sum(len(v.times) for v in visits) * full
    total = max(0, round((organisation.lines - planned) / each))
    return Habit(
        organisation=organisation,
        sites=(*ordinary, *(v.site for v in visits)),
        ordinary=len(ordinary),
        reach=np.cumsum(weight),
        counts=_spread(_rhythm(organisation), total),
        visits=tuple(visits),
    )


def _planned(habit: Habit, start: float, rng: Generator) -> Iterator[tuple[float, int, int, int]]:
    """Give the planned contacts of one day: instant, host, site, mark with its place in the run."""
    host_of = {host: n for n, host in enumerate(habit.organisation.hosts)}
    for number, visit in enumerate(habit.visits):
        for nth, at in enumerate(visit.times):
            if start <= at < start + DAY:
                mark = whole(rng, 0, 1 << 22) << _NTH_BITS | min(nth, (1 << _NTH_BITS) - 1)
                yield at, host_of[visit.host], habit.ordinary + number, mark


def _day(habit: Habit, day: int, rng: Generator) -> Batch:
    """Draw all contacts of one day (UTC), in order of time."""
    start = habit.organisation.start.timestamp() + day * DAY
    counts = habit.counts[day * 24 : day * 24 + 24]
    n = int(counts.sum())
    times = start + (np.repeat(np.arange(24), counts) + rng.random(n)) * 3600
    sites = np.searchsorted(habit.reach, rng.random(n) * habit.reach[-1]).clip(
        0, habit.ordinary - 1
    )
    hosts = (rng.random(n) ** 1.5 * len(habit.organisation.hosts)).astype(np.int64)
    marks = rng.integers(0, 1 << 31, n)
    extra = list(_planned(habit, start, rng))
    columns = list(zip(*extra, strict=True)) or [(), (), (), ()]
    every = np.concatenate([times, np.array(columns[0], dtype=np.float64)])
    order = np.argsort(every, kind="stable")
    clock = every[order] + habit.organisation.clock_offset
    joined = (
        np.concatenate([drawn, np.array(more, dtype=np.int64)])[order].tolist()
        for drawn, more in zip((hosts, sites, marks), columns[1:], strict=True)
    )
    return Batch(clock.tolist(), *joined)


def _spoil(lines: list[str], rng: Generator) -> int:
    """Put one broken line among the lines of a day: cut short, or noise of a full disk."""
    place = whole(rng, 0, len(lines))
    broken = (
        lines[place][: whole(rng, 6, 16)],
        "\x00\x01\x02 disk full, message repeated",
        "-- restart --",
    )
    lines.insert(place, pick(rng, broken))
    return 1


class Sink:
    """The open files of one organisation and one stretch of time."""

    def __init__(self, folder: Path, suffix: str, stack: ExitStack) -> None:
        self._folder, self._suffix, self._stack = folder, suffix, stack
        self._open: dict[str, BinaryIO] = {}

    def _file(self, name: str) -> BinaryIO:
        if name not in self._open:
            raw: BinaryIO = self._stack.enter_context(
                (self._folder / (name + self._suffix)).open("wb")
            )
            if self._suffix.endswith(".gz"):
                # No name and no time inside: the same lines give the same bytes.
                raw = cast(
                    "BinaryIO",
                    self._stack.enter_context(gzip.GzipFile("", "wb", 6, raw, mtime=0)),
                )
            self._open[name] = raw
        return self._open[name]

    def head(self, name: str, lines: list[str]) -> None:
        """Begin a file with ``lines``."""
        self.write(name, lines, "utf-8")

    def write(self, name: str, lines: list[str], encoding: str) -> int:
        """Append lines; gives how many."""
        if lines:
            self._file(name).write(("\n".join(lines) + "\n").encode(encoding))
        return len(lines)


def _stretches(habit: Habit, *, rotated: bool) -> list[tuple[range, str]]:
    days = habit.organisation.days
    if not rotated:
        return [(range(days), "")]
    return [(range(habit.rotates_at), ".1.gz"), (range(habit.rotates_at, days), "")]


@dataclass(frozen=True, slots=True)
class Look:
    """How one organisation's files look: rotated, spoilt here and there, with Shift_JIS names."""

    rotated: bool
    dirty: bool
    shift_jis: bool

    @property
    def encoding(self) -> str:
        """The encoding in which its daemon wrote names."""
        return "cp932" if self.shift_jis else "utf-8"


class Scribe:
    """Writes the logs of one organisation."""

    def __init__(self, scene: Scene, organisation: Organisation, look: Look) -> None:
        self.habit = _habit(scene, organisation, oddity=look.shift_jis)
        self.scene, self.organisation, self.look = scene, organisation, look
        self.spoilt: dict[str, int] = {}
        self.lines = 0

    def _lines(self, desk: Desk, day: int) -> Lines:
        rng = stream(self.scene.seed, "day", self.organisation.number, day)
        return WRITERS[self.organisation.kind](_day(self.habit, day, rng), desk)

    def _dirty(self, written: Lines, day: int, suffix: str) -> None:
        rng = stream(self.scene.seed, "dirt", self.organisation.number, day)
        for name, lines in sorted(written.items()):
            if self.look.dirty and lines and rng.random() < _DIRTY_DAYS:
                key = f"{self.organisation.slug}/{name}{suffix}"
                self.spoilt[key] = self.spoilt.get(key, 0) + _spoil(lines, rng)

    def write(self, folder: Path) -> None:
        """Write every file of the organisation into ``folder``."""
        desk = Desk(self.organisation, self.habit.sites, self.habit.ordinary)
        for days, suffix in _stretches(self.habit, rotated=self.look.rotated):
            with ExitStack() as stack:
                sink = Sink(folder, suffix, stack)
                if self.organisation.kind == "zeek-tsv":
                    for name in ("conn.log", "dns.log", "http.log"):
                        sink.head(name, zeek_header(name))
                for day in days:
                    written = self._lines(desk, day)
                    self._dirty(written, day, suffix)
                    for name, lines in written.items():
                        self.lines += sink.write(name, lines, self.look.encoding)


def _looks(organisations: tuple[Organisation, ...]) -> dict[int, Look]:
    """Deal the dirt out: first Squid and BIND logs are rotated, the second Squid has Shift_JIS."""
    by_kind: dict[str, list[int]] = {}
    for o in organisations:
        if o.part not in BLIND:
            by_kind.setdefault(o.kind, []).append(o.number)
    rotated = {numbers[0] for kind, numbers in by_kind.items() if kind in {"squid", "bind"}}
    odd = set(by_kind.get("squid", [])[1:2])
    return {
        o.number: Look(o.number in rotated, o.number % 3 == 0 or o.number in odd, o.number in odd)
        for o in organisations
    }


def write_logs(scene: Scene, folder: Path, progress: Progress) -> Written:
    """Write ``folder/<organisation>/`` for each organisation that handed its logs over."""
    looks = _looks(scene.organisations)
    progress.start("writing logs", sum(o.lines for o in scene.organisations), "lines")
    lines, spoilt = 0, dict[str, int]()
    for organisation in scene.organisations:
        if organisation.part == "refused":
            continue
        home = folder / organisation.slug
        home.mkdir(parents=True)
        scribe = Scribe(scene, organisation, looks[organisation.number])
        scribe.write(home)
        lines += scribe.lines
        spoilt |= scribe.spoilt
        progress.advance(organisation.lines)
    progress.done()
    return Written(lines, spoilt)
