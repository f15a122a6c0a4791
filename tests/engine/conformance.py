"""The contract of an engine: every verb's answer, byte for byte, as the plain reading gives it.

Another engine passes by a class of its own beside those in `test_engine_conformance`: derive from
`Conformance` and give ``engine_of``, which opens an engine over rows with every column of the lake.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.engine.conftest import whole
from tests.engine.naive import Naive

from ashiato.core.canonical import canonical_json, to_plain
from ashiato.core.records import Indicator, Observable, ObservableType
from ashiato.core.time import ALWAYS_POSSIBLE, UncertainInterval
from ashiato.engine.custody import HolderClaim, claims_table, events_table
from ashiato.engine.pivots import Anchor, Reach
from ashiato.engine.probes import last_part
from ashiato.engine.protocol import Engine

Rows = Sequence[Mapping[str, Any]]
EngineOf = Callable[[Rows], Engine]
NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOON + HOUR
A, B, C = "a" * 64, "b" * 64, "c" * 64
URL, AGENT, ANN = "http://shop.example/A/x", "QuaySync/2.1", "ann@shop.example"
SIX = "2001:db8:1:2::7"


def web(host: str, rd: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any column
    """Write a row that visits a host."""
    return {"domain": host, "rd": rd, **more}


PROVIDER = {"kind": "auth", "user": "svc-1", "org": "source:provider-a", "exhibit": C}
ROWS: Rows = (
    web("shop.example", "shop.example", url=URL, user_agent=AGENT, dst_ip="192.0.2.7"),
    web("shop.example", "shop.example", url="HTTP://Shop.example:80/A/x", bytes_out=7, ts=LATER),
    web("shop.example", "shop.example", url="http://shop.example/a/x", user_agent=AGENT.upper()),
    web("cdn.shop.example", "shop.example", ts=NOON - 3 * HOUR, bytes_out=1, bytes_in=2),
    web("evilshop.example", "evilshop.example", dst_ip="192.0.2.70", org="Org 002"),
    {"dst_ip": "192.0.2.7", "src_ip": "192.0.2.9", "kind": "conn", "codec": "gzip", "host": None},
    {"dst_ip": SIX, "src_ip": "2001:db8:1:3::1", "kind": "conn", "ts": NOON + 9 * HOUR},
    web("x.example", "x.example", kind="dns", answers="shop.example 192.0.2.7 192.0.2.8"),
    {"kind": "dns", "answers": SIX.upper(), "org": "組織 003", "exhibit": C},
    {"kind": "smtp", "mail_from": ANN, "mail_to": f"bob@x.example {ANN}"},
    {"kind": "auth", "user": "Ann@shop.example", "src_ip": "192.0.2.7", "status": "accepted"},
    {**PROVIDER, "status": "accepted", "src_ip": "192.0.2.7", "user_agent": "SHA256:abc"},
    {**PROVIDER, "status": "failed", "ts": NOON - HOUR},
    {"kind": "files", "path": "C:\\Temp\\Quay.exe", "md5": "0" * 32, "sha256": "2" * 64},
    {"kind": "files", "path": "c:/temp/QUAY.EXE", "sha1": "1" * 40},
    {"kind": "x509", "sha1": "1" * 40, "subject": "CN=shop.example"},
    web("shop.example", "shop.example", url=URL, user_agent=AGENT, dst_ip="192.0.2.7", exhibit=B),
    web("shop.example", "shop.example", dst_ip="192.0.2.7", exhibit=B, ts=NOON + HOUR),
)  # fmt: skip
SOUGHT = {
    "ip": ["192.0.2.7", SIX],
    "cidr": ["192.0.2.0/29", "192.0.0.0/15", "2001:db8::/32", "2001:db8:1::/48"],
    "domain": ["shop.example", "cdn.shop.example"],
    "url": [URL],
    "url_prefix": ["http://shop.example/A/*", "http://shop.example/*"],
    "md5": ["0" * 32],
    "sha1": ["1" * 40],
    "sha256": ["2" * 64],
    "account": ["svc-1", "Ann@shop.example"],
    "email": [ANN],
    "file": ["quay.exe"],
    "path": ["C:\\Temp\\Quay.exe"],
    "user_agent": [AGENT.lower()],
    "cve": ["CVE-2031-12345"],
}
WINDOWS = (
    UncertainInterval.exactly(NOON - HOUR, NOON + HOUR),
    UncertainInterval(NOON, NOON + HOUR, NOON + 2 * HOUR, None),
    ALWAYS_POSSIBLE,
    UncertainInterval.exactly(None, NOON),
)
INDICATORS = [
    Indicator(f"{kind}-{n}-{w}", Observable(ObservableType(kind), value), window, "test", ())
    for kind, values in SOUGHT.items()
    for n, value in enumerate(values)
    for w, window in enumerate(WINDOWS)
]
CLAIMS = [
    HolderClaim("c1", "vps-1", "ann", UncertainInterval.exactly(NOON, NOON + 2 * HOUR)),
    HolderClaim("c2", "vps-1", "bob", UncertainInterval(NOON + HOUR, None, None, NOON + 5 * HOUR)),
    HolderClaim("c3", "vps-2", "ann", UncertainInterval.exactly(NOON, None)),
    HolderClaim("c4", "vps-1", "ann", UncertainInterval.exactly(NOON + 7 * HOUR, NOON + 8 * HOUR)),
]
EVENTS = [(n, asset, NOON + n % 10 * HOUR) for n in range(20) for asset in [f"vps-{n // 10 + 1}"]]


def filled(rows: Rows) -> Rows:
    """Give every row every column of the lake, as ingest does."""
    return [_whole(number, row) for number, row in enumerate(rows, start=1)]


def _whole(number: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
    path = row.get("path")
    return whole(number, {**row, "file_name": last_part(path) if path else None})


def written(answer: object) -> bytes:
    """Write an answer as bytes that are equal only where everything in it is."""
    return canonical_json(to_plain(answer))


REFUSALS = ("nxdomain", "403", "denied", "s0")


def contacts_of(engine: Engine | Naive, least: int) -> list[dict[str, Any]]:
    """Give the contacts with their arrays as lists."""
    names = ("org", "kind", "src", "dst", "exhibit", "locator")
    return [
        {
            **{name: getattr(c, name) for name in names},
            "micros": c.micros.tolist(),
            "sent": [repr(value) for value in c.sent.tolist()],
            "denied": c.denied.tolist(),
            "company": [c.visitors, c.machines],
        }
        for c in engine.contacts(least, REFUSALS)
    ]


class Conformance:
    """Ask an engine and the plain reading the same, of one lake."""

    @pytest.fixture
    def engine_of(self) -> EngineOf:
        """Open the engine that is tried."""
        raise NotImplementedError

    @pytest.fixture
    def engine(self, engine_of: EngineOf) -> Iterator[Engine]:
        opened = engine_of(filled(ROWS))
        yield opened
        opened.close()

    @pytest.fixture
    def plain(self) -> Naive:
        return Naive(filled(ROWS))

    def test_sweep(self, engine: Engine, plain: Naive) -> None:
        told, expected = list(engine.sweep(INDICATORS)), list(plain.sweep(INDICATORS))

        assert {row.indicator.split("-")[0] for row in expected} == {*SOUGHT} - {"cve"}
        assert {row.status.value for row in expected} == {"certain", "possible", "excluded"}
        assert written(told) == written(expected)

    def test_coverage(self, engine: Engine, plain: Naive) -> None:
        assert written(engine.coverage()) == written(plain.coverage())

    def test_logins(self, engine: Engine, plain: Naive) -> None:
        assert written(engine.logins()) == written(plain.logins())
        assert written(engine.logins(["Org 001"])) == written(plain.logins(["Org 001"]))

    @pytest.mark.parametrize("least", [1, 2])
    def test_contacts(self, engine: Engine, plain: Naive, least: int) -> None:
        told, expected = contacts_of(engine, least), contacts_of(plain, least)

        assert expected
        assert written(told) == written(expected)

    def test_volumes(self, engine: Engine, plain: Naive) -> None:
        places = [(1, "proxy", 1), (1, "proxy", 2), (2, "proxy", 4)]
        chosen = [(cell, "Org 001", A, "", kind, number) for cell, kind, number in places]
        chosen.append((3, "Org 001", A, "gzip", "conn", 6))

        assert written(engine.volumes(chosen)) == written(plain.volumes(chosen))

    @pytest.mark.parametrize("reach", [Reach(0, 1, 9, 1), Reach(2, 3, 99, 5), Reach(24, 0, 2, 2)])
    @pytest.mark.parametrize("strong", [True, False])
    def test_company(self, engine: Engine, plain: Naive, reach: Reach, *, strong: bool) -> None:
        anchors = [
            Anchor("Org 001", A, "", "proxy", 1, "i1", inbound=False, strong=True),
            Anchor("Org 001", A, "gzip", "conn", 6, "i2", inbound=True, strong=strong),
            Anchor("Org 002", A, "", "proxy", 5, "i3", inbound=False, strong=strong),
        ]
        tested, told = engine.company(anchors, reach)
        expected = plain.company(anchors, reach)

        assert expected[1]
        assert (tested, written(list(told))) == (expected[0], written(list(expected[1])))

    def test_custody(self, engine: Engine, plain: Naive) -> None:
        told = engine.custody(events_table(EVENTS), claims_table(CLAIMS))
        expected = plain.custody(events_table(EVENTS), claims_table(CLAIMS))

        assert written(list(told.of_events())) == written(list(expected.of_events()))
        assert written(told.pieces) == written(expected.pieces)

    def test_count_by_kind(self, engine: Engine, plain: Naive) -> None:
        assert written(engine.count_by_kind()) == written(plain.count_by_kind())

    def test_an_empty_lake(self, engine_of: EngineOf) -> None:
        engine = engine_of([])

        rows = [*engine.sweep(INDICATORS), *engine.contacts(1), *engine.coverage()]
        others = [
            *engine.logins(),
            *engine.volumes([(1, "Org 001", A, "", "proxy", 1)]),
            *engine.count_by_kind(),
        ]
        assert rows == others == []
        engine.close()
