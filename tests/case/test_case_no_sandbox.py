"""`ashiato run --no-sandbox` where nothing confines a parser, and where something does."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ashiato.case import run as running
from ashiato.case.folder import Folder, new_case
from ashiato.cli.main import app
from ashiato.core import confinement
from ashiato.core.progress import Silent

LACKING = "the kernel offers no Landlock"


def clock() -> datetime:
    return datetime(2031, 8, 1, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Folder:
    case = new_case(tmp_path / "orchid")
    (case.evidence / "note.txt").write_text("The agency said that nothing was taken.\n")
    return case


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (running, confinement):
        monkeypatch.setattr(module, "missing", lambda: LACKING)


def answer(case: Folder, *, no_sandbox: bool) -> running.Outcome:
    return running.run(case, clock=clock, progress=Silent(), no_sandbox=no_sandbox)


def logged(case: Folder) -> list[str]:
    with running.open_vault(case, clock, read_only=True) as vault:
        return [f"{d.kind}: {d.body['lacking']}" for d in vault.decisions()]


@pytest.mark.usefixtures("lacking")
def test_going_without_is_logged_once_and_told_in_the_answer(case: Folder) -> None:
    for _ in range(2):
        outcome = answer(case, no_sandbox=True)

    assert [p.message for p in outcome.case.problems if p.kind == "no-sandbox"] == [
        f"parsers of hostile formats ran without the sandbox: {LACKING}"
    ]
    assert logged(case) == [f"no-sandbox: {LACKING}"]
    assert running.load_assessed(case, clock=clock).problems == outcome.case.problems


@pytest.mark.usefixtures("lacking")
def test_insisting_afterwards_answers_anew_and_so_does_taking_it_back(case: Folder) -> None:
    assert not answer(case, no_sandbox=False).case.problems
    assert answer(case, no_sandbox=True).case.problems

    assert not answer(case, no_sandbox=False).case.problems
    assert not running.load_assessed(case, clock=clock).problems


@pytest.mark.skipif(bool(confinement.missing()), reason="SKIPPED SANDBOX: there is none here")
def test_where_there_is_a_sandbox_it_is_used_whatever_is_said(case: Folder) -> None:
    assert not answer(case, no_sandbox=True).case.problems
    assert logged(case) == []


@pytest.mark.usefixtures("lacking")
def test_the_command_line_takes_the_option(case: Folder) -> None:
    done = CliRunner().invoke(app, ["run", str(case.root), "--no-sandbox", "--json", "-q"])

    assert done.exit_code == 0, done.output
    assert [p["kind"] for p in json.loads(done.stdout)["problems"]] == ["no-sandbox"]
