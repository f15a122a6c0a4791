"""What a case counts otherwise than the evidence says by itself: logged by persons, or supposed.

Evidence is withdrawn, an origin graded, a critical question answered, a table changed. The last
decision on one thing is in force; all of them stay in the log. `what-if` uses the same changes
without logging any.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ashiato.case.reading import Reading, Readings
from ashiato.core.claims import Claim
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Exhibit, Problem
from ashiato.core.sources import Source
from ashiato.vault import Decision
from ashiato.weigh import Origins, Posited, check_tables, question_names

WITHDRAW, RESTORE, GRADE, ANSWER, TABLE = "withdraw", "restore", "grade", "answer", "table"
DEFAULT = "default"
"""The value that takes a grade, an answer or a table entry back to what it was."""
_LETTERS = frozenset("ABCDEF")
_ANSWERS = frozenset({"yes", "no", "open"})


@dataclass(frozen=True, slots=True)
class Change:
    """What counts otherwise; empty by default.

    ``exhibits`` are sha256, ``origins`` ids; ``grades`` map an origin to letter and reason,
    ``answers`` a critical question to answer and reason, ``tables`` a path to its value.
    """

    exhibits: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    grades: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    posited: tuple[Posited, ...] = ()

    def and_also(self, other: "Change") -> "Change":
        """Lay another change over this one."""
        return Change(
            self.exhibits | other.exhibits,
            self.origins | other.origins,
            {**self.grades, **other.grades},
            {**self.answers, **other.answers},
            {**self.tables, **other.tables},
            (*self.posited, *other.posited),
        )


def in_force(decisions: Iterable[Decision]) -> Change:
    """Give what the log of a case changes: of several decisions on one thing, the last."""
    exhibits, origins = set[str](), set[str]()
    grades, answers = dict[str, tuple[str, str]](), dict[str, tuple[str, str]]()
    tables = dict[str, str]()
    for each in sorted(decisions, key=lambda d: d.seq):
        said = {key: str(value) for key, value in each.body.items()}
        match each.kind:
            case "withdraw":
                exhibits |= {said["exhibit"]} if "exhibit" in said else set()
                origins |= {said["origin"]} if "origin" in said else set()
            case "restore":
                exhibits.discard(said.get("exhibit", ""))
                origins.discard(said.get("origin", ""))
            case "grade":
                grades[said["origin"]] = (said["letter"], each.reason)
            case "answer":
                answers[said["question"]] = (said["answer"], each.reason)
            case "table":
                tables[said["entry"]] = said["value"]
    kept = {name: value for name, value in tables.items() if value != DEFAULT}
    graded = {name: value for name, value in grades.items() if value[0] != DEFAULT}
    told = {name: value for name, value in answers.items() if value[0] != "open"}
    return Change(frozenset(exhibits), frozenset(origins), graded, told, kept)


def check(change: Change) -> None:
    """Refuse a change that names what is not there or gives a value that does not fit.

    Raises:
        BadInput: an unknown critical question or answer, a letter that is none, a table's entry
            or value that does not fit.

    """
    known = question_names()
    for name, (answer, _) in change.answers.items():
        if name not in known:
            near = ", ".join(sorted(k for k in known if k.startswith(name.split(".")[0] + ".")))
            remedy = f"name one of {near or ', '.join(sorted(known))}"
            raise BadInput(f"no critical question {name!r}", place=name, remedy=remedy)
        if answer not in _ANSWERS:
            raise BadInput(f"{answer!r} is no answer", place=name, remedy="answer yes, no or open")
    for origin, (letter, _) in change.grades.items():
        if letter not in _LETTERS:
            remedy = "give a letter from A to F, or default"
            raise BadInput(f"{letter!r} is no grade", place=origin, remedy=remedy)
    check_tables(change.tables)


def graded(sources: tuple[Source, ...], change: Change) -> tuple[Source, ...]:
    """Give the sources with the letters that the change enters; an origin may become a source."""
    known = {source.id: source for source in sources}
    for origin, (letter, reason) in change.grades.items():
        source = known.get(origin, Source(origin, origin))
        known[origin] = replace(source, reliability=letter, reason=reason)
    return tuple(known[key] for key in sorted(known))


def held(exhibits: tuple[Exhibit, ...], change: Change) -> tuple[Exhibit, ...]:
    """Give the exhibits that are not withdrawn."""
    return tuple(e for e in exhibits if e.sha256 not in change.exhibits)


def without_origins(readings: Readings, change: Change, sources: tuple[Source, ...]) -> Readings:
    """Leave out all that the withdrawn origins know: their claims, tables, logs and traces."""
    if not change.origins:
        return readings
    owner = {intake.path: intake.source.id for intake in readings.intakes}
    each = (_without(r, owner.get(r.path, ""), change.origins) for r in readings.each)
    claims = still_told(readings.claims, change, sources)
    return replace(readings, each=tuple(r for r in each if r), claims=claims)


def still_told(
    claims: Iterable[Claim], change: Change, sources: tuple[Source, ...]
) -> tuple[Claim, ...]:
    """Give the claims whose origin is not withdrawn."""
    origins = Origins.of_sources(sources)
    return tuple(c for c in claims if origins.of(c) not in change.origins)


def _without(reading: Reading, owner: str, origins: frozenset[str]) -> Reading | None:
    if (reading.table or reading.log) and owner in origins:
        return None
    if reading.document is None:
        return reading
    mentions = tuple(m for m in reading.document.mentions if m.origin not in origins)
    return replace(reading, document=replace(reading.document, mentions=mentions))


def problems(change: Change, exhibits: Iterable[Exhibit]) -> tuple[Problem, ...]:
    """Tell in the answer what was withdrawn: it is sealed still, and counts for nothing."""
    remedy = "`ashiato decide --restore` makes it count again"
    gone = [e for e in exhibits if e.sha256 in change.exhibits]
    files = (Problem("withdrawn", e.path, "withdrawn by a decision", remedy) for e in gone)
    voices = (
        Problem("withdrawn", "", f"what {origin} knows is withdrawn by a decision", remedy)
        for origin in sorted(change.origins)
    )
    return (*files, *voices)
