"""Who controlled a machine or account, in which role, when; and who is who."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ashiato.core.canonical import content_id
from ashiato.core.claims import Entity
from ashiato.core.evidence import Citation
from ashiato.core.time import Moment, UncertainInterval


class Role(StrEnum):
    """One party's relation to an asset. None of these follows from another without a claim."""

    REGISTRANT = "registrant"
    PAYER = "payer"
    CREDENTIAL_HOLDER = "credential_holder"
    OPERATOR = "operator"


class TenancyBasis(StrEnum):
    """How we know: somebody or a register says so, it follows from records, or it is concluded."""

    STATED = "stated"
    DERIVED = "derived"
    INFERRED = "inferred"


class TenancyStatus(StrEnum):
    """``certain`` needs certain time, no rival, and two origins (one register for its own fact)."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    CONFLICTING = "conflicting"


@dataclass(frozen=True, slots=True)
class Tenancy:
    """One party's control of one machine or account in one role over an uncertain interval.

    ``because`` says in one sentence how it follows; ``origins`` are the independent origins behind
    it; ``parents`` the ids of the claims it was made from (empty where records alone made it).
    """

    id: str
    asset: Entity
    party: Entity
    role: Role
    interval: UncertainInterval
    basis: TenancyBasis
    status: TenancyStatus
    origins: tuple[str, ...]
    because: str
    citations: tuple[Citation, ...]
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handover:
    """The credential holder changes while the registrant stays; ``p`` is ``None`` where stated.

    ``manner`` is ``passed`` (its holder gave it away), ``stolen`` (taken without leave: its owner
    has not given it up), ``contested`` (sources differ on that) or empty: nobody says.
    """

    account: Entity
    from_party: Entity | None
    to_party: Entity | None
    window: Moment
    p: float | None
    channels: tuple[str, ...]
    because: str
    citations: tuple[Citation, ...]
    manner: str = ""


class Sameness(StrEnum):
    """The answer to "are these one?"; *no link found* is never *different*."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


BY_PERSON = "person: "
"""How `Judgement.decided_by` begins where a person decided; the name follows."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether two entities are one, with the reason; reversible, never a merge.

    ``score`` is the weight of evidence in decibans, for sorting only.
    """

    entity_a: Entity
    entity_b: Entity
    judgement: Sameness
    score: float
    because: str
    decided_by: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Claims on one asset that cannot all be right; kept, also when a person has resolved them.

    ``tenancies`` are the ids of what contradicts each other, ``claims`` those of the claims behind
    it; ``citations`` lead to both sides. ``resolution`` says who decided what, and why.
    """

    asset: Entity
    role: Role
    kind: str
    because: str
    tenancies: tuple[str, ...]
    claims: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    resolution: str = ""

    @property
    def id(self) -> str:
        """The content hash of what contradicts what; a resolution does not change it."""
        said = self.tenancies or self.claims or self.because
        return content_id((self.asset.id, self.role, self.kind, said))


@dataclass(frozen=True, slots=True)
class Resolution:
    """A person's decision on a conflict: what is in ``holds`` stands, what is ``against`` does not.

    Both are ids of tenancies, or of the claims behind them. With neither the conflict is noted.
    """

    conflict: str
    holds: tuple[str, ...]
    against: tuple[str, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What a record tells of an asset within a stretch of time, and never who held it.

    ``interval`` bounds when it was seen; nothing says that it was so all through.
    """

    asset: Entity
    kind: str
    interval: UncertainInterval
    because: str
    source: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """One answer to "who": a party, its role, how sure, and the citations."""

    party: Entity
    role: Role
    status: TenancyStatus
    because: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class WhoAnswer:
    """Who controlled ``asset`` at ``at``, with what contradicts it and what is not known.

    ``beside`` is what was observed of it at that time, or has no date: it names no holder.
    """

    asset: str
    at: datetime
    holders: tuple[Holder, ...]
    conflicts: tuple[str, ...]
    gaps: tuple[str, ...]
    beside: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Tracing:
    """Everything that tracing concluded."""

    tenancies: tuple[Tenancy, ...] = ()
    handovers: tuple[Handover, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    observations: tuple[Observation, ...] = ()
