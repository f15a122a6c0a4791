"""Whom the group attacks, when and from which server; and who only looks as if it were attacked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from numpy.random import Generator

from ashiato.exercise.draws import moment, pick, some, stream, whole
from ashiato.exercise.hosting import Hosting
from ashiato.exercise.scene import Contract, Organisation, Rental, Site, Visit, Zone
from ashiato.exercise.words import Names, pack

FEWEST = 10
"""Below this an exercise could not hold one organisation of every part."""
VICTIM_SHARE, REUSED_SHARE = 0.4, 0.15
KINDS = ("squid", "zeek-tsv", "bind", "zeek-json", "sshd")
OUTSIDE_DAYS = 30
"""Length of the log that ends long before the attacks begin."""
_PERIODS = (600, 900, 1800, 3600)
_MARGIN = timedelta(hours=12)
_FITS = {
    "reused_address": ("squid", "zeek-tsv", "sshd", "zeek-json"),
    "before_handover": ("zeek-json", "squid", "zeek-tsv"),
    "co_tenant": ("squid",),
    "no_zone": ("bind",),
}
BLIND = frozenset({"refused", "no_zone", "outside_period"})
"""Parts of which nobody can say from the evidence whether they were attacked."""
DECOYS = frozenset({"reused_address", "before_handover", "co_tenant"})


@dataclass(frozen=True, slots=True)
class Field:
    """What the organisations of one exercise have in common."""

    seed: int
    start: datetime
    days: int
    hosting: Hosting
    own_domain: str
    co_tenant_domain: str
    monitor_domain: str

    @property
    def end(self) -> datetime:
        """The end of the period that logs were asked for."""
        return self.start + timedelta(days=self.days)

    @property
    def passed(self) -> tuple[Rental, ...]:
        """The servers that the group got."""
        return tuple(r for r in self.hosting.rentals if r.passed_at)


def attack_window(rental: Rental) -> tuple[datetime, datetime]:
    """Give the time in which the group attacks from a server: inside its own tenancy."""
    if rental.passed_at is None or rental.contract.end is None:
        raise ValueError(f"{rental.contract.asset!r} was never passed on")
    return rental.passed_at + _MARGIN, rental.contract.end - _MARGIN


def _parts(rng: Generator, count: int) -> list[str]:
    parts = ["refused", "no_zone", "outside_period", "before_handover", "co_tenant"]
    parts += ["reused_address"] * max(1, round(REUSED_SHARE * count))
    parts += ["victim"] * max(3, round(VICTIM_SHARE * count))
    parts += ["clean"] * (count - len(parts))
    return some(rng, parts, count)


def _kinds(parts: list[str]) -> list[str]:
    """Deal log kinds out in turn, within what a part's traces can be written in."""
    dealt: dict[str, int] = {}
    kinds = []
    for part in parts:
        turn = dealt[part] = dealt.get(part, -1) + 1
        fits = _FITS.get(part, KINDS)
        kinds.append(fits[turn % len(fits)])
    return kinds


def _shares(rng: Generator, parts: list[str], lines: int) -> list[int]:
    weights = [0.0 if part == "refused" else 0.5 + float(rng.random()) for part in parts]
    whole_weight = sum(weights)
    cuts = [round(lines * part / whole_weight) for part in accumulate(weights)]
    return [b - a for a, b in zip([0, *cuts], cuts, strict=False)]


def _run(rng: Generator, window: tuple[datetime, datetime], contacts: int) -> tuple[float, ...]:
    """Draw one beacon's contacts inside ``window``, to the millisecond, with jitter."""
    period = pick(rng, _PERIODS)
    length = timedelta(seconds=period * contacts * 1.05)
    latest = max(window[0], window[1] - length)
    begin = moment(rng, window[0], 0, (latest - window[0]) / timedelta(days=1)).timestamp()
    gaps = period * (1 + 0.06 * rng.standard_normal(contacts - 1)).clip(0.5, 1.5)
    times = [begin, *(begin + float(t) for t in gaps.cumsum())]
    return tuple(round(t, 3) for t in times if t < window[1].timestamp())


class Draft:
    """Draws one organisation: its size, its zone, and the traces of its part."""

    def __init__(self, field: Field, number: int, kind: str, lines: int) -> None:
        self.field, self.number, self.kind, self.lines = field, number, kind, lines
        self.rng = stream(field.seed, "organisation", number)

    @property
    def contacts(self) -> int:
        """How many times one host calls: some, but never a visible share of the whole log."""
        return min(300, max(12, self.lines // 90))

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

    def _attack_sites(self, rental: Rental) -> list[Site]:
        address = rental.contract.address
        if self.kind == "sshd":
            return [Site("", address, "intrude")]
        path = pick(self.rng, pack("words")["site"]["attack_paths"])
        named = Site(rental.domain, address, path)
        if self.kind == "bind" or rental.contract.shared:
            return [named]
        return [named, Site(address, address, path)]

    def attack(
        self, hosts: tuple[str, ...], turn: int
    ) -> tuple[tuple[Visit, ...], tuple[str, ...]]:
        """Draw the group's traces at a victim: from one server, at every third victim from two."""
        passed = self.field.passed
        open_to = passed[:2] if self.kind == "sshd" else passed
        used = [open_to[turn % len(open_to)]]
        if turn % 3 == 0:
            used.append(open_to[(turn + 1) % len(open_to)])
        visits = []
        for rental in used:
            sites = self._attack_sites(rental)
            for host in some(self.rng, hosts, whole(self.rng, 1, 4)):
                times = _run(self.rng, attack_window(rental), self.contacts)
                visits.append(Visit(host, pick(self.rng, sites), times))
        return tuple(visits), tuple(r.contract.asset for r in used)

    def _stray(
        self, hosts: tuple[str, ...], site: Site, window: tuple[datetime, datetime]
    ) -> Visit:
        return Visit(pick(self.rng, hosts), site, _run(self.rng, window, self.contacts))

    def after_lease(self, hosts: tuple[str, ...]) -> tuple[Visit, ...]:
        """Draw attack-like traffic with the innocent customer who has the address now."""
        now = self.field.hosting.successor
        path = pick(self.rng, pack("words")["site"]["beacon_paths"])
        named = pick(self.rng, (self.field.monitor_domain, now.address))
        site = (
            Site("", now.address, "scan") if self.kind == "sshd" else Site(named, now.address, path)
        )
        return (self._stray(hosts, site, (now.start + timedelta(hours=6), self.field.end)),)

    def before_handover(self, hosts: tuple[str, ...]) -> tuple[Visit, ...]:
        """Draw calls to the engineer's own page on a server that he has not yet sold."""
        rental = self.field.passed[1]
        window = (self.field.start, attack_window(rental)[0] - timedelta(days=4))
        site = Site(self.field.own_domain, rental.contract.address, "/status.html")
        return (self._stray(hosts, site, window),)

    def co_tenant(self, hosts: tuple[str, ...]) -> tuple[Visit, ...]:
        """Draw calls to the innocent customer who shares an address with the group's server."""
        shared = next(r for r in self.field.passed if r.contract.shared)
        site = Site(self.field.co_tenant_domain, shared.contract.address, "/shop/cart.php")
        return (self._stray(hosts, site, attack_window(shared)),)


def _traces(
    draft: Draft, part: str, hosts: tuple[str, ...], turn: int
) -> tuple[tuple[Visit, ...], tuple[str, ...]]:
    if part in {"victim", "no_zone"}:
        return draft.attack(hosts, turn)
    if part == "reused_address":
        return draft.after_lease(hosts), ()
    if part == "before_handover":
        return draft.before_handover(hosts), ()
    if part == "co_tenant":
        return draft.co_tenant(hosts), ()
    return (), ()


def plan_organisations(
    field: Field, names: Names, count: int, lines: int
) -> tuple[Organisation, ...]:
    """Draw every organisation that was asked for its logs."""
    rng = stream(field.seed, "census")
    parts = _parts(rng, count)
    victims = 0
    out = []
    rows = zip(parts, _kinds(parts), _shares(rng, parts, lines), strict=True)
    for number, (part, kind, share) in enumerate(rows, start=1):
        draft = Draft(field, number, kind, share)
        zone = pick(rng, pack("words")["zones"])
        hosts = draft.hosts()
        traces, servers = _traces(draft, part, hosts, victims)
        victims += part == "victim"
        outside = part == "outside_period"
        out.append(
            Organisation(
                number=number,
                name=names.firm("trades"),
                slug=f"org-{number:03d}",
                kind=kind,
                part=part,
                zone=Zone(zone["name"], zone["minutes"]),
                clock_offset=pick(rng, (0, 0, 0, -140, 35, 410)),
                lines=share,
                start=field.start - timedelta(days=110) if outside else field.start,
                days=OUTSIDE_DAYS if outside else field.days,
                attacked=part in {"victim", "no_zone"}
                or (part in BLIND and rng.random() < VICTIM_SHARE),
                hosts=hosts,
                traces=traces,
                servers=servers,
            )
        )
    return tuple(out)


def quiet_contracts(hosting: Hosting) -> list[Contract]:
    """Give the innocent contracts whose machines play no other part: ordinary sites live there."""
    special = {r.contract.address for r in hosting.rentals}
    return [c for c in hosting.contracts if not c.regimes and c.address not in special]
