"""Logs that are tables: read through a stated mapping, whatever their headings and their quotes."""

import csv
import gzip
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.errors import BadInput
from ashiato.core.sources import TableMapping
from ashiato.read.logs import LogReading
from ashiato.read.logs.lines import blocks
from ashiato.read.logs.quoted import LONGEST, records

ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]
PROXY = TableMapping("p", "proxy", {
    "ts": "Time", "src_ip": "Client", "url": "URL", "bytes_out": "Sent", "user_agent": "Agent",
})  # fmt: skip
TABLE = b"""\
Time,Client,URL,Sent,Agent
2031-04-20T09:00:01+09:00,192.0.2.5,http://www.Shop.example/a,12,"Agent ""X"", 5"
2031-04-20T09:00:02+09:00,192.0.2.6,http://198.51.100.7/,-,"two
lines"

2031-04-20T09:00:03+09:00,192.0.2.7
yesterday,192.0.2.8,http://a.example/,1,x
Time,Client,URL,Sent,Agent
2031-04-20T09:00:04+09:00,192.0.2.9,b.example:443,many,"never closed
"""
JAPANESE = TableMapping("j", "proxy", {"ts": "日時", "src_ip": "送信元", "domain": "ホスト名"},
                        ("%Y年%m月%d日 %H時%M分%S秒",), ";")  # fmt: skip
CHINESE = TableMapping("c", "dns", {"date": "日期", "clock": "时间", "domain": "域名"}, (), "\t")


def test_a_table_is_read_through_its_mapping(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(TABLE, mapping=PROXY)

    assert (reading.kind, reading.rows_by_kind, reading.blank) == ("csv", {"proxy": 2}, 3)
    assert [(r["host"], r["domain"], r["dst_ip"]) for r in rows] == [
        ("192.0.2.5", "www.shop.example", None),
        ("192.0.2.6", None, "198.51.100.7"),
    ]
    assert [r["user_agent"] for r in rows] == ['Agent "X", 5', "two\nlines"]
    assert rows[0]["ts"] == datetime(2031, 4, 20, 0, 0, 1, tzinfo=UTC)


def test_each_row_cites_its_very_bytes_over_all_its_lines(read_bytes: ReadBytes) -> None:
    _, rows = read_bytes(TABLE, mapping=PROXY)
    cited = [TABLE[r["byte_off"] :][: r["byte_len"]] for r in rows]

    assert cited[1].startswith(b"2031-04-20T09:00:02")
    assert cited[1].endswith(b'"two\nlines"')
    assert [r["rec_no"] for r in rows] == [2, 3]


def test_wrong_rows_are_counted_and_the_first_is_cited(read_bytes: ReadBytes) -> None:
    reading, _ = read_bytes(TABLE, mapping=PROXY)

    cited = {p.count: p.citation.quote for p in reading.problems if p.citation}
    assert cited[1].startswith("yesterday,")
    assert cited[2] == "2031-04-20T09:00:03+09:00,192.0.2.7"


@pytest.mark.parametrize(
    ("mapping", "written", "encoding"),
    [
        (
            JAPANESE,
            "日時;送信元;ホスト名\n2031年04月20日 09時00分01秒;192.0.2.5;www.Shop.example\n",
            "cp932",
        ),
        (CHINESE, "日期\t时间\t域名\n2031-04-20\t09:00:01\twww.Shop.example.\n", "utf-8"),
        (CHINESE, "日期\t时间\t域名\r\n2031-04-20\t09:00:01\twww.Shop.example.\r\n", "gb18030"),
    ],
)
def test_headings_and_times_of_any_script_are_read(
    read_bytes: ReadBytes, mapping: TableMapping, written: str, encoding: str
) -> None:
    data = written.encode(encoding)
    _, (row,) = read_bytes(data, mapping=mapping, encoding=encoding, timezone="Asia/Tokyo")

    assert (row["domain"], row["kind"]) == ("www.shop.example", mapping.kind)
    assert row["ts"] == datetime(2031, 4, 20, 0, 0, 1, tzinfo=UTC)


def test_a_time_without_a_zone_needs_one_stated(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes("日期\t时间\t域名\n2031-04-20\t09:00:01\ta.example\n".encode(),
                               mapping=CHINESE)  # fmt: skip

    assert (rows, [p.kind for p in reading.problems]) == ([], ["no-zone"])


@pytest.mark.parametrize(
    ("pattern", "written"), [("epoch", "1934409601.5"), ("epoch-ms", "1934409601500")]
)
def test_counted_times_are_read_where_the_mapping_says_so(
    read_bytes: ReadBytes, pattern: str, written: str
) -> None:
    mapping = TableMapping("e", "conn", {"ts": "t", "dst_ip": "to"}, (pattern,))
    _, (row,) = read_bytes(f"t,to\n{written},192.0.2.5\n".encode(), mapping=mapping)

    assert row["ts"] == datetime(2031, 4, 20, 0, 0, 1, 500_000, tzinfo=UTC)


def test_a_heading_that_is_not_there_refuses_the_file_and_names_it(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(TABLE.replace(b"Client", b"Machine"), mapping=PROXY)

    (problem,) = reading.problems
    assert (rows, problem.kind) == ([], "no-heading")
    assert "'Client' (our src_ip)" in problem.message


def test_a_packed_table_is_read(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(gzip.compress(TABLE), mapping=PROXY)

    assert (reading.rows, {row["codec"] for row in rows}) == (2, {"gzip"})


def test_a_mark_that_cannot_stand_between_cells_is_refused(read_bytes: ReadBytes) -> None:
    with pytest.raises(BadInput, match="cannot separate"):
        read_bytes(TABLE, mapping=TableMapping("x", "proxy", {"ts": "Time"}, (), '"'))


def test_a_quote_that_is_never_closed_costs_its_own_line_only() -> None:
    lines = [b'a,"open'] + [b"row,%d" % n for n in range(2 * LONGEST // 6)]
    found = list(records(blocks([b"\n".join(lines) + b"\n"]), b","))

    assert sum(len(block.starts) for block in found) == len(lines)


CELL = st.text(st.sampled_from('ab,"\n\r é'), max_size=6)


@given(
    rows=st.lists(st.lists(CELL, min_size=2, max_size=3), max_size=8),
    size=st.integers(1, 20),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_records_are_those_that_were_written_whatever_the_blocks(
    rows: list[list[str]], size: int, ends: str
) -> None:
    held = io.StringIO()
    csv.writer(held, lineterminator=ends, quoting=csv.QUOTE_ALL).writerows(rows)
    data = held.getvalue().encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    found = list(records(blocks(pieces), b","))

    cut = [
        data[b.offset + int(s) :][: int(n)]
        for b in found
        for s, n in zip(b.starts, b.lengths, strict=True)
    ]
    assert [next(csv.reader([c.decode()])) for c in cut] == rows
    assert [int(b.number) for b in found] == np.cumsum([1, *(len(b.starts) for b in found)])[
        :-1
    ].tolist()
