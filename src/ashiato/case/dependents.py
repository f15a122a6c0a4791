"""What rests on an exhibit or an origin: every statement that falls or changes without it."""

from collections.abc import Iterator
from dataclasses import dataclass

from ashiato.case.changes import Change
from ashiato.core.assessed import AssessedCase
from ashiato.core.claims import Claim
from ashiato.core.evidence import Citation
from ashiato.weigh import Origins


@dataclass(frozen=True, slots=True)
class Dependent:
    """One statement that rests on what is left out; ``wholly``: on nothing else.

    ``kind`` is ``claim``, ``tenancy``, ``hand-over``, ``identity``, ``indicator``, ``victim`` or
    ``fact``; ``id`` is what `ashiato why` takes, where there is one.
    """

    kind: str
    id: str
    text: str
    wholly: bool


def dependents(case: AssessedCase, change: Change) -> tuple[Dependent, ...]:
    """List what rests on the exhibits and origins that ``change`` leaves out."""
    origins = Origins.of_sources(case.sources)
    gone = {c.id for c in case.claims if _is_gone(c, change, origins)}
    found = [*_claims(case, gone), *_traced(case, change), *_judged(case, gone)]
    return tuple(dict.fromkeys(found))


def _is_gone(claim: Claim, change: Change, origins: Origins) -> bool:
    return origins.of(claim) in change.origins or _all_cited(claim.citations, change)


def _all_cited(citations: tuple[Citation, ...], change: Change) -> bool:
    return bool(citations) and all(c.exhibit in change.exhibits for c in citations)


def _claims(case: AssessedCase, gone: set[str]) -> Iterator[Dependent]:
    for claim in case.claims:
        if claim.id in gone:
            said = claim.proposition
            subject, object_ = (end and end.text for end in (said.subject, said.object))
            ends = (subject, said.predicate.replace("_", " "), object_)
            words = " ".join(part for part in ends if part)
            yield Dependent("claim", claim.id, f"{claim.speaker.text}: {words}", wholly=True)


def _traced(case: AssessedCase, change: Change) -> Iterator[Dependent]:
    sources = {e.sha256: case.exhibit_sources.get(e.path, "") for e in case.exhibits}

    def is_lost(citation: Citation) -> bool:
        owner = sources.get(citation.exhibit)
        return citation.exhibit in change.exhibits or owner in change.origins

    for kind, id_, text, citations in _statements(case):
        lost = [is_lost(citation) for citation in citations]
        if any(lost):
            yield Dependent(kind, id_, text, all(lost))


def _statements(case: AssessedCase) -> Iterator[tuple[str, str, str, tuple[Citation, ...]]]:
    for t in case.tracing.tenancies:
        text = f"{t.party.text}, {t.role.value.replace('_', ' ')} of {t.asset.text}"
        yield "tenancy", t.id, text, t.citations
    for h in case.tracing.handovers:
        yield "hand-over", "", h.because, h.citations
    for j in case.tracing.judgements:
        text = f"{j.entity_a.text} and {j.entity_b.text}: {j.judgement.value}"
        yield "identity", "", text, j.citations
    for i in case.indicators:
        yield "indicator", i.id, f"{i.observable.value}: {i.reason}", i.citations
    for row in case.census:
        yield "victim", row.organisation, f"{row.organisation}: {row.status.value}", row.best


def _judged(case: AssessedCase, gone: set[str]) -> Iterator[Dependent]:
    for verdict in case.verdicts:
        for rung in verdict.ladder:
            for fact in rung.facts:
                if gone.intersection(fact.claims):
                    text = f"{rung.rung.value}: {fact.label}"
                    yield Dependent("fact", rung.rung.value, text, gone.issuperset(fact.claims))


def lines(found: tuple[Dependent, ...]) -> Iterator[str]:
    """Write what depends for people: first what falls, then what loses a part."""
    for wholly, head in ((True, "rests on nothing else"), (False, "rests on it in part")):
        mine = [each for each in found if each.wholly is wholly]
        if mine:
            yield f"{len(mine)} {'statement' if len(mine) == 1 else 'statements'}: {head}"
            yield from (f"  {each.kind:<10} {each.text}" for each in mine)
