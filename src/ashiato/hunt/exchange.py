"""Indicators that others publish: STIX 2.1 bundles and MISP events.

Of a STIX pattern the comparisons with ``=``, ``ISSUBSET`` and ``IN`` that are joined by OR give one
indicator each, and ``url:value LIKE 'http://host/path/%'`` gives the beginning of a URL; a pattern
that needs several things at once (AND, FOLLOWEDBY, WITHIN), or a test that no column of a log can
answer, is a problem, never half an indicator. ``valid_from`` and ``valid_until`` are the window
(STIX 2.1, section 4.7). MISP's ``first_seen`` and ``last_seen`` bound only what was seen: between
them a match is certain, outside it is possible. What its
publisher revoked, deleted, replaced by a newer version or marked as not for detection is hunted
too, and each of its matches is listed as excluded with that reason.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from ashiato.core.evidence import Citation, Problem, SpanLocator
from ashiato.core.records import Indicator
from ashiato.core.time import UncertainInterval, parse_instant
from ashiato.hunt.indicators import Found, make, settle
from ashiato.hunt.observables import observable

Said = Mapping[str, Any]
_COMPARISON = re.compile(
    r"""(?P<path>[a-z0-9-]+:[\w.\-\[\]*'"]+?)\s*(?P<not>NOT\s+)?(?P<way>=|ISSUBSET|IN|LIKE)\s*"""
    r"""(?P<value>'(?:[^'\\]|\\.)*'|\((?:\s*'(?:[^'\\]|\\.)*'\s*,?)+\s*\))"""
)
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'")
_HASH = r"hashes\.(?:'|\")?(?:MD5|SHA-?1|SHA-?256)(?:'|\")?"
_AGENT = (
    r"network-traffic:extensions\.'http-request-ext'\.request_header\.(?:'|\")?User-Agent(?:'|\")?"
)
_ASKED = re.compile(
    r"(?:ipv4-addr|ipv6-addr|domain-name|url):value|email-addr:value|"
    r"email-message:(?:from_ref|sender_ref|to_refs\[\*\]|cc_refs\[\*\])\.value|"
    r"network-traffic:(?:dst|src)_ref\.value|user-account:(?:user_id|account_login)|file:name|"
    rf"(?:file|artifact|x509-certificate):{_HASH}|{_AGENT}",
    re.IGNORECASE,
)
_TOLD = (
    (re.compile("user-account:"), "account:"),
    (re.compile("file:name"), "file:"),
    (re.compile(_AGENT, re.IGNORECASE), "user-agent:"),
)
"""What a bare value would not tell: the prefix by which `observable` reads it."""
_MISP = {
    "ip-src", "ip-dst", "ip-src|port", "ip-dst|port", "domain", "hostname", "domain|ip", "url",
    "uri", "md5", "sha1", "sha256", "filename|md5", "filename|sha1", "filename|sha256", "email",
    "email-src", "email-dst", "hostname|port", "vulnerability", "filename", "user-agent",
    "x509-fingerprint-md5", "x509-fingerprint-sha1", "x509-fingerprint-sha256",
}  # fmt: skip
_MISP_TOLD = {"filename": "file:", "user-agent": "user-agent:"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A published value with its window and reason, or why it gives none."""

    where: str
    values: tuple[str, ...]
    window: UncertainInterval
    reason: str
    fault: str = ""
    withdrawn: str = ""


def is_exchange(raw: bytes) -> bool:
    """Whether a list is a STIX bundle or a MISP event, by its content."""
    return raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} and (
        b'"bundle"' in raw or b'"indicator"' in raw or b'"Attribute"' in raw or b'"Event"' in raw
    )


def from_exchange(raw: bytes, path: str) -> Found:
    """Read a STIX bundle or MISP event into indicators; what gives none is a cited problem."""
    text = raw.decode("utf-8-sig", errors="replace")
    exhibit = sha256(raw).hexdigest()
    try:
        entries = list(_entries(json.loads(text)))
    except (ValueError, RecursionError) as error:
        fault = f"is no JSON that can be read: {error}"
        return (), (Problem("bad-list", path, fault, "export the list again"),)
    indicators: list[Indicator] = []
    problems: list[Problem] = []
    for entry in entries:
        citation = _cite(text, exhibit, path, entry.where)
        made, faults = _made(entry, citation)
        indicators += made
        problems += (_bad_entry(citation, fault) for fault in faults)
    accepted, refused = settle(indicators, path)
    return accepted, (*problems, *refused)


def _made(entry: _Entry, citation: Citation) -> tuple[list[Indicator], list[str]]:
    made: list[Indicator] = []
    faults = [entry.fault] if entry.fault else []
    for value in entry.values:
        try:
            found = observable(value)
            made.append(
                make(found, entry.window, entry.reason, (citation,), withdrawn=entry.withdrawn)
            )
        except ValueError as error:
            faults.append(str(error))
    return made, faults


def _cite(text: str, exhibit: str, path: str, where: str) -> Citation:
    """Cite the published words; JSON may write them with or without escapes."""
    spellings = (json.dumps(where, ensure_ascii=way)[1:-1] for way in (False, True))
    found = next(((at, s) for s in spellings if (at := text.find(s)) >= 0), (0, ""))
    start, quote = found
    return Citation(exhibit, path, SpanLocator(start, start + len(quote), "utf-8-sig"), quote)


def _bad_entry(citation: Citation, fault: str) -> Problem:
    remedy = "write the value into a list of its own: value,start,end,reason"
    return Problem("bad-row", citation.path, fault, remedy, citation=citation)


def _entries(found: object) -> Iterator[_Entry]:
    if isinstance(found, list):
        for one in found:
            yield from _entries(one)
    elif isinstance(found, dict) and isinstance(found.get("objects"), list):
        objects = [one for one in found["objects"] if isinstance(one, dict)]
        said = [one for one in objects if one.get("type") == "indicator"]
        newest = _newest(said)
        yield from (_stix(one, newest) for one in said)
    elif isinstance(found, dict) and found.get("type") == "indicator":
        yield _stix(found, {})
    elif isinstance(found, dict):
        yield from _misp(found)


# --- STIX ----------------------------------------------------------------------------------------


def _newest(said: Iterable[Said]) -> dict[str, str]:
    """Give the last ``modified`` of each object: STIX publishes a new version under the same id."""
    newest: dict[str, str] = {}
    for one in said:
        name, modified = str(one.get("id", "")), str(one.get("modified", ""))
        newest[name] = max(newest.get(name, ""), modified)
    return newest


def _stix(said: Said, newest: Mapping[str, str]) -> _Entry:
    pattern, name = str(said.get("pattern", "")), str(said.get("name") or "published indicator")
    where = pattern or str(said.get("id", ""))
    if said.get("pattern_type", "stix") != "stix":
        kind = said.get("pattern_type")
        return _Entry(where, (), UncertainInterval(), name, f"a pattern of type {kind!r}")
    try:
        window = UncertainInterval.exactly(
            _instant(said.get("valid_from")), _instant(said.get("valid_until"))
        )
        return _Entry(where, _values(pattern), window, name, withdrawn=_withdrawn(said, newest))
    except ValueError as error:
        return _Entry(where, (), UncertainInterval(), name, str(error))


def _withdrawn(said: Said, newest: Mapping[str, str]) -> str:
    if said.get("revoked") is True:
        return "its publisher revoked the indicator"
    name, modified = str(said.get("id", "")), str(said.get("modified", ""))
    newer = bool(name) and modified < newest.get(name, "")
    return "the list holds a newer version of the indicator" if newer else ""


def _instant(text: object) -> datetime | None:
    return parse_instant(text) if isinstance(text, str) and text else None


def _values(pattern: str) -> tuple[str, ...]:
    """Give the values any one of which meets the pattern.

    Raises:
        ValueError: it asks for more than one thing at once, or for what no log column holds.

    """
    rest = _COMPARISON.sub("", pattern).replace("OR", "")
    if re.sub(r"[\s\[\]()]", "", rest):
        raise ValueError(f"a pattern that a value alone does not meet: {pattern[:120]!r}")
    found = list(_COMPARISON.finditer(pattern))
    if not found or any(one["not"] for one in found):
        raise ValueError(f"a pattern that a value alone does not meet: {pattern[:120]!r}")
    unknown = next((one["path"] for one in found if not _ASKED.fullmatch(one["path"])), None)
    if unknown:
        raise ValueError(f"{unknown!r} is in no column of a log")
    return tuple(
        _prefixed(one["path"], _plain(one["way"], one["path"], value))
        for one in found
        for value in _strings(one["value"])
    )


def _strings(written: str) -> Iterator[str]:
    return (re.sub(r"\\(.)", r"\1", value) for value in _STRING.findall(written))


def _plain(way: str, path: str, value: str) -> str:
    """Write LIKE with its one sign at the end as the beginning of a URL; no column answers more."""
    if way != "LIKE":
        return value
    begin = value.removesuffix("%")
    if path != "url:value" or begin == value or "%" in begin or "_" in begin:
        raise ValueError(f"a pattern that a value alone does not meet: {path} LIKE {value!r}")
    return f"{begin}*"


def _prefixed(path: str, value: str) -> str:
    return next((told for pattern, told in _TOLD if pattern.match(path)), "") + value


# --- MISP ----------------------------------------------------------------------------------------


def _misp(found: Said) -> Iterator[_Entry]:
    event = found.get("Event", found)
    response = found.get("response")
    if isinstance(response, list):
        for one in response:
            yield from _entries(one)
    elif isinstance(event, dict):
        info = str(event.get("info") or "MISP event")
        yield from (_attribute(one, info) for one in _attributes(event))


def _attributes(event: Said) -> Iterator[Said]:
    holders = [event, *(o for o in _list(event.get("Object")) if isinstance(o, dict))]
    for holder in holders:
        yield from (a for a in _list(holder.get("Attribute")) if isinstance(a, dict))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _attribute(said: Said, info: str) -> _Entry:
    value, kind = str(said.get("value", "")), str(said.get("type", ""))
    reason = str(said.get("comment") or info)
    if kind not in _MISP:
        return _Entry(value, (), UncertainInterval(), reason, f"MISP type {kind!r} is in no log")
    try:
        seen = _instant(said.get("first_seen")), _instant(said.get("last_seen"))
        window = UncertainInterval(None, seen[0], seen[1], None)
        return _Entry(value, _parts(kind, value), window, reason, withdrawn=_set_aside(said))
    except ValueError as error:
        return _Entry(value, (), UncertainInterval(), reason, str(error))


def _set_aside(said: Said) -> str:
    if said.get("deleted") is True:
        return "its publisher deleted the indicator"
    aside = said.get("to_ids") is False
    return "its publisher does not mean it for detection (to_ids)" if aside else ""


def _parts(kind: str, value: str) -> tuple[str, ...]:
    """Give what of a composite value can be sought: both of ``domain|ip``, no ports or names."""
    if kind in _MISP_TOLD:
        return (_MISP_TOLD[kind] + value,)
    parts = value.split("|")
    if kind.startswith("filename|"):
        return tuple(parts[-1:])
    return tuple(parts) if kind == "domain|ip" else tuple(parts[:1])
