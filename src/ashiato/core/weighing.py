"""Hypotheses, assessments and verdicts: how sure we may be, why, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ashiato.core.persons import Clash


class Rung(StrEnum):
    """The ladder from the machine to whoever ordered it; each rung is a question of its own."""

    MACHINE = "machine"
    ACCOUNT = "account"
    PERSONA = "persona"
    PERSON = "person"
    GROUP = "group"
    SPONSOR = "sponsor"


class Sufficiency(StrEnum):
    """Whether the evidence bears the answer under one standard."""

    SUFFICIENT = "SUFFICIENT"
    REFUTED = "REFUTED"
    CONTESTED = "CONTESTED"
    INSUFFICIENT = "INSUFFICIENT"


class Confidence(StrEnum):
    """Analytic confidence: the state of the evidence base, never the height of a probability."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A score with its reason: natural log-odds, and sentences a person can check."""

    log_odds: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """When evidence suffices. Policy of the case, printed with the answer, never law.

    ``tau`` is the threshold on the lower bound (on the point where ``on_point``), ``n`` the
    independent origins for each required element, ``floor`` the probability that must remain
    without any one origin (l in the method page), ``eps`` the probability of each required element.
    """

    name: str
    tau: float
    n: int
    floor: float
    eps: float
    on_point: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a standard is not met: a code, on what, the value found and the threshold."""

    code: str
    subject: str = ""
    value: float | None = None
    threshold: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class StandardVerdict:
    """The answer under one standard."""

    standard: Standard
    verdict: Sufficiency
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One candidate answer with its probability, 90 % interval and ICD 203 word.

    ``word`` is ``None`` where the interval covers four bins or more. ``kind`` is ``candidate``,
    ``imitator``, ``resale`` (whoever got a candidate's machines) or ``none``. ``against``: how far
    the facts contradict it, in decibans (0: no other answer makes any of them likelier).
    """

    id: str
    label: str
    kind: str
    p: float
    p90: tuple[float, float]
    word: str | None
    prior: float = 0.0
    against: float = 0.0


@dataclass(frozen=True, slots=True)
class CriticalQuestion:
    """What would undercut an inference; ``answer`` is ``open``, ``no``, or ``yes`` (undercut).

    ``id`` names it for a person who answers it (``group.tool.shared_tool``), ``because`` is the
    reason that person gave.
    """

    id: str
    text: str
    answer: str = "open"
    because: str = ""


@dataclass(frozen=True, slots=True)
class Credibility:
    """What the other origins make of one origin's word on a fact, as an Admiralty digit.

    ``letter`` is the origin's reliability, ``digit`` 1 (confirmed by another origin, and ``p`` at
    least .8) to 5, or 6 where no other origin speaks on the fact. ``p`` is the fact's probability
    without this origin. It is shown, and never multiplied in: the network has counted who agrees.
    """

    origin: str
    letter: str
    digit: int
    p: float


@dataclass(frozen=True, slots=True)
class FactWeight:
    """One fact of a rung: its probability, who speaks on it, and what it moves (decibans).

    ``likelihoods`` are P(fact | hypothesis) by hypothesis id; ``claims`` the ids of the claims that
    speak to it; ``items`` other evidence (sightings, tenancies) in words. ``diagnostic``: how far
    apart it sets the answers that make it likeliest and least likely, in decibans.
    ``credibility`` is computed for each origin that says so.
    """

    id: str
    label: str
    aspect: str
    required: bool
    p: float
    origins: tuple[str, ...]
    decibans: float
    likelihoods: Mapping[str, float]
    claims: tuple[str, ...]
    items: tuple[str, ...] = ()
    questions: tuple[CriticalQuestion, ...] = ()
    diagnostic: float = 0.0
    credibility: tuple[Credibility, ...] = ()


@dataclass(frozen=True, slots=True)
class WithoutOrigin:
    """What remains of the leading answer's probability when one origin is left out."""

    origin: str
    p: float


@dataclass(frozen=True, slots=True)
class Chance:
    """What missing evidence could do to the answer under one standard.

    ``sufficient``: the probability that it makes the answer sufficient. ``value``: what deciding
    after it gains over deciding now (EVSI), a right yes gaining 1 and a wrong one costing ``loss``.
    """

    standard: str
    sufficient: float
    value: float
    loss: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Evidence not yet held: which fact it would speak to, who may hold it, what it would do.

    ``bits`` is the expected information; ``p_yes`` the probability that it affirms, ``if_yes`` and
    ``if_no`` the leading answer's probability after either. ``route`` is the lawful way to ask,
    ``retention_days`` how long it is usually kept (``None``: not known), ``cost`` what
    asking takes.
    """

    fact: str
    evidence: str
    bits: float
    rung: str = ""
    holder: str = ""
    p_yes: float | None = None
    if_yes: float | None = None
    if_no: float | None = None
    chances: tuple[Chance, ...] = ()
    route: str = ""
    retention_days: int | None = None
    cost: str = ""


@dataclass(frozen=True, slots=True)
class Reliance:
    """How many claims an answer rests on, and how many of them no person has accepted."""

    claims: int = 0
    proposed: int = 0
    unsure: int = 0
    accepted: int = 0

    @property
    def unreviewed(self) -> float:
        """The share of the claims that no person has accepted; 0 where there is none."""
        return (self.proposed + self.unsure) / self.claims if self.claims else 0.0


@dataclass(frozen=True, slots=True)
class ReviewedOnly:
    """How the rung that was asked about would stand on the claims that a person accepted."""

    who: str
    p: float | None
    p90: tuple[float, float] | None
    verdict: str


@dataclass(frozen=True, slots=True)
class RungVerdict:
    """One rung: who, how likely, how sufficient, on how many origins, and why.

    ``stress`` is the worst case: the lowest and highest probability with every odds of the tables
    off at once by the factor of the grades' noise; ``None`` where it was not sought.

    ``p`` and ``p90`` are ``None`` where no model applies; the tracing status then stands in
    ``verdict`` (``certain``, ``possible``, ``conflicting`` or ``no evidence``).
    """

    rung: Rung
    who: str
    p: float | None
    p90: tuple[float, float] | None
    word: str | None
    origins: int
    verdict: str
    reasons: tuple[Reason, ...] = ()
    standards: tuple[StandardVerdict, ...] = ()
    confidence: Confidence | None = None
    hypotheses: tuple[Hypothesis, ...] = ()
    facts: tuple[FactWeight, ...] = ()
    without: tuple[WithoutOrigin, ...] = ()
    gaps: tuple[Gap, ...] = ()
    claims: tuple[str, ...] = ()
    tenancies: tuple[str, ...] = ()
    review: Reliance = Reliance()
    stress: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class OriginSummary:
    """One origin: its grade, why, how many reports and claims come from it."""

    id: str
    name: str
    reliability: str
    graded: bool
    reason: str
    claims: int
    reports: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question of the case."""

    question: str
    rung: Rung
    as_known_on: datetime | None
    evidence_digest: str
    hypotheses: tuple[Hypothesis, ...]
    ladder: tuple[RungVerdict, ...]
    weakest_rung: Rung
    standards: tuple[StandardVerdict, ...]
    confidence: Confidence
    confidence_because: str
    gaps: tuple[Gap, ...]
    origins: tuple[OriginSummary, ...] = ()
    review: Reliance = Reliance()
    reviewed_only: ReviewedOnly | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of several versions: what it says, by which claims, on which origins."""

    says: str
    claims: tuple[str, ...]
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Claims that cannot all be right. ``kind``: ``polarity``, ``value``, ``time``, ``identity``.

    ``resolved`` says which decisions of persons left one version standing; empty while both do.
    """

    kind: str
    about: str
    sides: tuple[Side, ...]
    resolved: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of an offence: the claims that speak to it, or the gap."""

    id: str
    label: str
    claims: tuple[str, ...]
    gap: str


@dataclass(frozen=True, slots=True)
class Proceedings:
    """What is on record about one person, kept apart from attribution.

    ``steps`` are claim ids (questioning, referral, departure, disposition) in order of time;
    ``disposition`` is ``unknown`` where no claim gives one. ``accusing`` are the claims that accuse
    the person, which never stand without it; ``whereabouts`` is the last place told.
    """

    person: str
    steps: tuple[str, ...]
    disposition: str
    offence: str
    statute: str
    elements: tuple[Element, ...]
    accusing: tuple[str, ...] = ()
    whereabouts: str = "unknown"
    contradictions: tuple[Clash, ...] = ()
