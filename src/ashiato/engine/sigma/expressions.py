"""What a Sigma rule asks of one record, as a tree; and the laws of its simplification.

A test is true or false, never unknown: a field that a record lacks meets no test but `Missing`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network, IPv6Network


class Wild(Enum):
    """A wildcard in a pattern."""

    MANY = "*"
    ONE = "?"


Pattern = tuple[str | Wild, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """The whole value fits the pattern; case counts only where ``cased``.

    Without a ``field`` any value of the record may contain the pattern (a keyword).
    """

    field: str | None
    pattern: Pattern
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Regex:
    """The regular expression (RE2) is found in the value; ``flags`` of i, m and s."""

    field: str | None
    pattern: str
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Cidr:
    """The value is an address of the network; an IPv4 address mapped into IPv6 is itself."""

    field: str
    network: IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Listed:
    """The value as written is one of these; a `Cidr` becomes one over the values at hand."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """The value is a number and stands so to ``number``; ``operator`` is that of SQL."""

    field: str
    operator: str
    number: float


@dataclass(frozen=True, slots=True)
class Same:
    """The value equals the value of ``other``, or starts or ends with it."""

    field: str
    other: str
    starts: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """The record has the field."""

    field: str


@dataclass(frozen=True, slots=True)
class Missing:
    """The record lacks the field."""

    field: str


Test = Text | Regex | Cidr | Listed | Compare | Same | Present | Missing


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Expr"


Expr = All | Either | Not | Test | bool


def settle(expr: Expr, decide: Callable[[Test], Expr]) -> Expr:
    """Put for each test what ``decide`` says of it, and draw the consequences."""
    if isinstance(expr, bool):
        return expr
    if isinstance(expr, All | Either):
        return _join(expr, decide)
    if isinstance(expr, Not):
        inner = settle(expr.part, decide)
        return not inner if isinstance(inner, bool) else Not(inner)
    return decide(expr)


def _join(expr: All | Either, decide: Callable[[Test], Expr]) -> Expr:
    decisive = isinstance(expr, Either)  # one true part settles it; for `All` one that is false
    kept: list[Expr] = []
    for part in expr.parts:
        settled = settle(part, decide)
        if settled is decisive:
            return decisive
        if not isinstance(settled, bool):
            kept.append(settled)
    if not kept:
        return not decisive
    return kept[0] if len(kept) == 1 else type(expr)(tuple(kept))


def tests(expr: Expr) -> Iterator[Test]:
    """Give every test of the tree."""
    if isinstance(expr, All | Either):
        for part in expr.parts:
            yield from tests(part)
    elif isinstance(expr, Not):
        yield from tests(expr.part)
    elif not isinstance(expr, bool):
        yield expr


def key(name: str) -> str:
    """Give the name by which a field is known: neither case nor blanks count.

    Windows calls ``Threat Name`` in its events what rules call ThreatName.
    """
    return name.replace(" ", "").lower()


def fields(expr: Expr) -> frozenset[str | None]:
    """Give the keys of the fields that the tree asks for; None where it has keywords."""
    asked = {test.field for test in tests(expr)}
    asked |= {test.other for test in tests(expr) if isinstance(test, Same)}
    return frozenset(name if name is None else key(name) for name in asked)


def scope(expr: Expr, field: str) -> frozenset[str] | None:
    """Give the values (lower case) one of which ``field`` must have; None where any may do.

    Read from the tree, so that no OR and no NOT can hide a value.
    """
    if isinstance(expr, bool):
        return None if expr else frozenset()
    if isinstance(expr, Text):
        return _said(expr, field)
    if isinstance(expr, All):
        known = [found for part in expr.parts if (found := scope(part, field)) is not None]
        return frozenset.intersection(*known) if known else None
    if isinstance(expr, Either):
        each = [scope(part, field) for part in expr.parts]
        told = [found for found in each if found is not None]
        return frozenset().union(*told) if len(told) == len(each) else None
    return None


def _said(test: Text, field: str) -> frozenset[str] | None:
    if test.field is None or key(test.field) != field:
        return None
    if any(isinstance(part, Wild) for part in test.pattern):
        return None
    return frozenset({"".join(str(part) for part in test.pattern).lower()})
