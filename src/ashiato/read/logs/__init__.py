"""Logs of organisations: bytes to lines to typed rows of the lake, each leading back to its bytes.

A line that cannot be used is counted and cited; a zone, a year or an encoding is never guessed;
nothing here decides what a row means.
"""

from ashiato.read.logs.exhibits import NO_LOG, read_log
from ashiato.read.logs.lines import decoded_head
from ashiato.read.logs.mapped import COLUMNS, TIMES
from ashiato.read.logs.reading import READERS, LogReading, recognise_log
from ashiato.read.logs.stretches import same_stretches

__all__ = [
    "COLUMNS",
    "NO_LOG",
    "READERS",
    "TIMES",
    "LogReading",
    "decoded_head",
    "read_log",
    "recognise_log",
    "same_stretches",
]
