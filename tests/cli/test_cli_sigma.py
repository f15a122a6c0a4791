"""Sigma rules over logs from the command line."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

Ashiato = Callable[..., Any]
PROXY = (
    "1924992000.123 250 192.0.2.10 TCP_MISS/200 4512 GET http://www.shop.example/a.exe - "
    "HIER_DIRECT/198.51.100.7 text/html\n"
)
RULE = """
title: A program is fetched
id: 11111111-2222-4333-8444-555555555555
status: test
author: Ann Author
tags: [attack.command-and-control]
logsource: {category: proxy}
detection:
    one:
        c-uri-extension: EXE
    condition: one
level: medium
"""
OTHER = """
title: Of a system nobody reads
logsource: {product: solaris}
detection: {a: {b: c}, condition: a}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs" / "Org 1").mkdir(parents=True)
    (tmp_path / "logs" / "Org 1" / "proxy.log").write_text(PROXY * 2)
    (tmp_path / "rules" / "web").mkdir(parents=True)
    (tmp_path / "rules" / "web" / "fetched.yml").write_text(RULE)
    (tmp_path / "rules" / "other.yml").write_text(OTHER)
    return tmp_path


@pytest.mark.usefixtures("desk")
def test_a_hit_names_its_rule_its_author_and_its_record(ashiato: Ashiato) -> None:
    said = ashiato("sigma", "rules", "logs", "--json", "-q")
    row, _ = map(json.loads, said.out.splitlines())
    schema = Path(__file__).parents[2] / "docs/schemas/rule-hit.schema.json"
    jsonschema.validate(row, json.loads(schema.read_text("utf-8")))

    assert (said.code, row["organisation"], row["author"]) == (0, "Org 1", "Ann Author")
    assert (row["level"], row["tags"]) == ("medium", ["attack.command-and-control"])
    assert (row["record"], row["byte_offset"], row["byte_length"]) == (1, 0, len(PROXY) - 1)


@pytest.mark.usefixtures("desk")
def test_a_refused_rule_is_told_and_the_others_run(ashiato: Ashiato) -> None:
    said = ashiato("sigma", "rules", "logs", "-q")

    assert "2 hits in 2 lines; a rule names a technique, never an actor" in said.out
    assert "other.yml: no log that is read here is of product solaris" in said.out


@pytest.mark.usefixtures("desk")
def test_rules_below_the_level_are_left_out(ashiato: Ashiato) -> None:
    assert ashiato("sigma", "rules", "logs", "-q", "--json", "--level", "high").out == ""


def test_hits_go_into_a_file(ashiato: Ashiato, desk: Path) -> None:
    said = ashiato("sigma", "rules", "logs", "-q", "--out", "hits.csv")
    first, _ = csv.DictReader((desk / "hits.csv").read_text().splitlines())

    assert (said.code, said.out) == (0, "2 hits in hits.csv\n")
    assert first["title"] == "A program is fetched"


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("rules", ["absent", "rules/other.yml", "logs"])
def test_without_a_rule_that_can_be_run_the_place_is_named(ashiato: Ashiato, rules: str) -> None:
    said = ashiato("sigma", rules, "logs", "-q")

    assert said.code == 2
    assert rules in said.err
