"""A reading that was broken off and goes on writes what one that was not broken off writes."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.read.logs.test_read_logs_conservation import SEEDS, dirty_logs

from ashiato.core.sources import Intake, Source
from ashiato.engine.lake import LakeWriter, finished_stretches, lake_files
from ashiato.engine.schema import LAKE
from ashiato.read.logs import READERS, LogReading, read_log, same_stretches, stretches
from ashiato.read.logs.format import LogFormat, Remembering

LINE_BY_LINE = [r for r in READERS if r.name not in {"evtx", "winevents-xml", "winevents-json"}]
TOLD = Intake("ab" * 32, "a.log", Source("s", "S"), "Org", timezone="Asia/Tokyo", year=2031)
LATER = b"Jan 20 09:00:01 h sshd[1]: Accepted password for b from 192.0.2.9 port 1 ssh2"


class Killed(Exception):
    """What ends a reading in these tests."""


class Mortal(LakeWriter):
    """A writer that dies when it has kept a stretch; like a killed one it cleans nothing."""

    def finish_stretch(self, said: Mapping[str, Any]) -> None:
        super().finish_stretch(said)
        raise Killed

    def abort(self) -> None:
        pass


@contextmanager
def stretches_of(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "STRETCH", size)
        yield


def read(data: bytes, writer: LakeWriter, told: Intake) -> LogReading:
    with writer:
        return read_log(io.BytesIO(data), told, writer, size=len(data), resumes=True)


def lake(root: Path) -> dict[str, bytes]:
    return {str(f.relative_to(root)): f.read_bytes() for f in lake_files(root)}


def rows(root: Path) -> list[dict[str, Any]]:
    tables = [pq.read_table(f, partitioning=None).cast(LAKE) for f in lake_files(root)]
    found = pa.concat_tables(tables).to_pylist() if tables else []
    return sorted(found, key=lambda row: (row["rec_no"], row["kind"]))


@pytest.mark.parametrize("kind", [reader.name for reader in LINE_BY_LINE])
@settings(max_examples=6)
@given(
    data=st.lists(dirty_logs(), min_size=1, max_size=6).map(b"\n".join),
    size=st.integers(1, 200),
    deaths=st.integers(1, 3),
)
def test_a_reading_broken_off_anywhere_goes_on_to_the_same_bytes(
    kind: str, data: bytes, size: int, deaths: int
) -> None:
    told = replace(TOLD, kind=kind)
    with TemporaryDirectory() as name, stretches_of(size):
        whole, broken, plain = (Path(name) / each for each in ("whole", "broken", "plain"))
        expected = read(data, LakeWriter(whole, told.exhibit, resumes=True), told)
        for _ in range(deaths):
            try:
                read(data, Mortal(broken, told.exhibit, resumes=True), told)
            except Killed:
                continue
        found = read(data, LakeWriter(broken, told.exhibit, resumes=True), told)
        with LakeWriter(plain, told.exhibit) as writer:
            at_once = read_log(io.BytesIO(data), told, writer, size=len(data))

        assert found == expected == at_once
        assert lake(broken) == lake(whole)
        assert rows(plain) == rows(whole)


@pytest.mark.parametrize("reader", LINE_BY_LINE, ids=lambda reader: reader.name)
def test_every_parser_can_say_what_it_remembers(reader: LogFormat) -> None:
    assert isinstance(reader.begin(TOLD), Remembering)


def test_the_year_and_the_headings_are_remembered(tmp_path: Path) -> None:
    for name, lines in {"ssh": [SEEDS[2]] * 4 + [LATER] * 4, "zeek": SEEDS[3:7] * 3}.items():
        data = b"\n".join(lines) + b"\n"
        with stretches_of(len(data) // 3):
            with pytest.raises(Killed):
                read(data, Mortal(tmp_path / name, TOLD.exhibit, resumes=True), TOLD)
            read(data, LakeWriter(tmp_path / name, TOLD.exhibit, resumes=True), TOLD)

    assert {row["ts"].year for row in rows(tmp_path / "ssh")} == {2031, 2032}
    assert len(rows(tmp_path / "ssh")) == 8
    assert len(rows(tmp_path / "zeek")) == 3


def grown(root: Path, old: bytes, new: bytes) -> int:
    """Read a log and then a longer one that takes over its stretches; give how many it took."""
    later = replace(TOLD, exhibit="cd" * 32, path="b.log")
    with stretches_of(200):
        read(old, LakeWriter(root / "old", TOLD.exhibit, resumes=True), TOLD)
        known = finished_stretches(root / "old", TOLD.exhibit)
        count = same_stretches(io.BytesIO(new), known)
        writer = LakeWriter(root / "new", later.exhibit, resumes=True)
        writer.take_from(root / "old", TOLD.exhibit, count)
        found = read(new, writer, later)
        expected = read(new, LakeWriter(root / "fresh", later.exhibit, resumes=True), later)
    assert found == expected
    assert lake(root / "new") == lake(root / "fresh")
    assert {row["exhibit"] for row in rows(root / "new")} == {later.exhibit}
    return count


def test_a_log_that_grew_takes_over_what_was_read_and_cites_itself(tmp_path: Path) -> None:
    old = (SEEDS[0] + b"\n") * 9 + b"no proxy line\n" + (SEEDS[0] + b"\n") * 9

    assert grown(tmp_path, old, old + old) >= 5


def test_a_log_that_differs_takes_over_only_what_is_the_same(tmp_path: Path) -> None:
    old = (SEEDS[0] + b"\n") * 20
    new = old[:900] + old[900:].replace(b"192.0.2.10", b"192.0.2.11")

    assert 0 < grown(tmp_path, old, new) < 5
    assert grown(tmp_path, old, b"x" + old) == 0


def test_a_damaged_memory_counts_as_none(tmp_path: Path) -> None:
    data = (SEEDS[0] + b"\n") * 20
    with stretches_of(200):
        read(data, LakeWriter(tmp_path, TOLD.exhibit, resumes=True), TOLD)
        before = lake(tmp_path)
        (tmp_path / f"{TOLD.exhibit}.000001.json").write_bytes(b"{")
        read(data, LakeWriter(tmp_path, TOLD.exhibit, resumes=True), TOLD)

    assert lake(tmp_path) == before
