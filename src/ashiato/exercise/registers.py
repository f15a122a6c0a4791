"""The providers' books as CSV, and the log-in records of the rented machines."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from numpy.random import Generator

from ashiato.exercise.draws import pick, stream, whole
from ashiato.exercise.scene import Contract, Provider, Regime, Scene

TABLES = ("contracts", "payments", "assignments")
_MONTH, _BOOKED = timedelta(days=30), 24
SCANS_A_DAY = 3
"""Failed log-ins from the open internet that every machine sees."""


def tables(scene: Scene) -> tuple[str, ...]:
    """Give the tables that a provider hands over in this exercise."""
    return tuple(t for t in TABLES if t != "payments" or not scene.parameters.no_payments)


def _skew(provider: Provider) -> timedelta:
    """Give how far ahead of UTC its clocks are: zone, stated offset, and what nobody states."""
    seconds = provider.clock_offset + provider.clock_error
    return timedelta(minutes=provider.zone.minutes, seconds=seconds)


def _written(moment: datetime | None, provider: Provider, pattern: str) -> str:
    return "" if moment is None else (moment + _skew(provider)).strftime(pattern)


def _card(digits: str, style: Mapping[str, Any]) -> str:
    return str(style["card"]).format(*(digits[i : i + 4] for i in range(0, 16, 4)))


def _phone(digits: str, style: Mapping[str, Any]) -> str:
    return str(style["phone"]).format(digits[:4], digits[4:])


def _contract_row(contract: Contract, provider: Provider) -> dict[str, str]:
    style, reach = provider.books, contract.reach
    date = style["contracts"]["date"]
    return {
        "contract": contract.number,
        "customer": contract.customer,
        "account": contract.account,
        "asset": contract.asset,
        "address": contract.address,
        "phone": _phone(reach.phone, style),
        "email": reach.email,
        "postal": reach.postal,
        "card": _card(reach.card, style),
        "start": _written(contract.start, provider, date),
        "end": _written(contract.misdated or contract.end, provider, date),
        "signed_at": _written(contract.start - timedelta(hours=2), provider, date),
    }


def _payment_rows(
    contract: Contract, provider: Provider, last: datetime, rng: Generator
) -> Iterator[tuple[datetime, dict[str, str]]]:
    """Book a payment every thirty days while the contract runs; the latest 24 are on file."""
    style = provider.books
    end = min(contract.end or last, last)
    amount = f"{whole(rng, 8, 90)}.00"
    months = max(0, (end - contract.start) // _MONTH + 1)
    dues = [contract.start + _MONTH * n for n in range(months)]
    for due in [d for d in dues if provider.kept_from <= d < end][-_BOOKED:]:
        paid = due + timedelta(minutes=whole(rng, 1, 600))
        row = {
            "contract": contract.number,
            "account": contract.account,
            "payer": contract.payer,
            "card": _card(contract.reach.card, style),
            "amount": amount,
            "paid_at": _written(paid, provider, style["payments"]["date"]),
        }
        yield paid, row


def _assignment_row(contract: Contract, provider: Provider) -> dict[str, str]:
    date = provider.books["assignments"]["date"]
    return {
        "address": contract.address,
        "asset": contract.asset,
        "contract": contract.number,
        "account": contract.account,
        "start": _written(contract.start, provider, date),
        "end": _written(contract.end, provider, date),
    }


def _rows(scene: Scene, provider: Provider, table: str) -> list[dict[str, str]]:
    own = [c for c in scene.contracts if c.provider == provider.id]
    if table == "contracts":
        return [_contract_row(c, provider) for c in own]
    if table == "assignments":
        kept = [c for c in own if c.end is None or c.end >= provider.kept_from]
        order = sorted(kept, key=lambda c: (c.start, c.number))
        return [_assignment_row(c, provider) for c in order]
    rng = stream(scene.seed, "payments", provider.id)
    last = scene.start + timedelta(days=scene.days)
    paid = [row for c in own for row in _payment_rows(c, provider, last, rng)]
    paid.sort(key=lambda item: (item[0], item[1]["contract"]))
    first = whole(rng, 10_000, 90_000)
    return [{"payment": f"P{first + n}", **row} for n, (_, row) in enumerate(paid)]


def _write_table(
    path: Path, rows: Iterable[dict[str, str]], provider: Provider, table: str
) -> None:
    style = provider.books
    columns: dict[str, str] = style[table]["columns"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=style["delimiter"], lineterminator="\n")
        writer.writerow(columns.values())
        writer.writerows([row[field] for field in columns] for row in rows)


def _sessions(regime: Regime, rng: Generator) -> Iterator[tuple[datetime, str, str]]:
    """Draw when one hand logs in: any day, around its hour, from its networks with its keys."""
    days = (regime.end - regime.start).days + 1
    made = 0
    while made < regime.logins:
        day = regime.start.replace(hour=0, minute=0, second=0, microsecond=0)
        hour = regime.hour + 1.8 * float(rng.standard_normal())
        at = day + timedelta(days=whole(rng, 0, days + 1), seconds=round(hour * 3600))
        if regime.start <= at < regime.end:
            made += 1
            yield at, pick(rng, regime.networks), pick(rng, regime.keys)


def _login_events(contract: Contract, rng: Generator) -> list[tuple[datetime, str]]:
    """Give every event of a machine's log-in record with its text after the time and host."""
    events = []
    for regime in contract.regimes:
        for at, address, key in _sessions(regime, rng):
            pid, port = whole(rng, 700, 32_000), whole(rng, 32_768, 61_000)
            who = f"{contract.account} from {address} port {port}"
            left = at + timedelta(minutes=whole(rng, 2, 150))
            events.append((at, f"sshd[{pid}]: Accepted publickey for {who} ssh2: ED25519 {key}"))
            gone = f"{contract.account} {address} port {port}"
            events.append((left, f"sshd[{pid}]: Disconnected from user {gone}"))
    first, last = contract.regimes[0].start, contract.regimes[-1].end
    for _ in range((last - first).days * SCANS_A_DAY):
        at = first + timedelta(seconds=whole(rng, 0, int((last - first).total_seconds())))
        address = f"100.{whole(rng, 64, 128)}.{whole(rng, 0, 256)}.{whole(rng, 1, 255)}"
        user = pick(rng, ("root", "admin", "test", "oracle", "ubuntu"))
        who = f"{user} from {address} port {whole(rng, 32_768, 61_000)} ssh2"
        events.append((at, f"sshd[{whole(rng, 700, 32_000)}]: Failed password for {who}"))
    return sorted(events)


def syslog_time(local: datetime) -> str:
    """Write a local time as BSD syslog does (RFC 3164): no year, day padded with a space."""
    return f"{local:%b} {local.day:>2} {local:%H:%M:%S}"


def _write_logins(path: Path, contract: Contract, provider: Provider, rng: Generator) -> int | None:
    """Write one machine's record, as far as it is kept; give the year of its first line."""
    events = [e for e in _login_events(contract, rng) if e[0] >= provider.kept_from]
    if not events:
        return None
    with path.open("w", encoding="utf-8", newline="") as file:
        for at, text in events:
            file.write(f"{syslog_time(at + _skew(provider))} {contract.asset} {text}\n")
    return (events[0][0] + _skew(provider)).year


def write_registers(scene: Scene, folder: Path) -> dict[str, int]:
    """Write ``folder/<provider>/`` for each provider: tables and ``auth/<machine>.log``.

    Gives the year of the first line of each log (by ``<provider>/auth/<machine>.log``), which the
    log itself does not tell.
    """
    years: dict[str, int] = {}
    for provider in (p for p in scene.providers if p.given):
        home = folder / provider.id
        (home / "auth").mkdir(parents=True)
        for table in tables(scene):
            _write_table(home / f"{table}.csv", _rows(scene, provider, table), provider, table)
        for contract in scene.contracts:
            if contract.provider == provider.id and contract.regimes:
                rng = stream(scene.seed, "logins", provider.id, contract.asset)
                name = f"auth/{contract.asset}.log"
                year = _write_logins(home / name, contract, provider, rng)
                if year is not None:
                    years[f"{provider.id}/{name}"] = year
    return years
