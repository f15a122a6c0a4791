"""The same day everywhere: UTC, fixed seeds, no network, real inputs only where they are."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ashiato", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("ashiato")


@pytest.fixture
def real_data() -> Path:
    """The folder of real inputs; skips, saying so, where there is none."""
    folder = os.environ.get("ASHIATO_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("SKIPPED REAL INPUTS: set ASHIATO_TEST_DATA to the folder of real inputs")
    return Path(folder)


def pytest_unconfigure() -> None:
    """Let Hypothesis's watcher of the collector go: it keeps DuckDB's types alive at exit."""
    gc.callbacks.clear()
