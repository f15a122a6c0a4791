"""Logs in zip archives: read in place, each row leading back to its bytes in the archive."""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.members import Member, member_of
from ashiato.core.sources import Intake, Source
from ashiato.engine.lake import LakeWriter
from ashiato.read import detect, read_file
from ashiato.read.logs import LogReading, read_log
from ashiato.read.logs.archive import directory_of
from ashiato.vault.resolve import cited_bytes

ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]
LINE = b"1924992000.123 250 192.0.2.10 TCP_MISS/200 45 GET http://a.example/%d - DIRECT/192.0.2.1 -"
PROXY = b"\n".join(LINE % n for n in range(40)) + b"\n"
SSHD = b"2031-04-20T09:00:01Z h sshd[1]: Accepted password for ann from 192.0.2.9 port 1 ssh2\n"
LETTER = b"Dear colleague,\nthe machine was rented by Bay Hosting.\n"
WAYS = {
    "stored": zipfile.ZIP_STORED,
    "deflate": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
}


def packed(members: dict[str, bytes], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", way) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2031, 4, 20, 9, 0, 0)), data, way)
    return held.getvalue()


def resolved(row: dict[str, Any], archive: bytes) -> bytes:
    place = RecordLocator(row["rec_no"], row["byte_off"], row["byte_len"], row["codec"])
    return cited_bytes(Citation(row["exhibit"], "a.zip", place, ""), io.BytesIO(archive))


@pytest.mark.parametrize("way", WAYS)
def test_every_row_of_an_archive_leads_to_its_line(read_bytes: ReadBytes, way: str) -> None:
    archive = packed({"a/access.log": PROXY, "auth.log.gz": gzip.compress(SSHD)}, WAYS[way])
    reading, rows = read_bytes(archive)

    assert reading.rows_by_kind == {"auth": 1, "proxy": 40}
    assert reading.problems == ()
    found = {resolved(row, archive) for row in rows}
    assert found == {*PROXY.splitlines(), SSHD.rstrip(b"\n")}
    members = {member_of(row["codec"]) for row in rows}
    assert {(m.name, m.method, m.codec) for m in members if m} == {
        ("a/access.log", way, None),
        ("auth.log.gz", way, "gzip"),
    }


def test_two_members_of_one_name_stay_two(read_bytes: ReadBytes) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("x.log", SSHD)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("x.log", SSHD.replace(b"ann", b"bea"))
    _, rows = read_bytes(held.getvalue())

    assert {row["user"] for row in rows} == {"ann", "bea"}
    assert all(row["user"].encode() in resolved(row, held.getvalue()) for row in rows)


def test_members_that_are_no_logs_are_counted(read_bytes: ReadBytes) -> None:
    reading, _ = read_bytes(packed({"read me.txt": LETTER, "a.log": SSHD}))

    assert [(p.kind, p.count) for p in reading.problems] == [("no-log", 1)]


def test_documents_of_a_mixed_archive_are_read_and_its_logs_left_to_the_lake() -> None:
    archive = packed({"letter.txt": LETTER, "a.log": PROXY})
    intake = Intake("ab" * 32, "a.zip", Source("s", "S"))
    found = read_file(io.BytesIO(archive), intake, detect(archive, "a.zip") or "")

    assert [(p.kind, p.count) for p in found.problems if "log" in p.kind] == [("log-inside", 1)]
    assert [a.member for a in found.artefacts if a.characters] == ["letter.txt"]


def test_logs_deeper_inside_are_told_as_a_problem() -> None:
    archive = packed({"inner.zip": packed({"a.log": PROXY}), "letter.txt": LETTER})
    intake = Intake("ab" * 32, "a.zip", Source("s", "S"))
    found = read_file(io.BytesIO(archive), intake, "zip")

    assert [(p.kind, p.count) for p in found.problems if "log" in p.kind] == [("log-too-deep", 1)]


def test_an_encrypted_member_is_told_and_the_others_are_read(read_bytes: ReadBytes) -> None:
    archive = bytearray(packed({"a.log": SSHD, "b.log": SSHD}))
    central = archive.index(b"PK\x01\x02")
    archive[central + 8] |= 1
    reading, rows = read_bytes(bytes(archive))

    assert [p.kind for p in reading.problems] == ["encrypted"]
    assert len(rows) == 1


def test_a_member_that_breaks_off_keeps_what_came_before(read_bytes: ReadBytes) -> None:
    archive = bytearray(packed({"a.log": PROXY}))
    entry = directory_of(bytes(archive), len(archive), "a.zip").entries[0]
    archive[entry.member.offset + entry.member.length - 20] ^= 0xFF
    reading, rows = read_bytes(bytes(archive))

    assert "truncated" in {p.kind for p in reading.problems}
    assert [row["rec_no"] for row in rows[:5]] == [1, 2, 3, 4, 5]
    assert all(resolved(row, bytes(archive)).startswith(b"1924992000.1") for row in rows)


def test_a_member_other_than_its_checksum_is_told(read_bytes: ReadBytes) -> None:
    archive = packed({"a.log": PROXY}, zipfile.ZIP_STORED).replace(b"TCP_MISS", b"TCP_HITS", 1)
    reading, rows = read_bytes(archive)

    assert len(rows) == 40
    assert [(p.kind, p.count) for p in reading.problems] == [("truncated", 1)]
    assert "checksum" in reading.problems[0].message


def test_a_bomb_inside_is_bounded(read_bytes: ReadBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ashiato.read.logs.exhibits.LEAST", 1 << 16)
    monkeypatch.setattr("ashiato.read.logs.exhibits.RATIO", 1)
    bomb = gzip.compress(SSHD * 50_000)
    reading, rows = read_bytes(packed({"a.log.gz": bomb}))

    assert 0 < len(rows) < 50_000
    assert "a bomb" in reading.problems[0].message


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(read_bytes: ReadBytes) -> None:
    archive = bytearray(packed({"a.log": SSHD}))
    central = archive.index(b"PK\x01\x02")
    archive[central + 24 : central + 28] = (2**32 - 2).to_bytes(4, "little")
    reading, rows = read_bytes(bytes(archive))

    assert (rows, [p.kind for p in reading.problems]) == ([], ["refused"])


def test_a_stated_kind_holds_for_every_member(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(packed({"a": b"nothing\n", "b": SSHD}), kind="sshd")

    assert len(rows) == 1
    assert [(p.kind, p.message[:5]) for p in reading.problems] == [("bad-line", "in a:")]


@given(
    name=st.text(st.characters(codec="utf-8")),
    method=st.sampled_from(["stored", "deflate", "bzip2", "xz", "zstd"]),
    codec=st.sampled_from([None, "gzip", "bzip2", "xz", "zstd"]),
    at=st.integers(0, 1 << 50),
)
def test_a_member_is_read_as_it_was_written(
    name: str, method: str, codec: str | None, at: int
) -> None:
    member = Member(name, method, at, 7, codec)

    assert member_of(member.written) == member


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_archive_never_raises(data: st.DataObject) -> None:
    archive = bytearray(packed({"a.log": SSHD, "b.log.gz": gzip.compress(PROXY)}))
    for _ in range(data.draw(st.integers(1, 4))):
        archive[data.draw(st.integers(4, len(archive) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder, LakeWriter(Path(folder), "ab" * 32) as writer:
        intake = Intake("ab" * 32, "a.zip", Source("s", "S"))
        reading = read_log(io.BytesIO(archive), intake, writer, size=len(archive))

    assert reading.rows or reading.problems
