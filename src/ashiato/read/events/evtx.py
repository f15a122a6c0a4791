"""EVTX chunks to JSON by pyevtx-rs, in the sandbox, one at a time: a bad one is alone."""

import io
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import evtx
from ashiato.read.events.layout import CHUNK, header

Frame = dict[str, Any]
PIECE = 4 << 20
"""Characters of JSON in one frame; a frame has a bound."""
FAULTS = 2000
"""Faults of one chunk that are listened to: it holds fewer records."""


def extract(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Give the records of every chunk: their numbers and, one a line, their JSON; then its end."""
    head = header()
    number = 0
    while chunk := stream.read(CHUNK):
        yield from _chunk(number, head + chunk.ljust(CHUNK, b"\0"))
        number += 1


def _chunk(number: int, data: bytes) -> Iterator[Frame]:
    ids: list[int] = []
    lines: list[str] = []
    size = faults = 0
    for found in _records(data):
        if found is None:
            faults += 1
            continue
        ids.append(found["event_record_id"])
        lines.append(found["data"])
        size += len(found["data"])
        if size > PIECE:
            yield _frame(number, ids, lines)
            ids, lines, size = [], [], 0
    yield _frame(number, ids, lines) | {"faults": faults}


def _frame(number: int, ids: list[int], lines: list[str]) -> Frame:
    # one text: a list of numbers takes its reader longer, each being a value that it must look at
    return {"chunk": number, "ids": " ".join(map(str, ids)), "json": "\n".join(lines)}


def _records(data: bytes) -> Iterator[dict[str, Any] | None]:
    """Give each record that can be read, and ``None`` for each fault on the way."""
    try:
        parsed = iter(evtx.PyEvtxParser(io.BytesIO(data), 1).records_json())
    except (RuntimeError, OSError):
        yield None
        return
    for _ in range(2 * FAULTS):
        try:
            yield next(parsed)
        except StopIteration:
            return
        except (RuntimeError, OSError, ValueError):
            yield None
