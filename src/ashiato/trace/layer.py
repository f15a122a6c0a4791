"""How probable a change of hands is: a calibrated logistic layer over what a split shows.

Its weights are data (``knowledge/handovers.toml``), learnt from invented accounts by
``training/handovers.py``; its probabilities are those of such accounts, at the share of them that
changed hands. ``at_rate`` says what another share makes of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from ashiato.core.canonical import from_plain
from ashiato.knowledge import load
from ashiato.trace.habits import (
    NAMES,
    PERSON,
    TOOLS,
    Floats,
    History,
    Splits,
    features,
    split,
)
from ashiato.trace.rules import HandoverRules

MOST = 8
"""Deepest search for further changes of hands in one account."""
_VALLEY = -10.0
"""How far below the likeliest split (natural log) two peaks of the posterior part."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The weights, and what they were measured to do on accounts that set none of them.

    ``shares`` are the shares of one hand, a change and two hands among what was learnt from.
    """

    version: str
    source: str
    seed: int
    features: tuple[str, ...]
    shares: tuple[float, ...]
    measured: Mapping[str, float]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    offsets: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What one history, or a part of one, says of the hands behind it.

    ``p`` is the probability that hands changed, ``beside`` that a second hand used the account
    beside the first; ``first`` and ``last`` are the credible range of the new hand's first log-in
    (indices), ``factors`` each channel's natural log Bayes factor at the likeliest split.
    """

    p: float
    beside: float
    first: int
    last: int
    factors: Mapping[str, float]

    def spoke(self, floor: float) -> tuple[str, ...]:
        """Give the channels whose factor is at least ``floor``."""
        return tuple(sorted(name for name, factor in self.factors.items() if factor >= floor))


@cache
def layer() -> Layer:
    """Give the shipped weights."""
    held: Layer = from_plain(Layer, load("handovers"))
    if held.features != NAMES:
        raise ValueError("handovers.toml was made for other features: run training.handovers")
    return held


def probabilities(told: Floats, weights: Layer) -> Floats:
    """Give the probabilities of one hand, a change of hands, and two hands at once."""
    scaled = (told - np.array(weights.centre)) / np.array(weights.scale)
    scores = np.array(weights.weights) @ scaled + np.array(weights.offsets)
    odds = np.exp(scores - scores.max())
    shares: Floats = odds / odds.sum()
    return shares


def at_rate(p: float, rate: float, weights: Layer, *, is_beside: bool = False) -> float:
    """Say what a probability becomes where such a thing befell only ``rate`` of all accounts."""
    learnt = weights.shares[2 if is_beside else 1]
    odds = p * (rate / (1 - rate)) * (1 - learnt)
    return odds / (odds + (1 - p) * learnt)


def judge(past: History, rules: HandoverRules) -> Change | None:
    """Judge the likeliest split of one history; ``None`` where there is too little to judge."""
    tried = split(past) if len(past) >= rules.min_logins else None
    if tried is None:
        return None
    _, p, beside = (float(x) for x in probabilities(features(past, tried), layer()))
    first, last = _likely(tried, rules)
    factors = {name: float(values[tried.best]) for name, values in tried.factors.items()}
    return Change(p, beside, first, last, factors)


def _likely(tried: Splits, rules: HandoverRules) -> tuple[int, int]:
    """Give the range of splits that holds the credible share of the posterior.

    Only of the peak about the likeliest split: another peak may be another change of hands.
    """
    depth = rules.tempering * (tried.joint - tried.joint.max())
    valleys = np.flatnonzero(depth < _VALLEY)
    best = tried.best
    low = int(valleys[valleys < best].max(initial=-1)) + 1
    high = int(valleys[valleys > best].min(initial=len(depth)))
    mass = np.exp(depth[low:high])
    order = np.argsort(-mass, kind="stable")
    enough = int(np.searchsorted(np.cumsum(mass[order]) / mass.sum(), rules.credible)) + 1
    likely = tried.at[low + order[:enough]]
    return int(likely.min()), int(likely.max())


def is_change(found: Change, rules: HandoverRules) -> bool:
    """Whether a change is to be told of; a new line or a new computer alone never is one."""
    return found.p >= rules.report and _more_than_one_tool(found, rules)


def is_beside(found: Change, rules: HandoverRules) -> bool:
    """Whether a second hand beside the first is to be told of."""
    return found.beside >= rules.report and _more_than_one_tool(found, rules)


def _more_than_one_tool(found: Change, rules: HandoverRules) -> bool:
    spoke = set(found.spoke(rules.speaks))
    return bool(spoke & set(PERSON)) or set(TOOLS) <= spoke


def changes(past: History, rules: HandoverRules) -> tuple[Change, ...]:
    """Find every change of hands, in order of time; or else the second hand beside the first.

    A later one is looked for on each side of one found, and is no surer than both together.
    """
    whole = judge(past, rules)
    if whole is None:
        return ()
    if not is_change(whole, rules):
        return (whole,) if is_beside(whole, rules) else ()
    return tuple(_within(past, whole, 0, rules, MOST))


def _within(
    past: History, found: Change, offset: int, rules: HandoverRules, depth: int
) -> list[Change]:
    at = (found.first + found.last + 1) // 2
    parts = ((0, at), (at, len(past)))
    left, right = (
        _further(past.part(low, high), found.p, offset + low, rules, depth) for low, high in parts
    )
    here = Change(found.p, found.beside, found.first + offset, found.last + offset, found.factors)
    return [*left, here, *right]


def _further(
    part: History, p: float, offset: int, rules: HandoverRules, depth: int
) -> list[Change]:
    inner = judge(part, rules) if depth else None
    if inner is None:
        return []
    both = Change(inner.p * p, 0.0, inner.first, inner.last, inner.factors)
    if not is_change(both, rules):
        return []
    return _within(part, both, offset, rules, depth - 1)
