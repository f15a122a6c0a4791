import ast
import os
from pathlib import Path

import pytest

from ashiato.read.sandbox import Limits, line
from ashiato.read.sandbox.line import Line, Order, Report

ORDER = Order(
    "ashiato.read.invented:parse", {"depth": 3}, Limits(seconds=2), allow_unconfined=False
)


def test_the_line_makes_nameless_pairs_and_no_other_socket() -> None:
    tree = ast.parse(Path(line.__file__).read_text(encoding="utf-8"))
    used = {
        n.attr
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "socket"
    }

    assert used == {"socketpair", "socket", "send_fds", "recv_fds"}
    assert "socket.socket(fileno=descriptor)" in ast.unparse(tree)


def test_an_order_arrives_with_its_files() -> None:
    ours, theirs = Line.pair()
    read, write = os.pipe()

    ours.order(ORDER, (read, write))
    order, files = theirs.taken()

    os.write(files[1], b"through")
    assert (order, os.read(read, 9)) == (ORDER, b"through")
    for file in (read, write, *files):
        os.close(file)
    ours.close()
    theirs.close()


def test_a_report_is_heard_and_a_hung_up_line_is_noticed() -> None:
    ours, theirs = Line.pair()
    theirs.report(Report(9, 0.5))
    theirs.close()

    assert ours.heard() == Report(9, 0.5)
    with pytest.raises(EOFError):
        ours.heard()
    ours.close()
