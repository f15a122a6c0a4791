"""Work without a case: what leaves the program is masked where it must be."""

from pathlib import Path

import pytest
from tests.case.logs import INDICATORS, log, write_logs

from ashiato.case import standalone
from ashiato.case.crew import WORKERS
from ashiato.case.standalone import hunt_logs, indicator_rows, indicators_text
from ashiato.core.progress import Silent


def test_a_telephone_number_is_masked_wherever_it_is_printed(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("The attackers called from +1 202-555-0143 and 10.0.0.7.", "utf-8")
    rows = indicator_rows([note])

    assert [r["type"] for r in rows] == ["phone", "ip"]
    assert not any("202" in str(value) for value in rows[0].values())
    assert "202" not in indicators_text(rows)
    assert "no indicator: a private" in indicators_text(rows)


def test_a_link_names_its_host(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Malware at hxxp://relay[.]example/a.", "utf-8")
    (row,) = indicator_rows([note])

    assert (row["value"], row["host"]) == ("http://relay.example/a", "relay.example")
    assert row["quote"] == "hxxp://relay[.]example/a"


def hunted(folder: Path, logs: dict[str, bytes]) -> list[tuple[str, int]]:
    """Hunt in logs of one organisation; give status and record of each sighting."""
    write_logs(folder / "logs", logs)
    (folder / "sought.txt").write_text(INDICATORS, "utf-8")
    with hunt_logs([folder / "logs"], folder / "sought.txt", progress=Silent()) as found:
        return sorted((row["status"], row["record"]) for row in found.rows)


def counted(found: list[tuple[str, int]]) -> int:
    return sum(status != "excluded" for status, _ in found)


def test_overlapping_rotations_count_each_event_once(tmp_path: Path) -> None:
    found = hunted(tmp_path, {"org/access.log": log(50, 60), "org/access.log.1": log(0, 80)})

    assert counted(found) == 11
    assert len(found) == 6 + 8


def test_a_log_delivered_twice_and_packed_counts_once(tmp_path: Path) -> None:
    names = ("org/a.log", "org/copy of a.log", "org/a.log.gz")
    found = hunted(tmp_path, dict.fromkeys(names, log(0, 100)))

    assert counted(found) == 10
    assert len(found) == 20


def test_records_at_other_offsets_are_the_same_event(tmp_path: Path) -> None:
    found = hunted(
        tmp_path, {"org/a.log": log(0, 40), "org/b.log": b"# begun again\n" + log(0, 40)}
    )

    assert counted(found) == 4


def test_the_same_bytes_of_two_organisations_are_two_organisations_logs(tmp_path: Path) -> None:
    found = hunted(tmp_path, {"one/a.log": log(0, 40), "two/a.log": log(0, 40)})

    assert counted(found) == 8


def test_a_hunt_in_several_processes_finds_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = {f"org{n}/a.log": log(100 * n, 300) for n in range(4)}
    alone = hunted(tmp_path / "one", logs)
    monkeypatch.setattr(standalone, "WORTH_A_CREW", 1)
    monkeypatch.setenv(WORKERS, "2")

    assert hunted(tmp_path / "two", logs) == alone
