import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ashiato.read.sandbox import Ending, Limits, Outcome, confined
from ashiato.read.sandbox.keeper import Keeper
from ashiato.read.sandbox.walls import missing

Run = Callable[..., Outcome]
EVIL = Path(__file__).parent / "evil_parsers.py"
QUICK = Limits(seconds=5)
pytestmark = pytest.mark.skipif(bool(missing()), reason=f"SKIPPED SANDBOX: {missing()}")


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    names = re.findall(r"^def (\w+)", EVIL.read_text(), re.MULTILINE)
    allowed = frozenset(f"evil_parsers:{name}" for name in names)
    keeper = Keeper(allowed, more_paths=(str(EVIL.parent),))

    def run(name: str, source: bytes | io.BufferedReader = b"abc", **arguments: str) -> Outcome:
        return keeper.confined(f"evil_parsers:{name}", source, arguments, QUICK)

    yield run
    keeper.close()


def test_an_honest_parser_gives_its_frames(run: Run) -> None:
    found = run("honest", b"four", colour="blue")

    assert (found.ending, found.reason) == (Ending.OK, "")
    assert found.frames == ({"bytes": 4, "told": {"colour": "blue"}},)


def test_a_parser_that_is_not_ours_is_never_called() -> None:
    with pytest.raises(ValueError, match="no parser of ours"):
        confined("os:system", b"")


def test_no_file_is_readable(run: Run) -> None:
    found = run("reads_path", path="/etc/passwd")

    assert (found.ending, found.frames) == (Ending.CRASHED, ())
    assert "PermissionError" in found.reason


def test_a_process_cannot_be_made(run: Run) -> None:
    assert run("raw_clone").frames == ([],)
