"""The tracing pack, typed: every threshold, weight and word that tracing uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ashiato.core.canonical import from_plain
from ashiato.core.tenancy import Role
from ashiato.engine.parties import LinkRules
from ashiato.knowledge import load


@dataclass(frozen=True, slots=True)
class PredicateRule:
    """What one predicate says about control."""

    role: Role
    passes: bool
    needs_asset: bool
    takes: bool = False


@dataclass(frozen=True, slots=True)
class StatementRules:
    """Which claims speak of control, and how firmly."""

    source: str
    strong: tuple[str, ...]
    ignored: tuple[str, ...]
    embedded_min_length: int
    predicates: Mapping[str, PredicateRule]


@dataclass(frozen=True, slots=True)
class RivalRules:
    """In which roles two parties at once contradict each other."""

    exclusive_roles: tuple[Role, ...]
    compared: int
    reason: str


@dataclass(frozen=True, slots=True)
class ClockRules:
    """When two sources that tell of the same events differ by a clock."""

    events: int
    share: float
    sources: int
    vague_minutes: float
    slack_minutes: float
    most_hours: float
    source: str


@dataclass(frozen=True, slots=True)
class IdentifierRule:
    """What one kind of identifier weighs (decibans), and when it is too common to count."""

    weight: float
    holders: int
    min_length: int
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class SameRule:
    """``count`` rare kinds agree, one of them in ``any_of``: the same.

    ``names_alike`` asks for an equal name besides.
    """

    any_of: tuple[str, ...]
    count: int
    reason: str
    source: str
    names_alike: bool = False


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """How shared identifiers become judgements."""

    method: str
    placeholders: tuple[str, ...]
    kinds: Mapping[str, IdentifierRule]
    rules: tuple[SameRule, ...]
    unsure: Mapping[str, str]
    linking: LinkRules


@dataclass(frozen=True, slots=True)
class Explanation:
    """An innocent way in which log-ins can change; ``returns`` is there and back again."""

    name: str
    prior: float
    returns: bool
    patterns: tuple[tuple[str, ...], ...]
    source: str


@dataclass(frozen=True, slots=True)
class HandoverRules:
    """How a change of hands is told from a new computer, a new routine and a journey."""

    source: str
    min_logins: int
    prefix_v4: int
    prefix_v6: int
    cuts: int
    tempering: float
    speaks: float
    report: float
    corroborates: float
    credible: float
    slack_days: float
    base_rate: float
    words: Mapping[str, str]
    explanations: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True)
class ObservationRule:
    """Which fields of a kind of record name assets, what is told of them, and when it was."""

    says: str
    tells: tuple[str, ...]
    things: Mapping[str, str]
    many: bool
    first: tuple[str, ...]
    last: tuple[str, ...]
    caution: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole pack."""

    version: str
    ending_statuses: tuple[str, ...]
    refused_logins: tuple[str, ...]
    observations: Mapping[str, ObservationRule]
    statements: StatementRules
    rivals: RivalRules
    clocks: ClockRules
    identity: IdentityRules
    handover: HandoverRules


@cache
def rules() -> Rules:
    """Give the pack ``tracing`` as one value."""
    pack: Rules = from_plain(Rules, load("tracing"))
    return pack
