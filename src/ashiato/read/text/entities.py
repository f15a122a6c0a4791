"""Which things a document names: their kind, their id, and which words mean the same thing.

The noun and the cue words around a name decide its kind before the parser's own recogniser does.
Named things share an id wherever the exact name and kind recur. Unnamed ones ("a man in his 30s")
belong to one place of one document; within it a definite phrase or a pronoun joins them only by
the rules below, with the antecedent cited. Whether two are one across documents is for `trace`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from spacy.tokens import Span, Token

from ashiato.core.claims import Entity, EntityType, Voice
from ashiato.core.sources import Intake
from ashiato.read.text.gazetteer import LABEL
from ashiato.read.text.grammar import (
    NOMINAL,
    SUBJECTS,
    ancestors,
    apposed_to,
    children,
    governor,
    is_calendar,
    is_negated,
    is_passive,
    is_verb,
    lemma,
    phrase,
    subject,
)
from ashiato.read.text.lexicon import offences, precedence, reading, speech, words
from ashiato.read.text.naming import ARTICLE, MARK, slug, voice_id
from ashiato.read.text.passages import Key, Passage, sentences

_MARK = re.compile(rf"{MARK}|\d{{1,3}}(?:\.\d{{1,3}}){{3}}")
REGISTERED = frozenset(
    {EntityType.SERVER, EntityType.ACCOUNT, EntityType.ADDRESS, EntityType.CONTRACT}
)
_DEFINITE = frozenset({"the", "this", "that", "these", "those", "both"})
_LOOK_BACK = 4
_NO_APPOSITION = frozenset(
    {
        EntityType.DOCUMENT,
        EntityType.EVENT,
        EntityType.OFFENCE,
        EntityType.PAYMENT,
        EntityType.CONTRACT,
    }
)
_HANDLED = REGISTERED | {EntityType.DOMAIN, EntityType.DOCUMENT, EntityType.MALWARE}
_CALLED_BY_KIND = frozenset({EntityType.GROUP, EntityType.MALWARE})
ACTORS = frozenset({EntityType.PERSON, EntityType.GROUP, EntityType.ORGANISATION, EntityType.UNIT})


@dataclass(frozen=True, slots=True)
class Reference:
    """One mention of a thing. ``antecedent`` is the source span it was joined to by a rule.

    ``leads``: it is the subject of its clause. ``members``: the persons that "both" stands for.
    """

    key: Key
    entity: Entity
    named: bool
    plural: bool
    heads: frozenset[str]
    span: tuple[int, int]
    sentence: int
    antecedent: tuple[int, int] | None = None
    because: str = ""
    leads: bool = False
    members: tuple["Reference", ...] = ()


@dataclass(frozen=True, slots=True)
class _Mention:
    token: Token
    passage: Passage
    sentence: int
    name: str
    kind: EntityType
    text: str
    span: tuple[int, int]
    heads: frozenset[str]
    by_cue: bool
    by_list: bool

    @property
    def key(self) -> Key:
        return self.passage.key(self.token)

    @property
    def is_plural(self) -> bool:
        return self.token.tag_ in {"NNS", "NNPS"} or self.token.lower_ in words(
            "coreference", "plural"
        )


@cache
def _kind_of_noun() -> Mapping[str, EntityType]:
    table = reading()["entities"]["nouns"]
    return {noun: EntityType(kind) for kind, nouns in table.items() for noun in nouns}


@cache
def _patterns() -> tuple[tuple[EntityType, re.Pattern[str]], ...]:
    table = reading()["entities"]["patterns"]
    return tuple(
        (EntityType(kind), re.compile("|".join(f"(?:{p})" for p in found), re.IGNORECASE))
        for kind, found in table.items()
    )


def references(passages: Sequence[Passage], intake: Intake) -> Mapping[Key, Reference]:
    """Read every mention in the document and join those that the rules join."""
    known: dict[Key, Reference] = {}
    speakers: list[Reference] = []
    for mention in _kinds_made_even(list(_mentions(passages))):
        found = _resolve(mention, known, speakers, intake)
        known[mention.key] = found
        if _speaks(mention.token) and found.entity.type in ACTORS:
            speakers.append(found)
    return _with_first_person(passages, known, intake)


def _kinds_made_even(mentions: list[_Mention]) -> Iterator[_Mention]:
    """Give every mention of a name one kind: what a cue told anywhere ("the group Lantern").

    Where no cue tells, a published list decides, else the most of the recogniser's guesses.
    """
    cued: dict[str, Counter[EntityType]] = {}
    listed: dict[str, Counter[EntityType]] = {}
    guessed: dict[str, Counter[EntityType]] = {}
    for mention in mentions:
        if mention.name and mention.kind is not EntityType.OTHER:
            told = cued if mention.by_cue else listed if mention.by_list else guessed
            told.setdefault(slug(mention.name), Counter())[mention.kind] += 1
    for mention in mentions:
        name = slug(mention.name)
        kinds = cued.get(name) or listed.get(name) or guessed.get(name)
        if not mention.name or not kinds:
            yield mention
        elif name in cued:
            yield replace(mention, kind=min(kinds, key=precedence))
        else:
            yield replace(mention, kind=min(kinds, key=lambda k: (-kinds[k], precedence(k))))


def _speaks(token: Token) -> bool:
    says = token.dep_ in SUBJECTS and lemma(token.head) in speech().verbs
    return bool(says and token.lower_ not in speech().unnamed_subjects)


def _mentions(passages: Sequence[Passage]) -> Iterator[_Mention]:
    count = 0
    for passage in passages:
        for sentence in sentences(passage):
            count += 1
            for token in sentence:
                if _is_mention(token):
                    yield _mention(token, passage, count)


def _is_mention(token: Token) -> bool:
    if token.pos_ not in NOMINAL or token.is_punct or token.tag_ in {"WP", "WDT", "EX"}:
        return False
    if token.dep_ == "compound":
        return _is_employer(token)
    whole = _recognised(token)
    if whole is not None and token.pos_ == "PROPN" and whole.root.i != token.i:
        return False  # a part of a longer name
    return token.dep_ not in {"compound", "nummod", "amod", "expl", "quantmod", "npadvmod", "nmod"}


def _is_employer(token: Token) -> bool:
    """Whether an organisation's name stands before a person noun: "a Harbour Party man"."""
    named = token.ent_type_ == "ORG" or _is_listed(token)
    outside = token.head.ent_type_ != token.ent_type_ and token.head.pos_ == "NOUN"
    person = _kind_of_noun().get(lemma(token.head)) is EntityType.PERSON
    return named and outside and person


def _is_listed(token: Token) -> bool:
    return token.ent_type_.startswith(LABEL)


def _mention(token: Token, passage: Passage, sentence: int) -> _Mention:
    first, end = phrase(token)
    name_range = _name_range(token)
    text = _trim(passage.text(first, end))
    kind = _kind(token, passage.text(*name_range) if name_range else "", text)
    if name_range is None and kind in {EntityType.GROUP, EntityType.MALWARE}:
        name_range = _name_before(token)
    name = _trim(passage.text(*name_range)) if name_range else ""
    span = passage.source_span(*(name_range or (first, end)))
    heads = {f"{lemma(token)}{'s' if token.tag_ in {'NNS', 'NNPS'} else ''}"}
    heads |= {child.lower_ for child in children(token, "nummod") if child.pos_ == "NUM"}
    if name_range:
        heads |= {lemma(cue) for cue in _cue_nouns(token) if cue.i != token.i}
    told = kind is _kind_by_noun(token, name) or kind is not _kind_by_recogniser(token)
    by_list = not told and _is_listed(token)
    if name and not told and not by_list:
        placed = _kind_by_place(token)
        told, kind = (True, placed) if placed else (told, kind)
    by_cue = told and kind is not EntityType.OTHER
    return _Mention(
        token, passage, sentence, name, kind, text, span, frozenset(heads), by_cue, by_list
    )


def _kind_by_place(token: Token) -> EntityType | None:
    """Tell a person from what is done to it, a place from who goes or lives there."""
    if _is_done_to_person(token):
        return EntityType.PERSON
    return EntityType.PLACE if _is_reached(token) else None


def _is_reached(token: Token) -> bool:
    """Whether somebody goes to it or lives in it: "moved to Velland"."""
    above = token.head
    if above.lower_ == "of" and above.head.lower_ == "out":
        above = above.head
    if token.dep_ == "pobj" and above.lower_ in {"to", "in", "from", "out"}:
        return is_verb(above.head) and lemma(above.head) in words("entities", "reached")
    return False


def _is_done_to_person(token: Token) -> bool:
    of_deed = token.dep_ == "pobj" and token.head.lower_ == "of"
    if of_deed and lemma(token.head.head) in words("entities", "done_to_persons_nouns"):
        return True
    first = token.head if token.dep_ == "conj" and token.head.pos_ == "PROPN" else token
    verb = first.head
    passive = first.dep_ == "nsubjpass" or (first.dep_ in SUBJECTS and is_passive(verb))
    done = lemma(verb) in words("entities", "done_to_persons")
    return done and (passive or first.dep_ == "dobj")


def _trim(text: str) -> str:
    return re.sub(r"(?:['\u2019]s?|\W)+$", "", text.strip(" \"'\u201c\u201d,;:")) or text.strip()


def _name_range(token: Token) -> tuple[int, int] | None:
    """Find the tokens of the proper name: given by "called", quoted beside it, or itself."""
    given = _given_name(token) or _identifier(token)
    if given is not None:
        return given
    beside = next((a for a in children(token, "appos") if _is_quoted_name(a, token)), None)
    if beside is not None and token.pos_ == "NOUN":
        return _proper_run(beside)
    person = _kind_of_noun().get(lemma(token)) is EntityType.PERSON
    called = next((a for a in _apposed(token) if a.pos_ == "PROPN"), None)
    if person and called is not None and token.pos_ == "NOUN":
        return _proper_run(called)
    beside_kind = _name_right_after(token)
    if beside_kind is not None:
        return beside_kind
    if token.pos_ == "PROPN" and not is_calendar(token) and not _is_common(token):
        return _proper_run(token)
    if token.pos_ == "NOUN" and token.ent_type_ in {"ORG", "PERSON"} and token.text[0].isupper():
        return _proper_run(token)
    whole = _recognised(token) if _is_listed(token) else None
    if whole is not None:
        return whole.start, whole.end
    return _institution_name(token)


def _apposed(token: Token) -> Iterator[Token]:
    """Give what is apposed, and to that again: "another person, the student Dana Rell"."""
    for noun in children(token, "appos"):
        yield noun
        yield from children(noun, "appos")


def _name_right_after(token: Token) -> tuple[int, int] | None:
    """Of "directed the group Pale Heron" give Pale Heron, wherever the parser hung it."""
    first = end = token.i + 1
    if token.pos_ != "NOUN" or _noun_kind(token) not in _CALLED_BY_KIND:
        return None
    while end < token.sent.end and token.doc[end].pos_ == "PROPN":
        end += 1
    whole = _recognised(token.doc[first]) if end > first else None
    if whole is not None and whole.start == first:
        end = max(end, whole.end)
    return (first, end) if end > first and not is_calendar(token.doc[first]) else None


def _identifier(token: Token) -> tuple[int, int] | None:
    """Find the mark by which registers know a thing: "the server vps-1042", "the ID u4411"."""
    beside = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else token
    numbered = token.lower_ in words("entities", "numbered") and token.text[0].isupper()
    if numbered and beside.text[:1].isdigit():
        return token.i, token.i + 2
    if _noun_kind(token) in REGISTERED and _MARK.fullmatch(beside.text):
        return beside.i, beside.i + 1
    return (token.i, token.i + 1) if _MARK.fullmatch(token.text) else None


def _noun_kind(token: Token) -> EntityType | None:
    """Give what a common noun tells of its kind; "IDs" as "ID"."""
    nouns, word = _kind_of_noun(), lemma(token)
    return nouns.get(token.lower_) or nouns.get(word) or nouns.get(word.removesuffix("s"))


def _is_common(token: Token) -> bool:
    """Whether a capitalised word is a common noun all the same ("ID", "IDs", "PC")."""
    alone = not any(True for _ in children(token, "compound"))
    known = _kind_of_noun().get(lemma(token).removesuffix("s"))
    return alone and known in {EntityType.ACCOUNT, EntityType.SERVER, EntityType.ADDRESS}


def _given_name(token: Token) -> tuple[int, int] | None:
    if token.pos_ != "NOUN":
        return None
    for clause in children(token, "acl"):
        if lemma(clause) not in words("entities", "naming"):
            continue
        target = next(children(clause, "oprd", "dobj", "attr"), None)
        by_as = (p for c in children(clause, "prep") if c.lower_ == "as" for p in c.children)
        target = target or next((p for p in by_as if p.dep_ in {"pobj", "amod"}), None)
        if target is not None:
            return _proper_run(target)
    return None


def _is_quoted_name(name: Token, noun: Token) -> bool:
    """Tell a name beside its noun without a comma: `the unit "7713 Unit"`, `the group Lantern`."""
    between = name.doc[noun.i + 1 : name.i]
    return name.i > noun.i and all(t.text in {'"', "``", "'"} or t.dep_ != "punct" for t in between)


def _proper_run(token: Token) -> tuple[int, int]:
    first, end = token.i, token.i + 1
    entity = _recognised(token)
    while first > 0 and _goes_on(token.doc[first - 1], token, entity):
        first -= 1
    while end < len(token.doc) and _goes_on(token.doc[end], token, entity, after=True):
        end += 1
    if entity is not None:  # "2031 the Harbour Police": a date is no part of the name
        first = max([first, *(c.i + 1 for c in children(token, "det") if first < c.i < token.i)])
    while first < token.i and token.doc[first].shape_[0] not in "Xd":
        first += 1  # a name begins with a capital or a number
    while end > token.i + 1 and token.doc[end - 1].pos_ in {"PART", "PUNCT"}:
        end -= 1
    return first, end


def _recognised(token: Token) -> Span | None:
    return next((e for e in token.sent.ents if e.start <= token.i < e.end), None)


def _goes_on(other: Token, token: Token, entity: Span | None, *, after: bool = False) -> bool:
    if entity is not None and entity.start <= other.i < entity.end:
        return (
            other.pos_ in {"PROPN", "ADP", "PART", "ADJ", "CCONJ", "DET"}
            or (other.text[:1].isdigit())
            or (other.text[:1].isupper() or other.text in {"-", "&"})
        )
    if after:
        return (
            other.pos_ in {"NUM", "PROPN"}
            and other.head.i == token.i
            and (other.dep_ != "appos" or other.pos_ == "NUM")
        )
    if other.dep_ not in {"compound", "nummod", "amod", "nmod", "poss"}:
        return False
    if other.pos_ == "NOUN" and other.text[0].isupper() and token.text[:1].isupper():
        return other.dep_ == "compound" and _noun_kind(other) is None
    return other.pos_ == "PROPN" or (other.text[0].isdigit() and token.text[:1].isupper())


def _name_before(token: Token) -> tuple[int, int] | None:
    """Of "the Lantern group" give Lantern; a people's or a place's name is no group's name."""
    names = [c for c in children(token, "compound", "nmod") if c.pos_ == "PROPN"]
    if not names or (names[-1].ent_type_ in {"NORP", "GPE", "ORG"} and names[-1].i < token.i - 1):
        return None
    if any(c.ent_type_ in {"NORP", "GPE"} for c in names):
        return None
    return names[0].i, names[-1].i + 1


def _institution_name(token: Token) -> tuple[int, int] | None:
    """Of "Harbour police" give both words; "the police" has no name."""
    if _kind_of_noun().get(lemma(token)) not in {EntityType.ORGANISATION, EntityType.SPONSOR}:
        return None
    names = [c for c in children(token, "compound") if c.pos_ == "PROPN"]
    return (names[0].i, token.i + 1) if names and token.tag_ != "NNS" else None


def _common_compounds(token: Token) -> Iterator[Token]:
    before = reversed(list(children(token, "compound", "nmod")))
    return (
        c for c in before if c.pos_ == "NOUN" or c.text.islower() or _noun_kind(c) in REGISTERED
    )


def _cue_nouns(token: Token) -> Iterator[Token]:
    """Give the common nouns that say what a name names, nearest first."""
    if token.pos_ != "PROPN" or _is_common(token):
        yield token
    yield from _common_compounds(token)
    yield from (c for c in children(token, "appos") if _tells_what(c))
    if token.dep_ == "appos" and token.head.pos_ == "NOUN":
        yield token.head
    if token.dep_ in {"oprd", "dobj"} and lemma(token.head) in words("entities", "naming"):
        yield token.head.head
    if token.dep_ == "nsubj" and not is_negated(token.head):
        yield from (n for n in children(token.head, "attr") if _says_what_it_is(n))
    if token.dep_ == "pobj":
        yield from _noun_of_naming(token.head)


def _says_what_it_is(noun: Token) -> bool:
    """Whether "X is a group" says what X is: an article, and a kind that is called by name."""
    articles = {c.lower_ for c in children(noun, "det")}
    return bool(articles & {"a", "an"}) and _noun_kind(noun) in _CALLED_BY_KIND


def _tells_what(noun: Token) -> bool:
    """Tell "Lantern, a group" from a heading's "Harbour Police, statement of 5 May"."""
    kind = _kind_of_noun().get(lemma(noun))
    return noun.pos_ == "NOUN" and kind not in _NO_APPOSITION


def _noun_of_naming(preposition: Token) -> Iterator[Token]:
    """Of "the group known as Lantern" give the group, of "in the name of Kenta" the name."""
    above = preposition.head
    if preposition.lower_ == "as" and lemma(above) in words("entities", "naming"):
        yield above.head if above.dep_ in {"acl", "relcl", "amod"} else subject(above) or above
    bears = preposition.lower_ == "of" and _kind_of_noun().get(lemma(above)) is EntityType.PERSONA
    if bears and above.dep_ == "pobj" and above.head.lower_ != "by":
        yield above


def _kind(token: Token, name: str, text: str) -> EntityType:
    for candidate in (name, text, token.text):
        bare = _trim(candidate)
        for kind, pattern in _patterns():
            if pattern.fullmatch(bare):
                return kind
    if token.pos_ == "PRON":
        return _kind_of_pronoun(token)
    return (
        _kind_by_noun(token, name)
        or _kind_by_name(name)
        or _kind_of_offence(token, text)
        or (None if _MARK.fullmatch(name) else _kind_by_recogniser(token))
        or EntityType.OTHER
    )


def _kind_of_pronoun(token: Token) -> EntityType:
    personal = token.lower_ in words("coreference", "person") or token.lower_ in {"who", "i"}
    return EntityType.PERSON if personal else EntityType.OTHER


def _kind_by_noun(token: Token, name: str) -> EntityType | None:
    if token.pos_ != "PROPN" or not name:
        kind = _noun_kind(token)
        if kind is not None or (token.pos_ == "NOUN" and not _MARK.fullmatch(token.text)):
            return kind
    for cue in _cue_nouns(token):
        kind = _noun_kind(cue)
        if kind is not None and (kind is not EntityType.PERSON or cue.dep_ != "compound"):
            return kind
    return None


def _kind_by_name(name: str) -> EntityType | None:
    parts = [part for part in re.findall(r"[\w'\u2019]+", name.casefold()) if part]
    table = reading()["entities"]["names"]
    if parts and parts[0] in table["person"] and len(parts) > 1:
        return EntityType.PERSON
    for last in range(len(parts), 0, -1):
        ending = {parts[last - 1], " ".join(parts[max(last - 2, 0) : last])}
        for kind in ("sponsor", "unit", "organisation", "group", "malware", "place"):
            if ending & set(table[kind]):
                return EntityType(kind)
    return None


def _kind_of_offence(token: Token, text: str) -> EntityType | None:
    return EntityType.OFFENCE if token.pos_ == "NOUN" and offences().search(text) else None


def kind_of_name(name: str) -> EntityType:
    """Give the kind of a full name that the press puts beside a short one."""
    return _kind_by_name(name) or EntityType.ORGANISATION


def _kind_by_recogniser(token: Token) -> EntityType | None:
    kind = reading()["entities"]["recogniser"].get(token.ent_type_)
    return EntityType(kind) if kind else None


def _resolve(
    mention: _Mention, known: Mapping[Key, Reference], speakers: Sequence[Reference], intake: Intake
) -> Reference:
    own = _own_reference(mention, intake)
    if mention.name:
        return _by_surname(own, known) or _typed_like_full_name(own, known)
    if mention.token.dep_ == "appos":
        head = known.get(mention.passage.key(apposed_to(mention.token)))
        same = head is not None and (head.named or head.entity.type is mention.kind)
        return _joined(own, head, "apposition") if head is not None and same else own
    if mention.token.dep_ == "attr" and not is_negated(mention.token.head):
        said_of = subject(mention.token.head)
        head = None if said_of is None else known.get(mention.passage.key(said_of))
        if head is not None and head.entity.type is mention.kind and head.key != own.key:
            return _joined(own, head, "predicate noun")
    if mention.token.lower_ in words("coreference", "pair") and mention.token.pos_ != "NUM":
        return _with_members(mention, own, known)
    if mention.token.pos_ == "PRON":
        return _resolve_pronoun(mention, own, known, speakers)
    if _is_definite(mention.token):
        found = _resolve_definite(mention, own, known)
        return found if found.because else _with_members(mention, own, known)
    return own


def _own_reference(mention: _Mention, intake: Intake) -> Reference:
    text = mention.name or mention.text
    if mention.name:
        text = ARTICLE.sub("", text)
        identity = f"{mention.kind}:{slug(text)}"
    else:
        identity = f"{mention.kind}:{slug(text)}@{intake.exhibit[:12]}:{mention.span[0]}"
    return Reference(
        mention.key,
        Entity(identity, text, mention.kind),
        bool(mention.name),
        mention.is_plural,
        mention.heads,
        mention.span,
        mention.sentence,
        leads=mention.token.dep_ in SUBJECTS,
    )


def _by_surname(own: Reference, known: Mapping[Key, Reference]) -> Reference | None:
    """Join "Morwell" to the one person before it whose full name ends so."""
    last = slug(own.entity.text)
    full = {
        r.entity: r
        for r in known.values()
        if r.named
        and r.entity.type is EntityType.PERSON
        and slug(r.entity.text).endswith(f"-{last}")
    }
    usual = own.entity.type in {EntityType.PERSON, EntityType.OTHER, EntityType.ORGANISATION}
    if len(full) != 1 or not usual or "-" in last:
        return None
    return _joined(own, next(iter(full.values())), "surname of the one person so named")


def _typed_like_full_name(own: Reference, known: Mapping[Key, Reference]) -> Reference:
    """Give an acronym the kind of the full name before it; they stay two entities."""
    short = own.entity.text
    if not (short.isupper() and 2 <= len(short) <= 6):  # noqa: PLR2004 - lengths of acronyms
        return own
    for other in known.values():
        initials = "".join(w[0] for w in re.findall(r"\b[A-Z]\w+", other.entity.text))
        if other.named and initials.endswith(short) and len(initials) > 1:
            kind = other.entity.type
            entity = Entity(f"{kind}:{slug(short)}", short, kind)
            return replace(own, entity=entity)
    return own


def _joined(own: Reference, other: Reference, because: str) -> Reference:
    return replace(
        own,
        entity=other.entity,
        named=other.named,
        plural=other.plural,
        heads=own.heads | other.heads,
        antecedent=other.antecedent or other.span,
        because=because,
    )


def _is_definite(token: Token) -> bool:
    return token.pos_ == "NUM" or any(
        child.lower_ in _DEFINITE for child in children(token, "det", "predet")
    )


def _restricts(child: Token) -> bool:
    """Whether a phrase or clause narrows its noun down; one after a comma only adds to it."""
    first = child.left_edge.i
    after_comma = first > 0 and child.doc[first - 1].text == ","
    return child.dep_ in {"prep", "relcl", "acl"} and not after_comma


def _resolve_definite(
    mention: _Mention, own: Reference, known: Mapping[Key, Reference]
) -> Reference:
    if any(c.lower_ in words("coreference", "other") for c in mention.token.children):
        return own
    if any(_restricts(child) for child in mention.token.children):
        return own  # "the data of 20 customers" says itself which it means
    head = lemma(mention.token) if mention.token.pos_ == "NUM" else None
    wanted = frozenset({head}) if head else mention.heads
    before = {
        r.entity: r
        for r in known.values()
        if wanted & r.heads and (head is not None or r.plural == own.plural)
    }
    if len(before) == 1:
        return _joined(own, next(iter(before.values())), "definite phrase, one antecedent")
    named = {r.entity: r for r in known.values() if r.named and r.entity.type is mention.kind}
    if not before and len(named) == 1 and mention.kind in _CALLED_BY_KIND and not own.plural:
        return _joined(own, next(iter(named.values())), "definite phrase, one name of its kind")
    return own


def _resolve_pronoun(
    mention: _Mention, own: Reference, known: Mapping[Key, Reference], speakers: Sequence[Reference]
) -> Reference:
    word, verb = mention.token.lower_, mention.token.head
    if word in words("coreference", "self"):
        return own
    is_act = mention.token.dep_ in SUBJECTS and lemma(verb) in words("coreference", "person_acts")
    if is_act and word in words("coreference", "plural"):
        return _doers(mention, own, known)
    speaker = next((s for s in reversed(speakers) if _agrees(mention, s)), None)
    if _speaks(mention.token) and speaker is not None and not is_act:
        return _joined(own, speaker, "the last speaker goes on")
    above = _subject_above(mention, known)
    if above is not None and _agrees(mention, above):
        return _joined(own, above, "subject of the clause above")
    if word in words("coreference", "person"):
        return _nearest_person(mention, own, known)
    twin = _object_of_sister(mention, known)
    if twin is not None:
        return _joined(own, twin, "pronoun, object of the verb before")
    return _one_near(mention, own, known)


def _one_near(mention: _Mention, own: Reference, known: Mapping[Key, Reference]) -> Reference:
    """Join a pronoun to the one thing of this sentence or the last that it can mean."""
    for back in (0, 1):
        near = {
            r.entity: r
            for r in known.values()
            if r.sentence == mention.sentence - back and _agrees(mention, r)
        }
        if len(near) == 1:
            return _joined(own, next(iter(near.values())), "pronoun, one antecedent near")
        leading = [r for r in near.values() if r.leads and not _only_tells(r, mention.passage)]
        if back and len(leading) == 1 and mention.token.dep_ in SUBJECTS:
            return _joined(own, leading[0], "pronoun, the subject before")
        if near:
            return own
    return own


def _object_of_sister(mention: _Mention, known: Mapping[Key, Reference]) -> Reference | None:
    """Of "leased the server and paid for it" give the server."""
    token = mention.token
    if token.lower_ != "it" or token.dep_ not in {"dobj", "pobj"}:
        return None
    verb = governor(token)
    if verb is None or verb.dep_ != "conj" or not is_verb(verb.head):
        return None
    thing = next(children(verb.head, "dobj"), None)
    found = None if thing is None else known.get(mention.passage.key(thing))
    return found if found is not None and found.entity.type in _HANDLED else None


def _nearest_person(mention: _Mention, own: Reference, known: Mapping[Key, Reference]) -> Reference:
    """Join "he" to the person of the nearest sentence that names one: its subject, else the last.

    It stays inside the paragraph and the one before it.
    """
    barred = _doer_of_the_clause(mention, known)
    near = [
        r
        for r in known.values()
        if _agrees(mention, r) and r.key[0] >= own.key[0] - 1 and r.entity != barred
    ]
    # Who only tells of it stands nearest after "..., a spokesman said."
    near = [r for r in near if not _only_tells(r, mention.passage)] or near
    last = max((r.sentence for r in near), default=0)
    in_last = sorted(
        (r for r in near if r.sentence == last),
        key=lambda r: (not r.leads, -r.key[1]),
    )
    return _joined(own, in_last[0], "pronoun, the nearest person") if in_last else own


def _only_tells(reference: Reference, passage: Passage) -> bool:
    """Whether it is the one who says it: "the man sold it, a spokesman said. He ..." is the man."""
    number, place = reference.key
    return number == passage.number and lemma(passage.doc[place].head) in speech().verbs


def _doer_of_the_clause(mention: _Mention, known: Mapping[Key, Reference]) -> Entity | None:
    """Of "he sold it to him" give the first he: the second is another."""
    token = mention.token
    if token.dep_ in SUBJECTS or token.tag_ == "PRP$":
        return None
    clause = governor(token)
    doer = subject(clause) if clause is not None else None
    found = known.get(mention.passage.key(doer)) if doer is not None else None
    return found.entity if found else None


def _doers(mention: _Mention, own: Reference, known: Mapping[Key, Reference]) -> Reference:
    """Join "they", who do what persons do, to the persons or the group named last."""
    found = _with_members(mention, own, known)
    if found.members:
        return found
    kinds = {EntityType.PERSON, EntityType.GROUP}
    near = [r for r in known.values() if r.entity.type in kinds and r.key[0] >= own.key[0] - 1]
    return _joined(own, near[-1], "pronoun, the nearest persons") if near else own


def _with_members(mention: _Mention, own: Reference, known: Mapping[Key, Reference]) -> Reference:
    """Join "both", "the two", "they" to the persons named in the sentences right before.

    "Both" may gather two from several sentences; "they" are persons of one sentence.
    """
    pair = mention.token.lower_ in words("coreference", "pair") or any(
        c.lower_ in words("coreference", "pair") for c in mention.token.children
    )
    plural = mention.token.lower_ in words("coreference", "plural")
    if not (pair or plural) or mention.kind not in {EntityType.PERSON, EntityType.OTHER}:
        return own
    gathered: dict[Entity, Reference] = {}
    for back in range(_LOOK_BACK):
        persons = _persons_of(mention.sentence - back, own, known)
        gathered |= persons if pair else {}
        chosen = persons if plural else gathered
        if len(chosen) == 2 or (plural and len(chosen) > 1):  # noqa: PLR2004 - both are two
            joined = (_joined(own, r, "persons named right before") for r in chosen.values())
            return replace(own, because="persons named right before", members=tuple(joined))
        if len(chosen) > 2 or (plural and chosen):  # noqa: PLR2004 - both are two
            return own
    return own


def _persons_of(
    sentence: int, own: Reference, known: Mapping[Key, Reference]
) -> dict[Entity, Reference]:
    return {
        r.entity: r
        for r in known.values()
        if r.sentence == sentence
        and r.named
        and not r.plural
        and r.entity.type is EntityType.PERSON
        and r.key[0] >= own.key[0] - 1
    }


def _agrees(mention: _Mention, other: Reference) -> bool:
    word, kind = mention.token.lower_, other.entity.type
    if not other.because and other.heads & words("coreference", "person"):
        return False  # a pronoun that nothing explains explains nothing
    if word in words("coreference", "person"):
        return kind is EntityType.PERSON and not other.plural
    if word in words("coreference", "plural"):
        return kind in ACTORS and (other.plural or kind is not EntityType.PERSON)
    if word in words("coreference", "deed"):
        return kind is EntityType.EVENT
    if word in words("coreference", "thing"):
        things = {EntityType.ORGANISATION, EntityType.GROUP, EntityType.MALWARE, EntityType.SERVER}
        return kind in things and not other.plural
    return False


def _subject_above(mention: _Mention, known: Mapping[Key, Reference]) -> Reference | None:
    """Of "X admitted that he ..." give X."""
    clause = next((up for up in ancestors(mention.token) if is_verb(up)), None)
    for up in ancestors(clause) if clause is not None else ():
        if is_verb(up) and lemma(up) in speech().verbs:
            found = next((c for c in up.children if c.dep_ in SUBJECTS), None)
            if found is not None and found.i != mention.token.i:
                return known.get((mention.passage.number, found.i))
    return None


_LABEL = re.compile(r"^([A-Z][\w.'-]+(?:\s[A-Z][\w.'-]*){1,3}):\s")


RECORDED = "the one whose record this is"
"""Why "I" is a person: the rule's name, which the record of a questioning is known by."""
_NAME = r"([A-Z][\w'-]+(?:\s[A-Z][\w'-]+){1,3})"
_SELF = re.compile(rf"\bI am {_NAME}|\bI, {_NAME},|\b[Mm]y name is {_NAME}")
_ANSWER = re.compile(r"(?:^|\s)A(?:nswer)?[.:]\s")


def _labelled(passage: Passage) -> str:
    found = _LABEL.match(passage.doc.text)
    return found.group(1) if found else ""


@cache
def _headed() -> re.Pattern[str]:
    """Match the head of a record of questions and answers: "Record of the interview of X"."""
    nouns = "|".join(sorted(speech().inquiries | {"interrogation", "statement", "examination"}))
    titles = r"(?:Mr|Mrs|Ms|Dr)\.?\s"
    asked = r"(?i:(?:person|witness|suspect|accused) (?:interviewed|questioned|examined|heard))"
    head = rf"(?i:{nouns}) (?:of|with)\s|(?:{asked}|(?i:interviewee|witness|suspect|deponent)):\s"
    return re.compile(rf"\b(?:{head})(?:{titles})?{_NAME}")


def _narrator(passages: Sequence[Passage]) -> str:
    """Name the one "I" of the document; with two, or none, nobody."""
    said = {next(filter(None, m.groups())) for p in passages for m in _SELF.finditer(p.doc.text)}
    said |= {_labelled(p) for p in passages if re.search(r":\sI\b", p.doc.text)} - {""}
    if not said and any(_ANSWER.search(p.doc.text) for p in passages):
        said = {m.group(1) for p in passages for m in _headed().finditer(p.doc.text)}
    return said.pop() if len(said) == 1 else ""


def source_entity(intake: Intake) -> Entity:
    """Give the document's own source as an entity: what "we" means outside a quotation."""
    kind = EntityType.PERSON if intake.source.kind == "person" else EntityType.ORGANISATION
    return Entity(f"{kind}:{slug(intake.source.name)}", intake.source.name, kind)


def _with_first_person(
    passages: Sequence[Passage], known: dict[Key, Reference], intake: Intake
) -> Mapping[Key, Reference]:
    """Read "we" as the one who speaks the quotation, or as the document's source.

    In a record of questioning "I" is whoever the line begins with ("Tomas Brandt: I rented ..."),
    or the one who says in it who "I" is ("I am Tomas Brandt").
    """
    narrator = _narrator(passages)
    for key, own in list(known.items()):
        passage = passages[key[0]]
        token = passage.doc[key[1]]
        if token.lower_ not in words("coreference", "self"):
            continue
        quotation = passage.quotation_at(token.i)
        if quotation is not None and quotation.holder is not None:
            holder = known.get(quotation.holder)
            known[key] = own if holder is None else _joined(own, holder, "speaker of the quotation")
        elif token.lower_ in {"we", "us", "our"}:
            known[key] = replace(own, entity=source_entity(intake), named=True)
        elif name := _labelled(passage) or narrator:
            speaker = Entity(f"{EntityType.PERSON}:{slug(name)}", name, EntityType.PERSON)
            known[key] = replace(own, entity=speaker, named=True, because=RECORDED)
    return known


def voice_of(reference: Reference, intake: Intake) -> Voice:
    """Give a speaker's voice: of a name or an institution by name, of others by their place."""
    entity = reference.entity
    if entity == source_entity(intake) or slug(entity.text) == slug(intake.source.name):
        return Voice(intake.source.id, intake.source.name)
    if reference.named or is_institution(reference):
        return Voice(voice_id(entity.text), entity.text)
    return Voice(entity.id, entity.text)


def is_institution(reference: Reference) -> bool:
    """Whether an unnamed speaker is an office that others can name: "the police"."""
    heads = {head.removesuffix("s") for head in reference.heads} | reference.heads
    return bool(heads & speech().institutions)
