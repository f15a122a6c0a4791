"""What the case holds on one rung: who speaks to which fact about whom, in which way.

Nothing is counted here. Denials, hypotheses, norms and resemblance are kept with the reason why
they weigh nothing; claims on excluded grounds (see the pack ``questions``) do not even name a
candidate.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ashiato.core.claims import ORIGIN_BY_A_PERSON, Basis, Claim, Entity, Modality, Polarity, counts
from ashiato.core.masking import mask_text, mask_value
from ashiato.core.records import Indicator, Sighting, SightingStatus
from ashiato.core.sources import Source
from ashiato.core.tenancy import Tenancy, TenancyBasis, TenancyStatus, Tracing
from ashiato.core.time import ALWAYS_POSSIBLE
from ashiato.weigh.grades import Grades, grades
from ashiato.weigh.questions import FactTemplate, Question, excluded

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
Holdings = Sequence[tuple[Indicator, SightingStatus]]


@dataclass(frozen=True, slots=True)
class Testimony:
    """One origin speaks to one fact about one candidate; ``kappa`` 0 weighs nothing.

    ``reports`` are the documents (exhibits) that carry it. ``claim`` or ``tenancy`` is the id of
    what it was taken from, ``words`` says it for a person where it is no claim or weighs nothing,
    or counts with another origin. ``quote`` is the sentence; ``settled``: a person named its
    origin.
    """

    candidate: Entity
    fact: str
    origin: str
    basis: Basis
    kappa: float
    affirms: bool
    reports: frozenset[str]
    claim: str = ""
    tenancy: str = ""
    words: str = ""
    said_at: datetime | None = None
    quote: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything on one rung: who is named, and what is said about them.

    ``resold`` are the ids of candidates who are said to have passed machines or accounts on.
    """

    candidates: tuple[Entity, ...]
    testimony: tuple[Testimony, ...]
    resold: frozenset[str] = frozenset()


class Origins:
    """Origins as the case knows them: a voice that a source is declared for is that source."""

    def __init__(self, sources: Iterable[Source], grade: Grades) -> None:
        self.sources = {source.id: source for source in sources}
        self._names = {_folded(source.name): source.id for source in self.sources.values()}
        self.grade = grade

    @classmethod
    def of_sources(cls, sources: Iterable[Source]) -> "Origins":
        """Build them with the tables of the pack, where only their names matter."""
        return cls(sources, grades())

    def of(self, claim: Claim) -> str:
        """Name the origin of a claim; where the document gives none, its speaker."""
        for voice in (claim.origin, claim.speaker):
            if voice.id in self.sources:
                return voice.id
            declared = self._names.get(_folded(voice.text))
            if declared or voice.id:
                return declared or voice.id
        return "unattributed"

    def relays(self, origin: str) -> bool:
        """Whether it is an outlet, which passes on what others found out."""
        return self.kind(origin) in self.grade.repeats.passes_on

    def copies(self, origin: str) -> bool:
        """Whether it may have copied the text of another."""
        return self.kind(origin) in self.grade.repeats.copies

    def kind(self, origin: str) -> str:
        """Give the kind of a declared source; of others nothing."""
        source = self.sources.get(origin)
        return "" if source is None else source.kind

    def letter(self, origin: str) -> str:
        """Give the origin's letter; who was not graded starts low."""
        source = self.sources.get(origin)
        return (source.reliability if source else None) or self.grade.ungraded

    def name(self, origin: str) -> str:
        """Give the origin's name."""
        return self.sources[origin].name if origin in self.sources else origin


def _folded(name: str) -> str:
    return " ".join(name.casefold().split()).removeprefix("the ")


def hear(
    question: Question,
    claims: Iterable[Claim],
    tracing: Tracing,
    holdings: Holdings,
    origins: Origins,
) -> Hearing:
    """Collect what speaks on a rung. Names stay apart: no alias is followed, nobody is merged."""
    grade = origins.grade
    claims = tuple(claims)
    named: dict[str, list[Entity]] = {}
    spoken: list[Testimony] = []
    for claim in claims:
        if not counts(claim) or excluded().covers(claim.proposition):
            continue
        for entity in _nominated(question, claim):
            named.setdefault(entity.id, []).append(entity)
        found = _spoken(question, claim, origins)
        if found is not None:
            spoken.append(found)
            if _names(claim, grade):
                named.setdefault(found.candidate.id, []).append(found.candidate)
    for found in (
        *_held(question, tracing.tenancies, origins),
        *_seen(question, tracing, holdings, origins),
    ):
        spoken.append(found)
        named.setdefault(found.candidate.id, []).append(found.candidate)
    candidates = tuple(min(entities) for _, entities in sorted(named.items()))
    about = [each for each in spoken if each.candidate.id in named]
    passed = _resold(question, claims, tracing) & named.keys()
    return Hearing(candidates, tuple(sorted(about, key=_content)), passed)


def _resold(question: Question, claims: Iterable[Claim], tracing: Tracing) -> frozenset[str]:
    """Give who is said to have passed something on; asked only on a rung that has the rival."""
    if not question.resale:
        return frozenset()
    told = (
        c.proposition.subject.id
        for c in claims
        if counts(c)
        and c.polarity is Polarity.AFFIRMED
        and c.proposition.subject
        and c.proposition.predicate in question.passes_on
    )
    gave = (h.from_party.id for h in tracing.handovers if h.from_party)
    return frozenset((*told, *gave))


def _content(each: Testimony) -> tuple[str, ...]:
    return (each.candidate.id, each.fact, each.origin, each.claim, each.tenancy, each.words)


def _names(claim: Claim, grade: Grades) -> bool:
    """Whether a claim puts its subject forward: said of somebody, or denied by somebody accused."""
    return claim.polarity is not Polarity.NEGATED and weight_of(claim, grade) > 0


def weight_of(claim: Claim, grade: Grades) -> float:
    """Give what its hedge leaves of a claim (kappa); what may come or ought to be is no report."""
    if claim.modality is Modality.POSSIBLE and _is_future(claim):
        return 0.0
    return grade.hedge[claim.modality]


def _is_future(claim: Claim) -> bool:
    begins = claim.proposition.valid.start_min
    return begins is not None and claim.said_at is not None and begins > claim.said_at


def _nominated(question: Question, claim: Claim) -> Iterator[Entity]:
    if claim.polarity is Polarity.AFFIRMED:
        for rule in question.nominates:
            entity = rule.candidate(claim.proposition)
            if entity is not None:
                yield entity


def _spoken(question: Question, claim: Claim, origins: Origins) -> Testimony | None:
    """Give what a claim says on the first fact that takes it."""
    for fact in question.facts:
        for rule in fact.speaks:
            candidate = rule.candidate(claim.proposition)
            if candidate is not None:
                return _testimony(claim, candidate, fact, origins.of(claim), origins.grade)
    return None


def _testimony(
    claim: Claim, candidate: Entity, fact: FactTemplate, origin: str, grade: Grades
) -> Testimony:
    kappa, words = weight_of(claim, grade), ""
    if claim.polarity is Polarity.DENIED:
        kappa, words = 0.0, f"denied by {claim.speaker.text or origin}: weighs 0.0 dB"
    elif excluded().resembles(claim):
        kappa, words = 0.0, "resemblance names a candidate and weighs nothing"
    elif kappa == 0:
        words = f"{claim.modality.value}: no report of what was, weighs nothing"
    return Testimony(
        candidate=candidate,
        fact=fact.id,
        origin=origin,
        basis=claim.basis,
        kappa=kappa,
        affirms=claim.polarity is Polarity.AFFIRMED,
        reports=frozenset(c.exhibit for c in claim.citations) or frozenset({claim.id}),
        claim=claim.id,
        words=words,
        said_at=claim.said_at,
        quote=claim.citations[0].quote if claim.citations else "",
        settled=claim.method == ORIGIN_BY_A_PERSON,
    )


def _held(
    question: Question, tenancies: Iterable[Tenancy], origins: Origins
) -> Iterator[Testimony]:
    """Give the tenancies that rest on records alone; those made from claims have spoken already."""
    for tenancy in tenancies:
        fact = next((f for f in question.facts if tenancy.role in f.tenancies), None)
        if fact is None or tenancy.parents or not question.may_be(tenancy.party):
            continue
        certain = tenancy.status is TenancyStatus.CERTAIN
        modality = Modality.STATED if certain else Modality.POSSIBLE
        inferred = tenancy.basis is TenancyBasis.INFERRED
        for origin in tenancy.origins:
            yield Testimony(
                candidate=tenancy.party,
                fact=fact.id,
                origin=origin,
                basis=Basis.INFERENCE if inferred else Basis.RECORD,
                kappa=origins.grade.hedge[modality],
                affirms=True,
                reports=frozenset(c.exhibit for c in tenancy.citations) or frozenset({tenancy.id}),
                tenancy=tenancy.id,
                words=f"{tenancy.role.value} of {tenancy.asset.text} ({tenancy.status.value})",
            )


def _seen(
    question: Question, tracing: Tracing, holdings: Holdings, origins: Origins
) -> Iterator[Testimony]:
    """Give one testimony for each indicator that was seen, however many organisations saw it.

    What they saw is one thing: the holder's machine at work. That it was the candidate's machine
    rests on the origins of the indicator, and counts as the word of the first of them alone.
    """
    parties = {t.party.id: t.party for t in tracing.tenancies}
    for fact in question.facts:
        for indicator, status in holdings if fact.sightings else ():
            party = parties.get(indicator.party or "")
            if party is None or not question.may_be(party):
                continue
            certain = status is SightingStatus.CERTAIN
            modality = Modality.OBSERVED if certain else Modality.POSSIBLE
            yield Testimony(
                candidate=party,
                fact=fact.id,
                origin=min(indicator.origins, default=f"indicator {indicator.observable.value}"),
                basis=Basis.RECORD,
                kappa=origins.grade.hedge[modality],
                affirms=True,
                reports=frozenset({"sightings"}),
                words=f"{indicator.observable.value} was seen inside its window ({status.value})",
            )


def _bare(sighting: Sighting) -> Indicator:
    return Indicator(
        id=sighting.indicator,
        observable=sighting.observable,
        window=ALWAYS_POSSIBLE,
        reason=sighting.reason,
        citations=(sighting.citation,),
    )


def holdings_of(indicators: Iterable[Indicator], sightings: Iterable[Sighting]) -> Holdings:
    """Give each indicator that was seen inside its window, once, with its best status.

    A sighting whose indicator was not handed in still shows that its observable was seen.
    """
    known: dict[str, Indicator] = {each.id: each for each in indicators}
    best: dict[str, SightingStatus] = {}
    for sighting in sightings:
        if sighting.status is SightingStatus.EXCLUDED:
            continue
        known.setdefault(sighting.indicator, _bare(sighting))
        if best.get(sighting.indicator) is not SightingStatus.CERTAIN:
            best[sighting.indicator] = sighting.status
    return [(known[i], status) for i, status in sorted(best.items())]


def veiled(text: str) -> str:
    """Mask cards, phones and e-mail addresses in words that are printed."""
    return _EMAIL.sub(lambda found: mask_value("email", found.group()), mask_text(text))
