"""A second engine, in plain Python: every row with every indicator, nothing clever.

It implements the verbs from their words in `ashiato.engine.protocol` and shares no SQL, no key and
no plan with the reference engine.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from tests.engine.naive_company import company

from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.records import Indicator, Login, SightingStatus
from ashiato.core.time import Presence
from ashiato.engine.custody import PLACED, Custody, Held, Piece
from ashiato.engine.pivots import Anchor, Companion, Reach
from ashiato.engine.protocol import REPEATED, Contacts, CoverageRow, LineReader, MatchRow
from ashiato.engine.schema import LAKE
from ashiato.engine.urls import normal_url
from ashiato.engine.volumes import Chosen

Row = Mapping[str, Any]
Record = tuple[str, str, int, str]
"""Exhibit, codec, number and organisation: what tells one record from another."""
OUTSIDE = {Presence.BEFORE: "before the window", Presence.AFTER: "after the window"}
TALKS = {"conn", "dns", "http", "proxy", "ssl"}
PLACE = ("exhibit", "codec", "rec_no", "byte_off", "byte_len", "parser")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Naive:
    """The `Engine` over a few rows in memory, each with every column of the lake."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def sweep(self, indicators: Sequence[Indicator]) -> Iterator[MatchRow]:
        repeated = self._repeated()
        met = [
            _match(row, i, field, value, repeated=_record(row) in repeated)
            for i in {i.id: i for i in indicators}.values()
            for row in self._swept()
            for field, value in _meets(row, i.observable.type.value, i.observable.value)
        ]
        return iter(sorted(met, key=_order))

    def _swept(self) -> list[Row]:
        return [row for row in self.rows if not row["org"].startswith("source:")]

    def _repeated(self) -> set[Record]:
        """Number equal records of each delivery; the n-th counts in the lowest one only."""
        seen: dict[tuple[str, str, str], int] = defaultdict(int)
        copies: dict[tuple[str, int], list[Record]] = defaultdict(list)
        for row in sorted(self._swept(), key=_record):
            content = repr([row[name] for name in LAKE.names if name not in {*PLACE[:4], "parser"}])
            delivery = (row["exhibit"], row["codec"] or "", content)
            seen[delivery] += 1
            copies[content, seen[delivery]].append(_record(row))
        return {record for same in copies.values() for record in same[1:]}

    def coverage(self) -> Sequence[CoverageRow]:
        told = []
        for (org, kind), rows in _grouped(self.rows, "org", "kind"):
            days: dict[Any, list[datetime]] = defaultdict(list)
            for row in rows:
                days[row["ts"].date()].append(row["ts"])
            times = [row["ts"] for row in rows]
            hosts = {row["host"] for row in rows} - {None}
            spans = tuple((min(at), max(at)) for _, at in sorted(days.items()))
            told.append(
                CoverageRow(org, kind, min(times), max(times), len(rows), len(hosts), spans)
            )
        return tuple(told)

    def logins(
        self,
        sources: Sequence[str] = (),
        *,
        paths: Mapping[str, str] | None = None,
        read_line: LineReader | None = None,
    ) -> tuple[Login, ...]:
        wanted = [
            row
            for row in self.rows
            if row["kind"] == "auth"
            and (row["org"] in sources if sources else row["org"].startswith("source:"))
        ]
        ordered = sorted(wanted, key=lambda r: (r["ts"], r["exhibit"], r["rec_no"]))
        return tuple(_login(row, paths or {}, read_line) for row in ordered)

    def contacts(self, least: int, refusals: Sequence[str] = ()) -> Iterator[Contacts]:
        for (org, kind), rows in _grouped(self._swept(), "org", "kind"):
            if kind in TALKS:
                yield from _contacts(org, kind, rows, (least, refusals))

    def volumes(self, records: Iterable[Chosen]) -> Mapping[int, Any]:
        told: dict[int, list[Row]] = defaultdict(list)
        for cell, org, exhibit, codec, kind, number in set(records):
            place = (exhibit, codec, number, org)
            told[cell] += [r for r in self.rows if _record(r) == place and r["kind"] == kind]
        return {
            cell: tuple(_total(r[name] for r in rows) for name in ("bytes_out", "bytes_in"))
            for cell, rows in sorted(told.items())
            if rows
        }

    def company(self, anchors: Iterable[Anchor], reach: Reach) -> tuple[int, tuple[Companion, ...]]:
        return company(self.rows, anchors, reach)

    def custody(self, events: pa.Table, claims: pa.Table) -> Custody:
        said = claims.to_pylist()
        pieces = [
            Piece(asset, EPOCH + start * US, EPOCH + end * US, tuple(held))
            for asset in sorted({c["asset"] for c in said})
            for start, end, held in _pieces([c for c in said if c["asset"] == asset])
        ]
        rows = [
            (event["event"], number)
            for event in sorted(events.to_pylist(), key=lambda e: e["event"])
            for number, piece in enumerate(pieces)
            if piece.asset == event["asset"] and piece.start <= EPOCH + event["us"] * US < piece.end
        ]
        columns = [pa.array(column, pa.int64()) for column in zip(*rows, strict=True)]
        placed = pa.Table.from_arrays(columns, schema=PLACED) if rows else PLACED.empty_table()
        return Custody(tuple(pieces), placed)

    def count_by_kind(self) -> Mapping[str, int]:
        return {kind: len(rows) for (kind,), rows in _grouped(self.rows, "kind")}

    def close(self) -> None:
        """Nothing is held."""


US = (EPOCH.replace(microsecond=1)) - EPOCH


def _grouped(rows: Iterable[Row], *names: str) -> list[tuple[tuple[str, ...], list[Row]]]:
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names)].append(row)
    return sorted(found.items())


def _total(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _locator(row: Row) -> RecordLocator:
    return RecordLocator(row["rec_no"], row["byte_off"], row["byte_len"], row["codec"])


def _record(row: Row) -> Record:
    return row["exhibit"], row["codec"] or "", row["rec_no"], row["org"]


def _match(row: Row, sought: Indicator, field: str, value: str, *, repeated: bool) -> MatchRow:
    presence = sought.window.at(row["ts"])
    reason = REPEATED if repeated else OUTSIDE.get(presence, "")
    return MatchRow(
        indicator=sought.id,
        org=row["org"],
        ts=row["ts"],
        exhibit=row["exhibit"],
        locator=_locator(row),
        host=row["host"] or "",
        kind=row["kind"],
        matched_field=field,
        matched_value=value,
        status=SightingStatus.EXCLUDED if reason else SightingStatus(presence.value),
        reason=reason,
    )


def _order(row: MatchRow) -> tuple[Any, ...]:
    place = (row.exhibit, row.locator.record)
    return (row.org, row.ts, *place, row.matched_field, row.indicator)


def _meets(row: Row, kind: str, value: str) -> Iterator[tuple[str, str]]:
    """Give each field of the row that meets the value, with what stands there."""
    texts = {name: row[name] for name in LAKE.names if isinstance(row[name], str)}
    if kind in {"ip", "cidr"}:
        parts = [("answers", p) for p in texts.get("answers", "").split(" ")]
        yield from _first(parts, lambda p: _lies_in(p, value))
        ends = [(name, texts[name]) for name in ("dst_ip", "src_ip") if name in texts]
        yield from ((name, text) for name, text in ends if _lies_in(text, value))
    elif kind == "email":
        parts = [("mail_to", p) for p in texts.get("mail_to", "").split(" ")]
        yield from _first(parts, lambda p: p.lower() == value.lower())
        for name in ("mail_from", "user"):
            if texts.get(name, "").lower() == value.lower():
                yield name, texts[name]
    else:
        for name, is_met in _SIMPLE[kind].items():
            if name in texts and is_met(texts[name], value):
                yield name, texts[name]


def _first(parts: Sequence[tuple[str, str]], is_met: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a test of a text
    yield from [part for part in parts if is_met(part[1])][:1]


def _lies_in(text: str, net: str) -> bool:
    try:
        return ip_address(text.partition("%")[0]) in ip_network(net)
    except ValueError:
        return False


def _begins(text: str, value: str) -> bool:
    try:
        return normal_url(text).startswith(value.removesuffix("*"))
    except ValueError:
        return False


def _is_url(text: str, value: str) -> bool:
    try:
        return normal_url(text) == value
    except ValueError:
        return False


def _is_path(text: str, value: str) -> bool:
    of_windows = text[1:2] == ":" or text.startswith("\\")
    spelled = [p.replace("/", "\\").lower() if of_windows else p for p in (text, value)]
    return spelled[0] == spelled[1]


def _equal(text: str, value: str) -> bool:
    return text == value


_SIMPLE: Mapping[str, Mapping[str, Any]] = {
    "domain": {"domain": lambda t, v: t == v or t.endswith(f".{v}")},
    "url": {"url": _is_url},
    "url_prefix": {"url": _begins},
    "user_agent": {"user_agent": lambda t, v: t.lower() == v.lower()},
    "file": {"file_name": _equal},
    "path": {"path": _is_path},
    "account": {"user": _equal},
    "md5": {"md5": _equal},
    "sha1": {"sha1": _equal},
    "sha256": {"sha256": _equal},
    "cve": {},
}


def _login(row: Row, paths: Mapping[str, str], read_line: LineReader | None) -> Login:
    exhibit, at = row["exhibit"], _locator(row)
    quote = read_line(exhibit, at) if read_line else ""
    cited = Citation(exhibit, paths.get(exhibit, ""), at, quote)
    return Login(
        account=row["user"] or "",
        host=row["host"] or "",
        address=row["src_ip"] or "",
        ts=row["ts"],
        accepted=row["status"] == "accepted",
        client=row["user_agent"] or "",
        citation=cited,
    )


def _contacts(
    org: str, kind: str, rows: Sequence[Row], asked: tuple[int, Sequence[str]]
) -> Iterator[Contacts]:
    least, refusals = asked
    pairs: dict[tuple[str, str], list[Row]] = defaultdict(list)
    visitors: dict[str, set[str]] = defaultdict(set)
    machines = {row["src_ip"] or row["host"] for row in rows} - {None}
    for row in rows:
        src, dst = row["src_ip"] or row["host"], row["domain"] or row["dst_ip"]
        if src and dst:
            pairs[src, dst].append(row)
            visitors[dst].add(src)
    for (src, dst), met in sorted(pairs.items()):
        ordered = sorted(met, key=lambda r: (r["ts"], r["exhibit"], r["rec_no"]))
        if len({row["ts"] for row in ordered}) >= least:
            yield Contacts(
                org=org,
                kind=kind,
                src=src,
                dst=dst,
                micros=np.array([(row["ts"] - EPOCH) // US for row in ordered]),
                sent=np.array([row["bytes_out"] for row in ordered], dtype=float),
                denied=np.array([(row["status"] or "").lower() in refusals for row in ordered]),
                visitors=len(visitors[dst]),
                machines=len(machines),
                exhibit=ordered[0]["exhibit"],
                locator=_locator(ordered[0]),
            )


def _pieces(claims: Sequence[Row]) -> Iterator[tuple[int, int, list[Held]]]:
    bounds = ("start_min", "start_max", "end_min", "end_max")
    cuts = sorted({claim[name] for claim in claims for name in bounds})
    for start, end in pairwise(cuts):
        held = [
            Held(c["claim"], c["holder"], c["start_max"] <= start < c["end_min"])
            for c in sorted(claims, key=lambda c: c["claim"])
            if c["start_min"] <= start < c["end_max"]
        ]
        if held:
            yield start, end, held
