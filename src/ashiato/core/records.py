"""Rows of registers and logs, the observables in them, indicators and sightings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ashiato.core.evidence import Citation
from ashiato.core.time import Moment, UncertainInterval


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a register, or one record of a file that is read like one.

    ``kind`` is one of `ashiato.core.sources.TABLES`. ``fields`` holds the values as written
    (contract, customer, account, card, document ...: docs/formats.md); a case keeps cards and
    telephones as keyed hashes. ``times`` are the dates as moments (start, end, paid_at, at ...).
    ``citation`` leads to the row.
    """

    kind: str
    fields: Mapping[str, str]
    times: Mapping[str, Moment]
    source: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Login:
    """A log-in to ``account`` on ``host`` from ``address`` at ``ts`` (UTC), accepted or refused."""

    account: str
    host: str
    address: str
    ts: datetime
    accepted: bool
    client: str
    citation: Citation


class ObservableType(StrEnum):
    """What kind of trace it is."""

    IP = "ip"
    CIDR = "cidr"
    DOMAIN = "domain"
    URL = "url"
    URL_PREFIX = "url_prefix"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    EMAIL = "email"
    ACCOUNT = "account"
    CVE = "cve"
    SHA512 = "sha512"
    IMPHASH = "imphash"
    SSDEEP = "ssdeep"
    FILE = "file"
    PATH = "path"
    REGISTRY = "registry"
    MUTEX = "mutex"
    USER_AGENT = "user_agent"
    PHONE = "phone"
    BITCOIN = "bitcoin"
    ETHEREUM = "ethereum"
    MONERO = "monero"
    ASN = "asn"
    ATTACK = "attack"


@dataclass(frozen=True, slots=True, order=True)
class Observable:
    """A trace in its normal form: address, domain in lower case, URL, hash, account, e-mail."""

    type: ObservableType
    value: str


@dataclass(frozen=True, slots=True)
class Mention:
    """An observable that a document names, with the sentence around it.

    ``window`` is the time the sentence gives for it (unknown bounds where it gives none), ``cue``
    the words that tie it to the attack (empty where nothing does: then it is no indicator),
    ``origin`` the id of the origin of the sentence's knowledge. ``host`` is the domain or address
    inside a link or an e-mail address, ``benign`` why the trace can point to nobody (then there
    is no cue).
    """

    observable: Observable
    citation: Citation
    sentence: Citation
    window: UncertainInterval
    cue: str
    origin: str
    host: Observable | None = None
    benign: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """An observable that points to the actor inside ``window`` only, and why.

    ``asset`` and ``party`` say whose machine it was taken from, where a tenancy gave it;
    ``origins`` are the origins that the link rests on. ``withdrawn`` says why its publisher no
    longer stands by it (empty: does): its matches are listed and never count.
    """

    id: str
    observable: Observable
    window: UncertainInterval
    reason: str
    citations: tuple[Citation, ...]
    asset: str | None = None
    party: str | None = None
    origins: tuple[str, ...] = ()
    withdrawn: str = ""


class SightingStatus(StrEnum):
    """Whether a match counts: inside the window certainly, possibly, or kept as excluded."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A record of an organisation that matches an indicator; excluded ones say why."""

    indicator: str
    observable: Observable
    organisation: str
    ts: datetime
    host: str
    log_kind: str
    matched_field: str
    matched_value: str
    citation: Citation
    status: SightingStatus
    reason: str


class CensusStatus(StrEnum):
    """What may be said of one organisation. ``clear`` needs coverage; silence is not clearance."""

    HIT = "hit"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    CLEAR = "clear"
    NO_COVERAGE = "no_coverage"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CensusRow:
    """One organisation: what was seen there, when, on how many hosts, and what its logs cover."""

    organisation: str
    status: CensusStatus
    first_seen: datetime | None
    last_seen: datetime | None
    hosts: int
    sightings: int
    excluded: int
    kinds: tuple[str, ...]
    coverage_start: datetime | None
    coverage_end: datetime | None
    best: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class CensusCell:
    """One organisation, one kind of log, one stretch of whole months (UTC): what its rows say.

    ``start`` and ``end`` are half-open. ``days`` are the days in it on which an indicator that such
    a log could show pointed to the actor, ``covered`` those of them with rows, and ``gaps`` the
    half-open stretches of whole days without. ``sightings``, ``excluded`` and ``repeated`` are
    records: those that count, those outside every window, those delivered before in another
    exhibit. ``bytes_out`` and ``bytes_in`` add up the records that count; ``None`` where none of
    them says.
    """

    organisation: str
    log_kind: str
    start: datetime
    end: datetime
    status: CensusStatus
    first_seen: datetime | None
    last_seen: datetime | None
    hosts: int
    sightings: int
    excluded: int
    repeated: int
    bytes_out: int | None
    bytes_in: int | None
    days: int
    covered: int
    gaps: tuple[tuple[datetime, datetime], ...]
    best: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What hit machines, and almost only they, contacted around their sightings.

    A proposal for an analyst: it is no indicator, enters no verdict and no sweep until he puts it
    on a list. ``hit_hosts`` of ``hit_machines`` contacted it and ``other_hosts`` of
    ``other_machines``, over all organisations whose logs could show it. ``score`` and ``parts`` are
    0 to 1. ``indicators`` are those whose sightings lead here; ``origins`` theirs: a proposal adds
    no origin of its own. ``first`` and ``last`` bound the contacts of the hit machines.
    """

    observable: Observable
    score: float
    parts: Mapping[str, float]
    because: str
    hit_hosts: int
    hit_machines: int
    other_hosts: int
    other_machines: int
    hit_organisations: int
    other_organisations: int
    first: datetime
    last: datetime
    indicators: tuple[str, ...]
    origins: tuple[str, ...]
    citations: tuple[Citation, ...]


class LeadKind(StrEnum):
    """What a machine did that is worth a look. None of it is a sighting."""

    BEACON = "beacon"
    LONG_CONNECTION = "long_connection"
    BULK_UPLOAD = "bulk_upload"
    SHARED_DESTINATION = "shared_destination"


@dataclass(frozen=True, slots=True)
class Lead:
    """Behaviour in the logs that a person should look at: it points to nobody, and weighs nothing.

    ``score`` and ``parts`` are 0 to 1. ``figures`` are what was measured, each with its unit in its
    name. ``citations`` lead to its best records: the first, the last, the largest, the longest.
    ``machines`` are (organisation, machine) pairs.
    """

    kind: LeadKind
    machines: tuple[tuple[str, str], ...]
    destination: str
    log_kinds: tuple[str, ...]
    score: float
    parts: Mapping[str, float]
    figures: Mapping[str, float]
    first: datetime
    last: datetime
    because: str
    citations: tuple[Citation, ...]

    @property
    def organisations(self) -> tuple[str, ...]:
        """The organisations whose machines did it, sorted."""
        return tuple(sorted({organisation for organisation, _ in self.machines}))
