"""Whether the answer stops where the evidence stops, and answers where it can."""

from dataclasses import dataclass

from ashiato.exercise.scoring.dossier import ANSWERED, Dossier, RungRow
from ashiato.exercise.scoring.matching import is_named, words
from ashiato.exercise.truth import Truth

ABSTAINED = frozenset({"no_coverage", "refused", "possible"})


@dataclass(frozen=True, slots=True)
class AbstentionScore:
    """Unanswerable questions left open, and answerable rungs answered rightly."""

    open_left: int
    open_asked: int
    answered_right: int
    answered_asked: int


def _is_answered(row: RungRow | None) -> bool:
    return row is not None and row.verdict in ANSWERED


def score_abstention(dossier: Dossier, truth: Truth) -> AbstentionScore:
    """Compare what was answered and left open with what the evidence can bear."""
    rows = {r.rung: r for r in dossier.rungs}
    told = {words(r.organisation): r.status for r in dossier.victims}
    open_rungs = [a for a in truth.answers if not a.answerable]
    rungs = [a for a in truth.answers if a.answerable]
    left = sum(not _is_answered(rows.get(a.rung)) for a in open_rungs)
    left += sum(told.get(words(b.organisation), "no_coverage") in ABSTAINED for b in truth.blind)
    right = sum(_is_answered(rows.get(a.rung)) and is_named(rows[a.rung].who, a.who) for a in rungs)
    return AbstentionScore(left, len(open_rungs) + len(truth.blind), right, len(rungs))
