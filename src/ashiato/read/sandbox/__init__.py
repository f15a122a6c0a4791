"""Parsers of hostile formats run here: in a child that reads one open file and answers in JSON.

The child has no network, no file but the interpreter's own libraries, no way to start or signal
a process, and bounds on time, memory and result. Whatever it does has an `Ending`. The sandbox
never trusts what comes back: frames are data of the file, and who they are about is our own word.
"""

from ashiato.read.sandbox.keeper import confined
from ashiato.read.sandbox.outcome import JSON, Ended, Ending, Limits, Outcome, Refused
from ashiato.read.sandbox.parsers import PARSERS

__all__ = [
    "JSON",
    "PARSERS",
    "Ended",
    "Ending",
    "Limits",
    "Outcome",
    "Refused",
    "confined",
]
