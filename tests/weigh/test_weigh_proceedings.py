import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ashiato.core.canonical import canonical_json
from ashiato.core.claims import Claim, Entity
from ashiato.weigh import proceedings

Say = Callable[..., Claim]
Name = Callable[..., Entity]


@pytest.fixture
def record(said: Say, entity: Name) -> list[Claim]:
    """Questioned, left, referred, not indicted; told out of order."""
    man, police = entity("Kenta Morwell", "person"), entity("Harbour Police", "organisation")

    def on(day: int) -> datetime:
        return datetime(2031, 4, day, tzinfo=UTC)

    return [
        said(police, "referred_to_prosecutors", man, at=on(20)),
        said(police, "questioned", man, at=on(3)),
        said(man, "left", entity("Orvania", "place"), at=on(9)),
        said(man, "contracted", entity("vps-1042", "server"), role="under a false name", at=on(2)),
        said(entity("Prosecutors", "organisation"), "not_indicted", man, at=on(28)),
    ]


def test_steps_stand_in_order_of_time(record: list[Claim]) -> None:
    (found,) = proceedings(record)
    predicates = {c.id: c.proposition.predicate for c in record}

    assert [predicates[i] for i in found.steps] == [
        "questioned",
        "left",
        "referred_to_prosecutors",
        "not_indicted",
    ]


def test_a_non_indictment_without_a_reason_says_that_none_was_stated(record: list[Claim]) -> None:
    assert proceedings(record)[0].disposition == "not indicted: reason not stated"


def test_a_stated_reason_counts(record: list[Claim], said: Say, entity: Name) -> None:
    why = said(
        entity("Prosecutors", "organisation"),
        "not_indicted",
        entity("Kenta Morwell", "person"),
        document="gazette",
        quote="The prosecution of the engineer was suspended (起訴猶予).",
    )

    assert proceedings([*record, why])[0].disposition == "prosecution suspended"


def test_a_referral_is_no_disposition(record: list[Claim]) -> None:
    assert proceedings(record[:1])[0].disposition == "unknown"


def test_every_element_has_its_claims_or_its_gap(record: list[Claim]) -> None:
    (found,) = proceedings(record)
    by_id = {e.id: e for e in found.elements}

    assert by_id["wrongfully_created"].claims == (record[3].id,)
    assert by_id["purpose"].claims == ()
    assert all(bool(e.claims) != bool(e.gap) for e in found.elements)


def test_claims_about_somebody_else_prove_no_element(
    record: list[Claim], said: Say, entity: Name
) -> None:
    other = said(
        entity("Mira Ostrand", "person"), "contracted", entity("vps-9", "server"), role="false name"
    )
    (found,) = proceedings([*record, other])

    assert not any(other.id in e.claims for e in found.elements)


@pytest.mark.parametrize(
    ("predicate", "options"),
    [
        ("denied", {}),
        ("left", {}),
        ("arrested", {"polarity": "negated"}),
        ("charged", {"modality": "hypothetical"}),
        ("charged", {"modality": "normative"}),
        ("charged", {"modality": "possible"}),
    ],
)
def test_who_speaks_travels_or_may_be_charged_has_no_proceedings(
    said: Say, entity: Name, *, predicate: str, options: dict[str, str]
) -> None:
    claim = said(entity("Ada Quill", "person"), predicate, None, **options)

    assert proceedings([claim]) == ()


def test_a_group_has_no_proceedings(said: Say, entity: Name) -> None:
    claim = said(entity("Prosecutors", "organisation"), "charged", entity("Lantern"))

    assert proceedings([claim]) == ()


def test_a_passive_sentence_tells_of_its_subject(said: Say, entity: Name) -> None:
    (found,) = proceedings([said(entity("Kenta Morwell", "person"), "arrested", None)])

    assert found.person == "Kenta Morwell"


def test_nothing_in_it_states_guilt(record: list[Claim]) -> None:
    text = canonical_json(proceedings(record)).decode()

    assert not re.search(r"guilt|culprit|perpetrat|convict|criminal", text, re.IGNORECASE)


def test_the_order_of_claims_does_not_matter(record: list[Claim]) -> None:
    assert proceedings(record) == proceedings(record[::-1])
