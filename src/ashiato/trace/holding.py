"""Tenancies as numbered claims, so that the engine can judge millions of events by them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ashiato.core.claims import Entity
from ashiato.core.tenancy import Role, Tenancy, TenancyStatus, Tracing
from ashiato.engine.verdicts import NumberedClaim
from ashiato.trace.clusters import representatives
from ashiato.trace.naming import fold, fold_address
from ashiato.trace.standing import SHARED


@dataclass(frozen=True, slots=True)
class Holding:
    """The tenancies of one role, numbered in their order, and how their assets may be called.

    ``names`` maps an id and every spelling on record to the number of its asset, or to ``None``
    where it means more than one.
    """

    tenancies: tuple[Tenancy, ...]
    assets: tuple[Entity, ...]
    claims: tuple[NumberedClaim, ...]
    names: Mapping[str, int | None]

    def asset(self, written: str) -> int | None:
        """Give the number of the asset that an event names; ``None``: none, or more than one."""
        for name in (written, fold(written), fold_address(written)):
            if name in self.names:
                return self.names[name]
        return None


def holding(tracing: Tracing, role: Role) -> Holding:
    """Give the tenancies of ``role`` numbers; parties judged the same are one holder."""
    rows = tuple(t for t in tracing.tenancies if t.role is role)
    assets = tuple(sorted({t.asset.id: t.asset for t in rows}.values()))
    numbers = {entity.id: number for number, entity in enumerate(assets)}
    alike = representatives(tracing.judgements)
    holders: dict[str, int] = defaultdict(lambda: len(holders))
    shared = {id_ for c in tracing.conflicts if c.kind == SHARED for id_ in c.tenancies}
    claims = tuple(
        NumberedClaim(
            claim=number,
            asset=numbers[t.asset.id],
            holder=holders[alike.get(t.party.id, t.party.id)],
            interval=t.interval,
            firm=t.status is TenancyStatus.CERTAIN,
            shared=t.id in shared,
            doubtful=t.status is TenancyStatus.POSSIBLE,
        )
        for number, t in enumerate(rows)
    )
    return Holding(rows, assets, claims, _names(assets))


def _names(assets: Sequence[Entity]) -> dict[str, int | None]:
    called: dict[str, set[int]] = defaultdict(set)
    for number, entity in enumerate(assets):
        for name in {entity.id, fold(entity.text), fold_address(entity.text)}:
            called[name].add(number)
    return {name: min(found) if len(found) == 1 else None for name, found in called.items()}
