"""The visible text of a web page, each character with its place in the page's source."""

import html
import re
from array import array
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate

from ashiato.read.text.shaped import Shaped

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "head",
        "nav",
        "aside",
        "footer",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "select",
    ]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_BLOCK = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_CLOSED_BY_SIBLING = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "option"})
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|\w+);?")
_BREAK = "\n\n"
_DEEPEST = 512
"""Elements that are told apart inside one another; browsers stop at about as many."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a reader of the page sees, and the source spans of the text that is hidden from view."""

    visible: Shaped
    hidden: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    skipped: bool
    hidden: bool


class _Collector(HTMLParser):
    """Gathers characters with their places; the one object with state, alive for one page."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self._source = source
        lengths = (len(line) + 1 for line in source.split("\n"))
        self._line_starts = [0, *accumulate(lengths)]
        self._open: list[_Open] = []
        self._tags: Counter[str] = Counter()
        self._beyond = 0
        self.chars: list[str] = []
        self.starts = array("q")
        self.ends = array("q")
        self.hidden: list[tuple[int, int]] = []

    @property
    def _place(self) -> int:
        line, column = self.getpos()
        return min(self._line_starts[line - 1] + column, len(self._source))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCK or tag == "br":
            self._insert("\n" if tag == "br" else _BREAK)
        if tag in _VOID:
            return
        if tag in _CLOSED_BY_SIBLING and self._open and self._open[-1].tag == tag:
            self._close(len(self._open) - 1)
        if len(self._open) >= _DEEPEST:
            self._beyond += 1
            return
        above = self._open[-1] if self._open else _Open("", skipped=False, hidden=False)
        hides = any(
            name == "hidden" or (name == "style" and _HIDING_STYLE.search(value or ""))
            for name, value in attrs
        )
        self._open.append(_Open(tag, above.skipped or tag in _SKIPPED, above.hidden or hides))
        self._tags[tag] += 1

    def _close(self, depth: int) -> None:
        self._tags.subtract(opened.tag for opened in self._open[depth:])
        del self._open[depth:]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCK:
            self._insert(_BREAK)
        if self._beyond and tag not in _VOID:
            self._beyond -= 1
        elif self._tags[tag] > 0:
            self._close(
                next(i for i in reversed(range(len(self._open))) if self._open[i].tag == tag)
            )

    def handle_data(self, data: str) -> None:
        start = self._place
        self._take(data.replace("\n", " "), range(start, start + len(data)), 1)

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def parse_html_declaration(self, i: int) -> int:
        """Read `<![...` as a comment, as browsers do; the library raises on unknown sections."""
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)

    def _reference(self, written: str) -> None:
        start = self._place
        found = _REFERENCE.match(self._source, start)
        length = len(found.group()) if found else 1
        meaning = html.unescape(written)
        # A reference to a lone surrogate or an unknown name stands for the characters as written.
        shown = meaning if meaning.isprintable() or meaning == "\xa0" else " "
        for char in shown:
            self._take(char, range(start, start + 1), length)

    def _take(self, text: str, places: range, length: int) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and top.skipped:
            return
        if top is not None and top.hidden:
            if text.strip():
                self.hidden.append((places.start, places.stop - 1 + length))
            return
        self.chars.append(text)
        self.starts.extend(places)
        self.ends.extend(place + length for place in places)

    def _insert(self, text: str) -> None:
        """Add characters that stand for no text of the page."""
        self.chars.append(text)
        self.starts.extend([self._place] * len(text))
        self.ends.extend([self._place] * len(text))


def read_page(source: str) -> Page:
    """Give the visible text of the HTML ``source`` and the spans of what it hides."""
    collector = _Collector(source)
    collector.feed(source)
    collector.close()
    visible = Shaped("".join(collector.chars), collector.starts, collector.ends)
    return Page(visible, tuple(collector.hidden))
