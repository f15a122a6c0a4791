"""Words that the parser takes for others, and whole sentences that need no mending."""

from collections.abc import Callable

import pytest

from ashiato.core.sources import Intake, Source
from ashiato.read.text import read_document

Triple = tuple[str, str, str]


@pytest.fixture(scope="module")
def triples() -> Callable[[str], set[Triple]]:
    def read(text: str) -> set[Triple]:
        intake = Intake("ab" * 32, "a.txt", Source("tidewatch-labs", "Tidewatch Labs"))
        said = [c.proposition for c in read_document(text.encode(), intake).claims]
        return {
            (p.subject.text, p.predicate, p.object.text) for p in said if p.subject and p.object
        }

    return read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We attribute this activity to Cinder Moth with moderate confidence.",
         ("this activity", "attributed_to", "Cinder Moth")),
        ("Analysts attribute the intrusions to Cinder Moth.",
         ("the intrusions", "attributed_to", "Cinder Moth")),
        ("GRAYKITE beacons to 198.51.100.23 every 30 minutes.",
         ("GRAYKITE", "communicated_with", "198.51.100.23")),
        ("The backdoor communicates with update.cinder.example over HTTPS.",
         ("The backdoor", "communicated_with", "update.cinder.example")),
    ],
)  # fmt: skip
def test_a_name_is_no_verb_and_a_verb_no_noun(
    triples: Callable[[str], set[Triple]], text: str, expected: Triple
) -> None:
    assert expected in triples(text)


def test_an_infinitive_stays_one(triples: Callable[[str], set[Triple]]) -> None:
    found = triples("The group planned to attack the Meridian Institute.")

    assert ("The group", "attacked", "Meridian Institute") in found
