"""Read one value as an analyst writes it, defanged or not, into an observable in normal form."""

import re
from ipaddress import IPv6Address, ip_address, ip_network

from ashiato.core.records import Observable, ObservableType
from ashiato.engine.probes import last_part
from ashiato.engine.urls import normal_prefix, normal_url
from ashiato.hunt.rules import rules

_HASHES = {32: ObservableType.MD5, 40: ObservableType.SHA1, 64: ObservableType.SHA256}
_HEX = re.compile(r"[0-9a-fA-F]+")
_CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s/]+@[^@\s/]+")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_NAME = 253
_PREFIXED = re.compile(r"(account|email|file|path|user[-_]agent)\s*:\s*(?=\S)", re.IGNORECASE)
_PATH = re.compile(r"[A-Za-z]:[\\/]|\\\\|/(?=[^/])")
_FANGS = (
    (re.compile(r"^(\W*)(?:hxxp|h\*\*p|meow)(s?)(?=\W)", re.IGNORECASE), r"\1http\2"),
    (re.compile(r"[\[({]\s*(?:\.|dot)\s*[\])}]", re.IGNORECASE), "."),
    (re.compile(r"[\[({]\s*(?:@|at)\s*[\])}]", re.IGNORECASE), "@"),
    (re.compile(r"[\[({]\s*:\s*[\])}]"), ":"),
    (re.compile(r"[\[({]\s*://\s*[\])}]"), "://"),
    (re.compile(r"[\[({]\s*/\s*[\])}]"), "/"),
)


def refang(text: str) -> str:
    """Undo how reports make a value harmless: ``hxxp``, ``[.]``, ``(dot)``, ``[:]``."""
    for fang, plain in _FANGS:
        text = fang.sub(plain, text)
    return text.strip()


def observable(text: str) -> Observable:
    """Read an address, range, URL, hash, e-mail, CVE, domain, file or path as analysts write it.

    ``http://host/path/*`` is the beginning of a URL. A bare file name is told from a domain by an
    ending that no domain has (knowledge/hunting.toml). What looks like something else is told by
    its kind: ``account:NAME``, ``user-agent:TEXT``, ``file:NAME``, ``path:TEXT``.

    Raises:
        ValueError: the text is none of these.

    """
    told = _PREFIXED.match(text.strip())
    if told and not text.strip()[told.end() :].startswith("//"):
        return _as_told(told[1].lower().replace("-", "_"), text.strip()[told.end() :])
    if _PATH.match(text.strip()):
        return Observable(ObservableType.PATH, text.strip())
    value = refang(text)
    if "://" in value:
        return _url(value)
    if _HEX.fullmatch(value) and len(value) in _HASHES:
        return Observable(_HASHES[len(value)], value.lower())
    if _CVE.fullmatch(value):
        return Observable(ObservableType.CVE, value.upper())
    if _EMAIL.fullmatch(value):
        return Observable(ObservableType.EMAIL, value.lower())
    return _net(value) or _file(value) or Observable(ObservableType.DOMAIN, _domain(value))


def in_normal_form(found: Observable) -> Observable:
    """Give the observable as logs are asked for it: a file by its last part in lower case."""
    if found.type is ObservableType.FILE:
        return Observable(found.type, last_part(found.value))
    return found


def _as_told(kind: str, value: str) -> Observable:
    if kind == "email":
        return Observable(ObservableType.EMAIL, refang(value).lower())
    return in_normal_form(Observable(ObservableType(kind), value))


def _url(value: str) -> Observable:
    if value.endswith("*"):
        return Observable(ObservableType.URL_PREFIX, normal_prefix(value))
    if "*" in value.partition("://")[2].partition("/")[0]:
        raise ValueError(f"{value!r} is no URL: a host is written whole")
    return Observable(ObservableType.URL, normal_url(value))


def _file(value: str) -> Observable | None:
    ending = value.rpartition(".")[2].lower()
    if "." in value and ending in rules("read")["file_endings"]:
        return in_normal_form(Observable(ObservableType.FILE, value))
    return None


def _net(value: str) -> Observable | None:
    try:
        if "/" in value:
            return _range(value)
        address = ip_address(value.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return Observable(ObservableType.IP, str(mapped or address))


def _range(value: str) -> Observable:
    net = ip_network(value, strict=False)
    if net.prefixlen == net.max_prefixlen:
        return Observable(ObservableType.IP, str(net.network_address))
    return Observable(ObservableType.CIDR, str(net))


def _domain(value: str) -> str:
    name = value.lower().rstrip(".").removeprefix("*.")
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(f"{value!r} is no address, domain, URL, hash or account") from None
    labels = name.split(".")
    is_name = len(labels) > 1 and len(name) <= _LONGEST_NAME and not labels[-1].isdigit()
    if not is_name or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{value!r} is no address, domain, URL, hash or account")
    return name
