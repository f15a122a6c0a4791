"""One Windows event in XML, as wevtutil and Event Viewer write it, in the form of its JSON.

An event is read by itself: it has no room for a DOCTYPE, so no entity can be declared or fetched.
"""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

_DEEPEST = 30
_TEXT, _ATTRIBUTES = "#text", "#attributes"


def from_xml(written: str) -> Mapping[str, Any] | None:
    """Read ``<Event>...</Event>``; ``None`` where it is none.

    Raises:
        ValueError: it is nested too deep.

    """
    if not written.startswith("<Event"):
        return None
    try:
        root = ET.fromstring(written)  # noqa: S314 - one element: no DOCTYPE, so no entities
    except ET.ParseError:
        return None
    parts = {_bare(child.tag): child for child in root}
    if _bare(root.tag) != "Event" or "System" not in parts:
        return None
    said: dict[str, Any] = {"System": {_bare(e.tag): _value(e, 0) for e in parts["System"]}}
    if "UserData" in parts:
        said["UserData"] = _value(parts["UserData"], 0)
    elif "EventData" in parts:
        said["EventData"] = _data(parts["EventData"])
    return said


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _data(element: ET.Element) -> dict[str, Any]:
    """Give named values under their names; those without a name, line by line, as ``Data``."""
    found: dict[str, Any] = {}
    for child in element:
        name = child.get("Name") or _bare(child.tag)
        value = child.text if len(child) == 0 else _value(child, 0)
        found[name] = [*_list(found[name]), value] if name in found else value
    return found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _value(element: ET.Element, depth: int) -> Any:  # noqa: ANN401 - plain JSON
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    if len(element) == 0 and not element.attrib:
        return element.text
    found: dict[str, Any] = {_ATTRIBUTES: dict(element.attrib)} if element.attrib else {}
    for child in element:
        name, value = _bare(child.tag), _value(child, depth + 1)
        found[name] = [*_list(found[name]), value] if name in found else value
    if len(element) == 0:
        found[_TEXT] = element.text
    return found
