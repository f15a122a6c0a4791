"""What is on record about a person's case: steps, disposition, elements of the offence.

Kept apart from attribution: nothing here weighs there, and nothing there weighs here. It says who
reported which step, and which claim speaks to which element; it never says that anybody did it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ashiato.core.claims import Claim, Entity, EntityType, Modality, Polarity, Review
from ashiato.core.time import LAST
from ashiato.core.weighing import Element, Proceedings
from ashiato.knowledge import load

UNKNOWN = "unknown"
_NOT_YET = frozenset({Modality.HYPOTHETICAL, Modality.NORMATIVE, Modality.POSSIBLE})


def proceedings(claims: Iterable[Claim]) -> tuple[Proceedings, ...]:
    """Give the proceedings of every person of whom a claim reports a step, by name and id."""
    pack = load("statutes")
    stated = sorted((c for c in claims if _is_stated(c)), key=lambda c: c.id)
    steps: dict[str, list[Claim]] = {}
    names: dict[str, str] = {}
    for claim in stated:
        person = _person(claim, pack["steps"])
        if person is not None:
            steps.setdefault(person.id, []).append(claim)
            names[person.id] = min(person.text, names.get(person.id, person.text))
    opened = [p for p, own in steps.items() if any(_opens(c, pack["steps"]) for c in own)]
    return tuple(
        _of_person(person, names[person], steps[person], stated, pack)
        for person in sorted(opened, key=lambda p: (names[p], p))
    )


def _is_stated(claim: Claim) -> bool:
    said = claim.polarity is Polarity.AFFIRMED and claim.review is not Review.REJECTED
    return said and claim.modality not in _NOT_YET


def _opens(claim: Claim, steps: Mapping[str, Any]) -> bool:
    return bool(steps[claim.proposition.predicate]["opens"])


def _person(claim: Claim, steps: Mapping[str, Any]) -> Entity | None:
    """Give the person whose step it is: to whom it is done, or who does it."""
    step = steps.get(claim.proposition.predicate)
    if step is None:
        return None
    subject, affected = claim.proposition.subject, claim.proposition.object
    sides = (affected, subject) if step["done_to"] else (subject,)
    return next((e for e in sides if e is not None and e.type is EntityType.PERSON), None)


def _when(claim: Claim) -> tuple[datetime, str]:
    valid = claim.proposition.valid
    return (valid.start_min or valid.start_max or claim.said_at or LAST, claim.id)


def _of_person(
    person: str, name: str, steps: Sequence[Claim], stated: Sequence[Claim], pack: Mapping[str, Any]
) -> Proceedings:
    ordered = sorted(steps, key=_when)
    about = [c for c in stated if c.proposition.subject and c.proposition.subject.id == person]
    return Proceedings(
        person=name,
        steps=tuple(claim.id for claim in ordered),
        disposition=disposition(ordered, pack["dispositions"]),
        offence=pack["offence"],
        statute=pack["statute"],
        elements=tuple(_element(rule, about) for rule in pack["elements"]),
    )


def disposition(ordered: Sequence[Claim], rules: Sequence[Mapping[str, Any]]) -> str:
    """Give the latest disposition; a stated reason counts before none; sources may differ."""
    given = [c for c in ordered if any(c.proposition.predicate in r["predicates"] for r in rules)]
    if not given:
        return UNKNOWN
    last = given[-1].proposition.predicate
    found = {_disposition(c, rules) for c in given if c.proposition.predicate == last}
    with_reason = [r["id"] for r in rules if r["words"] and r["id"] in found]
    return " / ".join(with_reason or sorted(found))


def _disposition(claim: Claim, rules: Sequence[Mapping[str, Any]]) -> str:
    return str(next(r["id"] for r in rules if _speaks(claim, r)))


def _element(rule: Mapping[str, Any], about: Sequence[Claim]) -> Element:
    held = tuple(sorted(c.id for c in about if _speaks(c, rule)))
    return Element(rule["id"], rule["label"], held, "" if held else rule["gap"])


def _speaks(claim: Claim, rule: Mapping[str, Any]) -> bool:
    if claim.proposition.predicate not in rule["predicates"]:
        return False
    texts = (claim.proposition.role or "", *claim.cues, *(c.quote for c in claim.citations))
    if claim.proposition.object is not None:
        texts = (claim.proposition.object.text, *texts)
    said = " ".join(texts).casefold()
    return not rule["words"] or any(word in said for word in rule["words"])
