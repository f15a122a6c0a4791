"""How much of an answer rests on claims that no person has looked at."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ashiato.core.claims import Claim, Review
from ashiato.core.tenancy import Tracing
from ashiato.core.weighing import Reliance, RungVerdict, Verdict


def with_reliance(verdict: Verdict, claims: Iterable[Claim], tracing: Tracing) -> Verdict:
    """Count, for each rung and in all, the claims that bear it by what a person decided of them.

    A claim bears a rung directly, through one of its facts, or through a tenancy made from it.
    """
    states = {claim.id: claim.review for claim in claims}
    parents = {tenancy.id: tenancy.parents for tenancy in tracing.tenancies}
    bearing = [_bearing(rung, parents) & states.keys() for rung in verdict.ladder]
    ladder = tuple(
        replace(rung, review=_reliance(ids, states))
        for rung, ids in zip(verdict.ladder, bearing, strict=True)
    )
    whole = _reliance(set().union(*bearing), states)
    return replace(verdict, ladder=ladder, review=whole)


def _bearing(rung: RungVerdict, parents: Mapping[str, tuple[str, ...]]) -> set[str]:
    spoken = {claim for fact in rung.facts for claim in fact.claims}
    made = {claim for tenancy in rung.tenancies for claim in parents.get(tenancy, ())}
    return {*rung.claims, *spoken, *made}


def _reliance(ids: set[str], states: Mapping[str, Review]) -> Reliance:
    found = Counter(states[id_] for id_ in ids)
    return Reliance(
        claims=len(ids),
        proposed=found[Review.PROPOSED],
        unsure=found[Review.UNSURE],
        accepted=found[Review.ACCEPTED],
    )
