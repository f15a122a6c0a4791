"""Logs that an organisation hands over in a zip archive, beside documents in the same one."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ashiato.case.folder import Folder
from ashiato.case.run import load_assessed, open_vault, run
from ashiato.case.settings import read_log_mapping
from ashiato.case.standalone import hunt_logs
from ashiato.core.errors import BadInput
from ashiato.core.members import member_of
from ashiato.core.progress import Silent

LINE = b"1924992000.123 250 192.0.2.10 TCP_MISS/200 45 GET http://%b/a - DIRECT/192.0.2.1 -\n"
PROXY = LINE % b"news.example" + LINE % b"relay.example"
LETTER = b"The malware connected to hxxp://relay[.]example/a on 1 January 2031.\n"
CASE = """\
[case]
id = "c"
title = "C"
[[evidence]]
files = "evidence/*.zip"
organisation = "Harbour Works"
"""
MAPPED = """\
mapping = "m"
[mappings.m]
kind = "proxy"
columns = {ts = "when", src_ip = "who", url = "where to"}
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("proxy/access.log", PROXY)
        written.writestr("letter.txt", LETTER)
    path = tmp_path / "case" / "evidence" / "handed over.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(held.getvalue())
    return path


def clock() -> datetime:
    return datetime(2031, 8, 1, tzinfo=UTC)


def test_an_archive_gives_rows_and_claims_and_each_sighting_leads_to_its_line(
    archive: Path,
) -> None:
    case = Folder(archive.parents[1])
    (case.root / "case.toml").write_text(CASE, "utf-8")
    run(case, clock=clock, progress=Silent())
    answer = load_assessed(case, clock=clock)
    found = [s.citation for s in answer.sightings]

    with open_vault(case, clock, read_only=True) as vault:
        lines = {vault.resolve(citation) for citation in found}
    assert lines == {(LINE % b"relay.example").rstrip()}
    assert "log-inside" not in {problem.kind for problem in answer.problems}


def test_a_hunt_without_a_case_looks_into_an_archive(archive: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("relay.example\n", "utf-8")
    with hunt_logs([archive], listed, progress=Silent()) as found:
        (row,) = found.rows

    member = member_of(row["codec"])
    assert member is not None
    assert (row["record"], member.name) == (2, "proxy/access.log")
    assert [problem.kind for problem in found.problems] == ["no-log"]


def test_a_table_in_an_archive_is_a_log_where_the_case_maps_it(archive: Path) -> None:
    table = b'when,who,"where to"\n2031-01-01T00:00:01Z,192.0.2.10,http://relay.example/a\n'
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("access.csv", table)
    case = Folder(archive.parents[1])
    (case.root / "evidence" / "letter.txt").write_bytes(LETTER)
    (case.root / "case.toml").write_text(CASE + MAPPED, "utf-8")
    run(case, clock=clock, progress=Silent())
    (sighting,) = load_assessed(case, clock=clock).sightings

    with open_vault(case, clock, read_only=True) as vault:
        assert vault.resolve(sighting.citation) == table.splitlines()[1]


def test_a_log_in_utf16_is_cited_by_its_bytes_and_quoted_as_text(archive: Path) -> None:
    archive.unlink()
    case = Folder(archive.parents[1])
    (case.root / "evidence" / "letter.txt").write_bytes(LETTER)
    (case.root / "evidence" / "access.log").write_bytes(PROXY.decode().encode("utf-16"))
    (case.root / "case.toml").write_text(CASE.replace(".zip", ".log"), "utf-8")
    run(case, clock=clock, progress=Silent())
    (sighting,) = load_assessed(case, clock=clock).sightings

    with open_vault(case, clock, read_only=True) as vault:
        found = vault.resolve(sighting.citation)
    assert found.decode("utf-16-le") == (LINE % b"relay.example").rstrip().decode()
    assert sighting.citation.quote in {"", found.decode("utf-16-le")}


def test_a_hunt_without_a_case_reads_tables_by_a_mapping_and_other_logs_as_ever(
    tmp_path: Path,
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "a.csv").write_text("when,to\n2031-01-01T00:00:01Z,relay.example\n", "utf-8")
    (logs / "b.log").write_bytes(PROXY)
    mapping, listed = tmp_path / "m.toml", tmp_path / "list.txt"
    listed.write_text("relay.example\n", "utf-8")
    mapping.write_text('[mappings.m]\nkind = "dns"\ncolumns = {ts = "when", domain = "to"}\n')
    with hunt_logs([logs], listed, mapping=mapping, progress=Silent()) as found:
        rows = list(found.rows)

    assert sorted((Path(row["path"]).name, row["record"]) for row in rows) == [
        ("a.csv", 2),
        ("b.log", 2),
    ]


@pytest.mark.parametrize("written", ["", "[mappings.m]\ncolumns = {contract = 'c'}\n", "no toml"])
def test_a_file_without_one_mapping_of_a_log_is_bad_input(tmp_path: Path, written: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(written, "utf-8")

    with pytest.raises(BadInput):
        read_log_mapping(path)
