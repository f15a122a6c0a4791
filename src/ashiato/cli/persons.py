"""Commands on persons and contradictions: status, conflicts, resolve."""

from typing import Annotated

import typer

from ashiato.cli.cases import HERE, CaseOption, Json, now
from ashiato.cli.output import print_json, print_text
from ashiato.cli.reviews import reviewer
from ashiato.cli.stopping import stoppable

As = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Who decides; kept with each decision.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for command in (status, conflicts, resolve):
        app.command()(stoppable(command))


def status(
    person: Annotated[str, typer.Argument(help="A person's name or id, as claims have it.")],
    *,
    case: CaseOption = HERE,
    json: Json = False,
) -> None:
    """Say what is told of a person's movements and proceedings, and what is not known."""
    from ashiato.case.folder import find_case
    from ashiato.case.run import load_assessed
    from ashiato.case.status import render
    from ashiato.case.status import status as status_of

    found = status_of(load_assessed(find_case(case), clock=now), person)
    if json:
        print_json(found)
        return
    print_text(render(found))


def conflicts(*, case: CaseOption = HERE, json: Json = False) -> None:
    """List the contradictions that tracing found, with both sides and who decided."""
    from ashiato.case.conflicts import conflict_rows, render
    from ashiato.case.folder import find_case
    from ashiato.case.run import load_assessed

    rows = conflict_rows(load_assessed(find_case(case), clock=now))
    if json:
        print_json(rows)
        return
    print_text(render(rows))


def resolve(
    conflict: Annotated[str, typer.Argument(help="The conflict's id, or how it begins.")],
    *,
    stands: Annotated[
        str, typer.Option(help="The party or tenancy that stands; without it only a note is kept.")
    ] = "",
    because: Annotated[str, typer.Option(help="The reason; kept with the decision.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take back the last decision.")] = False,
    as_: As = "",
    case: CaseOption = HERE,
    json: Json = False,
) -> None:
    """Decide on a contradiction; the next run obeys, and both sides stay on view."""
    from ashiato.case import conflicts as deciding
    from ashiato.case.folder import find_case
    from ashiato.case.run import load_assessed, open_vault

    folder = find_case(case)
    actor = reviewer(as_, folder.settings().reviewer)
    assessed = None if undo else load_assessed(folder, clock=now)
    with open_vault(folder, now) as vault:
        logged = (
            deciding.undo(vault, conflict, actor=actor, reason=because or "taken back")
            if assessed is None
            else deciding.resolve(
                assessed, vault, conflict, stands=stands, actor=actor, reason=because
            )
        )
    if json:
        print_json({"decision": logged.id, "kind": logged.kind, "body": logged.body})
        return
    print_text(f"Logged {logged.id[:12]}. Next: `ashiato run` to obey it.")
