"""Repairs of machine translation: flagged, undone at will, and never a reason to believe more."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ashiato.core.claims import Claim
from ashiato.core.sources import Intake, Source
from ashiato.knowledge import load
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
    "The Harbour Police sent the documents to the prosecutor on suspicion of fraud against a man.",
    "The Harbour Police re-sent the documents on suspicion. I used the names of real people.",
    "I received the attack. The institute is taking measures.",
    "The investigation continues. I have a contract with.",
    "A man was arrested. It was found that I had a contract with the server.",
    "A woman was arrested. I never had a contract with.",
    "The customs questioned a broker. I sent the papers on a charge of forgery.",
    "The Harbour Police made a woman a forgery.",
    "The Harbour Police may have made a man a fraud.",
    "The Harbour Police did not send the documents on suspicion.",
    "KSI = Keel Survey Institute was attacked. I sent the documents on suspicion.",
    "KSI = Keel Survey Institute was probably attacked by the group Lantern.",
    "The police say that KSI = Keel Survey Institute was not attacked.",
    "An engineer was questioned. It seems that I passed the ID to the group Lantern.",
    "An engineer was questioned. Allegedly I was paid by a broker.",
    "An engineer was questioned. I denied that I had a contract with.",
    "An engineer was questioned. I admitted that I rented a server.",
    "A dealer was questioned. I have been registered under a false name.",
    "A dealer was questioned. I will send the documents on suspicion.",
    "The prosecutors questioned a dealer. I am examining whether I had a contract with.",
    "The prosecutors questioned a dealer. I believe that the dealer used the server.",
    "He is believed to have sold the ID. The Harbour Police questioned him.",
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


@pytest.mark.parametrize("text", TRANSLATED)
def test_what_no_repair_touched_reads_the_same_with_repairs_off(text: str) -> None:
    literal = {c.proposition.predicate for c in _read("*", text).claims}
    untouched = {c.proposition.predicate for c in _read(text=text).claims if not _mended((c,))}

    assert untouched <= literal


def test_the_table_of_the_law_does_have_repairs() -> None:
    mended = [text for text in TRANSLATED if _mended(_read(text=text).claims)]

    assert len(TRANSLATED) >= 40
    assert len(mended) >= 20


@pytest.mark.parametrize("row", load("reading")["renderings"], ids=lambda row: row["literal"])
def test_a_fixed_phrase_is_read_as_the_table_says(row: dict[str, str]) -> None:
    read = {c.proposition.predicate for c in _read("*", row["example"]).claims}

    assert row["predicate"] in read


def test_the_page_prints_every_row_of_both_tables() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reading.md").read_text(encoding="utf-8")
    rows = (*load("reading")["repairs"], *load("reading")["renderings"])

    assert [r["literal"] for r in rows if f"{r['literal']} | {r['original']} |" not in page] == []


def test_a_short_name_beside_a_full_one_is_a_flagged_guess() -> None:
    text = "KSI = Keel Survey Institute was attacked by the group Lantern."

    (pair,) = [c for c in _read(text=text).claims if c.proposition.predicate == "alias_of"]
    assert (pair.cues, pair.basis.value) == (("mt:apposition",), "hearsay")
    for off in ("apposition", "*"):
        assert not _mended(_read(off, text).claims)


def test_papers_sent_against_a_man_are_about_the_man() -> None:
    text = (
        "The Harbour Police sent the documents to the prosecutor on suspicion of fraud "
        "against a man in his 30s."
    )
    claims = [c.proposition for c in _read(text=text).claims]

    (sent,) = [p for p in claims if p.predicate == "referred_to_prosecutors"]
    assert sent.object is not None
    assert sent.object.text == "a man in his 30s"
    suspected = {p.subject.text for p in claims if p.predicate == "suspects" and p.subject}
    assert suspected == {"a man in his 30s"}


def test_what_a_man_is_said_to_have_admitted_is_his_admission() -> None:
    text = (
        "The police questioned a man. The man is said to have admitted in the interview, "
        '"I did it because I was asked by an acquaintance and got money."'
    )
    claims = {c.proposition.predicate: c for c in _read(text=text).claims}

    admitted = claims["admitted"].proposition.subject
    assert admitted is not None
    assert "man" in admitted.text
    asked = claims["instructed"]
    assert asked.proposition.subject is not None
    assert asked.proposition.subject.text == "an acquaintance"
    assert asked.parents == (claims["admitted"].id,)


QUOTED = 'The chairman said, "The work goes on. We are sorry for that. The sea is calm today."'


def test_a_quotation_of_several_sentences_states_one_thing() -> None:
    stated = [c for c in _read(text=QUOTED).claims if c.proposition.predicate == "stated"]

    assert len(stated) == 1


def test_a_quotation_that_tells_of_a_deed_states_nothing_beside_it() -> None:
    text = 'The chairman said, "We are sorry. The group Lantern attacked the institute."'
    found = [c.proposition.predicate for c in _read(text=text).claims]

    assert found == ["attacked"]


def test_a_heading_states_nothing() -> None:
    text = "All is well at the port, sources say\n\nThe port was closed on Monday.\n"

    assert all(c.proposition.predicate != "stated" for c in _read(text=text).claims)
