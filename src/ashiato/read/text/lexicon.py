"""The words the reader goes by, from the packs `reading` and `predicates`, as typed values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ashiato.core.claims import EntityType, Modality
from ashiato.core.sources import Intake
from ashiato.knowledge import load


@dataclass(frozen=True, slots=True)
class Speech:
    """Verbs and nouns that say whose words a sentence carries."""

    verbs: frozenset[str]
    statements: frozenset[str]
    demands: frozenset[str]
    denials: frozenset[str]
    admissions: frozenset[str]
    quotation_words: int
    carry_sentences: int
    inquiries: frozenset[str]
    unnamed_subjects: frozenset[str]
    institutions: frozenset[str]
    first_hand: frozenset[str]
    investigators: frozenset[str]
    judgements: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hedges:
    """Cue words and the modality each of them sets; ``strength`` runs from strong to weak."""

    strength: Mapping[Modality, int]
    verbs: Mapping[str, Modality]
    infinitive_only: frozenset[str]
    passive: Mapping[str, Modality]
    adverbs: Mapping[str, Modality]
    adjectives: Mapping[str, Modality]
    nouns: Mapping[str, Modality]
    auxiliaries: Mapping[str, Modality]
    conditions: Mapping[str, Modality]
    factual_infinitives: frozenset[str]

    def weaker(self, one: Modality, other: Modality) -> Modality:
        """Of two readings give the one that claims less."""
        return max(one, other, key=self.strength.__getitem__)


@dataclass(frozen=True, slots=True)
class Repair:
    """One trait of machine translation and what is proposed for it."""

    name: str
    pronouns: frozenset[str]
    verbs: frozenset[str]
    objects: frozenset[str]
    near: frozenset[str]
    subject: str
    object: str
    predicate: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """One way in which English says a predicate; the places are explained in the pack."""

    predicate: str
    kind: str
    words: frozenset[str]
    subject: tuple[str, ...]
    object: tuple[str, ...]
    subject_types: frozenset[EntityType]
    object_types: frozenset[EntityType]
    needs: tuple[tuple[str, ...], ...]
    empty: tuple[str, ...]
    having: tuple[tuple[str, frozenset[str]], ...]
    lacking: tuple[tuple[str, frozenset[str]], ...]
    under: frozenset[str]
    negated: str
    role: str
    bare: bool
    also: bool
    unsaid: bool


@cache
def reading() -> dict[str, Any]:
    """Give the pack `reading`."""
    return load("reading")


@cache
def speech() -> Speech:
    """Give the words of speech and thought."""
    pack = reading()["speech"]
    sets = ("verbs", "statements", "demands", "denials", "admissions")
    verbs, statements, demands, denials, admissions = (frozenset(pack[name]) for name in sets)
    return Speech(
        verbs=verbs,
        statements=statements,
        demands=demands,
        denials=denials,
        admissions=admissions,
        quotation_words=pack["quotation_words"],
        carry_sentences=pack["carry_sentences"],
        inquiries=frozenset(pack["inquiries"]),
        unnamed_subjects=frozenset(pack["unnamed_subjects"]),
        institutions=frozenset(pack["institutions"]),
        first_hand=frozenset(pack["first_hand"]),
        investigators=frozenset(pack["investigators"]),
        judgements=frozenset(pack["judgements"]),
    )


def _modalities(table: Mapping[str, str]) -> dict[str, Modality]:
    return {word: Modality(name) for word, name in table.items()}


@cache
def hedges() -> Hedges:
    """Give the words that set modality."""
    pack = reading()["modality"]
    return Hedges(
        strength={Modality(name): rank for rank, name in enumerate(pack["strength"])},
        verbs=_modalities(pack["verbs"]),
        infinitive_only=frozenset(pack["only"]["infinitive"]),
        passive=_modalities(pack["only"]["passive"]),
        adverbs=_modalities(pack["adverbs"]),
        adjectives=_modalities(pack["adjectives"]),
        nouns=_modalities(pack["nouns"]),
        auxiliaries=_modalities(pack["auxiliaries"]),
        conditions=_modalities(pack["conditions"]),
        factual_infinitives=frozenset(pack["infinitives"]["factual"]),
    )


@cache
def phrases() -> Mapping[str, Modality]:
    """Give the hedges of several words that stand beside a clause."""
    return _modalities(reading()["modality"]["phrases"])


@cache
def leading() -> Mapping[str, Modality]:
    """Give the beginnings of phrases that hedge the clause beside them."""
    return _modalities(reading()["modality"]["leading"])


@cache
def words(table: str, name: str) -> frozenset[str]:
    """Give one list of the pack `reading` as a set."""
    return frozenset(reading()[table][name])


@cache
def _ranks() -> Mapping[EntityType, int]:
    ordered = reading()["entities"]["precedence"]
    return {EntityType(kind): rank for rank, kind in enumerate(ordered)}


def precedence(kind: EntityType) -> int:
    """Give the rank of a kind where one name was given several: the lowest number decides."""
    return _ranks().get(kind, len(_ranks()))


@cache
def repairs() -> tuple[Repair, ...]:
    """Give the machine-translation repairs, in the pack's order."""
    return tuple(
        Repair(
            name=item["name"],
            pronouns=frozenset(item.get("pronouns", ())),
            verbs=frozenset(item.get("verbs", ())),
            objects=frozenset(item.get("objects", ())),
            near=frozenset(item.get("near", ())),
            subject=item.get("subject", ""),
            object=item.get("object", ""),
            predicate=item.get("predicate", ""),
        )
        for item in reading()["repairs"]
    )


def is_on(name: str, intake: Intake) -> bool:
    """Whether nobody has turned the repair off for the file."""
    off = intake.extra.get("repairs_off", "").split(",")
    return name not in off and "*" not in off


@cache
def triggers() -> Mapping[tuple[str, str], tuple[Trigger, ...]]:
    """Give every trigger by its kind (verb, noun, adjective) and lemma, in the pack's order."""
    found: dict[tuple[str, str], list[Trigger]] = {}
    for predicate, entry in load("predicates")["predicates"].items():
        for item in entry.get("triggers", ()):
            trigger = _trigger(predicate, item)
            for word in sorted(trigger.words):
                found.setdefault((trigger.kind, word), []).append(trigger)
    return {key: tuple(items) for key, items in found.items()}


@cache
def subject_types(predicate: str) -> tuple[EntityType, ...]:
    """Give the kinds of subject that a predicate has, the usual one first."""
    return tuple(map(EntityType, load("predicates")["predicates"][predicate]["subject"]))


@cache
def offences() -> re.Pattern[str]:
    """Give the pattern of the names of offences."""
    return re.compile(
        "|".join(f"(?:{p})" for p in reading()["offences"]["patterns"]), re.IGNORECASE
    )


def _trigger(predicate: str, item: Mapping[str, Any]) -> Trigger:
    kind = next(k for k in ("verb", "noun", "adjective") if f"{k}s" in item)
    subject = "agent" if kind == "verb" else "holder"
    return Trigger(
        predicate=predicate,
        kind=kind,
        words=frozenset(item[f"{kind}s"]),
        subject=tuple(item.get("subject", (subject,))),
        object=tuple(item.get("object", ("patient",))),
        subject_types=frozenset(map(EntityType, item.get("subject_types", ()))),
        object_types=frozenset(map(EntityType, item.get("object_types", ()))),
        needs=tuple(tuple(need.split("|")) for need in item.get("needs", ())),
        empty=tuple(item.get("empty", ())),
        having=_conditions(item.get("with", {})),
        lacking=_conditions(item.get("without", {})),
        under=frozenset(item.get("under", ())),
        negated=item.get("negated", ""),
        role=item.get("role", ""),
        bare=item.get("bare", False),
        also=item.get("also", False),
        unsaid=item.get("unsaid", False),
    )


def _conditions(table: Mapping[str, list[str]]) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((place, frozenset(lemmas)) for place, lemmas in sorted(table.items()))


@cache
def directors() -> frozenset[str]:
    """Give the words that make an organisation that directs a sponsor."""
    return frozenset(reading()["entities"]["names"]["directors"])
