"""How writers make a trace harmless, and how it is mended."""

import re

DOT = (
    r"(?:\.\]|\.|\s?\[\s?(?:\.|dot)\s?\]\s?|\s?\(\s?(?:\.|dot)\s?\)\s?|\{\s?(?:\.|dot)\s?\}"
    r"|\\\.|\[\.|\sdot\s|\uff0e)"
)
"""A dot of a name or an address, plain or made harmless."""
AT = r"(?:@|\s?\[\s?(?:@|at)\s?\]\s?|\s?\(\s?(?:@|at)\s?\)\s?|\s?\{\s?(?:@|at)\s?\}\s?)"
"""An at sign, plain or made harmless."""
LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
HOST = rf"_?{LABEL}(?:{DOT}_?{LABEL}){{1,40}}"
"""Two names or more with dots between them."""
CJK = "\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef"
"""Letters and marks that touch a trace in Chinese, Japanese and Korean without a space."""

PATH_LETTER = rf"[^\s<>\"'`|\u2018-\u201f\u00ab\u00bb\u2026{CJK}]"
"""What may stand in a link behind its host: no space, no quotation mark, no CJK letter."""
_TRAILING = ".,;:!?'\"*_`\\"
_CLOSES = {")": "(", "]": "[", "}": "{"}
_OPENS = {opens: closes for closes, opens in _CLOSES.items()}
_BRACKET = re.compile(r"[()\[\]{}]")

_DOT_IN = re.compile(DOT, re.IGNORECASE)
_PATH_FANG = re.compile(r"[\[({\\]")
_ESCAPED = re.compile(r"\\([_.&=~*#+!-])")
_FANG = re.compile(r"[\[\](){}\\\uff0e]|\sdot\s", re.IGNORECASE)
_CJK_PREFIX = re.compile(rf".*[{CJK}]", re.DOTALL)
_CJK_SUFFIX = re.compile(rf"[{CJK}]")


def mended(written: str) -> str:
    """Put plain dots where the writer broke them."""
    if written.isalnum():
        return written
    return _DOT_IN.sub(".", written)


def mended_path(written: str) -> str:
    """Mend the part of a link behind the host: bracketed dots, and Markdown's backslashes."""
    if not _PATH_FANG.search(written):
        return written
    for fang in ("[.]", "(.)", "{.}", "[dot]", "(dot)"):
        written = written.replace(fang, ".")
    return _ESCAPED.sub(r"\1", written.replace("[/]", "/"))


def without_trailing(written: str) -> str:
    """Leave off the sentence's own marks, and all from a bracket that did not open in the link."""
    bare = written[: _unopened(written)]
    end = len(bare.rstrip(_TRAILING))
    for opens, closes in _OPENS.items():
        if bare[:end].endswith(opens) or (bare[end - 1 : end] == closes and opens not in bare):
            end -= 1
    return bare[:end]


def _unopened(written: str) -> int:
    """Give the place of the first closing bracket that nothing in the link opens."""
    depth = dict.fromkeys(_OPENS, 0)
    for mark in _BRACKET.finditer(written):
        kind = _CLOSES.get(mark.group())
        if kind is None:
            depth[mark.group()] += 1
        elif depth[kind]:
            depth[kind] -= 1
        elif kind != "[" or written[mark.start() - 1 : mark.start()] != ".":
            return mark.start()
    return len(written)


def is_defanged(written: str) -> bool:
    """Whether the writer broke the trace on purpose."""
    return _FANG.search(written) is not None


def trimmed(written: str) -> tuple[int, int]:
    """Say how many CJK-touched characters to leave off before and behind a name.

    A name wholly in such letters, or a label that is, stays: it is an international name.
    """
    first, last = _first_label(written), _last_label(written)
    lead = _CJK_PREFIX.match(first)
    tail = _CJK_SUFFIX.search(last)
    before = lead.end() if lead and lead.end() < len(first) else 0
    behind = len(last) - tail.start() if tail and tail.start() > 0 else 0
    return before, behind


def _first_label(written: str) -> str:
    mark = _DOT_IN.search(written)
    return written[: mark.start()] if mark else written


def _last_label(written: str) -> str:
    at = max(written.rfind(c) for c in ".])}\uff0e ")
    return written[at + 1 :]
