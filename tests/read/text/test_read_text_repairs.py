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


TRANSLATED = [
    "The Harbour Police questioned a man in his 30s. I found out that I had a contract with.",
    "The Harbour Police questioned an engineer. I sent the documents on suspicion of fraud.",
    "A rental server was used. He seems to have had a contract with it.",
    "The police questioned a student. I suspect that I had a contract with the server.",
    "The Harbour Police made a man a fraudulent creation of private electromagnetic records.",
    "It is believed that I sent the documents on suspicion.",
    "The Harbour Police questioned Dana Rell. It is said that I had a contract with.",
    "A woman rented a server. I did not have a contract with.",
    "The man denies it. I may have had a contract with.",
    "The Harbour Police arrested a man. I rented a server under a pseudonym.",
    "The Harbour Police arrested a woman. It seems that I sold the ID to the group.",
    "He rented a server. He passed the ID to the group called Lantern.",
    "The Harbour Police are investigating. I suspect that I attacked the institute.",
    "A man in his 30s was questioned. I left the country after that.",
    "A former student was questioned. I am believed to have contracted a server.",
    "The police questioned two men. I sent the documents of the man on suspicion of fraud.",
    "According to the Harbour Police, I contracted a server under a false name.",
    "According to the police, it is suspected that I was instructed by the unit.",
    "The institute was attacked. I think that I used the server.",
    "A system engineer was questioned. If I had a contract with, I would be arrested.",
]
STRENGTH = (
    "normative", "hypothetical", "possible", "suspected", "alleged", "believed", "inferred",
    "reported", "stated", "admitted", "observed",
)  # fmt: skip
SAFE_GROUNDS = {"hearsay", "inference"}


@pytest.mark.parametrize("text", TRANSLATED)
def test_no_repair_makes_a_claim_stronger_than_its_literal_reading(text: str) -> None:
    literal = {
        (c.proposition.predicate, c.citations[0].locator): c for c in _read("*", text).claims
    }
    for claim in _read(text=text).claims:
        if not _mended((claim,)):
            continue
        plain = literal.get((claim.proposition.predicate, claim.citations[0].locator))
        assert claim.basis.value in SAFE_GROUNDS
        if plain is not None:
            assert STRENGTH.index(claim.modality.value) <= STRENGTH.index(plain.modality.value)
            assert claim.polarity == plain.polarity


def test_the_table_of_the_law_does_have_repairs() -> None:
    mended = [text for text in TRANSLATED if _mended(_read(text=text).claims)]

    assert len(mended) >= 8
