"""Invented pairs of names; the held half was never looked at to change a rule."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Pairs = dict[str, Any]


@pytest.fixture
def pairs() -> Callable[[str], Pairs]:
    here = Path(__file__).parent
    return lambda half: tomllib.loads((here / f"{half}.toml").read_text("utf-8"))
