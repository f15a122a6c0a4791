import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.claims import Claim, Entity
from ashiato.core.weighing import Hypothesis, Rung, Verdict
from ashiato.weigh.words import bin_of, likelihood_sentence, likelihood_word, percent, point, scale

# the other scale, of confidence; it never shares a sentence with a likelihood
CONFIDENCE = re.compile(r"\bconfidence\b", re.IGNORECASE)
FIRST_ROW = [each.word for each in scale()]
SECOND_ROW = [each.second_row for each in scale()]
LIKELIHOOD = re.compile(
    r"\b(?:" + "|".join(map(re.escape, [*FIRST_ROW, *SECOND_ROW])) + r")\b", re.IGNORECASE
)


def answer(p: float, low: float, high: float) -> Hypothesis:
    return Hypothesis("l", "Lantern", "candidate", p, (low, high), likelihood_word(p, (low, high)))


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.001, "almost no chance"),
        (0.0499, "almost no chance"),
        (0.05, "very unlikely"),
        (0.20, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "likely"),
        (0.80, "very likely"),
        (0.95, "almost certain"),
        (0.9999, "almost certain"),
    ],
)
def test_bins_are_half_open(p: float, word: str) -> None:
    assert likelihood_word(p, (p, p)) == word


@pytest.mark.parametrize(
    ("p90", "word"),
    [((0.46, 0.84), "likely"), ((0.44, 0.84), None), ((0.30, 0.79), "likely")],
)
def test_an_interval_over_four_bins_gets_no_word(
    p90: tuple[float, float], word: str | None
) -> None:
    assert likelihood_word(0.6, p90) == word


def test_the_sentence_gives_word_number_interval_and_span() -> None:
    found = likelihood_sentence(answer(0.722, 0.50, 0.84))

    assert found == "Lantern: likely (72 %, 50-84 %: roughly even chance to very likely)."


def test_a_narrow_interval_needs_no_span() -> None:
    assert likelihood_sentence(answer(0.6, 0.56, 0.7)) == "Lantern: likely (60 %, 56-70 %)."


def test_a_useless_interval_says_so() -> None:
    found = likelihood_sentence(answer(0.6, 0.2, 0.9))

    assert found == "Lantern: cannot be estimated usefully (60 %, 20-90 %)."


@given(st.floats(0, 1))
def test_neither_0_nor_100_per_cent_is_ever_printed(p: float) -> None:
    assert 1 <= percent(p) <= 99


@given(st.tuples(*[st.floats(0, 1)] * 3).map(sorted))
def test_a_likelihood_sentence_uses_one_row_and_no_word_of_confidence(p: list[float]) -> None:
    found = likelihood_sentence(answer(p[1], p[0], p[2]))

    assert not CONFIDENCE.search(found)
    assert not re.search("remote|improbabl|probabl|even odds|nearly certain", found)


@given(st.floats(0, 1))
def test_the_bins_rise_with_the_probability(p: float) -> None:
    assert bin_of(p) <= bin_of(min(1.0, p + 0.1))


def test_a_word_of_either_row_stands_for_its_midpoint() -> None:
    assert [point(w) for w in FIRST_ROW] == [point(w) for w in SECOND_ROW]
    with pytest.raises(KeyError, match="impossible"):
        point("impossible")


def test_the_bins_leave_no_hole() -> None:
    assert [b.high for b in scale()[:-1]] == [b.low for b in scale()[1:]]
    assert all(b.low < b.point < b.high for b in scale())


def test_no_sentence_of_a_verdict_mixes_likelihood_and_confidence(
    said: Callable[..., Claim], entity: Callable[..., Entity], weigh: Callable[..., Verdict]
) -> None:
    lantern = entity("Lantern")
    for rung in Rung:
        found = weigh([said(lantern, "attacked", None), said(lantern, "used", None)], rung)
        texts = [found.confidence_because, *map(likelihood_sentence, found.hypotheses)]
        texts += [r.text for s in found.standards for r in s.reasons]
        for sentence in re.split(r"(?<=\.) ", " ".join(texts)):
            assert not (CONFIDENCE.search(sentence) and LIKELIHOOD.search(sentence)), sentence
        assert found.confidence_because.startswith(f"Confidence is {found.confidence}: ")
