"""What hit machines contacted around their sightings, and who else did: the SQL of `company`.

Three scans. The first takes only the hit machines and the time around their sightings and gives the
candidates; the second counts over all organisations who contacted a candidate, in rounds of
candidates so that memory does not grow with the lake; the third reads the records of the few that
are left. Written as the rest of the engine's SQL: no lists, no lambdas, no dialect.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa

from ashiato.core.evidence import RecordLocator
from ashiato.engine.probes import instant


@dataclass(frozen=True, slots=True)
class Anchor:
    """A record that met an indicator; ``codec`` is empty where it has none.

    ``inbound``: the actor's address is where it came from. ``strong`` sightings make a machine hit;
    one with weak ones alone is neither hit nor not.
    """

    org: str
    exhibit: str
    codec: str
    kind: str
    record: int
    indicator: str
    inbound: bool
    strong: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a pivot goes: hours around a sighting, and the bounds that keep it small.

    Kept are candidates that at most ``others`` machines not hit contacted for each hit one, the
    ``most`` with the most hit machines; ``cited`` records are given of each.
    """

    hours: int
    others: int
    most: int
    cited: int


@dataclass(frozen=True, slots=True)
class Visit:
    """The first contact of one hit machine with a candidate."""

    org: str
    host: str
    ts: datetime
    kind: str
    exhibit: str
    locator: RecordLocator


@dataclass(frozen=True, slots=True)
class Companion:
    """A name or address that hit machines contacted around their sightings, and who else did.

    ``type`` is ``site`` (a registered domain with all under it), ``domain`` (one name) or ``ip``.
    Of ``hit_machines`` whose logs could show it ``hit_hosts`` contacted it, of ``other_machines``
    of all organisations ``other_hosts``. Contacts are the hit machines' own, in distinct instants;
    ``near`` of them lie around a sighting of the same machine, ``first`` and ``last`` bound all.
    ``indicators`` are those met on these machines; ``visits`` a few of them, the first first.
    """

    type: str
    name: str
    hit_hosts: int
    other_hosts: int
    hit_machines: int
    other_machines: int
    hit_orgs: int
    other_orgs: int
    contacts: int
    near: int
    first: datetime
    last: datetime
    indicators: tuple[str, ...]
    visits: tuple[Visit, ...]


class Statements(Protocol):
    """Runs one statement of the engine and gives its rows."""

    def __call__(self, statement: str, values: Sequence[object] = (), /) -> list[tuple[Any, ...]]:
        """Run it."""
        ...


ANCHORS = pa.schema(
    [
        ("org", pa.string()),
        ("exhibit", pa.string()),
        ("codec", pa.string()),
        ("kind", pa.string()),
        ("rec_no", pa.int64()),
        ("indicator", pa.string()),
        ("inbound", pa.bool_()),
        ("strong", pa.bool_()),
    ]
)
_ROUND = 20_000
"""Candidates counted at once."""

# One row for each thing that a row of a log shows as contacted. Addresses inside an organisation
# are left out here: they would crowd out the others, and no indicator could be made of them.
_CONTACTED = """
CREATE OR REPLACE TEMP VIEW contacted AS
SELECT 'site' AS type, rd AS name, org, coalesce(src_ip, host) AS machine, us, kind,
       exhibit, codec, rec_no, byte_off, byte_len
FROM swept WHERE kind IN ('dns', 'http', 'proxy', 'ssl') AND rd IS NOT NULL
UNION ALL
SELECT 'domain', domain, org, coalesce(src_ip, host), us, kind,
       exhibit, codec, rec_no, byte_off, byte_len
FROM swept WHERE kind IN ('dns', 'http', 'proxy', 'ssl') AND domain <> rd
UNION ALL
SELECT 'ip', dst_ip, org, coalesce(src_ip, host), us, kind,
       exhibit, codec, rec_no, byte_off, byte_len
FROM swept WHERE kind IN ('conn', 'http', 'proxy', 'ssl') AND dst_ip IS NOT NULL
 AND (dst_ip4 IS NULL OR NOT (dst_ip4 BETWEEN 167772160 AND 184549375
   OR dst_ip4 BETWEEN 2130706432 AND 2147483647 OR dst_ip4 BETWEEN 2851995648 AND 2852061183
   OR dst_ip4 BETWEEN 2886729728 AND 2887778303 OR dst_ip4 BETWEEN 3232235520 AND 3232301055
   OR dst_ip4 < 16777216 OR dst_ip4 >= 3758096384))
"""

# The machine of a sighting: who contacted the actor, or whom the actor came to.
_MET_ON = """
CREATE OR REPLACE TEMP TABLE met_on AS
SELECT r.org, CASE WHEN a.inbound THEN coalesce(r.dst_ip, r.host)
              ELSE coalesce(r.src_ip, r.host) END AS machine,
       a.indicator, a.strong, r.us // 3600000000 AS hour
FROM swept r JOIN anchors a
  ON r.org = a.org AND r.exhibit = a.exhibit AND coalesce(r.codec, '') = a.codec
 AND r.kind = a.kind AND r.rec_no = a.rec_no
"""

_MACHINES = """
CREATE OR REPLACE TEMP TABLE touched AS
SELECT org, machine, max(CASE WHEN strong THEN 1 ELSE 0 END) AS hit
FROM met_on WHERE machine IS NOT NULL GROUP BY org, machine
"""

# Stretches of time around the sightings of one machine, apart from one another.
_AROUND = """
CREATE OR REPLACE TEMP TABLE around AS
WITH hours AS (
    SELECT DISTINCT m.org, m.machine, m.hour FROM met_on m
    JOIN touched t ON m.org = t.org AND m.machine = t.machine WHERE t.hit = 1 AND m.strong
), before AS (
    SELECT org, machine, hour,
           lag(hour) OVER (PARTITION BY org, machine ORDER BY hour) AS earlier
    FROM hours
), marked AS (
    SELECT org, machine, hour,
           CASE WHEN hour - earlier <= 2 * {hours} THEN 0 ELSE 1 END AS begins
    FROM before
), numbered AS (
    SELECT org, machine, hour, sum(begins) OVER (
        PARTITION BY org, machine ORDER BY hour ROWS UNBOUNDED PRECEDING) AS stretch
    FROM marked
)
SELECT org, machine, (min(hour) - {hours}) * 3600000000 AS lo,
       (max(hour) + 1 + {hours}) * 3600000000 AS hi
FROM numbered GROUP BY org, machine, stretch
"""

_CANDIDATES = """
CREATE OR REPLACE TEMP TABLE candidates AS
SELECT type, name, row_number() OVER (ORDER BY type, name) AS number FROM (
    SELECT DISTINCT c.type, c.name FROM contacted c JOIN around a
      ON c.org = a.org AND c.machine = a.machine AND c.us >= a.lo AND c.us < a.hi
)
"""

_COUNTS = """
CREATE OR REPLACE TEMP TABLE company (
    type VARCHAR, name VARCHAR, hit_hosts BIGINT, other_hosts BIGINT,
    hit_orgs BIGINT, other_orgs BIGINT
)
"""

# A machine with weak sightings alone (hit = 0) counts on neither side.
_COUNT = """
INSERT INTO company
WITH pairs AS (
    SELECT c.type, c.name, c.org, c.machine
    FROM contacted c JOIN candidates k ON c.type = k.type AND c.name = k.name
    WHERE k.number > ? AND k.number <= ? AND c.machine IS NOT NULL
    GROUP BY c.type, c.name, c.org, c.machine
), sides AS (
    SELECT p.type, p.name, p.org, CASE WHEN t.hit = 1 THEN 1 ELSE 0 END AS hit,
           CASE WHEN t.hit IS NULL THEN 1 ELSE 0 END AS other
    FROM pairs p LEFT JOIN touched t ON p.org = t.org AND p.machine = t.machine
), by_org AS (
    SELECT type, name, org, sum(hit) AS hit, sum(other) AS other
    FROM sides GROUP BY type, name, org
)
SELECT type, name, sum(hit), sum(other), sum(CASE WHEN hit > 0 THEN 1 ELSE 0 END),
       sum(CASE WHEN hit = 0 AND other > 0 THEN 1 ELSE 0 END)
FROM by_org GROUP BY type, name HAVING sum(other) <= {others} * sum(hit)
"""

_CHOSEN = """
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT * FROM company WHERE hit_hosts > 0
ORDER BY hit_hosts DESC, other_hosts, type, name LIMIT {most}
"""

# type, hit machines, machines not hit: whose logs could show such a thing
_COMPARABLE = """
WITH machines AS (
    SELECT DISTINCT type, org, machine FROM contacted
    WHERE type IN ('site', 'ip') AND machine IS NOT NULL
)
SELECT m.type, sum(CASE WHEN t.hit = 1 THEN 1 ELSE 0 END),
       sum(CASE WHEN t.hit IS NULL THEN 1 ELSE 0 END)
FROM machines m LEFT JOIN touched t ON m.org = t.org AND m.machine = t.machine
GROUP BY m.type ORDER BY m.type
"""

# One row for each contact of a hit machine with what was chosen.
_VISITS = """
CREATE OR REPLACE TEMP TABLE visits AS
SELECT c.*, CASE WHEN a.org IS NULL THEN 0 ELSE 1 END AS near
FROM contacted c
JOIN chosen k ON c.type = k.type AND c.name = k.name
JOIN touched t ON c.org = t.org AND c.machine = t.machine
LEFT JOIN around a
  ON c.org = a.org AND c.machine = a.machine AND c.us >= a.lo AND c.us < a.hi
WHERE t.hit = 1
"""

# type, name, contacts, near, first us, last us
_TIMES = """
SELECT type, name, count(*), sum(near), min(first), max(last) FROM (
    SELECT type, name, org, machine, us, max(near) AS near, min(us) AS first, max(us) AS last
    FROM visits GROUP BY type, name, org, machine, us
) GROUP BY type, name ORDER BY type, name
"""

# type, name, indicator: met on a machine that contacted it
_CHAIN = """
SELECT DISTINCT v.type, v.name, m.indicator
FROM (SELECT DISTINCT type, name, org, machine FROM visits) v
JOIN met_on m ON v.org = m.org AND v.machine = m.machine
WHERE m.strong ORDER BY v.type, v.name, m.indicator
"""

# type, name, org, machine, us, kind, exhibit, codec, rec_no, byte_off, byte_len
_FIRST = """
WITH firsts AS (
    SELECT *, row_number() OVER (
        PARTITION BY type, name, org, machine
        ORDER BY near DESC, us, exhibit, rec_no, kind) AS nth
    FROM visits
), ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY type, name ORDER BY near DESC, us, org, machine, exhibit, rec_no) AS place
    FROM firsts WHERE nth = 1
)
SELECT type, name, org, machine, us, kind, exhibit, codec, rec_no, byte_off, byte_len
FROM ranked WHERE place <= {cited} ORDER BY type, name, place
"""

# type, name, hit_hosts, other_hosts, hit_orgs, other_orgs
_COMPANY = """
SELECT type, name, hit_hosts, other_hosts, hit_orgs, other_orgs
FROM chosen ORDER BY type, name
"""


def anchors_table(anchors: Iterable[Anchor]) -> pa.Table:
    """Lay the anchors out as the table ``anchors``, each once."""
    rows = sorted(
        {
            (a.org, a.exhibit, a.codec, a.kind, a.record, a.indicator, a.inbound, a.strong)
            for a in anchors
        }
    )
    columns = zip(*rows, strict=True) if rows else [()] * len(ANCHORS)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, ANCHORS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=ANCHORS)


def company(run: Statements, reach: Reach) -> tuple[int, tuple[Companion, ...]]:
    """Answer `Engine.company` with the table ``anchors`` at hand."""
    for statement in (_CONTACTED, _MET_ON, _MACHINES, _AROUND.format(hours=int(reach.hours))):
        run(statement)
    run(_CANDIDATES)
    ((tested,),) = run("SELECT count(*) FROM candidates")
    run(_COUNTS)
    for begin in range(0, tested, _ROUND):
        run(_COUNT.format(others=int(reach.others)), [begin, begin + _ROUND])
    run(_CHOSEN.format(most=int(reach.most)))
    run(_VISITS)
    return tested, tuple(_companions(run, reach))


def _companions(run: Statements, reach: Reach) -> Iterator[Companion]:
    comparable = {kind: (hit, other) for kind, hit, other in run(_COMPARABLE)}
    times = {(kind, name): rest for kind, name, *rest in run(_TIMES)}
    chain = _by_thing(run(_CHAIN))
    visits = _by_thing(run(_FIRST.format(cited=int(reach.cited))))
    for kind, name, hits, others, hit_orgs, other_orgs in run(_COMPANY):
        of_kind = comparable["ip" if kind == "ip" else "site"]
        contacts, near, first, last = times[kind, name]
        yield Companion(
            type=kind,
            name=name,
            hit_hosts=hits,
            other_hosts=others,
            hit_machines=of_kind[0],
            other_machines=of_kind[1],
            hit_orgs=hit_orgs,
            other_orgs=other_orgs,
            contacts=contacts,
            near=near,
            first=instant(first),
            last=instant(last),
            indicators=tuple(indicator for (indicator,) in chain[kind, name]),
            visits=tuple(_visit(row) for row in visits[kind, name]),
        )


def _by_thing(
    rows: Iterable[tuple[Any, ...]],
) -> Mapping[tuple[str, str], Sequence[tuple[Any, ...]]]:
    found: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for kind, name, *rest in rows:
        found.setdefault((kind, name), []).append(tuple(rest))
    return found


def _visit(row: tuple[Any, ...]) -> Visit:
    org, machine, us, kind, exhibit, codec, record, offset, length = row
    locator = RecordLocator(record, offset, length, codec)
    return Visit(org, machine, instant(us), kind, exhibit, locator)
