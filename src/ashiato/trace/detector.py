"""Which innocent explanation fits a log-in history best: new equipment, a new routine, a journey.

Each is a pattern of channels that change together, for good or there and back, with a prior of the
pack; a Dirichlet-multinomial factor weighs it against no change (tracing note 8.1). This only
orders the reasons that a person should exclude: how probable a change of hands is, the layer says.
"""

import math
from collections.abc import Mapping

import numpy as np

from ashiato.trace.habits import (
    CHANNELS,
    SIDE,
    Codes,
    Floats,
    History,
    cumulative,
    excursion,
    split,
    thinned,
)
from ashiato.trace.rules import Explanation, HandoverRules


def rivals(past: History, rules: HandoverRules) -> tuple[str, ...]:
    """Give the innocent explanations, that which fits best first; empty for a short history."""
    few = thinned(past)
    tried = split(few)
    if tried is None:
        return ()
    starts, ends = _journeys(len(few), rules)
    running = cumulative(few)
    passing = {name: excursion(running[name], name, starts, ends) for name in CHANNELS}
    weights = {
        e.name: math.log(e.prior) + _fit(e, passing if e.returns else tried.factors, rules)
        for e in rules.explanations
    }
    return tuple(sorted(weights, key=lambda name: (-weights[name], name)))


def _journeys(length: int, rules: HandoverRules) -> tuple[Codes, Codes]:
    last = length - SIDE
    grid = np.unique(np.linspace(SIDE, last, rules.cuts).astype(np.int64))
    starts, ends = np.meshgrid(grid, grid, indexing="ij")
    room = ends - starts >= SIDE
    if not room.any():
        return grid[:1], grid[-1:]
    return starts[room], ends[room]


def _fit(explanation: Explanation, factors: Mapping[str, Floats], rules: HandoverRules) -> float:
    """Give the log mean, over patterns and places, of the tempered sum of what changes."""
    rows = [sum(factors[c] for c in pattern) for pattern in explanation.patterns]
    scores = rules.tempering * np.array(rows)
    return float(np.logaddexp.reduce(scores, axis=None)) - math.log(scores.size)
