"""Numbers into ICD 203 words. Likelihood and confidence never share a sentence; no 0, no 100 %."""

from dataclasses import dataclass
from functools import cache

from ashiato.core.weighing import Hypothesis
from ashiato.knowledge import load


@dataclass(frozen=True, slots=True)
class Bin:
    """One step of the scale: ``[low, high)``, its word in each row, its midpoint."""

    word: str
    second_row: str
    low: float
    high: float
    point: float


@cache
def scale() -> tuple[Bin, ...]:
    """Give the seven bins of ICD 203 in rising order."""
    return tuple(
        Bin(w["row1"], w["row2"], w["low"], w["high"], w["point"])
        for w in load("estimative")["words"]
    )


@cache
def _setting(name: str) -> tuple[float, ...]:
    value = load("estimative")[name]
    return tuple(value) if isinstance(value, list) else (value,)


def point(word: str) -> float:
    """Give the probability that a word of either row stands for: the midpoint of its bin.

    Raises:
        KeyError: no such word on the scale.

    """
    for each in scale():
        if word in (each.word, each.second_row):
            return each.point
    raise KeyError(f"{word!r} is no estimative word")


def bin_of(p: float) -> int:
    """Give the index of the bin that holds ``p``; beyond the ends, the outer bins."""
    return sum(p >= each.low for each in scale()[1:])


def likelihood_word(p: float, p90: tuple[float, float]) -> str | None:
    """Give the word of the point, or ``None`` where the interval covers four bins or more."""
    covered = bin_of(p90[1]) - bin_of(p90[0]) + 1
    return None if covered >= _setting("useless_from")[0] else scale()[bin_of(p)].word


def percent(p: float) -> int:
    """Give whole per cent, clipped to 1-99."""
    low, high = _setting("clip")
    return round(100 * min(max(p, low), high))


def likelihood_sentence(answer: Hypothesis) -> str:
    """Say how likely an answer is: word, number and interval together; the span where wide."""
    low, high = (percent(bound) for bound in answer.p90)
    figures = f"{percent(answer.p)} %, {low}-{high} %"
    if answer.word is None:
        return f"{answer.label}: cannot be estimated usefully ({figures})."
    first, last = (scale()[bin_of(bound)].word for bound in answer.p90)
    span = "" if first == last else f": {first} to {last}"
    return f"{answer.label}: {answer.word} ({figures}{span})."
