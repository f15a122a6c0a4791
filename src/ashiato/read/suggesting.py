"""A mapping proposed from a table's headings, for a person to check; nothing is ever applied."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ashiato.core.errors import BadInput
from ashiato.knowledge import load
from ashiato.read.dates import read_written
from ashiato.read.tables import split_rows, times_of_tables

_MARKS = re.compile(r"[\W_]+")
_DELIMITERS = (b",", b"\t", b";", b"|")
_ENCODINGS = ("utf-8-sig", "cp932", "gb18030", "big5")
_ROWS = 50


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the columns of a table seem to be.

    ``columns`` are our field and their heading, ``unknown`` headings that no list has, ``unread``
    fields of time in whose cells no date can be read as it stands. ``encodings`` are those in
    which the table can be read, the likeliest first.
    """

    kind: str
    columns: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    unread: tuple[str, ...]
    delimiter: str
    encodings: tuple[str, ...]


def suggest_mapping(raw: bytes, path: str) -> Suggestion:
    """Propose what each heading of a table means, by lists of words in three languages.

    Raises:
        BadInput: it has no rows of several cells, or none of its headings is known.

    """
    encodings = tuple(_readable(raw))
    if not encodings:
        raise _fault(path, "it can be read in none of the encodings that are tried")
    known = max(encodings, key=lambda name: _known(raw, name))
    delimiter, rows = _rows(raw, known)
    heading = [cell.strip() for cell in rows[0]] if rows else []
    columns, unknown = _columns(heading)
    if not columns:
        raise _fault(path, "none of its headings is on the list")
    kind = _kind(columns)
    order = (known, *(name for name in encodings if name != known))
    unread = _unread(columns, heading, rows[1:])
    return Suggestion(kind, tuple(sorted(columns.items())), unknown, unread, delimiter, order)


def _fault(path: str, problem: str) -> BadInput:
    return BadInput(problem, path=path, remedy="write [mappings.NAME] yourself: docs/case.md")


def _readable(raw: bytes) -> Iterator[str]:
    for name in _ENCODINGS:
        try:
            raw.decode(name)
        except UnicodeDecodeError:
            continue
        yield name


def _known(raw: bytes, encoding: str) -> tuple[int, int]:
    _, rows = _rows(raw, encoding)
    return len(_columns(rows[0])[0]) if rows else 0, -_ENCODINGS.index(encoding)


def _rows(raw: bytes, encoding: str) -> tuple[str, list[list[str]]]:
    """Cut the first rows at the delimiter that gives the heading row most cells."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    cut = {mark: _first(raw, mark, start) for mark in _DELIMITERS}
    mark = max(_DELIMITERS, key=lambda m: len(cut[m][0]) if cut[m] else 0)
    rows = [[cell.decode(encoding, "replace") for cell in row] for row in cut[mark]]
    return mark.decode(), rows


def _first(raw: bytes, mark: bytes, start: int) -> list[tuple[bytes, ...]]:
    rows = split_rows(raw, mark, start)
    return [row.cells for _, row in zip(range(_ROWS), rows, strict=False)]


@cache
def _words() -> dict[str, str]:
    fields: dict[str, list[str]] = load("headings")["fields"]
    return {folded_heading(w): name for name, words in reversed(fields.items()) for w in words}


def folded_heading(text: str) -> str:
    """Fold case, width, spaces and marks, so that ``Login_ID`` is ``login id``."""
    return _MARKS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _columns(heading: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    found: dict[str, str] = {}
    unknown = []
    for text in heading:
        name = _words().get(folded_heading(text))
        if name is None or name in found or heading.count(text) > 1:
            unknown.append(text)
        else:
            found[name] = text.strip()
    return found, tuple(unknown)


def _kind(columns: dict[str, str]) -> str:
    rows: list[dict[str, Any]] = load("headings")["kinds"]
    for row in rows:
        has = columns.keys()
        if set(row["needs"]) <= has and set(row["any"]) & has and not set(row["without"]) & has:
            return str(row["kind"])
    return "contracts"


def _unread(columns: dict[str, str], heading: list[str], rows: list[list[str]]) -> tuple[str, ...]:
    found = []
    for name in sorted(columns.keys() & times_of_tables()):
        k = [text.strip() for text in heading].index(columns[name])
        cells = [row[k] for row in rows if k < len(row) and row[k].strip()]
        if cells and all(read_written(cell, ()) is None for cell in cells):
            found.append(name)
    return tuple(found)


def mapping_text(found: Suggestion, name: str) -> str:
    """Write the proposal as TOML, with what a person must look at in comments."""
    key = name if name.isascii() else _text(name)  # TOML's bare keys are ASCII
    lines = [
        "# Proposed from the headings: check every line against the table before you use it.",
        f"# encoding: {' or '.join(found.encodings)} (state `encoding` under [[evidence]])",
        f"[mappings.{key}]",
        f"kind = {_text(found.kind)}",
        f"delimiter = {_text(found.delimiter)}",
    ]
    if found.unread:
        named = ", ".join(found.unread)
        lines.append(f'# no date can be read in {named}: give date_formats = ["%d.%m.%Y"] or such')
    lines += ["", f"[mappings.{key}.columns]"]
    lines += [f"{field} = {_text(heading)}" for field, heading in found.columns]
    lines += [f"# not known: {_text(text)}" for text in found.unknown]
    return "\n".join(lines)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
