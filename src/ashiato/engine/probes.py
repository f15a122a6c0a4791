"""Indicators as small tables of keys, so that any engine finds their rows by equality.

A name is registered under each of its own suffixes: the registered domain that ingest wrote beside
a host is always one of them, whichever suffix list ingest used. A range is registered under each
/24 it touches, a range wider than /16 under each /16 (measured 30 times cheaper than comparing
addresses with ranges). A row has one such key, so it meets an indicator once in each field.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from ashiato.core.records import Indicator, ObservableType
from ashiato.engine.urls import beginnings, spellings, url_hash

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
NETS6 = pa.schema([("indicator", pa.string()), ("key", pa.int64())])
TEXTS = pa.schema([(name, pa.string()) for name in ("indicator", "field", "text")])
HASHES = pa.schema([("indicator", pa.string()), ("hash", pa.uint64())])
PREFIXES = pa.schema([(name, pa.string()) for name in ("indicator", "host", "start")])
PARTS = pa.schema([(name, pa.string()) for name in ("indicator", "text", "part")])

_EXACT_FIELDS = {
    ObservableType.MD5: ("md5",),
    ObservableType.SHA1: ("sha1",),
    ObservableType.SHA256: ("sha256",),
    ObservableType.ACCOUNT: ("user",),
    ObservableType.EMAIL: ("mail_from", "address_as_user"),
    ObservableType.USER_AGENT: ("user_agent",),
    ObservableType.FILE: ("file_name",),
    ObservableType.PATH: ("path",),
}
_FILE_NAMES = (ObservableType.FILE, ObservableType.PATH)
"""Both are found by the last part of the path in lower case, as ingest wrote it."""
KEY6_PREFIX = 48
"""How much of an IPv6 address ingest keeps as a number."""
_KEY6_SHIFT = 128 - KEY6_PREFIX


@dataclass(frozen=True, slots=True)
class Probes:
    """The tables of one sweep: windows in microseconds since 1970 UTC, and keys by kind of probe.

    ``nets6`` holds the IPv6 addresses and ranges within one /48; of the wider ones, ``wide6``, the
    /48 that occur are looked up in the lake first.
    """

    windows: pa.Table
    names: pa.Table
    nets24: pa.Table
    nets16: pa.Table
    nets6: pa.Table
    wide6: tuple[tuple[str, IPv6Network], ...]
    texts: pa.Table
    hashes: pa.Table
    prefixes: pa.Table


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
    nets6 = [(name, net) for name, net in nets if isinstance(net, IPv6Network)]
    near = [(name, _key6(net)) for name, net in nets6 if net.prefixlen >= KEY6_PREFIX]
    return Probes(
        windows=_table(WINDOWS, [(i.id, *map(microseconds, i.window.bounds)) for i in chosen]),
        names=_table(NAMES, [row for i in chosen for row in _names(i)]),
        nets24=_table(NETS, [row for net in nets4 for row in _nets(*net, wide=False)]),
        nets16=_table(NETS, [row for net in nets4 for row in _nets(*net, wide=True)]),
        nets6=_table(NETS6, near),
        wide6=tuple((name, net) for name, net in nets6 if net.prefixlen < KEY6_PREFIX),
        texts=_table(TEXTS, [row for i in chosen for row in _texts(i)]),
        hashes=_table(HASHES, [row for i in chosen for row in _hashes(i)]),
        prefixes=_table(PREFIXES, [row for i in chosen for row in _prefixes(i)]),
    )


def keys_within(nets: Sequence[tuple[str, IPv6Network]], keys: Iterable[int]) -> pa.Table:
    """Say which /48 of a lake lie in which IPv6 range wider than that: rows of `NETS6`.

    There are too many /48 in such a range to lay them all out, and few in any lake.
    """
    spans = [(name, _key6(net), int(net.broadcast_address) >> _KEY6_SHIFT) for name, net in nets]
    rows = [(name, key) for key in keys for name, first, last in spans if first <= key <= last]
    return _table(NETS6, rows)


def _key6(net: IPv6Network) -> int:
    return int(net.network_address) >> _KEY6_SHIFT


def _table(schema: pa.Schema, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def parts_table(rows: Iterable[tuple[str, str, str]]) -> pa.Table:
    """Put rows of (indicator, whole text, part of it that meets) into a table of `PARTS`."""
    return _table(PARTS, sorted(rows))


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
    text = last_part(value) if kind in _FILE_NAMES else value
    for field in _EXACT_FIELDS.get(kind, ()):
        yield indicator.id, field, text


def last_part(path: str) -> str:
    """Give the last part of a path in lower case, whichever system wrote it, as ingest does."""
    return path.replace("\\", "/").rpartition("/")[2].lower()


def _hashes(indicator: Indicator) -> Iterator[tuple[str, int]]:
    if indicator.observable.type is ObservableType.URL:
        keys = {url_hash(text) for text in spellings(indicator.observable.value)}
        yield from ((indicator.id, key) for key in sorted(keys))


def _prefixes(indicator: Indicator) -> Iterator[tuple[str, str, str]]:
    """Lay out how a log may begin a URL that begins like this, with the host that it names."""
    if indicator.observable.type is not ObservableType.URL_PREFIX:
        return
    value = indicator.observable.value.removesuffix("*")
    host = urlsplit(value).hostname or ""
    for start in beginnings(value):
        yield indicator.id, host, start
