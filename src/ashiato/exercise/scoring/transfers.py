"""Accounts passed on: found or not, and how near in time."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from ashiato.exercise.scoring.dossier import Dossier, HandoverRow
from ashiato.exercise.scoring.found import Found
from ashiato.exercise.scoring.matching import is_named
from ashiato.exercise.truth import Passing, Theft, Truth

Change = Passing | Theft
SURE = 0.5
"""A hand-over counts from this probability."""
TOLERANCE = timedelta(days=3)
"""How far outside an answer's window a transfer may lie and still be the same one."""


@dataclass(frozen=True, slots=True)
class TransferScore:
    """Hand-overs found, and how far the middle of their window lies from the true instant."""

    found: Found
    median_error_hours: float | None


def meets(row: HandoverRow, change: Change) -> bool:
    """Whether a row tells of a true change: its account is right, and so is its time."""
    early = row.start is not None and change.at < row.start - TOLERANCE
    late = row.end is not None and change.at > row.end + TOLERANCE
    return is_named(row.account, change.assets) and not early and not late


def is_true(row: HandoverRow, truth: Truth) -> bool:
    """Whether the credential holder really changed as a row tells: passed on, or stolen."""
    changes: tuple[Change, ...] = (*truth.transfers, *truth.thefts)
    return any(meets(row, change) for change in changes)


def _error(row: HandoverRow, passing: Passing) -> timedelta | None:
    if row.start is None or row.end is None:
        return None
    return abs(row.start + (row.end - row.start) / 2 - passing.at)


def score_transfers(dossier: Dossier, truth: Truth) -> TransferScore:
    """Match each transfer with the nearest row that meets it; several rows on one count once.

    A theft is no transfer, but the holder did change: who tells of one is neither right nor wrong.
    """
    told = [r for r in dossier.handovers if r.p is None or r.p >= SURE]
    right, errors = 0, []
    for passing in truth.transfers:
        met = [r for r in told if meets(r, passing)]
        right += bool(met)
        apart = [e for r in met if (e := _error(r, passing)) is not None]
        errors += [min(apart) / timedelta(hours=1)] if apart else []
    wrong = sum(not is_true(r, truth) for r in told)
    found = Found.of(right, wrong, len(truth.transfers) - right)
    return TransferScore(found, median(errors) if errors else None)
