"""What a sentence says of nobody in particular: questions, conditions, the law, general remarks.

Such sentences make no claim about a case. The words they are known by are in the pack `reading`,
section ``restraint``.
"""

from spacy.tokens import Span, Token

from ashiato.read.text.grammar import ancestors, children, is_passive, is_verb, lemma, subject
from ashiato.read.text.lexicon import hedges, speech, words

_SIMPLE_PRESENT = frozenset({"VBP", "VBZ"})
_DEPENDENT = frozenset({"conj", "xcomp", "advcl", "acl", "pcomp", "ccomp", "relcl", "parataxis"})


def claims_nothing(token: Token) -> bool:
    """Whether what the word would state is asked, supposed, or said of anybody."""
    return is_question(token.sent) or _is_supposed(token) or is_general(token)


def is_question(sentence: Span) -> bool:
    """Whether the sentence asks, whatever closing marks follow."""
    return sentence.text.rstrip(" \t\n\"'\u201d\u2019)]").endswith("?")


def _is_supposed(token: Token) -> bool:
    """Whether the word stands in an if-clause, or under "suppose"."""
    path = [token, *ancestors(token)]
    return any(_opens_condition(up) for up in path) or _is_told_to_suppose(token.sent.root)


def _opens_condition(clause: Token) -> bool:
    if clause.dep_ not in {"advcl", "ccomp"}:
        return False
    marks = [c for c in clause.children if c.dep_ in {"mark", "advmod"}]
    return any(m.lower_ in words("restraint", "conditions") for m in marks)


def _is_told_to_suppose(root: Token) -> bool:
    bare = root.tag_ in {"VB", "VBP"} and not any(children(root, "nsubj"))
    return bare and lemma(root) in words("restraint", "suppositions")


def is_general(token: Token) -> bool:
    """Whether the clause is said of a kind, not of anybody: "attackers rarely use their own"."""
    clause = _clause_of(token)
    for _ in range(6):
        if clause is None:
            return False
        if _is_said_of_a_kind(clause):
            return True
        if clause.dep_ not in _DEPENDENT:
            return False
        clause = _clause_of(clause.head) if clause.head.i != clause.i else None
    return False


def _clause_of(token: Token) -> Token | None:
    return next((t for t in (token, *ancestors(token)) if is_verb(t)), None)


def _is_said_of_a_kind(clause: Token) -> bool:
    says = lemma(clause) in speech().verbs or lemma(clause) in hedges().verbs
    reports = says and any(children(clause, "ccomp", "xcomp")) and not is_passive(clause)
    if reports or not _is_timeless(clause):
        return False
    who = subject(clause)
    if who is not None and who.lower_ == "they":
        return _goes_on_about_a_kind(who)
    return who is not None and _is_a_kind(who, ruled=_is_ruled(clause))


def _is_ruled(clause: Token) -> bool:
    """Whether a rule speaks, or habit: "organisations that were attacked must (often) notify"."""
    if any(c.lower_ in words("restraint", "habits") for c in children(clause, "advmod")):
        return True
    return any(c.tag_ == "MD" and c.lower_ != "can" for c in children(clause, "aux", "auxpass"))


def _goes_on_about_a_kind(they: Token) -> bool:
    """Whether "they" goes on where the sentence before spoke of a kind."""
    start = they.sent.start
    return start > 0 and _is_said_of_a_kind(they.doc[start - 1].sent.root)


def _is_timeless(clause: Token) -> bool:
    """Whether the verb is a plain present or stands under may, must, shall."""
    helpers = list(children(clause, "aux", "auxpass"))
    if any(h.tag_ == "MD" and h.lower_ not in {"will", "would", "'ll"} for h in helpers):
        return True
    if any(h.lower_ in {"have", "has", "had", "was", "were", "did"} for h in helpers):
        return False
    if clause.tag_ in _SIMPLE_PRESENT or (clause.tag_ == "VB" and not helpers):
        return True
    present = any(h.lower_ in {"is", "are", "do", "does"} for h in helpers)
    return present and clause.tag_ != "VBG"


def _is_a_kind(noun: Token, *, ruled: bool) -> bool:
    if noun.lower_ in words("restraint", "anybody"):
        return True
    articles = {c.lower_ for c in children(noun, "det")}
    if articles & {"any", "every", "no"} and noun.pos_ == "NOUN":
        return True
    if articles <= {"a", "an"} and articles and lemma(noun) in words("restraint", "kinds"):
        return True
    return noun.tag_ == "NNS" and not articles and not _is_told_apart(noun, ruled=ruled)


def _is_told_apart(noun: Token, *, ruled: bool) -> bool:
    """Whether something says which ones: a number, an owner, a name, an agency's plural."""
    known = words("restraint", "known")
    if lemma(noun) in words("speech", "institutions") or noun.lower_ in known:
        return True
    kept = {"nummod", "poss", "prep", "appos", "quantmod"} | (set() if ruled else {"relcl", "acl"})
    return any(c.dep_ in kept or c.pos_ in {"PROPN", "NUM"} for c in noun.children)
