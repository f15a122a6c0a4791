"""The gold set: every quoted word stands in its document, and both halves hold every genre."""

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from benchmarks.reading.gold import (
    HALVES,
    ROOT,
    BadGold,
    GoldClaim,
    GoldDocument,
    gold,
    load,
    occurrences,
    only,
    period,
    sentence_from,
)

from ashiato import knowledge
from ashiato.core.claims import Basis, EntityType, Modality, Polarity
from ashiato.core.time import UncertainInterval

DOCUMENTS = [document for half in HALVES for document in gold(half)]
RESERVED = [
    ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: f"{d.half}-{d.name}")


def spans(claim: GoldClaim) -> list[tuple[int, int, str]]:
    arguments = [slot.span for slot in (claim.subject, claim.object) if slot is not None]
    return [(at.start, at.end, at.text) for at in (claim.trigger, *arguments)]


@EACH
def test_every_annotated_span_is_the_very_text(document: GoldDocument) -> None:
    told = [at for claim in document.claims for at in spans(claim)]
    told += [(s.start, s.end, s.text) for s, _ in document.entities]
    told += [(g.span.start, g.span.end, g.span.text) for g in document.indicators]
    assert all(document.text[start:end] == text for start, end, text in told)


@EACH
def test_every_word_of_an_annotation_belongs_to_the_contract(document: GoldDocument) -> None:
    predicates = set(knowledge.load("predicates")["predicates"])
    for claim in document.claims:
        assert set(claim.predicate) <= predicates
        assert set(claim.polarity) <= set(Polarity)
        assert set(claim.modality) <= set(Modality)
        assert set(claim.basis) <= set(Basis)
        for slot in (claim.subject, claim.object):
            assert slot is None or slot.type in set(EntityType)


@EACH
def test_what_is_named_as_speaker_or_as_another_name_stands_in_the_document(
    document: GoldDocument,
) -> None:
    known = f"{document.text} {document.intake.source.name}"
    names = [n for claim in document.claims for n in (*claim.speaker, *claim.origin)]
    names += [n for c in document.claims for s in (c.subject, c.object) if s for n in s.names]
    assert [name for name in names if name.lower() not in known.lower()] == []


@EACH
def test_addresses_are_those_kept_for_documentation(document: GoldDocument) -> None:
    for found in document.indicators:
        if found.type == "ip":
            address = ip_address(found.value)
            assert any(address in net for net in RESERVED if net.version == address.version)


@EACH
def test_a_sentence_without_a_claim_holds_no_trigger(document: GoldDocument) -> None:
    silent = [span for _, span in document.quiet]
    triggers = [c.trigger for c in document.claims if not c.optional]
    assert [t for t in triggers for s in silent if s.start <= t.start < s.end] == []


@EACH
def test_every_text_has_the_length_of_a_real_one(document: GoldDocument) -> None:
    assert 1_000 <= len(document.text) <= 3_500


def test_every_text_is_annotated() -> None:
    texts = {path.with_suffix("") for path in ROOT.glob("*/*.txt")}
    assert texts == {path.with_suffix("") for path in ROOT.glob("*/*.toml")}


def test_words_in_brackets_choose_a_part_and_the_rest_is_context() -> None:
    (found,) = occurrences("He rented a server. She rented two.", "She [rented] two")
    assert (found.start, found.end, found.text) == (24, 30, "rented")


def test_words_are_whole_words() -> None:
    assert only("The hacker did hack.", "hack").start == 15


@pytest.mark.parametrize("words", ["sold", "a"])
def test_words_that_stand_nowhere_or_twice_are_refused(words: str) -> None:
    with pytest.raises(BadGold):
        only("a server and a router", words)


def test_a_bad_annotation_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("A man rented a server.")
    claim = '{p="contracted", t="leased", m="stated", b="hearsay"}'
    head = 'genre="news"\npublished="2031-01-01T00:00:00Z"\n[source]\nname="Bay"\nkind="outlet"\n'
    (tmp_path / "x.toml").write_text(f"{head}[entities]\n[claims]\nlist=[{claim}]\n")
    with pytest.raises(BadGold, match=r"x\.toml.*leased"):
        load(tmp_path / "x.toml")


@pytest.mark.parametrize(
    ("written", "bounds"),
    [
        ("2031-05-02", ("2031-05-02", "2031-05-03", "2031-05-02", "2031-05-03")),
        ("2031-12", ("2031-12-01", "2032-01-01", "2031-12-01", "2032-01-01")),
        ("2031..", ("2031-01-01", "2032-01-01", None, None)),
        ("..2031-05-02", (None, None, "2031-05-02", "2031-05-03")),
        ("2030-09-02/2030-09-04", ("2030-09-02", "2030-09-05", "2030-09-02", "2030-09-05")),
    ],
)
def test_a_time_is_written_as_a_moment_or_from_one_to_another(
    written: str, bounds: tuple[str | None, ...]
) -> None:
    moments = [day and datetime.fromisoformat(day).replace(tzinfo=UTC) for day in bounds]
    assert period(written) == UncertainInterval(*moments)  # type: ignore[arg-type] # "" is no day


def test_a_sentence_ends_at_its_stop_not_at_a_point_in_an_address() -> None:
    text = "See 192.0.2.1 now. And go."
    assert sentence_from(text, "See").text == "See 192.0.2.1 now."


def test_each_half_holds_every_genre_and_enough_documents() -> None:
    kinds = [{d.genre for d in DOCUMENTS if d.half == half} for half in HALVES]
    assert kinds[0] == kinds[1]
    assert all(sum(d.half == half for d in DOCUMENTS) >= 9 for half in HALVES)
