"""Files of events (an asset and an instant each): CSV, JSON lines or Parquet, a batch at a time."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq

from ashiato.core.errors import BadInput
from ashiato.core.time import parse_instant

ASSET, TIME = ("asset", "machine", "address", "account"), ("ts", "at", "time")
"""Headings that name the asset and the instant; the first that a file has counts."""
_TOGETHER = 250_000
_STAMP = pa.timestamp("us", tz="UTC")
Pair = tuple[pa.Array, pa.Array]


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Events in the order of their file: the asset as written, and the instant.

    ``us`` counts microseconds since 1970 UTC; it is null where the event states no usable instant.
    """

    asset: pa.Array
    us: pa.Array
    written: pa.Array


def event_batches(path: Path) -> Iterator[EventBatch]:
    """Give the events of a file, few at a time.

    Raises:
        BadInput: the file cannot be read, is of no known kind, or lacks a heading.

    """
    read = _KINDS.get(path.suffix.lower())
    if read is None:
        remedy = "end the name in .csv, .jsonl or .parquet"
        raise BadInput(f"{path.suffix!r} is no kind of events", path=str(path), remedy=remedy)
    try:
        for asset, written in read(path):
            yield EventBatch(asset, _instants(written, path), _as_text(written))
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput(
            f"cannot be read: {error}", path=str(path), remedy="mend the file"
        ) from error


def _columns(names: Iterable[str], path: Path) -> tuple[str, str]:
    known = set(names)
    asset, time = (next((n for n in group if n in known), None) for group in (ASSET, TIME))
    if asset is None or time is None:
        remedy = f"give a column of {', '.join(ASSET)} and one of {', '.join(TIME)}"
        raise BadInput(
            "names no asset or no instant", path=str(path), place="heading", remedy=remedy
        )
    return asset, time


def _csv(path: Path) -> Iterator[Pair]:
    with path.open("rb") as file:
        heading = file.readline().decode("utf-8-sig", "replace").strip().split(",")
    names = [name.strip().strip('"') for name in heading]
    wanted = _columns(names, path)
    texts = dict.fromkeys(names, pa.string())
    read = pv.ReadOptions(column_names=names, skip_rows=1, block_size=1 << 23)
    convert = pv.ConvertOptions(column_types=texts, include_columns=list(wanted))
    # A row with too many or too few cells stops the reading: an event left out would go unnoticed.
    with pv.open_csv(path, read_options=read, convert_options=convert) as rows:
        for batch in rows:
            yield batch.column(0), batch.column(1)


def _json_lines(path: Path) -> Iterator[Pair]:
    with path.open("rb") as lines:
        while group := list(islice(lines, _TOGETHER)):
            pairs = [_of_line(line) for line in group]
            assets, times = zip(*pairs, strict=True)
            yield pa.array(assets, pa.string()), pa.array(times, pa.string())


def _of_line(line: bytes) -> tuple[str | None, str | None]:
    """Read one event; a line that is none keeps its place and is not judged."""
    try:
        row = json.loads(line)
    except ValueError:
        return None, None
    if not isinstance(row, dict):
        return None, None
    asset, time = (next((row[n] for n in group if n in row), None) for group in (ASSET, TIME))
    return None if asset is None else str(asset), None if time is None else str(time)


def _parquet(path: Path) -> Iterator[Pair]:
    file = pq.ParquetFile(path)
    asset, time = _columns(file.schema_arrow.names, path)
    for batch in file.iter_batches(_TOGETHER, columns=[asset, time]):
        yield batch.column(asset).cast(pa.string()), batch.column(time)


def _instants(written: pa.Array, path: Path) -> pa.Array:
    if pa.types.is_timestamp(written.type):
        if written.type.tz is None:
            remedy = "store instants with a time zone"
            raise BadInput("the instants state no time zone", path=str(path), remedy=remedy)
        return written.cast(_STAMP).cast(pa.int64())
    try:
        return written.cast(_STAMP).cast(pa.int64())
    except pa.ArrowInvalid:
        return pa.array([_instant(text) for text in written.to_pylist()], pa.int64())


def _instant(text: str | None) -> int | None:
    try:
        stamp = parse_instant(text or "")
    except (ValueError, OverflowError):
        return None
    return pa.scalar(stamp, _STAMP).cast(pa.int64()).as_py()  # type: ignore[no-any-return] # pyarrow is untyped


def _as_text(written: pa.Array) -> pa.Array:
    text = written.cast(pa.string())
    stamped = pa.types.is_timestamp(written.type)
    return pc.replace_substring(text, " ", "T") if stamped else text


_KINDS: Mapping[str, Callable[[Path], Iterator[Pair]]] = MappingProxyType(
    {".csv": _csv, ".jsonl": _json_lines, ".parquet": _parquet}
)
