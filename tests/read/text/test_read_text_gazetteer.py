"""Listed names: found with their kind, doubtful ones beside a cue only, aliases never a merge."""

import pytest

from ashiato.core.claims import EntityType
from ashiato.core.sources import Intake, Source
from ashiato.knowledge.gazetteer import Listed, designation, files, from_cluster, installed
from ashiato.read.text import read_document
from ashiato.read.text.aliases import alias_claims, candidates
from ashiato.read.text.gazetteer import hits, names_of

LIST = (
    Listed("Pale Heron", "group", "Pale Heron", "threat-actor", 1),
    Listed("Copper Finch", "group", "Pale Heron", "threat-actor", 1),
    Listed("Unit 7713", "group", "Pale Heron", "threat-actor", 1),
    Listed("Lark", "group", "Lark", "threat-actor", 1),
    Listed("GLASSEEL", "malware", "GLASSEEL", "tool", 1),
    Listed("Copper Finch", "group", "Amber Wren", "threat-actor", 1),
)
NAMES = names_of(LIST, frozenset({"lark"}))


def _found(text: str) -> list[tuple[str, str]]:
    (found,) = hits([text], NAMES)
    return [(text[h.start : h.end], h.kind) for h in found]


def test_a_listed_name_is_found_with_its_kind() -> None:
    assert _found("In May Pale Heron used GLASSEEL.") == [
        ("Pale Heron", "group"),
        ("GLASSEEL", "malware"),
    ]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("The group Lark sold it.", True),
        ("A Lark sang.", False),
        ("the pale heron flew", False),
        ("See pale-heron.example", False),
        ('Hackers called "Lark" sold it.', True),
    ],
)
def test_short_and_common_names_need_a_cue(text: str, *, counts: bool) -> None:
    assert bool(_found(text)) == counts


def test_a_designation_of_a_unit_is_no_name_of_a_group() -> None:
    assert designation("Unit 7713") == "unit"
    assert _found("Unit 7713 sold it.") == []


def test_an_ambiguous_name_lists_its_candidates_and_chooses_none() -> None:
    assert {actor for _, actor in candidates("copper finch", LIST)} == {"Pale Heron", "Amber Wren"}
    (hit,) = hits(["Copper Finch sold it."], NAMES)[0]
    assert set(hit.actors) == {"Pale Heron", "Amber Wren"}


def test_aliases_are_reported_claims_and_a_unit_stands_behind_instead() -> None:
    unit = next(x for x in installed() if x.kind == "group" and designation(x.name) == "unit")
    claims = [c for c in alias_claims(unit.name) if c.citations[0].quote.strip('"') == unit.name]

    assert {(c.modality.value, c.basis.value) for c in claims} == {("reported", "hearsay")}
    assert all(c.method.startswith("gazetteer@") for c in claims)
    behind = [c.proposition for c in claims if c.proposition.predicate == "part_of"]
    assert behind
    assert all(p.object and p.object.type is EntityType.UNIT for p in behind)


def test_an_alias_that_cannot_be_cited_is_not_said() -> None:
    assert alias_claims("Pale Heron", LIST) == ()


def test_two_names_of_one_actor_stay_two_entities_and_no_alias_enters_a_reading() -> None:
    pairs = (x for x in installed() if x.kind == "group" and x.name != x.actor)
    first = next(x for x in pairs if x.name.istitle() and x.actor.isalnum())
    texts = [f"The group {name} used a server." for name in (first.name, first.actor)]
    intake = Intake("ab" * 32, "a.txt", Source("lab", "Lab"))
    claims = [c for text in texts for c in read_document(text.encode(), intake).claims]
    ids = {c.proposition.subject.id for c in claims if c.proposition.subject}

    assert len(ids) == 2
    assert all(not c.method.startswith("gazetteer") for c in claims)


def test_a_citation_of_the_installed_lists_gives_the_very_bytes() -> None:
    raw = {path.name: path.read_bytes() for _, path in files()}
    some = [x for x in installed() if x.name != x.actor][::97]
    claims = [claim for one in some for claim in alias_claims(one.name)]

    assert len(claims) >= len(some)
    for claim in claims:
        (cited,) = claim.citations
        place = cited.locator
        found = raw[cited.path][place.byte_offset :][: place.byte_length]  # type: ignore[union-attr]
        assert found.decode() == cited.quote


def test_a_catalogue_s_number_is_no_part_of_a_name() -> None:
    data = {"type": "tool", "version": 2, "values": [{"value": "Reed - S0001", "meta": {}}]}

    assert [one.name for one in from_cluster(data, "malware")] == ["Reed"]
