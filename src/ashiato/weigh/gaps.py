"""What is missing: what evidence not yet held would tell, before anybody goes to get it."""

from dataclasses import dataclass

import numpy as np

from ashiato.core.claims import Basis
from ashiato.weigh.grades import assertion_table, relay_table
from ashiato.weigh.model import Assertion, claim_name, fact_name
from ashiato.weigh.network import Table
from ashiato.weigh.weighed import Proposition, Weighed


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
