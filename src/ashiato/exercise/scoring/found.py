"""Counts of right, wrong and missed, and the shares that follow from them."""

from collections.abc import Collection
from dataclasses import dataclass


def share(part: float, total: float) -> float | None:
    """Give a part of a whole; ``None`` where there is no whole."""
    return part / total if total else None


def mean(values: Collection[float]) -> float | None:
    """Give the average; ``None`` of nothing."""
    return share(sum(values), len(values))


@dataclass(frozen=True, slots=True)
class Found:
    """Precision, recall and F1 of a set, with their counts; ``None`` where nothing counts."""

    precision: float | None
    recall: float | None
    right: int
    wrong: int
    missed: int
    f1: float | None

    @classmethod
    def of(cls, right: int, wrong: int, missed: int) -> "Found":
        """Build from counts."""
        precision, recall = share(right, right + wrong), share(right, right + missed)
        f1 = share(2 * right, 2 * right + wrong + missed)
        return cls(precision, recall, right, wrong, missed, f1)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the questions asked were answered rightly; ``share`` is ``None`` of none."""

    share: float | None
    right: int
    asked: int

    @classmethod
    def of(cls, verdicts: Collection[bool]) -> "Rate":
        """Build from the verdict on each question."""
        return cls(share(sum(verdicts), len(verdicts)), sum(verdicts), len(verdicts))
