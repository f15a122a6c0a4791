"""EVTX: every record a row of the store or a counted problem, whatever was done to the file."""

import gzip
import io
import random
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.read.logs.conftest import EXHIBIT, conserves

import evtx
from ashiato.core.evidence import RecordLocator, quoted
from ashiato.core.sources import Intake, Source
from ashiato.engine.events import FIXED, EventWriter, event_files
from ashiato.engine.lake import LakeWriter, lake_files
from ashiato.read.events.layout import CHUNK, HEADER, Record, header, walk
from ashiato.read.logs import LogReading, read_log
from ashiato.read.logs import evtx as reader
from ashiato.read.sandbox import JSON, Ending, Outcome


@dataclass(frozen=True)
class Stored:
    reading: LogReading
    events: list[dict[str, Any]]
    rows: list[dict[str, Any]]


def stored(data: bytes, **known: Any) -> Stored:  # noqa: ANN401 - any field of Intake
    intake = Intake(EXHIBIT, "Security.evtx", Source("org", "Org"), **known)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with (
            LakeWriter(root / "lake", EXHIBIT) as writer,
            EventWriter(root / "events", EXHIBIT) as events,
        ):
            reading = read_log(io.BytesIO(data), intake, writer, size=len(data), events=events)
        kept = [pq.read_table(f, partitioning=None) for f in event_files(root / "events")]
        rows = [pq.read_table(f, partitioning=None) for f in lake_files(root / "lake")]
    assert conserves(reading)
    found = sorted((r for t in kept for r in _plain(t)), key=lambda r: r["rec_no"])
    return Stored(reading, found, [r for t in rows for r in t.to_pylist()])


def _plain(table: pa.Table) -> list[dict[str, Any]]:
    assert table.column_names[: len(FIXED)] == FIXED.names
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def sample(real_data: Path, name: str) -> bytes:
    return (real_data / "logs/evtx/samples" / name).read_bytes()


def by_pyevtx(path: Path) -> Iterator[int]:
    found = iter(evtx.PyEvtxParser(str(path), 1).records_json())
    while True:
        try:
            record: Any = next(found)
            yield record["event_record_id"]
        except StopIteration:
            return
        except RuntimeError:
            continue


def test_every_record_that_pyevtx_reads_is_kept_or_a_problem(real_data: Path) -> None:
    files = [
        *(real_data / "logs/evtx/samples").glob("*.evtx"),
        *sorted((real_data / "logs/sigma/regression_data").rglob("*.evtx"))[::10],
    ]
    for file in files:
        found = stored(file.read_bytes())
        timeless = [p.count for p in found.reading.problems if "without a time" in p.message]

        assert len(found.events) + sum(timeless) == len(list(by_pyevtx(file))), file.name
        assert len(found.events) == found.reading.events


def test_each_event_leads_to_the_bytes_of_its_record(real_data: Path) -> None:
    data = sample(real_data, "security.evtx")
    events = stored(data).events
    cited = [data[e["byte_off"] : e["byte_off"] + e["byte_len"]] for e in events]

    assert len(cited) == 2261
    assert all(c.startswith(b"**\0\0") for c in cited)
    assert [int.from_bytes(c[8:16], "little") for c in cited] == [
        e["EventRecordID"] for e in events
    ]


def test_a_packed_log_gives_the_same_events(real_data: Path) -> None:
    data = sample(real_data, "Security_short_selected.evtx")
    plain, packed = stored(data), stored(gzip.compress(data))

    assert [e | {"codec": None} for e in packed.events] == plain.events
    assert {e["codec"] for e in packed.events} == {"gzip"}


def test_logins_and_processes_are_rows(real_data: Path) -> None:
    logins = stored(sample(real_data, "security.evtx"))
    sysmon = stored(sample(real_data, "sysmon.evtx"))
    processes = [r for r in sysmon.rows if r["kind"] == "process"]

    assert logins.reading.rows_by_kind == {"auth": 628}
    assert {r["status"] for r in logins.rows} == {"accepted", "attempted"}
    assert sysmon.reading.rows_by_kind == {"conn": 2, "files": 36, "process": 227}
    assert all(len(r["sha256"]) == 64 and r["file_name"] for r in processes)


def test_a_remote_session_from_this_machine_has_no_address(real_data: Path) -> None:
    name = "2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx"
    rows = stored(sample(real_data, name)).rows

    assert {(r["kind"], r["status"], r["method"]) for r in rows} == {("auth", "accepted", "rdp")}
    assert all(r["src_ip"] != "LOCAL" for r in rows)


def test_a_damaged_header_loses_no_record(real_data: Path) -> None:
    data = bytearray(sample(real_data, "Security_short_selected.evtx"))
    data[30:110] = bytes(80)
    found = stored(bytes(data))

    assert len(found.events) == 7
    assert [p.kind for p in found.reading.problems] == ["bad-header"]


def test_a_log_cut_within_a_chunk_keeps_the_records_before(real_data: Path) -> None:
    data = sample(real_data, "security.evtx")
    found = stored(data[: HEADER + CHUNK + 20_000])
    kinds = {p.kind for p in found.reading.problems}

    assert 0 < len(found.events) < 2261
    assert "truncated" in kinds


def test_a_wiped_chunk_loses_only_itself(real_data: Path) -> None:
    data = bytearray(sample(real_data, "security.evtx"))
    lost = len(walk(bytes(data[HEADER + CHUNK : HEADER + 2 * CHUNK])).records)
    data[HEADER + CHUNK : HEADER + CHUNK + 8] = b"notchunk"
    found = stored(bytes(data))

    assert len(found.events) == 2261 - lost
    assert [(p.kind, p.count) for p in found.reading.problems] == [("bad-chunk", 1)]


def test_a_problem_quotes_the_very_bytes_it_cites(real_data: Path) -> None:
    data = sample(real_data, "sample_with_a_bad_chunk_magic.evtx")
    for problem in stored(data).reading.problems:
        assert problem.citation
        place = problem.citation.locator
        assert isinstance(place, RecordLocator)
        cited = data[place.byte_offset : place.byte_offset + place.byte_length]

        assert problem.citation.quote == quoted(cited)


def test_random_damage_never_raises_and_loses_no_count(real_data: Path) -> None:
    data = sample(real_data, "Security_short_selected.evtx")
    draw = random.Random(20310420)  # noqa: S311 - the same damage every time
    for _ in range(25):
        hurt = bytearray(data)
        for _ in range(draw.randrange(1, 200)):
            hurt[draw.randrange(len(hurt))] = draw.randrange(256)

        assert stored(bytes(hurt), kind="evtx").reading.lines > 0


def test_reading_twice_gives_the_same_bytes(real_data: Path, tmp_path: Path) -> None:
    data = sample(real_data, "sysmon.evtx")
    written = []
    for name in ("one", "two"):
        intake = Intake(EXHIBIT, "a.evtx", Source("org", "Org"))
        with (
            LakeWriter(tmp_path / name / "lake", EXHIBIT) as writer,
            EventWriter(tmp_path / name / "events", EXHIBIT) as events,
        ):
            read_log(io.BytesIO(data), intake, writer, size=len(data), events=events)
        files = event_files(tmp_path / name / "events")
        written.append([(f.relative_to(tmp_path / name), f.read_bytes()) for f in files])

    assert written[0] == written[1]


def test_groups_of_any_size_give_the_same_events(
    real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = sample(real_data, "post-Security.evtx")
    whole = stored(data).events
    monkeypatch.setattr(reader, "GROUP", 1)

    assert stored(data).events == whole


def chunk(*numbers: int) -> bytes:
    """Make a chunk whose records have a place and a number, and nothing in them."""
    made = b"".join(
        b"**\0\0" + (32).to_bytes(4, "little") + n.to_bytes(8, "little") + bytes(12)
        + (32).to_bytes(4, "little")
        for n in numbers
    )  # fmt: skip
    free = (512 + len(made)).to_bytes(4, "little")
    return (b"ElfChnk\0".ljust(48, b"\0") + free).ljust(512, b"\0") + made.ljust(CHUNK - 512, b"\0")


def test_records_are_found_by_their_lengths() -> None:
    found = walk(chunk(7, 8))

    assert found.records == (Record(512, 32, 7), Record(544, 32, 8))
    assert not found.fault


@dataclass
class Faulty:
    """A sandbox whose parser dies at the chunk that holds record 2, and reads all others."""

    endings: int = 0

    def __call__(self, _parser: str, source: bytes, *_: object) -> Outcome:
        frames: list[JSON] = []
        for at, start in enumerate(range(0, len(source), CHUNK)):
            ids = [r.number for r in walk(source[start : start + CHUNK]).records]
            if 2 in ids:
                self.endings += 1
                return Outcome(Ending.CRASHED, "it died of SIGSEGV", tuple(frames), 0.0)
            frames.append(
                {
                    "chunk": at,
                    "ids": " ".join(map(str, ids)),
                    "json": "\n".join(map(_json, ids)),
                    "faults": 0,
                }
            )
        return Outcome(Ending.OK, "", tuple(frames), 0.0)


def _json(number: int) -> str:
    time = '{"#attributes": {"SystemTime": "2031-04-20T09:00:00.000000Z"}}'
    return f'{{"Event": {{"System": {{"EventRecordID": {number}, "TimeCreated": {time}}}}}}}'


def test_a_chunk_that_kills_its_reader_loses_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = Faulty()
    monkeypatch.setattr(reader, "confined", faulty)
    found = stored(header() + chunk(1) + chunk(2) + chunk(3, 4))

    assert [e["EventRecordID"] for e in found.events] == [1, 3, 4]
    assert [p.count for p in found.reading.problems if "SIGSEGV" in p.message] == [1]
    assert {e.ending for e in found.reading.endings} == {Ending.CRASHED, Ending.OK}


def test_a_file_that_goes_on_killing_its_reader_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faulty = Faulty()
    monkeypatch.setattr(reader, "confined", faulty)
    monkeypatch.setattr(reader, "MOST_FAILURES", 3)
    found = stored(header() + chunk(2) * 10)

    assert faulty.endings == 3
    assert sum(p.count for p in found.reading.problems if p.kind == "bad-chunk") == 10


def test_without_a_sandbox_records_are_counted_and_none_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "barred", lambda: "there is no kernel for it")
    found = stored(header() + chunk(1, 2, 3))

    assert not found.events
    assert [p.count for p in found.reading.problems if p.kind == "refused"] == [3]
    assert [e.ending for e in found.reading.endings] == [Ending.REFUSED]


def test_a_log_in_an_archive_is_read_alike(real_data: Path) -> None:
    data = sample(real_data, "Security_short_selected.evtx")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("desk/Security.evtx", data)
    inside, beside = stored(packed.getvalue()), stored(data)

    assert [e | {"codec": None} for e in inside.events] == beside.events
    assert inside.events[0]["codec"].endswith(":desk/Security.evtx")
    assert [e.member for e in inside.reading.endings] == ["desk/Security.evtx"]
