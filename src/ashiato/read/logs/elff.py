"""The W3C's extended log file format: Blue Coat proxies, IIS and others.

``#Fields:`` names the columns and may change within a file. ``date`` and ``time`` are in UTC by the
W3C working draft (WD-logfile-960323); ``localtime`` and ``x-`` times are not read. A log of a web
server (``s-ip`` and ``cs-uri-stem``, no ``cs-host`` of a stranger) is one of visits to it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ashiato.core.sources import Intake
from ashiato.read.logs.drawn import Drawn, drawn_rows, sort_lines
from ashiato.read.logs.format import Parsed, Parser, head_lines
from ashiato.read.logs.stamps import Calendar
from ashiato.read.logs.text import Text

_FIELDS = re.compile(r"#\s*fields:\s*", re.IGNORECASE)
_CELL = re.compile(r'"((?:[^"]|"")*)"|(\S+)')
_NOTHING = {"-", ""}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"(\d\d:\d\d:\d\d)((?:\.\d{1,9})?)")
_BAD = "not a line with the fields that the headings name"
_USUAL = {"http": "80", "https": "443", "ftp": "21"}
_STRAIGHT = {
    "src_ip": ("c-ip",),
    "user": ("cs-username", "cs-user"),
    "dst_ip": ("r-ip", "cs-ip", "s-ip", "s-supplier-ip"),
    "dst_port": ("cs-uri-port", "r-port", "s-port"),
    "domain": ("cs-host", "cs(Host)", "cs-uri-hostname", "r-host"),
    "method": ("cs-method",),
    "status": ("sc-status",),
    "bytes_out": ("cs-bytes",),
    "bytes_in": ("sc-bytes", "rs-bytes"),
    "user_agent": ("cs(User-Agent)", "cs(user-agent)"),
}
"""Lake columns and the fields that fill them; the first that is there counts."""


class Elff:
    """The format."""

    name = "elff"
    parser_id = "elff@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether the headings name the fields as the draft demands."""
        return any(_names_fields(line) for line in head_lines(head))

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - the headings say everything
        """Make a parser for one file."""
        return ElffParser()


def _names_fields(line: str) -> bool:
    found = _FIELDS.match(line)
    return bool(found) and {"date", "time"} <= set(line[found.end() if found else 0 :].split())


@dataclass(slots=True)
class ElffParser:
    """Remembers the headings between blocks."""

    fields: tuple[str, ...] = ()

    def remember(self) -> dict[str, Any]:
        """Say the headings in force."""
        return {"fields": list(self.fields)}

    def recall(self, said: Mapping[str, Any]) -> None:
        """Take back what `remember` gave."""
        self.fields = tuple(said["fields"])

    def parse(self, text: Text) -> Parsed:
        """Make proxy or http rows of a block's lines."""
        comments, numbered = 0, []
        for line, written in text.numbered():
            if written.startswith("#"):
                comments += 1
                self._heed(written)
            else:
                numbered.append((line, (self.fields, written)))
        heaps = sort_lines(numbered, lambda entry: _draw(*entry))
        rows = drawn_rows(heaps.lines, heaps.drawn, Calendar(None))
        return replace(rows.and_also(heaps.refused(_BAD)), comments=comments)

    def _heed(self, heading: str) -> None:
        found = _FIELDS.match(heading)
        if found:
            self.fields = tuple(heading[found.end() :].split())


def _draw(fields: tuple[str, ...], written: str) -> Drawn | None:
    cells = [a.replace('""', '"') if a else b for a, b in _CELL.findall(written)]
    if not fields or len(cells) != len(fields):
        return None
    said = dict(zip(fields, cells, strict=True))
    clock = _CLOCK.fullmatch(said.get("time", ""))
    if clock is None or not _DATE.fullmatch(said.get("date", "")):
        return None
    return Drawn(_kind(said), said["date"], clock[1], clock[2] + "Z", _columns(said))


def _kind(said: Mapping[str, str]) -> str:
    return (
        "http" if "s-ip" in said and "s-supplier-ip" not in said and _is_server(said) else "proxy"
    )


def _is_server(said: Mapping[str, str]) -> bool:
    return "cs-uri-scheme" not in said and "s-action" not in said


def _columns(said: Mapping[str, str]) -> dict[str, str | None]:
    columns = {name: _first(said, places) for name, places in _STRAIGHT.items()}
    server = _kind(said) == "http"
    columns["host"] = _first(said, ("s-ip",)) if server else columns["src_ip"]
    columns["url"] = _url(said)
    milliseconds = _first(said, ("time-taken",))
    columns["duration"] = _seconds(milliseconds)
    return columns


def _first(said: Mapping[str, str], places: tuple[str, ...]) -> str | None:
    return next((said[place] for place in places if said.get(place, "-") not in _NOTHING), None)


def _url(said: Mapping[str, str]) -> str | None:
    whole = _first(said, ("cs-uri", "c-uri"))
    if whole:
        return whole
    stem, query = _first(said, ("cs-uri-path", "cs-uri-stem")), _first(said, ("cs-uri-query",))
    if stem is None:
        return None
    path = stem + (query if query and query.startswith("?") else f"?{query}" if query else "")
    scheme, host = _first(said, ("cs-uri-scheme",)), _first(said, _STRAIGHT["domain"])
    port = _first(said, ("cs-uri-port",))
    if host is None or scheme is None:
        return path
    usual = _USUAL.get(scheme.lower()) == port or port is None
    return f"{scheme}://{host}{'' if usual else ':' + str(port)}{path}"


def _seconds(milliseconds: str | None) -> str | None:
    if milliseconds is None or not re.fullmatch(r"\d{1,15}", milliseconds):
        return None
    return str(int(milliseconds) / 1000)
