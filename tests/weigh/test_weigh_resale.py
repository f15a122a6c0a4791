"""Where a candidate passed machines on, whoever got them is a rival of their own."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ashiato.core.claims import Claim, Entity
from ashiato.core.tenancy import Handover, Tracing
from ashiato.core.time import Moment
from ashiato.core.weighing import Hypothesis, Rung, Verdict

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]


def hypotheses(verdict: Verdict, rung: Rung = Rung.GROUP) -> dict[str, Hypothesis]:
    found = next(each for each in verdict.ladder if each.rung is rung)
    return {h.label: h for h in found.hypotheses}


@pytest.fixture
def told(said: Say, entity: Name) -> list[Claim]:
    lantern, server = entity("Lantern"), entity("vps-1042", "server")
    victim = entity("Meridian Institute", "organisation")
    return [said(lantern, "operated", server), said(lantern, "attacked", victim)]


def test_nobody_resells_where_nothing_is_said_of_it(told: list[Claim], weigh: Weigh) -> None:
    assert {h.kind for h in hypotheses(weigh(told)).values()} == {"candidate", "imitator", "none"}


def test_a_group_that_sold_a_machine_has_its_buyer_as_rival(
    told: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    sold = said(entity("Lantern"), "sold", entity("vps-1042", "server"))

    found = hypotheses(weigh([*told, sold]))

    rival = found["somebody to whom Lantern passed machines on"]
    assert rival.kind == "resale"
    assert 0 < rival.p < found["Lantern"].p < hypotheses(weigh(told))["Lantern"].p


def test_a_hand_over_found_in_log_ins_tells_of_it_too(
    told: list[Claim], entity: Name, weigh: Weigh
) -> None:
    passed = Handover(
        account=entity("acct-7", "account"),
        from_party=entity("Lantern"),
        to_party=None,
        window=Moment(datetime(2031, 4, 1, tzinfo=UTC), datetime(2031, 4, 9, tzinfo=UTC)),
        p=0.9,
        channels=("network", "hour"),
        because="log-ins changed",
        citations=(),
    )

    found = hypotheses(weigh(told, tracing=Tracing(handovers=(passed,))))

    assert "somebody to whom Lantern passed machines on" in found


def test_who_rented_and_sold_is_no_rival_of_himself_on_the_rung_of_persons(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    renter, server = entity("Kenta Morwell", "person"), entity("vps-1042", "server")
    verdict = weigh([said(renter, "contracted", server), said(renter, "sold", server)])

    kinds = {h.kind for h in hypotheses(verdict, Rung.PERSON).values()}
    assert "resale" not in kinds


def test_a_denied_sale_makes_no_rival(
    told: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    denied = said(entity("Lantern"), "sold", entity("vps-1042", "server"), polarity="denied")

    assert not [h for h in hypotheses(weigh([*told, denied])).values() if h.kind == "resale"]


def test_the_posterior_still_sums_to_one(
    told: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    sold = said(entity("Lantern"), "sold", entity("vps-1042", "server"))

    assert sum(h.p for h in hypotheses(weigh([*told, sold])).values()) == pytest.approx(1)
