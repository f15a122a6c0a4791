"""What evidence would change, before anybody has it."""

from collections.abc import Callable

import pytest

from ashiato.core.claims import Claim, Entity
from ashiato.core.errors import BadInput
from ashiato.core.sources import Source
from ashiato.core.weighing import Rung, RungVerdict, Verdict
from ashiato.weigh.supposing import Posited

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]
IMAGE = Source("supposed-1", "supposed evidence", "other", "A")


@pytest.fixture
def told(said: Say, entity: Name) -> list[Claim]:
    victim = entity("Meridian Institute", "organisation")
    return [said(entity("Lantern"), "attacked", victim), said(entity("Ember"), "attacked", victim)]


def group(verdict: Verdict) -> RungVerdict:
    return next(each for each in verdict.ladder if each.rung is Rung.GROUP)


def p_of(verdict: Verdict, name: str) -> float:
    return next(h.p for h in group(verdict).hypotheses if h.label == name)


def test_evidence_that_is_supposed_moves_the_one_it_speaks_of(
    told: list[Claim], weigh: Weigh
) -> None:
    supposed = weigh(told, posited=(Posited(Rung.GROUP, "link", "lantern", IMAGE),))

    assert p_of(supposed, "Lantern") > p_of(weigh(told), "Lantern")
    assert p_of(supposed, "Ember") < p_of(weigh(told), "Ember")


def test_evidence_that_says_it_is_not_so_moves_it_the_other_way(
    told: list[Claim], weigh: Weigh
) -> None:
    against = Posited(Rung.GROUP, "link", "Lantern", IMAGE, affirms=False)

    assert p_of(weigh(told, posited=(against,)), "Lantern") < p_of(weigh(told), "Lantern")


def test_it_touches_no_other_rung(told: list[Claim], weigh: Weigh) -> None:
    supposed = weigh(told, posited=(Posited(Rung.GROUP, "link", "Lantern", IMAGE),))

    others = [r for r in supposed.ladder if r.rung is not Rung.GROUP]
    assert others == [r for r in weigh(told).ladder if r.rung is not Rung.GROUP]


@pytest.mark.parametrize(("fact", "who"), [("nothing", "Lantern"), ("link", "Nobody")])
def test_what_the_rung_does_not_know_is_refused_with_what_it_knows(
    told: list[Claim], weigh: Weigh, fact: str, who: str
) -> None:
    with pytest.raises(BadInput) as error:
        weigh(told, posited=(Posited(Rung.GROUP, fact, who, IMAGE),))

    assert ("link" if fact == "nothing" else "Ember") in str(error.value)
