"""The organisations' logs, streamed block by block: memory does not grow with their size.

Ordinary traffic follows a daily and weekly rhythm and a long-tailed choice of sites; a few programs
call home at fixed periods; the traces of the organisation's part are laid among it.
"""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ashiato.core.progress import Progress
from ashiato.exercise.campaign import BLIND, SILENT
from ashiato.exercise.draws import between, pick, some, stream, whole
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
"""Relative traffic by local hour of an office; weekends and holidays have a share of it."""
_NTH_BITS = 9
_DIRTY = 0.12
_FIRST_WEEKEND_DAY = 5
_BLOCK_LINES, _BLOCK_DAYS = 12_000, 120
"""A block of days is drawn and written at once: about so many lines, at most so many days."""
_ROTATED_DAYS, _LEVEL = 28, 3
"""Rotated logs are cut every so many days; gzip's level trades nothing for speed here."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What one organisation does: ordinary choice of sites by weight, and everything planned."""

    organisation: Organisation
    sites: tuple[Site, ...]
    ordinary: int
    reach: Floats
    counts: Ints
    visits: tuple[Visit, ...]
    planned: tuple[Floats, Ints, Ints, Ints]

    @property
    def block_days(self) -> int:
        """How many days make a block."""
        days = self.organisation.days
        return max(1, min(_BLOCK_DAYS, _BLOCK_LINES * days // max(1, self.organisation.lines)))


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: lines in all files, and spoilt lines by file (``organisation/file``)."""

    lines: int
    spoilt: dict[str, int]


def _rhythm(scene: Scene, organisation: Organisation, rng: Generator) -> Floats:
    """Give the share of traffic of each hour of the period, by local time.

    Weekends and holidays are quiet, no two offices keep quite the same hours, and a hole in the log
    is empty.
    """
    odds = scene.parameters.odds
    start = organisation.start + timedelta(minutes=organisation.zone.minutes)
    hours = np.arange(organisation.days * 24) + start.hour
    days = hours // 24
    free = rng.random(organisation.days + 2) < between(rng, odds["holidays"]) / 365
    quiet = ((start.weekday() + days) % 7 >= _FIRST_WEEKEND_DAY) | free[days]
    early = whole(rng, -1, 2)
    weight = _HOURS[(hours + early) % 24] * np.where(quiet, between(rng, odds["weekend"]), 1.0)
    if organisation.gap:
        at = organisation.start.timestamp() + np.arange(len(hours)) * 3600
        weight = np.where((at + 3600 > organisation.gap[0]) & (at < organisation.gap[1]), 0, weight)
    return cast("Floats", weight / weight.sum())


def _spread(share: Floats, total: int) -> Ints:
    """Deal ``total`` contacts out to the hours so that they add up exactly."""
    cuts = np.rint(np.concatenate([[0.0], np.cumsum(share)]) * total)
    return cast("Ints", np.diff(cuts).astype(np.int64))


def _updates(scene: Scene, organisation: Organisation, rng: Generator) -> list[Visit]:
    """Draw the programs that call home all the time: updates and telemetry of known makers."""
    if organisation.kind == "sshd":
        return []
    odds, paths = scene.parameters.odds, pack("words")["site"]["beacon_paths"]
    span, first = organisation.days * DAY, organisation.start.timestamp()
    visits = []
    for site in some(
        rng, scene.sites[:30], whole(rng, odds["home_calls"][0], odds["home_calls"][1] + 1)
    ):
        calls = max(8, int(organisation.lines * between(rng, odds["home_share"])))
        gaps = (
            span / calls * (1 + between(rng, odds["jitter"]) * rng.standard_normal(calls)).clip(0.2)
        )
        times = first + np.cumsum(gaps)
        inside = (times < first + span) & (rng.random(calls) >= between(rng, odds["missed"]))
        if organisation.gap:
            inside &= (times < organisation.gap[0]) | (times >= organisation.gap[1])
        home = replace(site, path=pick(rng, paths))
        visits.append(
            Visit(pick(rng, organisation.hosts), home, tuple(times[inside].round(3).tolist()))
        )
    return visits


def _shift_jis(organisation: Organisation, site: Site, rng: Generator) -> Visit:
    """Draw a few visits to a page whose name is written in Shift_JIS, as old servers do."""
    first = organisation.start.timestamp()
    times = sorted(round(first + float(t) * organisation.days * DAY, 3) for t in rng.random(6))
    gap = organisation.gap or (0.0, 0.0)
    times = [t for t in times if not gap[0] <= t < gap[1]]
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
    weight = 1.0 / (np.arange(len(ordinary)) + scene.parameters.odds["site_tail"])
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
        counts=_spread(_rhythm(scene, organisation, rng), total),
        visits=tuple(visits),
        planned=_planned(organisation, visits, len(ordinary), rng),
    )


def _planned(
    organisation: Organisation, visits: list[Visit], ordinary: int, rng: Generator
) -> tuple[Floats, Ints, Ints, Ints]:
    """Give all planned contacts by time: instant, host, site, mark with its place in the run."""
    host_of = {host: n for n, host in enumerate(organisation.hosts)}
    lengths = [len(v.times) for v in visits]
    times = np.array([t for v in visits for t in v.times], dtype=np.float64)
    hosts = np.repeat(np.array([host_of[v.host] for v in visits], dtype=np.int64), lengths)
    sites = np.repeat(np.arange(len(visits), dtype=np.int64) + ordinary, lengths)
    nth = np.array([n for length in lengths for n in range(length)], dtype=np.int64)
    marks = rng.integers(0, 1 << 22, len(times)) << _NTH_BITS | nth.clip(max=(1 << _NTH_BITS) - 1)
    order = np.argsort(times, kind="stable")
    return times[order], hosts[order], sites[order], marks[order]


def _block(habit: Habit, days: range, rng: Generator) -> Batch:
    """Draw all contacts of some days (UTC), in order of time."""
    organisation, first = habit.organisation, habit.organisation.start.timestamp()
    counts = habit.counts[days.start * 24 : days.stop * 24]
    n = int(counts.sum())
    hours = np.repeat(np.arange(days.start * 24, days.start * 24 + len(counts)), counts)
    times = first + (hours + rng.random(n)) * 3600
    sites = np.searchsorted(habit.reach, rng.random(n) * habit.reach[-1])
    hosts = (rng.random(n) ** 1.5 * len(organisation.hosts)).astype(np.int64)
    drawn = (hosts, sites.clip(0, habit.ordinary - 1), rng.integers(0, 1 << 31, n))
    when = habit.planned[0]
    low, high = np.searchsorted(when, (first + days.start * DAY, first + days.stop * DAY))
    every = np.concatenate([times, when[low:high]])
    order = np.argsort(every, kind="stable")
    clock = every[order] + organisation.clock_offset + organisation.clock_error
    joined = (
        np.concatenate([own, planned[low:high]])[order].tolist()
        for own, planned in zip(drawn, habit.planned[1:], strict=True)
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
                    self._stack.enter_context(gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0)),
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
    """Cut the period into files: the last one is plain, those before are numbered backwards."""
    days = habit.organisation.days
    if not rotated:
        return [(range(days), "")]
    length = min(_ROTATED_DAYS, days // 2)
    cuts = [*range(0, days - length + 1, length), days]
    ranges = [range(a, b) for a, b in pairwise(cuts)]
    old = [(r, f".{len(ranges) - 1 - n}.gz") for n, r in enumerate(ranges[:-1])]
    return [*old, (ranges[-1], "")]


def _blocks(days: range, length: int) -> Iterator[range]:
    for first in range(days.start, days.stop, length):
        yield range(first, min(first + length, days.stop))


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

    def _lines(self, desk: Desk, days: range) -> Lines:
        rng = stream(self.scene.seed, "day", self.organisation.number, days.start)
        return WRITERS[self.organisation.kind](_block(self.habit, days, rng), desk)

    def _dirty(self, written: Lines, days: range, suffix: str) -> None:
        rng = stream(self.scene.seed, "dirt", self.organisation.number, days.start)
        chance = 1 - (1 - _DIRTY) ** len(days)
        for name, lines in sorted(written.items()):
            if self.look.dirty and lines and rng.random() < chance:
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
                for block in _blocks(days, self.habit.block_days):
                    written = self._lines(desk, block)
                    self._dirty(written, block, suffix)
                    for name, lines in written.items():
                        self.lines += sink.write(name, lines, self.look.encoding)


def _looks(organisations: tuple[Organisation, ...]) -> dict[int, Look]:
    """Deal the dirt out: every third Squid and BIND log is rotated, every fourth Squid is odd."""
    by_kind: dict[str, list[int]] = {}
    for o in organisations:
        if o.part not in BLIND:
            by_kind.setdefault(o.kind, []).append(o.number)
    rotated = {n for kind in ("squid", "bind") for n in by_kind.get(kind, [])[::3]}
    odd = set(by_kind.get("squid", [])[1::4])
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
        if organisation.part in SILENT:
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
