"""The quick way into a Windows event says what parsing it says."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ashiato.read.logs.format import Parsed
from ashiato.read.logs.winflat import Flattener, from_json
from ashiato.read.logs.winquick import quick

XMLNS = "http://schemas.microsoft.com/win/2004/08/events/event"
TEXTS = st.text(max_size=12)
WHOLE = st.one_of(st.integers(0, 70_000), st.integers(-3, 1 << 40), st.none(), TEXTS)
VALUES = st.recursive(
    st.one_of(TEXTS, st.none(), st.booleans(), st.integers(-5, 1 << 40)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(TEXTS | st.just("#text"), inner, max_size=3)
    ),
    max_leaves=5,
)
PLACES = st.sampled_from(["EventData", "UserData", "Other"])


def attributes(**said: object) -> dict[str, Any]:
    return {"#attributes": said}


@st.composite
def events(draw: st.DrawFn) -> str:
    system = {
        "Provider": attributes(Name=draw(TEXTS), Guid=draw(TEXTS)),
        "EventID": draw(st.sampled_from([1, 4624, 70_000])),
        **{name: draw(WHOLE) if draw(st.booleans()) else 1 for name in ("Version", "Level")},
        "Task": 0,
        "Opcode": 0,
        "Keywords": "0x8000000000000000",
        "TimeCreated": attributes(SystemTime="2031-04-20T09:00:00.000001Z"),
        "EventRecordID": draw(st.integers(0, 1 << 63)),
        "Correlation": draw(st.sampled_from([None, attributes(ActivityID="{A}")])),
        "Execution": attributes(ProcessID=draw(st.integers(0, 1 << 32)), ThreadID=4),
        "Channel": draw(st.sampled_from(["Security", "Quay/Admin"])),
        "Computer": "ws-1.shop.example",
        "Security": draw(st.sampled_from([None, attributes(UserID="S-1-5-18")])),
    }
    beside = draw(st.dictionaries(PLACES, VALUES | st.dictionaries(TEXTS, VALUES), max_size=2))
    said = {"Event": {"#attributes": {"xmlns": XMLNS}, "System": system, **beside}}
    return json.dumps(said, ensure_ascii=draw(st.booleans()), separators=(",", ":"))


def told(found: Parsed) -> list[Any]:
    kept = [
        (
            e.channel,
            e.event_id,
            e.lines.tolist(),
            e.micros.tolist(),
            {name: (column.type, column.to_pylist()) for name, column in e.columns.items()},
        )
        for e in found.events
    ]
    return [kept, [(r.kind, r.message, r.lines.tolist()) for r in found.refused]]


@given(st.lists(events(), max_size=6), st.sampled_from(["", "}", " ", ',"EventData":{}}}', "\n"]))
def test_the_quick_way_says_what_parsing_says(written: list[str], tail: str) -> None:
    lines = list(enumerate([*written, *(text + tail for text in written)]))
    slow = Flattener(lambda text: from_json(text)).flatten(lines)  # noqa: PLW0108 - another reader than the one that is cut quickly
    assert told(Flattener(from_json).flatten(lines)) == told(slow)


def usual(user: object = None, **data: object) -> str:
    system = {
        "Provider": attributes(Name="Quay", Guid="{B}"),
        "EventID": 7,
        **dict.fromkeys(("Version", "Level", "Task", "Opcode"), 0),
        "Keywords": "0x0",
        "TimeCreated": attributes(SystemTime="2031-04-20T09:00:00.000001Z"),
        "EventRecordID": 9,
        "Correlation": None,
        "Execution": attributes(ProcessID=1, ThreadID=2),
        "Channel": "Security",
        "Computer": "ws-1.shop.example",
        "Security": user,
    }
    said = {"Event": {"#attributes": {"xmlns": XMLNS}, "System": system, "EventData": data}}
    return json.dumps(said, separators=(",", ":"))


def test_what_pyevtx_writes_is_cut_quickly() -> None:
    found = quick(usual(attributes(UserID="S-1-5-18"), TargetUserName="ann"))
    assert found is not None
    assert found[0][-2:] == ("S-1-5-18", None)
    assert found[1] == {"TargetUserName": "ann"}


def test_a_text_with_an_escape_in_system_is_parsed_instead() -> None:
    assert quick(usual(attributes(UserID='S"1'), TargetUserName="ann")) is None
