"""The forward and the reverse pass of variable elimination, many like steps at a time.

On small tables a call of numpy costs more than its sums. So the steps are planned by name first;
those that need nothing of one another and have one shape then go through one call together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod

import numpy as np

from ashiato.weigh.network import Table

Scope = tuple[str, ...]
_Pattern = tuple[tuple[int, ...], ...]
"""Which axes the inputs of a step share, and (last) which its result keeps."""

_STACKED = 3  # steps, draws and root stand before the axes of a factor's own variables
_AT_ONCE = 1 << 16
"""Steps go through a call together up to so many cells; above it copying costs what it saves."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is multiplied when: scopes of the factors and then of each step, with its inputs.

    ``layers`` holds the numbers of steps that need nothing but what earlier layers gave.
    """

    factors: int
    scopes: list[Scope]
    inputs: list[tuple[int, ...]]
    layers: list[list[int]]


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Steps that went through one call: their operands, one stack for each input."""

    pattern: _Pattern
    inputs: tuple[tuple[int, ...], ...]
    outs: range | tuple[int, ...]
    operands: tuple[Table, ...]
    scale: Table


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """What the forward pass did, for the reverse pass to go back; ``log_z`` is its result.

    ``ends`` are the tables that no step took up; ``cells`` counts those of all tables.
    """

    batches: list[_Batch]
    ends: dict[int, Table]
    log_z: Table
    cells: int


def plan(scopes: Iterable[Scope], order: Iterable[str]) -> Plan:
    """Plan the elimination of the variables in ``order``."""
    found = list(scopes)
    made = Plan(len(found), found, [], [])
    depth = [0] * len(found)
    using: dict[str, set[int]] = {}
    for i, scope in enumerate(found):
        for name in scope:
            using.setdefault(name, set()).add(i)
    for name in order:
        group = sorted(using[name], key=lambda i: (len(found[i]), found[i], i))
        for i in group:
            for other in found[i]:
                using[other].discard(i)
        last = _eliminate(made, depth, group, name)
        for other in found[last]:
            using[other].add(last)
    return made


def _eliminate(made: Plan, depth: list[int], group: list[int], name: str) -> int:
    """Multiply tables of one scope in pairs of pairs, then the scopes in turn; sum ``name`` out."""
    rest = [i for same in _same(made, group) for i in _paired(made, depth, same, len(group))]
    if len(rest) == 1:
        return _step(made, depth, tuple(rest), name)
    current = rest[0]
    for i in rest[1:-1]:
        current = _step(made, depth, (current, i), "")
    return _step(made, depth, (current, rest[-1]), name)


def _same(made: Plan, group: Iterable[int]) -> list[list[int]]:
    found: dict[Scope, list[int]] = {}
    for i in group:
        found.setdefault(made.scopes[i], []).append(i)
    return list(found.values())


def _paired(made: Plan, depth: list[int], same: list[int], of: int) -> list[int]:
    least = 2 if len(same) == of else 1  # the last two are multiplied and summed at once
    while len(same) > least:
        odd = same[len(same) // 2 * 2 :]
        pairs = zip(same[::2], same[1::2], strict=False)
        same = [_step(made, depth, pair, "") for pair in pairs] + odd
    return same


def _step(made: Plan, depth: list[int], inputs: tuple[int, ...], out: str) -> int:
    """Note a step and give the index of its result; the variable ``out`` is summed out."""
    first, *others = [made.scopes[i] for i in inputs]
    if out or others != [first]:
        seen = dict.fromkeys(chain(first, *others))
        seen.pop(out, None)
        first = tuple(seen)
    layer = max([depth[i] for i in inputs])
    if layer == len(made.layers):
        made.layers.append([])
    made.layers[layer].append(len(made.inputs))
    depth.append(layer + 1)
    made.inputs.append(inputs)
    made.scopes.append(first)
    return len(made.scopes) - 1


def forward(made: Plan, factors: Sequence[Table], *, keep: bool) -> Tape:
    """Multiply and sum; where not ``keep``, what is used up is let go and nothing can go back."""
    tape = Tape([], dict(enumerate(factors)), np.zeros((1, 1)), 0)
    cells, log_z = sum(f.size for f in factors), tape.log_z
    for layer in made.layers:
        for pattern, steps in _alike(made, tape.ends, layer):
            batch, values = _run(made, tape.ends, pattern, steps)
            tape.ends.update(zip(batch.outs, values, strict=True))
            log_z = log_z + np.log(batch.scale).sum(axis=0)
            cells += values.size
            if keep:
                tape.batches.append(batch)
    for values in tape.ends.values():
        log_z = log_z + np.log(values)
    return Tape(tape.batches, tape.ends, log_z, cells)


def _alike(
    made: Plan, values: Mapping[int, Table], layer: Iterable[int]
) -> Iterator[tuple[_Pattern, list[int]]]:
    """Give the steps of a layer by their pattern and shapes, not too many at once."""
    found: dict[tuple[_Pattern, tuple[tuple[int, ...], ...]], list[int]] = {}
    for step in layer:
        shapes = tuple([values[i].shape for i in made.inputs[step]])
        found.setdefault((_pattern(made, step), shapes), []).append(step)
    for (pattern, shapes), steps in found.items():
        size = max(1, _AT_ONCE // max(prod(shape) for shape in shapes))
        for first in range(0, len(steps), size):
            yield pattern, steps[first : first + size]


def _pattern(made: Plan, step: int) -> _Pattern:
    scopes = [made.scopes[i] for i in made.inputs[step]]
    scopes.append(made.scopes[made.factors + step])
    if len(set(scopes)) == 1:  # the commonest: reports of one claim
        return (tuple(range(len(scopes[0]))),) * len(scopes)
    ids: dict[str, int] = {}
    return tuple([tuple([ids.setdefault(name, len(ids)) for name in scope]) for scope in scopes])


def _run(
    made: Plan, ends: dict[int, Table], pattern: _Pattern, steps: Sequence[int]
) -> tuple[_Batch, Table]:
    inputs = tuple(zip(*(made.inputs[step] for step in steps), strict=True))
    operands = tuple(_stacked([ends.pop(i) for i in column]) for column in inputs)
    values = _contract(tuple(zip(pattern, operands, strict=False)), pattern[-1])
    # the largest entry becomes 1, so that no product of many reports underflows
    scale = values.max(axis=tuple(range(_STACKED, values.ndim)), keepdims=True)
    values /= scale
    outs = tuple(made.factors + step for step in steps)
    return _Batch(pattern, inputs, outs, operands, scale.reshape(scale.shape[:_STACKED])), values


def _stacked(tables: Sequence[Table]) -> Table:
    if len(tables) == 1:
        return tables[0][None]
    if len({table.shape for table in tables}) > 1:  # some depend on the root, some do not
        tables = np.broadcast_arrays(*tables)
    return np.stack(tables)


def _contract(operands: Iterable[tuple[tuple[int, ...], Table]], out: tuple[int, ...]) -> Table:
    """Multiply, and sum over what is not in ``out``; steps, draws and root broadcast."""
    arguments: list[object] = []
    for ids, values in operands:
        arguments += [values, [Ellipsis, *ids]]
    result: Table = np.einsum(*arguments, [Ellipsis, *out])  # type: ignore[call-overload]
    return result


def reverse(tape: Tape) -> dict[int, Table]:
    """Give g = d log Z / d factor for each factor; the sum of g * factor is 1 for every state."""
    gradients = {i: 1 / values for i, values in tape.ends.items()}
    for batch in reversed(tape.batches):
        gradient = _stacked([gradients.pop(out) for out in batch.outs])
        own = (1,) * (gradient.ndim - _STACKED)
        gradient = gradient / batch.scale.reshape(batch.scale.shape + own)
        for at, column in enumerate(batch.inputs):
            gradients.update(zip(column, _pulled(batch, at, gradient), strict=True))
    return gradients


def _pulled(batch: _Batch, at: int, gradient: Table) -> Table:
    """Give the gradients of one input: what its own variables alone were summed over is alike."""
    *ids, out = batch.pattern
    others = [(ids[i], batch.operands[i]) for i in range(len(ids)) if i != at]
    seen = {*out, *(n for other, _ in others for n in other)}
    pulled = _contract([(out, gradient), *others], tuple(n for n in ids[at] if n in seen))
    lost = tuple(axis for axis, n in enumerate(ids[at], _STACKED) if n not in seen)
    if lost:
        pulled = np.expand_dims(pulled, lost)
        own = batch.operands[at].shape[_STACKED:]
        pulled = np.broadcast_to(pulled, pulled.shape[:_STACKED] + own)
    return pulled
