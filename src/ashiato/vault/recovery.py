"""What a crash leaves half done is set aside when the vault is opened for writing, never destroyed.

Two things can be half done: the last write to the log (a torn tail, past anything acknowledged)
and an object whose log entry was not written. Both move to ``quarantine/``; whatever lies there and
is not in the log yet is then logged, so a crash during recovery loses nothing either.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from ashiato.vault.disk import Disk
from ashiato.vault.log import Log
from ashiato.vault.objects import Objects

ACTOR = "ashiato"
REASON = "an earlier run was cut off before it acknowledged what it was writing"
NAMES_AN_ENTRY = 1000
"""So many names of set-aside things go into one log entry, which has at most 1 MiB."""


def set_aside(log: Log, objects: Objects, quarantine: Path, file: int, disk: Disk) -> None:
    """Move a torn tail and objects that nobody logged out of the way."""
    objects.sweep()
    if log.torn:
        _keep_tail(log, objects.temporary(), quarantine, disk)
        disk.truncate(file, log.end)
        disk.sync(file)
        log.torn = b""
    strays = [(n, p) for n, p in objects.listed() if not _is_logged(n, p, log, objects)]
    for name, path in strays:
        disk.rename(path, quarantine / name)
    if strays:
        disk.sync_dir(
            quarantine
        )  # before the old names go: in between there may be two, never none
    for folder in sorted({path.parent for _, path in strays}):
        disk.sync_dir(folder)


def _is_logged(name: str, path: Path, log: Log, objects: Objects) -> bool:
    return name in log.custody.sizes and path == objects.path_of(name)


def _keep_tail(log: Log, temporary: Path, quarantine: Path, disk: Disk) -> None:
    name = f"tail-{log.size}-{sha256(log.torn).hexdigest()[:16]}"
    tail = disk.create(temporary)
    disk.write(tail, log.torn)
    disk.sync(tail)
    disk.close(tail)
    disk.rename(temporary, quarantine / name)
    disk.sync_dir(quarantine)


def unlogged(log: Log, quarantine: Path, disk: Disk) -> Sequence[tuple[str, ...]]:
    """List what lies in quarantine and no log entry speaks of, in portions for one entry each."""
    names = [n for n in disk.names(quarantine) if n not in log.custody.set_aside]
    return [
        tuple(names[start : start + NAMES_AN_ENTRY])
        for start in range(0, len(names), NAMES_AN_ENTRY)
    ]
