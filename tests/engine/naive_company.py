"""The verb `company` in plain Python: every row with every other, nothing clever."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ashiato.core.evidence import RecordLocator
from ashiato.engine.pivots import Anchor, Companion, Reach, Visit

Row = Mapping[str, Any]
Machine = tuple[str, str]
HOUR, EPOCH = timedelta(hours=1), datetime(1970, 1, 1, tzinfo=UTC)
MULTICAST, B16 = 224, 172
INSIDE = ("0.", "10.", "127.", "169.254.", "192.168.")
NAMES, ADDRESSES = {"dns", "http", "proxy", "ssl"}, {"conn", "http", "proxy", "ssl"}


@dataclass(frozen=True)
class Contact:
    """One thing that one row shows as contacted."""

    thing: tuple[str, str]
    machine: Machine
    row: Row


@dataclass(frozen=True)
class Sides:
    """The machines that are hit and those that count on neither side, with what was met there."""

    hit: set[Machine]
    weak: set[Machine]
    met: Sequence[tuple[Anchor, Machine, datetime]]
    near: Callable[[Contact], bool]


def company(
    rows: Sequence[Row], anchors: Iterable[Anchor], reach: Reach
) -> tuple[int, tuple[Companion, ...]]:
    """Say what hit machines contacted around their sightings, and who else did."""
    met = [(a, m, r["ts"]) for a in set(anchors) for r in rows for m in _met(a, r)]
    hit = {machine for anchor, machine, _ in met if anchor.strong}
    weak = {machine for _, machine, _ in met} - hit
    hours = [(m, (ts - EPOCH) // HOUR) for anchor, m, ts in met if anchor.strong]
    contacts = [contact for row in rows for contact in _contacts(row)]

    def near(c: Contact) -> bool:
        at = (c.row["ts"] - EPOCH) // HOUR
        return any(m == c.machine and abs(at - hour) <= reach.hours for m, hour in hours)

    things = {c.thing for c in contacts if near(c)}
    sides = Sides(hit, weak, met, near)
    found = [_companion(thing, contacts, sides, reach.cited) for thing in sorted(things)]
    kept = [c for c in found if c.other_hosts <= reach.others * c.hit_hosts]
    best = sorted(kept, key=lambda c: (-c.hit_hosts, c.other_hosts, c.type, c.name))[: reach.most]
    return len(things), tuple(sorted(best, key=lambda c: (c.type, c.name)))


def _met(anchor: Anchor, row: Row) -> Iterator[Machine]:
    place = (row["org"], row["exhibit"], row["codec"] or "", row["kind"], row["rec_no"])
    if place == (anchor.org, anchor.exhibit, anchor.codec, anchor.kind, anchor.record):
        machine = row["dst_ip" if anchor.inbound else "src_ip"] or row["host"]
        if machine:
            yield row["org"], machine


def _contacts(row: Row) -> Iterator[Contact]:
    machine, name, registered = row["src_ip"] or row["host"], row["domain"], row["rd"]
    things = []
    if row["kind"] in NAMES and registered:
        things.append(("site", registered))
        things += [("domain", name)] if name and name != registered else []
    if row["kind"] in ADDRESSES and row["dst_ip"] and not _is_inside(row["dst_ip"]):
        things.append(("ip", row["dst_ip"]))
    if machine and not row["org"].startswith("source:"):
        yield from (Contact(thing, (row["org"], machine), row) for thing in things)


def _is_inside(text: str) -> bool:
    """Say whether an address is left out: inside an organisation, or no machine's."""
    if ":" in text:
        return False
    first, second = map(int, text.split(".")[:2])
    return (
        text.startswith(INSIDE) or first >= MULTICAST or (first == B16 and second in range(16, 32))
    )


def _companion(
    thing: tuple[str, str],
    contacts: Sequence[Contact],
    sides: Sides,
    cited: int,
) -> Companion:
    hit, weak, near = sides.hit, sides.weak, sides.near
    kind = "ip" if thing[0] == "ip" else "site"
    able = {c.machine for c in contacts if c.thing[0] == kind}
    visitors = {c.machine for c in contacts if c.thing == thing}
    others, hits = visitors - hit - weak, visitors & hit
    own = [c for c in contacts if c.thing == thing and c.machine in hit]
    instants = {(c.machine, c.row["ts"]) for c in own}
    close = {(c.machine, c.row["ts"]) for c in own if near(c)}
    return Companion(
        type=thing[0],
        name=thing[1],
        hit_hosts=len(hits),
        other_hosts=len(others),
        hit_machines=len(able & hit),
        other_machines=len(able - hit - weak),
        hit_orgs=len({org for org, _ in hits}),
        other_orgs=len({org for org, _ in others} - {org for org, _ in hits}),
        contacts=len(instants),
        near=len(close),
        first=min(ts for _, ts in instants),
        last=max(ts for _, ts in instants),
        indicators=tuple(sorted({a.indicator for a, m, _ in sides.met if a.strong and m in hits})),
        visits=tuple(_visits(own, near))[:cited],
    )


def _visits(own: Sequence[Contact], near: Callable[[Contact], bool]) -> list[Visit]:
    def order(c: Contact) -> tuple[Any, ...]:
        return not near(c), c.row["ts"], *c.machine, c.row["exhibit"], c.row["rec_no"]

    first: dict[Machine, Contact] = {}
    for contact in sorted(own, key=order):
        first.setdefault(contact.machine, contact)
    return [
        Visit(*c.machine, c.row["ts"], c.row["kind"], c.row["exhibit"], _place(c.row))
        for c in first.values()
    ]


def _place(row: Row) -> RecordLocator:
    return RecordLocator(row["rec_no"], row["byte_off"], row["byte_len"], row["codec"])
