from typing import Any

import pytest

from ashiato.core.claims import Basis
from ashiato.core.errors import BadInput
from ashiato.core.weighing import Confidence, Sufficiency
from ashiato.weigh.grades import grades
from ashiato.weigh.model import Answer, Assertion, Fact, Model
from ashiato.weigh.standards import confidence, judge, standards_in_force
from ashiato.weigh.weighed import Proposition, Weighed, weigh_model

A_DID_IT = Proposition("A", frozenset({"a"}), ("f",))


def weighed(
    *origins: str, spoof: str | None = "high", imitates: str = "a", none: float = 0.3
) -> Weighed:
    rest = 0.95 - none
    answers = (
        Answer("a", "A", "candidate", rest),
        Answer("i", "posing as A", "imitator", 0.05, imitates),
        Answer("none", "none of these", "none", none),
    )
    fact = Fact("f", "A held it", "infrastructure", (0.97, 0.05, 0.03), spoof)
    said = tuple(Assertion(o, "f", o, Basis.RECORD, 1.0, ("1", "2")) for o in origins)
    return weigh_model(Model(answers, (fact,), dict.fromkeys(origins, "A"), said), grades())


def codes(found: Weighed, standard: str = "public") -> list[str]:
    chosen = next(s for s in standards_in_force() if s.name == standard)
    return [r.code for r in judge(found, A_DID_IT, chosen).reasons]


def test_the_pack_has_four_standards_that_rise() -> None:
    found = standards_in_force()

    assert [s.name for s in found] == ["lead", "analytic", "public", "referral"]
    assert [s.on_point for s in found] == [True, False, False, False]
    assert [s.tau for s in found] == sorted(s.tau for s in found)


def test_a_case_sets_its_own_policy() -> None:
    found = standards_in_force({"analytic": {"tau": 0.6, "n": 3, "on_point": 1.0}})
    analytic = next(s for s in found if s.name == "analytic")

    assert (analytic.tau, analytic.n, analytic.on_point, analytic.eps) == (0.6, 3, True, 0.60)


@pytest.mark.parametrize(
    ("policy", "place"),
    [
        ({"wild": {}}, "policy.wild"),
        ({"lead": {"taw": 0.5}}, "policy.lead.taw"),
        ({"lead": {"tau": 1.5}}, "policy.lead.tau"),
        ({"lead": {"n": 0}}, "policy.lead.n"),
    ],
)
def test_a_policy_that_is_none_is_refused_with_its_place(
    policy: dict[str, dict[str, float]], place: str
) -> None:
    with pytest.raises(BadInput) as caught:
        standards_in_force(policy)

    assert caught.value.place == place
    assert caught.value.remedy


def test_three_good_origins_pass_every_test() -> None:
    assert codes(weighed("x", "y", "z")) == []


def test_one_origin_is_single_and_fragile() -> None:
    assert codes(weighed("x", none=0.6)) == ["INTERVAL", "FRAGILE", "SINGLE_ORIGIN"]


def test_no_evidence_is_never_sufficient() -> None:
    assert "SINGLE_ORIGIN" in codes(weighed(none=0.01), "lead")


def test_none_of_these_outranking_the_answer_is_an_open_set() -> None:
    assert "OPEN_SET" in codes(weighed("x", none=0.94))


@pytest.mark.parametrize("untested", [{"spoof": None}, {"imitates": "somebody"}])
def test_deception_that_was_not_tested_is_a_reason(untested: dict[str, Any]) -> None:
    assert codes(weighed("x", "y", "z", **untested)) == ["UNTESTED_DECEPTION"]


@pytest.mark.parametrize(("other", "verdict"), [("y", "CONTESTED"), ("x", "INSUFFICIENT")])
def test_only_a_rival_with_an_origin_of_its_own_contests(other: str, verdict: str) -> None:
    answers = (
        Answer("a", "A", "candidate", 0.45),
        Answer("b", "B", "candidate", 0.45),
        Answer("i", "posing as A", "imitator", 0.05, "a"),
        Answer("none", "none of these", "none", 0.05),
    )
    facts = (
        Fact("f", "A held it", "infrastructure", (0.9, 0.1, 0.1, 0.1), "high"),
        Fact("g", "B held it", "infrastructure", (0.1, 0.9, 0.1, 0.1), "high"),
    )
    said = tuple(
        Assertion(f"{o}-{f}", f, o, Basis.RECORD, 1.0, ("1",))
        for f, o in (("f", "x"), ("g", other))
    )
    found = weigh_model(Model(answers, facts, {"x": "A", "y": "A"}, said), grades())
    rival = Proposition("B", frozenset({"b"}), ("g",))
    public = next(s for s in standards_in_force() if s.name == "public")

    assert judge(found, A_DID_IT, public, (rival,)).verdict == verdict


def test_what_no_evidence_lowered_is_not_refuted() -> None:
    public = next(s for s in standards_in_force() if s.name == "public")

    assert judge(weighed(none=0.94), A_DID_IT, public).verdict is Sufficiency.INSUFFICIENT


def test_confidence_follows_the_evidence_base_and_not_the_probability() -> None:
    certain = weighed("x", none=0.01)
    supported = weighed("x", "y", "z")

    assert certain.p(A_DID_IT) > 0.9
    assert confidence(certain, A_DID_IT)[0] is Confidence.LOW
    assert confidence(supported, A_DID_IT)[0] is Confidence.HIGH


def test_high_confidence_needs_deception_to_be_tested() -> None:
    level, because = confidence(weighed("x", "y", "z", spoof=None), A_DID_IT)

    assert level is Confidence.MODERATE
    assert "imitation was not tested" in because
