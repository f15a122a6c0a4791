"""Histories in a case, from the sealed file to the answer of `ashiato who`; all invented."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ashiato.case.folder import Folder, find_case
from ashiato.case.run import run
from ashiato.case.settings import read_settings
from ashiato.case.who import answer, render
from ashiato.core.errors import BadInput
from ashiato.core.progress import Silent

CASE = """
[case]
id = "quay"
title = "Quay"
[[evidence]]
files = "evidence/checks.csv"
timezone = "Asia/Tokyo"
encoding = "cp932"
mapping = "checks"
"""
MAPPING = """
[mappings.checks]
kind = "identity_checks"
columns = { account = "ログインID", customer = "氏名", number = "旅券番号", at = "日時" }
"""
CHECKS = "ログインID,氏名,旅券番号,日時\nmarn01,春野トモ,TX1234567,令和13年4月1日\n"
DNS = {"rrname": "gate.example", "rrtype": "A", "rdata": "192.0.2.7", "time_first": 1933372800,
       "time_last": 1933459200}  # fmt: skip
WHOIS = "Domain Name: gate.example\nRegistrar: Names Ltd\nCreation Date: 2030-01-01T00:00:00Z\n"
MAIL = (
    "Received: from x ([192.0.2.7]) by mx.quay.example; Wed, 09 Apr 2031 00:00:05 +0000\n"
    "From: a@x.example\nTo: b@quay.example\nDate: Wed, 09 Apr 2031 00:00:01 +0000\n"
    "Message-ID: <1@x.example>\nSubject: x\n\nhello\n"
)


def clock() -> datetime:
    return datetime(2031, 8, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    root = tmp_path_factory.mktemp("inputs")
    (root / "evidence").mkdir()
    (root / "mappings").mkdir()
    (root / "case.toml").write_text(CASE, "utf-8")
    (root / "mappings" / "checks.toml").write_text(MAPPING, "utf-8")
    (root / "evidence" / "checks.csv").write_bytes(CHECKS.encode("cp932"))
    (root / "evidence" / "dns.jsonl").write_text(json.dumps(DNS) + "\n", "utf-8")
    (root / "evidence" / "gate.txt").write_text(
        WHOIS + "Registrant Name: Ilse Marn\nRegistrant Email: ilse@mail.example\n", "utf-8"
    )
    (root / "evidence" / "one.eml").write_text(MAIL, "utf-8")
    folder = find_case(root)
    run(folder, clock=clock, progress=Silent())
    return folder


def told(case: Folder, asset: str, day: int) -> str:
    at = datetime(2031, 4, day, 0, 0, 30, tzinfo=UTC)
    return render(answer(case, asset, at, clock=clock, progress=Silent()))


def test_what_was_observed_of_an_address_stands_beside_and_names_no_holder(case: Folder) -> None:
    text = told(case, "192.0.2.7", 9)

    assert "nobody is on record" in text
    assert "beside: Passive DNS saw the name answered: domain gate.example" in text
    assert "beside: A mail's header has it received" in text
    assert "Passive DNS" not in told(case, "192.0.2.7", 20)


def test_the_registrant_of_a_domain_is_a_persona_in_the_role_registrant(case: Folder) -> None:
    text = told(case, "gate.example", 9)

    assert "registrant" in text
    assert "Ilse Marn" in text
    assert "ilse@mail" not in text


def test_a_document_that_was_checked_is_shown_with_its_number_masked(case: Folder) -> None:
    text = told(case, "marn01", 1)

    assert "春野トモ" in text
    assert "TX1234567" not in text


def test_a_mapping_that_is_declared_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "case.toml").write_text(CASE + MAPPING, "utf-8")
    (tmp_path / "mappings" / "checks.toml").write_text(MAPPING, "utf-8")

    with pytest.raises(BadInput, match="declared twice"):
        read_settings(tmp_path / "case.toml")
