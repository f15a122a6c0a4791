"""A model weighed: posteriors, intervals, what each fact, origin and head count is worth."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ashiato.weigh.engine import MAX_CELLS, Inference, infer, posterior, posteriors
from ashiato.weigh.grades import Grades
from ashiato.weigh.model import (
    Assertion,
    Model,
    drawn_tables,
    evidence_network,
    fact_name,
    naive_network,
    report_names,
)
from ashiato.weigh.network import Table

DRAWS = 3000
"""Versions of the tables behind a 90 % interval; its ends then stand to about .01."""
SEED = 0
_WORK, _FEWEST, _PARCEL = 1e8, 500, 2e7
"""In a large network fewer versions are drawn, so that cells times versions stay below this."""
_QUANTILES = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Proposition:
    """A union of answers, and the facts that must each be proven for it."""

    label: str
    answers: frozenset[str]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """What follows from one model. Posteriors are arrays in the order of the model's answers."""

    model: Model
    grade: Grades
    inference: Inference
    drawn: Table
    without_origin: Mapping[str, Table]

    @property
    def naive(self) -> Table:
        """The posterior if every report were its own witness: what heads would count."""
        return posterior(*naive_network(self.model, self.grade))

    def p(self, proposition: Proposition, posterior: Table | None = None) -> float:
        """Give the probability of a proposition (under another posterior if given)."""
        chosen = self.inference.posterior if posterior is None else posterior
        return float(chosen[self._mask(proposition)].sum())

    def p90(self, proposition: Proposition) -> tuple[float, float]:
        """Give the 90 % interval over all versions of the tables."""
        low, high = np.quantile(self.drawn[:, self._mask(proposition)].sum(axis=1), _QUANTILES)
        return float(low), float(high)

    def prior(self, proposition: Proposition) -> float:
        """Give the probability of a proposition before any evidence."""
        return sum(a.prior for a in self.model.answers if a.id in proposition.answers)

    def fact(self, fact: str) -> float:
        """Give P(fact | evidence)."""
        return float(self.inference.marginal(fact_name(fact))[1])

    def without_fact(self, fact: str) -> Table:
        """Give the posterior without what anybody said on one fact."""
        return _without(self.inference, [a for a in self.model.assertions if a.fact == fact])

    def without_aspects(self) -> dict[str, Table]:
        """Give, for each aspect, the posterior without what anybody said on its facts."""
        aspects = {fact.id: fact.aspect for fact in self.model.facts}
        return self.without_each(lambda a: aspects[a.fact])

    def without_each(self, key: Callable[[Assertion], str]) -> dict[str, Table]:
        """Give the posterior without each group of assertions that ``key`` puts together."""
        return _without_each(self.inference, self.model.assertions, key)

    def decibans(self, proposition: Proposition, without: Table) -> float:
        """Give what was left out in ``without`` weighs for the proposition: 10 log10 of odds."""
        return decibans(self.p(proposition)) - decibans(self.p(proposition, without))

    def fact_without(self, fact: str, origin: str) -> float:
        """Give P(fact | evidence of all the other origins)."""
        said = [a for a in self.model.assertions if a.origin == origin]
        left = _left(self.inference, said)
        alone = infer(self.inference.network, left, keep=[fact_name(fact)])
        return float(alone.marginal(fact_name(fact))[1])

    def diagnostic(self, fact: str) -> float:
        """Give how far apart a fact sets the answers: 10 log10 of its largest ratio of chances."""
        likelihoods = self.model.fact(fact).likelihoods
        return float(10 * np.log10(max(likelihoods) / min(likelihoods)))

    def against(self, answer: str) -> float:
        """Give how far the facts that were spoken of contradict an answer, in decibans.

        Each counts by its probability, times how much likelier another answer makes it. Only what
        speaks against counts, as in an analysis of competing hypotheses (Heuer 1999).
        """
        place = [each.id for each in self.model.answers].index(answer)
        spoken = sorted({each.fact for each in self.model.assertions})
        ratios = ((f, self.model.fact(f).likelihoods) for f in spoken)
        return float(sum(self.fact(f) * 10 * np.log10(max(p) / p[place]) for f, p in ratios))

    def _mask(self, proposition: Proposition) -> list[bool]:
        return [answer.id in proposition.answers for answer in self.model.answers]


def decibans(p: float) -> float:
    """Give ten times the decimal logarithm of the odds."""
    return float(10 * np.log10(p / (1 - p)))


def weigh_model(
    model: Model,
    grade: Grades,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    max_cells: float = MAX_CELLS,
) -> Weighed:
    """Weigh one question exactly, and up to ``draws`` versions of it for the interval.

    Raises:
        TooLarge: the network does not fit; nothing was allocated.

    """
    net, evidence = evidence_network(model, grade)
    inference = infer(
        net, evidence, keep=[fact_name(f.id) for f in model.facts], max_cells=max_cells
    )
    return Weighed(
        model=model,
        grade=grade,
        inference=inference,
        drawn=_drawn(model, grade, inference, draws, seed),
        without_origin=_without_each(inference, model.assertions, lambda a: a.origin),
    )


def _drawn(model: Model, grade: Grades, inference: Inference, draws: int, seed: int) -> Table:
    """Draw parcel by parcel: the tables of many candidates would not fit all at once."""
    count = min(draws, max(_FEWEST, int(_WORK // inference.cells)))
    each = min(count, max(1, int(_PARCEL // inference.cells)))
    parts = []
    for first in range(0, count, each):
        size = min(each, count - first)
        tables = drawn_tables(model, grade, size, f"{seed}/{first}")
        parts.append(posteriors(inference.network, inference.evidence, tables, size))
    return np.concatenate(parts)


def _without(inference: Inference, assertions: Iterable[Assertion]) -> Table:
    """Give the posterior without the reports of some assertions; what they hung on falls away."""
    return posterior(inference.network, _left(inference, assertions))


def _without_each(
    inference: Inference, assertions: Sequence[Assertion], key: Callable[[Assertion], str]
) -> dict[str, Table]:
    """Give the posterior without each group of assertions: all groups in one pass, as versions.

    A report that is as probable whether the claim was made or not says as little as one that never
    came.
    """
    groups = {name: at for at, name in enumerate(sorted({key(each) for each in assertions}))}
    tables: dict[str, Table] = {}
    for each in assertions:
        for name in report_names(each):
            relay = inference.network.nodes[name].table
            tables[name] = np.repeat(relay[None], len(groups), axis=0)
            tables[name][groups[key(each)]] = 1 / relay.shape[-1]
    rows = posteriors(inference.network, inference.evidence, tables, len(groups)) if groups else ()
    return dict(zip(groups, rows, strict=True))


def _left(inference: Inference, assertions: Iterable[Assertion]) -> dict[str, int]:
    gone = {name for each in assertions for name in report_names(each)}
    return {name: state for name, state in inference.evidence.items() if name not in gone}
