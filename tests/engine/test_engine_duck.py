"""What any engine must answer; asked of DuckDB, which is the reference."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.errors import BadInput, TooLarge
from ashiato.core.evidence import RecordLocator
from ashiato.core.records import Indicator, Observable, ObservableType, SightingStatus
from ashiato.core.time import ALWAYS_POSSIBLE, Presence, UncertainInterval
from ashiato.engine.duck import Duck, open_lake
from ashiato.engine.probes import last_part
from ashiato.engine.protocol import Engine

Lake = Callable[..., Duck]
NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
A, B = "a" * 64, "b" * 64
HOUR = timedelta(hours=1)
AROUND_NOON = UncertainInterval.exactly(NOON - HOUR, NOON + HOUR)
OUTSIDE = {Presence.BEFORE: "before the window", Presence.AFTER: "after the window"}


def seek(
    kind: str, value: str, window: UncertainInterval = AROUND_NOON, name: str = "i1"
) -> Indicator:
    return Indicator(name, Observable(ObservableType(kind), value), window, "test", ())


def domain(name: str, rd: str) -> dict[str, str]:
    return {"domain": name, "rd": rd}


def values(engine: Duck, *indicators: Indicator) -> list[str]:
    return [row.matched_value for row in engine.sweep(indicators)]


def test_a_domain_meets_itself_and_what_is_under_it_only(lake: Lake) -> None:
    engine = lake(
        domain("example.test", "example.test"),
        domain("a.b.example.test", "example.test"),
        domain("evilexample.test", "evilexample.test"),
        domain("example.test.evil.invalid", "evil.invalid"),
    )

    assert values(engine, seek("domain", "example.test")) == ["example.test", "a.b.example.test"]


def test_a_subdomain_does_not_meet_its_parent_or_its_sister(lake: Lake) -> None:
    engine = lake(
        domain("example.test", "example.test"),
        domain("www.example.test", "example.test"),
        domain("xcdn.example.test", "example.test"),
        domain("cdn.example.test", "example.test"),
    )

    assert values(engine, seek("domain", "cdn.example.test")) == ["cdn.example.test"]


@pytest.mark.parametrize("registered", ["blog.host.test", "host.test"])
def test_a_domain_is_found_whichever_suffix_list_ingest_used(lake: Lake, registered: str) -> None:
    engine = lake(domain("a.blog.host.test", registered))

    assert values(engine, seek("domain", "blog.host.test")) == ["a.blog.host.test"]


def test_both_ends_of_a_connection_are_looked_at(lake: Lake) -> None:
    engine = lake(
        {"src_ip": "10.0.0.5", "dst_ip": "192.0.2.7"},
        {"src_ip": "192.0.2.7", "dst_ip": "10.0.0.8", "kind": "conn"},
        {"src_ip": "192.0.2.7", "dst_ip": "192.0.2.7", "kind": "conn"},
    )

    rows = list(engine.sweep([seek("ip", "192.0.2.7")]))

    assert sorted((row.locator.record, row.matched_field) for row in rows) == [
        (1, "dst_ip"),
        (2, "src_ip"),
        (3, "dst_ip"),
        (3, "src_ip"),
    ]


@pytest.mark.parametrize("value", ["192.0.0.0/14", "192.0.2.0/23", "192.0.2.6/31", "0.0.0.0/0"])
def test_a_row_meets_a_range_of_any_width_once(lake: Lake, value: str) -> None:
    engine = lake({"dst_ip": "192.0.2.7"}, {"dst_ip": "203.0.113.9"})

    met = values(engine, seek("cidr", value))

    assert met == (["192.0.2.7", "203.0.113.9"] if value == "0.0.0.0/0" else ["192.0.2.7"])


def test_an_ipv6_address_is_found_however_it_is_spelled(lake: Lake) -> None:
    engine = lake(
        {"dst_ip": "2001:0DB8:0:0::1"}, {"src_ip": "2001:db8::1"}, {"dst_ip": "2001:db9::1"}
    )

    assert len(values(engine, seek("ip", "2001:db8::1"))) == 2
    assert len(values(engine, seek("cidr", "2001:db8::/32"))) == 2
    assert len(values(engine, seek("cidr", "2001:db8::/31"))) == 3


def test_a_url_meets_its_spellings_and_never_a_part_or_another_case_of_path(lake: Lake) -> None:
    engine = lake(
        {"url": "HTTP://Evil.Test:80/Gate.php?id=1"},
        {"url": "http://evil.test/gate.php?id=1"},
        {"url": "http://evil.test/Gate.php?id=12"},
        {"url": "http://evil.test/Gate.php"},
        {"url": "evil.test:443"},
    )

    met = values(engine, seek("url", "http://evil.test/Gate.php?id=1"))

    assert met == ["HTTP://Evil.Test:80/Gate.php?id=1"]


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [("md5", "md5", "0" * 32), ("sha1", "sha1", "1" * 40), ("sha256", "sha256", "2" * 64),
     ("account", "user", "svc-deploy")],
)  # fmt: skip
def test_hashes_and_accounts_meet_exactly(lake: Lake, kind: str, field: str, value: str) -> None:
    engine = lake({field: value, "kind": "files"}, {field: value + "x", "kind": "files"})

    (row,) = engine.sweep([seek(kind, value)])

    assert (row.matched_field, row.matched_value, row.locator.record) == (field, value, 1)


@pytest.mark.parametrize(
    ("sought", "written", "met"),
    [
        ("http://shop.example/a/*",
         ["http://SHOP.example:80/a/x", "http://shop.example/A/x", "http://shop.example/b/a/",
          "http://shop.example.evil.test/a/", "https://shop.example/a/", "http://shop.example/a"],
         [0]),
        ("http://shop.example/*",
         ["http://shop.example", "http://shop.example?x=1", "http://shop.example:80/z",
          "http://shop.example:8080/z"],
         [0, 1, 2]),
        ("http://shop.example:8080/*", ["http://shop.example:8080/z", "http://shop.example/z"],
         [0]),
        ("http://shop.example/get?id=*", ["http://shop.example/get?id=7", "http://shop.example/get"],
         [0]),
    ],
)  # fmt: skip
def test_the_beginning_of_a_url_meets_what_begins_so_at_that_host(
    lake: Lake, sought: str, written: list[str], met: list[int]
) -> None:
    hosts = [urlsplit(url).hostname or "" for url in written]
    engine = lake(*({"url": u, "domain": h, "rd": h} for u, h in zip(written, hosts, strict=True)))

    assert values(engine, seek("url_prefix", sought)) == [written[n] for n in met]


def test_the_beginning_of_a_url_may_name_an_address(lake: Lake) -> None:
    engine = lake({"url": "http://192.0.2.7/a/x", "dst_ip": "192.0.2.7"})

    assert len(values(engine, seek("url_prefix", "http://192.0.2.7/a/*"))) == 1


def test_a_user_agent_meets_whole_and_in_any_case(lake: Lake) -> None:
    engine = lake(
        {"user_agent": "QuaySync/2.1"}, {"user_agent": "quaysync/2.1"}, {"user_agent": "QuaySync/2"}
    )

    assert values(engine, seek("user_agent", "QUAYSYNC/2.1")) == ["QuaySync/2.1", "quaysync/2.1"]


def test_a_file_name_meets_the_last_part_of_any_path(lake: Lake) -> None:
    engine = lake(
        {"path": "C:\\Temp\\Quay.exe", "file_name": "quay.exe", "kind": "files"},
        {"path": "/srv/notquay.exe", "file_name": "notquay.exe", "kind": "files"},
    )

    assert values(engine, seek("file", "quay.exe")) == ["quay.exe"]


@pytest.mark.parametrize(
    ("sought", "written", "count"),
    [
        ("C:\\Temp\\Quay.exe", ["c:\\temp\\QUAY.EXE", "C:/Temp/quay.exe", "D:\\Temp\\Quay.exe"], 2),
        ("/srv/Quay", ["/srv/Quay", "/srv/quay", "/srv/b/Quay"], 1),
    ],
)
def test_a_path_meets_whole_and_only_windows_knows_no_case(
    lake: Lake, sought: str, written: list[str], count: int
) -> None:
    engine = lake(*({"path": p, "file_name": last_part(p), "kind": "files"} for p in written))

    assert len(values(engine, seek("path", sought))) == count


def test_an_e_mail_address_meets_senders_receivers_and_users(lake: Lake) -> None:
    engine = lake(
        {"mail_from": "ann@shop.example", "kind": "smtp"},
        {"mail_to": "bob@shop.example ann@shop.example", "kind": "smtp"},
        {"mail_to": "xann@shop.example", "kind": "smtp"},
        {"user": "Ann@Shop.example", "kind": "auth"},
    )

    rows = list(engine.sweep([seek("email", "ann@shop.example")]))

    assert [(row.matched_field, row.matched_value) for row in rows] == [
        ("mail_from", "ann@shop.example"),
        ("mail_to", "ann@shop.example"),
        ("user", "Ann@Shop.example"),
    ]


def test_an_answer_to_a_name_meets_the_address_that_it_holds(lake: Lake) -> None:
    engine = lake(
        {"kind": "dns", "answers": "cdn.shop.example 192.0.2.7 192.0.2.9"},
        {"kind": "dns", "answers": "192.0.2.70 1192.0.2.7 7"},
        {"kind": "dns", "answers": "2001:DB8::7"},
    )
    sought = [seek("cidr", "192.0.2.0/28", name="i2"), seek("ip", "192.0.2.7")]
    six = [seek("cidr", "2001:db8::/47", name="i3"), seek("ip", "2001:db8::7", name="i4")]

    rows = list(engine.sweep([*sought, *six]))

    assert [(r.locator.record, r.indicator, r.matched_field, r.matched_value) for r in rows] == [
        (1, "i1", "answers", "192.0.2.7"),
        (1, "i2", "answers", "192.0.2.7"),
        (3, "i3", "answers", "2001:DB8::7"),
        (3, "i4", "answers", "2001:DB8::7"),
    ]


@pytest.mark.parametrize("kind", ["ssl", "x509"])
def test_a_certificate_is_met_by_its_fingerprint(lake: Lake, kind: str) -> None:
    engine = lake({"kind": kind, "sha1": "ab" * 20})

    assert values(engine, seek("sha1", "ab" * 20)) == ["ab" * 20]


def test_matches_of_many_days_come_in_order_however_few_are_told_at_a_time(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ashiato.engine.duck._TOLD", 2)
    days = [timedelta(days=n // 2) for n in range(7)]
    engine = lake(*({"dst_ip": "192.0.2.7", "ts": NOON + day} for day in days))

    rows = list(engine.sweep([seek("ip", "192.0.2.7")]))

    assert [(row.locator.record, row.ts - NOON) for row in rows] == list(enumerate(days, start=1))


def test_a_sweep_that_a_next_one_ended_says_so(lake: Lake) -> None:
    engine = lake({"dst_ip": "192.0.2.7"})
    first = engine.sweep([seek("ip", "192.0.2.7")])

    assert len(values(engine, seek("ip", "192.0.2.7"))) == 1
    with pytest.raises(RuntimeError, match="next sweep"):
        next(first)


@pytest.mark.parametrize(("kind", "value"), [("mutex", "x@evil.test"), ("cve", "CVE-2031-1234")])
def test_what_no_column_shows_meets_nothing(lake: Lake, kind: str, value: str) -> None:
    assert values(lake({"user": value, "url": value}), seek(kind, value)) == []


def test_a_match_leads_back_to_its_bytes(lake: Lake) -> None:
    engine = lake({"dst_ip": "192.0.2.7", "codec": "gzip", "byte_off": 7, "byte_len": 9})

    (row,) = engine.sweep([seek("ip", "192.0.2.7")])

    assert (row.exhibit, row.locator) == (A, RecordLocator(1, 7, 9, "gzip"))
    assert (row.org, row.ts, row.host, row.kind) == ("Org 001", NOON, "10.0.0.5", "proxy")


def test_a_source_s_own_log_is_nobody_s_victim(lake: Lake) -> None:
    engine = lake({"org": "source:provider-a", "src_ip": "192.0.2.7", "kind": "auth"})

    assert values(engine, seek("ip", "192.0.2.7")) == []


BOUNDS = st.lists(
    st.integers(-3, 3).map(lambda n: NOON + n * timedelta(microseconds=1)), min_size=4, max_size=4
)


@st.composite
def windows(draw: st.DrawFn) -> UncertainInterval:
    bounds = list(draw(BOUNDS))
    try:
        known = UncertainInterval(*bounds)
    except ValueError:
        first, second = sorted(bounds[:2])
        known = UncertainInterval(first, second, NOON + HOUR, NOON + HOUR)
    kept = draw(st.lists(st.booleans(), min_size=4, max_size=4))
    whole = (known.start_min, known.start_max, known.end_min, known.end_max)
    return UncertainInterval(*(b if k else None for b, k in zip(whole, kept, strict=True)))


ADDRESSES = st.integers(0, 2047).map(lambda n: str(ip_address("192.0.0.0") + n * 37))
NETS = st.tuples(ADDRESSES, st.integers(12, 32)).map(
    lambda pair: str(ip_network(f"{pair[0]}/{pair[1]}", strict=False))
)
TIMES = st.integers(-4, 4).map(lambda n: NOON + n * timedelta(microseconds=1))
ROWS = st.lists(
    st.fixed_dictionaries({"dst_ip": ADDRESSES, "src_ip": ADDRESSES, "ts": TIMES}),
    min_size=1,
    max_size=12,
)


def naive(
    rows: Sequence[Mapping[str, Any]], indicators: Sequence[Indicator]
) -> set[tuple[str, int, str, str, str]]:
    """Compare every row with every indicator, by Python's own addresses and our intervals."""
    met = set()
    for number, row in enumerate(rows, start=1):
        for i in indicators:
            presence = i.window.at(row["ts"])
            status = "excluded" if presence in OUTSIDE else presence.value
            for field in ("src_ip", "dst_ip"):
                if ip_address(row[field]) in ip_network(i.observable.value):
                    met.add((i.id, number, field, status, OUTSIDE.get(presence, "")))
    return met


@settings(max_examples=60)
@given(rows=ROWS, nets=st.lists(st.tuples(NETS, windows()), max_size=6))
def test_the_keyed_plan_finds_what_comparing_everything_finds(
    lake_of_any: Callable[..., Duck],
    rows: list[dict[str, Any]],
    nets: list[tuple[str, UncertainInterval]],
) -> None:
    indicators = [seek("cidr", net, window, f"i{n}") for n, (net, window) in enumerate(nets)]

    with lake_of_any(rows) as engine:
        found = [
            (r.indicator, r.locator.record, r.matched_field, r.status.value, r.reason)
            for r in engine.sweep(indicators)
        ]

    assert len(found) == len(set(found))
    assert set(found) == naive(rows, indicators)


def test_the_window_is_half_open_and_excluded_rows_are_kept_with_the_reason(lake: Lake) -> None:
    second = timedelta(seconds=1)
    engine = lake(*({"dst_ip": "192.0.2.7", "ts": NOON + n * second} for n in (-1, 0, 1, 2, 3, 4)))
    window = UncertainInterval(NOON, NOON + second, NOON + 2 * second, NOON + 4 * second)

    rows = list(engine.sweep([seek("ip", "192.0.2.7", window)]))

    assert [(row.status.value, row.reason) for row in rows] == [
        ("excluded", "before the window"),
        ("possible", ""),
        ("certain", ""),
        ("possible", ""),
        ("possible", ""),
        ("excluded", "after the window"),
    ]


@pytest.mark.parametrize(
    "window",
    [
        ALWAYS_POSSIBLE,
        UncertainInterval.exactly(NOON - HOUR, None),
        UncertainInterval.exactly(None, NOON + HOUR),
    ],
)
def test_a_bound_that_nobody_knows_makes_nothing_certain(
    lake: Lake, window: UncertainInterval
) -> None:
    engine = lake({"dst_ip": "192.0.2.7"})

    (row,) = engine.sweep([seek("ip", "192.0.2.7", window)])

    assert row.status is SightingStatus.POSSIBLE


def test_a_record_delivered_in_two_exhibits_counts_in_the_lower_hash(lake: Lake) -> None:
    engine = lake(
        {"dst_ip": "192.0.2.7", "exhibit": B, "rec_no": 1},
        {"dst_ip": "192.0.2.7", "exhibit": A, "rec_no": 9, "codec": "gzip"},
    )

    rows = list(engine.sweep([seek("ip", "192.0.2.7")]))

    assert [(row.exhibit, row.status.value, row.reason) for row in rows] == [
        (A, "certain", ""),
        (B, "excluded", "same record delivered twice"),
    ]


@pytest.mark.parametrize(
    "other",
    [{"org": "Org 002"}, {"byte_len": 81}, {"ts": NOON + timedelta(microseconds=1)},
     {"host": "10.0.0.6"}, {"url": "http://evil.test/b"}, {"bytes_in": 2}, {"src_port": 4_001}],
)  # fmt: skip
def test_records_that_differ_in_anything_are_two(lake: Lake, other: dict[str, Any]) -> None:
    first = {"dst_ip": "192.0.2.7", "url": "http://evil.test/a", "bytes_in": 1}
    engine = lake(first, {**first, **other, "exhibit": B})

    rows = list(engine.sweep([seek("ip", "192.0.2.7")]))

    assert [row.status.value for row in rows] == ["certain", "certain"]


def test_equal_lines_of_one_exhibit_stay_two_events_and_pair_off_with_the_other_s(
    lake: Lake,
) -> None:
    line = {"dst_ip": "192.0.2.7"}
    engine = lake(
        line, line, {**line, "exhibit": B}, {**line, "exhibit": B}, {**line, "exhibit": B}
    )

    rows = list(engine.sweep([seek("ip", "192.0.2.7")]))

    assert [(row.exhibit, row.status.value) for row in rows] == [
        (A, "certain"),
        (A, "certain"),
        (B, "excluded"),
        (B, "excluded"),
        (B, "certain"),
    ]


def test_neither_the_order_of_files_nor_of_indicators_matters(lake: Lake, tmp_path: Path) -> None:
    indicators = [seek("ip", "192.0.2.7"), seek("domain", "evil.test", name="i2")]
    rows = [
        domain("evil.test", "evil.test")
        | {"dst_ip": "192.0.2.7", "org": f"Org {n % 3}", "exhibit": f"{n:064}"}
        for n in range(6)
    ]
    engine = lake(*rows)
    files = sorted((tmp_path / "0").glob("*/*.parquet"))

    with open_lake([*reversed(files), files[0]], threads=1) as other:
        again = list(other.sweep([*reversed(indicators), indicators[0]]))
    assert again == list(engine.sweep(indicators))


def test_a_sweep_leaves_nothing_behind_for_the_next(lake: Lake) -> None:
    engine = lake({"dst_ip": "192.0.2.7"})
    first = list(engine.sweep([seek("ip", "192.0.2.7")]))

    assert list(engine.sweep([seek("ip", "192.0.2.8")])) == []
    assert list(engine.sweep([seek("ip", "192.0.2.7")])) == first


def test_coverage_tells_the_days_that_have_rows(lake: Lake) -> None:
    day = timedelta(days=1)
    engine = lake(
        {"ts": NOON + HOUR},
        {"ts": NOON, "host": "10.0.0.6"},
        {"ts": NOON + 2 * day, "host": None},
        {"ts": NOON, "kind": "dns", "org": "source:provider-a"},
    )

    ours, theirs = engine.coverage()

    assert (ours.org, ours.kind, ours.rows, ours.hosts) == ("Org 001", "proxy", 3, 2)
    assert (ours.first, ours.last) == (NOON, NOON + 2 * day)
    assert ours.days == ((NOON, NOON + HOUR), (NOON + 2 * day, NOON + 2 * day))
    assert theirs.org == "source:provider-a"


def login(org: str, status: str, ts: datetime) -> dict[str, Any]:
    given = {"org": org, "kind": "auth", "user": "acct-1", "src_ip": "192.0.2.7", "ts": ts}
    return {**given, "host": "vps-1", "status": status, "user_agent": "SHA256:abc"}


def test_logins_are_those_of_the_sources_by_time(lake: Lake) -> None:
    engine = lake(
        login("source:provider-a", "accepted", NOON + HOUR),
        login("source:provider-b", "failed", NOON),
        login("Org 001", "accepted", NOON),
    )

    found = engine.logins(paths={A: "evidence/auth.log"})

    assert [(x.account, x.host, x.address, x.ts, x.accepted, x.client) for x in found] == [
        ("acct-1", "vps-1", "192.0.2.7", NOON, False, "SHA256:abc"),
        ("acct-1", "vps-1", "192.0.2.7", NOON + HOUR, True, "SHA256:abc"),
    ]
    assert found[0].citation.path == "evidence/auth.log"
    assert [x.citation.exhibit for x in engine.logins(["Org 001"])] == [A]


def test_a_login_quotes_the_line_that_its_reader_gives(lake: Lake) -> None:
    engine = lake(login("source:provider-a", "accepted", NOON))

    (found,) = engine.logins(read_line=lambda exhibit, at: f"{exhibit[:1]}:{at.record}")

    assert found.citation.quote == "a:1"


def test_rows_are_counted_by_kind(lake: Lake) -> None:
    engine = lake({}, {}, {"kind": "dns"})

    assert engine.count_by_kind() == {"dns": 1, "proxy": 2}


def test_a_lake_without_files_answers_nothing() -> None:
    with open_lake([]) as engine:
        door: Engine = engine

        assert not list(door.sweep([seek("ip", "192.0.2.7"), seek("ip", "2001:db8::1", name="i2")]))
        assert (door.coverage(), door.logins(), door.count_by_kind()) == ((), (), {})


def test_the_letters_of_patterns_and_quotes_in_a_path_mean_themselves(
    lake: Lake, tmp_path: Path
) -> None:
    lake({}, {})
    (file,) = (tmp_path / "0").glob("*/*.parquet")
    odd = tmp_path / "case [1] *'s"
    odd.mkdir()
    moved = file.rename(odd / file.name)

    with open_lake([moved]) as engine:
        assert engine.count_by_kind() == {"proxy": 2}


def test_a_missing_file_is_bad_input_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="lacks this file") as raised:
        open_lake([tmp_path / "gone.parquet"])

    assert raised.value.path.endswith("gone.parquet")


def test_a_file_that_is_no_parquet_is_bad_input(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    file.write_bytes(b"not parquet")

    with pytest.raises(BadInput, match="cannot be read"):
        open_lake([file])


def test_no_query_reads_a_file_that_is_not_of_the_lake(lake: Lake, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    engine = lake({})

    with pytest.raises(Exception, match="disabled by configuration"):
        engine._rows("SELECT * FROM read_text(?)", [str(secret)])
    with pytest.raises(Exception, match="locked"):
        engine._rows("SET enable_external_access = true")


def test_too_little_memory_says_so(lake: Lake, tmp_path: Path) -> None:
    lake(*({"url": f"http://evil.test/{n}" * 50} for n in range(3000)))
    files = sorted(tmp_path.glob("0/*/*.parquet"))

    with (
        open_lake(files, threads=1, memory="1MB") as engine,
        pytest.raises(TooLarge, match="memory"),
    ):
        engine.sweep([seek("domain", "evil.test"), seek("url", "http://evil.test/x", name="i2")])
