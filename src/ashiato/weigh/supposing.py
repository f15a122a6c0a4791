"""Evidence that is only supposed, to see what it would change; never part of an answer kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ashiato.core.claims import Basis, Entity
from ashiato.core.errors import BadInput
from ashiato.core.sources import Source
from ashiato.core.weighing import Rung
from ashiato.weigh.questions import Question
from ashiato.weigh.testimony import Hearing, Testimony


@dataclass(frozen=True, slots=True)
class Posited:
    """Suppose that ``source`` says of ``who`` that ``fact`` of ``rung`` is so (or is not)."""

    rung: Rung
    fact: str
    who: str
    source: Source
    basis: Basis = Basis.RECORD
    affirms: bool = True


def supposing(hearing: Hearing, question: Question, posited: Iterable[Posited]) -> Hearing:
    """Add what is supposed on this rung to what was heard.

    Raises:
        BadInput: the rung has no such fact, or names nobody of that name.

    """
    mine = [each for each in posited if each.rung is question.rung]
    added = tuple(_testimony(each, hearing, question) for each in mine)
    return replace(hearing, testimony=(*hearing.testimony, *added)) if added else hearing


def _testimony(each: Posited, hearing: Hearing, question: Question) -> Testimony:
    facts = [fact.id for fact in question.facts]
    if each.fact not in facts:
        remedy = f"name one of {', '.join(facts)}"
        raise BadInput(f"the rung {question.rung} has no fact {each.fact!r}", remedy=remedy)
    return Testimony(
        candidate=_candidate(each, hearing),
        fact=each.fact,
        origin=each.source.id,
        basis=each.basis,
        kappa=1.0,
        affirms=each.affirms,
        reports=frozenset({each.source.id}),
        words="supposed",
    )


def _candidate(each: Posited, hearing: Hearing) -> Entity:
    wanted = each.who.casefold()
    for candidate in hearing.candidates:
        if wanted in {candidate.text.casefold(), candidate.id.casefold()}:
            return candidate
    known = ", ".join(sorted(c.text for c in hearing.candidates)) or "nobody"
    raise BadInput(f"nobody named {each.who!r} on the rung {each.rung}", remedy=f"named: {known}")
