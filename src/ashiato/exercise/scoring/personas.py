"""Which names are one person: pairwise, and B-cubed (Bagga and Baldwin 1998)."""

from dataclasses import dataclass
from itertools import combinations

from ashiato.exercise.scoring.dossier import Dossier
from ashiato.exercise.scoring.found import Found, mean
from ashiato.exercise.scoring.matching import words
from ashiato.exercise.truth import Persona, Truth

PAIR = 2


@dataclass(frozen=True, slots=True)
class PersonaScore:
    """Which personas are one person: over pairs, and B-cubed over personas in any cluster."""

    pairs: Found
    bcubed_precision: float | None
    bcubed_recall: float | None


class _Bearers:
    """Which personas an entity of identities.csv stands for.

    A contract number in it decides; else every persona whose name it contains, for an ambiguous
    name names them all, unless it contains the provider's id too.
    """

    def __init__(self, personas: tuple[Persona, ...]) -> None:
        self._by_contract = {n.casefold(): i for i, p in enumerate(personas) for n in p.contracts}
        self._names = [(i, words(p.name), p.source.casefold()) for i, p in enumerate(personas)]
        self._known: dict[str, set[int]] = {}

    def of(self, entity: str) -> set[int]:
        if entity not in self._known:
            self._known[entity] = self._look_up(words(entity))
        return self._known[entity]

    def _look_up(self, said: frozenset[str]) -> set[int]:
        numbers = {self._by_contract[w] for w in said if w in self._by_contract}
        named = {i for i, name, _ in self._names if name <= said}
        placed = {i for i, _, source in self._names if i in named and source in said}
        return numbers or placed or named


def clusters_told(dossier: Dossier, truth: Truth) -> list[set[int]]:
    """Join what the answer calls the same, transitively; single personas are left out."""
    bearers, cluster_of = _Bearers(truth.personas), dict[int, set[int]]()
    for row in dossier.identities:
        if row.judgement != "same":
            continue
        joined = bearers.of(row.entity_a) | bearers.of(row.entity_b)
        joined = set().union(joined, *(cluster_of.get(i, set()) for i in joined))
        cluster_of |= dict.fromkeys(joined, joined)
    unique = {id(c): c for c in cluster_of.values() if len(c) >= PAIR}
    return sorted(unique.values(), key=min)


def _true_clusters(truth: Truth) -> list[set[int]]:
    of: dict[str, set[int]] = {}
    for i, persona in enumerate(truth.personas):
        of.setdefault(persona.person, set()).add(i)
    return [c for c in of.values() if len(c) >= PAIR]


def _pairs(clusters: list[set[int]]) -> set[tuple[int, int]]:
    return {(a, b) for c in clusters for a, b in combinations(sorted(c), 2)}


def score_personas(told: list[set[int]], truth: Truth) -> PersonaScore:
    """Compare the clusters told with the persons behind the names."""
    real = _true_clusters(truth)
    said, true = _pairs(told), _pairs(real)
    told_of = {i: c for c in told for i in c}
    real_of = {i: c for c in real for i in c}
    precision, recall = [], []
    for i in sorted(told_of.keys() | real_of.keys()):
        mine, his = told_of.get(i, {i}), real_of.get(i, {i})
        precision.append(len(mine & his) / len(mine))
        recall.append(len(mine & his) / len(his))
    return PersonaScore(
        pairs=Found.of(len(said & true), len(said - true), len(true - said)),
        bcubed_precision=mean(precision),
        bcubed_recall=mean(recall),
    )
