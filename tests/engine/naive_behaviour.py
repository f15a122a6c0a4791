"""Flows and sessions by reading every row: what the engine's sums must equal."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

EPOCH, US = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
TALKS = ("conn", "dns", "http", "proxy", "ssl")
Row = Mapping[str, Any]
Told = tuple[Any, ...]


def logs(rows: Sequence[Row]) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    """Give the rows of each organisation and kind of log that shows who talks to whom."""
    shown = [r for r in rows if r["kind"] in TALKS and not r["org"].startswith("source:")]
    ordered = sorted(shown, key=lambda r: (r["org"], r["kind"]))
    for place, group in groupby(ordered, key=lambda r: (r["org"], r["kind"])):
        yield place, list(group)


def micros(row: Row) -> int:
    return int((row["ts"] - EPOCH) // US)


def pair(row: Row) -> tuple[str | None, str | None]:
    return row["src_ip"] or row["host"], row["domain"] or row["dst_ip"]


def once(rows: Sequence[Row]) -> list[Row]:
    """Leave out events that came in two exhibits, where two cover the same time."""
    spans: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        spans[row["exhibit"]].append(micros(row))
    ends = sorted((min(at), max(at)) for at in spans.values())
    if not any(low <= max(high for _, high in ends[:n]) for n, (low, _) in enumerate(ends) if n):
        return list(rows)
    names = ("rd", "ts", "bytes_out", "bytes_in", "status", "src_port", "byte_len")
    return list({(pair(r), *(r[name] for name in names)): r for r in rows}.values())


def flows(rows: Sequence[Row], refusals: Sequence[str]) -> Iterator[Told]:
    """Sum up every pair and day: see `Engine.flows`."""
    for place, group in logs(rows):
        days: dict[tuple[str, str, int], list[Row]] = defaultdict(list)
        for row in once(group):
            src, dst = pair(row)
            if src and dst:
                days[src, dst, micros(row) // 86_400_000_000].append(row)
        for key, met in sorted(days.items()):
            yield *place, *key, *_summed(met, refusals)


def _summed(rows: Sequence[Row], refusals: Sequence[str]) -> Told:
    denied = sum((row["status"] or "").lower() in refusals for row in rows)
    hours = len({micros(row) // 3_600_000_000 for row in rows})
    at = [micros(row) for row in rows]
    sent, received = ([r[n] for r in rows if r[n] is not None] for n in ("bytes_out", "bytes_in"))
    sums = [repr(float(sum(values))) if values else "nan" for values in (sent, received)]
    return len(rows), *sums, hours, denied, min(at), max(at)
