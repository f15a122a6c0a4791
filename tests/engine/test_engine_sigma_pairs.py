"""Published rules on the published events that they were written for, and on each other's."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from ashiato.core.sources import Intake, Source
from ashiato.engine.events import EventWriter, event_files
from ashiato.engine.lake import LakeWriter
from ashiato.engine.sigma.expressions import All, Either, Expr, Missing, Not, Regex, Same, Text, key
from ashiato.engine.sigma.expressions import Test as Asked
from ashiato.engine.sigma.rules import Rule, read_rules
from ashiato.engine.sigma.run import Sigma
from ashiato.engine.sigma.stretch import fits, lowered
from ashiato.engine.sigma.tables import event_partitions
from ashiato.engine.sigma.words import words_of
from ashiato.knowledge import load
from ashiato.read import read_log

pytestmark = pytest.mark.real
WORDS = words_of(load("sigma"))
Met = set[tuple[str, str, int]]
"""Rule, exhibit, record."""


@dataclass(frozen=True)
class Pairs:
    """Rules by id, which exhibits each must be found in, and the store of their events."""

    rules: Mapping[str, Rule]
    expected: set[tuple[str, str]]
    files: tuple[Path, ...]
    met: Met


def labelled(folder: Path) -> Iterator[tuple[str, Path]]:
    for info in sorted((folder / "regression_data").rglob("info.yml")):
        told = yaml.safe_load(info.read_text("utf-8"))
        tests = told.get("regression_tests_info") or []
        for test in (each for each in tests if each["type"] == "evtx"):
            for rule in told["rule_metadata"]:
                yield str(rule["id"]), folder / test["path"]


def rules_in(folder: Path) -> dict[str, Rule]:
    files = sorted(f for f in folder.glob("rules*/**/*.yml"))
    every = [rule for file in files for rule in read_rules(file.read_text("utf-8"))]
    return {rule.header.id: rule for rule in every if isinstance(rule, Rule)}


def store(paths: list[Path], root: Path) -> tuple[Path, ...]:
    for path in paths:
        raw = path.read_bytes()
        digest = sha256(raw).hexdigest()
        intake = Intake(digest, str(path), Source("test", "test"), organisation="Org 001")
        lake, events = LakeWriter(root / "lake", digest), EventWriter(root / "events", digest)
        with lake, events:
            read_log(BytesIO(raw), intake, lake, size=len(raw), events=events)
    return event_files(root / "events")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    folder = Path(os.environ.get("ASHIATO_TEST_DATA", "")) / "logs" / "sigma"
    if not folder.is_dir():
        pytest.skip("SKIPPED REAL INPUTS: set ASHIATO_TEST_DATA to the folder of real inputs")
    told = list(labelled(folder))
    rules = rules_in(folder)
    chosen = {name: rules[name] for name, _ in told if name in rules}
    files = store([path for _, path in told], tmp_path_factory.mktemp("pairs"))
    names = list(chosen)
    with Sigma(list(chosen.values()), WORDS) as engine:
        met = {
            (names[hit.rule], hit.exhibit, hit.locator.record)
            for hit in engine.hits(event_partitions(files))
        }
    expected = {(name, sha256(path.read_bytes()).hexdigest()) for name, path in told}
    return Pairs(chosen, expected, files, met)


def test_every_rule_fires_on_the_events_that_it_was_published_with(pairs: Pairs) -> None:
    found = {(rule, exhibit) for rule, exhibit, _ in pairs.met}
    there = {pair for pair in pairs.expected if pair[0] in pairs.rules}

    assert len(there) >= 190
    assert not there - found


def test_on_all_other_events_every_rule_says_what_a_plain_reading_of_it_says(pairs: Pairs) -> None:
    plain: Met = set()
    for row in rows_of(pairs.files):
        for name, rule in pairs.rules.items():
            if holds(rule.expr, row):
                plain.add((name, row["exhibit"], row["rec_no"]))

    assert plain == pairs.met


def rows_of(files: tuple[Path, ...]) -> Iterator[dict[str, Any]]:
    for file in files:
        for row in pq.read_table(file).to_pylist():
            yield {key(name): value for name, value in reversed(row.items())}


def holds(expr: Expr, row: Mapping[str, Any]) -> bool:
    """Read a rule record by record, without any of what makes it quick."""
    if isinstance(expr, All):
        return all(holds(part, row) for part in expr.parts)
    if isinstance(expr, Either):
        return any(holds(part, row) for part in expr.parts)
    if isinstance(expr, Not):
        return not holds(expr.part, row)
    assert not isinstance(expr, bool)
    return meets(expr, row)


def meets(test: Asked, row: Mapping[str, Any]) -> bool:
    assert test.field is not None
    names = (key(test.field), *WORDS.aliases.get(key(test.field), ()))
    value = next((row[name] for name in names if name in row), None)
    if isinstance(test, Missing):
        return value is None
    if value is None:
        return False
    if isinstance(test, Regex):
        return bool(re.search(test.pattern, str(value)))
    if isinstance(test, Same):
        return str(value).lower() == str(row.get(key(test.other))).lower()
    assert isinstance(test, Text), test
    pattern = test.pattern if test.cased else lowered(test.pattern)
    return fits(pattern, str(value) if test.cased else str(value).lower())
