"""The one seam between the vault and the file system.

Everything that must survive a power cut passes through here, so that a test can record the calls
and rebuild the disk as any crash would have left it. No call here decides anything.
"""

import fcntl
import os
from pathlib import Path

FICLONE = 0x40049409
"""ioctl of linux/fs.h: let the target share the source's blocks until one of them is written."""


class Disk:
    """The file system as the vault uses it; every failure is the `OSError` of the system."""

    def make_dir(self, path: Path) -> None:
        """Make one directory, open to its owner only."""
        path.mkdir(mode=0o700)

    def create(self, path: Path, mode: int = 0o600) -> int:
        """Make a file that must not exist yet, and open it for writing."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)

    def open_append(self, path: Path) -> int:
        """Open a file whose writes all go to its end."""
        return os.open(path, os.O_WRONLY | os.O_APPEND)

    def open_read(self, path: Path) -> int:
        """Open for reading, following no link and waiting for no writer (a FIFO would hang)."""
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)

    def lock(self, path: Path, *, exclusive: bool) -> int:
        """Take the lock that dies with the process; `BlockingIOError` where another holds it.

        Writing makes the lock file where it is missing; reading needs no right to write.
        """
        flags, kind = (os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX) if exclusive else (0, fcntl.LOCK_SH)
        lock = os.open(path, flags, 0o600)
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise
        return lock

    def read(self, file: int, size: int) -> bytes:
        """Read at most ``size`` bytes; none at the end."""
        return os.read(file, size)

    def write(self, file: int, data: bytes) -> None:
        """Write all of ``data``: the system may take less at a time."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]

    def clone(self, source: int, target: int) -> bool:
        """Share the source's blocks with an empty target, where the file system can."""
        try:
            fcntl.ioctl(target, FICLONE, source)
        except OSError:
            return False
        return True

    def truncate(self, file: int, size: int) -> None:
        """Cut a file to ``size`` bytes."""
        os.ftruncate(file, size)

    def sync(self, file: int) -> None:
        """Return when the file's bytes and size would survive a power cut."""
        os.fsync(file)

    def sync_data(self, file: int) -> None:
        """Do the same without times and modes, which the log does not need."""
        os.fdatasync(file)

    def sync_dir(self, path: Path) -> None:
        """Return when the names in a directory would survive a power cut."""
        directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def close(self, file: int) -> None:
        """Close a file; a lock held on it is free."""
        os.close(file)

    def link(self, source: Path, target: Path) -> None:
        """Give a file a second name; `FileExistsError` where the name is taken."""
        os.link(source, target)

    def rename(self, source: Path, target: Path) -> None:
        """Move a file to another name."""
        source.rename(target)

    def unlink(self, path: Path) -> None:
        """Take a name away."""
        path.unlink()

    def names(self, path: Path) -> tuple[str, ...]:
        """List a directory, sorted."""
        return tuple(sorted(os.listdir(path)))  # noqa: PTH208 - names, not paths

    def stat(self, path: Path, *, follow: bool = True) -> os.stat_result:
        """Describe what a path leads to, or the link itself."""
        return path.stat(follow_symlinks=follow)

    def status(self, file: int) -> os.stat_result:
        """Describe an open file."""
        return os.fstat(file)

    def contents(self, path: Path) -> bytes:
        """Read a whole file that is known to be small."""
        file = self.open_read(path)
        try:
            size = self.status(file).st_size
            return b"".join(iter(lambda: self.read(file, size + 1), b""))
        finally:
            self.close(file)


DISK = Disk()
"""The real file system."""
