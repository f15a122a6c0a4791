"""The records that rules look at: partitions of Windows events, and kinds of the lake."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ashiato.core.errors import BadInput
from ashiato.engine.sigma.expressions import key
from ashiato.engine.sigma.stretch import Stretch
from ashiato.engine.sigma.words import WINDOWS, Drawn, Words

ROWS = 131_072
"""Records looked at together, at most: memory does not grow with the logs."""
OCTETS = 128 << 20
"""Bytes looked at together, at most a batch more: scripts in events are long."""
_BATCH = 16_384
_PLACE = ("org", "exhibit", "codec", "rec_no", "byte_off", "byte_len", "ts")
Aliases = Mapping[str, Sequence[str]]
_URL_PARTS = {
    "query": r"^[^?#]*\?(?P<part>[^#]*)",
    "stem": r"^(?P<part>[^?#]*)",
    "extension": (
        r"^(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*|[^/?#:]*(?::[0-9]+)?)/"
        r"(?:[^?#]*/)?[^/?#]*\.(?P<part>[^./?#]*)(?:[?#]|$)"
    ),
}


@dataclass(frozen=True, slots=True)
class Partition:
    """Files whose records share a channel and an event id, or a kind of the lake.

    ``channel`` is in lower case; ``windows`` is the event id as text; both empty for the lake.
    """

    kind: str
    files: tuple[Path, ...]
    channel: str = ""
    event: str = ""


def event_partitions(files: Sequence[Path]) -> tuple[Partition, ...]:
    """List the partitions of Windows events (`events.event_files`): by channel and event id."""
    keyed = sorted(map(_keyed, files))
    return tuple(
        Partition(WINDOWS, tuple(file for _, _, file in group), channel, event)
        for (channel, event), group in groupby(keyed, key=lambda found: found[:2])
    )


def _keyed(file: Path) -> tuple[str, str, Path]:
    """Tell channel and event id; a folder's name may have lost letters of the channel."""
    with _read(file) as opened:
        return _channel(opened), file.parent.name, file


def _channel(file: pq.ParquetFile) -> str:
    """Give the one channel that a file's statistics know, in lower case; empty where unsure."""
    names = [key(name) for name in file.schema_arrow.names]
    if "channel" not in names:
        return ""
    place, about = names.index("channel"), file.metadata
    stats = [about.row_group(n).column(place).statistics for n in range(about.num_row_groups)]
    if not all(each is not None and each.has_min_max for each in stats):
        return ""
    bounds = {bound for each in stats for bound in (each.min, each.max)}
    return str(bounds.pop()).lower() if len(bounds) == 1 else ""


def lake_partitions(files: Sequence[Path]) -> tuple[Partition, ...]:
    """List the kinds of a lake."""
    kinds = sorted((kind, file) for file in files for kind in _kind(file))
    return tuple(
        Partition(kind, tuple(file for _, file in group))
        for kind, group in groupby(kinds, key=lambda found: found[0])
    )


def _kind(file: Path) -> list[str]:
    """Tell the kind of a file from its first row; a file holds one kind."""
    first = next(_read(file).iter_batches(1, columns=["kind"]), None)
    return [] if first is None else [str(kind) for kind in first["kind"].to_pylist()]


def stretches(part: Partition, wanted: Collection[str] | None, words: Words) -> Iterator[Stretch]:
    """Give the records of a partition in stretches with the fields ``wanted`` (None: all)."""
    aliases = words.aliases if part.kind == WINDOWS else {}
    held: list[pa.Table] = []
    rows = octets = 0
    for table in _tables(part, wanted, words):
        held.append(table)
        rows, octets = rows + len(table), octets + table.nbytes
        if rows >= ROWS or octets >= OCTETS:
            yield Stretch(_whole(held), aliases)
            held, rows, octets = [], 0, 0
    if held:
        yield Stretch(_whole(held), aliases)


def _whole(held: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(held, promote_options="permissive").unify_dictionaries()


def _tables(part: Partition, wanted: Collection[str] | None, words: Words) -> Iterator[pa.Table]:
    for path in part.files:
        if part.kind == WINDOWS:
            yield from _event_tables(path, wanted, words.aliases)
        else:
            yield from _lake_tables(path, words.fields.get(part.kind, {}), wanted)


def _read(path: Path, **options: Any) -> pq.ParquetFile:  # noqa: ANN401 - options of pyarrow
    try:
        return pq.ParquetFile(path, **options)
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput(
            f"a file of the store cannot be read: {error}",
            path=str(path),
            remedy="delete the store and read the logs again",
        ) from error


def _event_tables(
    path: Path, wanted: Collection[str] | None, aliases: Aliases
) -> Iterator[pa.Table]:
    with _read(path) as file:
        asked = _asked(file.schema_arrow.names, wanted, aliases)
        for batch in file.iter_batches(_BATCH, columns=asked, use_threads=False):
            yield _merged(pa.Table.from_batches([batch]))


def _asked(names: Sequence[str], wanted: Collection[str] | None, aliases: Aliases) -> list[str]:
    if wanted is None:
        return list(names)
    every = {*_PLACE, "computer", "channel", "eventid", "eventrecordid"}
    for name in wanted:
        every |= {name, *aliases.get(name, ())}
    return [name for name in names if key(name) in every]


def _merged(table: pa.Table) -> pa.Table:
    """Name columns by their keys; names of one key become one column."""
    low = [key(name) for name in table.column_names]
    if len(set(low)) == len(low):
        return table.rename_columns(low)
    columns: dict[str, pa.ChunkedArray] = {}
    for name, column in zip(low, table.columns, strict=True):
        text = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        columns[name] = pc.coalesce(columns[name], text) if name in columns else text
    return pa.table(columns)


def _lake_tables(
    path: Path, known: Mapping[str, Drawn], wanted: Collection[str] | None
) -> Iterator[pa.Table]:
    names = known.keys() if wanted is None else known.keys() & wanted
    fields = {name: known[name] for name in sorted(names)}
    columns = [*_PLACE, "host", *sorted({each.column for each in fields.values()})]
    for batch in _read(path).iter_batches(_BATCH, columns=list(dict.fromkeys(columns))):
        place = {name: batch[name] for name in _PLACE}
        own = {"computer": batch["host"]} | {n: _drawn(batch, f) for n, f in fields.items()}
        yield pa.table({**place, **own})


def _drawn(batch: pa.RecordBatch, field: Drawn) -> pa.Array:
    column = batch[field.column]
    text = column if pa.types.is_string(column.type) else column.cast(pa.string())
    if not field.part:
        return text
    return pc.struct_field(pc.extract_regex(text, _URL_PARTS[field.part]), "part")
