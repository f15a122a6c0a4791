"""The scorer: tiny hand-made readings whose scores are known beforehand."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from benchmarks.reading.gold import UNKNOWN, Argument, GoldClaim, GoldIndicator, Span, only
from benchmarks.reading.scores import (
    Tally,
    claim_tallies,
    compatible,
    content,
    entity_tallies,
    exact,
    field_tallies,
    indicator_tally,
    interval,
    match,
    technique_tally,
)

from ashiato.core.claims import (
    Basis,
    Claim,
    Entity,
    EntityType,
    Modality,
    Polarity,
    Proposition,
    Voice,
)
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.core.records import Mention, Observable, ObservableType
from ashiato.core.time import UncertainInterval
from ashiato.read import DocumentReading

TEXT = "Police said he rented a server. They sold 192.0.2.7."
GOLD = GoldClaim(
    ("contracted",),
    only(TEXT, "rented"),
    Argument(only(TEXT, "he"), "person", ("he", "The suspect")),
    Argument(only(TEXT, "a server"), "server", ("a server",)),
    ("affirmed",),
    ("stated",),
    ("first_hand",),
    ("Police",),
    ("Police",),
    UNKNOWN,
    optional=False,
)


def claim(
    subject: str | None = "he", obj: str | None = "the server", speaker: str = "Police"
) -> Claim:
    slots = [
        name and Entity(name, name, kind)
        for name, kind in ((subject, EntityType.PERSON), (obj, EntityType.SERVER))
    ]
    said = Proposition(slots[0] or None, "contracted", slots[1] or None)
    voice = Voice(speaker, speaker)
    cited = Citation("e", "x.txt", SpanLocator(0, 31), TEXT[:31])
    told = (Polarity.AFFIRMED, Modality.STATED, Basis.FIRST_HAND)
    return Claim("1", said, *told, (), voice, voice, None, (cited,), "m")


def levels(read: Claim, gold: GoldClaim = GOLD) -> list[int]:
    tallies = claim_tallies(match([gold], [read]))
    return [tallies[name].right for name in ("trigger", "triple", "strict")]


def test_a_perfect_reading_is_right_at_every_level() -> None:
    assert levels(claim()) == [1, 1, 1]


def test_another_name_that_the_annotator_gave_is_as_good() -> None:
    assert levels(claim(subject="the suspect")) == [1, 1, 1]


@pytest.mark.parametrize("subject", [None, "an officer"])
def test_a_wrong_or_empty_slot_leaves_the_trigger_right(subject: str | None) -> None:
    assert levels(claim(subject=subject)) == [1, 0, 0]


def test_an_empty_slot_matches_an_empty_one() -> None:
    assert levels(claim(subject=None), replace(GOLD, subject=None)) == [1, 1, 1]


def test_a_slot_that_an_ellipsis_leaves_out_may_be_filled_or_empty() -> None:
    spare = Argument(only(TEXT, "a server"), "server", ("a server", ""))
    assert levels(claim(obj=None), replace(GOLD, object=spare)) == [1, 1, 1]
    assert levels(claim(obj="the router"), replace(GOLD, object=spare)) == [1, 0, 0]


def test_a_wrong_speaker_leaves_the_triple_right() -> None:
    assert levels(claim(speaker="Bay Herald")) == [1, 1, 0]


def test_a_wrong_predicate_or_sentence_is_a_miss_and_a_spurious_claim() -> None:
    elsewhere = replace(GOLD, trigger=only(TEXT, "sold"))
    for gold in (replace(GOLD, predicate=("sold",)), elsewhere):
        assert claim_tallies(match([gold], [claim()]))["trigger"] == Tally(0, 1, 1)


def test_what_is_optional_counts_neither_as_found_nor_as_missed() -> None:
    spare = replace(GOLD, optional=True)
    assert claim_tallies(match([spare], [claim()]))["triple"] == Tally(0, 0, 0)
    assert claim_tallies(match([spare], []))["triple"] == Tally(0, 0, 0)


def test_each_claim_is_used_once_and_the_best_pair_wins() -> None:
    other = replace(GOLD, subject=Argument(Span(0, 6, "Police"), "organisation", ("Police",)))
    pairs = match([other, GOLD], [claim()])
    assert [pair.claim is not None for pair in pairs] == [False, True]
    assert claim_tallies(pairs)["strict"] == Tally(1, 1, 2)


def test_fields_are_shares_of_the_right_triples_only() -> None:
    gold = replace(GOLD, modality=("suspected",), origin=("Nobody",))
    tallies = field_tallies(match([gold], [claim()]))
    assert tallies["modality"] == tallies["modality, not asserted"] == Tally(0, 1, 1)
    assert tallies["speaker"] == Tally(1, 1, 1)
    assert tallies["origin"] == Tally(0, 1, 1)
    assert field_tallies(match([gold], [claim(subject=None)]))["speaker"] == Tally(0, 0, 0)


def test_entities_are_found_by_a_shared_word_and_typed_by_their_type() -> None:
    host = replace(GOLD, object=Argument(only(TEXT, "a server"), "address", ("a server",)))
    tallies = entity_tallies(match([host], [claim()]))
    assert tallies["entity"] == Tally(2, 2, 2)
    assert tallies["entity, typed"] == Tally(1, 2, 2)


def test_a_reader_that_knows_no_time_is_not_compatible() -> None:
    day = UncertainInterval.exactly(*(datetime(2031, 5, n, tzinfo=UTC) for n in (1, 2)))
    later = UncertainInterval.exactly(datetime(2031, 6, 1, tzinfo=UTC), None)
    assert [compatible(day, read) for read in (UNKNOWN, later, day)] == [False, False, True]


def test_a_quote_that_is_not_the_slice_is_not_grounded() -> None:
    good = Citation("e", "x.txt", SpanLocator(0, 6), "Police")
    assert exact(good, TEXT)
    assert not exact(replace(good, quote="police"), TEXT)


def mention(value: str, start: int, end: int) -> Mention:
    cited = Citation("e", "x.txt", SpanLocator(start, end), TEXT[start:end])
    return Mention(Observable(ObservableType.IP, value), cited, cited, UNKNOWN, "", "o")


def test_an_indicator_needs_its_value_and_its_exact_place() -> None:
    at = only(TEXT, "192.0.2.7")
    gold = [GoldIndicator("ip", "192.0.2.7", at, optional=False)]
    for start, tally in ((at.start, Tally(1, 1, 1)), (at.start - 1, Tally(0, 1, 1))):
        reading = DocumentReading((), (mention("192.0.2.7", start, at.end),), (), 1, "utf-8")
        assert indicator_tally(gold, reading) == tally


def test_a_parent_technique_in_the_right_sentence_counts() -> None:
    found = [("T1059", SpanLocator(0, 31)), ("T1190", SpanLocator(0, 31))]
    gold = [("T1059.001", Span(0, 31, TEXT[:31])), ("T1190", Span(32, 52, TEXT[32:52]))]
    assert technique_tally(gold, found) == Tally(1, 2, 2)


def test_f1_is_undefined_of_nothing_and_adds_up_over_documents() -> None:
    assert Tally().score is None
    assert (Tally(1, 2, 1) + Tally(1, 1, 2)).score == pytest.approx(2 / 3)


def test_a_pronoun_keeps_its_only_word() -> None:
    assert content("he") == {"he"}
    assert content("The group's server") == {"group", "server"}


def test_no_documents_have_no_interval() -> None:
    assert interval([], "triple") is None


def test_the_second_half_of_a_coordination_is_no_spurious_claim() -> None:
    both = replace(GOLD, object=Argument(GOLD.trigger, "server", ("a server and a router",)))
    pairs = match([both], [claim(), claim(obj="a router")])
    assert claim_tallies(pairs)["triple"] == Tally(1, 1, 1)
    again = match([both], [claim(), claim()])
    assert claim_tallies(again)["triple"] == Tally(1, 2, 1)


def test_of_two_readings_that_say_the_same_one_is_enough() -> None:
    one, other = (replace(GOLD, predicate=(p,), either="x") for p in ("sold", "contracted"))
    assert claim_tallies(match([one, other], [claim()]))["strict"] == Tally(1, 1, 1)
    assert claim_tallies(match([one, other], []))["strict"] == Tally(0, 0, 1)


def test_two_names_are_aliases_in_either_order() -> None:
    said = Proposition(Entity("a", "Reed", EntityType.GROUP), "alias_of", None)
    names = replace(GOLD, predicate=("alias_of",), subject=None)
    told = replace(names, object=Argument(GOLD.trigger, "group", ("Reed",)))
    assert levels(replace(claim(), proposition=said), told) == [1, 1, 1]
