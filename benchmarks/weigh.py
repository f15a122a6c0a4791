"""Inference and every leave-one-out on networks of 100, 1,000 and 5,000 nodes, beside pyAgrum.

`python -m benchmarks.weigh`. Three kinds: tree (each claim has its own reliability), local (one
reliability for each origin, on neighbouring facts), random (on facts at random). pyAgrum is used
the best way we know: soft evidence, then `chgEvidence(report, [1, 1])` for each report. Then, on a
case of 1,000 nodes as `weigh` itself builds it: intervals, how they differ by seed, what is left
without each origin and each aspect, and memory.
"""

import itertools
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ashiato.core.claims import Basis
from ashiato.core.errors import TooLarge
from ashiato.weigh.engine import infer, posterior
from ashiato.weigh.grades import grades
from ashiato.weigh.model import Answer, Assertion, Fact, Model, evidence_network, report_names
from ashiato.weigh.network import Network, Node, network, node
from ashiato.weigh.weighed import DRAWS, Proposition, Weighed, weigh_model

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # its SWIG types lack __module__
    import pyagrum

gum: Any = pyagrum
ANSWERS = 6
SIZES = {
    "100": (15, 10, 25, 50),
    "1,000": (120, 60, 250, 570),
    "5,000": (600, 300, 1_250, 2_850),
}
KINDS = ("tree", "local", "random")
ROUNDS = 15
APPEARED = 0.85  # of the reports; the others are observed as missing
NEARLY = 1e-13
ASPECTS = ("malware", "infrastructure", "control", "telemetry", "intelligence", "cui_bono")
SEEDS = 8


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
        print(line(size, kind, *case(kind, counts)), flush=True)
    print("\n".join(whole(modelled(SIZES["1,000"]))))


def modelled(size: tuple[int, int, int, int]) -> Model:
    """Make a case of the local kind as `weigh` has them: origins speak on neighbouring facts."""
    count, origins, claims, reports = size
    rng = np.random.default_rng(0)
    kinds = ["candidate"] * (ANSWERS - 2) + ["imitator", "none"]
    answers = tuple(Answer(f"h{i}", f"h{i}", kind, 1 / ANSWERS) for i, kind in enumerate(kinds))
    facts = tuple(
        Fact(f"f{i}", "", ASPECTS[i * len(ASPECTS) // count], tuple(rng.uniform(0.2, 0.8, ANSWERS)))
        for i in range(count)
    )
    sent: list[list[str]] = [[] for _ in range(claims)]
    for r in range(reports):
        sent[r if r < claims else int(rng.integers(claims))].append(f"r{r}")
    said = tuple(
        Assertion(
            id=f"c{k}",
            fact=f"f{((k % origins) * count // origins + int(rng.integers(3))) % count}",
            origin=f"o{k % origins}",
            basis=Basis.INFERENCE,
            kappa=0.8,
            reports=tuple(relays),
            affirms=bool(rng.random() < APPEARED),
        )
        for k, relays in enumerate(sent)
    )
    return Model(answers, facts, {f"o{i}": "BCD"[i % 3] for i in range(origins)}, said)


def whole(model: Model) -> Iterator[str]:
    """Measure what one answer takes besides inference: intervals, origins, aspects, memory."""
    grade = grades()
    net, evidence = evidence_network(model, grade)
    yield f"as weigh builds it: {len(net.nodes)} nodes, {len(evidence)} reports (ms)"
    yield f"build {milliseconds(lambda: evidence_network(model, grade)):.1f}"
    tracemalloc.start()
    began = time.perf_counter()
    weighed = weigh_model(model, grade)
    took, peak = time.perf_counter() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    drawn = len(weighed.drawn)
    said = f"whole weighing with {drawn} of {DRAWS} draws {1000 * took:.0f}"
    yield f"{said}, peak {peak / 2**20:.0f} MiB"
    yield from apart(model, weighed)
    yield from without(model, weighed)


def apart(model: Model, weighed: Weighed) -> Iterator[str]:
    """Measure the ends of the interval over seeds."""
    leader = model.answers[int(weighed.inference.posterior.argmax())].id
    asked = Proposition(leader, frozenset({leader}), ())
    began = time.perf_counter()
    ends = [weigh_model(model, weighed.grade, seed=seed).p90(asked) for seed in range(SEEDS)]
    each = (time.perf_counter() - began) / SEEDS
    low, high = np.array(ends).T
    yield f"p {weighed.p(asked):.3f}; {SEEDS} seeds, {1000 * each:.0f} each:"
    for name, found in (("lower", low), ("upper", high)):
        spread = f"{found.min():.3f}-{found.max():.3f}"
        yield f"  {name} end {found.mean():.3f}, deviation {found.std(ddof=1):.4f} ({spread})"


def without(model: Model, weighed: Weighed) -> Iterator[str]:
    """Measure every leave-one-origin and leave-one-aspect posterior, one by one and in one pass."""
    aspects = {fact.id: fact.aspect for fact in model.facts}
    yield _left_out("origin", weighed, lambda a: a.origin)
    yield _left_out("aspect", weighed, lambda a: aspects[a.fact])


def _left_out(name: str, weighed: Weighed, key: Callable[[Assertion], str]) -> str:
    net, evidence = evidence_network(weighed.model, weighed.grade)
    groups: dict[str, set[str]] = {}
    for each in weighed.model.assertions:
        groups.setdefault(key(each), set()).update(report_names(each))
    one = milliseconds(lambda: [_rest(net, evidence, gone) for gone in groups.values()], 1)
    at_once = milliseconds(lambda: weighed.without_each(key), 2)
    return f"leave-one-{name}: {len(groups)} reruns {one:.0f}, in one pass {at_once:.0f}"


def _rest(net: Network, evidence: dict[str, int], gone: set[str]) -> object:
    return posterior(net, {name: state for name, state in evidence.items() if name not in gone})


def line(size: str, kind: str, net: Network, evidence: dict[str, int]) -> str:
    """Measure one case."""
    try:
        found = infer(net, evidence)
    except TooLarge as error:
        return f"{size:>9}  {kind:>9}  refused before allocating: {error}"
    ours = milliseconds(lambda: infer(net, evidence))
    ours_all = milliseconds(lambda: infer(net, evidence).leave_one_out())
    other = peer(net)
    try:
        theirs = milliseconds(lambda: ask(other, evidence))
    except gum.IncompatibleEvidence:  # the product of so many reports underflows there
        return f"{size:>9}  {kind:>9}  {ours:9.2f}  peer: underflows  {ours_all:9.2f} for all l-o-o"
    engine = ask(other, evidence)
    rest = peer_leave_one_out(engine, evidence)
    theirs_all = milliseconds(lambda: peer_leave_one_out(engine, evidence), 2)
    apart = max(np.abs(p - rest[name]).max() for name, p in found.leave_one_out().items())
    figures = (ours, theirs, theirs / ours, ours_all, theirs_all, theirs_all / ours_all)
    return "  ".join([f"{size:>9}", f"{kind:>9}", *(f"{x:9.2f}" for x in figures), f"{apart:9.0e}"])


if __name__ == "__main__":
    main()
