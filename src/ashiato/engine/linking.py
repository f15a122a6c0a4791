"""Which records of one population seem to be one person: Fellegi and Sunter's weights, by Splink.

Made for many records under the same or nearly the same name; under different names its weights
say little (see the pack ``tracing``), and nobody here joins anything. It trains on the records it
is given, from a fixed seed, on a connection of its own that sees no file and no network.

Method: Fellegi and Sunter, "A theory for record linkage", JASA 64 (1969); Splink 5.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from os import cpu_count
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import (
    ElseLevel,
    ExactMatchLevel,
    JaroWinklerLevel,
    NullLevel,
)
from splink.comparison_library import CustomComparison, ExactMatch
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink.internals.exceptions import SplinkException

from ashiato.core.errors import TooLarge
from ashiato.engine.parties import Agreement, Link, LinkRules, Party

DECIBANS_PER_BIT = 3.010299956639812
_CONFIG = MappingProxyType(
    {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "preserve_insertion_order": "false",
    }
)
_FENCE = (
    "SET TimeZone = 'UTC'",
    "SET enable_progress_bar = false",
    "SET temp_directory = ''",  # beside the evidence nothing is written
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


PARTIES = pa.schema([("unique_id", pa.int64()), *((f.name, pa.string()) for f in fields(Party))])
"""Parties as a table, numbered."""
BLOCKED = ("card", "phone", "email", "postal", "name", "net_client")
"""Two records are compared where one of these agrees and is no hub."""
TRAINED = ("card", "email", "postal")
"""Where the share of agreements among true pairs is learned, each leaving out its own column."""


_DEGREES = MappingProxyType(
    {
        "name": {2: "equal", 1: "near", 0: "other"},
        "email": {3: "equal", 2: "same mailbox name", 1: "near mailbox name", 0: "other"},
    }
)
_EITHER = MappingProxyType({1: "equal", 0: "other"})
COMPARED = ("name", "email", "card", "phone", "postal", "net", "client")


def link(parties: Sequence[Party], rules: LinkRules) -> list[Link]:
    """Give the pairs of ``parties`` from ``rules.unsure_from`` on, by their places in it."""
    names = [f.name for f in fields(Party)]
    columns = [[getattr(party, name) for party in parties] for name in names]
    table = pa.table([list(range(len(parties))), *columns], schema=PARTIES)
    return list(links(table, rules))


def links(parties: pa.Table, rules: LinkRules, *, memory: str = "4GB") -> Iterator[Link]:
    """Yield the pairs of a table of `PARTIES`, by their numbers.

    Raises:
        TooLarge: the pairs do not fit into ``memory``.

    """
    connection = duckdb.connect(
        ":memory:", config={**_CONFIG, "threads": str(cpu_count() or 1), "memory_limit": memory}
    )
    try:
        with _quiet():
            yield from _linked(connection, parties, rules)
    except (duckdb.OutOfMemoryException, SplinkException) as error:
        if _is_about_memory(error):
            raise TooLarge(f"too many pairs of records to compare: {error}") from error
        raise
    finally:
        connection.close()


def _is_about_memory(error: BaseException) -> bool:
    """Whether memory ran out, here or inside Splink, which wraps what its statements raise."""
    causes = (error, error.__cause__)
    return any(isinstance(each, duckdb.OutOfMemoryException) for each in causes)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Splink's progress from the screen; what matters of it comes back in the result."""
    log = logging.getLogger("splink")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def _linked(
    connection: duckdb.DuckDBPyConnection, parties: pa.Table, rules: LinkRules
) -> Iterator[Link]:
    for statement in _FENCE:
        _rows(connection, statement)
    present = _prepare(connection, parties, rules.holders)
    if "name" not in present or len(present) < 2:  # noqa: PLR2004 - a name and something beside it
        return
    linker = _trained(connection, present, rules)
    if linker is None:
        return
    try:
        found = linker.inference.predict(
            threshold_match_probability=rules.unsure_from, warning_mode="never"
        )
    except SplinkException as error:  # a weight without end: the records are all alike
        if _is_about_memory(error):
            raise
        return
    yield from _read(connection, found.physical_name, present)


def _rows(
    connection: duckdb.DuckDBPyConnection, statement: str, values: Sequence[object] = ()
) -> list[tuple[Any, ...]]:
    # DuckDB 2 refuses the next statement until a result was fetched to its end.
    return connection.execute(statement, values).fetchall()


_PARTIES = """
CREATE TABLE parties AS
SELECT g.*, g.net || ' ' || g.client AS net_client FROM given g
"""
_BLOCKS = """
ALTER TABLE parties ADD COLUMN {column}_block VARCHAR;
UPDATE parties SET {column}_block = {column} WHERE {column} IN (
  SELECT {column} FROM parties WHERE {column} IS NOT NULL
  GROUP BY {column} HAVING count(*) BETWEEN 2 AND ?
)
"""
_PRESENT = "SELECT count({column}) FROM parties"


def _prepare(
    connection: duckdb.DuckDBPyConnection, parties: pa.Table, holders: int
) -> tuple[str, ...]:
    """Put the parties in, with a second column for each value that may propose pairs.

    Gives the comparisons for which there are any values.
    """
    connection.register("given", parties)
    _rows(connection, _PARTIES)
    connection.unregister("given")
    for column in BLOCKED:
        add, fill = _BLOCKS.format(column=column).split(";")
        _rows(connection, add)
        _rows(connection, fill, [holders])
    return tuple(
        column for column in COMPARED if _rows(connection, _PRESENT.format(column=column))[0][0]
    )


def _trained(
    connection: duckdb.DuckDBPyConnection, present: tuple[str, ...], rules: LinkRules
) -> Linker | None:
    """Train on the records themselves; ``None`` where no value proposes any pair."""
    useful = [c for c in BLOCKED if _rows(connection, _PRESENT.format(column=f"{c}_block"))[0][0]]
    firm: list[str | BlockingRuleCreator] = [
        block_on(f"{c}_block") for c in ("card", "phone", "email") if c in useful
    ]
    if not firm:
        return None
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("parties"), _settings(present, useful, rules), log_level=None)
    try:
        linker.training.estimate_probability_two_random_records_match(firm, recall=rules.recall)
        linker.training.estimate_u_using_random_sampling(max_pairs=rules.pairs, seed=rules.seed)
    except (SplinkException, ValueError) as error:  # no pair agrees anywhere
        if _is_about_memory(error):
            raise
        return None
    taught = [_train(linker, column) for column in TRAINED if column in useful]
    return linker if any(taught) else None


def _train(linker: Linker, column: str) -> bool:
    """Say whether anything could be learned from the pairs that agree on ``column``."""
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(f"{column}_block")
        )
    except SplinkException as error:  # too few pairs, or all alike: they teach no weights
        if _is_about_memory(error):
            raise
        return False
    return True


def _settings(present: tuple[str, ...], useful: Iterable[str], rules: LinkRules) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(column, rules) for column in present],
        blocking_rules_to_generate_predictions=[block_on(f"{c}_block") for c in useful],
        retain_matching_columns=True,  # without it the levels themselves are left out
        retain_intermediate_calculation_columns=True,
        max_iterations=rules.iterations,
    )


_Levels = list[ComparisonLevelCreator | dict[str, Any]]


def _comparison(column: str, rules: LinkRules) -> Any:  # noqa: ANN401 - one of Splink's creators
    if column == "name":
        levels: _Levels = [
            NullLevel("name"),
            ExactMatchLevel("name", term_frequency_adjustments=True),
            JaroWinklerLevel("name", rules.near_name),
            ElseLevel(),
        ]
        return CustomComparison(output_column_name="name", comparison_levels=levels)
    if column == "email":
        levels = [
            NullLevel("email"),
            ExactMatchLevel("email"),
            ExactMatchLevel("mailbox"),
            JaroWinklerLevel("mailbox", rules.near_mailbox),
            ElseLevel(),
        ]
        return CustomComparison(output_column_name="email", comparison_levels=levels)
    return ExactMatch(column).configure(term_frequency_adjustments=True)


def _read(
    connection: duckdb.DuckDBPyConnection, table: str, present: tuple[str, ...]
) -> Iterator[Link]:
    held = {row[0] for row in _rows(connection, f"DESCRIBE {table}")}
    columns = ["unique_id_l", "unique_id_r", "match_probability", "match_weight"]
    for one in present:
        rarity = f"mw_tf_adj_{one}"
        weight = f"mw_{one} + {rarity}" if rarity in held else f"mw_{one}"
        columns += [f"gamma_{one}", weight]
    query = f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1, 2"  # noqa: S608 - Splink's own names
    for a, b, probability, weight, *rest in _rows(connection, query):
        agreements = tuple(
            Agreement(one, degree, round(DECIBANS_PER_BIT * rest[2 * k + 1], 1))
            for k, one in enumerate(present)
            if (degree := _degree(one, rest[2 * k]))
        )
        first, second = sorted((a, b))
        yield Link(
            first, second, round(probability, 6), round(DECIBANS_PER_BIT * weight, 1), agreements
        )


def _degree(about: str, gamma: int) -> str:
    """Name a level of agreement; empty where one of the two says nothing."""
    return _DEGREES.get(about, _EITHER).get(gamma, "")
