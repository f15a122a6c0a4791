"""What really happens in an exercise: the one plan from which evidence and truth are both written.

A scene holds what is true. Whoever writes evidence (`registers`, `traffic`, `documents`) reads it
and decides only on form; `truth` writes it down for the scorer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ashiato.exercise.parameters import Parameters
from ashiato.exercise.words import Alias

PASSED_ON = frozenset({"sold", "resold", "double", "stolen"})
"""What may become of an account so that somebody other than its renter uses it."""


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
class Group:
    """A hacker group: its habits. ``hour`` (UTC) is the middle of its working day.

    ``tool`` is the path its tool calls; groups that share a tool share the path. ``lure`` begins
    its domains.
    """

    name: str
    hour: float
    networks: tuple[str, ...]
    keys: tuple[str, ...]
    tool: str
    lure: str
    period: int
    jitter: float
    missed: float


@dataclass(frozen=True, slots=True)
class Provider:
    """A hosting provider: how it keeps its books, and what of them it still has.

    ``clock_offset`` is stated in the case file, ``clock_error`` is not (seconds ahead of UTC).
    ``kept_from`` is the instant before which its records are deleted. ``given`` is false for one
    that hands nothing over. ``script`` is the script in which it takes names.
    """

    id: str
    name: str
    zone: Zone
    books: Mapping[str, Any]
    script: str
    clock_offset: int
    clock_error: int
    kept_from: datetime
    given: bool = True


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

    ``alias`` is the name on it in every script, ``customer`` as this provider wrote it. ``shared``
    says that the address serves several customers at once. ``end`` is ``None`` while it runs;
    ``misdated`` is the wrong end that the provider wrote instead. ``regimes`` are filled for
    machines whose log-in records the case holds.
    """

    number: str
    provider: str
    asset: str
    account: str
    address: str
    alias: Alias
    customer: str
    person: str
    reach: Reach
    payer: str
    start: datetime
    end: datetime | None
    shared: bool = False
    misdated: datetime | None = None
    regimes: tuple[Regime, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """Who held the credentials of an account over ``[start, end)``, and how he came by them."""

    party: str
    start: datetime
    end: datetime | None
    channel: str


@dataclass(frozen=True, slots=True)
class Rental:
    """A contract that plays a part: ``fate`` is what became of its account.

    ``user`` is the group that attacks from it, empty for none. ``holdings`` tell in order who held
    the account; only after a double sale do two of them overlap.
    """

    contract: Contract
    domain: str
    fate: str
    user: str
    holdings: tuple[Holding, ...]

    @property
    def passed_at(self) -> datetime | None:
        """When its group got the account, if one ever did."""
        return next((h.start for h in self.holdings if self.user and h.party == self.user), None)

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The time in which its group attacks from it: inside its own tenancy."""
        if self.passed_at is None or self.contract.end is None:
            raise ValueError(f"{self.contract.asset!r} was never passed on")
        return self.passed_at + _MARGIN, self.contract.end - _MARGIN


_MARGIN = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the institutions, the groups, and the state that is said to be behind one.

    ``behind`` is whether the unit really directed the group; the evidence looks alike either way,
    unless a seized letter names the unit (``letter_names_unit``). ``front`` and ``go_between``
    stand between the two. ``rival`` shares a tool with the group, ``imitator`` copies it.
    """

    police: str
    outlet: str
    second_outlet: str
    firm: str
    blog: str
    ministry: str
    spokesperson: str
    state: str
    service: str
    unit: str
    front: str
    go_between: str
    group: Group
    rival: Group | None
    imitator: Group | None
    market: str
    renters: tuple[Person, ...]
    behind: bool
    letter_names_unit: bool

    @property
    def engineer(self) -> Person:
        """The first renter, who admits."""
        return self.renters[0]

    @property
    def student(self) -> Person:
        """The second renter, who does not."""
        return self.renters[1]


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
    ``co_tenant``, ``other_group``, ``imitation``), ``clean``, or one whose state nobody can know
    from the evidence (``refused``, ``lost``, ``no_zone``, ``outside_period``). ``traces`` are the
    planned contacts of its part. In ``gap`` (epoch seconds) its log has nothing. ``clock_error`` is
    what the case file does not state.
    """

    number: int
    name: str
    slug: str
    kind: str
    part: str
    zone: Zone
    clock_offset: int
    clock_error: int
    lines: int
    start: datetime
    days: int
    attacked: bool
    hosts: tuple[str, ...]
    traces: tuple[Visit, ...]
    servers: tuple[str, ...] = ()
    gap: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is true in one exercise."""

    seed: int
    parameters: Parameters
    start: datetime
    days: int
    cast: Cast
    persons: tuple[Person, ...]
    providers: tuple[Provider, ...]
    contracts: tuple[Contract, ...]
    rentals: tuple[Rental, ...]
    successor: Contract | None
    co_tenant: Contract | None
    co_tenant_domain: str
    office: str
    organisations: tuple[Organisation, ...]
    sites: tuple[Site, ...]
    published: Mapping[str, datetime]

    @property
    def used(self) -> tuple[Rental, ...]:
        """The machines from which the group attacked, in order of its getting them."""
        return self.used_by(self.cast.group)

    def used_by(self, group: Group) -> tuple[Rental, ...]:
        """Give the machines from which a group attacked."""
        return tuple(r for r in self.rentals if r.user == group.name)

    def provider(self, contract: Contract) -> Provider:
        """Give the house that a contract was signed with."""
        return next(p for p in self.providers if p.id == contract.provider)
