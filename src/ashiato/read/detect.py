"""What a file is, by its content first: a log of a known format, a table, a page, a text, or none.

The recognisers stand with their readers; here is only the order in which they are asked. A binary
file is never a text, whatever its name says.
"""

import codecs
from collections.abc import Callable
from pathlib import PurePath

from ashiato.read.events.layout import FILE_MAGIC
from ashiato.read.files.formats import recognise_file
from ashiato.read.histories import recognise_history
from ashiato.read.logs import decoded_head, recognise_log
from ashiato.read.tables import recognise_table
from ashiato.read.text.encodings import choose_encoding

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body")
_PAGE_NAMES = {".htm", ".html", ".xhtml"}
_PACKED = {".gz", ".bz2", ".xz", ".zst"}
_TABLE_NAMES = {".csv", ".tsv"}
_TEXT_CONTROLS = b"\t\n\r\f\x0b\x1b"
_CONTROLS = bytes(c for c in range(32) if c not in _TEXT_CONTROLS) + b"\x7f"
_MOST_CONTROLS = 0.02  # of a text's bytes: copied terminals and form feeds, never compressed data
_LEGACY = ("cp932", "euc_jp", "cp1252")


def detect(head: bytes, name: str) -> str | None:
    """Say how to read a file from its first bytes (64 KiB are plenty) and its name.

    Returns the name of a log format or of a history (``cof``, ``rdap`` ...), ``table``, ``html``,
    ``text``, one of the formats in `ashiato.read.files.formats` (``pdf``, ``docx``, ``xlsx``,
    ``eml``, ``zip``), or ``None`` for a file that is empty or binary.
    Packing (gzip, bzip2, xz, Zstandard) is looked through.
    """
    held = recognise_file(head)
    if held is not None:
        return held
    unpacked = decoded_head(head)
    if (history := recognise_history(unpacked, name)) is not None:
        return history
    if unpacked.startswith(FILE_MAGIC):
        return recognise_log(unpacked)
    text = _as_utf8(unpacked)
    if not text.strip() or not _is_text(text):
        return None
    return recognise_log(text) or next(
        (kind for kind, recognise in _DOCUMENTS if recognise(text, name)), None
    )


def _as_utf8(head: bytes) -> bytes:
    for mark, encoding in _UTF16.items():
        if head.startswith(mark):
            return head[: len(head) & ~1].decode(encoding, "ignore").encode()
    if head.count(0) * 5 > len(head) and (choice := choose_encoding(head)).sure:
        return head[: len(head) & ~1].decode(choice.encoding, "ignore").encode()
    return head.removeprefix(codecs.BOM_UTF8)


def _is_text(head: bytes) -> bool:
    """Say whether bytes are text in UTF-8 or in one of the encodings that old files use."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > _MOST_CONTROLS * len(head):
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", *_LEGACY))


def _decodes(head: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(head)  # not final: the head may end within a character
    except UnicodeDecodeError:
        return False
    return True


def _suffix(name: str) -> str:
    path = PurePath(name.lower())
    return (path.with_suffix("") if path.suffix in _PACKED else path).suffix


def _is_page(head: bytes, name: str) -> bool:
    begins = head.lstrip().lower()
    return begins.startswith(_PAGE) or (_suffix(name) in _PAGE_NAMES and b"<" in head)


def _is_table(head: bytes, name: str) -> bool:
    """Prose has commas too: without a table's name, rows must agree."""
    return _suffix(name) in _TABLE_NAMES or recognise_table(head)


def _is_prose(head: bytes, name: str) -> bool:  # noqa: ARG001 - every recogniser is asked alike
    return True


_DOCUMENTS: tuple[tuple[str, Callable[[bytes, str], bool]], ...] = (
    ("html", _is_page),
    ("table", _is_table),
    ("text", _is_prose),
)
