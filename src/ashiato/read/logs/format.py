"""What a log format is: it knows its own kind of file, makes rows of lines, refuses the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from ashiato.core.sources import Intake
from ashiato.read.logs.columns import Mask, matches
from ashiato.read.logs.lines import BOM, Index
from ashiato.read.logs.text import Text

_HEAD_LINES = 50


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one lake kind; ``lines`` are their lines in the block.

    ``micros`` are since 1970, of the source's clock, and local where ``zoned`` is false.
    ``columns`` are lake columns by name, in their types; missing columns are null.
    """

    kind: str
    lines: Index
    micros: Index
    zoned: Mask
    columns: Mapping[str, pa.Array]


@dataclass(frozen=True, slots=True)
class Events:
    """Windows events of one channel and id under the names that Windows gives: all texts.

    ``micros`` are UTC since 1970, of the source's clock. ``lines`` are their records in the block.
    """

    channel: str | None
    event_id: int | None
    lines: Index
    micros: Index
    columns: Mapping[str, pa.Array]


@dataclass(frozen=True, slots=True)
class Refused:
    """Lines that give no row: why, what would mend it, and which lines of the block."""

    kind: str
    message: str
    remedy: str
    lines: Index


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of a block: every line is in rows, refused, or counted as ignored or comment.

    ``events`` are kept beside the rows; each of their lines is counted in one of the others too.
    """

    rows: tuple[Rows, ...] = ()
    refused: tuple[Refused, ...] = ()
    ignored: int = 0
    comments: int = 0
    notes: tuple[str, ...] = ()
    events: tuple[Events, ...] = ()

    def and_also(self, *refused: Refused, ignored: int = 0) -> "Parsed":
        """Add what else became of the block."""
        return replace(self, refused=self.refused + refused, ignored=self.ignored + ignored)


class Parser(Protocol):
    """Reads the blocks of one file in order; it may remember headings and years between them."""

    def parse(self, text: Text) -> Parsed:
        """Make rows of a block's lines."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """A parser that can say what it remembers between blocks, so that reading can go on later."""

    def remember(self) -> dict[str, Any]:
        """Give all that the next block needs, as plain JSON."""
        ...

    def recall(self, said: Mapping[str, Any]) -> None:
        """Take back what `remember` gave."""
        ...


class Forgetful:
    """The memory of a parser to which every line says everything."""

    def remember(self) -> dict[str, Any]:
        """Remember nothing."""
        return {}

    def recall(self, said: Mapping[str, Any]) -> None:
        """Recall nothing."""


class LogFormat(Protocol):
    """One format. ``name`` is what `detect` answers; ``parser_id`` is written into each row."""

    name: str
    parser_id: str

    def recognise(self, head: bytes) -> bool:
        """Say whether the beginning of a file is of this format, by content."""
        ...

    def begin(self, intake: Intake) -> Parser:
        """Make a parser for one file."""
        ...


def bad_line(message: str, lines: Index) -> Refused:
    """Refuse lines that are not what the format writes."""
    return Refused(
        "bad-line",
        message,
        "look at the cited line; if the format is another, state its kind in case.toml",
        lines,
    )


def head_lines(head: bytes) -> list[str]:
    """Give the first whole lines of a file that are not empty (the last may be cut by the head)."""
    lines = head.removeprefix(BOM).decode("utf-8", "replace").split("\n", _HEAD_LINES)
    whole = lines[:-1] or lines
    return [line for line in (line.rstrip("\r") for line in whole) if line]


def is_mostly(head: bytes, pattern: str) -> bool:
    """Say whether more than half of a file's first lines match a pattern (RE2)."""
    lines = head_lines(head)
    return 2 * int(matches(pa.array(lines, pa.string()), pattern).sum()) > len(lines)
