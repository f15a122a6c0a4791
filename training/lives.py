"""Invented log-ins, second way (simulator B): a renewal process with heavy-tailed gaps.

Visits are thinned by local daylight hours with summer time, holidays, rotating shifts and drift;
people have a line at home, one at work and a telephone whose prefix changes at each use, several
clients in turn with monthly updates; some accounts are visited by a machine.
"""
# ruff: noqa: PLR2004 - the numbers of an invented life are its definition

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ashiato.trace.habits import SIDE, History, history

DAY, WEEK = 86_400.0, 7
BEGIN = 1_893_456_000.0
"""2030-01-01: all that is simulated is invented, and its year says so."""
Draw = np.random.Generator
Visit = tuple[float, str, str]


@dataclass(frozen=True, slots=True)
class Life:
    """One person: zone, waking profile, gaps (minutes, tail), places, clients; or a machine."""

    zone: float
    wakes: float
    peak: float
    sharp: float
    worker: bool
    shifts: bool
    gap: float
    tail: float
    home: str
    work: str
    phone: float
    carrier: int
    exits: tuple[str, ...]
    tools: tuple[str, ...]
    sticky: float
    drift: float
    every: float = 0.0


def life(draw: Draw, zone: float | None = None) -> Life:
    """Draw somebody's life."""
    return Life(
        zone=float(draw.integers(-10, 13)) if zone is None else zone,
        wakes=draw.uniform(5.5, 9.5),
        peak=draw.triangular(8, 15, 23.5),
        sharp=draw.gamma(3, 0.9),
        worker=bool(draw.random() < 0.55),
        shifts=bool(draw.random() < 0.1),
        gap=float(draw.lognormal(6.9, 0.8)),
        tail=draw.uniform(1.1, 2.4),
        home=f"isp{draw.integers(90)}.{draw.integers(6)}",
        work=f"corp{draw.integers(3000)}" if draw.random() < 0.5 else "",
        phone=float(draw.beta(0.5, 2.5)),
        carrier=int(draw.integers(40)),
        exits=(),
        tools=tuple(f"key{draw.integers(10**7)}" for _ in range(1 + draw.poisson(0.7)))
        if draw.random() < 0.6
        else tuple(f"agent{int(draw.zipf(1.6)) % 60}" for _ in range(1 + draw.poisson(0.4))),
        sticky=draw.uniform(0.5, 0.98),
        drift=float(draw.normal(0, 0.004)),
    )


def wake(who: Life, at: float) -> float:
    """Give how likely somebody is to be at the keyboard at an instant (days from the start)."""
    summer = 90 < at % 365 < 300
    local = (at * 24 + who.zone + summer + who.drift * at) % 24
    week, weekday = int(at // WEEK), int((at + who.zone / 24) % WEEK)
    if who.shifts:
        start = (6, 14, 22)[week % 3]
        return 1.0 if (local - start) % 24 < 8.5 else 0.06
    free = weekday > 4 or int(at) % 365 in HOLIDAYS
    shape = float(np.exp(who.sharp * (np.cos((local - who.peak) / 24 * 2 * np.pi) - 1)))
    asleep = 0.02 if (local - who.wakes) % 24 > 17 else 1.0
    return shape * asleep * (0.35 if who.worker and free else 1.0)


HOLIDAYS = frozenset({0, 5, 93, 120, 121, 145, 226, 304, 358, 359, 364})


def live(draw: Draw, who: Life, first: float, last: float) -> Iterator[Visit]:
    """Draw the visits of one life between two days."""
    if who.every:
        yield from machine(draw, who, first, last)
        return
    at, tool, lease = first, 0, 0
    while True:
        at += (who.gap * float(draw.pareto(who.tail) + 0.02)) / 1440
        if at >= last:
            return
        if draw.random() > wake(who, at):
            at += float(draw.exponential(0.04))
            continue
        lease = int(at // 120)
        tool = tool if draw.random() < who.sticky else int(draw.integers(len(who.tools)))
        yield (
            at,
            place(draw, who, at, lease),
            f"{who.tools[tool]}/{int(at // 30) if who.tools[tool][0] == 'a' else 0}",
        )


def place(draw: Draw, who: Life, at: float, lease: int) -> str:
    """Say from where somebody comes at this hour."""
    if who.exits:
        return who.exits[int(draw.integers(len(who.exits)))]
    if draw.random() < who.phone:
        return f"mob{who.carrier}.{draw.integers(200)}"
    local, weekday = (at * 24 + who.zone) % 24, int(at % WEEK)
    if who.work and weekday < 5 and 9 < local < 17:
        return who.work
    return f"{who.home}.{lease % 2}"


def machine(draw: Draw, who: Life, first: float, last: float) -> Iterator[Visit]:
    """Draw the visits of a program that calls at a fixed beat."""
    at = first + draw.uniform(0, who.every)
    while at < last:
        yield at + float(draw.normal(0, 0.002)), who.home, who.tools[0]
        at += who.every * (1 + (draw.random() < 0.05))


Parts = list[tuple[Life, float, float]]
Story = tuple[Parts, tuple[float, ...]]


def robot(draw: Draw) -> Life:
    """Draw a program that calls at a fixed beat."""
    return replace(life(draw), every=float(draw.choice([0.25, 1.0, 3.0, 7.0])), phone=0.0)


def cut(draw: Draw, days: float) -> float:
    """Draw the day of a turn."""
    return float(days * draw.beta(2.2, 2.2) * 0.8 + 0.1 * days)


def steady(draw: Draw, days: float) -> Story:
    """Let nothing happen."""
    return [(life(draw), 0, days)], ()


def journeys(draw: Draw, days: float) -> Story:
    """Let somebody travel and come back."""
    a, parts, at = life(draw), [], 0.0
    for trip in np.sort(draw.uniform(0.1, 0.95, 1 + draw.poisson(1.2))) * days:
        back = min(days, trip + draw.gamma(2, 8))
        if trip <= at:
            continue
        inn = replace(
            a, home=f"inn{draw.integers(500)}", work="", zone=a.zone + draw.integers(-8, 9)
        )
        parts += [(a, at, trip), (inn, trip, back)]
        at = back
    return [*parts, (a, at, days)], ()


def leave(draw: Draw, days: float) -> Story:
    """Let somebody be long away, and keep other hours after it."""
    a, t = life(draw), cut(draw, days)
    b = replace(a, peak=a.peak + draw.normal(0, 2.5), gap=a.gap * draw.lognormal(0, 0.5))
    return [(a, 0, t), (b, min(days, t + draw.uniform(20, 90)), days)], ()


def job(draw: Draw, days: float) -> Story:
    """Give a new employer: another line, other hours, perhaps another computer."""
    a, t = life(draw), cut(draw, days)
    b = replace(
        a, work=f"corp{draw.integers(3000)}", peak=a.peak + draw.normal(0, 1.5), worker=True
    )
    if draw.random() < 0.5:
        b = replace(b, tools=(a.tools[0], f"key{draw.integers(10**7)}"))
    return [(a, 0, t), (b, t, days)], ()


def telephone(draw: Draw, days: float) -> Story:
    """Give a new telephone of another carrier."""
    a, t = life(draw), cut(draw, days)
    b = replace(a, carrier=a.carrier + 1, tools=(*a.tools[1:], f"key{draw.integers(10**7)}"))
    return [(a, 0, t), (b, t, days)], ()


def emigrant(draw: Draw, days: float) -> Story:
    """Move somebody to another country for good, with the same computer."""
    a, t = life(draw), cut(draw, days)
    b = replace(life(draw, a.zone + draw.integers(-9, 10)), tools=a.tools, peak=a.peak)
    return [(a, 0, t), (replace(b, sharp=a.sharp, gap=a.gap, tail=a.tail), t, days)], ()


def exits(draw: Draw, days: float) -> Story:
    """Take up a VPN with many exits."""
    a, t = life(draw), cut(draw, days)
    many = tuple(f"exit{draw.integers(800)}" for _ in range(int(draw.integers(1, 40))))
    return [(a, 0, t), (replace(a, exits=many), t, days)], ()


def helped(draw: Draw, days: float) -> Story:
    """Let a back-up program begin to call beside its owner."""
    a, t = life(draw), draw.choice([0.0, cut(draw, days)])
    bot = replace(robot(draw), home=a.home)
    return [(a, 0, days), (bot, t, days)], ()


def sun(draw: Draw, days: float) -> Story:
    """Let three operators in three zones share the account all the time."""
    return [(life(draw, zone), 0, days) for zone in draw.choice(24, 3, replace=False) - 11.0], ()


def refit(draw: Draw, days: float) -> Story:
    """Give a new house and a new computer in one week."""
    a, t = life(draw), cut(draw, days)
    b = replace(
        a, home=f"isp{draw.integers(90)}.{draw.integers(6)}", tools=(f"key{draw.integers(10**7)}",)
    )
    return [(a, 0, t), (b, t + draw.uniform(0, 7), days)], ()


def abroad(draw: Draw, days: float) -> Story:
    """Sell to somebody anywhere."""
    t = cut(draw, days)
    return [(life(draw), 0, t), (life(draw), t, days)], (t,)


def home(draw: Draw, days: float) -> Story:
    """Sell to somebody of the same zone."""
    a, t = life(draw), cut(draw, days)
    return [(a, 0, t), (life(draw, a.zone), t, days)], (t,)


def imitator(draw: Draw, days: float) -> Story:
    """Sell to somebody who keeps the seller's hours and days on purpose."""
    a, t = life(draw), cut(draw, days)
    b = replace(
        life(draw), zone=a.zone, peak=a.peak + draw.normal(0, 0.8), worker=a.worker, wakes=a.wakes
    )
    return [(a, 0, t), (b, t, days)], (t,)


def cautious(draw: Draw, days: float) -> Story:
    """Sell to somebody who keeps the seller's line and tools."""
    a, t = life(draw), cut(draw, days)
    b = replace(life(draw), home=a.home, work="", exits=a.exits, tools=a.tools, phone=0.0)
    return [(a, 0, t), (b, t, days)], (t,)


def fading(draw: Draw, days: float) -> Story:
    """Sell, while the seller still comes for weeks."""
    a, t = life(draw), cut(draw, days)
    end = min(days, t + draw.uniform(5, 0.2 * days))
    slow = replace(a, gap=a.gap * draw.uniform(1.5, 5))
    return [(a, 0, t), (slow, t, end), (life(draw), t, days)], ((t + end) / 2,)


def dormant(draw: Draw, days: float) -> Story:
    """Sell after months in which nobody came."""
    t = 0.6 * cut(draw, days)
    begin = min(0.85 * days, t + draw.uniform(25, 0.4 * days))
    return [(life(draw), 0, t), (life(draw), begin, days)], (begin,)


def to_machine(draw: Draw, days: float) -> Story:
    """Sell to a program."""
    t = cut(draw, days)
    return [(life(draw), 0, t), (robot(draw), t, days)], (t,)


def to_crew(draw: Draw, days: float) -> Story:
    """Sell to several at once."""
    t = cut(draw, days)
    crew = [(life(draw), t, days) for _ in range(int(draw.integers(2, 4)))]
    return [(life(draw), 0, t), *crew], (t,)


def resold(draw: Draw, days: float) -> Story:
    """Sell twice."""
    one, two = draw.uniform(0.2, 0.42) * days, draw.uniform(0.58, 0.8) * days
    return [(life(draw), 0, one), (life(draw), one, two), (life(draw), two, days)], (one, two)


def burglar(draw: Draw, days: float) -> Story:
    """Let a second hand use the account beside its owner to the end."""
    a, t = life(draw), cut(draw, days)
    b = replace(life(draw), gap=a.gap * draw.uniform(0.5, 2.5))
    return [(a, 0, days), (b, t, days)], (t,)


def raid(draw: Draw, days: float) -> Story:
    """Let a second hand use it for some weeks only."""
    a, t = life(draw), cut(draw, days)
    b = replace(life(draw), gap=a.gap * draw.uniform(0.3, 1))
    return [(a, 0, days), (b, t, min(days, t + draw.uniform(14, 60)))], (t,)


def leech(draw: Draw, days: float) -> Story:
    """Let somebody else's program call beside the owner."""
    t = cut(draw, days)
    return [(life(draw), 0, days), (robot(draw), t, days)], (t,)


Teller = Callable[[Draw, float], Story]
ONE: tuple[Teller, ...] = (
    steady,
    journeys,
    leave,
    job,
    telephone,
    emigrant,
    exits,
    helped,
    sun,
    refit,
)
SOLD: tuple[Teller, ...] = (
    abroad,
    home,
    imitator,
    cautious,
    fading,
    dormant,
    to_machine,
    to_crew,
    resold,
)
BESIDE: tuple[Teller, ...] = (burglar, raid, leech)
SHARES = (0.5, 0.35, 0.15)


@dataclass(frozen=True, slots=True)
class Account:
    """One invented account: what happened to it, its log-ins, and when hands changed."""

    kind: str
    label: int
    past: History
    changes: tuple[float, ...]


def lived(draw: Draw) -> Account:
    """Draw an account of simulator B, with enough log-ins on each side of a change."""
    label = int(draw.choice(3, p=SHARES))
    stories = (ONE, SOLD, BESIDE)[label]
    tell = stories[int(draw.integers(len(stories)))]
    while True:
        parts, turns = tell(draw, float(draw.gamma(4, 75) + 50))
        visits = sorted(v for part in parts for v in live(draw, *part))
        past = seen(visits[: int(draw.integers(120, 400))])
        changes = tuple(BEGIN + DAY * t for t in turns)
        if len(past) >= 30 and all(both_sides(past, t) for t in changes):
            return Account(tell.__name__, label, past, changes)


def seen(visits: Sequence[Visit]) -> History:
    """Write visits down as a log does: whole seconds."""
    times = [BEGIN + float(round(at * DAY)) for at, _, _ in visits]
    return history(times, [n for _, n, _ in visits], [c for _, _, c in visits])


def both_sides(past: History, turn: float) -> bool:
    """Whether enough log-ins lie on each side of a turn to be told."""
    return SIDE <= int((past.times < turn).sum()) <= len(past) - SIDE
