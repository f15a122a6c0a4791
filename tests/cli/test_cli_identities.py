"""`ashiato one` and `ashiato judge`, as a person calls them."""

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
[[evidence]]
files = "evidence/*.csv"
timezone = "UTC"
mapping = "quay"
[mappings.quay]
kind = "contracts"
columns = { contract = "No", customer = "Name", card = "Card", email = "Mail" }
"""
TABLE = (
    "No,Name,Card,Mail\n"
    "C-1,Hesk Lundamar,4111 1111 1111 1111,hesk@mail.example\n"
    "C-2,Ruvo Tannick,4111 1111 1111 1111,hesk@mail.example\n"
)
PAIR = ("Hesk Lundamar", "Ruvo Tannick")


@pytest.fixture
def case(tmp_path: Path, ashiato: Ashiato) -> Path:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "case.toml").write_text(CASE)
    (tmp_path / "evidence/c.csv").write_text(TABLE)
    assert ashiato("run", tmp_path, "-q").code == 0
    return tmp_path


def test_one_shows_why_two_names_are_judged_to_be_one(ashiato: Ashiato, case: Path) -> None:
    said = ashiato("one", *PAIR, "-C", case, "-q")

    assert said.code == 0
    assert "judged to be one" in said.out
    assert "a rare card and another rare identifier agree" in said.out
    assert "4111" not in said.out


def test_one_speaks_json(ashiato: Ashiato, case: Path) -> None:
    found = json.loads(ashiato("one", *PAIR, "-C", case, "-q", "--json").out)

    assert found["answer"] == "same"
    assert found["path"][0]["citations"]


def test_a_judgement_is_logged_and_obeyed_and_taken_back(ashiato: Ashiato, case: Path) -> None:
    told = ("-C", case, "-q", "--as", "E. Marlow", "--reason")
    logged = ashiato("judge", *PAIR, "different", *told, "met both on one day")
    apart = ashiato("one", *PAIR, "-C", case, "-q")
    ashiato("judge", *PAIR, "undo", *told, "the day was wrong")
    again = ashiato("one", *PAIR, "-C", case, "-q")

    assert logged.out.startswith("Logged as ")
    assert "decided to be different" in apart.out
    assert "met both on one day (decided by E. Marlow)" in apart.out
    assert "judged to be one" in again.out


def test_a_judgement_needs_somebody_who_takes_it(ashiato: Ashiato, case: Path) -> None:
    said = ashiato("judge", *PAIR, "same", "-C", case, "-q", "--reason", "a friend said so")

    assert said.code == 2
    assert "who decides" in said.err
