"""When a further origin that says so raises an answer, when it never lowers it, and when it may."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.claims import Basis
from ashiato.weigh.engine import infer, posterior
from ashiato.weigh.gaps import with_evidence
from ashiato.weigh.grades import grades
from ashiato.weigh.model import Answer, Assertion, Fact, Model, evidence_network, fact_name

chance = st.sampled_from([0.03, 0.125, 0.325, 0.5, 0.675, 0.875, 0.97])
letter = st.sampled_from("ABCDEF")
basis = st.sampled_from(list(Basis))


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Make a question whose facts are likeliest under the first answer."""
    facts = []
    for n in range(draw(st.integers(1, 4))):
        others = (draw(chance), draw(chance))
        facts.append(Fact(f"f{n}", "", "control", (max(others), *others), "high"))
    origins = {f"o{n}": draw(letter) for n in range(draw(st.integers(1, 3)))}
    said = tuple(
        Assertion(f"{o} {f.id}", f.id, o, draw(basis), 1.0, ("r",), draw(st.booleans()))
        for o in origins
        for f in facts
        if draw(st.booleans())
    )
    answers = (
        Answer("x", "X", "candidate", 0.3),
        Answer("y", "Y", "candidate", 0.3),
        Answer("none", "none of these", "none", 0.4),
    )
    return Model(answers, tuple(facts), origins, said)


def p_of_x(model: Model) -> float:
    return float(posterior(*evidence_network(model, grades()))[0])


def fact_given_x(model: Model) -> tuple[float, float]:
    """Give P(first fact | X, evidence) and P(first fact | evidence)."""
    name = fact_name(model.facts[0].id)
    found = infer(*evidence_network(model, grades()), keep=[name])
    return float(found.given_root(name)[0, 1]), float(found.marginal(name)[1])


@given(model=models(), grade=letter, way=basis, affirms=st.booleans())
def test_a_new_voice_raises_an_answer_exactly_where_the_fact_is_likelier_under_it(
    model: Model, grade: str, way: Basis, *, affirms: bool
) -> None:
    """The whole rule: with P(fact | answer, evidence) above P(fact | evidence) it rises."""
    under_x, on_average = fact_given_x(model)
    more = with_evidence(model, model.facts[0].id, letter=grade, basis=way, affirms=affirms)

    moved = (p_of_x(more) - p_of_x(model)) * (1 if affirms else -1)
    assert moved * (under_x - on_average) >= -1e-12


@given(models(), letter, basis)
def test_it_never_lowers_whom_the_fact_speaks_for_where_its_witnesses_say_nothing_else(
    model: Model, grade: str, way: Basis
) -> None:
    """What is enough: nobody who speaks on the fact speaks on another, so no credit is shared."""
    first = model.facts[0].id
    apart = tuple(replace(a, origin=f"{a.origin} on {a.fact}") for a in model.assertions)
    letters = {a.origin: "B" for a in apart}
    alone = replace(model, assertions=apart, origins=letters)

    assert p_of_x(with_evidence(alone, first, letter=grade, basis=way)) >= p_of_x(alone) - 1e-12


def test_it_may_lower_it_by_the_credit_it_gives_to_somebody_who_speaks_against() -> None:
    """Police say the fact is so, and that another is not: who confirms the one believes both."""
    answers = (Answer("x", "X", "candidate", 0.5), Answer("none", "none of these", "none", 0.5))
    flat = Fact("flat", "", "control", (0.51, 0.5), "high")
    telling = Fact("telling", "", "control", (0.97, 0.03), "high")
    says = Assertion("a", "flat", "police", Basis.RECORD, 1.0, ("r",))
    denies = Assertion("b", "telling", "police", Basis.RECORD, 1.0, ("r",), affirms=False)
    before = Model(answers, (flat, telling), {"police": "C"}, (says, denies))

    assert p_of_x(with_evidence(before, "flat", letter="A", basis=Basis.RECORD)) < p_of_x(before)


def test_an_origin_heard_before_may_lower_it_by_saying_what_nobody_believes() -> None:
    """Its reliability is one: an improbable word costs it credit for what it said before."""
    answers = (Answer("x", "X", "candidate", 0.5), Answer("none", "none of these", "none", 0.5))
    strong = Fact("strong", "", "control", (0.97, 0.03), "high")
    odd = Fact("odd", "", "control", (0.031, 0.03), "high")
    says = Assertion("s", "strong", "o", Basis.RECORD, 1.0, ("r",))
    against = Assertion("o", "odd", "o", Basis.RECORD, 1.0, ("r",))
    before = Model(answers, (strong, odd), {"o": "C"}, (says,))
    after = Model(answers, (strong, odd), {"o": "C"}, (says, against))

    assert p_of_x(after) < p_of_x(before)


@given(models())
def test_every_posterior_sums_to_one(model: Model) -> None:
    found = posterior(*evidence_network(model, grades()))

    assert found.sum() == pytest.approx(1)
    assert np.all((found > 0) & (found < 1))
