"""Tenancies in the making: what one record, claim or detection says, rivals not yet seen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum

from ashiato.core.canonical import content_id
from ashiato.core.claims import Entity
from ashiato.core.evidence import Citation
from ashiato.core.tenancy import Role, TenancyBasis
from ashiato.core.time import UncertainInterval


class Grade(IntEnum):
    """How far a draft can rise: the lowest are assumptions, the highest a register's own fact."""

    ASSUMED = 0  # a default, not evidence: neither certain nor a rival to anything
    INFERRED = 1  # a machine's conclusion: never certain
    HEDGED = 2  # "is believed to": never certain
    FIRM = 3  # certain when two origins agree
    OWN_RECORD = 4  # certain by the register's own record


class Manner(StrEnum):
    """How a holder came by an asset: it was given to him, or he took it without leave."""

    OWN = ""
    PASSED = "passed"
    TAKEN = "stolen"


@dataclass(frozen=True, slots=True)
class Draft:
    """One statement of control. ``account`` tells the tenants of a shared machine apart."""

    asset: Entity
    party: Entity
    role: Role
    interval: UncertainInterval
    basis: TenancyBasis
    grade: Grade
    origins: frozenset[str]
    because: str
    citations: tuple[Citation, ...]
    parents: tuple[str, ...] = ()
    account: str = ""
    manner: Manner = Manner.OWN

    @property
    def key(self) -> "Key":
        """Who, what, when and how we know; not the citations. Two drafts of one key are one."""
        bounds = self.interval.bounds
        return (self.asset.id, self.role.value, bounds, self.party.id, self.basis.value)

    @property
    def id(self) -> str:
        """The content hash of the key."""
        return content_id((self.asset.id, self.party.id, self.role, self.interval, self.basis))


Key = tuple[str, str, tuple[datetime, datetime, datetime, datetime], str, str]


def order_citations(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Give each citation once, in an order that depends on nothing but what they cite."""
    once = set(citations)
    if len(once) == 1:
        return tuple(once)
    return tuple(sorted(once, key=lambda c: (c.exhibit, c.path, repr(c.locator), c.quote)))


def certain_part(interval: UncertainInterval) -> UncertainInterval | None:
    """Give the time in which the interval certainly holds, or ``None`` where there is none."""
    _, start, end, _ = interval.bounds
    return UncertainInterval.exactly(start, end) if start < end else None


def covers(outer: UncertainInterval, inner: UncertainInterval) -> bool:
    """Whether ``outer`` certainly holds whenever ``inner`` certainly does."""
    return outer.bounds[1] <= inner.bounds[1] and inner.bounds[2] <= outer.bounds[2]


def merge(drafts: Iterable[Draft]) -> list[Draft]:
    """Join drafts that say the same: origins and citations add up, two extracts stay one origin."""
    alike: dict[Key, list[Draft]] = defaultdict(list)
    for draft in drafts:
        alike[draft.key].append(draft)
    return [_joined(alike[key]) for key in sorted(alike)]


def _joined(same: list[Draft]) -> Draft:
    if len(same) == 1:
        return replace(same[0], citations=order_citations(same[0].citations))
    first = min(same, key=lambda draft: (-draft.grade, draft.because))
    return replace(
        first,
        asset=min(draft.asset for draft in same),
        party=min(draft.party for draft in same),
        origins=frozenset().union(*(draft.origins for draft in same)),
        because=" ".join(sorted({draft.because for draft in same})),
        citations=order_citations(c for draft in same for c in draft.citations),
        parents=tuple(sorted({p for draft in same for p in draft.parents})),
        account=min(draft.account for draft in same),
        manner=min(draft.manner for draft in same),
    )
