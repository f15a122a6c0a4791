"""Four misparses of our genre, mended in the tree before anything is read from it.

"The backdoor beacons to X" is taken for one noun, and "attributed it to Pale Heron" for an
infinitive; in "is said to have admitted, "I did it"" the quotation is hung on "said"; in "On 4
March officers arrested him" the officers are made part of the date. All are told by their words and
places alone; nothing else of the tree is touched.
"""

from spacy.tokens import Doc, Token

from ashiato.read.text.lexicon import speech

_OF_THE_NOUN = frozenset({"det", "amod", "nummod", "poss", "compound"})


def mend(doc: Doc) -> None:
    """Mend the tree in place."""
    for token in doc:
        if token.dep_ == "aux" and token.lower_ == "to":
            _mend_infinitive(token)
        elif token.dep_ == "ROOT" and token.tag_ == "VBZ":
            _mend_subject(token)
        elif token.dep_ == "ccomp":
            _mend_quotation(token)
        elif token.dep_ == "prep" and token.lower_ in {"on", "in"}:
            _mend_date(token)


def _mend_date(on: Token) -> None:
    """Give the verb the noun right before it that was hung on a date."""
    verb, noun = on.head, next((c for c in on.children if c.dep_ == "pobj"), None)
    if noun is None or verb.pos_ != "VERB" or noun.ent_type_ not in {"DATE", ""}:
        return
    date = next((c for c in noun.children if c.dep_ in {"nmod", "compound"} and c.i > on.i), None)
    if date is None or date.ent_type_ != "DATE" or noun.tag_ not in {"NNS", "NN", "NNPS"}:
        return
    below = list(verb.children)
    if any(c.dep_ in {"nsubj", "nsubjpass", "csubj"} for c in below) or verb.i < noun.i:
        return
    passive = any(c.dep_ == "auxpass" for c in below)
    others = [c for c in noun.children if c.dep_ == "nummod" and c.i < date.i]
    date.head, date.dep_ = on, "pobj"
    for other in others:
        other.head = date
    noun.head, noun.dep_ = verb, "nsubjpass" if passive else "nsubj"
    noun.ent_type_ = ""


def _mend_quotation(said: Token) -> None:
    """Hang words after "is said to have admitted" on the nearer verb: it is who admitted them."""
    above = said.head
    if not any(c.dep_ == "nsubjpass" for c in above.children):
        return
    nearer = [c for c in above.children if c.dep_ == "xcomp" and above.i < c.i < said.left_edge.i]
    if nearer and nearer[-1].lemma_ in speech().verbs:
        said.head = nearer[-1]


def _mend_subject(verb: Token) -> None:
    """Give the root the noun before it as its subject, where it has none."""
    children = list(verb.children)
    if any(c.dep_ in {"nsubj", "nsubjpass", "csubj"} for c in children):
        return
    beside = next((c for c in children if c.dep_ == "compound" and c.i == verb.i - 1), None)
    if beside is None:
        return
    beside.dep_ = "nsubj"
    for modifier in (c for c in children if c.i < beside.i and c.dep_ in _OF_THE_NOUN):
        modifier.head = beside


def _mend_infinitive(to: Token) -> None:
    """Hang "to Pale Heron" on the verb above as a preposition: a name is no verb."""
    name, above = to.head, to.head.head
    if name.i != to.i + 1 or not name.text[:1].isupper() or name.text.isupper():
        return
    if name.dep_ not in {"advcl", "xcomp"} or above.i == name.i:
        return
    rest = [c for c in name.children if c.dep_ == "dobj" and c.text[:1].isupper()]
    head = rest[0] if rest and rest[0].i == name.i + 1 else name
    others = [c for c in name.children if c.i not in {to.i, head.i}]
    to.tag_, to.pos_, to.dep_, to.head = "IN", "ADP", "prep", above
    for token in {name, head}:
        token.tag_, token.pos_ = "NNP", "PROPN"
    head.head, head.dep_ = to, "pobj"
    if name.i != head.i:
        name.head, name.dep_ = head, "compound"
    for other in others:
        other.head = above
