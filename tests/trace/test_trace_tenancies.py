from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.canonical import canonical_json
from ashiato.core.claims import (
    Basis,
    Claim,
    Entity,
    EntityType,
    Modality,
    Polarity,
    Proposition,
    Review,
    Voice,
)
from ashiato.core.evidence import Citation, RecordLocator, SpanLocator
from ashiato.core.records import Record
from ashiato.core.sources import Source
from ashiato.core.tenancy import Role, Tenancy, TenancyBasis, TenancyStatus, Tracing
from ashiato.core.time import ALWAYS_POSSIBLE, Moment, Presence, UncertainInterval
from ashiato.trace import timeline, trace, who

REGISTERS = {
    name: Source(name, f"Provider {name[-1].upper()}", "register") for name in ("prov-a", "prov-b")
}
CERTAIN, POSSIBLE, CONFLICTING = TenancyStatus
BUYER = Entity("g:sextant", "Brass Sextant", EntityType.GROUP)
SELLER = Entity("p:falk", "Corva Falk", EntityType.PERSON)
SERVERS = Entity("s:servers", "the servers", EntityType.SERVER)


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str) -> Moment:
    return Moment(on(text), on(text) + timedelta(days=1))


def row(
    kind: str,
    fields: Mapping[str, str],
    times: Mapping[str, Moment],
    source: str = "prov-a",
    exhibit: str = "e1",
) -> Record:
    text = repr(sorted(fields.items()))
    citation = Citation(exhibit, f"{exhibit}.csv", RecordLocator(2, 10, len(text)), text)
    return Record(kind, fields, times, source, citation)


def contract(
    number: str = "C-17",
    customer: str = "Hesk Lundamar",
    start: str = "2030-01-10",
    end: str = "2030-06-30",
    *,
    source: str = "prov-a",
    exhibit: str = "e1",
    **fields: str,
) -> Record:
    named = {"account": f"u-{number}", "asset": "vps-1042", "address": "192.0.2.17", **fields}
    times = {name: day(text) for name, text in (("start", start), ("end", end)) if text}
    return row(
        "contracts",
        {"contract": number, "customer": customer, **named},
        times,
        source,
        exhibit,
    )


def payment(paid: str, *, number: str = "C-17", **fields: str) -> Record:
    return row("payments", {"contract": number, **fields}, {"paid_at": day(paid)})


def assignment(start: str, end: str, **fields: str) -> Record:
    times = {name: day(text) for name, text in (("start", start), ("end", end)) if text}
    return row("assignments", fields, times)


def claim(
    predicate: str,
    subject: Entity | None,
    target: Entity | None,
    *,
    valid: UncertainInterval = ALWAYS_POSSIBLE,
    origin: str = "police",
    polarity: Polarity = Polarity.AFFIRMED,
    modality: Modality = Modality.STATED,
) -> Claim:
    voice = Voice(origin, origin.title())
    citation = Citation(f"doc-{origin}", f"{origin}.txt", SpanLocator(0, 4), "text")
    return Claim(
        id=f"{predicate}-{origin}-{subject and subject.id}-{target and target.id}",
        proposition=Proposition(subject, predicate, target, None, valid),
        polarity=polarity,
        modality=modality,
        basis=Basis.FIRST_HAND,
        cues=(),
        speaker=voice,
        origin=voice,
        said_at=None,
        citations=(citation,),
        method="test@1",
        review=Review.PROPOSED,
    )


def server(text: str = "server vps-1042") -> Entity:
    return Entity(f"s:{text}", text, EntityType.SERVER)


def during(start: str, end: str) -> UncertainInterval:
    return UncertainInterval.exactly(on(start), on(end))


def traced(*records: Record, claims: tuple[Claim, ...] = ()) -> Tracing:
    return trace(records, claims, [], registers=REGISTERS)


def of(tracing: Tracing, role: Role, asset: str = "vps-1042") -> list[Tenancy]:
    return [t for t in tracing.tenancies if t.role is role and t.asset.text == asset]


def holders(tracing: Tracing, asset: str, at: str, role: Role) -> dict[str, TenancyStatus]:
    answer = who(tracing, asset, on(at))
    return {h.party.text: h.status for h in answer.holders if h.role is role}


# --- registers -----------------------------------------------------------------------------------


def test_a_contract_makes_its_customer_the_certain_registrant_of_all_its_assets() -> None:
    tracing = traced(contract())

    for asset in ("vps-1042", "u-C-17", "192.0.2.17"):
        found = holders(tracing, asset, "2030-03-01", Role.REGISTRANT)
        assert found == {"Hesk Lundamar": CERTAIN}


def test_a_row_of_a_source_that_is_no_register_needs_a_second_origin() -> None:
    tracing = trace([contract()], [], [], registers={})

    assert {t.status for t in tracing.tenancies} == {POSSIBLE}


def test_one_name_at_two_providers_is_two_personas() -> None:
    tracing = traced(contract(), contract(source="prov-b", asset="vps-2", address="192.0.2.18"))

    assert len({t.party.id for t in tracing.tenancies}) == 2
    assert tracing.judgements == ()


def test_an_open_contract_is_only_ever_possible() -> None:
    (tenancy,) = of(traced(contract(end="")), Role.REGISTRANT)

    assert tenancy.status is POSSIBLE
    assert tenancy.interval.end_max is None


def test_dates_too_vague_for_a_certain_time_are_only_ever_possible() -> None:
    months = {
        "start": Moment(on("2030-03-01"), on("2030-04-01")),
        "end": Moment(on("2030-03-01"), on("2030-04-01")),
    }
    vague = row("contracts", {"contract": "C-1", "customer": "X", "asset": "vps-1"}, months)

    assert {t.status for t in traced(vague).tenancies} == {POSSIBLE}


def test_an_end_before_the_start_is_reported_and_joined_to_nothing() -> None:
    tracing = traced(contract(start="2030-06-30", end="2030-01-10"))
    answer = who(tracing, "vps-1042", on("2030-03-01"))

    assert tracing.tenancies == ()
    assert any("ends before it starts" in gap for gap in answer.gaps)


def test_two_extracts_of_one_register_count_once() -> None:
    tracing = traced(contract(exhibit="e1"), contract(exhibit="e2"))
    (tenancy,) = of(tracing, Role.REGISTRANT)

    assert tenancy.origins == ("prov-a",)
    assert {c.exhibit for c in tenancy.citations} == {"e1", "e2"}
    assert tracing.conflicts == ()


def test_an_address_used_again_belongs_to_the_next_customer_with_nothing_lingering() -> None:
    tracing = traced(
        contract(),
        contract("C-18", "Mav Holvdov", "2030-06-30", "2030-12-31", asset="vps-7"),
    )
    before = holders(tracing, "192.0.2.17", "2030-06-29", Role.REGISTRANT)
    between = holders(tracing, "192.0.2.17", "2030-06-30T12:00", Role.REGISTRANT)
    after = holders(tracing, "192.0.2.17", "2030-07-01", Role.REGISTRANT)

    assert before == {"Hesk Lundamar": CERTAIN}
    assert between == {"Hesk Lundamar": POSSIBLE, "Mav Holvdov": POSSIBLE}
    assert after == {"Mav Holvdov": CERTAIN}
    assert tracing.conflicts == ()


def test_an_assignment_narrows_the_time_for_which_an_address_was_the_customers() -> None:
    tracing = traced(
        contract(), assignment("2030-03-01", "2030-04-30", address="192.0.2.17", contract="C-17")
    )
    (tenancy,) = of(tracing, Role.REGISTRANT, "192.0.2.17")

    assert tenancy.basis is TenancyBasis.DERIVED
    assert holders(tracing, "192.0.2.17", "2030-02-01", Role.REGISTRANT) == {}
    assert holders(tracing, "192.0.2.17", "2030-04-01", Role.REGISTRANT) == {
        "Hesk Lundamar": CERTAIN
    }


def test_an_assignment_without_a_contract_is_named_as_a_gap() -> None:
    tracing = traced(
        contract(), assignment("2031-01-01", "2031-02-01", address="192.0.2.99", asset="vps-1042")
    )
    answer = who(tracing, "192.0.2.99", on("2031-01-15"))

    assert any("no contract on record covers this use" in gap for gap in answer.gaps)


def test_co_tenants_share_an_address_and_only_their_accounts_name_them() -> None:
    tracing = traced(contract(), contract("C-18", "Mav Holvdov"))
    shared = holders(tracing, "192.0.2.17", "2030-03-01", Role.REGISTRANT)

    assert shared == {"Hesk Lundamar": POSSIBLE, "Mav Holvdov": POSSIBLE}
    assert holders(tracing, "u-C-18", "2030-03-01", Role.REGISTRANT) == {"Mav Holvdov": CERTAIN}
    assert {c.kind for c in tracing.conflicts} == {"shared"}


def test_two_registers_with_other_customers_for_one_machine_conflict_and_both_stay() -> None:
    tracing = traced(contract(), contract("Z-9", "Mav Holvdov", source="prov-b"))
    found = holders(tracing, "vps-1042", "2030-03-01", Role.REGISTRANT)

    assert found == {"Hesk Lundamar": CONFLICTING, "Mav Holvdov": CONFLICTING}
    assert who(tracing, "vps-1042", on("2030-03-01")).conflicts


# --- payments ------------------------------------------------------------------------------------


def test_a_payer_pays_from_the_first_payment_until_somebody_else_does() -> None:
    tracing = traced(
        contract(),
        payment("2030-02-01", payer="Ilva Grim"),
        payment("2030-03-01", payer="Ilva Grim"),
        payment("2030-04-01", payer="Orvon Skar"),
    )

    assert holders(tracing, "vps-1042", "2030-01-20", Role.PAYER) == {}
    assert holders(tracing, "vps-1042", "2030-03-15", Role.PAYER) == {"Ilva Grim": CERTAIN}
    assert holders(tracing, "vps-1042", "2030-05-01", Role.PAYER) == {"Orvon Skar": CERTAIN}


def test_a_payment_that_fits_no_contract_is_reported() -> None:
    tracing = traced(contract(), payment("2031-02-01", payer="Ilva Grim"))
    kinds = {c.kind for c in tracing.conflicts}

    assert kinds == {"unused-payment"}
    assert of(tracing, Role.PAYER) == []


def test_the_answer_names_the_payment_record_that_is_missing() -> None:
    answer = who(traced(contract()), "vps-1042", on("2030-05-01"))

    assert "no payment record of contract C-17 covers 2030-05-01" in answer.gaps


# --- the guard rails of tracing ------------------------------------------------------------------


def test_rail_1_a_renewal_is_not_a_new_person() -> None:
    tracing = traced(
        contract(account="u1"),
        contract("C-44", start="2030-06-25", end="2031-06-30", account="u1"),
    )

    assert [j.judgement for j in tracing.judgements] == ["same"]
    assert tracing.conflicts == ()
    assert tracing.handovers == ()


def test_rail_2_a_released_address_is_nobodys_until_it_is_given_out_again() -> None:
    tracing = traced(
        contract(), contract("C-18", "Mav Holvdov", "2030-08-01", "2030-12-31", asset="vps-7")
    )
    answer = who(tracing, "192.0.2.17", on("2030-07-10"))

    assert answer.holders == ()
    assert "no contract record covers 192.0.2.17 on 2030-07-10" in answer.gaps


@given(hours=st.integers(-14, 14))
@settings(max_examples=15)
def test_rail_3_moving_every_clock_moves_every_answer_alike(hours: int) -> None:
    by = timedelta(hours=hours)
    records = [contract(), contract("C-18", "Mav Holvdov", "2030-06-30", "2030-12-31", asset="v7")]
    moved = [
        Record(r.kind, r.fields, {k: m.shift(by) for k, m in r.times.items()}, r.source, r.citation)
        for r in records
    ]

    assert [t.interval.shift(by) for t in traced(*records).tenancies] == [
        t.interval for t in traced(*moved).tenancies
    ]


def test_rail_4_a_card_names_a_payer_and_a_name_a_persona_and_neither_a_user() -> None:
    tracing = traced(contract(), payment("2030-02-01", card="4111 1111 1111 1111"))
    payers = of(tracing, Role.PAYER)

    assert [t.party.text for t in payers] == ["holder of card ••••1111"]
    assert {t.party.type for t in tracing.tenancies} == {EntityType.PERSONA}
    assert of(tracing, Role.OPERATOR) == []
    assert {(t.basis, t.status) for t in of(tracing, Role.CREDENTIAL_HOLDER)} == {
        (TenancyBasis.INFERRED, POSSIBLE)
    }


def test_rail_5_a_claim_that_names_a_group_gives_it_no_machine_that_it_does_not_name() -> None:
    told = claim("transferred", SELLER, BUYER, valid=during("2030-03-01", "2030-03-02"))
    tracing = traced(contract(), claims=(told,))
    given_to = [t for t in tracing.tenancies if t.party == BUYER]

    assert [t.asset.id for t in given_to] == [f"claimed:{told.id}"]
    assert "Brass Sextant" not in holders(tracing, "vps-1042", "2030-04-01", Role.CREDENTIAL_HOLDER)


def test_rail_5_the_servers_without_an_identifier_are_a_thing_of_their_own() -> None:
    told = claim("operated", BUYER, SERVERS, valid=during("2030-03-01", "2030-05-01"))
    tracing = traced(contract(), claims=(told,))

    assert [t.asset.id for t in tracing.tenancies if t.party == BUYER] == [f"claimed:{told.id}"]


@pytest.mark.parametrize("other", ["Hesk Lundamar", "Mav Holvdov"])
def test_rails_6_and_7_without_a_shared_identifier_nothing_is_said_of_two_personas(
    other: str,
) -> None:
    second = contract("C-18", other, asset="vps-7", address="192.0.2.18")

    assert traced(contract(), second).judgements == ()


# --- statements ----------------------------------------------------------------------------------


def test_a_stated_transfer_ends_the_former_holders_time_and_starts_the_receivers() -> None:
    told = claim("transferred", server(), BUYER, valid=during("2030-03-01", "2030-03-02"))
    tracing = traced(contract(), claims=(told,))

    before = holders(tracing, "u-C-17", "2030-02-01", Role.CREDENTIAL_HOLDER)
    after = holders(tracing, "u-C-17", "2030-04-01", Role.CREDENTIAL_HOLDER)
    assert before == {"Hesk Lundamar": POSSIBLE}
    assert after == {"Brass Sextant": POSSIBLE}
    assert holders(tracing, "u-C-17", "2030-04-01", Role.REGISTRANT) == {"Hesk Lundamar": CERTAIN}


def test_a_receiver_keeps_nothing_after_the_lease() -> None:
    told = claim("transferred", server(), BUYER, valid=during("2030-03-01", "2030-03-02"))
    tracing = traced(contract(), claims=(told,))

    for asset in ("vps-1042", "192.0.2.17", "u-C-17"):
        assert holders(tracing, asset, "2030-07-02", Role.CREDENTIAL_HOLDER) == {}


def test_a_resale_ends_the_first_buyers_time() -> None:
    second = Entity("g:anvil", "Slate Anvil", EntityType.GROUP)
    told = (
        claim("sold", server(), BUYER, valid=during("2030-03-01", "2030-03-02")),
        claim("sold", server(), second, valid=during("2030-05-01", "2030-05-02")),
    )
    tracing = traced(contract(), claims=told)

    assert holders(tracing, "vps-1042", "2030-04-01", Role.CREDENTIAL_HOLDER) == {
        "Brass Sextant": POSSIBLE
    }
    assert holders(tracing, "vps-1042", "2030-06-01", Role.CREDENTIAL_HOLDER) == {
        "Slate Anvil": POSSIBLE
    }


def test_two_independent_origins_make_a_stated_holder_certain_and_one_does_not() -> None:
    time = during("2030-03-01", "2030-05-01")
    one = claim("held_credentials", BUYER, server(), valid=time)
    again = claim("held_credentials", BUYER, server("vps-1042"), valid=time)
    other = claim("held_credentials", BUYER, server(), valid=time, origin="firm")

    single = traced(contract(), claims=(one, again))
    double = traced(contract(), claims=(one, other))
    at = ("vps-1042", "2030-04-01", Role.CREDENTIAL_HOLDER)
    assert holders(single, *at)["Brass Sextant"] is POSSIBLE
    assert holders(double, *at)["Brass Sextant"] is CERTAIN


def test_origins_that_agree_on_part_of_the_time_make_only_that_part_certain() -> None:
    told = (
        claim("operated", BUYER, server(), valid=during("2030-02-01", "2030-04-01")),
        claim("operated", BUYER, server(), valid=during("2030-03-01", "2030-05-01"), origin="firm"),
    )
    tracing = traced(contract(), claims=told)

    found = [
        holders(tracing, "vps-1042", at, Role.OPERATOR)["Brass Sextant"]
        for at in ("2030-02-15", "2030-03-15", "2030-04-15")
    ]
    assert found == [POSSIBLE, CERTAIN, POSSIBLE]


def test_what_two_sources_only_believe_stays_possible() -> None:
    time = during("2030-03-01", "2030-05-01")
    told = tuple(
        claim("operated", BUYER, server(), valid=time, origin=o, modality=Modality.BELIEVED)
        for o in ("police", "firm")
    )
    tracing = traced(contract(), claims=told)

    assert {t.status for t in of(tracing, Role.OPERATOR)} == {POSSIBLE}


def test_rival_statements_conflict_and_both_stay() -> None:
    time = during("2030-03-01", "2030-05-01")
    told = (
        claim("operated", BUYER, server(), valid=time),
        claim("operated", SELLER, server(), valid=time, origin="firm"),
    )
    tracing = traced(contract(), claims=told)

    assert holders(tracing, "vps-1042", "2030-04-01", Role.OPERATOR) == {
        "Brass Sextant": CONFLICTING,
        "Corva Falk": CONFLICTING,
    }


def test_a_denial_stands_beside_what_it_denies_and_is_never_joined_in() -> None:
    time = during("2030-03-01", "2030-05-01")
    denied = claim("operated", BUYER, server(), valid=time, polarity=Polarity.DENIED)
    alone = traced(contract(), claims=(denied,))

    assert of(alone, Role.OPERATOR) == []
    assert any(c.kind == "denied" for c in alone.conflicts)
    assert who(alone, "vps-1042", on("2030-04-01")).conflicts


def test_a_contract_number_stands_for_what_was_rented_under_it() -> None:
    rented = Entity("k:1", "contract C-17", EntityType.CONTRACT)
    told = claim("contracted", SELLER, rented, valid=during("2030-02-01", "2030-03-01"))
    tracing = traced(contract("C-17"), contract("C-18", asset="v2", address=""), claims=(told,))

    assert {t.asset.text for t in tracing.tenancies if t.party == SELLER} == {
        "vps-1042",
        "u-C-17",
        "192.0.2.17",
    }


def test_a_person_said_to_have_contracted_is_no_rival_to_the_name_in_the_register() -> None:
    told = claim("contracted", SELLER, server(), valid=during("2030-02-01", "2030-03-01"))
    tracing = traced(contract(), claims=(told,))

    assert holders(tracing, "vps-1042", "2030-02-15", Role.REGISTRANT) == {
        "Hesk Lundamar": CERTAIN,
        "Corva Falk": POSSIBLE,
    }


def test_a_name_in_words_is_the_register_s_where_one_reads_as_the_other() -> None:
    romaji = Entity("n:tanaka", "Tanaka Kenichi", EntityType.PERSONA)
    told = claim("contracted", romaji, server(), valid=during("2030-02-01", "2030-03-01"))
    tracing = traced(contract(customer="田中健一"), claims=(told,))

    assert CONFLICTING not in holders(tracing, "vps-1042", "2030-02-15", Role.REGISTRANT).values()


def test_another_name_in_words_still_contradicts_the_register() -> None:
    other = Entity("n:sato", "Sato Kenichi", EntityType.PERSONA)
    told = claim("contracted", other, server(), valid=during("2030-02-01", "2030-03-01"))
    tracing = traced(contract(customer="田中健一"), claims=(told,))

    assert set(holders(tracing, "vps-1042", "2030-02-15", Role.REGISTRANT).values()) == {
        CONFLICTING
    }


def test_two_rows_in_two_scripts_are_no_one_party_by_their_names() -> None:
    rows = [
        contract("C-1", customer="田中健一", exhibit="e1"),
        contract("C-2", customer="Tanaka Kenichi", source="prov-b", exhibit="e2"),
    ]

    assert not [j for j in traced(*rows).judgements if j.judgement == "same"]


def test_a_receiver_that_nobody_names_gets_a_place_of_its_own() -> None:
    told = claim("sold", SELLER, server(), valid=during("2030-03-01", "2030-03-02"))
    tracing = traced(contract(), claims=(told,))
    found = holders(tracing, "vps-1042", "2030-04-01", Role.CREDENTIAL_HOLDER)

    assert found == {"unnamed receiver of vps-1042": POSSIBLE}
    assert {h.from_party for h in tracing.handovers} == {SELLER}


def test_an_undated_transfer_leaves_the_former_holder_possible_throughout() -> None:
    tracing = traced(contract(), claims=(claim("transferred", server(), BUYER),))
    found = holders(tracing, "vps-1042", "2030-04-01", Role.CREDENTIAL_HOLDER)

    assert found == {"Hesk Lundamar": POSSIBLE, "Brass Sextant": POSSIBLE}


@given(text=st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_text_in_a_claim_or_a_row_breaks_the_tracing(text: str) -> None:
    thing = Entity("x", text, EntityType.SERVER)
    rows = contract(text, text, account=text, asset=text, address=text, card=text, phone=text)
    paid = payment("2030-02-01", number=text, card=text, payer="")
    tracing = traced(rows, paid, claims=(claim("sold", SELLER, thing),))

    assert all(t.asset.id for t in tracing.tenancies)


def test_a_plain_word_is_no_identifier_of_a_thing_of_another_kind() -> None:
    time = during("2030-03-01", "2030-05-01")
    vague = claim("operated", BUYER, Entity("s:1", "server", EntityType.SERVER), valid=time)
    exact = claim("operated", SELLER, Entity("a:1", "server", EntityType.ACCOUNT), valid=time)
    tracing = traced(contract(account="server"), claims=(vague, exact))

    assert holders(tracing, "vps-1042", "2030-04-01", Role.OPERATOR) == {"Corva Falk": POSSIBLE}


def test_an_account_name_at_two_providers_is_not_joined_to_either() -> None:
    both = Entity("a:u1", "u1", EntityType.ACCOUNT)
    told = claim("held_credentials", BUYER, both, valid=during("2030-03-01", "2030-05-01"))
    tracing = traced(
        contract(account="u1"),
        contract("Z-9", source="prov-b", account="u1", asset="vps-2", address="192.0.2.18"),
        claims=(told,),
    )

    assert [t.asset.id for t in tracing.tenancies if t.party == BUYER] == [f"claimed:{told.id}"]


# --- who, and the laws ---------------------------------------------------------------------------


def test_an_unknown_asset_gets_no_holders_and_a_hint() -> None:
    answer = who(traced(contract()), "vps-1024", on("2030-03-01"))

    assert answer.holders == ()
    assert "near to it: vps-1042" in answer.gaps[0]


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        who(traced(contract()), "vps-1042", datetime(2030, 3, 1))  # noqa: DTZ001 - the point


DAYS = st.dates(on("2030-01-01").date(), on("2030-02-10").date()).map(str)


@st.composite
def registers(draw: st.DrawFn) -> list[Record]:
    rows = []
    for i in range(draw(st.integers(1, 5))):
        rows.append(
            contract(
                f"C-{i}",
                draw(st.sampled_from(["Hesk Lundamar", "Mav Holvdov", "Orvon Skar"])),
                draw(DAYS),
                draw(DAYS | st.just("")),
                source=draw(st.sampled_from(["prov-a", "prov-b"])),
                account=draw(st.sampled_from(["u1", "u2"])),
                phone=draw(st.sampled_from(["", "+999 55 1234567", "+999 55 7654321"])),
                email=draw(st.sampled_from(["", "one@mail.example", "two@mail.example"])),
            )
        )
        rows.append(payment(draw(DAYS), number=f"C-{i}", payer=draw(st.sampled_from("AB"))))
    return rows


@st.composite
def statements(draw: st.DrawFn) -> list[Claim]:
    found = []
    for origin in ("police", "firm", "press"):
        first, last = sorted(draw(st.lists(DAYS, min_size=2, max_size=2, unique=True)))
        predicate = draw(st.sampled_from(["transferred", "operated", "held_credentials"]))
        party = draw(st.sampled_from([BUYER, SELLER]))
        pair = (server(), party) if predicate == "transferred" else (party, server())
        found.append(claim(predicate, *pair, valid=during(first, last), origin=origin))
    return found


@given(records=registers(), claims=statements())
@settings(max_examples=40, deadline=None)
def test_who_equals_a_naive_reading_of_all_tenancies_at_every_bound(
    records: list[Record], claims: list[Claim]
) -> None:
    tracing = trace(records, claims, [], registers=REGISTERS)
    for asset in ("vps-1042", "192.0.2.17"):
        rows = [t for t in tracing.tenancies if t.asset.text == asset]
        for at in {b.replace(tzinfo=UTC) for t in rows for b in t.interval.bounds}:
            naive: dict[tuple[Role, str], set[str]] = {}
            for t in rows:
                presence = t.interval.at(at)
                if presence in {Presence.BEFORE, Presence.AFTER}:
                    continue
                vague = t.status is CERTAIN and presence is not Presence.CERTAIN
                naive.setdefault((t.role, t.party.id), set()).add(POSSIBLE if vague else t.status)
            answer = {(h.role, h.party.id): h.status for h in who(tracing, asset, at).holders}

            assert answer.keys() == naive.keys()
            assert all(answer[key] in naive[key] for key in answer)
            assert all((answer[key] is CERTAIN) == (CERTAIN in naive[key]) for key in answer)


@given(records=registers())
@settings(max_examples=25, deadline=None)
def test_the_pieces_of_a_time_line_are_disjoint_and_leave_no_hole(records: list[Record]) -> None:
    line = timeline(t for t in traced(*records).tenancies if t.asset.text == "vps-1042")

    assert all(a.end == b.start for a, b in pairwise(line))
    assert all(piece.start < piece.end for piece in line)


@given(records=registers(), claims=statements(), data=st.data())
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_inputs_does_not_matter(
    records: list[Record], claims: list[Claim], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(records))
    said = data.draw(st.permutations(claims))

    assert canonical_json(trace(mixed, said, [], registers=REGISTERS)) == canonical_json(
        trace(records, claims, [], registers=REGISTERS)
    )


def test_spellings_of_one_asset_are_one_asset_whatever_row_comes_first() -> None:
    rows = (
        contract(asset="VPS-1042"),
        contract(asset="vps-1042"),
        contract(asset="\uff56\uff50\uff53-1042"),
    )
    seen = {canonical_json(traced(*mixed)) for mixed in permutations(rows)}

    assert len(seen) == 1


@given(records=registers(), claims=statements())
@settings(max_examples=30, deadline=None)
def test_a_certain_tenancy_has_a_certain_time_no_rival_and_its_origins(
    records: list[Record], claims: list[Claim]
) -> None:
    tracing = trace(records, claims, [], registers=REGISTERS)
    disputed = {i for c in tracing.conflicts if c.kind == "exclusive-overlap" for i in c.tenancies}
    for t in tracing.tenancies:
        if t.status is not CERTAIN:
            continue
        _, start, end, _ = t.interval.bounds

        assert start < end
        assert t.id not in disputed
        assert len(t.origins) > 1 or t.role in {Role.REGISTRANT, Role.PAYER}
