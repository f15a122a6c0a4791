"""Refuse as an indicator what would meet everybody's logs and point to nobody, with the reason."""

import re
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from ashiato.core.evidence import Problem
from ashiato.core.records import Indicator, Observable, ObservableType
from ashiato.engine.protocol import SEARCHABLE
from ashiato.hunt.rules import rules

_NETS = (ObservableType.IP, ObservableType.CIDR)
_VARIABLE = re.compile(r"%[a-z_]+%|\$\{?[a-z_]+|^~")
Network = IPv4Network | IPv6Network


def refusal(observable: Observable) -> str:
    """Say why ``observable`` cannot be an indicator; empty where it can."""
    kind, value = observable.type, observable.value
    if kind not in SEARCHABLE:
        return "the logs have no column that shows it"
    if kind in _NETS:
        return _net_refusal(ip_network(value))
    if kind is ObservableType.DOMAIN:
        return _name_refusal(value)
    if kind in (ObservableType.URL, ObservableType.URL_PREFIX):
        return _url_refusal(value)
    return _common_refusal(kind, value)


def _common_refusal(kind: ObservableType, value: str) -> str:
    """Refuse the names that every system has."""
    known = rules("refused")
    if kind is ObservableType.ACCOUNT and value.lower() in known["accounts"]:
        return "an account that every system has"
    if kind is ObservableType.EMAIL and value.partition("@")[0].lower() in known["mailboxes"]:
        return "a mailbox that every domain has"
    if kind is ObservableType.USER_AGENT and _is_common_agent(value):
        return "a user agent that everybody's programs send"
    if kind is ObservableType.FILE and value in known["files"]:
        return "a file name that every system has; its path or hash may point"
    return _path_refusal(value) if kind is ObservableType.PATH else ""


@cache
def _common_agents() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE) for text in rules("refused")["user_agents"])


def _is_common_agent(value: str) -> bool:
    return any(pattern.fullmatch(value) for pattern in _common_agents())


def _path_refusal(path: str) -> str:
    """Refuse a path that no log writes so, and a system's own file at its own place."""
    refused = rules("refused")
    written = path.replace("\\", "/").lower()
    folder, _, name = written.rpartition("/")
    if not name:
        return "a folder: name a file in it"
    if "*" in written or _VARIABLE.search(written):
        return "a path with a variable or a star: no log writes it so"
    system = any(re.fullmatch(text, folder) for text in refused["system_folders"])
    return "a file that every system has at that place" if system else ""


def refused(indicator: Indicator, because: str, path: str = "") -> Problem:
    """Record that ``indicator`` was refused."""
    value = indicator.observable.value
    first = indicator.citations[0] if indicator.citations else None
    return Problem(
        "refused-indicator",
        path or (first.path if first else ""),
        f"{value!r} is not hunted: {because}",
        "name what is the actor's own: a full address, a subdomain, a URL, a hash",
        citation=first,
    )


@cache
def _ranges() -> tuple[tuple[Network, str], ...]:
    entries = rules("refused")["ranges"]
    return tuple(
        (ip_network(text), entry["reason"]) for entry in entries for text in entry["ranges"]
    )


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _net_refusal(net: Network) -> str:
    refused = rules("refused")
    if net.prefixlen < refused[f"broadest_ipv{net.version}"]:
        return "a range this wide belongs to a provider, not to an actor"
    return next((reason for known, reason in _ranges() if _lies_in(net, known)), "")


def _lies_in(net: Network, known: Network) -> bool:
    first, last = net.network_address, net.broadcast_address
    return net.version == known.version and first in known and last in known


def _name_refusal(name: str) -> str:
    refused = rules("refused")
    if _suffixes().privatesuffix(name) is None:
        return "a public suffix: under it are everybody's domains"
    if name in refused["services"]:
        return "a service that everybody uses; a subdomain or a URL may point"
    return _update_refusal(name)


def _update_refusal(name: str) -> str:
    updates = rules("refused")["updates"]
    if any(name == known or name.endswith(f".{known}") for known in updates):
        return "everybody's machines fetch updates there"
    return ""


def _url_refusal(url: str) -> str:
    host = urlsplit(url).hostname or ""
    try:
        return _net_refusal(ip_network(ip_address(host)))
    except ValueError:
        return _update_refusal(host)
