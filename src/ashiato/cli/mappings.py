"""`ashiato mapping suggest`: what the columns of a table seem to be, for a person to check."""

from pathlib import Path
from typing import Annotated

import typer

from ashiato.cli.output import print_text
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
) -> None:
    """Propose a mapping from a table's headings, as TOML to check; it is never applied."""
    from ashiato.case.mappings import suggested

    print_text(suggested(file, name))
