"""The examples of the README and the tutorial run as they stand."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
STATEMENT = """\
Statement of the Harbour Police

The Harbour Police said on 20 April 2031 that the server vps-1042 at 203.0.113.7 was used in the
attack between 1 September 2030 and 20 September 2030. The group called Kestrel is believed to
have carried out the attack.
"""
PROXY = (
    "1914571800.123     45 10.0.0.5 TCP_MISS/200 512 GET http://203.0.113.7/a - "
    "HIER_DIRECT/203.0.113.7 text/html\n"
)


def examples(page: str) -> list[list[str]]:
    lines = re.findall(r"^    (ashiato .+)$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    return [shlex.split(line, comments=True)[1:] for line in lines]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "statement.txt").write_text(STATEMENT)
    (tmp_path / "proxy.log").write_text(PROXY * 3)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_readme_s_first_case_runs_from_new_to_verify(
    ashiato: Callable[..., Any], desk: Path
) -> None:
    commands = examples("README.md")

    codes = [ashiato(*command).code for command in commands]

    assert [c[0] for c in commands] == [
        *("new", "add", "add", "run", "review", "why", "who", "gaps", "what-if", "verify")
    ]
    assert codes == [0] * 10
    victims = (desk / "quay-2031/dossier/victims.csv").read_text()
    assert "Org 001,hit" in victims


def test_the_tutorial_s_commands_are_understood(ashiato: Callable[..., Any], desk: Path) -> None:
    commands = examples("docs/tutorial.md")

    said = [ashiato(*command) for command in commands]

    # there is no demo case here, which is the only thing that any of them may find wrong
    assert len(said) > 5
    assert all("no case here" in s.err or s.code == 0 for s in said), [s.err for s in said]
    assert desk.is_dir()
