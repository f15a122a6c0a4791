"""DOCX to text from its parts: body, tables, headers, notes; what is hidden is recorded."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from lxml import etree

from ashiato.read.files.frames import Frame, Pen, note
from ashiato.read.files.zip import checked
from ashiato.read.sandbox import Refused

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARTS = (
    (re.compile(r"word/header\d*\.xml$"), ""),
    (re.compile(r"word/document\d*\.xml$"), ""),
    (re.compile(r"word/footnotes\.xml$"), ""),
    (re.compile(r"word/endnotes\.xml$"), ""),
    (re.compile(r"word/footer\d*\.xml$"), ""),
    (re.compile(r"word/comments\.xml$"), "comment"),
)
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_WORDS = {"t": "", "delText": "deleted in tracked changes", "instrText": "field instruction"}
_AROUND = {
    "del": "deleted in tracked changes",
    "moveFrom": "moved away in tracked changes",
}


def extract(stream: BinaryIO, arguments: Mapping[str, object]) -> Iterator[Frame]:  # noqa: ARG001 - every reader is called alike
    """Give the text of every part, a blank line between paragraphs and cells."""
    try:
        archive = ZipFile(stream)
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused(f"no DOCX: {error}") from error
    names = [info.filename for info in checked(archive)]
    pen = Pen()
    for pattern, hidden in _PARTS:
        for name in sorted(n for n in names if pattern.fullmatch(n)):
            yield from _part(archive, name, hidden, pen)
    if any("vbaProject" in name for name in names):
        yield note("macros", "it carries macros; they are not read", "have them examined")


def _part(archive: ZipFile, name: str, hidden: str, pen: Pen) -> Iterator[Frame]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(archive.read(name), parser)
    except (etree.XMLSyntaxError, BadZipFile, RuntimeError) as error:
        message = f"the part {name!r} is damaged ({error})"
        yield note("bad-part", message, "ask for an undamaged copy")
        return
    for paragraph in root.iter(f"{_W}p"):
        if _inside(paragraph, _FALLBACK):
            continue
        start = pen.at
        yield from _paragraph(paragraph, hidden, pen)
        if pen.at > start:
            yield from pen.write("\n\n")


def _inside(node: Any, tag: str) -> bool:  # noqa: ANN401 - untyped library
    return any(above.tag == tag for above in node.iterancestors())


def _paragraph(paragraph: Any, hidden: str, pen: Pen) -> Iterator[Frame]:  # noqa: ANN401
    for node in paragraph.iter():
        if not isinstance(node.tag, str) or not node.tag.startswith(_W):
            continue
        name = node.tag.removeprefix(_W)
        if name in _BREAKS and not _is_setting(node):
            yield from pen.write(_BREAKS[name])
        elif name in _WORDS and _nearest_paragraph(node) is paragraph and node.text:
            why = hidden or _WORDS[name] or _hidden_by(node)
            yield from pen.hide(node.text, why) if why else pen.write(node.text)


def _is_setting(node: Any) -> bool:  # noqa: ANN401
    """Tell a tab stop of the paragraph's settings from a tab in its words."""
    above = node.getparent()
    return above is None or above.tag != f"{_W}r"


def _nearest_paragraph(node: Any) -> Any:  # noqa: ANN401
    """Words of a text box inside a paragraph belong to the box's own paragraphs."""
    return next(node.iterancestors(f"{_W}p"), None)


def _hidden_by(node: Any) -> str:  # noqa: ANN401
    run = node.getparent()
    vanish = None if run is None else run.find(f"{_W}rPr/{_W}vanish")
    if vanish is not None and vanish.get(f"{_W}val", "true") not in {"0", "false", "off"}:
        return "hidden words"
    tags = [a.tag.removeprefix(_W) for a in node.iterancestors() if isinstance(a.tag, str)]
    return next((_AROUND[tag] for tag in tags if tag in _AROUND), "")
