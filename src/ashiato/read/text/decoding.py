"""Bytes to characters, without changing one: the decoded text is what every span counts in."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath

from ashiato.core.evidence import Citation, Locator, Problem, SpanLocator
from ashiato.core.sources import Intake
from ashiato.read.text.encodings import EncodingChoice, choose_encoding

HTML_SUFFIXES = frozenset({".htm", ".html", ".xhtml"})
_HTML_START = re.compile(r"\ufeff?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.005
"""Text that crossed bad converters holds a few control characters; binary files hold many."""
_MOST_UNREAD = 0.05
_FEW = 8
"""Of a very short text, as many unread places may stand as this: a share would say nothing."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Decoded:
    """The document's characters, none dropped (a byte order mark stays), and their encoding.

    ``choice`` says why this encoding; ``unread`` counts places that it cannot read, which stand in
    ``text`` as U+FFFD. ``origin`` is told for text that a reader took out of another file. Of a
    huge document ``text`` is one window, which begins at code point ``base``.
    """

    text: str
    encoding: str
    choice: EncodingChoice | None = field(default=None, compare=False)
    unread: int = field(default=0, compare=False)
    origin: "Origin | None" = None
    base: int = 0

    @property
    def is_html_by_content(self) -> bool:
        """Whether it opens as a web page does, whatever the file is called."""
        return bool(_HTML_START.match(self.text[:4096]))

    def locator(self, start: int, end: int) -> SpanLocator:
        """Name the characters ``[start, end)`` so that they can be found again."""
        if self.origin is None:
            return SpanLocator(start, end, self.encoding)
        return self.origin.locator(start, end)

    def slice(self, start: int, end: int) -> str:
        """Give the characters ``[start, end)`` of the document."""
        return self.text[start - self.base : end - self.base]

    def cite(self, start: int, end: int, intake: Intake) -> Citation:
        """Cite the characters ``[start, end)``, word for word."""
        place: Locator = self.locator(start, end)
        return Citation(intake.exhibit, intake.path, place, self.slice(start, end))


@dataclass(frozen=True, slots=True)
class Place:
    """The characters ``[start, end)`` stand on a page (from 1) in a box (points), or in a cell."""

    start: int
    end: int
    page: int | None = None
    box: Box | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Artefact:
    """A text that was taken out of a file: from which member, by which extractor, and its hash."""

    member: str
    extractor: str
    text_sha256: str
    characters: int


@dataclass(frozen=True)
class Origin:
    """Where an extracted text comes from: member, extractor by version, hash, places.

    ``member`` is the path within the exhibit, empty for the exhibit itself; ``places`` in order.
    """

    member: str
    extractor: str
    text_sha256: str
    places: tuple[Place, ...] = ()

    @cached_property
    def _ends(self) -> list[int]:
        return [place.end for place in self.places]

    def locator(self, start: int, end: int) -> SpanLocator:
        """Name a span of the text, with its page and the box around what of it stands there."""
        first = bisect_right(self._ends, start)
        here = self.places[first] if first < len(self.places) else None
        if here is None or here.start >= end:
            here = Place(start, end)
        boxes = self._boxes(first, end, here.page)
        return SpanLocator(
            start,
            end,
            member=self.member or None,
            extractor=self.extractor,
            text_sha256=self.text_sha256,
            page=here.page,
            box=_around(boxes) if boxes else None,
            cell=here.cell,
        )

    def _boxes(self, first: int, end: int, page: int | None) -> list[Box]:
        """Give the boxes of the words before ``end``, as far as its first page goes."""
        found: list[Box] = []
        for place in islice(self.places, first, None):
            if place.start >= end or place.page != page:
                break
            found += [place.box] if place.box else []
        return found


def _around(boxes: list[Box]) -> Box:
    left, low, right, high = zip(*boxes, strict=True)
    return min(left), min(low), max(right), max(high)


def is_html(decoded: Decoded, path: str) -> bool:
    """Whether to read the document as HTML: by the file's name, else by how it begins."""
    return PurePosixPath(path).suffix.lower() in HTML_SUFFIXES or decoded.is_html_by_content


def decode(raw: bytes, intake: Intake) -> Decoded | Problem:
    """Decode as stated, else by the encoding that the bytes speak for (see `choose_encoding`).

    What that encoding cannot read stands as U+FFFD and is counted. Bytes that no encoding makes a
    text of come back as a `Problem`.
    """
    if not raw.strip():
        return _empty(intake)
    choice = choose_encoding(raw, intake.encoding)
    try:
        text = raw.decode(choice.encoding, "replace")
        text.encode()  # escapes such as a lone surrogate are no characters
    except (LookupError, UnicodeError, ValueError) as error:
        return _not_text(intake, f"cannot be read as {choice.encoding!r}: {error}")
    if not text.strip("\ufeff \t\r\n\f"):
        return _empty(intake)
    return _checked(Decoded(text, choice.encoding, choice, _unread(raw, text, choice)), intake)


def with_counted(window: Decoded) -> Decoded:
    """Count what could not be read in a window, of whose bytes nothing is held any more."""
    return replace(window, unread=window.text.count("\ufffd"))


def _unread(raw: bytes, text: str, choice: EncodingChoice) -> int:
    if "\ufffd" not in text:
        return 0
    own = raw.count("\ufffd".encode()) if choice.encoding == "utf-8" else 0
    return text.count("\ufffd") - own


def _empty(intake: Intake) -> Problem:
    return Problem("empty", intake.path, "the document is empty", "seal the file that was meant")


def _checked(found: Decoded, intake: Intake) -> Decoded | Problem:
    size = len(found.text)
    if found.unread > max(_MOST_UNREAD * size, min(_FEW, size // 4)):
        return _not_text(intake, f"{found.unread} places cannot be read as {found.encoding!r}")
    controls = sum(1 for _ in _CONTROL.finditer(found.text))
    if controls > _MOST_CONTROL * size and controls - 1 > size // 40:
        message = f"decodes as {found.encoding!r} but holds control characters, not text"
        return _not_text(intake, message)
    return found


def _not_text(intake: Intake, message: str) -> Problem:
    remedy = "state `encoding` for this file in case.toml, or give the text itself"
    return Problem("not-text", intake.path, message, remedy)


def encoding_problems(decoded: Decoded, intake: Intake) -> tuple[Problem, ...]:
    """Report what of the bytes could not be read, and a choice of encoding that is unsure."""
    found = []
    if decoded.unread:
        first = decoded.base + decoded.text.index("\ufffd")
        message = f"places that cannot be read as {decoded.encoding}; each stands as U+FFFD"
        remedy = "look at the bytes there; state `encoding` for this file in case.toml"
        cited = decoded.cite(first, first + 1, intake)
        found.append(Problem("undecodable", intake.path, message, remedy, decoded.unread, cited))
    if decoded.choice is not None and not decoded.choice.sure:
        tried = ", ".join(f"{t.encoding} {t.score:+.2f}" for t in decoded.choice.tried[:3])
        message = f"read as {decoded.encoding}, which is a guess ({tried})"
        remedy = "state `encoding` for this file in case.toml"
        found.append(Problem("encoding-guessed", intake.path, message, remedy))
    return tuple(found)
