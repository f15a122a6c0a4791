"""The worked case: every figure from `orchid.toml`, none from code. ILLUSTRATIVE."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ashiato.core.claims import Basis
from ashiato.core.weighing import Confidence, Sufficiency
from ashiato.weigh.engine import infer, posterior
from ashiato.weigh.gaps import chances, decision_value, new_origin, repeat, with_evidence
from ashiato.weigh.grades import grades
from ashiato.weigh.model import Model, evidence_network, naive_network
from ashiato.weigh.standards import confidence, judge, standards_in_force
from ashiato.weigh.stress import stress
from ashiato.weigh.weighed import Proposition, Weighed, weigh_model

Data = dict[str, Any]
Claimed = dict[str, Proposition]
Build = Callable[..., Model]
THREE = 0.0005000001
NAMES = ("lantern", "office")


def figures(weighed: Weighed, claimed: Claimed, posterior: Any) -> list[float]:  # noqa: ANN401 - an array
    return [weighed.p(claimed[name], posterior) for name in NAMES]


def test_it_calls_itself_illustrative(orchid_data: Data) -> None:
    assert orchid_data["note"] == "ILLUSTRATIVE"


def test_the_posterior_agrees_to_six_decimals(orchid: Weighed, orchid_data: Data) -> None:
    expected = [orchid_data["expected"]["posterior"][a.id] for a in orchid.model.answers]

    assert orchid.inference.posterior == pytest.approx(expected, abs=6e-7)


def test_every_fact_agrees(orchid: Weighed, orchid_data: Data) -> None:
    for fact, expected in orchid_data["expected"]["facts"].items():
        assert orchid.fact(fact) == pytest.approx(expected, abs=THREE)


def test_leaving_out_what_was_said_on_one_fact_agrees(
    orchid: Weighed, orchid_data: Data, claimed: Claimed
) -> None:
    for fact, expected in orchid_data["expected"]["without_fact"].items():
        found = figures(orchid, claimed, orchid.without_fact(fact))
        assert found == pytest.approx(expected, abs=THREE)


def test_leaving_out_one_origin_agrees(orchid: Weighed, orchid_data: Data) -> None:
    for origin, expected in orchid_data["expected"]["without_origin"].items():
        assert orchid.without_origin[origin] == pytest.approx(expected, abs=THREE)


def test_what_the_evidence_says_of_the_origins_agrees(orchid: Weighed, orchid_data: Data) -> None:
    for origin, expected in orchid_data["expected"]["trust"].items():
        assert orchid.inference.marginal(f"trust:{origin}:") == pytest.approx(expected, abs=THREE)


def test_the_police_graded_otherwise_agrees(
    orchid: Weighed, orchid_with: Build, orchid_data: Data, claimed: Claimed
) -> None:
    for letter, expected in orchid_data["expected"]["police_graded"].items():
        model = orchid_with(letters={"police": letter})
        found = posterior(*evidence_network(model, grades()))
        assert figures(orchid, claimed, found) == pytest.approx(expected, abs=THREE)


def test_relays_of_one_claim_agree_and_the_naive_count_runs_away(
    orchid: Weighed, orchid_with: Build, orchid_data: Data, claimed: Claimed
) -> None:
    for count, expected in orchid_data["expected"]["link_relays"].items():
        model = orchid_with(reports={"link": int(count)})
        found = [
            orchid.p(claimed["lantern"], posterior(*build(model, grades())))
            for build in (evidence_network, naive_network)
        ]
        assert found == pytest.approx(expected, abs=6e-5)


def test_counting_reports_as_witnesses_would_say_what_it_should_not(
    orchid: Weighed, orchid_data: Data, claimed: Claimed
) -> None:
    found = figures(orchid, claimed, orchid.naive)

    assert found == pytest.approx([orchid_data["expected"]["naive"][n] for n in NAMES], abs=THREE)


def test_the_intervals_agree_within_their_sampling_noise(
    orchid: Weighed, orchid_data: Data, claimed: Claimed
) -> None:
    for name in NAMES:
        assert orchid.p90(claimed[name]) == pytest.approx(
            orchid_data["expected"]["p90"][name], abs=0.03
        )


def test_the_gaps_agree(orchid: Weighed, orchid_data: Data, claimed: Claimed) -> None:
    for gap in orchid_data["expected"]["gaps"]:
        letter, basis, fact = gap["ask"]
        found = new_origin(orchid, fact, letter=letter, basis=Basis(basis))
        yes, no = (figures(orchid, claimed, p) for p in (found.if_yes, found.if_no))
        value = decision_value(orchid, claimed["lantern"], found, loss=9)
        assert found.p_yes == pytest.approx(gap["found"][0], abs=0.0051)
        assert [found.bits, *yes, *no, value] == pytest.approx(gap["found"][1:], abs=THREE)


def test_how_far_a_fact_sets_the_answers_apart_agrees(orchid: Weighed, orchid_data: Data) -> None:
    for fact, expected in orchid_data["expected"]["diagnostic"].items():
        assert orchid.diagnostic(fact) == pytest.approx(expected, abs=0.051)


def test_the_leading_answer_is_contradicted_least(orchid: Weighed) -> None:
    against = {a.id: orchid.against(a.id) for a in orchid.model.answers}
    leader = max(
        zip(orchid.model.answers, orchid.inference.posterior, strict=True), key=lambda pair: pair[1]
    )[0]

    assert min(against, key=lambda id_: against[id_]) == leader.id
    assert all(value >= 0 for value in against.values())


def test_evidence_foreseen_is_what_the_model_says_when_it_has_come(
    orchid: Weighed, claimed: Claimed
) -> None:
    foreseen = new_origin(orchid, "link", letter="A", basis=Basis.RECORD)
    model = with_evidence(orchid.model, "link", letter="A", basis=Basis.RECORD)
    come = posterior(*evidence_network(model, grades()))

    # one report leaves a doubt of 2 to 3 % whether it was said at all
    assert orchid.p(claimed["lantern"], come) == pytest.approx(
        orchid.p(claimed["lantern"], foreseen.if_yes), abs=0.02
    )


def test_a_new_record_on_the_link_makes_the_lead_but_no_standard_with_two_origins_each(
    orchid: Weighed, claimed: Claimed
) -> None:
    judged = [judge(orchid, claimed["lantern"], each) for each in standards_in_force()]
    prospect = new_origin(orchid, "link", letter="A", basis=Basis.RECORD)
    model = with_evidence(orchid.model, "link", letter="A", basis=Basis.RECORD)

    found = {c.standard: c for c in chances(orchid, claimed["lantern"], prospect, model, judged)}

    assert [found[name].sufficient for name in ("analytic", "public", "referral")] == [0, 0, 0]
    assert found["public"].loss == pytest.approx(9)
    assert found["public"].value == pytest.approx(0.423, abs=THREE)


def test_a_second_origin_on_each_element_can_settle_an_assessment(
    orchid: Weighed, claimed: Claimed
) -> None:
    on_tool = with_evidence(orchid.model, "tool", letter="A", basis=Basis.RECORD)
    weighed = weigh_model(on_tool, grades(), draws=500)
    judged = [judge(weighed, claimed["lantern"], each) for each in standards_in_force()]
    prospect = new_origin(weighed, "link", letter="A", basis=Basis.RECORD)
    after = with_evidence(on_tool, "link", letter="A", basis=Basis.RECORD)

    found = {c.standard: c for c in chances(weighed, claimed["lantern"], prospect, after, judged)}

    assert found["analytic"].sufficient == prospect.p_yes > 0.5


def test_repeating_an_origin_is_worth_nothing(orchid: Weighed) -> None:
    link = next(a for a in orchid.model.assertions if a.id == "link")

    assert repeat(orchid, link).bits < 1e-6


def test_what_evidence_would_tell_is_what_it_tells_when_it_comes(orchid: Weighed) -> None:
    report = "report:tool:000"
    others = tuple(a for a in orchid.model.assertions if a.fact != "tool")
    before = replace(orchid.model, assertions=others)
    expected = infer(*evidence_network(before, grades())).posterior

    assert orchid.inference.leave_one_out()[report] == pytest.approx(expected, abs=1e-12)


def test_a_denial_weighs_nothing(orchid: Weighed, claimed: Claimed) -> None:
    for name in NAMES:
        weight = orchid.decibans(claimed[name], orchid.without_fact("denial"))
        assert round(weight, 3) == 0.0


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("contract", 0.001),
        ("resold", 0.001),
        ("link", 0.001),
        ("student", 0.001),
        ("overlap", 0.001),
        ("victim", 0.006),
        ("tool", 0.006),
        ("denial", 0.006),
    ],
)
def test_fifty_more_relays_of_one_claim_move_nothing(
    orchid: Weighed, orchid_with: Build, claimed: Claimed, name: str, bound: float
) -> None:
    count = len(next(a.reports for a in orchid.model.assertions if a.id == name))
    more = posterior(*evidence_network(orchid_with(reports={name: count + 50}), grades()))
    moved = np.subtract(
        figures(orchid, claimed, more), figures(orchid, claimed, orchid.inference.posterior)
    )

    assert np.abs(moved).max() < bound


def test_fifty_more_relays_of_every_claim_move_nothing(
    orchid: Weighed, orchid_with: Build, claimed: Claimed
) -> None:
    counts = {a.id: len(a.reports) + 50 for a in orchid.model.assertions}
    more = posterior(*evidence_network(orchid_with(reports=counts), grades()))

    assert abs(orchid.p(claimed["lantern"], more) - orchid.p(claimed["lantern"])) < 0.008


def reasons(weighed: Weighed, claim: Proposition, standard: str) -> tuple[str, set[str]]:
    chosen = next(s for s in standards_in_force() if s.name == standard)
    found = judge(weighed, claim, chosen)
    return found.verdict, {r.code for r in found.reasons}


@pytest.mark.parametrize(
    ("name", "standard", "verdict", "codes"),
    [
        ("lantern", "lead", "SUFFICIENT", set()),
        ("lantern", "analytic", "INSUFFICIENT", {"INTERVAL", "FRAGILE", "SINGLE_ORIGIN"}),
        (
            "lantern",
            "public",
            "INSUFFICIENT",
            {"INTERVAL", "FRAGILE", "SINGLE_ORIGIN", "ELEMENT_UNPROVEN"},
        ),
        ("office", "lead", "INSUFFICIENT", {"FRAGILE", "UNTESTED_DECEPTION"}),
        (
            "office",
            "analytic",
            "INSUFFICIENT",
            {"INTERVAL", "FRAGILE", "SINGLE_ORIGIN", "ELEMENT_UNPROVEN", "UNTESTED_DECEPTION"},
        ),
    ],
)
def test_the_verdicts_and_their_reasons_agree(
    orchid: Weighed, claimed: Claimed, *, name: str, standard: str, verdict: str, codes: set[str]
) -> None:
    assert reasons(orchid, claimed[name], standard) == (Sufficiency(verdict), codes)


def test_the_reasons_name_the_origin_and_the_elements(orchid: Weighed, claimed: Claimed) -> None:
    referral = next(s for s in standards_in_force() if s.name == "referral")
    found = judge(orchid, claimed["lantern"], referral).reasons

    assert [(r.code, r.subject) for r in found] == [
        ("INTERVAL", "lantern"),
        ("FRAGILE", "police"),
        ("SINGLE_ORIGIN", "link"),
        ("SINGLE_ORIGIN", "tool"),
        ("ELEMENT_UNPROVEN", "link"),
        ("ELEMENT_UNPROVEN", "tool"),
    ]


def test_confidence_is_low_because_of_the_origins(orchid: Weighed, claimed: Claimed) -> None:
    level, because = confidence(orchid, claimed["office"], {"police": "Harbour Police"})

    assert level is Confidence.LOW
    assert "3 of 3 required elements rest on Harbour Police alone" in because


def test_the_same_seed_gives_the_same_interval(orchid: Weighed, orchid_with: Build) -> None:
    assert weigh_model(orchid_with(), grades()).drawn.tobytes() == orchid.drawn.tobytes()


@pytest.mark.parametrize("odds", ["1.25", "1.5", "2.0"])
def test_the_worst_case_agrees(
    orchid: Weighed, orchid_data: Data, claimed: Claimed, odds: str
) -> None:
    for name in NAMES:
        found = stress(orchid, claimed[name], float(odds))
        assert found == pytest.approx(orchid_data["expected"]["worst_case"][odds][name], abs=0.01)
