"""Commands that weigh: weigh, gaps, what-if, replay, decide."""

from collections.abc import Iterable
from typing import Annotated

import typer

from ashiato.cli.cases import HERE, CaseDir, Json, Quiet, instant, now, watched
from ashiato.cli.output import print_json, print_lines, print_text
from ashiato.cli.reviews import reviewer
from ashiato.cli.stopping import stoppable

Names = Annotated[
    list[str] | None,
    typer.Option("--without", help="Leave out an exhibit (path, hash) or an origin (id, name)."),
]
Grades = Annotated[
    list[str] | None, typer.Option("--grade", help="Grade an origin: ORIGIN=LETTER.")
]
Answers = Annotated[
    list[str] | None,
    typer.Option("--answer", help="Answer a critical question: QUESTION=yes, no or open."),
]
Tables = Annotated[
    list[str] | None, typer.Option("--set", help="Change an entry of the tables: PATH=VALUE.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(stoppable(weigh))
    app.command()(stoppable(gaps))
    app.command("what-if")(stoppable(what_if))
    app.command()(stoppable(replay))
    app.command()(stoppable(decide))


def weigh(case: CaseDir = HERE, *, json: Json = False, quiet: Quiet = False) -> None:
    """Weigh what is sealed and print each rung; the dossier stays as it is."""
    from ashiato.case.folder import find_case
    from ashiato.case.show import masked
    from ashiato.case.whatif import open_desk
    from ashiato.core.canonical import to_plain
    from ashiato.report import summary

    with open_desk(find_case(case), clock=now, progress=watched(quiet=quiet)) as desk:
        answer = desk.answer()
    if json:
        print_lines(masked(to_plain(verdict), answer) for verdict in answer.verdicts)
        return
    print_text(summary(answer))


def gaps(
    case: CaseDir = HERE,
    *,
    rung: Annotated[str, typer.Option(help="Only gaps of this rung.")] = "",
    by: Annotated[str, typer.Option(help="Order by bits, chance or value.")] = "bits",
    standard: Annotated[
        str, typer.Option(help="The standard whose chance and value are printed.")
    ] = "analytic",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List the evidence that is missing: who may hold it, how to ask, and what it would do."""
    from ashiato.case.folder import find_case
    from ashiato.case.missing import lines, ranked
    from ashiato.case.show import masked
    from ashiato.case.whatif import open_desk
    from ashiato.core.canonical import to_plain

    with open_desk(find_case(case), clock=now, progress=watched(quiet=quiet)) as desk:
        answer = desk.answer()
    found = ranked(answer, rung=rung, by=by, standard=standard)
    if json:
        print_lines(masked(to_plain(gap), answer) for gap in found)
        return
    _print(lines(found, standard), answer.sensitive)


def what_if(
    case: CaseDir = HERE,
    *,
    without: Names = None,
    grade: Grades = None,
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="Suppose evidence: RUNG.FACT=WHO@LETTER:no (leader, A, yes).",
        ),
    ] = None,
    answer: Answers = None,
    set_: Tables = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say how the answer would stand without evidence, with other grades, or with more."""
    from ashiato.case.comparing import lines
    from ashiato.case.dependents import lines as falling
    from ashiato.case.folder import find_case
    from ashiato.case.show import masked
    from ashiato.case.whatif import open_desk
    from ashiato.case.whatif import what_if as suppose
    from ashiato.core.canonical import to_plain

    with open_desk(find_case(case), clock=now, progress=watched(quiet=quiet)) as desk:
        found = suppose(
            desk, without=without or (), grades=grade or (), facts=with_ or (),
            answers=answer or (), tables=set_ or (),
        )  # fmt: skip
        stands = desk.answer()
    if json:
        print_json(masked(to_plain(found), stands))
        return
    _print([*lines(found.moved), *falling(found.dependents)], stands.sensitive)


def replay(
    case: CaseDir = HERE,
    *,
    as_known_on: Annotated[
        str, typer.Option(help="The day, such as 2031-04-20T00:00:00Z: what was received by then.")
    ],
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say how the answer stood on a day, how it stands, and which evidence moved it since."""
    from ashiato.case.folder import find_case
    from ashiato.case.replaying import lines
    from ashiato.case.show import masked
    from ashiato.case.whatif import open_desk
    from ashiato.case.whatif import replay as play
    from ashiato.core.canonical import to_plain

    day = instant(as_known_on, "--as-known-on")
    assert day is not None  # the option is required
    with open_desk(find_case(case), clock=now, progress=watched(quiet=quiet)) as desk:
        found, stands = play(desk, day), desk.answer()
    if json:
        print_json(masked(to_plain(found), stands))
        return
    _print(lines(found), stands.sensitive)


def decide(
    case: CaseDir = HERE,
    *,
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "",
    as_: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who decides; kept with each decision.")
    ] = "",
    withdraw: Annotated[
        list[str] | None,
        typer.Option(help="Let an exhibit (path or hash) or an origin count no more."),
    ] = None,
    restore: Annotated[
        list[str] | None, typer.Option(help="Let what was withdrawn count again.")
    ] = None,
    grade: Grades = None,
    answer: Answers = None,
    set_: Tables = None,
    json: Json = False,
) -> None:
    """Log that evidence counts no more, a grade, an answer or a table; the next run obeys."""
    from ashiato.case.deciding import decide as log
    from ashiato.case.dependents import lines
    from ashiato.case.folder import find_case
    from ashiato.case.show import masked_values
    from ashiato.core.canonical import to_plain

    folder = find_case(case)
    actor = reviewer(as_, folder.settings().reviewer)
    done = log(
        folder, clock=now, actor=actor, reason=reason, withdraw=withdraw or (),
        restore=restore or (), grades=grade or (), answers=answer or (), tables=set_ or (),
    )  # fmt: skip
    if json:
        body = {"logged": done.logged, "dependents": done.dependents}
        print_json(masked_values(to_plain(body), done.sensitive))
        return
    told = [f"logged {kind}: {' '.join(body.values())}" for kind, body in done.logged]
    _print([*told, *lines(done.dependents), "`ashiato run` weighs anew"], done.sensitive)


def _print(lines: Iterable[str], sensitive: tuple[tuple[str, str], ...]) -> None:
    from ashiato.core.masking import mask_text

    print_text("\n".join(mask_text(line, sensitive) for line in lines))
