"""A person's own reading of some words: which fields may be set, and the claim that comes of it.

Fields are flat texts, as a row of a table or a line at a prompt gives them; an empty text takes a
value away where the contract allows none.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Any

from ashiato.core.canonical import canonical_json, content_id, from_plain
from ashiato.core.claims import (
    BY_A_PERSON,
    ORIGIN_BY_A_PERSON,
    Basis,
    Claim,
    Entity,
    EntityType,
    Modality,
    Polarity,
    Proposition,
    Review,
    Voice,
)
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Citation, Locator
from ashiato.core.masking import DOT
from ashiato.core.names import slug
from ashiato.core.time import UncertainInterval, format_instant, parse_instant
from ashiato.knowledge import load

Fields = Mapping[str, str]
BOUNDS = ("start_min", "start_max", "end_min", "end_max")
EDITABLE = (
    "predicate", "subject", "subject_type", "object", "object_type", "role", "polarity",
    "modality", "basis", "speaker", "origin", *BOUNDS, "quote",
)  # fmt: skip
"""What a person may set, in the order in which it is asked for."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "subject_type": tuple(EntityType),
    "object_type": tuple(EntityType),
    "polarity": tuple(Polarity),
    "modality": tuple(Modality),
    "basis": tuple(Basis),
}
"""Fields that take one of a few words."""
PLACE = "place"
"""The locator of a quote, as canonical JSON: the log holds no floats, and a box has them."""
Find = Callable[[str], Citation]
"""Finds words in the claim's own exhibit; raises `BadInput` where they are not there."""


@cache
def predicates() -> Mapping[str, Mapping[str, Any]]:
    """Give the relations that a claim may state, with the kinds of their two ends."""
    table: Mapping[str, Mapping[str, Any]] = load("predicates")["predicates"]
    return table


def fields_of(claim: Claim) -> dict[str, str]:
    """Write a claim as flat fields."""
    said = claim.proposition
    bounds = (said.valid.start_min, said.valid.start_max, said.valid.end_min, said.valid.end_max)
    return {
        "predicate": said.predicate,
        "subject": said.subject.text if said.subject else "",
        "subject_type": said.subject.type.value if said.subject else "",
        "object": said.object.text if said.object else "",
        "object_type": said.object.type.value if said.object else "",
        "role": said.role or "",
        "polarity": claim.polarity.value,
        "modality": claim.modality.value,
        "basis": claim.basis.value,
        "speaker": claim.speaker.text,
        "origin": claim.origin.text,
        **{name: format_instant(b) if b else "" for name, b in zip(BOUNDS, bounds, strict=True)},
        "quote": claim.citations[0].quote if claim.citations else "",
    }


def place_text(locator: Locator) -> str:
    """Write a locator so that the log can hold it."""
    return canonical_json(locator).decode()


def locator_of(text: str) -> Locator:
    """Undo `place_text`; raises `ValueError`, `KeyError` or `TypeError`."""
    plain = {"exhibit": "", "path": "", "quote": "", "locator": json.loads(text)}
    found: Citation = from_plain(Citation, plain)
    return found.locator


def checked(claim: Claim, fields: Fields, find: Find) -> dict[str, str]:
    """Give the fields that change ``claim``, each in its proper form, with the place of a quote.

    Raises:
        BadInput: an unknown field or value, kinds that the predicate does not take, times out of
            order, or a quote that the exhibit does not hold.

    """
    now = fields_of(claim)
    for name in fields:
        if name not in now:
            raise BadInput(f"no field {name!r}", remedy=f"known: {', '.join(EDITABLE)}")
    wanted = {name: _tidy(name, value) for name, value in fields.items()}
    changed = {name: value for name, value in wanted.items() if value != now[name]}
    whole = {**now, **changed}
    _check_masks(changed)
    _check_words(changed)
    _check_kinds(whole, changed)
    _check_voices(changed)
    _interval(whole)
    if "quote" in changed:
        found = find(changed["quote"])
        changed |= {"quote": found.quote, PLACE: place_text(found.locator)}
    return changed


def _tidy(name: str, value: str) -> str:
    if name == "quote":
        return value
    text = " ".join(value.split())
    if name in CHOICES or name == "predicate":
        return text.lower().replace(" ", "_")
    return _instant(name, text) if name in BOUNDS and text else text


def _instant(name: str, text: str) -> str:
    """Read an instant; a bare date means its beginning, or its end where it is the later bound."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            return format_instant(parse_instant(text))
        except ValueError as error:
            remedy = "write 2031-04-20 or 2031-04-20T09:00:00Z"
            raise BadInput(str(error), place=name, remedy=remedy) from error
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return format_instant(begin + timedelta(days=1) if name.endswith("max") else begin)


def _check_masks(changed: Fields) -> None:
    """Refuse what was copied from a screen or sheet with its masks on: it is no name of anybody."""
    for name, value in changed.items():
        if DOT in value:
            remedy = "write it out as the document has it, or leave the field as it is"
            raise BadInput(f"{value!r} is masked", place=name, remedy=remedy)


def _check_words(changed: Fields) -> None:
    for name, known in (("predicate", tuple(predicates())), *CHOICES.items()):
        value = changed.get(name)
        if value is None or value in known or (value == "" and name.endswith("_type")):
            continue
        near = get_close_matches(value, known, 3)
        remedy = f"did you mean {' or '.join(near)}?" if near else f"use one of {', '.join(known)}"
        raise BadInput(f"{value!r} is no {name.replace('_', ' ')}", place=name, remedy=remedy)


def _check_kinds(whole: Fields, changed: Fields) -> None:
    rule = predicates().get(whole["predicate"], {})
    for end in ("subject", "object"):
        text, kind = whole[end], whole[f"{end}_type"]
        if not text or not {end, f"{end}_type", "predicate"} & changed.keys():
            continue
        if not kind:
            remedy = f"one of {', '.join(rule.get(end, EntityType))}"
            raise BadInput(f"{text!r} has no type", place=f"{end}_type", remedy=remedy)
        if kind not in rule.get(end, (kind,)):
            problem = f"the {end} of {whole['predicate']!r} cannot be of type {kind}"
            remedy = f"use one of {', '.join(rule[end])}, or another predicate"
            raise BadInput(problem, place=f"{end}_type", remedy=remedy)
    if not whole["subject"] and not whole["object"]:
        remedy = "name at least one of the two, or reject the claim"
        raise BadInput("a claim needs a subject or an object", place="subject", remedy=remedy)


def _check_voices(changed: Fields) -> None:
    for name in ("speaker", "origin"):
        if name in changed and not changed[name]:
            raise BadInput(f"the {name} is blank", place=name, remedy="name who it is")


def _interval(whole: Fields) -> UncertainInterval:
    bounds = [parse_instant(whole[name]) if whole[name] else None for name in BOUNDS]
    try:
        return UncertainInterval(*bounds)
    except ValueError as error:
        remedy = "order them: start_min, start_max, end_min, end_max"
        raise BadInput("the times are out of order", place="start_min", remedy=remedy) from error


def corrected(claim: Claim, fields: Fields, review: Review) -> Claim:
    """Give the claim that stands in the place of ``claim``, which is its parent.

    Raises:
        BadInput: the fields no longer fit (see `checked`).
        ValueError: the place of the quote cannot be read.

    """
    whole = {**fields_of(claim), **fields}
    _check_words(fields)
    _check_kinds(whole, fields)
    only_origin = not fields.keys() - {"origin"}
    new = replace(
        claim,
        id="",
        proposition=_proposition(claim.proposition, whole),
        polarity=Polarity(whole["polarity"]),
        modality=Modality(whole["modality"]),
        basis=Basis(whole["basis"]),
        speaker=_voice(claim.speaker, whole["speaker"]),
        origin=_voice(claim.origin, whole["origin"]),
        citations=_citations(claim.citations, fields),
        method=ORIGIN_BY_A_PERSON if only_origin else BY_A_PERSON,
        parents=(claim.id,),
        review=Review.PROPOSED,
    )
    return replace(new, id=content_id(new), review=review)


def _proposition(said: Proposition, whole: Fields) -> Proposition:
    return Proposition(
        _entity(said.subject, whole["subject"], whole["subject_type"]),
        whole["predicate"],
        _entity(said.object, whole["object"], whole["object_type"]),
        whole["role"] or None,
        _interval(whole),
    )


def _entity(old: Entity | None, text: str, kind: str) -> Entity | None:
    """Name an entity as the reader would; one only described stays apart by its place."""
    if not text:
        return None
    if old and (old.text, old.type) == (text, kind):
        return old
    place = f"@{old.id.rpartition('@')[2]}" if old and old.text == text and not old.is_named else ""
    return Entity(f"{kind}:{slug(text)}{place}", text, EntityType(kind))


def _voice(old: Voice, text: str) -> Voice:
    return old if old.text == text else Voice(slug(text), text)


def _citations(old: tuple[Citation, ...], fields: Fields) -> tuple[Citation, ...]:
    if PLACE not in fields:
        return old
    first = replace(old[0], locator=locator_of(fields[PLACE]), quote=fields["quote"])
    return (first, *old[1:])


def blank(citation: Citation) -> Claim:
    """Give a claim that says nothing yet, where a person reads one that the machine missed."""
    return Claim(
        id="",
        proposition=Proposition(None, "", None),
        polarity=Polarity.AFFIRMED,
        modality=Modality.STATED,
        basis=Basis.HEARSAY,
        cues=(),
        speaker=Voice("", ""),
        origin=Voice("", ""),
        said_at=None,
        citations=(citation,),
        method=BY_A_PERSON,
    )


def added(citation: Citation, fields: Fields) -> Claim:
    """Give the claim that a person read where the machine read none; errors as in `corrected`."""
    for name in ("predicate", "speaker", "origin"):
        if not fields.get(name):
            raise BadInput(f"a claim needs a {name}", place=name, remedy="give it")
    new = replace(corrected(blank(citation), fields, Review.PROPOSED), parents=(), id="")
    return replace(new, id=content_id(new), review=Review.ACCEPTED)
