"""A web page to what a reader of it sees, and to its own words as trafilatura tells them.

What is seen comes first: where telling the page's own words apart fails, all of it is kept.
"""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import trafilatura

from ashiato.read.files.frames import PIECE, Frame, clean, text
from ashiato.read.files.runs import runs_of
from ashiato.read.text.html import read_page


def extract(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Give the visible characters, the places they stand for, hidden spans, and the main text."""
    source = stream.read().decode()
    page = read_page(source)
    yield from text(clean(page.visible.text))
    runs = [number for run in runs_of(page.visible) for number in run]
    for at in range(0, len(runs), PIECE):
        yield {"runs": runs[at : at + PIECE]}
    yield {"hidden": [[start, end] for start, end in page.hidden]}
    for piece in text(clean(_main(source))):
        yield {"main": piece["text"]}


def _main(source: str) -> str:
    found = trafilatura.extract(
        source, favor_recall=True, include_comments=False, include_tables=True, deduplicate=False
    )
    return found or ""
