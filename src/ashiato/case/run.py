"""`ashiato run`: seal what is new, redo what depends on it, write the dossier."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from ashiato.case.cache import Cache, code_digest
from ashiato.case.folder import Folder, check_writable
from ashiato.case.sealing import Sealed, known_on, received, seal_new
from ashiato.case.sensitive import sensitive_values
from ashiato.core.assessed import AssessedCase
from ashiato.core.canonical import canonical_json, content_id
from ashiato.core.confinement import allowing_unconfined, missing
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Exhibit, Problem
from ashiato.core.progress import Progress
from ashiato.core.records import Sighting
from ashiato.core.time import format_instant
from ashiato.report import write_dossier
from ashiato.vault import Vault

Clock = Callable[[], datetime]
NO_SANDBOX = "no-sandbox"
"""Kind of the decision to read without the sandbox, and of the problem that tells of it."""
PARTS = (
    "core", "knowledge", "engine", "vault", "read", "trace", "hunt", "weigh", "report", "case",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: the answer, where the dossier is, whether anything changed.

    ``case`` carries no sightings, which may be millions and stand in the dossier: `load_assessed`.
    """

    case: AssessedCase
    dossier: Path
    new: tuple[Exhibit, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """The sightings of an answer, kept apart from it."""

    sightings: tuple[Sighting, ...]


def open_vault(folder: Folder, clock: Clock, *, read_only: bool = False) -> Vault:
    """Open the case's vault, making it where there is none yet.

    Raises:
        BadInput: the case cannot be written. IntegrityFailure: the log is damaged.
        CaseBusy: another run holds it.

    """
    if folder.vault.exists():
        return Vault.open(folder.vault, clock=clock, read_only=read_only)
    check_writable(folder)
    return Vault.create(folder.vault, clock=clock)


def run(
    folder: Folder,
    *,
    clock: Clock,
    progress: Progress,
    actor: str = "ashiato run",
    as_known_on: datetime | None = None,
    no_sandbox: bool = False,
) -> Outcome:
    """Answer the case's questions from its evidence and write the dossier.

    With ``as_known_on`` only what the investigation had received by then counts, and the dossier
    goes beside the present one. With ``no_sandbox`` hostile formats are read even where this
    system cannot confine their parsers: that is logged, and a problem of the answer.

    Raises:
        BadInput: case.toml or a file of evidence/ cannot be used; whatever could be sealed was.

    """
    check_writable(folder)
    settings = folder.settings()
    with open_vault(folder, clock) as vault:
        sealed = seal_new(folder, vault, settings, actor=actor, progress=progress)
        _refuse(sealed)
        unconfined = _insist(vault, actor) if no_sandbox else ()
        exhibits, later = known_on(current(vault), settings, as_known_on)
        out = dossier_folder(folder, as_known_on)
        state = _state(folder, vault, exhibits, as_known_on, barred="" if unconfined else missing())
        cache = Cache(folder.cache)
        unchanged = _unchanged(cache, state, out)
        if unchanged is not None:
            unchanged = replace(unchanged, sensitive=sensitive_values(exhibits, settings, vault))
            return Outcome(unchanged, out, sealed.new, changed=False)
        left_out = (*unconfined, *(_later(e, as_known_on) for e in later if as_known_on))
        # spaCy and DuckDB take a second to load: only where there is work for them
        from ashiato.case.analysis import analyse  # noqa: PLC0415
        from ashiato.case.resolving import CaseResolver  # noqa: PLC0415

        with allowing_unconfined() if unconfined else nullcontext():
            assessed = analyse(
                settings, exhibits, vault, cache, progress,
                as_known_on=as_known_on, left_out=left_out,
            )  # fmt: skip
            progress.start("writing the dossier", 1, "files")
            beside = {"custody.json": _custody(vault)}
            write_dossier(assessed, out, resolver=CaseResolver(vault), beside=beside)
        light = replace(assessed, sightings=())
        cache.put("assessed", state, replace(light, sensitive=()))  # the vault alone holds them
        cache.put("sightings", state, Seen(assessed.sightings))
        cache.keep_note(f"run-{out.name}", {"state": state, "files": _stamps(out)})
        progress.done()
    return Outcome(light, out, sealed.new, changed=True)


def current(vault: Vault) -> tuple[Exhibit, ...]:
    """Give the exhibits that count: of those under one path, the one sealed last."""
    return vault.exhibits()


def dossier_folder(folder: Folder, as_known_on: datetime | None) -> Path:
    """Where the dossier goes: ``dossier``, or beside it for a past day."""
    if as_known_on is None:
        return folder.dossier
    day = format_instant(as_known_on).replace(":", "")
    return folder.dossier.with_name(f"dossier-{day}")


def _insist(vault: Vault, actor: str) -> tuple[Problem, ...]:
    """Log that parsers run without the sandbox, where there is none, and say so in the answer."""
    if not (lacking := missing()):
        return ()  # where there is a sandbox it is used
    body = {"lacking": lacking}
    if not any(d.kind == NO_SANDBOX and d.body == body for d in vault.decisions()):
        vault.decide(NO_SANDBOX, body, actor=actor, reason="--no-sandbox")
    message = f"parsers of hostile formats ran without the sandbox: {lacking}"
    return (Problem(NO_SANDBOX, "", message, "run the case on a system that has what is lacking"),)


def _refuse(sealed: Sealed) -> None:
    if not sealed.refused:
        return
    first, more = sealed.refused[0], len(sealed.refused) - 1
    if more:
        problem = f"{first.problem} (and {more} more files like it)"
        raise BadInput(problem, path=first.path, place=first.place, remedy=first.remedy)
    raise first


def _state(
    folder: Folder,
    vault: Vault,
    exhibits: tuple[Exhibit, ...],
    day: datetime | None,
    *,
    barred: str,
) -> str:
    toml = sha256(folder.toml.read_bytes()).hexdigest()
    held = [(e.path, e.sha256) for e in exhibits]
    decisions = [(d.kind, d.body, d.actor, d.reason) for d in vault.decisions()]
    return content_id([code_digest(*PARTS), toml, held, decisions, day, barred], 32)


def _stamps(out: Path) -> dict[str, list[int]]:
    found = {p.relative_to(out).as_posix(): p.stat() for p in out.rglob("*") if p.is_file()}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in found.items()}


def _unchanged(cache: Cache, state: str, out: Path) -> AssessedCase | None:
    note = cache.note(f"run-{out.name}") or {}
    if note.get("state") != state or not out.is_dir() or note.get("files") != _stamps(out):
        return None
    return cache.get("assessed", state, AssessedCase)


def _later(exhibit: Exhibit, day: datetime | None) -> Problem:
    shown = format_instant(day) if day else ""
    message = f"received after {shown}: left out of this replay"
    return Problem("received-later", exhibit.path, message, "replay a later day to include it")


def _custody(vault: Vault) -> bytes:
    """Write what alone may tell log positions and sealing times."""
    checkpoint = vault.checkpoint()
    body = {
        "schema": "ashiato.custody/1",
        "checkpoint": {"size": checkpoint.size, "root": checkpoint.root},
        "events": vault.events(),
    }
    return canonical_json(body) + b"\n"


def load_assessed(folder: Folder, *, clock: Clock) -> AssessedCase:
    """Give the answer of the last run as it was written.

    Raises:
        BadInput: the case was not run yet, or has changed since.

    """
    settings = folder.settings()
    remedy = f"run `ashiato run {folder.root}`"
    if not folder.vault.exists():
        raise BadInput("was not run yet", path=str(folder.root), remedy=remedy)
    with open_vault(folder, clock, read_only=True) as vault:
        exhibits, _ = known_on(current(vault), settings, None)
        states = {_state(folder, vault, exhibits, None, barred=b) for b in (missing(), "")}
        sensitive = sensitive_values(exhibits, settings, vault)
    cache = Cache(folder.cache)
    noted = (cache.note(f"run-{folder.dossier.name}") or {}).get("state")
    state = min(states, key=lambda each: (each != noted, each))
    found, seen = cache.get("assessed", state, AssessedCase), cache.get("sightings", state, Seen)
    if found is None or seen is None:
        raise BadInput("has changed since its last run", path=str(folder.root), remedy=remedy)
    return replace(found, sightings=seen.sightings, sensitive=sensitive)


def last_answer(folder: Folder, vault: Vault) -> AssessedCase | None:
    """Give the answer that stands in ``dossier/``, whatever was decided since; no sightings."""
    cache = Cache(folder.cache)
    state = (cache.note(f"run-{folder.dossier.name}") or {}).get("state", "")
    found = cache.get("assessed", str(state), AssessedCase)
    if found is None:
        return None
    return replace(found, sensitive=sensitive_values(found.exhibits, folder.settings(), vault))


__all__ = ["Outcome", "last_answer", "load_assessed", "open_vault", "received", "run"]
