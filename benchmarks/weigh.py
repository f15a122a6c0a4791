"""Inference and every leave-one-out on networks of about 100 and 1,000 nodes, beside pyAgrum.

`python -m benchmarks.weigh`. Three kinds: tree (each claim has its own reliability), local (one
reliability for each origin, on neighbouring facts), random (on facts at random). pyAgrum is used
the best way we know: soft evidence, then `chgEvidence(report, [1, 1])` for each report.
"""

import itertools
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ashiato.core.errors import TooLarge
from ashiato.weigh.engine import infer
from ashiato.weigh.network import Network, Node, network, node

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # its SWIG types lack __module__
    import pyagrum

gum: Any = pyagrum
ANSWERS = 6
SIZES = {"100": (15, 10, 25, 50), "1,000": (120, 60, 250, 570)}
KINDS = ("tree", "local", "random")
ROUNDS = 5
APPEARED = 0.85  # of the reports; the others are observed as missing
NEARLY = 1e-13


def case(kind: str, size: tuple[int, int, int, int]) -> tuple[Network, dict[str, int]]:
    """Make a case: answers -> facts -> claims of origins -> reports."""
    facts, origins, claims, reports = size
    rng = np.random.default_rng(0)
    nodes = [node("H", (), np.full(ANSWERS, 1 / ANSWERS))]
    for i in range(facts):
        so = rng.uniform(0.05, 0.95, ANSWERS)
        nodes.append(node(f"F{i}", ("H",), np.stack([1 - so, so], axis=-1)))
    if kind != "tree":
        nodes += [node(f"R{j}", (), [0.7, 0.25, 0.05]) for j in range(origins)]
    asserted = np.array([[0.05, 0.5, 0.75], [0.95, 0.5, 0.55]])
    for k in range(claims):
        origin = k % origins
        near = (origin * facts // origins + int(rng.integers(3))) % facts
        fact = near if kind == "local" else int(rng.integers(facts))
        shared = asserted if kind != "tree" else asserted[:, 0]
        parents = (f"F{fact}", f"R{origin}") if kind != "tree" else (f"F{fact}",)
        nodes.append(node(f"C{k}", parents, np.stack([1 - shared, shared], axis=-1)))
    for r in range(reports):
        claim = r if r < claims else int(rng.integers(claims))
        nodes.append(node(f"E{r}", (f"C{claim}",), [[0.97, 0.03], [0.08, 0.92]]))
    return network("H", nodes), {f"E{r}": int(rng.random() < APPEARED) for r in range(reports)}


def fill(other: Any, each: Node, parents: list[Node]) -> None:  # noqa: ANN401 - pyAgrum has no types
    """Copy one table."""
    if not parents:
        other.cpt(each.name)[:] = each.table
        return
    for index in itertools.product(*(range(p.states) for p in parents)):
        other.cpt(each.name)[dict(zip(each.parents, index, strict=True))] = each.table[index]


def peer(net: Network) -> Any:  # noqa: ANN401 - pyAgrum has no types
    """Build the same case in pyAgrum."""
    other = gum.BayesNet()
    for each in net.nodes.values():
        other.add(gum.LabelizedVariable(each.name, each.name, each.states))
    for each in net.nodes.values():
        for parent in each.parents:
            other.addArc(parent, each.name)
        fill(other, each, [net.nodes[p] for p in each.parents])
    return other


def soft(state: int) -> list[float]:
    """Observe as a likelihood: with a hard zero the peer would rebuild its tree at each change."""
    return [NEARLY, 1.0] if state else [1.0, NEARLY]


def ask(other: Any, evidence: dict[str, int]) -> Any:  # noqa: ANN401 - pyAgrum has no types
    """Infer once: junction tree, messages, the posterior of the root."""
    engine = gum.ShaferShenoyInference(other)
    engine.setTargets({"H"})
    engine.setEvidence({name: soft(state) for name, state in evidence.items()})
    engine.makeInference()
    engine.posterior("H")
    return engine


def peer_leave_one_out(engine: Any, evidence: dict[str, int]) -> dict[str, Any]:  # noqa: ANN401 - pyAgrum has no types
    """Take each report's likelihood away and put it back."""
    found = {}
    for name, state in evidence.items():
        engine.chgEvidence(name, [1, 1])
        found[name] = engine.posterior("H").toarray()
        engine.chgEvidence(name, soft(state))
    return found


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the best of a few runs."""
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return 1000 * best


def main() -> None:
    """Print one line a case, with ratios (peer over ours)."""
    heads = ("nodes", "kind", "infer", "peer", "ratio", "all l-o-o", "peer", "ratio", "apart")
    print("  ".join(f"{head:>9}" for head in heads), " (ms)")
    for (size, counts), kind in itertools.product(SIZES.items(), KINDS):
        print(line(size, kind, *case(kind, counts)))


def line(size: str, kind: str, net: Network, evidence: dict[str, int]) -> str:
    """Measure one case."""
    try:
        found = infer(net, evidence)
    except TooLarge as error:
        return f"{size:>9}  {kind:>9}  refused before allocating: {error}"
    ours = milliseconds(lambda: infer(net, evidence))
    ours_all = milliseconds(lambda: infer(net, evidence).leave_one_out())
    other = peer(net)
    theirs = milliseconds(lambda: ask(other, evidence))
    engine = ask(other, evidence)
    rest = peer_leave_one_out(engine, evidence)
    theirs_all = milliseconds(lambda: peer_leave_one_out(engine, evidence), 1)
    apart = max(np.abs(p - rest[name]).max() for name, p in found.leave_one_out().items())
    figures = (ours, theirs, theirs / ours, ours_all, theirs_all, theirs_all / ours_all)
    return "  ".join([f"{size:>9}", f"{kind:>9}", *(f"{x:9.2f}" for x in figures), f"{apart:9.0e}"])


if __name__ == "__main__":
    main()
