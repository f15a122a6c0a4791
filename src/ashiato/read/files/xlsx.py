"""A workbook to text: a line for each row, tabs between cells, each cell with its place."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ashiato.read.files.frames import Frame, Pen, clean, note
from ashiato.read.files.zip import checked
from ashiato.read.sandbox import Refused

CELLS = 500_000
"""Filled cells that are read of one workbook."""


def extract(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Give every sheet under its name; the values that stand in the cells, never formulas."""
    try:
        with ZipFile(stream) as archive:
            checked(archive)
        stream.seek(0)
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except (BadZipFile, KeyError, ValueError, TypeError) as error:
        raise Refused(f"no workbook that can be opened: {error}") from error
    pen, left = Pen(), CELLS
    for number, sheet in enumerate(book.worksheets, 1):
        start = pen.at
        yield from pen.write(f"{sheet.title}\n\n")
        places: list[list[object]] = []
        for cell, frames in _cells(sheet, pen):
            yield from frames
            places.append([cell[1], pen.at, number, None, cell[0]])
            left -= 1
            if left <= 0:
                told = f"only the first {CELLS} cells are read"
                yield note("cut-off", told, "split the workbook")
                break
        yield {"places": places}
        yield from pen.write("\n\n")
        if sheet.sheet_state != "visible":
            yield {"hidden": [start, pen.at, "a hidden sheet"]}
        if left <= 0:
            return


def _cells(sheet: Any, pen: Pen) -> Iterator[tuple[tuple[str, int], list[Frame]]]:  # noqa: ANN401 - untyped library
    for row in sheet.iter_rows():
        first = True
        for cell in row:
            written = _written(cell.value)
            if not written:
                continue
            before = list(pen.write("\n" if first else "\t"))
            start, first = pen.at, False
            name = f"{clean(sheet.title)}!{get_column_letter(cell.column)}{cell.row}"
            yield (name, start), before + list(pen.write(written))


def _written(value: object) -> str:
    """Write a value as a person reads it; line ends inside a cell become blanks."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return " ".join(str(value).split())
