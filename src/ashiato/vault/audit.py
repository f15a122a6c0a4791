"""Check a whole vault from its bytes alone: re-read the log, re-hash every object, compare roots.

Damage is described, never raised: a person must see everything that is wrong, and what is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ashiato.core.errors import CaseBusy, IntegrityFailure
from ashiato.core.progress import Progress
from ashiato.vault.checkpoints import Checkpoint, Checkpoints, read_checkpoint
from ashiato.vault.disk import DISK, Disk
from ashiato.vault.log import SEGMENT, Log, load
from ashiato.vault.objects import SILENT, Objects

_RESTORE = "keep this vault as it is and restore the bytes from a copy"
_ROLLBACK = "find out who replaced the vault; compare it with other copies and checkpoints"


class FaultKind(StrEnum):
    """What is not as it was."""

    LOG_DAMAGED = "log-damaged"
    LOG_UNFINISHED = "log-unfinished"
    LOG_TRUNCATED = "log-truncated"
    LOG_REWRITTEN = "log-rewritten"
    ROLLED_BACK = "rolled-back"
    CHECKPOINT_UNREADABLE = "checkpoint-unreadable"
    EXHIBIT_MISSING = "exhibit-missing"
    EXHIBIT_DAMAGED = "exhibit-damaged"
    OBJECT_UNLOGGED = "object-unlogged"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: its kind, what it hits, in words, and what to do."""

    kind: FaultKind
    subject: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and found; ``unaffected`` of ``exhibits`` are as they were sealed."""

    entries: int
    root: str
    exhibits: int
    unaffected: int
    checkpoints: int
    faults: tuple[Fault, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(
    root: Path, *, progress: Progress = SILENT, against: str | None = None, disk: Disk = DISK
) -> Verification:
    """Check the vault at ``root`` without writing to it, however damaged it is.

    ``against`` is a checkpoint kept outside (note text or ``SIZE:HEXROOT``): only it can show that
    the whole vault was replaced by an older copy.

    Raises:
        BadInput: ``against`` is no checkpoint.
        CaseBusy: a run is writing; what it has not finished would look like damage.

    """
    try:
        lock = disk.lock(root / "lock", exclusive=False)
    except BlockingIOError as error:
        raise CaseBusy(f"another run is writing to {root}; verify when it has ended") from error
    except OSError:  # a copy without the lock file, or one that this user may not lock
        return examine(root, progress=progress, against=against, disk=disk)
    try:
        return examine(root, progress=progress, against=against, disk=disk)
    finally:
        disk.close(lock)


def examine(root: Path, *, progress: Progress, against: str | None, disk: Disk) -> Verification:
    """Do the work of `verify` for a caller that knows that nobody writes."""
    outside = None if against is None else read_checkpoint(against)
    stored = Checkpoints(root / "checkpoints", disk)
    sizes, log = stored.sizes(), load(root / "log" / SEGMENT, disk)
    hit = list(_exhibit_faults(log, Objects(root, disk), progress))
    faults = [
        *_log_faults(log),
        *_checkpoint_faults(log, stored, sizes),
        *_anchor_faults(log, outside),
        *hit,
    ]
    lost = {f.subject for f in hit if f.kind is not FaultKind.OBJECT_UNLOGGED}
    known = len(log.custody.sizes)
    return Verification(
        log.size,
        log.checkpoint().root,
        known,
        known - len(lost),
        len(sizes),
        tuple(sorted(faults)),
    )


def _log_faults(log: Log) -> Iterator[Fault]:
    subject = f"entry {log.size}"
    if log.damage:
        yield Fault(FaultKind.LOG_DAMAGED, subject, log.damage, _RESTORE)
    if log.torn:
        message = (
            f"the last write to {log.path} was not finished ({len(log.torn)} bytes from byte "
            f"{log.end}); the {log.size} entries before it are unaffected"
        )
        remedy = "the next run sets it aside and logs that it did"
        yield Fault(FaultKind.LOG_UNFINISHED, subject, message, remedy)


def _checkpoint_faults(log: Log, stored: Checkpoints, sizes: tuple[int, ...]) -> Iterator[Fault]:
    for size in sizes:
        try:
            yield from _disagreement(log, stored.read(size), FaultKind.LOG_TRUNCATED, "stored")
        except IntegrityFailure as error:
            subject = f"checkpoint {size}"
            yield Fault(FaultKind.CHECKPOINT_UNREADABLE, subject, str(error), _RESTORE)


def _anchor_faults(log: Log, outside: Checkpoint | None) -> Iterator[Fault]:
    if outside:
        yield from _disagreement(log, outside, FaultKind.ROLLED_BACK, "handed over")


def _disagreement(
    log: Log, checkpoint: Checkpoint, shorter: FaultKind, which: str
) -> Iterator[Fault]:
    subject = f"checkpoint {checkpoint.size}"
    if checkpoint.size > log.size:
        message = (
            f"the checkpoint {which} speaks of {checkpoint.size} entries, {log.size} are there"
        )
        yield Fault(shorter, subject, message, _ROLLBACK)
    elif checkpoint != log.checkpoint(checkpoint.size):
        message = f"the first {checkpoint.size} entries are not those of the checkpoint {which}"
        yield Fault(FaultKind.LOG_REWRITTEN, subject, message, _ROLLBACK)


def _exhibit_faults(log: Log, objects: Objects, progress: Progress) -> Iterator[Fault]:
    sizes = log.custody.sizes
    progress.start("verifying", sum(sizes.values()), "bytes")
    try:
        for digest in sorted(sizes):
            if what := _object_fault(digest, sizes[digest], objects, progress):
                kind, text = what
                names = ", ".join(sorted(log.custody.names[digest]))
                yield Fault(kind, digest, f"exhibit {names} ({digest}) {text}", _RESTORE)
        yield from _strays(log, objects)
    finally:
        progress.done()


def _object_fault(
    digest: str, size: int, objects: Objects, progress: Progress
) -> tuple[FaultKind, str] | None:
    try:
        found, length = objects.digest(objects.path_of(digest), progress)
    except FileNotFoundError:
        return FaultKind.EXHIBIT_MISSING, "is missing"
    except OSError as error:
        return FaultKind.EXHIBIT_DAMAGED, f"cannot be read: {error.strerror}"
    if (found, length) == (digest, size):
        return None
    return FaultKind.EXHIBIT_DAMAGED, f"has {length} bytes that hash to {found}, sealed were {size}"


def _strays(log: Log, objects: Objects) -> Iterator[Fault]:
    try:
        listed = list(objects.listed())
    except FileNotFoundError:  # each exhibit is reported missing; an empty vault has none
        return
    except OSError as error:
        text = f"{objects.folder} cannot be listed: {error.strerror}"
        yield Fault(FaultKind.EXHIBIT_MISSING, str(objects.folder), text, _RESTORE)
        return
    for name, path in listed:
        if name not in log.custody.sizes or path != objects.path_of(name):
            remedy = (
                "a run cut off may have left it, or somebody put it there; keep it, do not use it"
            )
            yield Fault(FaultKind.OBJECT_UNLOGGED, name, f"nobody logged {path}", remedy)
