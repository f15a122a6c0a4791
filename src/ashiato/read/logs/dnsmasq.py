"""dnsmasq's query log: which machine asked for which name (``log-queries``, with or without extra).

``Apr 20 09:00:01 dnsmasq[321]: query[A] www.example.com from 192.0.2.5``; a syslog may put the
machine's name before the tag, ``log-queries=extra`` a serial number and the client after it.
Replies name no client and are counted as ignored.
"""

import re
from typing import Literal

from ashiato.core.sources import Intake
from ashiato.read.logs.drawn import Drawn, drawn_rows, sort_lines
from ashiato.read.logs.format import Parsed, Parser, is_mostly
from ashiato.read.logs.headed import head_of
from ashiato.read.logs.stamps import Calendar, Dated
from ashiato.read.logs.text import Text

_TAG = r"\bdnsmasq(?:-dhcp)?(?:\[\d+\])?: "
_SAID = re.compile(
    r"(?:dnsmasq\[\d+\]|dnsmasq): (?:\d+ [0-9A-Fa-f:.]+/\d+ )?"
    r"query\[(?P<type>[^\]]+)\] (?P<name>\S+) from (?P<client>\S+?)\s*"
)
_BAD = "not a line of a dnsmasq log"


class Dnsmasq:
    """The format."""

    name = "dnsmasq"
    parser_id = "dnsmasq@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether dnsmasq speaks in most of the first lines."""
        return is_mostly(head, _TAG)

    def begin(self, intake: Intake) -> Parser:
        """Make a parser for one file."""
        return DnsmasqParser(Calendar(intake.year))


class DnsmasqParser(Dated):
    """Reads queries; replies, leases and the rest are counted as ignored."""

    def parse(self, text: Text) -> Parsed:
        """Make dns rows of a block's lines."""
        heaps = sort_lines(text.numbered(), _query)
        rows = drawn_rows(heaps.lines, heaps.drawn, self._calendar)
        return rows.and_also(heaps.refused(_BAD), ignored=heaps.ignored)


def _query(written: str) -> Drawn | Literal["ignored"] | None:
    head = head_of(written)
    if head is None:
        return None
    tagged = head.message if "dnsmasq" in head.message else f"{head.machine} {head.message}"
    found = _SAID.fullmatch(tagged)
    if found is None:
        return None if "query[" in tagged else "ignored"
    columns = {
        "host": found["client"],
        "src_ip": found["client"],
        "domain": found["name"],
        "method": found["type"],
    }
    return head.drawn("dns", columns)
