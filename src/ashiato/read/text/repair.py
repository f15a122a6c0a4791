"""Machine translation leaves traces: subjects that nobody wrote, fixed phrases word for word.

Each repair is a rule of the pack `reading` and a guess that a person can undo: the claim carries
the cue ``mt:<rule>`` and cites the literal words. A repair never makes a claim stronger.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from spacy.tokens import Token

from ashiato.core.claims import EntityType
from ashiato.core.sources import Intake
from ashiato.core.time import UncertainInterval
from ashiato.read.text.entities import Reference, source_entity
from ashiato.read.text.grammar import find, is_verb, lemma, subject
from ashiato.read.text.lexicon import Repair, is_on, repairs, speech, subject_types, words
from ashiato.read.text.naming import slug
from ashiato.read.text.passages import Key, Passage
from ashiato.read.text.relations import Relation, subtree_text


@dataclass(frozen=True, slots=True)
class Filled:
    """A relation with its arguments looked up, and the repairs that took part.

    ``valid`` is set where a list gives this relation a time of its own.
    """

    relation: Relation
    subject: Reference | None
    object: Reference | None
    repairs: tuple[str, ...] = ()
    valid: UncertainInterval | None = None


def fill(
    relation: Relation, passage: Passage, references: Mapping[Key, Reference], intake: Intake
) -> Filled:
    """Look up the arguments; a subject that only the translation made is replaced by a guess."""
    first = _lookup(relation.subject, passage, references)
    second = _lookup(relation.object, passage, references)
    rule = _stray_rule(relation.subject, passage, references, intake)
    if rule is None and first is None and relation.predicate in words("speech", "done_by_police"):
        first = _office(relation.trigger, passage, references, intake)
    if rule is None:
        return Filled(relation, first, second)
    usual = subject_types(relation.predicate)[0]
    wanted = "institution" if usual is EntityType.ORGANISATION else "person"
    guess = nearest(wanted, relation.trigger, passage, references)
    if guess is not None and second is not None and guess.entity == second.entity:
        guess = None
    return Filled(relation, guess, second, (rule.name,))


def _office(
    token: Token, passage: Passage, references: Mapping[Key, Reference], intake: Intake
) -> Reference | None:
    """Give who does what only the police do: the agency that speaks, else the one named last."""
    if intake.source.kind == "agency":
        own = source_entity(intake)
        return Reference((0, 0), own, True, False, frozenset(), (0, 0), 0)  # noqa: FBT003 - named, one
    return nearest("institution", token, passage, references)


def _lookup(
    token: Token | None, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    return None if token is None else references.get(passage.key(token))


def _stray_rule(
    token: Token | None, passage: Passage, references: Mapping[Key, Reference], intake: Intake
) -> Repair | None:
    rules = (r for r in _rules(intake) if not r.predicate)
    if token is None:
        return None
    return next((r for r in rules if is_stray(token, r, passage, references, intake)), None)


def _rules(intake: Intake) -> Iterator[Repair]:
    """Give the repairs that nobody has turned off for the file."""
    return (rule for rule in repairs() if is_on(rule.name, intake))


def is_stray(
    token: Token,
    rule: Repair,
    passage: Passage,
    references: Mapping[Key, Reference],
    intake: Intake,
) -> bool:
    """Whether a pronoun can stand for nobody: "I" outside a quotation, "he" before any person."""
    if intake.source.kind == "person" or passage.quotation_at(token.i) is not None:
        return False
    if token.lower_ not in rule.pronouns:
        return False
    own = references.get(passage.key(token))
    if token.lower_ == "i":
        return own is None or not own.because
    earlier = (r for r in references.values() if r.key < passage.key(token))
    return own is not None and not own.because and all(not _is_person(r) for r in earlier)


def nearest(
    wanted: str, token: Token, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    """Give the last person, server or institution that the text named before ``token``."""
    fits = _WANTED[wanted]
    before = [r for r in references.values() if r.key < passage.key(token) and fits(r)]
    return max(before, key=lambda r: r.key, default=None)


def _is_office(reference: Reference) -> bool:
    """Whether it is one of those that a police report leaves unnamed: not any organisation."""
    parts = set(slug(reference.entity.text).split("-"))
    return reference.entity.type is EntityType.ORGANISATION and bool(parts & speech().investigators)


def _is_person(reference: Reference) -> bool:
    return (
        reference.entity.type is EntityType.PERSON
        and not reference.plural
        and (reference.because != "" or not reference.heads & {"he", "she", "i"})
    )


_WANTED: Mapping[str, Callable[[Reference], bool]] = {
    "person": _is_person,
    "server": lambda r: r.entity.type is EntityType.SERVER,
    "institution": _is_office,
}


def mended(
    token: Token, passage: Passage, references: Mapping[Key, Reference], intake: Intake
) -> Iterator[Filled]:
    """Give the relations that a fixed phrase of machine translation stands for."""
    if not is_verb(token):
        return
    for rule in _rules(intake):
        if rule.predicate and _phrase_fits(rule, token, passage, references, intake):
            yield _by_rule(rule, token, passage, references, intake)
            return


def _phrase_fits(
    rule: Repair,
    verb: Token,
    passage: Passage,
    references: Mapping[Key, Reference],
    intake: Intake,
) -> bool:
    if lemma(verb) not in rule.verbs:
        return False
    who = subject(verb)
    if rule.pronouns and (who is None or not is_stray(who, rule, passage, references, intake)):
        return False
    if rule.near and not any(lemma(t) in rule.near for t in verb.subtree):
        return False
    return any(_object_fits(rule, t, passage, references) for t in find(verb, "patient"))


def _object_fits(
    rule: Repair, token: Token, passage: Passage, references: Mapping[Key, Reference]
) -> bool:
    found = references.get(passage.key(token))
    return lemma(token) in rule.objects or (
        found is not None and found.entity.type.value in rule.objects
    )


def _by_rule(
    rule: Repair,
    verb: Token,
    passage: Passage,
    references: Mapping[Key, Reference],
    intake: Intake,
) -> Filled:
    used = frozenset(t.i for t in find(verb, "patient"))
    role = _role_near(rule, verb)
    relation = Relation(rule.predicate, verb, None, None, role, used)
    first = _argument(rule.subject, verb, passage, references)
    if rule.subject == "institution":
        first = _written_subject(verb, passage, references, intake) or first
    second = _argument(rule.object, verb, passage, references)
    return Filled(relation, first, second, (rule.name,))


def _argument(
    place: str, verb: Token, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    if place in _WANTED:
        return nearest(place, verb, passage, references)
    token = next(iter(find(verb, place)), None)
    return _lookup(token, passage, references)


def _written_subject(
    verb: Token, passage: Passage, references: Mapping[Key, Reference], intake: Intake
) -> Reference | None:
    """Give the subject as written, unless it is one that the translation made."""
    who = subject(verb)
    if who is None or _stray_rule(who, passage, references, intake) is not None:
        return None
    return _lookup(who, passage, references)


def _role_near(rule: Repair, verb: Token) -> str | None:
    """Keep the words that the rule leaned on as the role: "on suspicion"."""
    for child in verb.children:
        if child.dep_ == "prep" and any(lemma(t) in rule.near for t in child.subtree):
            return subtree_text(child)
    return None
