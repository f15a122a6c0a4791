"""Cisco ASA: connections built, torn down and denied, and web addresses asked for.

Messages 106001, 106006, 106015, 106023, 302013 to 302016 and 304001 (Cisco Secure Firewall
ASA Series Syslog Messages); the others are counted as ignored. A connection gives a row when it is
built and one, with its bytes and length, when it is torn down. Only the first tells who began it: a
teardown whose beginning the file does not hold is taken to have been begun from inside.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from ashiato.core.sources import Intake
from ashiato.read.logs.drawn import Drawn, drawn_rows, sort_lines
from ashiato.read.logs.format import Parsed, Parser, is_mostly
from ashiato.read.logs.headed import Head, head_of
from ashiato.read.logs.stamps import Calendar, Dated
from ashiato.read.logs.text import Text

_TAG = re.compile(r"%(?:ASA|FTD|PIX)-(?:[a-z]+-)?\d-(?P<code>\d{6}): (?P<said>.*)")
_END = r"[^ :/]*:?(?P<{0}_ip>[0-9A-Fa-f:.]+)/(?P<{0}_port>\d+)"
_A, _B = _END.format("a"), _END.format("b")
_BUILT = re.compile(
    rf"Built (?P<way>inbound|outbound) (?P<proto>TCP|UDP) connection (?P<id>\d+) for {_A} \([^)]*\)"
    rf"(?:\([^)]*\))? to {_B}.*"
)
_TORN = re.compile(
    rf"Teardown (?P<proto>TCP|UDP) connection (?P<id>\d+) for {_A}(?:\([^)]*\))? to {_B}"
    r"(?:\([^)]*\))? duration (?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d) bytes (?P<bytes>\d+).*"
)
_DENIED = re.compile(
    rf"(?:access-list \S+ )?(?:[Dd]en(?:y|ied)) (?:inbound )?(?P<proto>\w+)(?: \(no connection\))?"
    rf"(?: connection denied)? (?:src |from )?{_A}(?:\([^)]*\))? (?:dst |to ){_B}.*"
)
_URL = re.compile(
    r"(?:\S+@)?(?P<a_ip>[0-9A-Fa-f:.]+) Accessed (?:JAVA )?URL (?P<b_ip>[0-9A-Fa-f.]+):(?P<url>\S+)"
)
_BAD = "not a line of an ASA log"


class Asa:
    """The format."""

    name = "asa"
    parser_id = "asa@1"

    def recognise(self, head: bytes) -> bool:
        """Say whether most of the first lines bear an ASA message code."""
        return is_mostly(head, r"%(?:ASA|FTD|PIX)-(?:[a-z]+-)?\d-\d{6}: ")

    def begin(self, intake: Intake) -> Parser:
        """Make a parser for one file."""
        return AsaParser(Calendar(intake.year))


class AsaParser(Dated):
    """Reads the messages that name two ends; the others are counted as ignored."""

    def __init__(self, calendar: Calendar) -> None:
        super().__init__(calendar)
        self._inbound: set[str] = set()  # open connections that began outside

    def remember(self) -> dict[str, Any]:
        """Say the year and the connections that began outside."""
        return {**super().remember(), "inbound": sorted(self._inbound)}

    def recall(self, said: Mapping[str, Any]) -> None:
        """Take back what `remember` gave."""
        super().recall(said)
        self._inbound = set(said["inbound"])

    def parse(self, text: Text) -> Parsed:
        """Make conn and http rows of a block's lines."""
        heaps = sort_lines(text.numbered(), self._message)
        rows = drawn_rows(heaps.lines, heaps.drawn, self._calendar)
        return rows.and_also(heaps.refused(_BAD), ignored=heaps.ignored)

    def _message(self, written: str) -> Drawn | Literal["ignored"] | None:
        tag, head = _TAG.search(written), head_of(written)
        if tag is None or head is None:
            return None
        shape = _SHAPES.get(tag["code"])
        if shape is None:
            return "ignored"
        found = shape.fullmatch(tag["said"].strip())
        return None if found is None else self._draw(shape, head, found)

    def _draw(self, shape: re.Pattern[str], head: Head, found: re.Match[str]) -> Drawn:
        if shape is _BUILT and found["way"] == "inbound":
            self._inbound.add(found["id"])
        if shape is not _TORN:
            return _MAKERS[shape](head, found)
        is_inbound = found["id"] in self._inbound
        self._inbound.discard(found["id"])
        return _torn(head, found, turned=not is_inbound)


def _ends(found: re.Match[str], *, turned: bool = False) -> dict[str, str | None]:
    """ASA names the outer end first; an outbound connection began at the second."""
    first, second = ("b", "a") if turned else ("a", "b")
    return {
        "src_ip": found[f"{first}_ip"],
        "src_port": found[f"{first}_port"],
        "dst_ip": found[f"{second}_ip"],
        "dst_port": found[f"{second}_port"],
        "method": found["proto"].upper(),
    }


def _built(head: Head, found: re.Match[str]) -> Drawn:
    ends = _ends(found, turned=found["way"] == "outbound")
    return head.drawn("conn", ends | {"host": head.machine, "status": "built"})


def _torn(head: Head, found: re.Match[str], *, turned: bool) -> Drawn:
    seconds = int(found["h"]) * 3600 + int(found["m"]) * 60 + int(found["s"])
    said = {"host": head.machine, "status": "teardown", "duration": str(seconds)}
    return head.drawn("conn", _ends(found, turned=turned) | said | {"bytes_in": found["bytes"]})


def _denied(head: Head, found: re.Match[str]) -> Drawn:
    return head.drawn("conn", _ends(found) | {"host": head.machine, "status": "denied"})


def _url(head: Head, found: re.Match[str]) -> Drawn:
    columns = {
        "host": found["a_ip"],
        "src_ip": found["a_ip"],
        "dst_ip": found["b_ip"],
        "url": found["url"],
        "domain": _host_of(found["url"]),
    }
    return head.drawn("http", columns)


def _host_of(url: str) -> str | None:
    found = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#:]+)", url)
    return found[1] if found else None


_SHAPES: Mapping[str, re.Pattern[str]] = {
    "106001": _DENIED,
    "106006": _DENIED,
    "106015": _DENIED,
    "106023": _DENIED,
    "302013": _BUILT,
    "302014": _TORN,
    "302015": _BUILT,
    "302016": _TORN,
    "304001": _URL,
}
_MAKERS: Mapping[re.Pattern[str], Callable[[Head, re.Match[str]], Drawn]] = {
    _BUILT: _built,
    _DENIED: _denied,
    _URL: _url,
}
