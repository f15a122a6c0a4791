"""Many exercises summed up: means with 95 % bootstrap intervals, and calibration."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng

from ashiato.exercise.scoring.calibration import Calibration, Floats, calibrate
from ashiato.exercise.scoring.figures import Unit, figures, show
from ashiato.exercise.scoring.score import WHOLE, Score

RESAMPLES = 2_000
SEED = 2_016
FEWEST = 3
"""Below so many exercises a bootstrap interval would only pretend."""
EVERY = "all"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure's mean over the exercises where it has a basis, with its 95 % interval.

    ``interval`` is ``None`` where there are too few exercises for one, or where all gave the same
    number: resampling equals says nothing of how an unequal one would look.
    """

    section: str
    name: str
    meaning: str
    unit: Unit
    mean: float | None
    interval: tuple[float, float] | None
    exercises: int


@dataclass(frozen=True, slots=True)
class Column:
    """One solver on the exercises of one level and ablation."""

    solver: str
    level: str
    ablation: str
    exercises: int
    estimates: tuple[Estimate, ...]

    def of(self, name: str) -> Estimate:
        """Give the estimate of a figure."""
        return next(e for e in self.estimates if e.name == name)


@dataclass(frozen=True, slots=True)
class Summary:
    """All columns, by level, ablation and solver, and each solver's calibration over all levels.

    Calibration is that of whole exercises, where there are any.
    """

    columns: tuple[Column, ...]
    calibrations: tuple[Calibration, ...]

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """Give each level and ablation that was measured, whole exercises first."""
        return tuple(dict.fromkeys((c.level, c.ablation) for c in self.columns))

    def at(self, group: tuple[str, str]) -> tuple[Column, ...]:
        """Give the solvers' columns of one level and ablation."""
        return tuple(c for c in self.columns if (c.level, c.ablation) == group)


def _draws(rng: Generator, exercises: int) -> Floats:
    """Draw how often each exercise stands in each resample."""
    even = np.full(exercises, 1 / exercises)
    return rng.multinomial(exercises, even, size=RESAMPLES).astype(np.float64)


def _interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Bootstrap the mean (Efron 1979); equal sizes get equal draws, so solvers are paired."""
    if len(values) < FEWEST or len(set(values)) == 1:
        return None
    draws = _draws(default_rng([SEED, len(values)]), len(values))
    means = draws @ np.array(values) / len(values)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def _estimates(scores: Sequence[Score]) -> Iterable[Estimate]:
    for row in zip(*map(figures, scores), strict=True):
        head, values = row[0], [f.value for f in row if f.value is not None]
        mean = sum(values) / len(values) if values else None
        yield Estimate(
            head.section,
            head.name,
            head.meaning,
            head.unit,
            mean,
            _interval(values),
            len(values),
        )


def _columns(scores: Sequence[Score], solvers: Sequence[str]) -> Iterable[Column]:
    groups = {(s.level, s.ablation != WHOLE, s.ablation) for s in scores}
    for level, _, ablation in sorted(groups):
        for solver in solvers:
            own = [
                s for s in scores if (s.solver, s.level, s.ablation) == (solver, level, ablation)
            ]
            if own:
                yield Column(solver, level, ablation, len(own), tuple(_estimates(own)))


def _calibrations(scores: Sequence[Score], solver: str) -> Iterable[Calibration]:
    own = [s.forecasts for s in scores if s.solver == solver]
    kinds = sorted({f.kind for forecasts in own for f in forecasts})
    for kind in (EVERY, *kinds):
        picked = [[f for f in forecasts if kind in {EVERY, f.kind}] for forecasts in own]
        held = [forecasts for forecasts in picked if forecasts]
        if held:
            enough = len(held) >= FEWEST
            draws = _draws(default_rng([SEED, len(held)]), len(held)) if enough else None
            yield calibrate(solver, kind, held, draws)


def summarise(scores: Iterable[Score]) -> Summary:
    """Sum up scores of many exercises; in which order the exercises come does not matter.

    Each exercise weighs the same. Solvers keep the order in which they first appear.
    """
    given = list(scores)
    solvers = list(dict.fromkeys(s.solver for s in given))
    ordered = sorted(given, key=lambda s: (s.level, s.ablation, s.seed, solvers.index(s.solver)))
    # ablations repeat the same investigations: counted again they would only look like more
    whole = [s for s in ordered if s.ablation == WHOLE] or ordered
    return Summary(
        tuple(_columns(ordered, solvers)),
        tuple(c for solver in solvers for c in _calibrations(whole, solver)),
    )


def group_name(group: tuple[str, str]) -> str:
    """Name a level and ablation in words."""
    level, ablation = group
    parts = [f"level {level}" if level else "", f"({ablation})" if ablation != WHOLE else ""]
    return " ".join(part.replace("_", " ") for part in parts if part) or "whole exercises"


def interval_text(estimate: Estimate, *, places: int = 3) -> str:
    """Write the interval of an estimate; empty where there are too few exercises for one."""
    if estimate.interval is None:
        return "all alike" if estimate.exercises >= FEWEST else ""
    low, high = (show(bound, estimate.unit, places=places) for bound in estimate.interval)
    return f"{low} to {high}"


def is_told(row: Sequence[Estimate]) -> bool:
    """Whether a row says something: that nothing was answered at a status does not."""
    return any(e.mean for e in row) or (
        not row[0].name.endswith(": answered") and any(e.mean is not None for e in row)
    )
