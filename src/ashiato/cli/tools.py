"""Commands that need no case: read, hunt, pivot, beacons, sigma, indicators, leads."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from ashiato.cli.cases import Json, Quiet, instant, watched
from ashiato.cli.output import print_lines, print_text
from ashiato.cli.stopping import stoppable

Zone = Annotated[str | None, typer.Option(help="Zone of times that state none, such as +09:00.")]
Level = Literal["informational", "low", "medium", "high", "critical"]
Year = Annotated[int | None, typer.Option(help="Year of logs that write none.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for command in (read, hunt, pivot, beacons, sigma, indicators, techniques, aliases, leads):
        app.command()(stoppable(command))


def read(
    files: Annotated[list[Path], typer.Argument(help="Documents to read.")],
    *,
    published: Annotated[str | None, typer.Option(help="When they were published.")] = None,
    model: Annotated[str | None, typer.Option(help="Installed spaCy model.")] = None,
    json: Json = False,
) -> None:
    """Read documents into claims, each with speaker, modality and the quoted words."""
    from ashiato.case.standalone import claims_text, read_files

    found = read_files(files, published=instant(published, "--published"), model=model)
    if json:
        print_lines(found.rows())
        return
    print_text(claims_text(found))


def indicators(
    files: Annotated[list[Path], typer.Argument(help="Documents to take indicators from.")],
    *,
    json: Json = False,
) -> None:
    """List the observables that documents name, with the words around them."""
    from ashiato.case.standalone import indicator_rows, indicators_text

    rows = indicator_rows(files)
    if json:
        print_lines(rows)
        return
    print_text(indicators_text(rows))


def techniques(
    files: Annotated[list[Path], typer.Argument(help="Documents to read.")],
    *,
    json: Json = False,
) -> None:
    """List sentences that seem to describe one of 50 techniques of ATT&CK, with the probability."""
    from ashiato.case.standalone import technique_rows, techniques_text

    rows = technique_rows(files)
    if json:
        print_lines(rows)
        return
    print_text(techniques_text(rows))


def hunt(
    logs: Annotated[list[Path], typer.Argument(help="Log files or folders.")],
    *,
    indicators: Annotated[Path, typer.Option(help="Text, CSV, STIX bundle, MISP event or report.")],
    organisation: Annotated[str, typer.Option(help="Whose logs they are.")] = "",
    timezone: Zone = None,
    year: Year = None,
    mapping: Annotated[
        Path | None, typer.Option(help="TOML that says what the columns of tables are.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write a .jsonl, .csv or .parquet.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Hunt indicators in logs without a case: each match with its record and its window."""
    from ashiato.case.rowfile import check, write
    from ashiato.case.standalone import hunt_logs, hunt_text

    if out:
        check(out)
    with hunt_logs(
        logs, indicators, organisation=organisation, timezone=timezone, year=year,
        mapping=mapping, progress=watched(quiet=quiet),
    ) as found:  # fmt: skip
        if out:
            count = write(found.rows, out)
            print_text(f"{count} sightings in {out}")
        elif json:
            print_lines(found.rows)
        else:
            for line in hunt_text(found):
                print_text(line)


def pivot(
    logs: Annotated[list[Path], typer.Argument(help="Log files or folders.")],
    *,
    indicators: Annotated[Path, typer.Option(help="Text, CSV, STIX bundle, MISP event or report.")],
    least: Annotated[float | None, typer.Option(min=0, max=1, help="Lowest score shown.")] = None,
    organisation: Annotated[str, typer.Option(help="Whose logs they are.")] = "",
    timezone: Zone = None,
    year: Year = None,
    out: Annotated[Path | None, typer.Option(help="Write a .jsonl, .csv or .parquet.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Propose indicators: what else the machines that a list hits, and almost only they, called."""
    from ashiato.case.rowfile import check, write
    from ashiato.case.standalone import pivot_in, pivot_text

    if out:
        check(out)
    found = pivot_in(
        logs, indicators, least=least, organisation=organisation, timezone=timezone, year=year,
        progress=watched(quiet=quiet),
    )  # fmt: skip
    if out:
        rows = list(found.rows)
        write(rows, out)
        print_text(f"{len(rows)} proposals in {out}")
    elif json:
        print_lines(found.rows)
    else:
        print_text(pivot_text(found))


def beacons(
    logs: Annotated[list[Path], typer.Argument(help="Log files or folders.")],
    *,
    least: Annotated[float | None, typer.Option(min=0, max=1, help="Lowest score shown.")] = None,
    organisation: Annotated[str, typer.Option(help="Whose logs they are.")] = "",
    timezone: Zone = None,
    year: Year = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find machines that call one destination in a rhythm; each with its score and the reason."""
    from ashiato.case.standalone import beacons_in, beacons_text

    found = beacons_in(
        logs, least=least, organisation=organisation, timezone=timezone, year=year,
        progress=watched(quiet=quiet),
    )  # fmt: skip
    if json:
        print_lines(found.rows)
        return
    print_text(beacons_text(found))


def leads(
    logs: Annotated[list[Path], typer.Argument(help="Log files or folders.")],
    *,
    kind: Annotated[
        list[str] | None,
        typer.Option(help="beacon, long-connection, bulk-upload or shared-destination."),
    ] = None,
    organisation: Annotated[str, typer.Option(help="Whose logs they are.")] = "",
    timezone: Zone = None,
    year: Year = None,
    out: Annotated[Path | None, typer.Option(help="Write a .jsonl, .csv or .parquet.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find behaviour worth a look: rhythms, long connections, uploads, shared destinations."""
    from ashiato.case.rowfile import check, write
    from ashiato.case.standalone import leads_in, leads_text

    if out:
        check(out)
    found = leads_in(
        logs, kinds=kind or (), organisation=organisation, timezone=timezone, year=year,
        progress=watched(quiet=quiet),
    )  # fmt: skip
    if out:
        write(found.rows(), out)
        print_text(f"{len(found.leads)} leads in {out}")
    elif json:
        print_lines(found.rows())
    else:
        print_text(leads_text(found))


def sigma(
    rules: Annotated[Path, typer.Argument(help="A Sigma rule, or a folder of rules.")],
    logs: Annotated[list[Path], typer.Argument(help="Log files or folders.")],
    *,
    level: Annotated[Level, typer.Option(help="Lowest level of the rules.")] = "informational",
    organisation: Annotated[str, typer.Option(help="Whose logs they are.")] = "",
    timezone: Zone = None,
    year: Year = None,
    out: Annotated[Path | None, typer.Option(help="Write a .jsonl, .csv or .parquet.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run Sigma rules over logs: each hit with its rule, its author and its record."""
    from ashiato.case.rowfile import check, write
    from ashiato.case.standalone import rules_in, rules_text

    if out:
        check(out)
    found = rules_in(
        logs, rules, level=level, organisation=organisation, timezone=timezone, year=year,
        progress=watched(quiet=quiet),
    )  # fmt: skip
    if out:
        print_text(f"{write(found.rows, out)} hits in {out}")
    elif json:
        print_lines(found.rows)
    else:
        print_text(rules_text(found))


def aliases(
    name: Annotated[str, typer.Argument(help="A name of an actor, malware or tool.")],
    *,
    json: Json = False,
) -> None:
    """List what published lists say of a name: claims with a source, never a merge."""
    from ashiato.case.standalone import alias_rows, aliases_text

    rows = alias_rows(name)
    if json:
        print_lines(rows)
        return
    print_text(aliases_text(name, rows))
