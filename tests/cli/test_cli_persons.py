"""Status, conflicts and decisions on them, from the command line to the next run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ashiato = Callable[..., Any]
CASE = """
[case]
id = "quay"
title = "Quay"
[[sources]]
id = "house-a"
name = "House A"
kind = "register"
[[sources]]
id = "house-b"
name = "House B"
kind = "register"
[[sources]]
id = "police"
name = "Harbour Police"
kind = "agency"
[mappings.plain]
kind = "contracts"
[mappings.plain.columns]
contract = "no"
customer = "name"
asset = "server"
start = "from"
end = "to"
[[evidence]]
files = "evidence/a.csv"
source = "house-a"
mapping = "plain"
timezone = "UTC"
[[evidence]]
files = "evidence/b.csv"
source = "house-b"
mapping = "plain"
timezone = "UTC"
[[evidence]]
files = "evidence/*.txt"
source = "police"
published = "2031-04-20T09:00:00Z"
"""
HEAD = "no,name,server,from,to\n"
STATEMENT = (
    "Harbour Police arrested the engineer Kenta Morwell on 3 April 2031. "
    "Kenta Morwell left Orvania on 9 April 2031.\n"
)


@pytest.fixture
def case(tmp_path: Path, ashiato: Ashiato) -> Path:
    evidence = tmp_path / "quay" / "evidence"
    evidence.mkdir(parents=True)
    (tmp_path / "quay" / "case.toml").write_text(CASE)
    (evidence / "a.csv").write_text(HEAD + "A1,Hesk Lundamar,vps-1042,2030-01-10,2030-06-30\n")
    (evidence / "b.csv").write_text(HEAD + "B9,Mav Holvdov,vps-1042,2030-02-10,2030-05-30\n")
    (evidence / "s.txt").write_text(STATEMENT)
    assert ashiato("run", tmp_path / "quay", "-q").code == 0
    return tmp_path / "quay"


def rival(ashiato: Ashiato, case: Path) -> Any:  # noqa: ANN401 - plain JSON
    rows = json.loads(ashiato("conflicts", "-C", case, "--json").out)
    (row,) = [r for r in rows if r["kind"] == "exclusive-overlap"]
    return row


def test_a_decision_is_logged_obeyed_by_the_next_run_shown_and_can_be_taken_back(
    case: Path, ashiato: Ashiato
) -> None:
    row = rival(ashiato, case)
    given = (
        "--stands",
        "Hesk Lundamar",
        "--because",
        "B9 was keyed in wrongly",
        "--as",
        "A. Brandt",
    )
    assert ashiato("resolve", row["id"], *given, "-C", case).code == 0
    assert ashiato("run", case, "-q").code == 0
    after = rival(ashiato, case)

    assert after["id"] == row["id"]
    assert "A. Brandt: Hesk Lundamar stands, Mav Holvdov does not" in after["resolution"]
    assert {s["party"]: s["status"] for s in after["sides"]} == {
        "Hesk Lundamar": "certain",
        "Mav Holvdov": "conflicting",
    }
    assert "A. Brandt: Hesk Lundamar stands" in (case / "dossier" / "index.html").read_text()

    assert ashiato("resolve", row["id"], "--undo", "--as", "A. Brandt", "-C", case).code == 0
    assert ashiato("run", case, "-q").code == 0
    assert rival(ashiato, case)["resolution"] == ""


def test_a_decision_without_a_reason_or_for_no_side_is_refused(
    case: Path, ashiato: Ashiato
) -> None:
    which = rival(ashiato, case)["id"]
    bare = ashiato("resolve", which, "--stands", "Hesk Lundamar", "--as", "X", "-C", case)
    wrong = ("--stands", "Corva Falk", "--because", "so", "--as", "X")
    nobody = ashiato("resolve", which, *wrong, "-C", case)

    assert bare.code == nobody.code == 2
    assert "bears its reason" in bare.err
    assert "its sides: Hesk Lundamar, Mav Holvdov" in nobody.err


def test_the_status_of_a_person_tells_the_claims_the_contradiction_and_what_is_unknown(
    case: Path, ashiato: Ashiato
) -> None:
    (found,) = json.loads(ashiato("status", "Kenta Morwell", "-C", case, "--json").out)
    text = ashiato("status", "Kenta Morwell", "-C", case).out

    assert [e["predicate"] for e in found["entries"]] == ["arrested", "left"]
    assert found["disposition"] == "unknown"
    assert "contradiction: Kenta Morwell is said to have been arrested" in text
    assert all(e["citations"] for e in found["entries"])


def test_nobody_of_that_name_is_told_with_those_on_record(case: Path, ashiato: Ashiato) -> None:
    said = ashiato("status", "Kenta Morvell", "-C", case)

    assert said.code == 2
    assert "on record: Kenta Morwell" in said.err
