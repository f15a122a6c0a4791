"""From records, claims and log-ins to tenancies, hand-overs, judgements and conflicts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ashiato.core.claims import Claim, Entity
from ashiato.core.records import Login, Record
from ashiato.core.sources import Source
from ashiato.core.tenancy import (
    Conflict,
    Handover,
    Judgement,
    Resolution,
    Role,
    Tenancy,
    Tracing,
)
from ashiato.trace.clusters import contradictions, representatives
from ashiato.trace.contradictions import clocks, identities, sales
from ashiato.trace.handovers import cut_short, detect, hand_over
from ashiato.trace.identity import judge
from ashiato.trace.leases import Loose, read_registers
from ashiato.trace.observed import logins_of, observations
from ashiato.trace.registered import registered
from ashiato.trace.rules import rules
from ashiato.trace.standing import RIVALS, settle
from ashiato.trace.stated import Denial, read_statements

GAPS = frozenset({"missing-contract", "unused-payment", "impossible-dates"})
"""Kinds of conflict that tell of a record that is missing or cannot be used."""


def trace(
    records: Sequence[Record],
    claims: Sequence[Claim],
    logins: Sequence[Login],
    *,
    registers: Mapping[str, Source],
    decided: Sequence[Judgement] = (),
    resolved: Sequence[Resolution] = (),
) -> Tracing:
    """Conclude who controlled what, when, in which role; pure, whatever the order of the inputs.

    ``registers`` are the sources whose own tables the records are, by id: their word suffices for
    their own facts. ``decided`` are identity judgements by persons; they overrule the rules;
    ``resolved`` what they decided on conflicts, the last last. Times must already have the source's
    clock offset taken off.
    """
    pack = rules()
    register = read_registers(records)
    judgements = judge(records, decided=decided, logins=logins, register=register)
    alike = representatives(judgements)
    said = read_statements(claims, register, alike, pack.statements)
    listed = logins_of(records)
    seen = sorted({*logins, *listed}, key=_login_order) if listed else logins
    detected = detect(seen, register, alike, pack.handover)
    passed = hand_over(detected, said.passings, register, alike, pack.handover)
    drafts = [*registered(register, registers), *said.drafts, *passed.drafts]
    standing = settle(cut_short(drafts, passed.ends), alike, pack.rivals, resolved)
    conflicts = [
        *sales(said.passings, pack.rivals),
        *clocks(records, claims, pack.clocks),
        *identities(records, alike),
        *standing.conflicts,
        *contradictions(judgements),
        *(_loose(row) for row in register.loose),
        *(_denied(denial, standing.tenancies) for denial in said.denials),
        *passed.conflicts,
    ]
    told = _noted(conflicts, resolved)
    settled = _settled(standing.tenancies, passed.handovers, judgements, told)
    return replace(settled, observations=observations(records, register))


def _login_order(login: Login) -> tuple[object, ...]:
    return (login.ts, login.account, login.host, login.address, str(login.citation.locator))


def _noted(conflicts: Iterable[Conflict], resolved: Sequence[Resolution]) -> Iterator[Conflict]:
    """Put a person's decision to the conflict that it names, where nothing was put to it yet."""
    said = {r.conflict: f"{r.by}: {r.reason}." for r in resolved}
    for conflict in conflicts:
        by_tenancies = conflict.kind == RIVALS
        text = conflict.resolution or ("" if by_tenancies else said.get(conflict.id, ""))
        yield replace(conflict, resolution=text)


def _loose(row: Loose) -> Conflict:
    return Conflict(row.asset, Role.REGISTRANT, row.kind, row.because, ())


def _denied(denial: Denial, tenancies: Iterable[Tenancy]) -> Conflict:
    draft = denial.draft
    met = (
        t.id
        for t in tenancies
        if t.asset.id == draft.asset.id and t.role is draft.role and t.party.id == draft.party.id
    )
    kind = denial.claim.polarity.value
    because = f"This is {kind}, and stands beside what it speaks of: {draft.because}"
    return Conflict(draft.asset, draft.role, kind, because, tuple(sorted(met)))


def _settled(
    tenancies: Iterable[Tenancy],
    handovers: Iterable[Handover],
    judgements: Sequence[Judgement],
    conflicts: Iterable[Conflict],
) -> Tracing:
    """Sort by content, with one spelling for each entity whichever row came first."""
    rows = list(tenancies)
    names: dict[str, Entity] = {}
    for entity in (e for t in rows for e in (t.asset, t.party)):
        names[entity.id] = min(entity, names.get(entity.id, entity))
    spelled = [replace(t, asset=names[t.asset.id], party=names[t.party.id]) for t in rows]
    return Tracing(
        tenancies=tuple(sorted(spelled, key=_tenancy_order)),
        handovers=tuple(sorted(handovers, key=_handover_order)),
        judgements=tuple(judgements),
        conflicts=tuple(sorted(set(conflicts), key=_conflict_order)),
    )


def _tenancy_order(tenancy: Tenancy) -> tuple[object, ...]:
    return (tenancy.asset, tenancy.role, tenancy.interval.bounds, tenancy.party, tenancy.id)


def _handover_order(handover: Handover) -> tuple[object, ...]:
    receiver = handover.to_party.id if handover.to_party else ""
    return (handover.account, handover.window, receiver, handover.because)


def _conflict_order(conflict: Conflict) -> tuple[object, ...]:
    return (conflict.asset, conflict.role, conflict.kind, conflict.because, conflict.id)
