"""Bytes to records that are no lines: XML events and JSON objects, wherever their lines break.

Each record is given like a line: its number, offset and length. What stands between two records and
is more than a frame (``<Events>``, brackets, commas) is a record too, which its reader refuses.
"""

import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from ashiato.read.logs.lines import BOM, LONGEST, Block

_END = b"</Event>"
_EVENT = re.compile(rb"<Event[\s>]")
_FRAME_OF_XML = re.compile(rb"(?:\s|<\?xml[^>]{0,200}\?>|</?Events(?:\s[^>]{0,500})?>|\x00)+")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}]', re.DOTALL)
_FRAME_OF_JSON = re.compile(rb"(?:[\s\[\],\x00]|Record \d+)+")
Span = tuple[int, int]
Found = tuple[list[Span], int]
"""Spans of records, and up to where the data is done with."""


def xml_events(pieces: Iterable[bytes]) -> Iterator[Block]:
    """Give the ``<Event>`` elements of a stream in blocks."""
    return _cut(pieces, _xml)


def json_objects(pieces: Iterable[bytes]) -> Iterator[Block]:
    """Give the outermost JSON objects of a stream, or those of its one array, in blocks."""
    return _cut(pieces, _json)


def _cut(pieces: Iterable[bytes], find: Callable[[bytes], Found]) -> Iterator[Block]:
    tail, offset, number = b"", 0, 1
    for piece in pieces:
        data = tail + piece
        spans, done = find(data)
        if spans:
            yield _block(data[:done], offset, number, spans)
            number += len(spans)
        elif len(data) > LONGEST:
            length = np.array([len(data)])
            yield Block(b"", offset, number, np.zeros(1, np.int64), length, held=False)
            number, done = number + 1, len(data)
        tail, offset = data[done:], offset + done
    rest = _left(tail, _FRAME_OF_XML if find is _xml else _FRAME_OF_JSON, offset)
    if rest:
        yield _block(tail, offset, number, [rest], is_ended=False)


def _block(
    data: bytes, offset: int, number: int, spans: list[Span], *, is_ended: bool = True
) -> Block:
    places = np.array(spans, np.int64).reshape(-1, 2)
    lengths = places[:, 1] - places[:, 0]
    return Block(data, offset, number, places[:, 0].copy(), lengths, is_ended=is_ended)


def _left(data: bytes, frame: re.Pattern[bytes], offset: int = 1) -> Span | None:
    """Give what is left of bytes between two records without the frame around them."""
    start = len(BOM) if offset == 0 and data.startswith(BOM) else 0
    found = frame.match(data, start)
    start = found.end() if found else start
    end = len(data.rstrip(b"\0\r\n\t ,]"))
    return (start, end) if start < end else None


def _xml(data: bytes) -> Found:
    spans: list[Span] = []
    at = 0
    while (close := data.find(_END, at)) >= 0:
        end = close + len(_END)
        begin = _EVENT.search(data, at, end)
        start = begin.start() if begin else end
        if between := _left(data[at:start], _FRAME_OF_XML, at):
            spans.append((at + between[0], at + between[1]))
        if begin:
            spans.append((start, end))
        at = end
    return spans, at


def _json(data: bytes) -> Found:
    spans: list[Span] = []
    depth = at = start = 0
    for token in _TOKEN.finditer(data):
        match token[0]:
            case b"{":
                start, depth = (start, depth + 1) if depth else (token.start(), 1)
            case b"}" if depth:
                depth -= 1
                if not depth:
                    if between := _left(data[at:start], _FRAME_OF_JSON, at):
                        spans.append((at + between[0], at + between[1]))
                    at = token.end()
                    spans.append((start, at))
    return spans, at
