"""What each modelled rung asks: its facts, who may stand as candidate, which claims speak."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ashiato.core.claims import Basis, Claim, Entity, EntityType, Proposition
from ashiato.core.tenancy import Role
from ashiato.core.weighing import CriticalQuestion, Rung
from ashiato.knowledge import load
from ashiato.weigh.words import point

MODELLED = (Rung.PERSON, Rung.GROUP, Rung.SPONSOR)
Answered = Mapping[str, tuple[str, str]]
"""What persons answered to critical questions: by name, ``yes`` or ``no`` and the reason."""


@dataclass(frozen=True, slots=True)
class Speaks:
    """Which claims are about a fact: predicate, where the candidate stands, what is opposite.

    Where ``named``, a mere description ("a group of hackers") is no candidate: whom it means is
    part of the question, and it would stand beside the name as if it were somebody else.
    """

    predicates: frozenset[str]
    on_subject: bool
    types: frozenset[EntityType]
    other: frozenset[EntityType]
    named: bool = False

    def candidate(self, proposition: Proposition) -> Entity | None:
        """Give the candidate that such a claim is about, or ``None`` where the claim is not one."""
        if proposition.predicate not in self.predicates:
            return None
        sides = (proposition.subject, proposition.object)
        candidate, other = sides if self.on_subject else sides[::-1]
        if candidate is None or candidate.type not in self.types:
            return None
        if not candidate.is_named and (self.named or not _is_one(candidate.text)):
            return None
        if self.other and (other is None or other.type not in self.other):
            return None
        return candidate


@dataclass(frozen=True, slots=True)
class Missing:
    """Evidence that could be had on a fact, who may hold it, and how good it would be."""

    evidence: str
    holder: str
    grade: str
    basis: Basis
    way: "Way"


@dataclass(frozen=True, slots=True)
class Way:
    """How evidence is had of one kind of holder; ``retention_days`` is ``None`` if not known."""

    route: str
    retention_days: int | None
    cost: str


@dataclass(frozen=True, slots=True)
class Critical:
    """What would undercut a fact of one of ``aspects``, or bears on its imitator alone.

    ``unseen``: what "no" leaves of P(fact | imitator). ``betrays``: P(fact | imitator) is at least
    this once it is answered "yes".
    """

    id: str
    aspects: frozenset[str]
    text: str
    unseen: float | None = None
    betrays: float | None = None

    @property
    def undercuts(self) -> bool:
        """Whether an answer "yes" leaves the fact without weight."""
        return self.unseen is None and self.betrays is None

    def imitated(self, likelihood: Mapping[str, float], answer: str) -> float:
        """Give P(fact | imitator) after an answer, from what it was before."""
        before = likelihood["imitator"]
        if self.unseen is not None and answer == "no":
            return min(before, max(self.unseen * before, likelihood["none"]))
        if self.betrays is not None and answer == "yes":
            return max(before, self.betrays)
        return before


@dataclass(frozen=True, slots=True)
class FactTemplate:
    """One fact of a rung, about any candidate. Probabilities by kind of answer."""

    id: str
    label: str
    aspect: str
    required: bool
    spoof: str
    likelihood: Mapping[str, float]
    speaks: tuple[Speaks, ...]
    tenancies: frozenset[Role]
    sightings: bool
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One modelled rung. ``nominates`` names candidates without weighing anything.

    ``resale`` words the rival who got the machines from a candidate (empty: not asked on this
    rung), ``passes_on`` are the predicates that tell of it. ``named``: a mere description is
    nobody's rival.
    """

    rung: Rung
    types: frozenset[EntityType]
    imitator: str
    nominates: tuple[Speaks, ...]
    facts: tuple[FactTemplate, ...]
    share: "Priors"
    resale: str = ""
    passes_on: frozenset[str] = frozenset()
    named: bool = False

    def may_be(self, party: Entity) -> bool:
        """Whether a holder may stand as candidate: of its types, and named where it asks that."""
        return party.type in self.types and (party.is_named or not self.named)


@dataclass(frozen=True, slots=True)
class Excluded:
    """Grounds that never name or weigh anybody; see the pack."""

    predicates: frozenset[str]
    roles: frozenset[str]
    party_words: frozenset[str]
    party_predicates: frozenset[str]
    methods: tuple[str, ...]

    def covers(self, proposition: Proposition) -> bool:
        """Whether a proposition rests on origin, language, party or family alone."""
        if proposition.predicate in self.predicates or _bears(proposition.role or "", self.roles):
            return True
        if proposition.object is None or proposition.predicate not in self.party_predicates:
            return False
        return _bears(proposition.object.text, self.party_words)

    def resembles(self, claim: Claim) -> bool:
        """Whether a claim rests on resemblance: it may name a candidate and weighs nothing."""
        return claim.method.startswith(self.methods)


@dataclass(frozen=True, slots=True)
class Priors:
    """How belief is shared before any evidence."""

    unnamed: int
    none_at_least: float
    imitator: float
    resale: float


def _bears(text: str, words: frozenset[str]) -> bool:
    """Whether ``text`` holds one of ``words``: whole, or anywhere in a script without spaces."""
    folded = text.casefold()
    spaced = " ".join(["", *re.findall(r"\w+", folded), ""])
    return any((f" {word} " in spaced) if word.isascii() else (word in folded) for word in words)


@cache
def question(rung: Rung) -> Question:
    """Give the template of a modelled rung, as the pack has it."""
    return question_of(rung, load("questions"))


def question_of(rung: Rung, pack: Mapping[str, Any]) -> Question:
    """Build the template of a modelled rung from a pack of questions."""
    table = pack[rung.value]
    types, named = _types(table["types"]), table["named"]
    return Question(
        rung=rung,
        types=types,
        imitator=table["imitator"],
        nominates=tuple(_speaks(row, types, named) for row in table["nominates"]),
        facts=tuple(_fact(row, (types, named), pack["spoof"]) for row in table["facts"]),
        resale=table.get("resale", ""),
        passes_on=frozenset(table.get("passes_on", [])),
        share=_priors(pack["prior"]),
        named=named,
    )


@cache
def excluded() -> Excluded:
    """Give the grounds that never count."""
    table = load("questions")["excluded"]
    return Excluded(
        predicates=frozenset(table["predicates"]),
        roles=frozenset(table["roles"]),
        party_words=frozenset(table["party_words"]),
        party_predicates=frozenset(table["party_predicates"]),
        methods=tuple(table["methods"]),
    )


def _priors(table: Mapping[str, Any]) -> Priors:
    return Priors(table["unnamed"], table["none_at_least"], table["imitator"], table["resale"])


@cache
def _singular() -> tuple[frozenset[str], frozenset[str]]:
    table = load("questions")["described"]
    return frozenset(table["one"]), frozenset(table["several"])


def _is_one(text: str) -> bool:
    """Whether a description is of one: "a man in his 30s" may be a suspect, "two men" are not."""
    words = text.casefold().split()
    one, several = _singular()
    return bool(words) and words[0] in one and not several & set(words[1:2])


def _way(holder: str) -> Way:
    row = load("questions")["holders"][holder]
    return Way(row["route"], row["retention_days"] or None, row["cost"])


@cache
def criticals() -> tuple[Critical, ...]:
    """Give the critical questions of the pack."""
    rows = load("questions")["critical"]
    return tuple(_critical(row) for row in rows)


def _critical(row: Mapping[str, Any]) -> Critical:
    betrays = point(row["betrays"]) if "betrays" in row else None
    aspects = frozenset(row["aspects"])
    return Critical(row["id"], aspects, row["question"], row.get("unseen"), betrays)


def asked(rung: Rung, fact: FactTemplate, told: Answered) -> tuple[CriticalQuestion, ...]:
    """Give the critical questions of a fact with the answers that persons gave."""
    found = []
    for each in criticals():
        if fact.aspect in each.aspects:
            name = f"{rung.value}.{fact.id}.{each.id}"
            answer, because = told.get(name, ("open", ""))
            found.append(CriticalQuestion(name, each.text, answer, because))
    return tuple(found)


def undercut(question: Question, told: Answered) -> frozenset[str]:
    """Give the facts that an answer "yes" makes as probable under every answer."""
    fatal = {each.id for each in criticals() if each.undercuts}
    return frozenset(
        fact.id
        for fact in question.facts
        for each in asked(question.rung, fact, told)
        if each.answer == "yes" and each.id.rpartition(".")[2] in fatal
    )


def amended(question: Question, told: Answered) -> Question:
    """Give the question with P(fact | imitator) as the answers of persons leave it."""
    facts = tuple(_amended(question.rung, fact, told) for fact in question.facts)
    return replace(question, facts=facts)


def _amended(rung: Rung, fact: FactTemplate, told: Answered) -> FactTemplate:
    likelihood = dict(fact.likelihood)
    for each in criticals():
        answer, _ = told.get(f"{rung.value}.{fact.id}.{each.id}", ("open", ""))
        if fact.aspect in each.aspects:
            likelihood["imitator"] = each.imitated(likelihood, answer)
    return replace(fact, likelihood=likelihood)


def question_names() -> frozenset[str]:
    """Name every critical question that may be answered."""
    return frozenset(
        each.id
        for rung in MODELLED
        for fact in question(rung).facts
        for each in asked(rung, fact, {})
    )


def _types(names: list[str]) -> frozenset[EntityType]:
    return frozenset(EntityType(name) for name in names)


def _speaks(row: Mapping[str, Any], types: frozenset[EntityType], named: bool) -> Speaks:  # noqa: FBT001 - a setting of the pack
    own = _types(row["types"]) if "types" in row else types
    on_subject = {"subject": True, "object": False}[row["candidate"]]
    other = _types(row.get("other", []))
    return Speaks(frozenset(row["predicates"]), on_subject, own, other, named)


def _fact(
    row: Mapping[str, Any], asked: tuple[frozenset[EntityType], bool], spoof: Mapping[str, str]
) -> FactTemplate:
    said = row["likelihood"]
    words = {"resale": said["none"], **said, "imitator": spoof[row["spoof"]]}
    return FactTemplate(
        id=row["id"],
        label=row["label"],
        aspect=row["aspect"],
        required=row["required"],
        spoof=row["spoof"],
        likelihood={kind: point(word) for kind, word in words.items()},
        speaks=tuple(_speaks(each, *asked) for each in row["speaks"]),
        tenancies=frozenset(Role(role) for role in row.get("tenancies", [])),
        sightings=row.get("sightings", False),
        missing=tuple(
            Missing(m["evidence"], m["holder"], m["grade"], Basis(m["basis"]), _way(m["holder"]))
            for m in row["missing"]
        ),
    )
