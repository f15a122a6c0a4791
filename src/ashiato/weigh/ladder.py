"""The rungs without a model: machine, account, persona. Their tracing status stands, no number.

Who stands on such a rung is the asset or persona that most of the chain rests on; how sure it is,
is what tracing and hunting have found (certain, possible, conflicting), never a probability.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ashiato.core.claims import Claim, Entity, EntityType, Polarity, Review
from ashiato.core.records import CensusRow, CensusStatus, ObservableType, Sighting, SightingStatus
from ashiato.core.tenancy import Tenancy, TenancyStatus, Tracing
from ashiato.core.weighing import Gap, Reason, Rung, RungVerdict
from ashiato.weigh.questions import excluded
from ashiato.weigh.testimony import Holdings, Origins, veiled, weight_of

T = TypeVar("T")
TYPES = {
    Rung.MACHINE: frozenset({EntityType.SERVER, EntityType.ADDRESS, EntityType.DOMAIN}),
    Rung.ACCOUNT: frozenset({EntityType.ACCOUNT}),
    Rung.PERSONA: frozenset({EntityType.PERSONA}),
}
_HOSTS = {
    ObservableType.IP: EntityType.ADDRESS,
    ObservableType.DOMAIN: EntityType.DOMAIN,
}
NO_EVIDENCE = "no evidence"
_NO_PROBABILITY = "This rung carries no probability; what tracing has found stands."


@dataclass(frozen=True, slots=True)
class _Support:
    """What one asset or persona rests on."""

    entity: Entity
    seen: tuple[tuple[str, SightingStatus], ...]
    organisations: int
    handovers: int
    tenancies: tuple[Tenancy, ...]
    claims: tuple[Claim, ...]
    conflicting: bool

    def rank(self) -> tuple[bool, int, int, int, int, str]:
        """Order: held by somebody, then sightings, transfers, tenancies, claims; equal ones by id.

        A name that was only seen leads nowhere: the chain goes on from what somebody held.
        """
        counts = (self.organisations, self.handovers, len(self.tenancies), len(self.claims))
        lost = not self.tenancies
        return (lost, -counts[0], -counts[1], -counts[2], -counts[3], self.entity.id)


def traced(
    rung: Rung,
    claims: Iterable[Claim],
    tracing: Tracing,
    sightings: Sequence[Sighting],
    *,
    holdings: Holdings,
    origins: Origins,
) -> RungVerdict:
    """Give the verdict of a rung without a model: who, and the status that tracing gave."""
    spoken = [c for c in claims if _counts(c, origins)]
    things = _things(rung, spoken, tracing, holdings)
    index = _index(spoken, tracing, sightings, holdings)
    support = [_support(thing, index) for thing in things]
    if not support:
        return RungVerdict(rung, "", None, None, None, 0, NO_EVIDENCE, (_nothing(rung),))
    best = min(support, key=_Support.rank)
    return RungVerdict(
        rung=rung,
        who=veiled(best.entity.text),
        p=None,
        p90=None,
        word=None,
        origins=len(_origins(best, holdings, origins)),
        verdict=_status(best),
        reasons=(Reason("NO_MODEL", veiled(best.entity.text), None, None, _NO_PROBABILITY),),
        claims=tuple(sorted(c.id for c in best.claims)),
        tenancies=tuple(sorted(t.id for t in best.tenancies)),
    )


def _nothing(rung: Rung) -> Reason:
    return Reason("NO_EVIDENCE", rung.value, 0.0, 1.0, f"Nothing in the case names a {rung}.")


def _counts(claim: Claim, origins: Origins) -> bool:
    affirmed = claim.polarity is Polarity.AFFIRMED and claim.review is not Review.REJECTED
    return (
        affirmed
        and weight_of(claim, origins.grade) > 0
        and not excluded().covers(claim.proposition)
    )


def _sides(claim: Claim) -> list[Entity]:
    return [e for e in (claim.proposition.subject, claim.proposition.object) if e is not None]


def _things(
    rung: Rung, claims: Iterable[Claim], tracing: Tracing, holdings: Holdings
) -> list[Entity]:
    found = [e for t in tracing.tenancies for e in (t.asset, t.party)]
    found += [h.account for h in tracing.handovers]
    found += [e for h in tracing.handovers for e in (h.from_party, h.to_party) if e is not None]
    found += [e for claim in claims for e in _sides(claim)]
    if rung is Rung.MACHINE:
        # what was seen at the organisations, and belongs to no asset of the case
        known = {e.text for e in found}
        found += [
            Entity(i.observable.value, i.observable.value, _HOSTS[i.observable.type])
            for i, _ in holdings
            if i.asset is None and i.observable.type in _HOSTS and i.observable.value not in known
        ]
    by_id: dict[str, Entity] = {}
    for entity in sorted(e for e in found if e.type in TYPES[rung] and not _is_unknown(e)):
        by_id.setdefault(entity.id, entity)
    return list(by_id.values())


def _is_unknown(entity: Entity) -> bool:
    """Whether tracing made it up for somebody unidentified: a persona is a name as given."""
    return entity.id.startswith("holder:")


@dataclass(frozen=True, slots=True)
class _Index:
    """What the case holds, by the id it speaks of: registers name thousands of customers."""

    tenancies: Mapping[str, Sequence[Tenancy]]
    claims: Mapping[str, Sequence[Claim]]
    handovers: Mapping[str, int]
    seen: Mapping[str, Mapping[str, SightingStatus]]
    organisations: Mapping[str, frozenset[str]]
    conflicting: frozenset[str]


def _index(
    claims: Iterable[Claim], tracing: Tracing, sightings: Iterable[Sighting], holdings: Holdings
) -> _Index:
    where: dict[str, set[str]] = {}
    for sighting in sightings:
        if sighting.status is not SightingStatus.EXCLUDED:
            where.setdefault(sighting.indicator, set()).add(sighting.organisation)
    seen: dict[str, dict[str, SightingStatus]] = {}
    for indicator, status in holdings:
        for name in {indicator.asset, indicator.party, indicator.observable.value} - {None}:
            seen.setdefault(str(name), {})[indicator.id] = status
    return _Index(
        tenancies=_by_id((t, {t.asset.id, t.party.id}) for t in tracing.tenancies),
        claims=_by_id((c, {e.id for e in _sides(c)}) for c in claims),
        handovers=Counter(
            id_
            for h in tracing.handovers
            for id_ in {e.id for e in (h.account, h.from_party, h.to_party) if e}
        ),
        seen=seen,
        organisations={key: frozenset(value) for key, value in where.items()},
        conflicting=frozenset(c.asset.id for c in tracing.conflicts),
    )


def _by_id(items: Iterable[tuple[T, set[str]]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for item, ids in items:
        for id_ in ids:
            found.setdefault(id_, []).append(item)
    return found


def _support(entity: Entity, index: _Index) -> _Support:
    mine = {**index.seen.get(entity.id, {}), **index.seen.get(entity.text, {})}
    none: frozenset[str] = frozenset()
    organisations = none.union(*(index.organisations.get(i, none) for i in mine))
    return _Support(
        entity=entity,
        seen=tuple(sorted(mine.items())),
        organisations=len(organisations),
        handovers=index.handovers.get(entity.id, 0),
        tenancies=tuple(index.tenancies.get(entity.id, ())),
        claims=tuple(index.claims.get(entity.id, ())),
        conflicting=entity.id in index.conflicting,
    )


def _status(best: _Support) -> str:
    """Say how sure: a rival makes it conflicting; else the best that tracing or hunting gave."""
    statuses = {t.status.value for t in best.tenancies} | {s.value for _, s in best.seen}
    if best.conflicting or TenancyStatus.CONFLICTING.value in statuses:
        return TenancyStatus.CONFLICTING.value
    certain = TenancyStatus.CERTAIN.value
    return certain if certain in statuses else TenancyStatus.POSSIBLE.value


def _origins(best: _Support, holdings: Holdings, origins: Origins) -> set[str]:
    seen = {indicator for indicator, _ in best.seen}
    return {
        *(o for t in best.tenancies for o in t.origins),
        *(o for i, _ in holdings if i.id in seen for o in i.origins),
        *(origins.of(claim) for claim in best.claims),
    }


def census_gap(rung: Rung, census: Iterable[CensusRow]) -> tuple[Gap, ...]:
    """Give what the machine rung lacks: logs of organisations whose silence is no clearance."""
    silent = {CensusStatus.NO_COVERAGE, CensusStatus.REFUSED}
    count = sum(row.status in silent for row in census)
    if rung is not Rung.MACHINE or not count:
        return ()
    return (
        Gap(
            fact="the machines were seen at the attacked organisations",
            evidence=f"logs of {count} organisations that hold none for the period or gave none",
            bits=0.0,
            rung=rung.value,
            holder="those organisations",
        ),
    )
