"""Windows events, however exported, to columns under their own names, a whole shape at a time.

Events of one shape (channel, id and names) differ only in values, so their columns are cut out
together; a value that holds further values is taken apart by itself.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from ashiato.engine.events import FIXED
from ashiato.read.logs.columns import Mask, groups
from ashiato.read.logs.format import Events, Parsed, Refused, bad_line
from ashiato.read.logs.lines import Index
from ashiato.read.logs.stamps import STAMP, Calendar
from ashiato.read.logs.stamps import read as stamps_of
from ashiato.read.logs.winquick import (
    ACTIVITY,
    CHANNEL,
    EVENT_ID,
    PLACE,
    USER,
    Cut,
    Name,
    names_of,
    quick,
)

Said = Mapping[str, Any]
"""``System``, and ``EventData`` or ``UserData``, as pyevtx-rs writes them in JSON."""
TIME = "TimeCreated_SystemTime"
_TEXT = "#text"
_ATTRIBUTES = "#attributes"
_PLACES = ("EventData", "UserData")
_FIXED = {name.lower() for name in FIXED.names}
_SYSTEM = _FIXED | {"level", "task", "opcode", "keywords", "version", "qualifiers"}
_LONGEST_NAME = 200
_MOST_NAMES = 1000
"""Names that the events of one channel and id may have together: Parquet pays for each column."""
_NUMBERS = range(1 << 31)
_RECORD_NUMBERS = range(1 << 63)
_PLAIN = {str, type(None)}
_NESTED = {dict, list}
_WHOLE = rf"^(?:{STAMP})$"
_NO_TIME = "a Windows event without a time that names its zone"
_NONE = np.zeros(0, np.int64)
T = TypeVar("T")
_DECODE = json.JSONDecoder().raw_decode


@dataclass(slots=True)
class _Shape:
    """Events that have the same names: their lines, and the values of each.

    Values are kept in tuples and the parsed objects let go at once: held by the thousand they make
    parsing five times as slow.
    """

    lines: list[int] = field(default_factory=list)
    systems: list[tuple[Any, ...]] = field(default_factory=list)
    data: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, line: int, system: tuple[Any, ...], data: dict[str, Any]) -> None:
        self.lines.append(line)
        self.systems.append(system)
        self.data.append(tuple(data.values()))


Key = tuple[str | None, int | None, tuple[Name, ...], tuple[str, ...]]


@dataclass(slots=True)
class Flattener:
    """Flattens the blocks of one file in order; it remembers which names each event has had."""

    read: Callable[[str], Said | None]
    _names: dict[tuple[str | None, int | None], set[str]] = field(default_factory=dict)

    def flatten(self, numbered: Iterable[tuple[int, str]]) -> Parsed:
        """Give the events of a block by channel, id and shape; refuse what is none."""
        shapes: dict[Key, _Shape] = {}
        known: dict[tuple[object, ...], _Shape] = {}
        cut = quick if self.read is from_json else _nothing
        broken: list[int] = []
        crowded: list[int] = []
        with _no_collections():
            for line, written in numbered:
                try:
                    if found := cut(written):
                        self._sort_quick(shapes, known, line, found)
                    else:
                        self._sort(shapes, line, self.read(written))
                except _TooMany:
                    crowded.append(line)
                except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
                    broken.append(line)
        refused = (
            bad_line("not a Windows event", np.array(broken, np.int64)),
            bad_line("an event with more names than any has", np.array(crowded, np.int64)),
        )
        return _with_times(shapes).and_also(*refused)

    def _sort(self, shapes: dict[Key, _Shape], line: int, said: Said | None) -> None:
        if said is None:
            raise ValueError("no event")
        system = said["System"]
        channel, event_id = _text(system.get("Channel")), _event_id(system.get("EventID"))
        data = next((said[p] for p in _PLACES if said.get(p)), None)
        if data is None:
            data = {}
        elif "UserData" in said or not _NESTED.isdisjoint(map(type, data.values())):
            data = _taken_apart(data)
        told, values = _told(system)
        key = (channel, event_id, told, tuple(data))
        self._shape(shapes, key).add(line, values, data)

    def _sort_quick(
        self,
        shapes: dict[Key, _Shape],
        known: dict[tuple[object, ...], _Shape],
        line: int,
        found: Cut,
    ) -> None:
        """Do what `_sort` does; ``known`` finds the shape by the texts themselves."""
        system, data = found
        if system[PLACE] or not _NESTED.isdisjoint(map(type, data.values())):
            data = _taken_apart(data) if data else data
        channel, number, names = system[CHANNEL], system[EVENT_ID] or "", tuple(data)
        brief = (channel, number, system[ACTIVITY] is None, system[USER] is None, names)
        shape = known.get(brief)
        if shape is None:
            key = (channel, int(number), names_of(system), names)
            shape = known[brief] = self._shape(shapes, key)
        shape.add(line, system[:PLACE], data)

    def _shape(self, shapes: dict[Key, _Shape], key: Key) -> _Shape:
        shape = shapes.get(key)
        if shape is None:
            self._check(key[0], key[1], key[3])
            shape = shapes[key] = _Shape()
        return shape

    def _check(self, channel: str | None, event_id: int | None, names: Sequence[str]) -> None:
        had = self._names.setdefault((channel, event_id), set())
        if len(had.union(names)) > _MOST_NAMES or len(self._names) > _MOST_NAMES * 10:
            raise _TooMany
        had.update(names)


def _nothing(written: str) -> Cut | None:  # noqa: ARG001 - cuts nothing, as `quick` may
    return None


def _told(system: dict[str, Any]) -> tuple[tuple[Name, ...], tuple[Any, ...]]:
    """Take the values of ``System`` apart: those of its elements, and of their attributes."""
    names: list[Name] = []
    values: list[Any] = []
    for name, value in system.items():
        if type(value) is not dict:
            names.append(name)
            values.append(value)
            continue
        if _TEXT in value:
            names.append(name)
            values.append(value[_TEXT])
        for inner, each in (value.get(_ATTRIBUTES) or {}).items():
            names.append((name, inner))
            values.append(each)
    return tuple(names), tuple(values)


@contextmanager
def _no_collections() -> Iterator[None]:
    """Look for no circles meanwhile: texts in tuples make none, and looking costs a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _TooMany(Exception):
    """More names than events have."""


def _event_id(value: object) -> int | None:
    if type(value) is int and value in _NUMBERS:
        return value
    if isinstance(value, dict):
        return _event_id(value.get(_TEXT))
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 9 else None  # noqa: PLR2004 - int32


def _with_times(shapes: Mapping[Key, _Shape]) -> Parsed:
    """Cut the columns, and read the times of a whole block together."""
    each = [(key, shape, _columns(shape, key[2], key[3])) for key, shape in shapes.items()]
    written = [c.pop(TIME, pa.nulls(len(s.lines), pa.string())) for _, s, c in each]
    micros, known = _times(pa.concat_arrays(written)) if written else (_NONE, _NONE.astype(bool))
    events: list[Events] = []
    refused: list[Refused] = []
    start = 0
    for key, shape, columns in each:
        lines, end = np.array(shape.lines, np.int64), start + len(shape.lines)
        good, times = known[start:end], micros[start:end]
        start = end
        kept = columns
        if not good.all():
            refused.append(bad_line(_NO_TIME, lines[~good]))
            kept = {n: c.filter(pa.array(good)) for n, c in columns.items()}
        events.append(Events(key[0], key[1], lines[good], times[good], kept))
    return Parsed(events=tuple(events), refused=tuple(refused))


def _times(written: pa.Array) -> tuple[Index, Mask]:
    """Give microseconds since 1970, and which of the texts are times that name their zone."""
    timed, fields = groups(written, _WHOLE)
    stamps = stamps_of(fields, Calendar(None))
    micros, known = np.zeros(len(written), np.int64), np.zeros(len(written), bool)
    micros[timed], known[timed] = stamps.micros, ~stamps.impossible & stamps.zoned
    return micros, known


def _columns(shape: _Shape, told: Sequence[Name], names: Sequence[str]) -> dict[str, pa.Array]:
    columns = dict(_of_system(told, shape.systems))
    taken = {name.lower() for name in columns}
    for name, values in _across(names, shape.data):
        columns[_free(name, taken)] = _strings(values)
    return columns


def _across(
    names: Sequence[T], each: Sequence[tuple[Any, ...]]
) -> Iterable[tuple[T, tuple[Any, ...]]]:
    """Turn the values of many events into columns."""
    return zip(names, zip(*each, strict=True), strict=True)


def _of_system(
    told: Sequence[Name], systems: Sequence[tuple[Any, ...]]
) -> Iterable[tuple[str, pa.Array]]:
    for name, values in _across(told, systems):
        if isinstance(name, tuple):
            element, inner = name
            yield (
                _clipped(inner if inner == "Qualifiers" else f"{element}_{inner}"),
                _strings(values),
            )
        elif name not in {"EventID", "Channel"} and set(map(type, values)) != {type(None)}:
            yield _clipped(name), (_numbers if name == "EventRecordID" else _strings)(values)


def _numbers(values: Sequence[Any]) -> pa.Array:
    if set(map(type, values)) == {int} and min(values) >= 0 and max(values) in _RECORD_NUMBERS:
        return pa.array(values, pa.int64())
    return pa.array([_record_number(value) for value in values], pa.int64())


def _record_number(value: object) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:  # noqa: PLR2004 - u64
        value = int(value)
    return value if type(value) is int and value in _RECORD_NUMBERS else None


def _free(name: str, taken: set[str]) -> str:
    """Keep the names of fixed columns and of ``System`` for what they are; ``taken`` learns it."""
    free = _clipped(name)
    if free.lower() in _SYSTEM:
        free = f"EventData_{free}"
    while free.lower() in taken:
        free = f"EventData_{free}"
    taken.add(free.lower())
    return free


def _clipped(name: str) -> str:
    return _clean(name)[:_LONGEST_NAME] or "Data"


def _strings(values: Sequence[Any]) -> pa.Array:
    kinds = set(map(type, values))
    if kinds == {int}:
        values = list(map(str, values))
    elif not kinds <= _PLAIN:
        values = [value if type(value) is str else _text(value) for value in values]
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([v and _clean(v) for v in values], pa.string())


def _text(value: object) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case list():
            return "\n".join(_text(one) or "" for one in value)
        case dict():
            return json.dumps(value, sort_keys=True)
        case _:
            return str(value)


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _taken_apart(data: Said) -> dict[str, Any]:
    """Take the leaves out of nested values; a name met again adds a line."""
    inner = next(iter(data.values())) if len(data) == 1 else None
    if type(inner) is dict and _is_simple(inner):
        return {name: value for name, value in inner.items() if name != _ATTRIBUTES}
    found: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for name, value in _leaves(data, "", 0):
        if value is None:
            continue
        key = spelled.setdefault(name.lower(), name)
        found[key] = f"{found[key]}\n{value}" if key in found else value
    return found


def _is_simple(inner: Said) -> bool:
    """Whether an element holds plain values only, all of different names, as most UserData do."""
    plain = [name for name, value in inner.items() if type(value) not in _NESTED]
    attributes = inner.get(_ATTRIBUTES, {})
    return (
        len({name.lower() for name in plain} - {_TEXT}) == len(inner) - (_ATTRIBUTES in inner)
        and type(attributes) is dict
        and all(name.startswith("xmlns") for name in attributes)
    )


_DEEPEST = 40


def _leaves(value: object, name: str, depth: int) -> Iterable[tuple[str, str | None]]:
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == _ATTRIBUTES and isinstance(inner, dict):
                yield from _attributes_of(inner, name)
            else:
                yield from _leaves(inner, name or "Data" if key == _TEXT else key, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name, depth + 1)
    else:
        yield name or "Data", _text(value)


def _attributes_of(attributes: Said, name: str) -> Iterable[tuple[str, str | None]]:
    for key, value in attributes.items():
        if not key.startswith("xmlns"):
            yield f"{name or 'EventData'}_{key}", _text(value)


# --- JSON ----------------------------------------------------------------------------------------


def from_json(written: str) -> Said | None:
    """Read an event that evtx_dump, pyevtx-rs or a Beats shipper wrote; ``None`` if it is none."""
    found, end = _DECODE(written)
    if written[end:].strip(" \t\r,"):
        return None
    event = found.get("Event")
    if isinstance(event, dict):
        return event if "System" in event else None
    shipped = found.get("winlog")
    return _shipped(shipped, found) if isinstance(shipped, dict) else None


def _shipped(said: Said, whole: Said) -> Said | None:
    """Turn a Beats event (``winlog.*``) into the form that Windows has."""
    if "event_id" not in said and "channel" not in said:
        return None
    process = _dict(said.get("process"))
    system = {
        "Provider": _with(Name=said.get("provider_name"), Guid=said.get("provider_guid")),
        "EventID": said.get("event_id"),
        "Version": said.get("version"),
        "Level": said.get("level"),
        "Opcode": said.get("opcode"),
        "Task": said.get("task"),
        "Keywords": said.get("keywords"),
        "TimeCreated": _with(SystemTime=said.get("time_created") or whole.get("@timestamp")),
        "EventRecordID": said.get("record_id"),
        "Correlation": _with(ActivityID=said.get("activity_id")),
        "Execution": _with(
            ProcessID=process.get("pid"),
            ThreadID=_dict(process.get("thread")).get("id"),
        ),
        "Channel": said.get("channel"),
        "Computer": said.get("computer_name"),
        "Security": _with(UserID=_dict(said.get("user")).get("identifier")),
    }
    place = "EventData" if said.get("event_data") else "UserData"
    return {"System": system, place: said.get("event_data") or said.get("user_data")}


def _with(**attributes: object) -> Said:
    return {_ATTRIBUTES: attributes}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
