"""Everything that can be done to a vault behind its back is found, named, and kept."""

import random
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from tests.vault.conftest import Case, noon

from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.vault import FaultKind, Vault, Verification, verify
from ashiato.vault.frames import MAGIC, State, frame, parse


def kinds(verification: Verification) -> list[FaultKind]:
    return [fault.kind for fault in verification.faults]


def object_of(case: Case, data: bytes) -> Path:
    digest = sha256(data).hexdigest()
    return case.root / "objects" / "sha256" / digest[:2] / digest


def frames_of(case: Case) -> list[bytes]:
    return [frame(payload) for payload in parse(case.segment.read_bytes()).payloads]


def test_an_untouched_vault_is_intact(filled: Case) -> None:
    found = verify(filled.root)

    assert found.is_intact
    assert (found.entries, found.exhibits, found.unaffected, found.checkpoints) == (4, 3, 3, 1)


def unreported(case: Case, data: bytes) -> bool:
    """Whether a changed log passes both `verify` and `open`."""
    case.segment.write_bytes(data)
    if not verify(case.root).is_intact:
        return False
    try:
        case.open().close()
    except IntegrityFailure:
        return False
    return True


def test_every_changed_byte_of_the_log_is_reported(filled: Case) -> None:
    data = filled.segment.read_bytes()
    end = len(MAGIC) + len(frames_of(filled)[0])
    draw = random.Random(7)  # noqa: S311 - the same places every time
    chosen = [*range(end), *draw.sample(range(end, len(data)), 200)]
    missed = [
        (place, mask)
        for place in chosen
        for mask in (0xFF, 1 << place % 8)
        if unreported(filled, data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :])
    ]

    assert missed == []


def test_every_changed_bit_of_a_frame_reads_as_damage_and_never_as_a_torn_tail() -> None:
    data = MAGIC + frame(b'{"seq":0,"x":"y"}') + frame(b'{"seq":1}')
    changed = (
        data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]
        for place in range(len(data))
        for bit in range(8)
    )

    assert {parse(each).state for each in changed} == {State.DAMAGED}


def test_every_truncation_of_a_segment_is_a_clean_prefix() -> None:
    payloads = [b'{"seq":%d}' % n for n in range(4)]
    data = MAGIC + b"".join(map(frame, payloads))

    for cut in range(len(MAGIC), len(data)):
        segment = parse(data[:cut])
        assert list(segment.payloads) == payloads[: len(segment.payloads)]
        assert segment.state is (State.WHOLE if segment.end == cut else State.TORN)


@pytest.mark.parametrize("tail", [bytes(20), b"\0\0\1", frame(b'{"seq":9}')[:-3] + bytes(3)])
def test_blocks_that_never_reached_the_disk_are_a_torn_tail(tail: bytes) -> None:
    whole = MAGIC + frame(b'{"seq":0}')

    assert parse(whole + tail).state is State.TORN


def test_a_frame_is_never_empty_nor_above_its_bound() -> None:
    for payload in (b"", b"x" * (1 << 20 | 1)):
        with pytest.raises(ValueError, match="1048576"):
            frame(payload)


def test_damage_in_the_middle_names_the_entry_and_what_is_unaffected(filled: Case) -> None:
    data = bytearray(filled.segment.read_bytes())
    data[len(MAGIC) + len(frames_of(filled)[0]) + 40] ^= 1
    filled.segment.write_bytes(data)

    with pytest.raises(IntegrityFailure, match=r"entry 1 .* entries 0 to 0 are unaffected"):
        filled.open()
    assert FaultKind.LOG_DAMAGED in kinds(verify(filled.root))
    assert filled.segment.read_bytes() == data


def reorder(frames: list[bytes]) -> list[bytes]:
    return [frames[1], frames[0], *frames[2:]]


def duplicate(frames: list[bytes]) -> list[bytes]:
    return [frames[0], *frames]


def drop(frames: list[bytes]) -> list[bytes]:
    return [frames[0], *frames[2:]]


@pytest.mark.parametrize("change", [reorder, duplicate, drop])
def test_frames_moved_about_are_found(
    filled: Case, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    filled.segment.write_bytes(MAGIC + b"".join(change(frames_of(filled))))

    with pytest.raises(IntegrityFailure, match="calls itself entry"):
        filled.open()
    assert FaultKind.LOG_DAMAGED in kinds(verify(filled.root))


def test_a_well_formed_entry_put_in_place_of_another_is_found(filled: Case) -> None:
    frames = [parse(filled.segment.read_bytes()).payloads[0].replace(b"kiosk", b"KIOSK")]
    filled.segment.write_bytes(MAGIC + frame(frames[0]) + b"".join(frames_of(filled)[1:]))

    with pytest.raises(IntegrityFailure, match="not those of the stored checkpoint"):
        filled.open()
    assert kinds(verify(filled.root)) == [FaultKind.LOG_REWRITTEN]


@pytest.mark.parametrize("keep", [0, 1, 3])
def test_a_log_cut_below_a_checkpoint_is_found(filled: Case, keep: int) -> None:
    filled.segment.write_bytes(MAGIC + b"".join(frames_of(filled)[:keep]))

    with pytest.raises(IntegrityFailure, match="checkpoint speaks of 4"):
        filled.open()
    assert FaultKind.LOG_TRUNCATED in kinds(verify(filled.root))


def test_a_torn_tail_below_a_checkpoint_is_damage_and_nothing_is_cut(filled: Case) -> None:
    data = filled.segment.read_bytes()[:-5]
    filled.segment.write_bytes(data)

    with pytest.raises(IntegrityFailure, match="checkpoint speaks of 4"):
        filled.open()
    assert filled.segment.read_bytes() == data


def test_a_lost_log_is_no_empty_case(filled: Case) -> None:
    filled.segment.unlink()

    with pytest.raises(IntegrityFailure, match="cannot be read"):
        filled.open()
    assert FaultKind.LOG_DAMAGED in kinds(verify(filled.root))


def test_a_torn_tail_is_cut_kept_and_logged_once(filled: Case) -> None:
    tail = frame(b'{"seq":4,"action":"sealed"}')[:-4]
    filled.segment.write_bytes(filled.segment.read_bytes() + tail)

    assert kinds(verify(filled.root)) == [FaultKind.LOG_UNFINISHED]
    with filled.open(read_only=True) as reader:
        assert len(reader.events()) == 4
    for _ in range(2):
        with filled.open() as vault:
            recovery = vault.events()[4]
            assert len(vault.events()) == 5
    assert recovery.action == "recovered"
    (name,) = recovery.set_aside
    assert (filled.root / "quarantine" / name).read_bytes() == tail
    assert verify(filled.root).is_intact


def test_a_changed_object_is_named_and_the_others_are_not(filled: Case) -> None:
    path = object_of(filled, b"statement 1\n")
    path.chmod(0o600)
    path.write_bytes(b"statement 7\n")
    found = verify(filled.root)

    assert kinds(found) == [FaultKind.EXHIBIT_DAMAGED]
    assert "evidence/1.txt" in found.faults[0].message
    assert (found.exhibits, found.unaffected) == (3, 2)


def test_a_missing_object_is_named_and_cannot_be_read(filled: Case) -> None:
    digest = object_of(filled, b"statement 1\n").name
    object_of(filled, b"statement 1\n").unlink()
    found = verify(filled.root)

    assert (kinds(found), found.unaffected) == ([FaultKind.EXHIBIT_MISSING], 2)
    with filled.open(read_only=True) as vault:
        for ask in (vault.read, vault.open_object, vault.path_of):
            with pytest.raises(IntegrityFailure, match=r"evidence/1\.txt"):
                ask(digest)


def test_objects_swapped_between_names_are_both_named(filled: Case) -> None:
    one, two = object_of(filled, b"statement 1\n"), object_of(filled, b"statement 2\n")
    one.rename(one.with_name("x"))
    two.rename(one)
    one.with_name("x").rename(two)

    assert kinds(verify(filled.root)) == [FaultKind.EXHIBIT_DAMAGED] * 2


def test_an_object_replaced_by_a_link_is_damage(filled: Case) -> None:
    path = object_of(filled, b"statement 1\n")
    shutil.copy(path, filled.folder / "elsewhere")
    path.unlink()
    path.symlink_to(filled.folder / "elsewhere")

    assert kinds(verify(filled.root)) == [FaultKind.EXHIBIT_DAMAGED]
    with filled.open(read_only=True) as vault, pytest.raises(IntegrityFailure):
        vault.read(path.name)


def test_an_object_nobody_logged_is_found_and_set_aside_by_the_next_run(filled: Case) -> None:
    planted = object_of(filled, b"planted")
    planted.parent.mkdir(exist_ok=True)
    planted.write_bytes(b"planted")

    assert kinds(verify(filled.root)) == [FaultKind.OBJECT_UNLOGGED]
    with filled.open() as vault:
        recovery = vault.events()[-1]
        assert recovery.action == "recovered"
        assert recovery.set_aside == (planted.name,)
        assert vault.verify().is_intact
    assert (filled.root / "quarantine" / planted.name).read_bytes() == b"planted"


def test_sealing_onto_a_damaged_object_says_so(filled: Case) -> None:
    path = object_of(filled, b"statement 1\n")
    path.chmod(0o600)
    path.write_bytes(b"statement 7\n")

    with filled.open() as vault, pytest.raises(IntegrityFailure, match="other bytes"):
        filled.seal(vault, "evidence/1.txt", b"statement 1\n")


def test_reading_checks_the_hash(filled: Case) -> None:
    path = object_of(filled, b"statement 1\n")
    path.chmod(0o600)
    path.write_bytes(b"statement 7\n")

    with filled.open(read_only=True) as vault, pytest.raises(IntegrityFailure, match="hash to"):
        vault.read(path.name)


def test_an_older_copy_is_found_only_against_a_checkpoint_kept_outside(
    filled: Case, tmp_path: Path
) -> None:
    shutil.copytree(filled.folder, tmp_path / "older")
    with filled.open() as vault:
        filled.seal(vault, "evidence/new.txt", b"new")
        outside = vault.checkpoint()
    older = Case(tmp_path / "older").root

    assert verify(older).is_intact
    assert kinds(verify(older, against=outside.note)) == [FaultKind.ROLLED_BACK]
    assert verify(filled.root, against=outside.note).is_intact


def test_a_fork_is_found_against_a_checkpoint_kept_outside(filled: Case, tmp_path: Path) -> None:
    shutil.copytree(filled.folder, tmp_path / "fork")
    forked = Case(tmp_path / "fork")
    with filled.open() as vault, forked.open() as other:
        filled.seal(vault, "evidence/new.txt", b"true")
        forked.seal(other, "evidence/new.txt", b"false")
        outside = vault.checkpoint()

    short = f"{outside.size}:{outside.root}"
    assert verify(forked.root).is_intact
    assert kinds(verify(forked.root, against=short)) == [FaultKind.LOG_REWRITTEN]


@pytest.mark.parametrize("text", ["", "5", "0:" + "0" * 64, "1:abcd", "ashiato.vault/1\n1\n\n"])
def test_what_is_no_checkpoint_is_bad_input(filled: Case, text: str) -> None:
    with pytest.raises(BadInput, match="no checkpoint"):
        verify(filled.root, against=text)


def test_a_note_has_the_form_that_outside_tools_read(filled: Case) -> None:
    with filled.open(read_only=True) as vault:
        lines = (filled.root / "checkpoints" / "4.note").read_text().split("\n")
        root = vault.verify().root

    assert lines[:2] == ["ashiato.vault/1", "4"]
    assert lines[3:] == [""]
    assert verify(filled.root, against=f"4:{root}").is_intact


@pytest.mark.parametrize("text", ["", "ashiato.vault/1\n9\nAAAA\n", "\xff"])
def test_a_changed_note_is_found(filled: Case, text: str) -> None:
    (filled.root / "checkpoints" / "4.note").write_bytes(text.encode("latin-1"))

    assert kinds(verify(filled.root)) == [FaultKind.CHECKPOINT_UNREADABLE]
    with pytest.raises(IntegrityFailure, match=r"4\.note"):
        filled.open()


def test_temporary_files_of_a_crash_are_gone_after_opening(filled: Case) -> None:
    (filled.root / "tmp" / "7.part").write_bytes(b"half")
    with filled.open() as vault:
        assert list((filled.root / "tmp").iterdir()) == []
        assert len(vault.events()) == 4


def test_a_copy_without_its_empty_folders_still_opens(filled: Case) -> None:
    for name in ("tmp", "quarantine"):
        (filled.root / name).rmdir()
    (filled.root / "lock").unlink()

    assert verify(filled.root).is_intact
    with filled.open() as vault:
        assert filled.seal(vault, "a", b"a") in vault.exhibits()


def test_an_empty_vault_has_nothing_wrong_and_nothing_to_prove(case: Case) -> None:
    with Vault.create(case.root, clock=noon) as vault:
        assert vault.verify().is_intact
        with pytest.raises(BadInput, match="nothing is sealed"):
            vault.checkpoint()
