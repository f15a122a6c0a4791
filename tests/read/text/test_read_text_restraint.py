"""What is asked, supposed, or said of anybody makes no claim; the same words about somebody do."""

from collections.abc import Callable

import pytest

from ashiato.core.sources import Intake, Source
from ashiato.read.text import read_document

SAID_OF_NOBODY = [
    "Did the man rent the server from Quay Hosting?",
    "If the group used the server, the police would have found its traces.",
    "Attackers rarely use their own machines.",
    "Anyone who breaks into a computer system shall be punished.",
    "A person who rents a server for another may be charged as an accessory.",
    "Suppose a student sells the account to the group.",
    "It is difficult to arrest a man who lives abroad.",
    "If the Lantern group attacked the Meridian Institute, the police will act.",
    "Did the Lantern group attack the Meridian Institute?",
    "Who sold the ID u4411?",
    "Organisations that were attacked must notify the regulator.",
    "Attackers hide well. They rent a server under a false name.",
    "Hackers often rent servers under false names.",
    "Stealing data is a crime.",
    "The installer copies itself.",
    "The lines below are responsible for loading it.",
]
SAID_OF_SOMEBODY = [
    "The attackers used the server of the institute.",
    "Police arrested the man in Kessby.",
    "The group uses a server in Orvania.",
    "Two attackers broke into the network of the institute.",
    "The group, which researchers call Pale Heron, has left the country.",
    "The accused denied the sale.",
    "The group, dubbed Pale Heron by researchers, broke into the network.",
    "It was not clear whether the group had used the server.",
]


@pytest.fixture(scope="module")
def count_claims() -> Callable[[str], int]:
    def count(text: str) -> int:
        intake = Intake("ab" * 32, "a.txt", Source("bay-herald", "Bay Herald", "outlet"))
        return len(read_document(text.encode(), intake).claims)

    return count


@pytest.mark.parametrize("text", SAID_OF_NOBODY)
def test_what_is_said_of_nobody_makes_no_claim(
    count_claims: Callable[[str], int], text: str
) -> None:
    assert count_claims(text) == 0


@pytest.mark.parametrize("text", SAID_OF_SOMEBODY)
def test_the_same_words_of_somebody_do(count_claims: Callable[[str], int], text: str) -> None:
    assert count_claims(text) > 0
