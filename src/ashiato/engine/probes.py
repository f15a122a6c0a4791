"""Indicators as small tables of keys, so that any engine finds their rows by equality.

A name is registered under each of its own suffixes: the registered domain that ingest wrote beside
a host is always one of them, whichever suffix list ingest used. A range is registered under each
/24 it touches, a range wider than /16 under each /16 (measured 30 times cheaper than comparing
addresses with ranges). A row has one such key, so it meets an indicator once in each field.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Any

import pyarrow as pa

from ashiato.core.records import Indicator, ObservableType
from ashiato.engine.urls import spellings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WIDE_PREFIX = 16

WINDOWS = pa.schema(
    [("indicator", pa.string())]
    + [(bound, pa.int64()) for bound in ("start_min", "start_max", "end_min", "end_max")]
)
NAMES = pa.schema([(name, pa.string()) for name in ("indicator", "name", "dotted", "suffix")])
NETS = pa.schema(
    [("indicator", pa.string())] + [(name, pa.uint32()) for name in ("lo", "hi", "key")]
)
TEXTS = pa.schema([(name, pa.string()) for name in ("indicator", "field", "text")])

_EXACT_FIELDS = {
    ObservableType.MD5: "md5",
    ObservableType.SHA1: "sha1",
    ObservableType.SHA256: "sha256",
    ObservableType.ACCOUNT: "user",
}


@dataclass(frozen=True, slots=True)
class Probes:
    """The tables of one sweep: windows in microseconds since 1970 UTC, and keys by kind of probe.

    ``nets6`` are the IPv6 addresses and ranges, whose spellings are looked up in the lake first.
    """

    windows: pa.Table
    names: pa.Table
    nets24: pa.Table
    nets16: pa.Table
    texts: pa.Table
    nets6: tuple[tuple[str, IPv6Network], ...]


def microseconds(instant: datetime) -> int:
    """Count the microseconds from 1970 UTC to ``instant``."""
    return (instant - EPOCH) // _MICROSECOND


def instant(microseconds: int) -> datetime:
    """Undo `microseconds`."""
    return EPOCH + microseconds * _MICROSECOND


def probes(indicators: Iterable[Indicator]) -> Probes:
    """Lay the indicators out as tables of keys; an indicator given twice is laid out once.

    Raises:
        ValueError: an address, range or URL is not in its normal form.

    """
    chosen = sorted({i.id: i for i in indicators}.values(), key=lambda i: i.id)
    nets = [(i.id, ip_network(i.observable.value)) for i in chosen if _is_net(i)]
    nets4 = [(name, net) for name, net in nets if isinstance(net, IPv4Network)]
    return Probes(
        windows=_table(WINDOWS, [(i.id, *map(microseconds, i.window.bounds)) for i in chosen]),
        names=_table(NAMES, [row for i in chosen for row in _names(i)]),
        nets24=_table(NETS, [row for net in nets4 for row in _nets(*net, wide=False)]),
        nets16=_table(NETS, [row for net in nets4 for row in _nets(*net, wide=True)]),
        texts=_table(TEXTS, [row for i in chosen for row in _texts(i)]),
        nets6=tuple((name, net) for name, net in nets if isinstance(net, IPv6Network)),
    )


def spelled(
    nets6: Sequence[tuple[str, IPv6Network]], texts: Iterable[str]
) -> list[tuple[str, str, str]]:
    """Say which of the address ``texts`` of a lake lie in which IPv6 range: rows of `TEXTS`.

    One IPv6 address has many spellings, so the few that occur are read and then met exactly.
    """
    by_prefix: dict[tuple[int, int], list[str]] = {}
    for indicator, net in nets6:
        key = (net.prefixlen, int(net.network_address) >> (128 - net.prefixlen))
        by_prefix.setdefault(key, []).append(indicator)
    lengths = sorted({length for length, _ in by_prefix})
    return [
        (indicator, "address", text)
        for text in texts
        for number in _number6(text)
        for length in lengths
        for indicator in by_prefix.get((length, number >> (128 - length)), ())
    ]


def _number6(text: str) -> Iterator[int]:
    try:
        yield int(IPv6Address(text.partition("%")[0]))
    except ValueError:
        return


def _table(schema: pa.Schema, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def texts_table(rows: Sequence[tuple[str, str, str]]) -> pa.Table:
    """Put rows of (indicator, field, text) into a table of `TEXTS`."""
    return _table(TEXTS, rows)


def _is_net(indicator: Indicator) -> bool:
    return indicator.observable.type in (ObservableType.IP, ObservableType.CIDR)


def _names(indicator: Indicator) -> Iterator[tuple[str, str, str, str]]:
    if indicator.observable.type is not ObservableType.DOMAIN:
        return
    name = indicator.observable.value
    labels = name.split(".")
    for start in range(len(labels)):
        yield indicator.id, name, f".{name}", ".".join(labels[start:])


def _nets(indicator: str, net: IPv4Network, *, wide: bool) -> Iterator[tuple[str, int, int, int]]:
    if (net.prefixlen < _WIDE_PREFIX) is not wide:
        return
    lo, hi = int(net.network_address), int(net.broadcast_address)
    bits = 16 if wide else 8
    for key in range(lo >> bits, (hi >> bits) + 1):
        yield indicator, lo, hi, key


def _texts(indicator: Indicator) -> Iterator[tuple[str, str, str]]:
    kind, value = indicator.observable.type, indicator.observable.value
    if kind is ObservableType.URL:
        for text in spellings(value):
            yield indicator.id, "url", text
    elif kind in _EXACT_FIELDS:
        yield indicator.id, _EXACT_FIELDS[kind], value
