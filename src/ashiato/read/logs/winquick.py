"""The quick way into an event as pyevtx-rs writes most: one pattern cuts out all of ``System``.

What fits the pattern to the letter is cut without being parsed, and says what parsing would say.
Everything else is ``None``, and goes the slow way to the same result.
"""

import json
import re
from typing import Any

Name = str | tuple[str, str]
"""A value of ``System``, or an element and its attribute."""
_DECODE = json.JSONDecoder().raw_decode
_TEXT = r'"([^"\\\x00-\x1f]*)"'
_WHOLE = "(0|[1-9][0-9]{0,8})"
_NUMBER = "(0|[1-9][0-9]{0,17})"
_EVENT = re.compile(
    r'\{"Event":\{"#attributes":\{"xmlns":"[^"\\\x00-\x1f]*"\},"System":\{'
    rf'"Provider":\{{"#attributes":\{{"Name":{_TEXT},"Guid":{_TEXT}\}}\}},"EventID":{_WHOLE},'
    rf'"Version":{_WHOLE},"Level":{_WHOLE},"Task":{_WHOLE},"Opcode":{_WHOLE},"Keywords":{_TEXT},'
    rf'"TimeCreated":\{{"#attributes":\{{"SystemTime":{_TEXT}\}}\}},"EventRecordID":{_NUMBER},'
    rf'"Correlation":(?:null|\{{"#attributes":\{{"ActivityID":{_TEXT}\}}\}}),'
    rf'"Execution":\{{"#attributes":\{{"ProcessID":{_NUMBER},"ThreadID":{_NUMBER}\}}\}},'
    rf'"Channel":{_TEXT},"Computer":{_TEXT},'
    rf'"Security":(?:null|\{{"#attributes":\{{"UserID":{_TEXT}\}}\}})\}},'
    r'"(?:Event|(User))Data":(?=\{)'
)
EVENT_ID, ACTIVITY, CHANNEL, USER, PLACE = 2, 10, 13, 15, 16
"""Where some texts stand among those that are cut."""


Cut = tuple[tuple[str | None, ...], dict[str, Any]]
"""The texts of ``System`` in order, then ``User`` or nothing; and what stands beside it."""


def quick(written: str) -> Cut | None:
    """Cut an event; ``User`` says that it has ``UserData``.

    Raises:
        ValueError: what stands beside ``System`` is no JSON.

    """
    found = _EVENT.match(written)
    if found is None:
        return None
    data, end = _DECODE(written, found.end())
    return (found.groups(), data) if written[end:] == "}}" else None


def names_of(system: tuple[str | None, ...]) -> tuple[Name, ...]:
    """Name the texts of ``System`` as the slow way does."""
    return (
        ("Provider", "Name"), ("Provider", "Guid"), "EventID", "Version", "Level", "Task", "Opcode",
        "Keywords", ("TimeCreated", "SystemTime"), "EventRecordID",
        "Correlation" if system[ACTIVITY] is None else ("Correlation", "ActivityID"),
        ("Execution", "ProcessID"), ("Execution", "ThreadID"), "Channel", "Computer",
        "Security" if system[USER] is None else ("Security", "UserID"),
    )  # fmt: skip
