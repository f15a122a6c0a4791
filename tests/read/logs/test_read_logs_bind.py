from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ashiato.core.errors import BadInput
from ashiato.read.logs import LogReading

ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]
TIME = "20-Apr-2031 09:00:01.123"
PLAIN = "client 192.0.2.5#53124 (www.example.test): query: www.example.test IN A + (192.0.2.53)"


@pytest.mark.parametrize(
    "line",
    [
        f"{TIME} {PLAIN}",
        f"{TIME} queries: info: {PLAIN}",
        f"{TIME} queries: {PLAIN}",
        f"{TIME} info: {PLAIN}",
        f"{TIME} {PLAIN.replace('client', 'client @0x7f3c2c0a8b10')}",
        f"{TIME} {PLAIN.replace('A + ', 'A +E(0)KDC ')} [ECS 198.51.100.0/24/0]",
        f"{TIME} {PLAIN.replace(': query', ': view internal: query', 1)}",
        f"{TIME} {PLAIN.replace('#53124', '#53124/key office')}",
        f"{TIME} {PLAIN.replace('query: www', 'query: WWW').replace('test IN', 'TEST. IN')}",
        f"2031-04-20T09:00:01.123 {PLAIN}",
        f"<30>Apr 20 09:00:01.123 ns1 named[412]: {PLAIN}",
        f"Apr 20 09:00:01.123 queries: info: {PLAIN}",
    ],
)
def test_every_way_of_writing_a_query_gives_the_same_row(read_bytes: ReadBytes, line: str) -> None:
    reading, (row,) = read_bytes(line.encode(), timezone="Asia/Tokyo", year=2031)

    assert (reading.kind, reading.problems) == ("bind", ())
    assert row["ts"] == datetime(2031, 4, 20, 0, 0, 1, 123000, tzinfo=UTC)
    assert (row["host"], row["src_ip"], row["src_port"]) == ("192.0.2.5", "192.0.2.5", 53124)
    assert (row["domain"], row["rd"], row["method"]) == ("www.example.test", "example.test", "A")
    assert (row["dst_ip"], row["kind"], row["parser"]) == ("192.0.2.53", "dns", "bind@1")


def test_old_versions_without_name_or_server_are_read(read_bytes: ReadBytes) -> None:
    line = f"{TIME} client 192.0.2.5#1: query: a.example.test IN TYPE65 -"
    _, (row,) = read_bytes(line.encode(), timezone="UTC")

    assert (row["domain"], row["method"], row["dst_ip"]) == ("a.example.test", "TYPE65", None)


@pytest.mark.parametrize("stamp", ["2031-04-20T09:00:01.123Z", "2031-04-20T18:00:01.123+09:00"])
def test_a_time_that_names_its_zone_needs_none_stated(read_bytes: ReadBytes, stamp: str) -> None:
    _, (row,) = read_bytes(f"{stamp} {PLAIN}".encode())

    assert row["ts"] == datetime(2031, 4, 20, 9, 0, 1, 123000, tzinfo=UTC)


def test_without_a_zone_there_are_no_rows_and_one_problem(read_bytes: ReadBytes) -> None:
    data = "".join(f"{TIME} {PLAIN}\n" for _ in range(7)).encode()
    reading, rows = read_bytes(data)

    (problem,) = reading.problems
    assert (rows, problem.kind, problem.count) == ([], "no-zone", 7)
    assert "timezone" in problem.remedy
    assert "case.toml" in problem.remedy


def test_other_lines_of_the_server_are_ignored_and_broken_queries_are_not(
    read_bytes: ReadBytes,
) -> None:
    data = "\n".join(
        [
            *[f"{TIME} {PLAIN}"] * 4,
            f"{TIME} lame-servers: info: lame server resolving 'a.example.test'",
            f"{TIME} {PLAIN[:60]}",
            "something else",
        ]
    )
    reading, rows = read_bytes(data.encode(), timezone="UTC")

    assert (len(rows), reading.ignored) == (4, 1)
    assert [(p.kind, p.count) for p in reading.problems] == [("bad-line", 2)]


def test_local_times_that_never_were_or_were_twice_are_left_out(read_bytes: ReadBytes) -> None:
    times = ["30-Mar-2031 01:59:59.999", "30-Mar-2031 02:30:00.000", "26-Oct-2031 02:30:00.000"]
    times += ["26-Oct-2031 03:00:00.000"]
    data = "\n".join(f"{time} {PLAIN}" for time in times).encode()
    reading, rows = read_bytes(data, timezone="Europe/Berlin")

    assert [r["ts"].isoformat() for r in rows] == [
        "2031-03-30T00:59:59.999000+00:00",
        "2031-10-26T02:00:00+00:00",
    ]
    assert [(p.kind, p.count) for p in reading.problems] == [("impossible-time", 1)] * 2


def test_a_date_that_no_calendar_has_is_refused(read_bytes: ReadBytes) -> None:
    lines = [
        f"{TIME} {PLAIN}",
        f"31-Feb-2031 09:00:01.123 {PLAIN}",
        f"20-Apr-2031 25:00:00 {PLAIN}",
    ]
    reading, rows = read_bytes("\n".join(lines).encode(), timezone="UTC")

    assert len(rows) == 1
    assert [(p.kind, p.count) for p in reading.problems] == [("impossible-date", 2)]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc", "+25:00", "America", "JST-9"])
def test_a_zone_that_does_not_exist_is_bad_input(read_bytes: ReadBytes, zone: str) -> None:
    with pytest.raises(BadInput, match=r"case\.toml"):
        read_bytes(f"{TIME} {PLAIN}".encode(), timezone=zone)


@pytest.mark.parametrize(("zone", "hour"), [("+09:00", 0), ("-0330", 12), ("UTC", 9), ("Z", 9)])
def test_an_offset_is_a_zone(read_bytes: ReadBytes, zone: str, hour: int) -> None:
    _, (row,) = read_bytes(f"{TIME} {PLAIN}".encode(), timezone=zone)

    assert row["ts"].hour == hour
