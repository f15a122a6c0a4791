"""Reading in several processes gives what reading in one gives, and ends when it is told to."""

import os
import signal
import time
from pathlib import Path

import pytest

from ashiato.case.crew import WORKERS, Crew, Within, workers
from ashiato.core.errors import AshiatoError, BadInput
from ashiato.core.progress import Progress, Silent


def double(number: int, progress: Progress) -> int:
    progress.advance(number)
    return 2 * number


def fail(number: int, progress: Progress) -> int:
    if number % 2:
        raise BadInput(f"{number} is odd", path="numbers", remedy="give even ones")
    return double(number, progress)


def die(number: int, progress: Progress) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return double(number, progress)


def linger(folder: Path, progress: Progress) -> None:
    (folder / str(os.getpid())).touch()
    while True:
        progress.advance(1)
        time.sleep(0.01)


class Sum(Silent):
    def __init__(self) -> None:
        self.units = 0

    def advance(self, units: int) -> None:
        self.units += units


def test_results_come_in_the_order_of_the_tasks_and_progress_is_whole() -> None:
    seen = Sum()
    with Crew(double, [(n,) for n in range(7)], 2) as crew:
        assert crew.results(seen) == [0, 2, 4, 6, 8, 10, 12]

    assert seen.units == sum(range(7))


def test_the_first_failure_in_order_is_carried_back_whole() -> None:
    with Crew(fail, [(n,) for n in (2, 4, 5, 7)], 2) as crew, pytest.raises(BadInput) as error:
        crew.results(Silent())

    assert str(error.value) == "numbers: 5 is odd; give even ones"
    assert error.value.remedy == "give even ones"


def test_a_process_ended_from_outside_is_said_and_not_waited_for() -> None:
    with Crew(die, [(1,), (2,)], 2) as crew, pytest.raises(AshiatoError, match="from outside"):
        crew.results(Silent())


def test_an_interrupt_ends_every_process(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Crew(linger, [(tmp_path,), (tmp_path,)], 2):
            while len(list(tmp_path.iterdir())) < 2:
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    for path in tmp_path.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name), 0)


def test_the_number_of_processes_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORKERS, "3")
    assert workers() == 3
    monkeypatch.setenv(WORKERS, "many")
    with pytest.raises(BadInput, match=WORKERS):
        workers()


def test_progress_within_a_file_is_its_size_however_much_was_said() -> None:
    seen = Sum()
    within = Within(seen, 10)
    for units in (4, 20):
        within.advance(units)
    within.done()

    assert seen.units == 10
