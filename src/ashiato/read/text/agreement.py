"""One name, one kind, over all documents of a case: what a cue told outranks what a model guessed.

"The group known as Ochre Compass" in one document says what the name means in the next, where the
name recogniser may have taken it for a person. Only the exact same name is compared, and nothing
is merged: a description, a place that directs, two kinds that cues gave stay as they were read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from ashiato.core.canonical import content_id
from ashiato.core.claims import Claim, Entity, EntityType
from ashiato.read.text.lexicon import precedence, reading


def agree_on_types(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Give the claims with one kind for each name, in the order given; pure.

    A kind that a cue tells (group, unit, malware, server ...) replaces a guessed one (person,
    organisation, place, other) of the same name. The ids of changed claims, and of claims that
    rest on them, are computed anew, so that the result does not depend on the claims' order.
    """
    told = _told_kinds(claims)
    by_id = {claim.id: claim for claim in claims}
    renewed: dict[str, Claim] = {}
    return tuple(_renewed(claim, told, by_id, renewed) for claim in claims)


@cache
def _outranks() -> Mapping[EntityType, frozenset[EntityType]]:
    """Give for each kind that a cue tells the guessed kinds that give way to it."""
    table = reading()["agreement"]
    return {EntityType(kind): frozenset(map(EntityType, below)) for kind, below in table.items()}


def _name(entity: Entity) -> str:
    return entity.id.partition(":")[2]


def _entities(claim: Claim) -> tuple[Entity, ...]:
    ends = (claim.proposition.subject, claim.proposition.object)
    return tuple(end for end in ends if end is not None and end.is_named)


def _told_kinds(claims: Sequence[Claim]) -> Mapping[str, tuple[EntityType, ...]]:
    found: dict[str, set[EntityType]] = {}
    for claim in claims:
        for entity in _entities(claim):
            if entity.type in _outranks():
                found.setdefault(_name(entity), set()).add(entity.type)
    return {name: tuple(sorted(kinds, key=precedence)) for name, kinds in found.items()}


def _renewed(
    claim: Claim,
    told: Mapping[str, tuple[EntityType, ...]],
    by_id: Mapping[str, Claim],
    renewed: dict[str, Claim],
) -> Claim:
    """Give the claim anew, its parents before it; an id computed from content cannot run round."""
    if claim.id not in renewed:
        ends = claim.proposition
        said = replace(ends, subject=_agreed(ends.subject, told), object=_agreed(ends.object, told))
        parents = tuple(
            _renewed(by_id[parent], told, by_id, renewed).id if parent in by_id else parent
            for parent in claim.parents
        )
        new = replace(claim, proposition=said, parents=parents)
        changed = (said, parents) != (ends, claim.parents)
        renewed[claim.id] = replace(new, id=content_id(replace(new, id=""))) if changed else claim
    return renewed[claim.id]


def _agreed(entity: Entity | None, told: Mapping[str, tuple[EntityType, ...]]) -> Entity | None:
    if entity is None or not entity.is_named:
        return entity
    above = (k for k in told.get(_name(entity), ()) if entity.type in _outranks()[k])
    kind = next(above, None)
    return entity if kind is None else Entity(f"{kind}:{_name(entity)}", entity.text, kind)
