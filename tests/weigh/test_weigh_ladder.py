from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ashiato.core.claims import Claim, Entity
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.core.records import (
    CensusRow,
    CensusStatus,
    Indicator,
    Observable,
    ObservableType,
    Sighting,
    SightingStatus,
)
from ashiato.core.tenancy import (
    Conflict,
    Handover,
    Role,
    Tenancy,
    TenancyBasis,
    TenancyStatus,
    Tracing,
)
from ashiato.core.time import Moment, UncertainInterval
from ashiato.core.weighing import Rung, RungVerdict, Sufficiency, Verdict

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]
NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
CITED = (Citation("c" * 64, "evidence/register.csv", SpanLocator(0, 3), "row"),)


def rung(verdict: Verdict, which: Rung) -> RungVerdict:
    return next(r for r in verdict.ladder if r.rung is which)


def tenancy(party: Entity, asset: Entity, status: str, *origins: str) -> Tenancy:
    return Tenancy(
        id=f"{party.id}-{asset.id}",
        asset=asset,
        party=party,
        role=Role.REGISTRANT,
        interval=UncertainInterval.exactly(NOON, NOON + timedelta(days=30)),
        basis=TenancyBasis.STATED,
        status=TenancyStatus(status),
        origins=origins,
        because="the register says so",
        citations=CITED,
    )


def indicator(name: str, value: str, asset: str | None = None) -> Indicator:
    observable = Observable(ObservableType.IP, value)
    return Indicator(name, observable, UncertainInterval(), "held", CITED, asset, None, ("sensor",))


def sighting(name: str, value: str, organisation: str, status: str = "certain") -> Sighting:
    observable = Observable(ObservableType.IP, value)
    return Sighting(
        name, observable, organisation, NOON, "h", "squid", "dst", value, CITED[0],
        SightingStatus(status), "inside",
    )  # fmt: skip


def test_the_machine_most_organisations_saw_stands_on_its_rung(entity: Name, weigh: Weigh) -> None:
    server = entity("vps-1042", "server")
    found = weigh(
        [],
        tracing=Tracing((tenancy(entity("Morwell", "persona"), server, "certain", "register"),)),
        indicators=[indicator("i", "192.0.2.7", server.id), indicator("j", "192.0.2.9")],
        sightings=[
            sighting("i", "192.0.2.7", "Org 001"),
            sighting("i", "192.0.2.7", "Org 002"),
            sighting("j", "192.0.2.9", "Org 001"),
        ],
    )
    machine = rung(found, Rung.MACHINE)

    assert (machine.who, machine.verdict, machine.origins) == ("vps-1042", "certain", 2)
    assert (machine.p, machine.p90, machine.word) == (None, None, None)


def test_excluded_sightings_support_no_machine(weigh: Weigh) -> None:
    found = weigh(
        [],
        indicators=[indicator("i", "192.0.2.7")],
        sightings=[sighting("i", "192.0.2.7", "Org 001", "excluded")],
    )

    assert rung(found, Rung.MACHINE).verdict == "no evidence"


@pytest.mark.parametrize("status", ["certain", "possible", "conflicting"])
def test_the_tracing_status_stands(entity: Name, weigh: Weigh, *, status: str) -> None:
    held = tenancy(entity("Morwell", "persona"), entity("login-7", "account"), status, "register")
    found = weigh([], tracing=Tracing((held,)))

    assert rung(found, Rung.ACCOUNT).verdict == status
    assert rung(found, Rung.PERSONA).who == "Morwell"


def test_a_conflict_makes_the_rung_conflicting(entity: Name, weigh: Weigh) -> None:
    account = entity("login-7", "account")
    held = tenancy(entity("Morwell", "persona"), account, "certain", "register")
    conflict = Conflict(account, Role.REGISTRANT, "rivals", "two names", (held.id,))
    found = weigh([], tracing=Tracing((held,), conflicts=(conflict,)))

    assert rung(found, Rung.ACCOUNT).verdict == "conflicting"


def test_an_account_that_was_handed_over_comes_before_one_that_was_not(
    entity: Name, weigh: Weigh
) -> None:
    quiet, passed = entity("a-quiet", "account"), entity("z-passed", "account")
    tenancies = tuple(tenancy(entity("M", "persona"), a, "certain", "r") for a in (quiet, passed))
    handover = Handover(passed, None, None, Moment.exactly(NOON), 0.9, (), "changed", CITED)
    found = weigh([], tracing=Tracing(tenancies, (handover,)))

    assert rung(found, Rung.ACCOUNT).who == "z-passed"


def test_words_alone_make_a_rung_possible(said: Say, entity: Name, weigh: Weigh) -> None:
    claim = said(entity("Lantern"), "used", entity("vps-1042", "server"))

    assert rung(weigh([claim]), Rung.MACHINE).verdict == "possible"


def test_a_rung_without_a_model_meets_no_standard_and_says_why(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    found = weigh([said(entity("Lantern"), "used", entity("vps-1042", "server"))], Rung.MACHINE)

    assert all(s.verdict is Sufficiency.INSUFFICIENT for s in found.standards)
    assert {r.code for s in found.standards for r in s.reasons} == {"NO_MODEL"}


def test_organisations_without_logs_are_a_gap_of_the_machine_rung(weigh: Weigh) -> None:
    rows = [
        CensusRow(f"Org {i:03}", status, None, None, 0, 0, 0, (), None, None)
        for i, status in enumerate(
            [CensusStatus.REFUSED, CensusStatus.NO_COVERAGE, CensusStatus.CLEAR]
        )
    ]
    found = weigh([], Rung.MACHINE, census=rows)

    assert [g.evidence for g in found.gaps] == [
        "logs of 2 organisations that hold none for the period or gave none"
    ]
