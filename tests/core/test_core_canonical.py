import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.canonical import canonical_json, content_id, from_plain, to_plain
from ashiato.core.claims import (
    Basis,
    Claim,
    Entity,
    EntityType,
    Modality,
    Polarity,
    Proposition,
    Voice,
)
from ashiato.core.evidence import (
    BytesLocator,
    CellLocator,
    Citation,
    LineLocator,
    Locator,
    PageBoxLocator,
    RecordLocator,
    SpanLocator,
)
from ashiato.core.records import Indicator, Observable, ObservableType
from ashiato.core.time import UncertainInterval

T = datetime(2031, 4, 20, 9, tzinfo=UTC)
LOCATORS: tuple[Locator, ...] = (
    SpanLocator(3, 9),
    LineLocator(4),
    RecordLocator(7, 100, 20, "gzip"),
    CellLocator(2, "Server", 10, 5),
    PageBoxLocator(1, 0.5, 1.0, 2.0, 3.25),
    BytesLocator(0, 8),
)


def a_claim(locator: Locator) -> Claim:
    return Claim(
        id="c1",
        proposition=Proposition(
            Entity("group:kestrel", "Kestrel", EntityType.GROUP),
            "attacked",
            None,
            valid=UncertainInterval(T, None, None, None),
        ),
        polarity=Polarity.AFFIRMED,
        modality=Modality.SUSPECTED,
        basis=Basis.HEARSAY,
        cues=("suspected",),
        speaker=Voice("harbour-police", "the Harbour Police"),
        origin=Voice("harbour-police", "the Harbour Police"),
        said_at=T,
        citations=(Citation("ab" * 32, "evidence/a.txt", locator, "Kestrel"),),
        method="test@1",
    )


def test_a_claim_survives_json_with_every_kind_of_locator() -> None:
    for locator in LOCATORS:
        claim = a_claim(locator)

        assert from_plain(Claim, json.loads(canonical_json(claim))) == claim


def test_an_indicator_survives_json() -> None:
    indicator = Indicator(
        "i1", Observable(ObservableType.IP, "192.0.2.7"), UncertainInterval(T), "leased", ()
    )

    assert from_plain(Indicator, to_plain(indicator)) == indicator


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.floats(allow_nan=False), max_size=6))
def test_equal_mappings_give_equal_bytes_whatever_their_order(data: dict[str, float]) -> None:
    turned = dict(reversed(list(data.items())))

    assert canonical_json(data) == canonical_json(turned)
    assert content_id(data) == content_id(turned)


def test_floats_are_written_with_six_decimals_and_no_negative_zero() -> None:
    assert canonical_json({"p": 1 / 3, "z": -0.0}) == b'{"p":0.333333,"z":0.0}'
