"""Hand-written pairs of invented names: one name in two spellings, and near misses."""

from collections.abc import Callable
from typing import Any

import pytest

from ashiato.trace.names import Value, compare, keys, part_keys

Pairs = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize("half", ["dev", "held"])
def test_most_names_are_found_in_another_spelling(pairs: Pairs, half: str) -> None:
    answers = [compare(a, b).value for a, b, _ in pairs(half)["same"]]

    assert len(answers) > 60
    assert sum(v is not Value.NONE for v in answers) / len(answers) >= 0.95
    assert sum(v is Value.EQUAL for v in answers) / len(answers) >= 0.6


@pytest.mark.parametrize("half", ["dev", "held"])
def test_near_misses_are_never_equal_and_seldom_possible(pairs: Pairs, half: str) -> None:
    answers = [compare(a, b).value for a, b in pairs(half)["different"]]

    assert len(answers) > 30
    assert Value.EQUAL not in answers
    assert sum(v is Value.POSSIBLE for v in answers) / len(answers) <= 0.1


@pytest.mark.parametrize("half", ["dev", "held"])
def test_names_that_are_equal_share_a_key(pairs: Pairs, half: str) -> None:
    equal = [p for p in pairs(half)["same"] if compare(p[0], p[1]).value is Value.EQUAL]

    assert len(equal) > 30
    assert not [p for p in equal if not keys(p[0]) & keys(p[1])]


def test_names_in_characters_that_are_possible_share_a_key_of_a_part() -> None:
    a, b = "小島 陽一", "オジマ ヨウイチ"

    assert compare(a, b).value is Value.POSSIBLE
    assert part_keys(a) & part_keys(b)


@pytest.mark.parametrize("half", ["dev", "held"])
def test_the_answer_is_the_same_from_either_side(pairs: Pairs, half: str) -> None:
    all_pairs = [p[:2] for kind in ("same", "different") for p in pairs(half)[kind]]

    assert not [(a, b) for a, b in all_pairs if compare(a, b) != compare(b, a)]
