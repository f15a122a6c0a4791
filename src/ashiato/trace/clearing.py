"""Who must be cleared: those whom an address alone could make suspects of what another did."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from ashiato.core.claims import Entity, EntityType
from ashiato.core.evidence import Citation
from ashiato.core.tenancy import Role, Tenancy, TenancyStatus, Tracing
from ashiato.core.time import Presence
from ashiato.trace.answers import assets_of, named, unknown

_ROLES = {Role.REGISTRANT, Role.CREDENTIAL_HOLDER}


@dataclass(frozen=True, slots=True)
class Cleared:
    """A party that must be cleared, why, and which record would tell it from the one sought.

    ``when`` is ``same time``, ``earlier`` or ``later``.
    """

    party: str
    party_id: str
    asset: str
    when: str
    because: str
    tell_apart: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Clearing:
    """Everybody who must be cleared of what came from an address, and what is not known.

    ``holder`` is the one certain registrant or credential holder, where the record has one.
    """

    asset: str
    at: datetime
    holder: str
    parties: tuple[Cleared, ...]
    gaps: tuple[str, ...]


def innocent(tracing: Tracing, asset: str, at: datetime, *, within: timedelta) -> Clearing:
    """List other customers at ``at``, and tenants who left or came ``within`` of it."""
    known = assets_of(tracing)
    found = named(known, asset)
    if len(found) != 1:
        return Clearing(asset, at, "", (), (unknown(asset, found, known),))
    mine = [t for t in tracing.tenancies if t.asset.id == found[0].id and t.role in _ROLES]
    sole = _sole([t for t in mine if _is_present(t, at)], at)
    other = [t for t in mine if not sole or t.party.id != sole.party.id]
    told = chain(_together(found[0], other, at), _near(other, at, within))
    gaps = () if mine else (f"no tenant of {found[0].text} is on record",)
    return Clearing(asset, at, sole.party.text if sole else "", _one_each(told), gaps)


def _is_present(tenancy: Tenancy, at: datetime) -> bool:
    return tenancy.interval.at(at) in {Presence.CERTAIN, Presence.POSSIBLE}


def _sole(present: Sequence[Tenancy], at: datetime) -> Tenancy | None:
    """Find the certain holder, if nobody else can have held it."""
    sure = [
        t
        for t in present
        if t.status is TenancyStatus.CERTAIN and t.interval.at(at) is Presence.CERTAIN
    ]
    return sure[0] if sure and len({t.party.id for t in present}) == 1 else None


def _together(thing: Entity, rows: Iterable[Tenancy], at: datetime) -> Iterator[Cleared]:
    """Yield those who may have held it then: the asset alone names none of them."""
    needed = _TELL.get(thing.type, _TELL[EntityType.SERVER])
    present = [t for t in rows if _is_present(t, at)]
    others = len({t.party.id for t in present}) - 1
    beside = f"as did or may have {others:,} others" if others else "and no more is known of it"
    for t in present:
        how = "had" if t.interval.at(at) is Presence.CERTAIN else "may have had"
        yield _cleared(t, "same time", f"{how} {thing.text} at that time, {beside}", needed)


_TELL = {
    EntityType.ADDRESS: "the port, the virtual host or server name, or the account of the event; "
    "for a carrier's address also its translation log at that second",
    EntityType.SERVER: "the account of the event, and the log-ins to it at that time",
    EntityType.ACCOUNT: "log-ins to the account at that time: network, client and key",
}


def _near(rows: Iterable[Tenancy], at: datetime, within: timedelta) -> Iterator[Cleared]:
    for t in rows:
        first, _, _, last = t.interval.bounds
        if last <= at and at - last <= within:
            because = f"had it until {last:%Y-%m-%d}, {_days(at - last)} before"
            yield _cleared(t, "earlier", because, _CLOCK)
        elif first > at and first - at <= within:
            because = f"had it from {first:%Y-%m-%d}, {_days(first - at)} after"
            yield _cleared(t, "later", because, _CLOCK)


_CLOCK = (
    "the clock offset and time zone of the log, and the records of release and first assignment"
)


def _days(span: timedelta) -> str:
    days = span.days
    return "less than a day" if days == 0 else f"{days} day{'s' if days > 1 else ''}"


def _cleared(tenancy: Tenancy, when: str, because: str, tell_apart: str) -> Cleared:
    return Cleared(
        tenancy.party.text,
        tenancy.party.id,
        tenancy.asset.text,
        when,
        because,
        tell_apart,
        tenancy.citations,
    )


def _one_each(rows: Iterable[Cleared]) -> tuple[Cleared, ...]:
    """Keep one entry for each party and time, however many roles it has."""
    found: dict[tuple[str, str], Cleared] = {}
    for row in rows:
        found.setdefault((row.when, row.party_id), row)
    order = ("same time", "earlier", "later")
    return tuple(sorted(found.values(), key=lambda r: (order.index(r.when), r.party, r.party_id)))
