"""Numbers, times and reasons as a person reads them; the fixed sentences are in ``prose.toml``.

Likelihood and confidence get a sentence each, never one together (ICD 203). The likelihood word is
the one that the weighing gave: none is chosen here.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from ashiato.core.time import Moment, UncertainInterval, format_instant
from ashiato.core.weighing import (
    Hypothesis,
    Reason,
    Reliance,
    Rung,
    RungVerdict,
    Standard,
    Verdict,
    WithoutOrigin,
)

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
NO_WORD = "cannot be estimated usefully"
SUSPECTED = frozenset({Rung.PERSON, Rung.GROUP, Rung.SPONSOR})
"""Rungs whose answers are people, or act through people: never named as more than suspected."""
_LEAST, _MOST = 1, 99
_DAY = timedelta(days=1)


@cache
def prose() -> Mapping[str, Any]:
    """Give the fixed sentences of the dossier."""
    text = files("ashiato.report").joinpath("prose.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrase(table: str, key: str) -> str:
    """Give the phrase for ``key``; an unknown key reads as itself, with spaces."""
    return str(prose()[table].get(key, key.replace("_", " ")))


def hundredths(p: float) -> int:
    """Give a probability in whole per cent, never 0 and never 100 (ICD 203)."""
    return min(_MOST, max(_LEAST, round(p * 100)))


def percent(p: float) -> str:
    """Print a probability, as in ``72 %``."""
    return f"{hundredths(p)}{SPACE}%"


def band(p90: tuple[float, float]) -> str:
    """Print an interval, as in ``50 to 84 %`` with a dash."""
    return f"{hundredths(p90[0])}{DASH}{hundredths(p90[1])}{SPACE}%"


def number(value: int) -> str:
    """Print a count with its thousands apart."""
    return f"{value:,}".replace(",", SPACE)


def counted(value: int, one: str, many: str = "") -> str:
    """Print a count with its noun."""
    return f"{number(value)}{SPACE}{one if value == 1 else many or one + 's'}"


def signed(value: float, unit: str) -> str:
    """Print a weight with its sign and one decimal."""
    rounded = round(value, 1)
    sign = MINUS if rounded < 0 else "+" if rounded > 0 else ""
    return f"{sign}{abs(rounded):.1f}{SPACE}{unit}"


def estimate(p: float, p90: tuple[float, float] | None, word: str | None) -> str:
    """Print word, number and interval together, always."""
    figures = percent(p) if p90 is None else f"{percent(p)}, 90{SPACE}% interval {band(p90)}"
    return f"{word or NO_WORD} ({figures})"


def leading(hypotheses: Sequence[Hypothesis]) -> Hypothesis | None:
    """Give the most probable hypothesis; equal ones by id."""
    return min(hypotheses, key=lambda h: (-h.p, h.id), default=None)


def fragility(rung: RungVerdict | None) -> WithoutOrigin | None:
    """Give the origin without which least remains of the rung's own answer (``who``)."""
    return min(rung.without, key=lambda w: (w.p, w.origin), default=None) if rung else None


def is_suspect(rung: Rung, answer: Hypothesis) -> bool:
    """Whether an answer names somebody who is suspected, and no more than that."""
    return rung in SUSPECTED and answer.kind == "candidate"


def likelihood_sentence(verdict: Verdict) -> str:
    """Say the likelihood of the leading answer, and nothing of confidence."""
    lead = leading(verdict.hypotheses)
    if lead is None:
        return phrase("empty", "hypotheses")
    mark = " (suspected)" if is_suspect(verdict.rung, lead) else ""
    named = foremost(verdict.hypotheses)
    said = f"{answer_name(lead)}{mark}: {estimate(lead.p, lead.p90, lead.word)}."
    return said if named in (lead, None) else f"{said} {named_sentence(verdict.rung, named)}"


def answer_name(answer: Hypothesis) -> str:
    """Name an answer for a headline: "none of these" says nothing where "these" come later."""
    return phrase("headline", "none") if answer.kind == "none" else answer.label


def foremost(hypotheses: Sequence[Hypothesis]) -> Hypothesis | None:
    """Give the most probable of those named."""
    return leading([h for h in hypotheses if h.kind == "candidate"])


def named_sentence(rung: Rung, named: Hypothesis | None) -> str:
    """Say the likelihood of the most probable of those named, where another answer leads."""
    if named is None:
        return ""
    mark = " (suspected)" if is_suspect(rung, named) else ""
    return f"Of those named, {named.label}{mark}: {estimate(named.p, named.p90, named.word)}."


def confidence_sentence(verdict: Verdict) -> str:
    """Say the analytic confidence and why, and nothing of likelihood."""
    because = verdict.confidence_because.strip().rstrip(".")
    if because.lower().startswith("confidence"):
        return f"{because}."
    head = f"Confidence is {verdict.confidence.value}"
    return f"{head}: {because}." if because else f"{head}."


def standard_name(standard: Standard) -> str:
    """Give a standard's name in words."""
    return phrase("standards", standard.name)


def standard_terms(standard: Standard) -> str:
    """Say what a standard asks for."""
    on = "estimate" if standard.on_point else "lower end of the interval"
    return (
        f"{on} at least {percent(standard.tau)}; "
        f"{counted(standard.n, 'independent origin')} for each required element; "
        f"{percent(standard.floor)} without any one origin; "
        f"each required element at least {percent(standard.eps)}"
    )


def _figure(value: float, unit: str) -> str:
    if unit == "share":
        return percent(value)
    return number(int(value)) if float(value).is_integer() else f"{value:.2f}"


def reason_sentence(reason: Reason) -> str:
    """Say why a standard is not met: on what, what was found, what is asked."""
    known: Mapping[str, str] = prose()["reasons"].get(reason.code, {})
    text = reason.text or known.get("text", "") or "The test that the code names was not passed."
    unit = known.get("unit", "count")
    figures = [
        f"{_figure(value, unit)} {what}"
        for value, what in ((reason.value, "found"), (reason.threshold, "required"))
        if value is not None
    ]
    return f"{text.rstrip('.')} ({', '.join(figures)})." if figures else f"{text.rstrip('.')}."


def rests_on_one(rung: RungVerdict) -> bool:
    """Whether a rung rests on a single origin."""
    return rung.origins == 1


def day(moment: datetime) -> str:
    """Print the day (UTC)."""
    return format_instant(moment)[:10]


def instant(moment: datetime) -> str:
    """Print an instant to the second, in UTC; a midnight as its day."""
    text = format_instant(moment)
    if text.endswith("T00:00:00Z"):
        return text[:10]
    return f"{text[:10]} {text[11:19]}{SPACE}UTC"


def bound(earliest: datetime | None, latest: datetime | None) -> str:
    """Print one uncertain bound; the whole of a day as that day."""
    if earliest is None:
        return "not known" if latest is None else f"by {instant(latest)}"
    if latest is None:
        return f"not before {instant(earliest)}"
    if latest - earliest <= _DAY and day(earliest) == day(latest - timedelta(microseconds=1)):
        return instant(earliest) if latest - earliest < _DAY else day(earliest)
    if latest == earliest:
        return instant(earliest)
    return f"between {instant(earliest)} and {instant(latest)}"


def span(interval: UncertainInterval) -> str:
    """Print an uncertain interval as its beginning and its end."""
    bounds = (interval.start_min, interval.start_max, interval.end_min, interval.end_max)
    if bounds == (None, None, None, None):
        return "time not known"
    if bounds[:2] == bounds[2:]:
        return bound(*bounds[:2])
    return f"from {bound(*bounds[:2])} until {bound(*bounds[2:])}"


def moment(window: Moment) -> str:
    """Print a moment: its day, its instant, or its window."""
    return bound(*window.ends)


def review_sentence(verdict: Verdict) -> str:
    """Say how much of an answer rests on claims that no person accepted, and what would remain."""
    asked = next((rung for rung in verdict.ladder if rung.rung is verdict.rung), None)
    review = asked.review if asked else verdict.review
    waiting = review.proposed + review.unsure
    if not review.claims:
        return "No claim bears this answer."
    if not waiting:
        return f"A person has accepted all {counted(review.claims, 'claim')} that bear this answer."
    unsure = f"; {number(review.unsure)} of them were left unsure" if review.unsure else ""
    share = f"{round(100 * review.unreviewed)}{SPACE}%"
    head = (
        f"No person has accepted {number(waiting)} of the {counted(review.claims, 'claim')} that "
        f"bear this answer ({share}){unsure}."
    )
    return f"{head} {_reviewed_only(verdict)}"


def _reviewed_only(verdict: Verdict) -> str:
    alone = verdict.reviewed_only
    if alone is None or not alone.who:
        return "On accepted claims alone there would be no answer."
    chance = "" if alone.p is None else f" {percent(alone.p)},"
    return f"On accepted claims alone: {alone.who},{chance} {alone.verdict}."


def review_by_rung(verdict: Verdict) -> str:
    """Say, in all and rung by rung, how many of the claims that bear it no person accepted."""
    if not verdict.review.claims:
        return ""
    rungs = [f"{r.rung.value} {_waiting(r.review)}" for r in verdict.ladder if r.review.claims]
    whole = f"Not accepted by a person: {_waiting(verdict.review)} claims in all"
    return f"{whole} ({', '.join(rungs)})" if rungs else whole


def _waiting(review: Reliance) -> str:
    return f"{number(review.proposed + review.unsure)} of {number(review.claims)}"
