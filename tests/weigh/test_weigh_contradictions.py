"""What cannot all be right is found, shown with its sides, and kept until somebody decides."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ashiato.core.claims import Claim, ClaimReview, Entity, Review, Ruling
from ashiato.core.time import UncertainInterval
from ashiato.core.weighing import Contradiction, Verdict
from ashiato.weigh.contradictions import contradictions

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]
REJECTED = Ruling("rejected", "K. Aster", "misread")


def found(claims: Sequence[Claim], *reviews: ClaimReview) -> tuple[Contradiction, ...]:
    return contradictions(claims, reviews, ())


def during(claim: Claim, first: int, last: int) -> Claim:
    start, end = datetime(2031, first, 1, tzinfo=UTC), datetime(2031, last, 1, tzinfo=UTC)
    valid = UncertainInterval.exactly(start, end)
    return replace(claim, proposition=replace(claim.proposition, valid=valid))


@pytest.fixture
def rented(said: Say, entity: Name) -> Callable[..., Claim]:
    def make(who: str, **told: str) -> Claim:
        return said(entity(who, "person"), "contracted", entity("vps-1042", "server"), **told)

    return make


def test_claims_that_agree_contradict_nothing(rented: Callable[..., Claim]) -> None:
    assert found([rented("Kenta Morwell"), rented("Kenta Morwell", origin="quay-labs")]) == ()


def test_who_denies_what_another_says_stands_beside_it(rented: Callable[..., Claim]) -> None:
    (one,) = found(
        [rented("Kenta Morwell"), rented("Kenta Morwell", origin="km", polarity="denied")]
    )

    assert one.kind == "polarity"
    assert [side.says for side in one.sides] == ["it is affirmed", "it is denied"]
    assert one.sides[1].origins == ("km",)


def test_who_denies_everything_stands_against_each_claim_of_it(said: Say, entity: Name) -> None:
    unit, nobody = entity("Unit 7713", "unit"), entity("nobody", "other")
    denial = said(unit, "directed", nobody, polarity="negated", origin="ministry")
    claims = [said(unit, "directed", entity(name)) for name in ("Lantern", "Ember")]

    (one,) = found([*claims, denial])

    assert one.about == "Unit 7713 directed nobody"
    assert [side.origins for side in one.sides] == [
        ("harbour-police",),
        ("harbour-police",),
        ("ministry",),
    ]


def test_a_denial_of_everything_alone_contradicts_nothing(said: Say, entity: Name) -> None:
    denial = said(entity("Ember"), "attacked", entity("anybody", "other"), polarity="denied")

    assert found([denial, said(entity("Lantern"), "attacked", entity("Ostra"))]) == ()


def test_one_server_with_two_customers_at_a_time_is_a_contradiction(
    rented: Callable[..., Claim],
) -> None:
    (one,) = found([rented("Kenta Morwell"), rented("Ilse Varga", origin="quay-labs")])

    assert (one.kind, one.about) == ("value", "contracted: vps-1042")
    assert len(one.sides) == 2


def test_customers_one_after_the_other_contradict_nothing(rented: Callable[..., Claim]) -> None:
    assert found([during(rented("Kenta Morwell"), 1, 3), during(rented("Ilse Varga"), 3, 6)]) == ()


def test_one_person_may_rent_many_servers(said: Say, entity: Name) -> None:
    renter = entity("Kenta Morwell", "person")
    servers = [entity(name, "server") for name in ("vps-1042", "vps-1043")]

    assert found([said(renter, "contracted", server) for server in servers]) == ()


def test_what_happened_once_at_two_times_is_a_contradiction(rented: Callable[..., Claim]) -> None:
    (one,) = found(
        [
            during(rented("Kenta Morwell"), 1, 3),
            during(rented("Kenta Morwell", origin="quay-labs"), 5, 7),
        ]
    )

    assert one.kind == "time"
    assert one.sides[0].says == "from 2031-01-01T00:00:00Z to 2031-03-01T00:00:00Z"


def test_attacks_may_come_again(said: Say, entity: Name) -> None:
    attack = said(entity("Lantern"), "attacked", entity("Meridian Institute", "organisation"))

    assert found([during(attack, 1, 2), during(replace(attack, id="again"), 5, 6)]) == ()


def test_one_and_not_one_is_a_contradiction_of_identity(said: Say, entity: Name) -> None:
    lantern, ember = entity("Lantern"), entity("Emberfall")

    (one,) = found(
        [said(lantern, "alias_of", ember), said(ember, "same_as", lantern, polarity="negated")]
    )

    assert one.kind == "identity"


def test_what_may_be_contradicts_nothing(rented: Callable[..., Claim]) -> None:
    assert found([rented("Kenta Morwell"), rented("Ilse Varga", modality="possible")]) == ()


def test_a_version_that_a_person_rejected_leaves_the_other_standing(
    rented: Callable[..., Claim],
) -> None:
    right, wrong = rented("Kenta Morwell"), rented("Ilse Varga", origin="quay-labs")
    gone = replace(wrong, review=Review.REJECTED)

    (one,) = found([right, gone], ClaimReview(wrong.id, (REJECTED,)))

    assert one.resolved == "the other version was rejected by K. Aster: misread"
    assert len(one.sides) == 2


def test_the_order_of_the_claims_does_not_matter(
    rented: Callable[..., Claim], said: Say, entity: Name
) -> None:
    claims = [
        rented("Kenta Morwell"),
        rented("Ilse Varga", origin="quay-labs"),
        rented("Kenta Morwell", origin="km", polarity="denied"),
        said(entity("Lantern"), "alias_of", entity("Emberfall")),
        said(entity("Emberfall"), "alias_of", entity("Lantern"), polarity="negated"),
    ]
    mixed = random.Random(5).sample(claims, len(claims))  # noqa: S311 - a fixed shuffle

    assert len(found(claims)) == 3
    assert found(mixed) == found(claims)


def test_ten_thousand_claims_of_one_origin_are_one_side(rented: Callable[..., Claim]) -> None:
    many = [replace(rented("Kenta Morwell"), id=f"{n:05}") for n in range(10_000)]

    (one,) = found([*many, rented("Kenta Morwell", origin="km", polarity="denied")])

    assert len(one.sides[0].claims) == 10_000
    assert one.sides[0].origins == ("harbour-police",)
