"""Bytes to claims, mentions, records and rows: every one with the place it stands at.

It reads what a file says and never judges it: whether a claim is true, who is who, or what counts
as an indicator is decided elsewhere. What it cannot read is a recorded problem.
"""

from ashiato.read.detect import detect
from ashiato.read.files.extracting import LOG_INSIDE
from ashiato.read.files.formats import FILE_KINDS
from ashiato.read.files.reading import file_indicators, file_techniques, read_file
from ashiato.read.files.resolving import extracted_texts, words_at
from ashiato.read.histories import HISTORIES, read_history
from ashiato.read.logs import READERS, LogReading, read_log
from ashiato.read.sandbox import Ended
from ashiato.read.tables import TableReading, read_table
from ashiato.read.text import (
    DocumentReading,
    agree_on_types,
    alias_claims,
    candidates,
    document_indicators,
    document_techniques,
    indicators_in,
    method_of,
    read_document,
    voice_id,
)

__all__ = [
    "FILE_KINDS",
    "HISTORIES",
    "LOG_INSIDE",
    "READERS",
    "DocumentReading",
    "Ended",
    "LogReading",
    "TableReading",
    "agree_on_types",
    "alias_claims",
    "candidates",
    "detect",
    "document_indicators",
    "document_techniques",
    "extracted_texts",
    "file_indicators",
    "file_techniques",
    "indicators_in",
    "method_of",
    "read_document",
    "read_file",
    "read_history",
    "read_log",
    "read_table",
    "voice_id",
    "words_at",
]
