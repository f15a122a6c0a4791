from collections.abc import Callable
from dataclasses import replace

from ashiato.core.claims import Claim, Entity, Review
from ashiato.core.weighing import Reliance, Rung, RungVerdict, Verdict

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]


def accused(said: Say, entity: Name) -> list[Claim]:
    lantern, meridian = entity("Lantern"), entity("Meridian", "organisation")
    return [
        said(lantern, "attacked", meridian),
        said(lantern, "attacked", meridian, origin="quay-labs", document="report-1"),
        said(meridian, "stated", None, document="statement-2"),
    ]


def rung(verdict: Verdict) -> RungVerdict:
    return next(r for r in verdict.ladder if r.rung is Rung.GROUP)


def test_a_rung_counts_its_own_claims_by_what_a_person_decided(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    first, second, other = accused(said, entity)
    told = [replace(first, review=Review.ACCEPTED), replace(second, review=Review.UNSURE), other]

    assert rung(weigh(told)).review == Reliance(claims=2, unsure=1, accepted=1)
    assert rung(weigh(told)).review.unreviewed == 0.5


def test_a_claim_that_a_correction_replaced_weighs_nothing(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    first, second, _ = accused(said, entity)
    both = weigh([first, second])
    replaced = weigh([first, replace(second, review=Review.CORRECTED)])

    assert rung(replaced).review == Reliance(claims=1, proposed=1)
    assert rung(replaced).p != rung(both).p


def test_looking_at_claims_moves_no_probability(said: Say, entity: Name, weigh: Weigh) -> None:
    told = accused(said, entity)
    looked_at = [replace(c, review=Review.ACCEPTED) for c in told]

    assert weigh(looked_at).hypotheses == weigh(told).hypotheses
    assert weigh(looked_at).review.unreviewed == 0


def test_nothing_rests_on_claims_where_there_are_none(weigh: Weigh) -> None:
    assert weigh([]).review == Reliance()
    assert Reliance().unreviewed == 0
