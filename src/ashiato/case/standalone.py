"""Work on files without a case: read documents, list indicators, hunt in logs."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from ashiato.case.crew import WORTH_A_CREW, Crew, Within, workers
from ashiato.case.settings import read_log_mapping
from ashiato.core.canonical import to_plain
from ashiato.core.claims import Claim
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Problem
from ashiato.core.masking import mask_text, mask_value
from ashiato.core.progress import Progress
from ashiato.core.records import Indicator, Lead, LeadKind, Mention, ObservableType
from ashiato.core.sources import Intake, Source
from ashiato.core.techniques import KNOWN_TECHNIQUES
from ashiato.engine.duck import open_lake
from ashiato.engine.events import EventWriter, event_files
from ashiato.engine.lake import LakeWriter, lake_files
from ashiato.engine.sigma.tables import event_partitions, lake_partitions
from ashiato.hunt import (
    beacon_lines,
    beacons,
    from_file,
    from_report,
    hit_lines,
    hunt_lines,
    leads,
    proposals,
    rule_hits,
    rule_set,
    sightings,
    stream,
)
from ashiato.read import (
    LogReading,
    alias_claims,
    candidates,
    detect,
    file_indicators,
    file_techniques,
    read_file,
    read_log,
    voice_id,
)
from ashiato.report import claim_row, lead_row, proposal_row, technique_row

HEAD = 64 * 1024
"""How many bytes of a file its kind is told from."""
LAKE, EVENTS = "lake", "events"
"""Folders of the two stores that a command makes for itself."""
_WITHIN = ("member", "extractor", "text_sha256", "page", "box", "cell")
"""What tells where in a file an extracted text stands."""


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """The claims of some documents, and what could not be read."""

    claims: tuple[Claim, ...]
    problems: tuple[Problem, ...]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give each claim as a line of claims.jsonl, with its quotes masked."""
        return (_veiled(claim_row(claim)) for claim in self.claims)


@dataclass(frozen=True, slots=True)
class LogHunt:
    """The rows of a hunt without a case, and what could not be read.

    Sightings come one by one and once only, while `hunt_logs` is open.
    """

    rows: Iterable[dict[str, Any]]
    lines: int
    problems: tuple[Problem, ...]


def _veiled(value: Any) -> Any:  # noqa: ANN401 - plain JSON
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {
            k: v if k in {"exhibit", "path", "id", *_WITHIN} else _veiled(v)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_veiled(item) for item in value]
    return value


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        remedy = "name a file that can be read"
        raise BadInput(
            f"cannot be read: {error.strerror}", path=str(path), remedy=remedy
        ) from error


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        remedy = "name a file that can be read"
        raise BadInput(
            f"cannot be read: {error.strerror}", path=str(path), remedy=remedy
        ) from error


def _digest(stream: BufferedReader) -> str:
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _kind(stream: BinaryIO, path: Path) -> str:
    """Tell the kind of a file from its beginning; whoever names it here means it as a document."""
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    return detect(head, path.name) or "text"


def _intake(path: Path, digest: str, **told: Any) -> Intake:  # noqa: ANN401 - fields of Intake
    name = path.name
    return Intake(exhibit=digest, path=str(path), source=Source(voice_id(name), name), **told)


def read_files(
    paths: Sequence[Path], *, published: datetime | None = None, model: str | None = None
) -> ReadFiles:
    """Read documents into claims; raises `BadInput` for a file that is not there."""
    claims: list[Claim] = []
    problems: list[Problem] = []
    told = {"published": published} | ({"model": model} if model else {})
    for path in paths:
        with _opened(path) as stream:
            intake, kind = _intake(path, _digest(stream), **told), _kind(stream, path)
            found = read_file(stream, intake, kind)
        claims += found.claims
        problems += found.problems
    return ReadFiles(tuple(claims), tuple(problems))


def claims_text(found: ReadFiles) -> str:
    """Write claims for people: what is said, by whom, how, and the quoted words."""
    lines: list[str] = []
    for claim in found.claims:
        said = claim.proposition
        what = [
            said.subject and said.subject.text,
            said.predicate,
            said.object and said.object.text,
        ]
        lines.append(" · ".join(part for part in what if part))
        cues = f" ({', '.join(claim.cues)})" if claim.cues else ""
        basis = claim.basis.replace("_", " ")
        lines.append(f"    {claim.speaker.text}: {claim.polarity}, {claim.modality}{cues}, {basis}")
        lines += [f"    “{mask_text(' '.join(c.quote.split()))}”" for c in claim.citations[:1]]
    lines.append(f"{len(found.claims)} claims")
    return "\n".join(lines + _problem_lines(found.problems))


def _problem_lines(problems: Iterable[Problem]) -> list[str]:
    return [f"problem: {p.path}: {p.message} ({p.count}); {p.remedy}" for p in problems]


def indicator_rows(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """List the observables that documents name, in the contract's shape."""
    rows: list[dict[str, Any]] = []
    for path in paths:
        rows += [_indicator_row(mention, path) for mention in _mentions(path)]
    return rows


def _mentions(path: Path) -> tuple[Mention, ...]:
    with _opened(path) as stream:
        intake, kind = _intake(path, _digest(stream)), _kind(stream, path)
        return file_indicators(stream, intake, kind)


def _indicator_row(mention: Mention, path: Path) -> dict[str, Any]:
    locator = to_plain(mention.citation.locator)
    kind = mention.observable.type.value
    return {
        "type": kind,
        "value": _masked_phone(kind, mention.observable.value),
        "start": locator["start"],
        "end": locator["end"],
        "quote": _masked_phone(kind, mention.citation.quote),
        "cue": mention.cue,
        "benign": mention.benign,
        "host": mention.host.value if mention.host else None,
        "path": str(path),
        **{name: locator[name] for name in _WITHIN if name in locator},
    }


def _masked_phone(kind: str, text: str) -> str:
    return mask_value("phone", text) if kind == ObservableType.PHONE else text


def _why(row: dict[str, Any]) -> str:
    return f"no indicator: {row['benign']}" if row["benign"] else str(row["cue"])


def indicators_text(rows: Sequence[dict[str, Any]]) -> str:
    """Write indicators for people."""
    lines = [f"{r['type']:<8} {r['value']:<44} {r['start']}-{r['end']}  {_why(r)}" for r in rows]
    return "\n".join([*lines, f"{len(rows)} observables"])


def technique_rows(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """List the sentences that seem to describe a technique, as lines of techniques.jsonl."""
    rows: list[dict[str, Any]] = []
    for path in paths:
        with _opened(path) as stream:
            intake, kind = _intake(path, _digest(stream)), _kind(stream, path)
            found = file_techniques(stream, intake, kind)
        rows += [_veiled(technique_row(each)) for each in found]
    return rows


def techniques_text(rows: Sequence[dict[str, Any]]) -> str:
    """Write techniques for people, with what the weights cannot know."""
    lines: list[str] = []
    for row in rows:
        lines.append(f"{row['id']:<10} {row['probability']:.2f}  {row['name']}")
        lines.append(f"    “{' '.join(row['quote'].split())}” ({', '.join(row['words'])})")
    told = (
        f"{len(rows)} sentences; the weights know {KNOWN_TECHNIQUES} techniques, not all of ATT&CK"
    )
    return "\n".join([*lines, told])


def _log_files(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Give each log with the organisation that its place suggests: its top folder, or its name."""
    for path in paths:
        if not path.exists():
            raise BadInput("is not there", path=str(path), remedy="name a log file or a folder")
        if path.is_file():
            yield path, path.stem
            continue
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            inside = file.relative_to(path)
            yield file, inside.parts[0] if len(inside.parts) > 1 else file.stem


@contextmanager
def hunt_logs(
    paths: Sequence[Path],
    indicators: Path,
    *,
    organisation: str = "",
    timezone: str | None = None,
    year: int | None = None,
    mapping: Path | None = None,
    progress: Progress,
) -> Iterator[LogHunt]:
    """Hunt a list of indicators in logs; the lake lasts as long as the context.

    ``mapping`` is a file that says what the columns of tables among the logs are.

    Raises:
        BadInput: a path is not there, or the list holds no usable indicator, or the mapping none.

    """
    sought, refused = _some_sought(indicators)
    told: dict[str, Any] = {"organisation": organisation, "timezone": timezone, "year": year}
    told |= {"mapping": read_log_mapping(mapping)} if mapping else {}
    with _lake_of(paths, told, progress) as filled, open_lake(filled.files) as engine:
        rows = hunt_lines(stream(engine, sought, paths=filled.named), sought)
        yield LogHunt(rows, filled.lines, (*refused, *filled.problems))


def pivot_in(
    paths: Sequence[Path],
    indicators: Path,
    *,
    least: float | None = None,
    organisation: str = "",
    timezone: str | None = None,
    year: int | None = None,
    progress: Progress,
) -> LogHunt:
    """Propose what else the machines that a list hits contacted; raises as `hunt_logs`."""
    sought, refused = _some_sought(indicators)
    told = {"organisation": organisation, "timezone": timezone, "year": year}
    with _lake_of(paths, told, progress) as filled, open_lake(filled.files) as engine:
        seen = sightings(engine, sought, paths=filled.named)
        found = proposals(engine, seen, sought, least=least, paths=filled.named)
    rows = tuple(proposal_row(each, rank) for rank, each in enumerate(found, start=1))
    return LogHunt(rows, filled.lines, (*refused, *filled.problems))


def beacons_in(
    paths: Sequence[Path],
    *,
    least: float | None = None,
    organisation: str = "",
    timezone: str | None = None,
    year: int | None = None,
    progress: Progress,
) -> LogHunt:
    """Find rhythmic calls in logs; raises `BadInput` for a path that is not there."""
    told = {"organisation": organisation, "timezone": timezone, "year": year}
    with _lake_of(paths, told, progress) as filled, open_lake(filled.files) as engine:
        found = beacons(engine, least=least, paths=filled.named)
    return LogHunt(tuple(beacon_lines(found)), filled.lines, filled.problems)


@dataclass(frozen=True, slots=True)
class LeadHunt:
    """The leads in some logs, and what could not be read."""

    leads: tuple[Lead, ...]
    lines: int
    problems: tuple[Problem, ...]

    def rows(self) -> tuple[dict[str, Any], ...]:
        """Give each as a line of leads.jsonl."""
        return tuple(lead_row(lead) for lead in self.leads)


def leads_in(
    paths: Sequence[Path],
    *,
    kinds: Sequence[str] = (),
    organisation: str = "",
    timezone: str | None = None,
    year: int | None = None,
    progress: Progress,
) -> LeadHunt:
    """Find leads from behaviour in logs: those of the named kinds, or all.

    Raises:
        BadInput: a path is not there, or a kind has no such name.

    """
    wanted = [_lead_kind(kind) for kind in kinds] or list(LeadKind)
    told = {"organisation": organisation, "timezone": timezone, "year": year}
    with _lake_of(paths, told, progress) as filled, open_lake(filled.files) as engine:
        found = leads(engine, kinds=wanted, paths=filled.named)
    return LeadHunt(found, filled.lines, filled.problems)


def _lead_kind(name: str) -> LeadKind:
    try:
        return LeadKind(name.replace("-", "_"))
    except ValueError as error:
        remedy = f"name one of {', '.join(LeadKind)}"
        raise BadInput(f"{name!r} is no kind of lead", remedy=remedy) from error


@dataclass(frozen=True, slots=True)
class _Filled:
    """A lake made for one command: its files, which exhibit is which path, and what was read.

    ``events`` are the files of Windows events under their own names.
    """

    files: tuple[Path, ...]
    events: tuple[Path, ...]
    named: dict[str, str]
    lines: int
    problems: tuple[Problem, ...]


@contextmanager
def _lake_of(
    paths: Sequence[Path], told: Mapping[str, Any], progress: Progress
) -> Iterator[_Filled]:
    with TemporaryDirectory(prefix="ashiato-lake-") as folder:
        lake, events = Path(folder, LAKE), Path(folder, EVENTS)
        read = _ingest_all(_log_files(paths), lake, told, progress)
        yield _Filled(
            tuple(f for each in sorted(lake.glob("*")) for f in lake_files(each)),
            tuple(f for each in sorted(events.glob("*")) for f in event_files(each)),
            {digest: str(path) for digest, (path, _) in reversed(read)},
            sum(reading.lines for _, (_, reading) in read),
            tuple(problem for _, (_, reading) in read for problem in reading.problems),
        )


_Task = tuple[Path, str, Path, dict[str, Any]]
"""Path, hash, folder of its rows, and what is told of it."""


def _ingest_all(
    logs: Iterable[tuple[Path, str]], lake: Path, told: Mapping[str, Any], progress: Progress
) -> list[tuple[str, tuple[Path, LogReading]]]:
    """Read each log once, however often one organisation's copy of it lies there."""
    tasks: dict[tuple[str, str], _Task] = {}
    for path, suggested in logs:
        known = {**told, "organisation": told["organisation"] or suggested}
        with _opened(path) as stream:
            digest = _digest(stream)
        place = lake / f"{len(tasks)}"
        tasks.setdefault((digest, known["organisation"]), (path, digest, place, known))
    size = sum(path.stat().st_size for path, *_ in tasks.values())
    progress.start("reading", size, "B")
    found = _work_off(list(tasks.values()), size, progress)
    progress.done()
    return [
        (digest, (path, r)) for (path, digest, *_), r in zip(tasks.values(), found, strict=True)
    ]


def _work_off(tasks: list[_Task], size: int, progress: Progress) -> list[LogReading]:
    count = workers() if len(tasks) > 1 and size >= WORTH_A_CREW else 1
    if count == 1:
        return [_ingest(*task, progress) for task in tasks]
    with Crew(_ingest, tasks, count) as crew:
        return crew.results(progress)


def _some_sought(path: Path) -> tuple[tuple[Indicator, ...], tuple[Problem, ...]]:
    sought, refused = _sought(path)
    if not sought:
        remedy = (
            "give one value a line, CSV with the headings value,start,end,reason, a STIX bundle, "
            "a MISP event, or a report that names some"
        )
        raise BadInput("holds no usable indicator", path=str(path), remedy=remedy)
    return sought, refused


def _sought(path: Path) -> tuple[tuple[Indicator, ...], tuple[Problem, ...]]:
    """Read a list, or take the indicators out of a report: whichever of the two gives more."""
    raw = _bytes(path)
    listed, problems = from_file(raw, str(path))
    if listed and len(problems) <= len(listed):
        return listed, problems
    named, refused = from_report(_mentions(path), str(path))
    return (named, refused) if len(named) > len(listed) else (listed, problems)


def _ingest(
    path: Path, digest: str, lake: Path, told: dict[str, Any], progress: Progress
) -> LogReading:
    size = path.stat().st_size
    intake, seen = _log_intake(path, digest, told), Within(progress, size)
    apart = lake.parent.with_name(EVENTS) / lake.name
    with (
        path.open("rb") as stream,
        LakeWriter(lake, digest) as writer,
        EventWriter(apart, digest) as events,
    ):
        return read_log(stream, intake, writer, size=size, progress=seen, events=events)


def _log_intake(path: Path, digest: str, told: Mapping[str, Any]) -> Intake:
    """Say what is told of a log; a mapping is for tables, the other logs are known by content."""
    intake = _intake(path, digest, **told)
    if intake.mapping is None:
        return intake
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    is_table = detect(head, path.name) in {"table", "zip"}
    return intake if is_table else replace(intake, mapping=None)


def rules_in(
    paths: Sequence[Path],
    rules: Path,
    *,
    level: str = "informational",
    organisation: str = "",
    timezone: str | None = None,
    year: int | None = None,
    progress: Progress,
) -> LogHunt:
    """Run Sigma rules of at least ``level`` over logs.

    Raises:
        BadInput: a path is not there, or no rule can be run.

    """
    chosen = rule_set((str(file), _bytes(file)) for file in _rule_files(rules))
    if not chosen.rules:
        first = f": {chosen.problems[0].message}" if chosen.problems else ""
        remedy = "name a Sigma rule (.yml), or a folder of rules, for logs that are read here"
        raise BadInput(f"holds no rule that can be run{first}", path=str(rules), remedy=remedy)
    told = {"organisation": organisation, "timezone": timezone, "year": year}
    with _lake_of(paths, told, progress) as filled:
        stores = event_partitions(filled.events) + lake_partitions(filled.files)
        hits, lacking = rule_hits(chosen, stores, paths=filled.named, level=level)
    problems = (*chosen.problems, *lacking, *filled.problems)
    return LogHunt(tuple(hit_lines(hits)), filled.lines, problems)


def _rule_files(path: Path) -> list[Path]:
    if not path.exists():
        raise BadInput("is not there", path=str(path), remedy="name a rule file or a folder")
    if path.is_file():
        return [path]
    return sorted(p for p in path.rglob("*") if p.suffix.lower() in {".yml", ".yaml"})


def rules_text(found: LogHunt) -> str:
    """Write rule hits for people, by time, each with its rule's author."""
    lines = [
        f"{row['level'] or '-':<13} {row['ts']:<27} {row['organisation']:<16} {row['host']:<16} "
        f"{row['title']} (by {row['author'] or 'an unnamed author'})  {row['path']}:{row['record']}"
        + (f" and {row['count'] - 1} more" if row["count"] > 1 else "")
        + (f"  ({row['reason']})" if row["reason"] else "")
        for row in found.rows
    ]
    told = f"{len(lines)} hits in {found.lines} lines; a rule names a technique, never an actor"
    return "\n".join([*lines, told, *_problem_lines(_alike(found.problems))])


def _alike(problems: Iterable[Problem]) -> list[Problem]:
    """Count together what was refused for one reason: a collection has hundreds of such rules."""
    first: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        kind = (problem.kind, problem.message)
        known = first.get(kind)
        first[kind] = replace(known, count=known.count + problem.count) if known else problem
    return list(first.values())


def hunt_text(found: LogHunt) -> Iterator[str]:
    """Write sightings for people, a line each."""
    count = 0
    for count, row in enumerate(found.rows, start=1):  # noqa: B007 - the count is told at the end
        yield (
            f"{row['status']:<9} {row['ts']:<27} {row['organisation']:<16} {row['host']:<16} "
            f"{row['matched_value']}  {row['path']}:{row['record']}"
            + (f"  ({row['reason']})" if row["reason"] else "")
        )
    yield f"{count} sightings in {found.lines} lines"
    yield from _problem_lines(found.problems)


def pivot_text(found: LogHunt) -> str:
    """Write proposals for people, the strongest first."""
    rows = list(found.rows)
    lines = [
        f"{row['score']:.2f}  {row['type']:<7} {row['value']:<40} {row['reason']}" for row in rows
    ]
    lines.append(
        f"{len(rows)} proposals in {found.lines} lines; a proposal is no indicator until "
        "somebody puts it on a list"
    )
    return "\n".join(lines + _problem_lines(found.problems))


def beacons_text(found: LogHunt) -> str:
    """Write beacons for people, the strongest first."""
    lines = [
        f"{row['score']:.2f}  {row['organisation']:<16} {row['host']:<16} {row['destination']:<32} "
        f"{row['because']}"
        for row in found.rows
    ]
    lines.append(f"{len(lines)} rhythms in {found.lines} lines; a rhythm is no proof")
    return "\n".join(lines + _problem_lines(found.problems))


def leads_text(found: LeadHunt) -> str:
    """Write leads for people, by kind, the strongest first."""
    lines = [
        f"{lead.score:.2f}  {lead.kind.replace('_', ' '):<18} {_whose(lead):<34} "
        f"{lead.destination:<32} {lead.because}"
        for lead in found.leads
    ]
    lines.append(
        f"{len(found.leads)} leads in {found.lines} lines; a lead is no sighting and no proof"
    )
    return "\n".join(lines + _problem_lines(found.problems))


def _whose(lead: Lead) -> str:
    if len(lead.organisations) > 1:
        return f"{len(lead.organisations)} organisations"
    return f"{lead.organisations[0]} {' '.join(host for _, host in lead.machines)}"


def alias_rows(name: str) -> list[dict[str, Any]]:
    """Give what published lists say of a name, as lines of claims.jsonl; nothing of it weighs."""
    return [claim_row(claim) for claim in alias_claims(name)]


def aliases_text(name: str, rows: Sequence[dict[str, Any]]) -> str:
    """Write what the lists say for people, and every entry that the name may stand for."""
    entries = candidates(name)
    lines = [f"{row['subject']['text']} · {row['predicate']} · {row['object']['text']}    "
             f"{row['speaker']['text']}" for row in rows]  # fmt: skip
    lines.append(f"{len(entries)} entries bear the name {name!r}; none is chosen")
    lines += [f"    {galaxy}: {actor}" for galaxy, actor in entries]
    lines.append("these are claims of whoever keeps the lists; none of them weighs in a case")
    return "\n".join(lines)
