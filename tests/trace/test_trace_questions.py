"""Questions about custody, and the seven rails that guard every answer."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from time import process_time

from ashiato.core.claims import Entity, EntityType
from ashiato.core.evidence import Citation, LineLocator, RecordLocator
from ashiato.core.records import Login, Record
from ashiato.core.sources import Source
from ashiato.core.tenancy import Role, Sameness, Tenancy, TenancyBasis, TenancyStatus, Tracing
from ashiato.core.time import Moment, UncertainInterval
from ashiato.trace import (
    chain,
    holding,
    innocent,
    judge,
    rented,
    spans,
    trace,
    weakest,
    who,
    who_else,
)

REGISTERS = {"prov-a": Source("prov-a", "Provider A", "register")}
CARD = "4111 1111 1111 1111"
MONTH = timedelta(days=30)


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def row(kind: str, number: str, fields: Mapping[str, str], **days: str) -> Record:
    place = Citation("e1", f"{kind}.csv", RecordLocator(int(number[2:]), 0, 9), "row")
    times = {k: Moment(on(d), on(d) + timedelta(days=1)) for k, d in days.items()}
    return Record(kind, {"contract": number, **fields}, times, "prov-a", place)


def contract(number: str, customer: str, start: str, end: str, **fields: str) -> Record:
    named = {"customer": customer, "account": f"u-{number}", "address": "192.0.2.17", **fields}
    return row("contracts", number, named, start=start, end=end)


def traced(*records: Record) -> Tracing:
    return trace(records, [], [], registers=REGISTERS)


FIRST = contract("C-1", "Hesk Lundamar", "2030-01-10", "2030-03-01")
SECOND = contract("C-2", "Mav Holvdov", "2030-03-20", "2030-06-01")


def test_a_time_line_shows_holders_and_the_gap_between_them() -> None:
    found = spans(traced(FIRST, SECOND), "192.0.2.17")
    line = [s for s in found.spans if s.role is Role.REGISTRANT]

    told = [[h.party for h in s.holders] for s in line]
    assert [who for who, _ in groupby(told)] == [["Hesk Lundamar"], [], ["Mav Holvdov"]]
    assert not line[0].is_gap
    assert not line[-1].is_gap


def test_ten_thousand_tenants_at_once_are_counted_and_a_few_named() -> None:
    asset = Entity("address:192.0.2.9", "192.0.2.9", EntityType.ADDRESS)
    rows = []
    for n in range(10_000):
        when = UncertainInterval.exactly(on("2030-01-01") + timedelta(seconds=n), on("2031-01-01"))
        party = Entity(f"persona:p:{n}:x", f"Customer {n}", EntityType.PERSONA)
        rows.append(
            Tenancy(f"t{n}", asset, party, Role.REGISTRANT, when, TenancyBasis.STATED,
                    TenancyStatus.CONFLICTING, (), "", ())
        )  # fmt: skip
    start = process_time()

    found = spans(Tracing(tenancies=tuple(rows)), "192.0.2.9")

    assert max(s.count for s in found.spans) == 10_000
    assert max(len(s.holders) for s in found.spans) == 20
    assert process_time() - start < 10


def test_who_else_names_all_users_of_a_card_and_shows_it_masked() -> None:
    paid = row("payments", "C-1", {"card": CARD.replace(" ", ""), "payer": "Hesk L."})
    rows = [FIRST, contract("C-3", "Ona Rell", "2030-01-10", "2030-03-01", card=CARD), paid]

    (found,) = who_else(rows, [], CARD)

    assert sorted(u.party for u in found.users) == ["Hesk L.", "Ona Rell"]
    assert (found.shown, found.hub) == ("••••1111", False)


def test_a_postal_address_of_many_is_a_hub() -> None:
    office = {"postal": "Virtual Office 9, Canal Street"}
    days = ("2030-01-10", "2030-03-01")
    rows = [contract(f"C-{n}", f"Name {n}", *days, **office) for n in range(40)]

    (found,) = who_else(rows, [], office["postal"])

    assert (len(found.users), found.hub) == (40, True)


def test_who_else_finds_the_accounts_used_from_a_network() -> None:
    def login(account: str, address: str) -> Login:
        place = Citation("auth", "auth.log", LineLocator(1), "line")
        when = on("2030-01-01")
        return Login(account, "vps-1", address, when, accepted=True, client="", citation=place)

    logins = [login("ann", "198.51.100.7"), login("bob", "198.51.100.9"), login("eve", "192.0.2.1")]

    (found,) = who_else([], logins, "198.51.100.0/24")

    assert [u.party for u in found.users] == ["ann@vps-1", "bob@vps-1"]


def test_rented_by_joins_what_is_judged_the_same_and_tells_why() -> None:
    shared = {"card": CARD, "phone": "+999 55 123 4567"}
    one = contract("C-1", "Hesk Lundamar", "2030-01-10", "2030-03-01", **shared)
    two = contract("C-2", "Ona Rell", "2030-03-20", "2030-06-01", **shared)

    (trail,) = rented(traced(one, two), "Hesk Lundamar")

    assert {t.party.text for t in trail.tenancies} == {"Hesk Lundamar", "Ona Rell"}
    assert [j.judgement for j in trail.judgements] == [Sameness.SAME]


def test_the_tenants_before_and_after_must_be_cleared_and_the_holder_is_not_listed() -> None:
    tracing = traced(FIRST, SECOND, contract("C-3", "Ona Rell", "2030-06-10", "2030-08-01"))

    found = innocent(tracing, "192.0.2.17", on("2030-05-20"), within=MONTH)

    assert found.holder == "Mav Holvdov"
    assert ("later", "Ona Rell") in {(p.when, p.party) for p in found.parties}
    assert all(p.because and p.tell_apart for p in found.parties)


def test_customers_of_a_shared_host_are_all_to_be_cleared_and_none_is_its_holder() -> None:
    other = contract("C-2", "Mav Holvdov", "2030-01-01", "2030-06-01")

    found = innocent(traced(FIRST, other), "192.0.2.17", on("2030-02-01"), within=MONTH)

    assert found.holder == ""
    assert {p.party for p in found.parties if p.when == "same time"} == {
        "Hesk Lundamar", "Mav Holvdov",
    }  # fmt: skip
    assert "virtual host" in found.parties[0].tell_apart


def test_the_weakest_hop_is_named_with_the_record_and_the_source_to_ask() -> None:
    hops = chain(traced(FIRST), "192.0.2.17", on("2030-02-01"))
    worst = weakest(hops)

    assert worst is not None
    assert (worst.name, worst.state) == ("persona to person", "missing")
    assert "identity check" in worst.strengthen
    assert worst.ask == ("prov-a",)


def test_shared_and_assumed_tenancies_are_never_firm_claims() -> None:
    other = contract("C-2", "Mav Holvdov", "2030-01-01", "2030-06-01")
    tracing = traced(FIRST, other)
    shared = [c for c in holding(tracing, Role.REGISTRANT).claims if c.shared]
    assumed = holding(tracing, Role.CREDENTIAL_HOLDER).claims

    assert shared
    assert not any(c.firm for c in [*shared, *assumed])


# --- the seven guard rails -----------------------------------------------------------------------


def test_rail_1_a_renewal_is_not_a_new_person() -> None:
    again = contract("C-2", "Hesk Lundamar", "2030-03-01", "2030-06-01", account="u-C-1")

    assert len(rented(traced(FIRST, again), "Hesk Lundamar")) == 1


def test_rail_2_an_address_used_again_names_nobody_in_the_pause_between() -> None:
    answer = who(traced(FIRST, SECOND), "192.0.2.17", on("2030-03-10"))

    assert answer.holders == ()


def test_rail_3_a_clock_s_offset_moves_a_tenancy_before_it_is_joined() -> None:
    late = UncertainInterval.exactly(on("2030-01-01"), on("2030-02-01")).shift(timedelta(hours=9))

    assert late.start_min == on("2030-01-01") + timedelta(hours=9)


def test_rail_4_a_card_names_a_payer_and_a_name_a_persona_and_neither_a_user() -> None:
    paid = row("payments", "C-1", {"card": CARD, "payer": "Ona Rell"}, paid_at="2030-01-15")
    answer = who(traced(FIRST, paid), "192.0.2.17", on("2030-02-01"))
    users = [h for h in answer.holders if h.role in {Role.CREDENTIAL_HOLDER, Role.OPERATOR}]

    assert {h.party.text for h in answer.holders if h.role is Role.PAYER} == {"Ona Rell"}
    assert "Ona Rell" not in {h.party.text for h in users}
    assert not [h for h in users if h.status is TenancyStatus.CERTAIN]


def test_rail_5_no_register_makes_a_group_the_holder() -> None:
    found = traced(FIRST, SECOND)

    assert not [t for t in found.tenancies if t.party.type is EntityType.GROUP]


def test_rail_6_that_nothing_links_two_names_is_never_different() -> None:
    assert judge([FIRST, SECOND]) == ()


def test_rail_7_an_equal_name_joins_nobody() -> None:
    same = contract("C-9", "Hesk Lundamar", "2030-05-01", "2030-06-01", address="192.0.2.80")

    assert len(rented(traced(FIRST, same), "Hesk Lundamar")) == 2
