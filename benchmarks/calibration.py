"""Whether probabilities mean what they say: over made networks, and over whole exercises.

Run with `python -m benchmarks.calibration --exercises 200 --out DIR`. Every finished exercise
leaves one JSON file in DIR, so that a second call makes only what is missing; `--minutes` begins no
further one after so long. `--picture docs/pictures/calibration.svg` draws the reliability curves.
The naive count is that of the verdict itself: every report its own witness.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from benchmarks.made import GENERATORS, forecasts

from ashiato.core.canonical import canonical_json, from_plain
from ashiato.exercise import Parameters, new_exercise, parameters_of, read_truth, truth_path
from ashiato.exercise.scoring.beliefs import Forecast
from ashiato.exercise.scoring.calibration import Calibration, Floats, calibrate, wilson
from ashiato.exercise.scoring.charts import reliability
from ashiato.exercise.scoring.markup import Html, tag
from ashiato.exercise.scoring.matching import is_named
from ashiato.exercise.truth import Answer

RUNGS = ("group", "person", "sponsor")
SMALL: dict[str, Any] = {"organisations": 10, "log_lines": 2_000}
DECOYS: dict[str, Any] = dict.fromkeys(
    ("second_group", "imitator", "lying_source", "stolen_account"), True
)
KINDS: dict[str, Parameters] = {
    "1": replace(parameters_of(1), **SMALL),
    "1-decoys": replace(parameters_of(1), variant="other", **DECOYS, **SMALL),
    "2": replace(parameters_of(2), **SMALL),
    "3": replace(parameters_of(3), providers=(2, 3), customers=(60, 120), **SMALL),
}
"""Levels with few organisations and lines, since victims do not bear on who did it."""
TURN = (
    "1",
    "1-decoys",
    "2",
    "1-decoys",
    "1",
    "1-decoys",
    "1",
    "2",
    "1-decoys",
    "1",
    "1-decoys",
    "3",
)
FIRST_SEED = 3001
RESAMPLES = 2_000
SOLVERS = ("ashiato", "naive")
_NAIVE = re.compile(r"would make the figure (\d+) %")


@dataclass(frozen=True, slots=True)
class Told:
    """What one rung was told: its leading answer, and what the truth says of it.

    ``naive`` is what counting every report as a witness would give that answer. ``right``: it is
    who did it; ``answerable``: the evidence can bear an answer. ``verdicts`` by standard.
    """

    rung: str
    p: float | None
    naive: float | None
    right: bool
    answerable: bool
    verdicts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Finished:
    """One exercise: its kind, its seed, how long its run took, and what each rung was told."""

    kind: str
    seed: int
    seconds: float
    told: tuple[Told, ...]


def _told(verdict: dict[str, Any], answer: Answer) -> Told:
    rung = next(r for r in verdict["ladder"] if r["rung"] == answer.rung)
    counted = _NAIVE.search(verdict["confidence_because"])
    return Told(
        rung=answer.rung,
        p=rung["p"],
        naive=int(counted[1]) / 100 if counted else None,
        right=answer.fact and is_named(rung["who"], answer.who),
        answerable=answer.answerable,
        verdicts={name: each["verdict"] for name, each in verdict["standards"].items()},
    )


def _read(case_dir: Path) -> tuple[Told, ...]:
    verdicts = json.loads((case_dir / "dossier" / "verdict.json").read_text("utf-8"))
    answers = {a.rung: a for a in read_truth(truth_path(case_dir)).answers}
    return tuple(_told(v, answers[v["rung"]]) for v in verdicts if v["rung"] in RUNGS)


def _path(out: Path, kind: str, seed: int) -> Path:
    return out / f"{kind}-seed-{seed}.json"


def work(kind: str, seed: int, out: Path, until: float) -> None:
    """Make one exercise, run the program on it as a user does, and keep what it told."""
    if perf_counter() > until:
        return
    folder = out / "work" / f"{kind}-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    case_dir = folder / "case"
    new_exercise(case_dir, seed=seed, parameters=KINDS[kind])
    began = perf_counter()
    program = Path(sys.executable).with_name("ashiato")
    subprocess.run([program, "run", case_dir, "--quiet"], capture_output=True, check=True)  # noqa: S603 - our own program
    done = Finished(kind, seed, perf_counter() - began, _read(case_dir))
    half = _path(out, kind, seed).with_suffix(".part")
    half.write_bytes(canonical_json(done) + b"\n")
    half.replace(_path(out, kind, seed))
    shutil.rmtree(folder)


def jobs(count: int) -> Iterator[tuple[str, int]]:
    """Give kind and seed of each exercise, so that any beginning of the list is a fair mixture."""
    for i in range(count):
        yield TURN[i % len(TURN)], FIRST_SEED + i


def measure(asked: argparse.Namespace) -> list[Finished]:
    """Run what is missing; give what is finished, in the order of the list."""
    wanted = list(jobs(asked.exercises))
    until = perf_counter() + 60 * asked.minutes
    with ProcessPoolExecutor(asked.jobs) as pool:
        missing = [job for job in wanted if not _path(asked.out, *job).is_file()]
        for done in [pool.submit(work, *job, asked.out, until) for job in missing]:
            if error := done.exception():
                print(f"failed: {error}", file=sys.stderr)
    paths = (_path(asked.out, *job) for job in wanted)
    return [from_plain(Finished, json.loads(p.read_bytes())) for p in paths if p.is_file()]


def _draws(count: int) -> Floats:
    chances = np.full(count, 1 / count)
    return np.random.default_rng(0).multinomial(count, chances, RESAMPLES).astype(np.float64)


def curve(finished: Sequence[Finished], rung: str, solver: str) -> Calibration | None:
    """Sum up how the leading answers of one rung (or of ``all``) came true."""
    exercises = [list(_forecasts(each, rung, solver)) for each in finished]
    if not any(exercises):
        return None
    return calibrate(solver, rung, exercises, _draws(len(exercises)))


def _forecasts(each: Finished, rung: str, solver: str) -> Iterator[Forecast]:
    for told in each.told:
        p = told.p if solver == SOLVERS[0] else told.naive
        if rung in {told.rung, "all"} and p is not None and told.naive is not None:
            yield Forecast(told.rung, p, told.right)


def share(which: Sequence[bool]) -> str:
    """Give a share with Wilson's 95 % interval."""
    if not which:
        return "-"
    low, high = wilson(sum(which), len(which))
    return f"{sum(which)} of {len(which)}: {sum(which) / len(which):.2f} ({low:.2f}-{high:.2f})"


def report(finished: Sequence[Finished]) -> Iterator[str]:
    """Give the tables: calibration by rung and solver, and who abstains when."""
    kinds = {kind: sum(f.kind == kind for f in finished) for kind in KINDS}
    yield f"{len(finished)} exercises: {kinds}"
    yield "| rung | by | answers | right | calibration error (95 %) | Brier | log score |"
    yield "|---|---|---|---|---|---|---|"
    for rung in (*RUNGS, "all"):
        for solver in SOLVERS:
            if found := curve(finished, rung, solver):
                yield _row(rung, found)
    yield "| rung | standard | open where it cannot be answered | where it can | answered wrong |"
    yield "|---|---|---|---|---|"
    for rung in RUNGS:
        for standard in ("lead", "analytic", "public"):
            yield _abstained(finished, rung, standard)


def _row(rung: str, found: Calibration) -> str:
    right = sum(round(b.share * b.count) for b in found.bins)
    spread = f" ({found.ece95[0]:.3f}-{found.ece95[1]:.3f})" if found.ece95 else ""
    figures = f"{found.ece:.3f}{spread} | {found.brier:.3f} | {found.log_score:.3f}"
    return f"| {rung} | {found.solver} | {found.forecasts} | {right} | {figures} |"


def _abstained(finished: Sequence[Finished], rung: str, standard: str) -> str:
    told = [t for f in finished for t in f.told if t.rung == rung]
    open_ = {id(t): t.verdicts[standard] in {"INSUFFICIENT", "CONTESTED"} for t in told}
    cells = [
        share([open_[id(t)] for t in told if not t.answerable]),
        share([open_[id(t)] for t in told if t.answerable]),
        share([_is_wrong(t, standard) for t in told if not open_[id(t)]]),
    ]
    return f"| {rung} | {standard} | {' | '.join(cells)} |"


def _is_wrong(told: Told, standard: str) -> bool:
    return told.right != (told.verdicts[standard] == "SUFFICIENT")


_STYLE = """
.s0 { --key: #17566f; } .s1 { --key: #b5651d; } rect { fill: #fbfaf6; }
text { font: 12px system-ui, sans-serif; fill: #565f66; }
.title { font-weight: 600; fill: #1c2227; }
.grid { stroke: #dcd7ca; } .ideal { stroke: #565f66; stroke-dasharray: 4 4; }
.curve { fill: none; stroke: var(--key); stroke-width: 1.5; opacity: .35; }
.dot { fill: var(--key); } .spread { stroke: var(--key); stroke-width: 1.5; opacity: .6; }
"""
_WIDE, _HIGH = 380, 400


def picture(curves: Sequence[tuple[str, Calibration]], columns: int) -> Html:
    """Draw reliability curves side by side, each with its title."""
    rows = -(-len(curves) // columns)
    size = {"width": _WIDE * columns, "height": _HIGH * rows}
    panels = [_panel(i, columns, *each) for i, each in enumerate(curves)]
    ground = tag("rect", width=size["width"], height=size["height"])
    box = f"0 0 {size['width']} {size['height']}"
    svg: dict[str, Any] = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, **size}
    return tag("svg", tag("style", Html(_STYLE)), ground, *panels, **svg)


def _panel(i: int, columns: int, title: str, found: Calibration) -> Html:
    x, y = 10 + _WIDE * (i % columns), 10 + _HIGH * (i // columns)
    drawn = reliability(found, class_=f"s{i % columns}")
    head = tag("text", title, x=x, y=y + 8, class_="title")
    place = Html(drawn.replace("<svg ", f'<svg x="{x}" y="{y + 14}" width="358" height="370" ', 1))
    return tag("g", head, place)


def made() -> Iterator[tuple[str, Calibration, Calibration]]:
    """Give how the leading answers of each kind of made case came true, weighed and counted."""
    for title in GENERATORS:
        cases = [(name, each) for name, each in zip(SOLVERS, forecasts(title), strict=True)]
        weighed, counted = (calibrate(n, title, each, _draws(len(each))) for n, each in cases)
        yield title, weighed, counted


def _curves(
    cases: Sequence[tuple[str, Calibration, Calibration]], finished: Sequence[Finished]
) -> Iterator[tuple[str, Calibration]]:
    title, weighed, counted = cases[0]
    yield f"Made: {title}", weighed
    yield "The same, heads counted", counted
    for solver, title in zip(SOLVERS, ("Exercises", "The same, heads counted"), strict=True):
        if each := curve(finished, "all", solver):
            yield f"{title}: {each.forecasts} answers", each


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.calibration", description=__doc__)
    parser.add_argument("--exercises", type=int, default=12)
    parser.add_argument("--jobs", type=int, default=2, help="exercises at a time")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--out", type=Path, default=Path("build/bench-calibration"))
    parser.add_argument("--picture", type=Path, help="draw the reliability curves here")
    return parser.parse_args()


def main() -> None:
    """Print how well probabilities came true, over made networks and over exercises."""
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    cases = list(made())
    for title, *found in cases:
        print("\n".join(_row(title, each) for each in found), flush=True)
    finished = measure(asked)
    print("\n".join(report(finished)))
    if asked.picture:
        asked.picture.write_text(picture(list(_curves(cases, finished)), 2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
