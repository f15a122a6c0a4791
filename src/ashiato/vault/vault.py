"""The vault of one case: seal, decide, read back, prove.

The order of every sealing: durable copy, re-hash, name (see `ashiato.vault.objects`), log entry,
fdatasync, acknowledge. What was acknowledged survives a kill and a power cut.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from ashiato.core.errors import AshiatoError, BadInput, IntegrityFailure
from ashiato.core.evidence import Citation, Exhibit
from ashiato.core.progress import Progress
from ashiato.vault import audit, recovery
from ashiato.vault.audit import Verification
from ashiato.vault.checkpoints import Checkpoint, Checkpoints
from ashiato.vault.custody import Decision, Event, Parsing, Recovery, Sealing, plain_body
from ashiato.vault.disk import DISK, Disk
from ashiato.vault.layout import (
    as_failure,
    finish_making,
    has_parts,
    make_folders,
    require_vault,
    take_lock,
    writable,
)
from ashiato.vault.log import SEGMENT, Log, append, load, require_whole
from ashiato.vault.objects import SILENT, Copy, Objects
from ashiato.vault.resolve import Unpacked, cited_bytes, codec_named
from ashiato.vault.submission import Submission, check, check_text

BATCH_FILES = 1024
BATCH_BYTES = 1 << 28
"""At most so much is copied between two acknowledgements; a single file may be larger."""
UNPACKED = 32
"""So many exhibits may be cited by turns without unpacking one from its start again."""

Clock = Callable[[], datetime]
Refused = Callable[[Submission, BadInput], None]


class Vault:
    """One case's exhibits, custody log and decisions. Use `create` or `open`, then ``with``.

    Writing takes a lock that dies with the process. Closing a vault that grew writes a checkpoint,
    so that whatever is cut off later is noticed.
    """

    def __init__(self, root: Path, clock: Clock, disk: Disk) -> None:
        """Keep the parts; `create` and `open` make a usable vault of them."""
        self.root, self._clock, self._disk = root, clock, disk
        self._log = Log(root / "log" / SEGMENT)
        self._objects = Objects(root, disk)
        self._checkpoints = Checkpoints(root / "checkpoints", disk)
        self._newest_checkpoint = 0
        self._lock: int | None = None
        self._file: int | None = None
        self._failure = ""
        self._cause: OSError | None = None
        self._unpacked: dict[str, Unpacked] = {}

    @classmethod
    def create(cls, root: Path, *, clock: Clock, disk: Disk = DISK) -> Self:
        """Make an empty vault at ``root`` (CASE/.ashiato/vault) and open it for writing.

        Raises:
            BadInput: there is a vault already, or the place cannot be written.
            CaseBusy: another run is making one.

        """
        with writable(root):
            make_folders(root, disk)
        if has_parts(root, disk):
            raise BadInput("there is a vault already", path=str(root), remedy="open it")
        return cls.open(root, clock=clock, disk=disk)

    @classmethod
    def open(cls, root: Path, *, clock: Clock, read_only: bool = False, disk: Disk = DISK) -> Self:
        """Open a vault; what a crash left half done is set aside and logged.

        Reading needs neither the lock nor the right to write, and sees the log up to its last
        whole entry.

        Raises:
            BadInput: there is no vault, or it cannot be written.
            CaseBusy: another run is writing to this case.
            IntegrityFailure: the log is not what was acknowledged; use `verify` to see all of it.

        """
        require_vault(root, disk, unfinished=not read_only)
        vault = cls(root, clock, disk)
        if read_only:
            vault._load()
            return vault
        vault._lock = take_lock(root, disk)
        try:
            vault._prepare()
        except BaseException:
            vault._release()
            raise
        return vault

    def _load(self) -> None:
        # Checkpoints first: a writer may add to both while a reader looks.
        self._newest_checkpoint = max(self._checkpoints.sizes(), default=0)
        self._log = load(self.root / "log" / SEGMENT, self._disk)
        require_whole(self._log, self._checkpoints, self._newest_checkpoint)

    def _prepare(self) -> None:
        """Make durable what is there, set aside what is half done, and log that."""
        finish_making(self.root, self._disk)
        self._load()
        quarantine = self.root / "quarantine"
        with writable(self.root):
            make_folders(self.root, self._disk)
            self._file = self._disk.open_append(self._log.path)
            self._disk.sync(self._file)  # a killed run may have left entries only in memory
            recovery.set_aside(self._log, self._objects, quarantine, self._file, self._disk)
            for names in recovery.unlogged(self._log, quarantine, self._disk):
                self._append([self._recovery(names)])

    def _recovery(self, names: tuple[str, ...]) -> Recovery:
        return Recovery(
            seq=self._log.size,
            actor=recovery.ACTOR,
            set_aside=names,
            recovered_at=self._now(),
            reason=recovery.REASON,
            checkpoint=self._newest_checkpoint,
        )

    def close(self) -> None:
        """Write a checkpoint if the log grew, and let go of the lock."""
        if self._lock is None:
            return
        try:
            if not self._failure and self._log.size > self._newest_checkpoint:
                self.checkpoint()
        finally:
            self._release()

    def _release(self) -> None:
        for file in (self._file, self._lock):
            if file is not None:
                self._disk.close(file)
        self._file = self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def seal(
        self,
        path: Path,
        *,
        name: str,
        source: str,
        known_from: datetime | None,
        actor: str,
        reason: str,
        progress: Progress = SILENT,
    ) -> Exhibit:
        """Take one file into custody; when this returns, its bytes and its entry are durable.

        Raises:
            BadInput: the file cannot be sealed (it names the file), or the disk is full.
            IntegrityFailure: the disk failed, or the stored object of that hash is damaged.

        """
        submission = Submission(path, name, source, known_from)
        (exhibit,) = self.seal_many([submission], actor=actor, reason=reason, progress=progress)
        return exhibit

    def seal_many(
        self,
        submissions: Iterable[Submission],
        *,
        actor: str,
        reason: str,
        progress: Progress = SILENT,
        refused: Refused | None = None,
    ) -> Iterator[Exhibit]:
        """Take files into custody, a batch at a time; an exhibit is given once it is durable.

        A file that cannot be sealed goes to ``refused`` and the rest goes on; without ``refused``
        its `BadInput` is raised once the rest of its batch was given. Other errors as in `seal`.
        """
        check_text(actor, "actor")
        check_text(reason, "reason")
        waiting = list(submissions)
        progress.start("sealing", sum(map(_size_hint, waiting)), "bytes")
        try:
            for batch in _batches(waiting):
                yield from self._seal_batch(batch, (actor, reason), progress, refused)
        finally:
            progress.done()

    def _seal_batch(
        self,
        batch: Sequence[Submission],
        by: tuple[str, str],
        progress: Progress,
        refused: Refused | None,
    ) -> Iterator[Exhibit]:
        problems: list[BadInput] = []
        with self._writing():
            kept = self._keep(batch, progress, refused or (lambda _, e: problems.append(e)))
            sealings = self._commit(kept, *by)
        yield from (sealing.as_exhibit for sealing in sealings)
        if problems:
            raise problems[0]

    def _keep(
        self, batch: Sequence[Submission], progress: Progress, refuse: Refused
    ) -> list[tuple[Submission, Copy]]:
        """Copy all, then settle all: one commit of the file system then carries many files."""
        copies, kept = [], []
        for submission in batch:
            with _refusing(submission, refuse):
                check(submission)
                copies.append((submission, self._objects.copy(submission.path, progress)))
        for submission, copy in copies:
            with _refusing(submission, refuse):
                self._objects.settle(copy)
                kept.append((submission, copy))
        return kept

    def _commit(
        self, kept: Sequence[tuple[Submission, Copy]], actor: str, reason: str
    ) -> list[Sealing]:
        copies = [copy for _, copy in kept]
        if not copies:
            return []
        self._objects.publish(copies)
        now, sealings = self._now(), []
        for seq, (submission, copy) in enumerate(kept, self._log.size):
            held = self._log.custody.known_from(submission.name, copy.sha256)
            sealings.append(
                Sealing(
                    seq=seq,
                    actor=actor,
                    exhibit=copy.sha256,
                    size=copy.size,
                    name=submission.name,
                    source=submission.source,
                    known_from=(submission.known_from or held or now).astimezone(UTC),
                    sealed_at=now,
                    reason=reason,
                    checkpoint=self._newest_checkpoint,
                )
            )
        self._append(sealings)
        self._objects.discard([copy.temporary for copy in copies])
        return sealings

    def decide(self, kind: str, body: Mapping[str, object], *, actor: str, reason: str) -> Decision:
        """Log a person's decision; when this returns it is durable.

        Raises:
            BadInput: the body holds a float (write it as text or in whole units) or no plain data.

        """
        for text, what in ((kind, "kind"), (actor, "actor"), (reason, "reason")):
            check_text(text, what)
        decision = Decision(
            seq=self._log.size,
            actor=actor,
            kind=kind,
            body=plain_body(body),
            decided_at=self._now(),
            reason=reason,
            checkpoint=self._newest_checkpoint,
        )
        with self._writing():
            self._append([decision])
        return decision

    def parsed(
        self, exhibit: str, *, parser: str, version: str, ending: str, reason: str, actor: str
    ) -> None:
        """Log how a parser ended on an exhibit, unless the log says just that already.

        Raises:
            BadInput: the vault is open for reading only, or a text cannot be logged.
            IntegrityFailure: no such exhibit was sealed.

        """
        texts = {"parser": parser, "version": version, "ending": ending, "actor": actor}
        for what, text in texts.items():
            check_text(text, what)
        self.path_of(exhibit)
        event = Parsing(
            seq=self._log.size,
            actor=actor,
            exhibit=exhibit,
            parser=parser,
            version=version,
            ending=ending,
            parsed_at=self._now(),
            reason=reason,
            checkpoint=self._newest_checkpoint,
        )
        with self._writing():
            if event.outcome not in self._log.custody.parsed:
                self._append([event])

    @property
    def writes(self) -> bool:
        """Whether it is open for writing."""
        return self._lock is not None

    def checkpoint(self) -> Checkpoint:
        """Store and give size and root of the log, to be kept outside this machine too.

        Raises:
            BadInput: the log is empty: there is nothing to prove.

        """
        if not self._log.size:
            raise BadInput(
                "nothing is sealed yet", path=str(self.root), remedy="seal evidence first"
            )
        newest = self._log.checkpoint()
        with self._writing():
            self._checkpoints.write(newest, self._objects.temporary())
        self._newest_checkpoint = newest.size
        return newest

    def exhibits(self) -> tuple[Exhibit, ...]:
        """List the exhibits in force, by path then hash.

        Where a path was sealed again with other bytes, the later ones are in force; the earlier
        stay readable, and in `events`.
        """
        found = (sealing.as_exhibit for sealing in self._log.custody.current.values())
        return tuple(sorted(found, key=lambda e: (e.path, e.sha256)))

    def events(self) -> tuple[Event, ...]:
        """Give the whole log: sealings, decisions, parsings and recoveries, in order."""
        return tuple(self._log.custody.events)

    def decisions(self) -> tuple[Decision, ...]:
        """Give what persons decided, in order."""
        return tuple(e for e in self._log.custody.events if isinstance(e, Decision))

    def path_of(self, sha256: str) -> Path:
        """Give the file that holds an exhibit's bytes; it must not be changed.

        Raises:
            IntegrityFailure: no such exhibit was sealed, or its object is missing or cut short.

        """
        size = self._log.custody.sizes.get(sha256)
        if size is None:
            raise IntegrityFailure(
                f"no exhibit {sha256!r} was sealed in {self.root}: it belongs to another case, or "
                "the log is an older copy; compare it with a checkpoint kept elsewhere"
            )
        path = self._objects.path_of(sha256)
        try:
            found = self._disk.stat(path, follow=False)
        except OSError as error:
            raise IntegrityFailure(self._lost(sha256, error.strerror or "missing")) from error
        if not stat.S_ISREG(found.st_mode) or found.st_size != size:
            raise IntegrityFailure(self._lost(sha256, f"no file of {size} bytes"))
        return path

    def _lost(self, sha256: str, how: str) -> str:
        names = ", ".join(sorted(self._log.custody.names[sha256]))
        return (
            f"exhibit {names} ({sha256}) is not as it was sealed: {how}; run `ashiato verify` and "
            "restore it from a copy"
        )

    def open_object(self, sha256: str) -> BinaryIO:
        """Open an exhibit's bytes for reading and seeking; errors as in `path_of`."""
        path = self.path_of(sha256)
        try:
            return os.fdopen(self._disk.open_read(path), "rb")
        except OSError as error:
            raise IntegrityFailure(self._lost(sha256, str(error.strerror))) from error

    def read(self, sha256: str) -> bytes:
        """Read a whole exhibit and check its hash.

        Raises:
            IntegrityFailure: as in `path_of`, or the bytes are not those that were sealed.

        """
        path = self.path_of(sha256)
        try:
            data = self._disk.contents(path)
        except OSError as error:
            raise IntegrityFailure(self._lost(sha256, str(error.strerror))) from error
        if (found := hashlib.sha256(data).hexdigest()) != sha256:
            raise IntegrityFailure(self._lost(sha256, f"its bytes hash to {found}"))
        return data

    def resolve(self, citation: Citation) -> bytes:
        """Give exactly the cited bytes (`ashiato.core.evidence.Resolver`).

        Raises:
            IntegrityFailure: the exhibit is not as sealed, or has no such place.

        """
        codec = codec_named(citation)
        key = f"{citation.exhibit} {codec}"  # an archive has several members
        unpacked = self._unpacked.pop(key, None) or Unpacked(codec)
        while len(self._unpacked) >= UNPACKED:
            self._unpacked.pop(next(iter(self._unpacked)))
        self._unpacked[key] = unpacked
        with self.open_object(citation.exhibit) as exhibit:
            return cited_bytes(citation, exhibit, unpacked)

    def verify(self, *, progress: Progress = SILENT, against: str | None = None) -> Verification:
        """Check everything from the bytes on disk; see `ashiato.vault.verify`."""
        check_now = audit.verify if self._lock is None else audit.examine
        return check_now(self.root, progress=progress, against=against, disk=self._disk)

    def _now(self) -> datetime:
        now = self._clock()
        if now.tzinfo is None:
            raise ValueError("the clock must give aware instants")
        return now.astimezone(UTC)

    def _append(self, events: Sequence[Event]) -> None:
        if self._file is None:
            raise AssertionError("only a writer appends")
        append(self._log, events, self._file, self._disk)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Let one write through; after a failed one nobody knows what is on disk, so no more."""
        if self._lock is None:
            remedy = "open it for writing"
            raise BadInput("the vault is open for reading only", path=str(self.root), remedy=remedy)
        if self._failure:
            again = f"{self._failure}; open the vault again before writing more"
            raise IntegrityFailure(again) from self._cause
        try:
            yield
        except AshiatoError:
            raise
        except OSError as error:
            self._failure = f"a write to {self.root} failed: {error.strerror or error}"
            self._cause = error
            raise as_failure(error, self.root) from error
        except BaseException:
            self._failure = f"a write to {self.root} was interrupted"
            raise


@contextmanager
def _refusing(submission: Submission, refuse: Refused) -> Iterator[None]:
    try:
        yield
    except BadInput as error:
        refuse(submission, error)


def _batches(waiting: Sequence[Submission]) -> Iterator[list[Submission]]:
    batch: list[Submission] = []
    size = 0
    for submission in waiting:
        batch.append(submission)
        size += _size_hint(submission)
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _size_hint(submission: Submission) -> int:
    try:
        return submission.path.stat().st_size
    except OSError:  # the file is refused when its turn comes
        return 0
