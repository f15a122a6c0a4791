"""A power cut at every moment: what was acknowledged is there, with the right bytes."""

import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.vault.conftest import noon
from tests.vault.recording import CrashState, RecordingDisk, crash_states

from ashiato.core.errors import BadInput
from ashiato.vault import Submission, Vault
from ashiato.vault.disk import Disk

FILES = {"a.txt": b"alpha" * 300, "b.txt": b"beta", "c.txt": b"", "d.txt": b"alpha" * 300}


class Killed(BaseException):
    """The process ends here."""


class KillableDisk(RecordingDisk):
    """Lets the process die before a call of the given name (its n-th)."""

    victim = ("", 0)

    def note(
        self, name: str, *paths: Path, file: int = -1, data: bytes = b"", size: int = 0
    ) -> None:
        super().note(name, *paths, file=file, data=data, size=size)
        wanted, times = self.victim
        if name == wanted:
            self.victim = (wanted, times - 1)
            if times == 1:
                raise Killed


def record(disk: RecordingDisk, evidence: Path) -> None:
    """Make a vault, seal one file, seal a batch, decide, write a checkpoint."""
    root = disk.base / "case" / ".ashiato" / "vault"
    disk.make_dir(disk.base / "case")
    disk.sync_dir(disk.base)
    with Vault.create(root, clock=noon, disk=disk) as vault:
        disk.acknowledge("created")
        work(vault, disk, evidence, list(FILES))


def work(vault: Vault, disk: RecordingDisk, evidence: Path, names: list[str]) -> None:
    waiting = [Submission(evidence / name, name, "kiosk") for name in names]
    for batch in (waiting[:1], waiting[1:]):
        for exhibit in vault.seal_many(batch, actor="ito", reason="handed in"):
            disk.acknowledge(exhibit.path)
    vault.decide("review", {"claim": "c1"}, actor="ito", reason="read it")
    disk.acknowledge("decision")
    vault.checkpoint()


def complaint(state: CrashState, base: Path) -> str:
    """Recover one crash state; say which promise is broken, or nothing."""
    state.model.materialise(base, state.names, state.kept)
    root = base / "case" / ".ashiato" / "vault"
    for path in sorted(root.glob("objects/sha256/*/*")):
        if sha256(path.read_bytes()).hexdigest() != path.name:
            return "an object has other bytes than its name says"
    promised = state.model.acknowledged
    try:
        vault = Vault.open(root, clock=noon)
    except BadInput:
        return "no vault after it was created" if promised else ""
    with vault:
        problem = broken_promise(vault, promised)
    with Vault.open(root, clock=noon) as again:
        return problem or ("" if again.events() == vault.events() else "recovered twice")


def broken_promise(vault: Vault, promised: list[str]) -> str:
    held = {e.path: vault.read(e.sha256) for e in vault.exhibits()}
    if any(held[name] != FILES[name] for name in held):
        return "an exhibit has other bytes"
    order = [e.name for e in vault.events() if e.action == "sealed"]
    if order != list(FILES)[: len(order)]:
        return "the log is no prefix of what was attempted"
    if missing := [name for name in promised if name in FILES and name not in held]:
        return f"acknowledged but lost: {missing}"
    if "decision" in promised and not vault.decisions():
        return "acknowledged but lost: the decision"
    return "; ".join(fault.message for fault in vault.verify().faults)


def complaints(disk: RecordingDisk, scratch: Path) -> Iterator[str]:
    """Try every crash of a recording."""
    for state in crash_states(disk.calls):
        base = scratch / "crash"
        base.mkdir()
        try:
            problem = complaint(state, base)
        except Exception as error:  # noqa: BLE001 - a recovery that fails is what we look for
            problem = f"recovery failed: {error!r}"
        shutil.rmtree(base)
        if problem:
            yield f"{state}: {problem}"


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in memory where there is one: the disk is modelled, and recovery needs no sync."""
    for call in ("sync", "sync_data", "sync_dir"):
        monkeypatch.setattr(Disk, call, lambda *_: None)
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it has a name of its own
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        (Path(folder) / "disk").mkdir()
        yield Path(folder)


@pytest.fixture
def evidence(scratch: Path) -> Path:
    folder = scratch / "evidence"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_power_cut_at_any_moment_loses_nothing_acknowledged(
    scratch: Path, evidence: Path
) -> None:
    disk = RecordingDisk(scratch / "disk")
    record(disk, evidence)

    assert len(disk.calls) > 50
    assert list(complaints(disk, scratch)) == []


@pytest.mark.parametrize("victim", [("link", 3), ("write", 6), ("sync_dir", 20), ("sync", 7)])
def test_a_power_cut_after_a_killed_run_loses_nothing_acknowledged(
    scratch: Path, evidence: Path, victim: tuple[str, int]
) -> None:
    disk = KillableDisk(scratch / "disk")
    disk.victim = victim
    with pytest.raises(Killed):
        record(disk, evidence)
    root = disk.base / "case" / ".ashiato" / "vault"
    (root / "lock").unlink()  # the dead process let go of it
    with Vault.open(root, clock=noon, disk=disk) as vault:
        done = {e.path for e in vault.exhibits()}
        work(vault, disk, evidence, [name for name in FILES if name not in done])

    assert list(complaints(disk, scratch)) == []


class NoSync(RecordingDisk):
    """Mutant: files are never synced."""

    def sync(self, file: int) -> None:
        pass


class NoLogSync(RecordingDisk):
    """Mutant: the log is never synced."""

    def sync_data(self, file: int) -> None:
        pass


class NoDirectorySync(RecordingDisk):
    """Mutant: directories are never synced."""

    def sync_dir(self, path: Path) -> None:
        pass


class AcknowledgeFirst(RecordingDisk):
    """Mutant: the log is synced only after the acknowledgement."""

    late: int | None = None

    def sync_data(self, file: int) -> None:
        self.late = file

    def note(
        self, name: str, *paths: Path, file: int = -1, data: bytes = b"", size: int = 0
    ) -> None:
        super().note(name, *paths, file=file, data=data, size=size)
        if self.late is not None and name == "create":
            late, self.late = self.late, None
            super().sync_data(late)


class LinkFirst(RecordingDisk):
    """Mutant: an object gets its name before its bytes are synced."""

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.late: list[int] = []

    def sync(self, file: int) -> None:
        self.late.append(self._inodes[file])

    def link(self, source: Path, target: Path) -> None:
        super().link(source, target)
        for inode in self.late:
            self.note("sync", file=inode)
        self.late.clear()


class ShortWrite(RecordingDisk):
    """Mutant: the system takes less than all of a log write, and nobody looks."""

    def write(self, file: int, data: bytes) -> None:
        super().write(file, data[:-1] if b'"seq":' in data else data)


class NoPrefixSync(RecordingDisk):
    """Mutant: the names of the objects themselves are not synced."""

    def sync_dir(self, path: Path) -> None:
        if path.parent.name != "sha256":
            super().sync_dir(path)


@pytest.mark.parametrize(
    ("mutant", "found"),
    [
        (NoSync, "other bytes"),
        (NoLogSync, "acknowledged but lost"),
        (NoDirectorySync, "no vault"),
        (NoPrefixSync, "No such file"),
        (AcknowledgeFirst, "acknowledged but lost"),
        (LinkFirst, "other bytes than its name"),
        (ShortWrite, "is damaged"),
    ],
)
def test_each_seeded_mistake_is_found(
    scratch: Path, evidence: Path, mutant: Callable[[Path], RecordingDisk], found: str
) -> None:
    disk = mutant(scratch / "disk")
    record(disk, evidence)

    assert any(found in complaint for complaint in complaints(disk, scratch))
