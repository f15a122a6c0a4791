"""Palo Alto firewalls: traffic logs, and the web addresses of threat logs, comma-separated.

The order of the fields is that of PAN-OS 8 to 11 (PAN-OS Administrator's Guide, syslog field
descriptions), with or without a syslog header before them. Times are the firewall's local ones.
"""

import csv
import re
from typing import Literal

from ashiato.core.sources import Intake
from ashiato.read.logs.drawn import Drawn, drawn_rows, sort_lines
from ashiato.read.logs.format import Forgetful, Parsed, Parser, is_mostly
from ashiato.read.logs.stamps import Calendar
from ashiato.read.logs.text import Text

_KIND = re.compile(r"(?:^|[ :])\d+,\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,[^,]*,(?:TRAFFIC|THREAT),")
_HEAD = r"(?:^|[ :])\d+,\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,[^,]*,[A-Z]+,"
_TIME = re.compile(r"(\d{4})/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)")
_TYPE, _SUBTYPE, _GENERATED = 3, 4, 6
_TRAFFIC = {
    "src_ip": 7, "dst_ip": 8, "user": 12, "src_port": 24, "dst_port": 25, "method": 29,
    "status": 30, "bytes_out": 32, "bytes_in": 33, "duration": 36,
}  # fmt: skip
_THREAT = {
    "src_ip": 7, "dst_ip": 8, "user": 12, "src_port": 24, "dst_port": 25, "status": 30,
    "user_agent": 46,
}  # fmt: skip
_URL = 31
_BAD = "not a line of a PAN-OS log, or a traffic or threat line that lacks fields"


class PanOs:
    """The format."""

    name = "pan"
    parser_id = "pan@2"

    def recognise(self, head: bytes) -> bool:
        """Say whether most of the first lines are a firewall's."""
        return is_mostly(head, _HEAD)

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - each line says everything
        """Make a parser for one file."""
        return PanOsParser()


class PanOsParser(Forgetful):
    """Reads traffic and web addresses; system and configuration lines are counted as ignored."""

    def parse(self, text: Text) -> Parsed:
        """Make conn and http rows of a block's lines."""
        heaps = sort_lines(text.numbered(), _line)
        rows = drawn_rows(heaps.lines, heaps.drawn, Calendar(None))
        return rows.and_also(heaps.refused(_BAD), ignored=heaps.ignored)


def _line(written: str) -> Drawn | Literal["ignored"] | None:
    start = _KIND.search(written)
    if start is None:
        return "ignored" if re.search(_HEAD, written) else None
    cells = _cells(written[start.start() :].lstrip(" :"))
    when = _TIME.fullmatch(cells[_GENERATED]) if len(cells) > _URL + 1 else None
    if when is None:
        return None
    if cells[_TYPE] == "THREAT" and cells[_SUBTYPE] != "url":
        return "ignored"
    kind, columns = _said(cells)
    return Drawn(kind, "-".join(when.groups()[:3]), when[4], "", columns)


def _cells(written: str) -> list[str]:
    try:
        return next(csv.reader([written]), [])
    except csv.Error:  # a NUL or an endless field: no line of the format
        return []


def _said(cells: list[str]) -> tuple[str, dict[str, str | None]]:
    is_web = cells[_TYPE] == "THREAT"
    places = _THREAT if is_web else _TRAFFIC
    columns: dict[str, str | None] = {
        name: cells[at] if at < len(cells) else None for name, at in places.items()
    }
    columns["host"] = columns["src_ip"]
    if is_web:
        columns |= {"url": cells[_URL], "domain": re.split(r"[/:?]", cells[_URL])[0]}
    return ("http" if is_web else "conn"), columns
