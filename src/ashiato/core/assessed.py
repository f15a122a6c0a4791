"""An assessed case: everything that a dossier shows, already decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ashiato.core.claims import Claim, ClaimReview
from ashiato.core.evidence import Exhibit, Problem
from ashiato.core.records import CensusCell, CensusRow, Indicator, Lead, Proposal, Sighting
from ashiato.core.sources import Source
from ashiato.core.techniques import TechniqueMention
from ashiato.core.tenancy import Tracing
from ashiato.core.weighing import Contradiction, Proceedings, Verdict


@dataclass(frozen=True, slots=True)
class AssessedCase:
    """The hand-over from the stages to `report`, which renders it and computes nothing.

    ``exhibit_sources`` maps an exhibit's path to its source id; ``settings`` are the policy and the
    tables in force, printed with the answer; ``sensitive`` are (kind, value) pairs to be masked.
    ``sightings`` are sorted; ``log_rows`` counts lake rows by kind; ``reviews`` are what persons
    decided about claims. ``claims`` holds those rejected and replaced, too: they do not weigh.
    ``techniques`` and ``leads`` help the reader and weigh nowhere. ``cells`` is the census by kind
    of log and month; ``proposals`` are for an analyst, the strongest first, and weigh nowhere.
    """

    id: str
    title: str
    tlp: str
    legal_basis: str
    version: str
    evidence_digest: str
    as_known_on: datetime | None
    exhibits: tuple[Exhibit, ...]
    exhibit_sources: Mapping[str, str]
    sources: tuple[Source, ...]
    claims: tuple[Claim, ...]
    tracing: Tracing
    indicators: tuple[Indicator, ...]
    sightings: tuple[Sighting, ...]
    census: tuple[CensusRow, ...]
    verdicts: tuple[Verdict, ...]
    proceedings: tuple[Proceedings, ...]
    problems: tuple[Problem, ...]
    log_rows: Mapping[str, int]
    settings: Mapping[str, str]
    sensitive: tuple[tuple[str, str], ...] = ()
    reviews: tuple[ClaimReview, ...] = ()
    techniques: tuple[TechniqueMention, ...] = ()
    cells: tuple[CensusCell, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    leads: tuple[Lead, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
