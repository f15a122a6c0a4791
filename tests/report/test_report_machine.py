import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from ashiato.core.assessed import AssessedCase
from ashiato.core.evidence import CellLocator
from ashiato.report.machine import machine_files
from ashiato.report.veil import veiled

DOCS = Path(__file__).parents[2] / "docs"
SCHEMAS = {
    "verdict.json": "verdict",
    "claims.jsonl": "claim",
    "indicators.jsonl": "indicator",
    "techniques.jsonl": "technique",
    "leads.jsonl": "lead",
    "sightings.jsonl": "sighting",
    "contradictions.jsonl": "contradiction",
    "problems.jsonl": "problem",
    "proceedings.json": "proceedings",
    "victims.csv": "victim",
    "census.csv": "census",
    "proposed.csv": "proposal",
    "tenancies.csv": "tenancy",
    "identities.csv": "identity",
    "handovers.csv": "handover",
    "conflicts.jsonl": "conflict",
    "exhibits.csv": "exhibit",
}


def documents(name: str, data: bytes) -> list[Any]:
    """Give what a file's schema speaks of: the whole of it, each line, or each row."""
    text = data.decode()
    if name.endswith(".csv"):
        return list(csv.DictReader(io.StringIO(text, newline="")))
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in text.splitlines()]
    return [json.loads(text)]


def schema_of(name: str) -> Any:  # noqa: ANN401 - JSON
    path = DOCS / "schemas" / f"{SCHEMAS[name]}.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def keys_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from keys_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys_of(item)


def test_every_file_has_a_schema(case: AssessedCase) -> None:
    assert set(machine_files(case)) == set(SCHEMAS)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_file_validates_and_is_not_empty(case: AssessedCase, name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    found = documents(name, machine_files(veiled(case))[name])

    assert found
    for item in found:
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(item)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_files_of_an_empty_case_validate(empty_case: AssessedCase, name: str) -> None:
    for item in documents(name, machine_files(empty_case)[name]):
        Draft202012Validator(schema_of(name)).validate(item)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_field_is_documented(case: AssessedCase, name: str) -> None:
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    section = text.split(f"## `{name}`", 1)[1].split("\n## ", 1)[0]
    shared = text.split("## `claims.jsonl`", 1)[1].split("\n## ", 1)[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", section + shared, re.MULTILINE))
    own = {h.id for v in case.verdicts for r in v.ladder for h in r.hypotheses}
    written = set(keys_of(documents(name, machine_files(case)[name]))) - own

    assert written - documented <= {s.standard.name for v in case.verdicts for s in v.standards}


def test_the_order_of_adding_leaves_no_trace(case: AssessedCase) -> None:
    turned = replace(
        case,
        claims=case.claims[::-1],
        exhibits=case.exhibits[::-1],
        census=case.census[::-1],
        cells=case.cells[::-1],
        sightings=case.sightings[::-1],
        leads=case.leads[::-1],
        indicators=case.indicators[::-1],
        problems=case.problems[::-1],
        tracing=replace(case.tracing, tenancies=case.tracing.tenancies[::-1]),
    )

    assert machine_files(turned) == machine_files(case)


def test_the_columns_that_others_rely_on_come_first(case: AssessedCase) -> None:
    heads = {n: d.split(b"\r\n", 1)[0].decode() for n, d in machine_files(case).items()}

    assert heads["victims.csv"].startswith(
        "organisation,status,first_seen,last_seen,hosts,sightings,kinds,"
        "coverage_start,coverage_end,best_citation"
    )
    assert heads["tenancies.csv"].startswith(
        "asset,asset_type,party,party_type,role,start_min,start_max,end_min,end_max,"
        "basis,status,citations"
    )
    assert heads["identities.csv"].startswith(
        "entity_a,entity_b,judgement,score,because,decided_by"
    )
    assert heads["handovers.csv"].startswith(
        "account,from_party,to_party,window_start,window_end,p,channels,citations"
    )
    assert heads["exhibits.csv"] == "path,sha256,size,source"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+cmd|x", "'+cmd|x"),
        ("@SUM(1)", "'@SUM(1)"),
        ("@handle", "@handle"),
        ("-3.5", "-3.5"),
        ("Org 001", "Org 001"),
    ],
)
def test_a_spreadsheet_runs_no_evidence(case: AssessedCase, name: str, cell: str) -> None:
    named = replace(case, census=(replace(case.census[0], organisation=name),))

    assert documents("x.csv", machine_files(named)["victims.csv"])[0]["organisation"] == cell


def test_reasons_stay_a_list_of_codes(case: AssessedCase) -> None:
    verdict = json.loads(machine_files(case)["verdict.json"])[0]

    assert verdict["standards"]["lead"] == {
        **verdict["standards"]["lead"], "verdict": "SUFFICIENT", "reasons": []
    }  # fmt: skip
    assert verdict["standards"]["analytic"]["reasons"] == ["INTERVAL", "FRAGILE", "SINGLE_ORIGIN"]
    assert verdict["ladder"][0]["p"] is None


def test_what_speaks_for_a_person_stands_in_the_proceedings(case: AssessedCase) -> None:
    found = json.loads(machine_files(case)["proceedings.json"])[0]["for_the_person"]

    assert {len(found["denials"]), len(found["dispositions"])} == {1}
    assert found["missing_elements"] == ["purpose"]


def test_a_sighting_by_a_cell_keeps_its_record(case: AssessedCase) -> None:
    seen = case.sightings[0]
    cell = replace(seen, citation=replace(seen.citation, locator=CellLocator(9, "IP", 10, 20)))
    row = json.loads(machine_files(replace(case, sightings=(cell,)))["sightings.jsonl"])

    assert (row["record"], row["byte_offset"], row["byte_length"]) == (9, 10, 20)
    assert row["window"]["start_min"] == "2030-11-05T00:00:00Z"
