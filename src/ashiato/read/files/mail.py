"""A message to text: its headers, its body; attachments are handed out as members."""

import email
import email.contentmanager
import email.feedparser
import email.generator
import email.header
import email.headerregistry
import email.parser
import email.policy
from collections.abc import Iterator, Mapping
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import BinaryIO

from ashiato.read.files.frames import Frame, Pen, clean, member, note

HEADERS = ("From", "Sender", "Reply-To", "To", "Cc", "Date", "Subject", "Message-ID",
           "In-Reply-To", "References", "Received", "Return-Path", "X-Originating-IP")  # fmt: skip
PARTS = 200
HEADER_COPIES = 50


def extract(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Give the headers and the plain body; an HTML body without a plain one is a member."""
    message = email.message_from_binary_file(stream, policy=email.policy.compat32)
    pen = Pen()
    yield from _headers(message, pen)
    plain = any(_is_body(part, "text/plain") for part in _parts(message))
    for number, part in enumerate(_parts(message)):
        if number >= PARTS:
            told = f"only {PARTS} parts of the message are read"
            yield note("cut-off", told, "save its attachments and add them")
            return
        yield from _part(part, number, pen, plain=plain)


def _headers(message: Message, pen: Pen) -> Iterator[Frame]:
    for name in HEADERS:
        for value in message.get_all(name, [])[:HEADER_COPIES]:
            yield from pen.write(f"{name}: {_unfolded(value)}\n")
    yield {"aside": [0, pen.at]} if pen.at else note("no-header", "it has no headers", "look at it")
    yield from pen.write("\n")
    instant = _instant(message)
    if instant:
        yield {"said_at": instant}


def _unfolded(value: object) -> str:
    """Read encoded words; what they name wrongly stays as it is written."""
    try:
        from_header = email.policy.default.header_factory("subject", str(value))
        return " ".join(str(from_header).split())
    except (LookupError, ValueError, IndexError, TypeError, AttributeError):
        return " ".join(str(value).split())


def _instant(message: Message) -> str | None:
    try:
        found = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.isoformat() if found.tzinfo is not None else None


def _parts(message: Message) -> Iterator[Message]:
    """Give the parts; an attached message is one part, and read by itself."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _parts(part)


def _is_body(part: Message, kind: str) -> bool:
    attached = str(part.get("Content-Disposition", "")).lower().startswith("attachment")
    return part.get_content_type() == kind and not attached and not part.get_filename()


def _part(part: Message, number: int, pen: Pen, *, plain: bool) -> Iterator[Frame]:
    if _is_body(part, "text/plain"):
        yield from _body(part, pen)
    elif _is_body(part, "text/html") and plain:
        told = "the message has an HTML body beside the plain one; it is not read"
        yield note("alternative", told, "compare the two: mail programs show the HTML body")
    elif part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        inner = inner[0] if isinstance(inner, list) and inner else None
        if isinstance(inner, Message):
            yield member(_name(part, f"message-{number}.eml"), inner.as_bytes())
    else:
        suffix = ".html" if part.get_content_type() == "text/html" else ".bin"
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            yield member(_name(part, f"part-{number}{suffix}"), data)


def _name(part: Message, otherwise: str) -> str:
    try:
        return clean(str(part.get_filename() or otherwise))
    except (LookupError, ValueError, TypeError):
        return otherwise


def _body(part: Message, pen: Pen) -> Iterator[Frame]:
    data = part.get_payload(decode=True)
    raw = data if isinstance(data, bytes) else b""
    charset = part.get_content_charset("utf-8")
    try:
        body = raw.decode(charset)
    except (LookupError, ValueError):
        body = _replaced(raw, charset)
        told = f"the body cannot be read whole as {charset!r}, which the message states"
        yield note("undecodable", told, "look at the bytes there", max(1, body.count("\ufffd")))
    yield from pen.write(body.replace("\r\n", "\n") + "\n\n")


def _replaced(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset, "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")
