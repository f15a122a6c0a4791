"""Whose words a relation is: the verbs above it, the speakers in order, the origin.

A chain runs from the outermost speaker to the innermost. "According to X" stands before all; it
carries to later sentences only where these show that they lean on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from spacy.tokens import Span, Token

from ashiato.core.claims import EntityType
from ashiato.read.text.entities import ACTORS, RECORDED, Reference, is_institution
from ashiato.read.text.grammar import (
    NOMINAL,
    SUBJECTS,
    UP,
    ancestors,
    children,
    find,
    is_passive,
    is_verb,
    lemma,
    own_subject,
    prepositional,
    sister,
    subject,
)
from ashiato.read.text.lexicon import hedges, speech, words
from ashiato.read.text.modality import kind_of_witness, naming_false, shows
from ashiato.read.text.naming import slug
from ashiato.read.text.passages import Key, Passage

SPEAKERS = ACTORS | {EntityType.SPONSOR, EntityType.PLACE}
_CONTENT = frozenset({"ccomp", "xcomp", "pcomp", "acl", "csubj"})


@dataclass(frozen=True, slots=True)
class Carried:
    """A source named by "according to" that later sentences may lean on."""

    reference: Reference | None = None
    age: int = 0


@dataclass(frozen=True, slots=True)
class Chain:
    """Speakers from the outermost to the innermost.

    ``witness`` is set where machines or books show it; ``record`` is the person questioned, where
    the words stand in the record of the questioning.
    """

    speakers: tuple[Reference, ...] = ()
    witness: str = ""
    record: Reference | None = None

    @property
    def innermost(self) -> Reference | None:
        """The one whose words these are."""
        return self.speakers[-1] if self.speakers else None

    @property
    def origin(self) -> Reference | None:
        """The innermost office that finds out for itself, else the outermost with a name.

        What a wire quotes the police as saying came by the police; what the police tell of a
        person's words came by the police too.
        """
        known = [s for s in self.speakers if s.named or is_institution(s)]
        found = (s for s in reversed(known) if finds_out(s))
        return next(found, known[0] if known else None)

    def without(self, speaker: Reference) -> "Chain":
        """Give the chain that tells of this speaker's words."""
        others = tuple(s for s in self.speakers if s.entity != speaker.entity)
        return replace(self, speakers=others)


def is_cue(token: Token) -> bool:
    """Whether the word carries a clause as somebody's word, knowledge or belief."""
    word = lemma(token)
    if is_verb(token):
        return word in speech().verbs or word in hedges().verbs or word in speech().denials
    judged = ("negating_nouns", "negating_adjectives", "affirming_adjectives")
    if any(word in words("polarity", name) for name in judged):
        return True
    return word in hedges().nouns or word in hedges().adjectives or word == "denial"


def matrices(token: Token) -> tuple[Token, ...]:
    """Collect the cue words above a relation, innermost first.

    A relative clause in a finite tense is a new assertion and ends the walk; a coordinated clause
    with its own subject after a comma does not stand under its sister's matrix.
    """
    found = [*_parentheses(token), *_inverted(token)]
    here, skip = token, False
    for _ in range(UP):
        if here.head.i == here.i:
            break
        head = _above(here)
        if _ends_walk(here, found):
            break
        cue = _cue_at(head) if _hangs_as_content(here) and not skip else None
        if cue is not None:
            found.append(cue)
            found.extend(_parentheses(head))
        skip = (skip and here.dep_ == "conj") or _starts_new_clause(here)
        here = head
    return tuple(found)


def _inverted(token: Token) -> Iterator[Token]:
    """Give the noun of "X published allegations, ..., that Y did it", taken for Y's own clause."""
    if not any(c.lower_ == "that" for c in children(token, "mark")) or token.dep_ != "ROOT":
        return
    for verb in children(token, "ccomp"):
        yield from (c for c in children(verb, "dobj") if is_cue(c))


def _above(token: Token) -> Token:
    """Step up; past the preposition of "suspected of", past the noun in "saw them attack it"."""
    head = _complement_astray(token) or sister(token) or token.head
    seen = token.dep_ == "acl" and token.tag_ == "VBG" and head.dep_ == "dobj"
    perceived = seen and lemma(head.head) in words("speech", "perceptions")
    named = (
        token.dep_ == "pobj" and lemma(head.head) in speech().denials
    )  # "dismissed as false the"
    return head.head if token.dep_ == "pcomp" or perceived or named else head


def _complement_astray(token: Token) -> Token | None:
    """Give the verb above "found on the computers of X that Y did it".

    The parser takes such a clause for one about X; but it has its "that", its subject and all else
    that its verb needs, so that it leaves no place for X.
    """
    whole = any(c.dep_ in {"dobj", "attr", "acomp", "auxpass"} for c in token.children)
    own = own_subject(token)
    if token.dep_ not in {"relcl", "acl"} or not whole or own is None or own.tag_ in {"WDT", "WP"}:
        return None
    if not any(c.lower_ == "that" and c.i < own.i for c in token.children):
        return None
    verb = next((up for up in ancestors(token) if is_verb(up)), None)
    beside = token.head.dep_ == "pobj" and token.head.head.lower_ == "with"
    if verb is None or (is_cue(token.head) and not beside):
        return None  # "the claim that Y did it" is about the claim; not so "with confidence that"
    if any(c.dep_ in {"ccomp", "xcomp"} for c in verb.children):
        return None
    return verb if is_cue(verb) else None


def _cue_at(head: Token) -> Token | None:
    """Give the cue that a clause hangs on; of "it is likely that" the adjective."""
    if is_cue(head):
        return head
    return next((c for c in children(head, "acomp") if is_cue(c)), None)


def _hangs_as_content(token: Token) -> bool:
    if token.dep_ in _CONTENT or _complement_astray(token) is not None or _is_told_of(token):
        return True
    object_of_act = token.dep_ == "dobj" or (token.dep_ == "pobj" and token.head.dep_ == "prep")
    acts = speech().denials | speech().admissions | {"suspect", "allege", "claim"}
    above = token.head if token.dep_ == "dobj" else token.head.head
    if token.dep_ == "dobj" and not is_verb(token) and is_cue(token) and is_cue(above):
        return True  # "found no sign that", "repeated its allegation that"
    called_false = token.dep_ == "dobj" and naming_false(above) is not None
    return not is_verb(token) and object_of_act and (lemma(above) in acts or called_false)


def _is_told_of(token: Token) -> bool:
    """Whether it is what was seen ("saw them using it") or told of a thing ("the claim that")."""
    seen = token.dep_ == "advcl" and token.tag_ == "VBG" and not any(children(token, "mark"))
    if seen and lemma(token.head) in words("speech", "perceptions"):
        return any(c.i < token.i for c in children(token.head, "dobj"))
    told = token.dep_ == "relcl" and not is_verb(token.head) and is_cue(token.head)
    return told and any(c.lower_ in {"that", "whether"} for c in children(token, "mark"))


def _ends_walk(token: Token, found: list[Token]) -> bool:
    finite = token.tag_ in {"VBD", "VBZ", "VBP"} and not is_passive(token)
    return token.dep_ == "relcl" and finite and not found and _complement_astray(token) is None


def _starts_new_clause(token: Token) -> bool:
    if token.dep_ != "conj" or not is_verb(token):
        return False
    if lemma(token) in speech().denials | speech().admissions:
        return True  # "admitted that he rented it but denied selling it"
    if own_subject(token) is None:
        return False
    if any(c.dep_ == "mark" and c.lower_ == "that" for c in token.children):
        return False
    between = token.doc[token.head.i : token.i]
    return any(t.text == "," for t in between)


def _parentheses(token: Token) -> Iterator[Token]:
    """Give a speech verb set into its own content: "the group, police said, rented it"."""
    for child in children(token, "parataxis", "advcl", "ccomp"):
        as_said = child.dep_ != "advcl" or any(
            c.dep_ in {"mark", "advmod"} and c.lower_ == "as" for c in child.children
        )
        content = any(c.dep_ in {"ccomp", "xcomp", "dobj"} for c in child.children)
        speaks = lemma(child) in speech().verbs - words("speech", "inquiring")
        if is_verb(child) and speaks and as_said and not content:
            yield child


def is_hedged(token: Token) -> bool:
    """Whether a relation stands below "seem" or "appear", as text that leans on a source does."""
    return any(lemma(m) in {"seem", "appear"} for m in matrices(token))


def chain_of(
    token: Token,
    passage: Passage,
    references: Mapping[Key, Reference],
    carried: Carried,
    *,
    mends: bool,
) -> Chain:
    """Give the speakers of what is said at ``token``; ``mends`` says a repair was needed there."""
    cues = tuple(_cues_around(token, passage))
    speakers = [*_holders(token, passage, references), *_tellers(cues, passage, references)]
    outer = framing_source(token.sent, passage, references)
    speakers = [*_cited_in_frame(token.sent, passage, references), *speakers]
    if outer is None and not speakers and cues:
        outer = _inquirer(token.sent, passage, references)
    if outer is None and not speakers and passage.quotation_at(token.i) is None:
        outer = _leaning(token, carried, mends=mends)
    if outer is not None and all(s.entity != outer.entity for s in speakers):
        speakers.insert(0, outer)
    record = _questioned(token, passage, references)
    if record is not None and all(s.entity != record.entity for s in speakers):
        speakers.insert(0, record)
    witness = _witness(cues, token.sent)
    return Chain(_distinct(speakers), witness, record)


def _cues_around(token: Token, passage: Passage) -> Iterator[Token]:
    """Give the cues above, outermost first; in a quotation only those inside it."""
    quotation = passage.quotation_at(token.i)
    for cue in reversed(matrices(token)):
        if quotation is None or quotation.first <= cue.i <= quotation.last:
            yield cue


def _holders(
    token: Token, passage: Passage, references: Mapping[Key, Reference]
) -> Iterator[Reference]:
    quotation = passage.quotation_at(token.i)
    if quotation is not None and quotation.holder is not None:
        found = references.get(quotation.holder)
        if found is not None:
            yield found


def _tellers(
    cues: tuple[Token, ...], passage: Passage, references: Mapping[Key, Reference]
) -> Iterator[Reference]:
    for cue in cues:
        named = [_speaker_of(cue, passage, references)]
        named += [references.get(passage.key(t)) for t in _cited(cue)]
        yield from (r for r in named if r is not None)


def _cited(verb: Token) -> Iterator[Token]:
    """Give who is cited: "quoted the police as saying", "reported, citing two people"."""
    beside = [verb, *children(verb, "advcl")] if is_verb(verb) else []
    for each in beside:
        if lemma(each) in words("speech", "citing"):
            yield from find(each, "patient")


def _questioned(
    token: Token, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    """Give who is "I" in a record of questioning, for every word of the line that it begins."""
    if passage.quotation_at(token.i) is not None or _asks(token):
        return None
    selves = (references.get(passage.key(t)) for t in passage.doc if is_self(t))
    return next((r for r in selves if r is not None and r.because == RECORDED), None)


def _asks(token: Token) -> bool:
    """Whether the word stands in a question that a record marks with "Q:"."""
    labels = (t for t in token.doc[: token.i + 1] if t.text in {"Q", "A", "Question", "Answer"})
    marked = [t for t in labels if t.i + 1 < len(t.doc) and t.nbor().text in {":", "."}]
    return bool(marked) and marked[-1].text.startswith("Q")


def _witness(cues: tuple[Token, ...], sentence: Span) -> str:
    """Tell whether machines or books show it: "logs show", "according to our records"."""
    shown = next((shows(cue) for cue in cues if is_verb(cue) and shows(cue)), "")
    told = (t for a in sentence if a.lower_ == "according" for t in prepositional(a, "to"))
    return shown or next((kind for t in told if (kind := kind_of_witness(t))), "")


def _distinct(speakers: list[Reference]) -> tuple[Reference, ...]:
    return tuple({s.entity: s for s in speakers}.values())


def _speaker_of(
    cue: Token, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    if not is_verb(cue):
        return _owner(cue, passage, references)
    if lemma(cue) not in speech().verbs | speech().denials:
        return None
    who = _voice_word(cue)
    if who is None or who.lower_ in speech().unnamed_subjects:
        return None
    found = references.get(passage.key(who))
    stray = found is None or found.because != RECORDED
    if who.lower_ == "i" and passage.quotation_at(who.i) is None and stray:
        return None  # a zero pronoun of machine translation is nobody
    return _heard(who, found, passage, references)


def _voice_word(cue: Token) -> Token | None:
    """Give the word for who speaks; of "X, the police said, left" the police."""
    before = [c for c in children(cue, *SUBJECTS) if c.i < cue.i]
    bare = not any(True for _ in children(cue, "aux", "auxpass"))
    alone = cue.tag_ == "VBN" and bare and cue.dep_ != "conj" and not is_passive(cue)
    to = any(a.lower_ == "to" for c in children(cue, "xcomp") for a in children(c, "aux"))
    reduced = to and bare and lemma(cue) in words("speech", "passive_with_to")
    if (alone and lemma(cue) in hedges().verbs) or (reduced and not any(children(cue, "dobj"))):
        return None  # "a group believed to be backed": it is not the group that believes
    if cue.dep_ == "parataxis" and len(before) > 1:
        return before[-1]
    return next(iter(find(cue, "agent")), None)


def _heard(
    who: Token, found: Reference | None, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    """Give who is heard: of a paper its author, of "our analysts" us; machines have no voice."""
    if lemma(who) in words("speech", "authored") | speech().inquiries:
        bare = lemma(who) in speech().inquiries and not any(children(who, "det"))
        return _author(who, passage, references) or (None if bare else found)
    own = next((c for c in children(who, "poss") if is_self(c)), None)
    if own is not None and lemma(who) in words("speech", "own_hands"):
        return references.get(passage.key(own))
    mute = {EntityType.EVENT, EntityType.SERVER, EntityType.MALWARE, EntityType.OTHER}
    beside = (references.get(passage.key(t)) for t in children(who, "appos"))
    if found is None or not found.named:  # "our partner, Halcyon Watch, says"
        found = next((r for r in beside if r is not None and r.named), found)
    silent = found is None or (found.entity.type in mute - _speaking(who) and not found.named)
    return None if silent or kind_of_witness(who) else found


def _speaking(who: Token) -> frozenset[EntityType]:
    """Give the kind of a noun that no table knows, where its verb is one that only persons do."""
    thing = lemma(who.head) in words("speech", "inanimate") or who.pos_ != "NOUN"
    return frozenset() if thing else frozenset({EntityType.OTHER})


def _author(
    paper: Token, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    """Find whose paper it is: "by X", "X's", "the X report", else who issued it just before."""
    named = [
        *prepositional(paper, "by", "from", "of"),
        *children(paper, "poss", "compound", "nmod"),
    ]
    found = (references.get(passage.key(t)) for t in (*named, *_issuers(paper)))
    return next((r for r in found if r is not None and r.entity.type in SPEAKERS), None)


def _issuers(paper: Token) -> Iterator[Token]:
    """Give who "published a statement" where "the statement" then says something."""
    if not any(c.lower_ in {"the", "this"} for c in children(paper, "det")):
        return
    earlier = paper.doc[: paper.i]
    for same in reversed([t for t in earlier if lemma(t) == lemma(paper) and t.dep_ == "dobj"]):
        who = own_subject(same.head)
        if who is not None:
            yield who


def _owner(cue: Token, passage: Passage, references: Mapping[Key, Reference]) -> Reference | None:
    """Give whose claim, belief or assessment a noun is: "X's claim that", "its allegation"."""
    if cue.pos_ != "NOUN":
        return None
    named = [*children(cue, "poss"), *prepositional(cue, "by")]
    found = [r for t in named if (r := references.get(passage.key(t))) is not None]
    heard = next((r for r in found if r.named or r.because or r.entity.type in SPEAKERS), None)
    above = next((up for up in ancestors(cue) if is_verb(up)), None)
    voiced = above is not None and lemma(above) in words("speech", "voicing")
    if heard is not None or not (found or voiced):
        return heard
    who = None if above is None else own_subject(above)
    return None if who is None or who.i == cue.i else references.get(passage.key(who))


def according_source(
    sentence: Span, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    """Find X in "according to X"."""
    for token in sentence:
        if token.lower_ == "according":
            for found in prepositional(token, "to"):
                return _heard(found, references.get(passage.key(found)), passage, references)
    return None


def framing_source(
    sentence: Span, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    """Find X in "according to X", or in a frame like "..., X said"."""
    for spot in (sentence, *passage.frames_of(sentence)):
        found = according_source(spot, passage, references)
        if found is not None:
            return found
    who = next((w for f in passage.frames_of(sentence) if (w := framing_speaker(f))), None)
    return (
        None if who is None else _heard(who, references.get(passage.key(who)), passage, references)
    )


def _cited_in_frame(
    sentence: Span, passage: Passage, references: Mapping[Key, Reference]
) -> Iterator[Reference]:
    for frame in passage.frames_of(sentence):
        verbs = (t for t in frame if lemma(t) in words("speech", "citing"))
        named = (references.get(passage.key(who)) for v in verbs for who in find(v, "patient"))
        yield from (r for r in named if r is not None)


def framing_speaker(frame: Span) -> Token | None:
    """Give the word that names the speaker in a frame: the subject, else what stands before."""
    for verb in frame:
        if verb.pos_ in {"VERB", "AUX"} and lemma(verb) in speech().verbs:
            before = [t for t in frame if t.i < verb.i and t.pos_ in NOMINAL]
            return own_subject(verb) or (before[-1] if before else None)
    return None


def _inquirer(
    sentence: Span, passage: Passage, references: Mapping[Key, Reference]
) -> Reference | None:
    """Find X in "in an investigation by X"."""
    for token in sentence:
        if token.dep_ == "pobj" and lemma(token) in speech().inquiries:
            for found in prepositional(token, "by"):
                return references.get(passage.key(found))
    return None


def _leaning(token: Token, carried: Carried, *, mends: bool) -> Reference | None:
    fresh = carried.reference is not None and carried.age <= speech().carry_sentences
    return carried.reference if fresh and (mends or is_hedged(token)) else None


def carry(
    carried: Carried, sentence: Span, passage: Passage, references: Mapping[Key, Reference]
) -> Carried:
    """Give what the next sentence may lean on."""
    spots = (sentence, *passage.frames_of(sentence))
    named = (according_source(spot, passage, references) for spot in spots)
    found = next((reference for reference in named if reference is not None), None)
    return Carried(found, 1) if found is not None else Carried(carried.reference, carried.age + 1)


def speaks_for(verb: Token) -> Token | None:
    """Give the word that names who says what a speech verb carries."""
    return next(iter(find(verb, "agent")), None) or (None if is_passive(verb) else subject(verb))


def finds_out(speaker: Reference) -> bool:
    """Whether it is an office, or speaks for one, that finds out for itself: not the press."""
    nouns = speaker.heads | frozenset(slug(speaker.entity.text).split("-"))
    if nouns & words("speech", "media"):
        return False
    offices = {EntityType.ORGANISATION, EntityType.UNIT, EntityType.SPONSOR}
    return speaker.entity.type in offices or bool(nouns & words("speech", "officers"))


def is_self(token: Token) -> bool:
    """Whether the word is a first person pronoun."""
    return token.lower_ in words("coreference", "self")


def clause_of(token: Token) -> Token:
    """Give the verb whose modality a relation has: its own, its copula's, or the one above it."""
    if is_verb(token):
        return token
    if token.dep_ in {"attr", "acomp", "oprd"} and is_verb(token.head):
        return token.head
    if token.dep_ == "appos":
        return token
    return next((up for up in ancestors(token) if is_verb(up)), token)
