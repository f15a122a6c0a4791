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

MAX_CELLS = 2e7
"""No array is made that holds more cells than this (160 MB)."""

_AT_ONCE = 2e5
"""Versions go through a pass in parcels of about so many cells, which a cache still holds."""

_BATCH = 2  # draws and root stand before the axes of a factor's own variables


@dataclass(frozen=True, slots=True, eq=False)
class _Factor:
    node: str
    scope: tuple[str, ...]
    values: Table


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    inputs: tuple[int, ...]
    scale: Table


@dataclass(frozen=True, slots=True, eq=False)
class _Tape:
    """Every array of the forward pass: the factors first, then one for each step."""

    scopes: list[tuple[str, ...]]
    values: list[Table]
    steps: list[_Step]
    log_z: Table


def _factor(net: Network, evidence: Mapping[str, int], name: str, table: Table) -> _Factor:
    """Lay a table (with its axis of draws) out as draws, root, own variables; observed ones cut."""
    axes = [*net.nodes[name].parents, name]
    if net.root in axes:
        values = np.moveaxis(table, 1 + axes.index(net.root), 1)
        axes.remove(net.root)
    else:
        values = table[:, None]
    cut = tuple(evidence.get(axis, slice(None)) for axis in axes)
    return _Factor(name, tuple(a for a in axes if a not in evidence), values[:, :, *cut])


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
    root = net.nodes[net.root].states

    def weight(name: str) -> int:
        return prod(net.nodes[n].states for n in near[name])

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


def _contract(operands: Sequence[tuple[tuple[str, ...], Table]], out: tuple[str, ...]) -> Table:
    """Multiply, and sum over what is not in ``out``; draws and root broadcast."""
    ids: dict[str, int] = {}
    arguments: list[object] = []
    for scope, values in operands:
        arguments += [values, [Ellipsis, *(ids.setdefault(name, len(ids)) for name in scope)]]
    result: Table = np.einsum(*arguments, [Ellipsis, *(ids[name] for name in out)])  # type: ignore[call-overload]
    return result


def _forward(factors: Sequence[_Factor], order: Sequence[str]) -> _Tape:
    tape = _Tape([f.scope for f in factors], [f.values for f in factors], [], np.zeros((1, 1)))
    using: dict[str, set[int]] = {}
    for i, scope in enumerate(tape.scopes):
        for name in scope:
            using.setdefault(name, set()).add(i)
    log_z = tape.log_z
    for name in order:
        group = sorted(using[name], key=lambda i: (len(tape.scopes[i]), i))
        for i in group:
            for other in tape.scopes[i]:
                using[other].discard(i)
        last = _eliminate(tape, group, name)
        for other in tape.scopes[last]:
            using[other].add(last)
    spent = {i for step in tape.steps for i in step.inputs}
    for i, values in enumerate(tape.values):
        if i not in spent:
            log_z = log_z + np.log(values)
    for step in tape.steps:
        log_z = log_z + np.log(step.scale)
    return _Tape(tape.scopes, tape.values, tape.steps, log_z)


def _eliminate(tape: _Tape, group: Sequence[int], name: str) -> int:
    """Multiply the group pair by pair (einsum stays cheap) and sum ``name`` out; give its index."""
    pairs = [group[:1]] if len(group) == 1 else [[i] for i in group[1:]]
    current = group[0]
    for at, pair in enumerate(pairs):
        inputs = (current,) if len(group) == 1 else (current, *pair)
        scope = tuple(dict.fromkeys(v for i in inputs for v in tape.scopes[i]))
        if at == len(pairs) - 1:
            scope = tuple(v for v in scope if v != name)
        values = _contract([(tape.scopes[i], tape.values[i]) for i in inputs], scope)
        # the largest entry becomes 1, so that no product of many reports underflows
        scale = values.max(axis=tuple(range(_BATCH, values.ndim)), keepdims=True)
        values /= scale
        current = len(tape.values)
        tape.scopes.append(scope)
        tape.values.append(values)
        tape.steps.append(_Step(inputs, scale.reshape(scale.shape[:_BATCH])))
    return current


def _reverse(tape: _Tape) -> dict[int, Table]:
    """Give g = d log Z / d factor for each factor; the sum of g * factor is 1 for every state."""
    leaves = len(tape.values) - len(tape.steps)
    spent = {i for step in tape.steps for i in step.inputs}
    gradients = {i: 1 / v for i, v in enumerate(tape.values) if i not in spent}
    for back, step in enumerate(reversed(tape.steps), 1):
        out = len(tape.values) - back
        gradient = gradients.pop(out)
        gradient = gradient / step.scale.reshape(step.scale.shape + (1,) * (gradient.ndim - _BATCH))
        for i in step.inputs:
            others = [(tape.scopes[j], tape.values[j]) for j in step.inputs if j != i]
            gradients[i] = _pull(tape.scopes[i], tape.values[i], tape.scopes[out], gradient, others)
    return {i: g for i, g in gradients.items() if i < leaves}


def _pull(
    scope: tuple[str, ...],
    values: Table,
    out: tuple[str, ...],
    gradient: Table,
    others: Sequence[tuple[tuple[str, ...], Table]],
) -> Table:
    seen = {*out, *(name for other, _ in others for name in other)}
    pulled = _contract([(out, gradient), *others], tuple(n for n in scope if n in seen))
    for axis, name in enumerate(scope, _BATCH):
        if name not in seen:
            pulled = np.repeat(np.expand_dims(pulled, axis), values.shape[axis], axis)
    return pulled


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
        return {name: self._without(name) for name in self.reports}

    def _without(self, report: str) -> Table:
        family = self._families[report]
        # its likelihood becomes 1: sum over c of g(c) * 1, where sum of g(c) * likelihood(c) is 1
        return _normalised(self.posterior * self._spread(family.gradient, family))

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
        sums = [
            self._spread(family.gradient * family.factor, family)
            for family in self._families.values()
        ]
        return np.array(sums).reshape(len(sums), len(self.posterior))

    def _spread(self, values: Table, family: _Family) -> Table:
        summed = values[0].sum(axis=tuple(range(1, 1 + len(family.scope))))
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
    tape = _forward(factors, order)
    prior = net.nodes[net.root].table
    log_z = np.broadcast_to(tape.log_z[0], prior.shape)
    gradients = _reverse(tape)
    families = {f.node: _Family(f.scope, f.values, gradients[i]) for i, f in enumerate(factors)}
    return Inference(
        network=net,
        evidence=dict(evidence),
        posterior=_posterior(prior, log_z),
        log_z=log_z,
        width=largest,
        cells=sum(values.size for values in tape.values),
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
    order, largest = _order(net, _factors(net, evidence), max_cells)
    at_once = max(1, int(_AT_ONCE // largest))
    parts = []
    for first in range(0, count, at_once):
        some = {name: table[first : first + at_once] for name, table in draws.items()}
        tape = _forward(_factors(net, evidence, draws=some), order)
        prior = some.get(net.root, net.nodes[net.root].table[None])
        size = min(at_once, count - first)
        parts.append(np.broadcast_to(_posterior(prior, tape.log_z), (size, prior.shape[-1])))
    return np.concatenate(parts)
