import pytest

from ashiato.cli.stopping import stoppable
from ashiato.core.errors import Interrupted


def test_an_interrupt_becomes_one_sentence_and_exit_code_130() -> None:
    @stoppable
    def work() -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="what was acknowledged is kept") as stopped:
        work()

    assert stopped.value.exit_code == 130
