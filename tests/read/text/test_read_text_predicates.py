"""Every predicate of the pack is found in each of its own examples."""

from collections.abc import Iterator
from typing import Any

import pytest

from ashiato.core.claims import Claim, EntityType
from ashiato.core.sources import Intake, Source
from ashiato.knowledge import load
from ashiato.read.text import read_document
from ashiato.read.text.lexicon import triggers

PACK: dict[str, dict[str, Any]] = load("predicates")["predicates"]
INTAKE = Intake("e" * 64, "news.txt", Source("bay-herald", "Bay Herald", "outlet"))


def _examples() -> Iterator[tuple[str, dict[str, str]]]:
    for predicate, entry in PACK.items():
        for example in entry["examples"]:
            yield predicate, example


def _fits(claim: Claim, predicate: str, example: dict[str, str]) -> bool:
    proposition = claim.proposition
    ends = (("subject", proposition.subject), ("object", proposition.object))
    return proposition.predicate == predicate and all(
        name not in example or (entity is not None and example[name] in entity.text)
        for name, entity in ends
    )


@pytest.mark.parametrize(("predicate", "example"), list(_examples()))
def test_an_example_of_a_predicate_makes_its_claim(predicate: str, example: dict[str, str]) -> None:
    claims = read_document(example["text"].encode(), INTAKE).claims

    found = [claim for claim in claims if _fits(claim, predicate, example)]
    assert found
    assert "role" not in example or found[0].proposition.role == example["role"]


def test_every_predicate_has_a_meaning_types_and_an_example() -> None:
    for entry in PACK.values():
        assert entry["meaning"]
        assert {EntityType(kind) for kind in (*entry["subject"], *entry["object"])}
        assert entry["examples"]
        assert entry.get("speech") or entry["triggers"]


def test_every_trigger_names_a_predicate_of_the_pack() -> None:
    assert {t.predicate for found in triggers().values() for t in found} <= set(PACK)
