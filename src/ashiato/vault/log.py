"""The append-only log: frames on disk, the events they hold, and the Merkle tree over them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ashiato.core.canonical import canonical_json
from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.vault.checkpoints import Checkpoint, Checkpoints
from ashiato.vault.custody import Custody, Event, decode
from ashiato.vault.disk import Disk
from ashiato.vault.frames import MAX_PAYLOAD, State, frame, parse
from ashiato.vault.merkle import Tree, leaf_hash

SEGMENT = "0001.seg"
"""The first segment; later ones (rotation by size) go on counting."""


@dataclass(slots=True)
class Log:
    """The entries that read well, and what is wrong with what follows them (empty: nothing)."""

    path: Path
    custody: Custody = field(default_factory=Custody)
    tree: Tree = field(default_factory=Tree)
    end: int = 0
    torn: bytes = b""
    damage: str = ""

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.tree.size

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Give size and root of the log, or of its first ``size`` entries."""
        width = self.size if size is None else size
        return Checkpoint(width, self.tree.root(width).hex())

    def take(self, event: Event, payload: bytes) -> None:
        """Replay one entry; `ValueError` where it does not belong here."""
        self.custody.add(event)
        self.tree.append(leaf_hash(payload))


def load(path: Path, disk: Disk) -> Log:
    """Read the log as far as it can be trusted; damage is described, never raised."""
    log = Log(path)
    try:
        data = disk.contents(path)
    except OSError as error:
        log.damage = f"the log {path} cannot be read ({error.strerror}): no entry is known"
        return log
    segment = parse(data)
    log.end = segment.end
    for payload in segment.payloads:
        try:
            log.take(decode(payload), payload)
        except ValueError as error:
            log.damage = _damage(log, f"does not belong there: {error}")
            return log
    if segment.state is State.TORN:
        log.torn = data[segment.end :]
    if segment.state is State.DAMAGED:
        log.damage = _damage(log, f"is damaged at byte {segment.end}")
    return log


def _damage(log: Log, what: str) -> str:
    unaffected = f"entries 0 to {log.size - 1} are unaffected" if log.size else "it is the first"
    return f"entry {log.size} of {log.path} {what}; {unaffected}"


def compare(log: Log, stored: Checkpoints, newest: int) -> str:
    """Compare the log with the newest checkpoint beside it; say what is wrong, or nothing."""
    if newest > log.size:
        return f"the log {log.path} has {log.size} entries, its checkpoint speaks of {newest}"
    if newest and log.checkpoint(newest) != stored.read(newest):
        return f"the first {newest} entries of {log.path} are not those of the stored checkpoint"
    return ""


def append(log: Log, events: Sequence[Event], file: int, disk: Disk) -> None:
    """Write entries at the end and return when they would survive a power cut.

    Raises:
        BadInput: an entry is too large; nothing was written.

    """
    payloads = [canonical_json(event) for event in events]
    for event, payload in zip(events, payloads, strict=True):
        if len(payload) > MAX_PAYLOAD:
            raise BadInput(
                f"entry {event.seq} has {len(payload)} bytes, a log entry at most {MAX_PAYLOAD}",
                remedy="seal large content as an exhibit and refer to it by its hash",
            )
    data = b"".join(map(frame, payloads))
    disk.write(file, data)
    disk.sync_data(file)
    log.end += len(data)
    for event, payload in zip(events, payloads, strict=True):
        log.take(event, payload)


def require_whole(log: Log, stored: Checkpoints, newest: int) -> None:
    """Refuse a log that is not what was acknowledged.

    Raises:
        IntegrityFailure: names the entry, what is unaffected, and the remedy.

    """
    if problem := log.damage or compare(log, stored, newest):
        raise IntegrityFailure(
            f"{problem}; change nothing, run `ashiato verify`, compare with a checkpoint kept "
            "elsewhere, and restore the vault from a copy"
        )
