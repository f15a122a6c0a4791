from dataclasses import replace

import pytest

from ashiato.core.claims import Entity, EntityType, Modality, Proposition
from ashiato.core.weighing import Rung
from ashiato.knowledge import load
from ashiato.weigh.grades import grades
from ashiato.weigh.questions import MODELLED, excluded, question

MICTIC = {"malware", "infrastructure", "control", "telemetry", "intelligence", "cui_bono"}


@pytest.mark.parametrize("pack", ["estimative", "grades", "questions", "standards", "statutes"])
def test_every_pack_has_a_version_and_names_its_source(pack: str) -> None:
    assert load(pack)["version"]
    assert len(load(pack)["source"]) > 20


@pytest.mark.parametrize("rung", MODELLED)
def test_every_rung_has_required_elements_with_a_cost_of_faking(rung: Rung) -> None:
    facts = question(rung).facts

    assert any(f.required for f in facts)
    assert all(f.spoof in {"trivial", "moderate", "high"} for f in facts)
    assert {f.aspect for f in facts} <= MICTIC


@pytest.mark.parametrize("rung", MODELLED)
def test_every_required_element_says_what_evidence_would_help(rung: Rung) -> None:
    assert all(f.missing for f in question(rung).facts if f.required)


@pytest.mark.parametrize("rung", MODELLED)
def test_no_fact_speaks_against_its_own_candidate(rung: Rung) -> None:
    for fact in question(rung).facts:
        table = fact.likelihood
        assert table["candidate"] > max(table["other"], table["none"])


@pytest.mark.parametrize("rung", MODELLED)
def test_predicates_are_of_the_house_and_none_is_an_excluded_ground(rung: Rung) -> None:
    known = set(load("predicates")["predicates"])
    used = {p for f in question(rung).facts for s in f.speaks for p in s.predicates}

    assert used <= known
    assert not used & excluded().predicates


def test_what_serves_somebody_is_never_an_element() -> None:
    for rung in MODELLED:
        assert not any(f.required and f.aspect == "cui_bono" for f in question(rung).facts)


def test_only_a_group_or_a_unit_belongs_to_a_sponsor() -> None:
    belongs = [
        s
        for f in question(Rung.SPONSOR).facts
        for s in f.speaks
        if s.predicates & {"member_of", "part_of"}
    ]

    assert belongs
    assert all(s.other == {EntityType.GROUP, EntityType.UNIT} for s in belongs)


def test_no_country_stands_as_a_candidate() -> None:
    assert not any(EntityType.PLACE in question(rung).types for rung in MODELLED)


def test_every_modality_has_its_hedge() -> None:
    assert set(grades().hedge) == set(Modality)


def test_a_mere_description_is_no_rival_of_a_named_group() -> None:
    described = Entity("group:group-of-hackers@03bfece8d488:99", "hackers", EntityType.GROUP)
    named = Entity("group:kestrel", "Kestrel", EntityType.GROUP)
    link = next(f for f in question(Rung.GROUP).facts if f.id == "link").speaks[0]
    persons = question(Rung.PERSON).facts[0].speaks[0]
    man = Entity("person:man@03bfece8d488:7", "a man", EntityType.PERSON)

    given = [link.candidate(Proposition(None, "transferred", who)) for who in (described, named)]

    several = [replace(man, text=text) for text in ("other customers", "the two", "the two men")]
    assert given == [None, named]
    assert persons.candidate(Proposition(man, "contracted", None)) == man
    assert not [s for s in several if persons.candidate(Proposition(s, "contracted", None))]
