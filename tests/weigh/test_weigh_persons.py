from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ashiato.core.claims import Claim, Entity, EntityType
from ashiato.core.persons import PersonStatus
from ashiato.core.time import UncertainInterval
from ashiato.weigh import accusations, proceedings, statuses

Say = Callable[..., Claim]
Name = Callable[..., Entity]
MAN = "Kenta Morwell"


def on(day: int) -> datetime:
    return datetime(2031, 4, day, tzinfo=UTC)


def dated(claim: Claim, day: int) -> Claim:
    valid = UncertainInterval(on(day), on(day + 1), on(day), on(day + 1))
    return replace(
        claim, id=f"{claim.id}-{day}", proposition=replace(claim.proposition, valid=valid)
    )


@pytest.fixture
def step(said: Say, entity: Name) -> Callable[..., Claim]:
    def make(predicate: str, day: int = 0, **options: str) -> Claim:
        found = said(
            entity("Harbour Police", "organisation"), predicate, entity(MAN, "person"), **options
        )
        return dated(found, day) if day else found

    return make


@pytest.fixture
def move(said: Say, entity: Name) -> Callable[..., Claim]:
    def make(predicate: str, day: int, place: str = "Orvania", **options: str) -> Claim:
        return dated(said(entity(MAN, "person"), predicate, entity(place, "place"), **options), day)

    return make


def only(claims: list[Claim]) -> PersonStatus:
    (found,) = statuses(claims, MAN)
    return found


def test_steps_and_movements_stand_in_order_of_time_whatever_the_order_told(
    step: Say, move: Say
) -> None:
    told = [step("not_indicted", 28), move("left", 9), step("questioned", 3)]

    assert [e.predicate for e in only(told).entries] == ["questioned", "left", "not_indicted"]


def test_leaving_after_an_arrest_is_told_as_a_contradiction_with_both_claims(
    step: Say, move: Say
) -> None:
    told = [step("arrested", 5), move("left", 9)]
    (found,) = only(told).contradictions

    assert set(found.claims) == {c.id for c in told}
    assert "a release is not on record" in found.because


def test_leaving_after_the_decision_not_to_indict_is_none(step: Say, move: Say) -> None:
    told = [step("arrested", 5), step("not_indicted", 7), move("left", 9)]

    assert only(told).contradictions == ()


def test_undated_claims_are_in_no_order_and_contradict_nothing(step: Say, move: Say) -> None:
    assert only([step("arrested"), move("left", 9)]).contradictions == ()


def test_being_at_a_place_after_leaving_it_wants_a_return(move: Say) -> None:
    gone = [move("left", 3), move("located_in", 9)]

    assert len(only(gone).contradictions) == 1
    assert only([*gone, move("entered", 6)]).contradictions == ()


def test_what_nobody_tells_is_unknown(step: Say) -> None:
    found = only([step("questioned", 3)])

    assert (found.disposition, found.whereabouts) == ("unknown", "unknown")


def test_who_left_is_somewhere_nobody_knows(move: Say) -> None:
    assert only([move("left", 9)]).whereabouts.endswith("where since then: unknown")


def test_two_last_movements_that_differ_give_no_whereabouts(move: Say) -> None:
    told = [move("located_in", 9), move("located_in", 9, "Port Ell")]

    assert only(told).whereabouts == "contested: located in Orvania / located in Port Ell"


def test_a_denied_step_is_on_view_and_does_not_count(step: Say) -> None:
    found = only([step("charged", 3, polarity="denied")])

    assert [e.counts for e in found.entries] == [False]
    assert found.disposition == "unknown"


def test_one_name_of_two_people_is_two_time_lines(step: Say, said: Say) -> None:
    namesake = said(None, "questioned", Entity("person:other", MAN, EntityType.PERSON))
    found = statuses([step("charged", 3), namesake], MAN)

    assert [f.disposition for f in found] == ["charged", "unknown"]
    assert all("kept apart" in f.note for f in found)


def test_no_word_of_a_time_line_states_guilt_and_family_has_no_place_in_it(
    step: Say, said: Say, entity: Name
) -> None:
    kin = said(entity(MAN, "person"), "member_of", entity("the Morwell family", "group"))
    found = only([step("arrested", 3), kin])

    assert [e.predicate for e in found.entries] == ["arrested"]
    assert "nothing here states guilt" in found.note


def test_what_accuses_stands_ready_for_its_disposition(step: Say, said: Say, entity: Name) -> None:
    accused = said(entity("Harbour Police", "organisation"), "suspects", entity(MAN, "person"))
    told = [accused, step("not_indicted", 28)]

    assert accusations(told, MAN) == (accused,)
    assert proceedings(told)[0].disposition == "not indicted: reason not stated"
