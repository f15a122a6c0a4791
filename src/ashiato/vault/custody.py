"""What the log holds: custody events and human decisions, and the state they add up to."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ashiato import __version__
from ashiato.core.canonical import canonical_json, content_id, to_plain
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Exhibit
from ashiato.core.time import parse_instant

TOOL = "ashiato"
HEX_DIGITS = 64
"""Length of a SHA-256 in hex: exhibits and decisions are named by it."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """An exhibit came into custody: which bytes, from whom, by whose hand, when and why.

    ``seq`` is the entry's place in the log (from 0), ``name`` the exhibit's path relative to the
    case, ``checkpoint`` the size of the newest checkpoint before this entry (0 for none).
    """

    seq: int
    actor: str
    exhibit: str
    size: int
    name: str
    source: str
    known_from: datetime
    sealed_at: datetime
    reason: str
    checkpoint: int
    tool: str = TOOL
    tool_version: str = __version__
    action: Literal["sealed"] = "sealed"

    @property
    def as_exhibit(self) -> Exhibit:
        """The exhibit as the other stages know it."""
        return Exhibit(self.exhibit, self.size, self.name, self.known_from)


@dataclass(frozen=True, slots=True)
class Decision:
    """A person decided: a review, a judgement of identity, a hypothesis, a policy.

    ``kind`` and ``body`` belong to the stage that asked; the vault only keeps them.
    """

    seq: int
    actor: str
    kind: str
    body: Mapping[str, object]
    decided_at: datetime
    reason: str
    checkpoint: int
    tool: str = TOOL
    tool_version: str = __version__
    action: Literal["decided"] = "decided"

    @property
    def id(self) -> str:
        """SHA-256 of what was decided, by whom and why: the same whenever it was entered."""
        return content_id((self.kind, self.body, self.actor, self.reason), HEX_DIGITS)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Opening found what a crash had left half done and set it aside in ``quarantine/``.

    ``set_aside`` are names there: ``tail-...`` is the log's cut end, others are unlogged objects.
    """

    seq: int
    actor: str
    set_aside: tuple[str, ...]
    recovered_at: datetime
    reason: str
    checkpoint: int
    tool: str = TOOL
    tool_version: str = __version__
    action: Literal["recovered"] = "recovered"


@dataclass(frozen=True, slots=True)
class Parsing:
    """A parser went through an exhibit: which one, in which version, and how that ended.

    ``ending`` is ``ok``, ``partial``, ``refused``, ``crashed``, ``timed out`` or ``out of memory``;
    ``reason`` says why it was not ``ok``.
    """

    seq: int
    actor: str
    exhibit: str
    parser: str
    version: str
    ending: str
    parsed_at: datetime
    reason: str
    checkpoint: int
    tool: str = TOOL
    tool_version: str = __version__
    action: Literal["parsed"] = "parsed"

    @property
    def outcome(self) -> tuple[str, ...]:
        """What is logged once: the same outcome of the same parser says nothing new."""
        return (self.exhibit, self.parser, self.version, self.ending, self.reason)


Event = Sealing | Decision | Recovery | Parsing


def decode(payload: bytes) -> Event:
    """Read one log entry.

    Raises:
        ValueError: it is no event that this version knows.

    """
    try:
        data = json.loads(payload, parse_float=_no_float)
        return _event(data)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not an event: {error}") from error


def _no_float(text: str) -> object:
    raise ValueError(f"the log holds no floats, found {text}")


def _event(data: dict[str, object]) -> Event:
    match data["action"]:
        case "sealed":
            times = _instants(data, "known_from", "sealed_at")
            return Sealing(**{**data, **times})  # type: ignore[arg-type] # names are checked by the call
        case "decided":
            return Decision(**{**data, **_instants(data, "decided_at")})  # type: ignore[arg-type]
        case "recovered":
            changed = {**_instants(data, "recovered_at"), "set_aside": tuple(data["set_aside"])}  # type: ignore[arg-type]
            return Recovery(**{**data, **changed})  # type: ignore[arg-type]
        case "parsed":
            return Parsing(**{**data, **_instants(data, "parsed_at")})  # type: ignore[arg-type]
    raise ValueError(f"unknown action {data['action']!r}")


def _instants(data: dict[str, object], *names: str) -> dict[str, datetime]:
    return {name: parse_instant(str(data[name])) for name in names}


@dataclass(slots=True)
class Custody:
    """The log replayed: everything that was sealed, decided, parsed and set aside so far."""

    events: list[Event] = field(default_factory=list)
    current: dict[str, Sealing] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    set_aside: set[str] = field(default_factory=set)
    parsed: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, event: Event) -> None:
        """Take the next entry.

        Raises:
            ValueError: its number is not its place, or one hash would have two sizes.

        """
        if event.seq != len(self.events):
            raise ValueError(f"it calls itself entry {event.seq}")
        if isinstance(event, Sealing):
            self._seal(event)
        elif isinstance(event, Recovery):
            self.set_aside.update(event.set_aside)
        elif isinstance(event, Parsing):
            self.parsed.add(event.outcome)
        self.events.append(event)

    def _seal(self, event: Sealing) -> None:
        if self.sizes.setdefault(event.exhibit, event.size) != event.size:
            raise ValueError(f"exhibit {event.exhibit} was logged with another size before")
        self.names.setdefault(event.exhibit, set()).add(event.name)
        self.current[event.name] = event

    def known_from(self, name: str, sha256: str) -> datetime | None:
        """Tell since when these bytes are known under this name, if they are."""
        held = self.current.get(name)
        return held.known_from if held and held.exhibit == sha256 else None


def plain_body(body: Mapping[str, object]) -> dict[str, object]:
    """Turn a decision's body into what the log can hold, or raise `BadInput`."""
    remedy = "use text, whole numbers, true, false, null, lists and tables"
    try:
        plain: dict[str, object] = to_plain(body)
        canonical_json(plain)
    except (TypeError, ValueError) as error:
        raise BadInput(f"the decision cannot be logged: {error}", remedy=remedy) from error
    if place := _float_in(plain, "body"):
        raise BadInput("the log holds no floats", place=place, remedy=remedy)
    return plain


def _float_in(value: object, place: str) -> str:
    """Name the first float in plain data; empty where there is none."""
    if isinstance(value, float):
        return place
    items: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    return next((hit for key, item in items if (hit := _float_in(item, f"{place}.{key}"))), "")
