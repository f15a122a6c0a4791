"""A web page's own words, told from what surrounds them, by trafilatura."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import trafilatura

from ashiato.read.files.frames import Frame, text
from ashiato.read.sandbox import Refused


def main_text(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Give the page's main text, of which only the words are compared; none where it has none."""
    try:
        found = trafilatura.extract(
            stream.read().decode("utf-8", "replace"),
            favor_recall=True,
            include_comments=False,
            include_tables=True,
            deduplicate=False,
        )
    except (ValueError, TypeError) as error:
        raise Refused(f"its main text cannot be told ({error})") from error
    yield from text(found or "")
