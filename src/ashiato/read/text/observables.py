"""Addresses, domains, links, hashes and CVE numbers in running text, with exact places.

Writers break traces on purpose ("hxxp", "[.]") so that nobody clicks them; the value given here is
mended, the place is that of the words as written. A file name is no domain, a version no address.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from functools import cache

from publicsuffixlist import PublicSuffixList

from ashiato.core.records import Observable, ObservableType
from ashiato.read.text.lexicon import reading, words

Found = tuple[Observable, int, int]
"""An observable and the characters ``[start, end)`` it stands in."""

_DOT = (
    r"(?:\.|\s?\[\s?\.\s?\]\s?|\s?\(\s?\.\s?\)\s?|\{\.\}"
    r"|\s?\[dot\]\s?|\s?\(dot\)\s?|\\\.|\[\.|\.\])"
)
_DASH = r"[-\u2010-\u2014\u2212]"
_AT = r"(?:@|\s?\[@\]\s?|\s?\[at\]\s?|\s?\(at\)\s?)"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = rf"{_LABEL}(?:{_DOT}{_LABEL})+"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = rf"{_OCTET}(?:{_DOT}{_OCTET}){{3}}"

_URL = re.compile(
    rf"(?<!\w)(?P<scheme>h(?:tt|xx|\*\*)ps?|s?ftp|fxp)(?:\[:\]|:)(?://|\[//\]|\\/\\/)"
    rf"(?P<rest>(?:{_HOST}|\[[0-9a-fA-F:]+\]|{_LABEL})(?::\d{{1,5}})?"
    r"(?:[/?#][^\s<>\"'\u201c\u201d\u300c\u300d\u3002\u3001\uff0c\uff08\uff09]*)?)",
    re.IGNORECASE,
)
_EMAIL = re.compile(rf"(?<![\w.+-])(?P<name>[\w.+-]{{1,64}}){_AT}(?P<host>{_HOST})", re.IGNORECASE)
_CVE = re.compile(
    rf"(?<!\w)CVE{_DASH}(\d{{4}}){_DASH}(\d{{4,7}})(?!\d)",
    re.IGNORECASE,
)
_HASH = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![0-9A-Za-z])"
)
_ADDRESS = re.compile(
    rf"(?<![\w.-]){_IPV4}(?P<prefix>/(?:3[0-2]|[12]?\d)(?!\d))?(?![\w-]|{_DOT}\d)"
)
_ADDRESS6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{3,39}(?:/\d{1,3})?(?![\w:.])")
_DOMAIN = re.compile(rf"(?<![\w.@/\\-]){_HOST}(?![\w@-])", re.IGNORECASE)
_DOT_IN = re.compile(_DOT, re.IGNORECASE)
_AT_IN = re.compile(_AT, re.IGNORECASE)
_TRAILING = ".,;:!?'\"*_`"
_HASHES = {32: ObservableType.MD5, 40: ObservableType.SHA1, 64: ObservableType.SHA256}


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def indicators_in(text: str) -> tuple[Found, ...]:
    """Find the observables of a text, in order, none inside another.

    A domain inside a link or an e-mail address is not given a second time.
    """
    taken: list[tuple[int, int]] = []
    found: list[Found] = []
    for finder in _FINDERS:
        for item in finder(text):
            start, end = item[1], item[2]
            if all(end <= a or b <= start for a, b in taken):
                taken.append((start, end))
                found.append(item)
    return tuple(sorted(found, key=lambda item: item[1:]))


def _plain(written: str) -> str:
    return _DOT_IN.sub(".", written)


def _is_defanged(written: str) -> bool:
    return any(mark in written for mark in "[](){}\\")


def _urls(text: str) -> Iterator[Found]:
    for match in _URL.finditer(text):
        rest = _without_trailing(match["rest"])
        scheme = match["scheme"].lower().replace("x", "t").replace("**", "tt")
        host, slash, path = _split_host(rest)
        value = f"{scheme}://{_plain(host).lower()}{slash}{_plain_path(path)}"
        end = match.start("rest") + len(rest)
        yield Observable(ObservableType.URL, value), match.start(), end


def _split_host(rest: str) -> tuple[str, str, str]:
    cut = next((i for i, c in enumerate(rest) if c in "/?#"), len(rest))
    return rest[:cut], rest[cut : cut + 1], rest[cut + 1 :]


def _plain_path(path: str) -> str:
    return path.replace("[.]", ".").replace("(.)", ".")


def _without_trailing(written: str) -> str:
    """Leave off the sentence's own marks; a closing bracket stays if it opened in the link."""
    text = written
    while text:
        last = text[-1]
        opens = {")": "(", "]": "[", "}": "{", ">": "<"}.get(last)
        unopened = opens is not None and text.count(opens) < text.count(last)
        if last not in _TRAILING and not unopened:
            break
        text = text[:-1]
    return text


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        host = _plain(match["host"]).lower()
        if _has_suffix(host):
            name = match["name"].lower()
            yield Observable(ObservableType.EMAIL, f"{name}@{host}"), match.start(), match.end()


def _cves(text: str) -> Iterator[Found]:
    for match in _CVE.finditer(text):
        value = f"CVE-{match[1]}-{match[2]}"
        yield Observable(ObservableType.CVE, value), match.start(), match.end()


def _hashes(text: str) -> Iterator[Found]:
    for match in _HASH.finditer(text):
        value = match.group().lower()
        if not value.isdigit() and not value.isalpha():
            yield Observable(_HASHES[len(value)], value), match.start(), match.end()


def _addresses(text: str) -> Iterator[Found]:
    for match in _ADDRESS.finditer(text):
        if _names_version(text[: match.start()]) and not _is_defanged(match.group()):
            continue
        value = _plain(match.group())
        if match["prefix"]:
            network = ipaddress.ip_network(value, strict=False)
            yield Observable(ObservableType.CIDR, str(network)), match.start(), match.end()
        else:
            yield Observable(ObservableType.IP, value), match.start(), match.end()


def _names_version(before: str) -> bool:
    word = before[-16:].lower().split()[-1:] or [""]
    return word[0] in words("observables", "version_words")


def _addresses6(text: str) -> Iterator[Found]:
    for match in _ADDRESS6.finditer(text):
        written = match.group()
        if written.count(":") < 2 or not any(c.isdigit() for c in written):  # noqa: PLR2004
            continue
        try:
            if "/" in written:
                found = Observable(
                    ObservableType.CIDR, str(ipaddress.ip_network(written, strict=False))
                )
            else:
                found = Observable(ObservableType.IP, str(ipaddress.ip_address(written)))
        except ValueError:
            continue  # a clock time or a hardware address
        yield found, match.start(), match.end()


def _domains(text: str) -> Iterator[Found]:
    for match in _DOMAIN.finditer(text):
        written = match.group()
        value = _plain(written).lower()
        if _is_defanged(written):
            real = _has_suffix(value)
        else:
            real = _has_suffix(value) and not _is_file(text, match) and not _is_joint(written)
        if real and value not in words("observables", "not_domains"):
            yield Observable(ObservableType.DOMAIN, value), match.start(), match.end()


def _has_suffix(domain: str) -> bool:
    """Whether a name lies below a public suffix, or a name set aside for special use."""
    last = domain.rpartition(".")[2]
    if last in words("observables", "special_names"):
        return True
    try:
        return _suffixes().privatesuffix(domain) is not None
    except (UnicodeError, ValueError):
        return False


def _is_file(text: str, match: re.Match[str]) -> bool:
    """Whether the "domain" is rather a file name: a known ending after one word, or a path."""
    labels = match.group().lower().split(".")
    before = text[: match.start()][-1:]
    if labels[-1] not in words("observables", "file_endings"):
        return False
    return len(labels) == 2 or before in "\\/%"  # noqa: PLR2004 - name and ending


def _is_joint(written: str) -> bool:
    """Whether it is two sentences without a space ("end.In"), or an abbreviation ("U.S")."""
    labels = written.split(".")
    if any(len(label) == 1 for label in labels[-2:]):
        return True
    last = labels[-1]
    return last[:1].isupper() and not written.isupper()


_FINDERS: tuple[Callable[[str], Iterator[Found]], ...] = (
    _urls,
    _emails,
    _cves,
    _hashes,
    _addresses,
    _addresses6,
    _domains,
)


@cache
def _cue_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(reading()['observables']['cues'])})\b", re.IGNORECASE)


@cache
def _benign_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(reading()['observables']['benign'])})\b", re.IGNORECASE)


def attack_cue(sentence: str, heading: str) -> str:
    """Give the words that tie a trace in ``sentence`` to the attack; empty where none do."""
    if _benign_pattern().search(sentence):
        return ""
    found = _cue_pattern().search(sentence) or _cue_pattern().search(heading)
    return found.group() if found else ""
