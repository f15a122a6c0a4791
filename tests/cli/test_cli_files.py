"""Files of every kind through the commands: read, traced, cited, and led back to their words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.read.files.conftest import HARBOUR, archive, mail, pdf, word

Ashiato = Callable[..., Any]
CASE = """
[case]
id = "ostra"
title = "Ostra"
[[sources]]
id = "harbour-police"
name = "Harbour Police"
kind = "agency"
[[evidence]]
files = "evidence/*"
source = "harbour-police"
timezone = "UTC"
"""
LINES = ["The Harbour Police said that Mr. Milo Sato rented", "the server vps-1042 from Ostra."]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "ostra"
    (folder / "evidence").mkdir(parents=True)
    (folder / "case.toml").write_text(CASE)
    return folder


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_claims_of_a_pdf_and_of_a_mail_in_an_archive_reach_the_dossier_and_resolve(
    ashiato: Ashiato, case: Path
) -> None:
    (case / "evidence" / "report.pdf").write_bytes(pdf(LINES))
    inner = archive({"mail.eml": mail("See the file.", {"statement.docx": word(HARBOUR)})})
    (case / "evidence" / "all.zip").write_bytes(inner)

    said = ashiato("run", case, "--quiet")
    assert said.code == 0, said.err
    claims = rows(case / "dossier" / "claims.jsonl")
    locators = [claim["citations"][0]["locator"] for claim in claims]

    assert {place.get("member") for place in locators} == {None, "mail.eml!/statement.docx"}
    for claim in claims:
        told = ashiato("why", claim["id"], "--case", case)
        assert told.code == 0, told.err
        assert "NOT FOUND" not in told.out


def test_what_a_terminal_would_obey_is_printed_as_its_code(
    ashiato: Ashiato, tmp_path: Path
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(HARBOUR.replace("rented", "\x1b[2Jren\u202eted"))

    said = ashiato("read", file)

    assert "[U+001B][2Jren[U+202E]ted" in said.out
