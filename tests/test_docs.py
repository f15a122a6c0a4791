"""The documentation is tested: every command, option, setting and word is where a reader looks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from ashiato.cli.main import app
from ashiato.core import errors
from ashiato.read import READERS

DOCS = Path(__file__).parent.parent / "docs"
PATH_OF_A_MACHINE = re.compile(r"/(work|root|home/\w+|farm)/")


def commands(group: Any, name: str = "ashiato") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - typer's own click
    inner = getattr(group, "commands", None)
    if inner is None:
        yield name, group
        return
    for key, command in inner.items():
        yield from commands(command, f"{name} {key}")


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_in_the_command_page(name: str) -> None:
    page = (DOCS / "cli.md").read_text("utf-8")
    options = {o for p in COMMANDS[name].params for o in p.opts if o.startswith("--")}

    assert f"`{name} " in page
    assert not {o for o in options - {"--help"} if o not in page}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_speaks_json(name: str) -> None:
    assert any("--json" in p.opts for p in COMMANDS[name].params)


def test_every_exit_code_is_documented() -> None:
    page = (DOCS / "cli.md").read_text("utf-8")
    codes = {
        e.exit_code
        for e in vars(errors).values()
        if isinstance(e, type) and issubclass(e, errors.AshiatoError)
    }

    assert not {c for c in codes if f"| {c} |" not in page}


def test_every_setting_of_case_toml_is_documented() -> None:
    page = (DOCS / "case.md").read_text("utf-8")
    source = (DOCS.parent / "src/ashiato/case/settings.py").read_text("utf-8")
    keys = set(re.findall(r'reader\.\w+\("(\w+)"', source))

    assert len(keys) > 20
    assert not {key for key in keys if f"`{key}`" not in page}


def test_no_tracked_text_names_a_path_of_a_machine() -> None:
    roots = [DOCS, DOCS.parent / "src", DOCS.parent / "README.md"]
    files = [f for r in roots for f in ([r] if r.is_file() else r.rglob("*"))]
    texts = {f: f.read_text("utf-8") for f in files if f.suffix in {".md", ".py", ".toml", ".css"}}

    assert not [f.name for f, text in texts.items() if PATH_OF_A_MACHINE.search(text)]


def test_every_format_of_logs_stands_on_the_page_about_the_hunt() -> None:
    page = (DOCS / "hunting.md").read_text("utf-8")
    names = {reader.name for reader in READERS} | {"csv"}

    assert not {name for name in names if f"`{name}`" not in page}
