"""Which relations a sentence states, by the triggers of the pack `predicates`.

A relation here is words only: its trigger, its arguments, its role. Who says it and how sure is
read elsewhere.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spacy.tokens import Span, Token

from ashiato.core.claims import EntityType
from ashiato.read.text.grammar import (
    CLAUSES,
    SUBJECTS,
    children,
    find,
    is_calendar,
    is_negated,
    is_passive,
    is_verb,
    lemma,
    phrase,
)
from ashiato.read.text.lexicon import Trigger, hedges, reading, speech, triggers, words
from ashiato.read.text.restraint import claims_nothing

KindOf = Callable[[Token], EntityType]
"""Tells what kind of thing a word stands for."""

_ASPECTS = "aspect"


@dataclass(frozen=True, slots=True)
class Relation:
    """A predicate between two words of a sentence; ``trigger`` is the word that says it."""

    predicate: str
    trigger: Token
    subject: Token | None
    object: Token | None
    role: str | None
    used: frozenset[int]


@dataclass(frozen=True, slots=True)
class Found:
    """The relations of one sentence, and how many more there were that map to no predicate."""

    relations: tuple[Relation, ...]
    unmapped: tuple[Token, ...]


def relations_in(sentence: Span, kind_of: KindOf) -> Found:
    """Find the relations of a sentence, verbs before nouns; a used noun says nothing twice."""
    found: list[Relation] = []
    unmapped: list[Token] = []
    used: set[int] = set()
    for token in sorted(sentence, key=_verbs_first):
        if token.i in used or not _may_state(token) or claims_nothing(token):
            continue
        new = list(_relations_at(token, kind_of))
        found.extend(new)
        used.update(i for relation in new for i in relation.used)
        if not new and _is_background(token):
            unmapped.append(token)
    found.sort(key=_place)
    return Found(tuple(found), tuple(unmapped))


def _verbs_first(token: Token) -> tuple[bool, int]:
    return not is_verb(token), token.i


def _place(relation: Relation) -> tuple[int, str, int, int]:
    ends = (relation.subject, relation.object)
    first, second = (-1 if end is None else end.i for end in ends)
    return relation.trigger.i, relation.predicate, first, second


def _may_state(token: Token) -> bool:
    if is_verb(token):
        carries = _only_carries(token) or _is_mere_difficulty(token) or _is_imperative(token)
        return token.dep_ in CLAUSES and not carries
    return token.pos_ in {"NOUN", "ADJ", "PROPN", "ADV"}


def _only_carries(verb: Token) -> bool:
    """Whether the verb only says whose word or belief the clause below it is."""
    if lemma(verb) not in speech().verbs and lemma(verb) not in hedges().verbs:
        return False
    clause = next(children(verb, "ccomp", "xcomp"), None)
    if clause is None or not is_verb(clause):
        return False
    infinitive = any(c.lower_ == "to" for c in children(clause, "aux"))
    return not (infinitive and lemma(verb) in hedges().infinitive_only)


def _is_imperative(verb: Token) -> bool:
    bare = not any(c.dep_ in {"aux", "auxpass"} or c.dep_ in SUBJECTS for c in verb.children)
    return bool(verb.tag_ == "VB" and verb.dep_ == "ROOT" and bare)


def _is_mere_difficulty(verb: Token) -> bool:
    """Whether the verb only says what is hard to do, or what it takes to do it."""
    above = (verb.head, *children(verb.head, "acomp"))
    hard = any(lemma(t) in words("grammar", "difficult") for t in above)
    return bool(hard and any(c.lower_ == "to" for c in children(verb, "aux")))


def _is_background(token: Token) -> bool:
    """Whether a verb with a subject and an object was passed over."""
    if not is_verb(token) or lemma(token) in words("grammar", _ASPECTS):
        return False
    return bool(find(token, "agent")) and bool(find(token, "patient"))


def _relations_at(token: Token, kind_of: KindOf) -> Iterator[Relation]:
    kind = "verb" if is_verb(token) else "adjective" if token.pos_ in {"ADJ", "ADV"} else "noun"
    settled: set[str] = set()
    for trigger in triggers().get((kind, lemma(token)), ()):
        if trigger.predicate in settled and not trigger.also:
            continue
        made = list(_by_trigger(trigger, token, kind_of))
        if made and not trigger.also:
            settled.add(trigger.predicate)
        yield from made


def _by_trigger(trigger: Trigger, token: Token, kind_of: KindOf) -> Iterator[Relation]:
    if not _conditions_hold(trigger, token):
        return
    subjects = _first_filled(token, trigger.subject, trigger.subject_types, kind_of)
    objects = _first_filled(token, trigger.object, trigger.object_types, kind_of)
    if not objects and not (trigger.bare and subjects and not _is_filled(token, trigger.object)):
        return
    if not subjects and not _may_lack_subject(trigger, token):
        return
    role = _role(trigger, token)
    used = frozenset(_used(trigger, token))
    for subject in subjects or (None,):
        for item in objects or (None,):
            if subject is None or item is None or subject.i != item.i:
                yield Relation(trigger.predicate, token, subject, item, role, used)


def _may_lack_subject(trigger: Trigger, token: Token) -> bool:
    """Whether nobody need be named: not by "to steal data", "stealing data" with no doer at all."""
    if is_verb(token) and token.tag_ in {"VB", "VBG"} and not is_passive(token):
        return bool(find(token, "agent")) and not trigger.subject_types
    if not trigger.subject_types:
        return True
    return trigger.unsaid and not _is_filled(token, trigger.subject)


def _conditions_hold(trigger: Trigger, token: Token) -> bool:
    if trigger.under and not (token.dep_ == "pobj" and token.head.lower_ in trigger.under):
        return False
    if not all(any(find(token, place) for place in need) for need in trigger.needs):
        return False
    if any(find(token, place) for place in trigger.empty):
        return False
    if not all(_has(token, place, lemmas) for place, lemmas in trigger.having):
        return False
    if any(_has(token, place, lemmas) for place, lemmas in trigger.lacking):
        return False
    return not trigger.negated or any(is_negated(t) for t in find(token, trigger.negated))


def _has(token: Token, place: str, lemmas: frozenset[str]) -> bool:
    return any(lemma(item) in lemmas for item in find(token, place))


def _first_filled(
    token: Token, places: tuple[str, ...], kinds: frozenset[EntityType], kind_of: KindOf
) -> tuple[Token, ...]:
    for place in places:
        found = tuple(t for t in find(token, place) if _fits(t, kinds, kind_of))
        if found:
            return found
    return ()


def _is_filled(token: Token, places: tuple[str, ...]) -> bool:
    """Whether something stands where the object belongs, though of no kind that fits."""
    return any(find(token, place) for place in places)


def _is_a_label(token: Token) -> bool:
    """Whether it is the "Q" or "A" before a line of a record."""
    last = token.i + 1 >= len(token.doc)
    return token.lower_ in words("restraint", "labels") and not last and token.nbor().text == ":"


def _fits(token: Token, kinds: frozenset[EntityType], kind_of: KindOf) -> bool:
    if is_verb(token) or token.tag_ in {"WP", "WDT", "EX"} or token.lower_ == "itself":
        return False
    if _is_a_label(token) or (token.ent_type_ in {"DATE", "TIME"} and token.pos_ == "PROPN"):
        return False
    if not kinds:
        return True
    kind = kind_of(token)
    # A pronoun that nothing explains, a name that nothing tells of, may be of any kind.
    unresolved = token.pos_ == "PRON" or (token.pos_ == "PROPN" and not is_calendar(token))
    return kind in kinds or (unresolved and kind is EntityType.OTHER)


def _used(trigger: Trigger, token: Token) -> Iterator[int]:
    for place, _ in trigger.having:
        yield from (item.i for item in find(token, place))


def _role(trigger: Trigger, token: Token) -> str | None:
    if trigger.role:
        return _filled(trigger.role, token)
    return " ".join(_qualifiers(token)) or None


def _filled(template: str, token: Token) -> str | None:
    """Fill the places of a role; a role with an empty place is none."""
    values = {"trigger": lemma(token)}
    for place in re.findall(r"\{([\w>-]+)\}", template):
        if place not in values:
            filler = next(iter(find(token, place)), None)
            if filler is None or is_verb(filler):
                return None
            values[place] = subtree_text(filler)
    return re.sub(r"\{([\w>-]+)\}", lambda found: values[found[1]], template)


def _qualifiers(token: Token) -> Iterator[str]:
    """Give phrases that qualify the relation: "under a pseudonym", "on suspicion of fraud"."""
    spots = [token, *children(token, "dobj", "nsubjpass")]
    if is_verb(token):
        spots += [p for c in children(token, "dobj", "prep") for p in _nested(c)]
    for spot in spots:
        for preposition in children(spot, "prep"):
            heads = reading()["roles"].get(preposition.lower_, ())
            following = list(children(preposition, "pobj"))
            if any(lemma(item) in heads for item in following):
                low, high = preposition.i, max(_end_of_role(item) for item in following)
                yield str(token.doc[low:high].text).strip(" ,;.\"'")


def _end_of_role(noun: Token) -> int:
    """Give where the phrase ends: all of "on suspicion of making and using false records"."""
    if lemma(noun) in words("grammar", "charges"):
        return max(t.i for t in noun.subtree if not _in_clause(t, noun)) + 1
    return _end_with_name(noun)


def _end_with_name(noun: Token) -> int:
    """Give where the phrase ends, with the name beside it: "under the false name Kenta Morwell"."""
    end = phrase(noun)[1]
    if lemma(noun) in words("grammar", "borne_names") and end == noun.i + 1:
        while end < len(noun.doc) and noun.doc[end].pos_ == "PROPN":
            end += 1
    names = (a for a in children(noun, "appos") if a.pos_ == "PROPN")
    return max([end, *(phrase(a)[1] for a in names if phrase(a)[0] <= end + 1)])


def _nested(token: Token) -> Iterator[Token]:
    """Give nouns under a preposition of the noun: "a contract for a server under ..."."""
    if token.dep_ == "prep":
        yield from children(token, "pobj")
    for preposition in children(token, "prep"):
        yield from children(preposition, "pobj")


def subtree_text(token: Token) -> str:
    """Give the words under a token as they stand, without clauses that hang on them."""
    kept = [t for t in token.subtree if not _in_clause(t, token)]
    return str(token.doc[kept[0].i : kept[-1].i + 1].text).strip(" ,;.\"'")


def _in_clause(token: Token, top: Token) -> bool:
    here = token
    for _ in range(12):
        if here.i == top.i:
            return False
        if here.dep_ in {"relcl", "advcl", "ccomp"}:
            return True
        here = here.head
    return True
