"""The benchmark takes evidence away as it says, and never does a finished exercise twice."""

import re
import sys
from dataclasses import fields, replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from ashiato.core.canonical import from_plain, to_plain
from ashiato.exercise import (
    Score,
    grade,
    naive_dossier,
    new_exercise,
    parameters_of,
    read_truth,
    summarise,
    truth_path,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = spec_from_file_location("benchmarks.exercise", ROOT / "benchmarks" / "exercise.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        # a dataclass looks its own module up
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Score:
    made = new_exercise(tmp_path_factory.mktemp("bench") / "case", seed=8, level=1, log_lines=5_000)
    truth = read_truth(truth_path(made))
    return grade(naive_dossier(made), truth, solver="naive", level="1")


@pytest.mark.parametrize("name", ["no_payments", "retention_60", "clocks_off", "half_silent"])
def test_an_ablation_changes_what_it_names_and_nothing_else(bench: ModuleType, name: str) -> None:
    job = bench.Job("1", name, 8, 0, 0, "0.1")

    got, whole = bench.parameters(job), bench.parameters(replace(job, ablation="none"))
    changed = {f.name for f in fields(got) if getattr(got, f.name) != getattr(whole, f.name)}
    assert changed == bench.ABLATIONS[name].keys()
    assert whole == parameters_of(1)


def test_sizes_that_are_given_outrank_those_of_the_level(bench: ModuleType) -> None:
    got = bench.parameters(bench.Job("2", "none", 8, 12, 5_000, "0.1"))

    assert (got.organisations, got.log_lines) == (12, 5_000)
    assert got.second_group


def test_a_finished_exercise_is_read_back_and_another_kind_is_not(
    bench: ModuleType, scored: Score, tmp_path: Path
) -> None:
    job = bench.Job("1", "none", 8, 12, 5_000, "0.1")
    finished = bench.Finished(bench.SCHEMA, job, 1.0, 2.0, (scored,))
    bench._keep(finished, tmp_path)

    held = bench._held(job, tmp_path)
    assert held.job == job
    assert held.scores == (from_plain(Score, to_plain(scored)),)
    assert bench._held(replace(job, version="0.2"), tmp_path) is None
    assert bench._held(replace(job, log_lines=6_000), tmp_path) is None


def test_what_is_held_is_not_made_again(
    bench: ModuleType, scored: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = bench.Job("1", "none", 8, 12, 5_000, "0.1")
    bench._keep(bench.Finished(bench.SCHEMA, job, 1.0, 2.0, (scored,)), tmp_path)

    finished, failed = bench.measure([job], tmp_path, 1)
    assert [f.job for f in finished] == [job]
    assert failed == []
    assert "1 exercises held, 0 to do" in capsys.readouterr().err


def test_the_results_page_names_its_sample_and_no_folder(bench: ModuleType, scored: Score) -> None:
    jobs = [bench.Job("1", "none", seed, 12, 5_000, "0.1") for seed in (8, 9)]
    finished = [bench.Finished(bench.SCHEMA, job, 1.0, 2.0, (scored,)) for job in jobs]
    maker = bench.Maker("python -m benchmarks.exercise --out DIR", "0.1", bench.machine())

    page = bench._page(summarise([scored]), finished, maker, 2)
    assert "1 of level 1; seeds 8 to 9; 12 organisations each, 5,000 log lines each" in page
    assert "2.0 s to run one exercise" in " ".join(page.split())
    assert not re.search(r"/(work|root|home|tmp)/", page)
