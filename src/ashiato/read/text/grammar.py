"""Who does what to whom, read off a dependency parse. Nothing here knows the subject matter.

Tokens are compared by their index ``i``: the parser makes a new object at each step up, so that
comparing objects loops for ever on a sentence whose root is a noun. Upward walks have a limit.
"""

from collections.abc import Iterator
from functools import cache

from spacy.tokens import Token

from ashiato.read.text.lexicon import reading, words

UP = 12
"""Steps that an upward walk takes at most."""
CLAUSES = frozenset(
    [
        "ROOT",
        "conj",
        "ccomp",
        "xcomp",
        "advcl",
        "relcl",
        "acl",
        "pcomp",
        "parataxis",
        "csubj",
        "csubjpass",
        "dep",
    ]
)
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass"})
NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "X"})
_CALENDAR = frozenset({"DATE", "TIME", "CARDINAL", "ORDINAL", "PERCENT", "MONEY", "QUANTITY"})
_RELATIVE_TAGS = frozenset({"WP", "WDT"})
_KEPT_MODIFIERS = frozenset(
    [
        "det",
        "amod",
        "compound",
        "nummod",
        "poss",
        "quantmod",
        "nmod",
        "case",
        "advmod",
        "npadvmod",
        "predet",
    ]
)
_MISPLACED = frozenset({"to", "from", "into", "against", "for"})
_KEPT_PREPOSITIONS = frozenset({"of", "in", "from", "for", "with", "at"})


def lemma(token: Token) -> str:
    """Give the lemma in lower case."""
    return str(token.lemma_).lower()


def is_root(token: Token) -> bool:
    """Whether the walk up ends here."""
    return bool(token.head.i == token.i)


def is_verb(token: Token) -> bool:
    """Whether the token is a verb or auxiliary that heads a clause."""
    return token.pos_ in {"VERB", "AUX"} and token.dep_ not in {"aux", "auxpass"}


def is_calendar(token: Token) -> bool:
    """Whether the word is part of a date or a figure, not of a name.

    The recogniser takes CVE numbers for dates.
    """
    return token.ent_type_ in _CALENDAR and not token.lower_.startswith("cve-")


def children(token: Token, *relations: str) -> Iterator[Token]:
    """Give the children that stand in one of ``relations``, in the order of the text."""
    return (child for child in token.children if child.dep_ in relations)


def ancestors(token: Token) -> Iterator[Token]:
    """Walk up to the root, at most `UP` steps."""
    here = token
    for _ in range(UP):
        if is_root(here):
            return
        here = here.head
        yield here


def is_negated(token: Token) -> bool:
    """Whether a "not" or "never" stands at the token."""
    return any(child.dep_ == "neg" for child in token.children)


def is_passive(verb: Token) -> bool:
    """Whether the subject of the verb is what it is done to."""
    if any(True for _ in children(verb, "nsubjpass", "auxpass", "csubjpass")):
        return True
    if verb.dep_ == "acl" and verb.tag_ == "VBD" and any(True for _ in children(verb, "oprd")):
        return True  # "the group dubbed Pale Heron"
    if verb.tag_ != "VBN":
        return False
    if verb.dep_ in {"acl", "advcl"}:
        return not any(child.dep_ in {"aux", "nsubj"} for child in verb.children)
    bare = not any(child.dep_ in {"nsubj", "aux"} for child in verb.children)
    return verb.dep_ == "conj" and bare and is_verb(verb.head) and is_passive(verb.head)


def own_subject(verb: Token) -> Token | None:
    """Give the subject that stands at the verb itself."""
    found = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
    if found is not None and found.pos_ == "PROPN":
        return _after_the_pseudonym(found)
    if found is None or found.dep_ != "csubj" or found.tag_ != "VBN":
        return found
    # "Asked about the police, Dana Rell said": the parser takes the participle for the subject.
    return next((t for t in found.subtree if t.dep_ == "appos" and t.pos_ == "PROPN"), found)


def _after_the_pseudonym(name: Token) -> Token:
    """Of "under the pseudonym X, Y signed" give Y where the parser took X for the subject."""
    before = name.left_edge.i - 1
    if before < 1 or lemma(name.doc[before]) not in words("grammar", "borne_names"):
        return name
    real = (c for c in children(name, "appos", "conj") if c.pos_ == "PROPN")
    return next(real, name) if name.doc[before].dep_ == "pobj" else name


def subject(verb: Token, depth: int = 0) -> Token | None:
    """Find the grammatical subject, through coordination, control and participles."""
    own = own_subject(verb)
    if own is not None:
        return _antecedent(own, verb)
    if depth > UP or is_root(verb):
        return None
    head = verb.head
    twin = sister(verb)
    if twin is not None:
        return subject(twin, depth + 1)
    if verb.dep_ == "acl":
        return _controller(head, depth) if verb.tag_ == "VB" else head
    if verb.dep_ == "relcl":
        return head
    seen = _seen_to(head, verb)
    if seen is not None:
        return seen
    if verb.dep_ in {"xcomp", "advcl"} and _serves(head, verb):
        return None  # "the server was used to attack X": who attacked is not said
    if verb.dep_ == "xcomp":
        controlled = lemma(head) in words("grammar", "object_control") and not is_passive(head)
        target = next(children(head, "dobj"), None) if controlled else None
        return target or subject(head, depth + 1)
    if verb.dep_ in {"conj", "advcl", "pcomp"}:
        return _subject_of_sister(verb, depth)
    return None


def _seen_to(head: Token, verb: Token) -> Token | None:
    """Of "researchers observed an actor selling it" give the actor."""
    seen = verb.tag_ == "VBG" and lemma(head) in words("speech", "perceptions")
    if not seen or verb.dep_ not in {"xcomp", "advcl", "ccomp"} or is_passive(head):
        return None
    return next((c for c in children(head, "dobj") if head.i < c.i < verb.i), None)


def _serves(head: Token, verb: Token) -> bool:
    """Whether something was used, by nobody named, to do what the verb says."""
    infinitive = any(c.lower_ == "to" for c in children(verb, "aux"))
    return infinitive and lemma(head) in words("grammar", "serving") and is_passive(head)


def sister(verb: Token) -> Token | None:
    """Of "renting the server S and selling the ID" give the renting, wherever S was hung."""
    if verb.dep_ != "acl" or verb.tag_ != "VBG" or verb.i <= verb.sent.start:
        return None
    if verb.doc[verb.i - 1].dep_ != "cc":
        return None
    before = reversed(list(verb.doc[verb.sent.start : verb.i]))
    return next((t for t in before if t.tag_ == "VBG" and is_verb(t)), None)


def _subject_of_sister(verb: Token, depth: int) -> Token | None:
    above = verb.head.head if verb.dep_ == "pcomp" else verb.head
    if verb.dep_ == "pcomp" and not is_verb(above):
        return None  # "IDs for using the server": the noun says nothing of who uses it
    clause = governor(above)
    charged = clause is not None and verb.dep_ == "pcomp" and not is_passive(clause)
    if clause is not None and charged and lemma(clause) in words("grammar", "object_of_charge"):
        return next(children(clause, "dobj"), None)
    return subject(clause, depth + 1) if clause is not None else None


def _controller(noun: Token, depth: int) -> Token | None:
    """Of "his plan to rent it", give who plans."""
    owner = next(children(noun, "poss"), None)
    above = _verb_above(noun)
    return owner or (subject(above, depth + 1) if above is not None else None)


def _verb_above(token: Token) -> Token | None:
    return next((up for up in ancestors(token) if is_verb(up)), None)


def governor(token: Token) -> Token | None:
    """Give the nearest verb at or above the token."""
    return token if is_verb(token) else _verb_above(token)


def _antecedent(token: Token, verb: Token) -> Token:
    """Replace "who" or "which" by the noun that the relative clause hangs on."""
    if token.lower_.endswith("self") and token.i > token.sent.start:
        before = token.doc[token.i - 1]  # "the suspect himself copied it"
        return before if before.pos_ in {"NOUN", "PROPN"} else token
    if token.tag_ not in _RELATIVE_TAGS:
        return token
    clause = next((v for v in (verb, *ancestors(verb)) if v.dep_ == "relcl"), None)
    if clause is None:
        return token
    return _the_person_of(clause.head) if token.lower_ == "who" else clause.head


def _the_person_of(noun: Token) -> Token:
    """Of "an employee of a provider, who admitted it" give the employee: "who" is a person."""
    here = noun
    for _ in range(3):
        if lemma(here) in _persons() or here.pos_ == "PROPN":
            return here
        if here.dep_ != "pobj" or here.head.dep_ != "prep":
            break
        here = here.head.head
    return here if lemma(here) in _persons() else noun


@cache
def _persons() -> frozenset[str]:
    return frozenset(reading()["entities"]["nouns"]["person"])


def with_conjuncts(token: Token) -> tuple[Token, ...]:
    """Give a noun and the nouns coordinated with it: each is an argument of its own.

    Of "both men, X and Y," give X and Y.
    """
    found = [_first_of_the_named(token) or token]
    for _ in range(UP):
        last = found[-1]
        following = next((c for c in children(last, "conj") if c.pos_ in NOMINAL), None)
        following = following or _twin_subject(last) or _stranded_conjunct(last)
        if following is None:
            break
        found.append(following)
    return tuple(found)


def _first_of_the_named(token: Token) -> Token | None:
    if token.tag_ != "NNS":
        return None
    named = (a for a in children(token, "appos") if a.pos_ == "PROPN")
    return next((a for a in named if any(True for _ in children(a, "conj"))), None)


def _twin_subject(noun: Token) -> Token | None:
    """Find Y of "X as well as Y left", "S at A and Y were used": the parser hung it elsewhere."""
    if noun.dep_ not in SUBJECTS:
        return None
    beside = (c for c in children(noun.head, *SUBJECTS) if c.i > noun.i)
    twin = next((c for c in beside if _follows_and(c)), None)
    if twin is not None or noun.tag_ in {"NNS", "NNPS"} or not _takes_plural(noun.head):
        return twin
    below = (p for c in children(noun, "prep") for p in children(c, "pobj"))
    return next((c for p in below for c in children(p, "conj") if c.pos_ in NOMINAL), None)


def _follows_and(token: Token) -> bool:
    before = token.left_edge.i - 1
    return before > 0 and token.doc[before].dep_ == "cc"


def _takes_plural(verb: Token) -> bool:
    return any(c.lower_ in {"were", "are", "have"} for c in children(verb, "aux", "auxpass"))


def _stranded_conjunct(noun: Token) -> Token | None:
    """Find the noun after "X and ..." that the parser hung on the verb above X."""
    end = phrase(noun)[1]
    if end >= len(noun.doc) or noun.doc[end].dep_ != "cc" or noun.dep_ not in {"dobj", "pobj"}:
        return None
    verbs = {up.i for up in ancestors(noun) if is_verb(up)}
    after = noun.doc[end + 1 : noun.sent.end]
    return next(
        (
            t
            for t in after
            if t.dep_ == "conj" and t.head.i in verbs and t.pos_ in {"NOUN", "PROPN"}
        ),
        None,
    )


def find(token: Token, place: str) -> tuple[Token, ...]:
    """Find what fills a place of a trigger (see the head of the pack `predicates`)."""
    first, _, rest = place.partition(">")
    place_of = _verb_place if is_verb(token) else _noun_place
    found = tuple(_past_quantity(item) for item in place_of(token, first))
    if not rest:
        return tuple(item for head in found for item in with_conjuncts(head))
    return tuple(item for head in found for item in find(head, rest))


def _past_quantity(token: Token) -> Token:
    """Of "a series of attacks" give the attacks; of "one of the servers, S," give S."""
    if lemma(token) not in words("grammar", "quantities"):
        return token
    which = next((a for a in children(token, "appos") if a.pos_ in NOMINAL), None)
    return which or next(iter(prepositional(token, "of")), token)


def _some(token: Token | None) -> tuple[Token, ...]:
    return () if token is None else (token,)


def _verb_place(verb: Token, place: str) -> tuple[Token, ...]:
    if place == "agent":
        return _agent(verb)
    if place == "patient":
        return _patient(verb)
    if place == "dative":
        return _dative(verb)
    if place == "complement":
        return tuple(children(verb, "xcomp", "ccomp"))[:1]
    if place == "called":
        return tuple(c for c in children(verb, "oprd", "attr") if c.pos_ in NOMINAL)[:1]
    own = prepositional(verb, place)
    if own or place not in _MISPLACED:
        return own
    # The parser often hangs "to X" on the object: "referred the man to prosecutors".
    below = [noun for top in _patient(verb) for noun in (top, *_under_prepositions(top))]
    return tuple(p for noun in below for p in prepositional(noun, place))


def _under_prepositions(noun: Token) -> Iterator[Token]:
    for preposition in children(noun, "prep"):
        yield from children(preposition, "pobj")


def _agent(verb: Token) -> tuple[Token, ...]:
    if not is_passive(verb):
        return _some(subject(verb))
    by = [p for c in children(verb, "agent") for p in children(c, "pobj")]
    below = (n for c in children(verb, "prep") for n in children(c, "pobj"))
    by += [p for noun in below for p in prepositional(noun, "by")]  # "rented from X by Y"
    return _some(next(iter(by), None))


def _direct_object(verb: Token) -> Token | None:
    found = [c for c in children(verb, "dobj") if c.pos_ != "PUNCT"]
    found.sort(key=lambda c: c.tag_ in _RELATIVE_TAGS)  # one too many: "that" is a conjunction
    own = _trace_after(verb) or (found[0] if found else None)
    return None if own is None else _antecedent(own, verb)


def _trace_after(verb: Token) -> Token | None:
    """Of "contacted host.example" give the host: the parser takes odd words for adverbs."""
    beside = (c for c in children(verb, "npadvmod", "advmod") if c.i == verb.i + 1)
    return next((c for c in beside if c.pos_ == "PROPN" and not is_calendar(c)), None)


def _patient(verb: Token) -> tuple[Token, ...]:
    own = _direct_object(verb)
    if not is_passive(verb):
        return _some(own or _gap(verb) or _shared_object(verb))
    return _some(own or subject(verb))


def _shared_object(verb: Token) -> Token | None:
    """Of "making and using records" give the records to the making too."""
    beside = (c for c in children(verb, "conj") if c.i == verb.i + 2 and c.tag_ == verb.tag_)
    return next((o for c in beside for o in children(c, "dobj")), None)


def _gap(verb: Token) -> Token | None:
    """Of "the server he rented", give the server."""
    has_object = any(c.dep_ in {"dobj", "ccomp", "xcomp", "attr", "acomp"} for c in verb.children)
    subject_here = own_subject(verb)
    gapped = subject_here is not None and subject_here.tag_ not in _RELATIVE_TAGS
    return verb.head if verb.dep_ == "relcl" and gapped and not has_object else None


def _dative(verb: Token) -> tuple[Token, ...]:
    indirect = next((c for c in children(verb, "dative") if c.pos_ in NOMINAL), None)
    if indirect is None and is_passive(verb) and _direct_object(verb) is not None:
        return _some(subject(verb))
    return _some(indirect)


def prepositional(token: Token, *names: str) -> tuple[Token, ...]:
    """Give what follows a preposition that hangs on the token."""
    return tuple(
        item
        for child in token.children
        if child.lower_ in names and child.dep_ in {"prep", "dative", "agent", "prt", "advmod"}
        for item in _objects_of(child)
    )


def _objects_of(preposition: Token) -> Iterator[Token]:
    for child in preposition.children:
        if child.dep_ in {"pobj", "pcomp"}:
            yield child
        elif child.dep_ == "prep":
            yield from children(child, "pobj")


def _noun_place(noun: Token, place: str) -> tuple[Token, ...]:
    if place == "self":
        return (noun,)
    if place == "holder":
        return _some(_holder(noun))
    if place in {"poss", "compound", "appos"}:
        return tuple(children(noun, place))[:1]
    if place == "article":
        return tuple(children(noun, "det"))
    if place == "complement":
        return tuple(children(noun, "acl", "relcl"))[:1]
    if place.startswith("governed"):
        above = _verb_above(noun)
        if place == "governed-verb":
            return _some(above)
        wanted = ("patient",) if place == "governed-patient" else ("agent", "patient")
        return next((f for w in wanted if above is not None and (f := find(above, w))), ())
    return prepositional(noun, place)


def _holder(noun: Token) -> Token | None:
    """Give what the noun or adjective is said of: by "is", by apposition, by "as"."""
    head = noun.head
    if noun.dep_ == "appos":
        return apposed_to(noun)
    if noun.dep_ in {"attr", "acomp", "oprd"}:
        return subject(head)
    if noun.dep_ == "conj" and head.dep_ in {"attr", "appos", "acomp"}:
        return _holder(head)
    return None


def apposed_to(noun: Token) -> Token:
    """Give the noun that an apposition stands beside: the one right before the comma."""
    head = noun.head
    first = phrase(noun)[0]
    if first < 2 or noun.doc[first - 1].text != "," or phrase(head)[1] == first - 1:  # noqa: PLR2004
        return head
    left = noun.doc[first - 2]
    for _ in range(UP):
        if left.dep_ not in {"compound", "nummod", "amod", "nmod", "punct"}:
            break
        left = left.head
    return left if left.pos_ in NOMINAL and head.i < left.i < noun.i else head


def phrase(token: Token) -> tuple[int, int]:
    """Give the token range of the noun phrase around ``token``: no relative clause, contiguous."""
    kept = {token.i}
    _keep(token, token, kept, 0)
    low = high = token.i
    while low - 1 in kept:
        low -= 1
    while high + 1 in kept:
        high += 1
    return low, high + 1


def _keep(token: Token, top: Token, kept: set[int], depth: int) -> None:
    if depth > UP:
        return
    for child in token.children:
        if child.dep_ == "pcomp" and token.dep_ == "prep":
            kept.update(t.i for t in child.subtree)
        elif _belongs(child, token, top):
            kept.add(child.i)
            _keep(child, top, kept, depth + 1)


def _belongs(child: Token, token: Token, top: Token) -> bool:
    if child.dep_ in _KEPT_MODIFIERS or child.dep_ == "neg":
        return True
    if child.dep_ == "punct":
        return child.text in {"-", "\u2013", '"', "/"}
    if child.dep_ == "prep":
        return token.i == top.i and child.lower_ in _KEPT_PREPOSITIONS
    if child.dep_ in {"conj", "cc"}:
        return token.dep_ in _KEPT_MODIFIERS
    return bool(child.dep_ == "pobj" and token.dep_ == "prep")
