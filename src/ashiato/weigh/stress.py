"""The worst case: how far the answer could go if every figure of the tables were off at once.

Each odds may be off by one factor, up or down; the corner of that box is sought which makes the
proposition least (or most) probable. The posterior is monotone in each figure by itself, so that
corners suffice, and going over the figures until none helps finds one. It answers only whether any
reasonable figures could reverse the answer; the interval of the Monte Carlo draws is the headline.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from ashiato.weigh.engine import posteriors
from ashiato.weigh.model import box_tables, figures
from ashiato.weigh.network import Table
from ashiato.weigh.weighed import Proposition, Weighed

SWEEPS = 6
"""So often are all figures gone over; the corner seldom moves after the third time."""
MOST_WORK = 2e8
"""Cells times versions of one sweep; a larger model is not stressed."""
Signs = dict[str, Table]


def stress(weighed: Weighed, proposition: Proposition, odds: float) -> tuple[float, float] | None:
    """Give the lowest and highest probability with every odds off by at most a factor ``odds``.

    ``None`` where the model is too large for it.
    """
    shapes = figures(weighed.model, weighed.grade)
    versions = 1 + sum(int(np.prod(shape)) for shape in shapes.values())
    if versions * weighed.inference.cells > MOST_WORK:
        return None

    def p_of(signs: Mapping[str, Table]) -> Table:
        count = next(iter(signs.values())).shape[0]
        tables = box_tables(weighed.model, weighed.grade, signs, odds)
        found = posteriors(weighed.inference.network, weighed.inference.evidence, tables, count)
        return np.array([weighed.p(proposition, row) for row in found])

    start = {name: np.ones((1, *shape)) for name, shape in shapes.items()}
    low, high = (_corner(start, p_of, way) for way in (-1.0, 1.0))
    return low, high


def _corner(start: Signs, p_of: Callable[[Signs], Table], way: float) -> float:
    """Turn every figure that helps, then only the best one, until none helps."""
    signs, best = start, float(p_of(start)[0])
    for _ in range(SWEEPS):
        turned = p_of(_each_turned(signs))
        helps = way * (turned - best) > 0
        if not helps.any():
            return best
        signs, best = _better(signs, helps, turned, (p_of, way))
    return best


def _each_turned(signs: Signs) -> Signs:
    """Lay out one version for each figure, with that one figure turned round."""
    total = sum(values[0].size for values in signs.values())
    flat = np.repeat(_flat(signs)[None], total, axis=0)
    flat[np.arange(total), np.arange(total)] *= -1
    return _shaped(flat, signs)


def _flat(signs: Signs) -> Table:
    return np.concatenate([values[0].ravel() for values in signs.values()])


def _shaped(flat: Table, like: Signs) -> Signs:
    found, at = {}, 0
    for name, values in like.items():
        size = values[0].size
        found[name] = flat[:, at : at + size].reshape(len(flat), *values.shape[1:])
        at += size
    return found


def _better(
    signs: Signs,
    helps: NDArray[np.bool_],
    turned: Table,
    asked: tuple[Callable[[Signs], Table], float],
) -> tuple[Signs, float]:
    """Take all turns that help by themselves, or the best one where that does better."""
    p_of, way = asked
    every, one = _flat(signs), _flat(signs)
    every[helps] *= -1
    one[int(np.argmax(way * turned))] *= -1
    both = _shaped(np.stack([every, one]), signs)
    found = p_of(both)
    better = int(np.argmax(way * found))
    return {name: values[better : better + 1] for name, values in both.items()}, float(
        found[better]
    )
