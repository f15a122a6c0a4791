"""The folders of a vault: making them durably, locking them, and what a refusal to write means."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ashiato.core.errors import AshiatoError, BadInput, CaseBusy, IntegrityFailure
from ashiato.vault.disk import Disk
from ashiato.vault.frames import MAGIC
from ashiato.vault.log import SEGMENT
from ashiato.vault.objects import Objects

FOLDERS = ("objects", "objects/sha256", "log", "checkpoints", "tmp", "quarantine")
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_PLACE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR})


def as_failure(error: OSError, root: Path) -> AshiatoError:
    """Tell what a person can mend (`BadInput`: room, rights) from a disk that fails."""
    reason = error.strerror or str(error)
    if error.errno in _NO_ROOM | _NO_PLACE:
        mend = "make room" if error.errno in _NO_ROOM else "check the path and the right to write"
        remedy = f"{mend} and run again; what was acknowledged is kept"
        return BadInput(f"the vault cannot be written: {reason}", path=str(root), remedy=remedy)
    return IntegrityFailure(
        f"writing to {root} failed: {reason}; what was acknowledged is kept, the rest is not; "
        "check the disk before going on"
    )


@contextmanager
def writable(root: Path) -> Iterator[None]:
    """Turn a failed write to the vault into an error that says what to do."""
    try:
        yield
    except OSError as error:
        raise as_failure(error, root) from error


def take_lock(root: Path, disk: Disk) -> int:
    """Take the writer's lock.

    Raises:
        CaseBusy: another process holds it.
        BadInput: the vault cannot be written.

    """
    try:
        return disk.lock(root / "lock", exclusive=True)
    except BlockingIOError as error:
        raise CaseBusy(
            f"another run is writing to the case {root.parent.parent}; wait until it has ended, or "
            "open the case for reading"
        ) from error
    except OSError as error:
        raise as_failure(error, root) from error


def make_folders(root: Path, disk: Disk) -> None:
    """Make what is missing, and sync every name on the way: a killed run may not have."""
    for folder in (root.parent, root, *(root / name for name in FOLDERS)):
        if not folder.is_dir():
            disk.make_dir(folder)
    for folder in (root.parent.parent, root.parent, root, *(root / name for name in FOLDERS)):
        disk.sync_dir(folder)


def has_parts(root: Path, disk: Disk) -> bool:
    """Whether a vault is here, even one that lost its log: something was logged or kept."""
    parts = (root / "log", root / "objects" / "sha256", root / "checkpoints")
    return any(disk.names(part) for part in parts if part.is_dir())


def require_vault(root: Path, disk: Disk, *, unfinished: bool) -> None:
    """Refuse a place without a vault (`BadInput`); its making may have been cut off."""
    mine = {"lock", *(name.split("/")[0] for name in FOLDERS)}
    begun = unfinished and root.is_dir() and set(disk.names(root)) <= mine
    if not begun and not has_parts(root, disk):
        remedy = "check the path, or make the case first"
        raise BadInput("there is no vault", path=str(root), remedy=remedy)


def finish_making(root: Path, disk: Disk) -> None:
    """Make the empty log, whole or not at all, where nothing was ever kept; else do nothing."""
    if has_parts(root, disk):
        return
    with writable(root):
        make_folders(root, disk)
        Objects(root, disk).sweep()
        temporary, path = root / "tmp" / SEGMENT, root / "log" / SEGMENT
        file = disk.create(temporary)
        disk.write(file, MAGIC)
        disk.sync(file)
        disk.close(file)
        disk.link(temporary, path)
        disk.sync_dir(path.parent)
        disk.unlink(temporary)
