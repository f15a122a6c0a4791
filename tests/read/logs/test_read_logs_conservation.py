"""Laws that hold for any bytes, and for the real logs."""

import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.sources import Intake, Source
from ashiato.engine.lake import LakeWriter
from ashiato.read.logs import READERS, LogReading, decoded_head, read_log
from ashiato.read.logs.lines import Pieces
from ashiato.read.logs.wide import MARKS

ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]
SEEDS = [
    b"1924992000.123    250 192.0.2.10 TCP_MISS/200 4512 GET http://a.test/ - DIRECT/192.0.2.1 -",
    b"20-Apr-2031 09:00:01.123 client 192.0.2.5#5 (a.test): query: a.test IN A + (192.0.2.53)",
    b"Apr 20 09:00:01 h sshd[1]: Accepted password for a from 192.0.2.9 port 1 ssh2",
    b"#separator \\x09",
    b"#path\tconn",
    b"#fields\tts\tid.orig_h\tid.orig_p",
    b"1924992000.0\t192.0.2.10\t4000",
    b'{"ts":1924992000.0,"id.orig_h":"192.0.2.10","conn_state":"SF"}',
    b'192.0.2.5 - - [20/Apr/2031:09:00:01 +0900] "GET /a HTTP/1.1" 200 512 "-" "curl/8"',
    b"#Fields: date time c-ip cs-host",
    b"2031-04-20 00:00:01 192.0.2.5 www.shop.example",
    b'{"timestamp":"2031-04-20T09:00:01+0900","event_type":"tls","src_ip":"192.0.2.5"}',
    b"Apr 20 09:00:01 fw kernel: IN=a OUT= SRC=192.0.2.5 DST=198.51.100.7 LEN=1 PROTO=TCP SPT=5",
    b"Apr 20 2031 09:00:01 a : %ASA-5-304001: 192.0.2.5 Accessed URL 198.51.100.7:http://a.test/",
    b"Apr 20 09:00:01 dnsmasq[3]: query[A] www.shop.example from 192.0.2.5",
    b"4/20/2031 9:00:01 PM 0E8C PACKET  00A UDP Rcv 192.0.2.5 0002 Q [0001 D NOERROR] A (1)a(0)",
    b"date=2031-04-20 time=09:00:01 type=traffic srcip=192.0.2.5 dstip=198.51.100.7",
    b"1,2031/04/20 09:00:01,7,TRAFFIC,end,1,2031/04/20 09:00:00,192.0.2.5," + b"x," * 40,
    b"",
    b"\xff\xfe",
]


BY_RECORD = {"evtx", "winevents-xml", "winevents-json"}
"""Formats whose records are no lines."""


@st.composite
def dirty_logs(draw: st.DrawFn) -> bytes:
    """Lines of every format, some with a stretch of their bytes replaced by any others."""
    parts = []
    for line in draw(st.lists(st.sampled_from(SEEDS), max_size=6)):
        at = draw(st.integers(0, len(line)))
        noise = draw(
            st.sampled_from([b"", b"", b"\0", b"\xe3\x81", b"9", b" "]) | st.binary(max_size=4)
        )
        parts += [
            line[:at],
            noise,
            line[at + len(noise) :],
            draw(st.sampled_from([b"\n", b"\r\n", b""])),
        ]
    return b"".join(parts)


@pytest.mark.parametrize("kind", [None, *(reader.name for reader in READERS)])
@settings(max_examples=25)
@given(data=st.binary(max_size=200) | dirty_logs())
def test_any_bytes_into_any_reader_lose_no_line_and_never_raise(
    read_bytes: ReadBytes, kind: str | None, data: bytes
) -> None:
    reading, rows = read_bytes(data, kind=kind, timezone="Asia/Tokyo", year=2031)
    decoded = b"".join(Pieces(io.BytesIO(data)))

    by_line = kind not in BY_RECORD and decoded[:2] not in MARKS
    assert not by_line or reading.lines >= decoded.count(b"\n")
    assert all(b"\n" not in decoded[r["byte_off"] :][: r["byte_len"]] for r in rows)
    assert len({r["rec_no"] for r in rows}) == len(rows)


def test_the_same_log_gives_the_same_bytes_again() -> None:
    data = b"\n".join(SEEDS[:1] * 500)
    written = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            intake = Intake("cd" * 32, "a.log", Source("s", "S"))
            with LakeWriter(Path(folder), intake.exhibit) as writer:
                read_log(io.BytesIO(data), intake, writer, size=len(data))
            (path,) = Path(folder).rglob("*.parquet")
            written.append(path.read_bytes())

    assert written[0] == written[1]


REAL = [
    *(f"zeek/{name}.log" for name in ("conn", "dns", "files", "http", "ssl", "tor_ssl", "weird")),
    *(f"zeek/{name}.log" for name in ("x509", "notice", "smtp", "ftp", "http_empty", "app_stats")),
    *(f"zeek/json/{name}.log" for name in ("conn", "dns", "files", "http", "ssl", "x509", "weird")),
    *(f"zeek/{name}" for name in ("http.log.gz", "http.log.corrupt.gz", "conn_date_issue.log")),
    "loghub/OpenSSH/OpenSSH_2k.log",
]


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
def test_every_row_of_a_real_log_cites_exactly_its_line(
    read_bytes: ReadBytes, real_data: Path, name: str
) -> None:
    data = (real_data / "logs" / name).read_bytes()
    reading, rows = read_bytes(data, timezone="UTC", year=2016)
    text = decoded_head(data, limit=1 << 30)
    lines = text.split(b"\n")

    assert reading.lines == len(lines) - (lines[-1] == b"")
    for row in rows:
        line = lines[row["rec_no"] - 1].removesuffix(b"\r")
        assert text[row["byte_off"] :][: row["byte_len"]] == line


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "kind", "rows"),
    [
        ("zeek/conn.log", "conn", 360),
        ("zeek/http.log", "http", 150),
        ("zeek/tor_ssl.log", "ssl", 733),
        ("zeek/json/dns.log", "dns", 50),
    ],
)
def test_every_data_line_of_a_clean_zeek_log_is_a_row(
    read_bytes: ReadBytes, real_data: Path, name: str, kind: str, rows: int
) -> None:
    data = (real_data / "logs" / name).read_bytes()
    independent = sum(bool(line) and not line.startswith(b"#") for line in data.split(b"\n"))
    reading, _ = read_bytes(data)

    assert reading.rows_by_kind == {kind: rows}
    assert independent == rows


@pytest.mark.real
def test_a_real_corrupt_gzip_keeps_the_rows_before_the_cut(
    read_bytes: ReadBytes, real_data: Path
) -> None:
    whole, rows = read_bytes((real_data / "logs/zeek/http.log.gz").read_bytes())
    cut, kept = read_bytes((real_data / "logs/zeek/http.log.corrupt.gz").read_bytes())

    assert not whole.problems
    assert [(p.kind, p.count) for p in cut.problems] == [("truncated", 1)]
    assert [r["byte_off"] for r in kept] == [r["byte_off"] for r in rows][: len(kept)]


@pytest.mark.real
def test_the_logins_of_a_real_syslog_are_all_counted(
    read_bytes: ReadBytes, real_data: Path
) -> None:
    data = (real_data / "logs/loghub/OpenSSH/OpenSSH_2k.log").read_bytes()
    reading, rows = read_bytes(data, timezone="UTC", year=2016)
    lines = [line for line in data.decode().splitlines() if "sshd[" in line]
    failed = sum(bool(re.search(r"\bFailed \w+ for .* port \d+", line)) for line in lines)
    accepted = sum(bool(re.search(r"\]: Accepted \w+ for ", line)) for line in lines)

    assert (reading.lines, reading.problems) == (2000, ())
    assert failed > 0
    assert sum(r["status"] == "failed" for r in rows) == failed
    assert sum(r["status"] == "accepted" for r in rows) == accepted
