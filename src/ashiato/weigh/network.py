"""Discrete networks: variables, their parents, and tables whose entries are never 0 or 1."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Table = NDArray[np.float64]
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One variable: P(own state | parents), one axis for each parent in order, its own the last.

    Raises:
        ValueError: an entry is not strictly between 0 and 1 (what is impossible could never be
            revised, and the reverse pass would divide by it), or a row does not sum to one.

    """

    name: str
    parents: tuple[str, ...]
    table: Table

    def __post_init__(self) -> None:
        check_table(self.name, self.table)
        if self.table.ndim != len(self.parents) + 1:
            raise ValueError(
                f"{self.name!r}: {self.table.ndim} axes for {len(self.parents)} parents"
            )

    @property
    def states(self) -> int:
        """How many states the variable has."""
        return int(self.table.shape[-1])


def node(name: str, parents: Iterable[str], table: ArrayLike) -> Node:
    """Build a node from nested lists or an array."""
    return Node(name, tuple(parents), np.asarray(table, dtype=np.float64))


def check_table(name: str, table: Table) -> None:
    """Refuse a table with an entry outside (0, 1) or a row that does not sum to one."""
    if not np.all((table > 0) & (table < 1)):
        raise ValueError(f"{name!r}: every entry must lie strictly between 0 and 1")
    if np.any(np.abs(table.sum(axis=-1) - 1) > _TOLERANCE):
        raise ValueError(f"{name!r}: every row must sum to one")


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Variables by name, in order of name; ``root`` is the one that asks who did it.

    Raises:
        ValueError: the root has parents, a parent is missing, a table does not fit its parents, or
            the parents run in a circle.

    """

    root: str
    nodes: Mapping[str, Node]

    def __post_init__(self) -> None:
        if self.root not in self.nodes or self.nodes[self.root].parents:
            raise ValueError(f"the root {self.root!r} must be a node without parents")
        for each in self.nodes.values():
            missing = [p for p in each.parents if p not in self.nodes]
            if missing:
                raise ValueError(f"{each.name!r} has unknown parents {missing!r}")
            expected = tuple(self.nodes[p].states for p in each.parents)
            if each.table.shape[:-1] != expected:
                raise ValueError(f"{each.name!r}: table {each.table.shape!r}, parents {expected!r}")
        _refuse_circles(self.nodes)

    def ancestors(self, names: Iterable[str]) -> set[str]:
        """Give ``names`` and everything above them: what a question about them depends on."""
        found: set[str] = set()
        open_ = list(names)
        while open_:
            name = open_.pop()
            if name not in found:
                found.add(name)
                open_.extend(self.nodes[name].parents)
        return found

    def with_table(self, name: str, table: ArrayLike) -> "Network":
        """Give the same network with one other table."""
        changed = replace(self.nodes[name], table=np.asarray(table, dtype=np.float64))
        return Network(self.root, {**self.nodes, name: changed})


def network(root: str, nodes: Iterable[Node]) -> Network:
    """Build a network; the order in which its nodes come does not matter."""
    ordered = sorted(nodes, key=lambda n: n.name)
    if len({n.name for n in ordered}) < len(ordered):
        raise ValueError("two nodes bear one name")
    return Network(root, {n.name: n for n in ordered})


def _refuse_circles(nodes: Mapping[str, Node]) -> None:
    waiting = {name: set(each.parents) for name, each in nodes.items()}
    while waiting:
        free = {name for name, parents in waiting.items() if not parents}
        if not free:
            raise ValueError(f"the parents of {min(waiting)!r} run in a circle")
        waiting = {n: parents - free for n, parents in waiting.items() if n not in free}
