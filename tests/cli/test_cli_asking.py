"""The questions on custody through the commands: masked, in JSON and text, as known on a day."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ashiato = Callable[..., Any]
CARD, PHONE = "4111 1111 1111 1111", "+999 55 123 4567"
CASE = """
[case]
id = "ostra"
title = "Ostra"
[[sources]]
id = "prov"
name = "Ostra Hosting"
[mappings.contracts]
kind = "contracts"
[mappings.contracts.columns]
contract = "id"
customer = "name"
card = "card"
phone = "phone"
address = "address"
start = "from"
end = "until"
[[evidence]]
files = "evidence/a.csv"
source = "prov"
mapping = "contracts"
timezone = "UTC"
known_from = "2031-01-01T00:00:00Z"
[[evidence]]
files = "evidence/b.csv"
source = "prov"
mapping = "contracts"
timezone = "UTC"
known_from = "2031-06-01T00:00:00Z"
"""
HEAD = "id,name,card,phone,address,from,until\n"
AT = "2030-02-01T00:00:00Z"


@pytest.fixture
def case(tmp_path: Path, ashiato: Ashiato) -> Path:
    folder = tmp_path / "ostra"
    (folder / "evidence").mkdir(parents=True)
    (folder / "case.toml").write_text(CASE)
    first = f"C-1,Hesk Lundamar,{CARD},{PHONE},192.0.2.17,2030-01-10,2030-03-01\n"
    other = f"C-2,Ona Rell,{CARD},{PHONE},192.0.2.17,2030-01-12,2030-03-01\n"
    (folder / "evidence/a.csv").write_text(HEAD + first)
    (folder / "evidence/b.csv").write_text(HEAD + other)
    said = ashiato("run", folder, "--quiet")
    assert said.code == 0, said.err
    return folder


def test_every_question_is_answered_in_text_and_json_and_nothing_is_left_unmasked(
    ashiato: Ashiato, case: Path
) -> None:
    asked = [
        ("timeline", "192.0.2.17"), ("who-else", CARD), ("who-else", PHONE),
        ("rented-by", "Ona Rell"), ("handovers", "192.0.2.17"),
        ("innocent", "192.0.2.17", "--at", AT), ("weakest", "192.0.2.17", "--at", AT),
    ]  # fmt: skip
    for question in asked:
        for form in ((), ("--json",)):
            said = ashiato(*question, "--case", case, "--quiet", *form)
            assert said.code == 0, said.err
            assert said.out
            assert CARD not in said.out
            assert PHONE not in said.out


def test_a_card_is_found_under_the_hash_in_which_the_case_keeps_it(
    ashiato: Ashiato, case: Path
) -> None:
    said = ashiato("who-else", CARD.replace(" ", "-"), "--case", case, "--json", "-q")
    (use,) = json.loads(said.out)["uses"]

    assert {u["party"] for u in use["users"]} == {"Hesk Lundamar", "Ona Rell"}
    assert (use["kind"], use["count"], use["hub"]) == ("card", 2, False)


def test_a_later_delivery_changes_the_answer_of_today_and_not_that_of_the_past(
    ashiato: Ashiato, case: Path
) -> None:
    def names(*more: str) -> set[str]:
        said = ashiato("timeline", "192.0.2.17", "--case", case, "--json", "-q", *more)
        return {h["party"] for s in json.loads(said.out)["spans"] for h in s["holders"]}

    assert names() == {"Hesk Lundamar", "Ona Rell"}
    assert names("--as-known-on", "2031-02-01T00:00:00Z") == {"Hesk Lundamar"}


def test_events_of_every_kind_of_file_get_the_same_verdicts(
    ashiato: Ashiato, case: Path, tmp_path: Path
) -> None:
    csv, lines = tmp_path / "events.csv", tmp_path / "events.jsonl"
    rows = [("192.0.2.17", AT), ("192.0.2.99", AT), ("192.0.2.17", "2030-02-01")]
    csv.write_text("asset,ts\n" + "".join(f"{a},{t}\n" for a, t in rows))
    lines.write_text("".join(json.dumps({"address": a, "at": t}) + "\n" for a, t in rows))
    told = []
    for file in (csv, lines):
        asked = ("custody", file, "--case", case, "-q", "--role", "registrant", "--json")
        said = ashiato(*asked, "--as-known-on", "2031-02-01T00:00:00Z")
        told.append([json.loads(line) for line in said.out.splitlines()])

    assert told[0] == told[1]
    assert [row["verdict"] for row in told[0]] == ["sole-certain", "none", "not-judged"]
    assert told[0][0]["holders"] == ["Hesk Lundamar"]


def test_a_file_without_the_columns_is_refused_with_the_remedy(
    ashiato: Ashiato, case: Path, tmp_path: Path
) -> None:
    file = tmp_path / "events.csv"
    file.write_text("thing,when\nx,y\n")

    said = ashiato("custody", file, "--case", case, "-q")

    assert said.code == 2
    assert "give a column of asset" in said.err
