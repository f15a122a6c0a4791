import errno
import os

import pytest

from ashiato.cli.stopping import stoppable
from ashiato.core.errors import BadInput, IntegrityFailure, Interrupted


def test_an_interrupt_becomes_one_sentence_and_exit_code_130() -> None:
    @stoppable
    def work() -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="what was acknowledged is kept") as stopped:
        work()

    assert stopped.value.exit_code == 130


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_becomes_one_sentence_with_a_remedy_and_exit_code_2(code: int) -> None:
    @stoppable
    def write() -> None:
        raise OSError(code, os.strerror(code), "cache/lake")

    with pytest.raises(BadInput, match="no space is left on the disk; free some") as stopped:
        write()

    assert stopped.value.exit_code == 2
    assert stopped.value.path == "cache/lake"


def test_a_write_of_the_vault_that_found_no_room_is_no_harm_to_the_vault() -> None:
    @stoppable
    def seal() -> None:
        raise IntegrityFailure("a write failed") from OSError(errno.ENOSPC, "full")

    with pytest.raises(BadInput, match="no space"):
        seal()


def test_any_other_failure_stays_what_it_is() -> None:
    @stoppable
    def read() -> None:
        raise OSError(errno.EIO, "the disk is broken")

    with pytest.raises(OSError, match="broken"):
        read()
