"""A reviewer's desk: durable at once, one at a time, and never more than was decided."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document

from ashiato.case.folder import Folder
from ashiato.case.reviewing import Desk, Filters, Wish, open_desk
from ashiato.case.run import open_vault, run
from ashiato.core.claims import Review
from ashiato.core.errors import BadInput, CaseBusy
from ashiato.core.progress import Silent

CASE = """
[case]
id = "quay"
title = "Quay"
reviewer = "E. Marlow"
[[sources]]
id = "harbour-police"
name = "Harbour Police"
kind = "agency"
reliability = "B"
reason = "statutory investigator"
[[evidence]]
files = "evidence/*"
source = "harbour-police"
known_from = "2031-04-20T09:00:00Z"
"""
WORDS = (
    "Harbour Police believe that the Lantern group attacked the Meridian Institute.\n"
    "The Lantern group used a server. The Lantern group used a server.\n"
)


def clock() -> datetime:
    return datetime(2031, 8, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "quay"
    (root / "evidence").mkdir(parents=True)
    (root / "case.toml").write_text(CASE)
    (root / "evidence/statement.txt").write_text(WORDS)
    (root / "evidence/page.html").write_text(
        "<html><body><p>About <b>us</b>.</p><p>The Lantern group attacked Quay Bank.</p></body>"
    )
    letter = Document()
    letter.add_paragraph("To whom it may concern.")
    letter.add_paragraph("The Lantern group attacked the Harbour Museum. It was closed.")
    letter.save(str(root / "evidence/letter.docx"))
    run(Folder(root), clock=clock, progress=Silent())
    return root


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Folder:
    return Folder(Path(shutil.copytree(made, tmp_path / "quay")))


def accept(desk: Desk, claim: str, by: str = "E. Marlow") -> int:
    return len(desk.decide([Wish(claim, "accepted", "so it says")], actor=by))


def test_what_weighs_comes_first_and_of_it_the_hedged(folder: Folder) -> None:
    with open_desk(folder, clock=clock, read_only=True) as desk:
        items = desk.items(Filters(every=True))
    order = [(not i.uses, not i.is_doubtful, -i.weight) for i in items]

    assert order == sorted(order)
    assert items[0].uses
    assert items[0].is_doubtful


def test_saying_it_again_adds_nothing_and_a_second_voice_does(folder: Folder) -> None:
    with open_desk(folder, clock=clock) as desk:
        claim = desk.items()[0].claim.id

        assert [accept(desk, claim), accept(desk, claim), accept(desk, claim, "A. Thorne")] == [
            1, 0, 1,
        ]  # fmt: skip
        assert [r.by for r in desk.item(claim).review.rulings] == ["E. Marlow", "A. Thorne"]


def test_accepting_a_correction_agrees_with_it(folder: Folder) -> None:
    with open_desk(folder, clock=clock) as desk:
        claim = desk.items()[0].claim.id
        desk.decide([Wish(claim, "corrected", "so", {"modality": "alleged"})], actor="E. Marlow")
        accept(desk, claim, "A. Thorne")
        item = desk.item(claim)

        assert [r.state for r in item.review.rulings] == ["corrected", "corrected"]
        assert item.now.modality == "alleged"
        assert desk.root(item.now.id) == claim


def test_setting_a_field_back_accepts_the_machine_s_version(folder: Folder) -> None:
    with open_desk(folder, clock=clock) as desk:
        item = desk.items()[0]
        back = {"modality": item.claim.modality.value}
        for fields in ({"modality": "alleged"}, back):
            desk.decide([Wish(item.claim.id, "corrected", "so", fields)], actor="E. Marlow")

        assert desk.item(item.claim.id).now.modality == item.claim.modality
        assert desk.item(item.claim.id).state is Review.ACCEPTED


def test_one_bad_wish_keeps_all_out(folder: Folder) -> None:
    with open_desk(folder, clock=clock) as desk:
        claim = desk.items()[0].claim.id
        wishes = [Wish(claim, "accepted", "so"), Wish(claim, "corrected", "so", {"basis": "luck"})]
        with pytest.raises(BadInput, match="'luck' is no basis"):
            desk.decide(wishes, actor="E. Marlow")

        assert not desk.vault.decisions()


def test_a_moved_quote_is_the_nearest_and_must_be_there(folder: Folder) -> None:
    with open_desk(folder, clock=clock) as desk:
        item = next(
            i for i in desk.items(Filters(every=True)) if "used" in i.claim.citations[0].quote
        )
        cited = item.claim.citations[0]
        moved = desk.find(cited, "used a server")

        assert moved.quote in cited.quote
        assert desk.vault.resolve(moved) == b"used a server"
        with pytest.raises(BadInput, match="does not hold these words"):
            desk.find(cited, "used a boat")


def test_words_of_a_letter_stand_in_the_text_taken_out_of_it(folder: Folder) -> None:
    with open_desk(folder, clock=clock) as desk:
        (item, *_) = desk.items(Filters(exhibit="letter.docx"))
        cited = item.claim.citations[0]
        moved = desk.find(cited, "Harbour Museum")
        wish = Wish(item.claim.id, "corrected", "so", {"quote": "Harbour Museum"})
        desk.decide([wish], actor="E. Marlow")

        assert "To whom it may concern." in desk.passage(cited).before
        assert desk.passage(moved).quote == "Harbour Museum"
    case = run(folder, clock=clock, progress=Silent()).case

    assert moved in {c for claim in case.claims for c in claim.citations}


def test_words_of_a_web_page_stand_without_its_tags(folder: Folder) -> None:
    with open_desk(folder, clock=clock, read_only=True) as desk:
        (item, *_) = desk.items(Filters(exhibit="page.html"))
        passage = desk.passage(item.claim.citations[0])

    assert "About" in passage.before
    assert "<" not in passage.before + passage.after


@pytest.mark.parametrize(
    "filters", [Filters(exhibit="no.txt"), Filters(rung="moon"), Filters(predicate="sang")]
)
def test_a_filter_that_names_nothing_is_refused(folder: Folder, filters: Filters) -> None:
    with open_desk(folder, clock=clock, read_only=True) as desk, pytest.raises(BadInput):
        desk.items(filters)


def test_two_sittings_at_once_are_refused(folder: Folder) -> None:
    with open_desk(folder, clock=clock), pytest.raises(CaseBusy), open_desk(folder, clock=clock):
        pass


def test_a_decision_on_words_of_a_changed_file_is_reported_and_kept(folder: Folder) -> None:
    with open_desk(folder, clock=clock) as desk:
        (item, *_) = desk.items(Filters(exhibit="page.html"))
        accept(desk, item.claim.id)
    (folder.evidence / "page.html").write_text("<p>Nothing was attacked.</p>")
    case = run(folder, clock=clock, progress=Silent()).case

    assert [p.path for p in case.problems if p.kind == "orphan-review"] == ["evidence/page.html"]
    with open_vault(folder, clock, read_only=True) as vault:
        assert len(vault.decisions()) == 1


def test_a_sitting_that_is_killed_keeps_what_it_decided(folder: Folder) -> None:
    code = "import sys; from ashiato.cli.main import main; sys.argv[1:] = ['review', %r]; main()"
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code % str(folder.root)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=os.environ,
    )  # fmt: skip
    assert child.stdin
    child.stdin.write(b"a\n")
    child.stdin.flush()
    log = folder.vault / "log"
    size, until = written(log), time.monotonic() + 30
    while written(log) == size and time.monotonic() < until and child.poll() is None:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdin.close()

    with open_desk(folder, clock=clock) as desk:
        assert [i.state for i in desk.items()].count(Review.ACCEPTED) == 1


def written(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.iterdir())
