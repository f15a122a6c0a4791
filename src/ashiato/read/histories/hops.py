"""The way of a mail: one record for each ``Received`` line of its header, from the top.

The server that received the mail last wrote the first; every line below the first server that is
not the receiver's own was handed over by a stranger, and may be forged.
"""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

from ashiato.core.time import Moment
from ashiato.read.histories.gathering import Gathering, Piece, second

MOST_HOPS = 100
MOST_HEADER = 1 << 20
_FIELD = re.compile(rb"^([!-9;-~]{1,80}):[ \t]*((?:[^\n]*\n?)(?:[ \t][^\n]*\n?)*)", re.MULTILINE)
_FROM = re.compile(r"^from\s+(\S+)", re.IGNORECASE)
_BY = re.compile(r"\bby\s+([\w.-]+)", re.IGNORECASE)
_ID = re.compile(r"\bid\s+([\w.@<>=+-]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f.:]{3,45})\]")
OWN, FORGEABLE = "written by the receiver's own server", "handed over by a stranger: may be forged"


def read_hops(found: Gathering) -> int:
    """Read the hops of a mail, and the sender's address and program where the header says them."""
    fields = list(_fields(found.raw))
    hops = [(value, piece) for name, value, piece in fields if name == "received"]
    about = {
        "message_id": _first(fields, "message-id"),
        "user_agent": _first(fields, "user-agent") or _first(fields, "x-mailer"),
    }
    receiver, is_own, before = "", True, None
    for number, (value, piece) in enumerate(hops[:MOST_HOPS], 1):
        by = _match(_BY, value).lower()
        receiver = receiver or by
        is_own = is_own and _is_same_house(by, receiver)
        when = _when(value, found, piece)
        if before and when and when.earliest > before.latest:
            told = "a hop later than the one above it: a clock is wrong, or a header forged"
            found.note("hop-order", told, piece)
        trust = OWN if is_own else FORGEABLE
        found.add("hops", _hop(value, number, by) | about | {"trust": trust},
                  {"at": when} if when else {}, piece)  # fmt: skip
        before = when or before
    _note_rest(hops[MOST_HOPS:], found)
    _origin(fields, about, found)
    return len(hops)


def _note_rest(rest: list[tuple[str, Piece]], found: Gathering) -> None:
    for _, piece in rest:
        found.note("cut-off", f"only {MOST_HOPS} hops of a mail are read", piece)


def _fields(raw: bytes) -> Iterator[tuple[str, str, Piece]]:
    body = re.search(rb"\r?\n\r?\n", raw[:MOST_HEADER])
    header = raw[: body.start() + 1 if body else MOST_HEADER]
    for number, field in enumerate(_FIELD.finditer(header), 1):
        value = " ".join(field[2].decode("utf-8", "replace").split())
        length = len(field[0].rstrip(b"\r\n"))
        yield field[1].decode("ascii").lower(), value, Piece(number, field.start(), length)


def _first(fields: list[tuple[str, str, Piece]], name: str) -> str:
    return next((value for field, value, _ in fields if field == name), "")


def _hop(value: str, number: int, by: str) -> dict[str, str]:
    addresses = [a for a in _ADDRESS.findall(value.split(" by ", maxsplit=1)[0]) if _is_address(a)]
    return {
        "hop": str(number),
        "helo": _match(_FROM, value),
        "address": addresses[0] if addresses else "",
        "by": by,
        "id": _match(_ID, value),
    }


def _match(shape: re.Pattern[str], value: str) -> str:
    found = shape.search(value)
    return found[1] if found else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_same_house(name: str, receiver: str) -> bool:
    """Whether two servers share the last two labels of their names: the receiver's own."""
    return bool(name) and name.split(".")[-2:] == receiver.split(".")[-2:]


def _when(value: str, found: Gathering, piece: Piece) -> Moment | None:
    try:
        when = parsedate_to_datetime(value.rpartition(";")[2].strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        when = None
    if when is None or when.tzinfo is None:
        found.note("no-zone", "a hop without a time that states its zone", piece)
        return None
    return second(when)


def _origin(fields: list[tuple[str, str, Piece]], about: dict[str, str], found: Gathering) -> None:
    for name, value, piece in fields:
        address = value.strip("[] ")
        if name == "x-originating-ip" and _is_address(address):
            told = {"hop": "sender", "address": address, "trust": FORGEABLE}
            found.add("hops", told | about, {}, piece)
