"""Did one hand become another? Rival explanations of a log-in history, weighed against each other.

Each channel (network, client, hour of day) is a sequence of categories with a Dirichlet-multinomial
marginal likelihood. A split's Bayes factor for a channel is the evidence of two regimes over one
(Minka, "Estimating a Dirichlet distribution"; tracing note 8.1). A change of hands is then set
against the innocent explanations of the pack: new equipment changes the tools and not the hours, a
journey goes there and back. Probabilities are uncalibrated: they rank.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ashiato.trace.rules import ChannelRule, Explanation, HandoverRules

CHANGE = "change of hands"
"""The explanation of the pack that is a hand-over; all others are innocent."""
_Floats = npt.NDArray[np.float64]
_Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Regimes:
    """How a history is best explained.

    ``p`` is the probability of a change of hands, ``first`` and ``last`` the credible range of the
    new hand's first log-in (indices), ``factors`` each channel's natural log Bayes factor at the
    likeliest split, ``explanations`` the probability of each explanation.
    """

    p: float
    first: int
    last: int
    factors: Mapping[str, float]
    explanations: Mapping[str, float]


def explain(channels: Mapping[str, Sequence[str]], rules: HandoverRules) -> Regimes | None:
    """Weigh the explanations of one history in order of time; ``None`` where it is too short."""
    length = min(len(values) for values in channels.values())
    if length < max(rules.min_logins, 2 * rules.min_side):
        return None
    tallies = {name: _Tally(values, rules.channels[name]) for name, values in channels.items()}
    splits = np.arange(rules.min_side, length - rules.min_side + 1)
    lasting = {name: tally.split(splits) for name, tally in tallies.items()}
    starts, ends = _journeys(length, rules)
    passing = {name: tally.excursion(starts, ends) for name, tally in tallies.items()}
    weights = {"no change": math.log(1 - sum(e.prior for e in rules.explanations))}
    for e in rules.explanations:
        scores = _scores(e, passing if e.returns else lasting, rules.tempering)
        weights[e.name] = math.log(e.prior) + _log_mean(scores)
    change = next(e for e in rules.explanations if e.name == CHANGE)
    by_split = np.logaddexp.reduce(_scores(change, lasting, rules.tempering), axis=0)
    return _regimes(_normalised(weights), splits, by_split, lasting, rules.credible)


class _Tally:
    """Running counts of one channel's categories, and the evidence of any stretch of it."""

    def __init__(self, values: Sequence[str], rule: ChannelRule) -> None:
        names = {name: i for i, name in enumerate(sorted(set(values)))}
        hits = np.zeros((len(values) + 1, len(names)), dtype=np.int64)
        hits[np.arange(1, len(values) + 1), [names[v] for v in values]] = 1
        self._running: _Counts = np.cumsum(hits, axis=0)
        total = rule.prior * max(rule.categories, len(names))
        steps = range(len(values) + 1)
        one, whole = math.lgamma(rule.prior), math.lgamma(total)
        self._one: _Floats = np.array([math.lgamma(k + rule.prior) - one for k in steps])
        self._whole: _Floats = np.array([whole - math.lgamma(k + total) for k in steps])

    def split(self, at: _Counts) -> _Floats:
        """Give the log Bayes factor of two regimes against one, for each split."""
        before, everything = self._running[at], self._running[-1]
        both = self._evidence(before) + self._evidence(everything - before)
        return both - self._evidence(everything)

    def excursion(self, starts: _Counts, ends: _Counts) -> _Floats:
        """Give the log Bayes factor of another regime in between, and the old one again after."""
        between, everything = self._running[ends] - self._running[starts], self._running[-1]
        both = self._evidence(between) + self._evidence(everything - between)
        return both - self._evidence(everything)

    def _evidence(self, counts: _Counts) -> _Floats:
        evidence: _Floats = self._whole[counts.sum(axis=-1)] + self._one[counts].sum(axis=-1)
        return evidence


def _journeys(length: int, rules: HandoverRules) -> tuple[_Counts, _Counts]:
    last = length - rules.min_side
    count = min(rules.cuts, last - rules.min_side + 1)
    grid = np.unique(np.linspace(rules.min_side, last, count).astype(np.int64))
    starts, ends = np.meshgrid(grid, grid, indexing="ij")
    room = ends - starts >= rules.min_side
    if not room.any():
        return grid[:1], grid[-1:]
    return starts[room], ends[room]


def _scores(explanation: Explanation, factors: Mapping[str, _Floats], tempering: float) -> _Floats:
    """Give one row for each pattern: the tempered sum over the channels that change in it."""
    rows = [sum(factors[c] for c in pattern) for pattern in explanation.patterns]
    return tempering * np.array(rows)


def _log_mean(scores: _Floats) -> float:
    return float(np.logaddexp.reduce(scores, axis=None)) - math.log(scores.size)


def _normalised(weights: Mapping[str, float]) -> dict[str, float]:
    top = max(weights.values())
    total = sum(math.exp(w - top) for w in weights.values())
    return {name: math.exp(w - top) / total for name, w in weights.items()}


def _regimes(
    explanations: Mapping[str, float],
    splits: _Counts,
    by_split: _Floats,
    factors: Mapping[str, _Floats],
    credible: float,
) -> Regimes:
    best = int(by_split.argmax())
    mass = np.exp(by_split - by_split.max())
    order = np.argsort(-mass, kind="stable")
    enough = int(np.searchsorted(np.cumsum(mass[order]) / mass.sum(), credible)) + 1
    likely = splits[order[:enough]]
    return Regimes(
        p=explanations[CHANGE],
        first=int(likely.min()),
        last=int(likely.max()),
        factors={name: float(values[best]) for name, values in factors.items()},
        explanations=explanations,
    )
