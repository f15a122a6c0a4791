"""A stretch of records held in memory while rules look at it, and what it settles by itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

import pyarrow as pa
import pyarrow.compute as pc

from ashiato.engine.sigma import grams
from ashiato.engine.sigma.expressions import (
    Cidr,
    Compare,
    Expr,
    Listed,
    Missing,
    Pattern,
    Present,
    Regex,
    Same,
    Test,
    Text,
    Wild,
    key,
    settle,
)

_FEW = 8
"""With no more distinct values than this a test is tried on each of them."""
SEPARATOR = "\x01"
"""Stands between the values of a record where keywords are looked for."""


@dataclass(slots=True)
class Column:
    """One field of the records: its distinct values, lowered copies, and which row has which."""

    name: str
    values: pa.Array
    codes: pa.Array
    has_gaps: bool
    _lowered: pa.Array | None = None
    _marks: grams.Marks | None = None
    _known: dict[Test, Expr] = field(default_factory=dict)

    @property
    def lowered(self) -> pa.Array:
        """The distinct values in lower case, in their order."""
        if self._lowered is None:
            self._lowered = pc.utf8_lower(self.values)
        return self._lowered

    def rows(self, *, lowered: bool) -> pa.Array:
        """Give the value of each row."""
        return (self.lowered if lowered else self.values).take(self.codes)

    def may_hold(self, pattern: Pattern, *, inside: bool) -> bool:
        """Say whether a value may fit the lowered pattern; False is proof."""
        if self._marks is None:
            self._marks = grams.marks(self.lowered)
        return self._marks.may_hold(pattern, inside=inside)

    def decide(self, test: Test) -> Expr:
        """Settle a test on this column as far as its distinct values can; asked once each."""
        known = self._known.get(test)
        if known is None:
            known = self._known[test] = self._decided(test)
        return known

    def _decided(self, test: Test) -> Expr:
        if isinstance(test, Present | Missing):
            return self._there(test)
        if not len(self.values):
            return False
        if isinstance(test, Cidr):
            inside = tuple(v for v in self.values.to_pylist() if lies_in(v, test))
            return Listed(self.name, inside) if inside else False
        if isinstance(test, Text):
            return self._text(test)
        return test

    def _there(self, test: Present | Missing) -> Expr:
        if not len(self.values) or not self.has_gaps:
            return isinstance(test, Present) is bool(len(self.values))
        return test

    def _text(self, test: Text) -> Expr:
        if len(self.values) <= _FEW:
            held = self.values if test.cased else self.lowered
            pattern = test.pattern if test.cased else lowered(test.pattern)
            met = [fits(pattern, v, inside=test.field is None) for v in held.to_pylist()]
            if not any(met):
                return False
            return True if all(met) and not self.has_gaps else test
        may = self.may_hold(lowered(test.pattern), inside=test.field is None)
        return test if may else False


class Stretch:
    """The columns of some records by key, coded when a rule asks for them."""

    def __init__(self, table: pa.Table, aliases: Mapping[str, Sequence[str]]) -> None:
        """Hold ``table``, whose columns are named by their keys; ``aliases`` are other names."""
        self.table, self._aliases = table, aliases
        self._columns: dict[str, Column] = {}
        self._every: Column | None = None
        self._names = set(table.column_names)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def column(self, name: str | None) -> Column | None:
        """Give the column of a field in any spelling; None is every value of the record."""
        if name is None:
            return self._joined()
        found = self.resolve(name)
        if found is None:
            return None
        if found not in self._columns:
            self._columns[found] = _column(found, self.table[found])
        return self._columns[found]

    def resolve(self, name: str) -> str | None:
        """Give the column's name: the field itself, or the first alias that is there."""
        low = key(name)
        return next((n for n in (low, *self._aliases.get(low, ())) if n in self._names), None)

    def settle(self, expr: Expr) -> Expr:
        """Simplify a rule as far as this stretch settles it."""
        return settle(expr, self._decide)

    def _decide(self, test: Test) -> Expr:
        column = self.column(test.field)
        if column is None:
            return isinstance(test, Missing)  # a field that no record has
        if isinstance(test, Same) and self.column(test.other) is None:
            return False
        return column.decide(test)

    def _joined(self) -> Column:
        if self._every is None:
            parts = [
                _column(name, self.table[name]).rows(lowered=False)
                for name in sorted(self._names)
                if name not in PLACE
            ]
            # Arrow drops a row in which every part is skipped: the first part is never.
            first = pa.repeat("", len(self))
            skip = {"null_handling": "skip"}
            joined = pc.binary_join_element_wise(first, *parts, SEPARATOR, **skip)
            none = pa.scalar(None, pa.string())
            self._every = _column("", pc.if_else(pc.equal(joined, ""), none, joined))
        return self._every


PLACE = frozenset({"org", "exhibit", "codec", "rec_no", "byte_off", "byte_len", "ts"})
"""Columns that say where a record stands and whose it is; no rule looks into them."""


def _column(name: str, values: pa.ChunkedArray | pa.Array) -> Column:
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(whole.type):
        # Read as a dictionary it may hold values twice, or some that no row has.
        return _used(name, whole)
    text = whole if pa.types.is_string(whole.type) else whole.cast(pa.string())
    coded = text.dictionary_encode()
    return Column(name, coded.dictionary, coded.indices, bool(coded.indices.null_count))


def _used(name: str, coded: pa.DictionaryArray) -> Column:
    codes = pc.unique(coded.indices.drop_null())
    if len(codes) == len(coded.dictionary):
        gaps = bool(coded.indices.null_count)
        return Column(name, coded.dictionary.cast(pa.string()), coded.indices, gaps)
    return _column(name, coded.dictionary.take(coded.indices))


@lru_cache(maxsize=1 << 18)
def lowered(pattern: Pattern) -> Pattern:
    """Lower a pattern as the columns are lowered: one code point for one."""
    return tuple(part if isinstance(part, Wild) else lower(part) for part in pattern)


def lower(text: str) -> str:
    """Lower a text as Arrow lowers a column."""
    return text.lower() if text.isascii() else str(pc.utf8_lower(pa.scalar(text)).as_py())


def fits(pattern: Pattern, value: str, *, inside: bool = False) -> bool:
    """Say whether ``value`` fits ``pattern``, or contains it where ``inside``."""
    found = _expression(pattern, inside)
    return bool(found.search(value) if inside else found.fullmatch(value))


@lru_cache(maxsize=1 << 16)
def _expression(pattern: Pattern, inside: bool) -> re.Pattern[str]:  # noqa: FBT001 - a cache key
    return re.compile(expression(pattern, inside=inside), re.DOTALL)


def expression(pattern: Pattern, *, inside: bool) -> str:
    """Write a pattern as a regular expression; a keyword's wildcards stay within one value."""
    one = f"[^{SEPARATOR}]" if inside else "."
    wild = {Wild.MANY: f"{one}*", Wild.ONE: one}
    return "".join(wild[p] if isinstance(p, Wild) else re.escape(p) for p in pattern)


def lies_in(value: str, test: Cidr) -> bool:
    """Say whether ``value`` is an address in the network; no address lies in none."""
    try:
        address = ip_address(value.strip())
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped and test.network.version == 4:  # noqa: PLR2004 - IP version
        return address.ipv4_mapped in test.network
    return address.version == test.network.version and address in test.network


def is_asked_as_written(test: Test) -> bool:
    """Say whether a test needs the value as written, not only in lower case."""
    return isinstance(test, Regex | Listed | Compare) or (isinstance(test, Text) and test.cased)
