"""Changes of hands in log-in histories that the weights were never shown: how many are found.

Run with `python -m benchmarks.handovers`. Simulator C shares no mechanism with the two that made
the weights (`training/handovers`, `training/lives`): people keep appointments (a few habitual times
a weekday, missed now and then), busy and idle weeks follow each other, networks come by a Chinese
restaurant process, each place has a machine of its own that dies and is replaced. It set no weight
and no threshold; those of the baselines are chosen on simulator A. An account of which nothing
changed, flagged, is a false flag; a stolen one told as passed on counts against precision.
"""
# ruff: noqa: PLR2004 - the numbers of an invented life are its definition

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import process_time

import numpy as np
from numpy.typing import NDArray
from training import handovers as simulator_a
from training.lives import BEGIN, DAY, Account, Draw, Visit, both_sides, seen

from ashiato.trace.habits import CHANNELS, NETWORK, History, split
from ashiato.trace.layer import Change, at_rate, changes, is_change, judge, layer
from ashiato.trace.rules import rules

SEED, ACCOUNTS, CHOOSING = 777, 3_000, 1_500
SHARES = (0.5, 0.35, 0.15)
"""One hand, a change of hands, two hands at once."""


@dataclass(frozen=True, slots=True)
class Habit:
    """One person: appointments (weekday, hour, odds), places, and how faithful to all of them.

    ``places`` are known networks with the machine used there; ``novelty`` is the concentration of
    the restaurant process; ``lasts`` how many days a machine lives; ``busy`` the autocorrelation
    of weeks.
    """

    slots: tuple[tuple[int, float, float], ...]
    loose: float
    stray: float
    places: tuple[tuple[str, str], ...]
    novelty: float
    lasts: float
    busy: float


def habit(draw: Draw, middle: float | None = None) -> Habit:
    """Draw somebody's habits; ``middle`` is the middle of the day in UTC."""
    noon = draw.uniform(0, 24) if middle is None else middle
    hours = noon + draw.normal(0, 4.5, 1 + draw.binomial(3, 0.4))
    working = draw.random() < 0.6
    odds = draw.beta(2, 3, len(hours)) * draw.choice([0.4, 0.8, 1.2])
    slots = tuple(
        (day, float(h), float(o) * (0.2 if working and day > 4 else 1.0))
        for day in range(7)
        for h, o in zip(hours, odds, strict=True)
    )
    return Habit(
        slots=slots,
        loose=float(draw.exponential(0.8) + 0.1),
        stray=float(draw.beta(1, 6)),
        places=places(draw, 1 + draw.binomial(2, 0.4)),
        novelty=float(draw.choice([0.0, 0.5, 3.0])),
        lasts=float(draw.exponential(900) + 60),
        busy=float(draw.uniform(0, 0.8)),
    )


def places(draw: Draw, count: int) -> tuple[tuple[str, str], ...]:
    """Draw places, each with its network and machine; two places may share the machine."""
    machines = [f"host{draw.integers(10**6)}" for _ in range(count)]
    return tuple(
        (f"as{int(draw.pareto(0.7) * 3) % 500}", machines[int(draw.integers(k + 1))])
        for k in range(count)
    )


def live(draw: Draw, who: Habit, first: float, last: float) -> Iterator[Visit]:
    """Draw the visits between two days: appointments kept, and a few at any hour."""
    tables = [3.0] * len(who.places)
    known = list(who.places)
    mood, born, model = 0.0, first - draw.uniform(0, who.lasts), 0
    for day in range(int(first), int(np.ceil(last))):
        if day % 7 == 0:
            mood = who.busy * mood + float(draw.normal(0, 0.5))
        if day - born > who.lasts:
            born, model = float(day), model + 1
        for weekday, hour, odds in who.slots:
            if weekday != day % 7 or draw.random() > odds * np.exp(mood):
                continue
            strays = draw.random() < who.stray
            hour_ = draw.uniform(0, 24) if strays else hour + who.loose * draw.standard_t(4)
            at = day + hour_ / 24
            seat = _seat(draw, known, tables, who.novelty)
            network, machine = known[seat]
            for _ in range(1 + draw.binomial(3, 0.15)):
                if first <= at < last:
                    yield at, network, f"{machine}-{model}"
                at += float(draw.gamma(0.5, 0.03))


def _seat(draw: Draw, known: list[tuple[str, str]], tables: list[float], novelty: float) -> int:
    """Choose a place as a guest does a table: the fuller the likelier, now and then a new one."""
    weights = np.array([*tables, novelty])
    seat = int(draw.choice(len(weights), p=weights / weights.sum()))
    if seat == len(known):
        known.append((f"as{draw.integers(500)}", known[0][1]))
        tables.append(0.0)
    tables[seat] += 1
    return seat


Parts = list[tuple[Habit, float, float]]
Story = tuple[Parts, tuple[float, ...]]


def turn(draw: Draw, days: float) -> float:
    """Draw the day of a turn."""
    return float(days * draw.triangular(0.1, 0.5, 0.9))


def moved(who: Habit, by: float) -> Habit:
    """Keep all appointments some hours later."""
    return replace(who, slots=tuple((d, h + by, o) for d, h, o in who.slots))


def calm(draw: Draw, days: float) -> Story:
    """Let nothing happen."""
    return [(habit(draw), 0, days)], ()


def tour(draw: Draw, days: float) -> Story:
    """Let somebody be on the road for some weeks."""
    a, t = habit(draw), turn(draw, days)
    back = min(days, t + float(draw.exponential(14) + 4))
    road = replace(moved(a, float(draw.normal(0, 3))), novelty=20.0)
    return [(a, 0, t), (road, t, back), (a, back, days)], ()


def pause(draw: Draw, days: float) -> Story:
    """Let nobody come for weeks, and the same person come again."""
    a, t = habit(draw), turn(draw, days)
    return [(a, 0, t), (a, min(days, t + draw.uniform(10, 80)), days)], ()


def moved_house(draw: Draw, days: float) -> Story:
    """Give new lines, and keep the machines."""
    a, t = habit(draw), turn(draw, days)
    new = tuple(
        (n, m) for (n, _), (_, m) in zip(places(draw, len(a.places)), a.places, strict=True)
    )
    return [(a, 0, t), (replace(a, places=new), t, days)], ()


def new_machines(draw: Draw, days: float) -> Story:
    """Give new machines, and keep the lines."""
    a, t = habit(draw), turn(draw, days)
    new = tuple(
        (n, m) for (_, m), (n, _) in zip(places(draw, len(a.places)), a.places, strict=True)
    )
    return [(a, 0, t), (replace(a, places=new), t, days)], ()


def fresh_start(draw: Draw, days: float) -> Story:
    """Give new lines and new machines at once."""
    a, t = habit(draw), turn(draw, days)
    return [(a, 0, t), (replace(a, places=places(draw, 2)), t, days)], ()


def promoted(draw: Draw, days: float) -> Story:
    """Give other appointments, and nothing else."""
    a, t = habit(draw), turn(draw, days)
    return [(a, 0, t), (replace(a, slots=habit(draw, a.slots[0][1]).slots), t, days)], ()


def relayed(draw: Draw, days: float) -> Story:
    """Take up a relay of many exits."""
    a, t = habit(draw), turn(draw, days)
    return [(a, 0, t), (replace(a, novelty=float(draw.choice([5.0, 60.0]))), t, days)], ()


def couple(draw: Draw, days: float) -> Story:
    """Let two people share the account all the time."""
    return [(habit(draw), 0, days), (habit(draw), 0, days)], ()


def script(draw: Draw, days: float) -> Story:
    """Let the owner's own script call once a day, from some day on."""
    a, t = habit(draw), turn(draw, days)
    hour = draw.uniform(0, 24)
    daily = tuple((day, hour, 0.97) for day in range(7))
    own = replace(a, slots=daily, loose=0.02, stray=0.0, novelty=0.0, places=a.places[:1])
    return [(a, 0, days), (own, t, days)], ()


def sold(draw: Draw, days: float) -> Story:
    """Sell to somebody anywhere."""
    t = turn(draw, days)
    return [(habit(draw), 0, t), (habit(draw), t, days)], (t,)


def neighbour(draw: Draw, days: float) -> Story:
    """Sell to somebody of the same part of the world."""
    t, noon = turn(draw, days), draw.uniform(0, 24)
    return [(habit(draw, noon), 0, t), (habit(draw, noon), t, days)], (t,)


def shadow(draw: Draw, days: float) -> Story:
    """Sell to somebody who keeps the seller's appointments, more or less."""
    a, t = habit(draw), turn(draw, days)
    b = replace(moved(a, float(draw.normal(0, 1))), places=places(draw, 2), loose=a.loose + 0.7)
    return [(a, 0, t), (b, t, days)], (t,)


def guarded(draw: Draw, days: float) -> Story:
    """Sell to somebody who keeps the seller's lines and machines."""
    a, t = habit(draw), turn(draw, days)
    b = replace(habit(draw), places=a.places, novelty=0.0, lasts=a.lasts)
    return [(a, 0, t), (b, t, days)], (t,)


def trial(draw: Draw, days: float) -> Story:
    """Let the buyer try it for weeks before the seller leaves."""
    t = turn(draw, days)
    end = min(days, t + float(draw.exponential(0.08 * days) + 3))
    return [(habit(draw), 0, end), (habit(draw), t, days)], ((t + end) / 2,)


def shelved(draw: Draw, days: float) -> Story:
    """Sell it after it lay idle."""
    t = 0.7 * turn(draw, days)
    begin = min(0.9 * days, t + float(draw.gamma(2, 30)))
    return [(habit(draw), 0, t), (habit(draw), begin, days)], (begin,)


def workshop(draw: Draw, days: float) -> Story:
    """Sell it to several at once."""
    t = turn(draw, days)
    return [(habit(draw), 0, t), *((habit(draw), t, days) for _ in range(2))], (t,)


def chain(draw: Draw, days: float) -> Story:
    """Sell it, and sell it again."""
    one, two = draw.uniform(0.22, 0.42) * days, draw.uniform(0.58, 0.78) * days
    return [(habit(draw), 0, one), (habit(draw), one, two), (habit(draw), two, days)], (one, two)


def lodger(draw: Draw, days: float) -> Story:
    """Let a second hand use it beside its owner to the end."""
    return [(habit(draw), 0, days), (habit(draw), t := turn(draw, days), days)], (t,)


def intruder(draw: Draw, days: float) -> Story:
    """Let a second hand use it beside its owner at other hours, for some months."""
    a, t = habit(draw), turn(draw, days)
    b = habit(draw, a.slots[0][1] + 12)
    return [(a, 0, days), (b, t, min(days, t + draw.uniform(20, 0.5 * days + 20)))], (t,)


Teller = Callable[[Draw, float], Story]
ONE: tuple[Teller, ...] = (
    calm, tour, pause, moved_house, new_machines, fresh_start, promoted, relayed, couple, script,
)  # fmt: skip
SOLD: tuple[Teller, ...] = (
    sold, neighbour, shadow, guarded, trial, shelved, workshop, chain,
)  # fmt: skip
BESIDE: tuple[Teller, ...] = (lodger, intruder)


def case(draw: Draw) -> Account:
    """Draw an account with enough log-ins on each side of a change."""
    label = int(draw.choice(3, p=SHARES))
    stories = (ONE, SOLD, BESIDE)[label]
    tell = stories[int(draw.integers(len(stories)))]
    while True:
        parts, turns = tell(draw, float(draw.uniform(90, 500)))
        past = seen(sorted(v for part in parts for v in live(draw, *part))[:500])
        turned = tuple(BEGIN + DAY * t for t in turns)
        if len(past) >= 30 and all(both_sides(past, t) for t in turned):
            return Account(tell.__name__, label, past, turned)


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
    """Give the harmonic mean of precision and recall."""
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
    size = np.median([len(c.past) for c in cases])
    print(f"{len(cases)} accounts, median {size:.0f} log-ins, {cost:.2f} ms each\n")
    print("| method | precision | recall | flagged, unchanged | flagged, stolen |")
    print("|---|---|---|---|---|")
    print(line("this", flags, labels))
    for name, score in (("network alone", network_only), ("least squares", least_squares)):
        least = floor(
            np.array([score(a.past) for a in chance]), np.array([a.label for a in chance])
        )
        print(line(name, np.array([score(c.past) >= least for c in cases]), labels))
    by_kind(cases, flags, beside)
    two_hands(beside, labels)
    certainty(cases, labels, flags)
    windows(cases, sold)


def draw_a() -> list[Account]:
    """Draw accounts of the other simulator, for the thresholds of the baselines."""
    draw = np.random.default_rng(SEED + 1)
    return [simulator_a.account(draw) for _ in range(CHOOSING)]


def by_kind(cases: Sequence[Account], flags: NDArray[np.bool_], beside: NDArray[np.bool_]) -> None:
    """Print one row for each thing that happened."""
    rows = defaultdict(list)
    for one, flag, two in zip(cases, flags, beside, strict=True):
        rows[one.label, one.kind].append((flag, two))
    print("\n| what happened | n | told as passed on | told as two hands |\n|---|---|---|---|")
    for (_, kind), seen_ in sorted(rows.items()):
        passed, two = np.mean(seen_, axis=0)
        print(f"| {kind} | {len(seen_)} | {passed:.3f} | {two:.3f} |")


def two_hands(beside: NDArray[np.bool_], labels: NDArray[np.int64]) -> None:
    """Print how well a second hand beside the first is told."""
    precision = (labels[beside] == 2).mean()
    found, wrong = beside[labels == 2].mean(), beside[labels == 0].mean()
    print(f"\ntwo hands: precision {precision:.3f}, recall {found:.3f}, of unchanged {wrong:.3f}")


def certainty(
    cases: Sequence[Account], labels: NDArray[np.int64], flags: NDArray[np.bool_]
) -> None:
    """Print the calibration, and what other base rates make of a flag."""
    p = np.array([probability(c.past)[0] for c in cases])
    error = simulator_a.calibration_error(p, labels == 1)
    print(f"calibration error {error:.3f}, Brier {((p - (labels == 1)) ** 2).mean():.3f}")
    false, true = flags[labels == 0].mean(), flags[labels == 1].mean()
    for rate in (0.3, 0.1, 0.01):
        share = rate * true / (rate * true + (1 - rate) * false)
        rare = at_rate(0.95, rate, layer())
        print(f"where {rate:.0%} change hands: precision {share:.2f}; p .95 is {rare:.2f}")
    for sure in (0.5, 0.8, 0.95):
        some = p >= sure
        right, got = (labels[some] == 1).mean(), some[labels == 1].mean()
        print(f"p >= {sure}: precision {right:.3f}, recall {got:.3f}")


def windows(cases: Sequence[Account], sold: Sequence[Sequence[Change]]) -> None:
    """Print how far the windows lie from the truth, and how many second sales are found."""
    hours, logins, inside, second = [], [], [], []
    for one, found in zip(cases, sold, strict=True):
        if one.label != 1 or not found:
            continue
        times = one.past.times
        for turn in one.changes:
            spans = [(times[f.first - 1], times[f.last]) for f in found]
            near = min(spans, key=lambda w: abs((w[0] + w[1]) / 2 - turn))
            hours.append(abs((near[0] + near[1]) / 2 - turn) / 3600)
            middle = int(np.searchsorted(times, (near[0] + near[1]) / 2))
            logins.append(abs(middle - int(np.searchsorted(times, turn))))
            inside.append(near[0] <= turn <= near[1])
        second += [len(found) > 1] if len(one.changes) > 1 else []
    single = [
        len(f) > 1
        for c, f in zip(cases, sold, strict=True)
        if c.label == 1 and len(c.changes) == 1 and f
    ]
    print(f"time error: median {np.median(hours):.1f} h, p90 {np.quantile(hours, 0.9):.0f} h")
    print(f"in log-ins: median {np.median(logins):.0f}, p90 {np.quantile(logins, 0.9):.0f}")
    print(f"the window holds the change: {np.mean(inside):.3f}")
    print(f"sold twice, both told: {np.mean(second):.3f}")
    print(f"one sale told as more: {np.mean(single):.3f}")


if __name__ == "__main__":
    main()
