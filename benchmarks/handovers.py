"""Changes of hands in log-in histories that the weights were never shown: how many are found.

Run with `python -m benchmarks.handovers`. Simulator B shares no mechanism with the one that made
the weights (`training/handovers`): log-ins are a renewal process with heavy-tailed gaps, thinned by
local daylight hours with summer time, holidays, rotating shifts and drift; people have a line at
home, one at work and a telephone whose prefix changes at each use, several clients in turn with
monthly updates; some accounts are visited by a machine. It set no weight and no threshold; those
of the baselines are chosen on the other simulator. An account of which nothing changed and that is
flagged is a false flag; a stolen account told as passed on counts against precision too.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import process_time

import numpy as np
from numpy.typing import NDArray

from ashiato.trace.habits import CHANNELS, NETWORK, SIDE, History, history, split
from ashiato.trace.layer import Change, at_rate, changes, is_change, judge, layer
from ashiato.trace.rules import rules
from training import handovers as simulator_a

SEED, ACCOUNTS, CHOOSING = 20_316, 3_000, 1_500
DAY, WEEK = 86_400.0, 7
BEGIN = 1_924_992_000.0
SURE = 0.5
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
        return 1.0 if (local - start) % 24 < 8.5 else 0.06  # noqa: PLR2004 - a shift
    free = weekday > 4 or int(at) % 365 in HOLIDAYS  # noqa: PLR2004
    shape = float(np.exp(who.sharp * (np.cos((local - who.peak) / 24 * 2 * np.pi) - 1)))
    asleep = 0.02 if (local - who.wakes) % 24 > 17 else 1.0  # noqa: PLR2004
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
    if who.work and weekday < 5 and 9 < local < 17:  # noqa: PLR2004 - office hours
        return who.work
    return f"{who.home}.{lease % 2}"


def machine(draw: Draw, who: Life, first: float, last: float) -> Iterator[Visit]:
    """Draw the visits of a program that calls at a fixed beat."""
    at = first + draw.uniform(0, who.every)
    while at < last:
        yield at + float(draw.normal(0, 0.002)), who.home, who.tools[0]
        at += who.every * (1 + (draw.random() < 0.05))  # noqa: PLR2004 - a beat is missed


Parts = list[tuple[Life, float, float]]
Story = tuple[Parts, tuple[float, ...]]


def robot(draw: Draw) -> Life:
    return replace(life(draw), every=float(draw.choice([0.25, 1.0, 3.0, 7.0])), phone=0.0)


def cut(draw: Draw, days: float) -> float:
    return float(days * draw.beta(2.2, 2.2) * 0.8 + 0.1 * days)


def steady(draw: Draw, days: float) -> Story:
    return [(life(draw), 0, days)], ()


def journeys(draw: Draw, days: float) -> Story:
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
    """A long leave, and other hours after it."""
    a, t = life(draw), cut(draw, days)
    b = replace(a, peak=a.peak + draw.normal(0, 2.5), gap=a.gap * draw.lognormal(0, 0.5))
    return [(a, 0, t), (b, min(days, t + draw.uniform(20, 90)), days)], ()


def job(draw: Draw, days: float) -> Story:
    """A new employer: another line at work, other hours, often another computer there."""
    a, t = life(draw), cut(draw, days)
    b = replace(
        a, work=f"corp{draw.integers(3000)}", peak=a.peak + draw.normal(0, 1.5), worker=True
    )
    if draw.random() < 0.5:  # noqa: PLR2004
        b = replace(b, tools=(a.tools[0], f"key{draw.integers(10**7)}"))
    return [(a, 0, t), (b, t, days)], ()


def telephone(draw: Draw, days: float) -> Story:
    """A new telephone and another carrier."""
    a, t = life(draw), cut(draw, days)
    b = replace(a, carrier=a.carrier + 1, tools=(*a.tools[1:], f"key{draw.integers(10**7)}"))
    return [(a, 0, t), (b, t, days)], ()


def emigrant(draw: Draw, days: float) -> Story:
    """Moves to another country for good, with the same computer."""
    a, t = life(draw), cut(draw, days)
    b = replace(life(draw, a.zone + draw.integers(-9, 10)), tools=a.tools, peak=a.peak)
    return [(a, 0, t), (replace(b, sharp=a.sharp, gap=a.gap, tail=a.tail), t, days)], ()


def exits(draw: Draw, days: float) -> Story:
    """Takes up a VPN with many exits."""
    a, t = life(draw), cut(draw, days)
    many = tuple(f"exit{draw.integers(800)}" for _ in range(int(draw.integers(1, 40))))
    return [(a, 0, t), (replace(a, exits=many), t, days)], ()


def helped(draw: Draw, days: float) -> Story:
    """A password manager or a back-up begins to call beside its owner."""
    a, t = life(draw), draw.choice([0.0, cut(draw, days)])
    bot = replace(robot(draw), home=a.home)
    return [(a, 0, days), (bot, t, days)], ()


def sun(draw: Draw, days: float) -> Story:
    """Three operators in three zones share the account all the time."""
    return [(life(draw, zone), 0, days) for zone in draw.choice(24, 3, replace=False) - 11.0], ()


def refit(draw: Draw, days: float) -> Story:
    """House and computer are new in one week."""
    a, t = life(draw), cut(draw, days)
    b = replace(
        a, home=f"isp{draw.integers(90)}.{draw.integers(6)}", tools=(f"key{draw.integers(10**7)}",)
    )
    return [(a, 0, t), (b, t + draw.uniform(0, 7), days)], ()


def abroad(draw: Draw, days: float) -> Story:
    t = cut(draw, days)
    return [(life(draw), 0, t), (life(draw), t, days)], (t,)


def home(draw: Draw, days: float) -> Story:
    a, t = life(draw), cut(draw, days)
    return [(a, 0, t), (life(draw, a.zone), t, days)], (t,)


def imitator(draw: Draw, days: float) -> Story:
    """The buyer keeps the seller's hours and days on purpose, with own tools."""
    a, t = life(draw), cut(draw, days)
    b = replace(
        life(draw), zone=a.zone, peak=a.peak + draw.normal(0, 0.8), worker=a.worker, wakes=a.wakes
    )
    return [(a, 0, t), (b, t, days)], (t,)


def cautious(draw: Draw, days: float) -> Story:
    """The buyer keeps the seller's line and tools, and lives otherwise."""
    a, t = life(draw), cut(draw, days)
    b = replace(life(draw), home=a.home, work="", exits=a.exits, tools=a.tools, phone=0.0)
    return [(a, 0, t), (b, t, days)], (t,)


def fading(draw: Draw, days: float) -> Story:
    """Seller and buyer overlap for weeks."""
    a, t = life(draw), cut(draw, days)
    end = min(days, t + draw.uniform(5, 0.2 * days))
    slow = replace(a, gap=a.gap * draw.uniform(1.5, 5))
    return [(a, 0, t), (slow, t, end), (life(draw), t, days)], ((t + end) / 2,)


def dormant(draw: Draw, days: float) -> Story:
    """Lies idle for months before the buyer comes."""
    t = 0.6 * cut(draw, days)
    begin = min(0.85 * days, t + draw.uniform(25, 0.4 * days))
    return [(life(draw), 0, t), (life(draw), begin, days)], (begin,)


def to_machine(draw: Draw, days: float) -> Story:
    """The buyer is a program."""
    t = cut(draw, days)
    return [(life(draw), 0, t), (robot(draw), t, days)], (t,)


def to_crew(draw: Draw, days: float) -> Story:
    """Several buyers at once."""
    t = cut(draw, days)
    crew = [(life(draw), t, days) for _ in range(int(draw.integers(2, 4)))]
    return [(life(draw), 0, t), *crew], (t,)


def resold(draw: Draw, days: float) -> Story:
    """Sold twice."""
    one, two = draw.uniform(0.2, 0.42) * days, draw.uniform(0.58, 0.8) * days
    return [(life(draw), 0, one), (life(draw), one, two), (life(draw), two, days)], (one, two)


def burglar(draw: Draw, days: float) -> Story:
    """A second hand uses the account beside its owner to the end."""
    a, t = life(draw), cut(draw, days)
    b = replace(life(draw), gap=a.gap * draw.uniform(0.5, 2.5))
    return [(a, 0, days), (b, t, days)], (t,)


def raid(draw: Draw, days: float) -> Story:
    """A second hand for some weeks only."""
    a, t = life(draw), cut(draw, days)
    b = replace(life(draw), gap=a.gap * draw.uniform(0.3, 1))
    return [(a, 0, days), (b, t, min(days, t + draw.uniform(14, 60)))], (t,)


def leech(draw: Draw, days: float) -> Story:
    """A program of somebody else calls beside the owner."""
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
class Case:
    """An account, what happened to it, and what the program says."""

    kind: str
    label: int
    past: History
    turns: tuple[float, ...]


def case(draw: Draw) -> Case:
    """Draw an account of 30 to 400 log-ins with enough of them on each side of a change."""
    label = int(draw.choice(3, p=SHARES))
    stories = (ONE, SOLD, BESIDE)[label]
    tell = stories[int(draw.integers(len(stories)))]
    while True:
        parts, turns = tell(draw, float(draw.gamma(4, 75) + 50))
        visits = sorted(v for part in parts for v in live(draw, *part))
        past = seen(visits[: int(draw.integers(120, 400))])
        turned = tuple(BEGIN + DAY * t for t in turns)
        if len(past) >= 30 and all(enough(past, t) for t in turned):  # noqa: PLR2004
            return Case(tell.__name__, label, past, turned)


def seen(visits: Sequence[Visit]) -> History:
    """Write visits down as a log does."""
    times = [BEGIN + float(round(at * DAY)) for at, _, _ in visits]
    return history(times, [n for _, n, _ in visits], [c for _, _, c in visits])


def enough(past: History, turn: float) -> bool:
    return SIDE <= int((past.times < turn).sum()) <= len(past) - SIDE


# -- baselines ------------------------------------------------------------------------------------


def network_only(past: History) -> float:
    """Score by the network alone, at its own best split."""
    tried = split(past)
    return float(tried.factors[NETWORK].max()) if tried else 0.0


def least_squares(past: History) -> float:
    """Score as change-point packages do: the fall of the squared error of all channels."""
    tried = split(past)
    if tried is None:
        return 0.0
    n, gain = len(past), np.zeros(len(tried.at))
    for name in CHANNELS:
        running, whole = tried.counts[name][:-1], tried.counts[name][-1]
        rest = whole - running
        squares = (running**2).sum(1) / tried.at + (rest**2).sum(1) / (n - tried.at)
        gain += squares - (whole**2).sum() / n
    return float(gain.max())


def floor(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Choose the threshold of the best F1, on simulator A."""
    tried = np.quantile(scores, np.linspace(0.02, 0.98, 97))
    return float(max(tried, key=lambda t: f1(scores >= t, labels == 1)))


def f1(flags: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    right = int((flags & true).sum())
    return 2 * right / max(1, int(flags.sum() + true.sum()))


# -- the measure ----------------------------------------------------------------------------------


def probability(past: History) -> tuple[float, float]:
    """Give the probabilities that the program would tell, reported or not."""
    found = judge(past, rules().handover)
    return (found.p, found.beside) if found else (0.0, 0.0)


def line(name: str, flags: NDArray[np.bool_], labels: NDArray[np.int64]) -> str:
    """Write one method's row."""
    right = flags & (labels == 1)
    precision = right.sum() / max(1, flags.sum())
    return (
        f"| {name} | {precision:.3f} | {flags[labels == 1].mean():.3f} "
        f"| {flags[labels == 0].mean():.3f} | {flags[labels == 2].mean():.3f} |"
    )


def main() -> None:
    """Print what is found, what is falsely flagged, when, and how sure."""
    draw, pack = np.random.default_rng(SEED), rules().handover
    cases = [case(draw) for _ in range(ACCOUNTS)]
    labels = np.array([c.label for c in cases])
    begin = process_time()
    told = [changes(c.past, pack) for c in cases]
    cost = (process_time() - begin) / len(cases) * 1e3
    sold = [[f for f in found if is_change(f, pack)] for found in told]
    flags = np.array([bool(f) for f in sold])
    beside = np.array([bool(f) and not s for f, s in zip(told, sold, strict=True)])
    chance = draw_a()
    print(
        f"{len(cases)} accounts, median {np.median([len(c.past) for c in cases]):.0f} log-ins, {cost:.2f} ms each\n"
    )
    print(
        "| method | precision | recall | flagged, unchanged | flagged, stolen |\n|---|---|---|---|---|"
    )
    print(line("this", flags, labels))
    for name, score in (("network alone", network_only), ("least squares", least_squares)):
        least = floor(
            np.array([score(a.past) for a in chance]), np.array([a.label for a in chance])
        )
        print(line(name, np.array([score(c.past) >= least for c in cases]), labels))
    by_kind(cases, flags, beside)
    two_hands(beside, labels)
    certainty(cases, labels, flags)
    places(cases, sold)


def draw_a() -> list[simulator_a.Account]:
    """Draw accounts of the other simulator, for the thresholds of the baselines."""
    draw = np.random.default_rng(SEED + 1)
    return [simulator_a.account(draw) for _ in range(CHOOSING)]


def by_kind(cases: Sequence[Case], flags: NDArray[np.bool_], beside: NDArray[np.bool_]) -> None:
    """Print one row for each thing that happened."""
    rows = defaultdict(list)
    for one, flag, two in zip(cases, flags, beside, strict=True):
        rows[one.label, one.kind].append((flag, two))
    print("\n| what happened | n | told as passed on | told as two hands |\n|---|---|---|---|")
    for (_, kind), seen_ in sorted(rows.items()):
        passed, two = np.mean(seen_, axis=0)
        print(f"| {kind} | {len(seen_)} | {passed:.3f} | {two:.3f} |")


def two_hands(beside: NDArray[np.bool_], labels: NDArray[np.int64]) -> None:
    precision = (labels[beside] == 2).mean()  # noqa: PLR2004 - the label
    found, wrong = beside[labels == 2].mean(), beside[labels == 0].mean()  # noqa: PLR2004
    print(f"\ntwo hands: precision {precision:.3f}, recall {found:.3f}, of unchanged {wrong:.3f}")


def certainty(cases: Sequence[Case], labels: NDArray[np.int64], flags: NDArray[np.bool_]) -> None:
    """Print the calibration, and what other base rates make of a flag."""
    p = np.array([probability(c.past)[0] for c in cases])
    error = simulator_a.calibration_error(p, labels == 1)
    print(f"calibration error {error:.3f}, Brier {((p - (labels == 1)) ** 2).mean():.3f}")
    false, true = flags[labels == 0].mean(), flags[labels == 1].mean()
    for rate in (0.3, 0.1, 0.01):
        share = rate * true / (rate * true + (1 - rate) * false)
        print(
            f"where {rate:.0%} change hands: precision {share:.2f}; p .95 is {at_rate(0.95, rate, layer()):.2f}"
        )
    for sure in (0.5, 0.8, 0.95):
        some = p >= sure
        print(
            f"p >= {sure}: precision {(labels[some] == 1).mean():.3f}, recall {some[labels == 1].mean():.3f}"
        )


def places(cases: Sequence[Case], sold: Sequence[Sequence[Change]]) -> None:
    """Print how far the windows lie from the truth, and how many second sales are found."""
    hours, logins, inside, second = [], [], [], []
    for one, found in zip(cases, sold, strict=True):
        if one.label != 1 or not found:
            continue
        times = one.past.times
        for turn in one.turns:
            windows = [(times[f.first - 1], times[f.last]) for f in found]
            near = min(windows, key=lambda w: abs((w[0] + w[1]) / 2 - turn))
            hours.append(abs((near[0] + near[1]) / 2 - turn) / 3600)
            middle = int(np.searchsorted(times, (near[0] + near[1]) / 2))
            logins.append(abs(middle - int(np.searchsorted(times, turn))))
            inside.append(near[0] <= turn <= near[1])
        second += [len(found) > 1] if len(one.turns) > 1 else []
    single = [
        len(f) > 1
        for c, f in zip(cases, sold, strict=True)
        if c.label == 1 and len(c.turns) == 1 and f
    ]
    print(f"time error: median {np.median(hours):.1f} h, p90 {np.quantile(hours, 0.9):.0f} h")
    print(
        f"in log-ins: median {np.median(logins):.0f}, p90 {np.quantile(logins, 0.9):.0f}; window holds it {np.mean(inside):.3f}"
    )
    print(
        f"sold twice, both told: {np.mean(second):.3f}; one sale told as more: {np.mean(single):.3f}"
    )


if __name__ == "__main__":
    main()
