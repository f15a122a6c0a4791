"""From a citation back to its words where they stand in a text taken out of a file."""

from typing import BinaryIO

from ashiato.core.errors import IntegrityFailure
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.core.sources import Intake, Source
from ashiato.read.files.extracting import HEAD, extract
from ashiato.read.files.formats import recognise_file

_REMEDY = "read the exhibit anew with `ashiato run`, or install the version that the citation names"


def extracted_texts(
    citation: Citation, exhibit: BinaryIO
) -> dict[tuple[str, str], tuple[str, str]]:
    """Take the texts out of an exhibit again: by member and extractor, the hash and the text.

    Raises:
        IntegrityFailure: the exhibit is no file that an extractor reads.

    """
    kind = recognise_file(exhibit.read(HEAD))
    exhibit.seek(0)
    if kind is None:
        raise IntegrityFailure(
            f"{citation.path} is no file that a text was taken out of; {_REMEDY}"
        )
    intake = Intake(citation.exhibit, citation.path, Source("", ""))
    found = {}
    for each in extract(exhibit, intake, kind):
        origin = each.decoded.origin
        if origin is not None:
            found[origin.member, origin.extractor] = (origin.text_sha256, each.decoded.text)
    return found


def words_at(
    citation: Citation, place: SpanLocator, texts: dict[tuple[str, str], tuple[str, str]]
) -> bytes:
    """Give the cited words of the texts that were taken out again.

    Raises:
        IntegrityFailure: there is no such text, it is not the one that was cited, or too short.

    """
    where = f"{citation.path} (exhibit {citation.exhibit})"
    held = texts.get((place.member or "", place.extractor or ""))
    if held is None:
        known = ", ".join(sorted({extractor for _, extractor in texts}))
        message = f"{where} gives no text {place.member or ''!r} by {place.extractor}; now: {known}"
        raise IntegrityFailure(f"{message}; {_REMEDY}")
    digest, text = held
    if digest != place.text_sha256:
        message = (
            f"{where}: {place.extractor} gave a text of hash {place.text_sha256}, now {digest}"
        )
        raise IntegrityFailure(f"{message}; {_REMEDY}")
    if not 0 <= place.start <= place.end <= len(text):
        raise IntegrityFailure(
            f"{where}: the text has {len(text)} code points, no {place}; {_REMEDY}"
        )
    return text[place.start : place.end].encode()
