from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.canonical import canonical_json, to_plain
from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.records import Record
from ashiato.core.sources import Source
from ashiato.core.tenancy import Judgement, Role, Sameness
from ashiato.trace import clusters, judge, rented_by, trace
from ashiato.trace.rules import rules

CARD, OTHER_CARD = "4111 1111 1111 1111", "5500-0000-0000-0004"
REGISTERS = {"prov-a": Source("prov-a", "Provider A", "register")}


def contract(number: str, customer: str = "", source: str = "prov-a", **fields: str) -> Record:
    citation = Citation(f"e-{source}", "c.csv", RecordLocator(int(number[2:]), 0, 9), "row")
    named = {"contract": number, "customer": customer or f"Customer {number}", **fields}
    return Record("contracts", named, {}, source, citation)


def payment(number: str, **fields: str) -> Record:
    citation = Citation("pay", "p.csv", RecordLocator(int(number[2:]), 0, 9), "row")
    return Record("payments", {"contract": number, **fields}, {}, "prov-a", citation)


def judged(*records: Record) -> Judgement | None:
    found = judge(records)
    assert len(found) < 2
    return found[0] if found else None


def answer(*records: Record) -> Sameness | None:
    found = judged(*records)
    return found.judgement if found else None


def test_a_rare_card_and_another_rare_identifier_make_two_names_one() -> None:
    shared = {"card": CARD, "postal": "1-2-3 Mill Lane, Otterford"}

    assert answer(contract("C-1", **shared), contract("C-2", **shared)) is Sameness.SAME


def test_a_card_alone_leaves_it_open_and_says_why() -> None:
    found = judged(contract("C-1", card=CARD), contract("C-2", card=CARD.replace(" ", "")))

    assert found is not None
    assert found.judgement is Sameness.UNSURE
    assert "card ••••1111 (held by 2)" in found.because
    assert "payer" in found.because


def test_phone_and_e_mail_together_make_two_names_one() -> None:
    one = contract("C-1", phone="+999 55 123 4567", email="Hesk@Mail.example")
    two = contract("C-2", phone="+999-55-1234567", email="hesk@mail.example")

    assert answer(one, two) is Sameness.SAME


HOME = {"phone": "+999 55 123 4567", "postal": "1-2-3 Mill Lane, Otterford"}


def test_a_household_is_not_one_person() -> None:
    found = judged(
        contract("C-1", "Hesk Lundamar", **HOME), contract("C-2", "Ruvo Lundamar", **HOME)
    )

    assert found is not None
    assert found.judgement is Sameness.UNSURE
    assert "household" in found.because


def test_the_same_name_at_one_address_and_telephone_is_one_person() -> None:
    one, two = contract("C-1", "Hesk Lundamar", **HOME), contract("C-2", "LUNDAMAR Hesk", **HOME)

    assert answer(one, two) is Sameness.SAME


def test_a_thousand_renewals_of_one_account_are_one_cluster_and_no_million_pairs() -> None:
    rows = [contract(f"C-{i}", "Hesk Lundamar", account="u-1") for i in range(1, 1001)]
    found = judge(rows)
    (cluster,) = clusters(found)

    assert len(cluster) == 1000
    assert len(found) == 999


def test_a_phone_alone_is_a_lead() -> None:
    phone = {"phone": "+999 55 123 4567"}

    assert answer(contract("C-1", **phone), contract("C-2", **phone)) is Sameness.UNSURE


def test_equal_names_alone_make_no_row() -> None:
    assert judge([contract("C-1", "Hesk Lundamar"), contract("C-2", "Hesk Lundamar")]) == ()


def test_a_hub_is_discounted_and_named() -> None:
    office = {"postal": "Virtual Office 9, Canal Street"}
    crowd = [contract(f"C-{i}", **office) for i in range(1, 30)]
    pair = [contract("C-50", card=CARD, **office), contract("C-51", card=CARD, **office)]
    (found,) = judge([*crowd, *pair])

    assert found.judgement is Sameness.UNSURE
    assert "Not counted, because too many share it: postal" in found.because


def test_a_masked_card_is_no_identifier() -> None:
    masked = {"card": "****-****-****-1111"}

    assert judge([contract("C-1", **masked), contract("C-2", **masked)]) == ()


def test_ways_of_giving_no_number_are_no_identifiers() -> None:
    nothing = {"phone": "000-0000-0000", "email": "N/A", "postal": "Unknown"}

    assert judge([contract("C-1", **nothing), contract("C-2", **nothing)]) == ()


def test_customer_and_payer_of_one_contract_are_not_judged_by_its_card() -> None:
    assert judge([contract("C-1", card=CARD), payment("C-1", card=CARD)]) == ()


def test_a_payers_card_under_another_name_is_a_lead_to_the_customer() -> None:
    rows = (contract("C-1", card=CARD), contract("C-2"), payment("C-2", card=CARD))

    assert answer(*rows) is Sameness.UNSURE


def test_two_cards_that_end_alike_are_two_payers() -> None:
    cards = ("4111 1111 1111 1111", "4222 2222 2222 1111")
    tracing = trace(
        [contract("C-1", asset="vps-1"), *(payment("C-1", card=card) for card in cards)],
        [],
        [],
        registers=REGISTERS,
    )

    assert {t.party.text for t in tracing.tenancies if t.role is Role.PAYER} == {
        "holder of card ••••1111",
        "holder of card ••••1111 (#2)",
    }


def test_a_person_overrules_the_rule() -> None:
    shared = {"card": CARD, "phone": "+999 55 123 4567"}
    rows = [contract("C-1", **shared), contract("C-2", **shared)]
    (by_rule,) = judge(rows)
    by_person = replace(by_rule, judgement=Sameness.DIFFERENT, decided_by="analyst 7")

    assert judge(rows, decided=[by_person]) == (by_person,)
    assert clusters([by_person]) == ()


def test_what_a_persona_rented_includes_what_its_other_names_rented() -> None:
    shared = {"card": CARD, "phone": "+999 55 123 4567"}
    rows = [
        contract("C-1", asset="vps-1", **shared),
        contract("C-2", asset="vps-2", **shared),
        contract("C-3", asset="vps-3"),
    ]
    tracing = trace(rows, [], [], registers=REGISTERS)
    first = next(t.party.id for t in tracing.tenancies if t.asset.text == "vps-1")

    assert {t.asset.text for t in rented_by(tracing, first)} == {"vps-1", "vps-2"}


def test_clusters_join_through_a_third_and_only_by_same() -> None:
    rows = [
        contract("C-1", card=CARD, phone="+999 55 123 4567"),
        contract("C-2", card=CARD, phone="+999 55 123 4567", email="one@mail.example"),
        contract("C-3", card=OTHER_CARD, phone="+999 55 123 4567", email="one@mail.example"),
        contract("C-4", card=OTHER_CARD),
    ]
    (cluster,) = clusters(judge(rows))

    assert len(cluster) == 3


def test_every_figure_of_the_pack_says_where_it_comes_from() -> None:
    pack = rules()

    assert all(kind.source for kind in pack.identity.kinds.values())
    assert all(rule.source for rule in pack.identity.rules)
    assert all(explanation.source for explanation in pack.handover.explanations)


PHONES = st.sampled_from(["+999 55 123 4567", "+999 55 765 4321", ""])
CARDS = st.integers(10**15, 10**16 - 1).map(str)


@given(cards=st.lists(CARDS, min_size=2, max_size=3), phone=PHONES, data=st.data())
@settings(max_examples=40, deadline=None)
def test_nothing_that_is_said_gives_a_card_or_a_phone_away(
    cards: list[str], phone: str, data: st.DataObject
) -> None:
    picks = [data.draw(st.sampled_from(cards)) for _ in range(4)]
    rows = [contract(f"C-{i}", asset="vps-1", card=c, phone=phone) for i, c in enumerate(picks)]
    rows += [payment(f"C-{i}", card=c) for i, c in enumerate(reversed(picks))]
    tracing = trace(rows, [], [], registers=REGISTERS)
    said = canonical_json(_without_citations(to_plain(tracing))).decode()
    numbers = {*cards, "".join(c for c in phone if c.isdigit())} - {""}

    assert not any(n[i : i + 5] in said for n in numbers for i in range(len(n) - 4))


def _without_citations(plain: object) -> object:
    if isinstance(plain, dict):
        kept = {k: v for k, v in plain.items() if k not in {"citations", "id", "tenancies"}}
        return {k: _without_citations(v) for k, v in kept.items()} | {"name": plain.get("text")}
    return [_without_citations(v) for v in plain] if isinstance(plain, list) else plain


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_judgements_do_not_depend_on_the_order_of_the_rows(data: st.DataObject) -> None:
    emails = st.sampled_from(["one@mail.example", "two@mail.example", ""])
    rows = [
        contract(f"C-{i}", phone=data.draw(PHONES), email=data.draw(emails), card=CARD)
        for i in range(4)
    ]
    mixed = data.draw(st.permutations(rows))

    assert judge(mixed) == judge(rows)
    assert all(a.entity_a.id <= b.entity_a.id for a, b in pairwise(judge(rows)))
