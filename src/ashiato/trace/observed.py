"""What records tell of an asset without saying who held it: looked up beside, never a tenancy."""

from collections.abc import Iterable, Iterator, Mapping

from ashiato.core.claims import Entity, EntityType
from ashiato.core.masking import SENSITIVE_FIELDS
from ashiato.core.records import Login, Record
from ashiato.core.tenancy import Observation
from ashiato.core.time import ALWAYS_POSSIBLE, Moment, UncertainInterval
from ashiato.trace.identifiers import masked
from ashiato.trace.leases import Register
from ashiato.trace.naming import asset, fold
from ashiato.trace.rules import ObservationRule, rules

SCOPED = frozenset({EntityType.ACCOUNT, EntityType.CONTRACT})
"""Names that are unique within one register only."""


def observations(records: Iterable[Record], register: Register) -> tuple[Observation, ...]:
    """Say what each record tells of each asset it names, in an order of content.

    An account that somebody else's record names is the register's where only one is called so.
    """
    found = {_order(seen): seen for record in records for seen in _of(record, register)}
    return tuple(found[key] for key in sorted(found))


def logins_of(records: Iterable[Record]) -> tuple[Login, ...]:
    """Make log-ins of the rows of tables of log-ins; those without an instant are none."""
    refused = rules().refused_logins
    return tuple(
        _login(record, refused)
        for record in records
        if record.kind == "logins" and "account" in record.fields and "at" in record.times
        and (record.times["at"].latest - record.times["at"].earliest).total_seconds() <= 1
    )  # fmt: skip


def _login(record: Record, refused: Iterable[str]) -> Login:
    fields = record.fields
    return Login(
        account=fields["account"],
        host=fields.get("asset", ""),
        address=fields.get("address", ""),
        ts=record.times["at"].earliest,
        accepted=fields.get("result", "").casefold() not in refused,
        client=fields.get("client", ""),
        citation=record.citation,
    )


def _of(record: Record, register: Register) -> Iterator[Observation]:
    rule = rules().observations.get(record.kind)
    if rule is None or not any(record.fields.get(name) for name in rule.tells):
        return
    told = "; ".join(_told(name, record) for name in rule.tells if record.fields.get(name))
    because = f"{rule.says}: {told}. {rule.caution}"
    for name, kind in rule.things.items():
        for text in record.fields.get(name, "").split(" ") if rule.many else _one(record, name):
            if text:
                thing = _thing(EntityType(kind), text, record.source, register)
                yield Observation(
                    thing, record.kind, _seen(record, rule), because, record.source,
                    (record.citation,),
                )  # fmt: skip


def _one(record: Record, name: str) -> Iterator[str]:
    yield record.fields.get(name, "")


def _told(name: str, record: Record) -> str:
    value = record.fields[name]
    shown = masked(name, value) if name in SENSITIVE_FIELDS else value
    return f"{name.replace('_', ' ')} {shown}"


def _thing(kind: EntityType, text: str, source: str, register: Register) -> Entity:
    if kind is EntityType.ACCOUNT:
        called = {e.id: e for lease in register.with_account(fold(text)) if (e := lease.account)}
        own = [e for e in called.values() if e.id == asset(kind, text, source).id]
        if own or len(called) == 1:
            return (own or list(called.values()))[0]
    return asset(kind, text.removesuffix("."), source if kind in SCOPED else "")


def _seen(record: Record, rule: ObservationRule) -> UncertainInterval:
    """Bound the time in which it was seen; within, nothing is certain at any instant."""
    first, last = (_time(record.times, names) for names in (rule.first, rule.last))
    if first is None and last is None:
        return ALWAYS_POSSIBLE
    earliest = first.earliest if first else None
    latest = last.latest if last else None
    return UncertainInterval(earliest, latest, earliest, latest)


def _time(times: Mapping[str, Moment], names: Iterable[str]) -> Moment | None:
    return next((times[name] for name in names if name in times), None)


def _order(seen: Observation) -> tuple[object, ...]:
    (cited,) = seen.citations
    place = (cited.exhibit, cited.path, getattr(cited.locator, "record", 0))
    thing = (seen.asset.id, seen.asset.text)
    return (thing, seen.kind, seen.interval.bounds, seen.because, place)
