"""Windows DNS Server's debug log: queries that a domain controller received.

``20/04/2031 09:00:01 0E8C PACKET 00000000028E5C30 UDP Rcv 192.0.2.5 0002 Q [0001 D NOERROR] A
(3)www(7)example(3)com(0)``. The date is in the server's language: ISO dates and those with a day
past twelve say their order, for the others the case must state ``date_order`` (``mdy`` or ``dmy``).
"""

import re
from typing import Literal

import numpy as np

from ashiato.core.errors import BadInput
from ashiato.core.sources import Intake
from ashiato.read.logs.drawn import Drawn, drawn_rows, sort_lines
from ashiato.read.logs.format import Forgetful, Parsed, Parser, Refused
from ashiato.read.logs.stamps import Calendar
from ashiato.read.logs.text import Text

_DATE = r"(?P<date>\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4})"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)(?: (?P<half>[AP]M))?"
_PACKET = re.compile(
    rf"{_DATE} {_CLOCK} +[0-9A-Fa-f]+ +PACKET +[0-9A-Fa-f]+ (?P<proto>UDP|TCP) +(?P<way>Rcv|Snd) +"
    r"(?P<peer>[0-9A-Fa-f:.]+) +[0-9a-fA-F]{4} +(?P<reply>R?) *[QNU?]? *\[[0-9a-fA-F]{4} *"
    r"(?P<flags>[A-Z ]*?) *(?P<rcode>[A-Z0-9]+)\] +(?P<type>[A-Z0-9]+) +(?P<name>\S+)\s*"
)
_STARTS = re.compile(rf"{_DATE} {_CLOCK} +[0-9A-Fa-f]+ +PACKET ")
_LABEL = re.compile(r"\(\d{1,2}\)")
_ORDERS = {"mdy", "dmy"}
_LAST_MONTH = 12
_YEAR_DIGITS = 4
_NOON = 12
_BAD = "not a packet line of a Windows DNS debug log"


class WindowsDns:
    """The format."""

    name = "windows-dns"
    parser_id = "windows-dns@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether any of the first lines is a packet: the log explains itself at length."""
        lines = head.decode("utf-8", "replace").splitlines()
        return b" PACKET " in head and any(_STARTS.match(line) for line in lines)

    def begin(self, intake: Intake) -> Parser:
        """Make a parser for one file.

        Raises:
            BadInput: the case states an order of dates that is none.

        """
        order = intake.extra.get("date_order", "")
        if order and order not in _ORDERS:
            raise BadInput(
                f"{order!r} is no order of dates",
                path=intake.path,
                place="date_order",
                remedy='state "mdy" or "dmy" in case.toml',
            )
        return WindowsDnsParser(order)


class WindowsDnsParser(Forgetful):
    """Reads queries that were received; what the server sent is counted as ignored."""

    def __init__(self, order: str) -> None:
        self._order = order

    def parse(self, text: Text) -> Parsed:
        """Make dns rows of a block's lines."""
        numbered = list(text.numbered())
        unsure = [n for n, written in numbered if self._is_unsure(written)]
        known = [entry for entry in numbered if entry[0] not in set(unsure)]
        heaps = sort_lines(known, self._query)
        rows = drawn_rows(heaps.lines, heaps.drawn, Calendar(None))
        return rows.and_also(heaps.refused(_BAD), _unsure(unsure), ignored=heaps.ignored)

    def _is_unsure(self, written: str) -> bool:
        found = _PACKET.fullmatch(written)
        return found is not None and _iso(found["date"], self._order) is None

    def _query(self, written: str) -> Drawn | Literal["ignored"] | None:
        found = _PACKET.fullmatch(written)
        if found is None:
            return None if _STARTS.match(written) else "ignored"
        date = _iso(found["date"], self._order)
        if found["way"] != "Rcv" or found["reply"] or date is None:
            return "ignored"
        columns = {
            "host": found["peer"],
            "src_ip": found["peer"],
            "domain": _LABEL.sub(".", found["name"]).strip("."),
            "method": found["type"],
            "status": found["rcode"],
        }
        return Drawn("dns", date, _clock(found), "", columns)


def _iso(date: str, order: str) -> str | None:
    """Write a date as ISO 8601; ``None`` where day and month cannot be told apart."""
    first, second, third = re.split(r"[/.-]", date)
    if len(first) == _YEAR_DIGITS:
        return f"{first}-{second:0>2}-{third:0>2}"
    way = order or _told(int(first), int(second), date)
    if not way or len(third) != _YEAR_DIGITS:
        return None
    day, month = (first, second) if way == "dmy" else (second, first)
    return f"{third}-{month:0>2}-{day:0>2}"


def _told(first: int, second: int, date: str) -> str:
    """Say which order a date itself shows; German-style dots put the day first."""
    if "." in date or first > _LAST_MONTH:
        return "dmy"
    return "mdy" if second > _LAST_MONTH or first == second else ""


def _clock(found: re.Match[str]) -> str:
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % _NOON + (_NOON if found["half"] == "PM" else 0)
    return f"{hour:02}:{found['minute']}:{found['second']}"


def _unsure(lines: list[int]) -> Refused:
    return Refused(
        "ambiguous-date",
        "dates whose day and month cannot be told apart",
        'state date_order = "mdy" or "dmy" for this file in case.toml',
        np.array(lines, np.int64),
    )
