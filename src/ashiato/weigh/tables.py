"""The tables of a weighing, with what a case changed in them: each change a decision with a reason.

A change names one entry by its path (``grades.reliability.B``) and gives its value as text, since a
log of decisions holds no floating numbers. Nothing else of the packs can be changed: the grounds
that never count stay out of reach.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ashiato.core.errors import BadInput
from ashiato.core.weighing import Rung
from ashiato.knowledge import load
from ashiato.weigh.grades import Grades, grades_of
from ashiato.weigh.questions import MODELLED, Question, question_of
from ashiato.weigh.words import point, scale

_LETTERS = frozenset("ABCDEF")
_SUM = 1e-9
_TRUST, _RATES = 3, 2
_MOST_SHARE, _MOST_ODDS = 0.5, 10.0


@dataclass(frozen=True, slots=True)
class Tables:
    """What everything is weighed with."""

    grade: Grades
    questions: Mapping[Rung, Question]


def tables_of(changes: Mapping[str, str]) -> Tables:
    """Give the packs with the case's ``changes`` (path to value as text) over them.

    Raises:
        BadInput: a path names no entry that may be changed, or a value does not fit it.

    """
    return _tables(tuple(sorted(changes.items())))


def check_tables(changes: Mapping[str, str]) -> None:
    """Raise `BadInput` where `tables_of` would."""
    tables_of(changes)


@cache
def _tables(changes: tuple[tuple[str, str], ...]) -> Tables:
    packs = {name: deepcopy(load(name)) for name in ("grades", "questions")}
    for path, value in changes:
        _change(packs, path, value)
    _check_shares(packs["questions"]["prior"])
    questions = {rung: question_of(rung, packs["questions"]) for rung in MODELLED}
    for rung, question in questions.items():
        _check_facts(rung, question)
    return Tables(grades_of(packs["grades"]), MappingProxyType(questions))


def _change(packs: dict[str, Any], path: str, value: str) -> None:
    *above, last = path.split(".")
    table: Any = packs
    for step in above:
        table = _step(table, step)
    read = _reader(tuple(above), last)
    if read is None or not isinstance(table, dict) or last not in table:
        raise BadInput(
            f"{path!r} is no entry that may be changed",
            place=path,
            remedy="name one as the method page does, such as grades.reliability.B",
        )
    try:
        table[last] = read(value)
    except ValueError as error:
        remedy = "see the method page for what it takes"
        raise BadInput(f"{value!r} does not fit: {error}", place=path, remedy=remedy) from error


def _step(table: Any, step: str) -> Any:  # noqa: ANN401 - parsed TOML
    """Go down by a key; into the facts of a rung by the fact's id."""
    if not isinstance(table, dict):
        return None
    facts = table.get("facts", ())
    return table.get(step) or next((f for f in facts if f.get("id") == step), None)


def _reader(above: tuple[str, ...], last: str) -> Callable[[str], object] | None:
    """Choose how the value at a path is read; ``None`` where nothing there may be changed."""
    match above:
        case ("grades",):
            return _letter if last == "ungraded" else None
        case ("grades", "hedge"):
            return None if last in {"hypothetical", "normative"} else _kappa
        case ("grades" | "questions", table):
            return _WHOLE_TABLES.get((*above[:1], table))
        case ("questions", rung, _) if rung in {r.value for r in MODELLED}:
            return _yes_no if last == "required" else None
        case ("questions", rung, _, "likelihood") if rung in {r.value for r in MODELLED}:
            return _word
        case _:
            return None


def _numbers(text: str, count: int) -> list[float]:
    found = [float(part) for part in text.strip("[] ").split(",")]
    if len(found) != count or not all(0 < n < 1 for n in found):
        raise ValueError(f"it takes {count} numbers between 0 and 1")
    return found


def _trust(text: str) -> list[float]:
    found = _numbers(text, _TRUST)
    if abs(sum(found) - 1) > _SUM:
        raise ValueError("reliable, uninformative and deceptive must sum to 1")
    return found


def _rates(text: str) -> list[float]:
    hit, false_alarm = _numbers(text, _RATES)
    if hit <= false_alarm:
        raise ValueError("a reliable origin says what is so more often than what is not")
    return [hit, false_alarm]


def _kappa(text: str) -> float:
    found = float(text)
    if not 0 < found <= 1:
        raise ValueError("a hedge leaves more than 0 and at most 1")
    return found


def _share(text: str) -> float:
    found = float(text)
    if not 0 < found <= _MOST_SHARE:
        raise ValueError(f"it takes a number of {_MOST_SHARE} at most, above 0")
    return found


def _odds(text: str) -> float:
    found = float(text)
    if not 1 <= found <= _MOST_ODDS:
        raise ValueError(f"it takes a factor from 1 to {_MOST_ODDS:.0f}")
    return found


def _letter(text: str) -> str:
    if text not in _LETTERS:
        raise ValueError("it takes a letter from A to F")
    return text


def _word(text: str) -> str:
    try:
        point(text)
    except KeyError as error:
        words = ", ".join(step.word for step in scale())
        raise ValueError(f"it takes one of: {words}") from error
    return text


def _yes_no(text: str) -> bool:
    found = {"true": True, "false": False}.get(text)
    if found is None:
        raise ValueError("it takes true or false")
    return found


_WHOLE_TABLES: Mapping[tuple[str, ...], Callable[[str], object]] = {
    ("grades", "reliability"): _trust,
    ("grades", "basis"): _rates,
    ("grades", "noise"): _odds,
    ("questions", "prior"): _share,
    ("questions", "spoof"): _word,
}


def _check_shares(prior: Mapping[str, float]) -> None:
    taken = prior["none_at_least"] + prior["imitator"] + prior["resale"]
    if taken >= 1:
        raise BadInput(
            f"none of these, imitator and resale take {taken:.2f} of the whole",
            place="questions.prior",
            remedy="leave something to those who are named",
        )


def _check_facts(rung: Rung, question: Question) -> None:
    for fact in question.facts:
        of = fact.likelihood
        if of["candidate"] < max(of["other"], of["none"]):
            raise BadInput(
                "the fact would speak against its own candidate",
                place=f"questions.{rung.value}.{fact.id}.likelihood",
                remedy="make it at least as probable for the candidate as for others",
            )
    if not any(fact.required for fact in question.facts):
        raise BadInput(
            "no fact of the rung would be required",
            place=f"questions.{rung.value}",
            remedy="keep one required element",
        )
