"""The reader on the dev half: no change may make it worse unseen. Held-out is never a test."""

from collections.abc import Mapping

import pytest
from benchmarks.read import scored_half
from benchmarks.reading.scores import Tally, total

FLOORS = {
    "trigger": 0.74,
    "triple": 0.65,
    "strict": 0.62,
    "speaker": 0.92,
    "modality": 0.94,
    "polarity": 0.95,
    "grounding": 1.0,
    "indicators": 0.95,
}
FALSE_CLAIMS_A_DOCUMENT = 0.7


@pytest.fixture(scope="module")
def dev() -> Mapping[str, Tally]:
    return total(scored_half("dev"))


@pytest.mark.parametrize("name", FLOORS)
def test_the_dev_half_scores_no_less_than_it_did(dev: Mapping[str, Tally], name: str) -> None:
    assert (dev[name].score or 0) >= FLOORS[name]


def test_hardly_a_claim_comes_from_background_law_or_questions(dev: Mapping[str, Tally]) -> None:
    assert (dev["false claims a document"].score or 0) <= FALSE_CLAIMS_A_DOCUMENT
