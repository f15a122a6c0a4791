"""Which organisations were attacked: told against true."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from ashiato.exercise.scoring.dossier import Dossier
from ashiato.exercise.scoring.found import Found
from ashiato.exercise.scoring.matching import words
from ashiato.exercise.truth import Truth

COUNTED = frozenset({"hit", "probable"})


@dataclass(frozen=True, slots=True)
class VictimScore:
    """Organisations told as hit or probable against those attacked; ``possible`` ones apart."""

    counted: Found
    possible_right: int
    possible_wrong: int
    decoys_counted: int
    first_seen_error_hours: float | None


def score_victims(dossier: Dossier, truth: Truth) -> VictimScore:
    """Compare the census with the planted attacks; blind organisations are left out."""
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
