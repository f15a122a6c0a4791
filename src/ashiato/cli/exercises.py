"""Commands on exercises: make an invented case whose truth is known, and score an answer."""

from pathlib import Path
from typing import Annotated

import typer

from ashiato.cli.cases import Json, Quiet, watched
from ashiato.cli.output import print_json, print_text
from ashiato.cli.stopping import stoppable

app = typer.Typer(help="Make investigation exercises with known truth, and score answers.")


@app.command()
@stoppable
def new(
    folder: Annotated[Path, typer.Argument(help="Where to make the exercise's case.")],
    *,
    seed: Annotated[int, typer.Option(help="Same seed and size, same bytes.")] = 1,
    organisations: Annotated[int, typer.Option(help="How many organisations.")] = 20,
    lines: Annotated[int, typer.Option(help="About how many log lines in all.")] = 500_000,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make an invented case, and its truth outside the case folder."""
    from ashiato.exercise import new_exercise, truth_path

    truth = truth_path(folder)
    new_exercise(
        folder, seed=seed, organisations=organisations, log_lines=lines,
        progress=watched(quiet=quiet),
    )  # fmt: skip
    if json:
        print_json({"case": str(folder), "truth": str(truth)})
        return
    print_text(f"Made {folder}; its truth is in {truth}\nNext: `ashiato run {folder}`")


@app.command()
@stoppable
def score(
    case: Annotated[Path, typer.Argument(help="The case folder, after `ashiato run`.")],
    *,
    truth: Annotated[Path, typer.Option(help="The exercise's truth file.")],
    json: Json = False,
) -> None:
    """Score the dossier of an exercise against its truth."""
    from ashiato.exercise import naive_score, render
    from ashiato.exercise import score as score_dossier

    found, naive = score_dossier(case, truth), naive_score(case, truth)
    if json:
        print_json({"schema": "ashiato.score/1", "score": found, "naive": naive})
        return
    print_text(render(found, naive))
