"""`ashiato mapping suggest`: what the columns of a table seem to be, for a person to check."""

from pathlib import Path
from typing import Annotated

import typer

from ashiato.cli.cases import Json
from ashiato.cli.output import print_lines, print_text
from ashiato.cli.stopping import stoppable

app = typer.Typer(name="mapping", help="Mappings of tables.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Propose what the columns of tables are."""


@app.command()
@stoppable
def suggest(
    file: Annotated[Path, typer.Argument(help="A table: CSV, or with semicolons or tabs.")],
    *,
    name: Annotated[str, typer.Option(help="What to call the mapping.")] = "proposed",
    json: Json = False,
) -> None:
    """Propose a mapping from a table's headings, as TOML to check; it is never applied."""
    from ashiato.case.mappings import suggested, suggestion_row, suggestion_text

    found = suggested(file)
    if json:
        print_lines([suggestion_row(found)])
        return
    print_text(suggestion_text(found, name))
