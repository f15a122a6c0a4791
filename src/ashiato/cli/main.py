"""`ashiato`: one program, one error line, one exit code for each thing to be done about it."""

import sys

import typer

from ashiato import __version__
from ashiato.cli import (
    asking,
    cases,
    exercises,
    identities,
    mappings,
    naming,
    persons,
    reviews,
    tools,
    weighing,
)
from ashiato.cli.output import print_error, print_text
from ashiato.core.errors import AshiatoError

app = typer.Typer(
    name="ashiato",
    help="Who carried out this cyber-attack, how sure may we be, on which evidence?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cases.register(app)
asking.register(app)
reviews.register(app)
weighing.register(app)
identities.register(app)
persons.register(app)
tools.register(app)
naming.register(app)
app.add_typer(exercises.app, name="exercise")
app.add_typer(mappings.app, name="mapping")


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the flag
    if wanted:
        print_text(f"ashiato {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Find, weigh and report; attack nothing, contact nothing."""


def main() -> None:
    """Run the command line; exit codes are listed in docs/cli.md."""
    as_json = "--json" in sys.argv
    try:
        app(standalone_mode=True)
    except AshiatoError as error:
        print_error(error, as_json=as_json)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong with the answer.
        sys.stderr.close()


if __name__ == "__main__":
    main()
