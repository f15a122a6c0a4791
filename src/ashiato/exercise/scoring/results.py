"""The results page in Markdown: each number with its interval, the baseline and its sentence."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ashiato.exercise.scoring.calibration import Calibration
from ashiato.exercise.scoring.figures import show
from ashiato.exercise.scoring.score import WHOLE
from ashiato.exercise.scoring.summary import (
    Column,
    Estimate,
    Summary,
    group_name,
    interval_text,
    is_told,
)

ABLATED = (
    "victims precision",
    "victims recall",
    "first seen error",
    "registrant, certain",
    "credential holder, certain",
    "credential holder, certain: answered",
    "innocents, certain",
    "persona pairs recall",
    "transfers recall",
    "group Brier",
    "sponsor Brier",
    "left open rightly",
)

_FORECASTS = """\
Forecasts are the most probable answer of each rung that has a probability, and each hand-over with
one, in whole exercises. ECE is the gap between the probability given and the share that came true,
averaged over ten bins by their size; 0 is best, and few forecasts make it larger than it is. Brier
and log score as above. The lower tables have the bins; brackets there are Wilson's 95 % intervals.
"""


def _rule(columns: int) -> str:
    return "|" + "---|" * columns


def _cells(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def shown(estimate: Estimate) -> str:
    """Write a mean with its interval in brackets."""
    spread, value = interval_text(estimate), show(estimate.mean, estimate.unit)
    return f"{value} [{spread}]" if spread else value


def _group(columns: Sequence[Column]) -> Iterator[str]:
    rows = [r for r in zip(*(c.estimates for c in columns), strict=True) if is_told(r)]
    for section, own in groupby(rows, key=lambda row: row[0].section):
        yield f"\n**{section}**\n"
        yield _cells(["figure", *(c.solver for c in columns), "what it means"])
        yield _rule(len(columns) + 2)
        for row in own:
            yield _cells([row[0].name, *map(shown, row), row[0].meaning])


def _calibrations(calibrations: Iterable[Calibration]) -> Iterator[str]:
    yield _cells(["solver", "forecasts of", "n", "ECE", "Brier", "log score"])
    yield _rule(6)
    for c in calibrations:
        spread = f" [{c.ece95[0]:.3f} to {c.ece95[1]:.3f}]" if c.ece95 else ""
        error = f"{c.ece:.3f}{spread}"
        scores = (f"{c.brier:.3f}", f"{c.log_score:.3f}")
        yield _cells([c.solver, c.kind, str(c.forecasts), error, *scores])


def _reliability(calibration: Calibration) -> Iterator[str]:
    yield _cells(["solver", "probability given", "n", "share that came true"])
    yield _rule(4)
    for b in calibration.bins:
        share = f"{b.share:.3f} [{b.low:.3f} to {b.high:.3f}]"
        yield _cells([calibration.solver, f"{b.p:.3f}", str(b.count), share])


def _ablations(summary: Summary) -> Iterator[str]:
    ours = [summary.at(group)[0] for group in summary.groups]
    if all(c.ablation == WHOLE for c in ours):
        return
    yield "\n## Ablations\n"
    yield f"What {ours[0].solver} loses where evidence is missing, late or false.\n"
    yield _cells(["exercises", "n", *ABLATED])
    yield _rule(len(ABLATED) + 2)
    for c in ours:
        name = group_name((c.level, c.ablation))
        yield _cells([name, str(c.exercises), *(shown(c.of(figure)) for figure in ABLATED)])


def _parts(summary: Summary) -> Iterator[str]:
    whole = [group for group in summary.groups if group[1] == WHOLE]
    for group in whole:
        columns = summary.at(group)
        yield f"\n## {group_name(group).capitalize()} (n = {columns[0].exercises})"
        yield from _group(columns)
    yield from _ablations(summary)
    if summary.calibrations:
        yield "\n## Calibration\n"
        yield _FORECASTS
        yield from _calibrations(summary.calibrations)
        for calibration in (c for c in summary.calibrations if c.kind == "all"):
            yield ""
            yield from _reliability(calibration)


def render_results(summary: Summary) -> str:
    """Write the tables of a results page: figures by level, ablations, calibration."""
    return "\n".join(_parts(summary)) + "\n"
