"""Who held a machine at an instant: right, wrong or not answered, by role and status."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from ashiato.exercise.scoring.dossier import Dossier, TenancyRow
from ashiato.exercise.scoring.found import share
from ashiato.exercise.scoring.matching import is_named
from ashiato.exercise.truth import Check, Truth

ROLES = ("registrant", "credential_holder", "operator")
STATUSES = ("certain", "possible", "conflicting")
ATTACK = "attack"


@dataclass(frozen=True, slots=True)
class HolderScore:
    """How often one role's holder was right at one status, and how many questions that covers."""

    role: str
    status: str
    accuracy: float | None
    coverage: float | None
    right: int
    answered: int
    asked: int


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


def _verdicts(
    rows: list[TenancyRow], truth: Truth, checks: list[Check], role: str, status: str
) -> Iterator[bool]:
    """Judge every check that the answer speaks to."""
    for check in checks:
        held = [r for r in rows if is_named(r.asset, check.assets) and r.may_hold(check.at)]
        told = [r for r in held if r.status_at(check.at) == status]
        if told:
            yield _verdict(told, status, _right_names(truth, check, role))


def score_holders(dossier: Dossier, truth: Truth, *, attacks: bool) -> Iterator[HolderScore]:
    """Ask for each role and status who held what: at attack times, or before and after them."""
    checks = [c for c in truth.checks if (c.kind == ATTACK) is attacks]
    for role, status in product(ROLES, STATUSES):
        rows = [r for r in dossier.tenancies if r.role == role]
        verdicts = list(_verdicts(rows, truth, checks, role, status))
        right, answered, asked = sum(verdicts), len(verdicts), len(checks)
        accuracy, coverage = share(right, answered), share(answered, asked)
        yield HolderScore(role, status, accuracy, coverage, right, answered, asked)
