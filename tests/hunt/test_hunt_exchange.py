"""What others publish: each value that alone meets a pattern, with its window; the rest is told."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.time import UncertainInterval, parse_instant
from ashiato.hunt import from_file

START, END = parse_instant("2031-04-01T00:00:00Z"), parse_instant("2031-05-01T00:00:00Z")


def bundle(*patterns: str, **more: Any) -> bytes:  # noqa: ANN401 - any property of an indicator
    said = {"type": "indicator", "name": "seen by the lab", "pattern_type": "stix"}
    times = {"valid_from": "2031-04-01T00:00:00Z", "valid_until": "2031-05-01T00:00:00Z"}
    objects = [said | times | {"pattern": pattern} | more for pattern in patterns]
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}).encode()


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("[ipv4-addr:value = '192.0.2.7']", ["192.0.2.7"]),
        ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", ["192.0.2.0/24"]),
        ("[domain-name:value IN ('a.shop.example', 'b.shop.example')]",
         ["a.shop.example", "b.shop.example"]),
        ("[url:value = 'http://a.shop.example/x'] OR [domain-name:value = 'a.shop.example']",
         ["a.shop.example", "http://a.shop.example/x"]),
        (f"[file:hashes.'SHA-256' = '{'ab' * 32}' OR file:hashes.MD5 = '{'cd' * 16}']",
         ["cd" * 16, "ab" * 32]),
        ("[user-account:user_id = 'ann']", ["ann"]),
        ("[network-traffic:dst_ref.value = '192.0.2.7']", ["192.0.2.7"]),
        ("[url:value LIKE 'http://a.shop.example/x/%']", ["http://a.shop.example/x/*"]),
        ("[file:name = 'Quay.exe']", ["quay.exe"]),
        ("[email-message:to_refs[*].value = 'Ann@shop.example']", ["ann@shop.example"]),
        ("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Quay/2']",
         ["Quay/2"]),
        (f"[x509-certificate:hashes.'SHA-1' = '{'ab' * 20}']", ["ab" * 20]),
    ],
)  # fmt: skip
def test_each_value_that_alone_meets_a_pattern_is_an_indicator(
    pattern: str, values: list[str]
) -> None:
    indicators, problems = from_file(bundle(pattern), "b.json")

    assert problems == ()
    assert sorted(i.observable.value for i in indicators) == sorted(values)
    assert {i.window for i in indicators} == {UncertainInterval.exactly(START, END)}
    assert {i.reason for i in indicators} == {"seen by the lab"}


@pytest.mark.parametrize(
    "pattern",
    [
        "[ipv4-addr:value = '192.0.2.7' AND network-traffic:dst_port = 443]",
        "[ipv4-addr:value = '192.0.2.7'] FOLLOWEDBY [ipv4-addr:value = '192.0.2.8']",
        "[ipv4-addr:value NOT = '192.0.2.7']",
        "[process:name = 'a.exe']",
        "[domain-name:value LIKE '%.shop.example']",
        "[url:value LIKE 'http://a.shop.example/_/%']",
        "[url:value LIKE 'http://a.shop.example/x']",
        "no pattern",
    ],
)
def test_half_a_pattern_is_never_an_indicator(pattern: str) -> None:
    indicators, (problem,) = from_file(bundle(pattern), "b.json")

    assert (indicators, problem.kind) == ((), "bad-row")
    assert problem.citation is not None
    assert problem.citation.quote


@pytest.mark.parametrize("more", [{"pattern_type": "yara"}, {"valid_from": "soon"}])
def test_what_cannot_count_is_told(more: Mapping[str, Any]) -> None:
    indicators, problems = from_file(bundle("[ipv4-addr:value = '192.0.2.7']", **more), "b.json")

    assert (indicators, len(problems)) == ((), 1)


def test_what_a_publisher_no_longer_stands_by_is_hunted_and_says_why() -> None:
    old, new = "2031-04-01T00:00:00Z", "2031-04-09T00:00:00Z"
    sought = "[ipv4-addr:value = '192.0.2.7']"
    first = json.loads(bundle(sought, id="indicator--1", modified=old))
    first["objects"] += json.loads(bundle(sought, id="indicator--1", modified=new))["objects"]
    gone = json.loads(bundle("[domain-name:value = 'a.shop.example']", revoked=True))
    first["objects"] += gone["objects"]

    indicators, problems = from_file(json.dumps(first).encode(), "b.json")

    assert problems == ()
    assert sorted((i.observable.value, i.withdrawn) for i in indicators) == [
        ("192.0.2.7", ""),
        ("192.0.2.7", "the list holds a newer version of the indicator"),
        ("a.shop.example", "its publisher revoked the indicator"),
    ]


def test_a_citation_gives_the_published_words() -> None:
    raw = bundle("[domain-name:value = 'a.shop.example']")
    (indicator,), _ = from_file(raw, "b.json")
    (cited,) = indicator.citations

    assert raw.decode()[cited.locator.start : cited.locator.end] == cited.quote  # type: ignore[union-attr]
    assert "a.shop.example" in cited.quote


def test_a_misp_event_gives_what_a_log_can_hold_and_names_the_rest() -> None:
    attributes = [
        {"type": "ip-dst|port", "value": "192.0.2.7|443", "comment": "beacons",
         "first_seen": "2031-04-01T00:00:00Z", "last_seen": "2031-05-01T00:00:00Z"},
        {"type": "filename|md5", "value": "a.exe|" + "cd" * 16},
        {"type": "mutex", "value": "Global\\x"},
        {"type": "url", "value": "http://gone.shop.example/", "deleted": True},
        {"type": "domain", "value": "b.shop.example", "to_ids": False},
    ]  # fmt: skip
    held = {"name": "domain-ip", "Attribute": [{"type": "domain", "value": "a.shop.example"}]}
    event = {"info": "Quay case", "Attribute": attributes, "Object": [held]}
    indicators, problems = from_file(json.dumps({"Event": event}).encode(), "e.json")

    by_value = {i.observable.value: i for i in indicators}
    gone = "http://gone.shop.example/"
    assert set(by_value) == {"192.0.2.7", "cd" * 16, "a.shop.example", "b.shop.example", gone}
    assert by_value[gone].withdrawn == "its publisher deleted the indicator"
    assert "to_ids" in by_value["b.shop.example"].withdrawn
    assert by_value["192.0.2.7"].window == UncertainInterval(None, START, END, None)
    assert by_value["a.shop.example"].reason == "Quay case"
    assert len(problems) == 1


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode()))
def test_anything_after_an_opening_is_read_or_told(rest: bytes) -> None:
    indicators, problems = from_file(b'{"Event":' + rest, "e.json")

    assert indicators == ()
    assert problems


@pytest.mark.real
def test_the_official_examples_are_read(real_data: Path) -> None:
    folder = real_data / "exchange" / "stix-examples"
    found = [from_file(p.read_bytes(), p.name) for p in sorted(folder.rglob("*.json"))]

    assert sum(len(indicators) for indicators, _ in found) > 0
