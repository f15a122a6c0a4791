"""Which formats are known, how each is recognised by its content, and which reader takes it.

A new format is one file beside this one and one line in `FORMATS`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

PDF_WITHIN = 1024
"""A PDF's mark may stand this far in (ISO 32000-1, annex H, note 13)."""
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ZIP_NAME = 30
"""Where the first member's name stands (APPNOTE.TXT 4.3.7)."""
_OFFICE_FIRST = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/")
_HEADER_LINE = re.compile(
    rb"([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]?[^\r\n]*\r?\n(?:[ \t]+\S[^\r\n]*\r?\n)*"
)
_MAIL_HEADERS = frozenset(
    b"from to cc subject date message-id received return-path mime-version delivered-to".split()
)
_FEWEST_HEADERS = 3


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: how it is recognised, its parser, and the package that does the work."""

    kind: str
    recognise: Callable[[bytes], bool]
    parser: str
    package: str = ""

    @property
    def extractor(self) -> str:
        """Name reader and version, as a citation writes it."""
        by = f"{self.package}-{version(self.package)}" if self.package else "1"
        return f"{self.kind}-text@{by}"


def _is_pdf(head: bytes) -> bool:
    return not _is_zip(head) and b"%PDF-" in head[:PDF_WITHIN]


def _is_zip(head: bytes) -> bool:
    return head.startswith(_ZIP_MARKS)


def _is_office(folder: bytes) -> Callable[[bytes], bool]:
    """Recognise an office file: its first part is one of those that only they begin with.

    An archive that holds an office file names the same parts further on, but begins otherwise.
    """

    def recognise(head: bytes) -> bool:
        first = head[_ZIP_NAME : _ZIP_NAME + int.from_bytes(head[26:28], "little")]
        return _is_zip(head) and first.startswith((folder, *_OFFICE_FIRST)) and folder in head

    return recognise


def _is_mail(head: bytes) -> bool:
    """Recognise a message by its first lines: headers, at least three that mail programs write."""
    at = head.find(b"\n") + 1 if head.startswith(b"From ") else 0  # mbox begins so
    names: set[bytes] = set()
    while found := _HEADER_LINE.match(head, at):
        names.add(found[1].lower())
        at = found.end()
    ends = at >= len(head) or head.startswith((b"\n", b"\r\n"), at)
    return ends and len(names & _MAIL_HEADERS) >= _FEWEST_HEADERS


FORMATS: tuple[Format, ...] = (
    Format("pdf", _is_pdf, "ashiato.read.files.pdf:extract", "pypdfium2"),
    Format("docx", _is_office(b"word/"), "ashiato.read.files.docx:extract", "lxml"),
    Format("xlsx", _is_office(b"xl/"), "ashiato.read.files.xlsx:extract", "openpyxl"),
    Format("zip", _is_zip, "ashiato.read.files.zip:extract"),
    Format("eml", _is_mail, "ashiato.read.files.mail:extract"),
)
FILE_KINDS = frozenset(form.kind for form in FORMATS)


def recognise_file(head: bytes) -> str | None:
    """Say which of the formats the first bytes of a file show; none: a text, a log, or unknown."""
    return next((form.kind for form in FORMATS if form.recognise(head)), None)


def format_of(kind: str) -> Format:
    """Give a format by its name."""
    return next(form for form in FORMATS if form.kind == kind)
