"""Sealed bytes on disk, named by their SHA-256 and never written again.

Publishing goes: temporary copy, fsync, re-read and re-hash, `link` (which never overwrites), fsync
of the directory. Only after that may the log speak of them (see `ashiato.vault.vault`).
"""

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.core.progress import Progress, Silent
from ashiato.vault.disk import Disk
from ashiato.vault.submission import Identity, Surroundings, changed, identity, naming, opened

CHUNK = 1 << 20
SILENT = Silent()
_READ_ONLY = 0o400


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that has no name in the store yet, and the evidence it was made from."""

    sha256: str
    size: int
    temporary: Path
    path: Path
    identity: Identity


class Objects:
    """The store ``objects/sha256/ab/<hex>`` and the ``tmp`` folder from which it is filled."""

    def __init__(self, root: Path, disk: Disk) -> None:
        self.folder, self._tmp, self._disk = root / "objects" / "sha256", root / "tmp", disk
        self._around = Surroundings.of(root)
        self._numbers = count()

    def path_of(self, digest: str) -> Path:
        """Give the place of an object, whether or not it is there."""
        return self.folder / digest[:2] / digest

    def temporary(self) -> Path:
        """Give a new name in the temporary folder."""
        return self._tmp / f"{next(self._numbers)}.part"

    def listed(self) -> Iterator[tuple[str, Path]]:
        """List name and path of everything in the store, sorted, whether or not it belongs."""
        for prefix in self._disk.names(self.folder):
            folder = self.folder / prefix
            if not stat.S_ISDIR(self._disk.stat(folder, follow=False).st_mode):
                yield prefix, folder
                continue
            yield from ((name, folder / name) for name in self._disk.names(folder))

    def copy(self, path: Path, progress: Progress) -> Copy:
        """Copy evidence, or share its blocks where the file system can; nothing is durable yet.

        Raises:
            BadInput: the evidence cannot be read; nothing is left.

        """
        temporary, digest = self.temporary(), sha256()
        with opened(path, self._around, self._disk) as source:
            with naming(path):
                before = identity(self._disk.status(source))
            target = self._disk.create(temporary, _READ_ONLY)
            try:
                shared = self._disk.clone(source, target)
                while chunk := self._read(source, path):
                    digest.update(chunk)
                    if not shared:
                        self._disk.write(target, chunk)
                    progress.advance(len(chunk))
            except BaseException:
                self._disk.unlink(temporary)
                raise
            finally:
                self._disk.close(target)
        return Copy(digest.hexdigest(), before.size, temporary, path, before)

    def settle(self, copy: Copy) -> None:
        """Make a copy durable and see that it and the evidence are still what was read.

        Raises:
            BadInput: the evidence changed meanwhile; nothing is left.

        """
        kept = self.digest(copy.temporary, durable=True)
        try:
            with naming(copy.path):
                unchanged = identity(self._disk.stat(copy.path)) == copy.identity
            if not unchanged or kept != (copy.sha256, copy.size):
                raise changed(copy.path)
        except BadInput:
            self._disk.unlink(copy.temporary)
            raise

    def _read(self, source: int, path: Path) -> bytes:
        with naming(path):
            return self._disk.read(source, CHUNK)

    def digest(
        self, path: Path, progress: Progress = SILENT, *, durable: bool = False
    ) -> tuple[str, int]:
        """Hash a stored file, syncing it before if asked: its SHA-256 (hex) and its size."""
        file, digest, size = self._disk.open_read(path), sha256(), 0
        try:
            if durable:
                self._disk.sync(file)
            while chunk := self._disk.read(file, CHUNK):
                digest.update(chunk)
                size += len(chunk)
                progress.advance(len(chunk))
        finally:
            self._disk.close(file)
        return digest.hexdigest(), size

    def publish(self, batch: Sequence[Copy]) -> None:
        """Give settled copies their names, durably; each directory is synced once.

        Raises:
            IntegrityFailure: an object of that name is there with other bytes.

        """
        fresh = [self._make_room(prefix) for prefix in sorted({s.sha256[:2] for s in batch})]
        for copy in batch:
            self._link(copy)
        for prefix in sorted({s.sha256[:2] for s in batch}):
            self._disk.sync_dir(self.folder / prefix)
        if any(fresh):
            self._disk.sync_dir(self.folder)

    def _make_room(self, prefix: str) -> bool:
        try:
            self._disk.make_dir(self.folder / prefix)
        except FileExistsError:
            return False
        return True

    def _link(self, copy: Copy) -> None:
        path = self.path_of(copy.sha256)
        try:
            self._disk.link(copy.temporary, path)
        except FileExistsError as error:
            if self.digest(path)[0] != copy.sha256:
                raise IntegrityFailure(
                    f"the stored object {copy.sha256} has other bytes than it was sealed with; "
                    "change nothing, run `ashiato verify`, restore the object from a copy"
                ) from error

    def discard(self, temporaries: Sequence[Path]) -> None:
        """Take temporary names away; the objects keep theirs."""
        for temporary in temporaries:
            self._disk.unlink(temporary)

    def sweep(self) -> None:
        """Remove the temporary files that a crash left behind."""
        self.discard([self._tmp / name for name in self._disk.names(self._tmp)])
