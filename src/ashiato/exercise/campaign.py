"""Whom the group attacks, when and from which server; and who only looks as if it were attacked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.random import Generator

from ashiato.exercise.draws import between, pick, some, stream, whole
from ashiato.exercise.hosting import Hosting
from ashiato.exercise.parameters import Parameters
from ashiato.exercise.scene import Cast, Group, Organisation, Rental, Site, Visit, Zone
from ashiato.exercise.words import Names, pack

OUTSIDE_DAYS = 30
"""Length of the log that ends long before the attacks begin."""
_FITS = {
    "reused_address": ("squid", "zeek-tsv", "sshd", "zeek-json"),
    "before_handover": ("zeek-json", "squid", "zeek-tsv"),
    "co_tenant": ("squid",),
    "no_zone": ("bind",),
    "outside_period": ("squid",),
    "other_group": ("squid", "bind", "zeek-tsv", "zeek-json"),
    "imitation": ("zeek-tsv", "squid", "bind"),
}
BLIND = frozenset({"refused", "lost", "no_zone", "outside_period"})
"""Parts of which nobody can say from the evidence whether they were attacked."""
SILENT = frozenset({"refused", "lost"})
"""Parts of which the case holds no log at all."""
DECOYS = frozenset({"reused_address", "before_handover", "co_tenant", "other_group", "imitation"})
_ONCE = ("refused", "no_zone", "outside_period")
_FEWEST_VICTIMS, _FEW_CONTACTS, _LONG = 3, 12, 84
_OFFICE = (8, 19)
_THURSDAY, _SATURDAY = 3, 5
"""Days of the week from Monday as 0; 1 January 1970 was a Thursday."""


@dataclass(frozen=True, slots=True)
class Field:
    """What the organisations of one exercise have in common."""

    seed: int
    parameters: Parameters
    start: datetime
    days: int
    cast: Cast
    hosting: Hosting
    own_domain: str
    co_tenant_domain: str
    monitor_domain: str

    @property
    def end(self) -> datetime:
        """The end of the period that logs were asked for."""
        return self.start + timedelta(days=self.days)

    def used_by(self, group: Group) -> tuple[Rental, ...]:
        """Give the servers that a group attacks from."""
        return tuple(r for r in self.hosting.rentals if r.user == group.name)


def _dealt(field: Field) -> set[str]:
    """Give the parts that the parameters switch on."""
    p, cast = field.parameters, field.cast
    switches = {
        "reused_address": p.reused_address,
        "co_tenant": p.co_tenant,
        "other_group": cast.rival is not None,
        "imitation": cast.imitator is not None,
    }
    return {part for part in p.odds["parts"] if switches.get(part, True)}


def _parts(field: Field, rng: Generator, count: int) -> list[str]:
    shares, out = dict(field.parameters.odds["parts"]), list[str]()
    if field.parameters.silent_share is not None:
        shares["refused"] = field.parameters.silent_share
    on = _dealt(field)
    for part in sorted(on - {"victim"}):
        least = part in _ONCE or part in {"reused_address", "before_handover", "co_tenant"}
        out += [part] * max(int(least), round(shares[part] * count))
    victims = max(_FEWEST_VICTIMS, round(shares["victim"] * count))
    # Decoys make room for victims, never the other way: without these there is no campaign.
    kept = [*["victim"] * min(victims, count), *sorted(out, key=lambda part: part not in _ONCE)]
    parts = kept[:count] + ["clean"] * (count - len(kept))
    return some(rng, parts, count)


def _kinds(parts: list[str], kinds: list[str]) -> list[str]:
    """Deal log kinds out in turn, within what a part's traces can be written in."""
    dealt: dict[str, int] = {}
    out = []
    for part in parts:
        turn = dealt[part] = dealt.get(part, -1) + 1
        fits = _FITS.get(part, kinds)
        out.append(fits[turn % len(fits)])
    return out


def _shares(rng: Generator, parts: list[str], lines: int) -> list[int]:
    weights = [0.0 if part in SILENT else 0.5 + float(rng.random()) for part in parts]
    whole_weight = sum(weights)
    cuts = [round(lines * part / whole_weight) for part in accumulate(weights)]
    return [b - a for a, b in zip([0, *cuts], cuts, strict=False)]


@dataclass(frozen=True, slots=True)
class Beat:
    """How a program calls: period in seconds, jitter and missed beats as shares, office hours."""

    period: int
    jitter: float
    missed: float
    office: bool


class Draft:
    """Draws one organisation: its size, its zone, and the traces of its part."""

    def __init__(self, field: Field, number: int, kind: str, lines: int, zone: Zone) -> None:
        self.field, self.number, self.kind, self.lines = field, number, kind, lines
        self.zone, self.odds = zone, field.parameters.odds
        self.rng = stream(field.seed, "organisation", number)

    @property
    def contacts(self) -> int:
        """How many times one host calls: some, but never a visible share of the whole log."""
        return min(300, max(_FEW_CONTACTS, self.lines // 90))

    def hosts(self) -> tuple[str, ...]:
        """Invent its machines: names of servers for SSH, else inside addresses."""
        if self.kind == "sshd":
            roles = ("mail", "gw", "files", "build", "web", "lab")
            return tuple(
                f"{role}-{n:02d}" for role in roles[: whole(self.rng, 3, 7)] for n in (1, 2)
            )
        numbers = some(self.rng, range(40 * 240), whole(self.rng, 25, 80))
        base = self.number % 250
        return tuple(f"10.{base}.{n // 240}.{5 + n % 240}" for n in sorted(numbers))

    def run(self, window: tuple[datetime, datetime], beat: Beat) -> tuple[float, ...]:
        """Draw one beacon's contacts inside ``window``, to the millisecond.

        A beacon of office hours sleeps at night and on weekends of the organisation's zone.
        """
        first, last = (end.timestamp() for end in window)
        need = self.contacts * beat.period * 1.1
        begin = first + float(self.rng.random()) * max(0.0, last - first - need)
        count = int(
            min(self.contacts * (8 if beat.office else 2), 2 + (last - begin) / beat.period)
        )
        gaps = beat.period * (1 + beat.jitter * self.rng.standard_normal(count)).clip(0.3, 1.9)
        times = begin + np.concatenate([[0.0], gaps.cumsum()])
        alive = (self.rng.random(len(times)) >= beat.missed) & (times < last)
        local = (times + self.zone.minutes * 60) // 3600
        weekday = (local // 24 + _THURSDAY) % 7
        at_work = (local % 24 >= _OFFICE[0]) & (local % 24 < _OFFICE[1])
        awake = at_work & (weekday < _SATURDAY)
        kept = times[alive & awake] if beat.office else times[alive]
        kept = kept if len(kept) >= _FEW_CONTACTS else times[times < last]
        return tuple(round(float(t), 3) for t in kept[: self.contacts])

    def beat(self, group: Group | None = None) -> Beat:
        """Draw how a program calls: a group's, or one that only looks like it."""
        office = bool(self.rng.random() < self.odds["office_beacon"])
        if group:
            return Beat(group.period, group.jitter, group.missed, office)
        jitter, missed = (
            between(self.rng, self.odds["jitter"]),
            between(self.rng, self.odds["missed"]),
        )
        return Beat(pick(self.rng, self.odds["periods"]), jitter, missed, office)

    def _attack_sites(self, rental: Rental, group: Group) -> list[Site]:
        address = rental.contract.address
        if self.kind == "sshd":
            return [Site("", address, "intrude")]
        named = Site(rental.domain, address, group.tool)
        if self.kind == "bind" or rental.contract.shared or rental.fate == "stolen":
            return [named]
        return [named, Site(address, address, group.tool)]

    def attack(
        self, hosts: tuple[str, ...], turn: int, group: Group
    ) -> tuple[tuple[Visit, ...], tuple[str, ...]]:
        """Draw a group's traces, from one of its servers or several."""
        open_to = self.field.used_by(group)
        if self.kind == "sshd":
            open_to = tuple(r for r in open_to if not r.contract.shared and r.fate != "stolen")
        shares = self.odds["servers_a_victim"]
        count = 1 + int(self.rng.choice(len(shares), p=shares))
        used = [open_to[(turn + n) % len(open_to)] for n in range(min(count, len(open_to)))]
        visits = []
        for rental in used:
            sites = self._attack_sites(rental, group)
            for host in some(self.rng, hosts, whole(self.rng, 1, 4)):
                times = self.run(rental.window, self.beat(group))
                visits.append(Visit(host, pick(self.rng, sites), times))
        return tuple(visits), tuple(r.contract.asset for r in used)

    def _stray(
        self, hosts: tuple[str, ...], site: Site, window: tuple[datetime, datetime]
    ) -> tuple[Visit, ...]:
        return (Visit(pick(self.rng, hosts), site, self.run(window, self.beat())),)

    def after_lease(self, hosts: tuple[str, ...]) -> tuple[Visit, ...]:
        """Draw attack-like traffic with the innocent customer who has the address now."""
        now = self.field.hosting.successor
        assert now is not None
        path = pick(self.rng, pack("words")["site"]["beacon_paths"])
        named = pick(self.rng, (self.field.monitor_domain, now.address))
        site = (
            Site("", now.address, "scan") if self.kind == "sshd" else Site(named, now.address, path)
        )
        return self._stray(hosts, site, (now.start + timedelta(hours=6), self.field.end))

    def before_handover(self, hosts: tuple[str, ...]) -> tuple[Visit, ...]:
        """Draw calls to the engineer's own page on a server that he has not yet sold."""
        own = [r for r in self.field.used_by(self.field.cast.group) if r.fate == "sold"]
        rental = next((r for r in own[1:] if not r.contract.shared), own[0])
        sold = rental.window[0] - timedelta(days=1)
        window = (self.field.start, sold - (sold - self.field.start) / 4)
        site = Site(self.field.own_domain, rental.contract.address, "/status.html")
        return self._stray(hosts, site, window)

    def co_tenant(self, hosts: tuple[str, ...]) -> tuple[Visit, ...]:
        """Draw calls to the innocent customer who shares an address with the group's server."""
        used = self.field.used_by(self.field.cast.group)
        shared = next(r for r in used if r.contract.shared)
        site = Site(self.field.co_tenant_domain, shared.contract.address, "/shop/cart.php")
        return self._stray(hosts, site, shared.window)


def _traces(
    draft: Draft, part: str, hosts: tuple[str, ...], turn: int
) -> tuple[tuple[Visit, ...], tuple[str, ...]]:
    cast = draft.field.cast
    attackers = {"other_group": cast.rival, "imitation": cast.imitator}
    if part in {"victim", "no_zone"}:
        return draft.attack(hosts, turn, cast.group)
    if attacker := attackers.get(part):
        return draft.attack(hosts, turn, attacker)[0], ()
    innocent = {
        "reused_address": draft.after_lease,
        "before_handover": draft.before_handover,
        "co_tenant": draft.co_tenant,
    }
    return (innocent[part](hosts), ()) if part in innocent else ((), ())


def _with_gap(organisation: Organisation, rng: Generator, odds: Mapping[str, Any]) -> Organisation:
    """Take a stretch out of a log, and the planned contacts that lay in it.

    An attacked organisation whose traces would all but vanish keeps its log whole.
    """
    begin = organisation.start.timestamp() + between(rng, (0.1, 0.9)) * organisation.days * 86_400
    gap = (begin, begin + between(rng, odds["gap_hours"]) * 3600)
    traces = tuple(
        replace(v, times=tuple(t for t in v.times if not gap[0] <= t < gap[1]))
        for v in organisation.traces
    )
    if any(len(v.times) < _FEW_CONTACTS // 2 for v in traces):
        return organisation
    return replace(organisation, gap=gap, traces=traces)


def plan_organisations(field: Field, names: Names) -> tuple[Organisation, ...]:
    """Draw every organisation that was asked for its logs."""
    p, rng = field.parameters, stream(field.seed, "census")
    parts = _parts(field, rng, p.organisations)
    kinds = _kinds(parts, p.odds["kinds"])
    rows = zip(parts, kinds, _shares(rng, parts, p.log_lines), strict=True)
    return tuple(_organisations(field, names, rng, rows))


def _organisations(
    field: Field, names: Names, rng: Generator, rows: "zip[tuple[str, str, int]]"
) -> Iterator[Organisation]:
    p, turns = field.parameters, dict[str, int]()
    for number, (part, kind, share) in enumerate(rows, start=1):
        zone = pick(rng, pack("words")["zones"])
        draft = Draft(field, number, kind, share, Zone(zone["name"], zone["minutes"]))
        hosts = draft.hosts()
        turn = turns[part] = turns.get(part, -1) + 1
        traces, servers = _traces(draft, part, hosts, turn)
        outside = part == "outside_period"
        made = Organisation(
            number=number,
            name=names.firm("trades"),
            slug=f"org-{number:03d}",
            kind=kind,
            part=part,
            zone=draft.zone,
            clock_offset=pick(rng, p.odds["clock_offsets"]),
            clock_error=round(p.clocks_off_hours * 3600),
            lines=share,
            start=field.start - timedelta(days=110) if outside else field.start,
            days=OUTSIDE_DAYS if outside else field.days,
            attacked=part in {"victim", "no_zone"}
            or (part in BLIND and rng.random() < p.odds["parts"]["victim"]),
            hosts=hosts,
            traces=traces,
            servers=servers,
        )
        hole = part not in BLIND and field.days >= _LONG and rng.random() < p.odds["gap"]
        yield _with_gap(made, rng, p.odds) if hole else made
