import errno
import os
import stat
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.vault.conftest import NOON, Case, noon

from ashiato.core.errors import BadInput, CaseBusy, IntegrityFailure
from ashiato.core.evidence import Exhibit
from ashiato.vault import Sealing, Submission, Vault
from ashiato.vault.disk import Disk


@pytest.fixture
def vault(case: Case) -> Vault:
    return Vault.create(case.root, clock=noon)


def test_a_sealed_file_is_kept_verbatim_and_read_only(vault: Vault, case: Case) -> None:
    exhibit = case.seal(vault, "evidence/a.txt", b"as received\r\n")

    assert vault.read(exhibit.sha256) == b"as received\r\n"
    assert stat.S_IMODE(vault.path_of(exhibit.sha256).stat().st_mode) == 0o400
    assert vault.path_of(exhibit.sha256).parent.name == exhibit.sha256[:2]


def test_a_custody_event_tells_who_what_when_and_why(vault: Vault, case: Case) -> None:
    case.seal(vault, "evidence/a.txt", b"x")
    vault.checkpoint()
    case.seal(vault, "evidence/b.txt", b"yy")

    assert vault.events()[1] == Sealing(
        seq=1,
        actor="ito",
        exhibit=sha256(b"yy").hexdigest(),
        size=2,
        name="evidence/b.txt",
        source="kiosk",
        known_from=NOON,
        sealed_at=NOON,
        reason="handed in",
        checkpoint=1,
    )


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    case = Case(tmp_path_factory.mktemp("case"))
    with Vault.create(case.root, clock=noon) as vault:
        exhibit = case.seal(vault, "x.bin", data)

        assert (vault.read(exhibit.sha256), exhibit.size) == (data, len(data))


def test_known_bytes_are_logged_again_and_stored_once(vault: Vault, case: Case) -> None:
    first = case.seal(vault, "a.txt", b"same")
    again = case.seal(vault, "copy.txt", b"same")

    assert first.sha256 == again.sha256
    assert [e.path for e in vault.exhibits()] == ["a.txt", "copy.txt"]
    assert vault.verify().exhibits == 1
    assert len(vault.events()) == 2


def test_a_corrected_file_is_in_force_and_the_earlier_one_stays_readable(
    vault: Vault, case: Case
) -> None:
    old = case.seal(vault, "a.txt", b"old")
    new = case.seal(vault, "a.txt", b"new")

    assert vault.exhibits() == (new,)
    assert vault.read(old.sha256) == b"old"


def test_the_time_of_receipt_is_kept_as_told_and_not_lost_by_sealing_again(
    vault: Vault, case: Case
) -> None:
    told = NOON - timedelta(days=3)
    path = case.file("a.txt", b"x")
    vault.seal(path, name="a.txt", source="s", known_from=told, actor="ito", reason="r")
    again = vault.seal(path, name="a.txt", source="s", known_from=None, actor="ito", reason="r")

    assert again == Exhibit(sha256(b"x").hexdigest(), 1, "a.txt", told)


def test_exhibits_do_not_depend_on_the_order_of_adding(tmp_path: Path) -> None:
    listings = []
    for number, order in enumerate((("a", "b", "c"), ("c", "a", "b"))):
        case = Case(tmp_path / str(number))
        case.folder.mkdir()
        with Vault.create(case.root, clock=noon) as vault:
            for name in order:
                case.seal(vault, name, name.encode())
            listings.append(vault.exhibits())

    assert listings[0] == listings[1]


def test_a_reopened_vault_says_the_same(filled: Case) -> None:
    with filled.open() as first:
        said = (first.exhibits(), first.events(), first.decisions())
    with filled.open(read_only=True) as second:
        assert (second.exhibits(), second.events(), second.decisions()) == said


def test_a_batch_goes_on_past_what_cannot_be_sealed(vault: Vault, case: Case) -> None:
    good = [Submission(case.file(n, n.encode()), n, "s") for n in ("a", "b")]
    bad = Submission(case.folder / "gone", "gone", "s")
    refused: list[Submission] = []
    sealed = vault.seal_many(
        [good[0], bad, good[1]],
        actor="ito",
        reason="r",
        refused=lambda submission, _: refused.append(submission),
    )

    assert [e.path for e in sealed] == ["a", "b"]
    assert refused == [bad]


def test_without_a_taker_the_refusal_is_raised_after_the_rest_was_kept(
    vault: Vault, case: Case
) -> None:
    good = Submission(case.file("a", b"a"), "a", "s")
    sealed = vault.seal_many(
        [good, Submission(case.folder / "gone", "gone", "s")], actor="ito", reason="r"
    )

    assert next(sealed).path == "a"
    with pytest.raises(BadInput, match="gone"):
        next(sealed)


def test_more_than_one_batch_is_sealed_whole(
    vault: Vault, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ashiato.vault.vault.BATCH_FILES", 10)
    monkeypatch.setattr("ashiato.vault.vault.BATCH_BYTES", 15)
    waiting = [Submission(case.file(f"{n:03}", b"%d" % n), f"{n:03}", "s") for n in range(45)]
    sealed = list(vault.seal_many(waiting, actor="ito", reason="r"))

    assert [e.path for e in sealed] == [w.name for w in waiting]
    assert vault.verify().is_intact


def directory(case: Case) -> Path:
    (case.folder / "folder").mkdir()
    return case.folder / "folder"


def fifo(case: Case) -> Path:
    os.mkfifo(case.folder / "pipe")
    return case.folder / "pipe"


def link_outside(case: Case) -> Path:
    (case.folder.parent / "secret").write_bytes(b"not of this case")
    (case.folder / "link").symlink_to(case.folder.parent / "secret")
    return case.folder / "link"


def link_loop(case: Case) -> Path:
    (case.folder / "loop").symlink_to("loop")
    return case.folder / "loop"


def inside_the_vault(case: Case) -> Path:
    return case.segment


@pytest.mark.parametrize(
    "make", [directory, fifo, link_outside, link_loop, inside_the_vault, lambda c: c.folder / "no"]
)
def test_what_is_no_evidence_file_is_refused_by_name(
    vault: Vault, case: Case, make: Callable[[Case], Path]
) -> None:
    path = make(case)
    with pytest.raises(BadInput) as caught:
        vault.seal(path, name="x", source="s", known_from=None, actor="ito", reason="r")

    assert caught.value.path == str(path)
    assert caught.value.remedy
    assert vault.events() == ()


def test_a_link_within_the_case_is_followed(vault: Vault, case: Case) -> None:
    case.file("real", b"here")
    (case.folder / "link").symlink_to("real")
    exhibit = vault.seal(
        case.folder / "link", name="link", source="s", known_from=None, actor="ito", reason="r"
    )

    assert vault.read(exhibit.sha256) == b"here"


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up", "a//b", "", "a/../b", "nul\0", "bad\udcff"]
)
def test_a_name_that_is_no_path_in_the_case_is_refused(vault: Vault, case: Case, name: str) -> None:
    path = case.file("a", b"a")
    with pytest.raises(BadInput):
        vault.seal(path, name=name, source="s", known_from=None, actor="ito", reason="r")


def test_a_time_without_a_zone_and_a_blank_reason_are_refused(vault: Vault, case: Case) -> None:
    path, naive = case.file("a", b"a"), NOON.replace(tzinfo=None)
    with pytest.raises(BadInput, match="zone"):
        vault.seal(path, name="a", source="s", known_from=naive, actor="ito", reason="r")
    with pytest.raises(BadInput, match="reason"):
        vault.seal(path, name="a", source="s", known_from=None, actor="ito", reason=" ")


class MeddlingDisk(Disk):
    """Changes the evidence while it is being read."""

    def __init__(self, meddle: Callable[[], None]) -> None:
        self.meddle: Callable[[], None] | None = meddle

    def read(self, file: int, size: int) -> bytes:
        data = super().read(file, size)
        if self.meddle and data.startswith(b"evidence"):
            meddle, self.meddle = self.meddle, None
            meddle()
        return data


class SharingDisk(Disk):
    """A file system that shares blocks: whole, or (badly) without the last byte."""

    def __init__(self, lost: int) -> None:
        self.lost = lost

    def clone(self, source: int, target: int) -> bool:
        size = os.fstat(source).st_size - self.lost
        os.sendfile(target, source, 0, size)
        return True


def test_shared_blocks_are_sealed_without_a_copy(case: Case) -> None:
    with Vault.create(case.root, clock=noon, disk=SharingDisk(lost=0)) as vault:
        exhibit = case.seal(vault, "a", b"shared")

        assert vault.read(exhibit.sha256) == b"shared"


def test_what_the_disk_does_not_give_back_is_never_acknowledged(case: Case) -> None:
    with Vault.create(case.root, clock=noon, disk=SharingDisk(lost=1)) as vault:
        with pytest.raises(BadInput, match="nothing was kept"):
            case.seal(vault, "a", b"shared")

        assert vault.verify().is_intact
        assert vault.events() == ()


def test_memory_does_not_grow_with_the_file(vault: Vault, case: Case) -> None:
    path = case.file("big", bytes(24 << 20))
    tracemalloc.start()
    vault.seal(path, name="big", source="s", known_from=None, actor="ito", reason="r")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 4 << 20


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def overwrite_keeping_times(path: Path) -> None:
    before = path.stat()
    path.write_bytes(b"evidencf")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path: Path) -> None:
    (path.parent / "other").write_bytes(b"evidence")
    (path.parent / "other").rename(path)


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("meddle", [grow, overwrite_keeping_times, replace, remove])
def test_a_file_that_changes_while_it_is_sealed_is_refused_and_leaves_nothing(
    case: Case, meddle: Callable[[Path], None]
) -> None:
    path = case.file("a.txt", b"evidence")
    disk = MeddlingDisk(lambda: meddle(path))
    with Vault.create(case.root, clock=noon, disk=disk) as vault:
        with pytest.raises(BadInput, match=r"a\.txt"):
            vault.seal(path, name="a.txt", source="s", known_from=None, actor="ito", reason="r")

        assert vault.events() == ()
        assert [p for p in (case.root / "objects").rglob("*") if p.is_file()] == []
        assert list((case.root / "tmp").iterdir()) == []


def test_a_second_writer_is_told_which_case_is_busy(filled: Case) -> None:
    with filled.open(), pytest.raises(CaseBusy, match=str(filled.folder)):
        filled.open()


def test_reading_needs_no_lock(filled: Case) -> None:
    with filled.open(), filled.open(read_only=True) as reader:
        assert len(reader.exhibits()) == 3


def test_a_reader_cannot_write(filled: Case) -> None:
    with filled.open(read_only=True) as reader, pytest.raises(BadInput, match="reading"):
        reader.decide("review", {}, actor="ito", reason="r")


def test_a_vault_is_made_once_and_opened_only_where_one_is(case: Case) -> None:
    with pytest.raises(BadInput, match="no vault"):
        case.open()
    Vault.create(case.root, clock=noon).close()
    with pytest.raises(BadInput, match="already"):
        Vault.create(case.root, clock=noon)


@pytest.mark.parametrize("done", [(), ("log",), ("log", "objects", "tmp", "lock")])
def test_a_making_that_was_cut_off_is_finished_by_opening(
    case: Case, done: tuple[str, ...]
) -> None:
    case.root.mkdir(parents=True)
    for name in done:
        (case.root / name).mkdir() if name != "lock" else (case.root / name).touch()

    with pytest.raises(BadInput, match="no vault"):
        case.open(read_only=True)
    with case.open() as vault:
        assert case.seal(vault, "a", b"a") in vault.exhibits()


def test_a_folder_that_holds_something_else_is_no_vault(case: Case) -> None:
    (case.root / "photos").mkdir(parents=True)

    with pytest.raises(BadInput, match="no vault"):
        case.open()
    assert [p.name for p in case.root.iterdir()] == ["photos"]


def test_a_case_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="check the path"):
        Vault.create(tmp_path / "no" / "such" / ".ashiato" / "vault", clock=noon)


class FailingDisk(Disk):
    """Fails one kind of call with one error, from the n-th on."""

    def __init__(self, call: str, error: int, after: int = 0) -> None:
        self.call, self.error, self.left = call, error, after

    def _fail(self, call: str) -> None:
        if call == self.call:
            self.left -= 1
            if self.left < 0:
                raise OSError(self.error, os.strerror(self.error))

    def make_dir(self, path: Path) -> None:
        self._fail("make_dir")
        super().make_dir(path)

    def lock(self, path: Path, *, exclusive: bool) -> int:
        self._fail("lock")
        return super().lock(path, exclusive=exclusive)

    def write(self, file: int, data: bytes) -> None:
        if self.call == "write" and self.left <= 0 and len(data) > 1:
            super().write(file, data[: len(data) // 2])
        self._fail("write")
        super().write(file, data)

    def sync(self, file: int) -> None:
        self._fail("sync")
        super().sync(file)

    def sync_data(self, file: int) -> None:
        self._fail("sync_data")
        super().sync_data(file)

    def clone(self, source: int, target: int) -> bool:  # noqa: ARG002 - no blocks to share
        return False


@pytest.mark.parametrize("call", ["make_dir", "lock"])
def test_a_place_that_cannot_be_written_is_bad_input_with_a_remedy(case: Case, call: str) -> None:
    with pytest.raises(BadInput, match="right to write"):
        Vault.create(case.root, clock=noon, disk=FailingDisk(call, errno.EROFS))


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["write", "sync", "sync_data"])
def test_after_a_failed_write_nothing_more_is_acknowledged_and_reading_goes_on(
    case: Case, call: str, error: int
) -> None:
    Vault.create(case.root, clock=noon).close()
    disk = FailingDisk(call, error, after=10_000)
    vault = Vault.open(case.root, clock=noon, disk=disk)
    kept = case.seal(vault, "kept", b"kept")
    disk.left = 0
    with pytest.raises(BadInput if error == errno.ENOSPC else IntegrityFailure):
        case.seal(vault, "lost", b"lost and longer")
    disk.left = 10_000

    with pytest.raises(IntegrityFailure, match="open the vault again"):
        case.seal(vault, "later", b"later")
    assert vault.read(kept.sha256) == b"kept"
    vault.close()
    with case.open() as again:
        assert kept in again.exhibits()
        assert case.seal(again, "later", b"later") in again.exhibits()
        assert again.verify().is_intact


def test_a_log_cut_by_a_full_disk_is_recovered_with_the_tail_kept(case: Case) -> None:
    disk = FailingDisk("write", errno.ENOSPC, after=10_000)
    vault = Vault.create(case.root, clock=noon, disk=disk)
    case.seal(vault, "kept", b"kept")
    disk.left = 1
    with pytest.raises(BadInput, match="room"):
        case.seal(vault, "cut", b"cut")
    vault.close()

    with case.open() as again:
        (_, recovery) = again.events()
        assert recovery.action == "recovered"
        assert [name.split("-")[0] for name in recovery.set_aside[1:]] == ["tail"]
        assert recovery.set_aside[0] == sha256(b"cut").hexdigest()
    with case.open() as once_more:
        assert len(once_more.events()) == 2
        assert once_more.verify().is_intact


def test_a_decision_comes_back_as_it_was_made(filled: Case) -> None:
    with filled.open() as vault:
        (made,) = vault.decisions()

        assert (made.kind, made.body) == ("review", {"claim": "c1", "to": "accepted"})
        assert made.decided_at == NOON


def test_a_decision_has_one_id_whenever_it_is_entered(vault: Vault, case: Case) -> None:
    first = vault.decide("policy", {"n": 2}, actor="ito", reason="r")
    case.seal(vault, "a", b"a")
    second = vault.decide("policy", {"n": 2}, actor="ito", reason="r")

    assert first.id == second.id
    assert first.seq != second.seq


@pytest.mark.parametrize(
    ("body", "place"),
    [({"tau": 0.5}, "body.tau"), ({"a": [{"b": 1.0}]}, "body.a.0.b"), ({"x": object()}, "plain")],
)
def test_a_decision_with_a_float_or_no_plain_data_is_refused(
    vault: Vault, body: dict[str, object], place: str
) -> None:
    with pytest.raises(BadInput, match=place):
        vault.decide("policy", body, actor="ito", reason="r")
    assert vault.events() == ()


def test_a_decision_too_large_for_the_log_is_refused_and_work_goes_on(
    vault: Vault, case: Case
) -> None:
    with pytest.raises(BadInput, match="at most"):
        vault.decide("note", {"text": "x" * (1 << 20)}, actor="ito", reason="r")

    assert case.seal(vault, "a", b"a") in vault.exhibits()


def test_the_clock_must_state_its_zone(case: Case) -> None:
    vault = Vault.create(case.root, clock=lambda: datetime(2031, 5, 1))  # noqa: DTZ001 - the point
    with pytest.raises(ValueError, match="aware"):
        case.seal(vault, "a", b"a")


def test_times_are_logged_in_utc(case: Case) -> None:
    tokyo = NOON.astimezone(datetime.strptime("+0900", "%z").tzinfo)
    with Vault.create(case.root, clock=lambda: tokyo) as vault:
        exhibit = case.seal(vault, "a", b"a")

    assert exhibit.known_from.tzinfo is UTC
