"""One rung with a model: who leads, how sufficient, on which facts, and what would tell more."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ashiato.core.claims import Entity
from ashiato.core.weighing import (
    Confidence,
    FactWeight,
    Gap,
    Hypothesis,
    Reason,
    RungVerdict,
    Standard,
    StandardVerdict,
    Sufficiency,
    WithoutOrigin,
)
from ashiato.weigh import gaps
from ashiato.weigh.credibility import credibility
from ashiato.weigh.framing import fact_id, frame, proposition
from ashiato.weigh.ladder import NO_EVIDENCE
from ashiato.weigh.model import Answer, Fact, Sharing
from ashiato.weigh.questions import (
    Answered,
    FactTemplate,
    Missing,
    Question,
    amended,
    asked,
    undercut,
)
from ashiato.weigh.standards import ANALYTIC, confidence, judge
from ashiato.weigh.stress import stress
from ashiato.weigh.testimony import Hearing, Origins, Testimony, veiled
from ashiato.weigh.weighed import Proposition, Weighed, weigh_model
from ashiato.weigh.words import likelihood_word, percent

_SHOWN = 10
"""Facts are shown for so many candidates; all candidates stand among the hypotheses."""
_SPLIT = "So many origins speak that each was weighed by topic."


@dataclass(frozen=True, slots=True)
class RungAnswer:
    """A rung's verdict, with the sentence on confidence and what was heard."""

    verdict: RungVerdict
    because: str
    hearing: Hearing


@dataclass(frozen=True, slots=True)
class _Weighing:
    """One modelled rung, weighed: who leads, and the proposition that it is them."""

    question: Question
    hearing: Hearing
    weighed: Weighed
    leader: Entity
    claimed: Proposition
    origins: Origins
    told: Answered

    def template(self, fact: Fact) -> FactTemplate:
        """Give the template that a fact was made from."""
        return next(
            t for t in self.question.facts if fact.id.startswith(f"{self.question.rung}.{t.id}:")
        )

    def spoken(self, fact: str) -> tuple[Testimony, ...]:
        """Give what was heard on a fact."""
        return tuple(
            t
            for t in self.hearing.testimony
            if fact_id(self.question, t.fact, t.candidate.id) == fact
        )


def weigh_rung(
    question: Question,
    hearing: Hearing,
    origins: Origins,
    standards: Sequence[Standard],
    *,
    draws: int,
    seed: int,
    told: Answered = MappingProxyType({}),
) -> RungAnswer:
    """Weigh what was heard on one rung under every standard; ``told`` answers its questions.

    Raises:
        TooLarge: the rung does not fit even with every origin split by fact.

    """
    question = amended(question, told)
    model, leader = frame(question, hearing, origins, undercut(question, told))
    weighed = weigh_model(model, origins.grade, draws=draws, seed=seed)
    claimed = proposition(question, leader)
    weighing = _Weighing(question, hearing, weighed, leader, claimed, origins, told)
    return (_weighed if hearing.candidates else _unnamed)(weighing, standards)


def _unnamed(weighing: _Weighing, standards: Sequence[Standard]) -> RungAnswer:
    """Say that nobody is named on a rung, and which evidence would tell most."""
    rung = weighing.question.rung
    reason = Reason(
        "NO_EVIDENCE", rung.value, 0.0, 1.0, f"No claim names anybody on the rung {rung}."
    )
    verdict = RungVerdict(
        rung=rung,
        who="",
        p=None,
        p90=None,
        word=None,
        origins=0,
        verdict=NO_EVIDENCE,
        reasons=(reason,),
        standards=tuple(
            StandardVerdict(each, Sufficiency.INSUFFICIENT, (reason,)) for each in standards
        ),
        confidence=Confidence.LOW,
        gaps=tuple(_gaps(weighing, ())),
    )
    return RungAnswer(verdict, "Confidence is low: no claim names anybody.", weighing.hearing)


def _weighed(weighing: _Weighing, standards: Sequence[Standard]) -> RungAnswer:
    weighed, claimed = weighing.weighed, weighing.claimed
    rivals = [
        proposition(weighing.question, each)
        for each in weighing.hearing.candidates
        if each.id != weighing.leader.id
    ]
    names = {origin: weighing.origins.name(origin) for origin in weighed.model.origins}
    judged = tuple(judge(weighed, claimed, each, rivals, names=names) for each in standards)
    level, because = confidence(weighed, claimed, names)
    stands = next((j for j in judged if j.standard.name == ANALYTIC), judged[-1])
    p, p90 = weighed.p(claimed), weighed.p90(claimed)
    verdict = RungVerdict(
        rung=weighing.question.rung,
        who=weighing.leader.text,
        p=p,
        p90=p90,
        word=likelihood_word(p, p90),
        origins=len(_affirming(weighing)),
        verdict=stands.verdict.value,
        reasons=stands.reasons,
        standards=judged,
        confidence=level,
        hypotheses=_hypotheses(weighed),
        facts=tuple(_fact_weights(weighing)),
        without=tuple(
            WithoutOrigin(origin, weighed.p(claimed, without))
            for origin, without in weighed.without_origin.items()
        ),
        gaps=tuple(_gaps(weighing, judged)),
        claims=_ids(t.claim for t in weighing.hearing.testimony),
        tenancies=_ids(t.tenancy for t in weighing.hearing.testimony),
        stress=stress(weighed, claimed, weighed.grade.noise),
    )
    return RungAnswer(
        verdict, f"{because} {_head_count(weighed, claimed)}".strip(), weighing.hearing
    )


def _ids(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({each for each in ids if each}))


def _affirming(weighing: _Weighing) -> set[str]:
    """Give the independent origins behind the leader, on any fact of the rung."""
    about = {fact_id(weighing.question, t.id, weighing.leader.id) for t in weighing.question.facts}
    said = weighing.weighed.model.assertions
    return {each.origin for each in said if each.fact in about and each.affirms}


def _hypotheses(weighed: Weighed) -> tuple[Hypothesis, ...]:
    found = []
    for answer in _ranked(weighed):
        alone = Proposition(answer.label, frozenset({answer.id}), ())
        p, p90 = weighed.p(alone), weighed.p90(alone)
        word = likelihood_word(p, p90)
        against = weighed.against(answer.id)
        row = (answer.id, answer.label, answer.kind, p, p90, word, answer.prior, against)
        found.append(Hypothesis(*row))
    return tuple(found)


def _head_count(weighed: Weighed, claimed: Proposition) -> str:
    """Say what counting every report as a witness would read, and why it is not counted so."""
    said = weighed.model.assertions
    if not said:
        return ""
    reports = sum(len(each.reports) for each in said)
    origins = len(weighed.model.speaking())
    split = "" if weighed.model.sharing is Sharing.ORIGIN else f" {_SPLIT}"
    return (
        f"Counted as independent witnesses, its {counted(reports, 'report')} would make the figure"
        f" {percent(weighed.p(claimed, weighed.naive))} %; they carry"
        f" {counted(len(said), 'claim')} of {counted(origins, 'origin')}.{split}"
    )


def counted(count: int, noun: str) -> str:
    """Print a count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _fact_weights(weighing: _Weighing) -> Iterator[FactWeight]:
    """Give the facts about the leader, then those about the next candidates."""
    weighed = weighing.weighed
    order = [h.id for h in _ranked(weighed) if h.kind == "candidate"][:_SHOWN]
    for candidate in sorted(order, key=lambda c: c != weighing.leader.id):
        for template in weighing.question.facts:
            fact = weighed.model.fact(fact_id(weighing.question, template.id, candidate))
            spoken = weighing.spoken(fact.id)
            if spoken or fact.id in weighing.claimed.required:
                yield _fact_weight(weighing, fact, spoken)


def _ranked(weighed: Weighed) -> list[Answer]:
    p = dict(zip(weighed.model.answers, weighed.inference.posterior.tolist(), strict=True))
    return sorted(p, key=lambda answer: (-round(p[answer], 9), answer.id))


def _fact_weight(weighing: _Weighing, fact: Fact, spoken: Sequence[Testimony]) -> FactWeight:
    weighed = weighing.weighed
    weight = weighed.decibans(weighing.claimed, weighed.without_fact(fact.id)) if spoken else 0.0
    ids = (answer.id for answer in weighed.model.answers)
    return FactWeight(
        id=fact.id,
        label=fact.label,
        aspect=fact.aspect,
        required=fact.id in weighing.claimed.required,
        p=weighed.fact(fact.id),
        origins=weighed.model.affirming(fact.id),
        decibans=weight,
        likelihoods=dict(zip(ids, fact.likelihoods, strict=True)),
        claims=_ids(t.claim for t in spoken),
        items=tuple(sorted({veiled(t.words) for t in spoken if t.words})),
        diagnostic=weighed.diagnostic(fact.id),
        credibility=tuple(credibility(weighed, fact.id)),
        questions=asked(weighing.question.rung, weighing.template(fact), weighing.told),
    )


def _gaps(weighing: _Weighing, judged: Sequence[StandardVerdict]) -> Iterator[Gap]:
    """Rank evidence not yet held by its bits; what repeats a known origin is worth nothing."""
    found = [*_new(weighing, judged), *_repeated(weighing)]
    yield from sorted(found, key=lambda g: (-round(g.bits, 9), g.fact, g.evidence))


def _new(weighing: _Weighing, judged: Sequence[StandardVerdict]) -> Iterator[Gap]:
    for fact in weighing.weighed.model.facts:
        if fact.id.endswith(f":{weighing.leader.id}"):
            for missing in weighing.template(fact).missing:
                yield _gap(weighing, fact, missing, judged)


def _gap(
    weighing: _Weighing, fact: Fact, missing: Missing, judged: Sequence[StandardVerdict]
) -> Gap:
    weighed, claimed = weighing.weighed, weighing.claimed
    prospect = gaps.new_origin(weighed, fact.id, letter=missing.grade, basis=missing.basis)
    after = gaps.with_evidence(weighed.model, fact.id, letter=missing.grade, basis=missing.basis)
    return Gap(
        fact=fact.label,
        evidence=missing.evidence,
        bits=prospect.bits,
        rung=weighing.question.rung.value,
        holder=missing.holder,
        p_yes=prospect.p_yes,
        if_yes=weighed.p(claimed, prospect.if_yes),
        if_no=weighed.p(claimed, prospect.if_no),
        chances=tuple(gaps.chances(weighed, claimed, prospect, after, judged)),
        route=missing.way.route,
        retention_days=missing.way.retention_days,
        cost=missing.way.cost,
    )


def _repeated(weighing: _Weighing) -> Iterator[Gap]:
    said = weighing.weighed.model.assertions
    if said:
        most = max(said, key=lambda each: (len(each.reports), each.id))
        fact = weighing.weighed.model.fact(most.fact)
        origin = weighing.origins.name(most.origin)
        yield Gap(
            fact=fact.label,
            evidence=f"one more report that repeats {origin}: next to nothing, it is known already",
            bits=gaps.repeat(weighing.weighed, most).bits,
            rung=weighing.question.rung.value,
            holder="anybody",
        )
