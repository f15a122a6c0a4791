"""Paths of files and keys of the Windows registry."""

import re
from collections.abc import Iterator

from ashiato.core.records import ObservableType
from ashiato.read.text.observables.fangs import CJK
from ashiato.read.text.observables.trace import Trace, listed, trace

_STOP = rf"\\/:*?\"<>|\r\n\t\u2018-\u201f{CJK}"
_INSIDE = rf"[^{_STOP}]{{1,80}}"
_LAST = rf"[^{_STOP}\s,;'`]{{1,160}}"
_SEP = r"(?:\\\\|\\)"
_ROOT = re.compile(r"HK(?:LM|CU|CR|CC|U|EY_[A-Z_]{5,20})(?:64|32)?(?:\])?:?(?=\\)")
_KEY = re.compile(
    rf"(?:{_SEP}(?:[^{_STOP}]{{1,80}}(?=\\)|[^{_STOP}\s,;'`]{{1,160}}|\{{[0-9A-Fa-f-]{{36}}\}}|\*)){{1,30}}{_SEP}?"
)
_BACKSLASH = re.compile(r"(?<=[A-Za-z]):(?=\\)|%(?=\\)|\\\\(?=\w)")
_BEHIND = re.compile(rf"(?:{_SEP}{_INSIDE}(?=\\)){{0,30}}(?:{_SEP}{_LAST}|{_SEP})")
_SHARE = re.compile(rf"\\\\[\w.$-]{{1,64}}(?:{_SEP}{_INSIDE}(?=\\)){{0,30}}{_SEP}{_LAST}")
_VARIABLE = re.compile(r"%[A-Za-z_()0-9]{2,32}\Z")
_SLASH = re.compile(r"/(?=[A-Za-z.])")
_UNIX = re.compile(r"(?:/[\w.+@%$-]{1,160}){1,40}/?", re.ASCII)
_TRAILING = ".,;:!?'\"*`)]}"
_QUOTES = {'"': '"', "\u201c": "\u201d", "`": "`"}
_NO_PATH = re.compile(r"[\"<>|\n\r;]")
_LONGEST_QUOTED = 260
_SPACES_INSIDE = 3


def registry_keys(text: str) -> Iterator[Trace]:
    """Find keys and values of the registry by the names of its roots."""
    for root in _ROOT.finditer(text):
        key = _KEY.match(text, root.end())
        if key and not text[root.start() - 1 : root.start()].isalnum():
            end = root.end() + len(_trimmed(key.group()))
            if end > root.end() + 1:
                value = text[root.start() : end].replace("\\\\", "\\")
                yield trace(ObservableType.REGISTRY, value, root.start(), end)


def file_paths(text: str) -> Iterator[Trace]:
    """Find paths of Windows (drive, variable, share) and of UNIX (below a known folder)."""
    if "\\" in text:
        yield from _windows(text)
    if "/" in text:
        yield from _unix(text)


def _windows(text: str) -> Iterator[Trace]:
    done = 0
    for mark in _BACKSLASH.finditer(text):
        start = _windows_start(text, mark)
        if start is None or start < done:
            continue
        pattern, at = (_SHARE, start) if mark.group() == "\\\\" else (_BEHIND, mark.end())
        behind = pattern.match(text, at)
        if behind:
            end = _quoted_end(text, start) or (
                at + len(_trimmed(_without_sentences(behind.group())))
            )
            if end > at + 1:
                done = end
                value = text[start:end]
                if mark.group() != "\\\\":
                    value = value.replace("\\\\", "\\")
                yield trace(ObservableType.PATH, value, start, end)


def _quoted_end(text: str, start: int) -> int | None:
    """Give the place of the closing quotation mark where one opens right before the path."""
    closing = _QUOTES.get(text[start - 1 : start])
    end = text.find(closing, start, start + _LONGEST_QUOTED) if closing else -1
    return end if end > 0 and not _NO_PATH.search(text, start, end) else None


def _windows_start(text: str, mark: re.Match[str]) -> int | None:
    at = mark.start()
    if mark.group() == ":":
        alone = not text[at - 2 : at - 1].isalnum() if at > 1 else True
        return at - 1 if alone else None
    if mark.group() == "%":
        name = _VARIABLE.search(text[max(0, at - 34) : at])
        return at - len(name.group()) if name else None
    return None if text[at - 1 : at].isalnum() or text[at - 1 : at] in {":", "\\", "%"} else at


def _without_sentences(written: str) -> str:
    """Cut where a folder would have too many words: the sentence went on to another path."""
    at = 0
    for part in written.split("\\"):
        if part.count(" ") > _SPACES_INSIDE:
            return written[: at + part.index(" ")]
        at += len(part) + 1
    return written


def _trimmed(written: str) -> str:
    bare = written.rstrip(_TRAILING)
    tail = written[len(bare) :]
    for opens, closes in ("()", "[]", "{}"):
        if tail.startswith(closes) and bare.count(opens) > bare.count(closes):
            return bare + closes
    return bare


def _unix(text: str) -> Iterator[Trace]:
    done = 0
    for mark in _SLASH.finditer(text):
        start = mark.start()
        before = text[start - 1 : start]
        if start < done or before.isalnum() or before in {"/", ".", ":", "<", "_", "-", "]", ")"}:
            continue
        found = _UNIX.match(text, start)
        if found and (home := before == "~" or _is_rooted(found.group())):
            done = found.start() + len(found.group().rstrip(_TRAILING))
            first = start - (before == "~" and home)
            yield trace(ObservableType.PATH, text[first:done], first, done)


def _is_rooted(path: str) -> bool:
    parts = path.split("/")
    return len(parts) > 2 and parts[1] in listed("unix_roots") and bool(parts[2])  # noqa: PLR2004
