"""Investigation exercises with ground truth: made from a seed, and scored against it.

`new_exercise` writes a case folder such as an investigator would fill, and keeps the truth outside
it. `score` compares a finished dossier with that truth, reading only the files that any solver
could write; `naive_score` is the baseline in the same table. `render` writes scores as a table,
`write_page` as a page; `summarise` puts intervals on the scores of many exercises. This part never
solves anything and shares no code with what solves: it knows `core` and nothing else of the house.
"""

from ashiato.exercise.make import new_exercise, truth_path
from ashiato.exercise.parameters import Parameters, parameters_of, read_parameters
from ashiato.exercise.scoring.dossier import Dossier, read_dossier
from ashiato.exercise.scoring.naive import naive_dossier, naive_score
from ashiato.exercise.scoring.page import Maker, render_page, write_page
from ashiato.exercise.scoring.results import render_results
from ashiato.exercise.scoring.score import Score, grade, score
from ashiato.exercise.scoring.summary import Summary, summarise
from ashiato.exercise.scoring.table import render
from ashiato.exercise.truth import Truth, read_truth

__all__ = [
    "Dossier",
    "Maker",
    "Parameters",
    "Score",
    "Summary",
    "Truth",
    "grade",
    "naive_dossier",
    "naive_score",
    "new_exercise",
    "parameters_of",
    "read_dossier",
    "read_parameters",
    "read_truth",
    "render",
    "render_page",
    "render_results",
    "score",
    "summarise",
    "truth_path",
    "write_page",
]
