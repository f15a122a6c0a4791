"""The rows of the machine-readable files, in the names and shapes that others rely on.

Each function gives plain data for one value of the case; `docs/formats.md` documents every field
and `docs/schemas` holds a JSON Schema for each kind of row. A new field may be added; none may be
renamed without a new version of its schema.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from ashiato.core.canonical import to_plain
from ashiato.core.claims import Claim, ClaimReview, Entity, Polarity, counts
from ashiato.core.evidence import Citation, Exhibit, Locator, Problem
from ashiato.core.members import member_of
from ashiato.core.records import CensusCell, CensusRow, Indicator, Lead, Proposal, Sighting
from ashiato.core.techniques import KNOWN_TECHNIQUES, TechniqueMention
from ashiato.core.tenancy import Conflict, Handover, Judgement, Tenancy
from ashiato.core.time import UncertainInterval, format_instant
from ashiato.core.weighing import (
    Contradiction,
    Proceedings,
    Reason,
    RungVerdict,
    StandardVerdict,
    Verdict,
)
from ashiato.report.citing import citation_plain, compact, compact_all, position


def claim_row(claim: Claim, review: ClaimReview | None = None) -> dict[str, Any]:
    """Give one line of ``claims.jsonl``, with what persons decided about it."""
    proposition = claim.proposition
    return {
        "schema": "ashiato.claim/1",
        "id": claim.id,
        "subject": to_plain(proposition.subject),
        "predicate": proposition.predicate,
        "object": to_plain(proposition.object),
        "role": proposition.role,
        "polarity": claim.polarity.value,
        "modality": claim.modality.value,
        "basis": claim.basis.value,
        "cues": list(claim.cues),
        "speaker": to_plain(claim.speaker),
        "origin": to_plain(claim.origin),
        "said_at": to_plain(claim.said_at),
        "valid": to_plain(proposition.valid),
        "citations": [citation_plain(citation) for citation in claim.citations],
        "method": claim.method,
        "parents": list(claim.parents),
        "review": claim.review.value,
        "rulings": [to_plain(ruling) for ruling in review.rulings] if review else [],
        "replaced_by": review.replaced_by if review else None,
    }


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """Give one object of ``verdict.json``: the answer to one question."""
    plain: dict[str, Any] = to_plain(replace(verdict, ladder=(), standards=()))
    return {
        "schema": "ashiato.verdict/1",
        **plain,
        "ladder": [_rung(rung) for rung in verdict.ladder],
        "standards": _standards(verdict.standards),
    }


def _rung(rung: RungVerdict) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(replace(rung, standards=(), reasons=()))
    return {**plain, **_reasons(rung.reasons), "standards": _standards(rung.standards)}


def _reasons(reasons: Sequence[Reason]) -> dict[str, Any]:
    return {
        "reasons": [reason.code for reason in reasons],
        "reason_details": [to_plain(reason) for reason in reasons],
    }


def _standards(standards: Iterable[StandardVerdict]) -> dict[str, Any]:
    return {
        answer.standard.name: {
            "verdict": answer.verdict.value,
            **_reasons(answer.reasons),
            "standard": to_plain(answer.standard),
        }
        for answer in standards
    }


def indicator_row(indicator: Indicator) -> dict[str, Any]:
    """Give one line of ``indicators.jsonl``; ``start`` and ``end`` are the widest bounds."""
    window = indicator.window
    return {
        "schema": "ashiato.indicator/1",
        "id": indicator.id,
        "type": indicator.observable.type.value,
        "value": indicator.observable.value,
        "start": to_plain(window.start_min),
        "end": to_plain(window.end_max),
        "quote": indicator.citations[0].quote if indicator.citations else "",
        "window": to_plain(window),
        "reason": indicator.reason,
        "asset": indicator.asset,
        "party": indicator.party,
        "origins": list(indicator.origins),
        "citations": [citation_plain(citation) for citation in indicator.citations],
    }


def contradiction_row(found: Contradiction) -> dict[str, Any]:
    """Give one line of ``contradictions.jsonl``."""
    plain: dict[str, Any] = to_plain(found)
    return {"schema": "ashiato.contradiction/1", **plain}


def technique_row(mention: TechniqueMention) -> dict[str, Any]:
    """Give one line of ``techniques.jsonl`` and of ``ashiato techniques --json``."""
    best = mention.best
    return {
        "schema": "ashiato.technique/1",
        "id": best.id,
        "name": best.name,
        "probability": best.probability,
        "margin": best.margin,
        "words": list(best.words),
        "others": [
            {"id": o.id, "name": o.name, "probability": o.probability, "margin": o.margin}
            for o in mention.others
        ],
        "quote": mention.sentence.quote,
        "citations": [citation_plain(mention.sentence)],
        "known": KNOWN_TECHNIQUES,
    }


def sighting_row(sighting: Sighting, window: UncertainInterval | None) -> dict[str, Any]:
    """Give one line of ``sightings.jsonl`` and of ``ashiato hunt --json``."""
    citation = sighting.citation
    locator = citation.locator
    return {
        "schema": "ashiato.sighting/1",
        "indicator": sighting.observable.value,
        "indicator_type": sighting.observable.type.value,
        "indicator_id": sighting.indicator,
        "window": None if window is None else _window(window),
        "organisation": sighting.organisation,
        "ts": format_instant(sighting.ts),
        "host": sighting.host,
        "log_kind": sighting.log_kind,
        "matched_field": sighting.matched_field,
        "matched_value": sighting.matched_value,
        "exhibit": citation.exhibit,
        "path": citation.path,
        "record": getattr(locator, "record", None),
        "byte_offset": getattr(locator, "byte_offset", None),
        "byte_length": getattr(locator, "byte_length", None),
        "codec": getattr(locator, "codec", None),
        "member": _member(locator),
        "status": sighting.status.value,
        "reason": sighting.reason,
    }


def _member(locator: Locator) -> str | None:
    """Name the member of an archive in which a record stands."""
    found = member_of(getattr(locator, "codec", None))
    return found.name if found else getattr(locator, "member", None)


def lead_row(lead: Lead) -> dict[str, Any]:
    """Give one line of ``leads.jsonl`` and of ``ashiato leads --json``."""
    return {
        "schema": "ashiato.lead/1",
        "kind": lead.kind.value,
        "organisations": list(lead.organisations),
        "machines": [{"organisation": org, "host": host} for org, host in lead.machines],
        "destination": lead.destination,
        "log_kinds": list(lead.log_kinds),
        "score": lead.score,
        "parts": dict(lead.parts),
        "figures": dict(lead.figures),
        "first": format_instant(lead.first),
        "last": format_instant(lead.last),
        "because": lead.because,
        "citations": [citation_plain(citation) for citation in lead.citations],
    }


@lru_cache(maxsize=4096)
def _window(window: UncertainInterval) -> dict[str, str | None]:
    """Give the bounds in print; many sightings share one window."""
    plain: dict[str, str | None] = to_plain(window)
    return plain


def problem_row(problem: Problem) -> dict[str, Any]:
    """Give one line of ``problems.jsonl``."""
    return {
        "schema": "ashiato.problem/1",
        "kind": problem.kind,
        "path": problem.path,
        "message": problem.message,
        "remedy": problem.remedy,
        "count": problem.count,
        "citation": problem.citation and citation_plain(problem.citation),
    }


def proceedings_row(proceedings: Proceedings, claims: Mapping[str, Claim]) -> dict[str, Any]:
    """Give one object of ``proceedings.json``: one person, and what speaks for that person."""
    plain: dict[str, Any] = to_plain(proceedings)
    return {
        "schema": "ashiato.proceedings/1",
        **plain,
        "for_the_person": {
            "denials": [c.id for c in denials(proceedings, claims.values())],
            "dispositions": [c.id for c in dispositions(proceedings, claims.values())],
            "missing_elements": [e.id for e in proceedings.elements if not e.claims],
        },
    }


def concerns(claim: Claim, person: str) -> bool:
    """Whether a claim names the person, by id or by the name in the text."""
    named = (claim.proposition.subject, claim.proposition.object)
    return any(entity is not None and person in {entity.id, entity.text} for entity in named)


def denials(proceedings: Proceedings, claims: Iterable[Claim]) -> list[Claim]:
    """Give the claims in which something about the person is denied or negated, by id."""
    found = (
        c
        for c in claims
        if counts(c)
        and concerns(c, proceedings.person)
        and (c.polarity is not Polarity.AFFIRMED or c.proposition.predicate == "denied")
    )
    return sorted(found, key=lambda c: c.id)


def dispositions(proceedings: Proceedings, claims: Iterable[Claim]) -> list[Claim]:
    """Give the claims that the person was not indicted, by id."""
    found = (
        c
        for c in claims
        if counts(c)
        and c.proposition.predicate == "not_indicted"
        and concerns(c, proceedings.person)
    )
    return sorted(found, key=lambda c: c.id)


def _time(moment: datetime | None) -> str:
    return "" if moment is None else format_instant(moment)


def _text(entity: Entity | None) -> str:
    return "" if entity is None else entity.text


def _bounds(interval: UncertainInterval) -> dict[str, str]:
    return {
        "start_min": _time(interval.start_min),
        "start_max": _time(interval.start_max),
        "end_min": _time(interval.end_min),
        "end_max": _time(interval.end_max),
    }


def victim_row(row: CensusRow) -> dict[str, str]:
    """Give one row of ``victims.csv``: one organisation."""
    return {
        "organisation": row.organisation,
        "status": row.status.value,
        "first_seen": _time(row.first_seen),
        "last_seen": _time(row.last_seen),
        "hosts": str(row.hosts),
        "sightings": str(row.sightings),
        "kinds": " ".join(row.kinds),
        "coverage_start": _time(row.coverage_start),
        "coverage_end": _time(row.coverage_end),
        "best_citation": compact(row.best[0]) if row.best else "",
        "excluded": str(row.excluded),
    }


def cell_row(cell: CensusCell) -> dict[str, str]:
    """Give one row of ``census.csv``: one organisation, kind of log and stretch of months."""
    return {
        "organisation": cell.organisation,
        "log_kind": cell.log_kind,
        "period_start": _time(cell.start),
        "period_end": _time(cell.end),
        "status": cell.status.value,
        "first_seen": _time(cell.first_seen),
        "last_seen": _time(cell.last_seen),
        "hosts": str(cell.hosts),
        "sightings": str(cell.sightings),
        "excluded": str(cell.excluded),
        "repeated": str(cell.repeated),
        "bytes_out": _count(cell.bytes_out),
        "bytes_in": _count(cell.bytes_in),
        "days": str(cell.days),
        "days_covered": str(cell.covered),
        "gaps": " ".join(f"{_time(a)[:10]}/{_time(b)[:10]}" for a, b in cell.gaps),
        "best_citations": " ".join(map(compact, cell.best)),
    }


def _count(value: int | None) -> str:
    return "" if value is None else str(value)


def proposal_row(proposal: Proposal, rank: int) -> dict[str, Any]:
    """Give one row of ``proposed.csv`` and of ``ashiato pivot --json``.

    The first four are a list that `ashiato hunt` takes. Nobody said that it is the actor's, so it
    is given no end: a match with it is never certain.
    """
    return {
        "value": proposal.observable.value,
        "start": format_instant(proposal.first),
        "end": "",
        "reason": f"proposed: {proposal.because}",
        "rank": rank,
        "score": to_plain(proposal.score),
        "type": proposal.observable.type.value,
        "hosts_hit": proposal.hit_hosts,
        "hosts_hit_of": proposal.hit_machines,
        "hosts_not_hit": proposal.other_hosts,
        "hosts_not_hit_of": proposal.other_machines,
        "organisations_hit": proposal.hit_organisations,
        "organisations_not_hit": proposal.other_organisations,
        "first_seen": format_instant(proposal.first),
        "last_seen": format_instant(proposal.last),
        "origins": " ".join(proposal.origins),
        "indicators": " ".join(proposal.indicators),
        "citations": " ".join(map(compact, proposal.citations)),
    }


def tenancy_row(tenancy: Tenancy) -> dict[str, str]:
    """Give one row of ``tenancies.csv``: one party, one asset, one role."""
    return {
        "asset": tenancy.asset.text,
        "asset_type": tenancy.asset.type.value,
        "party": tenancy.party.text,
        "party_type": tenancy.party.type.value,
        "role": tenancy.role.value,
        **_bounds(tenancy.interval),
        "basis": tenancy.basis.value,
        "status": tenancy.status.value,
        "citations": compact_all(tenancy.citations),
        "because": tenancy.because,
        "origins": " ".join(tenancy.origins),
        "id": tenancy.id,
    }


def handover_row(handover: Handover) -> dict[str, str]:
    """Give one row of ``handovers.csv``; an end of the window that nobody knows is empty."""
    start, end = handover.window.ends
    return {
        "account": handover.account.text,
        "from_party": _text(handover.from_party),
        "to_party": _text(handover.to_party),
        "window_start": format_instant(start) if start else "",
        "window_end": format_instant(end) if end else "",
        "p": "" if handover.p is None else str(to_plain(handover.p)),
        "channels": " ".join(handover.channels),
        "citations": compact_all(handover.citations),
        "because": handover.because,
        "manner": handover.manner,
    }


def conflict_row(conflict: Conflict) -> dict[str, Any]:
    """Give one line of ``conflicts.jsonl``; ``resolution`` is empty until a person decides."""
    return {
        "schema": "ashiato.conflict/1",
        "id": conflict.id,
        "kind": conflict.kind,
        "asset": to_plain(conflict.asset),
        "role": conflict.role.value,
        "because": conflict.because,
        "tenancies": list(conflict.tenancies),
        "claims": list(conflict.claims),
        "citations": [citation_plain(citation) for citation in conflict.citations],
        "resolution": conflict.resolution,
    }


def identity_row(judgement: Judgement) -> dict[str, str]:
    """Give one row of ``identities.csv``: one judgement on a pair."""
    return {
        "entity_a": judgement.entity_a.text,
        "entity_b": judgement.entity_b.text,
        "judgement": judgement.judgement.value,
        "score": str(to_plain(judgement.score)),
        "because": judgement.because,
        "decided_by": judgement.decided_by,
        "entity_a_type": judgement.entity_a.type.value,
        "entity_b_type": judgement.entity_b.type.value,
        "entity_a_id": judgement.entity_a.id,
        "entity_b_id": judgement.entity_b.id,
        "citations": compact_all(judgement.citations),
    }


def exhibit_row(exhibit: Exhibit, source: str) -> dict[str, str]:
    """Give one row of ``exhibits.csv``; when it was sealed is told in ``custody.json`` alone."""
    return {
        "path": exhibit.path,
        "sha256": exhibit.sha256,
        "size": str(exhibit.size),
        "source": source,
    }


def citations_of(case_rows: Iterable[Claim]) -> list[Citation]:
    """Give every citation of the claims once, file by file in the order of their places."""
    found = {c for claim in case_rows for c in claim.citations}
    return sorted(found, key=lambda c: (c.path, c.exhibit, position(c.locator), compact(c)))
