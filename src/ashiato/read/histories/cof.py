"""Passive DNS in the Common Output Format (COF): JSON lines, each a span of sightings."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ashiato.core.time import Moment
from ashiato.read.histories.gathering import Gathering, Piece, second

_PAIRS = (("time_first", "time_last"), ("zone_time_first", "zone_time_last"))
_ADDRESSES = frozenset({"a", "aaaa"})
LONGEST = 1 << 20
"""Bytes of a line; a longer one is no record."""


def is_cof(value: object) -> bool:
    """Whether a JSON value is a record of passive DNS."""
    return isinstance(value, dict) and {"rrname", "rrtype", "rdata"} <= value.keys()


def read_cof(found: Gathering) -> int:
    """Read every line; a line that is no record is noted. Gives how many lines there were."""
    number = 0
    for piece in lines_of(found.raw):
        number = piece.number
        value = _value(found.raw[piece.offset : piece.offset + piece.length])
        if is_cof(value):
            _take(value, found, piece)
        else:
            found.note("bad-line", "a line that is no record of passive DNS", piece)
    return number


def lines_of(raw: bytes) -> Iterator[Piece]:
    """Give the lines with something in them, numbered among themselves."""
    at = number = 0
    for line in raw.split(b"\n"):
        if line.strip():
            number += 1
            yield Piece(number, at, len(line.rstrip(b"\r")))
        at += len(line) + 1


def _value(line: bytes) -> Any:  # noqa: ANN401 - any JSON value
    if len(line) > LONGEST:
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _take(value: dict[str, Any], found: Gathering, piece: Piece) -> None:
    times = _times(value, found, piece)
    answers = value["rdata"] if isinstance(value["rdata"], list) else [value["rdata"]]
    kind = str(value["rrtype"]).lower()
    for answer in answers:
        holds = "address" if kind in _ADDRESSES else "answer"
        fields = {
            "domain": str(value["rrname"]).rstrip(".").lower(),
            "type": kind.upper(),
            holds: str(answer).rstrip("."),
            "count": str(value.get("count", "")),
        }
        found.add("passive_dns", fields, times, piece)


def _times(value: dict[str, Any], found: Gathering, piece: Piece) -> dict[str, Moment]:
    """Give the span; a reversed one, or one without an end, is left out and noted."""
    pair = next((p for p in _PAIRS if p[0] in value), _PAIRS[0])
    first, last = (_epoch(value.get(name)) for name in pair)
    if first is None or last is None:
        found.note("impossible-date", "no times of the first and last sighting", piece)
        return {}
    if last < first:
        told = "the last sighting lies before the first; both are left out"
        found.note("impossible-date", told, piece)
        return {}
    return {"first_seen": first, "last_seen": last}


def _epoch(value: object) -> Moment | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return second(datetime.fromtimestamp(int(float(value)), UTC))
    except (ValueError, OverflowError, OSError):
        return None
