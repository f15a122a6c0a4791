"""The answer to be scored: what a dossier's contract files say, and nothing else of the program."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from ashiato.core.errors import BadInput
from ashiato.core.time import parse_instant

Row = Mapping[str, str]
ANSWERED = frozenset({"SUFFICIENT", "REFUTED", "certain"})
"""Verdicts of a rung that commit themselves; the others leave it open."""
_REMEDY = "run the case first, so that its dossier is written"


@dataclass(frozen=True, slots=True)
class VictimRow:
    """One line of victims.csv."""

    organisation: str
    status: str
    first_seen: datetime | None


@dataclass(frozen=True, slots=True)
class TenancyRow:
    """One line of tenancies.csv; an unknown bound is ``None``.

    It held at some time from ``start`` to ``end``, and throughout ``surely``, where that is told.
    """

    asset: str
    party: str
    party_type: str
    role: str
    start: datetime | None
    end: datetime | None
    status: str
    surely: tuple[datetime | None, datetime | None] = (None, None)

    def status_at(self, at: datetime) -> str:
        """Give the status at an instant: near an uncertain bound even ``certain`` is possible."""
        start, end = self.surely
        outside = (start is not None and at < start) or (end is not None and end <= at)
        return "possible" if outside and self.status == "certain" else self.status

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
class HypothesisRow:
    """One answer weighed for a rung.

    ``kind`` is ``candidate``, ``imitator``, ``resale`` or ``none``.
    """

    rung: str
    label: str
    kind: str
    p: float


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """The code points [start, end) of a document."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim: the files and spans it is cited to, and what it says; nobody is empty.

    ``origin`` and ``speaker`` are an id and the words for it.
    """

    paths: tuple[str, ...]
    origin: tuple[str, str]
    spans: tuple[Span, ...] = ()
    predicate: str = ""
    subject: str = ""
    object: str = ""
    polarity: str = ""
    modality: str = ""
    speaker: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Dossier:
    """An answer, from whatever solver."""

    victims: tuple[VictimRow, ...]
    tenancies: tuple[TenancyRow, ...]
    identities: tuple[SameRow, ...]
    handovers: tuple[HandoverRow, ...]
    rungs: tuple[RungRow, ...]
    hypotheses: tuple[HypothesisRow, ...]
    weakest_rung: str
    claims: tuple[ClaimRow, ...]


def _text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text("utf-8")
    except FileNotFoundError as missing:
        raise BadInput("the dossier lacks it", path=str(folder / name), remedy=_REMEDY) from missing


def _rows(folder: Path, name: str) -> Iterator[Row]:
    return csv.DictReader(StringIO(_text(folder, name), newline=""))


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
        surely = _instant(row.get("start_max")), _instant(row.get("end_min"))
        yield TenancyRow(
            row["asset"],
            row["party"],
            row["party_type"],
            row["role"],
            start,
            end,
            row["status"],
            surely,
        )


def _handovers(folder: Path) -> Iterator[HandoverRow]:
    for row in _rows(folder, "handovers.csv"):
        window = _instant(row["window_start"]), _instant(row["window_end"])
        yield HandoverRow(row["account"], *window, _number(row["p"]))


def _voice(claim: dict[str, Any], field: str) -> tuple[str, str]:
    voice = claim.get(field) or {}
    return (voice.get("id") or "", voice.get("text") or "")


def _spans(claim: dict[str, Any]) -> Iterator[Span]:
    for citation in claim["citations"]:
        locator = citation.get("locator") or {}
        if locator.get("kind") == "span":
            yield Span(citation["path"], locator["start"], locator["end"])


def _claim(claim: dict[str, Any]) -> ClaimRow:
    return ClaimRow(
        paths=tuple(c["path"] for c in claim["citations"]),
        origin=_voice(claim, "origin"),
        spans=tuple(_spans(claim)),
        predicate=claim.get("predicate") or "",
        subject=(claim.get("subject") or {}).get("text") or "",
        object=(claim.get("object") or {}).get("text") or "",
        polarity=claim.get("polarity") or "",
        modality=claim.get("modality") or "",
        speaker=_voice(claim, "speaker"),
    )


def _claims(folder: Path) -> Iterator[ClaimRow]:
    # a quote may hold a line separator of Unicode: only a line feed ends a line of JSON
    lines = _text(folder, "claims.jsonl").split("\n")
    yield from (_claim(json.loads(line)) for line in lines if line)


def _hypotheses(verdicts: list[dict[str, Any]]) -> Iterator[HypothesisRow]:
    """Take the answers weighed on each rung, and those of a question for the rung it asks about."""
    for verdict in verdicts:
        weighed = [(verdict.get("rung") or "", verdict["hypotheses"])]
        weighed += [(r["rung"], r.get("hypotheses") or []) for r in verdict["ladder"]]
        for rung, hypotheses in weighed:
            for h in hypotheses:
                if (p := _number(h["p"])) is not None:
                    yield HypothesisRow(rung, h["label"], h.get("kind") or "candidate", p)


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
        hypotheses=tuple(dict.fromkeys(_hypotheses(verdicts))),
        weakest_rung=verdicts[0]["weakest_rung"] if verdicts else "",
        claims=tuple(_claims(folder)),
    )
