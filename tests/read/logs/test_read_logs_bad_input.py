"""What real logs are like: every fault is counted, cited and told, and the rest is read."""

import gzip
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.sources import TableMapping
from ashiato.read import detect
from ashiato.read.logs import LogReading
from ashiato.read.logs.lines import Block, blocks
from ashiato.read.logs.order import DAY, YEAR, Course
from ashiato.read.logs.wide import cut_wide, wide_blocks

ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]
START = 1_924_992_000
MIXED = [
    '192.0.2.5 - - [20/Apr/2031:09:00:01 +0900] "GET /資料 HTTP/1.1" 200 1\n'.encode(encoding)
    for encoding in ("utf-8", "cp932", "euc_jp")
]


def proxy(*times: float, url: str = "http://a.example/") -> bytes:
    return "".join(
        f"{time:.3f} 250 192.0.2.10 TCP_MISS/200 45 GET {url} - DIRECT/192.0.2.1 -\n"
        for time in times
    ).encode()


def told(reading: LogReading) -> list[tuple[str, int]]:
    return sorted((problem.kind, problem.count) for problem in reading.problems)


def record(reading: LogReading, kind: str) -> int:
    """Which record the problem of one kind cites."""
    (cited,) = (p.citation for p in reading.problems if p.kind == kind)
    assert cited
    assert isinstance(cited.locator, RecordLocator)
    return cited.locator.record


# --- bytes ---------------------------------------------------------------------------------------


def test_three_encodings_in_one_file_are_read_where_the_case_names_them(
    read_bytes: ReadBytes,
) -> None:
    extra = {"fallback_encodings": "euc_jp,cp932"}
    _, rows = read_bytes(b"".join(MIXED), extra=extra)
    alone, _ = read_bytes(b"".join(MIXED))

    assert [row["url"] for row in rows] == ["/資料"] * 3
    assert told(alone) == [("bad-encoding", 2)]
    assert record(alone, "bad-encoding") == 2


def test_nuls_spoil_their_own_lines_only(read_bytes: ReadBytes) -> None:
    good = proxy(START, START + 2)
    reading, rows = read_bytes(good + b"\0" * 4096 + b"\n" + good.replace(b"GET", b"G\0T"))

    assert len(rows) + sum(p.count for p in reading.problems) == 5
    assert {1, 2} <= {row["rec_no"] for row in rows}


def test_line_ends_of_both_kinds_and_a_mark_in_the_middle_are_no_faults_of_others(
    read_bytes: ReadBytes,
) -> None:
    one, two = proxy(START), proxy(START + 1)
    data = one.replace(b"\n", b"\r\n") + b"\xef\xbb\xbf" + two + one
    reading, rows = read_bytes(data)

    assert [row["rec_no"] for row in rows] in ([1, 3], [1, 2, 3])
    assert reading.rows + sum(p.count for p in reading.problems) == 3


def test_members_of_gzip_one_after_the_other_are_one_log(read_bytes: ReadBytes) -> None:
    packed = gzip.compress(proxy(START)) + gzip.compress(proxy(START + 1)) + bytes(512)
    reading, _ = read_bytes(packed)

    assert (reading.rows, reading.problems) == (2, ())


def test_garbage_that_is_named_a_log_is_no_log(read_bytes: ReadBytes) -> None:
    garbage = np.random.default_rng(7).bytes(4096)
    reading, rows = read_bytes(garbage)

    assert detect(garbage, "access.log") is None
    assert rows == []
    assert {p.kind for p in reading.problems} <= {"bad-encoding", "unknown-format"}


def test_a_log_of_another_kind_than_the_case_states_gives_no_rows(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(proxy(START, START + 1), kind="bind")

    assert (rows, told(reading)) == ([], [("bad-line", 2)])
    assert record(reading, "bad-line") == 1


@pytest.mark.torture
def test_a_line_of_a_hundred_megabytes_is_counted_and_the_next_is_read(
    read_bytes: ReadBytes,
) -> None:
    reading, rows = read_bytes(proxy(START) + b"x" * 100_000_000 + b"\n" + proxy(START + 1))

    assert [row["rec_no"] for row in rows] == [1, 3]
    assert told(reading) == [("bad-line", 1)]


# --- UTF-16 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"", "utf-16-le")],
)
def test_a_log_in_utf16_is_read_and_cites_the_bytes_as_they_are(
    read_bytes: ReadBytes, mark: bytes, encoding: str
) -> None:
    text = (proxy(START).decode() + proxy(START + 1, url="http://é.example/資料").decode()).replace(
        "\n", "\r\n"
    )
    data = mark + text.encode(encoding)
    reading, rows = read_bytes(data, encoding=None if mark else encoding)
    cited = [data[row["byte_off"] :][: row["byte_len"]].decode(encoding) for row in rows]

    assert (reading.rows, reading.problems) == (2, ())
    assert cited == text.splitlines()
    assert rows[1]["url"] == "http://é.example/資料"


def test_half_a_character_of_utf16_is_a_line_that_cannot_be_read(read_bytes: ReadBytes) -> None:
    good = proxy(START).decode().encode("utf-16-le")
    bad = good[:40] + b"\x00\xd8" + good[40:]
    reading, rows = read_bytes(b"\xff\xfe" + good + bad + good)

    assert [row["rec_no"] for row in rows] == [1, 3]
    assert told(reading) == [("bad-encoding", 1)]


def test_a_table_in_utf16_is_read(read_bytes: ReadBytes) -> None:
    text = '日時\tホスト\n2031-04-20T09:00:01Z\t"a.example"\n2031-04-20T09:00:02Z\t"b.\nexample"\n'
    data = text.encode("utf-16")
    mapping = TableMapping("m", "dns", {"ts": "日時", "domain": "ホスト"}, (), "\t")
    _, rows = read_bytes(data, mapping=mapping)
    last = data[rows[1]["byte_off"] :][: rows[1]["byte_len"]].decode("utf-16-le")

    assert last == '2031-04-20T09:00:02Z\t"b.\nexample"'


@given(
    text=st.text(st.characters(codec="utf-16-le", exclude_characters="\r"), max_size=30),
    size=st.integers(1, 9),
)
def test_lines_of_utf16_are_those_of_the_text_whatever_the_blocks(text: str, size: int) -> None:
    data = text.encode("utf-16-le")
    found = list(wide_blocks((data[i : i + size] for i in range(0, len(data), size)), "utf-16-le"))
    cut = [
        data[int(at) :][: int(count)].decode("utf-16-le")
        for block in found
        for at, count in zip(block.places, block.bytes_there, strict=True)
    ]
    plain = [
        block.data[int(start) :][: int(length)].decode()
        for block in found
        for start, length in zip(block.starts, block.lengths, strict=True)
    ]

    marked = text.startswith("\ufeff")
    assert cut == plain
    assert "\n".join(cut) == text.removesuffix("\n")[marked:]
    assert sum(len(b.starts) for b in found) == sum(len(b.starts) for b in blocks([text.encode()]))


@given(text=st.text(st.characters(codec="utf-16-le"), max_size=30), size=st.integers(1, 9))
def test_both_ways_of_cutting_utf16_agree_on_every_place(text: str, size: int) -> None:
    data = text.encode("utf-16-le")
    pieces = [data[i : i + size] for i in range(0, len(data), size)]

    def places(found: Iterable[Block]) -> list[tuple[int, int]]:
        return [
            (int(at), int(count))
            for block in found
            for at, count in zip(block.places, block.bytes_there, strict=True)
        ]

    assert places(cut_wide(pieces, "utf-16-le", blocks)) == places(wide_blocks(pieces, "utf-16-le"))


EVENT = """\
<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
 <System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>4624</EventID>
  <TimeCreated SystemTime="2031-04-20T00:00:0%d.000Z"/><EventRecordID>%d</EventRecordID>
  <Channel>Security</Channel><Computer>pc.bay.example</Computer></System>
 <EventData><Data Name="TargetUserName">資料\U00020000</Data>
  <Data Name="IpAddress">192.0.2.5</Data></EventData>
</Event>"""


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_events_of_several_lines_in_utf16_cite_their_bytes(
    read_bytes: ReadBytes, encoding: str
) -> None:
    events = [EVENT % (n, n) for n in range(3)]
    data = ("\ufeff<Events>\r\n" + "\r\n".join(events) + "</Events>").encode(encoding)
    reading, rows = read_bytes(data)

    assert (reading.rows, reading.problems) == (3, ())
    assert [data[r["byte_off"] :][: r["byte_len"]].decode(encoding) for r in rows] == events


# --- clocks --------------------------------------------------------------------------------------


def test_a_clock_that_goes_back_by_days_is_told_at_the_line_and_the_rows_are_kept(
    read_bytes: ReadBytes,
) -> None:
    times = [START + n for n in range(5)] + [START - 3 * 86_400 + n for n in range(5)]
    reading, rows = read_bytes(proxy(*times))

    assert (len(rows), told(reading)) == (10, [("clock-jump", 1)])
    assert record(reading, "clock-jump") == 6


def test_a_clock_that_jumps_by_years_and_returns_is_told_twice(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(proxy(START, 86_400.0, START + 1, START + 2))

    assert (len(rows), told(reading)) == (4, [("clock-jump", 2)])


def test_stragglers_are_no_jump_of_the_clock(read_bytes: ReadBytes) -> None:
    times = [START + n - (5 * 86_400 if n % 7 == 3 else 0) for n in range(40)]
    reading, _ = read_bytes(proxy(*times))

    assert reading.problems == ()


def test_zeeks_order_of_ends_is_no_jump_of_the_clock(read_bytes: ReadBytes) -> None:
    head = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tduration\n"
    ends = [START + n for n in range(8)]
    taken = [1, 1, 1, 1, 9 * 86_400, 9 * 86_400, 9 * 86_400, 1]
    lines = [
        f"{end - took}.0\t192.0.2.5\t198.51.100.7\t{took}.0\n"
        for end, took in zip(ends, taken, strict=True)
    ]
    reading, _ = read_bytes((head + "".join(lines)).encode())

    assert (reading.rows, reading.problems) == (8, ())


def test_newest_first_is_noted(read_bytes: ReadBytes) -> None:
    reading, _ = read_bytes(proxy(*(START - n for n in range(40))))

    assert (reading.problems, reading.notes) == ((), ("its newest rows stand first",))


@given(
    days=st.lists(st.integers(-800, 800), max_size=30),
    cuts=st.lists(st.integers(0, 30), max_size=4),
)
def test_the_blocks_of_a_log_change_no_jump(days: list[int], cuts: list[int]) -> None:
    times = np.array(days, np.int64) * (DAY // 2)

    def jumps(edges: list[int]) -> list[Citation]:
        course = Course()
        found: list[Citation] = []
        for part in np.split(np.arange(len(times)), edges):
            found += course.goes_on(times[part], [_citation(int(at)) for at in part].__getitem__)
        return sorted(found, key=lambda jump: jump.quote)

    steps = np.flatnonzero(np.abs(np.diff(times)) > YEAR) + 1
    assert jumps(sorted(cuts)) == jumps([])
    assert {f"{at:05}" for at in steps} <= {jump.quote for jump in jumps([])}


def _citation(record: int) -> Citation:
    return Citation("", "", RecordLocator(record, 0, 0), f"{record:05}")


# --- real logs -----------------------------------------------------------------------------------


def test_a_damaged_real_log_keeps_what_came_before(real_data: Path, read_bytes: ReadBytes) -> None:
    data = (real_data / "logs/zeek/http.log.corrupt.gz").read_bytes()
    reading, rows = read_bytes(data)

    assert "truncated" in {problem.kind for problem in reading.problems}
    assert len(rows) == reading.rows


def test_a_real_log_whose_heading_was_written_weeks_later_is_read_by_its_lines(
    real_data: Path, read_bytes: ReadBytes
) -> None:
    data = (real_data / "logs/zeek/conn_date_issue.log").read_bytes()
    reading, _ = read_bytes(data)
    (opened,) = re.findall(rb"#open\s([0-9-]{10})", data)

    assert (reading.rows, reading.problems) == (3, ())
    assert reading.first
    assert reading.first.date() < date.fromisoformat(opened.decode())


def test_a_real_log_that_joins_two_years_is_told_where_the_years_meet(
    real_data: Path, read_bytes: ReadBytes
) -> None:
    reading, _ = read_bytes((real_data / "logs/zeek/tor_ssl.log").read_bytes())

    assert told(reading) == [("clock-jump", 1)]
    assert reading.first
    assert reading.last
    assert reading.last - reading.first > timedelta(days=366)
