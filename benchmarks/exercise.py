"""How well the pipeline answers exercises whose truth is known, beside a naive baseline.

Run with `python -m benchmarks.exercise --exercises 8 --out DIR`. Each finished exercise leaves one
JSON file in DIR; a second call makes only what is missing, so Ctrl-C loses what was under way and
nothing else. DIR then holds results.json and results.html; `--write docs/results.md` writes the
page of results.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import ashiato
from ashiato.core.canonical import canonical_json, content_id, from_plain
from ashiato.exercise import (
    Maker,
    Parameters,
    Score,
    Summary,
    naive_score,
    new_exercise,
    parameters_of,
    render_results,
    score,
    summarise,
    truth_path,
    write_page,
)
from ashiato.exercise.scoring.summary import group_name

SCHEMA = "ashiato.bench-exercise/1"
WHOLE = "none"
FIRST_SEED = 101
_MINUTE = 60
_STOPPED: list[bool] = []
"""Not empty in a worker that has heard Ctrl-C: the pool may have handed it one more job."""


@dataclass(frozen=True, slots=True)
class Job:
    """One exercise to make, run and score; a size of 0 leaves it to the level."""

    level: str
    ablation: str
    seed: int
    organisations: int
    log_lines: int
    version: str

    @property
    def name(self) -> str:
        """Name the job's file: what it is, and a hash of all that its result depends on."""
        level = f"level-{self.level}-" if self.level else ""
        return f"{level}{self.ablation}-seed-{self.seed}-{content_id(asdict(self), 8)}"


@dataclass(frozen=True, slots=True)
class Finished:
    """A scored exercise, and the seconds it took to make and to run."""

    schema: str
    job: Job
    making: float
    running: float
    scores: tuple[Score, ...]


ABLATIONS: dict[str, dict[str, Any]] = {
    WHOLE: {},
    "no_payments": {"no_payments": True},
    "retention_60": {"retention_days": 60},
    "clocks_off": {"clocks_off_hours": 9.0},
    "half_silent": {"silent_share": 0.5},
    "lying_source": {"lying_source": True},
}
"""What each ablation asks of the generator beyond the level."""


def parameters(job: Job) -> Parameters:
    """Give the parameters of the job's level, without what its ablation takes away."""
    sizes = {"organisations": job.organisations, "log_lines": job.log_lines}
    asked: dict[str, Any] = {name: size for name, size in sizes.items() if size}
    level = parameters_of(int(job.level) if job.level else None)
    return replace(level, **asked, **ABLATIONS[job.ablation])


def _run(case_dir: Path) -> None:
    """Run the present pipeline as a user does: in a process of its own."""
    program = Path(sys.executable).with_name("ashiato")
    done = subprocess.run(  # noqa: S603 - our own program
        [program, "run", case_dir, "--quiet"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(
            f"ashiato run ended with {done.returncode}: {done.stderr[-600:].strip()}"
        )


def work(job: Job, out: Path) -> None:
    """Make, run and score one exercise, write its file, and clear its folder away."""
    if _STOPPED:
        raise RuntimeError("stopped")
    folder = out / "work" / job.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    case_dir = folder / "case"
    try:
        start = perf_counter()
        truth = truth_path(new_exercise(case_dir, seed=job.seed, parameters=parameters(job)))
        made = perf_counter()
        _run(case_dir)
        ran = perf_counter()
        scored = tuple(
            replace(one, level=job.level, ablation=job.ablation)
            for one in (score(case_dir, truth), naive_score(case_dir, truth))
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _keep(Finished(SCHEMA, job, made - start, ran - made, scored), out)


def _keep(finished: Finished, out: Path) -> None:
    """Write the file whole or not at all."""
    path = out / f"{finished.job.name}.json"
    half = path.with_suffix(".part")
    half.write_bytes(canonical_json(finished) + b"\n")
    half.replace(path)


def _held(job: Job, out: Path) -> Finished | None:
    """Give what an earlier call finished."""
    path = out / f"{job.name}.json"
    if not path.is_file():
        return None
    kept: Finished = from_plain(Finished, json.loads(path.read_bytes()))
    return kept


def _time_left(done: int, total: int, seconds: float) -> str:
    left = seconds / done * (total - done)
    return f"{left / _MINUTE:.0f} min left" if left > _MINUTE else f"{left:.0f} s left"


def _watch(futures: dict[Future[None], Job]) -> Iterator[str]:
    """Wait for each job, and give what went wrong with it."""
    start, failed = perf_counter(), 0
    for done, future in enumerate(as_completed(futures), start=1):
        if error := future.exception():
            failed += 1
            yield f"{futures[future].name}: {error}"
        left = _time_left(done, len(futures), perf_counter() - start)
        print(f"{done} of {len(futures)} done, {failed} failed, {left}", file=sys.stderr)


def _heed() -> None:
    """Let a worker end its exercise at Ctrl-C and begin no other one.

    The run it waits for gets the same signal and stops by itself.
    """
    signal.signal(signal.SIGINT, lambda *_: _STOPPED.append(True))


def measure(jobs: Sequence[Job], out: Path, workers: int) -> tuple[list[Finished], list[str]]:
    """Do what is not done yet; gives what is finished, and why the rest is not."""
    missing = [job for job in jobs if _held(job, out) is None]
    print(f"{len(jobs) - len(missing)} exercises held, {len(missing)} to do", file=sys.stderr)
    failed: list[str] = []
    with ProcessPoolExecutor(workers, initializer=_heed) as pool:
        futures = {pool.submit(work, job, out): job for job in missing}
        try:
            failed.extend(_watch(futures))
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            failed.append("stopped; call again to go on")
    # all are read from their files, so that a resumed measurement gives the same bytes
    return [kept for job in jobs if (kept := _held(job, out))], failed


def machine() -> str:
    """Describe the machine by its shape alone."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


_PAGE = """# Results

How well the present program answers [exercises](exercise.md): invented investigations whose
truth is known and kept from it. These are measured, not promised; the bad ones are here too.

- **Sample** of {sample}.
- **Intervals**: a number is the mean over the exercises where it has a basis; brackets hold its
  95 % bootstrap interval over exercises, where there are at least three. *All alike*: every
  exercise gave the same number, so there is no interval. `-`: it never had a basis.
- **naive**: an analyst's script. Every address and domain in a document is an indicator for ever;
  whoever signed for a machine holds it; one shared contact detail makes one person; each report
  adds to the probability; a sentence with a known verb is a claim, plainly stated by its document.
- **Made by** `{command}`, version {version}, {machine}; {seconds:.1f} s to run one exercise on
  average, {workers} at a time.

## What it does not show

The exercises are synthetic and share their authors' idea of such a case: a good number here is no
promise for a real one, a bad number is a real weakness. Intervals tell how much a mean would vary
with other seeds of the same generator, not with other investigations.
"""


def _page(summary: Summary, finished: Sequence[Finished], maker: Maker, workers: int) -> str:
    sizes = [f"{summary.at(group)[0].exercises} of {group_name(group)}" for group in summary.groups]
    jobs = [f.job for f in finished]
    seeds = f"seeds {min(j.seed for j in jobs)} to {max(j.seed for j in jobs)}"
    extent = _extent(jobs[0])
    head = _PAGE.format(
        sample="; ".join(filter(None, [f"exercises: {', '.join(sizes)}", seeds, extent])),
        command=maker.command,
        version=maker.version,
        machine=maker.machine,
        seconds=sum(f.running for f in finished) / len(finished),
        workers=workers,
    )
    return head + render_results(summary)


def _extent(job: Job) -> str:
    parts = ((job.organisations, "organisations"), (job.log_lines, "log lines"))
    return ", ".join(f"{count:,} {name} each" for count, name in parts if count)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.exercise", description=__doc__)
    add = parser.add_argument
    add("--exercises", type=int, default=4, help="how many of each kind")
    add("--levels", default="1", help="with commas: 1,2,3")
    add("--ablations", default=WHOLE, help=f"with commas: {','.join(ABLATIONS)}")
    add("--ablated", default="", help="levels at which to ablate, with commas; none: all")
    add("--organisations", type=int, default=0, help="0 leaves it to the level")
    add("--log-lines", type=int, default=0, help="0 leaves it to the level")
    add("--first-seed", type=int, default=FIRST_SEED)
    add("--jobs", type=int, default=2, help="exercises at a time")
    add("--out", type=Path, default=Path("build/bench-exercise"))
    add("--version", default=ashiato.__version__, help="what was measured")
    add("--write", type=Path, help="write the results page here")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.ablations.split(",")) - ABLATIONS.keys()):
        parser.error(f"no ablation is called {', '.join(unknown)}")
    return asked


def _command(asked: argparse.Namespace) -> str:
    """Give the command without the folders of this machine."""
    parts = [f"--exercises {asked.exercises}", f"--levels {asked.levels}"]
    parts += [f"--ablations {asked.ablations}"] if asked.ablations != WHOLE else []
    parts += [f"--ablated {asked.ablated}"] if asked.ablated else []
    parts += [f"--organisations {asked.organisations}"] if asked.organisations else []
    parts += [f"--log-lines {asked.log_lines}"] if asked.log_lines else []
    return f"python -m benchmarks.exercise {' '.join(parts)} --jobs {asked.jobs} --out DIR"


def _jobs(asked: argparse.Namespace) -> list[Job]:
    ablated = (asked.ablated or asked.levels).split(",")
    return [
        Job(level, ablation, seed, asked.organisations, asked.log_lines, asked.version)
        for level in asked.levels.split(",")
        for ablation in asked.ablations.split(",")
        if ablation == WHOLE or level in ablated
        for seed in range(asked.first_seed, asked.first_seed + asked.exercises)
    ]


def main() -> None:
    """Measure, print the table, and write the results."""
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    finished, failed = measure(_jobs(asked), asked.out, asked.jobs)
    if finished:
        _report(finished, asked)
    if failed:
        raise SystemExit("\n".join(failed))


def _report(finished: Sequence[Finished], asked: argparse.Namespace) -> None:
    scores = [s for f in finished for s in f.scores]
    summary = summarise(scores)
    maker = Maker(_command(asked), asked.version, machine())
    print(render_results(summary))
    result = {"schema": SCHEMA, "command": maker.command, "version": maker.version}
    held = {**result, "machine": maker.machine, "summary": summary, "exercises": finished}
    (asked.out / "results.json").write_bytes(canonical_json(held) + b"\n")
    write_page(scores, asked.out / "results.html", title="Exercise results", maker=maker)
    if asked.write:
        asked.write.write_text(_page(summary, finished, maker, asked.jobs), encoding="utf-8")


if __name__ == "__main__":
    main()
