"""The command line called in the test's own process."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ashiato.cli.main import main


@dataclass(frozen=True)
class Said:
    """What a command answered: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Ashiato = Callable[..., Said]


@pytest.fixture
def ashiato(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ashiato:
    def call(*args: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["ashiato", *map(str, args)])
        try:
            main()
            code = 0
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return call
