"""Whether probabilities mean what they say: reliability by bins, ECE, Brier and log score.

Of the answers given with 0.7 about seven in ten should be right. Expected calibration error after
Naeini, Cooper and Hauskrecht 2015: the gap between probability and frequency, weighted by bin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ashiato.exercise.scoring.beliefs import Forecast, log_loss

BINS = 10
Z95 = 1.96
_ALIKE = 1e-9
"""Resamples that differ by no more than this are alike, and tell of no spread."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """The forecasts between two probabilities: how many, their mean, the share that came true.

    ``low`` and ``high`` are Wilson's 95 % interval of that share (1927).
    """

    count: int
    p: float
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well the forecasts of one kind came true."""

    solver: str
    kind: str
    forecasts: int
    ece: float
    ece95: tuple[float, float] | None
    brier: float
    log_score: float
    bins: tuple[Bin, ...]


def wilson(right: int, count: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (Wilson 1927), which holds for few cases too."""
    p, square = right / count, Z95 * Z95 / count
    middle = (p + square / 2) / (1 + square)
    half = Z95 * sqrt(p * (1 - p) / count + square / (4 * count)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def _bin_of(p: float) -> int:
    return min(BINS - 1, int(p * BINS))


def _bins(forecasts: Sequence[Forecast]) -> tuple[Bin, ...]:
    binned: dict[int, list[Forecast]] = {}
    for forecast in forecasts:
        binned.setdefault(_bin_of(forecast.p), []).append(forecast)
    return tuple(_bin(binned[place]) for place in sorted(binned))


def _bin(forecasts: Sequence[Forecast]) -> Bin:
    count, right = len(forecasts), sum(f.right for f in forecasts)
    mean = sum(f.p for f in forecasts) / count
    return Bin(count, mean, right / count, *wilson(right, count))


def expected_error(forecasts: Sequence[Forecast]) -> float:
    """Give the mean gap between probability and frequency, over the bins by their size."""
    bins = _bins(forecasts)
    return sum(b.count * abs(b.p - b.share) for b in bins) / len(forecasts)


def _interval(exercises: Sequence[Sequence[Forecast]], draws: Floats) -> tuple[float, float] | None:
    """Bootstrap the ECE over exercises: forecasts of one exercise stand or fall together."""
    place = np.array([_bin_of(f.p) for own in exercises for f in own])
    gap = np.array([f.p - f.right for own in exercises for f in own])
    owner = np.array([i for i, own in enumerate(exercises) for _ in own])
    in_bin = np.zeros((len(place), BINS))
    in_bin[np.arange(len(place)), place] = gap
    errors = np.abs(draws[:, owner] @ in_bin).sum(axis=1) / draws[:, owner].sum(axis=1)
    low, high = np.quantile(errors, (0.025, 0.975))
    return (float(low), float(high)) if high - low > _ALIKE else None


def calibrate(
    solver: str, kind: str, exercises: Sequence[Sequence[Forecast]], draws: Floats | None = None
) -> Calibration:
    """Sum up the forecasts of ``exercises`` (those without any left out).

    ``draws`` holds how often each exercise is in each resample; without it there is no interval.
    A sample's ECE lies above the true one, the more the fewer forecasts there are.
    """
    every = [f for own in exercises for f in own]
    return Calibration(
        solver=solver,
        kind=kind,
        forecasts=len(every),
        ece=expected_error(every),
        ece95=None if draws is None else _interval(exercises, draws),
        brier=sum((f.p - f.right) ** 2 for f in every) / len(every),
        log_score=sum(log_loss(f.p, right=f.right) for f in every) / len(every),
        bins=_bins(every),
    )
