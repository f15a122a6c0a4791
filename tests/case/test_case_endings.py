"""How parsers of hostile formats ended stands in custody, and in nothing else that a run writes."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ashiato.case.cache import Cache
from ashiato.case.folder import Folder, new_case
from ashiato.case.run import open_vault, run
from ashiato.core.progress import Silent

MAIL = (
    b"From: mori@relay.example\r\nTo: ito@relay.example\r\nSubject: note\r\n"
    b"Date: Mon, 3 Mar 2031 09:00:00 +0000\r\n\r\nThe agency said that nothing was taken.\r\n"
)


def clock() -> datetime:
    return datetime(2031, 8, 1, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Folder:
    case = new_case(tmp_path / "orchid")
    (case.evidence / "letter.eml").write_bytes(MAIL)
    (case.evidence / "broken.pdf").write_bytes(b"%PDF-1.7\nno more than this")
    (case.evidence / "held.zip").write_bytes(held({"inside.pdf": b"%PDF-1.7\nnor this"}))
    return case


def held(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def answer(case: Folder) -> dict[str, bytes]:
    run(case, clock=clock, progress=Silent())
    return {p.name: p.read_bytes() for p in sorted(case.dossier.iterdir())}


def parsed(case: Folder) -> set[tuple[str, ...]]:
    with open_vault(case, clock, read_only=True) as vault:
        names = {e.sha256: Path(e.path).name for e in vault.exhibits()}
        return {
            (names[e.exhibit], e.parser.split(".")[-1], e.ending, e.reason[:14])
            for e in vault.events()
            if e.action == "parsed"
        }


def test_every_ending_is_logged_with_its_exhibit_and_parser(case: Folder) -> None:
    answer(case)

    assert {each[:3] for each in parsed(case)} == {
        ("letter.eml", "mail:extract", "ok"),
        ("broken.pdf", "pdf:extract", "refused"),
        ("held.zip", "zip:extract", "ok"),
        ("held.zip", "pdf:extract", "refused"),
    }
    assert "in inside.pdf:" in {each[3] for each in parsed(case)}


def test_an_ending_is_logged_once_however_often_the_case_is_read(case: Folder) -> None:
    first = answer(case)
    Cache(case.cache).path("read", "x").parent.rename(case.root / "forgotten")
    (case.evidence / "later.txt").write_text("The agency said so again.\n")
    answer(case)

    events = [e["action"] for e in json.loads(first["custody.json"])["events"]]
    with open_vault(case, clock, read_only=True) as vault:
        assert [e.action for e in vault.events()].count("parsed") == events.count("parsed") == 4


def test_nothing_but_custody_tells_of_it(case: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    told = answer(case)
    with monkeypatch.context() as patched:
        patched.setattr("ashiato.case.reading.log_endings", lambda *_: None)
        other = new_case(case.root.parent / "other")
        case.evidence.rename(other.evidence.with_name("moved"))
        other.evidence.rmdir()
        other.evidence.with_name("moved").rename(other.evidence)
        other.toml.write_bytes(case.toml.read_bytes())
        untold = answer(other)

    assert {name for name in told if told[name] != untold[name]} == {"custody.json"}
