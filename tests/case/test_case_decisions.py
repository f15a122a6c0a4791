"""Decisions on claims: pure, ordered by the log, undone without a trace, never lost."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.case.corrections import checked, place_text
from ashiato.case.decisions import ADDED, ORIGIN, REVIEW, UNDO, apply, bound, in_force
from ashiato.core.canonical import content_id
from ashiato.core.claims import (
    BY_A_PERSON,
    ORIGIN_BY_A_PERSON,
    Basis,
    Claim,
    Entity,
    EntityType,
    Modality,
    Polarity,
    Proposition,
    Review,
    Ruling,
    Voice,
)
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.vault import Decision

EXHIBIT = "ab" * 32
PATH = "evidence/statement.txt"
LANTERN = Entity("group:lantern", "Lantern", EntityType.GROUP)
MERIDIAN = Entity("organisation:meridian", "Meridian", EntityType.ORGANISATION)
POLICE = Voice("harbour-police", "Harbour Police")


def claim(start: int, *, predicate: str = "attacked", modality: str = "stated") -> Claim:
    cited = Citation(EXHIBIT, PATH, SpanLocator(start, start + 9), "the words")
    made = Claim(
        id="",
        proposition=Proposition(LANTERN, predicate, MERIDIAN),
        polarity=Polarity.AFFIRMED,
        modality=Modality(modality),
        basis=Basis.FIRST_HAND,
        cues=(),
        speaker=POLICE,
        origin=POLICE,
        said_at=None,
        citations=(cited,),
        method="reader@1",
    )
    return replace(made, id=content_id(made))


CLAIMS = tuple(claim(start) for start in (0, 20, 40))


def decision(seq: int, kind: str, body: Mapping[str, object], by: str = "E. Marlow") -> Decision:
    return Decision(seq, by, kind, dict(body), datetime(2031, 8, 1, tzinfo=UTC), "a reason", 0)


def review(
    of: Claim, state: str, *, seq: int = 0, by: str = "E. Marlow", **fields: str
) -> Decision:
    body: dict[str, object] = {"claim": of.id, "bound": bound(of), "state": state}
    return decision(seq, REVIEW, {**body, "fields": fields} if fields else body, by)


def undo(of: Decision, seq: int) -> Decision:
    return decision(seq, UNDO, {"decision": of.id})


def refuse(quote: str) -> Citation:
    raise BadInput("not there", place=quote)


kinds = st.one_of(
    st.builds(
        lambda of, state, by: review(of, state, by=by),
        st.sampled_from(CLAIMS),
        st.sampled_from(["accepted", "rejected", "unsure"]),
        st.sampled_from(["E. Marlow", "A. Thorne"]),
    ),
    st.builds(
        lambda of, kind: review(of, "corrected", subject_type=kind),
        st.sampled_from(CLAIMS),
        st.sampled_from(["person", "unit"]),
    ),
    st.builds(
        lambda of, who: decision(0, ORIGIN, {"claim": of.id, "bound": bound(of), "origin": who}),
        st.sampled_from(CLAIMS),
        st.sampled_from(["Quay Times", "Northlight"]),
    ),
)


@st.composite
def logs(draw: st.DrawFn) -> tuple[Decision, ...]:
    log: list[Decision] = []
    for _ in range(draw(st.integers(0, 8))):
        if draw(st.integers(0, 1)) and log:
            log.append(undo(draw(st.sampled_from(log)), len(log)))
        else:
            log.append(replace(draw(kinds), seq=len(log)))
    return tuple(log)


def numbered(log: tuple[Decision, ...]) -> tuple[Decision, ...]:
    return tuple(replace(d, seq=n) for n, d in enumerate(log))


@given(logs())
def test_applying_decisions_twice_is_applying_them_once(log: tuple[Decision, ...]) -> None:
    assert apply(CLAIMS, numbered(log + log)) == apply(CLAIMS, log)


@given(logs(), kinds)
def test_undoing_restores_claims_and_digest_exactly(
    log: tuple[Decision, ...], more: Decision
) -> None:
    longer = (*log, replace(more, seq=len(log)))
    undone = (*longer, undo(longer[-1], len(longer)))

    assert apply(CLAIMS, undone) == apply(CLAIMS, log)
    assert in_force(undone) == in_force(log)


@given(logs(), st.permutations(CLAIMS))
def test_the_order_of_the_claims_does_not_matter(
    log: tuple[Decision, ...], turned: list[Claim]
) -> None:
    assert apply(turned, log) == apply(CLAIMS, log)


@given(logs())
def test_no_claim_of_the_machine_is_ever_lost(log: tuple[Decision, ...]) -> None:
    kept = {replace(c, review=Review.PROPOSED) for c in apply(CLAIMS, log).claims}

    assert kept >= set(CLAIMS)


def test_a_correction_supersedes_and_keeps_the_machine_s_version() -> None:
    first = CLAIMS[0]
    found = apply(CLAIMS, [review(first, "corrected", predicate="intruded", subject_type="unit")])
    old = next(c for c in found.claims if c.id == first.id)
    new = next(c for c in found.claims if c.parents == (first.id,))

    assert old == replace(first, review=Review.CORRECTED)
    assert (new.proposition.predicate, new.review, new.method) == (
        "intruded", Review.ACCEPTED, BY_A_PERSON,
    )  # fmt: skip
    assert new.proposition.subject == Entity("unit:lantern", "Lantern", EntityType.UNIT)
    assert next(r for r in found.reviews if r.id == first.id).replaced_by == new.id
    assert old not in found.counting
    assert new in found.counting


def test_of_two_persons_the_later_is_in_force_and_both_are_kept() -> None:
    log = [
        review(CLAIMS[0], "accepted", seq=0),
        review(CLAIMS[0], "rejected", seq=1, by="A. Thorne"),
    ]
    found = apply(CLAIMS, log)
    rejected = next(c for c in found.claims if c.id == CLAIMS[0].id)

    assert rejected.review is Review.REJECTED
    assert found.reviews[0].rulings == (
        Ruling("accepted", "E. Marlow", "a reason"),
        Ruling("rejected", "A. Thorne", "a reason"),
    )


def test_an_overruled_origin_replaces_the_origin_and_accepts_nothing() -> None:
    body = {"claim": CLAIMS[0].id, "bound": bound(CLAIMS[0]), "origin": "Quay Times"}
    new = next(c for c in apply(CLAIMS, [decision(0, ORIGIN, body)]).claims if c.parents)

    assert (new.origin, new.speaker) == (Voice("quay-times", "Quay Times"), POLICE)
    assert (new.review, new.method) == (Review.PROPOSED, ORIGIN_BY_A_PERSON)


def test_to_name_the_origin_that_stands_already_settles_it() -> None:
    body = {"claim": CLAIMS[0].id, "bound": bound(CLAIMS[0]), "origin": CLAIMS[0].origin.text}
    new = next(c for c in apply(CLAIMS, [decision(0, ORIGIN, body)]).claims if c.parents)

    assert (new.origin, new.method) == (CLAIMS[0].origin, ORIGIN_BY_A_PERSON)


def test_a_decision_goes_with_the_same_words_read_the_same_way() -> None:
    later = replace(CLAIMS[0], id="0" * 16, method="reader@2")
    found = apply([later], [review(CLAIMS[0], "rejected")])

    assert found.claims == (replace(later, review=Review.REJECTED),)
    assert not found.problems


def test_a_decision_goes_with_words_that_a_newer_reader_finds_elsewhere() -> None:
    cited = replace(CLAIMS[0].citations[0], locator=SpanLocator(7, 16), quote="only here")
    first = replace(CLAIMS[0], citations=(cited,))
    moved = replace(cited, locator=SpanLocator(9, 18))
    later = replace(first, id="0" * 16, citations=(moved,))
    twice = replace(later, id="1" * 16)

    assert apply([later], [review(first, "rejected")]).claims[0].review is Review.REJECTED
    assert apply([later, twice], [review(first, "rejected")]).problems


def test_a_decision_on_words_that_are_read_otherwise_is_an_orphan_and_stays_on_view() -> None:
    hedged = claim(0, modality="suspected")
    found = apply([hedged], [review(CLAIMS[0], "accepted")])
    (problem,) = found.problems

    assert found.claims == (hedged,)
    assert (problem.kind, problem.path) == ("orphan-review", PATH)
    assert "E. Marlow decided (accepted) on “Lantern attacked Meridian”" in problem.message
    assert problem.citation == CLAIMS[0].citations[0]


def test_a_person_may_add_what_the_machine_missed() -> None:
    fields = {
        "predicate": "suspects", "subject": "Harbour Police", "subject_type": "organisation",
        "object": "Lantern", "object_type": "group", "speaker": "Harbour Police",
        "origin": "Harbour Police", "modality": "suspected",
    }  # fmt: skip
    body = {
        "exhibit": EXHIBIT, "path": PATH, "place": place_text(SpanLocator(60, 69)),
        "quote": "the words", "fields": fields,
    }  # fmt: skip
    found = apply(CLAIMS, [decision(0, ADDED, body)])
    (new,) = {c.id: c for c in found.claims if c not in CLAIMS}.values()

    assert (new.method, new.review, new.parents) == (BY_A_PERSON, Review.ACCEPTED, ())
    assert new.proposition.object == LANTERN
    assert found.reviews[0].rulings == (Ruling("added", "E. Marlow", "a reason"),)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"predicate": "atacked"}, "did you mean attacked"),
        ({"subject_type": "payment"}, "cannot be of type payment"),
        ({"modality": "certain"}, "is no modality"),
        ({"colour": "red"}, "no field 'colour'"),
        ({"speaker": " "}, "the speaker is blank"),
        ({"subject": "", "object": ""}, "needs a subject or an object"),
        ({"start_min": "yesterday"}, "write 2031-04-20"),
        ({"start_min": "2031-04-20", "end_max": "2031-04-01"}, "out of order"),
        ({"quote": "other words"}, "not there"),
    ],
)
def test_what_cannot_be_a_claim_is_refused_in_one_line(fields: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        checked(CLAIMS[0], fields, refuse)

    assert "\n" not in str(refused.value)


def test_only_what_differs_is_kept_and_a_bare_day_is_the_whole_of_it() -> None:
    fields = {"predicate": "attacked", "start_min": "2031-04-20", "start_max": "2031-04-20"}

    assert checked(CLAIMS[0], fields, refuse) == {
        "start_min": "2031-04-20T00:00:00Z", "start_max": "2031-04-21T00:00:00Z",
    }  # fmt: skip
