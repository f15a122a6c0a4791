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
    seed: Annotated[int, typer.Option(help="Same seed and parameters, same bytes.")] = 1,
    level: Annotated[int | None, typer.Option(help="1 small, 2 middling, 3 large.")] = None,
    parameters: Annotated[
        Path | None, typer.Option(help="TOML of parameters, instead of a level.")
    ] = None,
    organisations: Annotated[int | None, typer.Option(help="How many organisations.")] = None,
    lines: Annotated[int | None, typer.Option(help="About how many log lines in all.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make an invented case, and its truth outside the case folder."""
    from ashiato.exercise import new_exercise, read_parameters, truth_path

    truth = truth_path(folder)
    new_exercise(
        folder, seed=seed, level=level,
        parameters=read_parameters(parameters) if parameters else None,
        organisations=organisations, log_lines=lines,
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
    html: Annotated[Path | None, typer.Option(help="Write the scores as a page, too.")] = None,
    json: Json = False,
) -> None:
    """Score the dossier of an exercise against its truth."""
    from ashiato.exercise import naive_score, render, write_page
    from ashiato.exercise import score as score_dossier

    found, naive = score_dossier(case, truth), naive_score(case, truth)
    if html:
        write_page([found, naive], html, title=f"Score of {case.name}")
    if json:
        print_json({"schema": "ashiato.score/1", "score": found, "naive": naive})
        return
    print_text(render(found, naive))
