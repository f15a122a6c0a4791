"""The smaller log formats: one line of each shape, and what it says in the lake's words."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ashiato.core.errors import BadInput
from ashiato.read.logs import LogReading, recognise_log

ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]
NINE_IN_TOKYO = datetime(2031, 4, 20, 0, 0, 1, tzinfo=UTC)
WEBLOG = b"""\
www.shop.example:443 192.0.2.5 - - [20/Apr/2031:09:00:01 +0900] "GET /a?b=c HTTP/1.1" 200 512 \
"https://news.example/" "curl/8 (x)" 0.003
192.0.2.5 - ann lee [20/Apr/2031:09:00:01 +0900] "GET /a HTTP/1.1" 404 -
192.0.2.6 - - [20/Apr/2031:09:00:02 +0900] "\\x16\\x03" 400 0 "-" "-"
rubbish
"""
BLUE_COAT = b"""\
#Software: SGOS 6.5
#Fields: date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme \
cs-host cs-uri-port cs-uri-path cs-uri-query cs-username cs(User-Agent)
2031-04-20 00:00:01 45 192.0.2.5 200 TCP_NC_MISS 512 300 GET http www.shop.example 8080 /a ?b=c \
ann "Agent ""X"" 5.0"
2031-04-20 00:00:02 45 192.0.2.5
"""
IIS = b"""\
#Software: Microsoft Internet Information Services 10.0
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip \
cs(User-Agent) sc-status time-taken
2031-04-20 00:00:01 198.51.100.80 GET /a b=c 443 - 192.0.2.5 curl/8 200 15
"""
NETFILTER = b"""\
Apr 20 09:00:01 fw kernel: [12.4] DROP IN=eth0 OUT= MAC=aa SRC=192.0.2.5 DST=198.51.100.7 LEN=60 \
TOS=0x00 PROTO=UDP SPT=51 DPT=53 LEN=40
Apr 20 09:00:01 fw kernel: eth0: link up
Apr 20 09:00:01 fw kernel: IN=eth0 SRC=192.0.2.5
"""
FORTIGATE = b"""\
date=2031-04-20 time=09:00:01 devname="F 1" type="traffic" subtype="forward" tz="+0900" \
srcip=192.0.2.5 srcport=51 dstip=198.51.100.7 dstport=443 action="close" sentbyte=10 rcvdbyte=20 \
duration=5
<189>date=2031-04-20 time=09:00:01 type="utm" subtype="webfilter" tz="+0900" srcip=192.0.2.5 \
dstip=198.51.100.7 hostname="www.shop.example" url="/a b" service="HTTPS" action="passthrough"
date=2031-04-20 time=09:00:01 type="event" subtype="system" tz="+0900" msg="srcip"
"""
PAN = b"""\
Apr 20 09:00:01 pa 1,2031/04/20 09:00:09,0011,TRAFFIC,end,2049,2031/04/20 09:00:01,192.0.2.5,\
198.51.100.7,0.0.0.0,0.0.0.0,rule,dom\\ann,,web,vsys1,in,out,e1,e2,fwd,2031/04/20 09:00:01,33,1,\
5001,443,0,0,0x1,tcp,allow,900,300,600,9,2031/04/20 08:59:00,60,any
1,2031/04/20 09:00:09,0011,THREAT,url,2049,2031/04/20 09:00:01,192.0.2.5,198.51.100.7,0.0.0.0,\
0.0.0.0,rule,,,web,vsys1,in,out,e1,e2,fwd,2031/04/20 09:00:01,33,1,5001,443,0,0,0x1,tcp,alert,\
"www.shop.example/a,b",(9999),any,x,0,7,0x0,a,b,0,text/html,0,,,1,"Agent 1, x",,
1,2031/04/20 09:00:09,0011,SYSTEM,general,0,2031/04/20 09:00:01,up
"""
ASA = b"""\
Apr 20 2031 09:00:01 asa1 : %ASA-6-302013: Built inbound TCP connection 7 for \
outside:192.0.2.5/1024 (192.0.2.5/1024) to inside:198.51.100.7/443 (203.0.113.1/443)
Apr 20 2031 09:00:01 asa1 : %ASA-6-302014: Teardown TCP connection 7 for outside:192.0.2.5/1024 \
to inside:198.51.100.7/443 duration 0:01:30 bytes 1234 TCP FINs
Apr 20 2031 09:00:01 asa1 : %ASA-6-302016: Teardown UDP connection 8 for outside:198.51.100.7/53 \
to inside:192.0.2.5/1024 duration 0:00:00 bytes 99
Apr 20 2031 09:00:01 asa1 : %ASA-4-106023: Deny tcp src outside:192.0.2.5/4 dst \
inside:198.51.100.7/22 by access-group "x" [0x0, 0x0]
Apr 20 2031 09:00:01 asa1 : %ASA-5-304001: 192.0.2.5 Accessed URL \
198.51.100.7:http://www.shop.example/a
Apr 20 2031 09:00:01 asa1 : %ASA-6-113004: AAA user authentication Successful
Apr 20 2031 09:00:01 asa1 : %ASA-6-302014: Teardown of something else
"""
DNSMASQ = b"""\
Apr 20 09:00:01 dnsmasq[321]: query[A] www.Shop.example from 192.0.2.5
Apr 20 09:00:01 gate dnsmasq[321]: 12 192.0.2.6/5353 query[AAAA] www.shop.example from 192.0.2.6
Apr 20 09:00:01 dnsmasq[321]: reply www.shop.example is 198.51.100.7
"""
WINDOWS_DNS = b"""\
DNS Server log file creation at 4/20/2031 9:00:00 AM
4/20/2031 9:00:01 AM 0E8C PACKET  0000000002 UDP Rcv 192.0.2.5     0002   Q [0001   D   NOERROR] \
A      (3)www(4)shop(7)example(0)
4/20/2031 9:00:01 AM 0E8C PACKET  0000000002 UDP Snd 192.0.2.5     0002 R Q [8081   DR  NOERROR] \
A      (3)www(4)shop(7)example(0)
4/5/2031 9:00:01 AM 0E8C PACKET  0000000002 UDP Rcv 192.0.2.5     0002   Q [0001   D   NOERROR] \
A      (3)www(4)shop(7)example(0)
"""
EVE = b"""\
{"timestamp":"2031-04-20T09:00:01.000000+0900","event_type":"http","src_ip":"192.0.2.5",\
"src_port":5,"dest_ip":"198.51.100.7","dest_port":80,"http":{"hostname":"www.shop.example:80",\
"url":"/a","http_user_agent":"x","http_method":"GET","status":200,"length":7}}
{"timestamp":"2031-04-20T09:00:01.000000+0900","event_type":"dns","src_ip":"198.51.100.53",\
"src_port":53,"dest_ip":"192.0.2.5","dest_port":5000,"dns":{"type":"answer","rrname":\
"www.shop.example","rrtype":"A","rcode":"NOERROR","answers":[{"rdata":"198.51.100.7"}]}}
{"timestamp":"2031-04-20T09:00:01.000000+0900","event_type":"flow","src_ip":"192.0.2.5",\
"dest_ip":"198.51.100.7","flow":{"bytes_toserver":10,"bytes_toclient":20,"age":3,"state":"closed"}}
{"timestamp":"2031-04-20T09:00:01.000000+0900","event_type":"tls","src_ip":"192.0.2.5",\
"dest_ip":"198.51.100.7","tls":{"sni":"www.shop.example","subject":"CN=x","issuerdn":"CN=y",\
"fingerprint":"01:23:45:67:89:01:23:45:67:89:01:23:45:67:89:01:23:45:67:AB"}}
{"timestamp":"2031-04-20T09:00:01.000000+0900","event_type":"fileinfo","src_ip":"198.51.100.7",\
"dest_ip":"192.0.2.5","fileinfo":{"filename":"/a/B.exe","md5":"aa","size":7}}
{"timestamp":"2031-04-20T09:00:01.000000+0900","event_type":"smtp","src_ip":"192.0.2.5",\
"dest_ip":"198.51.100.7","smtp":{"mail_from":"<Ann@shop.example>","rcpt_to":["<b@bay.example>",\
"<c@bay.example>"]},"email":{"from":"X <x@bay.example>"}}
{"timestamp":"2031-04-20T09:00:01.000000+0900","event_type":"smtp","src_ip":"192.0.2.5",\
"dest_ip":"198.51.100.7","smtp":{"helo":"x"},"email":{"from":"X <x@bay.example>",\
"to":["b@bay.example"]}}
{"timestamp":"2031-04-20T09:00:01.000000+0900","event_type":"stats"}
{"timestamp":"yesterday","event_type":"tls"}
"""
SHOP: dict[str, object] = {"domain": "www.shop.example", "rd": "shop.example"}
FLOW: dict[str, object] = {"src_ip": "192.0.2.5", "dst_ip": "198.51.100.7"}
EXPECTED: dict[str, tuple[bytes, int, dict[str, int], list[dict[str, object]]]] = {
    "weblog": (WEBLOG, 0, {"bad-line": 1}, [
        SHOP | {"kind": "http", "host": "www.shop.example", "src_ip": "192.0.2.5",
         "dst_port": 443, "url": "/a?b=c", "status": "200", "bytes_out": 512,
         "user_agent": "curl/8 (x)", "method": "GET"},
        {"user": "ann lee", "url": "/a", "bytes_out": None, "user_agent": None},
        {"src_ip": "192.0.2.6", "url": None, "method": None, "status": "400"},
    ]),
    "elff": (BLUE_COAT, 0, {"bad-line": 1}, [
        SHOP | {"kind": "proxy", "host": "192.0.2.5", "user": "ann", "dst_port": 8080,
         "url": "http://www.shop.example:8080/a?b=c", "duration": 0.045, "bytes_in": 512,
         "bytes_out": 300, "user_agent": 'Agent "X" 5.0'},
    ]),
    "iptables": (NETFILTER, 1, {"bad-line": 1}, [
        FLOW | {"kind": "conn", "host": "fw", "src_port": 51, "dst_port": 53, "bytes_out": 60,
         "method": "UDP"},
    ]),
    "fortigate": (FORTIGATE, 1, {}, [
        FLOW | {"kind": "conn", "bytes_out": 10, "bytes_in": 20, "status": "close",
         "duration": 5.0},
        SHOP | FLOW | {"kind": "http", "url": "https://www.shop.example/a b"},
    ]),
    "pan": (PAN, 1, {}, [
        FLOW | {"kind": "conn", "user": "dom\\ann", "src_port": 5001, "dst_port": 443,
         "bytes_out": 300, "bytes_in": 600, "duration": 60.0, "status": "allow"},
        SHOP | FLOW | {"kind": "http", "url": "www.shop.example/a,b",
         "user_agent": "Agent 1, x"},
    ]),
    "asa": (ASA, 1, {"bad-line": 1}, [
        FLOW | {"kind": "conn", "status": "built", "src_port": 1024, "dst_port": 443},
        FLOW | {"kind": "conn", "status": "teardown", "duration": 90.0, "bytes_in": 1234},
        FLOW | {"kind": "conn", "src_port": 1024, "dst_port": 53, "method": "UDP"},
        FLOW | {"kind": "conn", "status": "denied", "dst_port": 22},
        SHOP | FLOW | {"kind": "http", "url": "http://www.shop.example/a"},
    ]),
    "dnsmasq": (DNSMASQ, 1, {}, [
        SHOP | {"kind": "dns", "host": "192.0.2.5", "method": "A"},
        SHOP | {"kind": "dns", "host": "192.0.2.6", "method": "AAAA"},
    ]),
    "windows-dns": (WINDOWS_DNS, 2, {"ambiguous-date": 1}, [
        SHOP | {"kind": "dns", "host": "192.0.2.5", "method": "A", "status": "NOERROR"},
    ]),
    "eve": (EVE, 1, {"bad-line": 1}, [
        SHOP | FLOW | {"kind": "http", "url": "http://www.shop.example:80/a", "user_agent": "x",
         "status": "200", "bytes_in": 7},
        SHOP | {"kind": "dns", "host": "192.0.2.5", "dst_ip": "198.51.100.53",
         "answers": "198.51.100.7"},
        FLOW | {"kind": "conn", "bytes_out": 10, "bytes_in": 20, "duration": 3.0},
        SHOP | FLOW | {"kind": "ssl", "subject": "CN=x", "issuer": "CN=y",
         "sha1": "01234567890123456789012345678901234567ab"},
        {"kind": "files", "md5": "aa", "bytes_in": 7, "path": "/a/B.exe", "file_name": "b.exe"},
        FLOW | {"kind": "smtp", "mail_from": "ann@shop.example",
         "mail_to": "b@bay.example c@bay.example"},
        FLOW | {"kind": "smtp", "mail_from": "x@bay.example", "mail_to": "b@bay.example"},
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_a_log_is_known_by_its_content_and_every_line_is_accounted_for(
    read_bytes: ReadBytes, name: str
) -> None:
    data, ignored, problems, rows = EXPECTED[name]
    reading, _ = read_bytes(data, timezone="Asia/Tokyo", year=2031)

    assert recognise_log(data) == reading.kind == name
    assert (reading.rows, reading.ignored) == (len(rows), ignored)
    assert {p.kind: p.count for p in reading.problems} == problems


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_line_says_stands_in_the_lakes_columns(read_bytes: ReadBytes, name: str) -> None:
    data, _, _, expected = EXPECTED[name]
    _, rows = read_bytes(data, timezone="Asia/Tokyo", year=2031)
    rows.sort(key=lambda row: row["rec_no"])

    for row, said in zip(rows, expected, strict=True):
        assert {key: row[key] for key in said} == said
    assert rows[0]["ts"] == NINE_IN_TOKYO


def test_a_web_servers_own_log_is_one_of_visits(read_bytes: ReadBytes) -> None:
    _, (row,) = read_bytes(IIS)

    assert (row["kind"], row["host"], row["src_ip"]) == ("http", "198.51.100.80", "192.0.2.5")
    assert (row["url"], row["ts"]) == ("/a?b=c", NINE_IN_TOKYO)


def test_headings_hold_until_the_next_ones(read_bytes: ReadBytes) -> None:
    twice = BLUE_COAT + b"#Fields: date time c-ip\n2031-04-20 00:00:09 192.0.2.9\n"
    _, rows = read_bytes(twice)

    assert [row["src_ip"] for row in rows] == ["192.0.2.5", "192.0.2.9"]


@pytest.mark.parametrize(("order", "month"), [("mdy", 4), ("dmy", 5)])
def test_an_order_of_dates_is_stated_never_guessed(
    read_bytes: ReadBytes, order: str, month: int
) -> None:
    line = WINDOWS_DNS.splitlines()[-1]
    _, (row,) = read_bytes(line, timezone="UTC", kind="windows-dns", extra={"date_order": order})

    assert row["ts"].month == month


def test_an_unknown_order_of_dates_is_refused(read_bytes: ReadBytes) -> None:
    with pytest.raises(BadInput, match="ydm"):
        read_bytes(WINDOWS_DNS, kind="windows-dns", extra={"date_order": "ydm"})
