"""From what was heard on a rung to a model: answers, priors, facts, assertions."""

from collections.abc import Collection, Iterable, Sequence

from ashiato.core.claims import Entity, EntityType
from ashiato.core.errors import TooLarge
from ashiato.weigh.engine import posterior, width
from ashiato.weigh.grades import Grades
from ashiato.weigh.model import Answer, Assertion, Fact, Model, Sharing, evidence_network
from ashiato.weigh.questions import FactTemplate, Priors, Question
from ashiato.weigh.testimony import Hearing, Origins, Testimony
from ashiato.weigh.weighed import Proposition

NONE = "none"
MAX_SHARED_CELLS = 5e4
"""Above this an origin's reliability is split by topic: the intervals would take too long."""

UNNAMED = Entity("unnamed", "an actor not yet named", EntityType.OTHER)
"""Stands in where nobody is named, so that it can be said what evidence would tell."""


def answers(
    question: Question,
    candidates: Sequence[Entity],
    imitated: Iterable[str],
    share: Priors,
    resold: Collection[str] = (),
) -> tuple[Answer, ...]:
    """Give the answers with their priors: the named share alike, to be named is no evidence.

    The world is open: "none of these" has the share of ``share.unnamed`` further candidates, and
    never starts below ``share.none_at_least``.
    """
    copied = [c for c in candidates if c.id in set(imitated)]
    sellers = [c for c in candidates if c.id in resold]
    rest = 1 - (share.imitator if copied else 0) - (share.resale if sellers else 0)
    none = max(share.none_at_least, rest * share.unnamed / (len(candidates) + share.unnamed))
    each = (rest - none) / len(candidates)
    return (
        *(Answer(c.id, c.text, "candidate", each) for c in candidates),
        *(
            Answer(
                f"imitator:{c.id}",
                question.imitator.format(who=c.text),
                "imitator",
                share.imitator / len(copied),
                c.id,
            )
            for c in copied
        ),
        *(
            Answer(
                f"resale:{c.id}",
                question.resale.format(who=c.text),
                "resale",
                share.resale / len(sellers),
                c.id,
            )
            for c in sellers
        ),
        Answer(NONE, "none of these", "none", none),
    )


def fact_id(question: Question, fact: str, candidate: str) -> str:
    """Name a fact of a rung about one candidate."""
    return f"{question.rung}.{fact}:{candidate}"


def _likelihood(
    fact: FactTemplate, candidate: Entity, answer: Answer, undercut: frozenset[str]
) -> float:
    if fact.id in undercut:
        return fact.likelihood["none"]
    if answer.id == candidate.id:
        return fact.likelihood["candidate"]
    if answer.imitates == candidate.id:
        return fact.likelihood[answer.kind]
    return fact.likelihood["none" if answer.kind == "none" else "other"]


def _facts(
    question: Question,
    candidates: Sequence[Entity],
    given: tuple[Answer, ...],
    undercut: frozenset[str],
) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            id=fact_id(question, fact.id, candidate.id),
            label=fact.label.format(who=candidate.text),
            aspect=fact.aspect,
            likelihoods=tuple(_likelihood(fact, candidate, answer, undercut) for answer in given),
            spoof_cost=fact.spoof,
        )
        for candidate in candidates
        for fact in question.facts
    )


def assertions(
    question: Question, testimony: Iterable[Testimony], grade: Grades
) -> tuple[Assertion, ...]:
    """Collapse testimony: one assertion for each fact, origin and side; its documents relay it.

    What one origin says on one fact in several wordings, at several times or of several machines is
    one content here, that the fact is so (or is not), and takes the best of its tables: an origin
    grows no stronger by speaking more. Each document counts once.
    """
    groups: dict[tuple[str, str, bool], list[Testimony]] = {}
    for each in testimony:
        if each.kappa > 0:
            fact = fact_id(question, each.fact, each.candidate.id)
            groups.setdefault((fact, each.origin, each.affirms), []).append(each)
    return tuple(
        _assertion(key, group, grade) for key, group in sorted(groups.items(), key=lambda g: g[0])
    )


def _assertion(key: tuple[str, str, bool], group: Sequence[Testimony], grade: Grades) -> Assertion:
    def strength(each: Testimony) -> tuple[float, str]:
        hit, false_alarm = grade.basis[each.basis]
        return each.kappa * (hit - false_alarm), each.basis

    fact, origin, affirms = key
    best = max(group, key=strength)
    reports = sorted({report for each in group for report in each.reports})
    side = "says" if affirms else "says not"
    name = f"{origin} {side} {fact}"
    return Assertion(name, fact, origin, best.basis, best.kappa, tuple(reports), affirms)


def frame(
    question: Question,
    hearing: Hearing,
    origins: Origins,
    undercut: frozenset[str] = frozenset(),
) -> tuple[Model, Entity]:
    """Build the model of a rung, and say who leads. The leader gets an imitator.

    Where the imitator costs the leader the lead, the next one gets an imitator too. Facts that are
    ``undercut`` are as probable under every answer.
    """
    candidates = hearing.candidates or (UNNAMED,)
    imitated: list[str] = []
    while True:
        model = _model(question, candidates, imitated, hearing, origins, undercut=undercut)
        leader = _leader(model, candidates, origins.grade)
        if leader.id in imitated:
            return model, leader
        imitated.append(leader.id)


def _model(
    question: Question,
    candidates: Sequence[Entity],
    imitated: Sequence[str],
    hearing: Hearing,
    origins: Origins,
    *,
    undercut: frozenset[str],
) -> Model:
    given = answers(question, candidates, imitated, question.share, hearing.resold)
    asserted = assertions(question, hearing.testimony, origins.grade)
    letters = {each.origin: origins.letter(each.origin) for each in asserted}
    facts = _facts(question, candidates, given, undercut)
    for sharing in Sharing:
        model = Model(given, facts, letters, asserted, sharing)
        try:
            width(*evidence_network(model, origins.grade), max_cells=MAX_SHARED_CELLS)
        except TooLarge:
            continue
        return model
    return model


def _leader(model: Model, candidates: Sequence[Entity], grade: Grades) -> Entity:
    weights = dict(
        zip(
            (answer.id for answer in model.answers),
            posterior(*evidence_network(model, grade)).tolist(),
            strict=True,
        )
    )
    # equal but for the last digits is equal: then the order of the ids decides
    return min(candidates, key=lambda c: (-round(weights[c.id], 9), c.id))


def proposition(question: Question, candidate: Entity) -> Proposition:
    """Give the proposition that one candidate is the answer, with its required elements."""
    required = tuple(
        fact_id(question, fact.id, candidate.id) for fact in question.facts if fact.required
    )
    return Proposition(candidate.text, frozenset({candidate.id}), required)
