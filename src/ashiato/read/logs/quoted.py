"""Lines to records of CSV: a line end inside quotes belongs to the cell, and the record goes on.

A quote counts at the beginning of a cell only (RFC 4180). One that is not closed within `LONGEST`
bytes was never meant to be one: its line stands alone, and reading goes on with the next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from ashiato.read.logs.lines import Block, Index

LONGEST = 1 << 16
"""Bytes that a record of several lines may have."""
_MOST_UNCLOSED = 1000  # then quotes are no quotes in this file, and looking on would cost too much
_QUOTE = b'"'


def records(blocks: Iterable[Block], delimiter: bytes) -> Iterator[Block]:
    """Give the records of a table in blocks, numbered from 1; the blocks change no record."""
    return _Gatherer(delimiter).gathered(blocks)


class _Gatherer:
    def __init__(self, delimiter: bytes) -> None:
        self._delimiter, self._unclosed, self._number = delimiter, 0, 1

    def gathered(self, blocks: Iterable[Block]) -> Iterator[Block]:
        held: Block | None = None
        for block in blocks:
            if not block.held:
                yield from self._last(held)
                held = None
                yield self._numbered(block)
                continue
            whole = _glued(held, block)
            if not whole.is_ended:
                yield from self._last(whole)
                held = None
                continue
            joins, open_at = self._joins(whole, is_last=False)
            yield self._numbered(_recorded(_part(whole, 0, open_at), joins[:open_at]))
            held = _part(whole, open_at, len(joins)) if open_at < len(joins) else None
        yield from self._last(held)

    def _last(self, block: Block | None) -> Iterator[Block]:
        """Give what no further line can complete; a record that breaks off stands by itself."""
        if block is None:
            return
        joins, _ = self._joins(block, is_last=True)
        first = int(np.flatnonzero(~joins)[-1])
        if not block.is_ended and first:
            yield self._numbered(_recorded(_part(block, 0, first), joins[:first]))
            yield self._numbered(_recorded(_part(block, first, len(joins)), joins[first:]))
        else:
            yield self._numbered(_recorded(block, joins))

    def _numbered(self, block: Block) -> Block:
        number, self._number = self._number, self._number + len(block.starts)
        return replace(block, number=number)

    def _joins(self, block: Block, *, is_last: bool) -> tuple[np.ndarray, int]:
        """Say which lines go on with the record before, and where one is still open."""
        joins = np.zeros(len(block.starts), bool)
        quoted = _lines_with(block, _QUOTE)
        open_at, at = -1, 0
        while self._unclosed < _MOST_UNCLOSED:
            line = int(quoted[at]) if at < len(quoted) else len(joins) - 1
            if open_at >= 0 and _size(block, open_at, line) > LONGEST:
                at, open_at = self._given_up(quoted, open_at), -1
            elif at == len(quoted):
                if open_at < 0 or not is_last:
                    break
                at, open_at = self._given_up(quoted, open_at), -1
            else:
                is_open = _is_open_after(_bytes(block, line), self._delimiter, open_at >= 0)
                if open_at >= 0 and not is_open:
                    joins[open_at + 1 : line + 1] = True
                open_at = (line if open_at < 0 else open_at) if is_open else -1
                at += 1
        return joins, open_at if open_at >= 0 else len(joins)

    def _given_up(self, quoted: Index, open_at: int) -> int:
        self._unclosed += 1
        return int(np.searchsorted(quoted, open_at, "right"))


def _is_open_after(line: bytes, delimiter: bytes, is_open: bool) -> bool:  # noqa: FBT001 - a state
    """Say whether a quoted cell goes on after a line."""
    at = 0
    while True:
        if is_open or line.startswith(_QUOTE, at):
            at = _closing(line, at if is_open else at + 1)
            if at < 0:
                return True
        at = line.find(delimiter, at) + 1
        if not at:
            return False
        is_open = False


def _closing(line: bytes, at: int) -> int:
    """Find the end of a quoted cell; two quotes are one character of it."""
    while (at := line.find(_QUOTE, at)) >= 0:
        if not line.startswith(_QUOTE, at + 1):
            return at + 1
        at += 2
    return -1


def _lines_with(block: Block, mark: bytes) -> Index:
    places = np.flatnonzero(np.frombuffer(block.data, np.uint8) == mark[0])
    first = np.searchsorted(places, block.starts)
    return np.flatnonzero(np.searchsorted(places, block.starts + block.lengths) > first)


def _bytes(block: Block, line: int) -> bytes:
    start = int(block.starts[line])
    return block.data[start : start + int(block.lengths[line])]


def _size(block: Block, first: int, last: int) -> int:
    return int(block.starts[last] + block.lengths[last] - block.starts[first])


def _glued(before: Block | None, block: Block) -> Block:
    if before is None:
        return block
    return Block(
        before.data + block.data,
        before.offset,
        before.number,
        np.concatenate([before.starts, block.starts + len(before.data)]),
        np.concatenate([before.lengths, block.lengths]),
        is_ended=block.is_ended,
        at=_both(before.at, block.at),
        sizes=_both(before.sizes, block.sizes),
    )


def _both(before: Index | None, after: Index | None) -> Index | None:
    return None if before is None or after is None else np.concatenate([before, after])


def _part(block: Block, first: int, after: int) -> Block:
    """Cut out the lines ``[first, after)`` with their bytes."""
    start = int(block.starts[first]) if first else 0
    end = int(block.starts[after]) if after < len(block.starts) else len(block.data)
    return Block(
        block.data[start:end],
        block.offset + start,
        block.number + first,
        block.starts[first:after] - start,
        block.lengths[first:after],
        is_ended=block.is_ended or after < len(block.starts),
        at=None if block.at is None else block.at[first:after],
        sizes=None if block.sizes is None else block.sizes[first:after],
    )


def _recorded(block: Block, joins: np.ndarray) -> Block:
    """Make records of lines: each reaches to the end of its last line."""
    firsts = np.flatnonzero(~joins)
    lasts = np.append(firsts[1:], len(joins)) - 1
    starts = block.starts[firsts]
    lengths = block.starts[lasts] + block.lengths[lasts] - starts if len(firsts) else starts
    if block.at is None or block.sizes is None:
        return replace(block, starts=starts, lengths=lengths)
    at = block.at[firsts]
    sizes = block.at[lasts] + block.sizes[lasts] - at if len(firsts) else at
    return replace(block, starts=starts, lengths=lengths, at=at, sizes=sizes)
