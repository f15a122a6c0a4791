"""From drafts to tenancies: who rivals whom, who supports whom, and what status follows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from ashiato.core.claims import EntityType
from ashiato.core.tenancy import Conflict, Role, Tenancy, TenancyBasis, TenancyStatus
from ashiato.core.time import UncertainInterval
from ashiato.trace.drafts import Draft, Grade, certain_part, covers, merge, order_citations
from ashiato.trace.naming import fold, is_placeholder
from ashiato.trace.rules import RivalRules

RIVALS, SHARED = "exclusive-overlap", "shared"
"""Kinds of conflict: two at once where only one can be; tenants who share and do not contradict."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The tenancies with their status, and the conflicts between them."""

    tenancies: tuple[Tenancy, ...]
    conflicts: tuple[Conflict, ...]


def settle(drafts: Iterable[Draft], alike: Mapping[str, str], rules: RivalRules) -> Standing:
    """Decide the status of every draft; nothing is dropped and no side is taken."""
    groups: dict[tuple[str, Role], list[Draft]] = defaultdict(list)
    for draft in merge(drafts):
        groups[draft.asset.id, draft.role].append(draft)
    tenancies: list[Tenancy] = []
    conflicts: list[Conflict] = []
    for (_, role), group in sorted(groups.items()):
        agreed = list(_agreements(group, alike))
        full = merge([*group, *agreed]) if agreed else group
        exclusive = role in rules.exclusive_roles
        pairs = [pair for pair in _pairs(full, alike) if exclusive or pair[2] == SHARED]
        tenancies.extend(_tenancies(full, pairs, alike))
        conflicts.extend(_conflicts(pairs))
    return Standing(tuple(tenancies), tuple(conflicts))


def is_same_party(a: Draft, b: Draft, alike: Mapping[str, str]) -> bool:
    """Whether two drafts speak of one party: one entity, one by judgement, or one name in words.

    Two register rows in one name are not one party by that: a name match is no identity.
    """
    if a.party.id == b.party.id:
        return True
    if a.party.id in alike and alike.get(a.party.id) == alike.get(b.party.id):
        return True
    in_words = bool(a.parents) or bool(b.parents)
    return in_words and a.party.type == b.party.type and fold(a.party.text) == fold(b.party.text)


def _pairs(group: Sequence[Draft], alike: Mapping[str, str]) -> Iterator[tuple[Draft, Draft, str]]:
    """Yield the drafts that cannot both hold alone, swept in order of their earliest start."""
    active: list[Draft] = []
    for draft in sorted(group, key=lambda d: (d.interval.bounds[0], d.key)):
        if draft.grade is Grade.ASSUMED:
            continue
        start = draft.interval.bounds[0]
        active = [other for other in active if other.interval.bounds[3] > start]
        for other in active:
            if kind := _rivalry(other, draft, alike):
                yield other, draft, kind
        active.append(draft)


def _rivalry(a: Draft, b: Draft, alike: Mapping[str, str]) -> str:
    if is_same_party(a, b, alike) or not _contradict(a.interval, b.interval):
        return ""
    if is_placeholder(a.party) or is_placeholder(b.party):
        return RIVALS if _holds_through(a, b) or _holds_through(b, a) else ""
    # A name as given does not exclude the person behind it.
    if (a.party.type is EntityType.PERSONA) != (b.party.type is EntityType.PERSONA):
        return ""
    share = a.account and b.account and a.account != b.account and a.origins == b.origins
    return SHARED if share else RIVALS


def _contradict(a: UncertainInterval, b: UncertainInterval) -> bool:
    """Whether the times overlap by more than the vagueness of a change-over.

    One may possibly hold while the other certainly does; or, where neither ever certainly holds,
    one lies wholly within the other. Leases that end and begin on one day do not contradict.
    """
    if not a.may_meet(b):
        return False
    sure_a, sure_b = certain_part(a), certain_part(b)
    if sure_a is None and sure_b is None:
        mine, theirs = a.bounds, b.bounds
        within = mine[0] <= theirs[0] and theirs[3] <= mine[3]
        return within or (theirs[0] <= mine[0] and mine[3] <= theirs[3])
    return bool((sure_a and sure_a.may_meet(b)) or (sure_b and sure_b.may_meet(a)))


def _holds_through(somebody: Draft, unknown: Draft) -> bool:
    """Whether somebody is said to hold an asset before and after it went to an unknown party."""
    if not is_placeholder(unknown.party) or is_placeholder(somebody.party):
        return False
    sure, change = certain_part(somebody.interval), unknown.interval.bounds
    return sure is not None and sure.bounds[1] < change[0] and change[1] < sure.bounds[2]


def _agreements(group: Sequence[Draft], alike: Mapping[str, str]) -> Iterator[Draft]:
    """Yield the time that two origins certainly share, where neither covers the other."""
    firm = [d for d in group if d.grade is Grade.FIRM and d.parents]
    for a, b in combinations(firm, 2):
        if a.origins == b.origins or not is_same_party(a, b, alike):
            continue
        if covers(a.interval, b.interval) or covers(b.interval, a.interval):
            continue
        shared = a.interval.intersect(b.interval) if a.interval.must_meet(b.interval) else None
        if shared is not None:
            yield _agreed(min(a, b, key=lambda d: d.key), a, b, shared)


def _agreed(first: Draft, a: Draft, b: Draft, shared: UncertainInterval) -> Draft:
    return replace(
        first,
        interval=shared,
        basis=TenancyBasis.DERIVED,
        origins=a.origins | b.origins,
        because=" ".join(sorted({a.because, b.because})),
        citations=order_citations([*a.citations, *b.citations]),
        parents=tuple(sorted({*a.parents, *b.parents})),
    )


def _supporters(draft: Draft, group: Iterable[Draft], alike: Mapping[str, str]) -> list[Draft]:
    """Find the drafts of the same party that certainly hold whenever this one certainly does."""
    if certain_part(draft.interval) is None:
        return []
    return [
        other
        for other in group
        if other is not draft
        and other.grade >= Grade.FIRM
        and certain_part(other.interval) is not None
        and covers(other.interval, draft.interval)
        and is_same_party(draft, other, alike)
    ]


def _tenancies(
    group: Sequence[Draft], pairs: Sequence[tuple[Draft, Draft, str]], alike: Mapping[str, str]
) -> Iterator[Tenancy]:
    rivals = {d.key for a, b, kind in pairs if kind == RIVALS for d in (a, b)}
    sharing = {d.key for a, b, kind in pairs if kind == SHARED for d in (a, b)}
    by_party: dict[str, list[Draft]] = defaultdict(list)
    for draft in group:
        by_party[alike.get(draft.party.id, fold(draft.party.text))].append(draft)
    for draft in group:
        mine = by_party[alike.get(draft.party.id, fold(draft.party.text))]
        supporters = _supporters(draft, mine, alike) if draft.grade >= Grade.FIRM else []
        origins = draft.origins.union(*(s.origins for s in supporters))
        status = _status(draft, origins, is_rivalled=draft.key in rivals)
        if status is TenancyStatus.CERTAIN and draft.key in sharing:
            status = TenancyStatus.POSSIBLE
        yield _tenancy(draft, supporters, origins, status)


def _status(draft: Draft, origins: frozenset[str], *, is_rivalled: bool) -> TenancyStatus:
    if is_rivalled:
        return TenancyStatus.CONFLICTING
    if draft.grade < Grade.FIRM or certain_part(draft.interval) is None:
        return TenancyStatus.POSSIBLE
    own = draft.grade is Grade.OWN_RECORD and draft.role in {Role.REGISTRANT, Role.PAYER}
    return TenancyStatus.CERTAIN if own or len(origins) > 1 else TenancyStatus.POSSIBLE


def _tenancy(
    draft: Draft, supporters: Sequence[Draft], origins: frozenset[str], status: TenancyStatus
) -> Tenancy:
    return Tenancy(
        id=draft.id,
        asset=draft.asset,
        party=draft.party,
        role=draft.role,
        interval=draft.interval,
        basis=draft.basis,
        status=status,
        origins=tuple(sorted(origins)),
        because=" ".join([draft.because, *sorted({s.because for s in supporters})]),
        citations=order_citations(c for d in (draft, *supporters) for c in d.citations),
        parents=tuple(sorted({p for d in (draft, *supporters) for p in d.parents})),
    )


def _conflicts(pairs: Sequence[tuple[Draft, Draft, str]]) -> Iterator[Conflict]:
    drafts = {d.id: d for a, b, _ in pairs for d in (a, b)}
    for kind in (RIVALS, SHARED):
        linked = [(a.id, b.id) for a, b, this in pairs if this == kind]
        for members in connected(linked):
            yield _conflict(kind, [drafts[member] for member in sorted(members)])


def connected(pairs: Iterable[tuple[str, str]]) -> tuple[frozenset[str], ...]:
    """Give the sets of things that the pairs join, each sorted by its first member."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = one = parent[parent[one]]
        return one

    for a, b in pairs:
        parent[root(a)] = root(b)
    sets: dict[str, set[str]] = defaultdict(set)
    for one in list(parent):
        sets[root(one)].add(one)
    return tuple(sorted((frozenset(s) for s in sets.values()), key=min))


def _conflict(kind: str, drafts: Sequence[Draft]) -> Conflict:
    first = drafts[0]
    names = "; ".join(sorted({f"{d.party.text} ({', '.join(sorted(d.origins))})" for d in drafts}))
    role = first.role.replace("_", " ")
    because = (
        f"{first.asset.text} serves several customers at once: {names}. It names none of them by "
        "itself; their accounts do."
        if kind == SHARED
        else f"{first.asset.text} can have one {role} at a time, and overlapping times are claimed "
        f"for {names}. Both stay until a person decides."
    )
    return Conflict(first.asset, first.role, kind, because, tuple(sorted(d.id for d in drafts)))
