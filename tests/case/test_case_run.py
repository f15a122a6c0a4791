"""The whole way on a small invented case: evidence in, dossier out, and nothing done twice."""

import json
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ashiato.case.folder import Folder, find_case
from ashiato.case.run import Outcome, open_vault, run
from ashiato.core.canonical import from_plain
from ashiato.core.evidence import Citation
from ashiato.core.masking import shows
from ashiato.core.progress import Silent
from ashiato.exercise import new_exercise

CUSTODY = "custody.json"


def clock() -> datetime:
    return datetime(2031, 8, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_exercise(
        tmp_path_factory.mktemp("made") / "orchid", seed=7, organisations=10, log_lines=2_000
    )


def answer(case: Folder) -> Outcome:
    return run(case, clock=clock, progress=Silent())


@pytest.fixture(scope="module")
def answered(exercise: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case after its first run, to be copied: a first run takes seconds."""
    folder = tmp_path_factory.mktemp("answered") / "orchid"
    shutil.copytree(exercise, folder)
    assert answer(Folder(folder)).changed
    return folder


@pytest.fixture
def case(answered: Path, tmp_path: Path) -> Folder:
    shutil.copytree(answered, tmp_path / "orchid")
    return find_case(tmp_path / "orchid")


def written(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != CUSTODY}


def test_every_citation_of_the_dossier_resolves_to_its_very_bytes(case: Folder) -> None:
    outcome = answer(case)
    assert not outcome.changed
    found = [c for claim in outcome.case.claims for c in claim.citations]
    found += [c for row in outcome.case.census for c in row.best]
    found += [c for proposal in outcome.case.proposals for c in proposal.citations]
    found += [c for t in outcome.case.tracing.tenancies[:200] for c in t.citations]

    with open_vault(case, clock, read_only=True) as vault:
        wrong = [c for c in found if not shows(c.quote, vault.resolve(c).decode("utf-8"))]

    assert len(found) > 100
    assert not wrong


def test_the_census_by_month_adds_up_to_that_of_the_organisations(case: Folder) -> None:
    told = answer(case).case
    sightings: dict[str, int] = {row.organisation: 0 for row in told.census}
    for cell in told.cells:
        sightings[cell.organisation] += cell.sightings

    assert sightings == {row.organisation: row.sightings for row in told.census}
    assert {cell.status.value for cell in told.cells} >= {"hit", "clear", "no_coverage"}


def test_a_second_run_does_nothing_and_says_so(case: Folder) -> None:
    stamps = {p: p.stat().st_mtime_ns for p in case.root.rglob("*") if p.is_file()}

    second = answer(case)

    assert (second.changed, second.new) == (False, ())
    assert stamps == {p: p.stat().st_mtime_ns for p in case.root.rglob("*") if p.is_file()}


def test_the_order_of_adding_does_not_change_a_byte(
    exercise: Path, answered: Path, tmp_path: Path
) -> None:
    piecemeal = tmp_path / "orchid"
    piecemeal.mkdir(parents=True)
    (piecemeal / "evidence").mkdir()
    shutil.copy(exercise / "case.toml", piecemeal)
    files = sorted((f for f in exercise.rglob("evidence/**/*") if f.is_file()), reverse=True)
    for part in (files[: len(files) // 2], files[len(files) // 2 :]):
        for file in part:
            target = piecemeal / file.relative_to(exercise)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        later = clock() + timedelta(days=len(part))
        run(Folder(piecemeal), clock=lambda at=later: at, progress=Silent())  # type: ignore[misc]

    assert written(answered / "dossier") == written(piecemeal / "dossier")


def test_deleting_the_cache_changes_no_byte(case: Folder) -> None:
    before = written(case.dossier)
    shutil.rmtree(case.cache)
    shutil.rmtree(case.dossier)
    answer(case)

    assert written(case.dossier) == before


def test_one_added_exhibit_is_read_alone(case: Folder) -> None:
    read = {p.name for p in (case.cache / "read").iterdir()}
    (case.evidence / "documents/extra.txt").write_text("Harbour Police made no statement.\n")
    outcome = answer(case)

    assert [e.path for e in outcome.new] == ["evidence/documents/extra.txt"]
    assert len({p.name for p in (case.cache / "read").iterdir()} - read) == 1


def test_a_changed_file_supersedes_and_the_earlier_bytes_stay(case: Folder) -> None:
    document = next((case.evidence / "documents").glob("denial*"))
    old = document.read_bytes()
    document.write_bytes(old + b"\nThe ministry added nothing.\n")
    answer(case)

    with open_vault(case, clock, read_only=True) as vault:
        kept = [e for e in vault.exhibits() if e.path.endswith(document.name)]
        objects = {p.read_bytes() for p in (case.vault / "objects").rglob("*") if p.is_file()}
    assert len(kept) == 1
    assert old in objects


def test_a_run_killed_in_the_middle_loses_nothing_acknowledged(
    exercise: Path, tmp_path: Path
) -> None:
    case = Folder(shutil.copytree(exercise, tmp_path / "orchid"))
    code = "import sys; from ashiato.cli.main import main; sys.argv[1:] = ['run', %r]; main()"
    code %= str(case.root)
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)  # noqa: S603 - our own interpreter
    lake = case.cache / "lake"
    until = time.monotonic() + 60
    while not lake.is_dir() and child.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    sealed = len(list((case.vault / "objects").rglob("??/*")))
    outcome = answer(case)

    assert sealed > 0
    assert len(outcome.case.exhibits) == len([p for p in case.evidence.rglob("*") if p.is_file()])


def test_a_run_never_opens_the_truth_of_an_exercise(case: Folder) -> None:
    shutil.rmtree(case.cache)
    truth = case.root.with_name("orchid.truth.json")
    truth.mkdir()  # whoever opened it would fail

    assert answer(case).changed


def test_claims_on_disk_are_the_claims_of_the_case(case: Folder) -> None:
    outcome = answer(case)
    rows = [json.loads(x) for x in (case.dossier / "claims.jsonl").read_text().splitlines()]

    assert {r["id"] for r in rows} == {c.id for c in outcome.case.claims}
    cited = [from_plain(Citation, c) for r in rows for c in r["citations"]]
    assert all(c.path.startswith("evidence/") for c in cited)
