"""Passive DNS, RDAP, WHOIS, mail hops and certificates; every name, address and key is invented."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.evidence import RecordLocator
from ashiato.core.sources import Intake, Source
from ashiato.core.time import Moment
from ashiato.read.detect import detect
from ashiato.read.histories import read_history
from ashiato.read.tables import TableReading

PEM = """\
-----BEGIN CERTIFICATE-----
MIIB5zCCAY2gAwIBAgIUePgYPZCuFkgHtyLYbpC2reFn2lYwCgYIKoZIzj0EAwIw
LzEWMBQGA1UECgwNSGFyYm91ciBXb3JrczEVMBMGA1UEAwwMZ2F0ZS5leGFtcGxl
MB4XDTI2MTEyODE2MTI0OVoXDTI3MTEyODE2MTI0OVowLzEWMBQGA1UECgwNSGFy
Ym91ciBXb3JrczEVMBMGA1UEAwwMZ2F0ZS5leGFtcGxlMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEIi8ZRGEbZvs7HO93fWB/E1mjOZP4AIKH3Xn/AsdkZS3LGOcp
ThA4wohiufyvGPQ+Hc3BQFYuDxDTmRAVT0CNHaOBhjCBgzAdBgNVHQ4EFgQU47Au
x2eedjcgKj8v0ZpXA4XSgXYwHwYDVR0jBBgwFoAU47Aux2eedjcgKj8v0ZpXA4XS
gXYwDwYDVR0TAQH/BAUwAwEB/zAwBgNVHREEKTAnggxnYXRlLmV4YW1wbGWCEW1h
aWwuZ2F0ZS5leGFtcGxlhwTAAAIHMAoGCCqGSM49BAMCA0gAMEUCIF1cUaSmXgA5
NYLZ8Hw+gNgda6a5CfZGo9qCZ/DhYhsqAiEA++izUQVk/tzQ975+EiG5NfgYXfKs
S2BMVe0b4vswQ3M=
-----END CERTIFICATE-----
"""
COF = {
    "rrname": "gate.example.", "rrtype": "A", "rdata": ["192.0.2.7", "192.0.2.8"],
    "time_first": 1933372800, "time_last": 1933459200, "count": 12,
}  # fmt: skip
RDAP = {
    "objectClassName": "domain",
    "ldhName": "gate.example",
    "events": [
        {"eventAction": "registration", "eventDate": "2030-01-01T00:00:00Z"},
        {"eventAction": "transfer", "eventDate": "2031-01-01T00:00:00Z"},
        {"eventAction": "expiration", "eventDate": "2032-01-01T00:00:00Z"},
        {"eventAction": "last update of RDAP database", "eventDate": "2031-06-01T00:00:00Z"},
    ],
    "entities": [
        {"roles": ["registrant"], "vcardArray": ["vcard", [
            ["fn", {}, "text", "Ilse Marn"], ["email", {}, "text", "ilse@mail.example"]]]},
        {"roles": ["registrar"], "vcardArray": ["vcard", [["fn", {}, "text", "Names Ltd"]]]},
    ],
}  # fmt: skip
WHOIS = """\
% a server's own words
Domain Name: GATE.EXAMPLE
Registrar: Names Ltd
Creation Date: 2030-01-01T00:00:00Z
Registry Expiry Date: 2032-01-01T00:00:00Z
Registrant Name: Ilse Marn
Registrant Phone: +81.300000000
"""
MAIL = """\
Received: from relay.example ([198.51.100.4]) by mx1.harbour.example with ESMTP id A1;
 Sun, 20 Apr 2031 09:00:10 +0900
Received: from [203.0.113.9] by relay.example id B2; Sun, 20 Apr 2031 09:00:05 +0900
Received: from bank.example ([192.0.2.1]) by out.example; Sun, 20 Apr 2031 10:00:00 +0900
Message-ID: <1@relay.example>
X-Mailer: Plain 1.0
Subject: hello

body
"""


def read(kind: str, raw: str | bytes) -> TableReading:
    data = raw.encode() if isinstance(raw, str) else raw
    intake = Intake("ab" * 32, f"evidence/a.{kind}", Source("s", "Sensor"))
    return read_history(data, intake, kind)


def instant(year: int, month: int, day: int, second: int = 0) -> datetime:
    return datetime(year, month, day, 0, 0, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [("cof", json.dumps(COF)), ("rdap", json.dumps(RDAP)), ("rdap", json.dumps([RDAP], indent=1)),
     ("whois", WHOIS), ("certificate", PEM), ("eml", MAIL)],
)  # fmt: skip
def test_each_history_is_known_by_its_content(kind: str, raw: str) -> None:
    assert detect(raw.encode(), "noname") == kind


@pytest.mark.parametrize(
    "raw",
    ["A report. Domain Name: gate.example was registered by nobody we know.\n", '{"a": 1}\n',
     "Name: x\nDomain Name: gate.example\n"],
)  # fmt: skip
def test_prose_about_a_domain_is_no_history(raw: str) -> None:
    assert detect(raw.encode(), "report.txt") not in {"whois", "cof", "rdap"}


def test_each_answer_of_passive_dns_is_a_record_with_its_line() -> None:
    raw = "\n" + json.dumps(COF) + "\n"
    first, second = read("cof", raw).records

    assert dict(first.fields) == {
        "domain": "gate.example", "type": "A", "address": "192.0.2.7", "count": "12"
    }  # fmt: skip
    assert second.fields["address"] == "192.0.2.8"
    assert first.citation.quote == json.dumps(COF)
    assert first.times["first_seen"].earliest == datetime.fromtimestamp(1933372800, UTC)


def test_reversed_times_are_left_out_counted_and_cited() -> None:
    turned = COF | {"time_first": COF["time_last"], "time_last": COF["time_first"]}
    reading = read("cof", "\n".join([json.dumps(turned), json.dumps(turned), "{", "[" * 9000]))

    assert [r.times for r in reading.records] == [{}] * 4
    assert [(p.kind, p.count) for p in reading.problems] == [
        ("bad-line", 2), ("impossible-date", 2)
    ]  # fmt: skip
    assert reading.rows == 4


def test_an_rdap_answer_claims_its_registrant_from_the_last_transfer_to_the_look_up() -> None:
    (claim,) = read("rdap", json.dumps(RDAP)).claims
    valid = claim.proposition.valid

    assert claim.proposition.subject
    assert claim.proposition.subject.text == "Ilse Marn"
    assert (valid.start_min, valid.end_min) == (instant(2030, 1, 1), instant(2031, 6, 1))
    assert valid.start_max == instant(2031, 1, 1, 1)


def test_answers_in_a_list_cite_their_own_bytes() -> None:
    text = json.dumps([RDAP | {"unicodeName": "日.example"}, RDAP], ensure_ascii=False, indent=1)
    first, second = read("rdap", text).records
    raw = text.encode()

    assert (first.fields["domain"], second.fields["domain"]) == ("日.example", "gate.example")
    for record in (first, second):
        at = record.citation.locator
        assert isinstance(at, RecordLocator)
        assert json.loads(raw[at.byte_offset :][: at.byte_length])["objectClassName"] == "domain"


def test_rdap_without_events_is_told_and_certain_at_no_instant() -> None:
    reading = read("rdap", json.dumps({k: v for k, v in RDAP.items() if k != "events"}))

    assert [p.kind for p in reading.problems] == ["no-events"]
    valid = reading.claims[0].proposition.valid
    assert not valid.must_meet(valid)


def test_a_whois_text_says_the_same_as_rdap() -> None:
    (record,) = read("whois", WHOIS).records

    assert record.fields["registrant"] == "Ilse Marn"
    assert record.times["start"] == Moment(instant(2030, 1, 1), instant(2030, 1, 1, 1))
    assert record.citation.quote == WHOIS


def test_a_hop_below_a_stranger_is_told_to_be_forgeable() -> None:
    reading = read("eml", MAIL)
    top, middle, last = reading.records

    assert (top.fields["address"], top.fields["by"]) == ("198.51.100.4", "mx1.harbour.example")
    assert "own server" in top.fields["trust"]
    assert "forged" in middle.fields["trust"]
    assert "forged" in last.fields["trust"]
    assert [p.kind for p in reading.problems] == ["hop-order"]
    assert top.citation.quote.startswith("Received: from relay.example")
    assert top.citation.quote.endswith("+0900")


def test_a_certificate_gives_its_names_and_validity() -> None:
    reading = read("certificate", f"a note before\n{PEM}{PEM}")
    first, second = reading.records

    assert first.fields["names"] == "gate.example mail.gate.example 192.0.2.7"
    assert first.fields["issuer"] == "Harbour Works"
    assert first.times["start"] < first.times["end"]
    assert first.citation.locator != second.citation.locator
    assert first.citation.quote == PEM.strip()


def test_a_certificate_in_der_is_the_one_in_pem() -> None:
    der = base64.b64decode("".join(PEM.splitlines()[1:-1]))

    assert detect(der, "server.der") == "certificate"
    assert read("certificate", der).records[0].fields == read("certificate", PEM).records[0].fields


@given(st.integers(0, 400), st.binary(max_size=3))
def test_a_damaged_certificate_is_a_record_or_a_problem(at: int, put: bytes) -> None:
    der = base64.b64decode("".join(PEM.splitlines()[1:-1]))
    reading = read("certificate", der[:at] + put + der[at + len(put) :])

    assert len(reading.records) + sum(p.kind == "bad-record" for p in reading.problems) == 1


def test_a_huge_certificate_is_refused_with_its_size() -> None:
    reading = read("certificate", b"0" * ((1 << 20) + 2))

    assert not reading.records
    assert "bytes" in reading.problems[0].message


@pytest.mark.parametrize("kind", ["cof", "rdap", "whois", "eml"])
@given(raw=st.binary(max_size=400))
def test_no_bytes_make_a_reader_of_histories_fail(kind: str, raw: bytes) -> None:
    reading = read(kind, raw)

    assert all(isinstance(record.fields, Mapping) for record in reading.records)
