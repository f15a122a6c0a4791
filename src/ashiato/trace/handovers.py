"""Hand-overs: those that documents tell of, those seen in log-in records, and both together.

A log-in shows that an account was used, never by whom: a detection gives a window and an
"unidentified holder", a statement gives a party; where their times agree they support each other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from ashiato.core.claims import Entity, EntityType
from ashiato.core.evidence import Citation
from ashiato.core.records import Login
from ashiato.core.tenancy import Handover, Role, TenancyBasis
from ashiato.core.time import Moment, UncertainInterval, format_instant
from ashiato.trace.detector import CHANGE, Regimes, explain
from ashiato.trace.drafts import Draft, Grade, order_citations
from ashiato.trace.leases import Lease, Register
from ashiato.trace.naming import asset, fold, fold_address, is_placeholder, placeholder
from ashiato.trace.rules import HandoverRules
from ashiato.trace.stated import Passing, reach

HOUR, NETWORK, CLIENT = "hour", "network", "client"


@dataclass(frozen=True, slots=True)
class Detected:
    """A change of hands seen in the accepted log-ins of one account under one customer."""

    account: Entity
    customer: Entity | None
    window: Moment
    last_use: Moment
    regimes: Regimes
    channels: tuple[str, ...]
    origins: frozenset[str]
    citations: tuple[Citation, ...]


def detect(
    logins: Iterable[Login], register: Register, alike: Mapping[str, str], rules: HandoverRules
) -> tuple[Detected, ...]:
    """Look for one change of hands in each account's log-ins, customer by customer."""
    by_seat: dict[tuple[str, str], set[Login]] = defaultdict(set)
    for login in logins:
        if login.accepted:
            by_seat[login.account, login.host].add(login)
    histories: dict[tuple[Entity, str], list[tuple[Login, Entity | None]]] = defaultdict(list)
    for (account, host), seen in by_seat.items():
        entity, leases = _seat(account, host, register)
        for login in seen:
            customer = _customer(leases, login)
            person = alike.get(customer.id, customer.id) if customer else ""
            histories[entity, person].append((login, customer))
    keys = sorted(histories)
    found = [_detect_in(entity, histories[entity, person], rules) for entity, person in keys]
    return tuple(one for one in found if one is not None)


def _seat(account: str, host: str, register: Register) -> tuple[Entity, Sequence[Lease]]:
    """Say which account a log-in is to, and whose leases it may be under; never a guess."""
    name, place = fold(account), fold_address(host)
    named = register.with_account(name)
    there = [lease for lease in named if _stands_on(lease, place)] or named
    accounts = {lease.account for lease in there if lease.account}
    if len(accounts) == 1:
        return accounts.pop(), there
    hosted = [lease for lease in register.leases if _stands_on(lease, place)]
    return asset(EntityType.ACCOUNT, f"{account}@{host}"), hosted


def _stands_on(lease: Lease, place: str) -> bool:
    hosts = {EntityType.SERVER, EntityType.ADDRESS}
    return any(fold_address(h.asset.text) == place for h in lease.holdings if h.asset.type in hosts)


def _customer(leases: Iterable[Lease], login: Login) -> Entity | None:
    moment = UncertainInterval.within(Moment.exactly(login.ts))
    running = {lease.customer for lease in leases if lease.interval.may_meet(moment)}
    return running.pop() if len(running) == 1 else None


def _detect_in(
    account: Entity, history: Sequence[tuple[Login, Entity | None]], rules: HandoverRules
) -> Detected | None:
    logins = sorted((login for login, _ in history), key=_login_order)
    regimes = explain(channels(logins, rules), rules)
    if regimes is None or regimes.p < rules.report:
        return None
    spoke = tuple(sorted(c for c, factor in regimes.factors.items() if factor >= rules.speaks))
    if HOUR not in spoke and not {NETWORK, CLIENT} <= set(spoke):
        return None  # a new line or a new computer alone is never a change of hands
    old, new = logins[regimes.first - 1], logins[regimes.last]
    cited = (logins[0], old, new, logins[-1])
    return Detected(
        account=account,
        customer=min((c for _, c in history if c), default=None),
        window=Moment(old.ts, max(new.ts, Moment.exactly(old.ts).latest)),
        last_use=Moment.exactly(logins[-1].ts),
        regimes=regimes,
        channels=spoke,
        origins=frozenset(f"log:{fold_address(login.host)}" for login in logins),
        citations=order_citations(login.citation for login in cited),
    )


def _login_order(login: Login) -> tuple[datetime, str, str, str, str]:
    cited = login.citation
    return login.ts, login.address, login.client, cited.exhibit, repr(cited.locator)


def channels(logins: Sequence[Login], rules: HandoverRules) -> dict[str, list[str]]:
    """Give what each log-in shows of whoever made it: network, client, and hour of day in bins."""
    return {
        NETWORK: [network(login.address, rules) for login in logins],
        CLIENT: [fold(login.client) for login in logins],
        HOUR: [str(login.ts.hour * rules.hour_bins // 24) for login in logins],
    }


def network(address: str, rules: HandoverRules) -> str:
    """Give the network that stands in for the autonomous system (none of the period is held)."""
    try:
        ip = ip_address(fold(address))
    except ValueError:
        return fold(address)
    prefix = rules.prefix_v4 if ip.version == 4 else rules.prefix_v6  # noqa: PLR2004 - IPv4
    return str(ip_network((ip, prefix), strict=False))


@dataclass(frozen=True, slots=True)
class End:
    """Somebody takes an asset over, at some time in ``when``: the former holder's time ends."""

    asset: Entity
    party: Entity
    when: Moment
    is_stated: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """What all hand-overs give: rows to show, and the drafts that follow from detections."""

    handovers: tuple[Handover, ...]
    drafts: tuple[Draft, ...]
    ends: tuple[End, ...]


def hand_over(
    detected: Iterable[Detected],
    passings: Sequence[Passing],
    register: Register,
    alike: Mapping[str, str],
    rules: HandoverRules,
) -> Passed:
    """Join statements and detections whose windows agree; keep apart those that do not."""
    handovers: list[Handover] = []
    drafts: list[Draft] = []
    ends = [End(p.asset, p.party, p.window, is_stated=True) for p in passings]
    told: set[str] = set()
    rank: Counter[str] = Counter()
    for found in sorted(detected, key=lambda d: (d.account, d.window)):
        rank[found.account.id] += 1
        backing = _backing(found, passings, rules)
        party = backing[0].party if backing else _unidentified(found.account, rank)
        told.update(p.claim.id for p in backing)
        handovers.append(_seen(found, party, backing))
        firm = found.regimes.p >= rules.corroborates and any(p.grade >= Grade.FIRM for p in backing)
        holder = _new_holder(found, party, backing, Grade.FIRM if firm else Grade.INFERRED)
        new = list(_spread(holder, register, alike))
        ends.extend(End(d.asset, party, found.window, is_stated=bool(backing)) for d in new)
        drafts.extend(new)
    handovers.extend(_told(p for p in passings if p.claim.id not in told))
    return Passed(tuple(handovers), tuple(drafts), tuple(ends))


def _unidentified(account: Entity, rank: Counter[str]) -> Entity:
    number = rank[account.id]
    return placeholder(f"{account.id}:{number}", f"unidentified holder #{number} of {account.text}")


def _backing(
    found: Detected, passings: Iterable[Passing], rules: HandoverRules
) -> tuple[Passing, ...]:
    """Find the statements whose dates agree with the window; of two receivers neither."""
    slack = timedelta(days=rules.slack_days)
    fitting = [
        p
        for p in passings
        if p.asset == found.account
        and p.is_dated
        and not is_placeholder(p.party)
        and p.window.earliest < found.window.latest + slack
        and found.window.earliest - slack < p.window.latest
    ]
    if len({fold(p.party.text) for p in fitting}) != 1:
        return ()
    return tuple(sorted(fitting, key=lambda p: (p.party, p.claim.id)))


def _seen(found: Detected, party: Entity, backing: Sequence[Passing]) -> Handover:
    givers = sorted({p.giver for p in backing if p.giver})
    because = f"{_sentence(found)} {_backed(backing)}".strip()
    return Handover(
        account=found.account,
        from_party=givers[0] if givers else found.customer,
        to_party=party,
        window=found.window,
        p=found.regimes.p,
        channels=found.channels,
        because=because,
        citations=order_citations(
            [*found.citations, *(c for p in backing for c in p.claim.citations)]
        ),
    )


def _sentence(found: Detected) -> str:
    innocent = {n: p for n, p in found.regimes.explanations.items() if n != CHANGE}
    others = sorted(innocent.items(), key=lambda item: (-item[1], item[0]))
    said = ", ".join(f"{name} {p:.2f}" for name, p in others)
    factors = ", ".join(f"{c} {f:+.1f}" for c, f in sorted(found.regimes.factors.items()))
    window = found.window
    return (
        f"The log-ins of {found.account.text} are consistent with a change of hands between "
        f"{format_instant(window.earliest)} and {format_instant(window.latest)} "
        f"(log Bayes factors: {factors}; innocent explanations, uncalibrated: {said})."
    )


def _backed(backing: Sequence[Passing]) -> str:
    if not backing:
        return ""
    voices = sorted({p.claim.origin.text for p in backing})
    return f"Told independently by {', '.join(voices)}, who names {backing[0].party.text}."


def _new_holder(found: Detected, party: Entity, backing: Sequence[Passing], grade: Grade) -> Draft:
    """Say who held the account after the window; only as long as log-ins are seen is it certain."""
    window = found.window
    until = max(found.last_use.earliest, window.earliest)
    return Draft(
        asset=found.account,
        party=party,
        role=Role.CREDENTIAL_HOLDER,
        interval=UncertainInterval(window.earliest, window.latest, until, None),
        basis=TenancyBasis.DERIVED if backing else TenancyBasis.INFERRED,
        grade=grade,
        origins=found.origins.union(p.claim.origin.id for p in backing),
        because=f"{_sentence(found)} {_backed(backing)}".strip(),
        citations=order_citations(
            [*found.citations, *(c for p in backing for c in p.claim.citations)]
        ),
        parents=tuple(sorted({p.claim.id for p in backing})),
    )


def _spread(holder: Draft, register: Register, alike: Mapping[str, str]) -> Iterator[Draft]:
    for target, interval, _ in reach(holder.asset, holder.interval, register, alike):
        yield replace(holder, asset=target, interval=interval)


def _told(passings: Iterable[Passing]) -> Iterator[Handover]:
    """Give one row for each thing that documents say was passed on, to whom and when."""
    alike: dict[tuple[Entity, Entity | None, Entity, Moment], list[Passing]] = defaultdict(list)
    for p in passings:
        if p.asset == p.named or p.named.type is EntityType.CONTRACT:
            alike[p.asset, p.giver, p.party, p.window].append(p)
    for (thing, giver, party, window), told in alike.items():
        voices = ", ".join(sorted({p.claim.origin.text for p in told}))
        yield Handover(
            account=thing,
            from_party=giver,
            to_party=party,
            window=window,
            p=None,
            channels=(),
            because=f"{voices}: {thing.text} was passed on to {party.text}.",
            citations=order_citations(c for p in told for c in p.claim.citations),
        )


def cut_short(drafts: Iterable[Draft], ends: Iterable[End]) -> list[Draft]:
    """End each credential holder's time where the access went to somebody else.

    Only an end that nobody stated is moved: where two sources contradict each other, both stay.
    """
    by_asset: dict[str, list[End]] = defaultdict(list)
    for end in ends:
        by_asset[end.asset.id].append(end)
    return [
        _cut(draft, by_asset[draft.asset.id]) if draft.role is Role.CREDENTIAL_HOLDER else draft
        for draft in drafts
    ]


def _cut(draft: Draft, ends: Iterable[End]) -> Draft:
    start_min, start_max, end_min, end_max = draft.interval.bounds
    for end in ends:
        if _replaces(end, draft):
            end_min, end_max = min(end_min, end.when.earliest), min(end_max, end.when.latest)
    bounds = (start_min, start_max, end_min, end_max)
    return replace(draft, interval=UncertainInterval.from_bounds(bounds))


def _replaces(end: End, draft: Draft) -> bool:
    """Whether the draft's holder is the one whose time the hand-over ends."""
    if end.party.id == draft.party.id or fold(end.party.text) == fold(draft.party.text):
        return False
    start_min, start_max, end_min, _ = draft.interval.bounds
    if draft.grade is Grade.ASSUMED:
        return end.when.latest > start_min
    return end.is_stated and start_max <= end.when.earliest and end_min <= end.when.latest
