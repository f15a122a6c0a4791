"""Means, intervals and calibration: what many scores say, and that it is the same every time."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.exercise import (
    Score,
    grade,
    naive_dossier,
    new_exercise,
    read_truth,
    render_results,
    summarise,
    truth_path,
)
from ashiato.exercise.scoring.beliefs import Forecast
from ashiato.exercise.scoring.calibration import calibrate, expected_error, wilson
from ashiato.exercise.scoring.figures import figures


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Score:
    case_dir = tmp_path_factory.mktemp("summed") / "case"
    made = new_exercise(case_dir, seed=5, level=1, log_lines=5_000)
    truth = read_truth(truth_path(made))
    return grade(naive_dossier(made), truth, solver="ours", level="1")


def with_recall(score: Score, seed: int, recall: float | None) -> Score:
    counted = replace(score.victims.counted, recall=recall)
    return replace(score, seed=seed, victims=replace(score.victims, counted=counted))


def recalls(score: Score, values: Sequence[float | None]) -> list[Score]:
    return [with_recall(score, seed, value) for seed, value in enumerate(values)]


def test_a_mean_is_over_the_exercises_that_give_it_a_basis(one: Score) -> None:
    (column,) = summarise(recalls(one, [0.0, 0.5, 1.0, None])).columns

    recall = column.of("victims recall")
    assert (recall.mean, recall.exercises, column.exercises) == (0.5, 3, 4)


def test_an_interval_holds_the_mean_and_lies_within_the_values(one: Score) -> None:
    (column,) = summarise(recalls(one, [0.2, 0.4, 0.9, 0.5, 0.6])).columns

    estimate = column.of("victims recall")
    assert estimate.interval is not None
    low, high = estimate.interval
    assert 0.2 <= low < 0.52 < high <= 0.9
    assert estimate.mean == pytest.approx(0.52)


def test_the_bootstrap_is_the_same_every_time_and_in_every_order(one: Score) -> None:
    scores = recalls(one, [0.2, 0.4, 0.9, 0.5])

    assert summarise(scores) == summarise(scores[::-1])


def test_equal_values_are_called_alike_and_get_no_interval(one: Score) -> None:
    summary = summarise(recalls(one, [0.25] * 6))

    assert summary.columns[0].of("victims recall").interval is None
    assert "| victims recall | 0.250 [all alike] |" in render_results(summary)


def test_two_exercises_are_too_few_for_an_interval(one: Score) -> None:
    (column,) = summarise(recalls(one, [0.0, 1.0])).columns

    assert column.of("victims recall").interval is None


def test_levels_and_ablations_are_summed_apart_whole_exercises_first(one: Score) -> None:
    kinds = [("2", "none"), ("1", "no_payments"), ("1", "none")]
    scores = [
        replace(one, level=level, ablation=a, solver=solver)
        for level, a in kinds
        for solver in ("ours", "naive")
    ]

    summary = summarise(scores)
    assert summary.groups == (("1", "none"), ("1", "no_payments"), ("2", "none"))
    assert [c.solver for c in summary.at(("1", "none"))] == ["ours", "naive"]


def test_every_figure_has_a_name_of_its_own_and_a_sentence(one: Score) -> None:
    every = figures(one)

    assert len({f.name for f in every}) == len(every) > 50
    assert all(f.meaning.endswith(".") for f in every)


def test_the_results_page_gives_every_number_its_sentence(one: Score) -> None:
    page = render_results(summarise(recalls(one, [0.2, 0.4, 0.9])))

    rows = [line for line in page.splitlines() if line.startswith("| victims")]
    assert rows[1].startswith("| victims recall | 0.500 [0.200 to 0.900] | Share of")
    assert all(line.count("|") == rows[0].count("|") for line in rows)


def drawn(p: Sequence[float], seed: int) -> list[list[Forecast]]:
    """Forecasts that come true as often as they say."""
    rng = np.random.default_rng(seed)
    return [[Forecast("group", value, bool(rng.random() < value))] for value in p]


def test_a_calibrated_forecaster_has_almost_no_calibration_error() -> None:
    p = np.random.default_rng(1).random(20_000).tolist()

    assert calibrate("x", "all", drawn(p, 2)).ece < 0.012


def test_a_forecaster_who_always_overstates_is_off_by_as_much() -> None:
    sure = [[Forecast("group", 0.9, i % 10 < 6)] for i in range(1_000)]

    got = calibrate("x", "all", sure)
    assert got.ece == pytest.approx(0.3)
    assert got.brier == pytest.approx(0.6 * 0.01 + 0.4 * 0.81)
    assert [(b.count, b.share) for b in got.bins] == [(1_000, 0.6)]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_the_error_stays_between_nothing_and_everything(given_: list[tuple[float, bool]]) -> None:
    forecasts = [Forecast("group", p, right) for p, right in given_]

    got = calibrate("x", "all", [forecasts])
    assert 0 <= got.ece <= 1
    assert got.ece == pytest.approx(expected_error(forecasts[::-1]))
    assert sum(b.count for b in got.bins) == len(forecasts)
    assert all(b.low <= b.share <= b.high for b in got.bins)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_holds_the_share_and_is_symmetric(counted: tuple[int, int]) -> None:
    right, count = counted
    low, high = wilson(right, count)

    assert -1e-9 <= low <= right / count + 1e-9
    assert right / count - 1e-9 <= high <= 1 + 1e-9
    assert wilson(count - right, count) == pytest.approx((1 - high, 1 - low))


def test_calibration_is_summed_over_all_exercises_by_kind(one: Score) -> None:
    scores = [
        replace(one, seed=seed, forecasts=(Forecast("group", 0.8, seed % 2 == 0),))
        for seed in range(4)
    ]

    got = {c.kind: c for c in summarise(scores).calibrations}
    assert got.keys() == {"all", "group"}
    assert got["all"].forecasts == 4
    assert got["group"].ece == pytest.approx(0.3)
    assert got["group"].ece95 is not None


def test_ablations_do_not_count_again_in_the_calibration(one: Score) -> None:
    whole = [replace(one, seed=seed) for seed in range(3)]
    taken = [replace(score, ablation="no_payments") for score in whole]

    assert summarise([*whole, *taken]).calibrations == summarise(whole).calibrations
