"""Windows events exported as XML and JSON: rows, native names, and the bytes of each."""

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.read.logs.conftest import EXHIBIT, ReadBytes, conserves

from ashiato.core.sources import Intake, Source
from ashiato.engine.events import EventWriter, event_files
from ashiato.engine.lake import LakeWriter
from ashiato.read import detect
from ashiato.read.logs import LogReading, read_log

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
SYSMON = "Microsoft-Windows-Sysmon/Operational"


def xml_event(number: int, event_id: int, body: str, channel: str = "Security") -> str:
    return (
        f'<Event xmlns="{NAMESPACE}"><System><Provider Name="Invented"/>'
        f"<EventID>{event_id}</EventID><Level>0</Level>"
        f'<TimeCreated SystemTime="2031-04-20T09:00:0{number % 10}.1234567Z"/>'
        f"<EventRecordID>{number}</EventRecordID><Channel>{channel}</Channel>"
        f"<Computer>desk{number}.harbour.example</Computer></System>{body}</Event>"
    )


def login(user: str, address: str) -> str:
    return (
        f'<EventData><Data Name="TargetUserName">{user}</Data>'
        f'<Data Name="IpAddress">{address}</Data><Data Name="IpPort">50123</Data>'
        '<Data Name="LogonType">10</Data></EventData>'
    )


def json_event(number: int, event_id: int, data: Any, channel: str = SYSMON) -> dict[str, Any]:  # noqa: ANN401 - plain JSON
    system = {
        "Provider": {"#attributes": {"Name": "Invented"}},
        "EventID": event_id,
        "TimeCreated": {"#attributes": {"SystemTime": f"2031-04-20T09:00:0{number}.500000Z"}},
        "EventRecordID": number,
        "Channel": channel,
        "Computer": "desk.harbour.example",
    }
    return {"Event": {"System": system, "EventData": data}}


def natives(data: bytes) -> tuple[LogReading, list[dict[str, Any]]]:
    intake = Intake(EXHIBIT, "events", Source("org", "Org"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with (
            LakeWriter(root / "lake", EXHIBIT) as writer,
            EventWriter(root / "events", EXHIBIT) as events,
        ):
            reading = read_log(io.BytesIO(data), intake, writer, size=len(data), events=events)
        files = event_files(root / "events")
        rows = [row for f in files for row in pq.read_table(f, partitioning=None).to_pylist()]
    assert conserves(reading)
    return reading, sorted(rows, key=lambda row: row["rec_no"])


EXPORT = "".join(
    [
        '<?xml version="1.0" encoding="utf-8"?><Events>',
        xml_event(1, 4624, login("akira", "203.0.113.9")),
        "\n",
        xml_event(2, 4625, login("root", "-")),
        xml_event(3, 1102, "<UserData><LogFileCleared><SubjectUserName>mori</SubjectUserName>"
                           "</LogFileCleared></UserData>"),
        "</Events>",
    ]
).encode()  # fmt: skip


def test_logins_of_an_xml_export_are_rows(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(EXPORT)

    assert (reading.kind, reading.rows, reading.ignored) == ("winevents-xml", 2, 1)
    assert [(r["user"], r["src_ip"], r["status"], r["method"]) for r in rows] == [
        ("akira", "203.0.113.9", "accepted", "10"),
        ("root", None, "failed", "10"),
    ]
    assert rows[0]["host"] == "desk1.harbour.example"
    assert rows[0]["ts"].isoformat() == "2031-04-20T09:00:01.123456+00:00"


def test_each_event_of_an_xml_export_leads_to_its_bytes(read_bytes: ReadBytes) -> None:
    _, rows = read_bytes(EXPORT)
    cited = [EXPORT[r["byte_off"] : r["byte_off"] + r["byte_len"]] for r in rows]

    assert all(c.startswith(b"<Event ") and c.endswith(b"</Event>") for c in cited)
    assert [b"akira" in c for c in cited] == [True, False]


def test_events_keep_their_own_names() -> None:
    reading, events = natives(EXPORT)

    assert reading.events == 3
    assert events[0]["TargetUserName"] == "akira"
    assert events[0]["Provider_Name"] == "Invented"
    assert (events[2]["EventID"], events[2]["SubjectUserName"]) == (1102, "mori")
    assert [e["EventRecordID"] for e in events] == [1, 2, 3]


def test_a_declared_entity_is_never_expanded(read_bytes: ReadBytes) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "akira">]>'
    event = xml_event(1, 4624, login("&a;", "203.0.113.9")).encode()
    reading, rows = read_bytes(bomb + event, kind="winevents")

    assert not rows
    assert sum(p.count for p in reading.problems) == 2


def test_an_event_cut_off_is_counted_and_cited(read_bytes: ReadBytes) -> None:
    reading, rows = read_bytes(EXPORT[:-400])

    assert len(rows) == 2
    (problem,) = reading.problems
    assert problem.citation
    assert problem.citation.quote.startswith("<Event ")


DNS = {"QueryName": "Gate.Site.example", "QueryStatus": "0",
       "QueryResults": "type:  5 edge.site.example;::ffff:192.0.2.7;2001:db8::7;"}  # fmt: skip
HASHES = f"SHA1={'a' * 40},MD5={'B' * 32},SHA256={'c' * 64},IMPHASH={'d' * 32}"
PROCESS = {"Image": "C:\\Tools\\Sync.EXE", "User": "HARBOUR\\mori", "Hashes": HASHES}
CONNECTION = {"SourceIp": "192.0.2.5", "SourcePort": 50123, "DestinationIp": "198.51.100.9",
              "DestinationPort": 443, "Initiated": True, "Protocol": "tcp"}  # fmt: skip
MADE = [json_event(1, 22, DNS), json_event(2, 1, PROCESS), json_event(3, 3, CONNECTION)]
LAYOUTS = {
    "lines": "\n".join(json.dumps(e) for e in MADE),
    "array": json.dumps(MADE),
    "array of lines": "[\n" + ",\n".join(json.dumps(e) for e in MADE) + "\n]\n",
    "spread": "\n".join(f"Record {n}\n{json.dumps(e, indent=2)}" for n, e in enumerate(MADE)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_sysmon_events_are_rows_however_their_json_is_laid_out(
    layout: str, read_bytes: ReadBytes
) -> None:
    data = LAYOUTS[layout].encode()
    reading, rows = read_bytes(data)
    dns, process, conn = sorted(rows, key=lambda r: str(r["rec_no"]))

    assert reading.kind == "winevents-json"
    assert (dns["domain"], dns["answers"]) == (
        "gate.site.example",
        "edge.site.example 192.0.2.7 2001:db8::7",
    )
    assert (process["file_name"], process["sha256"], process["md5"]) == (
        "sync.exe", "c" * 64, "b" * 32,
    )  # fmt: skip
    assert (conn["dst_ip"], conn["dst_port"], conn["kind"]) == ("198.51.100.9", 443, "conn")
    cited = data[conn["byte_off"] : conn["byte_off"] + conn["byte_len"]]
    assert json.loads(cited.strip(b",")) == MADE[2]


def test_events_are_read_in_one_go_even_where_other_logs_are_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("its events before the last stretch would be missing")

    monkeypatch.setattr("ashiato.read.logs.reading._in_stretches", never)
    data = LAYOUTS["lines"].encode()
    with (
        LakeWriter(tmp_path / "lake", EXHIBIT, resumes=True) as writer,
        EventWriter(tmp_path / "events", EXHIBIT) as events,
    ):
        reading = read_log(
            io.BytesIO(data), Intake(EXHIBIT, "a", Source("org", "Org")), writer,
            size=len(data), events=events, resumes=True,
        )  # fmt: skip

    assert reading.events == len(MADE)


def test_what_a_shipper_sends_is_read_alike() -> None:
    shipped = {
        "@timestamp": "2031-04-20T09:00:01.500Z",
        "winlog": {
            "channel": "Security", "event_id": 4625, "record_id": 7, "provider_name": "Invented",
            "computer_name": "desk.harbour.example",
            "event_data": {"TargetUserName": "root", "IpAddress": "203.0.113.9"},
        },
    }  # fmt: skip
    reading, (event,) = natives(json.dumps(shipped).encode())

    assert reading.rows_by_kind == {"auth": 1}
    assert (event["EventID"], event["EventRecordID"], event["IpAddress"]) == (
        4625,
        7,
        "203.0.113.9",
    )


def test_nested_unnamed_and_colliding_values_lose_nothing() -> None:
    data = {
        "Data": {"#text": ["one", "two"]},
        "Flag": True,
        "Size": 12,
        "Channel": "mine",
        "#attributes": {"Name": "SAMPLE"},
    }
    _, (event,) = natives(json.dumps(json_event(1, 9999, data)).encode())

    assert event["Data"] == "one\ntwo"
    assert (event["Flag"], event["Size"]) == ("true", "12")
    assert (event["Channel"], event["EventData_Channel"]) == (SYSMON, "mine")
    assert event["EventData_Name"] == "SAMPLE"


@pytest.mark.parametrize(
    "hostile",
    [
        '{"Event": 1}', '{"Event": {"System": []}}', '{"Event": {"System": {"EventID": {}}}}',
        '{"Event": {"System": {"EventID": "x", "TimeCreated": 5}, "EventData": [1]}}',
        '{"winlog": {"event_id": [], "process": {"thread": 1}, "user": 1}}',
        "[" * 3000, '{"Event": {"System": {}, "EventData": "text"}}',
    ],
)  # fmt: skip
def test_what_is_no_event_is_a_counted_problem(hostile: str) -> None:
    good = json.dumps(json_event(1, 1, PROCESS))
    reading, events = natives(f"{good}\n{hostile}\n{good}\n".encode())

    assert len(events) == 2
    assert sum(p.count for p in reading.problems) == 1


def test_a_lone_surrogate_is_kept_as_text() -> None:
    data = {"CommandLine": "a\ud800b", "\ud800": "c"}
    _, (event,) = natives(json.dumps(json_event(1, 4688, data)).encode())

    assert event["CommandLine"] == "a\\ud800b"


def test_events_are_told_by_their_content() -> None:
    assert detect(EXPORT, "export.dat") == "winevents-xml"
    assert detect(LAYOUTS["spread"].encode(), "a.txt") == "winevents-json"
    assert detect(b"ElfFile\0" + bytes(4088), "Security.bin") == "evtx"
