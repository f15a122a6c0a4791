"""Each kind of bad input gives the clear error or the recorded problem, and nothing is lost."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Ashiato = Callable[..., Any]
CASE = """
[case]
id = "quay"
title = "Quay"
[[sources]]
id = "quay-hosting"
name = "Quay Hosting"
kind = "provider"
[[evidence]]
files = "evidence/contracts.csv"
source = "quay-hosting"
mapping = "quay"
timezone = "UTC"
[[evidence]]
files = "evidence/late.txt"
known_from = "2031-06-01T00:00:00Z"
[[evidence]]
files = "evidence/*.txt"
known_from = "2031-01-01T00:00:00Z"
[[evidence]]
files = "evidence/named.log"
organisation = "Org 1"
[mappings.quay]
kind = "contracts"
columns = { contract = "No", customer = "Name", asset = "Server", start = "From", end = "To" }
"""
NAMED = (
    "20-Apr-2031 09:00:00.000 client 192.0.2.5#53124 (www.orchid.example): "
    "query: www.orchid.example IN A + (192.0.2.53)\n"
)
TEXT = "Harbour Police said on Monday that the servers were rented under a false name.\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "quay"
    (folder / "evidence").mkdir(parents=True)
    (folder / "case.toml").write_text(CASE)
    (folder / "evidence/statement.txt").write_text(TEXT)
    return folder


def problems(dossier: Path) -> dict[str, list[str]]:
    lines = (dossier / "problems.jsonl").read_text().splitlines()
    found: dict[str, list[str]] = {}
    for row in map(json.loads, lines):
        found.setdefault(row["path"], []).append(row["kind"])
        assert row["remedy"]
    return found


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("empty.txt", b"", "empty"),
        ("picture.txt", bytes(range(256)) * 40, "not-text"),
        ("named.log", NAMED.encode() * 3, "no-zone"),
        ("contracts.csv", b"No,Name,Server,From,To\n1,A,vps-1,2030-02-31,\n", "impossible-date"),
        ("stuff.bin", b"\x00\x01\x02\xff" * 64, "unknown-kind"),
    ],
)
def test_what_cannot_be_read_is_sealed_recorded_and_reported(
    ashiato: Ashiato, case: Path, name: str, content: bytes, kind: str
) -> None:
    (case / "evidence" / name).write_bytes(content)

    said = ashiato("run", case, "--quiet")

    assert said.code == 0, said.err
    assert problems(case / "dossier")[f"evidence/{name}"] == [kind]
    sealed = (case / "dossier/exhibits.csv").read_text()
    assert f"evidence/{name}" in sealed


def test_an_unknown_key_in_case_toml_exits_with_two_and_names_it(
    ashiato: Ashiato, case: Path
) -> None:
    (case / "case.toml").write_text(CASE.replace("timezone =", "timezon ="))

    said = ashiato("run", case, "--json")

    error = json.loads(said.err)
    assert said.code == 2
    assert error["place"] == "evidence[1].timezon"


def test_an_exhibit_received_after_the_replay_date_is_left_out_and_said_so(
    ashiato: Ashiato, case: Path
) -> None:
    (case / "evidence/late.txt").write_text(TEXT)

    said = ashiato("run", case, "--quiet", "--as-known-on", "2031-03-01T00:00:00Z")

    assert said.code == 0, said.err
    found = problems(case / "dossier-2031-03-01T000000Z")
    assert found["evidence/late.txt"] == ["received-later"]
    assert found.keys() == {"evidence/late.txt", "evidence/statement.txt"}


def test_a_truncated_log_stops_the_run_with_four_and_verify_names_the_damage(
    ashiato: Ashiato, case: Path
) -> None:
    assert ashiato("run", case, "--quiet").code == 0
    segment = next((case / ".ashiato/vault/log").glob("*.seg"))
    segment.write_bytes(segment.read_bytes()[:-20])

    run, verify = ashiato("run", case, "--quiet"), ashiato("verify", case, "--quiet")

    assert run.code == verify.code == 4
    assert "log-truncated" in verify.out


@contextmanager
def without_privileges() -> Iterator[None]:
    """Act as nobody while it lasts, where the tests run as root: root may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_case_that_cannot_be_written_is_a_clear_error(ashiato: Ashiato, case: Path) -> None:
    assert ashiato("run", case / "none").code == 2  # loads what `run` needs, as oneself
    for path in (case, *case.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in list(case.parents)[:3]:
        path.chmod(path.stat().st_mode | 0o055)

    with without_privileges():
        said = ashiato("run", case)

    case.chmod(0o755)
    assert said.code == 2, said.err
    assert "cannot be written" in said.err
    assert str(case) in said.err


def test_a_missing_case_says_how_to_make_one(ashiato: Ashiato, tmp_path: Path) -> None:
    said = ashiato("run", tmp_path)

    assert said.code == 2
    assert "ashiato new" in said.err
