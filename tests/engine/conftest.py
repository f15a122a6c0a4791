"""A small lake made by hand, in the schema that ingest writes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ashiato.engine.duck import Duck, open_lake
from ashiato.engine.schema import LAKE
from ashiato.engine.urls import url_hash

Rows = Sequence[Mapping[str, Any]]
NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
A, B = "a" * 64, "b" * 64


def whole(number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill a row up: its record number, its place, its addresses as numbers."""
    row: dict[str, Any] = {"org": "Org 001", "exhibit": A, "rec_no": number, "kind": "proxy"}
    row |= {"byte_off": number * 100, "byte_len": 80, "ts": NOON, "parser": "test@1"}
    row |= {"host": "10.0.0.5", **given}
    for side in ("src_ip", "dst_ip"):
        address = ip_address(row[side]) if row.get(side) else None
        row[f"{side}4"] = int(address) if isinstance(address, IPv4Address) else None
        net6 = int(address) >> 80 if isinstance(address, IPv6Address) else None
        row[f"{side.removesuffix('_ip')}_net6"] = net6
    row["url_hash"] = url_hash(row["url"]) if row.get("url") else None
    return {name: row.get(name) for name in LAKE.names}


def write_lake(folder: Path, rows: Rows) -> list[Path]:
    """Write one Parquet file for each exhibit and kind, as ingest does."""
    filled = [whole(number, row) for number, row in enumerate(rows, start=1)]
    files = []
    for (kind, exhibit), part in groupby(sorted(filled, key=_file), key=_file):
        files.append(folder / kind / f"{exhibit}.parquet")
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(list(part), schema=LAKE), files[-1], compression="zstd")
    return files


def _file(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["kind"], row["exhibit"]


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Callable[..., Duck]]:
    """Open a lake of the given rows."""
    opened: list[Duck] = []

    def build(*rows: Mapping[str, Any]) -> Duck:
        opened.append(open_lake(write_lake(tmp_path / str(len(opened)), rows), threads=2))
        return opened[-1]

    yield build
    for engine in opened:
        engine.close()


@pytest.fixture(scope="session")
def lake_of_any(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Rows], Duck]:
    """Open a lake inside a property test; the caller closes it."""

    def build(rows: Rows) -> Duck:
        return open_lake(write_lake(tmp_path_factory.mktemp("lake"), rows), threads=1)

    return build


@pytest.fixture(scope="session")
def lake_files_of() -> Callable[[Path, Rows], list[Path]]:
    """Write a lake and give its files."""
    return write_lake
