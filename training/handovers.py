"""Make the weights that tell a change of hands from a new computer, and say how well they do it.

Run with `python -m training.handovers [--write]`. The log-ins are invented, half of them here
(simulator A: persons with working hours, sessions, networks and clients, and sixteen things that
happen to their accounts), half in `training/lives` (simulator B). A third simulator, of other
mechanisms, is kept for the measure: `benchmarks/handovers`. Needs scikit-learn, which the program
does not.
"""
# ruff: noqa: PLR2004 - the numbers of an invented life are its definition

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ashiato.core.canonical import to_plain
from ashiato.trace.habits import NAMES, Floats, features, split
from ashiato.trace.layer import Layer, probabilities
from training.lives import BEGIN, DAY, Account, Draw, Visit, both_sides, lived, seen

SEED = 6
ACCOUNTS, HELD = 7_000, 2_000
"""How many of each simulator set the weights, and how many measure them."""
DIGITS = 6
SURE = 0.5
OUT = Path(__file__).parent.parent / "src/ashiato/knowledge/handovers.toml"
ONE, CHANGE, TWO = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's habits: hours (centre, spread), weekdays, sessions, networks and clients."""

    hours: tuple[tuple[float, float], ...]
    weekdays: tuple[float, ...]
    per_day: float
    burst: float
    networks: tuple[str, ...]
    roams: float
    clients: tuple[str, ...]
    updates: float


def person(draw: Draw, zone: float | None = None) -> Person:
    """Draw a person; ``zone`` keeps the middle of the day where it is."""
    middle = draw.uniform(0, 24) if zone is None else (zone + draw.normal(0, 3)) % 24
    peaks = [(middle, draw.uniform(1, 3.5))]
    if draw.random() < 0.4:
        peaks.append((middle + draw.uniform(4, 9), draw.uniform(0.7, 2)))
    rest = draw.choice([0.1, 0.4, 1.0, 1.5], p=[0.35, 0.25, 0.3, 0.1])
    first = draw.choice([5, 5, 5, 4, 0])
    return Person(
        hours=tuple(peaks),
        weekdays=tuple(rest if (d - first) % 7 < 2 else 1.0 for d in range(7)),
        per_day=float(np.exp(draw.uniform(np.log(0.2), np.log(2.5)))),
        burst=draw.uniform(0, 0.6),
        networks=networks(draw, int(draw.choice([1, 1, 2, 3, 5]))),
        roams=float(draw.choice([0, 0, 0.1, 0.4])),
        clients=clients(draw, int(draw.choice([1, 1, 1, 2, 3]))),
        updates=float(draw.choice([0, 0, 0.003, 0.012])),
    )


def networks(draw: Draw, count: int) -> tuple[str, ...]:
    """Draw networks from 400, the commonest half of the time."""
    return tuple(f"n{min(draw.zipf(1.3), 400)}-{draw.integers(8)}" for _ in range(count))


def clients(draw: Draw, count: int) -> tuple[str, ...]:
    """Draw clients: keys are one's own, programs are shared by many."""
    shared = draw.random() < 0.3
    room = 12 if shared else 10**6
    return tuple(f"c{draw.integers(room)}" for _ in range(count))


def live(draw: Draw, who: Person, first: float, last: float) -> Iterator[Visit]:
    """Draw the log-ins of one person between two days."""
    version = 0
    mobile = [f"m{draw.integers(400)}" for _ in range(12)]
    for day in range(int(first), int(np.ceil(last))):
        version += draw.random() < who.updates
        for _ in range(draw.poisson(who.per_day * who.weekdays[day % 7])):
            middle, spread = who.hours[int(draw.integers(len(who.hours)))]
            at = day + ((draw.normal(middle, spread)) % 24) / 24
            network = who.networks[min(int(draw.exponential(0.8)), len(who.networks) - 1)]
            if draw.random() < who.roams:
                network = mobile[int(draw.integers(len(mobile)))]
            used = who.clients[min(int(draw.exponential(0.6)), len(who.clients) - 1)]
            while True:
                if first <= at < last:
                    yield at, network, f"{used}.{version}"
                if draw.random() >= who.burst:
                    break
                at += float(np.exp(draw.normal(-4.2, 1.2)))


Stretch = tuple[Person, float, float]
Story = tuple[list[Stretch], tuple[float, ...]]
Teller = Callable[[Draw, float], Story]


def _shift(who: Person, by: float) -> Person:
    return replace(who, hours=tuple((m + by, s) for m, s in who.hours))


def _turn(draw: Draw, days: float) -> float:
    return float(draw.uniform(0.15, 0.85) * days)


def same(draw: Draw, days: float) -> Story:
    """Let nothing happen."""
    return [(person(draw), 0, days)], ()


def away(draw: Draw, days: float) -> Story:
    """Let somebody travel, once or twice, and come back."""
    a, parts, at = person(draw), [], 0.0
    for _ in range(int(draw.integers(1, 3))):
        gone = draw.uniform(at, days)
        back = min(days, gone + draw.uniform(3, 35))
        there = replace(
            _shift(a, draw.choice([0.0, draw.uniform(-9, 9)])), networks=networks(draw, 2)
        )
        parts += [(a, at, gone), (there, gone, back)]
        at = back
    return [*parts, (a, at, days)], ()


def equipment(draw: Draw, days: float) -> Story:
    """Give a new computer, a new line, or both; at once or weeks apart."""
    a, turn = person(draw), _turn(draw, days)
    what = draw.integers(5)
    b = (
        replace(a, clients=clients(draw, 1))
        if what != 1
        else replace(a, networks=networks(draw, 2))
    )
    c = replace(b, networks=networks(draw, int(draw.integers(1, 3)))) if what >= 2 else b
    later = min(days, turn + (draw.uniform(0, 0.3 * days) if what == 3 else 0))
    if what == 4:
        old = replace(a, per_day=a.per_day * 0.2)
        return [
            (a, 0, turn),
            (c, turn, days),
            (old, turn, min(days, turn + draw.uniform(5, 60))),
        ], ()
    return [(a, 0, turn), (b, turn, later), (c, later, days)], ()


def tunnel(draw: Draw, days: float) -> Story:
    """Take up a VPN, of one network or many."""
    a, turn = person(draw), _turn(draw, days)
    exits = networks(draw, int(draw.choice([1, 3, 12])))
    return [(a, 0, turn), (replace(a, networks=exits, roams=0.0), turn, days)], ()


def task(draw: Draw, days: float) -> Story:
    """Give a new task: other hours, another pace, and nothing else."""
    a, turn = person(draw), _turn(draw, days)
    b = replace(
        _shift(a, draw.normal(0, 3)), per_day=a.per_day * float(np.exp(draw.normal(0, 0.6)))
    )
    b = replace(b, burst=draw.uniform(0, 0.6), weekdays=person(draw).weekdays)
    return [(a, 0, turn), (b, turn, days)], ()


def season(draw: Draw, days: float) -> Story:
    """Let hours drift or the clocks change; a holiday leaves a gap."""
    a, turn = person(draw), _turn(draw, days)
    rest = draw.uniform(0, 0.15 * days)
    return [(a, 0, turn), (_shift(a, draw.choice([-1, 1, 2])), min(days, turn + rest), days)], ()


def team(draw: Draw, days: float) -> Story:
    """Let two or three operators share the account from the first to the last day."""
    middle = draw.uniform(0, 24)
    return [(person(draw, middle), 0, days) for _ in range(int(draw.integers(2, 4)))], ()


def device(draw: Draw, days: float) -> Story:
    """Use a second computer beside the first, by the same person at the same hours."""
    a, turn = person(draw), _turn(draw, days)
    share = draw.uniform(0.15, 0.6)
    b = replace(a, clients=clients(draw, 1), per_day=a.per_day * share)
    if draw.random() < 0.5:
        b = replace(b, networks=networks(draw, 1))
    rest = replace(a, per_day=a.per_day * (1 - share))
    return [(a, 0, turn), (rest, turn, days), (b, turn, days)], ()


def replaced(draw: Draw, days: float) -> Story:
    """Replace computer and line at once, and shift the hours a little: the hard innocent."""
    a, turn = person(draw), _turn(draw, days)
    b = _shift(
        replace(a, clients=clients(draw, 1), networks=networks(draw, 2)), draw.normal(0, 0.7)
    )
    return [(a, 0, turn), (b, turn, days)], ()


def _sale(draw: Draw, days: float, b: Person, a: Person) -> Story:
    turn = _turn(draw, days)
    begin = min(0.95 * days, turn + draw.choice([0.0, 0.0, draw.uniform(0, 0.2 * days)]))
    return [(a, 0, turn), (b, begin, days)], (begin,)


def sold(draw: Draw, days: float) -> Story:
    """Sell to somebody anywhere."""
    return _sale(draw, days, person(draw), person(draw))


def nearby(draw: Draw, days: float) -> Story:
    """Sell to somebody of the same part of the world, perhaps of the same networks."""
    middle = draw.uniform(0, 24)
    a, b = person(draw, middle), person(draw, middle)
    if draw.random() < 0.3:
        b = replace(b, networks=a.networks)
    return _sale(draw, days, b, a)


def tunnelled(draw: Draw, days: float) -> Story:
    """Sell, where seller and buyer use one VPN."""
    a = person(draw)
    return _sale(draw, days, replace(person(draw), networks=a.networks, roams=a.roams), a)


def careful(draw: Draw, days: float) -> Story:
    """Sell to somebody who keeps the line and the client: only habits change."""
    a = person(draw)
    b = replace(
        person(draw), networks=a.networks, clients=a.clients, roams=a.roams, updates=a.updates
    )
    return _sale(draw, days, b, a)


def gradual(draw: Draw, days: float) -> Story:
    """Sell, while the seller still comes for a while."""
    a, b, turn = person(draw), person(draw), _turn(draw, days)
    end = min(days, turn + draw.uniform(0.02, 0.15) * days)
    leaving = replace(a, per_day=a.per_day * draw.uniform(0.1, 0.7))
    return [(a, 0, turn), (leaving, turn, end), (b, turn, days)], ((turn + end) / 2,)


def twice(draw: Draw, days: float) -> Story:
    """Sell, and sell again."""
    one = draw.uniform(0.2, 0.45) * days
    two = draw.uniform(0.55, 0.8) * days
    a, b, c = person(draw), person(draw), person(draw)
    return [(a, 0, one), (b, one, two), (c, two, days)], (one, two)


def stolen(draw: Draw, days: float) -> Story:
    """Let a thief use the account beside its owner, who goes on as before."""
    a, b, turn = person(draw), person(draw), _turn(draw, days)
    b = replace(b, per_day=a.per_day * draw.uniform(0.25, 1.5))
    end = days if draw.random() < 0.6 else draw.uniform(turn + 0.1 * days, days * 1.1)
    return [(a, 0, days), (b, turn, min(days, end))], (turn,)


STORIES: dict[str, tuple[int, float, Teller]] = {
    "same": (ONE, 8, same),
    "journey": (ONE, 8, away),
    "new equipment": (ONE, 10, equipment),
    "VPN": (ONE, 4, tunnel),
    "new task": (ONE, 6, task),
    "season": (ONE, 5, season),
    "shared operators": (ONE, 6, team),
    "second device": (ONE, 6, device),
    "all replaced": (ONE, 4, replaced),
    "sold": (CHANGE, 11, sold),
    "sold nearby": (CHANGE, 8, nearby),
    "same VPN": (CHANGE, 5, tunnelled),
    "careful buyer": (CHANGE, 4, careful),
    "gradual": (CHANGE, 4, gradual),
    "sold twice": (CHANGE, 5, twice),
    "stolen": (TWO, 12, stolen),
}
"""What happens to accounts: how it is labelled, how often, and who tells it."""


def account(draw: Draw) -> Account:
    """Draw one account with enough log-ins on each side of whatever happened."""
    weights = np.array([weight for _, weight, _ in STORIES.values()], dtype=float)
    kind = str(draw.choice(list(STORIES), p=weights / weights.sum()))
    label, _, tell = STORIES[kind]
    while True:
        parts, changes = tell(draw, float(draw.uniform(60, 700)))
        visits = sorted(v for part in parts for v in live(draw, *part))[
            : int(draw.integers(200, 600))
        ]
        changes = tuple(BEGIN + DAY * c for c in changes)
        past = seen(visits)
        if len(past) >= 24 and all(both_sides(past, c) for c in changes):
            return Account(kind, label, past, changes)


def rows(accounts: Sequence[Account]) -> Iterator[tuple[Floats, int]]:
    """Give what the layer learns from: whole histories, and both parts of those passed on."""
    for one in accounts:
        tried = split(one.past)
        if tried is None:
            continue
        yield features(one.past, tried), one.label
        if one.label == CHANGE:
            at = int(tried.at[tried.best])
            for part in (one.past.part(0, at), one.past.part(at, len(one.past))):
                inner = split(part)
                if inner is not None and len(part) >= 24:
                    held = any(both_sides(part, c) for c in one.changes)
                    yield features(part, inner), CHANGE if held else ONE


def fit(x: Floats, y: NDArray[np.int64]) -> dict[str, Floats]:
    """Fit the layer: centre, scale, weights and offsets, rounded as they are shipped."""
    centre, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    model = LogisticRegression(C=0.3, max_iter=3000, tol=1e-8)
    model.fit((x - centre) / scale, y)
    made = {"centre": centre, "scale": scale, "offsets": model.intercept_, "weights": model.coef_}
    return {name: np.round(values, DIGITS) for name, values in made.items()}


def learn(accounts: Sequence[Account]) -> Layer:
    """Learn the layer from accounts."""
    told, labels = zip(*rows(accounts), strict=True)
    y = np.array(labels)
    fitted = fit(np.array(told), y)
    shares = tuple(round(float((y == label).mean()), DIGITS) for label in (ONE, CHANGE, TWO))
    weights = tuple(tuple(map(float, row)) for row in fitted.pop("weights"))
    rest = {name: tuple(map(float, values)) for name, values in fitted.items()}
    made = "two simulators (training/handovers.py, training/lives.py)"
    source = f"{len(accounts)} invented accounts of {made}"
    return Layer("2026.1", source, SEED, NAMES, shares, {}, weights=weights, **rest)


def measured(accounts: Sequence[Account], weights: Layer) -> dict[str, float]:
    """Say how well the layer does at one half on accounts that it did not learn from."""
    tried = [(one, split(one.past)) for one in accounts]
    told = [(one.label, features(one.past, t)) for one, t in tried if t is not None]
    y = np.array([label for label, _ in told])
    p = np.array([probabilities(x, weights) for _, x in told])
    change, two = p[:, CHANGE] >= SURE, p[:, TWO] >= SURE
    found = {
        "accounts": float(len(y)),
        "precision": (y[change] == CHANGE).mean(),
        "recall": change[y == CHANGE].mean(),
        "false_flags": change[y == ONE].mean(),
        "two_precision": (y[two] == TWO).mean(),
        "two_recall": two[y == TWO].mean(),
        "two_false_flags": two[y == ONE].mean(),
        "calibration_error": calibration_error(p[:, CHANGE], y == CHANGE),
    }
    return {name: round(float(value), 4) for name, value in found.items()}


def calibration_error(p: Floats, came_true: NDArray[np.bool_]) -> float:
    """Give the gap between probability and share that came true, over ten bins by their size."""
    bins = np.minimum((p * 10).astype(int), 9)
    gaps = [
        abs(p[bins == b].mean() - came_true[bins == b].mean()) * (bins == b).mean()
        for b in range(10)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def written(weights: Layer) -> str:
    """Write the layer as a pack."""
    plain = to_plain(weights)
    lines = [
        "# Weights that tell a change of hands (trace/layer.py). Made by `python -m",
        "# training.handovers --write`: do not edit. Measured on accounts of the same simulator",
        "# that set no weight; docs/tracing.md has the figures on an unlike one.",
    ]
    table = plain.pop("measured")
    lines += [f"{name} = {json.dumps(value)}" for name, value in plain.items()]
    lines += ["", "[measured]", *(f"{name} = {value}" for name, value in table.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Train, measure on accounts held out, and write the weights where asked."""
    parser = argparse.ArgumentParser("training.handovers", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the weights")
    asked = parser.parse_args()
    draw = np.random.default_rng(SEED)
    learnt, held = (
        [tell(draw) for tell in (account, lived) for _ in range(count)]
        for count in (ACCOUNTS, HELD)
    )
    weights = learn(learnt)
    weights = replace(weights, measured=measured(held, weights))
    print(json.dumps(weights.measured, indent=2))
    if asked.write:
        OUT.write_text(written(weights), encoding="utf-8")


if __name__ == "__main__":
    main()
