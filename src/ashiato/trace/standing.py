"""From drafts to tenancies: who rivals whom, who supports whom, and what status follows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from heapq import heappop, heappush
from itertools import combinations, islice

from ashiato.core.claims import EntityType
from ashiato.core.tenancy import Conflict, Resolution, Role, Tenancy, TenancyBasis, TenancyStatus
from ashiato.core.time import UncertainInterval
from ashiato.trace.drafts import (
    Draft,
    Grade,
    Key,
    Manner,
    certain_part,
    covers,
    merge,
    order_citations,
)
from ashiato.trace.names import Value, compare
from ashiato.trace.naming import fold, is_placeholder
from ashiato.trace.rules import RivalRules

RIVALS, SHARED, CROWD = "exclusive-overlap", "shared", "crowd"
"""Kinds of conflict: two at once where only one can be; tenants who share and do not contradict;
so many at once that they are counted, not compared."""
_NAMED = 12
"""Names told in one sentence; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The tenancies with their status, and the conflicts between them."""

    tenancies: tuple[Tenancy, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(slots=True)
class _Sweep:
    """Drafts of one asset and role, met in order of time; at most ``most`` are compared with one.

    What is not compared is no longer told apart: it is put down as one of a crowd, never certain.
    """

    alike: Mapping[str, str]
    most: int
    crowd: set[Key] = field(default_factory=set)
    _active: dict[Key, Draft] = field(default_factory=dict)
    _ends: list[tuple[datetime, Key]] = field(default_factory=list)

    def meet(self, draft: Draft) -> Iterator[tuple[Draft, Draft, str]]:
        """Yield the pairs of this draft with those before it that cannot both hold alone."""
        self._leave(draft.interval.bounds[0])
        for other in islice(self._active.values(), self.most):
            if kind := _rivalry(other, draft, self.alike):
                yield other, draft, kind
        self._active[draft.key] = draft
        heappush(self._ends, (draft.interval.bounds[3], draft.key))
        if len(self._active) == self.most + 1:
            self.crowd.update(self._active)
        elif len(self._active) > self.most:
            self.crowd.add(draft.key)

    def _leave(self, now: datetime) -> None:
        while self._ends and self._ends[0][0] <= now:
            self._active.pop(heappop(self._ends)[1], None)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What persons decided on rivals: who stands, who is set aside, on whose word."""

    resolutions: Sequence[Resolution] = ()

    def between(self, a: Draft, b: Draft) -> tuple[Draft, Draft, Resolution] | None:
        """Give which of two stands and which does not, by the last decision about both."""
        for one in reversed(self.resolutions):
            for stands, falls in ((a, b), (b, a)):
                if _is_among(stands, one.holds) and _is_among(falls, one.against):
                    return stands, falls, one
        return None


def _is_among(draft: Draft, ids: Collection[str]) -> bool:
    return draft.id in ids or (bool(draft.parents) and set(draft.parents) <= set(ids))


def settle(
    drafts: Iterable[Draft],
    alike: Mapping[str, str],
    rules: RivalRules,
    resolutions: Sequence[Resolution] = (),
) -> Standing:
    """Decide the status of every draft; nothing is dropped, and only persons take a side."""
    decided = _Decided(resolutions)
    groups: dict[tuple[str, Role], list[Draft]] = defaultdict(list)
    for draft in merge(drafts):
        groups[draft.asset.id, draft.role].append(draft)
    tenancies: list[Tenancy] = []
    conflicts: list[Conflict] = []
    for (_, role), group in sorted(groups.items()):
        agreed = list(_agreements(group, alike, rules.compared))
        full = merge([*group, *agreed]) if agreed else group
        exclusive = role in rules.exclusive_roles
        sweep = _Sweep(alike, rules.compared)
        pairs = [pair for pair in _pairs(full, sweep) if exclusive or pair[2] == SHARED]
        crowd = sweep.crowd if exclusive else set()
        tenancies.extend(_tenancies(full, pairs, crowd, sweep, decided))
        plain = [p for p in pairs if not {p[0].key, p[1].key} & crowd]
        conflicts.extend(_conflicts(plain, decided))
        conflicts.extend(_crowded([d for d in full if d.key in crowd]))
    return Standing(tuple(tenancies), tuple(conflicts))


def is_same_party(a: Draft, b: Draft, alike: Mapping[str, str]) -> bool:
    """Whether two drafts speak of one party: one entity, one by judgement, or one name in words.

    Two register rows in one name are not one party by that: a name match is no identity. A name in
    words is the register's where both are equal across scripts, as a reading is of its characters.
    """
    if a.party.id == b.party.id:
        return True
    if a.party.id in alike and alike.get(a.party.id) == alike.get(b.party.id):
        return True
    in_words = bool(a.parents) or bool(b.parents)
    return in_words and a.party.type == b.party.type and _is_one_name(a.party.text, b.party.text)


@lru_cache(maxsize=4096)
def _is_one_name(one: str, other: str) -> bool:
    return fold(one) == fold(other) or compare(one, other).value is Value.EQUAL


def _pairs(group: Sequence[Draft], sweep: _Sweep) -> Iterator[tuple[Draft, Draft, str]]:
    """Yield the drafts that cannot both hold alone, swept in order of their earliest start."""
    for draft in sorted(group, key=lambda d: (d.interval.bounds[0], d.key)):
        if draft.grade is not Grade.ASSUMED:
            yield from sweep.meet(draft)


def _rivalry(a: Draft, b: Draft, alike: Mapping[str, str]) -> str:
    if is_same_party(a, b, alike) or not _contradict(a.interval, b.interval):
        return ""
    if {a.manner, b.manner} == {Manner.OWN, Manner.TAKEN}:
        return ""  # whoever took an account shares it with its owner, who has not given it up
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


def _agreements(group: Sequence[Draft], alike: Mapping[str, str], most: int) -> Iterator[Draft]:
    """Yield the time that two origins certainly share, where neither covers the other.

    Of more than ``most`` statements the first in order of their keys are compared.
    """
    firm = [d for d in group if d.grade is Grade.FIRM and d.parents][:most]
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
    group: Sequence[Draft],
    pairs: Sequence[tuple[Draft, Draft, str]],
    crowd: Collection[Key],
    sweep: _Sweep,
    decided: _Decided,
) -> Iterator[Tenancy]:
    alike = sweep.alike
    rivals, words = _rivals([(a, b) for a, b, kind in pairs if kind == RIVALS], decided)
    sharing = {d.key for a, b, kind in pairs if kind == SHARED for d in (a, b)}
    by_party: dict[str, list[Draft]] = defaultdict(list)
    for draft in group:
        by_party[alike.get(draft.party.id, fold(draft.party.text))].append(draft)
    for draft in group:
        mine = by_party[alike.get(draft.party.id, fold(draft.party.text))]
        near = mine[: sweep.most]
        supporters = _supporters(draft, near, alike) if draft.grade >= Grade.FIRM else []
        origins = draft.origins.union(*(s.origins for s in supporters))
        status = _status(draft, origins, is_rivalled=draft.key in rivals)
        if status is TenancyStatus.CERTAIN and (draft.key in sharing or draft.key in crowd):
            status = TenancyStatus.POSSIBLE
        told = replace(draft, because=" ".join([draft.because, *sorted(words[draft.key])]))
        yield _tenancy(told, supporters, origins, status)


def _rivals(
    pairs: Iterable[tuple[Draft, Draft]], decided: _Decided
) -> tuple[set[Key], Mapping[Key, set[str]]]:
    """Give who is rivalled, and what persons decided on whom; who is set aside stays rivalled."""
    rivals: set[Key] = set()
    words: dict[Key, set[str]] = defaultdict(set)
    for a, b in pairs:
        ruled = decided.between(a, b)
        if ruled is None:
            rivals.update((a.key, b.key))
            continue
        stands, falls, one = ruled
        rivals.add(falls.key)
        words[stands.key].add(f"{one.by} decided for it: {one.reason}.")
        words[falls.key].add(f"{one.by} set it aside: {one.reason}.")
    return rivals, words


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


def _conflicts(pairs: Sequence[tuple[Draft, Draft, str]], decided: _Decided) -> Iterator[Conflict]:
    drafts = {d.id: d for a, b, _ in pairs for d in (a, b)}
    for kind in (RIVALS, SHARED):
        linked = [(a, b) for a, b, this in pairs if this == kind]
        for members in connected((a.id, b.id) for a, b in linked):
            found = _conflict(kind, [drafts[member] for member in sorted(members)])
            ruled = [decided.between(a, b) for a, b in linked if a.id in members]
            yield replace(found, resolution=_resolution(ruled))


def _resolution(ruled: Sequence[tuple[Draft, Draft, Resolution] | None]) -> str:
    """Say who decided; empty as long as one pair of the conflict is undecided."""
    if not all(ruled):
        return ""
    return " ".join(sorted({_decision(*each) for each in ruled if each}))


def _decision(stands: Draft, falls: Draft, one: Resolution) -> str:
    return f"{one.by}: {stands.party.text} stands, {falls.party.text} does not ({one.reason})."


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
    names = _names(f"{d.party.text} ({', '.join(sorted(d.origins))})" for d in drafts)
    role = first.role.replace("_", " ")
    because = (
        f"{first.asset.text} serves several customers at once: {names}. It names none of them by "
        "itself; their accounts do."
        if kind == SHARED
        else f"{first.asset.text} can have one {role} at a time, and overlapping times are claimed "
        f"for {names}. Both stay until a person decides."
    )
    return Conflict(
        first.asset,
        first.role,
        kind,
        because,
        tuple(sorted(d.id for d in drafts)),
        tuple(sorted({p for d in drafts for p in d.parents})),
        order_citations(c for d in drafts for c in d.citations[:2]),
    )


def _names(texts: Iterable[str]) -> str:
    once = sorted(set(texts))
    rest = f"; and {len(once) - _NAMED} more" if len(once) > _NAMED else ""
    return "; ".join(once[:_NAMED]) + rest


def _crowded(drafts: Sequence[Draft]) -> Iterator[Conflict]:
    if not drafts:
        return
    first = drafts[0]
    parties = {d.party.id for d in drafts}
    role = first.role.replace("_", " ")
    because = (
        f"{first.asset.text} is claimed by {len(parties)} parties as {role} in times of which too "
        f"many overlap to compare each with each: {_names(d.party.text for d in drafts)}. Like a "
        "shared host or a carrier's address translation it names none of them by itself; a port, "
        "a virtual host or an account would."
    )
    yield Conflict(first.asset, first.role, CROWD, because, tuple(sorted(d.id for d in drafts)))
