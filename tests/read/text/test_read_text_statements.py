"""Police statements, reports and denials in several wordings: who did what, each claim whole."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from ashiato.read.text import DocumentReading, agree_on_types
from ashiato.read.text.framing import framing_of

Reader = Callable[..., DocumentReading]
Ends = tuple[str, str]


def _ends(claim: Claim) -> Ends:
    subject, item = claim.proposition.subject, claim.proposition.object
    return (subject.text if subject else ""), (item.text if item else "")


def _found(reading: DocumentReading, predicate: str) -> list[Claim]:
    return [c for c in reading.claims if c.proposition.predicate == predicate]


def _pairs(reading: DocumentReading, predicate: str) -> set[Ends]:
    return {_ends(claim) for claim in _found(reading, predicate)}


def _types(reading: DocumentReading, name: str) -> set[EntityType]:
    ends = (e for c in reading.claims for e in (c.proposition.subject, c.proposition.object))
    return {e.type for e in ends if e is not None and e.text == name}


# ---------------------------------------------------------------- names and their kinds


@pytest.mark.parametrize(
    "text",
    [
        "Police speak of the group known as Ochre Compass. Ochre Compass rented a server.",
        "Ochre Compass rented a server. The Harbour Police questioned the group Ochre Compass.",
        "The server was used by Ochre Compass. Investigators suspect the group Ochre Compass.",
    ],
)
def test_a_cue_tells_the_kind_of_a_name_in_the_whole_document(text: str, read: Reader) -> None:
    assert _types(read(text), "Ochre Compass") == {EntityType.GROUP}


@pytest.mark.parametrize(
    "name", ["Kelpdale Cloud", "Umberfell Networks", "Larchmoor Hosting", "Tarn Valley Observer"]
)
def test_a_name_with_the_ending_of_a_firm_is_an_organisation(name: str, read: Reader) -> None:
    assert _types(read(f"Kenta Morwell attacked {name} in 2030."), name) == {
        EntityType.ORGANISATION
    }


def test_the_name_on_a_contract_is_a_persona(read: Reader) -> None:
    reading = read("The server vps-1042 was leased by Kenta Morwell in the name of Taro Fenwick.")

    assert _types(reading, "Taro Fenwick") == {EntityType.PERSONA}
    assert _pairs(reading, "contracted") == {("Kenta Morwell", "vps-1042")}


# ---------------------------------------------------------------- who did it, who directed it


@pytest.mark.parametrize(
    "text",
    [
        "The Lantern group carried out the intrusions.",
        "The intrusions were carried out by the Lantern group.",
        "The intrusions are believed to have been conducted by the Lantern group.",
        "Investigators believe that the Lantern group mounted the intrusions.",
        "The Lantern group was behind the intrusions.",
        "The Lantern group is responsible for the intrusions.",
        "Tidewatch Labs concluded that the Lantern group launched the intrusions.",
    ],
)
def test_a_deed_is_laid_to_who_did_it(text: str, read: Reader) -> None:
    ends = _pairs(read(text), "attributed_to")

    assert [(s.removeprefix("the ").casefold(), o) for s, o in ends] in (
        [("intrusions", "Lantern")],
        [("the intrusions", "Lantern")],
    )


@pytest.mark.parametrize(
    "text",
    [
        (
            "Tidewatch Labs concluded from the malware on the servers of 3 companies that the "
            "Lantern group carried out the intrusions."
        ),
        "Tidewatch Labs attributed the intrusions to the Lantern group in a report of 5 May 2030.",
    ],
)
def test_a_firm_keeps_its_own_conclusion_in_an_article(text: str, read: Reader) -> None:
    lead = "According to the Harbour Police, the Lantern group rented a server."
    (claim,) = _found(read(f"{lead}\n\n{text}"), "attributed_to")

    assert (claim.speaker.id, claim.origin.id) == ("tidewatch-labs", "tidewatch-labs")
    assert claim.modality in {Modality.INFERRED, Modality.BELIEVED}


@pytest.mark.parametrize(
    "text",
    [
        "Unit 7713 is suspected of having directed the Lantern group.",
        (
            "According to the Harbour Police, Unit 7713 of the Orvanian Army is suspected of "
            "having directed the Lantern group."
        ),
        "The Lantern group is believed to have been directed by Unit 7713 of the Orvanian Army.",
        "The Lantern group acted under the direction of Unit 7713.",
        "The Lantern group acted on the orders of Unit 7713, the Harbour Police said.",
    ],
)
def test_the_one_who_directs_is_the_subject(text: str, read: Reader) -> None:
    assert _pairs(read(text), "directed") == {("Unit 7713", "Lantern")}


def test_having_nothing_to_do_with_a_deed_is_a_denied_part_in_it(read: Reader) -> None:
    reading = read("The ministry denies that Unit 7713 had anything to do with the attacks.")

    (claim,) = _found(reading, "attributed_to")
    assert _ends(claim) == ("the attacks", "Unit 7713")
    assert claim.polarity is Polarity.DENIED


# ---------------------------------------------------------------- contracts, identifiers, lists


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (
            (
                "On 4 May 2030 the server vps-1042 with the address 192.0.2.7 was contracted from "
                "Larchmoor Hosting by Kenta Morwell in the false name of Taro Fenwick, with the "
                "login ID u4411."
            ),
            "in the false name of Taro Fenwick",
        ),
        (
            (
                "Under the pseudonym Taro Fenwick, Kenta Morwell signed a contract with Larchmoor "
                "Hosting for the server vps-1042."
            ),
            "under the pseudonym taro fenwick",
        ),
        (
            (
                "Kenta Morwell rented the server vps-1042 (address 192.0.2.7) in the name of Taro "
                "Fenwick; the login ID was u4411."
            ),
            "in the name of Taro Fenwick",
        ),
    ],
)
def test_a_contract_names_person_machine_and_false_name(text: str, role: str, read: Reader) -> None:
    (claim,) = _found(read(text, "agency"), "contracted")

    assert _ends(claim) == ("Kenta Morwell", "vps-1042")
    assert (claim.proposition.role or "").casefold() == role.casefold()


@pytest.mark.parametrize("mark", ["vps-1042", "host-k1437", "node9901", "srv_b-77"])
def test_an_identifier_stays_whole(mark: str, read: Reader) -> None:
    reading = read(f"Kenta Morwell rented the server {mark} in 2030.")

    assert _pairs(reading, "contracted") == {("Kenta Morwell", mark)}


def test_each_identifier_that_was_sold_is_a_claim_with_its_own_date(read: Reader) -> None:
    reading = read(
        "Kenta Morwell sold the ID u4411 on 3 May 2030 and the ID c2207r on 9 May 2030 through "
        "the site Marrow Stall."
    )

    days = {
        _ends(c)[1]: c.proposition.valid.start_min.day
        for c in _found(reading, "sold")
        if c.proposition.valid.start_min
    }
    assert days == {"u4411": 3, "c2207r": 9}
    assert _types(reading, "u4411") == {EntityType.ACCOUNT}


def test_dates_in_a_row_go_with_identifiers_in_a_row(read: Reader) -> None:
    reading = read(
        "The IDs u4411 and c2207r were passed to the group Lantern on 3 May 2030 and 9 May 2030."
    )

    days = {
        _ends(c)[0]: c.proposition.valid.start_min.day
        for c in _found(reading, "transferred")
        if c.proposition.valid.start_min
    }
    assert days == {"u4411": 3, "c2207r": 9}


def test_one_of_the_servers_is_the_one_that_is_named(read: Reader) -> None:
    reading = read(
        "One of the servers, vps-1042 at 192.0.2.7, was rented under the name Taro Fenwick, the "
        "Harbour Police said."
    )

    (claim,) = _found(reading, "contracted")
    assert _ends(claim) == ("", "vps-1042")
    assert (claim.proposition.role, claim.speaker.id) == (
        "under the name Taro Fenwick",
        "harbour-police",
    )


# ---------------------------------------------------------------- persons


@pytest.mark.parametrize(
    "text",
    [
        "Kenta Morwell and Dana Rell left the country.",
        "By May 2031, Kenta Morwell as well as Dana Rell had left the country.",
        "Both men, Kenta Morwell and Dana Rell, have since left the country.",
        "Kenta Morwell was questioned. Dana Rell was also questioned. Both have left the country.",
        "Harbour Police questioned Kenta Morwell and Dana Rell. They left the country in May.",
    ],
)
def test_two_who_left_are_two_claims(text: str, read: Reader) -> None:
    assert _pairs(read(text), "left") == {
        ("Kenta Morwell", "the country"),
        ("Dana Rell", "the country"),
    }


@pytest.mark.parametrize("pronoun", ["He", "She"])
def test_a_pronoun_that_admits_is_the_person_named_last_never_a_firm(
    pronoun: str, read: Reader
) -> None:
    reading = read(
        f"Larchmoor Hosting told the Harbour Police of Kenta Morwell. {pronoun} admitted renting "
        "a server."
    )

    assert {s for s, _ in _pairs(reading, "admitted")} == {"Kenta Morwell"}
    assert _pairs(reading, "contracted") == {("Kenta Morwell", "a server")}


@pytest.mark.parametrize("word", ["Papers", "Documents"])
def test_papers_on_a_person_are_a_referral_by_the_agency_that_speaks(
    word: str, read: Reader
) -> None:
    reading = read(
        f"{word} on Kenta Morwell were sent to prosecutors on suspicion of computer fraud.",
        "agency",
    )

    assert _pairs(reading, "referred_to_prosecutors") == {("Harbour Police", "Kenta Morwell")}
    assert _pairs(reading, "suspects") == {("Kenta Morwell", "computer fraud")}


def test_silence_states_nothing(read: Reader) -> None:
    assert not _found(read("Kenta Morwell did not say to whom the ID had gone."), "stated")


def test_a_heading_about_servers_says_nothing_of_anybody(read: Reader) -> None:
    assert not _found(read("Servers were used\n\nPolice questioned a man."), "used")


# ---------------------------------------------------------------- frames


def test_two_clauses_joined_by_a_semicolon_have_each_their_speaker(read: Reader) -> None:
    reading = read(
        "The Harbour Police said that Kenta Morwell had left the country; Tidewatch Labs said "
        "that the Lantern group carried out the attacks."
    )

    assert {c.speaker.id for c in _found(reading, "left")} == {"harbour-police"}
    assert {c.speaker.id for c in _found(reading, "attributed_to")} == {"tidewatch-labs"}


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("According to the police, Unit 7713 is suspected.", "Unit"),
        ("The man sold it, the Harbour Police said on Monday.", "the Harbour"),
        ("The man sold it; the woman was questioned.", "the woman"),
    ],
)
def test_a_frame_is_cut_where_the_clause_ends(text: str, cut: str) -> None:
    assert text.index(cut) in framing_of(text).cuts


@pytest.mark.parametrize(
    "text",
    [
        '"According to the police, he sold it," the ministry said.',
        "The group attacked Corvane Shipping; Meridian Institute; and a bank.",
        "The man, the police said, sold it.",
    ],
)
def test_quotations_lists_and_parentheses_stay_whole(text: str) -> None:
    assert framing_of(text).cuts == ()


@given(st.text(st.sampled_from('Aa b,;."said was According to '), max_size=80))
def test_frames_lie_inside_the_text(text: str) -> None:
    framing = framing_of(text)

    assert all(0 <= f.start < f.end <= len(text) for f in framing.frames)
    assert all(0 <= cut <= len(text) for cut in framing.cuts)


# ---------------------------------------------------------------- one name over documents


_VOICE = Voice("harbour-police", "Harbour Police")
_CLAIM = Claim(
    id="",
    proposition=Proposition(None, "suspects", None),
    polarity=Polarity.AFFIRMED,
    modality=Modality.SUSPECTED,
    basis=Basis.INFERENCE,
    cues=(),
    speaker=_VOICE,
    origin=_VOICE,
    said_at=None,
    citations=(),
    method="made",
)


def _retyped(claim: Claim, kind: EntityType) -> Claim:
    entity = Entity(f"{kind}:ochre-compass", "Ochre Compass", kind)
    return replace(claim, id=f"{kind}", proposition=replace(claim.proposition, object=entity))


def test_a_kind_told_in_one_document_holds_in_the_next(read: Reader) -> None:
    told = read("The Harbour Police suspect the group Ochre Compass.").claims[0]
    guessed = _retyped(told, EntityType.PERSON)

    first, second = agree_on_types((told, guessed))

    assert first == told
    assert second.proposition.object == told.proposition.object
    assert second.id == told.id


@given(st.permutations([EntityType.PERSON, EntityType.PLACE, EntityType.GROUP]))
def test_agreement_does_not_depend_on_the_order(kinds: list[EntityType]) -> None:
    claims = tuple(_retyped(_CLAIM, kind) for kind in kinds)

    agreed = agree_on_types(claims)
    assert {c.proposition.object.type for c in agreed if c.proposition.object} == {EntityType.GROUP}
    assert agree_on_types(agreed) == agreed


def test_a_claim_follows_its_parent_to_the_new_id(read: Reader) -> None:
    parent = _retyped(read("The Harbour Police suspect Kenta Morwell.").claims[0], EntityType.PLACE)
    child = replace(parent, id="child", parents=(parent.id,))
    told = _retyped(parent, EntityType.UNIT)

    new_parent, new_child, _ = agree_on_types((parent, child, told))

    assert new_child.parents == (new_parent.id,)


def test_importing_the_reader_does_not_load_the_parser() -> None:
    code = "import sys, ashiato.read; sys.exit('spacy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own interpreter
