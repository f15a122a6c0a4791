"""Traces told by their own shape or by the word before them: CVE, ATT&CK, ASN, mutex, phone."""

import re
from collections.abc import Iterator

from ashiato.core.records import ObservableType
from ashiato.read.text.observables.trace import Trace, listed, trace

_DASH = r"[-_\u00ad\u2010-\u2015\u2212\ufe63\uff0d]\s?"
_CVE = re.compile(rf"[Cc][Vv][Ee](?:{_DASH}|\s|:\s?)(\d{{4}}){_DASH}(\d{{4,7}})(?!\d)")
_ATTACK = re.compile(r"T1\d{3}(?:(?:\.|/)\d{3})?|TA00\d\d|[GS]0\d{3}")
_ASN = re.compile(r"AS(?:N\s?|\s)?(?:#|:\s?)?([1-9]\d{2,9})")
_AGENT = re.compile(
    r"Mozilla/\d\.\d(?: \([^()\n]{1,200}\))?(?: [A-Za-z]+/[\w.]+(?: \([^()\n]{1,80}\))?){0,8}"
)
_AGENT_LABEL = re.compile(
    r"[Uu]ser[- ]?[Aa]gent(?: string| header| value)?\s*"
    r"(?:[:=]\s*[\"'\u201c`]?|(?:is |was |of )?[\"'\u201c`])"
    r"(?P<value>[^\"'\u201d`\n]{4,300})"
)
_MUTEX = re.compile(
    r"[Mm](?:utex(?:es)?|UTEX|utant)(?:\s(?:object|name|called|named|with the name|of|value))*"
    r"(?P<mark>\s?[:=]\s?|\s)(?P<quote>[\"'\u2018\u201c`]?)"
    r"(?P<value>[^\s\"'\u2018\u2019\u201c\u201d`,;]{3,128})"
)
_PLUS = re.compile(r"\+(?=[1-9(])")
_PLUS_NUMBER = re.compile(r"\+[1-9]\d{0,3}(?:[ .\u2010\u2011-]?\(?\d{1,5}\)?){2,6}(?![\w])")
_PHONE_LABEL = re.compile(
    r"(?:[Tt]el(?:ephone)?|[Pp]hone|[Ff]ax|[Mm]obile|[Cc]ell|TEL|PHONE|FAX)(?: number| no)?\.?"
    r"(?:\s?[:#]\s?|\s(?:was |is )?)(?P<value>\(?\d{1,5}\)?(?:[ .-]?\(?\d{2,5}\)?){1,4})(?![\w.])"
)
_DIGIT = re.compile(r"\d")
_DATE = re.compile(r"\d{1,2}[.-]\d{1,2}[.-]\d{4}|\d{4}[.-]\d{1,2}[.-]\d{1,2}")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
_SEPARATORS = str.maketrans("", "", " .-()\u2010\u2011")


def vulnerabilities(text: str) -> Iterator[Trace]:
    """Find CVE numbers, with whatever dash they are written."""
    for found in _CVE.finditer(text):
        if not _touches_word(text, found.start()):
            yield trace(ObservableType.CVE, f"CVE-{found[1]}-{found[2]}", *found.span())


def attack_ids(text: str) -> Iterator[Trace]:
    """Find ids of ATT&CK: techniques, tactics, groups and software."""
    for found in _ATTACK.finditer(text):
        if not _touches_word(text, found.start()) and not _runs_on(text, found.end()):
            yield trace(ObservableType.ATTACK, found.group().replace("/", "."), *found.span())


def autonomous_systems(text: str) -> Iterator[Trace]:
    """Find numbers of autonomous systems: AS64496, ASN 64496."""
    for found in _ASN.finditer(text):
        alone = not _touches_word(text, found.start()) and not _runs_on(text, found.end())
        if alone and int(found[1]) < 1 << 32:
            yield trace(ObservableType.ASN, f"AS{found[1]}", *found.span())


def user_agents(text: str) -> Iterator[Trace]:
    """Find user agents: after their label, or in the form of a browser."""
    if "gent" in text:
        for found in _AGENT_LABEL.finditer(text):
            value = found["value"].rstrip(" .,;)")
            start = found.start("value")
            yield trace(ObservableType.USER_AGENT, value, start, start + len(value))
    if "Mozilla/" in text:
        for found in _AGENT.finditer(text):
            value = found.group().rstrip(" .,;")
            yield trace(ObservableType.USER_AGENT, value, found.start(), found.start() + len(value))


def mutexes(text: str) -> Iterator[Trace]:
    """Find the names of mutexes behind the word, where a colon or a quote says it is a name."""
    if "ute" not in text and "UTE" not in text and "utant" not in text:
        return
    for found in _MUTEX.finditer(text):
        value = found["value"].rstrip(".):]")
        if (found["quote"] or found["mark"].strip() or _is_made_up(value)) and _is_a_name(value):
            start = found.start("value")
            yield trace(ObservableType.MUTEX, value, start, start + len(value))


def _is_a_name(value: str) -> bool:
    return len(value) > 2 and value.lower() not in listed("placeholders")  # noqa: PLR2004


def _is_made_up(value: str) -> bool:
    return "\\" in value or "_" in value or any(c.isdigit() for c in value)


def phones(text: str) -> Iterator[Trace]:
    """Find telephone numbers: written internationally, or after a label."""
    if "+" in text:
        for mark in _PLUS.finditer(text):
            found = _PLUS_NUMBER.match(text, mark.start())
            if found and not _touches_word(text, found.start()):
                yield from _phone(found.group(), *found.span())
    for found in _PHONE_LABEL.finditer(text) if _DIGIT.search(text) else ():
        yield from _phone(found["value"], *found.span("value"))


def _phone(written: str, start: int, end: int) -> Iterator[Trace]:
    digits = written.translate(_SEPARATORS)
    if _DATE.fullmatch(written):
        return
    if _FEWEST_DIGITS <= len(digits.removeprefix("+")) <= _MOST_DIGITS:
        yield trace(ObservableType.PHONE, digits, start, end)


def _touches_word(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return before.isascii() and (before.isalnum() or before in {"_", "+"})


def _runs_on(text: str, end: int) -> bool:
    after = text[end : end + 1]
    return after.isascii() and (after.isalnum() or after == "_")
