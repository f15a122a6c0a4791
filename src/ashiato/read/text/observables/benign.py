"""Why a trace is no indicator, although it is one: everybody has it, or nobody."""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from ashiato.core.records import Observable, ObservableType
from ashiato.read.text.observables.trace import pack

_HASHES = frozenset(
    {ObservableType.MD5, ObservableType.SHA1, ObservableType.SHA256, ObservableType.SHA512}
)


@cache
def _ranges() -> tuple[tuple[IPv4Network | IPv6Network, str], ...]:
    return tuple(
        (ip_network(text), entry["reason"])
        for entry in pack()["benign_ranges"]
        for text in entry["ranges"]
    )


@cache
def _names() -> dict[str, str]:
    return {
        name: entry["reason"] for entry in pack()["benign_domains"] for name in entry["domains"]
    }


def why_no_indicator(found: Observable, host: Observable | None = None) -> str:
    """Say why ``found`` cannot point to anybody; empty where it may."""
    if found.type in (ObservableType.IP, ObservableType.CIDR):
        return _net_reason(found.value)
    if found.type is ObservableType.DOMAIN:
        return _domain_reason(found.value)
    if found.type in _HASHES:
        return str(pack()["benign_hashes"].get(found.value, ""))
    if found.type is ObservableType.URL and host:
        return _link_reason(found.value, host)
    return ""


def _net_reason(value: str) -> str:
    net = ip_network(value)
    return next((reason for known, reason in _ranges() if _lies_in(net, known)), "")


def _lies_in(net: IPv4Network | IPv6Network, known: IPv4Network | IPv6Network) -> bool:
    inside = net.network_address in known and net.broadcast_address in known
    return net.version == known.version and inside


def _domain_reason(value: str) -> str:
    bare = value.removeprefix("www.")
    if bare.endswith((".in-addr.arpa", ".ip6.arpa")):
        return "the name of a reverse look-up"
    return _names().get(bare, "")


def _link_reason(value: str, host: Observable) -> str:
    """Judge a link: a page of a well-known site may point to its holder, the front page not."""
    reason = why_no_indicator(host)
    if host.type is not ObservableType.DOMAIN or not reason:
        return reason
    try:
        path = urlsplit(value).path
    except ValueError:
        return ""
    return reason if path in {"", "/"} else ""
