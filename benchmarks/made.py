"""Made cases with a known answer, to see whether probabilities mean what they say.

Who did it, what is so, who can be trusted and what each origin says are drawn in turn; relays are
added. Each is then weighed as `weigh` does, and by counting every report as its own witness. Where
the tables that weigh are not those that drew, the difference is what a wrong grade costs.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ashiato.core.claims import Basis
from ashiato.exercise.scoring.beliefs import Forecast
from ashiato.weigh.engine import posterior
from ashiato.weigh.grades import Grades, grades
from ashiato.weigh.model import Answer, Assertion, Fact, Model, evidence_network, naive_network

CASES, ANSWERS, FACTS = 2_000, 4, 6
CHANCES = np.array([0.03, 0.125, 0.325, 0.5, 0.675, 0.875, 0.97])
USUAL, DOUBTED = (0.7, 0.25, 0.05), (0.55, 0.25, 0.20)
OVER, UNDER = (0.9, 0.08, 0.02), (0.5, 0.4, 0.1)
Row = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Generator:
    """How cases are drawn: how many origins, how often each speaks, how it can be trusted.

    ``reliable`` and ``deceptive`` are P(says so | it is, it is not); who does not say that it is so
    says that it is not. ``believed`` is the grade that weighs, where it is not ``trust``.
    """

    origins: tuple[int, int]
    speaks: float
    trust: Row
    reliable: tuple[float, float]
    deceptive: tuple[float, float]
    believed: Row | None = None


_AVERAGE = Generator((1, 3), 0.6, USUAL, (0.85, 0.15), (0.3, 0.7))
_SKEWED = replace(_AVERAGE, reliable=(0.85, 0.10), deceptive=(0.55, 0.75))
_LIAR = Generator((1, 1), 0.9, DOUBTED, (0.95, 0.05), (0.05, 0.95))
GENERATORS = {
    "average dependence, rates alike both ways": _AVERAGE,
    "average dependence, rates not alike": _SKEWED,
    "the same, reliability over-stated": replace(_SKEWED, believed=OVER),
    "the same, reliability under-stated": replace(_SKEWED, believed=UNDER),
    "one origin that may lie": _LIAR,
    "one origin that may lie, over-stated": replace(_LIAR, believed=OVER),
    "one origin that may lie, under-stated": replace(_LIAR, believed=UNDER),
}
"""After the simulation that the model was first tried on."""


def _grades(made: Generator) -> Grades:
    return replace(
        grades(),
        reliability={**grades().reliability, "B": made.believed or made.trust},
        basis={**grades().basis, Basis.FIRST_HAND: made.reliable},
        deceptive=made.deceptive,
    )


def _case(made: Generator, draw: np.random.Generator) -> tuple[Model, int]:
    chances = draw.choice(CHANCES, (FACTS, ANSWERS))
    who = int(draw.integers(ANSWERS))
    so = draw.random(FACTS) < chances[:, who]
    origins = [f"o{n}" for n in range(int(draw.integers(made.origins[0], made.origins[1] + 1)))]
    said = [each for origin in origins for each in _says(made, origin, so, draw)]
    kinds = ["candidate"] * (ANSWERS - 1) + ["none"]
    answers = tuple(Answer(f"h{n}", f"h{n}", kind, 1 / ANSWERS) for n, kind in enumerate(kinds))
    facts = tuple(Fact(f"f{n}", "", "control", tuple(row), "high") for n, row in enumerate(chances))
    return Model(answers, facts, dict.fromkeys(origins, "B"), tuple(said)), who


def _says(
    made: Generator, origin: str, so: NDArray[np.bool_], draw: np.random.Generator
) -> list[Assertion]:
    trust, said = int(draw.choice(3, p=made.trust)), []
    rates = (made.reliable, (0.5, 0.5), made.deceptive)[trust]
    for n in np.flatnonzero(draw.random(FACTS) < made.speaks):
        affirms = bool(draw.random() < rates[0 if so[n] else 1])
        reports = tuple(f"r{m}" for m in range(1 + int(draw.poisson(3))))
        name = f"{origin} on {n}"
        said.append(Assertion(name, f"f{n}", origin, Basis.FIRST_HAND, 1.0, reports, affirms))
    return said


def forecasts(name: str) -> tuple[list[list[Forecast]], list[list[Forecast]]]:
    """Give the leading answer of each case, weighed and counted by heads."""
    made, draw = GENERATORS[name], np.random.default_rng(20310420)
    grade = _grades(made)
    cases = [case for case in (_case(made, draw) for _ in range(CASES)) if case[0].assertions]
    networks = (evidence_network, naive_network)
    shared, naive = (
        [[_leading(posterior(*build(model, grade)), who)] for model, who in cases]
        for build in networks
    )
    return shared, naive


def _leading(p: NDArray[np.float64], who: int) -> Forecast:
    return Forecast("made", float(p.max()), int(p.argmax()) == who)
