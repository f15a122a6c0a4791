"""What really happens in an exercise: the one plan from which evidence and truth are both written.

A scene holds what is true. Whoever writes evidence (`registers`, `traffic`, `documents`) reads it
and decides only on form; `truth` writes it down for the scorer.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone without summer time: how the case file calls it, minutes ahead of UTC."""

    name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What a customer leaves with a provider: card, phone (digits), e-mail and postal address."""

    card: str
    phone: str
    email: str
    postal: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody real within the exercise; ``trade`` is what the statement calls him."""

    id: str
    name: str
    innocent: bool
    trade: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """A hosting provider; ``books`` is the number of its book-keeping style in the words pack."""

    id: str
    name: str
    zone: Zone
    books: int


@dataclass(frozen=True, slots=True)
class Regime:
    """How one hand logs in: from where, with which keys, around which hour (UTC), how often."""

    hand: str
    start: datetime
    end: datetime
    networks: tuple[str, ...]
    keys: tuple[str, ...]
    hour: float
    logins: int


@dataclass(frozen=True, slots=True)
class Contract:
    """One rental as the provider wrote it, and the person who was really behind the name.

    ``shared`` says that the address serves several customers at once. ``end`` is ``None`` while it
    runs. ``regimes`` are filled for machines whose log-in records the case holds.
    """

    number: str
    provider: str
    asset: str
    account: str
    address: str
    customer: str
    person: str
    reach: Reach
    payer: str
    start: datetime
    end: datetime | None
    shared: bool = False
    regimes: tuple[Regime, ...] = ()


@dataclass(frozen=True, slots=True)
class Rental:
    """A contract of a renter. ``passed_at`` is when the group got the account, if it ever did."""

    contract: Contract
    domain: str
    passed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the institutions, the group, and the state that is said to be behind it.

    ``behind`` is whether the unit really directed the group; the evidence looks alike either way.
    """

    police: str
    outlet: str
    firm: str
    ministry: str
    spokesperson: str
    state: str
    service: str
    unit: str
    group: str
    market: str
    engineer: Person
    student: Person
    behind: bool


@dataclass(frozen=True, slots=True)
class Site:
    """Somewhere an organisation's machines go; ``path`` is fixed for beacons, else empty."""

    domain: str
    address: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """Planned contacts of one host with one site, at exact instants (epoch seconds, UTC)."""

    host: str
    site: Site
    times: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation that was asked for its logs.

    ``part`` is its part in the play: ``victim``, a decoy (``reused_address``, ``before_handover``,
    ``co_tenant``), ``clean``, or one whose state nobody can know from the evidence (``refused``,
    ``no_zone``, ``outside_period``). ``traces`` are the planned contacts of its part.
    """

    number: int
    name: str
    slug: str
    kind: str
    part: str
    zone: Zone
    clock_offset: int
    lines: int
    start: datetime
    days: int
    attacked: bool
    hosts: tuple[str, ...]
    traces: tuple[Visit, ...]
    servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is true in one exercise."""

    seed: int
    start: datetime
    days: int
    cast: Cast
    persons: tuple[Person, ...]
    providers: tuple[Provider, ...]
    contracts: tuple[Contract, ...]
    rentals: tuple[Rental, ...]
    successor: Contract
    co_tenant: Contract
    co_tenant_domain: str
    organisations: tuple[Organisation, ...]
    sites: tuple[Site, ...]
    published: tuple[datetime, datetime, datetime]
