"""Compare names for the command line: one pair, or a file of pairs, in order and one at a time."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ashiato.core.errors import BadInput
from ashiato.trace.names import Comparison, Value, compare

SCHEMA = "ashiato.names/1"
LONGEST_LINE = 64 * 1024
"""Bytes of one line of pairs; two names take far fewer."""
_HEADINGS = ("a", "b")
_Take = Callable[[str], tuple[str, str]]


def name_row(a: str, b: str) -> dict[str, Any]:
    """Give what is said of two names, as data."""
    return _row(a, b, compare(a, b))


def _row(a: str | None, b: str | None, answer: Comparison) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "a": a if a is None else _writable(a),
        "b": b if b is None else _writable(b),
        "value": answer.value.value,
        "compared": answer.compared,
        "readings": [
            {"system": r.system, "text": r.text, "value": r.value.value} for r in answer.readings
        ],
        "because": answer.because,
    }


def _writable(name: str) -> str:
    """Write half a surrogate pair, which no output can hold, as its code."""
    return name.encode("utf-8", "backslashreplace").decode()


def name_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Give the answers for a file of pairs, in its order, a row for an unreadable line, too.

    The file has one JSON object ``{"a", "b"}`` a line, or CSV with the headings ``a,b``.

    Raises:
        BadInput: the file cannot be opened, or is neither.

    """
    try:
        with path.open("rb") as stream:
            yield from _from_lines(_lines(stream), path)
    except OSError as error:
        remedy = "name a file that can be read"
        raise BadInput(
            f"cannot be read: {error.strerror}", path=str(path), remedy=remedy
        ) from error


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Give each line; of one that is too long its beginning, which is then refused."""
    while line := stream.readline(LONGEST_LINE):
        yield line
        while len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)


def _from_lines(lines: Iterator[bytes], path: Path) -> Iterator[dict[str, Any]]:
    first = next(lines, b"").removeprefix(b"\xef\xbb\xbf")
    if first.lstrip().startswith(b"{"):
        yield _answered(1, first, _parsed)
        take: _Take = _parsed
    else:
        take = _taker(first, path)
    for number, line in enumerate(lines, 2):
        if line.strip():
            yield _answered(number, line, take)


def _taker(first: bytes, path: Path) -> _Take:
    """Read the headings of a CSV: which cells of a line are the two names."""
    try:
        headings = [cell.strip().casefold() for cell in _cells(first.decode())]
        columns = [headings.index(name) for name in _HEADINGS]
    except (ValueError, csv.Error) as error:
        remedy = 'give {"a": "...", "b": "..."} a line, or CSV with the headings a,b, in UTF-8'
        raise BadInput(
            "holds no pairs of names", path=str(path), place="1", remedy=remedy
        ) from error
    return lambda text: _picked(_cells(text), columns)


def _answered(number: int, line: bytes, take: _Take) -> dict[str, Any]:
    """Answer one line, or say in its place why it cannot be read."""
    try:
        return name_row(*take(_whole(line).decode()))
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, csv.Error) as error:
        because = f"not compared: line {number} cannot be read as a pair of names ({error})"
        return _row(None, None, Comparison(Value.NONE, (), because, compared=False))


def _whole(line: bytes) -> bytes:
    if len(line) >= LONGEST_LINE:
        raise ValueError(f"it is longer than {LONGEST_LINE} bytes")
    return line


def _cells(text: str) -> list[str]:
    return next(csv.reader([text.rstrip("\r\n")], strict=True), [])


def _picked(cells: list[str], columns: list[int]) -> tuple[str, str]:
    a, b = (cells[column] for column in columns)
    return a, b


def _parsed(text: str) -> tuple[str, str]:
    value = json.loads(text)
    a, b = value["a"], value["b"]
    if not (isinstance(a, str) and isinstance(b, str)):
        raise TypeError("a and b must be texts")
    return a, b


def names_text(row: dict[str, Any]) -> str:
    """Write an answer for people."""
    said = row["value"] if row["compared"] else "not compared"
    head = f"{said:<12}  {row['a']} · {row['b']}" if row["a"] is not None else f"{said:<12}"
    return f"{head}\n    {row['because'].removeprefix('not compared: ')}"
