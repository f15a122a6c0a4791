"""Conflicts of a case on view, and what persons decide on them, kept in the vault's log.

A decision names a conflict and the side that stands; the next run obeys it. It takes a rival away
and adds no evidence: what becomes certain by it was certain but for the rival.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ashiato.case.decisions import UNDO
from ashiato.core.assessed import AssessedCase
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Problem
from ashiato.core.masking import mask_text
from ashiato.core.tenancy import Conflict, Resolution, Tenancy, Tracing
from ashiato.vault import Decision, Vault

CONFLICT = "conflict"
"""Kind of the decisions in the log."""


def resolutions(decisions: Iterable[Decision]) -> tuple[Resolution, ...]:
    """Give what persons decided on conflicts and nobody took back, in the order of the log."""
    kept: dict[str, Resolution] = {}
    for each in decisions:
        if each.kind == UNDO:
            kept.pop(str(each.body.get("decision")), None)
        elif each.kind == CONFLICT:
            kept.pop(each.id, None)
            kept[each.id] = _resolution(each)
    return tuple(kept.values())


def _resolution(decision: Decision) -> Resolution:
    body = decision.body
    return Resolution(
        conflict=str(body.get("conflict", "")),
        holds=_texts(body.get("holds")),
        against=_texts(body.get("against")),
        by=decision.actor,
        reason=decision.reason,
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, list | tuple) else ()


def orphans(resolved: Iterable[Resolution], tracing: Tracing) -> tuple[Problem, ...]:
    """Tell of decisions whose conflict is no longer found: nothing obeys them, nothing is lost."""
    known = {c.id for c in tracing.conflicts}
    known |= {i for c in tracing.conflicts for i in (*c.tenancies, *c.claims)}
    return tuple(
        Problem(
            "orphan-resolution",
            "",
            f"{r.by} decided on conflict {r.conflict}, which the evidence no longer shows",
            "look at `ashiato conflicts`, and decide anew where need be",
        )
        for r in resolved
        if not known & {r.conflict, *r.holds, *r.against}
    )


def conflict_rows(case: AssessedCase) -> list[dict[str, Any]]:
    """Give each conflict of the last run with its sides, masked, those undecided first."""
    tenancies = {t.id: t for t in case.tracing.tenancies}
    rows = [_row(c, tenancies, case) for c in case.tracing.conflicts]
    return sorted(rows, key=lambda row: (bool(row["resolution"]), row["kind"], row["id"]))


def _row(
    conflict: Conflict, tenancies: Mapping[str, Tenancy], case: AssessedCase
) -> dict[str, Any]:
    sides = [tenancies[i] for i in conflict.tenancies if i in tenancies]
    return {
        "id": conflict.id,
        "kind": conflict.kind,
        "asset": mask_text(conflict.asset.text, case.sensitive),
        "role": conflict.role.value,
        "because": mask_text(conflict.because, case.sensitive),
        "sides": [
            {
                "tenancy": t.id,
                "party": mask_text(t.party.text, case.sensitive),
                "party_id": t.party.id,
                "status": t.status.value,
                "origins": list(t.origins),
            }
            for t in sides
        ],
        "claims": list(conflict.claims),
        "resolution": conflict.resolution,
    }


def resolve(
    case: AssessedCase, vault: Vault, which: str, *, stands: str, actor: str, reason: str
) -> Decision:
    """Log a person's decision: the party (or tenancy, or claim) that ``stands``; empty: noted.

    Raises:
        BadInput: no such conflict, no such side, or no reason.

    """
    if not reason.strip():
        raise BadInput("why? A decision bears its reason", place="--because", remedy="say why")
    conflict = _find(case.tracing.conflicts, which)
    body: dict[str, object] = {"conflict": conflict.id}
    if stands:
        holds, against = _sides(conflict, case.tracing.tenancies, stands)
        body |= {"holds": holds, "against": against}
    return vault.decide(CONFLICT, body, actor=actor, reason=reason)


def _find(conflicts: Iterable[Conflict], which: str) -> Conflict:
    found = [c for c in conflicts if which and c.id.startswith(which)]
    if len({c.id for c in found}) != 1:
        what = "names more than one conflict" if found else "names no conflict of the last run"
        raise BadInput(f"{which!r} {what}", remedy="see `ashiato conflicts`")
    return found[0]


def _sides(
    conflict: Conflict, tenancies: Iterable[Tenancy], stands: str
) -> tuple[list[str], list[str]]:
    """Give the ids of both sides: tenancies, and the claims that speak for one side alone."""
    mine = [t for t in tenancies if t.id in conflict.tenancies]
    names = {"", stands.casefold()}
    side = [t for t in mine if names & {t.party.text.casefold(), t.party.id, t.id}]
    other = [t for t in mine if t not in side]
    if not side or not other:
        parties = ", ".join(sorted({t.party.text for t in mine})) or "none: only note it"
        raise BadInput(f"{stands!r} is no side of it", remedy=f"its sides: {parties}")
    return _ids(side, other), _ids(other, side)


def _ids(side: Sequence[Tenancy], other: Sequence[Tenancy]) -> list[str]:
    theirs = {p for t in other for p in t.parents}
    return sorted({t.id for t in side} | {p for t in side for p in t.parents} - theirs)


def undo(vault: Vault, which: str, *, actor: str, reason: str) -> Decision:
    """Take back the last decision on a conflict; raises `BadInput` where there is none."""
    taken = {str(d.body.get("decision")) for d in vault.decisions() if d.kind == UNDO}
    said = [
        d
        for d in vault.decisions()
        if d.kind == CONFLICT and which and str(d.body.get("conflict")).startswith(which)
    ]
    standing = [d for d in said if d.id not in taken]
    if not standing:
        raise BadInput(f"nothing is decided on {which!r}", remedy="see `ashiato conflicts`")
    return vault.decide(UNDO, {"decision": standing[-1].id}, actor=actor, reason=reason)


def render(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write the conflicts for people: what contradicts what, and who decided."""
    lines = []
    for row in rows:
        lines.append(f"{row['id']}  {row['kind']}  {row['asset']} ({row['role']})")
        lines.append(f"    {row['because']}")
        lines += [f"    {s['status']:<12} {s['party']}" for s in row["sides"]]
        lines.append(f"    decided: {row['resolution']}" if row["resolution"] else "    undecided")
    return "\n".join(lines) or "no conflict on record"
