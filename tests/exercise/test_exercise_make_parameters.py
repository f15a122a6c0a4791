"""Parameters come from levels or from TOML, and say what they cannot take."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from ashiato.core.errors import BadInput
from ashiato.exercise import Parameters, new_exercise, parameters_of, read_parameters
from ashiato.exercise.parameters import LEVELS, checked
from ashiato.exercise.plan import plan
from ashiato.exercise.words import pack


def test_each_level_is_larger_than_the_one_before() -> None:
    levels = [parameters_of(level) for level in LEVELS]

    for small, large in pairwise(levels):
        assert small.organisations < large.organisations
        assert small.log_lines < large.log_lines
        assert small.providers[1] < large.providers[0]
        assert small.days[1] < large.days[0]


def test_without_a_level_the_demo_is_level_two_made_smaller() -> None:
    two = parameters_of(2)

    assert parameters_of() == replace(two, organisations=20, log_lines=500_000)


def test_the_third_level_has_every_decoy() -> None:
    three = parameters_of(3)

    assert three.imitator
    assert three.missing_provider
    assert three.lying_source
    assert three.stolen_account


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadInput, match="no level 4"):
        parameters_of(4)


def test_toml_says_what_differs_from_a_level(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text('level = 1\norganisations = 33\ndays = [60, 61]\nvariant = "other"\n')

    expected = replace(parameters_of(1), organisations=33, days=(60, 61), variant="other")
    assert read_parameters(path) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("organisation = 3", "organisation: unknown key; did you mean 'organisations'"),
        ("organisations = true", "True does not fit"),
        ("days = [90, 60]", "does not fit; give a range"),
        ("organisations = 3", "too small"),
        ('variant = "third"', "no variant 'third'"),
        ('fates = [["sold"], ["sold"]]', "make no play"),
        ("silent_share = 1.5", "out of range"),
        ("= 3", "not TOML"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text)

    with pytest.raises(BadInput, match=message.replace("[", r"\[")):
        read_parameters(path)


def test_missing_parameters_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no parameters"):
        read_parameters(tmp_path / "none.toml")


@pytest.mark.parametrize("variant", ["standard", "other"])
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_and_variant_can_be_planned(level: int, variant: str) -> None:
    asked = replace(parameters_of(level), variant=variant, log_lines=20_000)
    scene = plan(2, asked)

    assert len(scene.organisations) == asked.organisations
    assert asked.providers[0] <= len(scene.providers) <= asked.providers[1]
    assert asked.days[0] <= scene.days <= asked.days[1]
    assert len(scene.used) >= 3


def test_both_variants_draw_from_the_same_things_differently() -> None:
    standard, other = (pack("parameters")["variants"][v] for v in ("standard", "other"))

    assert standard.keys() == other.keys()
    assert all(standard[key] != other[key] for key in standard)


def test_sizes_given_beside_a_level_win(tmp_path: Path) -> None:
    made = new_exercise(tmp_path / "c", seed=1, level=1, organisations=12, log_lines=2_400)

    assert (made / "case.toml").read_text("utf-8").count("[[organisations]]") == 12


def test_a_smallest_play_is_asked_for() -> None:
    lonely: Parameters = replace(parameters_of(1), fates=(("sold", "sold", "own"),))

    with pytest.raises(BadInput, match="the second one"):
        checked(lonely)
