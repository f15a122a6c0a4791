"""The command that compares names: one pair, or a file of them."""

from pathlib import Path
from typing import Annotated

import typer

from ashiato.cli.cases import Json
from ashiato.cli.output import print_json, print_lines, print_text
from ashiato.cli.stopping import stoppable
from ashiato.core.errors import BadInput


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(stoppable(names))


def names(
    first: Annotated[str | None, typer.Argument(metavar="A", help="A name, in any script.")] = None,
    second: Annotated[str | None, typer.Argument(metavar="B", help="The other name.")] = None,
    *,
    pairs: Annotated[Path | None, typer.Option(help="JSON lines or CSV with a and b.")] = None,
    json: Json = False,
) -> None:
    """Tell whether two names can be one: equal, possible or none; never who bears them."""
    from ashiato.case.naming import name_row, name_rows, names_text

    if pairs is None and first is not None and second is not None:
        rows = iter([name_row(first, second)])
    elif pairs is not None and first is None:
        rows = name_rows(pairs)
    else:
        raise BadInput("needs two names", remedy="give two names, or --pairs FILE and no names")
    if json and pairs is None:
        print_json(next(rows))
    elif json:
        print_lines(rows)
    else:
        for row in rows:
            print_text(names_text(row))
