"""Files to text: every format by a small reader of its own, run in the sandbox.

What a reader takes out of a file is an artefact: a text named by its reader's version and its hash.
Spans count in it; making it again gives the same text, or the citation fails. No claim is made
here, and no name inside a file is ever used as a path.
"""

from ashiato.read.files.extracting import Extracted, extract
from ashiato.read.files.formats import CONTAINER_KINDS, FILE_KINDS, recognise_file
from ashiato.read.files.reading import file_indicators, read_file
from ashiato.read.files.resolving import extracted_text

__all__ = [
    "CONTAINER_KINDS",
    "FILE_KINDS",
    "Extracted",
    "extract",
    "extracted_text",
    "file_indicators",
    "read_file",
    "recognise_file",
]
