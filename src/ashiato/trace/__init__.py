"""Who controlled a machine, an account or an address, in which role, when; and which names are one.

Joins providers' registers, documents' claims and log-in records into tenancies with uncertain
bounds, hand-overs and identity judgements, each with its reason and its citations. It never merges
two names, never infers a user from a payer or a customer, never lets a default or a detection alone
be certain, and never calls two names different because nothing links them.
"""

from ashiato.trace.answers import who
from ashiato.trace.clusters import Kinship, between, clusters
from ashiato.trace.identity import judge, rented_by
from ashiato.trace.segments import Segment, timeline
from ashiato.trace.tracing import GAPS, trace

__all__ = [
    "GAPS",
    "Kinship",
    "Segment",
    "between",
    "clusters",
    "judge",
    "rented_by",
    "timeline",
    "trace",
    "who",
]
