"""Reads bytes as one log into a lake of its own, and gives the reading and its rows."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ashiato.core.sources import Intake, Source
from ashiato.engine.lake import LakeWriter, lake_files
from ashiato.engine.schema import LAKE
from ashiato.read.logs import LogReading, read_log

EXHIBIT = "ab" * 32
ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]


@pytest.fixture(scope="session")
def read_bytes() -> ReadBytes:
    def read(data: bytes, **known: Any) -> tuple[LogReading, list[dict[str, Any]]]:  # noqa: ANN401 - any field of Intake
        intake = Intake(EXHIBIT, "evidence/logs/some.log", Source("org", "Org"), **known)
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            with LakeWriter(root, EXHIBIT) as writer:
                reading = read_log(io.BytesIO(data), intake, writer, size=len(data))
            rows = [pq.read_table(path, partitioning=None).cast(LAKE) for path in lake_files(root)]
        table = pa.concat_tables([LAKE.empty_table(), *rows])
        assert table.num_rows == reading.rows
        assert conserves(reading)
        return reading, table.to_pylist()

    return read


def conserves(reading: LogReading) -> bool:
    """Whether every line is a row, ignored, blank, or counted in a problem."""
    counted = sum(p.count for p in reading.problems if p.citation and p.kind != "clock-jump")
    return reading.lines == reading.rows + reading.ignored + reading.blank + counted
