"""A citation in print: as JSON, as one word for a table's cell, and in words."""

import re
from typing import Any
from urllib.parse import quote

from ashiato.core.canonical import to_plain
from ashiato.core.evidence import (
    BytesLocator,
    CellLocator,
    Citation,
    LineLocator,
    Locator,
    PageBoxLocator,
    RecordLocator,
    SpanLocator,
)
from ashiato.core.members import member_of
from ashiato.report.words import DASH, number

_APART = re.compile(r"[\s%#&=;,\"']")
_SHORT_HASH = 16


def citation_plain(citation: Citation) -> dict[str, Any]:
    """Give a citation as `docs/formats.md` describes it; what a locator lacks is left out."""
    plain: dict[str, Any] = to_plain(citation)
    plain["locator"] = {k: v for k, v in plain["locator"].items() if v is not None}
    return plain


def compact(citation: Citation) -> str:
    """Write a citation as one word: ``path#kind=line&line=3&exhibit=...`` (no spaces)."""
    locator: dict[str, Any] = citation_plain(citation)["locator"]
    kind = locator.pop("kind")
    parts = [("kind", kind), *sorted(locator.items()), ("exhibit", citation.exhibit[:_SHORT_HASH])]
    return _word(citation.path) + "#" + "&".join(f"{k}={_word(_value(v))}" for k, v in parts)


def _value(value: object) -> str:
    return ":".join(map(str, value)) if isinstance(value, list) else str(value)


def _word(text: str) -> str:
    return _APART.sub(lambda match: quote(match.group(), safe=""), text)


def compact_all(citations: tuple[Citation, ...]) -> str:
    """Write several citations with a space between them, sorted, each once."""
    return " ".join(sorted({compact(citation) for citation in citations}))


def place(locator: Locator) -> str:
    """Say where in the exhibit, in words."""
    match locator:
        case SpanLocator():
            return (
                f"{_within(locator)}characters {number(locator.start)}{DASH}{number(locator.end)}"
            )
        case LineLocator(line):
            return f"line {number(line)}"
        case RecordLocator(record, offset, length, codec, member):
            packed = member_of(codec)
            parts = (packed.name, packed.codec) if packed else (member, codec)
            inside = "".join(f", {part}" for part in parts if part)
            return f"record {number(record)} (bytes {_bytes(offset, length)}{inside})"
        case CellLocator(record, column):
            return f"record {number(record)}, column {column!r}"
        case PageBoxLocator(page):
            return f"page {number(page)}"
        case BytesLocator(offset, length):
            return f"bytes {_bytes(offset, length)}"


def _within(locator: SpanLocator) -> str:
    """Say where in a file of files, of pages or of cells a span stands."""
    page = f"page {number(locator.page)}" if locator.page and not locator.cell else None
    return "".join(f"{part}, " for part in (locator.member, page, locator.cell) if part)


def brief_place(locator: Locator) -> str:
    """Say where in the exhibit, as briefly as a terminal asks."""
    return place(locator).split(" (", maxsplit=1)[0].replace("characters", "chars")


def _bytes(offset: int, length: int) -> str:
    return f"{number(offset)}{DASH}{number(offset + length)}"


def position(locator: Locator) -> tuple[int, int]:
    """Give a key that sorts places of one exhibit by where they begin."""
    match locator:
        case SpanLocator(start, end):
            return start, end
        case LineLocator(line):
            return line, line
        case PageBoxLocator(page, x0, y0):
            return page, int(x0 - y0)
        case RecordLocator() | CellLocator() | BytesLocator():
            return locator.byte_offset, locator.byte_length
