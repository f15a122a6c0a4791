"""What could not have been copied speaks less for an imitator; what matches too well, more."""

from collections.abc import Callable

import pytest

from ashiato.core.claims import Claim, Entity
from ashiato.core.weighing import Rung, RungVerdict, Verdict
from ashiato.weigh.questions import amended, criticals, question, undercut

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]
PUBLIC, MISMATCH = "group.tool.public", "group.tool.mismatch"
UNSEEN = {PUBLIC: ("no", "the builder was first found at the victims")}
BETRAYED = {MISMATCH: ("yes", "the header names another compiler than the code")}


@pytest.fixture
def told(said: Say, entity: Name) -> list[Claim]:
    lantern, tool = entity("Lantern"), entity("Lampwick", "malware")
    return [
        said(lantern, "used", tool, origin="quay-labs", basis="inference"),
        said(lantern, "attacked", entity("Meridian Institute", "organisation")),
    ]


def group(verdict: Verdict) -> RungVerdict:
    return next(each for each in verdict.ladder if each.rung is Rung.GROUP)


def imitator(verdict: Verdict) -> float:
    return next(h.p for h in group(verdict).hypotheses if h.kind == "imitator")


def imitated(told: dict[str, tuple[str, str]], fact: str = "tool") -> float:
    facts = amended(question(Rung.GROUP), told).facts
    return next(f.likelihood["imitator"] for f in facts if f.id == fact)


def test_what_nobody_had_seen_is_a_quarter_as_probable_for_an_imitator() -> None:
    assert imitated(UNSEEN) == pytest.approx(imitated({}) / 4)


def test_what_nobody_had_seen_is_no_less_probable_for_an_imitator_than_for_a_stranger() -> None:
    telemetry = {"group.telemetry.public": ("no", "no record of these machines was public")}
    likelihood = next(f for f in question(Rung.GROUP).facts if f.id == "telemetry").likelihood

    assert imitated(telemetry, "telemetry") == min(likelihood["imitator"], likelihood["none"])


def test_what_was_not_public_lowers_the_imitator(told: list[Claim], weigh: Weigh) -> None:
    assert imitator(weigh(told, told=UNSEEN)) < imitator(weigh(told))


def test_a_match_that_fails_elsewhere_raises_the_imitator(told: list[Claim], weigh: Weigh) -> None:
    assert imitator(weigh(told, told=BETRAYED)) > imitator(weigh(told))


@pytest.mark.parametrize("told", [{PUBLIC: ("yes", "leaked")}, {MISMATCH: ("no", "all fits")}])
def test_the_other_answers_change_no_figure(told: dict[str, tuple[str, str]]) -> None:
    assert amended(question(Rung.GROUP), told) == question(Rung.GROUP)


def test_neither_answer_leaves_the_fact_without_weight() -> None:
    assert undercut(question(Rung.GROUP), {**UNSEEN, **BETRAYED}) == frozenset()
    assert {c.id for c in criticals() if not c.undercuts} == {"public", "mismatch"}


def test_what_was_not_public_and_betrays_itself_is_laid_to_the_imitator() -> None:
    assert imitated({**UNSEEN, **BETRAYED}) == imitated(BETRAYED) > imitated({})
