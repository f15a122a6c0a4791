"""Hand-overs: those that documents tell of, those seen in log-in records, and both together.

A log-in shows that an account was used, never by whom: a detection gives a window and an
"unidentified holder", a statement gives a party; where their times agree they support each other.
An account that a second hand uses beside its holder has not been passed on: it is told apart.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from ashiato.core.claims import Entity, EntityType
from ashiato.core.evidence import Citation
from ashiato.core.records import Login
from ashiato.core.tenancy import Conflict, Handover, Role, TenancyBasis
from ashiato.core.time import Moment, UncertainInterval, format_instant
from ashiato.trace.detector import rivals
from ashiato.trace.drafts import Draft, Grade, Manner, order_citations
from ashiato.trace.habits import History, history
from ashiato.trace.layer import Change, at_rate, changes, is_change, layer
from ashiato.trace.leases import Lease, Register
from ashiato.trace.naming import asset, fold, fold_address, is_placeholder, placeholder
from ashiato.trace.rules import HandoverRules
from ashiato.trace.stated import Passing, reach

TWO_HANDS = "two-hands"
"""A kind of conflict: the log-ins look as if a second hand used the account beside its holder."""


@dataclass(frozen=True, slots=True)
class Detected:
    """A change of hands seen in the accepted log-ins of one account under one customer.

    ``is_beside`` says that the former hand goes on: then nothing was passed on. ``end`` is when the
    new hand's time ended in its turn; without it ``last_use`` is the last log-in.
    """

    account: Entity
    customer: Entity | None
    window: Moment
    last_use: Moment
    end: Moment | None
    change: Change
    is_beside: bool
    channels: tuple[str, ...]
    innocent: tuple[str, ...]
    origins: frozenset[str]
    citations: tuple[Citation, ...]

    @property
    def p(self) -> float:
        """The probability of what was seen."""
        return self.change.beside if self.is_beside else self.change.p


def detect(
    logins: Iterable[Login], register: Register, alike: Mapping[str, str], rules: HandoverRules
) -> tuple[Detected, ...]:
    """Look for changes of hands in each account's log-ins, customer by customer."""
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
    return tuple(
        one
        for entity, person in keys
        for one in _detect_in(entity, histories[entity, person], rules)
    )


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
    account: Entity, seen: Sequence[tuple[Login, Entity | None]], rules: HandoverRules
) -> Iterator[Detected]:
    logins = sorted((login for login, _ in seen), key=_login_order)
    past = habits(logins, rules)
    found = changes(past, rules)
    customer = min((c for _, c in seen if c), default=None)
    innocent = rivals(past, rules) if found else ()
    windows = [_window(logins, change) for change in found]
    ends = [*windows[1:], None][: len(windows)]
    for change, window, end in zip(found, windows, ends, strict=True):
        old, new = logins[change.first - 1], logins[change.last]
        cited = (logins[0], old, new, logins[-1])
        yield Detected(
            account=account,
            customer=customer,
            window=window,
            last_use=Moment.exactly(logins[-1].ts),
            end=end,
            change=change,
            is_beside=not is_change(change, rules),
            channels=change.spoke(rules.speaks),
            innocent=innocent,
            origins=frozenset(f"log:{fold_address(login.host)}" for login in logins),
            citations=order_citations(login.citation for login in cited),
        )


def _window(logins: Sequence[Login], change: Change) -> Moment:
    old, new = logins[change.first - 1].ts, logins[change.last].ts
    return Moment(old, max(new, Moment.exactly(old).latest))


def _login_order(login: Login) -> tuple[datetime, str, str, str, str]:
    cited = login.citation
    return login.ts, login.address, login.client, cited.exhibit, repr(cited.locator)


def habits(logins: Sequence[Login], rules: HandoverRules) -> History:
    """Give what log-ins in order of time show of whoever made them."""
    return history(
        [login.ts.timestamp() for login in logins],
        [network(login.address, rules) for login in logins],
        [fold(login.client) for login in logins],
    )


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
    conflicts: tuple[Conflict, ...] = ()


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
    given = [p for p in passings if p.manner is not Manner.TAKEN]
    ends = [End(p.asset, p.party, p.window, is_stated=True) for p in given]
    told: set[str] = set()
    rank: Counter[str] = Counter()
    holders: dict[tuple[Entity, Entity | None], Entity] = {}
    seen = sorted(detected, key=lambda d: (d.account, d.window))
    for found in (one for one in seen if not one.is_beside):
        rank[found.account.id] += 1
        backing = _backing(found, passings, rules)
        party = backing[0].party if backing else _unidentified(found.account, rank)
        told.update(p.claim.id for p in backing)
        seat = found.account, found.customer
        manner = _manner(found, passings, rules)
        handovers.append(
            _seen(
                found,
                holders.get(seat, found.customer),
                party,
                backing,
                manner=manner,
                rules=rules,
            )
        )
        holders[seat] = party
        firm = found.p >= rules.corroborates and any(p.grade >= Grade.FIRM for p in backing)
        grade = Grade.FIRM if firm else Grade.INFERRED
        holder = _new_holder(found, party, backing, grade, rules)
        if manner == Manner.TAKEN:
            holder = replace(holder, manner=Manner.TAKEN)
        new = list(_spread(holder, register, alike))
        if holder.manner is not Manner.TAKEN:  # the owner of a stolen account still has it
            ends.extend(End(d.asset, party, found.window, is_stated=bool(backing)) for d in new)
        drafts.extend(new)
    handovers.extend(_told(p for p in passings if p.claim.id not in told))
    beside = [one for one in seen if one.is_beside]
    drafts += [d for one in beside for d in _spread(_second(one, rules), register, alike)]
    doubts = tuple(_doubt(one, rules) for one in beside)
    return Passed(tuple(handovers), tuple(drafts), tuple(ends), doubts)


def _second(found: Detected, rules: HandoverRules) -> Draft:
    """Say that somebody else used the account too; the holder's own time does not end."""
    who = placeholder(
        f"{found.account.id}:beside", f"unidentified second hand on {found.account.text}"
    )
    return _new_holder(found, who, (), Grade.INFERRED, rules)


def _doubt(found: Detected, rules: HandoverRules) -> Conflict:
    who = Role.CREDENTIAL_HOLDER
    return Conflict(found.account, who, TWO_HANDS, _sentence(found, rules), ())


def _unidentified(account: Entity, rank: Counter[str]) -> Entity:
    number = rank[account.id]
    return placeholder(f"{account.id}:{number}", f"unidentified holder #{number} of {account.text}")


CONTESTED = "contested"
_MANNERS = {
    "": "Nobody says whether it was given away or taken.",
    Manner.PASSED.value: "It is said to have been given away.",
    Manner.TAKEN.value: "It is said to have been stolen: its owner has not given it up.",
    CONTESTED: "Some say that it was given away, others that it was stolen.",
}


def _manner(found: Detected, passings: Iterable[Passing], rules: HandoverRules) -> str:
    """Say whether the account was given away or taken, by what is said of it at that time."""
    slack = timedelta(days=rules.slack_days)
    said = {
        p.manner.value
        for p in passings
        if p.asset == found.account
        and p.window.earliest < found.window.latest + slack
        and found.window.earliest - slack < p.window.latest
    }
    return said.pop() if len(said) == 1 else CONTESTED if said else ""


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
    if len({(fold(p.party.text), p.manner) for p in fitting}) != 1:
        return ()
    return tuple(sorted(fitting, key=lambda p: (p.party, p.claim.id)))


def _seen(
    found: Detected,
    giver: Entity | None,
    party: Entity,
    backing: Sequence[Passing],
    *,
    manner: str,
    rules: HandoverRules,
) -> Handover:
    givers = sorted({p.giver for p in backing if p.giver})
    return Handover(
        account=found.account,
        from_party=givers[0] if givers else giver,
        to_party=party,
        window=found.window,
        p=found.p,
        channels=found.channels,
        because=" ".join(
            part for part in (_sentence(found, rules), _backed(backing), _MANNERS[manner]) if part
        ),
        citations=order_citations(
            [*found.citations, *(c for p in backing for c in p.claim.citations)]
        ),
        manner=manner,
    )


def _sentence(found: Detected, rules: HandoverRules) -> str:
    factors = ", ".join(f"{c} {f:+.1f}" for c, f in sorted(found.change.factors.items()))
    start, end = (format_instant(at) for at in (found.window.earliest, found.window.latest))
    words = rules.words["beside" if found.is_beside else "change"]
    rare = at_rate(found.p, rules.base_rate, layer(), is_beside=found.is_beside)
    said = words.format(account=found.account.text, start=start, end=end)
    share = layer().shares[2 if found.is_beside else 1]
    sure = rules.words["sure"].format(p=found.p, share=share, rate=rules.base_rate, rare=rare)
    innocent = rules.words["innocent"].format(best=", ".join(found.innocent))
    return f"{said} (log Bayes factors: {factors}). {sure} {innocent}"


def _backed(backing: Sequence[Passing]) -> str:
    if not backing:
        return ""
    voices = sorted({p.claim.origin.text for p in backing})
    return f"Told independently by {', '.join(voices)}, who names {backing[0].party.text}."


def _held(found: Detected) -> UncertainInterval:
    """Say when the new hand held: only as long as log-ins are seen is it certain."""
    start, latest = found.window.earliest, found.window.latest
    if found.is_beside:
        return UncertainInterval(start, latest, start, None)
    if found.end is not None:
        return UncertainInterval(start, latest, found.end.earliest, found.end.latest)
    return UncertainInterval(start, latest, max(found.last_use.earliest, start), None)


def _new_holder(
    found: Detected,
    party: Entity,
    backing: Sequence[Passing],
    grade: Grade,
    rules: HandoverRules,
) -> Draft:
    """Say who held the account after the window."""
    return Draft(
        asset=found.account,
        party=party,
        role=Role.CREDENTIAL_HOLDER,
        interval=_held(found),
        basis=TenancyBasis.DERIVED if backing else TenancyBasis.INFERRED,
        grade=grade,
        origins=found.origins.union(p.claim.origin.id for p in backing),
        because=f"{_sentence(found, rules)} {_backed(backing)}".strip(),
        citations=order_citations(
            [*found.citations, *(c for p in backing for c in p.claim.citations)]
        ),
        parents=tuple(sorted({p.claim.id for p in backing})),
        manner=backing[0].manner if backing else Manner.OWN,
    )


def _spread(holder: Draft, register: Register, alike: Mapping[str, str]) -> Iterator[Draft]:
    for target, interval, _ in reach(holder.asset, holder.interval, register, alike):
        yield replace(holder, asset=target, interval=interval)


_Told = tuple[Entity, Entity | None, Entity, Moment, Manner]


def _told(passings: Iterable[Passing]) -> Iterator[Handover]:
    """Give one row for each thing that documents say was passed on, to whom and when."""
    alike: dict[_Told, list[Passing]] = defaultdict(list)
    for p in passings:
        if p.asset == p.named or p.named.type is EntityType.CONTRACT:
            alike[p.asset, p.giver, p.party, p.window, p.manner].append(p)
    for (thing, giver, party, window, manner), told in alike.items():
        how = "taken without leave by" if manner is Manner.TAKEN else "passed on to"
        voices = ", ".join(sorted({p.claim.origin.text for p in told}))
        yield Handover(
            account=thing,
            from_party=giver,
            to_party=party,
            window=window,
            p=None,
            channels=(),
            because=f"{voices}: {thing.text} was {how} {party.text}.",
            citations=order_citations(c for p in told for c in p.claim.citations),
            manner=manner,
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
