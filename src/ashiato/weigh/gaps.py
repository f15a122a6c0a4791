"""What is missing: what evidence not yet held would tell, before anybody goes to get it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ashiato.core.claims import Basis
from ashiato.core.errors import TooLarge
from ashiato.core.weighing import Chance, Standard, StandardVerdict, Sufficiency
from ashiato.weigh.grades import assertion_table, relay_table
from ashiato.weigh.model import Assertion, Model, claim_name, fact_name
from ashiato.weigh.network import Table
from ashiato.weigh.standards import judge
from ashiato.weigh.weighed import SEED, Proposition, Weighed, weigh_model

NEW = "an origin not yet heard"
"""Stands for whoever would bring the evidence; no origin of a case bears this id."""
_DRAWS = 600
"""Versions behind the interval of an answer that is only foreseen; its ends stand to about .02."""


@dataclass(frozen=True, slots=True, eq=False)
class Prospect:
    """Evidence not yet held: P(it says yes), its worth in bits, and the posterior either way."""

    p_yes: float
    bits: float
    if_yes: Table
    if_no: Table


def new_origin(weighed: Weighed, fact: str, *, letter: str, basis: Basis) -> Prospect:
    """Foresee what a new origin of grade ``letter`` that speaks on ``fact`` would tell."""
    grade = weighed.grade
    trust = np.array(grade.reliability[letter])
    table = assertion_table(np.array(grade.basis[basis]), 1.0, grade)[..., 1]
    return _prospect(weighed, weighed.inference.given_root(fact_name(fact)) @ (table @ trust))


def repeat(weighed: Weighed, assertion: Assertion) -> Prospect:
    """Foresee what one more report of an assertion already held would tell: next to nothing."""
    appears = relay_table(weighed.grade)[:, 1]
    return _prospect(weighed, weighed.inference.given_root(claim_name(assertion.id)) @ appears)


def _prospect(weighed: Weighed, yes_given: Table) -> Prospect:
    posterior = weighed.inference.posterior
    p_yes = float(posterior @ yes_given)
    if_yes, if_no = posterior * yes_given / p_yes, posterior * (1 - yes_given) / (1 - p_yes)
    left = p_yes * _bits(if_yes) + (1 - p_yes) * _bits(if_no)
    return Prospect(p_yes, max(0.0, _bits(posterior) - left), if_yes, if_no)


def _bits(posterior: Table) -> float:
    return float(-(posterior * np.log2(posterior)).sum())


def decision_value(
    weighed: Weighed, proposition: Proposition, prospect: Prospect, *, loss: float
) -> float:
    """Give the expected gain of deciding after the evidence instead of now (EVSI).

    Attributing gains 1 if right and costs ``loss`` if wrong; withholding is 0. High bits with no
    value are normal: such evidence informs, and cannot change the decision by itself.
    """

    def worth(posterior: Table) -> float:
        p = weighed.p(proposition, posterior)
        return max(0.0, p - loss * (1 - p))

    after = prospect.p_yes * worth(prospect.if_yes) + (1 - prospect.p_yes) * worth(prospect.if_no)
    return after - worth(weighed.inference.posterior)


def with_evidence(
    model: Model, fact: str, *, letter: str, basis: Basis, affirms: bool = True
) -> Model:
    """Give the model as it would be if a new origin of grade ``letter`` spoke on ``fact``."""
    side = "says" if affirms else "says not"
    new = Assertion(f"{NEW} {side} {fact}", fact, NEW, basis, 1.0, (NEW,), affirms)
    letters = {**model.origins, NEW: letter}
    return replace(model, origins=letters, assertions=(*model.assertions, new))


def chances(
    weighed: Weighed,
    proposition: Proposition,
    prospect: Prospect,
    after: Model,
    judged: Sequence[StandardVerdict],
) -> Iterator[Chance]:
    """Say under each standard what evidence that affirms could do; ``after`` is the model with it.

    ``judged`` is how the answer stands now. Only the affirming outcome can make it sufficient, and
    the chance is that outcome's probability or nothing: one more origin settles it, or does not.
    """
    open_ = [j.standard for j in judged if j.verdict is not Sufficiency.SUFFICIENT]
    met = _met(after, weighed, proposition, open_)
    for each in judged:
        loss = each.standard.tau / (1 - each.standard.tau)
        value = decision_value(weighed, proposition, prospect, loss=loss)
        sufficient = prospect.p_yes if each.standard.name in met else 0.0
        yield Chance(each.standard.name, sufficient, max(0.0, value), loss)


def _met(
    after: Model, weighed: Weighed, proposition: Proposition, standards: Sequence[Standard]
) -> set[str]:
    if not standards:
        return set()
    try:
        then = weigh_model(after, weighed.grade, draws=_DRAWS, seed=SEED)
    except TooLarge:
        return set()
    judged = (judge(then, proposition, standard) for standard in standards)
    return {j.standard.name for j in judged if j.verdict is Sufficiency.SUFFICIENT}
