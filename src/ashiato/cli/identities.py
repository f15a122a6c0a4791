"""`ashiato one` and `ashiato judge`: are two names one person, why, and what a person decides."""

from typing import Annotated

import typer

from ashiato.cli.cases import HERE, CaseOption, Json, Quiet, now, watched
from ashiato.cli.output import print_json, print_text
from ashiato.cli.reviews import reviewer
from ashiato.cli.stopping import stoppable

Name = Annotated[str, typer.Argument(help="A name as registers write it, or an id.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for command in (one, judge):
        app.command()(stoppable(command))


def one(
    first: Name,
    second: Name,
    *,
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say whether two names are one person, by which chain of judgements, and its weakest link."""
    from ashiato.case.folder import find_case
    from ashiato.case.kinship import are_one, plain, render

    answer = are_one(find_case(case), first, second, clock=now, progress=watched(quiet=quiet))
    if json:
        print_json(plain(answer))
    else:
        print_text(render(answer))


def judge(
    first: Name,
    second: Name,
    verdict: Annotated[
        str, typer.Argument(help="same, different, unsure, or undo to take back what was decided.")
    ],
    *,
    reason: Annotated[str, typer.Option(help="What it rests on; kept with the decision.")],
    as_: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who decides; kept with the decision.")
    ] = "",
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Decide whether two names are one person; it is logged, obeyed, and can be taken back."""
    from ashiato.case.folder import find_case
    from ashiato.case.kinship import decide

    folder = find_case(case)
    logged = decide(
        folder, first, second, verdict, actor=reviewer(as_, folder.settings().reviewer),
        reason=reason, clock=now, progress=watched(quiet=quiet),
    )  # fmt: skip
    if json:
        print_json({"decision": logged.id, "kind": logged.kind, "body": logged.body})
    else:
        print_text(f"Logged as {logged.id[:12]}; `ashiato run` obeys it")
