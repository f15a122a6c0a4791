"""Markdown as its reader sees it: the marks are left out, every word keeps its place."""

import re

from ashiato.read.text.shaped import Shaped

SUFFIXES = (".md", ".markdown", ".mdown")
_MARKS = re.compile(
    r"<!--.*?-->"
    r"|^[ \t]{0,3}#{1,6}[ \t]+|[ \t]+#+[ \t]*$"
    r"|^[ \t]{0,3}(?:>[ \t]?)+"
    r"|^[ \t]{0,3}(?:[-*_][ \t]*){3,}$|^[ \t]{0,3}(?:={2,}|-{2,})[ \t]*$"
    r"|^[ \t]{0,3}(?:`{3,}|~{3,})[^\n]*$"
    r"|\*{1,3}(?=\S)|(?<=\S)\*{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|~~|`+"
    r"|!?\[(?=[^\]\n]{1,300}\]\()|\](?=\([^()\s]{1,500}\))",
    re.MULTILINE | re.DOTALL,
)
_LONGEST = 4_000_000
"""Characters in which marks are looked for; beyond, the text is read with its marks."""


def is_markdown(path: str) -> bool:
    """Tell by the file's name: nothing in the bytes does."""
    return path.lower().endswith(SUFFIXES)


def without_marks(text: str) -> Shaped:
    """Give the words as a reader sees them; the address of a link follows it in parentheses."""
    shaped = Shaped.as_received(text)
    return shaped.without([m.span() for m in _MARKS.finditer(text, 0, _LONGEST)])
