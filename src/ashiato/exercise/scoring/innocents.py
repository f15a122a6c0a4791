"""Whom the answer wrongs: innocents as holders, operators or persons, or tied to a renter."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ashiato.exercise.scoring.dossier import ANSWERED, Dossier
from ashiato.exercise.scoring.holders import STATUSES
from ashiato.exercise.scoring.matching import is_named
from ashiato.exercise.truth import Custody, Truth


@dataclass(frozen=True, slots=True)
class InnocentScore:
    """Innocent parties named on the group's machines or as persons behind them, by status."""

    certain: int
    possible: int
    conflicting: int
    same_as_renter: int
    names: tuple[str, ...]


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
            if not blamed or not is_named(row.asset, lease.assets):
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


def score_innocents(dossier: Dossier, truth: Truth, clusters: list[set[int]]) -> InnocentScore:
    """Count innocents by the status at which they were named; ``clusters`` are joined personas."""
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
