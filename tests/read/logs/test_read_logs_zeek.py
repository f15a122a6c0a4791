import json
from collections.abc import Callable
from typing import Any

import pytest

from ashiato.core.evidence import RecordLocator
from ashiato.read.logs import LogReading

ReadBytes = Callable[..., tuple[LogReading, list[dict[str, Any]]]]
ENDS = "id.orig_h\tid.orig_p\tid.resp_h\tid.resp_p"
FROM_TO = "192.0.2.10\t40000\t198.51.100.7\t80"


def log(path: str, fields: str, *lines: str, separator: str = "\\x09") -> bytes:
    head = [
        f"#separator {separator}",
        "#set_separator\t,",
        "#empty_field\t(empty)",
        "#unset_field\t-",
        f"#path\t{path}",
        f"#fields\tts\tuid\t{fields}",
        "#types\ttime\tstring",
    ]
    return "\n".join([*head, *lines, "#close\t2031-04-20-00-00-00", ""]).encode()


def test_a_connection_is_read(read_bytes: ReadBytes) -> None:
    data = log(
        "conn",
        f"{ENDS}\tduration\torig_bytes\tresp_bytes\tconn_state",
        f"1924992000.123456\tC1\t{FROM_TO}\t0.5\t10\t-\tSF",
    )
    reading, (row,) = read_bytes(data)

    assert (reading.kind, reading.blank, reading.problems) == ("zeek-tsv", 8, ())
    assert row["ts"].isoformat() == "2031-01-01T00:00:00.123456+00:00"
    assert (row["host"], row["src_ip"], row["src_port"]) == ("192.0.2.10", "192.0.2.10", 40000)
    assert (row["dst_ip"], row["dst_port"], row["dst_ip4"]) == ("198.51.100.7", 80, 0xC6336407)
    assert (row["duration"], row["bytes_out"], row["bytes_in"]) == (0.5, 10, None)
    assert data[row["byte_off"] :][: row["byte_len"]].startswith(b"1924992000.123456\tC1")


def test_a_query_is_read_with_its_answers(read_bytes: ReadBytes) -> None:
    data = log(
        "dns",
        f"{ENDS}\tquery\tqtype_name\trcode_name\tanswers",
        f"1924992000.0\tC1\t{FROM_TO}\tWWW.Example.TEST\tA\tNOERROR\ta.example.test,203.0.113.5",
        f"1924992000.0\tC1\t{FROM_TO}\t-\t-\t-\t(empty)",
    )
    _, (full, empty) = read_bytes(data)

    assert (full["domain"], full["rd"]) == ("www.example.test", "example.test")
    assert (full["method"], full["status"]) == ("A", "NOERROR")
    assert full["answers"] == "a.example.test 203.0.113.5"
    assert (empty["domain"], empty["answers"], empty["kind"]) == (None, None, "dns")


def test_a_request_is_read_with_its_whole_url(read_bytes: ReadBytes) -> None:
    fields = f"{ENDS}\tmethod\thost\turi\tuser_agent\tstatus_code\tresponse_body_len\tusername"
    data = log(
        "http",
        fields,
        f"1924992000.0\tC1\t{FROM_TO}\tGET\tshop.example.test:8080\t/a,b\\x09c"
        "\tUA 1, x\t200\t7\tann",
        f"1924992000.0\tC1\t{FROM_TO}\tGET\tshop.example.test\thttp://o.example.test/\t-\t-\t-\t-",
        f"1924992000.0\tC1\t{FROM_TO}\tGET\t203.0.113.5\t/\t-\t-\t-\t-",
        f"1924992000.0\tC1\t{FROM_TO}\tGET\t-\t/\t-\t-\t-\t-",
    )
    _, rows = read_bytes(data)

    assert [r["url"] for r in rows] == [
        "http://shop.example.test:8080/a,b\tc",
        "http://o.example.test/",
        "http://203.0.113.5/",
        None,
    ]
    assert [r["domain"] for r in rows] == ["shop.example.test", "shop.example.test", None, None]
    assert (rows[0]["user_agent"], rows[0]["user"], rows[0]["status"]) == ("UA 1, x", "ann", "200")


def test_a_tls_server_name_is_the_domain(read_bytes: ReadBytes) -> None:
    data = log("ssl", f"{ENDS}\tserver_name", f"1924992000.0\tC1\t{FROM_TO}\tc2.example.test")
    _, (row,) = read_bytes(data)

    assert (row["kind"], row["domain"]) == ("ssl", "c2.example.test")


def test_a_tls_log_names_the_certificate(read_bytes: ReadBytes) -> None:
    fields = f"{ENDS}\tserver_name\tsubject\tissuer_subject\tcert_hash"
    line = f"1924992000.0\tC1\t{FROM_TO}\t-\tCN=a.example.test\tCN=Authority\t{'ab' * 16}"
    _, (row,) = read_bytes(log("ssl", fields, line))

    assert (row["subject"], row["issuer"]) == ("CN=a.example.test", "CN=Authority")
    assert (row["md5"], row["sha1"], row["domain"]) == ("ab" * 16, None, None)


def test_a_certificate_is_found_by_its_names_and_its_fingerprint(read_bytes: ReadBytes) -> None:
    fields = "certificate.subject\tcertificate.issuer\tsan.dns\tfingerprint"
    data = log(
        "x509",
        fields.replace("uid\t", ""),
        f"1924992000.0\tF1\tCN=x\tCN=Authority\t*.Shop.example,b.example\t{'CD' * 32}",
        "1924992001.0\tF2\tO=Org\\, Inc.,CN=mail.shop.example\tCN=Authority\t-\t-",
    )
    reading, (one, two) = read_bytes(data)

    assert reading.rows_by_kind == {"x509": 2}
    assert (one["domain"], one["answers"]) == ("shop.example", "shop.example b.example")
    assert (one["sha256"], one["sha1"], one["issuer"]) == ("cd" * 32, None, "CN=Authority")
    assert (two["domain"], two["rd"], two["subject"]) == (
        "mail.shop.example", "shop.example", "O=Org\\, Inc.,CN=mail.shop.example",
    )  # fmt: skip


def test_a_letter_goes_from_its_envelope_else_from_its_heading(read_bytes: ReadBytes) -> None:
    fields = f"{ENDS}\ttrans_depth\tmailfrom\trcptto\tfrom\tto\tuser_agent"
    data = log(
        "smtp",
        fields,
        f"1924992000.0\tC1\t{FROM_TO}\t1\t<Ann@Shop.example>\t<b@bay.example>,c@bay.example"
        "\tOther <d@bay.example>\t-\tMailer 1",
        f'1924992000.0\tC1\t{FROM_TO}\t1\t-\t-\t"Ann" <Ann@Shop.example>\tb@bay.example\t-',
    )
    _, (one, two) = read_bytes(data)

    assert (one["mail_from"], one["mail_to"]) == ("ann@shop.example", "b@bay.example c@bay.example")
    assert (two["mail_from"], two["mail_to"]) == ("ann@shop.example", "b@bay.example")
    assert (one["kind"], one["user_agent"]) == ("smtp", "Mailer 1")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("x509", {"certificate.serial": "01", "certificate.subject": "CN=a.example"}),
        ("smtp", {"id.orig_h": "192.0.2.5", "trans_depth": 1, "path": ["192.0.2.5"]}),
    ],
)
def test_a_json_line_of_mail_or_certificates_is_told_by_its_fields(
    read_bytes: ReadBytes, kind: str, told: dict[str, object]
) -> None:
    reading, _ = read_bytes(lines({"ts": 1924992000.5, **told}))

    assert reading.rows_by_kind == {kind: 1}


@pytest.mark.parametrize(("is_orig", "client"), [("F", "192.0.2.10"), ("T", "198.51.100.7")])
def test_a_file_goes_from_sender_to_receiver(
    read_bytes: ReadBytes, is_orig: str, client: str
) -> None:
    fields = "tx_hosts\trx_hosts\tis_orig\tseen_bytes\tmd5\tsha1\tsha256\tfilename"
    line = f"1924992000.0\tF1\t198.51.100.7,203.0.113.1\t192.0.2.10\t{is_orig}\t9\tm\ts\t-\tA/B.Exe"
    _, (row,) = read_bytes(log("files", fields, line))

    assert (row["host"], row["src_ip"]) == (client, client)
    assert {row["src_ip"], row["dst_ip"]} == {"192.0.2.10", "198.51.100.7"}
    assert (row["md5"], row["sha1"], row["sha256"]) == ("m", "s", None)
    assert (row["path"], row["file_name"]) == ("A/B.Exe", "b.exe")
    assert (row["bytes_out"], row["bytes_in"]) == ((9, None) if is_orig == "T" else (None, 9))


@pytest.mark.parametrize("path", ["weird", "dhcp", "notice"])
def test_other_zeek_logs_are_refused_by_name(read_bytes: ReadBytes, path: str) -> None:
    reading, rows = read_bytes(log(path, ENDS, *[f"1924992000.0\tC1\t{FROM_TO}"] * 3))

    (problem,) = reading.problems
    assert (rows, problem.kind, problem.count) == ([], "unsupported-kind", 3)
    assert path in problem.message


def test_broken_lines_are_set_aside(read_bytes: ReadBytes) -> None:
    good = f"1924992000.0\tC1\t{FROM_TO}"
    data = log(
        "conn",
        ENDS,
        good,
        good + "\textra",
        "1924992000.0\tC1",
        good.replace("1924992000.0", "yesterday"),
        good.replace("192.0.2.10", "192.0.2"),
        good.replace("40000", "400000"),
        good,
    )
    reading, rows = read_bytes(data)

    assert len(rows) == 2
    assert {p.kind for p in reading.problems} == {"bad-line"}
    assert sorted(p.count for p in reading.problems) == [1, 2, 2]


def test_two_logs_in_one_file_follow_their_own_headings(read_bytes: ReadBytes) -> None:
    first = log("conn", ENDS, f"1924992000.0\tC1\t{FROM_TO}")
    second = log("ssl", f"server_name\t{ENDS}", f"1924992000.0\tC1\tx.example.test\t{FROM_TO}")
    reading, _ = read_bytes(first + second)

    assert reading.rows_by_kind == {"conn": 1, "ssl": 1}


def test_another_separator_is_followed(read_bytes: ReadBytes) -> None:
    data = log("conn", ENDS, f"1924992000.0\tC1\t{FROM_TO}").replace(b"\t", b"|")
    _, (row,) = read_bytes(data.replace(b"\\x09", b"\\x7c"))

    assert row["dst_ip"] == "198.51.100.7"


def test_a_log_with_headings_and_nothing_else_has_no_rows(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(log("http", ENDS))

    assert (reading.lines, reading.blank, rows, reading.problems) == (8, 8, [], ())


CONN = {
    "ts": 1924992000.123456,
    "uid": "C1",
    "id.orig_h": "192.0.2.10",
    "id.orig_p": 40000,
    "id.resp_h": "2001:DB8::7",
    "id.resp_p": 443,
    "conn_state": "SF",
    "orig_bytes": 10,
}


def lines(*objects: object) -> bytes:
    return "".join(json.dumps(o) + "\n" for o in objects).encode()


def test_json_lines_are_read(read_bytes: ReadBytes) -> None:
    reading, (row,) = read_bytes(lines(CONN))

    assert (reading.kind, row["kind"], row["parser"]) == ("zeek-json", "conn", "zeek-json@2")
    assert row["ts"].isoformat() == "2031-01-01T00:00:00.123456+00:00"
    assert (row["dst_ip"], row["dst_ip4"], row["dst_port"]) == ("2001:db8::7", None, 443)
    assert (row["bytes_out"], row["status"]) == (10, "SF")


def test_mixed_json_goes_by_the_path_each_line_names(read_bytes: ReadBytes) -> None:
    dns = {**CONN, "_path": "dns", "query": "a.example.test", "answers": ["203.0.113.5", "x y"]}
    reading, _ = read_bytes(lines({**CONN, "_path": "conn"}, dns, {**CONN, "_path": "weird"}))

    assert reading.rows_by_kind == {"conn": 1, "dns": 1}
    assert [(p.kind, p.count) for p in reading.problems] == [("unsupported-kind", 1)]


@pytest.mark.parametrize(
    "ts", [1924992000, 1924992000000, "2031-01-01T00:00:00.000000Z", "2031-01-01T09:00:00+09:00"]
)
def test_json_times_in_every_form_are_one_instant(read_bytes: ReadBytes, ts: object) -> None:
    _, (row,) = read_bytes(lines({**CONN, "ts": ts}))

    assert row["ts"].isoformat() == "2031-01-01T00:00:00+00:00"


def test_a_json_time_without_zone_needs_one_stated(read_bytes: ReadBytes) -> None:
    data = lines({**CONN, "ts": "2031-01-01T09:00:00"})
    refused, _ = read_bytes(data)
    _, (row,) = read_bytes(data, timezone="Asia/Tokyo")

    assert [(p.kind, p.count) for p in refused.problems] == [("no-zone", 1)]
    assert row["ts"].isoformat() == "2031-01-01T00:00:00+00:00"


def test_json_that_is_none_or_strange_is_set_aside(read_bytes: ReadBytes) -> None:
    strange = lines([1], "text", {**CONN, "ts": None}, {**CONN, "ts": float("nan")})
    odd = {**CONN, "_path": "\ud800" * 50}
    reading, rows = read_bytes(lines(CONN) * 4 + strange + b"{broken\n" + lines(odd))

    assert len(rows) == 4
    assert sorted((p.kind, p.count) for p in reading.problems) == [
        ("bad-line", 2),
        ("bad-line", 3),
        ("unsupported-kind", 1),
    ]


def test_stated_kind_zeek_takes_either_form(read_bytes: ReadBytes) -> None:
    assert read_bytes(lines(CONN), kind="zeek")[0].kind == "zeek-json"
    assert read_bytes(log("conn", ENDS), kind="zeek")[0].kind == "zeek-tsv"


def test_a_problem_cites_the_first_of_its_lines(read_bytes: ReadBytes) -> None:
    timeless = {**CONN, "ts": "2031-01-01T09:00:00"}
    reading, _ = read_bytes(lines({**timeless, "_path": "ssl"}, {**timeless, "_path": "conn"}))

    (problem,) = reading.problems
    assert problem.citation is not None
    assert isinstance(problem.citation.locator, RecordLocator)
    assert (problem.count, problem.citation.locator.record) == (2, 1)
