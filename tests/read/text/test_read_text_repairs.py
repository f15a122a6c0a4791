"""Repairs of machine translation: flagged, undone at will, and never a reason to believe more."""

from datetime import UTC, datetime

import pytest

from ashiato.core.claims import Claim
from ashiato.core.sources import Intake, Source
from ashiato.read.text import DocumentReading, read_document

TEXT = (
    "The Harbour Police questioned a man in his 30s. According to the Harbour Police, a rental "
    "server was used. I found out that I had a contract with. I sent the documents on suspicion.\n"
)
SOURCE = Source("bay-herald", "Bay Herald", "outlet")


def _read(off: str = "", text: str = TEXT) -> DocumentReading:
    extra = {"repairs_off": off} if off else {}
    published = datetime(2031, 4, 22, tzinfo=UTC)
    return read_document(
        text.encode(), Intake("e" * 64, "news.txt", SOURCE, published=published, extra=extra)
    )


def _mended(claims: tuple[Claim, ...]) -> set[str]:
    return {cue for claim in claims for cue in claim.cues if cue.startswith("mt:")}


def test_a_mended_text_is_one_counted_problem_that_asks_for_the_original() -> None:
    reading = _read()

    (problem,) = [p for p in reading.problems if p.kind == "machine-translated"]
    assert problem.count == sum(bool(_mended((c,))) for c in reading.claims) > 0
    assert "original language" in problem.remedy


def test_without_repairs_nothing_is_mended_and_nothing_is_said_of_it() -> None:
    reading = _read("*")

    assert _mended(reading.claims) == set()
    assert all(p.kind != "machine-translated" for p in reading.problems)


def test_one_repair_can_be_taken_back_alone() -> None:
    assert "mt:referral" in _mended(_read().claims)
    assert "mt:referral" not in _mended(_read("referral").claims)


@pytest.mark.parametrize("text", ["Police said he rented it.", "The Lantern group sold servers."])
def test_clean_english_is_not_called_machine_translated(text: str) -> None:
    assert all(p.kind != "machine-translated" for p in _read(text=text).problems)


@pytest.mark.parametrize("text", ["According to Tidewatch it is so.", "According to a: b. It is."])
def test_a_frame_without_a_comma_is_read_like_any_sentence(text: str) -> None:
    assert _read(text=text).sentences > 0
