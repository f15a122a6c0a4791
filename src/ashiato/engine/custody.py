"""The custody join: which claims say who held an asset at the instant of each event.

The claims of an asset overlap, contradict one another and have four bounds each, so a join of every
event with every claim is slow and the nearest claim alone is wrong. The time line of each asset is
cut at every bound of every claim: between two neighbouring cuts nothing changes, so an event lies
in one piece, and the piece says which claims possibly and which certainly hold. Events are placed
by one ASOF join, or by equality of the asset and BETWEEN where an engine has none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import pyarrow as pa

from ashiato.core.errors import TooLarge
from ashiato.core.time import UncertainInterval
from ashiato.engine.probes import instant, microseconds

EVENTS = pa.schema([("event", pa.int64()), ("asset", pa.string()), ("us", pa.int64())])
"""Numbered events: which asset, and when (microseconds since 1970 UTC)."""
CLAIMS = pa.schema(
    [(name, pa.string()) for name in ("claim", "asset", "holder")]
    + [(bound, pa.int64()) for bound in ("start_min", "start_max", "end_min", "end_max")]
)
PLACED = pa.schema([("event", pa.int64()), ("piece", pa.int64())])
MOST_AT_ONCE = 2_000
"""Claims on one asset at one instant; beyond, the pieces grow with their square."""


@dataclass(frozen=True, slots=True)
class HolderClaim:
    """A claim that somebody held an asset for a time."""

    claim: str
    asset: str
    holder: str
    interval: UncertainInterval


@dataclass(frozen=True, slots=True)
class Held:
    """A claim that holds throughout a piece; ``certain`` where its bounds leave no doubt."""

    claim: str
    holder: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an asset's time, ``[start, end)``, in which the same claims hold; by claim."""

    asset: str
    start: datetime
    end: datetime
    held: tuple[Held, ...]

    @property
    def possible(self) -> frozenset[str]:
        """Whoever may hold it then."""
        return frozenset(held.holder for held in self.held)

    @property
    def certain(self) -> frozenset[str]:
        """Whoever certainly holds it then, by the claims."""
        return frozenset(held.holder for held in self.held if held.certain)


@dataclass(frozen=True, slots=True)
class Custody:
    """Every event in its piece; an event that no claim covers is not in ``placed``.

    ``placed`` (`PLACED`, by event) gives the index in ``pieces`` (by asset and time).
    """

    pieces: tuple[Piece, ...]
    placed: pa.Table

    def of_events(self) -> Iterator[tuple[int, Piece]]:
        """Give each placed event with its piece, by event."""
        for batch in self.placed.to_batches():
            for event, piece in zip(*(c.to_pylist() for c in batch.columns), strict=True):
                yield event, self.pieces[piece]


def events_table(events: Iterable[tuple[int, str, datetime]]) -> pa.Table:
    """Lay events out (number, asset, instant) as the table ``events``."""
    return _table(EVENTS, [(event, asset, microseconds(at)) for event, asset, at in events])


def claims_table(claims: Iterable[HolderClaim]) -> pa.Table:
    """Lay claims out as the table ``claims``; one given twice is laid out once."""
    chosen = sorted({claim.claim: claim for claim in claims}.values(), key=lambda c: c.claim)
    rows = [(c.claim, c.asset, c.holder, *map(microseconds, c.interval.bounds)) for c in chosen]
    return _table(CLAIMS, rows)


def _table(schema: pa.Schema, rows: Sequence[tuple[object, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def pieces_of(members: Iterable[tuple[int, str, int, int, str, str, bool]]) -> tuple[Piece, ...]:
    """Put the rows of `MEMBERS` together, one piece after another."""
    return tuple(
        Piece(
            asset,
            instant(start),
            instant(end),
            tuple(Held(claim, holder, certain) for *_, claim, holder, certain in rows),
        )
        for (_, asset, start, end), rows in groupby(members, key=lambda row: row[:4])
    )


def refuse_crowds(crowds: Sequence[tuple[str, int]]) -> None:
    """Refuse an asset with too many claims at one instant: a shared host needs another way.

    Raises:
        TooLarge: there is one.

    """
    for asset, count in crowds:
        raise TooLarge(
            f"{asset!r} has {count:,} claims at one instant; at most {MOST_AT_ONCE:,} can be "
            "compared: keep shared hosts and address pools out, and tell their holders by port, "
            "virtual host or account"
        )


# asset, claims at the worst instant: of assets with more than ? at one instant. At one instant ends
# come before beginnings, as intervals are half-open.
CROWDS = """
WITH turn AS (
    SELECT asset, start_min AS t, 1 AS step FROM claims
    UNION ALL SELECT asset, end_max AS t, -1 AS step FROM claims
), running AS (
    SELECT asset, sum(step) OVER (
        PARTITION BY asset ORDER BY t, step ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS at_once
    FROM turn
)
SELECT asset, CAST(max(at_once) AS BIGINT) FROM running
GROUP BY asset HAVING max(at_once) > ? ORDER BY asset
"""

# Stretches between neighbouring cuts in which some claim possibly holds. Unknown bounds stand as
# far out as time goes, so the last cut of an asset ends its last piece.
PIECES = """
CREATE OR REPLACE TEMP TABLE pieces AS
WITH cut AS (
    SELECT asset, start_min AS t FROM claims UNION SELECT asset, start_max FROM claims
    UNION SELECT asset, end_min FROM claims UNION SELECT asset, end_max FROM claims
), stretch AS (
    SELECT asset, t AS s, lead(t) OVER (PARTITION BY asset ORDER BY t) AS e FROM cut
), held AS (
    SELECT DISTINCT p.asset, p.s, p.e FROM stretch p JOIN claims c
      ON p.asset = c.asset AND p.s >= c.start_min AND p.s < c.end_max
    WHERE p.e IS NOT NULL
)
SELECT row_number() OVER (ORDER BY asset, s) - 1 AS piece, asset, s, e FROM held
"""

# piece, asset, start us, end us, claim, holder, certain
MEMBERS = """
SELECT p.piece, p.asset, p.s, p.e, c.claim, c.holder, c.start_max <= p.s AND p.s < c.end_min
FROM pieces p JOIN claims c ON p.asset = c.asset AND p.s >= c.start_min AND p.s < c.end_max
ORDER BY p.piece, c.claim
"""

# event, piece: for an engine without ASOF
PLACED_ANYWHERE = """
SELECT x.event, p.piece FROM events x JOIN pieces p ON x.asset = p.asset
WHERE x.us >= p.s AND x.us < p.e ORDER BY x.event
"""

# event, piece: the end is compared afterwards, since an event in a gap finds the piece before it
PLACED_ASOF = """
SELECT x.event, p.piece
FROM events x ASOF JOIN pieces p ON x.asset = p.asset AND x.us >= p.s
WHERE x.us < p.e ORDER BY x.event
"""
