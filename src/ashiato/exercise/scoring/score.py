"""Score an answer against the truth; `figures` and docs/exercise.md say what each figure means."""

from dataclasses import dataclass
from pathlib import Path

from ashiato.exercise.scoring.beliefs import (
    Forecast,
    ProbabilityScore,
    forecasts,
    score_probability,
)
from ashiato.exercise.scoring.claims import ClaimScore, score_claims, score_origins
from ashiato.exercise.scoring.dossier import Dossier, read_dossier
from ashiato.exercise.scoring.holders import HolderScore, score_holders
from ashiato.exercise.scoring.innocents import InnocentScore, score_innocents
from ashiato.exercise.scoring.personas import PersonaScore, clusters_told, score_personas
from ashiato.exercise.scoring.restraint import AbstentionScore, score_abstention
from ashiato.exercise.scoring.transfers import TransferScore, score_transfers
from ashiato.exercise.scoring.victims import VictimScore, score_victims
from ashiato.exercise.truth import Truth, read_truth

WHOLE = "none"
"""The ablation of an exercise from which nothing was taken."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one answer compares with the truth.

    ``level`` and ``ablation`` say what kind of exercise it was, where whoever scores knows it.
    ``holders`` are asked at attack times, ``holders_around`` before and after them. ``claims`` is
    ``None`` where the truth holds no claims.
    """

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
    holders_around: tuple[HolderScore, ...]
    claims: ClaimScore | None
    forecasts: tuple[Forecast, ...]
    seed: int
    level: str = ""
    ablation: str = WHOLE


def grade(
    dossier: Dossier, truth: Truth, *, solver: str, level: str = "", ablation: str = WHOLE
) -> Score:
    """Compare an answer with the truth; ``solver`` is how the table calls it."""
    clusters = clusters_told(dossier, truth)
    return Score(
        solver=solver,
        victims=score_victims(dossier, truth),
        holders=tuple(score_holders(dossier, truth, attacks=True)),
        innocents=score_innocents(dossier, truth, clusters),
        personas=score_personas(clusters, truth),
        transfers=score_transfers(dossier, truth),
        group=score_probability(dossier, truth, "group"),
        sponsor=score_probability(dossier, truth, "sponsor"),
        abstention=score_abstention(dossier, truth),
        weakest_rung_agrees=dossier.weakest_rung == truth.weakest_rung,
        origins_right=score_origins(dossier, truth),
        holders_around=tuple(score_holders(dossier, truth, attacks=False)),
        claims=score_claims(dossier, truth),
        forecasts=tuple(forecasts(dossier, truth)),
        seed=truth.seed,
        level=level,
        ablation=ablation,
    )


def score(case_dir: Path, truth: Path) -> Score:
    """Score the dossier in ``case_dir`` against the truth file ``truth``.

    Raises:
        BadInput: a contract file or the truth is missing or not as agreed.

    """
    return grade(read_dossier(Path(case_dir)), read_truth(Path(truth)), solver="ashiato")
