"""Every figure of a score under one name, with one sentence on what it means.

The table, the page, the intervals and docs/results.md all go through this list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ashiato.exercise.scoring.claims import ClaimScore
from ashiato.exercise.scoring.found import Found, Rate, share
from ashiato.exercise.scoring.holders import HolderScore
from ashiato.exercise.scoring.personas import PersonaScore
from ashiato.exercise.scoring.score import Score

Unit = Literal["share", "count", "hours", "nats", "score"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: ``value`` is ``None`` where it has no basis, ``basis`` what it is a share of."""

    section: str
    name: str
    meaning: str
    unit: Unit
    value: float | None
    basis: int | None = None


def _shares(section: str, name: str, found: Found, meanings: tuple[str, str]) -> Iterator[Figure]:
    """Give precision and recall with the sentence on each."""
    told, real = found.right + found.wrong, found.right + found.missed
    yield Figure(section, f"{name} precision", meanings[0], "share", found.precision, told)
    yield Figure(section, f"{name} recall", meanings[1], "share", found.recall, real)


def _victims(score: Score) -> Iterator[Figure]:
    v, section = score.victims, "Victims"
    meanings = (
        "Share of the organisations told as hit or probable that were attacked.",
        "Share of the organisations attacked that were told as hit or probable.",
    )
    yield from _shares(section, "victims", v.counted, meanings)
    meaning = "Organisations told as only possible that were attacked; not counted above."
    yield Figure(section, "possible, attacked", meaning, "count", v.possible_right)
    meaning = "Organisations told as only possible that were not attacked; not counted above."
    yield Figure(section, "possible, not attacked", meaning, "count", v.possible_wrong)
    meaning = "Organisations with innocent contacts only that were told as attacked; 0 is best."
    yield Figure(section, "decoys counted", meaning, "count", v.decoys_counted)
    meaning = "Median hours between the first contact told and the first attack; 0 is best."
    yield Figure(section, "first seen error", meaning, "hours", v.first_seen_error_hours)


def _holder(section: str, when: str, score: HolderScore) -> Iterator[Figure]:
    name = f"{score.role.replace('_', ' ')}, {score.status}"
    if section != "Holders":
        name += ", around"
    meaning = f"Share right of the answers at this status to who held a server {when}."
    yield Figure(section, name, meaning, "share", score.accuracy, score.answered)
    meaning = "Share of those questions that have an answer at this status."
    yield Figure(section, f"{name}: answered", meaning, "share", score.coverage, score.asked)


def _holders(score: Score) -> Iterator[Figure]:
    for holder in score.holders:
        yield from _holder("Holders", "at the instant of an attack", holder)
    for holder in score.holders_around:
        yield from _holder(
            "Holders around attacks", "before it was passed on or after its lease", holder
        )


def _innocents(score: Score) -> Iterator[Figure]:
    i, section = score.innocents, "Innocents"
    what = "Innocents named as holder, operator or person behind the group's servers"
    yield Figure(
        section, "innocents, certain", f"{what}, as certain; must be 0.", "count", i.certain
    )
    meaning = f"{what}, as possible; 0 is best."
    yield Figure(section, "innocents, possible", meaning, "count", i.possible)
    meaning = f"{what}, in a conflict; 0 is best."
    yield Figure(section, "innocents, conflicting", meaning, "count", i.conflicting)
    meaning = "Innocent customers called one person with a renter; 0 is best."
    yield Figure(section, "innocents, tied", meaning, "count", i.same_as_renter)


def _bcubed_f1(personas: PersonaScore) -> float | None:
    precision, recall = personas.bcubed_precision, personas.bcubed_recall
    if precision is None or recall is None:
        return None
    return share(2 * precision * recall, precision + recall)


def _personas(score: Score) -> Iterator[Figure]:
    p, section = score.personas, "Personas"
    meanings = (
        "Share of the pairs of names called the same that are one person.",
        "Share of the pairs of names of one person that were called the same.",
    )
    yield from _shares(section, "persona pairs", p.pairs, meanings)
    meaning = "Share of a name's cluster that is really the same person, averaged over names."
    yield Figure(section, "persona B-cubed precision", meaning, "share", p.bcubed_precision)
    meaning = "Share of a person's names that stand in a name's cluster, averaged over names."
    yield Figure(section, "persona B-cubed recall", meaning, "share", p.bcubed_recall)
    meaning = "Harmonic mean of the two."
    yield Figure(section, "persona B-cubed F1", meaning, "share", _bcubed_f1(p))


def _transfers(score: Score) -> Iterator[Figure]:
    t, section = score.transfers, "Transfers"
    meanings = (
        "Share of the hand-overs told that were made, at about this time.",
        "Share of the accounts passed on whose hand-over was told at about its time.",
    )
    yield from _shares(section, "transfers", t.found, meanings)
    meaning = "Median hours from the middle of the window told to the true instant; 0 is best."
    yield Figure(section, "transfer time error", meaning, "hours", t.median_error_hours)


_LEVELS = {
    "trigger": "the same relation in overlapping words",
    "triple": "the same relation between the same two, by a shared content word each",
    "strict": "the same relation between the same two, with the right hedge, polarity and speaker",
}


def _rates(claims: ClaimScore) -> Iterator[tuple[str, str, Rate]]:
    found = "claims found by their trigger"
    yield "subject", f"Share of the {found} whose subject shares a content word.", claims.subject
    yield "object", f"Share of the {found} whose object shares a content word.", claims.object
    yield "speaker", f"Share of the {found} put into the right mouth.", claims.speaker
    yield "modality", f"Share of the {found} with the right hedge.", claims.modality
    yield "hedged modality", "The same among claims that their writer hedged.", claims.hedged
    yield "polarity", f"Share of the {found} rightly affirmed, negated or denied.", claims.polarity
    yield (
        "origin",
        f"Share of the {found} put down to where the knowledge came from.",
        claims.origin,
    )


def _claims(score: Score) -> Iterator[Figure]:
    claims, section = score.claims, "Claims"
    for level, agreed in _LEVELS.items():
        found = getattr(claims, level) if claims else Found.of(0, 0, 0)
        name = f"claims, {level}"
        meanings = (
            f"Share of the claims read that were written: {agreed}.",
            f"Share of the claims written that were read: {agreed}.",
        )
        yield from _shares(section, name, found, meanings)
        meaning = "Harmonic mean of precision and recall at this level."
        yield Figure(section, f"{name} F1", meaning, "share", found.f1)
    none = Rate.of(())
    blank = ClaimScore(*(Found.of(0, 0, 0),) * 3, *(none,) * 7)
    for name, meaning, rate in _rates(claims or blank):
        yield Figure(section, f"claims, {name}", meaning, "share", rate.share, rate.asked)
    meaning = "Share of all claims from documents put down to some true origin of their document."
    yield Figure(section, "origins", meaning, "share", score.origins_right)


def _probabilities(score: Score) -> Iterator[Figure]:
    for name, given in (("group", score.group), ("sponsor", score.sponsor)):
        meaning = f"Probability given to the {name} asked about, whether or not it is so."
        yield Figure("Probabilities", f"{name} probability", meaning, "score", given.p)
        meaning = "-ln of the probability given to the fact; 0 is best, 0.693 is a coin."
        yield Figure("Probabilities", f"{name} log score", meaning, "nats", given.log_score)
        meaning = "Squared distance of the probability from the fact; 0 is best, 0.25 is a coin."
        yield Figure("Probabilities", f"{name} Brier", meaning, "score", given.brier)


def _restraint(score: Score) -> Iterator[Figure]:
    a, section = score.abstention, "Restraint"
    left, right = share(a.open_left, a.open_asked), share(a.answered_right, a.answered_asked)
    meaning = "Share of the questions that the evidence cannot answer which were left open."
    yield Figure(section, "left open rightly", meaning, "share", left, a.open_asked)
    meaning = "Share of the rungs that the evidence can bear, answered with the right name."
    yield Figure(section, "answered rightly", meaning, "share", right, a.answered_asked)
    agrees = float(score.weakest_rung_agrees)
    meaning = "Whether the rung called weakest is the one that the evidence bears least."
    yield Figure(section, "weakest rung", meaning, "share", agrees, 1)


def figures(score: Score) -> tuple[Figure, ...]:
    """Give every figure of a score; all scores give the same names in the same order."""
    return (
        *_victims(score),
        *_holders(score),
        *_innocents(score),
        *_personas(score),
        *_transfers(score),
        *_claims(score),
        *_probabilities(score),
        *_restraint(score),
    )


def show(value: float | None, unit: Unit, *, places: int = 3) -> str:
    """Write a value: shares with ``places`` decimals, hours with one."""
    if value is None:
        return "-"
    if unit == "count":
        return f"{value:.4g}"
    return f"{value:.1f}" if unit == "hours" else f"{value:.{places}f}"
