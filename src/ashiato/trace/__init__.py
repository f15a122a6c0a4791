"""Who controlled a machine, an account or an address, in which role, when; and which names are one.

Joins providers' registers, documents' claims and log-in records into tenancies with uncertain
bounds, hand-overs and identity judgements, each with its reason and its citations. It never merges
two names, never infers a user from a payer or a customer, never lets a default or a detection alone
be certain, and never calls two names different because nothing links them.
"""

from ashiato.trace.answers import who
from ashiato.trace.clearing import Cleared, innocent
from ashiato.trace.clusters import Kinship, between, clusters
from ashiato.trace.holding import Holding, holding
from ashiato.trace.identity import judge, rented_by
from ashiato.trace.segments import Segment, timeline
from ashiato.trace.sharing import NO_MORE, Sharing, Trail, rented, who_else
from ashiato.trace.spans import Span, handovers_of, spans
from ashiato.trace.strength import Hop, chain, weakest
from ashiato.trace.tracing import GAPS, trace

__all__ = [
    "GAPS",
    "NO_MORE",
    "Cleared",
    "Holding",
    "Hop",
    "Kinship",
    "Segment",
    "Sharing",
    "Span",
    "Trail",
    "between",
    "chain",
    "clusters",
    "handovers_of",
    "holding",
    "innocent",
    "judge",
    "rented",
    "rented_by",
    "spans",
    "timeline",
    "trace",
    "weakest",
    "who",
    "who_else",
]
