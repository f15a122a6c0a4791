"""A lead before its records are fetched."""

from collections.abc import Mapping
from dataclasses import dataclass

from ashiato.core.records import LeadKind
from ashiato.engine.protocol import Wanted


@dataclass(frozen=True, slots=True)
class Draft:
    """What a `Lead` will say; ``wanted`` are the records that it will cite.

    ``first`` and ``last`` are microseconds since 1970 UTC.
    """

    kind: LeadKind
    machines: tuple[tuple[str, str], ...]
    destination: str
    log_kinds: tuple[str, ...]
    score: float
    parts: Mapping[str, float]
    figures: Mapping[str, float]
    first: int
    last: int
    because: str
    wanted: tuple[Wanted, ...]
