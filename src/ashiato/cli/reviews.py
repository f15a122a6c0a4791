"""`ashiato review`: look at claims beside their words and decide, in a terminal or by a file."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ashiato.cli.cases import HERE, CaseDir, Json, now
from ashiato.cli.output import print_json, print_lines, print_text, shown
from ashiato.cli.stopping import stoppable
from ashiato.core.errors import BadInput

NAME = "ASHIATO_REVIEWER"
"""Environment variable with the reviewer's name."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(stoppable(review))


def review(
    case: CaseDir = HERE,
    *,
    as_: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who decides; kept with each decision.")
    ] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Every claim, not only those that bear the answer.")
    ] = False,
    exhibit: Annotated[
        str, typer.Option(help="Only claims of files with this in their path.")
    ] = "",
    rung: Annotated[str, typer.Option(help="Only claims that bear this rung.")] = "",
    predicate: Annotated[str, typer.Option(help="Only claims of this relation.")] = "",
    list_: Annotated[bool, typer.Option("--list", help="List the claims and stop.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Count by state and person.")] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write a sheet (.csv or .json) to fill in.")
    ] = None,
    import_: Annotated[
        Path | None, typer.Option("--import", help="Take the decisions of a filled sheet.")
    ] = None,
    json: Json = False,
) -> None:
    """Look at each claim beside its words and accept, reject or correct it."""
    from ashiato.case.folder import find_case
    from ashiato.case.reviewing import Filters, open_desk

    folder = find_case(case)
    filters = Filters(every, exhibit, rung, predicate)
    looks = list_ or status or export is not None or (json and import_ is None)
    if sum((list_, status, export is not None, import_ is not None)) > 1:
        remedy = "give one of --list, --status, --export, --import"
        raise BadInput("asks for two things at once", place="review", remedy=remedy)
    actor = "" if looks else reviewer(as_, folder.settings().reviewer)
    with open_desk(folder, clock=now, read_only=looks) as desk:
        if list_:
            from ashiato.case.review_sheet import row_of
            from ashiato.cli.review_screen import table

            items = desk.items(filters)
            if json:
                print_lines(row_of(item, desk) for item in items)
            else:
                print_text("\n".join(table(items, desk)))
        elif export:
            from ashiato.case.review_sheet import export as write_sheet

            rows = write_sheet(export, desk.items(filters), desk)
            done = f"Wrote {rows} claims to {shown(export.resolve())}; fill in decision and reason"
            _say({"file": str(export), "rows": rows}, done, json=json)
        elif import_:
            from ashiato.case.review_sheet import wishes

            logged = desk.decide(wishes(import_, desk), actor=actor, anew=False)
            done = f"Took {len(logged)} decisions; `ashiato run` weighs them"
            _say({"decisions": [d.id for d in logged]}, done, json=json)
        elif looks:
            _say(desk.counts(filters), _counts_text(desk.counts(filters)), json=json)
        else:
            from ashiato.cli.review_session import session

            session(desk, filters, actor)


def _say(data: object, text: str, *, json: bool) -> None:
    if json:
        print_json(data)
    else:
        print_text(text)


def reviewer(given: str, of_case: str) -> str:
    """Say who decides: by the option, the environment or the case; raises `BadInput`."""
    name = given.strip() or os.environ.get(NAME, "").strip() or of_case.strip()
    if not name:
        remedy = f"give --as NAME, set {NAME}, or write reviewer under [case] in case.toml"
        raise BadInput("who decides? A decision bears a name", place="--as", remedy=remedy)
    return name


def _counts_text(counts: dict[str, dict[str, int]]) -> str:
    total = sum(counts["states"].values())
    lines = [f"{state:<10} {count:>5}" for state, count in counts["states"].items()]
    lines += [f"{'in all':<10} {total:>5}"]
    lines += [f"last decided by {name}: {count}" for name, count in counts["reviewers"].items()]
    return "\n".join(lines)
