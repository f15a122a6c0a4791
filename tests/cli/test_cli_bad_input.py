"""Each kind of bad input gives the clear error or the recorded problem, and nothing is lost."""

import json
import os
import subprocess
import sys
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
        ("empty.txt", b"", "not-text"),
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
    assert found == {"evidence/late.txt": ["received-later"]}


def test_a_truncated_log_stops_the_run_with_four_and_verify_names_the_damage(
    ashiato: Ashiato, case: Path
) -> None:
    assert ashiato("run", case, "--quiet").code == 0
    segment = next((case / ".ashiato/vault/log").glob("*.seg"))
    segment.write_bytes(segment.read_bytes()[:-20])

    run, verify = ashiato("run", case, "--quiet"), ashiato("verify", case, "--quiet")

    assert run.code == verify.code == 4
    assert "log-truncated" in verify.out


def test_a_case_that_cannot_be_written_is_a_clear_error(case: Path) -> None:
    for path in (case, *case.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in list(case.parents)[:3]:
        path.chmod(path.stat().st_mode | 0o055)
    as_nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}

    code = "import sys; from ashiato.cli.main import main; sys.argv = sys.argv[0:1] + ['run', %r]; main()"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code % str(case)],
        capture_output=True, text=True, check=False, **as_nobody,  # type: ignore[call-overload]
    )  # fmt: skip

    assert done.returncode == 2, done.stderr
    assert "cannot be written" in done.stderr
    assert str(case) in done.stderr


def test_a_missing_case_says_how_to_make_one(
    ashiato: Ashiato, tmp_path: Path
) -> None:
    said = ashiato("run", tmp_path)

    assert said.code == 2
    assert "ashiato new" in said.err
