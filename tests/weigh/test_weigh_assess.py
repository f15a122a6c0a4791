import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ashiato.core.canonical import canonical_json
from ashiato.core.claims import Claim, Entity, EntityType, Review
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.core.records import Indicator, Observable, ObservableType, Sighting, SightingStatus
from ashiato.core.sources import Source
from ashiato.core.tenancy import Role, Tenancy, TenancyBasis, TenancyStatus, Tracing
from ashiato.core.time import UncertainInterval
from ashiato.core.weighing import Confidence, Rung, RungVerdict, Sufficiency, Verdict
from ashiato.weigh.framing import frame
from ashiato.weigh.grades import grades
from ashiato.weigh.model import Sharing
from ashiato.weigh.questions import question
from ashiato.weigh.testimony import Origins, hear

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]
NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
SOURCES = (
    Source("harbour-police", "Harbour Police", "agency", "B"),
    Source("quay-labs", "Quay Labs", "organisation", "B"),
)
CITED = (Citation("c" * 64, "evidence/register.csv", SpanLocator(0, 3), "row"),)


@pytest.fixture
def accused(said: Say, entity: Name) -> list[Claim]:
    """One agency lays the intrusions to one group, and says who stands behind it."""
    lantern, unit = entity("Lantern"), entity("Unit 7713", "unit")
    believed = {"modality": "believed", "basis": "inference"}
    return [
        said(entity("IDs", "account"), "transferred", lantern, **believed),
        said(lantern, "attacked", entity("Meridian Institute", "organisation"), **believed),
        said(unit, "directed", lantern, modality="suspected", basis="inference"),
        said(lantern, "part_of", unit, **believed),
        said(entity("Kenta Morwell", "person"), "contracted", entity("vps-1042", "server")),
    ]


@pytest.fixture
def corroborated(accused: list[Claim], said: Say, entity: Name) -> list[Claim]:
    """Two more origins say the same of the group from their own knowledge."""
    lantern, server = entity("Lantern"), entity("vps-1042", "server")
    victim = entity("Meridian Institute", "organisation")
    return [
        *accused,
        said(lantern, "used", server, origin="quay-labs", document="q", basis="inference"),
        said(lantern, "attacked", victim, origin="quay-labs", document="q", basis="inference"),
        said(lantern, "operated", server, origin="meridian-cert", document="m", basis="record"),
        said(lantern, "intruded", victim, origin="meridian-cert", document="m", basis="record"),
    ]


def rung(verdict: Verdict, which: Rung = Rung.GROUP) -> RungVerdict:
    return next(r for r in verdict.ladder if r.rung is which)


def numbers(verdict: Verdict) -> list[object]:
    return [(r.who, r.p, r.p90, r.word, r.verdict, r.hypotheses) for r in verdict.ladder]


def test_one_origin_is_a_lead_and_no_assessment(accused: list[Claim], weigh: Weigh) -> None:
    found = weigh(accused)
    by_name = {s.standard.name: s for s in found.standards}

    assert rung(found).who == "Lantern"
    assert by_name["lead"].verdict is Sufficiency.SUFFICIENT
    assert by_name["analytic"].verdict is Sufficiency.INSUFFICIENT
    assert {"FRAGILE", "SINGLE_ORIGIN"} <= {r.code for r in by_name["analytic"].reasons}
    assert rung(found).verdict == "INSUFFICIENT"
    assert found.confidence is Confidence.LOW


def test_independent_origins_suffice(corroborated: list[Claim], weigh: Weigh) -> None:
    found = weigh(corroborated)

    assert rung(found).verdict == "SUFFICIENT"
    assert rung(found).origins == 3
    assert rung(found).p90 is not None
    assert found.confidence is not Confidence.LOW


def test_without_a_standard_there_is_nothing_to_judge_by(weigh: Weigh) -> None:
    with pytest.raises(ValueError, match="standards_in_force"):
        weigh([], standards=())


def test_every_reason_has_a_value_a_threshold_and_a_sentence(
    accused: list[Claim], weigh: Weigh
) -> None:
    for standard in weigh(accused).standards:
        for reason in standard.reasons:
            assert reason.value is not None
            assert reason.threshold is not None
            assert reason.text.endswith(".")


def test_fifty_newspapers_that_quote_the_police_add_nothing(
    accused: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    victim = entity("Meridian Institute", "organisation")
    press = [
        said(
            entity("Lantern"),
            "attacked",
            victim,
            document=f"paper-{i}",
            modality="believed",
            basis="inference",
        )
        for i in range(50)
    ]
    before, after = rung(weigh(accused)), rung(weigh([*accused, *press]))

    assert before.p is not None
    assert after.p == pytest.approx(before.p, abs=0.006)
    assert after.origins == before.origins == 1
    assert after.verdict == before.verdict


def test_one_origin_that_says_it_in_many_ways_grows_no_stronger(
    accused: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    victims = [entity(f"Org {i:03}", "organisation") for i in range(30)]
    more = [
        said(entity("Lantern"), verb, v, modality="believed", basis="inference")
        for v in victims
        for verb in ("attacked", "intruded", "stole")
    ]
    before, after = rung(weigh(accused)), rung(weigh([*accused, *more]))

    assert after.p == before.p


def test_a_document_counts_once_however_often_it_says_it(
    accused: list[Claim], weigh: Weigh
) -> None:
    twice = [*accused, *(replace(c, id=f"again-{c.id}", cues=("again",)) for c in accused)]

    assert rung(weigh(twice)).p == rung(weigh(accused)).p


def test_a_denial_weighs_0_db_and_is_listed(
    accused: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    denial = said(
        entity("Lantern"),
        "attacked",
        entity("Meridian Institute", "organisation"),
        origin="ministry",
        document="briefing",
        polarity="denied",
    )
    before, after = weigh(accused), weigh([*accused, denial])
    conduct = next(f for f in rung(after).facts if f.id.startswith("group.conduct"))

    assert numbers(after) == numbers(before)
    assert conduct.items == ("denied by ministry: weighs 0.0 dB",)


def test_who_says_that_it_is_not_so_lowers_it(
    accused: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    negation = said(
        entity("Lantern"),
        "attacked",
        entity("Meridian Institute", "organisation"),
        origin="quay-labs",
        document="q",
        polarity="negated",
    )
    before, after = rung(weigh(accused)).p, rung(weigh([*accused, negation])).p

    assert before is not None
    assert after is not None
    assert after < before - 0.05


def test_a_negation_alone_names_nobody(said: Say, entity: Name, weigh: Weigh) -> None:
    found = rung(weigh([said(entity("Lantern"), "attacked", None, polarity="negated")]))

    assert (found.who, found.p, found.verdict) == ("", None, "no evidence")


@pytest.mark.parametrize("modality", ["hypothetical", "normative"])
def test_what_may_be_or_ought_to_be_is_no_report(
    accused: list[Claim], said: Say, entity: Name, weigh: Weigh, *, modality: str
) -> None:
    claim = said(
        entity("Lantern"), "attacked", None, origin="quay-labs", document="q", modality=modality
    )
    found = weigh([*accused, claim])

    assert numbers(found) == numbers(weigh(accused))
    assert any(item.startswith(modality) for f in rung(found).facts for item in f.items)


def test_what_is_possible_in_the_future_is_no_report(
    accused: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    claim = said(
        entity("Lantern"), "attacked", None, origin="quay-labs", document="q", modality="possible"
    )
    later = UncertainInterval.exactly(datetime(2032, 1, 1, tzinfo=UTC), None)
    future = replace(claim, proposition=replace(claim.proposition, valid=later))

    assert numbers(weigh([*accused, future])) == numbers(weigh(accused))
    assert numbers(weigh([*accused, claim])) != numbers(weigh(accused))


def test_a_rejected_reading_counts_for_nothing(corroborated: list[Claim], weigh: Weigh) -> None:
    kept, rejected = corroborated[:5], corroborated[5:]
    reviewed = [replace(c, review=Review.REJECTED) for c in rejected]

    assert numbers(weigh([*kept, *reviewed])) == numbers(weigh(kept))


EXCLUDED = [
    ("person:Kenta Morwell", "located_in", "place:Orvania", None),
    ("person:Kenta Morwell", "citizen_of", "place:Orvania", None),
    ("person:Kenta Morwell", "nationality", "other:Orvanian", None),
    ("person:Kenta Morwell", "speaks", "other:Orvanian", None),
    ("person:Kenta Morwell", "writes_in", "other:Orvanian script", None),
    ("person:Kenta Morwell", "member_of", "organisation:Blue Harbour Party", "member"),
    ("group:Lantern", "member_of", "organisation:Blue Harbour Party", None),
    ("group:Lantern", "part_of", "organisation:青港党", None),
    ("person:Mira Morwell", "married_to", "person:Kenta Morwell", None),
    ("person:Mira Morwell", "contracted", "server:vps-1042", "wife of a member"),
    ("person:Mira Morwell", "contracted", "server:vps-1042", "妻"),
    ("unit:Unit 7713", "instructed", "person:Kenta Morwell", "through his wife"),
    ("group:Lantern", "attributed_to", "place:Orvania", None),
    ("group:Lantern", "part_of", "unit:Unit 9", "language"),
    ("group:Lantern", "alias_of", "group:Emberfox", None),
    ("group:Lantern", "same_as", "unit:Unit 7713", None),
]


@pytest.mark.parametrize(("subject", "predicate", "object_", "role"), EXCLUDED)
def test_origin_language_party_family_and_aliases_never_change_any_probability(  # noqa: PLR0917 - the columns of the table
    accused: list[Claim],
    said: Say,
    entity: Name,
    weigh: Weigh,
    subject: str,
    predicate: str,
    object_: str,
    role: str | None,
) -> None:
    sides = [entity(text, kind) for kind, text in (s.split(":") for s in (subject, object_))]
    claim = said(
        sides[0],
        predicate,
        sides[1],
        role=role,
        origin="meridian-cert",
        document="m",
        basis="record",
    )

    assert numbers(weigh([*accused, claim])) == numbers(weigh(accused))


def test_that_a_person_belongs_to_something_names_no_sponsor(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    claim = said(entity("Kenta Morwell", "person"), "member_of", entity("Unit 7713", "unit"))

    assert rung(weigh([claim]), Rung.SPONSOR).verdict == "no evidence"


def test_resemblance_names_a_candidate_and_never_suffices(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    victim = entity("Meridian Institute", "organisation")
    claims = [
        said(
            entity("Lantern"),
            verb,
            target,
            origin=origin,
            document=origin,
            basis="record",
            method="similarity-attack@1",
        )
        for origin in ("quay-labs", "meridian-cert", "harbour-police")
        for verb, target in (("attacked", victim), ("used", entity("vps-1042", "server")))
    ]
    found = weigh(claims)
    leading = next(h for h in found.hypotheses if h.kind == "candidate")

    assert rung(found).who == "Lantern"
    assert leading.p == pytest.approx(leading.prior)
    assert not any(s.verdict is Sufficiency.SUFFICIENT for s in found.standards)


def test_aliases_stay_two_candidates(
    corroborated: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    other = said(entity("Amber Lantern"), "attacked", None, origin="quay-labs", document="q2")
    alias = said(entity("Amber Lantern"), "alias_of", entity("Lantern"))
    found = weigh([*corroborated, other, alias])

    labels = [h.label for h in found.hypotheses if h.kind == "candidate"]
    assert sorted(labels) == ["Amber Lantern", "Lantern"]


def test_every_set_of_answers_holds_an_imitator_of_the_leader_and_none_of_these(
    corroborated: list[Claim], said: Say, entity: Name, weigh: Weigh
) -> None:
    rivals = [said(entity(f"Rival {i}"), "attacked", None, document=f"r{i}") for i in range(6)]
    found = weigh([*corroborated, *rivals]).hypotheses
    by_kind = {h.kind: h for h in found}

    assert sum(h.prior for h in found) == pytest.approx(1)
    assert by_kind["none"].prior >= 0.30
    assert by_kind["imitator"].label == "somebody posing as Lantern"


def test_two_groups_with_their_own_origins_contest_each_other(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    claims = [
        said(entity(name), verb, target, origin=origin, document=origin, basis="record")
        for name, origin in (("Lantern", "quay-labs"), ("Emberfox", "harbour-police"))
        for verb, target in (("attacked", None), ("used", entity("vps-1042", "server")))
    ]

    assert rung(weigh(claims)).verdict == "CONTESTED"


def test_what_several_origins_deny_of_the_only_candidate_is_refuted(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    server = entity("vps-1042", "server")
    claims = [
        said(
            entity("Lantern"),
            verb,
            target,
            origin=o,
            document=o,
            basis="record",
            polarity="negated",
        )
        for o in ("quay-labs", "meridian-cert")
        for verb, target in (("attacked", None), ("used", server))
    ]
    first = said(
        entity("Lantern"), "attacked", None, modality="alleged", basis="hearsay", origin="x"
    )

    assert rung(weigh([*claims, first])).verdict == "REFUTED"


def test_a_rung_without_a_candidate_says_so_and_what_would_help(weigh: Weigh) -> None:
    found = weigh([])

    assert [r.verdict for r in found.ladder] == ["no evidence"] * 6
    assert found.hypotheses == ()
    assert all(s.verdict is Sufficiency.INSUFFICIENT for s in found.standards)
    assert found.gaps[0].bits > 0.1


def test_the_rungs_are_questions_of_their_own(accused: list[Claim], weigh: Weigh) -> None:
    group_only = [c for c in accused if c.proposition.predicate in {"transferred", "attacked"}]
    whole, part = weigh(accused), weigh(group_only)

    assert rung(whole).p == rung(part).p
    assert rung(part, Rung.SPONSOR).p is None


def test_the_question_decides_which_rung_is_answered(accused: list[Claim], weigh: Weigh) -> None:
    found = weigh(accused, Rung.SPONSOR)

    assert found.hypotheses == rung(found, Rung.SPONSOR).hypotheses
    assert found.ladder == weigh(accused).ladder


def test_gaps_are_ranked_and_repeats_are_worth_nothing(accused: list[Claim], weigh: Weigh) -> None:
    found = weigh(accused).gaps
    repeats = [g for g in found if "repeats Harbour Police" in g.evidence]

    assert [g.bits for g in found] == sorted((g.bits for g in found), reverse=True)
    assert len(repeats) == 1
    assert repeats[0].bits < 0.005 < found[0].bits


def test_an_ungraded_origin_weighs_as_d(accused: list[Claim], weigh: Weigh) -> None:
    ungraded = weigh(accused, sources=())
    graded = weigh(accused, sources=(Source("harbour-police", "Harbour Police", "agency", "D"),))

    assert rung(ungraded).p == rung(graded).p
    assert ungraded.origins[0].reliability == "D"
    assert not ungraded.origins[0].graded


def test_an_origin_named_in_a_text_is_the_declared_source(
    accused: list[Claim], weigh: Weigh
) -> None:
    voice = replace(accused[0].origin, id="voice:1", text="the Harbour  police")
    renamed = [replace(c, origin=voice) for c in accused]

    assert numbers(weigh(renamed)) == numbers(weigh(accused))


def test_the_order_of_claims_and_sources_does_not_matter(
    corroborated: list[Claim], weigh: Weigh
) -> None:
    mix, sources = random.Random(5), list(SOURCES)  # noqa: S311 - shuffles a test
    expected = canonical_json(weigh(corroborated, sources=sources))

    for _ in range(10):
        mix.shuffle(corroborated)
        mix.shuffle(sources)
        assert canonical_json(weigh(corroborated, sources=sources)) == expected


def tenancy(
    party: Entity,
    asset: Entity,
    role: str,
    *,
    status: str = "certain",
    parents: tuple[str, ...] = (),
) -> Tenancy:
    return Tenancy(
        id=f"{party.id}-{asset.id}-{role}",
        asset=asset,
        party=party,
        role=Role(role),
        interval=UncertainInterval.exactly(NOON, NOON + timedelta(days=30)),
        basis=TenancyBasis.STATED,
        status=TenancyStatus(status),
        origins=("meridian-cert",),
        because="the register says so",
        citations=CITED,
        parents=parents,
    )


def test_a_tenancy_on_record_speaks_and_one_made_from_claims_has_spoken(
    accused: list[Claim], entity: Name, weigh: Weigh
) -> None:
    lantern, server = entity("Lantern"), entity("vps-1042", "server")
    record = Tracing((tenancy(lantern, server, "operator"),))
    derived = Tracing((tenancy(lantern, server, "operator", parents=(accused[0].id,)),))
    before = rung(weigh(accused))
    after = rung(weigh(accused, tracing=record))

    assert before.p is not None
    assert after.p is not None
    assert after.p > before.p
    assert after.tenancies == ("group:lantern-server:vps-1042-operator",)
    assert rung(weigh(accused, tracing=derived)).p == before.p


def test_more_organisations_never_raise_the_group_or_its_sponsor(
    accused: list[Claim], entity: Name, weigh: Weigh
) -> None:
    address = Observable(ObservableType.IP, "192.0.2.7")
    lantern, server = entity("Lantern"), entity("vps-1042", "server")
    indicator = Indicator(
        "i1", address, UncertainInterval(), "held", CITED, server.id, lantern.id, ("meridian-cert",)
    )
    tracing = Tracing((tenancy(lantern, server, "operator", parents=("x",)),))

    def seen(count: int) -> Verdict:
        sightings = [
            Sighting(
                "i1", address, f"Org {i:03}", NOON, "h", "squid", "dst", address.value, CITED[0],
                SightingStatus.CERTAIN, "inside",
            )
            for i in range(count)
        ]  # fmt: skip
        return weigh(accused, tracing=tracing, sightings=sightings, indicators=[indicator])

    none, one, many = seen(0), seen(1), seen(200)
    before, after = rung(none).p, rung(one).p

    assert before is not None
    assert after is not None
    assert after > before
    for which in (Rung.PERSON, Rung.GROUP, Rung.SPONSOR):
        assert rung(many, which) == rung(one, which)
    assert rung(many, Rung.MACHINE).who == "vps-1042"


def test_a_mere_description_that_held_a_machine_is_no_rival_of_a_named_group(
    accused: list[Claim], entity: Name, weigh: Weigh
) -> None:
    address, server = Observable(ObservableType.IP, "192.0.2.7"), entity("vps-1042", "server")
    attackers = Entity("group:attackers@0badc0de1234:9", "the attackers", EntityType.GROUP)
    indicator = Indicator(
        "i1", address, UncertainInterval(), "held", CITED, server.id, attackers.id, ("harbour",)
    )
    held = tenancy(attackers, server, "credential_holder", parents=("x",))
    seen = Sighting(
        "i1", address, "Org 001", NOON, "h", "squid", "dst", address.value, CITED[0],
        SightingStatus.POSSIBLE, "inside",
    )  # fmt: skip

    verdict = weigh(accused, tracing=Tracing((held,)), sightings=[seen], indicators=[indicator])

    assert "the attackers" not in {h.label for h in rung(verdict).hypotheses}


def test_when_all_origins_speak_on_all_candidates_their_reliability_is_split_by_topic(
    said: Say, entity: Name, weigh: Weigh
) -> None:
    claims = [
        said(entity(f"Group {g}"), "attacked", None, origin=f"o{o:02}", document=f"o{o}")
        for g in range(13)
        for o in range(11)
    ]
    origins = Origins((), grades())
    asked = question(Rung.GROUP)
    model, _ = frame(asked, hear(asked, claims, Tracing(), (), origins), origins)
    found = weigh(claims, draws=50)

    assert model.sharing is Sharing.FACT
    assert sum(h.p for h in found.hypotheses) == pytest.approx(1)


def test_the_weakest_rung_has_the_lowest_bound_then_the_fewest_origins(
    accused: list[Claim], weigh: Weigh
) -> None:
    found = weigh(accused)
    weakest = rung(found, found.weakest_rung)

    assert weakest.p90 is None
    assert weakest.origins == min(r.origins for r in found.ladder if r.p90 is None)


def test_cards_and_addresses_are_masked_in_what_a_fact_rests_on(entity: Name, weigh: Weigh) -> None:
    person = entity("Kenta Morwell", "person")
    account = entity("card 4111 1111 1111 1111 of someone@mail.example", "account")
    found = weigh([], Rung.PERSON, tracing=Tracing((tenancy(person, account, "payer"),)))
    items = [item for f in rung(found, Rung.PERSON).facts for item in f.items]

    assert items
    assert "4111 1111" not in " ".join(items)
    assert "someone@" not in " ".join(items)
