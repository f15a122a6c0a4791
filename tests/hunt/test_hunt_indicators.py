"""An address points to the actor only while the actor held it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ashiato.core.claims import (
    Basis,
    Claim,
    Entity,
    EntityType,
    Modality,
    Polarity,
    Proposition,
    Review,
    Voice,
)
from ashiato.core.evidence import Citation, LineLocator
from ashiato.core.records import Indicator, Mention, Observable, ObservableType
from ashiato.core.tenancy import (
    Conflict,
    Handover,
    Judgement,
    Role,
    Sameness,
    Tenancy,
    TenancyBasis,
    TenancyStatus,
    Tracing,
)
from ashiato.core.time import ALWAYS_POSSIBLE, Moment, UncertainInterval
from ashiato.hunt import from_tracing

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HELD = UncertainInterval.exactly(NOON, NOON + 10 * DAY)
CITED = Citation("a" * 64, "evidence/lease.csv", LineLocator(3), "vps-1,192.0.2.7")
ADDRESS = Entity("address:192.0.2.7", "192.0.2.7", EntityType.ADDRESS)
ACCOUNT = Entity("account:x", "x", EntityType.ACCOUNT)
GROUP = Entity("group:lantern", "Lantern", EntityType.GROUP)
PERSONA = Entity("persona:p", "T. Example", EntityType.PERSONA)
PERSON = Entity("person:e", "E. Example", EntityType.PERSON)
UNKNOWN = Entity("other:1", "unidentified holder #1", EntityType.OTHER)
VOICE = Voice("police", "police")


def tenancy(
    party: Entity, role: Role = Role.CREDENTIAL_HOLDER, asset: Entity = ADDRESS, name: str = "t1"
) -> Tenancy:
    return Tenancy(
        name, asset, party, role, HELD, TenancyBasis.DERIVED, TenancyStatus.CERTAIN,
        ("provider-a",), "its lease says so", (CITED,),
    )  # fmt: skip


def handover(to: Entity, p: float | None = None) -> Handover:
    return Handover(ACCOUNT, PERSON, to, Moment(NOON, NOON + DAY), p, (), "keys changed", ())


def claim(subject: Entity, predicate: str, role: str | None = None) -> Claim:
    said = Proposition(subject, predicate, None, role)
    return Claim(
        "c1", said, Polarity.AFFIRMED, Modality.STATED, Basis.HEARSAY, (), VOICE, VOICE, None,
        (CITED,), "test@1",
    )  # fmt: skip


def mention(value: str = "evil.test", cue: str = "beaconed to", origin: str = "lab") -> Mention:
    found = Observable(ObservableType.DOMAIN, value)
    cited = Citation("b" * 64, f"evidence/{origin}.txt", LineLocator(1), value)
    return Mention(found, cited, cited, ALWAYS_POSSIBLE, cue, origin)


def found(tracing: Tracing, *claims: Claim, of_interest: tuple[str, ...] = ()) -> list[Indicator]:
    return list(from_tracing(tracing, claims, (), of_interest=of_interest)[0])


def test_what_a_group_held_points_to_it_while_it_held_it() -> None:
    (indicator,) = found(Tracing((tenancy(GROUP),)))

    assert indicator.observable == Observable(ObservableType.IP, "192.0.2.7")
    assert (indicator.window, indicator.party, indicator.asset) == (HELD, GROUP.id, ADDRESS.id)
    assert (indicator.citations, indicator.origins) == ((CITED,), ("provider-a",))
    assert "its lease says so" in indicator.reason


@pytest.mark.parametrize("role", [Role.REGISTRANT, Role.PAYER])
def test_who_only_registered_or_paid_held_nothing(role: Role) -> None:
    assert found(Tracing((tenancy(GROUP, role),))) == []


@pytest.mark.parametrize("party", [PERSONA, PERSON, UNKNOWN])
def test_a_holder_whom_nothing_ties_to_the_attack_is_no_party_of_interest(party: Entity) -> None:
    assert found(Tracing((tenancy(party),))) == []


@pytest.mark.parametrize(
    ("party", "p", "counts"),
    [(PERSONA, None, 1), (UNKNOWN, 0.9, 1), (UNKNOWN, 0.1, 0), (PERSON, None, 0)],
)
def test_a_handover_ties_whoever_received_unless_he_may_have_bought_in_good_faith(
    party: Entity, p: float | None, counts: int
) -> None:
    tracing = Tracing((tenancy(party),), (handover(party, p),))

    assert len(found(tracing)) == counts


@pytest.mark.parametrize(
    ("predicate", "role", "counts"),
    [
        ("attacked", None, 1),
        ("sold", None, 1),
        ("operated", None, 1),
        ("contracted", "under a pseudonym", 1),
        ("contracted", None, 0),
        ("located_in", None, 0),
    ],
)
def test_an_affirmed_claim_ties_a_person(predicate: str, role: str | None, counts: int) -> None:
    assert len(found(Tracing((tenancy(PERSON),)), claim(PERSON, predicate, role))) == counts


@pytest.mark.parametrize(
    "weak",
    [
        {"polarity": Polarity.DENIED},
        {"polarity": Polarity.NEGATED},
        {"modality": Modality.HYPOTHETICAL},
        {"review": Review.REJECTED},
    ],
)
def test_what_is_denied_rejected_or_imagined_ties_nobody(weak: dict[str, Polarity]) -> None:
    said = replace(claim(PERSON, "attacked"), **weak)  # type: ignore[arg-type]  # one field of its own type

    assert found(Tracing((tenancy(PERSON),)), said) == []


def test_who_is_judged_the_same_as_a_party_of_interest_is_one() -> None:
    same = Judgement(PERSON, PERSONA, Sameness.SAME, 20.0, "one card", "rule@1", ())
    unsure = replace(same, judgement=Sameness.UNSURE)
    said = claim(PERSON, "attacked")

    assert len(found(Tracing((tenancy(PERSONA),), (), (same,)), said)) == 1
    assert found(Tracing((tenancy(PERSONA),), (), (unsure,)), said) == []


def test_the_case_may_name_parties_of_interest() -> None:
    assert len(found(Tracing((tenancy(PERSON),)), of_interest=(PERSON.id,))) == 1


def test_a_rival_of_no_interest_takes_the_certainty_away() -> None:
    both = (tenancy(GROUP), tenancy(PERSON, name="t2"))
    conflict = Conflict(ADDRESS, Role.CREDENTIAL_HOLDER, "overlap", "two holders", ("t1", "t2"))

    (doubted,) = found(Tracing(both, (), (), (conflict,)))

    assert doubted.window == UncertainInterval(start_min=HELD.start_min, end_max=HELD.end_max)


def test_rivals_who_are_both_of_interest_leave_the_window_as_it_is() -> None:
    both = (tenancy(GROUP), tenancy(PERSON, name="t2"))
    conflict = Conflict(ADDRESS, Role.CREDENTIAL_HOLDER, "overlap", "two holders", ("t1", "t2"))

    indicators = found(Tracing(both, (), (), (conflict,)), claim(PERSON, "attacked"))

    assert [i.window for i in indicators] == [HELD, HELD]


def test_a_machine_s_own_name_is_in_nobody_s_logs_but_its_address_is() -> None:
    named = Entity("server:vps-1", "vps-1", EntityType.SERVER)
    numbered = Entity("server:192.0.2.9", "192.0.2.9", EntityType.SERVER)
    tracing = Tracing((tenancy(GROUP, asset=named), tenancy(GROUP, asset=numbered, name="t2")))

    assert [i.observable.value for i in found(tracing)] == ["192.0.2.9"]


def test_an_address_that_cannot_be_read_is_a_problem() -> None:
    broken = Entity("address:?", "192.0.2.x", EntityType.ADDRESS)

    indicators, (problem,) = from_tracing(Tracing((tenancy(GROUP, asset=broken),)), (), ())

    assert indicators == ()
    assert (problem.kind, problem.path) == ("not-an-observable", "evidence/lease.csv")


def test_a_document_s_words_make_an_indicator_of_unknown_time() -> None:
    (indicator,), problems = from_tracing(Tracing(), (), [mention(), mention("calm.test", cue="")])

    assert (indicator.observable.value, indicator.window) == ("evil.test", ALWAYS_POSSIBLE)
    assert "beaconed to" in indicator.reason
    assert problems == ()


def test_what_a_document_garbles_is_put_right_or_a_problem() -> None:
    wide = replace(mention(), observable=Observable(ObservableType.CIDR, "192.0.2.7/24"))
    broken = replace(mention(), observable=Observable(ObservableType.URL, "http://"))

    (indicator,), (problem,) = from_tracing(Tracing(), (), [wide, broken])

    assert indicator.observable.value == "192.0.2.0/24"
    assert problem.kind == "not-an-observable"


def test_the_same_said_by_two_is_one_indicator_with_both_as_origins() -> None:
    (indicator,), _ = from_tracing(Tracing(), (), [mention(), mention(origin="police")])

    assert indicator.origins == ("lab", "police")
    assert len(indicator.citations) == 2


def test_two_reasons_are_two_indicators_of_one_observable() -> None:
    indicators, _ = from_tracing(Tracing(), (), [mention(), mention(cue="downloaded from")])

    assert len({i.id for i in indicators}) == 2


def test_what_points_to_nobody_comes_back_refused_with_the_reason() -> None:
    indicators, (problem,) = from_tracing(Tracing(), (), [mention("github.com")])

    assert indicators == ()
    assert problem.kind == "refused-indicator"
    assert "everybody uses" in problem.message


def test_the_order_of_what_is_known_does_not_matter() -> None:
    mentions = [mention(), mention("other.test"), mention(origin="police"), mention("github.com")]
    both = (tenancy(GROUP), tenancy(UNKNOWN, name="t2"))
    one = Tracing(both, (handover(UNKNOWN),))
    other = Tracing(both[::-1], (handover(UNKNOWN),))

    assert from_tracing(one, (), mentions) == from_tracing(other, (), mentions[::-1])


def test_traces_that_no_log_shows_are_passed_over_with_their_count() -> None:
    named = [
        replace(mention(), observable=Observable(ObservableType.MUTEX, name))
        for name in ("lamp-1", "lamp-2")
    ]
    found, problems = from_tracing(Tracing((), ()), (), named)

    assert found == ()
    assert [(p.kind, p.count) for p in problems] == [("not-hunted", 2)]


def test_a_link_without_a_scheme_is_sought_with_one() -> None:
    link = replace(mention(), observable=Observable(ObservableType.URL, "relay.example/a.php"))
    (found,), _ = from_tracing(Tracing(), (), [link])

    assert found.observable.value == "http://relay.example/a.php"
