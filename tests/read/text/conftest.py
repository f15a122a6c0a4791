"""The invented world of these tests: an outlet, a police force, a vendor."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ashiato.core.sources import Intake, Source
from ashiato.read.text import DocumentReading, read_document

Reader = Callable[..., DocumentReading]
SOURCES = {
    "outlet": Source("bay-herald", "Bay Herald", "outlet"),
    "agency": Source("harbour-police", "Harbour Police", "agency"),
    "organisation": Source("tidewatch-labs", "Tidewatch Labs", "organisation"),
}
PUBLISHED = datetime(2031, 4, 22, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def read() -> Reader:
    """Read a text as published by one of the invented sources."""

    def _read(text: str, kind: str = "outlet", path: str = "news.txt") -> DocumentReading:
        intake = Intake("e" * 64, path, SOURCES[kind], published=PUBLISHED)
        return read_document(text.encode(), intake)

    return _read
