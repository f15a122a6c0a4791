"""A file handed in for sealing, and opening it without being led astray."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Self

from ashiato.core.errors import BadInput
from ashiato.vault.disk import Disk


@dataclass(frozen=True, slots=True)
class Submission:
    """One file to seal: where it lies, its name in the case, from whom, known since when.

    ``name`` is the path relative to the case (POSIX form); ``known_from`` an aware instant, or
    ``None`` where nobody said (the sealing time then counts).
    """

    path: Path
    name: str
    source: str
    known_from: datetime | None = None


def check(submission: Submission) -> None:
    """Refuse what could not be logged truthfully.

    Raises:
        BadInput: the name leaves the case or is no text, or the time states no zone.

    """
    path, name = str(submission.path), submission.name
    check_text(name, "name")
    check_text(submission.source, "source")
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or str(pure) != name or "\0" in name:
        raise BadInput(
            f"{name!r} is no path inside the case", path=path, remedy="name it relative to the case"
        )
    if submission.known_from is not None and submission.known_from.tzinfo is None:
        raise BadInput(
            f"known_from {submission.known_from} states no time zone",
            path=path,
            remedy="write it with Z or an offset",
        )


def check_text(text: str, what: str) -> None:
    """Refuse a field of the log that is blank or cannot be written as UTF-8 (`BadInput`)."""
    if not text.strip():
        raise BadInput(f"the {what} is blank", remedy=f"say the {what}: the log must tell")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput(f"{text!r} is not UTF-8", place=what, remedy="rename it in UTF-8") from error


@dataclass(frozen=True, slots=True)
class Identity:
    """What changes when a file is written to or replaced; its ctime cannot be set back."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


def identity(status: os.stat_result) -> Identity:
    """Take a file's identity from what the system says of it."""
    return Identity(
        status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    )


def changed(path: Path) -> BadInput:
    """Say that a file did not hold still."""
    return BadInput(
        "changed while it was being sealed; nothing was kept",
        path=str(path),
        remedy="stop what writes to it, or submit a copy",
    )


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn a failure to read evidence into `BadInput` that names the file."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = "check that the file is there and may be read"
        raise BadInput(f"cannot be read: {reason}", path=str(path), remedy=remedy) from error


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where vault and case lie, with links followed, and the case as it was named."""

    vault: Path
    case: Path
    named: Path

    @classmethod
    def of(cls, root: Path) -> Self:
        """Look around the vault at ``root`` (CASE/.ashiato/vault)."""
        real = Path(os.path.realpath(root))
        return cls(real, real.parent.parent, _absolute(root).parent.parent)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - lexically: links are the question


@contextmanager
def opened(path: Path, around: Surroundings, disk: Disk) -> Iterator[int]:
    """Open evidence for reading.

    Raises:
        BadInput: unreadable, not a regular file, part of the vault, or a link that leads out.

    """
    with naming(path):
        real = Path(os.path.realpath(path, strict=True))
        _require_evidence(path, real, around, disk.stat(real).st_mode)
        file = disk.open_read(real)
    try:
        yield file
    finally:
        disk.close(file)


def _require_evidence(path: Path, real: Path, around: Surroundings, mode: int) -> None:
    home = _home(path, around)
    if real.is_relative_to(around.vault):
        problem, remedy = "is part of the vault", "submit files from outside it"
    elif not real.is_relative_to(home):
        problem = f"a link leads out of {home} to {real}"
        remedy = "copy the file itself into the case, or submit it where it lies"
    elif stat.S_ISDIR(mode):
        problem, remedy = "is a folder", "submit the files in it"
    elif not stat.S_ISREG(mode):
        problem, remedy = "is not a regular file", "submit a copy of its bytes"
    else:
        return
    raise BadInput(problem, path=str(path), remedy=remedy)


def _home(path: Path, around: Surroundings) -> Path:
    """Give the folder that a link must not leave: the case, or that of a file from outside."""
    absolute = _absolute(path)
    if absolute.is_relative_to(around.named) or absolute.is_relative_to(around.case):
        return around.case
    return Path(os.path.realpath(absolute.parent))
