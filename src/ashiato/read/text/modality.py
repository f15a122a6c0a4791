"""How sure the words are, and whether they say yes or no: the label is derived from the cues."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Token

from ashiato.core.claims import Basis, EntityType, Modality, Polarity
from ashiato.core.sources import Intake
from ashiato.read.text.grammar import (
    UP,
    children,
    is_negated,
    is_passive,
    is_verb,
    lemma,
    own_subject,
)
from ashiato.read.text.lexicon import hedges, leading, phrases, speech, words

_INFERRED = frozenset({Modality.BELIEVED, Modality.INFERRED, Modality.SUSPECTED, Modality.POSSIBLE})
_STATES = frozenset({EntityType.PLACE, EntityType.SPONSOR, EntityType.UNIT})


@dataclass(frozen=True, slots=True)
class Reading:
    """The label, and every word that set it, from the relation outwards."""

    modality: Modality
    polarity: Polarity
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interest:
    """One who speaks or is accused: who it is, and the nouns that the text uses for it."""

    id: str
    kind: EntityType
    nouns: frozenset[str]

    def speaks_for(self, accused: "Interest") -> bool:
        """Whether it is the accused, their advocate, or the envoy of a state that is accused."""
        if self.id == accused.id or self.nouns & words("speech", "missions"):
            return True
        if accused.kind in _STATES and self.nouns & words("speech", "envoys"):
            return True
        return accused.kind not in _STATES and bool(self.nouns & words("speech", "advocates"))


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
    denials = [m for m in above if denies(m)]
    beyond = above[above.index(denials[0]) + 1 :] if denials else above
    far = [cue for matrix in beyond for cue in _matrix_cues(matrix, clause)]
    label = Modality.STATED
    for cue in [*near, *far[:1]]:
        label = _combine(label, cue.modality)
    negations = [*_negations(clause, above)]
    cues = [c.word for c in near] + [c.word for c in far] + negations
    cues += [word for m in denials for word in _words_of_denial(m)]
    denied = any(not is_negated(m) for m in denials)
    polarity = _polarity(len(negations), denied=denied)
    return Reading(label, polarity, tuple(dict.fromkeys(cues)))


def denies(matrix: Token) -> bool:
    """Whether the word denies what stands below it: "rejected", "denial", "called baseless"."""
    if _is_withheld(matrix):
        return False  # "would neither confirm nor deny it"
    return lemma(matrix) in speech().denials | {"denial"} or naming_false(matrix) is not None


def _words_of_denial(matrix: Token) -> Iterator[str]:
    if is_negated(matrix):
        yield "not"
    yield matrix.text
    false = naming_false(matrix)
    if false is not None:
        yield false.text


def naming_false(verb: Token) -> Token | None:
    """Give the "baseless" of "called the claim baseless", of "described it as baseless"."""
    if not is_verb(verb) or lemma(verb) not in words("speech", "naming_false"):
        return None
    beside = list(children(verb, "oprd", "acomp"))
    for child in (*children(verb, "prep"), *children(verb, "dobj")):
        beside += children(child, "amod", "pobj", "oprd", "acomp", "pcomp")
    return next((t for t in beside if lemma(t) in words("polarity", "negating_adjectives")), None)


def as_party(reading: Reading, speaker: Interest, accused: Interest) -> Reading:
    """Make a "not so" a denial where the accused, or who speaks for them, says it."""
    if reading.polarity is not Polarity.NEGATED or not speaker.speaks_for(accused):
        return reading
    return replace(reading, polarity=Polarity.DENIED)


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
    for verb in _sharing(clause):
        for child in children(verb, "aux"):
            yield from _beside(child)
    yield from _intention(clause, above)
    yield from _phrases(clause)
    yield from _condition(clause)
    for modifier in children(clause, "amod"):
        label = hedges().adjectives.get(lemma(modifier))
        if label is not None:
            yield _Cue(modifier.text, label)
    if clause.sent.text.rstrip(" \"'").endswith("?"):
        yield _Cue("?", Modality.HYPOTHETICAL)


def _sharing(clause: Token) -> Iterator[Token]:
    """Give the verbs that a clause shares its subject with: "did not order, support or carry"."""
    here = clause
    for _ in range(UP):
        if here.dep_ != "conj" or own_subject(here) is not None:
            return
        here = here.head
        yield here


def _beside(child: Token) -> Iterator[_Cue]:
    table = {"aux": hedges().auxiliaries, "mark": hedges().conditions}.get(child.dep_)
    if child.dep_ in {"advmod", "acomp"}:
        table = hedges().adverbs
        if child.lower_ in {"when", "whenever"} and own_subject(child.head) is None:
            yield _Cue(child.text, Modality.HYPOTHETICAL)
    word = lemma(child) if child.dep_ != "aux" else child.lower_.replace("'ll", "will")
    whole = " ".join((*(c.lower_ for c in children(child, "advmod", "neg")), child.lower_))
    if table is not None and whole in table:
        yield _Cue(whole, table[whole])
    elif table is not None and word in table:
        yield _Cue(child.text, table[word])


def _phrases(clause: Token) -> Iterator[_Cue]:
    """Give the hedges of several words beside a clause: "in all likelihood"."""
    for child in children(clause, "prep", "advcl", "npadvmod"):
        text = str(clause.doc[child.left_edge.i : child.right_edge.i + 1].text).casefold()
        whole = text.strip(" ,")
        begins = next((lead for lead in leading() if whole.startswith(f"{lead} ")), "")
        label = phrases().get(whole) or leading().get(begins)
        if label is not None:
            yield _Cue(begins or whole, label)


def _condition(clause: Token) -> Iterator[_Cue]:
    """Read what holds only under a condition ("unless it is paid, ...") as no event.

    So too the inverted condition itself: "should the group attack, ...".
    """
    who = own_subject(clause)
    first = next(children(clause, "aux", "auxpass"), None)
    inverted = first is not None and who is not None and first.i < who.i
    if clause.dep_ == "advcl" and inverted and first is not None:
        yield _Cue(first.text, Modality.HYPOTHETICAL)
    if clause.tag_ not in {"VBP", "VBZ", "VB"}:
        return
    for side in children(clause, "advcl"):
        mark = next((c for c in children(side, "mark") if c.lower_ in hedges().conditions), None)
        if mark is not None:
            yield _Cue(mark.text, Modality.HYPOTHETICAL)


def _intention(clause: Token, above: tuple[Token, ...]) -> Iterator[_Cue]:
    """Read an infinitive as no event, unless the verb above says that it came about."""
    marker = next((c for c in children(clause, "aux") if c.lower_ == "to"), None)
    if marker is None or clause.dep_ not in {"xcomp", "advcl", "acl", "relcl"}:
        return
    head = clause.head
    known = hedges().factual_infinitives | words("grammar", "failed")
    if head.i in {m.i for m in above} or lemma(head) in known:
        return
    yield _Cue(f"{head.text} to" if clause.dep_ == "xcomp" else "to", Modality.HYPOTHETICAL)


def _matrix_cues(matrix: Token, clause: Token) -> Iterator[_Cue]:
    label = _matrix_label(matrix, clause)
    for child in children(matrix, "advmod", "aux"):
        yield from _beside(child)
    if _is_withheld(matrix):
        yield _Cue(f"not {matrix.text}", Modality.POSSIBLE)
    elif label is not None:
        yield _Cue(matrix.text, label)


def _is_withheld(matrix: Token) -> bool:
    """Whether it says that something is open: "not confirmed", "unable to confirm"."""
    withheld = words("polarity", "withheld")
    if not is_verb(matrix):
        return False
    if matrix.dep_ == "conj" and lemma(matrix.head) in withheld:
        return _is_withheld(matrix.head)
    neither = any(c.lower_ == "neither" for c in children(matrix, "preconj", "cc", "advmod"))
    above = matrix.head if matrix.dep_ in {"xcomp", "ccomp", "advcl"} else matrix
    unwilling = lemma(above) in words("polarity", "unwilling")
    return lemma(matrix) in withheld and (is_negated(matrix) or neither or unwilling)


def _matrix_label(matrix: Token, clause: Token) -> Modality | None:
    word = lemma(matrix)
    if not is_verb(matrix):
        silent = _is_no(matrix) or (matrix.dep_ == "pobj" and matrix.head.lower_ == "with")
        return None if silent else hedges().nouns.get(word) or hedges().adjectives.get(word)
    if _is_no(matrix):
        return None
    if shows(matrix) == "sensors":
        return Modality.OBSERVED
    if shows(matrix) == "registers":
        return None
    unowned = is_passive(matrix) and not any(True for _ in children(matrix, "agent"))
    if unowned and word in hedges().passive:
        label = hedges().passive[word]
        return None if label is Modality.STATED else label
    infinitive = any(c.lower_ == "to" for c in children(clause, "aux"))
    if word in words("speech", "perceptions") and _is_seen(clause):
        return Modality.OBSERVED
    if word in hedges().infinitive_only and not infinitive:
        return None
    return hedges().verbs.get(word)


def _is_seen(clause: Token) -> bool:
    """Whether the clause is what was seen: "saw them use it", not "saw that they use it"."""
    bare = not any(True for _ in children(clause, "mark"))
    return bare and clause.tag_ in {"VB", "VBG", "VBP"}


def _is_no(matrix: Token) -> bool:
    """Whether the word says that there is none of it: "no evidence", "nothing to suggest"."""
    if is_verb(matrix):
        return matrix.dep_ in {"relcl", "acl"} and matrix.head.lower_ == "nothing"
    none_found = matrix.dep_ == "dobj" and is_negated(matrix.head) and _is_ground(matrix)
    return none_found or any(c.lower_ == "no" for c in children(matrix, "det"))


def _is_ground(noun: Token) -> bool:
    return lemma(noun) in words("polarity", "negating_nouns")


def shows(verb: Token) -> str:
    """Tell whether a machine or a book is what shows it: "sensors", "registers" or nothing."""
    who = own_subject(verb)
    return "" if who is None else kind_of_witness(who)


def kind_of_witness(noun: Token) -> str:
    """Tell whether the noun is a machine or a book that knows for itself."""
    kinds = ("sensors", "registers")
    return next((kind for kind in kinds if lemma(noun) in words("speech", kind)), "")


def _negations(clause: Token, above: tuple[Token, ...]) -> Iterator[str]:
    yield from (c.text for c in children(clause, "neg"))
    bare = clause.tag_ in {"VB", "VBN", "VBG"} and not is_negated(clause)
    for verb in _sharing(clause) if bare else ():
        yield from (c.text for c in children(verb, "neg") if c.i < clause.i)
    yield from _negating_phrases(clause)
    if clause.dep_ == "pcomp" and clause.head.lower_ == "without":
        yield clause.head.text
    for word in children(clause, "acomp", "attr", "advmod", "dobj", "nsubj", "nsubjpass"):
        yield from _negating(word)
    for matrix in above:
        if _is_withheld(matrix):
            break
        yield from _negated_matrix(matrix)
    if clause.dep_ == "relcl" and clause.head.dep_ == "attr" and is_negated(clause.head.head):
        yield "not"  # "it was not X that did it"
    head = clause.head
    if clause.dep_ == "xcomp" and lemma(head) in words("grammar", "failed"):
        yield head.text
    if clause.dep_ == "xcomp" and is_negated(head) and lemma(head) in hedges().factual_infinitives:
        yield "not"  # "did not manage to sell it"


def _negating_phrases(clause: Token) -> Iterator[str]:
    """Give "at no time", "in no way"."""
    for preposition in children(clause, "prep"):
        for noun in children(preposition, "pobj"):
            if any(c.lower_ == "no" for c in children(noun, "det")) and preposition.i < clause.i:
                yield f"{preposition.text} no {noun.text}"


def _negating(word: Token) -> Iterator[str]:
    if lemma(word) in words("polarity", "negating_adjectives") or (
        word.lower_ in words("polarity", "negating_words")
    ):
        yield word.text
    elif word.dep_ in {"acomp", "attr"} and is_negated(word):
        yield "not"
    elif word.lower_ in words("polarity", "ended"):
        yield from (f"{c.text} {word.text}" for c in children(word, "neg", "det"))
    else:
        beside = children(word, "det", "preconj", "cc")
        yield from (c.text for c in beside if c.lower_ in {"no", "neither"})


def _negated_matrix(matrix: Token) -> Iterator[str]:
    if is_negated(matrix) and lemma(matrix) in words("polarity", "raising"):
        yield "not"
    if _is_no(matrix) and (is_verb(matrix) or _is_ground(matrix)):
        yield f"no {matrix.text}"
    particle = next(children(matrix, "prt"), None)
    whole = f"{lemma(matrix)} {particle.lower_}" if particle is not None else lemma(matrix)
    if whole in words("polarity", "ruling_out") and not is_negated(matrix):
        yield whole
    if matrix.pos_ == "ADJ":
        yield from _untrue(matrix)


def _untrue(adjective: Token) -> Iterator[str]:
    """Give what says that the clause below is not so: "false", "not true"."""
    false = lemma(adjective) in words("polarity", "negating_adjectives")
    true = lemma(adjective) in words("polarity", "affirming_adjectives")
    if false:
        yield adjective.text
    if (false or true) and is_negated(adjective.head):
        yield "not"


@dataclass(frozen=True, slots=True)
class Knowing:
    """How the speaker comes to know: own acts in an exhibit, machines or books, an office.

    ``own``: it is the document's source that speaks. ``mended``: a repair of machine translation
    took part, which leaves no more than hearsay of what others said.
    """

    own: bool
    confesses: bool = False
    witness: str = ""
    office: bool = False
    mended: bool = False


def basis_of(reading: Reading, knowing: Knowing, intake: Intake) -> Basis:
    """Say how the speaker knows: an admission told by somebody else is hearsay.

    An office finds out first hand, whoever repeats it; a newspaper that names nobody does not.
    """
    modality = reading.modality
    if modality is Modality.ADMITTED:
        return Basis.ADMISSION if knowing.confesses else Basis.HEARSAY
    if modality in _INFERRED:
        return Basis.INFERENCE
    if modality in {Modality.REPORTED, Modality.ALLEGED} or (knowing.mended and not knowing.own):
        return Basis.HEARSAY
    knows = intake.source.kind in speech().first_hand if knowing.own else knowing.office
    if knowing.witness and knows:
        return Basis.RECORD
    return Basis.FIRST_HAND if knows else Basis.HEARSAY
