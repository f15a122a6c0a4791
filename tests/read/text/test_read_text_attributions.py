"""Speaker, modality, polarity and basis over a table of invented sentences of many genres."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ashiato.core.claims import Claim
from ashiato.read.text import DocumentReading

Reader = Callable[..., DocumentReading]
_TABLE = tomllib.loads((Path(__file__).parent / "attributions.toml").read_text("utf-8"))
_SOURCES = {"outlet": "bay-herald", "agency": "harbour-police", "organisation": "tidewatch-labs"}


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    predicate: str
    speaker: str
    modality: str
    polarity: str
    basis: str
    text: str

    def is_said_by(self, claim: Claim) -> bool:
        if self.speaker == "-":
            return claim.speaker.id == _SOURCES[self.kind]
        return self.speaker.casefold() in claim.speaker.text.casefold()

    def misread(self, claim: Claim) -> set[str]:
        right = {
            "speaker": self.is_said_by(claim),
            "modality": claim.modality.value == self.modality,
            "polarity": claim.polarity.value == self.polarity,
            "basis": claim.basis.value == self.basis,
        }
        return {name for name, holds in right.items() if not holds}


def _rows(part: str) -> list[Row]:
    return [Row(*row) for row in _TABLE[part]]


def _found(row: Row, read: Reader) -> Claim | None:
    claims = read(row.text, row.kind).claims
    return next((c for c in claims if c.proposition.predicate == row.predicate), None)


@pytest.mark.parametrize("part", ["dev", "aside", "further"])
@pytest.mark.parametrize(
    ("field", "least"),
    [("speaker", 0.9), ("modality", 0.9), ("polarity", 0.95), ("basis", 0.9)],
)
def test_the_table_is_read_right_often_enough(
    part: str, field: str, least: float, read: Reader
) -> None:
    pairs = [(row, _found(row, read)) for row in _rows(part)]
    wrong = [row.misread(claim) for row, claim in pairs if claim is not None]

    assert len(wrong) >= 0.7 * len(pairs)
    assert sum(field not in each for each in wrong) >= least * len(wrong)


@pytest.mark.parametrize("part", ["dev", "aside", "further"])
def test_no_hedged_or_denied_sentence_is_taken_for_a_plain_statement(
    part: str, read: Reader
) -> None:
    hedged = [row for row in _rows(part) if (row.modality, row.polarity) != ("stated", "affirmed")]
    pairs = [(row, _found(row, read)) for row in hedged]
    plain = [
        row.text
        for row, claim in pairs
        if claim is not None
        and (claim.modality.value, claim.polarity.value) == ("stated", "affirmed")
    ]

    assert len(plain) <= 0.05 * len(pairs)


def test_declining_to_comment_claims_nothing_of_the_matter(read: Reader) -> None:
    reading = read("The ministry declined to comment on the attack by the Lantern group.")

    assert all(c.proposition.predicate != "stated" for c in reading.claims)
