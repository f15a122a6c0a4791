"""A rule as SQL over a stretch whose columns are numbered: lowered copies ``l``, written ``w``.

Names and values are bound or numbered, never pasted in: no rule can write SQL.
"""

from dataclasses import dataclass
from typing import Protocol

from ashiato.engine.sigma.expressions import (
    All,
    Cidr,
    Compare,
    Either,
    Expr,
    Listed,
    Not,
    Pattern,
    Present,
    Regex,
    Same,
    Test,
    Text,
    Wild,
)
from ashiato.engine.sigma.rules import re2
from ashiato.engine.sigma.stretch import expression, lowered


class Names(Protocol):
    """Gives the numbered name of a field's column; of None, that of every value joined."""

    def lowered(self, name: str | None, /) -> str:
        """Name the copy in lower case."""
        ...

    def written(self, name: str | None, /) -> str:
        """Name the copy as written."""
        ...


_ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
_LIKE = {Wild.MANY: "%", Wild.ONE: "_"}


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition in SQL and the values bound to its marks, in order."""

    sql: str
    values: tuple[object, ...] = ()


def clause(expr: Expr, names: Names) -> Clause:
    """Write a settled rule; a condition that is unknown counts as false under NOT too."""
    if isinstance(expr, bool):
        return Clause("true" if expr else "false")
    if isinstance(expr, Not):
        inner = clause(expr.part, names)
        return Clause(f"NOT coalesce({inner.sql}, false)", inner.values)
    if isinstance(expr, All):
        return _joined([clause(part, names) for part in expr.parts], " AND ")
    if isinstance(expr, Either):
        return _joined(_alternatives(expr, names), " OR ")
    return _test(expr, names)


def _joined(parts: list[Clause], word: str) -> Clause:
    values = tuple(value for part in parts for value in part.values)
    return Clause(f"({word.join(part.sql for part in parts)})", values)


def _alternatives(expr: Either, names: Names) -> list[Clause]:
    """Write the parts of an OR; whole values sought in one column become one list."""
    lists: dict[tuple[str | None, bool], list[str]] = {}
    rest: list[Clause] = []
    for part in expr.parts:
        if isinstance(part, Text) and _is_whole(part):
            lists.setdefault((part.field, part.cased), []).append(_literal(part))
        else:
            rest.append(clause(part, names))
    for (name, cased), values in lists.items():
        marks = ", ".join("?" * len(values))
        column = names.written(name) if cased else names.lowered(name)
        rest.append(Clause(f"{column} IN ({marks})", tuple(values)))
    return rest


def _is_whole(test: Text) -> bool:
    return test.field is not None and not any(isinstance(p, Wild) for p in test.pattern)


def _literal(test: Text) -> str:
    pattern = test.pattern if test.cased else lowered(test.pattern)
    return "".join(str(part) for part in pattern)


def _test(test: Test, names: Names) -> Clause:
    if isinstance(test, Text):
        return _text(test, names)
    if isinstance(test, Regex):
        return Clause(f"regexp_matches({names.written(test.field)}, ?)", (re2(test),))
    if isinstance(test, Listed):
        marks = ", ".join("?" * len(test.values))
        return Clause(f"{names.written(test.field)} IN ({marks})", test.values)
    if isinstance(test, Compare):
        number = f"try_cast({names.written(test.field)} AS DOUBLE)"
        return Clause(f"{number} {test.operator} ?", (test.number,))
    if isinstance(test, Same):
        return _same(test, names)
    assert not isinstance(test, Cidr)  # a stretch lists the addresses that lie in it
    there = "NOT NULL" if isinstance(test, Present) else "NULL"
    return Clause(f"{names.lowered(test.field)} IS {there}")


def _same(test: Same, names: Names) -> Clause:
    one, other = names.lowered(test.field), names.lowered(test.other)
    if test.starts and test.ends:
        return Clause(f"contains({one}, {other})")
    if test.starts or test.ends:
        return Clause(f"{'starts' if test.starts else 'ends'}_with({one}, {other})")
    return Clause(f"{one} = {other}")


def _text(test: Text, names: Names) -> Clause:
    column = names.written(test.field) if test.cased else names.lowered(test.field)
    pattern = test.pattern if test.cased else lowered(test.pattern)
    if test.field is None:
        return _keyword(pattern, column)
    match pattern:
        case ():
            return Clause(f"{column} = ''")
        case (Wild.MANY,):
            return Clause(f"{column} IS NOT NULL")
        case (str(text),):
            return Clause(f"{column} = ?", (text,))
        case (str(text), Wild.MANY):
            return Clause(f"starts_with({column}, ?)", (text,))
        case (Wild.MANY, str(text)):
            return Clause(f"ends_with({column}, ?)", (text,))
        case (Wild.MANY, str(text), Wild.MANY):
            return Clause(f"contains({column}, ?)", (text,))
    return Clause(f"{column} LIKE ? ESCAPE '\\'", (_like(pattern),))


def _keyword(pattern: Pattern, column: str) -> Clause:
    match pattern:
        case (str(text),):
            return Clause(f"contains({column}, ?)", (text,))
    return Clause(f"regexp_matches({column}, ?)", (f"(?s){expression(pattern, inside=True)}",))


def _like(pattern: Pattern) -> str:
    return "".join(_LIKE[p] if isinstance(p, Wild) else p.translate(_ESCAPED) for p in pattern)
