"""PDF to text by pdfium: words with page and box, paragraphs told by the gaps between lines."""

import ctypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any, BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from ashiato.read.files.frames import Frame, Pen, note
from ashiato.read.sandbox import Refused

PAGES = 5000
"""Pages that are read; a longer document is said to be cut."""
_GAP = 1.4
"""A line that stands lower than so many usual line distances begins a paragraph."""
_INVISIBLE = 3  # text render mode "neither fill nor stroke", ISO 32000-1 table 106
_TINY = 1.0  # points
_HYPHENS = {"\x02": "-", "\ufffe": "-"}  # what pdfium writes for a hyphen at a line's end
Box = tuple[float, float, float, float]


@dataclass(slots=True)
class _Word:
    text: str
    box: Box | None
    first: int


@dataclass(slots=True)
class _Line:
    words: list[_Word] = field(default_factory=list)

    @property
    def low(self) -> float | None:
        found = [word.box[1] for word in self.words if word.box]
        return min(found, default=None)


def extract(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Give the text of every page, a form feed between pages."""
    try:
        document = pypdfium2.PdfDocument(stream.read())
    except pypdfium2.PdfiumError as error:
        raise Refused(_refusal(str(error))) from error
    pen, pages, empty = Pen(), len(document), 0
    for number in range(min(pages, PAGES)):
        start = pen.at
        yield from _page(document, number, pen)
        empty += pen.at == start
        yield from pen.write("\f" if number + 1 < min(pages, PAGES) else "")
    yield from _said_of(pages, empty)


def _refusal(error: str) -> str:
    if "assword" in error:
        return "it is encrypted and asks for a password"
    return f"no PDF that pdfium can open ({error})"


def _said_of(pages: int, empty: int) -> Iterator[Frame]:
    if pages > PAGES:
        message, remedy = f"only the first {PAGES} of its {pages} pages are read", "split the file"
        yield note("cut-off", message, remedy, pages - PAGES)
    if empty:
        message = "pages without any text: scanned pictures, or drawings"
        yield note("no-text", message, "have them read by OCR and seal the result too", empty)


def _page(document: Any, number: int, pen: Pen) -> Iterator[Frame]:  # noqa: ANN401 - untyped library
    try:
        page = document[number]
        chars = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        yield note("bad-page", f"page {number + 1} cannot be read ({error})", "look at the page")
        return
    lines = _lines(chars)
    marks = {id(w): _is_hidden(chars, w.first) for line in lines for w in line.words}
    # A page all of whose words are invisible is a scan with its recognised text laid over it.
    layer = bool(marks) and all(marks.values())
    places: list[list[object]] = []
    for word, before in _spaced(lines):
        yield from pen.write(before)
        start = pen.at
        writing = pen.hide(word.text, "invisible words") if marks[id(word)] and not layer else None
        yield from writing or pen.write(word.text)
        if word.box and pen.at > start:
            places.append([start, pen.at, number + 1, list(word.box)])
    yield {"places": places}
    if layer:
        message = f"page {number + 1} is a picture with a text layer: recognised, not written"
        yield note("text-layer", message, "compare the quoted words with the picture")


def _lines(chars: Any) -> list[_Line]:  # noqa: ANN401
    lines, word = [_Line()], _Word("", None, 0)
    for index, char in enumerate(_characters(chars)):
        if char in "\r\n\t \xa0":
            _end(lines[-1], word)
            word = _Word("", None, index + 1)
            if char == "\n" or (char == "\r" and lines[-1].words):
                lines.append(_Line())
            continue
        if char:
            word.text += char
            word.box = _join(word.box, _box(chars, index))
    _end(lines[-1], word)
    return [line for line in lines if line.words]


def _end(line: _Line, word: _Word) -> None:
    if word.text:
        line.words.append(word)


def _characters(chars: Any) -> Iterator[str]:  # noqa: ANN401
    """Give one string for each index; the second half of a surrogate pair gives none."""
    high = 0
    for index in range(chars.count_chars()):
        code = pdfium.FPDFText_GetUnicode(chars, index)
        if 0xD800 <= code < 0xDC00:  # noqa: PLR2004 - the range of high surrogates
            high = code
            yield ""
        elif 0xDC00 <= code < 0xE000 and high:  # noqa: PLR2004 - of low ones
            yield chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00)
            high = 0
        else:
            found = chr(code) if code <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - the last code point
            yield _HYPHENS.get(found, "" if code == 0 else found)


def _box(chars: Any, index: int) -> Box | None:  # noqa: ANN401
    left, right, low, high = (ctypes.c_double() for _ in range(4))
    if not pdfium.FPDFText_GetCharBox(chars, index, left, right, low, high):
        return None
    return left.value, low.value, right.value, high.value


def _join(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return one or other
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _is_hidden(chars: Any, index: int) -> bool:  # noqa: ANN401
    found = pdfium.FPDFText_GetTextObject(chars, index)
    if found and pdfium.FPDFTextObj_GetTextRenderMode(found) == _INVISIBLE:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if pdfium.FPDFText_GetFillColor(chars, index, red, green, blue, alpha) and not alpha.value:
        return True
    return 0 < pdfium.FPDFText_GetFontSize(chars, index) < _TINY and _is_low(_box(chars, index))


def _is_low(box: Box | None) -> bool:
    """Whether letters are that small on paper: a size of one may be scaled up to any."""
    return box is not None and box[3] - box[1] < _TINY


def _spaced(lines: list[_Line]) -> Iterator[tuple[_Word, str]]:
    """Give every word and the white space before it: a blank line where a paragraph begins."""
    usual = median([g for g in _gaps(lines) if g and g > 0] or [0.0])
    for line, gap in zip(lines, _gaps(lines), strict=True):
        far = gap is not None and usual > 0 and gap > _GAP * usual
        between = "" if line is lines[0] else "\n\n" if far else "\n"
        for word in line.words:
            yield word, between
            between = " "


def _gaps(lines: list[_Line]) -> list[float | None]:
    """Give for each line how far below the one before it stands; less than 0: a new column."""
    lows = [line.low for line in lines]
    between = pairwise(lows)
    gaps = [None if a is None or b is None else round(a - b, 2) for a, b in between]
    return [None, *gaps] if lines else []
