"""One question as an evidence network: answers -> facts -> claims of origins -> reports.

Reports collapse into claims and claims into origins before anything is counted: fifty outlets that
print what one agency said are fifty relays of one claim, and all claims of that agency hang on one
reliability.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256

import numpy as np

from ashiato.core.claims import Basis
from ashiato.weigh.grades import Grades, assertion_table, relay_table
from ashiato.weigh.network import Network, Node, Table, network, node

ROOT = "who"
ENOUGH = 50
"""Reports of one claim that are weighed: after so many it was made to within 1e-80, and a further
one moves nothing that a number can hold."""


@dataclass(frozen=True, slots=True, order=True)
class Answer:
    """One hypothesis: a candidate, an imitator of one, who got one's machines, or none of them.

    ``imitates`` is the candidate whom an imitator or a resale is about.
    """

    id: str
    label: str
    kind: str
    prior: float
    imitates: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """Something that is so or not; ``likelihoods`` are P(so | answer), in the order of answers.

    ``spoof_cost`` is what it takes to fake it (``trivial``, ``moderate``, ``high``; ``None`` where
    nobody asked).
    """

    id: str
    label: str
    aspect: str
    likelihoods: tuple[float, ...]
    spoof_cost: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Assertion:
    """One origin says that a fact is so (or that it is not); ``reports`` relay it."""

    id: str
    fact: str
    origin: str
    basis: Basis
    kappa: float
    reports: tuple[str, ...]
    affirms: bool = True


class Sharing(StrEnum):
    """What has one reliability: the whole origin, or the origin on one topic."""

    ORIGIN = "origin"
    ASPECT = "aspect"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Model:
    """A question with its answers, facts and evidence. ``origins`` maps origin to its letter.

    Raises:
        ValueError: "none of these" is missing (the world is open), priors do not sum to one, or
            an assertion names an unknown fact or origin.

    """

    answers: tuple[Answer, ...]
    facts: tuple[Fact, ...]
    origins: Mapping[str, str]
    assertions: tuple[Assertion, ...]
    sharing: Sharing = Sharing.ORIGIN

    def __post_init__(self) -> None:
        if not any(answer.kind == "none" for answer in self.answers):
            raise ValueError(
                "the answers must hold one of kind 'none': nobody listed may have done it"
            )
        if abs(sum(answer.prior for answer in self.answers) - 1) > 1e-9:  # noqa: PLR2004
            raise ValueError("the priors must sum to one")
        facts = {fact.id for fact in self.facts}
        for each in self.assertions:
            if each.fact not in facts or each.origin not in self.origins or not each.reports:
                raise ValueError(f"{each.id!r} needs a known fact, a known origin and a report")

    def fact(self, fact: str) -> Fact:
        """Give a fact by its id."""
        return next(each for each in self.facts if each.id == fact)

    def speaking(self) -> tuple[str, ...]:
        """Give the origins that assert anything, by id."""
        return tuple(sorted({each.origin for each in self.assertions}))

    def affirming(self, fact: str) -> tuple[str, ...]:
        """Give the origins that say that ``fact`` is so, by id."""
        return tuple(sorted({a.origin for a in self.assertions if a.fact == fact and a.affirms}))

    def trust(self, assertion: Assertion) -> str:
        """Name the reliability that an assertion hangs on."""
        topics = {
            Sharing.ORIGIN: "",
            Sharing.ASPECT: self.fact(assertion.fact).aspect,
            Sharing.FACT: assertion.fact,
        }
        return f"trust:{assertion.origin}:{topics[self.sharing]}"


def fact_name(fact: str) -> str:
    """Name the node of a fact."""
    return f"fact:{fact}"


def claim_name(assertion: str) -> str:
    """Name the node of an assertion."""
    return f"claim:{assertion}"


def report_names(assertion: Assertion) -> tuple[str, ...]:
    """Name the nodes of the reports that carry an assertion, up to `ENOUGH`."""
    return tuple(f"report:{assertion.id}:{report}" for report in assertion.reports[:ENOUGH])


def evidence_network(model: Model, grade: Grades) -> tuple[Network, dict[str, int]]:
    """Build the network and what is observed in it: every report appeared."""
    nodes = [
        node(name, parents, table[0])
        for name, (parents, table) in _tables(model, grade, _STILL).items()
    ]
    evidence: dict[str, int] = {}
    relay = relay_table(grade)
    for each in model.assertions:
        for name in report_names(each):
            nodes.append(Node(name, (claim_name(each.id),), relay))
            evidence[name] = 1
    return network(ROOT, nodes), evidence


def naive_network(model: Model, grade: Grades) -> tuple[Network, dict[str, int]]:
    """Build what counting heads would build: every report its own independent witness.

    For comparison only; this is the mistake that the model exists to avoid.
    """
    tables = _tables(model, grade, _STILL)
    nodes = [
        node(name, parents, table[0])
        for name, (parents, table) in tables.items()
        if name == ROOT or name.startswith("fact:")
    ]
    evidence: dict[str, int] = {}
    for each in model.assertions:
        parents, table = tables[claim_name(each.id)]
        for report in each.reports:
            name = f"{each.id}:{report}"
            nodes.append(node(f"trust:{name}", (), tables[parents[1]][1][0]))
            nodes.append(node(f"report:{name}", (parents[0], f"trust:{name}"), table[0]))
            evidence[f"report:{name}"] = 1
    return network(ROOT, nodes), evidence


def drawn_tables(model: Model, grade: Grades, count: int, seed: str) -> dict[str, Table]:
    """Give ``count`` versions of every table whose figures are a matter of judgement.

    Each log-odds (or log weight of a prior) gets its own normal noise of standard deviation
    ln ``grade.noise``, from a stream named by ``seed`` and the table: what else is in the model
    does not change it. Relays are not varied, nor facts that nobody speaks on.
    """
    tables = _tables(_spoken(model), grade, _Noise(count, seed, grade.noise))
    return {name: table for name, (_, table) in tables.items()}


def figures(model: Model, grade: Grades) -> dict[str, tuple[int, ...]]:
    """Name every figure that is a matter of judgement, with its shape; see `drawn_tables`."""
    noted = _Noted(1, "", 1.0)
    _tables(_spoken(model), grade, noted)
    return noted.shapes


def box_tables(
    model: Model, grade: Grades, signs: Mapping[str, Table], odds: float
) -> dict[str, Table]:
    """Give the tables with every odds off by the factor ``odds``, up or down as ``signs`` say.

    ``signs`` has an array of +1 and -1 for each of `figures`, with the axis of versions first.
    """
    count = next(iter(signs.values())).shape[0]
    tables = _tables(_spoken(model), grade, _Box(count, "", odds, signs))
    return {name: table for name, (_, table) in tables.items()}


def _spoken(model: Model) -> Model:
    asserted = {each.fact for each in model.assertions}
    return replace(model, facts=tuple(fact for fact in model.facts if fact.id in asserted))


@dataclass(frozen=True, slots=True)
class _Noise:
    count: int
    seed: str
    odds: float

    def of(self, figure: str, *shape: int) -> Table:
        if self.odds == 1.0:
            return np.zeros((self.count, *shape))
        words = np.frombuffer(sha256(f"{self.seed}:{figure}".encode()).digest(), dtype="<u4")
        rng = np.random.Generator(np.random.PCG64(words.tolist()))
        return rng.normal(0.0, np.log(self.odds), (self.count, *shape))

    def shifted(self, figure: str, p: float | Table) -> Table:
        odds = p / (1 - p) * np.exp(self.of(figure, *np.shape(p)))
        result: Table = odds / (1 + odds)
        return result


@dataclass(frozen=True, slots=True)
class _Noted(_Noise):
    """Changes nothing, and notes what it is asked to change."""

    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, figure: str, *shape: int) -> Table:
        self.shapes[figure] = shape
        return np.zeros((self.count, *shape))


@dataclass(frozen=True, slots=True)
class _Box(_Noise):
    """Puts every odds at one end of its range."""

    signs: Mapping[str, Table] = field(default_factory=dict)

    def of(self, figure: str, *shape: int) -> Table:  # noqa: ARG002 - the signs have the shape
        moved: Table = np.log(self.odds) * self.signs[figure]
        return moved


_STILL = _Noise(1, "", 1.0)


def _tables(model: Model, grade: Grades, noise: _Noise) -> dict[str, tuple[tuple[str, ...], Table]]:
    """Give parents and tables (axis of draws first) of all nodes but the reports, by name."""
    rates = {each.basis: _rates(each.basis, grade, noise) for each in model.assertions}
    tables: dict[str, tuple[tuple[str, ...], Table]] = {ROOT: ((), _prior(model, noise))}
    for fact in model.facts:
        tables[fact_name(fact.id)] = ((ROOT,), _fact(fact, noise))
    for each in model.assertions:
        trust, letter = model.trust(each), model.origins[each.origin]
        tables[trust] = ((), _trust(each.origin, grade.reliability[letter], noise))
        table = assertion_table(rates[each.basis], each.kappa, grade, affirms=each.affirms)
        tables[claim_name(each.id)] = ((fact_name(each.fact), trust), table)
    return tables


def _prior(model: Model, noise: _Noise) -> Table:
    prior = np.array([answer.prior for answer in model.answers])
    weights = prior * np.exp(noise.of("prior", len(prior)))
    result: Table = weights / weights.sum(axis=-1, keepdims=True)
    return result


def _fact(fact: Fact, noise: _Noise) -> Table:
    # what is as probable under every answer separates none, however unsure its height is
    flat = len(set(fact.likelihoods)) == 1
    so = (_STILL if flat else noise).shifted(f"fact:{fact.id}", np.array(fact.likelihoods))
    so = np.broadcast_to(so, (noise.count, so.shape[1]))
    return np.stack([1 - so, so], axis=-1)


def _rates(basis: Basis, grade: Grades, noise: _Noise) -> Table:
    return noise.shifted(f"basis:{basis}", np.array(grade.basis[basis]))


def _trust(origin: str, row: tuple[float, float, float], noise: _Noise) -> Table:
    reliable = noise.shifted(f"trust:{origin}", row[0])
    rest = (1 - reliable) / (row[1] + row[2])
    return np.stack([reliable, row[1] * rest, row[2] * rest], axis=-1)
