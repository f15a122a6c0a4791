import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.engine import lake
from ashiato.engine.lake import LATER_MONTHS, LakeWriter, lake_files, organisation_folder
from ashiato.engine.schema import LAKE

EXHIBIT = "ab" * 32
MONTH = 31 * 86_400_000_000


def rows(*times: int, kind: str = "proxy", first: int = 1, length: int = 9) -> pa.Table:
    plain: list[dict[str, Any]] = [
        {
            "org": "Org 001",
            "exhibit": EXHIBIT,
            "rec_no": first + at,
            "byte_off": 10 * at,
            "byte_len": length,
            "ts": time,
            "kind": kind,
            "parser": "test@1",
        }
        for at, time in enumerate(times)
    ]
    return pa.Table.from_pylist(plain, LAKE)


def folder(root: Path, kind: str, month: str = "1970-01") -> Path:
    return root / kind / organisation_folder("Org 001") / month


@contextmanager
def small_bounds() -> Iterator[None]:
    """Make every bound of the writer small enough to be met."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"ROW_GROUP": 7, "MOST_OCTETS": 100, "MOST_MONTHS": 3}.items():
            patch.setattr(lake, name, value)
        patch.setattr(lake, "MOST_HELD", 1)
        yield


def written(root: Path, table: pa.Table, size: int) -> None:
    with LakeWriter(root, EXHIBIT) as writer:
        for at in range(0, len(table), size):
            writer.write(table.slice(at, size))


def numbers(files: Iterable[Path]) -> list[int]:
    found = [n for f in files for n in pq.read_table(f, partitioning=None)["rec_no"].to_pylist()]
    return sorted(found)


def times(path: Path) -> list[int]:
    return [
        int(n) for n in pq.read_table(path, partitioning=None)["ts"].cast(pa.int64()).to_pylist()
    ]


def test_rows_of_each_kind_lie_in_a_file_of_their_own(tmp_path: Path) -> None:
    with LakeWriter(tmp_path, EXHIBIT) as writer:
        writer.write(pa.concat_tables([rows(2, 1), rows(5, kind="dns")]))
        writer.write(rows(3, first=3).to_batches()[0])

    assert lake_files(tmp_path) == (
        folder(tmp_path, "dns") / f"{EXHIBIT}.parquet",
        folder(tmp_path, "proxy") / f"{EXHIBIT}.parquet",
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
    folder(tmp_path, "proxy").mkdir(parents=True)
    (folder(tmp_path, "proxy") / f"{EXHIBIT}.1.tmp").write_bytes(b"half")
    with LakeWriter(tmp_path, EXHIBIT) as writer:
        writer.write(rows(1))

    assert [path.name for path in folder(tmp_path, "proxy").iterdir()] == [f"{EXHIBIT}.parquet"]


def test_a_second_reading_replaces_the_first_and_touches_no_other_exhibit(tmp_path: Path) -> None:
    for exhibit, kind in ((EXHIBIT, "dns"), ("cd" * 32, "dns"), (EXHIBIT, "proxy")):
        with LakeWriter(tmp_path, exhibit) as writer:
            writer.write(rows(1, kind=kind))

    assert lake_files(tmp_path) == (
        folder(tmp_path, "dns") / f"{'cd' * 32}.parquet",
        folder(tmp_path, "proxy") / f"{EXHIBIT}.parquet",
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


def test_rows_lie_by_organisation_and_month(tmp_path: Path) -> None:
    with LakeWriter(tmp_path, EXHIBIT) as writer:
        writer.write(rows(2 * MONTH, 5, -1))

    months = [path.relative_to(tmp_path).parts[2] for path in lake_files(tmp_path)]
    assert months == ["1969-12", "1970-01", "1970-03"]
    assert len({path.parent.parent for path in lake_files(tmp_path)}) == 1


@pytest.mark.parametrize(
    "name", ["../../etc", "a/b", "", ".", "CON", "ÅÅ", "x" * 5000, "a\0b", "\udcff"]
)
def test_a_hostile_organisation_names_one_plain_folder(name: str) -> None:
    found = organisation_folder(name)

    assert re.fullmatch(r"[a-z0-9_-]{1,40}-[0-9a-f]{16}", found)


@given(st.lists(st.text(max_size=12), min_size=2, max_size=2, unique=True))
def test_two_organisations_never_share_a_folder_even_where_case_is_lost(names: list[str]) -> None:
    assert len({organisation_folder(name).casefold() for name in names}) == 2


@settings(max_examples=25)
@given(
    times=st.lists(st.integers(-60_000, 90_000), min_size=1, max_size=60),
    size=st.integers(1, 70),
)
def test_random_years_give_the_same_bytes_however_batched_and_lose_no_row(
    times: list[int], size: int
) -> None:
    whole = rows(*(day * 86_400_000_000 for day in times))
    with TemporaryDirectory() as name, small_bounds():
        one, many = Path(name) / "one", Path(name) / "many"
        written(one, whole, 60)
        written(many, whole, size)
        files = lake_files(one)
        assert [f.relative_to(one) for f in files] == [
            f.relative_to(many) for f in lake_files(many)
        ]
        assert [f.read_bytes() for f in files] == [f.read_bytes() for f in lake_files(many)]
        assert len(files) <= 4
        assert numbers(files) == list(range(1, len(times) + 1))


def test_months_beyond_the_bound_lie_together(tmp_path: Path) -> None:
    with small_bounds():
        written(tmp_path, rows(*(at * MONTH for at in range(9))), 2)

    names = [path.parent.name for path in lake_files(tmp_path)]
    assert names == ["1970-01", "1970-02", "1970-03", LATER_MONTHS]


def test_long_lines_are_written_before_they_fill_the_memory(tmp_path: Path) -> None:
    with small_bounds():
        written(tmp_path, rows(*range(12), length=50), 5)
    (path,) = lake_files(tmp_path)

    assert pq.ParquetFile(path).num_row_groups == 6


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
