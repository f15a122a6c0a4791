"""Make an exercise: plan a scene, write its evidence into a case folder, keep its truth outside."""

from pathlib import Path

from ashiato.core.errors import BadInput
from ashiato.core.progress import Progress, Silent
from ashiato.exercise.casefile import case_text
from ashiato.exercise.documents import write_documents
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


def new_exercise(
    case_dir: Path,
    *,
    seed: int,
    organisations: int = 20,
    log_lines: int = 500_000,
    truth: Path | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the exercise ``seed`` into ``case_dir`` and its truth beside it; gives ``case_dir``.

    The same seed and sizes give the same bytes. ``log_lines`` counts the lines of the logs of all
    organisations together and is met within one in a hundred.

    Raises:
        BadInput: the folder is not empty, the truth would lie in it, or the sizes are too small.

    """
    case_dir, kept = Path(case_dir), Path(truth or truth_path(Path(case_dir)))
    _checked(case_dir, kept)
    scene = plan(seed, organisations=organisations, log_lines=log_lines)
    evidence = case_dir / "evidence"
    evidence.mkdir(parents=True)
    write_documents(scene, evidence / "documents")
    write_registers(scene, evidence / "providers")
    written = write_logs(scene, evidence / "organisations", progress or Silent())
    (case_dir / "case.toml").write_text(case_text(scene), encoding="utf-8", newline="")
    write_truth(truth_of(scene, lines=written.lines, spoilt=written.spoilt), kept)
    return case_dir
