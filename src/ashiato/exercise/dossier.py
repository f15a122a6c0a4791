"""The answer to be scored: what a dossier's contract files say, and nothing else of the program."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ashiato.core.errors import BadInput
from ashiato.core.time import parse_instant

Row = Mapping[str, str]
_REMEDY = "run the case first, so that its dossier is written"


@dataclass(frozen=True, slots=True)
class VictimRow:
    """One line of victims.csv."""

    organisation: str
    status: str
    first_seen: datetime | None


@dataclass(frozen=True, slots=True)
class TenancyRow:
    """One line of tenancies.csv; an unknown bound is ``None``."""

    asset: str
    party: str
    party_type: str
    role: str
    start: datetime | None
    end: datetime | None
    status: str

    def may_hold(self, at: datetime) -> bool:
        """Whether the interval could hold at an instant."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def may_meet(self, start: datetime, end: datetime | None) -> bool:
        """Whether the interval could overlap ``[start, end)``."""
        before_end = self.start is None or end is None or self.start < end
        return before_end and (self.end is None or start < self.end)


@dataclass(frozen=True, slots=True)
class SameRow:
    """One line of identities.csv."""

    entity_a: str
    entity_b: str
    judgement: str


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One line of handovers.csv; ``p`` is ``None`` where it is stated, not computed."""

    account: str
    start: datetime | None
    end: datetime | None
    p: float | None


@dataclass(frozen=True, slots=True)
class RungRow:
    """One rung of the ladder."""

    rung: str
    who: str
    p: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """Which files a claim is cited to, and the origin that it is put down to."""

    paths: tuple[str, ...]
    origin: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Dossier:
    """An answer, from whatever solver."""

    victims: tuple[VictimRow, ...]
    tenancies: tuple[TenancyRow, ...]
    identities: tuple[SameRow, ...]
    handovers: tuple[HandoverRow, ...]
    rungs: tuple[RungRow, ...]
    hypotheses: tuple[tuple[str, float], ...]
    weakest_rung: str
    claims: tuple[ClaimRow, ...]


def _text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text("utf-8")
    except FileNotFoundError as missing:
        raise BadInput("the dossier lacks it", path=str(folder / name), remedy=_REMEDY) from missing


def _rows(folder: Path, name: str) -> Iterator[Row]:
    return csv.DictReader(_text(folder, name).splitlines(keepends=True))


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def _number(value: str | float | None) -> float | None:
    return None if value is None or value == "" else float(value)


def _entity(row: Row, column: str) -> str:
    """Give an entity as the row names it, with its id beside the name where the row has one."""
    return f"{row[column]} {row.get(f'{column}_id') or ''}".strip()


def _tenancies(folder: Path) -> Iterator[TenancyRow]:
    for row in _rows(folder, "tenancies.csv"):
        start, end = _instant(row["start_min"]), _instant(row["end_max"])
        kind, role = row["party_type"], row["role"]
        yield TenancyRow(row["asset"], row["party"], kind, role, start, end, row["status"])


def _handovers(folder: Path) -> Iterator[HandoverRow]:
    for row in _rows(folder, "handovers.csv"):
        window = _instant(row["window_start"]), _instant(row["window_end"])
        yield HandoverRow(row["account"], *window, _number(row["p"]))


def _claims(folder: Path) -> Iterator[ClaimRow]:
    for line in _text(folder, "claims.jsonl").splitlines():
        claim = json.loads(line)
        origin = claim.get("origin") or {}
        paths = tuple(c["path"] for c in claim["citations"])
        yield ClaimRow(paths, (origin.get("id") or "", origin.get("text") or ""))


def _rungs(verdicts: list[dict[str, Any]]) -> tuple[RungRow, ...]:
    """Take each rung from the question about it; else from the first question that shows it."""
    found: dict[str, RungRow] = {}
    for verdict in verdicts:
        for rung in verdict["ladder"]:
            row = RungRow(rung["rung"], rung["who"], _number(rung["p"]), rung["verdict"])
            if verdict.get("rung") == row.rung or row.rung not in found:
                found[row.rung] = row
    return tuple(found.values())


def _verdicts(folder: Path) -> list[dict[str, Any]]:
    data = json.loads(_text(folder, "verdict.json"))
    return data if isinstance(data, list) else [data]


def read_dossier(case_dir: Path) -> Dossier:
    """Read the contract files of the dossier in ``case_dir``.

    Raises:
        BadInput: a file is missing, or is not what the contract says.

    """
    folder = case_dir / "dossier"
    try:
        return _read(folder)
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        problem = f"a contract file is not as agreed ({type(broken).__name__}: {broken})"
        raise BadInput(problem, path=str(folder), remedy="see docs/formats.md") from broken


def _read(folder: Path) -> Dossier:
    verdicts = _verdicts(folder)
    return Dossier(
        victims=tuple(
            VictimRow(row["organisation"], row["status"], _instant(row["first_seen"]))
            for row in _rows(folder, "victims.csv")
        ),
        tenancies=tuple(_tenancies(folder)),
        identities=tuple(
            SameRow(_entity(row, "entity_a"), _entity(row, "entity_b"), row["judgement"])
            for row in _rows(folder, "identities.csv")
        ),
        handovers=tuple(_handovers(folder)),
        rungs=_rungs(verdicts),
        hypotheses=tuple(
            (h["label"], p)
            for verdict in verdicts
            for h in verdict["hypotheses"]
            if (p := _number(h["p"])) is not None
        ),
        weakest_rung=verdicts[0]["weakest_rung"] if verdicts else "",
        claims=tuple(_claims(folder)),
    )
