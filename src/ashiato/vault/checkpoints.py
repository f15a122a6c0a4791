"""Checkpoints: the log's size and root in a note that a person can hand to somebody else.

The note is the body of a C2SP tlog-checkpoint: origin, size, base64 root, one a line. It carries no
signature yet: signing keys are a later issue, so a note found *inside* the vault proves only that
nobody forgot it when changing the log; one kept *outside* proves a rollback.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.vault.disk import Disk
from ashiato.vault.merkle import HASH_BYTES

ORIGIN = "ashiato.vault/1"
_FORMS = f"give the text of a .note file that begins with {ORIGIN!r}, or SIZE:HEXROOT"


@dataclass(frozen=True, slots=True, order=True)
class Checkpoint:
    """The first ``size`` entries of the log have this Merkle root (hex)."""

    size: int
    root: str

    @property
    def note(self) -> str:
        """The checkpoint as a C2SP note body."""
        return f"{ORIGIN}\n{self.size}\n{b64encode(bytes.fromhex(self.root)).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Read a note, or the short form ``SIZE:HEXROOT``.

    Raises:
        BadInput: it is neither, or its size is 0 (the empty log proves nothing).

    """
    try:
        size, root = _parts(text)
    except ValueError as error:
        raise BadInput(f"{text[:80]!r} is no checkpoint", remedy=_FORMS) from error
    if size < 1 or len(root) != HASH_BYTES:
        raise BadInput(f"{text[:80]!r} is no checkpoint of a log with entries", remedy=_FORMS)
    return Checkpoint(size, root.hex())


def _parts(text: str) -> tuple[int, bytes]:
    if not text.startswith(ORIGIN):
        size, root = text.strip().split(":")
        return _decimal(size), bytes.fromhex(root)
    _, size, encoded, rest = text.split("\n", 3)
    if rest and not rest.startswith("\n"):  # signature lines stand below an empty line
        raise ValueError("text between body and signatures")
    return _decimal(size), b64decode(encoded, validate=True)


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0"):
        raise ValueError(f"{text!r} is no size")
    return int(text)


class Checkpoints:
    """The notes stored beside the log, one file a size."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder, self._disk = folder, disk

    def sizes(self) -> tuple[int, ...]:
        """List the log sizes that have a note, smallest first."""
        stems = (n.removesuffix(".note") for n in self._names() if n.endswith(".note"))
        return tuple(sorted(int(s) for s in stems if s.isascii() and s.isdigit()))

    def _names(self) -> tuple[str, ...]:
        try:
            return self._disk.names(self.folder)
        except FileNotFoundError:  # a copy of a vault without checkpoints loses empty folders
            return ()

    def read(self, size: int) -> Checkpoint:
        """Read the note of the log's first ``size`` entries.

        Raises:
            IntegrityFailure: the note is no checkpoint of that size.

        """
        path = self.folder / f"{size}.note"
        try:
            found = read_checkpoint(self._disk.contents(path).decode())
        except (BadInput, OSError, UnicodeDecodeError) as error:
            raise IntegrityFailure(f"{path} cannot be read as a checkpoint: {error}") from error
        if found.size != size:
            raise IntegrityFailure(f"{path} speaks of size {found.size}, not {size}")
        return found

    def write(self, checkpoint: Checkpoint, temporary: Path) -> None:
        """Store a note so that it is there whole or not at all; an equal one may be there."""
        path = self.folder / f"{checkpoint.size}.note"
        note = self._disk.create(temporary)
        try:
            self._disk.write(note, checkpoint.note.encode())
            self._disk.sync(note)
        finally:
            self._disk.close(note)
        try:
            self._disk.link(temporary, path)
        except FileExistsError:
            self._agree(checkpoint)
        self._disk.sync_dir(self.folder)
        self._disk.unlink(temporary)

    def _agree(self, checkpoint: Checkpoint) -> None:
        if (stored := self.read(checkpoint.size)) != checkpoint:
            raise IntegrityFailure(
                f"the stored checkpoint of size {stored.size} has root {stored.root}, the log now "
                f"has {checkpoint.root}: keep both and run verify"
            )
