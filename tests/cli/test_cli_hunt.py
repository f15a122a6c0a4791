"""Hunting without a case: any list, any log, any table."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest

Ashiato = Callable[..., Any]
PROXY = (
    "1924992000.123 250 192.0.2.10 TCP_MISS/200 4512 GET http://www.shop.example/a - "
    "HIER_DIRECT/198.51.100.7 text/html\n"
)
PATTERN = "[ipv4-addr:value = '198.51.100.7']"
BUNDLE = {"type": "bundle", "objects": [{"type": "indicator", "name": "=lab", "pattern": PATTERN}]}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs" / "Org 1").mkdir(parents=True)
    (tmp_path / "logs" / "Org 1" / "proxy.log").write_text(PROXY)
    (tmp_path / "bundle.json").write_text(json.dumps(BUNDLE))
    (tmp_path / "report.txt").write_text("The group used 198.51.100[.]7 as its server.\n")
    return tmp_path


@pytest.mark.parametrize("listed", ["bundle.json", "report.txt"])
@pytest.mark.usefixtures("desk")
def test_a_bundle_or_a_report_serves_as_a_list(ashiato: Ashiato, listed: str) -> None:
    said = ashiato("hunt", "logs", "--indicators", listed, "--json", "-q")
    (row,) = map(json.loads, said.out.splitlines())

    assert (said.code, row["organisation"], row["indicator"]) == (0, "Org 1", "198.51.100.7")
    assert (row["record"], row["byte_offset"], row["byte_length"]) == (1, 0, len(PROXY) - 1)


def test_sightings_go_into_the_kind_of_file_that_its_name_says(
    ashiato: Ashiato, desk: Path
) -> None:
    for name in ("s.csv", "s.jsonl", "s.parquet"):
        said = ashiato("hunt", "logs", "--indicators", "bundle.json", "--out", name, "-q")
        assert (said.code, said.out) == (0, f"1 sightings in {name}\n")
    (of_csv,) = csv.DictReader((desk / "s.csv").read_text().splitlines())
    (of_json,) = map(json.loads, (desk / "s.jsonl").read_text().splitlines())
    (of_parquet,) = pq.read_table(desk / "s.parquet").to_pylist()

    assert of_csv["record"] == "1"
    assert of_json["record"] == of_parquet["record"] == 1
    assert of_csv["ts"] == of_json["ts"] == of_parquet["ts"]


@pytest.mark.usefixtures("desk")
def test_an_unknown_ending_is_refused_before_the_hunt(ashiato: Ashiato) -> None:
    said = ashiato("hunt", "logs", "--indicators", "bundle.json", "--out", "s.xls", "-q")

    assert said.code == 2
    assert "end the name in .jsonl" in said.err


def test_beacons_say_why_and_that_a_rhythm_is_no_proof(ashiato: Ashiato, desk: Path) -> None:
    lines = (PROXY.replace("1924992000", str(1924992000 + 600 * n)) for n in range(140))
    (desk / "beat.log").write_text("".join(lines))
    said = ashiato("beacons", "beat.log", "-q")
    found = ashiato("beacons", "beat.log", "-q", "--json")

    assert "140 calls about every 10.0 minutes" in said.out
    assert "a rhythm is no proof" in said.out
    row = json.loads(found.out)
    schema = Path(__file__).parents[2] / "docs/schemas/beacon.schema.json"
    jsonschema.validate(row, json.loads(schema.read_text("utf-8")))
    assert row["destination"] == "www.shop.example"


def test_a_pivot_is_a_list_that_the_next_hunt_takes(ashiato: Ashiato, desk: Path) -> None:
    for org in ("Org 2", "Org 3"):
        (desk / "logs" / org).mkdir()
        calls = [PROXY.replace("192.0.2.10", f"192.0.2.{n}") for n in (10, 10 + int(org[-1]))]
        second = [c.replace("www.shop", "second").replace("198.51.100.7", "-") for c in calls]
        crowd = (PROXY.replace("192.0.2.10", f"192.0.2.{n}") for n in range(20, 200))
        others = "".join(crowd).replace("www.shop", "news").replace("198.51.100.7", "-")
        (desk / "logs" / org / "proxy.log").write_text("".join([*calls, *second, others]))

    said = ashiato("pivot", "logs", "--indicators", "bundle.json", "--out", "p.csv", "-q")
    told = ashiato("pivot", "logs", "--indicators", "bundle.json", "--json", "-q")
    again = ashiato("hunt", "logs", "--indicators", "p.csv", "--json", "-q")

    rows = [json.loads(line) for line in told.out.splitlines()]
    schema = Path(__file__).parents[2] / "docs/schemas/proposal.schema.json"
    for row in rows:
        jsonschema.validate(row, json.loads(schema.read_text("utf-8")))
    assert (said.code, said.out) == (0, f"{len(rows)} proposals in p.csv\n")
    found = {row["value"]: (row["hosts_hit"], row["hosts_not_hit"]) for row in rows}
    assert found == {"shop.example": (5, 0), "second.example": (4, 0)}
    met = [json.loads(line) for line in again.out.splitlines()]
    assert {(m["indicator"], m["status"]) for m in met} >= {("second.example", "possible")}


@pytest.mark.usefixtures("desk")
def test_a_pivot_says_that_a_proposal_is_no_indicator(ashiato: Ashiato) -> None:
    said = ashiato("pivot", "logs", "--indicators", "bundle.json", "-q")

    assert "0 proposals in 1 lines; a proposal is no indicator until somebody" in said.out


def test_leads_say_why_and_that_they_are_no_sightings(ashiato: Ashiato, desk: Path) -> None:
    held = PROXY.replace(" 250 ", f" {20 * 3_600_000} ")
    (desk / "held.log").write_text(PROXY + held)
    said = ashiato("leads", "held.log", "-q")
    found = ashiato("leads", "held.log", "-q", "--json", "--kind", "long-connection")

    assert "held for 20.0 hours" in said.out
    assert "a lead is no sighting and no proof" in said.out
    row = json.loads(found.out)
    schema = Path(__file__).parents[2] / "docs/schemas/lead.schema.json"
    jsonschema.validate(row, json.loads(schema.read_text("utf-8")))
    assert (row["kind"], row["destination"]) == ("long_connection", "www.shop.example")


@pytest.mark.usefixtures("desk")
def test_a_kind_of_lead_that_is_none_is_refused(ashiato: Ashiato) -> None:
    said = ashiato("leads", "logs", "--kind", "hunch", "-q")

    assert said.code == 2
    assert "long_connection" in said.err
