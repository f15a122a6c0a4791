"""An exhibit's files are found among the folders of a store."""

from pathlib import Path

from ashiato.engine.folders import beginning, below


def test_files_are_found_by_how_they_begin_at_one_depth(tmp_path: Path) -> None:
    for name in ("a/b/ab12.parquet", "a/c/ab12.tmp", "a/c/cd34.parquet", "ab12.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = {path.relative_to(tmp_path).as_posix() for path in beginning(tmp_path, 2, "ab12")}
    assert found == {"a/b/ab12.parquet", "a/c/ab12.tmp"}
    assert {path.name for path in below(tmp_path, 2)} == {"b", "c"}


def test_a_store_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert not list(beginning(tmp_path / "none", 3, "ab12"))
