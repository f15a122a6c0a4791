"""A list and a lake in, sightings and census out: the hunt on the reference engine."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ashiato.core.evidence import RecordLocator
from ashiato.engine.duck import open_lake
from ashiato.engine.schema import LAKE
from ashiato.engine.urls import url_hash
from ashiato.hunt import census, from_file, hunt_lines, sightings
from ashiato.weigh.testimony import holdings_of

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LIST = b"""value,start,end,reason
evil[.]test,2031-04-02T00:00:00Z,2031-04-05T00:00:00Z,lease
192.0.2.0/28,2031-04-02T00:00:00Z,2031-04-05T00:00:00Z,lease
hxxp://evil[.]test/Gate,,,report
8.8.8.8,,,report
"""


def row(org: str, number: int, ts: datetime, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    place = {"rec_no": number, "byte_off": number * 90, "byte_len": 80, "exhibit": org[-1] * 64}
    what = {"org": org, "ts": ts, "kind": "proxy", "parser": "test@1", "host": "10.0.0.5"}
    return {name: {**place, **what, **given}.get(name) for name in LAKE.names}


def site(name: str, path: str = "/", address: str = "203.0.113.9") -> dict[str, Any]:
    url = f"http://{name}{path}"
    named = {"domain": name, "rd": name, "url": url, "url_hash": url_hash(url)}
    return {**named, "dst_ip": address, "dst_ip4": int(IPv4Address(address))}


def test_each_organisation_is_told_what_its_logs_show(tmp_path: Path) -> None:
    rows = [
        row("Org 1", 1, NOON, **site("evil.test", address="192.0.2.9")),
        row("Org 2", 1, NOON - DAY, **site("evil.test")),
        row("Org 2", 2, NOON, **site("evilexample.test", address="192.0.2.16")),
        row("Org 3", 1, NOON - 9 * DAY, **site("evil.test", "/Gate")),
        row("Org 4", 1, NOON - 9 * DAY, **site("calm.test")),
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=LAKE), tmp_path / "x.parquet")
    indicators, (refused,) = from_file(LIST, "list.csv")

    with open_lake([tmp_path / "x.parquet"], threads=1) as lake:
        found = sightings(lake, indicators, paths={"1" * 64: "one.log"}, read_line=_line)
        told = census(
            lake.coverage(), found, indicators=indicators, organisations=[("Org 5", "refused")]
        )

    assert "resolver" in refused.message
    assert [(r.organisation, r.status.value, r.sightings, r.excluded) for r in told] == [
        ("Org 1", "hit", 1, 0),
        ("Org 2", "clear", 0, 1),
        ("Org 3", "possible", 1, 0),
        ("Org 4", "no_coverage", 0, 0),
        ("Org 5", "refused", 0, 0),
    ]
    assert [c.quote for r in told for c in r.best] == ["line 1", "line 1"]
    assert [
        (x["organisation"], x["indicator"], x["matched_field"], x["status"], x["reason"])
        for x in hunt_lines(found, indicators)
    ] == [
        ("Org 1", "evil.test", "domain", "certain", ""),
        ("Org 1", "192.0.2.0/28", "dst_ip", "certain", ""),
        ("Org 2", "evil.test", "domain", "excluded", "before the window"),
        ("Org 3", "evil.test", "domain", "excluded", "before the window"),
        ("Org 3", "http://evil.test/Gate", "url", "possible", ""),
    ]


def test_more_organisations_enlarge_the_census_and_not_the_attribution(tmp_path: Path) -> None:
    few = [row("Org 1", 1, NOON, **site("evil.test"))]
    many = [row(f"Org {n}", 1, NOON, **site("evil.test")) for n in range(1, 10)]
    indicators, _ = from_file(LIST, "list.csv")
    told = []
    for name, rows in (("few", few), ("many", many)):
        pq.write_table(pa.Table.from_pylist(rows, schema=LAKE), tmp_path / name)
        with open_lake([tmp_path / name], threads=1) as lake:
            found = sightings(lake, indicators)
            hit = census(lake.coverage(), found, indicators=indicators, organisations=[])
        told.append((len(hit), holdings_of(indicators, found)))

    assert [count for count, _ in told] == [1, 9]
    assert told[0][1] == told[1][1]
    assert [indicator.observable.value for indicator, _ in told[0][1]] == ["evil.test"]


def _line(_: str, at: RecordLocator, /) -> str:
    return f"line {at.record}"
