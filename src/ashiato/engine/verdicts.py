"""Verdicts on custody for millions of events: who may have held it, who certainly did, by count.

The same cutting as in `ashiato.engine.custody`, with everything numbered and the answer counted in
the engine. Assets with more claims at one instant than can be compared are kept out of the pieces,
which would grow with the square: for them beginnings and ends are summed up, and a number is told
where no name can be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from ashiato.core.time import FIRST, LAST, UncertainInterval
from ashiato.engine.custody import CROWDS
from ashiato.engine.probes import microseconds

NUMBERED_EVENTS = pa.schema([("event", pa.int64()), ("asset", pa.int32()), ("us", pa.int64())])
"""Events by number: which asset (negative: none that is on record), microseconds since 1970 UTC."""
NUMBERED_CLAIMS = pa.schema(
    [(name, pa.int32()) for name in ("claim", "asset", "holder")]
    + [(bound, pa.int64()) for bound in ("start_min", "start_max", "end_min", "end_max")]
    + [(name, pa.bool_()) for name in ("firm", "shared")]
)
JUDGED = pa.schema(
    [
        ("event", pa.int64()),
        ("verdict", pa.string()),
        ("possible", pa.int64()),
        ("certain", pa.int64()),
        ("claims", pa.list_(pa.int32())),
    ]
)


class HolderVerdict(StrEnum):
    """What the claims say of one event; only ``sole-certain`` names somebody without doubt."""

    SOLE_CERTAIN = "sole-certain"
    SOLE_POSSIBLE = "sole-possible"
    CERTAIN_AND_RIVALS = "certain+rivals"
    CONFLICT = "conflict"
    SHARED = "shared"
    AMBIGUOUS = "ambiguous"
    CROWDED = "crowded"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NumberedClaim:
    """A claim that a holder had an asset, each by its number.

    ``firm`` where it may make somebody the certain holder, ``shared`` where the asset then serves
    several at once. ``doubtful`` claims are possible throughout, whatever their bounds.
    """

    claim: int
    asset: int
    holder: int
    interval: UncertainInterval
    firm: bool = True
    shared: bool = False
    doubtful: bool = False


def numbered_claims(claims: Iterable[NumberedClaim]) -> pa.Table:
    """Lay claims out as the table ``claims``."""
    rows = [(c.claim, c.asset, c.holder, *_bounds(c), c.firm, c.shared) for c in claims]
    columns: Sequence[Sequence[object]] = (
        list(zip(*rows, strict=True)) if rows else [()] * len(NUMBERED_CLAIMS)
    )
    arrays = [pa.array(c, f.type) for c, f in zip(columns, NUMBERED_CLAIMS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=NUMBERED_CLAIMS)


def _bounds(claim: NumberedClaim) -> tuple[int, ...]:
    first, sure, unsure, last = claim.interval.bounds
    if claim.doubtful:
        sure, unsure = LAST, FIRST
    return tuple(map(microseconds, (first, sure, unsure, last)))


CROWDED = f"CREATE OR REPLACE TEMP TABLE crowded AS {CROWDS}"

# Of crowded assets: how many claims possibly hold from each turn on.
COUNTED = """
CREATE OR REPLACE TEMP TABLE counted AS
WITH turn AS (
    SELECT asset, start_min AS t, 1 AS step FROM claims SEMI JOIN crowded USING (asset)
    UNION ALL SELECT asset, end_max, -1 FROM claims SEMI JOIN crowded USING (asset)
), net AS (SELECT asset, t, sum(step) AS step FROM turn GROUP BY asset, t)
SELECT asset, t AS s,
       CAST(sum(step) OVER (PARTITION BY asset ORDER BY t) AS BIGINT) AS at_once
FROM net
"""

# A stretch between two cuts: how many holders may and how many certainly hold, and the claims.
SEGMENTS = """
CREATE OR REPLACE TEMP TABLE segments AS
WITH few AS (SELECT * FROM claims ANTI JOIN crowded USING (asset)), cut AS (
    SELECT asset, start_min AS t FROM few UNION SELECT asset, start_max FROM few
    UNION SELECT asset, end_min FROM few UNION SELECT asset, end_max FROM few
), stretch AS (
    SELECT asset, t AS s, lead(t) OVER (PARTITION BY asset ORDER BY t) AS e FROM cut
)
SELECT p.asset, p.s, p.e, count(DISTINCT c.holder) AS possible,
       count(DISTINCT c.holder) FILTER (c.start_max <= p.s AND p.s < c.end_min) AS certain,
       coalesce(bool_or(c.firm AND c.start_max <= p.s AND p.s < c.end_min), false) AS firm,
       bool_or(c.shared) AS shared, list(c.claim ORDER BY c.claim) AS claims
FROM stretch p JOIN few c ON p.asset = c.asset AND p.s >= c.start_min AND p.s < c.end_max
WHERE p.e IS NOT NULL
GROUP BY p.asset, p.s, p.e
"""

# event, verdict, possible, certain, claims. The end is compared after the join: an event in a gap
# finds the piece before it.
JUDGE = """
WITH lone AS (
    SELECT x.event, x.us < g.e AS inside, g.possible, g.certain, g.firm, g.shared, g.claims
    FROM (SELECT * FROM events ANTI JOIN crowded USING (asset)) x
    ASOF LEFT JOIN segments g ON x.asset = g.asset AND x.us >= g.s
), crowd AS (
    SELECT x.event, coalesce(g.at_once, 0) AS at_once
    FROM (SELECT * FROM events SEMI JOIN crowded USING (asset)) x
    ASOF LEFT JOIN counted g ON x.asset = g.asset AND x.us >= g.s
)
SELECT event, CASE
           WHEN inside IS NOT TRUE THEN 'none'
           WHEN shared THEN 'shared'
           WHEN possible = 1 AND certain = 1 AND firm THEN 'sole-certain'
           WHEN possible = 1 THEN 'sole-possible'
           WHEN certain = 1 THEN 'certain+rivals'
           WHEN certain > 1 THEN 'conflict'
           ELSE 'ambiguous' END AS verdict,
       CASE WHEN inside THEN possible ELSE 0 END AS possible,
       CASE WHEN inside THEN certain ELSE 0 END AS certain,
       CASE WHEN inside THEN claims ELSE [] END AS claims
FROM lone
UNION ALL
SELECT event, CASE WHEN at_once > 0 THEN 'crowded' ELSE 'none' END, at_once, 0, [] FROM crowd
ORDER BY event
"""
