"""What the registers say of control: registrants, payers, and the assumed first holder."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ashiato.core.sources import Source
from ashiato.core.tenancy import Role, TenancyBasis
from ashiato.core.time import FIRST, LAST, Moment, UncertainInterval
from ashiato.trace.drafts import Draft, Grade, order_citations
from ashiato.trace.leases import Holding, Lease, PaymentRow, Register


def registered(register: Register, registers: Mapping[str, Source]) -> Iterator[Draft]:
    """Yield what follows from contracts, assignments and payments alone."""
    for lease in register.leases:
        for holding in lease.holdings:
            yield _registrant(lease, holding, registers)
            yield from _assumed_holders(lease, holding, registers)
    yield from _payers(register.payments, registers)


def _grade(sources: Collection[str], registers: Mapping[str, Source]) -> Grade:
    """Grade a row: the register's own record only where the case says its source is a register.

    Elsewhere it is one voice; a chain through two voices is no agreement of two.
    """
    if all(source in registers for source in sources):
        return Grade.OWN_RECORD
    return Grade.FIRM if len(set(sources)) == 1 else Grade.HEDGED


def _name(source: str, registers: Mapping[str, Source]) -> str:
    return registers[source].name if source in registers else source


def _account(lease: Lease) -> str:
    return lease.account.id if lease.account else ""


def _registrant(lease: Lease, holding: Holding, registers: Mapping[str, Source]) -> Draft:
    because = (
        f"{_name(lease.source, registers)} has {lease.customer.text} "
        f"as customer of contract {lease.number} for {holding.asset.text}."
    )
    if holding.basis is TenancyBasis.DERIVED:
        because = f"{because[:-1]}, for the time in which it was assigned to that contract."
    if lease.known_until:
        because = f"{because} The contract has no end; {lease.known_until}."
    return Draft(
        asset=holding.asset,
        party=lease.customer,
        role=Role.REGISTRANT,
        interval=holding.interval,
        basis=holding.basis,
        grade=_grade(holding.sources, registers),
        origins=frozenset(holding.sources),
        because=because,
        citations=holding.citations,
        account=_account(lease),
    )


def _assumed_holders(
    lease: Lease, holding: Holding, registers: Mapping[str, Source]
) -> Iterator[Draft]:
    """Yield the assumed holder for the time in which the contract was not suspended."""
    whole = _assumed_holder(lease, holding, registers)
    if not lease.paused:
        yield whole
        return
    pause = lease.paused[0]
    why = f"{whole.because} The provider had suspended the contract for a time, left out here."
    for part in _around(whole.interval, pause):
        yield replace(whole, interval=part, because=why)


def _around(whole: UncertainInterval, pause: UncertainInterval) -> Iterator[UncertainInterval]:
    """Yield what is left of a time before and after a pause, each with its uncertain bounds."""
    before = UncertainInterval(None, FIRST, pause.start_min, pause.start_max)
    after = UncertainInterval(pause.end_min, pause.end_max, LAST, None)
    parts = [before] if pause.end_min is None else [before, after]
    yield from (shared for part in parts if (shared := whole.intersect(part)) is not None)


def _assumed_holder(lease: Lease, holding: Holding, registers: Mapping[str, Source]) -> Draft:
    because = (
        f"Assumed: {_name(lease.source, registers)} gave the access to {holding.asset.text} to the "
        f"customer of contract {lease.number}; no record says who used it."
    )
    return Draft(
        asset=holding.asset,
        party=lease.customer,
        role=Role.CREDENTIAL_HOLDER,
        interval=holding.interval,
        basis=TenancyBasis.INFERRED,
        grade=Grade.ASSUMED,
        origins=frozenset(holding.sources),
        because=because,
        citations=holding.citations,
        account=_account(lease),
    )


def _payers(payments: Iterable[PaymentRow], registers: Mapping[str, Source]) -> Iterator[Draft]:
    by_lease: dict[Lease, list[PaymentRow]] = defaultdict(list)
    for payment in payments:
        for lease in payment.leases:
            by_lease[lease].append(payment)
    for lease, paid in by_lease.items():
        alike: dict[tuple[str, Moment | None], list[PaymentRow]] = defaultdict(list)
        for payment in paid:
            alike[payment.payer.id, _succeeded(payment, paid)].append(payment)
        for (_, end), rows in alike.items():
            yield from _payer(lease, rows, _stretch(lease.interval, rows, end), registers)


def _succeeded(payment: PaymentRow, others: Iterable[PaymentRow]) -> Moment | None:
    """Find the next payment by somebody else: from then on this payer is not known to pay."""
    if payment.paid_at is None:
        return None
    later = (
        other.paid_at
        for other in others
        if other.payer.id != payment.payer.id
        and other.paid_at is not None
        and other.paid_at.earliest >= payment.paid_at.latest
    )
    return min(later, default=None)


def _stretch(
    term: UncertainInterval, rows: Iterable[PaymentRow], end: Moment | None
) -> UncertainInterval:
    """Give the time from the first of these payments to its successor or the end of the term."""
    start_min, start_max, end_min, end_max = term.bounds
    paid = [row.paid_at for row in rows if row.paid_at is not None]
    if not paid:
        return UncertainInterval.from_bounds((start_min, end_max, start_min, end_max))
    first = min(paid)
    if end is not None:
        end_min, end_max = min(end_min, end.earliest), min(end_max, end.latest)
    starts = (max(start_min, first.earliest), max(start_max, first.latest))
    return UncertainInterval.from_bounds((*starts, end_min, end_max))


def _payer(
    lease: Lease,
    rows: Sequence[PaymentRow],
    interval: UncertainInterval,
    registers: Mapping[str, Source],
) -> Iterator[Draft]:
    payer = min(row.payer for row in rows)
    times = "one payment" if len({r.citation for r in rows}) == 1 else "payments"
    because = (
        f"{_name(lease.source, registers)} has {times} by {payer.text} for contract "
        f"{lease.number}; that names who paid, not who used it."
    )
    for holding in lease.holdings:
        if (shared := interval.intersect(holding.interval)) is None:
            continue
        yield Draft(
            asset=holding.asset,
            party=payer,
            role=Role.PAYER,
            interval=shared,
            basis=TenancyBasis.DERIVED,
            grade=_grade([*holding.sources, *(r.source for r in rows)], registers),
            origins=frozenset([*holding.sources, *(r.source for r in rows)]),
            because=because,
            citations=order_citations([*(r.citation for r in rows), *holding.citations]),
            account=_account(lease),
        )
