"""Windows events to rows of the lake, by the pack ``knowledge/windows.toml``."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ashiato.knowledge import load
from ashiato.read.logs.columns import by_distinct, without
from ashiato.read.logs.drawn import typed
from ashiato.read.logs.format import Events, Rows
from ashiato.read.logs.names import address

_HASHES = {"md5": 32, "sha1": 40, "sha256": 64}
_ADDRESS_IN_IPV6 = "::ffff:"
_RECORD_TYPE = re.compile(r"type:\s*\d+\s*")
_HOST_OF_URL = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(?P<host>\[[^\]]*\]|[^/?#:]*)"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of event reads as a row."""

    kind: str
    values: Mapping[str, tuple[str, ...]]
    always: Mapping[str, str] = field(default_factory=dict)
    hashes: str = ""
    answers: str = ""
    outcome: tuple[str, frozenset[str]] | None = None


@cache
def _rules() -> Mapping[tuple[str, int], Rule]:
    entries = load("windows")["event"]
    return {(e["channel"].lower(), number): _rule(e) for e in entries for number in e["ids"]}


@cache
def _nothing() -> tuple[str, ...]:
    return tuple(load("windows")["nothing"])


def _rule(entry: Mapping[str, Any]) -> Rule:
    outcome = entry.get("outcome")
    return Rule(
        entry["kind"],
        {column: tuple(names) for column, names in entry["values"].items()},
        entry.get("always", {}),
        entry.get("hashes", ""),
        entry.get("answers", ""),
        (outcome["name"], frozenset(outcome["accepted"])) if outcome else None,
    )


def rows_of(events: Events) -> Rows | None:
    """Give the rows of some events; ``None`` where the lake has no kind for them."""
    if events.channel is None or events.event_id is None:
        return None
    rule = _rules().get((events.channel.lower(), events.event_id))
    if rule is None or not len(events.lines):
        return None
    zoned = np.ones(len(events.lines), bool)
    return Rows(rule.kind, events.lines, events.micros, zoned, _columns(events, rule))


def _columns(events: Events, rule: Rule) -> dict[str, pa.Array]:
    said = _Said({name.lower(): values for name, values in events.columns.items()})
    count = len(events.lines)
    columns = {"host": said.first(("Computer",))} | {
        column: said.first(names) for column, names in rule.values.items()
    }
    columns = {n: typed(n, c) for n, c in columns.items() if c is not None}
    columns |= {n: pa.repeat(pa.scalar(v, pa.string()), count) for n, v in rule.always.items()}
    return columns | dict(_special(said, rule)) | dict(_of_url(columns))


@dataclass(frozen=True, slots=True)
class _Said:
    columns: Mapping[str, pa.Array]

    def first(self, names: Iterable[str]) -> pa.Array | None:
        """Give the first of some values that is there and is something."""
        found = [self.columns[n.lower()] for n in names if n.lower() in self.columns]
        return pc.coalesce(*(without(values, *_nothing()) for values in found)) if found else None


def _special(said: _Said, rule: Rule) -> Iterable[tuple[str, pa.Array]]:
    if rule.hashes and (written := said.first((rule.hashes,))) is not None:
        for name, length in _HASHES.items():
            yield name, _hashes(written, name, length)
    if rule.answers and (written := said.first((rule.answers,))) is not None:
        yield "answers", by_distinct(written, _answers, pa.string())
    if rule.outcome:
        name, accepted = rule.outcome
        if (written := said.first((name,))) is not None:
            yield "status", by_distinct(written, _outcome(accepted), pa.string())


def _outcome(accepted: frozenset[str]) -> Callable[[str], str]:
    return lambda text: "accepted" if text.lower() in accepted else "failed"


def _hashes(written: pa.Array, name: str, length: int) -> pa.Array:
    """Cut one hash out of ``SHA1=...,MD5=...`` (or the bare value of one kind)."""
    pattern = rf"(?i)(?:^|[,=])(?:{name}=)(?P<hash>[0-9a-f]{{{length}}})(?:,|$)"
    return pc.utf8_lower(pc.struct_field(pc.extract_regex(written, pattern), "hash"))


def _answers(written: str) -> str | None:
    """Read ``type:  5 www.site.example;::ffff:192.0.2.1;``."""
    parts = (_RECORD_TYPE.sub("", part).strip() for part in written.split(";"))
    return " ".join(_answer(part) for part in parts if part) or None


def _answer(part: str) -> str:
    return (address(part) or part) if part.startswith(_ADDRESS_IN_IPV6) else part.replace(" ", "_")


def _of_url(columns: Mapping[str, pa.Array]) -> Iterable[tuple[str, pa.Array]]:
    if "url" in columns and "domain" not in columns:
        host = pc.struct_field(pc.extract_regex(columns["url"], _HOST_OF_URL), "host")
        yield "domain", typed("domain", host)
        yield "dst_ip", typed("dst_ip", host)
