"""The reader on the dev half: no change may make it worse unseen. Held-out is never a test."""

from collections.abc import Mapping

import pytest
from benchmarks.read import scored_half
from benchmarks.reading.scores import Tally, total

FLOORS = {
    "trigger": 0.60,
    "triple": 0.55,
    "strict": 0.42,
    "speaker": 0.80,
    "modality": 0.88,
    "polarity": 0.89,
    "grounding": 1.0,
    "indicators": 0.95,
}
FALSE_CLAIMS_A_DOCUMENT = 2.3


@pytest.fixture(scope="module")
def dev() -> Mapping[str, Tally]:
    return total(scored_half("dev"))


@pytest.mark.parametrize("name", FLOORS)
def test_the_dev_half_scores_no_less_than_it_did(dev: Mapping[str, Tally], name: str) -> None:
    assert (dev[name].score or 0) >= FLOORS[name]


def test_hardly_a_claim_comes_from_background_law_or_questions(dev: Mapping[str, Tally]) -> None:
    assert (dev["false claims a document"].score or 0) <= FALSE_CLAIMS_A_DOCUMENT
