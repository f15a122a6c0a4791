"""A provider's register, joined: contracts with their machines, addresses and payments.

Rows that cannot be joined, or whose dates are impossible, are kept as `Loose` rows and reported.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ashiato.core.claims import Entity, EntityType
from ashiato.core.evidence import Citation
from ashiato.core.records import Record
from ashiato.core.tenancy import TenancyBasis
from ashiato.core.time import FIRST, LAST, Moment, UncertainInterval
from ashiato.trace.drafts import order_citations
from ashiato.trace.identifiers import ending, normal_form
from ashiato.trace.naming import asset, fold, persona
from ashiato.trace.rules import rules

_NEVER = Moment(FIRST, LAST)


@dataclass(frozen=True, slots=True)
class Holding:
    """An asset that belongs to a lease, for the time in which it did."""

    asset: Entity
    interval: UncertainInterval
    basis: TenancyBasis
    sources: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Lease:
    """A contract as its register has it: one customer, one term, the assets that go with it.

    ``paused`` are the times in which the provider had suspended it. ``known_until`` says what shows
    that a contract without an end still ran; empty where it has one, or nothing does.
    """

    source: str
    number: str
    customer: Entity
    interval: UncertainInterval
    account: Entity | None
    machine: Entity | None
    address: str
    citations: tuple[Citation, ...]
    holdings: tuple[Holding, ...] = ()
    paused: tuple[UncertainInterval, ...] = ()
    known_until: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment, the leases it is for, and who paid as far as the register says."""

    leases: tuple[Lease, ...]
    payer: Entity
    paid_at: Moment | None
    card: str
    citation: Citation
    source: str
    paid_until: Moment | None = None


@dataclass(frozen=True, slots=True)
class Loose:
    """A row that joins to nothing, and why; it is reported, never dropped."""

    asset: Entity
    kind: str
    because: str


@dataclass(frozen=True, slots=True)
class Register:
    """All registers of the case, joined; the rows in an order that depends only on them."""

    leases: tuple[Lease, ...]
    payments: tuple[PaymentRow, ...]
    loose: tuple[Loose, ...]
    by_asset: Mapping[str, tuple[Lease, ...]]
    by_account_name: Mapping[str, tuple[Lease, ...]]

    def of(self, entity: Entity) -> tuple[Lease, ...]:
        """Give the leases to which an asset (or a contract entity) belongs."""
        return self.by_asset.get(entity.id, ())

    def with_account(self, name: str) -> tuple[Lease, ...]:
        """Give the leases whose account has this name (folded), at whatever provider."""
        return self.by_account_name.get(name, ())


def contract_entity(lease: Lease) -> Entity:
    """Name the contract itself."""
    return asset(EntityType.CONTRACT, lease.number, lease.source)


def customer_of(row: Record) -> Entity:
    """Name the customer of a contract row as the row does."""
    number = _number(row)
    name = _value(row, "customer") or f"unnamed customer of contract {number}"
    return persona(row.source, number, name)


def place(citation: Citation) -> str:
    """Say where a row stands, for a reader."""
    record = getattr(citation.locator, "record", None)
    return citation.path if record is None else f"{citation.path} record {record}"


def term(times: Mapping[str, Moment]) -> UncertainInterval | None:
    """Give the term of a row; an open end is unknown, and only the start is then certain.

    A release later than the end makes the time between possible: the machine was still up. An open
    contract certainly ran when its register was extracted (``as_of``), if it had begun by then.
    ``None`` where the end lies before the start.
    """
    start, end = times.get("start"), times.get("end")
    try:
        if start is not None and end is None:
            seen = max(start.earliest, _extracted(times, start))
            return UncertainInterval(start.earliest, start.latest, seen, None)
        found = UncertainInterval.between(start, end)
        return _released(found, times.get("released"))
    except ValueError:
        return None


def _extracted(times: Mapping[str, Moment], start: Moment) -> datetime:
    return times["as_of"].earliest if "as_of" in times else start.earliest


def _released(found: UncertainInterval, released: Moment | None) -> UncertainInterval:
    if released is None or found.end_max is None or released.latest <= found.end_max:
        return found
    return UncertainInterval(found.start_min, found.start_max, found.end_min, released.latest)


def pauses(times: Mapping[str, Moment]) -> tuple[UncertainInterval, ...]:
    """Give the time in which a row says the contract was suspended, if it does."""
    if "suspended" not in times:
        return ()
    try:
        return (UncertainInterval.between(times["suspended"], times.get("resumed")),)
    except ValueError:
        return ()


def read_registers(records: Iterable[Record]) -> Register:
    """Join contracts, assignments and payments; the order of the rows does not matter."""
    kinds: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        kinds[record.kind].append(record)
    loose: list[Loose] = []
    bare = _ended(_leases(kinds["contracts"], loose), kinds["statuses"])
    leases = _with_holdings(bare, kinds["assignments"], loose)
    payments = _payments(kinds["payments"], leases, loose)
    running = _still_running(leases, payments)
    leases = tuple(running[lease] for lease in leases)
    payments = tuple(
        replace(paid, leases=tuple(running[lease] for lease in paid.leases)) for paid in payments
    )
    leases = _given_on(leases)
    by_asset: dict[str, list[Lease]] = defaultdict(list)
    by_name: dict[str, list[Lease]] = defaultdict(list)
    for lease in leases:
        for one in sorted({contract_entity(lease).id, *(h.asset.id for h in lease.holdings)}):
            by_asset[one].append(lease)
        if lease.account:
            by_name[fold(lease.account.text)].append(lease)
    return Register(
        leases,
        payments,
        tuple(sorted(set(loose), key=_loose_order)),
        {key: tuple(found) for key, found in by_asset.items()},
        {key: tuple(found) for key, found in by_name.items()},
    )


def _loose_order(row: Loose) -> tuple[str, str, str]:
    return (row.asset.id, row.kind, row.because)


def _value(record: Record, field: str) -> str:
    return record.fields.get(field, "").strip()


def _number(record: Record) -> str:
    named = (_value(record, field) for field in ("contract", "account", "asset", "address"))
    return next((value for value in named if value), "without number")


def _row_entity(record: Record) -> Entity:
    return asset(EntityType.CONTRACT, _number(record), record.source)


def _things(row: Record) -> list[Entity]:
    """Give what a contract row is about: its contract, account, machine and address."""
    named = (
        (EntityType.ACCOUNT, "account", row.source),
        (EntityType.SERVER, "asset", ""),
        (EntityType.ADDRESS, "address", ""),
    )
    things = [asset(kind, _value(row, f), scope) for kind, f, scope in named if _value(row, f)]
    return [_row_entity(row), *things]


def _leases(rows: Sequence[Record], loose: list[Loose]) -> tuple[Lease, ...]:
    alike: dict[Lease, list[Citation]] = defaultdict(list)
    for row in rows:
        interval = term(row.times)
        if interval is None:
            because = f"{place(row.citation)}: contract {_number(row)} ends before it starts"
            loose.extend(Loose(thing, "impossible-dates", because) for thing in _things(row))
            continue
        alike[_lease(row, interval)].append(row.citation)
    found = [replace(lease, citations=order_citations(c)) for lease, c in alike.items()]
    return tuple(sorted(found, key=_lease_order))


def _lease(row: Record, interval: UncertainInterval) -> Lease:
    account, machine = _value(row, "account"), _value(row, "asset")
    return Lease(
        source=row.source,
        number=_number(row),
        customer=customer_of(row),
        interval=interval,
        account=asset(EntityType.ACCOUNT, account, row.source) if account else None,
        machine=asset(EntityType.SERVER, machine) if machine else None,
        address=_value(row, "address"),
        citations=(),
        paused=pauses(row.times),
        known_until=_known_until(row.times),
    )


def _known_until(times: Mapping[str, Moment]) -> str:
    if "end" in times or "as_of" not in times:
        return ""
    return f"its register of {_day(times['as_of'].earliest)} has it running"


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _lease_order(lease: Lease) -> tuple[object, ...]:
    assets = (lease.account or "", lease.machine or "", lease.address)
    return (lease.source, lease.number, lease.customer, lease.interval.bounds, str(assets))


def _with_holdings(
    leases: tuple[Lease, ...], rows: Sequence[Record], loose: list[Loose]
) -> tuple[Lease, ...]:
    assigned: dict[Lease, list[Holding]] = defaultdict(list)
    finder = _Finder(leases)
    for row in rows:
        _assign(row, finder, assigned, loose)
    return tuple(replace(lease, holdings=_holdings(lease, assigned[lease])) for lease in leases)


def _ended(leases: tuple[Lease, ...], rows: Sequence[Record]) -> tuple[Lease, ...]:
    """End the leases whose end nobody knew at the earliest cancellation of their contract."""
    finder, over = _Finder(leases), rules().ending_statuses
    ends: dict[Lease, Record] = {}
    for row in sorted(rows, key=lambda row: (row.times.get("at", _NEVER), place(row.citation))):
        if "at" not in row.times or fold(_value(row, "status")) not in over:
            continue
        for lease in finder.named_by(row):
            if lease.interval.end_max is None and lease.source == row.source:
                ends.setdefault(lease, row)
    return tuple(sorted((_until(lease, ends.get(lease)) for lease in leases), key=_lease_order))


def _until(lease: Lease, row: Record | None) -> Lease:
    start_min, start_max, _, _ = lease.interval.bounds
    if row is None or row.times["at"].latest <= start_max:
        return lease
    at = row.times["at"]
    interval = UncertainInterval.from_bounds((start_min, start_max, at.earliest, at.latest))
    return replace(
        lease, interval=interval, citations=order_citations([*lease.citations, row.citation])
    )


class _Finder:
    """Leases by the identifiers that a row of another table may name them with."""

    def __init__(self, leases: Iterable[Lease]) -> None:
        self._by: dict[tuple[str, str, str], set[Lease]] = defaultdict(set)
        for lease in leases:
            self._by["contract", lease.source, fold(lease.number)].add(lease)
            if lease.account:
                self._by["account", lease.source, fold(lease.account.text)].add(lease)
            if lease.machine:
                self._by["asset", "", fold(lease.machine.text)].add(lease)

    def named_by(self, row: Record) -> tuple[Lease, ...]:
        """Give the leases that agree with every identifier of the row (none: nothing)."""
        sets = [
            self._by.get((field, scope, fold(_value(row, field))), set())
            for field, scope in (("contract", row.source), ("account", row.source), ("asset", ""))
            if _value(row, field)
        ]
        found: set[Lease] = set.intersection(*sets) if sets else set()
        return tuple(sorted(found, key=_lease_order))


def _assign(
    row: Record, finder: _Finder, assigned: dict[Lease, list[Holding]], loose: list[Loose]
) -> None:
    address, machine = _value(row, "address"), _value(row, "asset")
    thing = asset(EntityType.ADDRESS, address) if address else asset(EntityType.SERVER, machine)
    interval = term(row.times)
    if interval is None:
        because = f"{place(row.citation)}: assignment of {thing.text} ends before it starts"
        loose.append(Loose(thing, "impossible-dates", because))
        return
    met = [
        (lease, shared)
        for lease in finder.named_by(row)
        if (shared := lease.interval.intersect(interval)) is not None
    ]
    for lease, shared in met:
        sources = tuple(sorted({lease.source, row.source}))
        citations = (*lease.citations, row.citation)
        assigned[lease].append(Holding(thing, shared, TenancyBasis.DERIVED, sources, citations))
    if not met:
        because = f"{place(row.citation)}: no contract on record covers this use of {thing.text}"
        loose.append(Loose(thing, "missing-contract", because))


def _holdings(lease: Lease, assigned: Sequence[Holding]) -> tuple[Holding, ...]:
    own = [thing for thing in (lease.account, lease.machine) if thing]
    if lease.address:
        own.append(asset(EntityType.ADDRESS, lease.address))
    # Where an assignment tells when a thing was this lease's, the contract row's own term does not.
    own = [thing for thing in own if all(h.asset.id != thing.id for h in assigned)]
    if not own and not assigned:
        own = [contract_entity(lease)]
    stated = [
        Holding(thing, lease.interval, TenancyBasis.STATED, (lease.source,), lease.citations)
        for thing in own
    ]
    return tuple(sorted({*stated, *assigned}, key=_holding_order))


def _holding_order(holding: Holding) -> tuple[object, ...]:
    cited = tuple((c.exhibit, c.path, str(c.locator)) for c in holding.citations)
    return (holding.asset, holding.interval.bounds, holding.sources, cited)


def _payments(
    rows: Sequence[Record], leases: tuple[Lease, ...], loose: list[Loose]
) -> tuple[PaymentRow, ...]:
    finder = _Finder(leases)
    endings = _card_endings(rows)
    found = []
    for row in rows:
        named = finder.named_by(row)
        paid_at = row.times.get("paid_at")
        met = _paid_for(paid_at, named)
        problem = _payment_problem(row, named, met)
        if problem:
            because = f"{place(row.citation)}: {problem}"
            loose.append(Loose(_row_entity(row), "unused-payment", because))
            continue
        payer = _payer(row, met[0].number, endings)
        card = _value(row, "card")
        until = row.times.get("paid_until")
        found.append(PaymentRow(met, payer, paid_at, card, row.citation, row.source, until))
    return tuple(sorted(set(found), key=_payment_order))


def _still_running(
    leases: Iterable[Lease], payments: Iterable[PaymentRow]
) -> Mapping[Lease, Lease]:
    """Let each contract without an end certainly run until the last time paid for it alone."""
    last: dict[Lease, datetime] = {}
    for payment in payments:
        told = [m.earliest for m in (payment.paid_at, payment.paid_until) if m]
        if told and len(payment.leases) == 1:
            lease = payment.leases[0]
            last[lease] = max(*told, last.get(lease, told[0]))
    return {lease: _seen_until(lease, last.get(lease)) for lease in leases}


def _seen_until(lease: Lease, seen: datetime | None) -> Lease:
    term = lease.interval
    if seen is None or term.end_max is not None or seen <= term.bounds[2]:
        return lease
    longer = replace(term, end_min=seen)
    holdings = tuple(
        replace(h, interval=longer) if h.interval == term else h for h in lease.holdings
    )
    why = f"a payment on record covers it until {_day(seen)}"
    return replace(lease, interval=longer, holdings=holdings, known_until=why)


def _given_on(leases: tuple[Lease, ...]) -> tuple[Lease, ...]:
    """End the time after a contract's end, in which a thing may still be up, where it went on."""
    starts: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for holding in (h for lease in leases for h in lease.holdings):
        starts[holding.asset.id].append(holding.interval.bounds[:2])
    for begun in starts.values():
        begun.sort()
    return tuple(
        replace(lease, holdings=tuple(_cut(h, starts[h.asset.id]) for h in lease.holdings))
        for lease in leases
    )


def _cut(holding: Holding, starts: Sequence[tuple[datetime, datetime]]) -> Holding:
    _, _, end_min, end_max = holding.interval.bounds
    after = bisect_left(starts, (end_min, FIRST))
    if holding.interval.end_max is None or after == len(starts):
        return holding
    gone = max(starts[after][1], end_min)
    if gone >= end_max:
        return holding
    return replace(holding, interval=replace(holding.interval, end_max=gone))


def _paid_for(paid_at: Moment | None, named: Sequence[Lease]) -> tuple[Lease, ...]:
    """Give the terms running at the payment; failing that the next to start (paid in advance)."""
    if paid_at is None:
        return tuple(named)
    paid = UncertainInterval.within(paid_at)
    running = tuple(lease for lease in named if lease.interval.may_meet(paid))
    later = [lease for lease in named if lease.interval.bounds[0] >= paid_at.latest]
    first = min((lease.interval.bounds[0] for lease in later), default=None)
    return running or tuple(lease for lease in later if lease.interval.bounds[0] == first)


def _payment_problem(row: Record, named: Sequence[Lease], met: Sequence[Lease]) -> str:
    if not named:
        return "no contract on record is the one this payment is for"
    if not met:
        return "the payment was made after the contract had ended"
    if not _value(row, "payer") and not _value(row, "card"):
        return "the payment names neither a payer nor a card"
    return ""


def _payer(row: Record, number: str, endings: Mapping[tuple[str, str], Sequence[str]]) -> Entity:
    if name := _value(row, "payer"):
        return persona(row.source, number, name)
    card = _value(row, "card")
    last = ending(card)
    rank = endings[row.source, last].index(normal_form("card", card)) + 1
    which = f" (#{rank})" if rank > 1 else ""
    return persona(row.source, number, f"holder of card ••••{last}{which}")


def _card_endings(rows: Iterable[Record]) -> dict[tuple[str, str], list[str]]:
    """Collect the cards that end alike, in the order of their rows: masked they are still two."""
    first: dict[tuple[str, str], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in rows:
        if card := _value(row, "card"):
            cards, form = first[row.source, ending(card)], normal_form("card", card)
            place = (row.citation.path, repr(row.citation.locator))
            cards[form] = min(place, cards.get(form, place))
    return {key: sorted(cards, key=lambda c: (cards[c], c)) for key, cards in first.items()}


def _payment_order(row: PaymentRow) -> tuple[object, ...]:
    when: tuple[datetime, ...] = (row.paid_at.earliest, row.paid_at.latest) if row.paid_at else ()
    return (row.source, row.payer, when, row.citation.path, str(row.citation.locator))
