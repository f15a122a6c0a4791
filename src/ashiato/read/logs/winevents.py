"""Windows event logs: EVTX itself, and its exports as XML and JSON.

EVTX is opened in the sandbox (see `ashiato.read.logs.evtx`), which gives JSON as an export has it;
from there all three go the same way: every event under its own names, and a row where the lake has
a kind for it. Times are those of ``TimeCreated``, in UTC.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from ashiato.core.sources import Intake
from ashiato.read.events.layout import FILE_MAGIC
from ashiato.read.logs.format import Parsed, Parser
from ashiato.read.logs.lines import BOM
from ashiato.read.logs.text import Text
from ashiato.read.logs.winflat import Flattener, Said, from_json
from ashiato.read.logs.winrows import rows_of
from ashiato.read.logs.winxml import from_xml

_XML = re.compile(rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<Events[^>]{0,500}>\s*)?<Event[\s>]")
_JSON = re.compile(rb"\s*(?:Record \d+\s*)?(?:\[\s*)?\{")
_SIGNS = (
    (b'"Event"', b'"System"', b'"EventID"'),
    (b'"winlog"', b'"event_id"'),
)


class Evtx:
    """The binary log."""

    name = "evtx"
    parser_id = "evtx@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether a file begins as EVTX does."""
        return head.startswith(FILE_MAGIC)

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - each event says everything
        """Make a parser for one file."""
        return EventParser(from_json)


class EventsXml:
    """What ``wevtutil qe /f:xml`` and Event Viewer write."""

    name = "winevents-xml"
    parser_id = "winevents-xml@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether a file begins with an event."""
        return bool(_XML.match(head.removeprefix(BOM)))

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - each event says everything
        """Make a parser for one file."""
        return EventParser(from_xml)


class EventsJson:
    """What evtx_dump and Beats write: an object a line, or spread over lines, or in an array."""

    name = "winevents-json"
    parser_id = "winevents-json@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether a file begins with an object that has the names of an event."""
        begins = _JSON.match(head.removeprefix(BOM))
        return bool(begins) and any(all(s in head for s in signs) for signs in _SIGNS)

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - each event says everything
        """Make a parser for one file."""
        return EventParser(from_json)


class EventParser:
    """Reads events one by one; those that no kind of row fits are kept under their own names."""

    def __init__(self, read: Callable[[str], Said | None]) -> None:
        self._flattener = Flattener(read)

    def parse(self, text: Text) -> Parsed:
        """Make events, and rows of those that have a kind in the lake."""
        found = self._flattener.flatten(text.numbered())
        pairs = [(events, rows_of(events)) for events in found.events]
        rows = tuple(rows for _, rows in pairs if rows)
        ignored = sum(len(events.lines) for events, rows in pairs if rows is None)
        return replace(found, rows=rows, ignored=ignored)
