"""Whom the judgements join, why, and where a person's "different" takes a cluster apart.

Only ``same`` joins. Where a person decided that two are different and a chain of others still
joins them, the chain is cut at its weakest judgement, and the contradiction is told.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ashiato.core.claims import Entity
from ashiato.core.tenancy import BY_PERSON, Conflict, Judgement, Role, Sameness
from ashiato.trace.standing import connected

CONTRADICTED = "identity"
"""Kind of the conflict between a person's "different" and a chain of judgements."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A judgement ``same`` that no longer joins, because ``decision`` says what it denies."""

    edge: Judgement
    decision: Judgement


@dataclass(frozen=True, slots=True)
class Kinship:
    """What is known of two names: the answer, and the chain of judgements that it rests on.

    ``answer`` is ``None`` where no judgement links them, which never means that they differ.
    ``weakest`` is the one edge without which the chain breaks most easily; ``cuts`` are edges
    that a person's decision took out between them.
    """

    answer: Sameness | None
    path: tuple[Judgement, ...]
    weakest: Judgement | None
    cuts: tuple[Cut, ...] = ()


def clusters(judgements: Iterable[Judgement]) -> tuple[frozenset[str], ...]:
    """Give the sets of entity ids that ``same`` joins, directly or through others."""
    kept, _ = _parted(judgements)
    return connected((j.entity_a.id, j.entity_b.id) for j in kept)


def representatives(judgements: Iterable[Judgement]) -> dict[str, str]:
    """Map every member of a cluster to the first of its ids."""
    return {one: min(cluster) for cluster in clusters(judgements) for one in cluster}


def contradictions(judgements: Iterable[Judgement]) -> tuple[Conflict, ...]:
    """Tell each "different" of a person that a chain of judgements speaks against."""
    _, cuts = _parted(judgements)
    return tuple(_conflict(cut) for cut in cuts)


def between(judgements: Sequence[Judgement], a: str, b: str) -> Kinship:
    """Say whether two entities (ids) are one, by the chain whose weakest edge is the strongest."""
    kept, cuts = _parted(judgements)
    about = tuple(c for c in cuts if {a, b} in (set(_ends(c.decision)), set(_ends(c.edge))))
    direct = tuple(j for j in judgements if set(_ends(j)) == {a, b})[:1]
    if direct and direct[0].judgement is Sameness.DIFFERENT:
        return Kinship(Sameness.DIFFERENT, direct, None, about)
    if path := _strongest(_edges(kept), a, b):
        return Kinship(Sameness.SAME, path, min(path, key=_strength), about)
    # a "same" that was cut to keep others apart leaves these two open
    return Kinship(Sameness.UNSURE if direct else None, direct, None, about)


def _ends(judgement: Judgement) -> tuple[str, str]:
    return judgement.entity_a.id, judgement.entity_b.id


def _strength(judgement: Judgement) -> tuple[float, str, str]:
    """Order judgements by what they bear; a person's word bears the most."""
    score = math.inf if is_by_person(judgement) else judgement.score
    return (score, *_ends(judgement))


def is_by_person(judgement: Judgement) -> bool:
    """Whether a person took it."""
    return judgement.decided_by.startswith(BY_PERSON)


def _parted(judgements: Iterable[Judgement]) -> tuple[tuple[Judgement, ...], tuple[Cut, ...]]:
    """Give the ``same`` that still join once every "different" is obeyed, and those cut."""
    every = list(judgements)
    same = {_ends(j): j for j in every if j.judgement is Sameness.SAME}
    apart = sorted((j for j in every if j.judgement is Sameness.DIFFERENT), key=_ends)
    cuts = []
    edges = _edges(same.values()) if apart else {}
    for decision in apart:
        while path := _strongest(edges, *_ends(decision)):
            edge = min(path, key=_strength)
            cuts.append(Cut(edge, decision))
            del same[_ends(edge)]
            a, b = _ends(edge)
            del edges[a][b], edges[b][a]
    return tuple(same.values()), tuple(cuts)


_Edges = dict[str, dict[str, Judgement]]


def _edges(judgements: Iterable[Judgement]) -> _Edges:
    found: _Edges = defaultdict(dict)
    for judgement in judgements:
        a, b = _ends(judgement)
        found[a][b] = found[b][a] = judgement
    return found


def _strongest(
    edges: Mapping[str, Mapping[str, Judgement]], a: str, b: str
) -> tuple[Judgement, ...]:
    """Find the chain from ``a`` to ``b`` whose weakest edge is the strongest, then the shortest.

    Dijkstra's search with the least strength in place of the sum; empty where nothing joins them.
    """
    before: dict[str, Judgement | None] = {}
    queue: list[tuple[float, int, str, str]] = [(-math.inf, 0, a, "")]
    while queue:
        worst, steps, here, came = heapq.heappop(queue)
        if here in before:
            continue
        before[here] = edges[came][here] if came else None
        if here == b:
            return _walk(before, b)
        for there, edge in edges.get(here, {}).items():
            if there not in before:
                weakest = max(worst, -_strength(edge)[0])
                heapq.heappush(queue, (weakest, steps + 1, there, here))
    return ()


def _walk(before: Mapping[str, Judgement | None], end: str) -> tuple[Judgement, ...]:
    path, here = [], end
    while edge := before[here]:
        path.append(edge)
        a, b = _ends(edge)
        here = a if here == b else b
    return tuple(reversed(path))


def _conflict(cut: Cut) -> Conflict:
    decision, edge = cut.decision, cut.edge
    because = (
        f"{_both(decision)} were decided to be different ({decision.because}), and a chain of "
        f"judgements joined them. It is cut where it is weakest, between {_both(edge)}: "
        f"{edge.because}"
    )
    return Conflict(decision.entity_a, Role.REGISTRANT, CONTRADICTED, because, ())


def _both(judgement: Judgement) -> str:
    return f"{_named(judgement.entity_a)} and {_named(judgement.entity_b)}"


def _named(entity: Entity) -> str:
    return f"{entity.text!r} [{entity.id}]"
