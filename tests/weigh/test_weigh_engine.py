import itertools
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.errors import TooLarge
from ashiato.weigh.engine import infer, posterior, posteriors, width
from ashiato.weigh.network import Network, Node, network, node

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # its SWIG types lack __module__
    import pyagrum

gum: Any = pyagrum
NETS = 60
EXACT = 1e-9


def rows(rng: np.random.Generator, *shape: int) -> Any:  # noqa: ANN401 - an array
    table = rng.uniform(0.02, 1.0, shape)
    return table / table.sum(axis=-1, keepdims=True)


def reporting_net(rng: np.random.Generator) -> list[Node]:
    """Answers, facts (some on another fact), shared origins, claims, relays."""
    answers, facts, origins = int(rng.integers(2, 6)), int(rng.integers(2, 7)), 3
    nodes = [node("H", (), rows(rng, answers))]
    for i in range(facts):
        above = ("H", f"F{i - 1}") if i and rng.random() < 0.3 else ("H",)
        nodes.append(
            node(f"F{i}", above, rows(rng, *([answers, 2] if len(above) > 1 else [answers]), 2))
        )
    nodes += [node(f"R{j}", (), rows(rng, 3)) for j in range(origins)]
    for k in range(int(rng.integers(2, 9))):
        parents = (f"F{rng.integers(facts)}", f"R{rng.integers(origins)}")
        nodes.append(node(f"C{k}", parents, rows(rng, 2, 3, 2)))
        nodes += [node(f"E{k}-{r}", (f"C{k}",), rows(rng, 2, 2)) for r in range(rng.integers(0, 4))]
    return nodes


def any_net(rng: np.random.Generator) -> list[Node]:
    """Any directed graph of small variables."""
    nodes: list[Node] = [node("H", (), rows(rng, int(rng.integers(2, 5))))]
    for i in range(int(rng.integers(3, 10))):
        above = rng.choice(len(nodes), size=min(len(nodes), int(rng.integers(0, 4))), replace=False)
        parents = [nodes[j] for j in above]
        shape = [p.states for p in parents]
        nodes.append(
            node(f"X{i}", [p.name for p in parents], rows(rng, *shape, int(rng.integers(2, 4))))
        )
    return nodes


def seeded(seed: int) -> tuple[Network, dict[str, int]]:
    rng = np.random.default_rng(seed)
    net = network("H", reporting_net(rng) if seed % 2 else any_net(rng))
    observable = [n for n in net.nodes if n != "H"]
    leaves = [n for n in observable if n.startswith("E")] or observable
    chosen = rng.choice(leaves, size=min(len(leaves), int(rng.integers(1, 6))), replace=False)
    return net, {str(n): int(rng.integers(net.nodes[str(n)].states)) for n in chosen}


def oracle(net: Network, evidence: dict[str, int]) -> Any:  # noqa: ANN401 - pyAgrum has no types
    other = gum.BayesNet()
    for each in net.nodes.values():
        other.add(gum.LabelizedVariable(each.name, each.name, each.states))
    for each in net.nodes.values():
        for parent in each.parents:
            other.addArc(parent, each.name)
    for each in net.nodes.values():
        if not each.parents:
            other.cpt(each.name)[:] = each.table
        for index in itertools.product(*(range(net.nodes[p].states) for p in each.parents)):
            if each.parents:
                other.cpt(each.name)[dict(zip(each.parents, index, strict=True))] = each.table[
                    index
                ]
    engine = gum.LazyPropagation(other)
    engine.setEvidence(evidence)
    engine.makeInference()
    return engine


@pytest.mark.parametrize("seed", range(NETS))
def test_the_posterior_is_the_one_of_an_independent_engine(seed: int) -> None:
    net, evidence = seeded(seed)
    found = infer(net, evidence).posterior

    assert np.abs(found - oracle(net, evidence).posterior("H").toarray()).max() < EXACT


@pytest.mark.parametrize("seed", range(NETS))
def test_the_reverse_pass_gives_every_other_posterior_too(seed: int) -> None:
    net, evidence = seeded(seed)
    found, other = infer(net, evidence, keep=list(net.nodes)), oracle(net, evidence)

    for name in set(net.nodes) - set(evidence) - {"H"}:
        assert np.abs(found.marginal(name) - other.posterior(name).toarray()).max() < EXACT


@pytest.mark.parametrize("seed", range(NETS))
def test_leaving_one_report_out_is_running_without_it(seed: int) -> None:
    net, evidence = seeded(seed)

    for report, found in infer(net, evidence).leave_one_out().items():
        rest = {name: state for name, state in evidence.items() if name != report}
        assert np.abs(found - posterior(net, rest)).max() < EXACT


@pytest.mark.parametrize("seed", range(NETS))
def test_gradient_times_factor_sums_to_one_for_every_factor_and_answer(seed: int) -> None:
    net, evidence = seeded(seed)

    assert np.abs(infer(net, evidence).unity() - 1).max() < EXACT


@pytest.mark.parametrize("seed", range(1, NETS, 2))
def test_a_sensitivity_is_the_exact_curve(seed: int) -> None:
    net, evidence = seeded(seed)
    found = infer(net, evidence, keep=list(net.nodes))
    binary = [n for n in net.nodes.values() if n.states == 2 and n.name != "H"]

    for each in binary:
        row = tuple(0 for _ in each.parents)
        table = each.table.copy()
        table[row] = (0.35, 0.65)
        curve = found.sensitivity(each.name, dict.fromkeys(each.parents, 0))
        rerun = posterior(net.with_table(each.name, table), evidence)
        assert np.abs(curve.at(0.65) - rerun).max() < EXACT


@given(st.integers(0, 200), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_in_which_nodes_and_evidence_come_does_not_matter(seed: int, mix: Any) -> None:  # noqa: ANN401 - Hypothesis' random
    net, evidence = seeded(seed)
    nodes, items = list(net.nodes.values()), list(evidence.items())
    mix.shuffle(nodes)
    mix.shuffle(items)

    again = infer(network("H", nodes), dict(items)).posterior
    assert again.tobytes() == infer(net, evidence).posterior.tobytes()


def test_drawn_tables_go_through_one_pass_as_they_would_one_by_one() -> None:
    net, evidence = seeded(7)
    rng = np.random.default_rng(3)
    names = sorted(net.nodes)[:4]
    draws = {n: rows(rng, 5, *net.nodes[n].table.shape) for n in names}

    together = posteriors(net, evidence, draws, 5, max_cells=2 * width(net, evidence))

    for i in range(5):
        alone = net
        for name in names:
            alone = alone.with_table(name, draws[name][i])
        assert np.abs(together[i] - posterior(alone, evidence)).max() < EXACT


def test_what_is_not_relevant_leaves_the_prior_as_it_was() -> None:
    net, _ = seeded(4)

    assert np.allclose(posterior(net, {}), net.nodes["H"].table, atol=EXACT)


def test_hundreds_of_contradicting_reports_do_not_underflow() -> None:
    truth = node("F", ("H",), [[0.3, 0.7], [0.6, 0.4]])
    relays = [node(f"E{i}", ("F",), [[0.999, 0.001], [0.001, 0.999]]) for i in range(600)]
    net = network("H", [node("H", (), [0.5, 0.5]), truth, *relays])
    found = infer(net, {f"E{i}": i % 2 for i in range(600)})

    assert np.abs(found.posterior - 0.5).max() < EXACT
    assert np.abs(found.unity() - 1).max() < 1e-6


def test_a_network_that_does_not_fit_is_refused_before_anything_is_allocated() -> None:
    origins = [f"R{j}" for j in range(40)]
    nodes = [node("H", (), [0.5, 0.5]), *(node(r, (), [0.5, 0.3, 0.2]) for r in origins)]
    nodes.append(node("F", ("H",), [[0.5, 0.5], [0.2, 0.8]]))
    pairs = list(itertools.combinations(origins, 2))
    nodes += [node(f"C{a}{b}", (a, b), np.full((3, 3, 2), 0.5)) for a, b in pairs]
    net = network("H", nodes)

    with pytest.raises(TooLarge, match="by topic"):
        infer(net, {f"C{a}{b}": 1 for a, b in pairs})


@pytest.mark.parametrize("entry", [0.0, 1.0])
def test_an_entry_of_zero_or_one_is_refused(entry: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        node("F", (), [entry, 1 - entry])


def test_a_row_that_does_not_sum_to_one_is_refused() -> None:
    with pytest.raises(ValueError, match="sum to one"):
        node("F", (), [0.5, 0.4])


@pytest.mark.parametrize(
    ("nodes", "complaint"),
    [
        ([node("F", (), [0.5, 0.5])], "root"),
        ([node("H", (), [0.5, 0.5]), node("F", ("G",), [[0.5, 0.5]] * 2)], "unknown parents"),
        ([node("H", (), [0.5, 0.5]), node("F", ("H",), [[0.5, 0.5]] * 3)], "table"),
        ([node("H", (), [0.5, 0.5]), node("H", (), [0.4, 0.6])], "one name"),
        (
            [node("H", (), [0.5, 0.5])]
            + [node(a, (b,), [[0.5, 0.5]] * 2) for a, b in ("FG", "GF")],
            "circle",
        ),
    ],
)
def test_a_network_that_is_none_is_refused(nodes: list[Node], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        network("H", nodes)


def test_the_question_itself_cannot_be_observed() -> None:
    net, _ = seeded(1)

    with pytest.raises(ValueError, match="what is asked"):
        infer(net, {"H": 0})
