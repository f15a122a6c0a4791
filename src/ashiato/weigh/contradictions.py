"""Claims that cannot all be right: found, shown, and kept until a person decides.

Four kinds: somebody says that it is not so (polarity); one thing has two holders at a time (value);
what happens once happened at two times (time); two names are said to be one, and said not to be
(identity). Nothing here moves a probability: the network weighs every side by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ashiato.core.claims import Claim, ClaimReview, Entity, Polarity, Review, counts
from ashiato.core.sources import Source
from ashiato.core.time import ALWAYS_POSSIBLE, UncertainInterval, format_instant
from ashiato.core.weighing import Contradiction, Side
from ashiato.knowledge import load
from ashiato.weigh.testimony import Origins

_SAMENESS = frozenset({"same_as", "alias_of"})
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Pack:
    single: Mapping[str, str]
    of: Mapping[str, frozenset[str]]
    once: frozenset[str]
    modalities: frozenset[str]
    predicates: frozenset[str]
    sweeping: frozenset[str]


@cache
def _pack() -> _Pack:
    pack = load("contradictions")
    left_out = pack["left_out"]
    return _Pack(
        pack["single"],
        {name: frozenset(types) for name, types in pack["of"].items()},
        frozenset(pack["once"]["predicates"]),
        frozenset(left_out["modalities"]),
        frozenset(left_out["predicates"]),
        frozenset(pack["sweeping"]["words"]),
    )


def contradictions(
    claims: Iterable[Claim], reviews: Iterable[ClaimReview], sources: Iterable[Source]
) -> tuple[Contradiction, ...]:
    """Find what contradicts what; the order of the claims does not matter.

    ``claims`` are all of the case, rejected ones too: where only one side still counts, the
    contradiction is resolved, and says by whom.
    """
    origins = Origins.of_sources(sources)
    every = sorted(claims, key=lambda c: c.id)
    compared = [c for c in every if _is_compared(c)]
    ruled = {review.id: review for review in reviews}
    found = [
        *_polarity(compared, origins, ruled),
        *_sweeping(every, compared, origins, ruled),
        *_values(compared, origins, ruled),
        *_times(compared, origins, ruled),
    ]
    return tuple(sorted(found, key=lambda c: (bool(c.resolved), c.kind, c.about, c.sides)))


def _is_compared(claim: Claim) -> bool:
    said, pack = claim.proposition, _pack()
    if claim.review is Review.CORRECTED or said.predicate in pack.predicates:
        return False  # what replaced a corrected claim is compared in its stead
    if claim.modality in pack.modalities or said.subject is None or said.object is None:
        return False
    return said.subject.is_named and said.object.is_named


def _ends(claim: Claim) -> tuple[Entity, Entity]:
    subject, object_ = claim.proposition.subject, claim.proposition.object
    if subject is None or object_ is None:
        raise TypeError(f"{claim.id} was not to be compared")
    return subject, object_


def _key(claim: Claim) -> _Key:
    subject, object_ = _ends(claim)
    ids = (subject.id, object_.id)
    if claim.proposition.predicate in _SAMENESS:
        return ("same_as", *sorted(ids))  # type: ignore[return-value] # two ids, sorted
    return (claim.proposition.predicate, *ids)


def _words(claim: Claim) -> str:
    subject, object_ = _ends(claim)
    predicate = claim.proposition.predicate.replace("_", " ")
    return f"{subject.text} {predicate} {object_.text}"


def _groups(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    groups: dict[_Key, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[_key(claim)].append(claim)
    yield from (groups[key] for key in sorted(groups))


def _polarity(
    claims: Sequence[Claim], origins: Origins, ruled: Mapping[str, ClaimReview]
) -> Iterator[Contradiction]:
    for group in _groups(claims):
        sides = {polarity: [c for c in group if c.polarity is polarity] for polarity in Polarity}
        against = [*sides[Polarity.NEGATED], *sides[Polarity.DENIED]]
        if not sides[Polarity.AFFIRMED] or not _meet(sides[Polarity.AFFIRMED], against):
            continue
        kind = "identity" if _key(group[0])[0] == "same_as" else "polarity"
        told = [(f"it is {p.value}", found) for p, found in sides.items() if found]
        yield _made(kind, _words(group[0]), told, origins, ruled)


def _sweeping(
    every: Sequence[Claim],
    compared: Sequence[Claim],
    origins: Origins,
    ruled: Mapping[str, ClaimReview],
) -> Iterator[Contradiction]:
    """Set a denial of everything against each claim that says one of it."""
    for denial in every:
        said, what = denial.proposition, denial.proposition.object
        if denial.polarity is Polarity.AFFIRMED or said.subject is None or what is None:
            continue
        if what.text.casefold() not in _pack().sweeping or denial.review is Review.CORRECTED:
            continue
        against = [
            c
            for c in compared
            if c.polarity is Polarity.AFFIRMED
            and (c.proposition.subject, c.proposition.predicate) == (said.subject, said.predicate)
            and c.proposition.valid.may_meet(said.valid)
        ]
        if against:
            told = [*_versions(against), (f"{_said(denial)}: it is {denial.polarity}", [denial])]
            yield _made("polarity", _said(denial), told, origins, ruled)


def _versions(claims: Sequence[Claim]) -> list[tuple[str, list[Claim]]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[_words(claim)].append(claim)
    return sorted(found.items())


def _said(claim: Claim) -> str:
    said = claim.proposition
    parts = (said.subject and said.subject.text, said.predicate, said.object and said.object.text)
    return " ".join(part for part in parts if part).replace("_", " ")


def _meet(some: Sequence[Claim], others: Sequence[Claim]) -> bool:
    """Whether any of these may speak of the same time as any of those."""
    mine = {c.proposition.valid for c in some}
    theirs = {c.proposition.valid for c in others}
    return any(a.may_meet(b) for a in mine for b in theirs)


def _values(
    claims: Sequence[Claim], origins: Origins, ruled: Mapping[str, ClaimReview]
) -> Iterator[Contradiction]:
    """Find what has two holders where it can have one at a time."""
    groups: dict[tuple[str, str], dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    fixed: dict[tuple[str, str], Entity] = {}
    for claim in claims:
        side = _single(claim)
        if side is None or claim.polarity is not Polarity.AFFIRMED:
            continue
        one, other = side
        key = (claim.proposition.predicate, other.id)
        groups[key][one.id].append(claim)
        fixed[key] = min(other, fixed.get(key, other))
    for key, versions in sorted(groups.items()):
        clashing = _clashing(versions)
        if clashing:
            about = f"{key[0].replace('_', ' ')}: {fixed[key].text}"
            yield _made("value", about, clashing, origins, ruled)


def _single(claim: Claim) -> tuple[Entity, Entity] | None:
    """Give the side that can be but one, and what it is said of."""
    pack, predicate = _pack(), claim.proposition.predicate
    which = pack.single.get(predicate)
    subject, object_ = _ends(claim)
    one, other = (subject, object_) if which == "subject" else (object_, subject)
    return (one, other) if which and other.type in pack.of[predicate] else None


def _clashing(versions: Mapping[str, list[Claim]]) -> list[tuple[str, list[Claim]]]:
    """Keep the versions that may hold at a time with another one."""
    kept = []
    for id_, mine in sorted(versions.items()):
        others = [c for other, found in versions.items() if other != id_ for c in found]
        if others and _meet(mine, others):
            kept.append((_words(mine[0]), mine))
    return kept


def _times(
    claims: Sequence[Claim], origins: Origins, ruled: Mapping[str, ClaimReview]
) -> Iterator[Contradiction]:
    for group in _groups(claims):
        if _key(group[0])[0] not in _pack().once:
            continue
        dated: dict[UncertainInterval, list[Claim]] = defaultdict(list)
        for claim in group:
            valid = claim.proposition.valid
            if claim.polarity is Polarity.AFFIRMED and valid != ALWAYS_POSSIBLE:
                dated[valid].append(claim)
        apart = [v for v in dated if any(not v.may_meet(other) for other in dated)]
        if apart:
            told = [(_span(v), dated[v]) for v in sorted(apart, key=lambda v: v.bounds)]
            yield _made("time", _words(group[0]), told, origins, ruled)


def _span(valid: UncertainInterval) -> str:
    start, end = valid.start_min, valid.end_max
    shown = [format_instant(t) if t else "unknown" for t in (start, end)]
    return f"from {shown[0]} to {shown[1]}"


def _made(
    kind: str,
    about: str,
    told: Iterable[tuple[str, Sequence[Claim]]],
    origins: Origins,
    ruled: Mapping[str, ClaimReview],
) -> Contradiction:
    sides, standing, rejected = [], 0, []
    for says, found in told:
        ids = tuple(sorted(c.id for c in found))
        voices = tuple(sorted({origins.of(c) for c in found}))
        sides.append(Side(says, ids, voices))
        if any(counts(c) for c in found):
            standing += 1
        else:
            rejected += [ruled[id_] for id_ in ids if id_ in ruled]
    return Contradiction(kind, about, tuple(sides), _resolved(standing, rejected))


def _resolved(standing: int, rejected: Sequence[ClaimReview]) -> str:
    if standing > 1 or not rejected:
        return ""
    last = [review.rulings[-1] for review in rejected if review.rulings]
    said = sorted({f"{r.by}: {r.reason}" if r.reason else r.by for r in last})
    return f"the other version was rejected by {'; '.join(said)}" if said else ""
