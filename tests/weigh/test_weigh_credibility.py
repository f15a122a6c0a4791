"""The digit follows from the other origins, and only from them."""

import pytest

from ashiato.core.claims import Basis
from ashiato.weigh.credibility import UNKNOWN, credibility
from ashiato.weigh.grades import grades
from ashiato.weigh.model import Answer, Assertion, Fact, Model
from ashiato.weigh.weighed import Weighed, weigh_model

ANSWERS = (Answer("x", "X", "candidate", 0.5), Answer("none", "none of these", "none", 0.5))
FACT = Fact("f", "the fact", "control", (0.9, 0.1), "high")


def weighed(letters: dict[str, str], denying: tuple[str, ...] = ()) -> Weighed:
    said = tuple(
        Assertion(f"{o} on f", "f", o, Basis.RECORD, 1.0, (f"report {o}",), o not in denying)
        for o in letters
    )
    return weigh_model(Model(ANSWERS, (FACT,), letters, said), grades(), draws=5)


def digits(found: Weighed) -> dict[str, int]:
    return {c.origin: c.digit for c in credibility(found, "f")}


def test_whom_nobody_else_speaks_beside_cannot_be_judged() -> None:
    assert digits(weighed({"police": "A"})) == {"police": UNKNOWN}


def test_two_good_origins_confirm_each_other() -> None:
    assert digits(weighed({"police": "A", "labs": "A"})) == {"police": 1, "labs": 1}


def test_a_poor_origin_confirms_nobody_much() -> None:
    found = digits(weighed({"police": "A", "rumour": "E"}))

    assert found["rumour"] == 1
    assert found["police"] > 1


def test_an_origin_that_only_denies_never_makes_a_confirmation() -> None:
    found = digits(weighed({"police": "B", "labs": "A"}, denying=("labs",)))

    assert found["police"] >= 4
    assert "labs" not in found


def test_the_probability_is_that_of_the_case_without_the_origin() -> None:
    both, alone = weighed({"police": "B", "labs": "A"}), weighed({"labs": "A"})

    (first, _) = sorted(credibility(both, "f"), key=lambda c: c.origin == "labs")
    assert first.p == pytest.approx(alone.fact("f"), abs=1e-9)


def test_one_s_own_grade_never_changes_one_s_digit() -> None:
    better, worse = weighed({"police": "A", "labs": "B"}), weighed({"police": "E", "labs": "B"})

    assert digits(better)["police"] == digits(worse)["police"]
