"""Commands on a case: new, add, run, show, why, who, verify."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ashiato.cli.output import print_json, print_lines, print_text, shown
from ashiato.cli.progress import progress_for
from ashiato.cli.stopping import stoppable
from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.core.progress import Progress, Silent
from ashiato.core.time import parse_instant

Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
CaseDir = Annotated[Path, typer.Argument(help="The case folder, or a folder inside it.")]
CaseOption = Annotated[Path, typer.Option("--case", "-C", help="The case folder.")]
KnownOn = Annotated[
    str | None,
    typer.Option(
        help="Count only what was received by this instant, such as 2031-04-20T00:00:00Z."
    ),
]
HERE = Path()


def now() -> datetime:
    """Read the clock: the one place where the program asks for the time."""
    return datetime.now(UTC)


def watched(*, quiet: bool) -> Progress:
    """Choose how progress is shown."""
    return progress_for(quiet=quiet) or Silent()


def instant(text: str | None, option: str) -> datetime | None:
    """Read an instant given on the command line; raises `BadInput`."""
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise BadInput(str(error), place=option, remedy="write 2031-04-20T09:00:00Z") from error


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for command in (new, add, run, show, why, who, verify):
        app.command()(stoppable(command))


def new(
    folder: Annotated[Path, typer.Argument(help="Where to make the case.")], *, json: Json = False
) -> None:
    """Make an empty case: a commented case.toml and a folder for evidence."""
    from ashiato.case.folder import new_case

    case = new_case(folder)
    if json:
        print_json({"case": str(case.root), "toml": str(case.toml)})
        return
    print_text(
        f"Made {case.root}\nNext: put files into {case.evidence}, then `ashiato run {folder}`"
    )


def add(
    files: Annotated[list[Path], typer.Argument(help="Files to add as evidence.")],
    *,
    case: CaseOption = HERE,
    into: Annotated[str, typer.Option(help="Folder inside evidence/ to put them in.")] = "",
    source: Annotated[str | None, typer.Option(help="Id of the source they come from.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Whose logs they are.")] = None,
    kind: Annotated[str | None, typer.Option(help="text, html, squid, bind, zeek, sshd.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Zone of times that state none.")] = None,
    year: Annotated[int | None, typer.Option(help="Year of a log that writes none.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding, where it is known.")] = None,
    published: Annotated[str | None, typer.Option(help="When a document was published.")] = None,
    known_from: Annotated[str | None, typer.Option(help="When you received them.")] = None,
    mapping: Annotated[str | None, typer.Option(help="Mapping for a table's headings.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Copy files into the case's evidence, note what is known of them, and seal them."""
    from ashiato.case.adding import add as add_files
    from ashiato.case.folder import find_case

    told: dict[str, object] = {
        "source": source, "organisation": organisation, "kind": kind, "timezone": timezone,
        "year": year, "encoding": encoding, "published": published, "known_from": known_from,
        "mapping": mapping,
    }  # fmt: skip
    sealed = add_files(
        find_case(case), tuple(files), into=into, described=told, clock=now,
        progress=watched(quiet=quiet),
    )  # fmt: skip
    if json:
        print_json({"sealed": sealed.new, "refused": [str(r) for r in sealed.refused]})
    else:
        print_text(
            "\n".join(f"sealed {e.sha256[:12]}… {e.path}" for e in sealed.new) or "nothing new"
        )
    if sealed.refused:
        raise sealed.refused[0]


def run(
    case: CaseDir = HERE,
    *,
    as_known_on: KnownOn = None,
    require: Annotated[
        str | None,
        typer.Option(help="Exit with 3 unless the first question meets this standard."),
    ] = None,
    no_sandbox: Annotated[
        bool,
        typer.Option(
            "--no-sandbox",
            help="Read hostile formats even where this system cannot confine their parsers; "
            "logged, and told in the answer.",
        ),
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Seal what is new, redo what depends on it, and write the dossier."""
    from ashiato.case.folder import find_case
    from ashiato.case.require import check
    from ashiato.case.run import run as run_case
    from ashiato.report import summary

    outcome = run_case(
        find_case(case), clock=now, progress=watched(quiet=quiet),
        as_known_on=instant(as_known_on, "--as-known-on"), no_sandbox=no_sandbox,
    )  # fmt: skip
    page = outcome.dossier / "index.html"
    if json:
        assessed = outcome.case
        print_json({
            "case": assessed.id, "changed": outcome.changed, "new_exhibits": outcome.new,
            "dossier": str(page), "evidence_digest": assessed.evidence_digest,
            "verdicts": assessed.verdicts, "problems": assessed.problems,
        })  # fmt: skip
    else:
        print_text(summary(outcome.case))
        done = (
            "Wrote" if outcome.changed else "Nothing new since the last run; the answer stands in"
        )
        print_text(f"{done} {shown(page)}")
    check(outcome.case, require)


def show(
    what: Annotated[
        str,
        typer.Argument(
            help="verdict, claims, tenancies, handovers, identities, indicators, sightings, "
            "victims, census, proposals, gaps, problems, exhibits, sources or proceedings; or a "
            "case folder."
        ),
    ] = "verdict",
    *,
    case: CaseOption = HERE,
    json: Json = False,
) -> None:
    """Show the answer of the last run, or one part of it."""
    from ashiato.case.folder import find_case
    from ashiato.case.run import load_assessed
    from ashiato.case.show import part, render
    from ashiato.report import summary

    if (Path(what) / "case.toml").is_file():
        what, case = "verdict", Path(what)
    assessed = load_assessed(find_case(case), clock=now)
    if what == "verdict" and not json:
        print_text(summary(assessed))
        return
    rows = part(what, assessed)
    if json:
        print_lines(rows)
        return
    print_text(render(what, rows))


def why(
    statement: Annotated[
        str, typer.Argument(help="A rung, an id from the dossier, or an organisation.")
    ],
    *,
    case: CaseOption = HERE,
    json: Json = False,
) -> None:
    """Follow a statement down to the quoted bytes, resolved afresh from the vault."""
    from ashiato.case.folder import find_case
    from ashiato.case.resolving import CaseResolver
    from ashiato.case.run import load_assessed, open_vault
    from ashiato.case.why import lines
    from ashiato.case.why import why as explain

    folder = find_case(case)
    assessed = load_assessed(folder, clock=now)
    with open_vault(folder, now, read_only=True) as vault:
        reason = explain(statement, assessed, CaseResolver(vault))
    if json:
        print_json(reason)
        return
    print_text("\n".join(lines(reason)))


def who(
    asset: Annotated[str, typer.Argument(help="A machine, account or address.")],
    *,
    at: Annotated[str, typer.Option(help="The instant, such as 2030-09-01T12:00:00Z.")],
    as_known_on: KnownOn = None,
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say who controlled a machine, account or address at a moment, with what contradicts it."""
    from ashiato.case.folder import find_case
    from ashiato.case.who import answer, render

    moment = instant(at, "--at")
    assert moment is not None  # `--at` is required
    found = answer(
        find_case(case), asset, moment, clock=now, progress=watched(quiet=quiet),
        as_known_on=instant(as_known_on, "--as-known-on"),
    )  # fmt: skip
    if json:
        body: dict[str, Any] = {
            "asset": found.asset, "at": found.at,
            "holders": [
                {"party": h.party.text, "party_id": h.party.id, "role": h.role,
                 "status": h.status, "sentence": h.because, "because": h.citations}
                for h in found.holders
            ],
            "conflicts": found.conflicts, "gaps": found.gaps,
        }  # fmt: skip
        print_json(body)
        return
    print_text(render(found))


def verify(
    case: CaseDir = HERE,
    *,
    against: Annotated[
        str | None, typer.Option(help="A checkpoint kept elsewhere: SIZE:ROOT, or a note file.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check every sealed byte and the whole log; exit with 4 where anything differs."""
    from ashiato.case.folder import find_case
    from ashiato.case.verifying import render
    from ashiato.case.verifying import verify as check_vault

    found = check_vault(find_case(case), against, progress=watched(quiet=quiet))
    if json:
        print_json(found)
    else:
        print_text(render(found))
    if found.faults:
        raise IntegrityFailure(f"{len(found.faults)} faults; keep the vault as it is")
