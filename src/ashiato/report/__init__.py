"""An assessed case -> the dossier that people read and programs parse, and the terminal summary.

It renders and never computes: it sorts, counts and formats what the other parts decided, and
chooses no probability, no word and no verdict. Everything it prints is masked first; every
statement of fact carries the way back to its bytes; nobody is named as more than suspected.
"""

from ashiato.report.dossier import write_dossier
from ashiato.report.machine import csv_bytes, safe_cell, sorted_claims
from ashiato.report.rows import (
    claim_row,
    indicator_row,
    lead_row,
    problem_row,
    proposal_row,
    sighting_row,
    technique_row,
)
from ashiato.report.summary import summary
from ashiato.report.veil import veiled

__all__ = [
    "claim_row",
    "csv_bytes",
    "indicator_row",
    "lead_row",
    "problem_row",
    "proposal_row",
    "safe_cell",
    "sighting_row",
    "sorted_claims",
    "summary",
    "technique_row",
    "veiled",
    "write_dossier",
]
