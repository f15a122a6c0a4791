"""`ashiato decide`: log what counts otherwise, with who decided and why; the next run obeys."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ashiato.case.changes import (
    ANSWER,
    DEFAULT,
    GRADE,
    RESTORE,
    TABLE,
    WITHDRAW,
    Change,
    check,
    in_force,
)
from ashiato.case.dependents import Dependent, dependents
from ashiato.case.folder import Folder
from ashiato.case.run import load_assessed, open_vault
from ashiato.case.whatif import left_out, origin_of, pairs
from ashiato.core.assessed import AssessedCase
from ashiato.core.errors import BadInput

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Decided:
    """What was logged (kind and body), and every statement that rested on what was withdrawn.

    ``sensitive`` are the values that every output masks.
    """

    logged: tuple[tuple[str, dict[str, str]], ...]
    dependents: tuple[Dependent, ...]
    sensitive: tuple[tuple[str, str], ...]


def decide(
    folder: Folder,
    *,
    clock: Clock,
    actor: str,
    reason: str,
    withdraw: Sequence[str] = (),
    restore: Sequence[str] = (),
    grades: Sequence[str] = (),
    answers: Sequence[str] = (),
    tables: Sequence[str] = (),
) -> Decided:
    """Log decisions about the evidence and the tables; all of them or none.

    Raises:
        BadInput: a decision names what the last answer does not know, gives a value that does not
            fit, nothing is decided, or no reason is given.

    """
    if not reason.strip():
        raise BadInput("a decision bears a reason", place="--reason", remedy="say why")
    case = load_assessed(folder, clock=clock)
    bodies = [
        *_evidence(case, WITHDRAW, withdraw),
        *_evidence(case, RESTORE, restore),
        *(
            (GRADE, {"origin": origin_of(case, o), "letter": v})
            for o, v in pairs(grades, "--grade")
        ),
        *((ANSWER, {"question": q, "answer": v}) for q, v in pairs(answers, "--answer")),
        *((TABLE, {"entry": p, "value": v}) for p, v in pairs(tables, "--set")),
    ]
    if not bodies:
        remedy = "give --withdraw, --restore, --grade, --answer or --set"
        raise BadInput("decides nothing", place="decide", remedy=remedy)
    with open_vault(folder, clock) as vault:
        _refuse_misfits(bodies, in_force(vault.decisions()))
        for kind, body in bodies:
            vault.decide(kind, body, actor=actor, reason=reason)
    gone = Change(*left_out(case, withdraw))
    return Decided(tuple(bodies), dependents(case, gone), case.sensitive)


def _evidence(
    case: AssessedCase, kind: str, names: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    exhibits, origins = left_out(case, names)
    paths = {e.sha256: e.path for e in case.exhibits}
    yield from ((kind, {"exhibit": sha, "path": paths[sha]}) for sha in sorted(exhibits))
    yield from ((kind, {"origin": origin}) for origin in sorted(origins))


def _refuse_misfits(bodies: Sequence[tuple[str, dict[str, str]]], held: Change) -> None:
    """Check the new decisions together with those in force: a table must fit as a whole."""
    grades = {b["origin"]: (b["letter"], "") for k, b in bodies if k == GRADE}
    answers = {b["question"]: (b["answer"], "") for k, b in bodies if k == ANSWER}
    tables = {b["entry"]: b["value"] for k, b in bodies if k == TABLE}
    check(Change(grades={o: g for o, g in grades.items() if g[0] != DEFAULT}, answers=answers))
    merged = {**held.tables, **tables}
    check(Change(tables={path: value for path, value in merged.items() if value != DEFAULT}))
