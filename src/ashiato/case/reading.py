"""Read every exhibit once: documents to claims, tables to records, logs to the lake."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ashiato.case.cache import Cache, step_key
from ashiato.case.crew import WORTH_A_CREW, Crew, Within, workers
from ashiato.case.decisions import Reviewed, apply
from ashiato.case.grown import lake_folder, note_stretches, take_over
from ashiato.case.intake import intake_of
from ashiato.case.sensitive import is_register
from ashiato.case.settings import Settings
from ashiato.case.shielding import case_key, key_name, shielded
from ashiato.core.claims import Claim
from ashiato.core.confinement import barred
from ashiato.core.evidence import Exhibit, Problem
from ashiato.core.progress import Progress
from ashiato.core.records import Mention, Record
from ashiato.core.sources import Intake
from ashiato.core.techniques import TechniqueMention
from ashiato.engine.events import EventWriter, event_files
from ashiato.engine.lake import LakeWriter, lake_files
from ashiato.read import (
    FILE_KINDS,
    HISTORIES,
    LOG_INSIDE,
    READERS,
    DocumentReading,
    Ended,
    LogReading,
    TableReading,
    agree_on_types,
    detect,
    method_of,
    read_file,
    read_history,
    read_log,
    read_table,
)
from ashiato.vault import Vault

READER = "ashiato read"
"""Who logs how parsers ended."""
HEAD = 64 * 1024
"""How many bytes of an exhibit its kind is told from."""
LOG_KINDS = frozenset({"csv", "zeek", "winevents", *(reader.name for reader in READERS)})
DOCUMENT_KINDS = frozenset({"text", "html"}) | FILE_KINDS


@dataclass(frozen=True, slots=True)
class Reading:
    """What one exhibit gave. ``key`` names it; a log's rows lie in the lake under that key."""

    key: str
    exhibit: str
    path: str
    kind: str
    document: DocumentReading | None = None
    table: TableReading | None = None
    log: LogReading | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Readings:
    """All that was read, in an order that does not depend on the order of adding.

    ``claims`` are those that may weigh; ``reviewed`` has all, with what persons decided.
    """

    each: tuple[Reading, ...]
    intakes: tuple[Intake, ...]
    claims: tuple[Claim, ...]
    reviewed: Reviewed

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Every observable that a document names."""
        return tuple(m for r in self.each if r.document for m in r.document.mentions)

    @property
    def techniques(self) -> tuple[TechniqueMention, ...]:
        """Every sentence that seems to describe a technique of ATT&CK."""
        return tuple(t for r in self.each if r.document for t in r.document.techniques)

    @property
    def records(self) -> tuple[Record, ...]:
        """Every row of every register."""
        return tuple(r for reading in self.each if reading.table for r in reading.table.records)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that could not be read as it is."""
        found: list[Problem] = []
        for reading in self.each:
            found += reading.problems
            for part in (reading.document, reading.table, reading.log):
                found += part.problems if part else ()
        found += self.reviewed.problems
        return tuple(found)

    @property
    def rows_by_kind(self) -> Mapping[str, int]:
        """How many lake rows there are of each kind of log."""
        total: dict[str, int] = {}
        for reading in self.each:
            for kind, rows in reading.log.rows_by_kind.items() if reading.log else ():
                total[kind] = total.get(kind, 0) + rows
        return dict(sorted(total.items()))


def events_folder(cache: Cache, key: str) -> Path:
    """Where the Windows events of one reading lie under their own names."""
    return cache.root / "events" / key


def read_all(
    exhibits: tuple[Exhibit, ...],
    settings: Settings,
    vault: Vault,
    cache: Cache,
    progress: Progress,
) -> Readings:
    """Read what has not been read yet; take the rest from the cache."""
    intakes = tuple(intake_of(e, settings) for e in exhibits)
    shield = shield_of(vault)
    keys = {i.path: _key(i, shield) for i in intakes}
    sizes = {e.path: e.size for e in exhibits}
    found = {i.path: _cached(keys[i.path], cache) for i in intakes}
    missing = [i for i in intakes if found[i.path] is None]
    if missing:
        progress.start("reading", sum(sizes[i.path] for i in missing), "B")
        jobs = [_Job(i, keys[i.path], sizes[i.path]) for i in missing]
        found |= {r.path: r for r in _read_jobs(jobs, vault, cache, progress)}
        progress.done()
    each = tuple(r for _, r in sorted(found.items()) if r)
    if vault.writes:
        log_endings(each, vault)
    reviewed = apply(_claims(each), vault.decisions())
    return Readings(each, intakes, reviewed.counting, reviewed)


def log_endings(readings: tuple[Reading, ...], vault: Vault) -> None:
    """Log how each sandboxed parser ended; what the log says already is not said again.

    A file inside an exhibit is named where its parser did not end well.
    """
    for reading in readings:
        for ended in _endings(reading):
            inside = f"in {ended.member}: " if ended.member and ended.reason else ""
            vault.parsed(
                reading.exhibit,
                parser=ended.parser,
                version=ended.version,
                ending=ended.ending,
                reason=inside + ended.reason,
                actor=READER,
            )


def _endings(reading: Reading) -> tuple[Ended, ...]:
    parts = (reading.document, reading.log)
    return tuple(ended for part in parts if part for ended in part.endings)


def _claims(readings: tuple[Reading, ...]) -> tuple[Claim, ...]:
    """Give every claim of every document once, names typed alike throughout, by id."""
    said = [c for r in readings if r.document for c in r.document.claims]
    written = [c for r in readings if r.table for c in r.table.claims]
    found = {c.id: c for c in (*agree_on_types(said), *written)}
    return tuple(found[key] for key in sorted(found))


def _key(intake: Intake, shield: bytes) -> str:
    known = (intake, method_of(intake.model), barred())
    under = (key_name(shield),) if is_register(intake) else ()
    return step_key("read", ("read", "engine", "case"), *known, *under)


def _cached(key: str, cache: Cache) -> Reading | None:
    reading = cache.get("read", key, Reading)
    if reading and reading.log and not _is_kept(reading.log, key, cache):
        return None
    return reading


def _is_kept(log: LogReading, key: str, cache: Cache) -> bool:
    """Whether what a log gave is still on disk."""
    has_rows = not log.rows or lake_files(lake_folder(cache, key))
    return bool(has_rows and (not log.events or event_files(events_folder(cache, key))))


@dataclass(frozen=True, slots=True)
class _Job:
    """One exhibit to read: what is known of it, the key of its reading, and its bytes."""

    intake: Intake
    key: str
    size: int


def _read_jobs(
    jobs: list[_Job], vault: Vault, cache: Cache, progress: Progress
) -> Iterator[Reading]:
    """Read logs in processes of their own where there is enough of them, the rest meanwhile here.

    A process costs a second; which process reads what changes nothing in any result.
    """
    count = workers() if sum(job.size for job in jobs) >= WORTH_A_CREW else 1
    logs = [job for job in jobs if count > 1 and _kind(job.intake, vault) in LOG_KINDS]
    if len(logs) < 2 or sum(job.size for job in logs) < WORTH_A_CREW:  # noqa: PLR2004 - nothing to share
        yield from (_read_here(job, vault, cache, progress) for job in jobs)
        return
    tasks, apart = [(vault.root, cache.root, job) for job in logs], {job.key for job in logs}
    with Crew(_read_apart, tasks, count) as crew:
        for job in jobs:
            if job.key not in apart:
                yield _read_here(job, vault, cache, progress)
                crew.listen(progress)
        yield from crew.results(progress)


def _read_apart(vault: Path, cache: Path, job: _Job, progress: Progress) -> Reading:
    """Read one exhibit in a process that only reads the vault."""
    with Vault.open(vault, clock=lambda: datetime.now(UTC), read_only=True) as opened:
        return _read_here(job, opened, Cache(cache), progress)


def _read_here(job: _Job, vault: Vault, cache: Cache, progress: Progress) -> Reading:
    reading = _read(job.intake, job.key, vault, cache, size=job.size, progress=progress)
    cache.put("read", reading.key, reading)
    return reading


def _read(
    intake: Intake, key: str, vault: Vault, cache: Cache, *, size: int, progress: Progress
) -> Reading:
    counted = Within(progress, size)
    kind = _kind(intake, vault)
    about = (key, intake.exhibit, intake.path, kind or "unknown")
    reading = _read_kind(about, intake, vault, cache, size=size, progress=counted)
    counted.done()
    return reading


def _kind(intake: Intake, vault: Vault) -> str | None:
    with vault.open_object(intake.exhibit) as stream:
        head = stream.read(HEAD)
    return _mapped_kind(intake) or intake.kind or detect(head, intake.path)


def _read_kind(
    about: tuple[str, str, str, str],
    intake: Intake,
    vault: Vault,
    cache: Cache,
    *,
    size: int,
    progress: Progress,
) -> Reading:
    key, exhibit, _, kind = about
    if kind in LOG_KINDS:
        with (
            vault.open_object(exhibit) as stream,
            LakeWriter(lake_folder(cache, key), exhibit, resumes=True) as writer,
            EventWriter(events_folder(cache, key), exhibit) as events,
        ):
            take_over(writer, intake, vault, cache)
            log = read_log(
                stream,
                intake,
                writer,
                size=size,
                progress=progress,
                events=events,
                resumes=True,
            )
        note_stretches(key, intake, vault, cache)
        return Reading(*about, log=log)
    if kind == "zip":
        return _read_archive(about, intake, vault, cache, size=size)
    if kind in HISTORIES:
        return Reading(*about, table=read_history(vault.read(exhibit), intake, kind))
    if kind == "eml":
        with vault.open_object(exhibit) as stream:
            document = read_file(stream, intake, kind)
        return Reading(
            *about, document=document, table=read_history(vault.read(exhibit), intake, kind)
        )
    if kind in DOCUMENT_KINDS or _claims_to_be_text(intake.path):
        with vault.open_object(exhibit) as stream:
            return Reading(*about, document=read_file(stream, intake, kind))
    raw = vault.read(exhibit)
    if kind == "table" and intake.mapping:
        return Reading(*about, table=shielded(read_table(raw, intake), shield_of(vault)))
    return Reading(*about, problems=(_unread(intake, kind, raw),))


def shield_of(vault: Vault) -> bytes:
    """Give the key under which the case of a vault keeps cards and telephone numbers."""
    return case_key(vault.root.parent)


def _mapped_kind(intake: Intake) -> str | None:
    if intake.mapping is None:
        return None
    return "csv" if intake.mapping.is_log else "table"


def _read_archive(
    about: tuple[str, str, str, str], intake: Intake, vault: Vault, cache: Cache, *, size: int
) -> Reading:
    """Read documents of an archive into claims, and its logs into the lake."""
    key, exhibit, _, kind = about
    with vault.open_object(exhibit) as stream:
        document = read_file(stream, intake, kind)
    if not any(problem.kind == LOG_INSIDE for problem in document.problems):
        return Reading(*about, document=document)
    with (
        vault.open_object(exhibit) as stream,
        LakeWriter(lake_folder(cache, key), exhibit) as writer,
        EventWriter(events_folder(cache, key), exhibit) as events,
    ):
        log = read_log(stream, intake, writer, size=size, is_mixed=True, events=events)
    told = tuple(p for p in document.problems if p.kind != LOG_INSIDE)
    return Reading(*about, document=replace(document, problems=told), log=log)


def _claims_to_be_text(path: str) -> bool:
    return path.lower().endswith((".txt", ".html", ".htm"))


def _unread(intake: Intake, kind: str, raw: bytes) -> Problem:
    if not raw:
        return Problem("empty", intake.path, "the file is empty", "ask for it again")
    if kind == "table":
        message = "a table whose headings nobody has explained"
        remedy = "give its [mappings.NAME] and mapping = NAME in case.toml"
        return Problem("no-mapping", intake.path, message, remedy)
    message = "no reader knows this kind of file; it is sealed and left unread"
    return Problem(
        "unknown-kind", intake.path, message, "state its kind in case.toml, or convert it"
    )
