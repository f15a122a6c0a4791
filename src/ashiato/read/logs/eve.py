"""Suricata's EVE: JSON lines of flows, DNS, HTTP, TLS, mail, files and alerts.

Times carry their zone. ``dns`` answers and queries both give rows (the client is who asked);
``alert``, ``stats`` and other events are counted as ignored (Suricata User Guide, EVE JSON Format).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from ashiato.core.sources import Intake
from ashiato.read.logs.drawn import Drawn, drawn_rows, sort_lines
from ashiato.read.logs.format import Forgetful, Parsed, Parser, head_lines
from ashiato.read.logs.jsonline import object_of
from ashiato.read.logs.mails import addresses_in
from ashiato.read.logs.stamps import Calendar
from ashiato.read.logs.text import Text

Said = Mapping[str, Any]
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)((?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)", re.ASCII
)
_BAD = "not an EVE event with a readable time"


class Eve:
    """The format."""

    name = "eve"
    parser_id = "eve@2"

    def recognise(self, head: bytes) -> bool:
        """Say whether the first lines are EVE events."""
        found = [object_of(line) for line in head_lines(head)[:5]]
        return any("event_type" in (o or {}) and "timestamp" in (o or {}) for o in found)

    def begin(self, intake: Intake) -> Parser:  # noqa: ARG002 - each line says everything
        """Make a parser for one file."""
        return EveParser()


class EveParser(Forgetful):
    """Reads each line by itself."""

    def parse(self, text: Text) -> Parsed:
        """Make rows of a block's lines."""
        heaps = sort_lines(text.numbered(), _event)
        rows = drawn_rows(heaps.lines, heaps.drawn, Calendar(None))
        return rows.and_also(heaps.refused(_BAD), ignored=heaps.ignored)


def _event(written: str) -> Drawn | Literal["ignored"] | None:
    said = object_of(written)
    when = _TIME.fullmatch(str((said or {}).get("timestamp", "")))
    if said is None or when is None:
        return None
    known = _KINDS.get(str(said.get("event_type")))
    if known is None:
        return "ignored"
    kind, columns_of = known
    columns = _ends(said) | columns_of(_part(said, str(said["event_type"])))
    if kind == "smtp":
        columns = _letter(said) | {name: text for name, text in columns.items() if text}
    return Drawn(kind, when[1], when[2], when[3], columns)


def _ends(said: Said) -> dict[str, str | None]:
    is_answer = _part(said, "dns").get("type") in {"answer", "response"}
    asks_first = said.get("dest_port") == _DNS or said.get("src_port") != _DNS
    client, server = ("src", "dest") if asks_first or not is_answer else ("dest", "src")
    return {
        "host": _text(said.get(f"{client}_ip")),
        "src_ip": _text(said.get(f"{client}_ip")),
        "src_port": _text(said.get(f"{client}_port")),
        "dst_ip": _text(said.get(f"{server}_ip")),
        "dst_port": _text(said.get(f"{server}_port")),
    }


_DNS = 53


def _part(said: Said, name: str) -> Said:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    return str(value).encode("utf-8", "backslashreplace").decode()


def _flow(part: Said) -> dict[str, str | None]:
    return {
        "status": _text(part.get("state")),
        "bytes_out": _text(part.get("bytes_toserver")),
        "bytes_in": _text(part.get("bytes_toclient")),
        "duration": _text(part.get("age")),
    }


def _dns(part: Said) -> dict[str, str | None]:
    queries = part.get("queries")
    first = queries[0] if isinstance(queries, list) and queries else part
    asked = first if isinstance(first, dict) else part
    return {
        "domain": _text(asked.get("rrname")),
        "method": _text(asked.get("rrtype")),
        "status": _text(part.get("rcode")),
        "answers": _answers(part),
    }


def _answers(part: Said) -> str | None:
    found = part.get("answers")
    listed = found if isinstance(found, list) else []
    texts = [_text(a.get("rdata")) for a in listed if isinstance(a, dict)]
    return " ".join(t for t in texts if t) or _text(part.get("rdata"))


def _http(part: Said) -> dict[str, str | None]:
    host, url = _text(part.get("hostname")), _text(part.get("url"))
    is_whole = url is not None and "://" in url
    return {
        "domain": host and re.sub(r":\d{1,5}$", "", host),
        "url": url if is_whole or not host else f"http://{host}{url or ''}",
        "method": _text(part.get("http_method")),
        "status": _text(part.get("status")),
        "bytes_in": _text(part.get("length")),
        "user_agent": _text(part.get("http_user_agent")),
    }


def _tls(part: Said) -> dict[str, str | None]:
    subject = _text(part.get("subject"))
    mark = (_text(part.get("fingerprint")) or "").replace(":", "").lower()
    return {
        "domain": _text(part.get("sni")),
        "status": _text(part.get("version")),
        "subject": subject,
        "issuer": _text(part.get("issuerdn")),
        "sha1": mark if len(mark) == _SHA1 else None,
    }


_SHA1 = 40


def _files(part: Said) -> dict[str, str | None]:
    hashes = {name: _text(part.get(name)) for name in ("md5", "sha1", "sha256")}
    return {
        "bytes_in": _text(part.get("size")),
        "status": _text(part.get("state")),
        "path": _text(part.get("filename")),
    } | hashes


def _smtp(part: Said) -> dict[str, str | None]:
    return {
        "mail_from": addresses_in(_text(part.get("mail_from")) or ""),
        "mail_to": _addresses(part.get("rcpt_to")),
    }


def _letter(said: Said) -> dict[str, str | None]:
    """Read what the letter itself says, for events in which the envelope is missing."""
    part = _part(said, "email")
    return {"mail_from": _addresses(part.get("from")), "mail_to": _addresses(part.get("to"))}


def _addresses(value: object) -> str | None:
    listed = value if isinstance(value, list) else [value]
    return addresses_in("\n".join(filter(None, map(_text, listed))))


_KINDS: Mapping[str, tuple[str, Callable[[Said], dict[str, str | None]]]] = {
    "dns": ("dns", _dns),
    "fileinfo": ("files", _files),
    "flow": ("conn", _flow),
    "http": ("http", _http),
    "smtp": ("smtp", _smtp),
    "tls": ("ssl", _tls),
}
