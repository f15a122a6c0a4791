"""Acts of speech: who admitted, denied, demanded or stated what, in their own words."""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Span, Token

from ashiato.read.text.attribution import framing_speaker, speaks_for
from ashiato.read.text.grammar import children, is_passive, is_verb, lemma
from ashiato.read.text.lexicon import speech
from ashiato.read.text.passages import Key, Passage
from ashiato.read.text.restraint import is_general, is_question


@dataclass(frozen=True, slots=True)
class Act:
    """``verb`` is the word that reports the act (the content itself inside a bare quotation)."""

    predicate: str
    verb: Token
    content: Token
    speaker: Key
    words: tuple[int, int]


def acts_in(sentence: Span, passage: Passage) -> Iterator[Act]:
    """Find the acts of speech of a sentence, and what each has for content."""
    reported: set[int] = set()
    if is_question(sentence):
        return
    for token in sentence:
        if not is_verb(token) or is_general(token):
            continue
        for act in _acts_at(token, passage):
            reported.update(range(*act.words))
            yield act
    yield from _bare_quotation(sentence, passage, reported)
    yield from _framed(sentence, passage, reported)


def _acts_at(verb: Token, passage: Passage) -> Iterator[Act]:
    predicate = _predicate(lemma(verb))
    who = speaks_for(verb)
    if predicate is None or who is None or who.lower_ in speech().unnamed_subjects:
        return
    if is_passive(verb) and predicate == "demanded":
        return
    content = _content(verb, predicate)
    if content is not None:
        yield Act(predicate, verb, content, passage.key(who), _range(content))


def _predicate(word: str) -> str | None:
    if word in speech().admissions:
        return "admitted"
    if word in speech().denials:
        return "denied"
    if word in speech().demands:
        return "demanded"
    return "stated" if word in speech().statements else None


def _content(verb: Token, predicate: str) -> Token | None:
    """Find the clause or noun that holds the content; a bare noun is enough for some acts."""
    clause = next((c for c in children(verb, "ccomp", "xcomp") if c.i != verb.i), None)
    if clause is not None:
        return clause
    for preposition in children(verb, "prep"):
        if preposition.lower_ in {"to", "for"}:
            found = next(children(preposition, "pcomp", "pobj"), None)
            if found is not None and predicate in {"admitted", "demanded"} and _is_thing(found):
                return found
    noun = next((c for c in children(verb, "dobj") if c.tag_ not in {"WDT", "WP"}), None)
    takes_noun = predicate in {"admitted", "denied"} or lemma(verb) in {
        "oppose",
        "condemn",
        "demand",
    }
    return noun if takes_noun else None


def _is_thing(token: Token) -> bool:
    return is_verb(token) or token.ent_type_ not in {"PERSON", "ORG", "GPE"}


def _range(content: Token) -> tuple[int, int]:
    edge = {t.i for t in content.children if t.dep_ == "cc"}
    indices = [t.i for t in content.subtree if not t.is_punct or t.text == '"']
    while indices and indices[-1] in edge:
        indices.pop()
    return min(indices, default=content.i), max(indices, default=content.i) + 1


def _framed(sentence: Span, passage: Passage, reported: set[int]) -> Iterator[Act]:
    """Find what "..., X said" says of the sentence before it."""
    for frame in passage.frames_of(sentence):
        who = framing_speaker(frame)
        if who is None or frame.start < sentence.start or sentence.root.i in reported:
            continue
        kept = [t.i for t in sentence if not t.is_punct]
        if kept:
            verb = next((t for t in frame if t.i > who.i and is_verb(t)), frame.root)
            yield Act("stated", verb, sentence.root, passage.key(who), (kept[0], kept[-1] + 1))


def _bare_quotation(sentence: Span, passage: Passage, reported: set[int]) -> Iterator[Act]:
    """Find the sentence that is all quotation: its speaker stands elsewhere."""
    root = sentence.root
    quotation = passage.quotation_at(root.i)
    if quotation is None or quotation.holder is None or root.i in reported:
        return
    if quotation.holder[0] == passage.number and passage.doc[quotation.holder[1]].i == root.i:
        return
    inside = [t.i for t in sentence if quotation.first < t.i < quotation.last and not t.is_punct]
    if len(inside) >= speech().quotation_words - 1:
        words = (min(inside), max(inside) + 1)
        yield Act("stated", root, root, quotation.holder, words)
