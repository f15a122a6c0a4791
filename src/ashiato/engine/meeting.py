"""Which candidates that equal keys found really meet, decided on their values.

An engine's own ``lower`` may fold letters beyond ASCII; here only A to Z are folded, which every
engine's folding does too.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from types import MappingProxyType

from ashiato.core.records import Indicator, Observable, ObservableType
from ashiato.engine.urls import folded, normal_url

Decider = Callable[[str], bool]
Part = tuple[str, str, str]
"""An indicator, the whole text of a column with several values, and the first value that meets."""
_NETS = (ObservableType.IP, ObservableType.CIDR)
_IPV4_BITS, _IPV6_BITS = 32, 128
_OF_WINDOWS = re.compile(r"(?:[A-Za-z]:)?\\|[A-Za-z]:")


def same_path(path: str) -> str:
    """Give the form in which two spellings of one path are equal: Windows knows no case."""
    return folded(path.replace("/", "\\")) if _OF_WINDOWS.match(path) else path


def deciders(indicators: Iterable[Indicator]) -> dict[str, Decider]:
    """Say, for the indicators whose keys find candidates only, what a value must be to meet."""
    return {
        i.id: make(i.observable.value)
        for i in indicators
        if (make := _DECIDERS.get(_kind(i.observable)))
    }


def _kind(observable: Observable) -> ObservableType | str:
    return "net6" if observable.type in _NETS and ":" in observable.value else observable.type


def _url(sought: str) -> Decider:
    wanted = normal_url(sought)
    return lambda value: _normal(value) == wanted


def _url_prefix(sought: str) -> Decider:
    begin = sought.removesuffix("*")
    return lambda value: _normal(value).startswith(begin)


def _normal(value: str) -> str:
    try:
        return normal_url(value)
    except ValueError:  # one that parses in no way can equal none in normal form
        return ""


def _net6(sought: str) -> Decider:
    net = ip_network(sought)
    return lambda value: any(number in net for number in _address6(value))


def _address6(text: str) -> Iterator[IPv6Address]:
    try:
        yield IPv6Address(text.partition("%")[0])
    except ValueError:
        return


def _folded(sought: str) -> Decider:
    wanted = folded(sought)
    return lambda value: folded(value) == wanted


def _path(sought: str) -> Decider:
    wanted = same_path(sought)
    return lambda value: same_path(value) == wanted


_DECIDERS: Mapping[ObservableType | str, Callable[[str], Decider]] = MappingProxyType(
    {
        ObservableType.URL: _url,
        ObservableType.URL_PREFIX: _url_prefix,
        ObservableType.USER_AGENT: _folded,
        ObservableType.EMAIL: _folded,
        ObservableType.PATH: _path,
        "net6": _net6,
    }
)


def met_answers(indicators: Iterable[Indicator], texts: Iterable[str]) -> Iterator[Part]:
    """Say which answers (addresses with a space between) hold an address of an indicator."""
    nets: dict[tuple[int, int, int], list[str]] = {}
    for i in indicators:
        if i.observable.type in _NETS:
            net = ip_network(i.observable.value)
            bits = _IPV6_BITS if isinstance(net, IPv6Network) else _IPV4_BITS
            first = int(net.network_address) >> (bits - net.prefixlen)
            nets.setdefault((bits, net.prefixlen, first), []).append(i.id)
    lengths = sorted({(bits, length) for bits, length, _ in nets})
    for text in texts:
        met: dict[str, str] = {}
        for part in text.split(" "):
            for bits, number in _numbers(part):
                for of_bits, length in lengths:
                    if bits == of_bits:
                        key = (bits, length, number >> (bits - length))
                        for indicator in nets.get(key, ()):
                            met.setdefault(indicator, part)
        yield from ((indicator, text, part) for indicator, part in met.items())


def _numbers(part: str) -> Iterator[tuple[int, int]]:
    """Read one answer as an address: a name, a text or a mere number is none."""
    if ":" in part:
        yield from ((_IPV6_BITS, int(address)) for address in _address6(part))
    elif part[-1:].isdigit() and part.isascii():
        try:
            yield _IPV4_BITS, int(IPv4Address(part))
        except ValueError:
            return


def met_receivers(indicators: Iterable[Indicator], texts: Iterable[str]) -> Iterator[Part]:
    """Say which lists of receivers (a space between) name an e-mail address of an indicator."""
    sought: dict[str, list[str]] = {}
    for i in indicators:
        if i.observable.type is ObservableType.EMAIL:
            sought.setdefault(folded(i.observable.value), []).append(i.id)
    for text in texts:
        met: dict[str, str] = {}
        for part in text.split(" "):
            for indicator in sought.get(folded(part), ()):
                met.setdefault(indicator, part)
        yield from ((indicator, text, part) for indicator, part in met.items())
