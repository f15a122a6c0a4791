"""Hunting: find the actor's traces in everybody's logs, and say who was hit.

It takes what tracing and documents say of the actor's machines, makes indicators that hold only
while the actor held them, asks the engine for the rows that meet them, and says of every
organisation what its logs show. It never parses a log, never decides who the actor is, and never
drops a match in silence: what does not count is kept as excluded, with the reason.
"""

from ashiato.hunt.beacons import Beacon, beacons
from ashiato.hunt.cells import census_cells
from ashiato.hunt.census import census
from ashiato.hunt.indicators import from_tracing
from ashiato.hunt.leads import leads
from ashiato.hunt.lines import beacon_lines, hunt_lines
from ashiato.hunt.lists import from_file, from_report
from ashiato.hunt.observables import observable
from ashiato.hunt.pivots import proposals
from ashiato.hunt.sigma import LEVELS, hit_lines, rule_hits, rule_set
from ashiato.hunt.sweep import sightings, stream

__all__ = [
    "LEVELS",
    "Beacon",
    "beacon_lines",
    "beacons",
    "census",
    "census_cells",
    "from_file",
    "from_report",
    "from_tracing",
    "hit_lines",
    "hunt_lines",
    "leads",
    "observable",
    "proposals",
    "rule_hits",
    "rule_set",
    "sightings",
    "stream",
]
