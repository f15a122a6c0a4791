"""Steps and movements of persons as claims with time: what is told, contradicted, and unknown.

It says who told what of whom. A name alone joins nothing: two entities of one name stay two. It
weighs nowhere, and nothing in it says that anybody did anything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from typing import Any

from ashiato.core.claims import Claim, Entity, EntityType, Modality, Polarity, Review
from ashiato.core.persons import Clash, PersonStatus, StatusEntry
from ashiato.core.time import FIRST, LAST, format_instant
from ashiato.core.weighing import Proceedings
from ashiato.knowledge import load
from ashiato.weigh.proceedings import UNKNOWN, disposition, proceedings

NOTE = (
    "What is told, not what was done: nothing here states guilt. Of whom it speaks, the id says; "
    "a name alone joins nothing."
)
_NOT_YET = frozenset({Modality.HYPOTHETICAL, Modality.NORMATIVE, Modality.POSSIBLE})
_MOST = 400


def statuses(claims: Iterable[Claim], person: str = "") -> tuple[PersonStatus, ...]:
    """Give the time line of every person whose name or id is ``person`` (empty: of all)."""
    pack = load("statutes")
    told: dict[str, list[Claim]] = {}
    names: dict[str, str] = {}
    for claim in claims:
        who = _person(claim, pack["statuses"])
        if who is None or claim.review in {Review.REJECTED, Review.CORRECTED}:
            continue
        told.setdefault(who.id, []).append(claim)
        names[who.id] = min(who.text, names.get(who.id, who.text))
    wanted = _fold(person)
    asked = [i for i in told if not person or wanted in {_fold(names[i]), _fold(i)}]
    same = {i: [j for j in told if j != i and _fold(names[j]) == _fold(names[i])] for i in asked}
    return tuple(
        _status(i, names[i], told[i], pack, len(same[i]))
        for i in sorted(asked, key=lambda i: (names[i], i))
    )


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _person(claim: Claim, rules: Mapping[str, Any]) -> Entity | None:
    rule = rules.get(claim.proposition.predicate)
    if rule is None:
        return None
    subject, affected = claim.proposition.subject, claim.proposition.object
    sides = (affected, subject) if rule["done_to"] else (subject,)
    return next((e for e in sides if e is not None and e.type is EntityType.PERSON), None)


def _status(
    id_: str, name: str, claims: Sequence[Claim], pack: Mapping[str, Any], namesakes: int
) -> PersonStatus:
    entries = sorted((_entry(c, id_, pack["statuses"]) for c in claims), key=_order)
    counting = [e for e in entries if e.counts]
    by_id = {c.id: c for c in claims}
    ordered = [by_id[e.claim] for e in counting]
    also = f" {namesakes} more of this name on record are kept apart." if namesakes else ""
    return PersonStatus(
        id=id_,
        person=name,
        entries=tuple(entries),
        contradictions=tuple(_contradictions(name, counting, pack["impossible"])),
        disposition=disposition(ordered, pack["dispositions"]),
        whereabouts=_whereabouts(counting),
        note=f"{NOTE}{also}",
    )


def _entry(claim: Claim, person: str, rules: Mapping[str, Any]) -> StatusEntry:
    said, valid = claim.proposition, claim.proposition.valid
    other = next((e for e in (said.object, said.subject) if e and e.id != person), None)
    told = claim.polarity is Polarity.AFFIRMED and claim.modality not in _NOT_YET
    return StatusEntry(
        claim=claim.id,
        kind=str(rules[said.predicate]["kind"]),
        predicate=said.predicate,
        object=other.text if other else "",
        earliest=valid.start_min,
        latest=valid.start_max or valid.end_max or claim.said_at,
        said_at=claim.said_at,
        speaker=claim.speaker.text,
        origin=claim.origin.text,
        polarity=claim.polarity,
        modality=claim.modality,
        counts=told,
        citations=claim.citations,
    )


def _order(entry: StatusEntry) -> tuple[datetime, datetime, str]:
    return (entry.earliest or entry.latest or LAST, entry.latest or LAST, entry.claim)


def _contradictions(
    name: str, entries: Sequence[StatusEntry], rules: Sequence[Mapping[str, Any]]
) -> Iterator[Clash]:
    near = entries[:_MOST]
    for a, b in combinations(near, 2):
        for first, later in ((a, b), (b, a)):
            if _is_before(first, later):
                yield from _told(name, first, later, near, rules)


def _is_before(first: StatusEntry, later: StatusEntry) -> bool:
    """Whether one certainly happened before the other; what is undated is in no order."""
    if first.latest is None or later.earliest is None:
        return False
    return first.latest <= later.earliest


def _told(
    name: str,
    first: StatusEntry,
    later: StatusEntry,
    entries: Sequence[StatusEntry],
    rules: Sequence[Mapping[str, Any]],
) -> Iterator[Clash]:
    for rule in rules:
        if (first.predicate, later.predicate) != (rule["first"], rule["later"]):
            continue
        if rule["place"] == "same" and _fold(first.object) != _fold(later.object):
            continue
        if not any(_may_lie_between(e, first, later, rule["unless"]) for e in entries):
            yield Clash(f"{name} {rule['told']}", (first.claim, later.claim))


def _may_lie_between(
    entry: StatusEntry, first: StatusEntry, later: StatusEntry, unless: Sequence[str]
) -> bool:
    if entry.predicate not in unless or entry.claim in {first.claim, later.claim}:
        return False
    begin, end = entry.earliest or FIRST, entry.latest or LAST
    return (first.earliest or FIRST) <= end and begin <= (later.latest or LAST)


def _whereabouts(entries: Sequence[StatusEntry]) -> str:
    """Say the last movement told with a time; two that may be the last and differ give neither."""
    moves = [e for e in entries if e.kind == "movement" and e.latest is not None]
    if not moves:
        return UNKNOWN
    last = max(moves, key=lambda e: (e.latest or FIRST, e.claim))
    rivals = [e for e in moves if not _is_before(e, last)]
    said = sorted({f"{e.predicate.replace('_', ' ')} {e.object}".strip() for e in rivals})
    when = f" by {format_instant(last.latest)}" if last.latest else ""
    since = "; where since then: unknown" if last.predicate == "left" else ""
    return f"{said[0]}{when}{since}" if len(said) == 1 else f"contested: {' / '.join(said)}"


def on_record(claims: Iterable[Claim]) -> tuple[Proceedings, ...]:
    """Give the proceedings of every person, with accusing claims, whereabouts, contradictions."""
    told = tuple(claims)
    known = statuses(told)
    return tuple(_completed(item, known, told) for item in proceedings(told))


def _completed(
    item: Proceedings, known: Sequence[PersonStatus], claims: Sequence[Claim]
) -> Proceedings:
    steps = set(item.steps)
    mine = next((s for s in known if steps & {e.claim for e in s.entries}), None)
    if mine is None:
        return item
    return replace(
        item,
        accusing=tuple(c.id for c in accusations(claims, mine.id)),
        whereabouts=mine.whereabouts,
        contradictions=mine.contradictions,
    )


def accusations(claims: Iterable[Claim], person: str) -> tuple[Claim, ...]:
    """Give the claims that accuse a person (by id or name), by id; each wants its disposition."""
    accusing = set(load("statutes")["accusing"])
    found = (c for c in claims if c.proposition.predicate in accusing and _accuses(c, person))
    return tuple(sorted(found, key=lambda c: c.id))


def _accuses(claim: Claim, person: str) -> bool:
    if claim.polarity is not Polarity.AFFIRMED or claim.review is Review.REJECTED:
        return False
    named = (claim.proposition.subject, claim.proposition.object)
    return any(e is not None and person in {e.id, e.text} for e in named)
