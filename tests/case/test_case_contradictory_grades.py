"""Two persons grade one source differently: the later is in force, and its reason with it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.case.changes import Change, check, graded, in_force
from ashiato.core.errors import BadInput
from ashiato.core.sources import Source
from ashiato.vault import Decision

DAY = datetime(2031, 8, 1, tzinfo=UTC)
POLICE = Source("harbour-police", "Harbour Police", "agency", "B", "statutory investigator")


def grade(seq: int, letter: str) -> Decision:
    body = {"origin": "harbour-police", "letter": letter}
    return Decision(seq, f"person-{seq}", "grade", body, DAY, f"reason {seq}", 0)


@given(st.permutations([grade(1, "A"), grade(2, "E"), grade(3, "C")]))
def test_of_contradictory_grades_the_last_is_in_force(log: list[Decision]) -> None:
    (source,) = graded((POLICE,), in_force(log))

    assert (source.reliability, source.reason) == ("C", "reason 3")


def test_a_grade_may_be_taken_back_to_what_the_case_declared() -> None:
    assert graded((POLICE,), in_force([grade(1, "E"), grade(2, "default")])) == (POLICE,)


def test_a_letter_that_is_none_is_refused_with_the_origin() -> None:
    with pytest.raises(BadInput) as error:
        check(Change(grades={"harbour-police": ("Z", "a slip")}))

    assert error.value.place == "harbour-police"
