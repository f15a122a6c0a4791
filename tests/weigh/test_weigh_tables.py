"""A case may change the tables it is weighed with, entry by entry, and nothing else."""

from collections.abc import Callable

import pytest

from ashiato.core.claims import Claim, Entity
from ashiato.core.errors import BadInput
from ashiato.core.weighing import Rung, Verdict
from ashiato.weigh.grades import grades
from ashiato.weigh.questions import question
from ashiato.weigh.tables import tables_of

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]


def test_without_a_change_the_tables_are_the_packs() -> None:
    found = tables_of({})

    assert found.grade == grades()
    assert found.questions[Rung.GROUP] == question(Rung.GROUP)


def test_a_change_reaches_its_entry_and_no_other() -> None:
    found = tables_of({"grades.reliability.B": "0.7, 0.25, 0.05", "grades.hedge.believed": "0.5"})

    assert found.grade.reliability["B"] == (0.7, 0.25, 0.05)
    assert found.grade.reliability["A"] == grades().reliability["A"]
    assert (
        sum(a != b for a, b in zip(found.grade.hedge.items(), grades().hedge.items(), strict=True))
        == 1
    )


def test_a_likelihood_is_changed_by_the_fact_s_name() -> None:
    found = tables_of({"questions.group.tool.likelihood.other": "likely"})

    tool = next(f for f in found.questions[Rung.GROUP].facts if f.id == "tool")
    assert tool.likelihood["other"] == 0.675


def test_a_lower_grade_lowers_what_its_origin_bears(said: Say, entity: Name, weigh: Weigh) -> None:
    claims = [said(entity("Lantern"), "attacked", entity("Meridian Institute", "organisation"))]
    lower = tables_of({"grades.reliability.B": "0.4, 0.4, 0.2"})

    def lantern(verdict: Verdict) -> float:
        return next(h.p for h in verdict.hypotheses if h.label == "Lantern")

    assert lantern(weigh(claims, tables=lower)) < lantern(weigh(claims))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("grades.reliability.B", "0.7, 0.2, 0.05"),
        ("grades.reliability.B", "1, 0, 0"),
        ("grades.reliability.G", "0.7, 0.25, 0.05"),
        ("grades.basis.record", "0.2, 0.9"),
        ("grades.hedge.hypothetical", "0.5"),
        ("grades.hedge.believed", "1.5"),
        ("grades.noise.odds", "nan"),
        ("grades.ungraded", "Z"),
        ("grades.version", "2"),
        ("questions.prior.none_at_least", "0.9"),
        ("questions.prior.nobody", "0.1"),
        ("questions.group.tool.likelihood.other", "certain"),
        ("questions.group.tool.required", "maybe"),
        ("questions.group.nothing.required", "true"),
        ("questions.excluded.predicates", "[]"),
        ("questions.group.types", "person"),
        ("standards.analytic.tau", "0.1"),
        ("", ""),
        ("grades", "x"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(path: str, value: str) -> None:
    with pytest.raises(BadInput) as error:
        tables_of({path: value})

    assert error.value.place.startswith(path.rpartition(".")[0][:9])
    assert error.value.remedy


def test_a_fact_may_not_speak_against_its_own_candidate() -> None:
    with pytest.raises(BadInput, match="against its own candidate"):
        tables_of({"questions.group.tool.likelihood.candidate": "very unlikely"})


def test_a_rung_keeps_a_required_element() -> None:
    facts = [f.id for f in question(Rung.GROUP).facts if f.required]

    with pytest.raises(BadInput, match="no fact of the rung would be required"):
        tables_of({f"questions.group.{fact}.required": "false" for fact in facts})
