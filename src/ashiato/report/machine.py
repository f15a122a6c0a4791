"""The machine-readable files of a dossier, as bytes: JSON, JSON lines, CSV.

Rows are sorted by content, so that the order of adding cannot show.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ashiato.core.assessed import AssessedCase
from ashiato.core.canonical import canonical_json
from ashiato.core.claims import Claim
from ashiato.report import rows
from ashiato.report.citing import compact, position

VICTIMS = [
    "organisation",
    "status",
    "first_seen",
    "last_seen",
    "hosts",
    "sightings",
    "kinds",
    "coverage_start",
    "coverage_end",
    "best_citation",
    "excluded",
]
CENSUS = [
    "organisation",
    "log_kind",
    "period_start",
    "period_end",
    "status",
    "first_seen",
    "last_seen",
    "hosts",
    "sightings",
    "excluded",
    "repeated",
    "bytes_out",
    "bytes_in",
    "days",
    "days_covered",
    "gaps",
    "best_citations",
]
PROPOSED = [
    "value",
    "start",
    "end",
    "reason",
    "rank",
    "score",
    "type",
    "hosts_hit",
    "hosts_hit_of",
    "hosts_not_hit",
    "hosts_not_hit_of",
    "organisations_hit",
    "organisations_not_hit",
    "first_seen",
    "last_seen",
    "origins",
    "indicators",
    "citations",
]
TENANCIES = [
    "asset",
    "asset_type",
    "party",
    "party_type",
    "role",
    "start_min",
    "start_max",
    "end_min",
    "end_max",
    "basis",
    "status",
    "citations",
    "because",
    "origins",
    "id",
]
IDENTITIES = [
    "entity_a",
    "entity_b",
    "judgement",
    "score",
    "because",
    "decided_by",
    "entity_a_type",
    "entity_b_type",
    "entity_a_id",
    "entity_b_id",
    "citations",
]
HANDOVERS = [
    "account",
    "from_party",
    "to_party",
    "window_start",
    "window_end",
    "p",
    "channels",
    "citations",
    "because",
    "manner",
]
EXHIBITS = ["path", "sha256", "size", "source"]

_FORMULA = re.compile(r"[=\t\r]|[+-](?![\d\s().-]*$)|@(?=.*\()")


def machine_files(case: AssessedCase) -> dict[str, bytes]:
    """Give every machine-readable file of the dossier by name; the case is masked already."""
    return {
        "verdict.json": _json([rows.verdict_row(verdict) for verdict in case.verdicts]),
        "proceedings.json": _json(_proceedings(case)),
        "claims.jsonl": _lines(_claims(case)),
        "indicators.jsonl": _sorted_lines(rows.indicator_row(i) for i in case.indicators),
        "techniques.jsonl": _sorted_lines(rows.technique_row(t) for t in case.techniques),
        "contradictions.jsonl": _sorted_lines(
            rows.contradiction_row(c) for c in case.contradictions
        ),
        "sightings.jsonl": _sorted_lines(_sightings(case)),
        "leads.jsonl": _sorted_lines(rows.lead_row(lead) for lead in case.leads),
        "problems.jsonl": _sorted_lines(rows.problem_row(p) for p in case.problems),
        "victims.csv": csv_bytes(VICTIMS, map(rows.victim_row, case.census)),
        "census.csv": csv_bytes(CENSUS, map(rows.cell_row, case.cells)),
        "proposed.csv": csv_bytes(PROPOSED, _proposals(case)),
        "tenancies.csv": csv_bytes(TENANCIES, map(rows.tenancy_row, case.tracing.tenancies)),
        "identities.csv": csv_bytes(IDENTITIES, map(rows.identity_row, case.tracing.judgements)),
        "handovers.csv": csv_bytes(HANDOVERS, map(rows.handover_row, case.tracing.handovers)),
        "conflicts.jsonl": _sorted_lines(rows.conflict_row(c) for c in case.tracing.conflicts),
        "exhibits.csv": csv_bytes(EXHIBITS, _exhibits(case)),
    }


def sorted_claims(claims: Iterable[Claim]) -> list[Claim]:
    """Give the claims in the order of the documents: path, place, id."""

    def key(claim: Claim) -> tuple[str, tuple[int, int], str]:
        first = min(claim.citations, key=compact, default=None)
        return (
            ("", (0, 0), claim.id)
            if first is None
            else (first.path, position(first.locator), claim.id)
        )

    return sorted(claims, key=key)


def _claims(case: AssessedCase) -> Iterable[dict[str, Any]]:
    reviews = {review.id: review for review in case.reviews}
    return (rows.claim_row(claim, reviews.get(claim.id)) for claim in sorted_claims(case.claims))


def _proceedings(case: AssessedCase) -> list[dict[str, Any]]:
    claims = {claim.id: claim for claim in case.claims}
    found = (rows.proceedings_row(item, claims) for item in case.proceedings)
    return sorted(found, key=canonical_json)


def _sightings(case: AssessedCase) -> Iterable[dict[str, Any]]:
    windows = {indicator.id: indicator.window for indicator in case.indicators}
    return (rows.sighting_row(s, windows.get(s.indicator)) for s in case.sightings)


def _proposals(case: AssessedCase) -> Iterable[dict[str, str]]:
    """Give the proposals in their order, the strongest first: it is their rank."""
    for rank, proposal in enumerate(case.proposals, start=1):
        yield {name: str(cell) for name, cell in rows.proposal_row(proposal, rank).items()}


def _exhibits(case: AssessedCase) -> Iterable[dict[str, str]]:
    return (rows.exhibit_row(e, case.exhibit_sources.get(e.path, "")) for e in case.exhibits)


def _json(value: Sequence[Any]) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1).encode() + b"\n"


def _lines(items: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(canonical_json(item) + b"\n" for item in items)


def _sorted_lines(items: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(line + b"\n" for line in sorted(map(canonical_json, items)))


def safe_cell(text: str) -> str:
    """Keep a spreadsheet from taking evidence for a formula; numbers stay as they are."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_bytes(columns: Sequence[str], items: Iterable[Mapping[str, str]]) -> bytes:
    """Write rows of texts as CSV (RFC 4180), sorted, no cell a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(sorted([safe_cell(item[name]) for name in columns] for item in items))
    return out.getvalue().encode()
