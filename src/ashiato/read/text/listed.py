"""Lists in one sentence: "sold the ID u1 on 3 May and the ID c2 on 9 May" is two sales.

The parser hangs the later items anywhere; their order on the line says what belongs together.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from spacy.tokens import Span, Token

from ashiato.core.claims import Entity, EntityType
from ashiato.core.time import ALWAYS_POSSIBLE, UncertainInterval
from ashiato.read.text.entities import Reference
from ashiato.read.text.grammar import find, is_verb
from ashiato.read.text.lexicon import words
from ashiato.read.text.naming import MARK, slug
from ashiato.read.text.passages import Key, Passage
from ashiato.read.text.repair import Filled
from ashiato.read.text.times import TimeExpression

_MARK = re.compile(MARK)
_RECIPIENT = "recipient of "


@dataclass(frozen=True, slots=True)
class _Item:
    token: Token
    reference: Reference


def item_by_item(
    filled: Sequence[Filled],
    sentence: Span,
    passage: Passage,
    references: Mapping[Key, Reference],
    times: Sequence[TimeExpression],
) -> list[Filled]:
    """Give one relation for each machine or account that a sentence lists, each with its time."""
    done: dict[tuple[object, ...], list[Filled]] = {}
    for number, item in enumerate(filled):
        side = _side(item, passage, references)
        listed = _items(item, side[1], sentence, passage, references) if side else []
        if side is None or not listed:
            done[number,] = [item]
            continue
        relation = item.relation
        other = item.object if side[0] == "subject" else item.subject
        group = (relation.predicate, relation.trigger.i, side[0], other and other.entity)
        done.setdefault(group, list(_each(item, side[0], listed, sentence, times)))
    made = [item for items in done.values() for item in items]
    known = {
        item.subject.key for item in made if item.subject and item.subject.entity.type in _kinds()
    }
    return [item for item in made if not _is_misread(item, known)]


def _kinds() -> frozenset[EntityType]:
    return frozenset(map(EntityType, words("listed", "kinds")))


def _is_misread(item: Filled, listed: set[Key]) -> bool:
    """Whether the subject is an identifier that the list has read as what it is."""
    found = item.subject
    return found is not None and found.key in listed and found.entity.type not in _kinds()


def _side(
    item: Filled, passage: Passage, references: Mapping[Key, Reference]
) -> tuple[str, Reference] | None:
    """Give the side on which the listed things stand; "role" for what a recipient received."""
    if item.relation.predicate not in words("listed", "predicates") or item.repairs:
        return None
    for name, found in (("object", item.object), ("subject", item.subject)):
        if found is not None and found.entity.type in _kinds():
            return name, found
    if (item.relation.role or "").startswith(_RECIPIENT):
        for token in find(item.relation.trigger, "patient"):
            passed = references.get(passage.key(token))
            if passed is not None and passed.entity.type in _kinds():
                return "role", passed
    return None


def _items(
    item: Filled,
    listed: Reference,
    sentence: Span,
    passage: Passage,
    references: Mapping[Key, Reference],
) -> list[_Item]:
    """Find the identifiers of the same kind that no other verb stands before."""
    trigger = item.relation.trigger
    found = []
    for token in sentence:
        if not _MARK.fullmatch(token.text) or _is_parted(token, trigger):
            continue
        itself = slug(token.text) == slug(listed.entity.text)
        reference = listed if itself else references.get(passage.key(token))
        kind = EntityType.OTHER if reference is None else reference.entity.type
        goes_on = listed.plural or token.dep_ in {"conj", "appos"}
        if kind is EntityType.OTHER and goes_on and token.i > listed.key[1]:
            reference = _of_kind(token, listed, passage, reference)
        if reference is not None and reference.entity.type is listed.entity.type:
            found.append(_Item(token, reference))
    return found


def _is_parted(token: Token, trigger: Token) -> bool:
    low, high = sorted((token.i, trigger.i))
    return any(is_verb(t) for t in token.doc[low + 1 : high])


def _of_kind(
    token: Token, listed: Reference, passage: Passage, read: Reference | None
) -> Reference:
    """Read a bare identifier of a list as what the list is of: "the IDs: u1 and c2"."""
    kind = listed.entity.type
    entity = Entity(f"{kind}:{slug(token.text)}", token.text, kind)
    if read is not None:
        return replace(read, entity=entity, named=True)
    span = passage.source_span(token.i, token.i + 1)
    return Reference(passage.key(token), entity, True, False, frozenset(), span, listed.sentence)  # noqa: FBT003 - named, singular


def _each(
    item: Filled, side: str, listed: list[_Item], sentence: Span, times: Sequence[TimeExpression]
) -> Iterator[Filled]:
    dated = _dates(listed, sentence, times)
    for each in listed:
        valid = dated.get(each.token.i, ALWAYS_POSSIBLE) if dated else item.valid
        role = item.relation.role
        if (role or "").startswith(_RECIPIENT):
            role = f"{_RECIPIENT}{each.token.text}"
        made = replace(item, relation=replace(item.relation, role=role), valid=valid)
        if side == "object":
            made = replace(made, object=each.reference)
        yield replace(made, subject=each.reference) if side == "subject" else made


def _dates(
    listed: list[_Item], sentence: Span, times: Sequence[TimeExpression]
) -> dict[int, UncertainInterval]:
    """Give each item the date after it; as many dates as items in a row go in their order."""
    line: list[tuple[int, _Item | TimeExpression]] = [(i.token.idx, i) for i in listed]
    line += [(sentence.start_char + t.start, t) for t in times if t.interval != ALWAYS_POSSIBLE]
    line.sort(key=lambda spot: spot[0])
    runs = [
        [thing for _, thing in run]
        for _, run in groupby(line, key=lambda spot: isinstance(spot[1], _Item))
    ]
    found: dict[int, UncertainInterval] = {}
    for run, after in pairwise(runs):
        items = [thing for thing in run if isinstance(thing, _Item)]
        dates = [thing for thing in after if isinstance(thing, TimeExpression)]
        if len(dates) == 1:
            dates *= len(items)
        if len(dates) == len(items):
            pairs = zip(items, dates, strict=True)
            found.update({item.token.i: date.interval for item, date in pairs})
    return found
