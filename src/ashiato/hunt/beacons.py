"""Beacons: a machine that calls one destination in a rhythm, as an implant calls its master.

A rhythm is no proof: updaters, monitors and open browser tabs have one too. Each candidate is given
with the four parts of its score and a reason in words; nothing here raises a rung.

The parts (each 0 to 1, weights in knowledge/hunting.toml):

``rhythm``    1 - 4 x the median of |gap / k - period| / period, where the period is the median gap
              and k the number of periods in a gap, so that a missed beat does not spoil it; times
              n / (n + 4) for n gaps, since a few are soon alike by chance. Calls at random times
              score about 0, a jitter of +-10 % scores .8.
``presence``  calls seen / calls expected between the first and the last. Where a rare destination
              is called in the same hours only, nights and weekends without a call do not count.
              A call on each working day and none on weekends is a person's habit: presence 0.
``duration``  time from the first call to the last / half the stretch, or half a week if that is
              shorter: people's visits are short.
``size``      1 - MAD / median of the bytes sent; left out where the log does not say.
``rarity``    1 where at most ``rare`` of the organisation's machines call the destination, falling
              with the logarithm of the share to 0 at ``common``: updaters are everybody's.

Scores are taken over stretches of 1, 7 and 30 days, each beginning half a stretch after the last;
the best counts. The idea of such parts is that of RITA (Active Countermeasures), the formulas are
our own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ashiato.core.evidence import Citation
from ashiato.engine.probes import instant
from ashiato.engine.protocol import Contacts, Engine
from ashiato.hunt.rules import rules

SECOND = 1_000_000
_DAY = 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class Beacon:
    """One machine's rhythmic calls to one destination, with what speaks for a rhythm.

    ``score`` and ``parts`` are 0 to 1; ``period`` is in seconds, ``stretch`` in days; ``beats`` the
    calls seen in it and ``missed`` those that the rhythm lacks; ``pauses`` the nights and weekends
    that are not counted as missed (0 where it goes on through them). ``denied`` of all calls of the
    pair were refused, as its log says.
    """

    organisation: str
    host: str
    destination: str
    log_kind: str
    score: float
    parts: Mapping[str, float]
    period: float
    stretch: int
    beats: int
    missed: int
    pauses: int
    denied: int
    first: datetime
    last: datetime
    because: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class _Rhythm:
    score: float
    parts: Mapping[str, float]
    period: float
    stretch: int
    beats: int
    missed: int
    pauses: int
    first: int
    last: int


def beacons(
    engine: Engine, *, least: float | None = None, paths: Mapping[str, str] | None = None
) -> tuple[Beacon, ...]:
    """Give every rhythm that scores ``least`` or more, the strongest first.

    ``paths`` maps an exhibit to its path in the case.
    """
    rule = rules("beacons")
    bar = rule["least"] if least is None else least
    found = (_beacon(c, rule, paths or {}) for c in _contacts(engine, rule))
    kept = [b for b in found if b is not None and b.score >= bar]
    return tuple(sorted(kept, key=_order))


def _contacts(engine: Engine, rule: Mapping[str, Any]) -> Iterator[Contacts]:
    return engine.contacts(rule["fewest"] + 1, rules("leads")["refusals"])


def _order(beacon: Beacon) -> tuple[object, ...]:
    return (-beacon.score, beacon.organisation, beacon.host, beacon.destination, beacon.log_kind)


def _beacon(contacts: Contacts, rule: Mapping[str, Any], paths: Mapping[str, str]) -> Beacon | None:
    rarity = _rarity(contacts.visitors / max(contacts.machines, 1), contacts.machines, rule)
    rhythms = _rhythms(contacts, rarity, rule)
    best = max(rhythms, key=lambda r: (r.score, r.beats, -r.stretch, -r.first), default=None)
    if best is None:
        return None
    cited = Citation(contacts.exhibit, paths.get(contacts.exhibit, ""), contacts.locator, "")
    return Beacon(
        organisation=contacts.org,
        host=contacts.src,
        destination=contacts.dst,
        log_kind=contacts.kind,
        score=best.score,
        parts=best.parts,
        period=best.period,
        stretch=best.stretch,
        beats=best.beats,
        missed=best.missed,
        pauses=best.pauses,
        denied=int(contacts.denied.sum()),
        first=instant(best.first),
        last=instant(best.last),
        because=_because(best, contacts),
        citation=cited,
    )


def _rarity(share: float, machines: int, rule: Mapping[str, Any]) -> float:
    """Say how few machines call the destination; one of a handful says little."""
    if machines < rule["crowd"]:
        return float(rule["rarity_unknown"])
    low, high = np.log(rule["rare"]), np.log(rule["common"])
    return float(np.clip((high - np.log(max(share, 1e-9))) / (high - low), 0, 1))


def _rhythms(contacts: Contacts, rarity: float, rule: Mapping[str, Any]) -> Iterator[_Rhythm]:
    micros, sent = _calls(contacts.micros, contacts.sent, rule["burst"] * SECOND)
    for days in rule["stretches"]:
        for low, high in _stretches(micros, days * _DAY):
            if high - low > rule["fewest"]:
                yield _rhythm(micros[low:high], sent[low:high], days, rarity, rule)


def _calls(
    micros: NDArray[np.int64], sent: NDArray[np.float64], burst: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Take what follows the last request within ``burst`` microseconds as one call with it."""
    begins = np.diff(micros, prepend=micros[0] - burst - 1) > burst
    at = np.flatnonzero(begins)
    return micros[at], np.add.reduceat(sent, at)


def _stretches(micros: NDArray[np.int64], length: int) -> Iterator[tuple[int, int]]:
    """Give index ranges of stretches that overlap by half; short data is one stretch."""
    begin, step = int(micros[0]), length // 2
    for start in range(begin, max(int(micros[-1]) - step, begin) + 1, step):
        low, high = np.searchsorted(micros, [start, start + length])
        yield int(low), int(high)


def _rhythm(
    micros: NDArray[np.int64],
    sent: NDArray[np.float64],
    days: int,
    rarity: float,
    rule: Mapping[str, Any],
) -> _Rhythm:
    gaps = np.diff(micros) / SECOND
    period = float(np.median(gaps))
    periods = np.maximum(np.rint(gaps / period), 1)
    wander = float(np.median(np.abs(gaps / periods - period))) / period
    presence, expected, pauses = _presence(micros, periods, rarity, rule)
    shortest = min(days, rule["settled"]) * _DAY
    parts = {
        "rhythm": max(0.0, 1 - 4 * wander) * len(gaps) / (len(gaps) + rule["doubt"]),
        "presence": presence,
        "duration": min(1.0, 2 * float(micros[-1] - micros[0]) / shortest),
        "rarity": rarity,
    } | _size(sent)
    weights = {name: rule["weights"][name] for name in parts}
    score = sum(parts[n] * w for n, w in weights.items()) / sum(weights.values())
    return _Rhythm(
        score=round(score, 6),
        parts={name: round(parts[name], 6) for name in sorted(parts)},
        period=round(period, 6),
        stretch=days,
        beats=len(micros),
        missed=int(expected) - len(micros),
        pauses=pauses,
        first=int(micros[0]),
        last=int(micros[-1]),
    )


def _presence(
    micros: NDArray[np.int64], periods: NDArray[np.float64], rarity: float, rule: Mapping[str, Any]
) -> tuple[float, float, int]:
    """Give presence, the calls expected, and how many pauses were left out of them."""
    expected = float(periods.sum()) + 1
    through = len(micros) / expected
    paused = _pauses(micros, periods, rule)
    kept = expected - float(periods[paused].sum()) + int(paused.sum())
    if _working_days(micros, periods, rule):
        return 0.0, expected, 0
    if not paused.any() or rarity < rule["pause_rarity"]:
        return through, expected, 0
    return len(micros) / kept, kept, int(paused.sum())


def _working_days(
    micros: NDArray[np.int64], periods: NDArray[np.float64], rule: Mapping[str, Any]
) -> bool:
    """Whether about one call a day leaves out each weekend, wherever the week begins."""
    span = float(micros[-1] - micros[0]) / _DAY
    shortest, longest = rule["daily"]
    weeks = int(span / 7)
    daily = shortest <= span / float(periods.sum()) <= longest
    return daily and weeks > 0 and int((periods >= rule["weekend"]).sum()) >= weeks


def _pauses(
    micros: NDArray[np.int64], periods: NDArray[np.float64], rule: Mapping[str, Any]
) -> NDArray[np.bool_]:
    """Say which gaps are nights: long, and always ended at about the same time of the day."""
    held, lacked = np.diff(micros) >= rule["pause"] * SECOND, periods >= rule["pause_periods"]
    long: NDArray[np.bool_] = held & lacked
    if long.sum() < rule["pauses"] or _apart(micros[1:][long]) > rule["same_hour"] * SECOND:
        return np.zeros(len(periods), bool)
    return long


def _apart(micros: NDArray[np.int64]) -> float:
    """Give the median distance (microseconds) from the middle of the clock times, on the clock."""
    turns = micros % _DAY / _DAY
    middle = np.angle(np.exp(2j * np.pi * turns).mean()) / (2 * np.pi)
    away = np.abs((turns - middle + 0.5) % 1 - 0.5)
    return float(np.median(away)) * _DAY


def _size(sent: NDArray[np.float64]) -> dict[str, float]:
    known = sent[np.isfinite(sent)]
    if len(known) * 2 < len(sent) or not len(known):
        return {}
    median = float(np.median(known))
    spread = float(np.median(np.abs(known - median)))
    return {"size": 1.0 if spread == 0 else max(0.0, 1 - spread / max(median, 1.0))}


def _because(rhythm: _Rhythm, contacts: Contacts) -> str:
    every = _spoken(rhythm.period)
    missed = f", {rhythm.missed} missed" if rhythm.missed else ""
    nights = f", none in {rhythm.pauses} nights or weekends" if rhythm.pauses else ""
    denied = f"; {contacts.denied.sum()} calls denied" if contacts.denied.any() else ""
    company = f"{contacts.visitors} of {contacts.machines} machines call it"
    even = f"; sizes {rhythm.parts['size']:.0%} alike" if "size" in rhythm.parts else ""
    return f"{rhythm.beats} calls about every {every}{missed}{nights}{denied}; {company}{even}"


def _spoken(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds"
