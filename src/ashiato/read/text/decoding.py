"""Bytes to characters, without changing one: the decoded text is what every span counts in."""

import codecs
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from ashiato.core.evidence import Problem
from ashiato.core.sources import Intake

HTML_SUFFIXES = frozenset({".htm", ".html", ".xhtml"})
_HTML_START = re.compile(r"\ufeff?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.005
"""Text that crossed bad converters holds a few control characters; binary files hold many."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The document's characters, none dropped (a byte order mark stays), and their encoding."""

    text: str
    encoding: str

    @property
    def is_html_by_content(self) -> bool:
        """Whether it opens as a web page does, whatever the file is called."""
        return bool(_HTML_START.match(self.text))


def is_html(decoded: Decoded, path: str) -> bool:
    """Whether to read the document as HTML: by the file's name, else by how it begins."""
    return PurePosixPath(path).suffix.lower() in HTML_SUFFIXES or decoded.is_html_by_content


def decode(raw: bytes, intake: Intake) -> Decoded | Problem:
    """Decode as stated, else UTF-8, else UTF-16 by its mark, else as the page itself says.

    Nothing is replaced or guessed: bytes that none of these reads come back as a `Problem`.
    """
    if not raw.strip():
        return Problem(
            "empty", intake.path, "the document is empty", "seal the file that was meant"
        )
    if intake.encoding is not None:
        return _checked(raw, _without_mark_removal(intake.encoding, raw), intake)
    return _checked(raw, _own_encoding(raw), intake)


def _own_encoding(raw: bytes) -> str:
    if raw.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if raw.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if _reads_as(raw, "utf-8"):
        return "utf-8"
    named = _META_CHARSET.search(raw[:4096])
    return named[1].decode("ascii").lower() if named else "utf-8"


def _reads_as(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _without_mark_removal(encoding: str, raw: bytes) -> str:
    """Name the codec that keeps the byte order mark, so that offsets count it."""
    name = encoding.lower().replace("_", "-")
    if name in {"utf-8-sig", "utf8-sig"}:
        return "utf-8"
    if name in {"utf-16", "utf16"}:
        return "utf-16-be" if raw.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    return name


def _checked(raw: bytes, encoding: str, intake: Intake) -> Decoded | Problem:
    try:
        text = raw.decode(encoding)
        text.encode()  # escapes such as a lone surrogate are no characters
    except (LookupError, UnicodeError) as error:
        return _not_text(intake, f"cannot be read as {encoding!r}: {error}")
    if not text.strip("\ufeff \t\r\n\f"):
        return Problem(
            "empty", intake.path, "the document is empty", "seal the file that was meant"
        )
    if "\x00" in text or len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text):
        return _not_text(intake, f"decodes as {encoding!r} but holds control characters, not text")
    return Decoded(text, encoding)


def _not_text(intake: Intake, message: str) -> Problem:
    remedy = "state `encoding` for this file in case.toml, or give the text itself"
    return Problem("not-text", intake.path, message, remedy)
