"""The baseline to beat: what one gets without windows, without roles and without origins.

Every address and domain that a document names is an indicator for ever; whoever signed for a
machine holds it; two names with one contact detail are one person; each report adds to the
probability. A sentence with a verb of the list is a claim: the name before the verb does it to the
name after it, the document says so itself, and nothing is ever hedged or denied.
"""

import csv
import gzip
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import combinations
from pathlib import Path
from typing import Any

from ashiato.exercise.scoring.dossier import (
    ClaimRow,
    Dossier,
    RungRow,
    SameRow,
    Span,
    TenancyRow,
    VictimRow,
)
from ashiato.exercise.scoring.holders import ROLES
from ashiato.exercise.scoring.lexicon import relation_verbs
from ashiato.exercise.scoring.score import Score, grade
from ashiato.exercise.truth import read_truth

_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_DOMAIN = re.compile(r"\b[\w-]+\.(?:example|test|invalid)\b")
_GROUP = re.compile(r"group(?: known as)? ([A-Z]\w+ [A-Z]\w+)")
_UNIT = re.compile(r"Unit \d+")
_SENTENCE = re.compile(r"[^\s.!?][^.!?\n]*(?:[.](?=\w)[^.!?\n]*)*[.!?]?")
_NAME = re.compile(r"[A-Z]\w+(?: [A-Z]\w+)*|\w*\d[\w.-]*\w")
_CONTACTS = ("card", "phone", "email", "postal")
_DOUBT_LEFT = 0.3
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Signed:
    """A row of a contract table by our field names."""

    fields: dict[str, str]

    def get(self, name: str) -> str:
        """Give one field, empty where the house does not keep it."""
        return self.fields.get(name, "")


def _case(case_dir: Path) -> dict[str, Any]:
    return tomllib.loads((case_dir / "case.toml").read_text("utf-8"))


def _documents(case_dir: Path) -> dict[str, str]:
    found = sorted((case_dir / "evidence" / "documents").glob("*.txt"))
    return {p.relative_to(case_dir).as_posix(): p.read_text("utf-8") for p in found}


def _contracts(case_dir: Path, case: dict[str, Any]) -> Iterator[Signed]:
    for entry in case["evidence"]:
        mapping = case["mappings"].get(entry.get("mapping"))
        if not mapping or mapping["kind"] != "contracts":
            continue
        with (case_dir / entry["files"]).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter=mapping["delimiter"]):
                yield Signed({ours: row[theirs] for ours, theirs in mapping["columns"].items()})


def _holds(path: Path, needles: re.Pattern[bytes]) -> bool:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        return any(needles.search(line) for line in file)


def _victims(case_dir: Path, case: dict[str, Any], needles: set[str]) -> Iterator[VictimRow]:
    either = b"|".join(re.escape(n.encode()) for n in sorted(needles))
    pattern = re.compile(rb"(?<![\w.-])(?:" + either + rb")(?![\w-])")
    for entry in case["evidence"]:
        if "organisation" in entry:
            files = sorted(case_dir.glob(entry["files"]))
            hit = bool(needles) and any(_holds(p, pattern) for p in files)
            yield VictimRow(entry["organisation"], "hit" if hit else "clear", None)


def _tenancies(signed: list[Signed], text: str) -> Iterator[TenancyRow]:
    for row in signed:
        for asset in ("asset", "account", "address"):
            if (value := row.get(asset)) and re.search(rf"(?<![\w.-]){re.escape(value)}\b", text):
                party = row.get("customer")
                yield from (
                    TenancyRow(value, party, "person", role, None, None, "certain")
                    for role in ROLES
                )


def _same(signed: list[Signed]) -> Iterator[SameRow]:
    by_contact: dict[tuple[str, str], list[str]] = {}
    for row in signed:
        for kind in _CONTACTS:
            value = re.sub(r"\W", "", row.get(kind))
            by_contact.setdefault((kind, value), []).append(row.get("contract"))
    for numbers in by_contact.values():
        yield from (SameRow(a, b, "same") for a, b in combinations(numbers, 2))


def _rung(rung: str, names: list[str], documents: dict[str, str]) -> RungRow:
    who = names[0] if names else ""
    reports = sum(who in text for text in documents.values()) if who else 0
    p = 1 - _DOUBT_LEFT**reports
    return RungRow(rung, who, p, "SUFFICIENT" if reports >= _ENOUGH else "INSUFFICIENT")


def _names(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[str]:
    return [m.group() for m in pattern.finditer(text, start, end)]


def _claims(path: str, text: str, voice: str) -> Iterator[ClaimRow]:
    """Take each sentence with a known verb for a claim of the names around it."""
    for sentence in _SENTENCE.finditer(text):
        start, end = sentence.span()
        for verb in re.finditer(r"\w+", sentence.group()):
            relation = relation_verbs().get(verb.group())
            if relation is None:
                continue
            before = _names(_NAME, text, start, start + verb.start())
            after = _names(_NAME, text, start + verb.end(), end)
            yield ClaimRow(
                paths=(path,),
                origin=(voice, voice),
                spans=(Span(path, start, end),),
                predicate=relation,
                subject=before[-1] if before else "",
                object=after[0] if after else "",
                polarity="affirmed",
                modality="stated",
                speaker=(voice, voice),
            )


def _voice(path: str, case: dict[str, Any]) -> str:
    """Give the source that a document came from, as case.toml has it."""
    names: dict[str, str] = {source["id"]: source["name"] for source in case["sources"]}
    came = (e["source"] for e in case["evidence"] if fnmatch(path, e["files"]))
    return names.get(next(came, ""), path)


def naive_dossier(case_dir: Path) -> Dossier:
    """Answer an exercise in the naive way, from its evidence files alone."""
    case, documents = _case(case_dir), _documents(case_dir)
    text = "\n".join(documents.values())
    signed = list(_contracts(case_dir, case))
    needles = {*_ADDRESS.findall(text), *_DOMAIN.findall(text)}
    tenancies = tuple(_tenancies(signed, text))
    parties = [row.party for row in tenancies]
    machines = [RungRow(r, row.asset, 1.0, "certain") for r, row in _firsts(tenancies)]
    persons = [RungRow(r, parties[0], 1.0, "certain") for r in ("persona", "person") if parties]
    reported = [
        _rung("group", _GROUP.findall(text), documents),
        _rung("sponsor", _UNIT.findall(text), documents),
    ]
    rungs = (*machines, *persons, *reported)
    return Dossier(
        victims=tuple(_victims(case_dir, case, needles)),
        tenancies=tenancies,
        identities=tuple(_same(signed)),
        handovers=(),
        rungs=rungs,
        hypotheses=(),
        weakest_rung=min(rungs, key=lambda r: r.p or 0.0).rung,
        claims=tuple(
            claim
            for path, text in documents.items()
            for claim in _claims(path, text, _voice(path, case))
        ),
    )


def _firsts(tenancies: tuple[TenancyRow, ...]) -> Iterator[tuple[str, TenancyRow]]:
    """Take the first two different names of one machine for the machine and its account."""
    seen = list({row.asset: row for row in tenancies}.values())
    return zip(("machine", "account"), seen[:2], strict=False)


def naive_score(case_dir: Path, truth: Path) -> Score:
    """Score the naive answer to the exercise in ``case_dir``: the column to compare with."""
    return grade(naive_dossier(Path(case_dir)), read_truth(Path(truth)), solver="naive")
