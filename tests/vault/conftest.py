"""What the vault's tests share: an invented case with a fixed clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ashiato.core.evidence import Exhibit
from ashiato.vault import Vault

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)


def noon() -> datetime:
    return NOON


@dataclass(frozen=True)
class Case:
    """A case folder; `seal` writes a file into it and takes it into custody."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / ".ashiato" / "vault"

    @property
    def segment(self) -> Path:
        return self.root / "log" / "0001.seg"

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def seal(self, vault: Vault, name: str, data: bytes) -> Exhibit:
        path = self.file(name, data)
        return vault.seal(
            path, name=name, source="kiosk", known_from=None, actor="ito", reason="handed in"
        )

    def open(self, *, read_only: bool = False) -> Vault:
        return Vault.open(self.root, clock=noon, read_only=read_only)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    (tmp_path / "orchid").mkdir()
    return Case(tmp_path / "orchid")


@pytest.fixture
def filled(case: Case) -> Case:
    """A closed vault with three exhibits and one decision, and its checkpoint."""
    with Vault.create(case.root, clock=noon) as vault:
        for number in range(3):
            case.seal(vault, f"evidence/{number}.txt", b"statement %d\n" % number)
        vault.decide("review", {"claim": "c1", "to": "accepted"}, actor="ito", reason="read it")
    return case


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return noon
