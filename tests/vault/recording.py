"""A disk that remembers every call, and what a power cut would have left after any of them.

Files work for real in a scratch folder; beside them a model keeps, for each file and directory,
what is durable (synced) and what is only in memory, and writes any possible outcome into an empty
folder. Names and contents are independent of each other, as POSIX allows.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Literal

from ashiato.vault.disk import Disk

Kept = Literal["synced", "all", "half", "hole"]


@dataclass(frozen=True)
class Call:
    """One recorded call; ``file`` numbers the inode."""

    name: str
    paths: tuple[str, ...] = ()
    file: int = -1
    data: bytes = b""
    size: int = 0


class RecordingDisk(Disk):
    """The real disk, with every call that changes it written down in order."""

    def __init__(self, base: Path) -> None:
        self.base, self.calls = base, list[Call]()
        self._inodes: dict[int, int] = {}
        self._names: dict[str, int] = {}

    def note(
        self, name: str, *paths: Path, file: int = -1, data: bytes = b"", size: int = 0
    ) -> None:
        relative = tuple(str(path.relative_to(self.base)) for path in paths)
        self.calls.append(Call(name, relative, file, data, size))

    def acknowledge(self, what: str) -> None:
        """Write down that the caller was told that ``what`` is kept."""
        self.calls.append(Call("ack", (what,)))

    def make_dir(self, path: Path) -> None:
        super().make_dir(path)
        self.note("make_dir", path)

    def create(self, path: Path, mode: int = 0o600) -> int:
        file = super().create(path, mode)
        self._inodes[file] = self._names[str(path)] = len(self.calls)
        self.note("create", path, file=self._inodes[file])
        return file

    def open_append(self, path: Path) -> int:
        file = super().open_append(path)
        self._inodes[file] = self._names[str(path)]
        return file

    def open_read(self, path: Path) -> int:
        file = super().open_read(path)
        if str(path) in self._names:
            self._inodes[file] = self._names[str(path)]
        return file

    def write(self, file: int, data: bytes) -> None:
        super().write(file, data)
        self.note("write", file=self._inodes[file], data=data)

    def clone(self, source: int, target: int) -> bool:  # noqa: ARG002 - no blocks to share
        return False

    def truncate(self, file: int, size: int) -> None:
        super().truncate(file, size)
        self.note("truncate", file=self._inodes[file], size=size)

    def sync(self, file: int) -> None:
        self.note("sync", file=self._inodes[file])

    def sync_data(self, file: int) -> None:
        self.note("sync", file=self._inodes[file])

    def sync_dir(self, path: Path) -> None:
        self.note("sync_dir", path)

    def link(self, source: Path, target: Path) -> None:
        super().link(source, target)
        self._names[str(target)] = self._names[str(source)]
        self.note("link", source, target)

    def rename(self, source: Path, target: Path) -> None:
        super().rename(source, target)
        self._names[str(target)] = self._names.pop(str(source))
        self.note("rename", source, target)

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        del self._names[str(path)]
        self.note("unlink", path)


@dataclass
class Model:
    """What is durable and what is in memory after some calls."""

    synced: dict[int, bytes] = field(default_factory=dict)
    written: dict[int, bytes] = field(default_factory=dict)
    durable: dict[str, dict[str, int | None]] = field(default_factory=lambda: {".": {}})
    current: dict[str, dict[str, int | None]] = field(default_factory=lambda: {".": {}})
    acknowledged: list[str] = field(default_factory=list)

    def apply(self, call: Call) -> None:
        match call.name:
            case "ack":
                self.acknowledged.append(call.paths[0])
            case "write":
                self.written[call.file] += call.data
            case "truncate":
                self.written[call.file] = self.written[call.file][: call.size]
            case "sync":
                self.synced[call.file] = self.written[call.file]
            case "sync_dir":
                self.durable[call.paths[0]] = dict(self.current.get(call.paths[0], {}))
            case _:
                self._rename(call)

    def _rename(self, call: Call) -> None:
        parts = [os.path.split(path) for path in call.paths]
        places = [(folder or ".", name) for folder, name in parts]
        folder, name = places[0]
        if call.name == "make_dir":
            self.current[folder][name] = None
            self.current[call.paths[0]] = {}
            self.durable.setdefault(call.paths[0], {})
        elif call.name == "create":
            self.current[folder][name] = call.file
            self.written[call.file] = self.synced[call.file] = b""
        else:
            inode = self.current[folder][name]
            for target, new in places[1:]:
                self.current[target][new] = inode
            if call.name != "link":
                del self.current[folder][name]

    def contents(self, inode: int, kept: Kept) -> bytes:
        """Give a file's bytes if its un-synced writes were dropped, kept, torn or zero-filled."""
        synced, written = self.synced[inode], self.written[inode]
        if kept == "synced":
            return synced
        start = len(synced) if written.startswith(synced) else 0
        fresh = written[start:]
        if kept == "half":
            return written[: start + len(fresh) // 2]
        if kept == "hole":
            return written[: start + len(fresh) // 2] + bytes(len(fresh) - len(fresh) // 2)
        return written

    def materialise(self, base: Path, names: str, kept: Kept) -> None:
        """Write one possible disk into an empty folder."""
        self._fill(base, ".", self.durable if names == "synced" else self.current, kept)

    def _fill(
        self, base: Path, folder: str, tree: dict[str, dict[str, int | None]], kept: Kept
    ) -> None:
        for name, inode in sorted(tree.get(folder, {}).items()):
            path = name if folder == "." else f"{folder}/{name}"
            if inode is None:
                (base / path).mkdir()
                self._fill(base, path, tree, kept)
            else:
                (base / path).write_bytes(self.contents(inode, kept))


@dataclass(frozen=True)
class CrashState:
    """One possible disk after the first ``calls`` of a recording."""

    calls: int
    names: str
    kept: Kept
    model: Model

    def __str__(self) -> str:
        return f"after call {self.calls}, names {self.names}, contents {self.kept}"


def crash_states(calls: list[Call]) -> Iterator[CrashState]:
    """Give every prefix of a recording with its un-synced names and contents dropped or kept."""
    model = Model()
    outcomes: tuple[Kept, ...] = ("synced", "all", "half", "hole")
    for number, call in enumerate(calls, 1):
        model.apply(call)
        for names, kept in product(("synced", "all"), outcomes):
            yield CrashState(number, names, kept, model)
