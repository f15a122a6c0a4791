from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ashiato.engine import lake
from ashiato.engine.lake import LakeWriter, lake_files
from ashiato.engine.schema import LAKE

EXHIBIT = "ab" * 32


def rows(*times: int, kind: str = "proxy", first: int = 1) -> pa.Table:
    plain: list[dict[str, Any]] = [
        {
            "org": "Org 001",
            "exhibit": EXHIBIT,
            "rec_no": first + at,
            "byte_off": 10 * at,
            "byte_len": 9,
            "ts": time,
            "kind": kind,
            "parser": "test@1",
        }
        for at, time in enumerate(times)
    ]
    return pa.Table.from_pylist(plain, LAKE)


def times(path: Path) -> list[int]:
    return [
        int(n) for n in pq.read_table(path, partitioning=None)["ts"].cast(pa.int64()).to_pylist()
    ]


def test_rows_of_each_kind_lie_in_a_file_of_their_own(tmp_path: Path) -> None:
    with LakeWriter(tmp_path, EXHIBIT) as writer:
        writer.write(pa.concat_tables([rows(2, 1), rows(5, kind="dns")]))
        writer.write(rows(3, first=3).to_batches()[0])

    assert lake_files(tmp_path) == (
        tmp_path / "dns" / f"{EXHIBIT}.parquet",
        tmp_path / "proxy" / f"{EXHIBIT}.parquet",
    )
    assert times(lake_files(tmp_path)[1]) == [1, 2, 3]


def test_close_gives_the_paths(tmp_path: Path) -> None:
    writer = LakeWriter(tmp_path, EXHIBIT)
    writer.write(rows(1))

    assert writer.close() == lake_files(tmp_path)


def test_before_close_nothing_is_in_the_lake(tmp_path: Path) -> None:
    writer = LakeWriter(tmp_path, EXHIBIT)
    writer.write(rows(1))

    assert lake_files(tmp_path) == ()
    writer.abort()


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with LakeWriter(tmp_path, EXHIBIT) as writer:
            writer.write(rows(1))
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        fail()

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_remains_of_a_killed_run_are_overwritten(tmp_path: Path) -> None:
    (tmp_path / "proxy").mkdir()
    (tmp_path / "proxy" / f"{EXHIBIT}.parquet.tmp").write_bytes(b"half")
    with LakeWriter(tmp_path, EXHIBIT) as writer:
        writer.write(rows(1))

    assert [path.name for path in (tmp_path / "proxy").iterdir()] == [f"{EXHIBIT}.parquet"]


def test_a_second_reading_replaces_the_first_and_touches_no_other_exhibit(tmp_path: Path) -> None:
    for exhibit, kind in ((EXHIBIT, "dns"), ("cd" * 32, "dns"), (EXHIBIT, "proxy")):
        with LakeWriter(tmp_path, exhibit) as writer:
            writer.write(rows(1, kind=kind))

    assert lake_files(tmp_path) == (
        tmp_path / "dns" / f"{'cd' * 32}.parquet",
        tmp_path / "proxy" / f"{EXHIBIT}.parquet",
    )


def test_the_bytes_do_not_depend_on_the_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake, "ROW_GROUP", 7)
    whole = rows(*range(40, 0, -1))
    for name, size in (("one", 40), ("many", 3)):
        with LakeWriter(tmp_path / name, EXHIBIT) as writer:
            for at in range(0, 40, size):
                writer.write(whole.slice(at, size))
    (one,), (many,) = lake_files(tmp_path / "one"), lake_files(tmp_path / "many")

    assert one.read_bytes() == many.read_bytes()
    assert pq.ParquetFile(one).num_row_groups == 6
    assert times(one)[:7] == list(range(34, 41))


def test_what_is_written_comes_back_in_the_lakes_types(tmp_path: Path) -> None:
    whole = rows(1, 2)
    with LakeWriter(tmp_path, EXHIBIT) as writer:
        writer.write(whole)
    (path,) = lake_files(tmp_path)
    back = pq.read_table(path, partitioning=None)

    assert back.schema.equals(LAKE)
    assert back.equals(whole)


def test_rows_of_another_schema_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="schema"):
        LakeWriter(tmp_path, EXHIBIT).write(pa.table({"ts": [1]}))


def test_a_lake_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert lake_files(tmp_path / "none") == ()
