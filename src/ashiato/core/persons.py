"""What is on record about where a person was and how proceedings went: claims in order of time."""

from dataclasses import dataclass
from datetime import datetime

from ashiato.core.claims import Modality, Polarity
from ashiato.core.evidence import Citation


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """One claim of a step or a movement, as told; ``counts`` unless denied or not told as a fact.

    ``earliest`` and ``latest`` bound when it happened, as far as anybody says; a thing told as done
    was done before it was told.
    """

    claim: str
    kind: str
    predicate: str
    object: str
    earliest: datetime | None
    latest: datetime | None
    said_at: datetime | None
    speaker: str
    origin: str
    polarity: Polarity
    modality: Modality
    counts: bool
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two claims on one person that cannot both be the whole story; both stay."""

    because: str
    claims: tuple[str, str]


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """The time line of one person; what nobody says is ``unknown``, and nothing here is guilt."""

    id: str
    person: str
    entries: tuple[StatusEntry, ...]
    contradictions: tuple[Clash, ...]
    disposition: str
    whereabouts: str
    note: str
