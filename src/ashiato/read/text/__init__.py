"""Texts and web pages to claims: sentences, who says what, how surely, and the traces they name.

It proposes; a person reviews. It reads no intention into words, joins nobody across documents, and
gives nothing without the place it was read from. Words it goes by are data: the packs
`predicates` and `reading`.
"""

from ashiato.read.text.agreement import agree_on_types
from ashiato.read.text.aliases import alias_claims, candidates
from ashiato.read.text.document import (
    DocumentReading,
    document_indicators,
    document_techniques,
    read_document,
)
from ashiato.read.text.model import method_of
from ashiato.read.text.naming import voice_id
from ashiato.read.text.observables import indicators_in

__all__ = [
    "DocumentReading",
    "agree_on_types",
    "alias_claims",
    "candidates",
    "document_indicators",
    "document_techniques",
    "indicators_in",
    "method_of",
    "read_document",
    "voice_id",
]
