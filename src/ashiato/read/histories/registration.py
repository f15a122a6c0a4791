"""Registrations of domains: RDAP answers (RFC 9083) and WHOIS text, each a look at one time."""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from ashiato.core.time import Moment
from ashiato.knowledge import load
from ashiato.read.dates import read_written
from ashiato.read.histories.gathering import Gathering, Piece, second
from ashiato.read.logs.clock import zone_of

LARGEST = 1 << 20
"""Bytes of one RDAP answer; a larger one is noted and left unread."""
_LINE = re.compile(
    r"\s*(?:\[(?P<mark>[^\]]{1,60})\]\s*|(?P<key>[^:\uff1a\[]{1,80})[:\uff1a]\s+)(?P<value>\S.*)"
)
_TIMES = ("start", "changed_at", "end", "at")
_PARTS = {"fn": "registrant", "org": "organisation", "email": "email", "tel": "phone"}


def is_rdap(value: object) -> bool:
    """Whether a JSON value is an RDAP answer about a domain."""
    return isinstance(value, dict) and value.get("objectClassName") == "domain"


def is_whois(head: bytes) -> bool:
    """Whether a text's first entry is the name of a domain, and a registrar or a date follows."""
    keys = [name for name, _ in _entries(head.decode("utf-8", "replace")[:8192])]
    return bool(keys) and keys[0] == "domain" and bool({"registrar", "start"} & set(keys))


def read_rdap(found: Gathering) -> int:
    """Read one answer, a list of answers, or one a line; gives how many there were."""
    number = 0
    for piece in _answers(found.raw):
        number = piece.number
        value = _value(found.raw[piece.offset : piece.offset + piece.length])
        if is_rdap(value):
            _take(value, found, piece)
        else:
            found.note("bad-record", "a value that is no RDAP answer about a domain", piece)
    return number


def _answers(raw: bytes) -> Iterator[Piece]:
    """Cut a list, or values one after another, into their bytes (JSON is ASCII around values)."""
    text = raw.decode("utf-8", "surrogateescape")
    at = number = offset = 0
    decoder = json.JSONDecoder()
    while (begin := _next(text, at)) < len(text):
        try:
            _, end = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError):
            end = len(text)
        number += 1
        offset += _bytes(text[at:begin])
        size = _bytes(text[begin:end])
        yield Piece(number, offset, size)
        at, offset = end, offset + size


def _next(text: str, at: int) -> int:
    """Skip what stands between answers; a list is looked into."""
    while at < len(text) and text[at] in " \t\r\n,[]\ufeff":
        at += 1
    return at


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _value(data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    if len(data) > LARGEST:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _take(value: dict[str, Any], found: Gathering, piece: Piece) -> None:
    fields = {"domain": str(value.get("unicodeName") or value.get("ldhName") or "")}
    for entity in _dicts(value.get("entities")):
        roles = entity.get("roles")
        held = _card(entity)
        if isinstance(roles, list) and "registrant" in roles:
            fields |= held
        elif isinstance(roles, list) and "registrar" in roles:
            fields["registrar"] = held.get("registrant", "")
    times = _events(value, found, piece)
    if not times:
        told = "an RDAP answer without events: nothing says when it held"
        found.note("no-events", told, piece, "ask the registry for the history")
    found.add("registrations", fields, times, piece)


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _card(entity: dict[str, Any]) -> dict[str, str]:
    """Take name, organisation, e-mail and telephone out of a jCard (RFC 7095)."""
    card = entity.get("vcardArray")
    rows = card[1] if isinstance(card, list) and len(card) > 1 else []
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, list) and len(row) > 3 and isinstance(row[0], str):  # noqa: PLR2004 - name, parameters, type, value
            name = _PARTS.get(row[0].lower())
            if name and isinstance(row[3], str):
                found.setdefault(name, row[3].removeprefix("tel:"))
    return found


def _events(value: dict[str, Any], found: Gathering, piece: Piece) -> dict[str, Moment]:
    times: dict[str, list[Moment]] = {}
    for event in _dicts(value.get("events")):
        name = _event_names().get(str(event.get("eventAction", "")).lower())
        moment = _moment(str(event.get("eventDate", "")), found, piece) if name else None
        if name and moment:
            times.setdefault(name, []).append(moment)
    return {name: min(seen) if name == "start" else max(seen) for name, seen in times.items()}


@cache
def _event_names() -> dict[str, str]:
    return {word: name for name, words in load("registration")["events"].items() for word in words}


@cache
def _keys() -> dict[str, str]:
    return {word: name for name, words in load("registration")["keys"].items() for word in words}


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield our name and the value of each line `Key: value` or `[Key] value` that we know."""
    for line in text.splitlines():
        shape = _LINE.fullmatch(line)
        if shape is None:
            continue
        key = unicodedata.normalize("NFKC", shape["mark"] or shape["key"]).casefold().strip()
        if name := _keys().get(" ".join(key.split())):
            yield name, shape["value"].removesuffix(" <<<").strip()


def read_whois(found: Gathering) -> int:
    """Read a WHOIS answer: one record that cites the whole text."""
    piece = Piece(1, 0, len(found.raw))
    encoding = found.intake.encoding or "utf-8"
    fields: dict[str, str] = {}
    times: dict[str, Moment] = {}
    for name, value in _entries(found.raw.decode(encoding, "replace")):
        if name not in _TIMES:
            fields.setdefault(name, value)
        elif name not in times and (moment := _moment(value, found, piece)):
            times[name] = moment
    if not times:
        told = "a registration without dates: nothing says when it held"
        found.note("no-events", told, piece, "ask the registry for the history")
    found.add("registrations", fields, times, piece)
    return 1


def _moment(text: str, found: Gathering, piece: Piece) -> Moment | None:
    read = read_written(text, ())
    if read is None:
        found.note("impossible-date", "a date that cannot be read; it is left out", piece)
        return None
    when, is_day = read
    zone = when.tzinfo or zone_of(found.intake)
    if zone is None:
        remedy = "state timezone for the file in case.toml"
        found.note("no-zone", "a date that names no time zone; it is left out", piece, remedy)
        return None
    first = second(when.replace(tzinfo=zone))
    if not is_day or first is None:
        return first
    after = second(when.replace(tzinfo=zone, hour=23, minute=59, second=59))
    return Moment(first.earliest, after.latest) if after else None
