"""Make an exercise: plan a scene, write its evidence into a case folder, keep its truth outside."""

from dataclasses import replace
from pathlib import Path

from ashiato.core.errors import BadInput
from ashiato.core.progress import Progress, Silent
from ashiato.exercise.casefile import case_text
from ashiato.exercise.documents import write_documents
from ashiato.exercise.parameters import Parameters, checked, parameters_of
from ashiato.exercise.plan import plan
from ashiato.exercise.registers import write_registers
from ashiato.exercise.traffic import write_logs
from ashiato.exercise.truth import truth_of, write_truth


def truth_path(case_dir: Path) -> Path:
    """Give where the truth of the exercise in ``case_dir`` lies by default: beside it."""
    return case_dir.with_name(case_dir.name + ".truth.json")


def _checked(case_dir: Path, truth: Path) -> None:
    if case_dir.exists() and (not case_dir.is_dir() or any(case_dir.iterdir())):
        remedy = "name a folder that does not exist yet"
        raise BadInput("an exercise needs an empty folder", path=str(case_dir), remedy=remedy)
    if truth.resolve().is_relative_to(case_dir.resolve()):
        remedy = "keep the truth where the solver does not look"
        raise BadInput("the truth may not lie in the case", path=str(truth), remedy=remedy)


def _sized(parameters: Parameters, organisations: int | None, log_lines: int | None) -> Parameters:
    p = parameters
    asked = p.organisations if organisations is None else organisations
    lines = p.log_lines if log_lines is None else log_lines
    return checked(replace(p, organisations=asked, log_lines=lines))


def new_exercise(
    case_dir: Path,
    *,
    seed: int,
    level: int | None = None,
    parameters: Parameters | None = None,
    organisations: int | None = None,
    log_lines: int | None = None,
    truth: Path | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the exercise ``seed`` into ``case_dir`` and its truth beside it; gives ``case_dir``.

    What is in it comes from ``parameters``, else from the ``level`` (1 to 3), else from the demo's;
    ``organisations`` and ``log_lines`` override those sizes. The same seed and parameters give the
    same bytes. ``log_lines`` counts the lines of the logs of all organisations together and is met
    within one in a hundred.

    Raises:
        BadInput: the folder is not empty, the truth would lie in it, or the sizes are too small.

    """
    case_dir, kept = Path(case_dir), Path(truth or truth_path(Path(case_dir)))
    _checked(case_dir, kept)
    asked = parameters or parameters_of(level)
    scene = plan(seed, _sized(asked, organisations, log_lines))
    evidence = case_dir / "evidence"
    evidence.mkdir(parents=True)
    claims = write_documents(scene, evidence / "documents")
    years = write_registers(scene, evidence / "providers")
    written = write_logs(scene, evidence / "organisations", progress or Silent())
    (case_dir / "case.toml").write_text(case_text(scene, years), encoding="utf-8", newline="")
    write_truth(truth_of(scene, claims, lines=written.lines, spoilt=written.spoilt), kept)
    return case_dir
