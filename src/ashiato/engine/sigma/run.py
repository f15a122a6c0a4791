"""Run many rules over a store: which record meets which rule, each with its place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self

import duckdb
import pyarrow as pa
from xxhash import xxh3_128_hexdigest

from ashiato.core.errors import TooLarge
from ashiato.core.evidence import RecordLocator
from ashiato.engine.sigma.expressions import Expr, fields, key, scope
from ashiato.engine.sigma.rules import Rule
from ashiato.engine.sigma.sql import Clause, clause
from ashiato.engine.sigma.stretch import Stretch
from ashiato.engine.sigma.tables import Partition, stretches
from ashiato.engine.sigma.words import WINDOWS, Words

_CONFIG = MappingProxyType(
    {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "temp_directory": "",  # beside the evidence nothing is written
        "enable_external_access": "false",
    }
)
_TOGETHER = 8
"""Rules asked in one statement."""


@dataclass(frozen=True, slots=True)
class RecordHit:
    """One record that meets a rule; ``rule`` is its place in the sequence that was run.

    ``kind`` is ``windows`` or a kind of the lake; ``channel`` and ``event`` are those of a Windows
    event. ``content`` is the same for the same record in two exhibits. ``values`` gives by key the
    fields that were asked to be kept, where the record has them.
    """

    rule: int
    org: str
    host: str
    ts: datetime
    exhibit: str
    locator: RecordLocator
    kind: str
    channel: str
    event: str
    content: str
    values: Mapping[str, str]


class Sigma:
    """Runs rules; closes as a context manager."""

    def __init__(
        self,
        rules: Sequence[Rule],
        words: Words,
        *,
        keep: Mapping[int, Iterable[str]] | None = None,
    ) -> None:
        """Prepare the rules; ``keep`` names fields that the hits of a rule should carry."""
        self._rules, self._words = rules, words
        self._keep = {n: tuple(key(name) for name in names) for n, names in (keep or {}).items()}
        self._fields = [fields(rule.expr) for rule in rules]
        self._needs = [words.kinds_of(rule.source) for rule in rules]
        self._channels = [scope(rule.expr, "channel") for rule in rules]
        self._events = [scope(rule.expr, "eventid") for rule in rules]
        self._connection = duckdb.connect(":memory:", config=dict(_CONFIG))
        self._connection.execute("SET threads = 1")  # stretches are small

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def hits(self, partitions: Iterable[Partition]) -> Iterator[RecordHit]:
        """Give every hit, partition by partition."""
        for part in partitions:
            chosen = [n for n in range(len(self._rules)) if self._may_meet(n, part)]
            if chosen:
                for stretch in stretches(part, self._wanted(chosen), self._words):
                    yield from self._look(part.kind, stretch, chosen)

    def _may_meet(self, number: int, part: Partition) -> bool:
        if part.kind not in self._needs[number]:
            return False
        if part.kind != WINDOWS:
            return self._fields[number] - {None} <= self._words.fields.get(part.kind, {}).keys()
        channels, events = self._channels[number], self._events[number]
        fits = not part.channel or channels is None or part.channel in channels
        return fits and (not part.event or events is None or part.event in events)

    def _wanted(self, chosen: Sequence[int]) -> set[str] | None:
        wanted: set[str] = set()
        for number in chosen:
            asked = self._fields[number]
            if None in asked:
                return None
            wanted |= {name for name in asked if name is not None}
            wanted |= set(self._keep.get(number, ()))
        return wanted

    def _look(self, kind: str, stretch: Stretch, chosen: Sequence[int]) -> Iterator[RecordHit]:
        left: list[tuple[int, Expr]] = []
        met: list[tuple[int, int]] = []
        for number in chosen:
            settled = stretch.settle(self._rules[number].expr)
            if settled is True:
                met += [(number, row) for row in range(len(stretch))]
            elif settled is not False:
                left.append((number, settled))
        if left:
            met += self._asked(stretch, left)
        if met:
            yield from self._hits(kind, stretch, sorted(met))

    def _asked(self, stretch: Stretch, left: Sequence[tuple[int, Expr]]) -> list[tuple[int, int]]:
        names = _Numbered(stretch)
        clauses = [(number, clause(expr, names)) for number, expr in left]
        self._connection.register("arrow", names.table())
        self._rows("CREATE OR REPLACE TEMP TABLE stretch AS SELECT * FROM arrow")
        self._connection.unregister("arrow")
        found: list[tuple[int, int]] = []
        for start in range(0, len(clauses), _TOGETHER):
            found += self._together(clauses[start : start + _TOGETHER])
        self._rows("DROP TABLE stretch")
        return found

    def _together(self, clauses: Sequence[tuple[int, Clause]]) -> list[tuple[int, int]]:
        statement = " UNION ALL ".join(
            f"SELECT {number}, r FROM stretch WHERE {each.sql}"  # noqa: S608 - marks and numbers
            for number, each in clauses
        )
        return self._rows(statement, [value for _, each in clauses for value in each.values])

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[int, int]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise TooLarge("the engine needs more memory than there is for these rules") from error

    def _hits(
        self, kind: str, stretch: Stretch, met: Sequence[tuple[int, int]]
    ) -> Iterator[RecordHit]:
        rows = sorted({row for _, row in met})
        taken = Stretch(stretch.table.take(pa.array(rows, pa.int64())), self._words.aliases)
        records = dict(zip(rows, _records(kind, taken), strict=True))
        for number, row in met:
            record, values = records[row]
            asked = ((name, taken.resolve(name)) for name in self._keep.get(number, ()))
            held = {name: values[found] for name, found in asked if found}
            kept = {name: str(value) for name, value in held.items() if value is not None}
            yield replace(record, rule=number, values=kept)


def _records(kind: str, taken: Stretch) -> Iterator[tuple[RecordHit, dict[str, Any]]]:
    for row in taken.table.to_pylist():
        yield _record(kind, row), row


def _record(kind: str, row: Mapping[str, Any]) -> RecordHit:
    return RecordHit(
        rule=-1,
        org=row["org"],
        host=row.get("computer") or "",
        ts=row["ts"],
        exhibit=row["exhibit"],
        locator=RecordLocator(row["rec_no"], row["byte_off"], row["byte_len"], row["codec"]),
        kind=kind,
        channel=row.get("channel") or "",
        event=str(row.get("eventid") or ""),
        content=_content(row),
        values={},
    )


def _content(row: Mapping[str, Any]) -> str:
    """Name what a record says, wherever it was delivered."""
    said = [(name, str(v)) for name, v in row.items() if name not in _WHERE and v is not None]
    return xxh3_128_hexdigest(repr(sorted(said)).encode("utf-8", "backslashreplace"))


_WHERE = frozenset({"exhibit", "codec", "rec_no", "byte_off", "byte_len"})


class _Numbered:
    """Gives numbered names to the columns that the rules of one stretch use."""

    def __init__(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._numbers: dict[str, int] = {}
        self._columns: dict[str, pa.Array] = {
            "r": pa.array(range(len(stretch)), pa.int64()),
        }

    def lowered(self, name: str | None, /) -> str:
        """Name the copy in lower case."""
        return self._short(name, lowered=True)

    def written(self, name: str | None, /) -> str:
        """Name the copy as written."""
        return self._short(name, lowered=False)

    def _short(self, name: str | None, *, lowered: bool) -> str:
        column = self._stretch.column(name)
        assert column is not None  # the stretch settled what it lacks
        number = self._numbers.setdefault(column.name, len(self._numbers))
        short = f"{'l' if lowered else 'w'}{number}"
        if short not in self._columns:
            self._columns[short] = column.rows(lowered=lowered)
        return short

    def table(self) -> pa.Table:
        """Give the columns named so far."""
        return pa.table(self._columns)
