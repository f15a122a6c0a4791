"""Questions about custody: timeline, who-else, rented-by, handovers, innocent, weakest, custody."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ashiato.cli.cases import HERE, CaseOption, Json, KnownOn, Quiet, instant, now, watched
from ashiato.cli.output import print_json, print_lines, print_text
from ashiato.cli.stopping import stoppable
from ashiato.core.tenancy import Role

if TYPE_CHECKING:
    from ashiato.case.asking import Known

Asset = Annotated[str, typer.Argument(help="A machine, account or address.")]
At = Annotated[str, typer.Option(help="The instant, such as 2030-09-01T12:00:00Z.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for command in (timeline, who_else, rented_by, handovers, innocent, weakest, custody):
        app.command()(stoppable(command))


def timeline(
    asset: Asset,
    *,
    as_known_on: KnownOn = None,
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell who held an asset in each role over time, with conflicts and gaps."""
    from ashiato.case.questions import timeline_of, timeline_text

    known = _known(case, as_known_on, quiet=quiet)
    _print(timeline_of(known, asset), timeline_text, json=json)


def who_else(
    identifier: Annotated[
        str, typer.Argument(help="A card, phone, e-mail or postal address, network or client.")
    ],
    *,
    as_known_on: KnownOn = None,
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List everybody on record who left an identifier, masked; many make it a hub."""
    from ashiato.case.questions import who_else_of, who_else_text

    known = _known(case, as_known_on, quiet=quiet)
    _print(who_else_of(known, identifier), who_else_text, json=json)


def rented_by(
    person: Annotated[str, typer.Argument(help="A name as given, or a persona's id.")],
    *,
    as_known_on: KnownOn = None,
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List what a name, and those judged the same, had registered, and the judgements."""
    from ashiato.case.questions import rented_of, rented_text

    known = _known(case, as_known_on, quiet=quiet)
    _print(rented_of(known, person), rented_text, json=json)


def handovers(
    account: Annotated[str, typer.Argument(help="An account, machine or address.")],
    *,
    as_known_on: KnownOn = None,
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List the hand-overs of an account: when, from whom, to whom, on which evidence."""
    from ashiato.case.questions import handovers_in, handovers_text

    known = _known(case, as_known_on, quiet=quiet)
    _print(handovers_in(known, account), handovers_text, json=json)


def innocent(
    address: Asset,
    *,
    at: At,
    days: Annotated[float, typer.Option(min=0, help="How near a tenant counts.")] = 30,
    as_known_on: KnownOn = None,
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List who must be cleared: who shared it then, who left or came near that time, and why."""
    from ashiato.case.questions import innocent_of, innocent_text

    moment, near = _moment(at), timedelta(days=days)
    known = _known(case, as_known_on, quiet=quiet)
    _print(innocent_of(known, address, moment, near), innocent_text, json=json)


def weakest(
    asset: Asset,
    *,
    at: At,
    as_known_on: KnownOn = None,
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Name the weakest hop from a machine to a person, and which record would strengthen it."""
    from ashiato.case.questions import weakest_of, weakest_text

    moment = _moment(at)
    known = _known(case, as_known_on, quiet=quiet)
    _print(weakest_of(known, asset, moment), weakest_text, json=json)


def custody(
    events: Annotated[Path, typer.Argument(help="A .csv, .jsonl or .parquet: asset and ts.")],
    *,
    role: Annotated[
        Role, typer.Option(help="Whose custody: registrant, payer, credential_holder, operator.")
    ] = Role.CREDENTIAL_HOLDER,
    out: Annotated[Path | None, typer.Option(help="Write a .jsonl, .csv or .parquet.")] = None,
    as_known_on: KnownOn = None,
    case: CaseOption = HERE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Judge whose an asset was at each event of a file, with the tenancies behind each verdict."""
    from ashiato.case.bulk import custody as judge
    from ashiato.case.bulk import custody_text
    from ashiato.case.folder import find_case
    from ashiato.case.rowfile import check, write

    if out:
        check(out)
    with judge(
        find_case(case), events, role=role, clock=now, progress=watched(quiet=quiet),
        as_known_on=instant(as_known_on, "--as-known-on"),
    ) as found:  # fmt: skip
        if out:
            write(found.rows, out)
        elif json:
            print_lines(found.rows)
            return
        for _ in found.rows:  # a summary alone still judges every event
            pass
        if json:
            print_json({"counts": found.counts, "crowds": dict(found.crowds), "out": str(out)})
        else:
            print_text("\n".join(custody_text(found)))


def _moment(text: str) -> datetime:
    moment = instant(text, "--at")
    assert moment is not None  # `--at` is required
    return moment


def _known(case: Path, as_known_on: str | None, *, quiet: bool) -> "Known":
    from ashiato.case.asking import traced
    from ashiato.case.folder import find_case

    day = instant(as_known_on, "--as-known-on")
    return traced(find_case(case), clock=now, progress=watched(quiet=quiet), as_known_on=day)


def _print(answer: dict[str, Any], text: Callable[[dict[str, Any]], str], *, json: bool) -> None:
    if json:
        print_json(answer)
    else:
        print_text(text(answer))
