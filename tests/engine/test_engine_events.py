"""The store of Windows events: whole or not there, the same bytes however it was filled."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ashiato.engine.events import FIXED, EventWriter, channel_slug, event_files

EXHIBIT = "ab" * 32
NOON = datetime(2031, 4, 20, 12, tzinfo=UTC)


def table(numbers: range, **texts: str) -> pa.Table:
    rows = [
        {
            "org": "Harbour",
            "exhibit": EXHIBIT,
            "rec_no": n,
            "byte_off": 4096 + n,
            "byte_len": 1,
            "ts": NOON,
            "Channel": "Security",
            "EventID": 4624,
        }
        for n in numbers
    ]
    found = pa.Table.from_pylist(rows, schema=FIXED)
    for name, value in texts.items():
        found = found.append_column(name, pa.array([value] * len(found), pa.string()))
    return found


def test_nothing_is_in_the_store_before_it_is_closed(tmp_path: Path) -> None:
    with EventWriter(tmp_path, EXHIBIT) as writer:
        writer.write("Security", 4624, table(range(1, 3)))
        before = event_files(tmp_path)

    assert not before
    assert event_files(tmp_path) == (tmp_path / "security" / "4624" / f"{EXHIBIT}.parquet",)


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with EventWriter(tmp_path, EXHIBIT, held=1) as writer:
            writer.write("Security", 4624, table(range(1, 3)))
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()

    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_names_that_differ_only_in_case_are_one_column(tmp_path: Path) -> None:
    with EventWriter(tmp_path, EXHIBIT) as writer:
        writer.write("Security", 4624, table(range(1, 2), IpAddress="192.0.2.1"))
        writer.write("Security", 4624, table(range(2, 3), ipaddress="192.0.2.2", A="x"))
    found = pq.read_table(event_files(tmp_path)[0], partitioning=None)

    assert found.column_names == [*FIXED.names, "A", "IpAddress"]
    assert found["IpAddress"].to_pylist() == ["192.0.2.1", "192.0.2.2"]
    assert found["A"].to_pylist() == [None, "x"]


def test_what_was_put_aside_for_want_of_memory_changes_no_byte(tmp_path: Path) -> None:
    stored = []
    for held in (1, 1 << 30):
        root = tmp_path / str(held)
        with EventWriter(root, EXHIBIT, held=held) as writer:
            for start in range(0, 40_000, 5_000):
                writer.write("Security", 4624, table(range(start + 1, start + 5_001), A=f"{start}"))
        stored.append(event_files(root)[0].read_bytes())

    assert stored[0] == stored[1]


def test_files_of_an_earlier_reading_are_replaced(tmp_path: Path) -> None:
    for event_id in (4624, 4625):
        with EventWriter(tmp_path, EXHIBIT) as writer:
            writer.write("Security", event_id, table(range(1, 2)))

    assert [p.parent.name for p in event_files(tmp_path)] == ["4625"]


@pytest.mark.parametrize(
    ("channel", "slug"),
    [
        ("Microsoft-Windows-Sysmon/Operational", "microsoft-windows-sysmon-operational"),
        ("../../../etc", "etc"),
        ("", "none"),
        (None, "none"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_channel_names_a_folder_and_nothing_more(channel: str | None, slug: str) -> None:
    assert channel_slug(channel) == slug


def test_other_fixed_columns_are_refused(tmp_path: Path) -> None:
    with EventWriter(tmp_path, EXHIBIT) as writer, pytest.raises(ValueError, match="no table"):
        writer.write("Security", 1, pa.table({name: ["x"] for name in FIXED.names}))
