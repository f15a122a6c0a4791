"""Which report repeats which: copies, outlets, shared details; a person's word on it stands."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.claims import ORIGIN_BY_A_PERSON, Claim, Entity
from ashiato.core.sources import Source
from ashiato.core.tenancy import Tracing
from ashiato.core.weighing import Rung
from ashiato.weigh.grades import grades
from ashiato.weigh.questions import question
from ashiato.weigh.relays import collapsed, details, likeness
from ashiato.weigh.testimony import Hearing, Origins, hear

Say = Callable[..., Claim]
Name = Callable[..., Entity]
SAID = datetime(2031, 4, 20, 9, tzinfo=UTC)
LATER = SAID + timedelta(days=1)
LAST = SAID + timedelta(days=2)
SOURCES = (
    Source("harbour-police", "Harbour Police", "agency", "B"),
    Source("quay-labs", "Quay Labs", "organisation", "B"),
    Source("tarn-labs", "Tarn Labs", "organisation", "B"),
    Source("bay-herald", "Bay Herald", "outlet", "C"),
)
TEXT = "The group Lantern attacked the Meridian Institute in three waves between March and May 2030"


def heard(*claims: Claim) -> Hearing:
    origins = Origins(SOURCES, grades())
    asked = question(Rung.GROUP)
    return collapsed(hear(asked, claims, Tracing(), (), origins), origins)


def origins_of(hearing: Hearing) -> set[str]:
    return {each.origin for each in hearing.testimony}


def words_of(hearing: Hearing) -> str:
    return " ".join(each.words for each in hearing.testimony)


def test_the_same_text_printed_again_is_one_origin(said: Say, entity: Name) -> None:
    first = said(entity("Lantern"), "attacked", None, origin="quay-labs", quote=TEXT)
    again = said(
        entity("Lantern"),
        "attacked",
        None,
        origin="tarn-labs",
        document="copy",
        quote=TEXT + ".",
        at=LATER,
    )

    assert origins_of(heard(first, again)) == {"quay-labs"}
    assert "Tarn Labs counts with Quay Labs: the same text" in words_of(heard(first, again))


def test_two_firms_that_say_the_same_in_their_own_words_are_two(said: Say, entity: Name) -> None:
    first = said(entity("Lantern"), "attacked", None, origin="quay-labs", quote=TEXT)
    other = "We saw Lantern at work in the network of the Meridian Institute throughout that spring"
    second = said(
        entity("Lantern"), "attacked", None, origin="tarn-labs", document="b", quote=other, at=LATER
    )

    assert origins_of(heard(first, second)) == {"quay-labs", "tarn-labs"}


def test_an_outlet_counts_with_the_one_whose_detail_it_gives(said: Say, entity: Name) -> None:
    lantern = entity("Lantern")
    police = said(lantern, "attacked", None, quote="Lantern attacked it from 192.0.2.7")
    firm = said(
        lantern,
        "attacked",
        None,
        origin="quay-labs",
        document="b",
        quote="Lantern attacked it with vps-1042",
        at=LATER,
    )
    paper = said(
        lantern,
        "attacked",
        None,
        origin="bay-herald",
        document="c",
        quote="Lantern used vps-1042 to attack it",
        at=LAST,
    )

    assert "Bay Herald counts with Quay Labs: it gives the same detail, vps-1042" in words_of(
        heard(police, firm, paper)
    )


def test_an_outlet_that_names_nobody_counts_with_the_first(said: Say, entity: Name) -> None:
    lantern = entity("Lantern")
    police = said(lantern, "attacked", None, quote="It was Lantern")
    paper = said(
        lantern, "attacked", None, origin="bay-herald", document="c", quote="Lantern did", at=LATER
    )

    assert origins_of(heard(police, paper)) == {"harbour-police"}
    assert "it names no source" in words_of(heard(police, paper))


def test_an_origin_that_a_person_named_stands(said: Say, entity: Name) -> None:
    police = said(entity("Lantern"), "attacked", None)
    paper = said(
        entity("Lantern"),
        "attacked",
        None,
        origin="bay-herald",
        document="c",
        at=LATER,
        method=ORIGIN_BY_A_PERSON,
    )

    assert origins_of(heard(police, paper)) == {"harbour-police", "bay-herald"}


@given(st.text("abc ", max_size=60), st.text("abc ", max_size=60))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other, 2, 1) == likeness(other, one, 2, 1) <= 1


def test_what_few_would_both_invent_is_a_detail() -> None:
    text = "On 4 May 2030 the server VPS-1042 at 192.0.2.7, CVE-2030-48812, was seen 40 times."

    assert details(text) == {"vps-1042", "192.0.2.7", "cve-2030-48812"}
