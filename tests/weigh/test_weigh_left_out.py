"""Leaving out whole groups of reports in one pass, beside weighing anew without each."""

import numpy as np

from ashiato.weigh.engine import posterior
from ashiato.weigh.model import report_names
from ashiato.weigh.network import Table
from ashiato.weigh.weighed import Weighed


def rest(weighed: Weighed, gone: set[str]) -> Table:
    evidence = weighed.inference.evidence
    return posterior(
        weighed.inference.network, {n: s for n, s in evidence.items() if n not in gone}
    )


def test_every_origin_left_out_at_once_agrees_with_weighing_anew(orchid: Weighed) -> None:
    for origin, found in orchid.without_origin.items():
        said = [a for a in orchid.model.assertions if a.origin == origin]
        gone = {name for each in said for name in report_names(each)}
        np.testing.assert_allclose(found, rest(orchid, gone), atol=1e-12)


def test_every_aspect_left_out_at_once_agrees_with_weighing_anew(orchid: Weighed) -> None:
    # all facts of the worked case are of one aspect: without it the prior stands
    assert [*orchid.without_aspects()] == ["intelligence"]
    prior = [answer.prior for answer in orchid.model.answers]
    np.testing.assert_allclose(orchid.without_aspects()["intelligence"], prior, atol=1e-12)


def test_any_grouping_of_what_was_said_can_be_left_out(orchid: Weighed) -> None:
    by_fact = orchid.without_each(lambda a: a.fact)

    for fact, found in by_fact.items():
        np.testing.assert_allclose(found, orchid.without_fact(fact), atol=1e-12)
