"""The answer to one question of the case: each rung weighed by itself, the ladder, the gaps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from ashiato.core.claims import Claim
from ashiato.core.records import CensusRow, Indicator, Sighting
from ashiato.core.sources import Source
from ashiato.core.tenancy import Tracing
from ashiato.core.weighing import (
    Confidence,
    OriginSummary,
    Rung,
    RungVerdict,
    Standard,
    StandardVerdict,
    Sufficiency,
    Verdict,
)
from ashiato.weigh.ladder import census_gap, traced
from ashiato.weigh.questions import MODELLED, Answered
from ashiato.weigh.relays import collapsed
from ashiato.weigh.reliance import with_reliance
from ashiato.weigh.rung import RungAnswer, counted, weigh_rung
from ashiato.weigh.supposing import Posited, supposing
from ashiato.weigh.tables import Tables, tables_of
from ashiato.weigh.testimony import Hearing, Holdings, Origins, Testimony, hear, holdings_of
from ashiato.weigh.weighed import DRAWS, SEED


@dataclass(frozen=True, slots=True)
class _Case:
    """What every rung is weighed from."""

    claims: tuple[Claim, ...]
    tracing: Tracing
    sightings: tuple[Sighting, ...]
    holdings: Holdings
    origins: Origins
    standards: tuple[Standard, ...]
    draws: int
    seed: int
    told: Answered
    tables: Tables


def assess(  # noqa: PLR0917 - what the stages found, in the order of their work
    question_rung: Rung,
    claims: Iterable[Claim],
    tracing: Tracing,
    sightings: Iterable[Sighting],
    census: Iterable[CensusRow],
    sources: Sequence[Source],
    standards: Sequence[Standard],
    *,
    as_known_on: datetime | None,
    evidence_digest: str,
    question_text: str,
    indicators: Iterable[Indicator] = (),
    draws: int = DRAWS,
    seed: int = SEED,
    told: Answered = MappingProxyType({}),
    tables: Tables | None = None,
    posited: Sequence[Posited] = (),
) -> Verdict:
    """Answer one question. Every rung is weighed by itself; no product of rungs is taken.

    ``indicators`` tie the sightings to whose machine was seen; without them sightings speak on the
    machine rung alone. ``draws`` is the number of Monte Carlo versions for the 90 % intervals,
    ``seed`` names their noise, ``told`` are the answers of persons to critical questions,
    ``tables`` those that the case changed, ``posited`` evidence that is only supposed. The answer
    does not depend on the order of any argument.

    Raises:
        TooLarge: a rung does not fit even with every origin split by fact; it names the remedy.
        ValueError: ``standards`` is empty.

    """
    if not standards:
        raise ValueError("no standard to judge by: give those of `standards_in_force`")
    given = tables or tables_of({})
    seen = tuple(sightings)
    origins = Origins((*sources, *(p.source for p in posited)), given.grade)
    ordered = tuple(sorted(claims, key=lambda c: c.id))
    held = holdings_of(indicators, seen)
    case = _Case(
        ordered, _sorted(tracing), seen, held, origins, tuple(standards), draws, seed, told, given
    )  # fmt: skip
    rungs = {rung: _rung(rung, case, posited) for rung in Rung}
    asked = rungs[question_rung]
    ladder = tuple(each.verdict for each in rungs.values())
    answer = Verdict(
        question=question_text,
        rung=question_rung,
        as_known_on=as_known_on,
        evidence_digest=evidence_digest,
        hypotheses=asked.verdict.hypotheses,
        ladder=ladder,
        weakest_rung=weakest(ladder),
        standards=asked.verdict.standards,
        confidence=asked.verdict.confidence or Confidence.LOW,
        confidence_because=asked.because,
        gaps=(*asked.verdict.gaps, *census_gap(question_rung, census)),
        origins=_origins(case, (each.hearing for each in rungs.values())),
    )
    return with_reliance(answer, case.claims, case.tracing)


def _sorted(tracing: Tracing) -> Tracing:
    return replace(
        tracing,
        tenancies=tuple(sorted(tracing.tenancies, key=lambda t: t.id)),
        conflicts=tuple(sorted(tracing.conflicts, key=lambda c: (c.asset, c.role, c.because))),
    )


def weakest(ladder: Sequence[RungVerdict]) -> Rung:
    """Give the rung with the lowest lower bound (none is lowest), then the fewest origins."""
    return min(ladder, key=lambda r: (r.p90[0] if r.p90 else -1.0, r.origins)).rung


def _rung(rung: Rung, case: _Case, posited: Sequence[Posited]) -> RungAnswer:
    if rung not in MODELLED:
        return _traced_rung(rung, case)
    asked = case.tables.questions[rung]
    heard = hear(asked, case.claims, case.tracing, case.holdings, case.origins)
    hearing = supposing(collapsed(heard, case.origins), asked, posited)
    return weigh_rung(
        asked,
        hearing,
        case.origins,
        case.standards,
        draws=case.draws,
        seed=case.seed,
        told=case.told,
    )


def _traced_rung(rung: Rung, case: _Case) -> RungAnswer:
    verdict = traced(
        rung,
        case.claims,
        case.tracing,
        case.sightings,
        holdings=case.holdings,
        origins=case.origins,
    )
    standards = tuple(
        StandardVerdict(each, Sufficiency.INSUFFICIENT, verdict.reasons) for each in case.standards
    )
    certain = verdict.verdict == "certain" and verdict.origins > 1
    level = Confidence.MODERATE if certain else Confidence.LOW
    origins = counted(verdict.origins, "independent origin")
    because = f"Confidence is {level}: {origins}, and no model on this rung."
    return RungAnswer(
        replace(verdict, standards=standards, confidence=level), because, Hearing((), ())
    )


def _origins(case: _Case, hearings: Iterable[Hearing]) -> tuple[OriginSummary, ...]:
    spoken: dict[str, list[Testimony]] = {}
    for hearing in hearings:
        for each in hearing.testimony:
            spoken.setdefault(each.origin, []).append(each)
    return tuple(_summary(case.origins, origin, said) for origin, said in sorted(spoken.items()))


def _summary(origins: Origins, origin: str, said: Sequence[Testimony]) -> OriginSummary:
    source = origins.sources.get(origin)
    return OriginSummary(
        id=origin,
        name=origins.name(origin),
        reliability=origins.letter(origin),
        graded=bool(source and source.reliability),
        reason=source.reason if source else "",
        claims=len({each.claim or each.tenancy or each.words for each in said}),
        reports=len({report for each in said for report in each.reports}),
    )
