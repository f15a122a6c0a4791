"""Firewalls that write ``KEY=value`` pairs: Linux netfilter and FortiGate's traffic and web logs.

netfilter (``iptables -j LOG``) writes behind a syslog header without year or zone; FortiGate states
``date``, ``time`` and, since FortiOS 6.2, ``tz`` itself (Fortinet, FortiOS Log Message Reference).
"""

import re
from collections.abc import Mapping
from typing import Literal

from ashiato.core.sources import Intake
from ashiato.read.logs.drawn import Drawn, drawn_rows, sort_lines
from ashiato.read.logs.format import Forgetful, Parsed, Parser, head_lines, is_mostly
from ashiato.read.logs.headed import head_of
from ashiato.read.logs.stamps import Calendar, Dated
from ashiato.read.logs.text import Text

_PAIR = re.compile(r'([A-Za-z][\w-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))')
_NETFILTER = re.compile(r"\bIN=\S* OUT=\S* .*\bSRC=\S+ DST=\S+ .*\bPROTO=\S+")
_FORTI_HEAD = r"\bdate=\d{4}-\d\d-\d\d,? time=\d\d:\d\d:\d\d\b.*\btype=\"?\w"
_FORTI_KINDS = {"traffic": "conn", "utm": "http", "dns": "dns"}
_BAD_NETFILTER = "not a line of a netfilter log"
_BAD_FORTI = "not a line of a FortiGate log, or one without date and time"


class Netfilter:
    """What ``iptables -j LOG`` writes."""

    name = "iptables"
    parser_id = "iptables@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether there are packets in a syslog in which sshd does not speak."""
        packets = any(_NETFILTER.search(line) for line in head_lines(head))
        return packets and b" sshd[" not in head

    def begin(self, intake: Intake) -> Parser:
        """Make a parser for one file."""
        return NetfilterParser(Calendar(intake.year))


class NetfilterParser(Dated):
    """Reads packets; whatever else the kernel logs is counted as ignored."""

    def parse(self, text: Text) -> Parsed:
        """Make conn rows of a block's lines."""
        heaps = sort_lines(text.numbered(), _packet)
        rows = drawn_rows(heaps.lines, heaps.drawn, self._calendar)
        return rows.and_also(heaps.refused(_BAD_NETFILTER), ignored=heaps.ignored)


def _packet(written: str) -> Drawn | Literal["ignored"] | None:
    head = head_of(written)
    if head is None:
        return None
    if not _NETFILTER.search(head.message):
        return None if " SRC=" in head.message else "ignored"
    said = _pairs(head.message)
    columns = {
        "host": head.machine,
        "src_ip": said["SRC"],
        "dst_ip": said["DST"],
        "src_port": said.get("SPT"),
        "dst_port": said.get("DPT"),
        "method": said.get("PROTO"),
        "bytes_out": said.get("LEN"),
    }
    return head.drawn("conn", columns)


def _pairs(message: str) -> dict[str, str]:
    """Give each key's first value: netfilter repeats LEN for the layer inside."""
    found: dict[str, str] = {}
    for key, quoted, bare in _PAIR.findall(message):
        found.setdefault(key, quoted or bare)
    return found


class FortiGate:
    """FortiGate's own key-value log."""

    name = "fortigate"
    parser_id = "fortigate@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether most of the first lines are FortiGate's."""
        return is_mostly(head, _FORTI_HEAD)

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - each line says everything
        """Make a parser for one file."""
        return FortiGateParser()


class FortiGateParser(Forgetful):
    """Reads traffic, web and DNS lines; events of the device itself are counted as ignored."""

    def parse(self, text: Text) -> Parsed:
        """Make conn, http and dns rows of a block's lines."""
        heaps = sort_lines(text.numbered(), _forti)
        rows = drawn_rows(heaps.lines, heaps.drawn, Calendar(None))
        return rows.and_also(heaps.refused(_BAD_FORTI), ignored=heaps.ignored)


def _forti(written: str) -> Drawn | Literal["ignored"] | None:
    said = _pairs(written)
    date, clock = said.get("date", "").rstrip(","), said.get("time", "").rstrip(",")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date) or not re.fullmatch(r"\d\d:\d\d:\d\d", clock):
        return None
    kind = _forti_kind(said)
    if kind is None or "srcip" not in said:
        return "ignored"
    return Drawn(kind, date, clock, said.get("tz", ""), _forti_columns(said, kind))


def _forti_kind(said: Mapping[str, str]) -> str | None:
    kind = _FORTI_KINDS.get(said.get("type", ""))
    if kind == "http" and said.get("subtype") == "dns":
        return "dns"
    return kind


def _forti_columns(said: Mapping[str, str], kind: str) -> dict[str, str | None]:
    name = said.get("qname") if kind == "dns" else said.get("hostname")
    return {
        "host": said.get("srcip"),
        "user": said.get("user") or said.get("unauthuser"),
        "src_ip": said.get("srcip"),
        "src_port": said.get("srcport"),
        "dst_ip": said.get("dstip"),
        "dst_port": said.get("dstport"),
        "domain": name,
        "url": _forti_url(said),
        "method": said.get("qtype") if kind == "dns" else said.get("httpmethod"),
        "status": said.get("action"),
        "bytes_out": said.get("sentbyte"),
        "bytes_in": said.get("rcvdbyte"),
        "duration": said.get("duration"),
        "user_agent": said.get("agent"),
        "answers": (said.get("ipaddr") or "").replace(",", "").strip() or None,
    }


def _forti_url(said: Mapping[str, str]) -> str | None:
    host, url = said.get("hostname"), said.get("url")
    if not url or "://" in url or not host:
        return url
    return f"{said.get('service', 'http').lower()}://{host}{url}"
