"""Addresses, ranges, domains and file names: whatever has dots inside, and IPv6."""

import re
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_network

from ashiato.core.records import Observable, ObservableType
from ashiato.read.text.observables.fangs import (
    CJK,
    DOT,
    HOST,
    PATH_LETTER,
    is_defanged,
    mended,
    mended_path,
    trimmed,
    without_trailing,
)
from ashiato.read.text.observables.suffixes import domain_name
from ashiato.read.text.observables.trace import Trace, listed, trace

_DOTS = re.compile(
    r"\.(?=[^\W])|\[\s?(?:\.|dot)\s?\]|\[\.|\.\]|\(\s?(?:\.|dot)\s?\)|\{\s?(?:\.|dot)\s?\}|\\\.(?=\w)|\uff0e",
    re.IGNORECASE,
)
_SPELLED = re.compile(r" dot (?=\w)", re.IGNORECASE)
_HOST = re.compile(HOST, re.IGNORECASE)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PREFIX = r"\s?(?:/|\[/\])(?P<prefix>3[0-2]|[12]?\d)(?![\w/])"
_IPV4 = re.compile(
    rf"{_OCTET}(?:{DOT}{_OCTET}){{3}}(?!\w|{DOT}\d|-[^\W\d_]|-\d+[.-][^\W\d_])(?!{DOT}[a-z])"
    rf"(?:{_PREFIX})?",
    re.ASCII,
)
_LONGEST_LABEL = 64
_CJK_THEN_DIGIT = re.compile(rf"[{CJK}]{{1,64}}(?=[0-9])")
_VERSION_BRIDGE = re.compile(
    r"\s*(?:,|and|or|to|through|until|via|&|-|\u2013|/|\s)*\s*\Z", re.IGNORECASE
)
_WORD_BEFORE = re.compile(r"[^\s(\[{\"']+(?=[\s:=(\"']*\Z)")
_STARRED = re.compile(r"[^\W_]\*{1,10}\Z")
_PATH_BEHIND = re.compile(
    rf"(?P<port>(?::|\[:\])\d{{1,5}}(?!\d))?(?P<path>(?:/|\[/\]){PATH_LETTER}{{1,2000}})"
)

_COLONS = re.compile(r":(?::|[0-9A-Fa-f]{1,4}:)")
_SIX = re.compile(
    r"(?:[0-9A-Fa-f:]{1,30}:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]{2,39})(?P<prefix>/\d{1,3})?"
)
_SIX_BROKEN = re.compile(r"(?<![\w:])[0-9A-Fa-f]{1,4}(?:\[?:\]?[0-9A-Fa-f]{0,4}){2,8}(?![\w:])")
_SIX_CHARS = frozenset("0123456789abcdefABCDEF:")
_LONGEST_SIX = 45
_PAIRS_OF_EUI64 = 8


def hosts(text: str) -> Iterator[Trace]:
    """Find addresses, ranges, domains and file names around the dots of a text."""
    done, version_end = 0, -1
    for mark in _dots(text):
        if mark.start() < done:
            continue
        start = _label_start(text, mark.start(), done)
        found = _IPV4.match(text, start) if text[start : start + 1].isdecimal() else None
        if found:
            done = found.end()
            if _is_version(text, found, version_end):
                version_end = done
            else:
                item = _address(text, found)
                done = item.end
                yield item
        elif name := _HOST.match(text, start):
            done = name.end()
            for item in _named(text, name):
                done = max(done, item.end)
                yield item


def _dots(text: str) -> Iterator[re.Match[str]]:
    if " dot " not in text and " DOT " not in text:
        return _DOTS.finditer(text)
    both = [*_DOTS.finditer(text), *_SPELLED.finditer(text)]
    return iter(sorted(both, key=lambda mark: mark.start()))


def _label_start(text: str, at: int, floor: int) -> int:
    if at > floor and text[at - 1].isspace():
        at -= 1
    floor = max(floor, at - _LONGEST_LABEL)
    while at > floor and (text[at - 1].isalnum() or text[at - 1] in "-_"):
        at -= 1
    while text[at : at + 1] == "-":
        at += 1
    touching = _CJK_THEN_DIGIT.match(text, at)
    return touching.end() if touching else at


def _address(text: str, found: re.Match[str]) -> Trace:
    value = mended(found.group().partition("/")[0].removesuffix("[").strip())
    if found["prefix"] == "32":
        return trace(ObservableType.IP, value, *found.span())
    if found["prefix"]:
        network = ip_network(f"{value}/{found['prefix']}", strict=False)
        return trace(ObservableType.CIDR, str(network), *found.span())
    return _with_path(text, trace(ObservableType.IP, value, *found.span()))


def _with_path(text: str, host: Trace) -> Trace:
    """Give the link that a host without a scheme opens ("relay.example/a.php"), or the host."""
    behind = _PATH_BEHIND.match(text, host.end)
    path = without_trailing(behind["path"]) if behind else ""
    if not behind or not any(c.isalnum() for c in path):
        return host
    tail = (behind["port"] or "").replace("[:]", ":") + mended_path(path)
    value = Observable(ObservableType.URL, host.observable.value + tail)
    return Trace(value, host.start, behind.start("path") + len(path), host.observable)


def _is_version(text: str, found: re.Match[str], version_end: int) -> bool:
    """Whether four numbers are a version: a word before says so, or the version before goes on."""
    if is_defanged(found.group()):
        return False
    start = found.start()
    if text[start - 1 : start] in {"/", "_", "-"} and text[start - 2 : start - 1].isalpha():
        return True
    near = 0 <= version_end <= start <= version_end + 12  # " and later to "
    if near and _VERSION_BRIDGE.match(text, version_end, start):
        return True
    before = _WORD_BEFORE.search(text[max(0, start - 24) : start])
    return before is not None and before.group().lower().strip(":=,(") in listed("version_words")


def _named(text: str, found: re.Match[str]) -> Iterator[Trace]:
    written = found.group()
    before, behind = (0, 0) if written.isascii() else trimmed(written)
    start, end = found.start() + before, found.end() - behind
    written = text[start:end]
    defanged = is_defanged(written)
    plain = mended(written)
    if plain.replace(".", "").isdecimal():
        return
    if not defanged:
        joint = _before_joint(written)
        end, plain = start + len(joint), joint
        kind = _plain_kind(text, start, end, plain)
    else:
        kind = ObservableType.DOMAIN if _is_spelled_out(written, plain) else None
    name = domain_name(plain) if kind is ObservableType.DOMAIN else plain
    if kind and name and "." in name:
        item = trace(kind, name, start, end)
        yield _with_path(text, item) if kind is ObservableType.DOMAIN else item


def _is_spelled_out(written: str, plain: str) -> bool:
    """Whether broken dots make a name: "the dot com years" does not."""
    if " dot " not in written.lower():
        return True
    labels = plain.lower().split(".")
    return len(labels[-1]) > 2 and labels[-2] not in listed("articles")  # noqa: PLR2004


def _before_joint(written: str) -> str:
    """Cut "relay.example.Then" where the next sentence begins without a space."""
    labels = written.split(".")
    while len(labels) > 1 and _opens_sentence(labels[-1]) and not _is_capitalised(labels[:-1]):
        labels.pop()
    return ".".join(labels)


def _opens_sentence(label: str) -> bool:
    return label[:1].isupper() and (label[1:].islower() or len(label) == 1)


def _is_capitalised(labels: list[str]) -> bool:
    return all(label[:1].isupper() for label in labels)


def _plain_kind(text: str, start: int, end: int, written: str) -> ObservableType | None:
    """Say what an unbroken name with dots is: a domain, a file name, or nothing."""
    lower = written.lower()
    labels = lower.split(".")
    if len(labels) < 2 or lower in listed("not_domains"):  # noqa: PLR2004
        return None
    before = text[max(0, start - 2) : start]
    if text[end : end + 1] == "(" or (before[-1:] in {"$", "."} and before != "*."):
        return None
    if before[-1:] == "*" and _STARRED.search(text[max(0, start - 12) : start]):
        return None
    if labels[-1] in listed("file_endings") and _is_file(text, start, labels):
        return ObservableType.FILE if _is_file_name(labels) else None
    opens_path = text[end : end + 1] == "/" and text[end + 1 : end + 2].isalnum()
    if (
        (_is_abbreviation(labels) and not opens_path)
        or text[end : end + 1] == "@"
        or text[start - 1 : start] == "\\"
    ):
        return None
    return ObservableType.DOMAIN if _reads_as_domain(text, start, end, written) else None


def _is_file(text: str, start: int, labels: list[str]) -> bool:
    """Whether a name with the ending of a file is one; some endings are countries, too."""
    if labels[-1] not in listed("endings_of_both"):
        return True
    return len(labels) == 2 and labels[0] != "www" and text[start - 1 : start] != "@"  # noqa: PLR2004


def _is_file_name(labels: list[str]) -> bool:
    return any(c.isalnum() for c in labels[0]) and not all(len(label) == 1 for label in labels)


def _is_abbreviation(labels: list[str]) -> bool:
    return len(labels[-1]) == 1 or (len(labels) == 2 and len(labels[0]) == 1 and len(labels[1]) < 3)  # noqa: PLR2004


def _reads_as_domain(text: str, start: int, end: int, written: str) -> bool:
    labels = written.split(".")
    if not (written.islower() or written.isupper()) and not _is_cased_domain(labels):
        return False
    last = labels[-1].lower()
    if _is_package(labels):
        return False
    if last not in listed("endings_like_words"):
        return True
    first = labels[-2].lower()
    if len(labels) > 2 or any(c.isdigit() or c == "-" for c in first):  # noqa: PLR2004
        return True
    return _stands_as_name(text, start, end, first)


def _is_package(labels: list[str]) -> bool:
    """Whether it is the name of a program's package, which is a domain turned round."""
    turned = len(labels) > 2 and labels[0].lower() in listed("package_roots")  # noqa: PLR2004
    return turned and labels[-1].lower() not in listed("common_endings")


def _is_cased_domain(labels: list[str]) -> bool:
    """Whether mixed case still reads as a name: "Relay.example", not "Trojan.Win32.Agent"."""
    if any(label.lower() in listed("detection_words") for label in labels[:-1]):
        return False
    last = labels[-1]
    return last.islower() or (last.isupper() and labels[-2].isupper())


def _stands_as_name(text: str, start: int, end: int, first: str) -> bool:
    """Whether "name.me" is said to be a place: alone on its line, after "from", before "/"."""
    if text[end : end + 1] == "/" and text[end + 1 : end + 2].isalnum():
        return True
    if first in listed("articles") or len(first) < 2:  # noqa: PLR2004
        return False
    if text[end : end + 1] in {"/", ":"} or text[start - 1 : start] in {"\u201c", '"', "'", "@"}:
        return True
    alone = text[max(0, start - 1) : start] in {"", "\n"} and text[end : end + 1] in {"", "\n"}
    before = _WORD_BEFORE.search(text[max(0, start - 24) : start])
    said = before is not None and before.group().lower().strip(":,(") in listed("place_words")
    return alone or said


def addresses6(text: str) -> Iterator[Trace]:
    """Find IPv6 addresses and ranges; a clock time or a hardware address is none."""
    done = 0
    for mark in _COLONS.finditer(text):
        if mark.start() < done:
            continue
        start = _six_start(text, mark.start(), done)
        found = _SIX.match(text, start)
        if found:
            done = found.end()
            yield from _six(text, found)
    if "[:]" in text:
        for found in _SIX_BROKEN.finditer(text):
            if "[:]" in found.group():
                value = found.group().replace("[:]", ":")
                yield from _six_value(value, *found.span())


def _six_start(text: str, at: int, floor: int) -> int:
    floor = max(floor, at - _LONGEST_SIX)
    while at > floor and text[at - 1] in _SIX_CHARS:
        at -= 1
    return at


def _six(text: str, found: re.Match[str]) -> Iterator[Trace]:
    start, end = found.span()
    if not found["prefix"]:
        end -= len(found.group()) - len(_without_colon(found.group()))
    touching = text[start - 1 : start], text[end : end + 1]
    if any(c and c.isascii() and (c.isalnum() or c in "_:") for c in touching):
        return
    yield from _six_value(text[start:end], start, end)


def _without_colon(written: str) -> str:
    """Leave off the colon of the sentence; that of "2001:db8::" belongs to the address."""
    return written[:-1] if written.endswith(":") and not written.endswith("::") else written


def _six_value(written: str, start: int, end: int) -> Iterator[Trace]:
    if not any(c.isdigit() for c in written) or _is_hardware(written):
        return
    try:
        if "/" in written:
            network = ip_network(written, strict=False)
            yield trace(ObservableType.CIDR, str(network), start, end)
        else:
            yield trace(ObservableType.IP, _address_text(written), start, end)
    except ValueError:
        return  # a clock time, a hardware address, a ratio


def _address_text(written: str) -> str:
    """Give an address in normal form; one that only wraps an IPv4 address is that address."""
    address = IPv6Address(written)
    return str(address.ipv4_mapped or address)


def _is_hardware(written: str) -> bool:
    parts = written.split(":")
    return len(parts) == _PAIRS_OF_EUI64 and all(len(part) == 2 for part in parts)  # noqa: PLR2004
