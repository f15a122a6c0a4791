"""Investigation exercises with ground truth: made from a seed, and scored against it.

`new_exercise` writes a case folder such as an investigator would fill, and keeps the truth outside
it. `score` compares a finished dossier with that truth, reading only the files that any solver
could write; `naive_score` is the baseline in the same table, `render` the table. This part never
solves anything and shares no code with what solves: it knows `core` and nothing else of the house.
"""

from ashiato.exercise.dossier import Dossier, read_dossier
from ashiato.exercise.make import new_exercise, truth_path
from ashiato.exercise.naive import naive_dossier, naive_score
from ashiato.exercise.score import Score, grade, score
from ashiato.exercise.table import render
from ashiato.exercise.truth import Truth, read_truth

__all__ = [
    "Dossier",
    "Score",
    "Truth",
    "grade",
    "naive_dossier",
    "naive_score",
    "new_exercise",
    "read_dossier",
    "read_truth",
    "render",
    "score",
    "truth_path",
]
