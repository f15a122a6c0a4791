"""Probabilities against facts: log score and Brier for a question, forecasts for calibration."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

from ashiato.exercise.scoring.dossier import Dossier, HypothesisRow, RungRow
from ashiato.exercise.scoring.matching import is_named
from ashiato.exercise.scoring.transfers import is_true
from ashiato.exercise.truth import Answer, Truth

FLOOR = 1e-6
"""A log score is cut at this probability, so that one certain error does not hide all others."""
CANDIDATE = "candidate"
TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class ProbabilityScore:
    """The probability given to what is asked, whether it is so, log score and Brier (0 is best)."""

    p: float | None
    fact: bool
    log_score: float | None
    brier: float | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """A probability that the answer put its name to, and whether it came true.

    ``kind`` is the rung whose leading answer it is, or ``transfer``.
    """

    kind: str
    p: float
    right: bool


def log_loss(p: float, *, right: bool) -> float:
    """Give -ln of the probability of what happened (Good 1952)."""
    return -log(max(p if right else 1 - p, FLOOR))


def _row(dossier: Dossier, rung: str) -> RungRow | None:
    return next((r for r in dossier.rungs if r.rung == rung), None)


def _candidates(dossier: Dossier, rung: str) -> list[HypothesisRow]:
    """Give the answers that name somebody; a question that states no rung speaks to each."""
    return [h for h in dossier.hypotheses if h.kind == CANDIDATE and h.rung in {rung, ""}]


def _given(dossier: Dossier, answer: Answer) -> float | None:
    """Give the probability that the answer gives to ``answer.who``, read as kindly as possible."""
    row = _row(dossier, answer.rung)
    if row and is_named(row.who, answer.who):
        return row.p
    listed = [h.p for h in _candidates(dossier, answer.rung) if is_named(h.label, answer.who)]
    if listed:
        return max(listed)
    return 1 - row.p if row and row.p is not None else None


def score_probability(dossier: Dossier, truth: Truth, rung: str) -> ProbabilityScore:
    """Score what the answer gives to the truth's own question at ``rung``."""
    answer = next(a for a in truth.answers if a.rung == rung)
    p = _given(dossier, answer)
    if p is None:
        return ProbabilityScore(None, answer.fact, None, None)
    loss, brier = log_loss(p, right=answer.fact), (p - answer.fact) ** 2
    return ProbabilityScore(p, answer.fact, loss, brier)


def _leading(dossier: Dossier, rung: str) -> tuple[str, float] | None:
    """Give the most probable answer that names somebody."""
    listed = [(h.label, h.p) for h in _candidates(dossier, rung)]
    row = _row(dossier, rung)
    if row and row.who and row.p is not None:
        listed.append((row.who, row.p))
    return max(listed, key=lambda answer: (answer[1], answer[0]), default=None)


def forecasts(dossier: Dossier, truth: Truth) -> Iterator[Forecast]:
    """Give every probability that can be checked: leading answers of rungs, and hand-overs."""
    for answer in truth.answers:
        if leading := _leading(dossier, answer.rung):
            name, p = leading
            yield Forecast(answer.rung, p, is_named(name, answer.who) and answer.fact)
    for row in dossier.handovers:
        if row.p is not None:
            yield Forecast(TRANSFER, row.p, is_true(row, truth))
