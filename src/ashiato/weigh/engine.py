"""Exact inference: one forward pass, and one reverse pass that answers every "what if not".

Z(h) = P(evidence | h) is linear in every likelihood and in every table entry. The reverse pass of
automatic differentiation through variable elimination therefore gives all leave-one-out
posteriors, all posteriors of facts and all one-way sensitivities at once (Darwiche 2003, A
differential approach to inference in Bayesian networks). The root is the leading axis of every
factor (or of length 1 where the factor does not depend on it): given the root, what hangs on it
falls apart. Before it stands an axis of draws, so that many versions of the tables go through one
pass.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from ashiato.core.errors import TooLarge
from ashiato.weigh.network import Network, Table, check_table
from ashiato.weigh.passes import forward, plan, reverse

MAX_CELLS = 2e7
"""No array is made that holds more cells than this (160 MB)."""

_AT_ONCE = 2e5
"""Versions go through a pass in parcels of about so many cells, which a cache still holds."""


@dataclass(frozen=True, slots=True, eq=False)
class _Factor:
    node: str
    scope: tuple[str, ...]
    values: Table


def _factor(net: Network, evidence: Mapping[str, int], name: str, table: Table) -> _Factor:
    """Lay a table (with its axis of draws) out as draws, root, own variables; observed ones cut."""
    axes = [*net.nodes[name].parents, name]
    if name in evidence:  # first, since of reports there are most
        table = table[..., evidence[name]]
        axes.pop()
    if net.root in axes:
        values = np.moveaxis(table, 1 + axes.index(net.root), 1)
        axes.remove(net.root)
    else:
        values = table[:, None]
    if not evidence.keys().isdisjoint(axes):
        values = values[:, :, *(evidence.get(axis, slice(None)) for axis in axes)]
        axes = [axis for axis in axes if axis not in evidence]
    return _Factor(name, tuple(axes), values)


def _factors(
    net: Network,
    evidence: Mapping[str, int],
    keep: Iterable[str] = (),
    draws: Mapping[str, Table] | None = None,
) -> list[_Factor]:
    """Give the factors of what the evidence (and ``keep``) depends on; the rest sums to one."""
    relevant = sorted(net.ancestors([*evidence, *keep]) - {net.root})
    tables = {name: net.nodes[name].table[None] for name in relevant} | {
        name: table for name, table in (draws or {}).items() if name in relevant
    }
    return [_factor(net, evidence, name, tables[name]) for name in relevant]


def _neighbours(scopes: Iterable[tuple[str, ...]]) -> dict[str, set[str]]:
    near: dict[str, set[str]] = {}
    for scope in scopes:
        for name in scope:
            near.setdefault(name, set()).update(scope)
    return near


def _order(net: Network, factors: Sequence[_Factor], max_cells: float) -> tuple[list[str], int]:
    """Choose the order of elimination, greedily by the smallest table; refuse before allocating."""
    near = _neighbours(f.scope for f in factors)
    states = {name: node.states for name, node in net.nodes.items()}
    root = states[net.root]

    def weight(name: str) -> int:
        return prod(map(states.__getitem__, near[name]))

    heap = [(weight(name), name) for name in near]
    heapq.heapify(heap)
    order, width = [], root
    while heap:
        seen, name = heapq.heappop(heap)
        if name not in near or seen != weight(name):
            continue  # done already, or a newer entry stands further down
        width = max(width, seen * root)
        _guard(width, max_cells)
        order.append(name)
        around = near.pop(name) - {name}
        for other in around:
            near[other] = (near[other] | around) - {name}
            heapq.heappush(heap, (weight(other), other))
    return order, width


def _guard(cells: float, max_cells: float) -> None:
    if cells > max_cells:
        raise TooLarge(
            f"exact weighing would need a table of {cells:.3g} cells, the bound is {max_cells:.3g};"
            " split the reliability of the origins that speak on everything by topic, or ask about"
            " fewer candidates at once"
        )


def width(net: Network, evidence: Mapping[str, int], *, max_cells: float = MAX_CELLS) -> int:
    """Give the cells of the largest table that inference would make; nothing is allocated."""
    return _order(net, _factors(net, evidence), max_cells)[1]


def _normalised(weights: Table) -> Table:
    result: Table = weights / weights.sum(axis=-1, keepdims=True)
    return result


def _posterior(prior: Table, log_z: Table) -> Table:
    logs = np.log(prior) + log_z
    return _normalised(np.exp(logs - logs.max(axis=-1, keepdims=True)))


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """One node's factor with its gradient: g * factor is P(scope | root, evidence)."""

    scope: tuple[str, ...]
    factor: Table
    gradient: Table


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """The posterior as an exact function of one entry of a binary row; its complement moves."""

    entry: float
    posterior: Table
    slopes: Table

    def at(self, entry: float) -> Table:
        """Give the posterior if the entry were ``entry``: a ratio of linear functions."""
        return _normalised(self.posterior * (1 + self.slopes * (entry - self.entry)))


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """What follows from the evidence.

    ``log_z`` is log P(evidence | root state), in nats; ``width`` the cells of the largest table,
    ``cells`` of all tables together: what one pass costs.
    """

    network: Network
    evidence: Mapping[str, int]
    posterior: Table
    log_z: Table
    width: int
    cells: int
    _families: Mapping[str, _Family]

    @property
    def reports(self) -> tuple[str, ...]:
        """The observed nodes on which nothing hangs, by name."""
        inner = {p for name in self._families for p in self.network.nodes[name].parents}
        return tuple(name for name in sorted(self.evidence) if name not in inner)

    def leave_one_out(self) -> dict[str, Table]:
        """Give, for each report, the posterior had it never been received."""
        names = self.reports
        # its likelihood becomes 1: sum over c of g(c) * 1, where sum of g(c) * likelihood(c) is 1
        rows = np.empty((len(names), len(self.posterior)))
        for name, row in zip(names, rows, strict=True):
            gradient = self._families[name].gradient[0]
            row[:] = gradient.reshape(len(gradient), -1).sum(axis=1)
        return dict(zip(names, _normalised(self.posterior * rows), strict=True))

    def given_root(self, name: str) -> Table:
        """Give P(state of ``name`` | root state, evidence), one row for each root state."""
        family = self._families[name]
        if name in self.evidence:
            raise ValueError(f"{name!r} is observed")
        joint = (family.gradient * family.factor)[0]
        own = family.scope.index(name) + 1
        others = tuple(a for a in range(1, joint.ndim) if a != own)
        rows = joint.sum(axis=others)
        return np.broadcast_to(rows, (len(self.posterior), rows.shape[-1]))

    def marginal(self, name: str) -> Table:
        """Give P(state of ``name`` | evidence); the node must be kept or relevant."""
        result: Table = self.posterior @ self.given_root(name)
        return result

    def sensitivity(self, name: str, parents: Mapping[str, int]) -> Sensitivity:
        """Vary P(state 1 | ``parents``) of a binary node; ``parents`` gives the row."""
        node, family = self.network.nodes[name], self._families[name]
        if node.states != 2:  # noqa: PLR2004 - the complement of an entry is one entry
            raise ValueError(f"{name!r} is not binary")
        entry = float(node.table[*(parents[p] for p in node.parents), 1])
        slopes = np.zeros(len(self.posterior))
        if all(self.evidence.get(p, state) == state for p, state in parents.items()):
            rows = self._slopes(family, name, parents)
            where = [parents[self.network.root]] if self.network.root in parents else slice(None)
            slopes[where] = rows[where]
        return Sensitivity(entry, self.posterior, slopes)

    def _slopes(self, family: _Family, name: str, parents: Mapping[str, int]) -> Table:
        at = [parents[n] if n != name else slice(None) for n in family.scope]
        gradient = np.broadcast_to(
            family.gradient[0], (len(self.posterior), *family.gradient.shape[2:])
        )
        rows: Table = gradient[:, *at]
        if name in self.evidence:
            return rows * (1 if self.evidence[name] == 1 else -1)
        difference: Table = rows[:, 1] - rows[:, 0]
        return difference

    def unity(self) -> Table:
        """Give the sum of g * factor for each factor and root state: all ones, or it is wrong."""
        sums = [self._spread(family.gradient * family.factor) for family in self._families.values()]
        return np.array(sums).reshape(len(sums), len(self.posterior))

    def _spread(self, values: Table) -> Table:
        summed = values[0].reshape(values.shape[1], -1).sum(axis=1)
        return np.broadcast_to(summed, self.posterior.shape)


def infer(
    net: Network,
    evidence: Mapping[str, int],
    *,
    keep: Collection[str] = (),
    max_cells: float = MAX_CELLS,
) -> Inference:
    """Run both passes. ``keep`` names nodes without evidence below them whose posterior is wanted.

    Raises:
        TooLarge: a table would hold more than ``max_cells`` cells; nothing was allocated.
        ValueError: the root itself is observed.

    """
    if net.root in evidence:
        raise ValueError(f"the root {net.root!r} is what is asked, it cannot be observed")
    factors = _factors(net, evidence, keep)
    order, largest = _order(net, factors, max_cells)
    tape = forward(plan((f.scope for f in factors), order), [f.values for f in factors], keep=True)
    prior = net.nodes[net.root].table
    log_z = np.broadcast_to(tape.log_z[0], prior.shape)
    gradients = reverse(tape)
    families = {f.node: _Family(f.scope, f.values, gradients[i]) for i, f in enumerate(factors)}
    return Inference(
        network=net,
        evidence=dict(evidence),
        posterior=_posterior(prior, log_z),
        log_z=log_z,
        width=largest,
        cells=tape.cells,
        _families=families,
    )


def posterior(net: Network, evidence: Mapping[str, int], *, max_cells: float = MAX_CELLS) -> Table:
    """Give P(root | evidence) alone, by the forward pass."""
    only: Table = posteriors(net, evidence, {}, 1, max_cells=max_cells)[0]
    return only


def posteriors(
    net: Network,
    evidence: Mapping[str, int],
    draws: Mapping[str, Table],
    count: int,
    *,
    max_cells: float = MAX_CELLS,
) -> Table:
    """Give P(root | evidence) for ``count`` versions of the tables named in ``draws``.

    Each of ``draws`` is a table with a leading axis of length ``count``.

    Raises:
        TooLarge: even one version would need more than ``max_cells`` cells.

    """
    for name, table in draws.items():
        check_table(name, table)
    factors = _factors(net, evidence)
    order, largest = _order(net, factors, max_cells)
    made = plan((f.scope for f in factors), order)
    at_once = max(1, int(_AT_ONCE // largest))
    parts = []
    for first in range(0, count, at_once):
        some = {name: table[first : first + at_once] for name, table in draws.items()}
        tables = [f.values for f in _factors(net, evidence, draws=some)]
        tape = forward(made, tables, keep=False)
        prior = some.get(net.root, net.nodes[net.root].table[None])
        size = min(at_once, count - first)
        parts.append(np.broadcast_to(_posterior(prior, tape.log_z), (size, prior.shape[-1])))
    return np.concatenate(parts)
