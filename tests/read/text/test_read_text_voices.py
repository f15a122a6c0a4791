"""Whose knowledge it is: who is quoted, who is questioned, who only carries a clause."""

from collections.abc import Callable

import pytest

from ashiato.core.claims import Basis, Claim, Modality, Polarity
from ashiato.read.text import DocumentReading

Reader = Callable[..., DocumentReading]
RECORD = """\
RECORD OF INTERVIEW
Person interviewed: Kenta Morwell, born 1997

Q: Did you rent a server?
A: Yes. I rented the server vps-1042 in May 2030.

Q: Did you attack anybody?
A: No. I did not attack anybody.
"""


def _only(reading: DocumentReading, predicate: str) -> Claim:
    return next(
        c
        for c in reading.claims
        if c.proposition.predicate == predicate and c.modality is not Modality.HYPOTHETICAL
    )


def test_what_a_wire_quotes_the_police_as_saying_came_by_the_police(read: Reader) -> None:
    text = "The Lantern group attacked the bank, the agency quoted the Harbour Police as saying."

    assert _only(read(text), "attacked").origin.id == "harbour-police"


def test_the_one_questioned_admits_by_admission_and_is_the_origin(read: Reader) -> None:
    claim = _only(read(RECORD, "agency"), "contracted")

    assert (claim.speaker.text, claim.origin.text) == ("Kenta Morwell", "Kenta Morwell")
    assert (claim.modality, claim.basis) == (Modality.ADMITTED, Basis.ADMISSION)


def test_the_one_questioned_who_says_no_denies(read: Reader) -> None:
    assert _only(read(RECORD, "agency"), "attacked").polarity is Polarity.DENIED


@pytest.mark.parametrize("by", ["The embassy", "Its lawyer", "The Orvanian ministry"])
def test_who_speaks_for_the_accused_denies(by: str, read: Reader) -> None:
    who = "Kenta Morwell" if by == "Its lawyer" else "Unit 7713"
    reading = read(f"{by} said that {who} had not attacked the Meridian Institute.")

    assert _only(reading, "attacked").polarity is Polarity.DENIED


def test_who_tells_of_an_act_of_speech_is_its_speaker(read: Reader) -> None:
    claim = _only(read("Kenta Morwell denied renting the server vps-1042."), "denied")

    assert claim.speaker.id == "bay-herald"
