"""Review outside the terminal: one row a claim out, decisions back in, all of them or none."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ashiato.case.corrections import EDITABLE, fields_of
from ashiato.case.reviewing import ACCEPTING, Desk, Item, Wish
from ashiato.case.why import place_of
from ashiato.core.errors import BadInput
from ashiato.core.plain import visible
from ashiato.report import safe_cell

Row = Mapping[str, str]
SCHEMA = "ashiato.review/1"
NEW = "new_"
TOLD = (
    "claim", "path", "place", "quote", "context", *EDITABLE[:-1], "cues", "method", "bears",
    "decibans", "review", "decided",
)  # fmt: skip
"""What the sheet tells of a claim: the fields are those of the reading in force."""
ASKED = ("decision", "reason", *(NEW + name for name in EDITABLE))
"""What a person fills in."""
CLEARED = "-"
"""Stands in a field that is to be emptied; an empty cell leaves the field as it is."""
_WORDS = {"accept": "accepted", "reject": "rejected", "correct": "corrected", "add": "added"}


def row_of(item: Item, desk: Desk) -> dict[str, str]:
    """Give one claim as texts, masked, its invisible characters written out."""
    cited = item.claim.citations[0]
    passage = desk.passage(cited)
    told = {
        "claim": item.claim.id,
        "path": cited.path,
        "place": place_of(cited),
        "quote": passage.quote,
        "context": f"{passage.before}[{passage.quote}]{passage.after}",
        **{k: desk.masked(v) for k, v in fields_of(item.now).items() if k != "quote"},
        "cues": ", ".join(item.claim.cues),
        "method": item.now.method,
        "bears": " ".join(sorted({use.rung for use in item.uses})),
        "decibans": f"{item.weight:.1f}" if item.uses else "",
        "review": item.state.value,
        "decided": "; ".join(f"{r.state} by {r.by}: {r.reason}" for r in item.review.rulings),
    }
    return {name: visible(text) for name, text in told.items()}


def export(path: Path, items: Sequence[Item], desk: Desk) -> int:
    """Write a sheet to fill in, as CSV or JSON by the file's ending, and give its rows.

    Raises:
        BadInput: another ending, the file is there already, or it cannot be written.

    """
    ending = _ending(path)
    rows = [row_of(item, desk) | dict.fromkeys(ASKED, "") for item in items]
    data = _csv(rows) if ending == ".csv" else _json(rows, desk)
    try:
        with path.open("x", encoding="utf-8", newline="") as out:
            out.write(data)
    except FileExistsError as error:
        remedy = "name a new file: somebody's decisions may be in this one"
        raise BadInput("is there already", path=str(path), remedy=remedy) from error
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", path=str(path)) from error
    return len(rows)


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in {".csv", ".json"}:
        raise BadInput("is neither .csv nor .json", path=str(path), remedy="name it FILE.csv")
    return ending


def _csv(rows: Sequence[Row]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*TOLD, *ASKED])
    writer.writerows([safe_cell(row[name]) for name in (*TOLD, *ASKED)] for row in rows)
    return out.getvalue()


def _json(rows: Sequence[Row], desk: Desk) -> str:
    body = {"schema": SCHEMA, "case": desk.case.id, "claims": rows}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def wishes(path: Path, desk: Desk) -> tuple[Wish, ...]:
    """Read the decisions of a filled sheet; rows without one are passed over.

    Raises:
        BadInput: the file is no such sheet, or a row cannot be taken: it names row and remedy.

    """
    rows = _rows(path)
    seen: dict[str, int] = {}
    found = []
    for number, row in enumerate(rows, 2 if path.suffix.lower() == ".csv" else 1):
        try:
            wish = _wish(row, desk)
            if wish is not None:
                _check_once(wish, number, seen)
                desk.prepare(wish)
                found.append(wish)
        except BadInput as error:
            place = f"row {number}" + (f", {error.place}" if error.place else "")
            raise BadInput(
                error.problem, path=str(path), place=place, remedy=error.remedy
            ) from error
    return tuple(found)


def _check_once(wish: Wish, number: int, seen: dict[str, int]) -> None:
    key = f"{wish.claim} {'origin' if wish.state == 'origin' else ''}"
    if wish.state != "added" and seen.setdefault(key, number) != number:
        remedy = "leave one of the two rows"
        raise BadInput(f"decides again on the claim of row {seen[key]}", remedy=remedy)


def _rows(path: Path) -> list[dict[str, str]]:
    ending = _ending(path)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        remedy = "name a file made with --export"
        raise BadInput(
            f"cannot be read: {error.strerror}", path=str(path), remedy=remedy
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput("is not UTF-8", path=str(path), remedy="save it as CSV UTF-8") from error
    try:
        return _from_csv(text) if ending == ".csv" else _from_json(text)
    except (ValueError, TypeError, KeyError, csv.Error) as error:
        remedy = "fill in a file made with --export; keep its headings"
        raise BadInput(f"is no review sheet: {error}", path=str(path), remedy=remedy) from error


def _from_csv(text: str) -> list[dict[str, str]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(1 << 24)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    _check_heads(reader.fieldnames or ())
    rows = []
    for row in reader:
        if None in row or None in row.values():
            raise ValueError(f"line {reader.line_num} has more or fewer cells than the headings")
        rows.append({name: _unsafe(cell) for name, cell in row.items()})
    return rows


def _from_json(text: str) -> list[dict[str, str]]:
    rows: list[Any] = json.loads(text)["claims"]
    for row in rows:
        _check_heads(row)
        if not all(isinstance(value, str) for value in row.values()):
            raise TypeError("every value must be a text")
    return rows


def _check_heads(names: Sequence[str] | Mapping[str, str]) -> None:
    missing = [name for name in ("claim", "decision", "reason") if name not in names]
    unknown = [name for name in names if name.startswith(NEW) and name not in ASKED]
    if missing:
        raise ValueError(f"no heading {missing[0]!r}")
    if unknown:
        raise ValueError(f"unknown heading {unknown[0]!r}")


def _unsafe(cell: str) -> str:
    """Undo `safe_cell`."""
    return cell[1:] if cell.startswith("'") and safe_cell(cell[1:]) == cell else cell


def _wish(row: Row, desk: Desk) -> Wish | None:
    said = row["decision"].strip().lower()
    state = _WORDS.get(said, said)
    fields = {
        name: "" if value.strip() == CLEARED else value
        for name in EDITABLE
        if (value := row.get(NEW + name, "")).strip()
    }
    if not state:
        if fields:
            name = next(iter(fields))
            remedy = "write corrected, origin or added as its decision, or empty the field"
            raise BadInput("has a new value and no decision", place=NEW + name, remedy=remedy)
        return None
    if state in {"accepted", "rejected", "unsure"} and fields:
        remedy = "write corrected, or empty the field"
        raise BadInput(f"{state} takes no new value", place=NEW + next(iter(fields)), remedy=remedy)
    if state == "added":
        return Wish(row.get("path", ""), state, row["reason"] or "the machine missed it", fields)
    _check_quote(row, desk)
    return Wish(row["claim"].strip(), state, row["reason"] or _default(state), fields)


def _default(state: str) -> str:
    return ACCEPTING if state == "accepted" else ""


def _check_quote(row: Row, desk: Desk) -> None:
    """Make sure that the person looked at the words that the claim stands on."""
    item = desk.item(row["claim"].strip())
    seen = row.get("quote", "")
    if _folded(seen) != _folded(row_of(item, desk)["quote"]):
        remedy = "export again; to move the citation fill new_quote"
        raise BadInput("the quote was changed, or is another claim's", place="quote", remedy=remedy)


def _folded(text: str) -> str:
    """Spreadsheets change line ends inside a cell."""
    return " ".join(text.split())
