"""Links and e-mail addresses; the host inside is linked and not given a second time."""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from ashiato.core.records import Observable, ObservableType
from ashiato.read.text.observables.fangs import (
    AT,
    DOT,
    HOST,
    LABEL,
    PATH_LETTER,
    mended,
    mended_path,
    trimmed,
    without_trailing,
)
from ashiato.read.text.observables.suffixes import domain_name
from ashiato.read.text.observables.trace import Trace

_SEPARATOR = re.compile(r":(?:\s?//|\\/\\/|\]//|//\])|\[://\]|:\[//\]|\[:\]\[//\]")
_SCHEMES = {
    "http": "http", "hxxp": "http", "h**p": "http", "hxtp": "http", "htxp": "http", "meow": "http",
    "https": "https", "hxxps": "https", "h**ps": "https", "hxtps": "https", "htxps": "https",
    "ftp": "ftp", "fxp": "ftp", "f**p": "ftp", "sftp": "sftp", "ftps": "ftps",
    "ws": "ws", "wss": "wss", "tcp": "tcp", "udp": "udp",
}  # fmt: skip
_SCHEME = re.compile(
    r"(?<![^\W\d_])(?:h(?:tt|xx|\*\*|xt|tx)ps?|meow|s?ftps?|f(?:x|\*\*)p|wss?|tcp|udp)\Z",
    re.IGNORECASE,
)
_LONGEST_SCHEME = 5
_REST = re.compile(
    rf"(?P<user>[\w.%+:-]{{1,64}}@)?"
    rf"(?P<host>{HOST}|\[[0-9a-fA-F:.]{{2,45}}\]|{LABEL})"
    rf"(?P<port>(?::|\[:\])\d{{1,5}}(?!\d))?"
    rf"(?P<path>(?:\[/\]|[/?#]){PATH_LETTER}{{0,4000}})?",
    re.IGNORECASE,
)
_AT = re.compile(r"@|[\[({]\s?(?:@|at)\s?[\])}]", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_%+.-]{0,64}\Z")
_MAIL_HOST = re.compile(rf"{AT}(?P<host>{HOST})", re.IGNORECASE)


def links(text: str) -> Iterator[Trace]:
    """Find links: a scheme, a host, and what follows until a space, a quote or a CJK letter."""
    for mark in _SEPARATOR.finditer(text):
        start = max(0, mark.start() - _LONGEST_SCHEME - 1)
        lead = text[start : mark.start()].removesuffix("[").removesuffix(" ")
        scheme = _SCHEME.search(lead)
        rest = _REST.match(text, mark.end()) if scheme else None
        if scheme and rest:
            yield from _link(text, start + scheme.start(), scheme.group().lower(), rest)


def _link(text: str, start: int, scheme: str, rest: re.Match[str]) -> Iterator[Trace]:
    before, behind = trimmed(rest["host"])
    if before or (behind and rest["path"]):
        return
    end = rest.end("host") - behind if behind else _end(rest)
    host = mended(text[rest.start("host") : rest.end("host") - behind]).lower()
    normal = host if host.startswith("[") else _normal(host)
    tail = "" if behind else _tail(rest, end)
    value = f"{_SCHEMES.get(scheme, scheme)}://{rest['user'] or ''}{normal}{tail}"
    yield Trace(Observable(ObservableType.URL, value), start, end, host_in(normal.strip("[]")))


def _end(rest: re.Match[str]) -> int:
    if not rest["path"]:
        return rest.end("port") if rest["port"] else rest.end("host")
    return rest.start("path") + len(without_trailing(rest["path"]))


def _tail(rest: re.Match[str], end: int) -> str:
    port = (rest["port"] or "").replace("[:]", ":")
    path = rest["path"][: end - rest.start("path")] if rest["path"] else ""
    return port + mended_path(path)


def _normal(host: str) -> str:
    return domain_name(host) or host


def host_in(host: str) -> Observable | None:
    """Give the domain or address that is the host of a link, or ``None`` for a bare name."""
    try:
        return Observable(ObservableType.IP, str(ip_address(host)))
    except ValueError:
        name = domain_name(host)
        return Observable(ObservableType.DOMAIN, name) if name else None


def emails(text: str) -> Iterator[Trace]:
    """Find e-mail addresses below a public suffix, spelled out or not."""
    for mark in _AT.finditer(text):
        first = mark.start() - (
            text[mark.start() - 1 : mark.start()] == " " and mark.group() != "@"
        )
        name = _NAME.search(text[max(0, first - 64) : first])
        host = _MAIL_HOST.match(text, first)
        local = name.group().lstrip(".-+%") if name else ""
        if host and local and not local.endswith("."):
            yield from _email(local, first - len(local), host)


def _email(local: str, start: int, host: re.Match[str]) -> Iterator[Trace]:
    _, behind = trimmed(host["host"])
    end = host.end() - behind
    name = domain_name(mended(host["host"][: len(host["host"]) - behind]))
    while name is None and (dot := _LAST_DOT.match(host["host"][: end - host.start("host")])):
        end = host.start("host") + dot.end(1)  # "mail a@b.example.Then": the joint is no label
        name = domain_name(mended(dot[1])) if "." in mended(dot[1]) else ""
    if name:
        value = Observable(ObservableType.EMAIL, f"{local.lower()}@{name}")
        yield Trace(value, start, end, Observable(ObservableType.DOMAIN, name))


_LAST_DOT = re.compile(rf"(.*?){DOT}(?=[A-Z])[^.\[\](){{}}]*\Z", re.DOTALL)
