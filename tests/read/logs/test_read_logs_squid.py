import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ashiato.core.errors import BadInput
from ashiato.core.evidence import RecordLocator
from ashiato.read.logs import LogReading

ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]
GET = (
    b"1924992000.123    250 192.0.2.10 TCP_MISS/200 4512 GET "
    b"http://User:pw@WWW.Shop.Example.co.jp.:8080/a?b=http://no.test/ ann "
    b"HIER_DIRECT/198.51.100.7 text/html"
)
CONNECT = (
    b"1924992001.500   1200 192.0.2.11 TCP_TUNNEL/200 99 CONNECT mail.example.test:443 - "
    b"FIRSTUP_PARENT/cache.example.test -"
)
LITERAL = b"1924992002.000 1 2001:db8::10 TCP_MISS/404 0 GET http://203.0.113.9/x - HIER_NONE/- -"


def test_a_line_becomes_a_row_that_cites_its_bytes(read_bytes: ReadBytes) -> None:
    data = GET + b"\r\n" + CONNECT + b"\n"
    reading, rows = read_bytes(data, organisation="Org 001")

    assert (reading.kind, reading.lines, reading.rows) == ("squid", 2, 2)
    assert reading.rows_by_kind == {"proxy": 2}
    assert reading.first == datetime(2031, 1, 1, 0, 0, 0, 123000, tzinfo=UTC)
    assert reading.last == datetime(2031, 1, 1, 0, 0, 1, 500000, tzinfo=UTC)
    first, second = rows
    assert data[first["byte_off"] :][: first["byte_len"]] == GET
    assert data[second["byte_off"] :][: second["byte_len"]] == CONNECT
    assert (first["rec_no"], second["rec_no"]) == (1, 2)


def test_the_fields_of_a_fetch_stand_in_their_columns(read_bytes: ReadBytes) -> None:
    _, (row,) = read_bytes(GET, organisation="Org 001")

    expected = {
        "org": "Org 001",
        "exhibit": "ab" * 32,
        "codec": None,
        "kind": "proxy",
        "parser": "squid@1",
        "host": "192.0.2.10",
        "user": "ann",
        "src_ip": "192.0.2.10",
        "src_ip4": 0xC000020A,
        "dst_ip": "198.51.100.7",
        "dst_ip4": 0xC6336407,
        "dst_port": 8080,
        "domain": "www.shop.example.co.jp",
        "rd": "example.co.jp",
        "method": "GET",
        "status": "200",
        "bytes_in": 4512,
        "duration": 0.25,
    }
    assert {key: row[key] for key in expected} == expected
    assert row["url"].startswith("http://User:pw@WWW")


def test_connect_names_a_host_and_a_parent_by_name_gives_no_address(read_bytes: ReadBytes) -> None:
    _, (row,) = read_bytes(CONNECT)

    assert (row["domain"], row["rd"], row["dst_port"]) == (
        "mail.example.test",
        "example.test",
        443,
    )
    assert (row["dst_ip"], row["dst_ip4"], row["user"]) == (None, None, None)


def test_an_address_in_the_url_is_the_destination_and_no_domain(read_bytes: ReadBytes) -> None:
    _, (row,) = read_bytes(LITERAL)

    assert (row["dst_ip"], row["dst_port"], row["domain"], row["rd"]) == (
        "203.0.113.9",
        80,
        None,
        None,
    )
    assert (row["src_ip"], row["src_ip4"]) == ("2001:db8::10", None)


@pytest.mark.parametrize(
    ("url", "domain", "address", "port"),
    [
        ("https://[2001:DB8::5]:8443/x", None, "2001:db8::5", 8443),
        ("ftp://files.example.test/x", "files.example.test", None, 21),
        ("error:invalid-request", None, None, None),
        ("http://h.example.test:99999/", "h.example.test", None, None),
        ("/relative", None, None, None),
        ("http://h.example.test?x=1@evil.test", "h.example.test", None, 80),
        ("http://good.test@evil.example.test/", "evil.example.test", None, 80),
        ("http://[::ffff:203.0.113.4]/", None, "203.0.113.4", 80),
    ],
)
def test_the_host_of_a_url_is_where_the_url_puts_it(
    read_bytes: ReadBytes, url: str, domain: str | None, address: str | None, port: int | None
) -> None:
    line = f"1924992000.123 1 192.0.2.10 TCP_MISS/200 1 GET {url} - HIER_NONE/- -\n".encode()
    _, (row,) = read_bytes(line)

    assert (row["domain"], row["dst_ip"], row["dst_port"]) == (domain, address, port)


def test_a_url_with_spaces_keeps_its_line(read_bytes: ReadBytes) -> None:
    _, (row,) = read_bytes(GET.replace(b"/a?b", b"/a b  c"))

    assert row["url"].endswith("/a b  c=http://no.test/")
    assert (row["domain"], row["user"]) == ("www.shop.example.co.jp", "ann")


def test_dirt_is_set_aside_counted_and_cited(read_bytes: ReadBytes) -> None:
    dirt = [b"", b"half a line 1924992000.1", b"\0\0\0", GET.replace(b"/200", b"/2x0"), b""]
    data = b"\n".join([GET, *dirt, CONNECT, CONNECT, GET, b""])
    reading, rows = read_bytes(data)

    (problem,) = reading.problems
    assert (len(rows), reading.blank, problem.kind, problem.count) == (4, 2, "bad-line", 3)
    assert problem.citation is not None
    assert problem.citation.locator == RecordLocator(3, len(GET) + 2, 24)
    assert problem.citation.quote == "half a line 1924992000.1"


def test_a_clock_that_ran_ahead_is_set_back(read_bytes: ReadBytes) -> None:
    _, (row,) = read_bytes(GET, clock_offset=90.5)

    assert row["ts"] == datetime(2030, 12, 31, 23, 58, 29, 623000, tzinfo=UTC)


def test_a_log_without_organisation_belongs_to_its_source(read_bytes: ReadBytes) -> None:
    _, (row,) = read_bytes(GET)

    assert row["org"] == "source:org"


def test_a_compressed_log_counts_decoded_bytes_and_says_so(read_bytes: ReadBytes) -> None:
    data = GET + b"\n" + CONNECT + b"\n"
    reading, rows = read_bytes(gzip.compress(data, mtime=0))

    assert [data[r["byte_off"] :][: r["byte_len"]] for r in rows] == [GET, CONNECT]
    assert {r["codec"] for r in rows} == {"gzip"}
    assert not reading.problems


def test_a_truncated_log_keeps_the_rows_before_the_cut(read_bytes: ReadBytes) -> None:
    data = b"".join(GET.replace(b"a?b", b"%d" % n) + b"\n" for n in range(500))
    packed = gzip.compress(data, mtime=0)
    reading, rows = read_bytes(packed[: len(packed) // 2])

    (problem,) = reading.problems
    assert (problem.kind, problem.count) == ("truncated", 1)
    assert 10 < len(rows) < 500
    assert reading.lines == len(rows) + 1
    assert problem.citation is not None
    assert isinstance(problem.citation.locator, RecordLocator)
    assert problem.citation.locator.record == reading.lines
    assert problem.citation.locator.codec == "gzip"


def test_a_checksum_that_fails_keeps_the_rows_and_is_reported(read_bytes: ReadBytes) -> None:
    packed = bytearray(gzip.compress(GET + b"\n", mtime=0))
    packed[-6] ^= 1
    reading, rows = read_bytes(bytes(packed))

    assert len(rows) == 1
    assert [(p.kind, p.count) for p in reading.problems] == [("truncated", 1)]


def test_a_byte_order_mark_hides_no_line(read_bytes: ReadBytes) -> None:
    data = b"\xef\xbb\xbf" + GET + b"\n" + CONNECT
    _, rows = read_bytes(data)

    assert [data[r["byte_off"] :][: r["byte_len"]] for r in rows] == [GET, CONNECT]


def test_an_encoding_is_tried_only_where_the_case_states_it(read_bytes: ReadBytes) -> None:
    odd = GET.replace(b"/a?b", "/資料".encode("cp932"))
    data = GET + b"\n" + odd + b"\n" + CONNECT + b"\n"
    refused, rows = read_bytes(data)
    stated, with_fallback = read_bytes(data, extra={"fallback_encodings": "cp932, euc_jp"})

    assert [(p.kind, p.count) for p in refused.problems] == [("bad-encoding", 1)]
    assert [r["rec_no"] for r in rows] == [1, 3]
    assert not stated.problems
    assert "/資料" in with_fallback[1]["url"]
    assert data[with_fallback[1]["byte_off"] :][: with_fallback[1]["byte_len"]] == odd


def test_a_stated_encoding_goes_before_utf8(read_bytes: ReadBytes) -> None:
    line = (
        GET.replace(b"/a?b", "/é".encode("latin-1")) + b"\n" + GET.replace(b"/a?b", "/é".encode())
    )
    _, rows = read_bytes(line, encoding="latin-1")

    assert ["/Ã©" in r["url"] for r in rows] == [False, True]


def test_utf8_in_a_line_is_read(read_bytes: ReadBytes) -> None:
    _, rows = read_bytes(GET.replace(b"/a?b", "/資料".encode()) + b"\n" + GET)

    assert sum("/資料" in r["url"] for r in rows) == 1


@pytest.mark.parametrize("encoding", ["no-such-thing", "hex", "utf-32"])
def test_an_encoding_that_has_no_lines_is_bad_input(read_bytes: ReadBytes, encoding: str) -> None:
    with pytest.raises(BadInput, match=r"case\.toml"):
        read_bytes(GET, encoding=encoding)


def test_a_kind_that_nobody_reads_is_bad_input(read_bytes: ReadBytes) -> None:
    with pytest.raises(BadInput, match=r"asa, bind, .*, windows-dns, winevents, zeek in case"):
        read_bytes(GET, kind="apache")


def test_a_stated_kind_is_used_where_the_content_shows_none(read_bytes: ReadBytes) -> None:
    data = b"dirt\n" * 60 + GET + b"\n"

    assert read_bytes(data)[0].problems[0].kind == "unknown-format"
    assert len(read_bytes(data, kind="squid")[1]) == 1


def test_an_empty_log_has_nothing_and_no_problem(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(b"")

    assert (reading.lines, reading.rows, reading.problems, rows) == (0, 0, (), [])


def test_a_time_that_is_no_time_is_refused(read_bytes: ReadBytes) -> None:
    reading, _ = read_bytes(GET + b"\n" + GET.replace(b"1924992000.", b"19249920001."))

    assert [(p.kind, p.count) for p in reading.problems] == [("bad-line", 1)]


def test_the_first_lines_decide_the_format_once(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(b"dirt\ndirt\ndirt\n" + GET)

    assert (rows, reading.problems[0].kind, reading.problems[0].count) == ([], "unknown-format", 4)
