"""What must neither crash nor pass for a figure: circles, strangers, floods, absurd numbers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import process_time

import pytest

from ashiato.core.claims import Claim, Entity
from ashiato.core.errors import BadInput
from ashiato.core.sources import Source
from ashiato.core.weighing import Rung, RungVerdict, Verdict
from ashiato.weigh.standards import standards_in_force
from ashiato.weigh.tables import tables_of

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]
PAPERS = (
    Source("chronicle", "Chronicle", "outlet", "B"),
    Source("gazette", "Gazette", "outlet", "B"),
)
ONE_ANOTHER = {
    "chronicle": "The Gazette says that Lantern attacked the institute.",
    "gazette": "The Chronicle says that Lantern attacked the institute.",
}
MINUTE = 60.0


def group(verdict: Verdict) -> RungVerdict:
    return next(each for each in verdict.ladder if each.rung is Rung.GROUP)


def quoting(say: Say, entity: Name, at: datetime | None = None) -> list[Claim]:
    lantern, victim = entity("Lantern"), entity("Meridian Institute", "organisation")
    later = timedelta(days=1)
    times = {} if at is None else {"chronicle": {"at": at}, "gazette": {"at": at + later}}
    return [
        say(lantern, "attacked", victim, origin=o, document=f"of-{o}", quote=q, **times.get(o, {}))
        for o, q in ONE_ANOTHER.items()
    ]


@pytest.mark.parametrize("at", [None, datetime.fromisoformat("2031-04-20T09:00:00Z")])
def test_two_outlets_that_quote_one_another_are_one_origin(
    said: Say, entity: Name, weigh: Weigh, at: datetime | None
) -> None:
    both = group(weigh(quoting(said, entity, at), sources=PAPERS))
    alone = group(weigh(quoting(said, entity, at)[:1], sources=PAPERS))

    assert both.origins == alone.origins == 1
    # the second report settles that it was said at all, and nothing more
    assert both.p == pytest.approx(alone.p, abs=0.02)


def test_a_circle_of_citation_comes_out_the_same_in_either_order(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    circle = quoting(said, entity)

    assert weigh(circle, sources=PAPERS) == weigh(circle[::-1], sources=PAPERS)


def test_a_claim_on_nothing_that_is_asked_leaves_the_answer_as_it_was(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    told = quoting(said, entity)
    stray = said(entity("A lighthouse", "other"), "outshines", entity("a buoy", "other"))

    assert group(weigh([*told, stray])).p == group(weigh(told)).p


def test_a_claim_on_nobody_known_gives_no_probability(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    stray = said(entity("A lighthouse", "other"), "outshines", entity("a buoy", "other"))

    assert {each.p for each in weigh([stray]).ladder} == {None}
    assert group(weigh([])).verdict == group(weigh([stray])).verdict


def test_ten_thousand_claims_of_one_origin_are_one_origin_in_bounded_time(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    lantern = entity("Lantern")
    victims = (entity(f"Site {i}", "organisation") for i in range(10_000))
    flood = [said(lantern, "attacked", v, document=f"d{i}") for i, v in enumerate(victims)]
    began = process_time()

    answer = group(weigh(flood, draws=3000))

    assert process_time() - began < MINUTE
    assert answer.origins == 1
    assert answer.p == pytest.approx(group(weigh(flood[:100])).p or 0.0, abs=1e-6)


@pytest.mark.parametrize("value", ["1.5", "-0.1", "0", "nan", "inf", "half"])
@pytest.mark.parametrize("entry", ["grades.hedge.believed", "questions.prior.imitator"])
def test_a_share_outside_its_bounds_is_refused_with_its_place(entry: str, value: str) -> None:
    with pytest.raises(BadInput) as error:
        tables_of({entry: value})

    assert error.value.place == entry


@pytest.mark.parametrize("value", [-0.1, 0.0, 1.0, 1.5, float("nan"), float("inf")])
@pytest.mark.parametrize("key", ["tau", "floor", "eps"])
def test_a_threshold_that_is_no_probability_is_refused_with_its_place(
    key: str, value: float
) -> None:
    with pytest.raises(BadInput) as error:
        standards_in_force({"analytic": {key: value}})

    assert error.value.place == f"policy.analytic.{key}"
