"""What a source's letter, its way of knowing and its hedge are worth, as tables of a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ashiato.core.claims import Basis, Modality
from ashiato.knowledge import load
from ashiato.weigh.network import Table


@dataclass(frozen=True, slots=True)
class Repeats:
    """Kinds of source that pass on or copy, and how alike two sentences must be to be one text.

    ``likeness`` is the share of runs of ``run`` words that both have; a sentence of fewer than
    ``least`` runs is too short to tell.
    """

    passes_on: frozenset[str]
    copies: frozenset[str]
    likeness: float
    run: int
    least: int


@dataclass(frozen=True, slots=True)
class Grades:
    """The pack ``grades``.

    ``reliability``: letter -> P(reliable, uninformative, deceptive). ``basis``: P(asserted | true),
    P(asserted | not true) for a reliable origin. ``hedge``: modality -> share of the basis that is
    left. ``uninformative``: P(asserted) whether true or not. ``deceptive``: P(asserted | true),
    P(asserted | not true). ``relay``: P(report | claimed), P(report | not claimed). ``noise``: the
    factor by which any odds may be off, one standard deviation. ``repeats``: which report counts as
    the repetition of which (see `ashiato.weigh.relays`).
    """

    reliability: Mapping[str, tuple[float, float, float]]
    basis: Mapping[Basis, tuple[float, float]]
    hedge: Mapping[Modality, float]
    uninformative: float
    deceptive: tuple[float, float]
    relay: tuple[float, float]
    ungraded: str
    noise: float
    repeats: Repeats


@cache
def grades() -> Grades:
    """Give the pack ``grades``."""
    return grades_of(load("grades"))


def grades_of(pack: Mapping[str, Any]) -> Grades:
    """Build the tables of a pack."""
    return Grades(
        reliability={letter: tuple(row) for letter, row in pack["reliability"].items()},
        basis={Basis(name): tuple(pair) for name, pair in pack["basis"].items()},
        hedge={Modality(name): kappa for name, kappa in pack["hedge"].items()},
        uninformative=pack["origin"]["uninformative"],
        deceptive=tuple(pack["origin"]["deceptive"]),
        relay=(pack["relay"]["faithful"], pack["relay"]["invented"]),
        ungraded=pack["ungraded"],
        noise=pack["noise"]["odds"],
        repeats=_repeats(pack["repeats"]),
    )


def _repeats(table: Mapping[str, Any]) -> Repeats:
    return Repeats(
        frozenset(table["passes_on"]),
        frozenset(table["copies"]),
        table["likeness"],
        table["run"],
        table["least"],
    )


def assertion_table(rates: Table, kappa: float, grade: Grades, *, affirms: bool = True) -> Table:
    """Give P(origin asserts it | fact, reliability), with the leading axes of ``rates`` first.

    ``rates`` ends in an axis (asserted if true, asserted if not true). An assertion that the fact
    is *not* so has the mirrored table: true and not true change places.
    """
    hedged = kappa * rates + (1 - kappa) * grade.uninformative
    true, untrue = (0, 1) if affirms else (1, 0)
    asserted = np.empty((*rates.shape[:-1], 2, 3))
    for fact, column in ((1, true), (0, untrue)):
        asserted[..., fact, 0] = hedged[..., column]
        asserted[..., fact, 1] = grade.uninformative
        asserted[..., fact, 2] = grade.deceptive[column]
    return np.stack([1 - asserted, asserted], axis=-1)


def relay_table(grade: Grades) -> Table:
    """Give P(report appears | origin made the claim or did not)."""
    faithful, invented = grade.relay
    return np.array([[1 - invented, invented], [1 - faithful, faithful]])
