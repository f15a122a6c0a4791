"""Read one value as an analyst writes it, defanged or not, into an observable in normal form."""

import re
from ipaddress import IPv6Address, ip_address, ip_network

from ashiato.core.records import Observable, ObservableType
from ashiato.engine.urls import normal_url

_HASHES = {32: ObservableType.MD5, 40: ObservableType.SHA1, 64: ObservableType.SHA256}
_HEX = re.compile(r"[0-9a-fA-F]+")
_CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s/]+@[^@\s/]+")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_NAME = 253
_ACCOUNT = "account:"
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
    """Read an address, range, URL, hash, e-mail, CVE, domain, or ``account:NAME``.

    Raises:
        ValueError: the text is none of these.

    """
    value = refang(text)
    if value.lower().startswith(_ACCOUNT) and value[len(_ACCOUNT) :].strip():
        return Observable(ObservableType.ACCOUNT, value[len(_ACCOUNT) :].strip())
    if "://" in value:
        return Observable(ObservableType.URL, normal_url(value))
    if _HEX.fullmatch(value) and len(value) in _HASHES:
        return Observable(_HASHES[len(value)], value.lower())
    if _CVE.fullmatch(value):
        return Observable(ObservableType.CVE, value.upper())
    if _EMAIL.fullmatch(value):
        return Observable(ObservableType.EMAIL, value.lower())
    return _net(value) or Observable(ObservableType.DOMAIN, _domain(value))


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
