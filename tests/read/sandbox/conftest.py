"""A sandbox whose list of parsers is the evil ones of this folder."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import pytest

from ashiato.core.confinement import missing
from ashiato.read.sandbox import Limits, Outcome
from ashiato.read.sandbox.keeper import Keeper

EVIL = Path(__file__).parent / "evil_parsers.py"
QUICK = Limits(seconds=20)


class Run(Protocol):
    def __call__(
        self, name: str, source: BinaryIO | bytes = b"abc", limits: Limits = QUICK, **told: str
    ) -> Outcome: ...


@pytest.fixture(scope="session")
def keeper() -> Iterator[Keeper]:
    names = re.findall(r"^def (\w+)", EVIL.read_text(encoding="utf-8"), re.MULTILINE)
    keeper = Keeper(
        frozenset(f"evil_parsers:{name}" for name in names), more_paths=(str(EVIL.parent),)
    )
    yield keeper
    keeper.close()


@pytest.fixture
def run(keeper: Keeper) -> Run:
    if reason := missing():
        pytest.skip(f"SKIPPED SANDBOX: {reason}")

    def run(
        name: str, source: BinaryIO | bytes = b"abc", limits: Limits = QUICK, **told: str
    ) -> Outcome:
        return keeper.confined(f"evil_parsers:{name}", source, told, limits)

    return run
