"""How sure the words are, and whether they say yes or no: the label is derived from the cues."""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from ashiato.core.claims import Basis, Modality, Polarity
from ashiato.core.sources import Intake
from ashiato.read.text.grammar import (
    children,
    is_negated,
    is_passive,
    is_verb,
    lemma,
    own_subject,
)
from ashiato.read.text.lexicon import hedges, speech, words

_INFERRED = frozenset({Modality.BELIEVED, Modality.INFERRED, Modality.SUSPECTED, Modality.POSSIBLE})


@dataclass(frozen=True, slots=True)
class Reading:
    """The label, and every word that set it, from the relation outwards."""

    modality: Modality
    polarity: Polarity
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cue:
    word: str
    modality: Modality


def read_modality(clause: Token, above: tuple[Token, ...]) -> Reading:
    """Read how sure the relation in ``clause`` is, under the cue words ``above`` it.

    Among the words above, the nearest that hedges decides; with the words beside the verb, the
    weakest reading wins. Every cue is kept.
    """
    near = list(_local_cues(clause, above))
    far = [cue for matrix in above for cue in _matrix_cues(matrix, clause)]
    label = Modality.STATED
    for cue in [*near, *far[:1]]:
        label = _combine(label, cue.modality)
    negations = [*_negations(clause, above)]
    denials = [m.text for m in above if lemma(m) in speech().denials | {"denial"}]
    cues = [c.word for c in near] + [c.word for c in far] + negations + denials
    polarity = _polarity(len(negations), denied=bool(denials))
    return Reading(label, polarity, tuple(dict.fromkeys(cues)))


def _combine(one: Modality, other: Modality) -> Modality:
    """Take the weaker, except that seeing or admitting is more than plain stating."""
    if one is Modality.STATED:
        return other
    return hedges().weaker(one, other)


def _polarity(negations: int, *, denied: bool) -> Polarity:
    if denied:
        return Polarity.DENIED
    return Polarity.NEGATED if negations % 2 else Polarity.AFFIRMED


def _local_cues(clause: Token, above: tuple[Token, ...]) -> Iterator[_Cue]:
    for child in clause.children:
        yield from _beside(child)
    if clause.dep_ == "conj" and own_subject(clause) is None:
        for child in children(clause.head, "aux"):
            yield from _beside(child)
    yield from _intention(clause, above)
    for modifier in children(clause, "amod"):
        label = hedges().adjectives.get(lemma(modifier))
        if label is not None:
            yield _Cue(modifier.text, label)
    if clause.sent.text.rstrip(" \"'").endswith("?"):
        yield _Cue("?", Modality.HYPOTHETICAL)


def _beside(child: Token) -> Iterator[_Cue]:
    table = {"aux": hedges().auxiliaries, "mark": hedges().conditions}.get(child.dep_)
    if child.dep_ in {"advmod", "acomp"}:
        table = hedges().adverbs
        if child.lower_ in {"when", "whenever"} and own_subject(child.head) is None:
            yield _Cue(child.text, Modality.HYPOTHETICAL)
    word = lemma(child) if child.dep_ != "aux" else child.lower_.replace("'ll", "will")
    if table is not None and word in table:
        yield _Cue(child.text, table[word])


def _intention(clause: Token, above: tuple[Token, ...]) -> Iterator[_Cue]:
    """Read an infinitive as no event, unless the verb above says that it came about."""
    marker = next((c for c in children(clause, "aux") if c.lower_ == "to"), None)
    if marker is None or clause.dep_ not in {"xcomp", "advcl", "acl", "relcl"}:
        return
    head = clause.head
    if head.i in {m.i for m in above} or lemma(head) in hedges().factual_infinitives:
        return
    yield _Cue(f"{head.text} to" if clause.dep_ == "xcomp" else "to", Modality.HYPOTHETICAL)


def _matrix_cues(matrix: Token, clause: Token) -> Iterator[_Cue]:
    label = _matrix_label(matrix, clause)
    for child in children(matrix, "advmod", "aux"):
        yield from _beside(child)
    withheld = (
        is_verb(matrix) and is_negated(matrix) and lemma(matrix) in words("polarity", "withheld")
    )
    if withheld:
        yield _Cue(f"not {matrix.text}", Modality.POSSIBLE)
    elif label is not None:
        yield _Cue(matrix.text, label)


def _matrix_label(matrix: Token, clause: Token) -> Modality | None:
    word = lemma(matrix)
    if not is_verb(matrix):
        return hedges().nouns.get(word) or hedges().adjectives.get(word)
    unowned = is_passive(matrix) and not any(True for _ in children(matrix, "agent"))
    if unowned and word in hedges().passive:
        label = hedges().passive[word]
        return None if label is Modality.STATED else label
    infinitive = any(c.lower_ == "to" for c in children(clause, "aux"))
    if word in hedges().infinitive_only and not infinitive:
        return Modality.OBSERVED if word == "see" and clause.tag_ == "VBG" else None
    return hedges().verbs.get(word)


def _negations(clause: Token, above: tuple[Token, ...]) -> Iterator[str]:
    yield from (c.text for c in children(clause, "neg"))
    if clause.dep_ == "conj" and own_subject(clause) is None:
        yield from (c.text for c in children(clause.head, "neg") if c.i < clause.i)
    for word in children(clause, "acomp", "attr", "advmod", "dobj", "nsubj", "nsubjpass"):
        yield from _negating(word)
    for matrix in above:
        yield from _negated_matrix(matrix)
    if clause.dep_ == "relcl" and clause.head.dep_ == "attr" and is_negated(clause.head.head):
        yield "not"  # "it was not X that did it"
    head = clause.head
    if clause.dep_ == "xcomp" and lemma(head) in words("grammar", "failed"):
        yield head.text


def _negating(word: Token) -> Iterator[str]:
    if lemma(word) in words("polarity", "negating_adjectives") or (
        word.lower_ in words("polarity", "negating_words")
    ):
        yield word.text
    elif word.dep_ in {"acomp", "attr"} and is_negated(word):
        yield "not"
    else:
        yield from (c.text for c in children(word, "det") if c.lower_ in {"no", "neither"})


def _negated_matrix(matrix: Token) -> Iterator[str]:
    if is_negated(matrix) and lemma(matrix) in words("polarity", "raising"):
        yield "not"
    if lemma(matrix) in words("polarity", "negating_nouns"):
        yield from (f"{c.text} {matrix.text}" for c in children(matrix, "det") if c.lower_ == "no")


def basis_of(
    reading: Reading, *, told_by_other: bool, admits_itself: bool, intake: Intake
) -> Basis:
    """Say how the speaker knows: an admission told by somebody else is hearsay."""
    if reading.modality is Modality.ADMITTED and admits_itself:
        return Basis.ADMISSION
    if told_by_other or reading.modality is Modality.REPORTED:
        return Basis.HEARSAY
    if reading.modality in _INFERRED:
        return Basis.INFERENCE
    return Basis.FIRST_HAND if intake.source.kind in speech().first_hand else Basis.HEARSAY
