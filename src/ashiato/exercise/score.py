"""Score an answer against the truth; `table` and docs/exercise.md say what each figure means."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, product
from math import log
from pathlib import Path
from statistics import median

from ashiato.exercise.dossier import Dossier, HandoverRow, RungRow, TenancyRow, read_dossier
from ashiato.exercise.matching import is_named, words
from ashiato.exercise.truth import Answer, Check, Custody, Passing, Persona, Truth, read_truth

COUNTED = frozenset({"hit", "probable"})
ABSTAINED = frozenset({"no_coverage", "refused", "possible"})
ANSWERED = frozenset({"SUFFICIENT", "REFUTED", "certain"})
ROLES = ("registrant", "credential_holder", "operator")
STATUSES = ("certain", "possible", "conflicting")
SURE, FLOOR = 0.5, 1e-6
"""A hand-over counts from this probability; a log score is cut at this one."""
TOLERANCE = timedelta(days=3)
"""How far outside an answer's window a transfer may lie and still be the same one."""
PAIR = 2


@dataclass(frozen=True, slots=True)
class Found:
    """Precision and recall of a set, with the counts behind them; ``None`` where nothing counts."""

    precision: float | None
    recall: float | None
    right: int
    wrong: int
    missed: int

    @classmethod
    def of(cls, right: int, wrong: int, missed: int) -> "Found":
        """Build from counts."""
        return cls(
            _share(right, right + wrong), _share(right, right + missed), right, wrong, missed
        )


@dataclass(frozen=True, slots=True)
class VictimScore:
    """Organisations told as hit or probable against those attacked; ``possible`` ones apart."""

    counted: Found
    possible_right: int
    possible_wrong: int
    decoys_counted: int
    first_seen_error_hours: float | None


@dataclass(frozen=True, slots=True)
class HolderScore:
    """How often one role's holder was right at one status, and how many questions that covers."""

    role: str
    status: str
    accuracy: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class InnocentScore:
    """Innocent parties named on the group's machines or as persons behind them, by status."""

    certain: int
    possible: int
    conflicting: int
    same_as_renter: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonaScore:
    """Which personas are one person: over pairs, and B-cubed over personas in any cluster."""

    pairs: Found
    bcubed_precision: float | None
    bcubed_recall: float | None


@dataclass(frozen=True, slots=True)
class TransferScore:
    """Hand-overs found, and how far the middle of their window lies from the true instant."""

    found: Found
    median_error_hours: float | None


@dataclass(frozen=True, slots=True)
class ProbabilityScore:
    """The probability given to what is asked, whether it is so, log score and Brier (0 is best)."""

    p: float | None
    fact: bool
    log_score: float | None
    brier: float | None


@dataclass(frozen=True, slots=True)
class AbstentionScore:
    """Unanswerable questions left open, and answerable rungs answered rightly."""

    open_left: int
    open_asked: int
    answered_right: int
    answered_asked: int


@dataclass(frozen=True, slots=True)
class Score:
    """How one answer compares with the truth."""

    solver: str
    victims: VictimScore
    holders: tuple[HolderScore, ...]
    innocents: InnocentScore
    personas: PersonaScore
    transfers: TransferScore
    group: ProbabilityScore
    sponsor: ProbabilityScore
    abstention: AbstentionScore
    weakest_rung_agrees: bool
    origins_right: float | None


def _share(part: int, total: int) -> float | None:
    return part / total if total else None


def _victims(dossier: Dossier, truth: Truth) -> VictimScore:
    blind = {frozenset(words(b.organisation)) for b in truth.blind}
    known = {words(v.organisation): v for v in truth.victims}
    decoys = {words(d.organisation) for d in truth.decoys}
    told = {words(r.organisation): r for r in dossier.victims if words(r.organisation) not in blind}
    counted = {name for name, row in told.items() if row.status in COUNTED}
    possible = {name for name, row in told.items() if row.status == "possible"}
    right = counted & known.keys()
    errors = [
        abs(seen - known[name].first) / timedelta(hours=1)
        for name in right
        if (seen := told[name].first_seen) is not None
    ]
    return VictimScore(
        counted=Found.of(len(right), len(counted - right), len(known) - len(right)),
        possible_right=len(possible & known.keys()),
        possible_wrong=len(possible - known.keys()),
        decoys_counted=len(counted & decoys),
        first_seen_error_hours=median(errors) if errors else None,
    )


def _is_asset(row: TenancyRow, assets: Iterable[str]) -> bool:
    return is_named(row.asset, assets)


def _right_names(truth: Truth, check: Check, role: str) -> tuple[str, ...]:
    return tuple(
        name
        for c in truth.custody
        if c.role == role and c.start <= check.at and (c.end is None or check.at < c.end)
        if set(c.assets) & set(check.assets)
        for name in c.names
    )


def _verdict(rows: list[TenancyRow], status: str, names: tuple[str, ...]) -> bool:
    """At ``certain`` every name must be right; otherwise the right one must be among them."""
    hits = [is_named(row.party, names) for row in rows]
    return all(hits) if status == "certain" else any(hits)


def _holders(dossier: Dossier, truth: Truth) -> Iterator[HolderScore]:
    for role, status in product(ROLES, STATUSES):
        rows = [r for r in dossier.tenancies if r.role == role and r.status == status]
        verdicts = []
        for check in truth.checks:
            told = [r for r in rows if _is_asset(r, check.assets) and r.may_hold(check.at)]
            if told:
                verdicts.append(_verdict(told, status, _right_names(truth, check, role)))
        accuracy = _share(sum(verdicts), len(verdicts))
        yield HolderScore(role, status, accuracy, _share(len(verdicts), len(truth.checks)))


def _innocent(name: str, truth: Truth, besides: Iterable[str]) -> str | None:
    """Give the innocent party that ``name`` names, unless it is the name of one of ``besides``."""
    if is_named(name, besides):
        return None
    return next((n for n in truth.innocents if is_named(name, (n,))), None)


def _group_held(truth: Truth) -> Iterator[tuple[Custody, tuple[str, ...]]]:
    """Give each lease of a passed-on machine, with everybody who had to do with it."""
    for passing in truth.transfers:
        own = [c for c in truth.custody if set(c.assets) == set(passing.assets)]
        names = tuple(name for c in own for name in c.names)
        yield next(c for c in own if c.role == "registrant"), names


def _named_holders(dossier: Dossier, truth: Truth) -> Iterator[tuple[str, str]]:
    """Give (status, innocent) for rows that put an innocent at the group's machines."""
    for lease, names in _group_held(truth):
        for row in dossier.tenancies:
            blamed = row.role in {"credential_holder", "operator"} or row.party_type == "person"
            if not blamed or not _is_asset(row, lease.assets):
                continue
            who = _innocent(row.party, truth, names)
            if who and row.may_meet(lease.start, lease.end):
                yield row.status, who


def _named_persons(dossier: Dossier, truth: Truth) -> Iterator[tuple[str, str]]:
    right = [name for a in truth.answers for name in a.who]
    for row in dossier.rungs:
        who = _innocent(row.who, truth, right) if row.rung == "person" else None
        if who:
            yield "certain" if row.verdict in ANSWERED else "possible", who


def _innocents(dossier: Dossier, truth: Truth, clusters: list[set[int]]) -> InnocentScore:
    named = {*_named_holders(dossier, truth), *_named_persons(dossier, truth)}
    tied = {
        truth.personas[i].name
        for cluster in clusters
        if any(not truth.personas[i].innocent for i in cluster)
        for i in cluster
        if truth.personas[i].innocent
    }
    count = {status: len({n for s, n in named if s == status}) for status in STATUSES}
    every = tuple(sorted({n for _, n in named} | tied))
    return InnocentScore(**count, same_as_renter=len(tied), names=every)


class _Bearers:
    """Which personas an entity of identities.csv stands for.

    A contract number in it decides; else every persona whose name it contains, for an ambiguous
    name names them all, unless it contains the provider's id too.
    """

    def __init__(self, personas: tuple[Persona, ...]) -> None:
        self._by_contract = {n.casefold(): i for i, p in enumerate(personas) for n in p.contracts}
        self._names = [(i, words(p.name), p.source.casefold()) for i, p in enumerate(personas)]
        self._known: dict[str, set[int]] = {}

    def of(self, entity: str) -> set[int]:
        if entity not in self._known:
            self._known[entity] = self._look_up(words(entity))
        return self._known[entity]

    def _look_up(self, said: frozenset[str]) -> set[int]:
        numbers = {self._by_contract[w] for w in said if w in self._by_contract}
        named = {i for i, name, _ in self._names if name <= said}
        placed = {i for i, _, source in self._names if i in named and source in said}
        return numbers or placed or named


def _clusters(dossier: Dossier, truth: Truth) -> list[set[int]]:
    """Join what the answer calls the same, transitively; single personas are left out."""
    bearers, cluster_of = _Bearers(truth.personas), dict[int, set[int]]()
    for row in dossier.identities:
        if row.judgement != "same":
            continue
        joined = bearers.of(row.entity_a) | bearers.of(row.entity_b)
        joined = set().union(joined, *(cluster_of.get(i, set()) for i in joined))
        cluster_of |= dict.fromkeys(joined, joined)
    unique = {id(c): c for c in cluster_of.values() if len(c) >= PAIR}
    return sorted(unique.values(), key=min)


def _true_clusters(truth: Truth) -> list[set[int]]:
    of: dict[str, set[int]] = {}
    for i, persona in enumerate(truth.personas):
        of.setdefault(persona.person, set()).add(i)
    return [c for c in of.values() if len(c) >= PAIR]


def _pairs(clusters: list[set[int]]) -> set[tuple[int, int]]:
    return {(a, b) for c in clusters for a, b in combinations(sorted(c), 2)}


def _personas(told: list[set[int]], truth: Truth) -> PersonaScore:
    real = _true_clusters(truth)
    said, true = _pairs(told), _pairs(real)
    told_of = {i: c for c in told for i in c}
    real_of = {i: c for c in real for i in c}
    precision, recall = [], []
    for i in sorted(told_of.keys() | real_of.keys()):
        mine, his = told_of.get(i, {i}), real_of.get(i, {i})
        precision.append(len(mine & his) / len(mine))
        recall.append(len(mine & his) / len(his))
    return PersonaScore(
        pairs=Found.of(len(said & true), len(said - true), len(true - said)),
        bcubed_precision=sum(precision) / len(precision) if precision else None,
        bcubed_recall=sum(recall) / len(recall) if recall else None,
    )


def _meets(row: HandoverRow, passing: Passing) -> bool:
    early = row.start is not None and passing.at < row.start - TOLERANCE
    late = row.end is not None and passing.at > row.end + TOLERANCE
    return is_named(row.account, passing.assets) and not early and not late


def _error(row: HandoverRow, passing: Passing) -> timedelta | None:
    if row.start is None or row.end is None:
        return None
    return abs(row.start + (row.end - row.start) / 2 - passing.at)


def _transfers(dossier: Dossier, truth: Truth) -> TransferScore:
    """Match each transfer with the nearest row that meets it; several rows on one count once."""
    told = [r for r in dossier.handovers if r.p is None or r.p >= SURE]
    right, errors = 0, []
    for passing in truth.transfers:
        met = [r for r in told if _meets(r, passing)]
        right += bool(met)
        apart = [e for r in met if (e := _error(r, passing)) is not None]
        errors += [min(apart) / timedelta(hours=1)] if apart else []
    wrong = sum(not any(_meets(r, passing) for passing in truth.transfers) for r in told)
    found = Found.of(right, wrong, len(truth.transfers) - right)
    return TransferScore(found, median(errors) if errors else None)


def _given(dossier: Dossier, answer: Answer) -> float | None:
    """Give the probability that the answer gives to ``answer.who``, read as kindly as possible."""
    row = next((r for r in dossier.rungs if r.rung == answer.rung), None)
    if row and is_named(row.who, answer.who):
        return row.p
    listed = [p for label, p in dossier.hypotheses if is_named(label, answer.who)]
    if listed:
        return max(listed)
    return 1 - row.p if row and row.p is not None else None


def _probability(dossier: Dossier, truth: Truth, rung: str) -> ProbabilityScore:
    answer = next(a for a in truth.answers if a.rung == rung)
    p = _given(dossier, answer)
    if p is None:
        return ProbabilityScore(None, answer.fact, None, None)
    on_fact = p if answer.fact else 1 - p
    return ProbabilityScore(p, answer.fact, -log(max(on_fact, FLOOR)), (1 - on_fact) ** 2)


def _is_answered(row: RungRow | None) -> bool:
    return row is not None and row.verdict in ANSWERED


def _abstention(dossier: Dossier, truth: Truth) -> AbstentionScore:
    rows = {r.rung: r for r in dossier.rungs}
    told = {words(r.organisation): r.status for r in dossier.victims}
    open_rungs = [a for a in truth.answers if not a.answerable]
    rungs = [a for a in truth.answers if a.answerable]
    left = sum(not _is_answered(rows.get(a.rung)) for a in open_rungs)
    left += sum(told.get(words(b.organisation), "no_coverage") in ABSTAINED for b in truth.blind)
    right = sum(_is_answered(rows.get(a.rung)) and is_named(rows[a.rung].who, a.who) for a in rungs)
    return AbstentionScore(left, len(open_rungs) + len(truth.blind), right, len(rungs))


def _origins(dossier: Dossier, truth: Truth) -> float | None:
    """Give the share of claims from documents that are put down to a true origin of theirs."""
    voices = {v.path: [name for names in v.origins for name in names] for v in truth.documents}
    verdicts = [
        any(is_named(said, voices[path]) for said in claim.origin)
        for claim in dossier.claims
        for path in claim.paths[:1]
        if path in voices
    ]
    return _share(sum(verdicts), len(verdicts))


def grade(dossier: Dossier, truth: Truth, *, solver: str) -> Score:
    """Compare an answer with the truth; ``solver`` is how the table calls it."""
    clusters = _clusters(dossier, truth)
    return Score(
        solver=solver,
        victims=_victims(dossier, truth),
        holders=tuple(_holders(dossier, truth)),
        innocents=_innocents(dossier, truth, clusters),
        personas=_personas(clusters, truth),
        transfers=_transfers(dossier, truth),
        group=_probability(dossier, truth, "group"),
        sponsor=_probability(dossier, truth, "sponsor"),
        abstention=_abstention(dossier, truth),
        weakest_rung_agrees=dossier.weakest_rung == truth.weakest_rung,
        origins_right=_origins(dossier, truth),
    )


def score(case_dir: Path, truth: Path) -> Score:
    """Score the dossier in ``case_dir`` against the truth file ``truth``.

    Raises:
        BadInput: a contract file or the truth is missing or not as agreed.

    """
    return grade(read_dossier(Path(case_dir)), read_truth(Path(truth)), solver="ashiato")
