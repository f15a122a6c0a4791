"""What would undercut an inference: asked of every fact, and fatal only where somebody says yes."""

from collections.abc import Callable

import pytest

from ashiato.core.claims import Claim, Entity
from ashiato.core.weighing import FactWeight, Rung, RungVerdict, Verdict
from ashiato.weigh.questions import MODELLED, asked, question, question_names, undercut

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]
SHARED = "group.tool.shared_tool"
YES = {SHARED: ("yes", "sold on two forums since 2029")}


@pytest.fixture
def told(said: Say, entity: Name) -> list[Claim]:
    lantern, other = entity("Lantern"), entity("Emberfall")
    tool, victim = entity("Lampwick", "malware"), entity("Meridian Institute", "organisation")
    return [
        said(lantern, "used", tool, origin="quay-labs", basis="inference"),
        said(lantern, "attacked", victim),
        said(other, "attacked", victim, origin="meridian-cert", modality="suspected"),
    ]


def group(verdict: Verdict) -> RungVerdict:
    return next(each for each in verdict.ladder if each.rung is Rung.GROUP)


def tool(verdict: Verdict) -> FactWeight:
    return next(f for f in group(verdict).facts if f.id.startswith("group.tool:"))


def p_of(verdict: Verdict, name: str) -> float:
    return next(h.p for h in group(verdict).hypotheses if h.label == name)


@pytest.mark.parametrize("rung", MODELLED)
def test_every_fact_has_a_critical_question(rung: Rung) -> None:
    assert all(asked(rung, fact, {}) for fact in question(rung).facts)


def test_a_question_that_nobody_answered_is_shown_and_moves_nothing(
    told: list[Claim], weigh: Weigh
) -> None:
    fact = tool(weigh(told))

    assert {q.answer for q in fact.questions} == {"open"}
    assert fact.decibans > 0


def test_an_answer_of_yes_leaves_the_fact_without_weight(told: list[Claim], weigh: Weigh) -> None:
    fact = tool(weigh(told, told=YES))

    assert fact.decibans == pytest.approx(0, abs=1e-9)
    assert fact.questions[0].because == "sold on two forums since 2029"


def test_an_answer_of_yes_is_as_if_nobody_had_spoken_on_the_fact(
    told: list[Claim], weigh: Weigh
) -> None:
    silent = weigh([c for c in told if c.proposition.predicate != "used"])
    answered = weigh(told, told=YES)

    # what the origin said otherwise still tells of its reliability: here it said nothing else
    for name in ("Lantern", "Emberfall"):
        assert p_of(answered, name) == pytest.approx(p_of(silent, name), abs=1e-9)


def test_an_answer_of_no_changes_no_figure(told: list[Claim], weigh: Weigh) -> None:
    asked_no = weigh(told, told={SHARED: ("no", "built for one operation")})

    assert p_of(asked_no, "Lantern") == p_of(weigh(told), "Lantern")
    assert tool(asked_no).questions[0].answer == "no"


def test_an_answer_reaches_only_the_fact_it_names() -> None:
    assert undercut(question(Rung.GROUP), YES) == {"tool"}
    assert undercut(question(Rung.SPONSOR), YES) == frozenset()


def test_every_question_has_a_name_of_its_own() -> None:
    names = [each.id for r in MODELLED for fact in question(r).facts for each in asked(r, fact, {})]

    assert len(names) == len(set(names)) == len(question_names())
    assert SHARED in names
