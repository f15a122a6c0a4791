import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.assessed import AssessedCase
from ashiato.core.time import UncertainInterval
from ashiato.core.weighing import Hypothesis, Reason, Rung
from ashiato.report.words import (
    bound,
    confidence_sentence,
    estimate,
    likelihood_sentence,
    percent,
    prose,
    reason_sentence,
    span,
)


@given(st.floats(0, 1))
def test_a_probability_is_never_printed_as_nothing_or_all(p: float) -> None:
    assert 1 <= int(percent(p).split("\N{NO-BREAK SPACE}")[0]) <= 99


def test_the_word_stands_with_its_number_and_interval() -> None:
    assert estimate(0.72, (0.5, 0.84), "likely").replace("\u00a0", " ") == (
        "likely (72 %, 90 % interval 50\u201384 %)"
    )


def test_an_interval_over_four_bins_gets_no_word() -> None:
    assert estimate(0.5, (0.1, 0.9), None).startswith("cannot be estimated usefully (")


def test_likelihood_and_confidence_are_two_sentences(case: AssessedCase) -> None:
    verdict = case.verdicts[0]

    assert "confidence" not in likelihood_sentence(verdict).lower()
    assert "likely" not in confidence_sentence(verdict).lower()


def test_whoever_is_named_is_suspected_and_none_of_these_is_not(case: AssessedCase) -> None:
    verdict = case.verdicts[0]
    nobody = Hypothesis("none", "none of these", "none", 0.9, (0.8, 0.95), "very likely")

    assert likelihood_sentence(verdict).startswith("Kestrel (suspected):")
    assert "suspected" not in likelihood_sentence(replace(verdict, hypotheses=(nobody,)))
    assert "suspected" not in likelihood_sentence(replace(verdict, rung=Rung.MACHINE))


def test_a_confidence_sentence_is_not_begun_twice(case: AssessedCase) -> None:
    verdict = replace(case.verdicts[0], confidence_because="Confidence is low: one origin.")

    assert confidence_sentence(verdict) == "Confidence is low: one origin."


@pytest.mark.parametrize(
    ("reason", "figures"),
    [
        (Reason("INTERVAL", "x", 0.5, 0.55), "(50 % found, 55 % required)."),
        (Reason("SINGLE_ORIGIN", "x", 1.0, 2.0, "Too few."), "(1 found, 2 required)."),
        (Reason("NEVER_HEARD_OF", "x", 0.123, None), "(0.12 found)."),
    ],
)
def test_a_reason_says_what_was_found_and_what_is_asked(reason: Reason, figures: str) -> None:
    assert reason_sentence(reason).replace("\u00a0", " ").endswith(figures)


def test_the_whole_of_a_day_is_printed_as_that_day() -> None:
    day, next_day = datetime(2031, 4, 20, tzinfo=UTC), datetime(2031, 4, 21, tzinfo=UTC)

    assert bound(day, next_day) == "2031-04-20"
    assert bound(day, day) == "2031-04-20"
    assert bound(None, next_day) == "by 2031-04-21"
    assert bound(day, None) == "not before 2031-04-20"
    assert bound(day, datetime(2031, 5, 1, tzinfo=UTC)) == "between 2031-04-20 and 2031-05-01"


def test_an_unknown_time_says_so() -> None:
    assert span(UncertainInterval()) == "time not known"


def test_the_fixed_sentences_name_no_likelihood() -> None:
    words = r"\b(almost no chance|unlikely|likely|even chance|almost certain)\b"
    assert not re.search(words, str({k: v for k, v in prose().items() if k != "census"}))
