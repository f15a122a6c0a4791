import math
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.claims import Basis
from ashiato.weigh.engine import posterior
from ashiato.weigh.grades import assertion_table, grades
from ashiato.weigh.model import (
    Answer,
    Assertion,
    Fact,
    Model,
    Sharing,
    drawn_tables,
    evidence_network,
    naive_network,
)
from ashiato.weigh.weighed import Proposition, weigh_model

ANSWERS = (
    Answer("a", "A", "candidate", 0.3),
    Answer("b", "B", "candidate", 0.2),
    Answer("c", "posing as A", "imitator", 0.1, "a"),
    Answer("none", "none of these", "none", 0.4),
)
probability = st.floats(0.02, 0.98)


@st.composite
def models(draw: st.DrawFn) -> Model:
    facts = tuple(
        Fact(f"f{i}", f"f{i}", "malware", tuple(draw(probability) for _ in ANSWERS))
        for i in range(draw(st.integers(1, 4)))
    )
    origins = {f"o{j}": draw(st.sampled_from("ABCDEF")) for j in range(3)}
    pairs = draw(
        st.sets(st.tuples(st.sampled_from(facts), st.sampled_from(sorted(origins)), st.booleans()))
    )
    said = tuple(
        Assertion(
            f"{fact.id}-{origin}-{affirms}",
            fact.id,
            origin,
            draw(st.sampled_from(Basis)),
            draw(st.sampled_from([0.35, 0.6, 0.8, 1.0])),
            tuple(str(n) for n in range(draw(st.integers(1, 4)))),
            affirms,
        )
        for fact, origin, affirms in sorted(pairs)
    )
    return Model(ANSWERS, facts, origins, said)


@given(models())
def test_posteriors_sum_to_one_and_stay_inside(model: Model) -> None:
    found = weigh_model(model, grades(), draws=20)

    for each in (
        found.inference.posterior,
        found.naive,
        *found.drawn,
        *found.without_origin.values(),
    ):
        assert each.sum() == pytest.approx(1)
        assert np.all((each > 0) & (each < 1))


@given(models(), st.randoms(use_true_random=False))
def test_the_order_of_assertions_does_not_matter(model: Model, mix: Random) -> None:
    said = mix.sample(model.assertions, len(model.assertions))
    again = replace(model, assertions=tuple(said))

    first, second = (weigh_model(m, grades(), draws=5) for m in (model, again))
    assert first.inference.posterior.tobytes() == second.inference.posterior.tobytes()
    assert first.drawn.tobytes() == second.drawn.tobytes()


@given(models(), st.sampled_from(Sharing))
def test_splitting_a_reliability_by_topic_keeps_a_posterior(model: Model, sharing: Sharing) -> None:
    found = posterior(*evidence_network(replace(model, sharing=sharing), grades()))

    assert found.sum() == pytest.approx(1)


def test_a_model_without_none_of_these_is_refused() -> None:
    closed = (Answer("a", "A", "candidate", 0.5), Answer("b", "B", "candidate", 0.5))

    with pytest.raises(ValueError, match="'none'"):
        Model(closed, (), {}, ())


def test_priors_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to one"):
        Model(ANSWERS[1:], (), {}, ())


@pytest.mark.parametrize("broken", [{"fact": "f9"}, {"origin": "o9"}, {"reports": ()}])
def test_an_assertion_that_hangs_in_the_air_is_refused(broken: dict[str, object]) -> None:
    whole = Assertion("x", "f", "o", Basis.RECORD, 1.0, ("1",))
    fact = Fact("f", "f", "malware", (0.5, 0.5, 0.5, 0.5))

    with pytest.raises(ValueError, match="known fact"):
        Model(ANSWERS, (fact,), {"o": "A"}, (replace(whole, **broken),))  # type: ignore[arg-type]


# letter x basis -> ratio of one claim by a single origin, kappa 1 (the method page's table)
RATIOS = {
    "A": (26.7, 12.3, 8.1, 4.7, 2.6),
    "B": (7.8, 5.8, 4.6, 3.3, 2.2),
    "C": (3.6, 3.1, 2.7, 2.3, 1.7),
    "D": (1.8, 1.7, 1.6, 1.5, 1.3),
    "E": (1.2, 1.1, 1.1, 1.1, 1.0),
    "F": (2.7, 2.4, 2.2, 1.9, 1.5),
}


@pytest.mark.parametrize("letter", sorted(RATIOS))
def test_one_claim_of_one_origin_weighs_what_the_method_says(letter: str) -> None:
    grade = grades()
    trust = np.array(grade.reliability[letter])
    found = []
    for basis in Basis:
        untrue, true = assertion_table(np.array(grade.basis[basis]), 1.0, grade)[..., 1] @ trust
        found.append(true / untrue)

    assert found == pytest.approx(RATIOS[letter], abs=0.051)
    assert 10 * math.log10(max(found)) < 14.3


def test_saying_that_it_is_not_so_mirrors_saying_that_it_is() -> None:
    rates = np.array(grades().basis[Basis.FIRST_HAND])
    yes = assertion_table(rates, 0.8, grades())
    no = assertion_table(rates, 0.8, grades(), affirms=False)

    assert np.array_equal(yes, no[::-1])


def test_a_full_hedge_leaves_nothing_of_a_reliable_origin() -> None:
    rates = np.array(grades().basis[Basis.RECORD])

    assert np.allclose(assertion_table(rates, 0.0, grades())[:, :2, 1], 0.5)


def test_what_separates_no_answer_is_not_varied() -> None:
    flat = Fact("f", "f", "malware", (0.98,) * 4)
    said = Assertion("x", "f", "o", Basis.RECORD, 1.0, ("1",))
    tables = drawn_tables(Model(ANSWERS, (flat,), {"o": "A"}, (said,)), grades(), 4, "0")

    assert np.allclose(tables["fact:f"][..., 1], 0.98)
    assert np.ptp(tables["trust:o:"][:, 0]) > 0


def test_the_noise_of_a_figure_does_not_depend_on_what_else_is_in_the_model() -> None:
    facts = tuple(Fact(f, f, "malware", (0.9, 0.2, 0.3, 0.4)) for f in ("f", "g"))
    said = Assertion("x", "f", "o", Basis.RECORD, 1.0, ("1",))
    small = drawn_tables(Model(ANSWERS, facts[:1], {"o": "A"}, (said,)), grades(), 9, "0")
    large = drawn_tables(Model(ANSWERS, facts, {"o": "A"}, (said,)), grades(), 9, "0")

    assert all(np.array_equal(small[name], large[name]) for name in small)


def test_the_naive_count_gives_every_report_its_own_origin() -> None:
    fact = Fact("f", "f", "malware", (0.9, 0.2, 0.3, 0.4))
    said = Assertion("x", "f", "o", Basis.RECORD, 1.0, tuple("12345"))
    net, evidence = naive_network(Model(ANSWERS, (fact,), {"o": "B"}, (said,)), grades())

    assert len([n for n in net.nodes if n.startswith("trust:")]) == len(evidence) == 5


def test_a_proposition_is_a_union_of_answers() -> None:
    fact = Fact("f", "f", "malware", (0.9, 0.2, 0.3, 0.4))
    found = weigh_model(Model(ANSWERS, (fact,), {}, ()), grades(), draws=10)
    both = Proposition("A or B", frozenset({"a", "b"}), ())

    assert found.p(both) == pytest.approx(0.5)
    assert found.prior(both) == pytest.approx(0.5)
