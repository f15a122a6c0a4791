"""Claims: a source says a proposition. Two sources that say the same are two claims."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ashiato.core.evidence import Citation
from ashiato.core.time import ALWAYS_POSSIBLE, UncertainInterval


class EntityType(StrEnum):
    """What kind of thing a name in a claim stands for."""

    PERSON = "person"
    PERSONA = "persona"
    ORGANISATION = "organisation"
    UNIT = "unit"
    GROUP = "group"
    SPONSOR = "sponsor"
    SERVER = "server"
    ADDRESS = "address"
    DOMAIN = "domain"
    ACCOUNT = "account"
    CONTRACT = "contract"
    PAYMENT = "payment"
    MALWARE = "malware"
    VULNERABILITY = "vulnerability"
    PLACE = "place"
    OFFENCE = "offence"
    EVENT = "event"
    DOCUMENT = "document"
    OTHER = "other"


_DESCRIBED = re.compile(r"@[0-9a-f]{12}:\d+$")


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """A thing as a source names it. Two names are two entities until a judgement joins them."""

    id: str
    text: str
    type: EntityType

    @property
    def is_named(self) -> bool:
        """Whether a source gives it a name: a mere description bears its place in its id."""
        return _DESCRIBED.search(self.id) is None


@dataclass(frozen=True, slots=True, order=True)
class Voice:
    """A speaker or an origin: an id to count by, and the words the document uses for it."""

    id: str
    text: str


class Polarity(StrEnum):
    """``negated``: the speaker says it is not so; ``denied``: an interested party denies it."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    DENIED = "denied"


class Modality(StrEnum):
    """How the speaker puts it; the words that decided are the claim's ``cues``."""

    OBSERVED = "observed"
    STATED = "stated"
    ADMITTED = "admitted"
    REPORTED = "reported"
    SUSPECTED = "suspected"
    BELIEVED = "believed"
    ALLEGED = "alleged"
    POSSIBLE = "possible"
    INFERRED = "inferred"
    HYPOTHETICAL = "hypothetical"
    NORMATIVE = "normative"


class Basis(StrEnum):
    """How the speaker knows. An admission told by somebody else is hearsay."""

    RECORD = "record"
    ADMISSION = "admission"
    FIRST_HAND = "first_hand"
    INFERENCE = "inference"
    HEARSAY = "hearsay"


class Review(StrEnum):
    """What a person has decided about the machine's reading."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CORRECTED = "corrected"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Proposition:
    """Subject, predicate (of knowledge/predicates), object, role, and when it held."""

    subject: Entity | None
    predicate: str
    object: Entity | None
    role: str | None = None
    valid: UncertainInterval = ALWAYS_POSSIBLE


@dataclass(frozen=True, slots=True)
class Claim:
    """A source says a proposition, in these words, on this basis.

    ``origin`` is where the knowledge entered the record, not who printed it. ``id`` is the content
    hash of everything else (see `ashiato.core.canonical.content_id`), so it does not depend on the
    order of adding.
    """

    id: str
    proposition: Proposition
    polarity: Polarity
    modality: Modality
    basis: Basis
    cues: tuple[str, ...]
    speaker: Voice
    origin: Voice
    said_at: datetime | None
    citations: tuple[Citation, ...]
    method: str
    parents: tuple[str, ...] = ()
    review: Review = Review.PROPOSED


BY_A_PERSON = "person"
"""The method of a claim that a person read: a correction, or what the machine missed."""
ORIGIN_BY_A_PERSON = "person-origin"
"""The method of a claim whose origin alone a person overruled."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one person decided about one claim: a state of `Review`, ``origin`` or ``added``."""

    state: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimReview:
    """Everything decided about the claim ``id``, in order: the last ruling is the one in force.

    ``replaced_by`` is the id of the claim that stands in its place.
    """

    id: str
    rulings: tuple[Ruling, ...]
    replaced_by: str | None = None


def counts(claim: Claim) -> bool:
    """Whether a claim may weigh: neither rejected nor replaced by a person's correction."""
    return claim.review not in {Review.REJECTED, Review.CORRECTED}
