"""Resale, theft, contradictions, and the terms of contracts that are not plain."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

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
from ashiato.core.evidence import Citation, LineLocator, RecordLocator, SpanLocator
from ashiato.core.records import Login, Record
from ashiato.core.sources import Source
from ashiato.core.tenancy import Conflict, Resolution, Role, TenancyStatus, Tracing
from ashiato.core.time import ALWAYS_POSSIBLE, Moment, UncertainInterval
from ashiato.hunt import from_tracing
from ashiato.trace import standing, trace, who
from ashiato.trace.drafts import Draft
from ashiato.trace.rules import rules

REGISTERS = {name: Source(name, name, "register") for name in ("prov-a", "prov-b")}
CERTAIN, POSSIBLE, CONFLICTING = TenancyStatus
SEXTANT = Entity("g:sextant", "Brass Sextant", EntityType.GROUP)
LANTERN = Entity("g:lantern", "Tin Lantern", EntityType.GROUP)
FALK = Entity("p:falk", "Corva Falk", EntityType.PERSON)
ACCOUNT = Entity("a:1", "u-c-17", EntityType.ACCOUNT)
SERVER = Entity("s:1", "vps-1042", EntityType.SERVER)
HOLDER = Role.CREDENTIAL_HOLDER


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(fields: Mapping[str, str]) -> dict[str, Moment]:
    return {k: Moment(on(v), on(v) + timedelta(days=1)) for k, v in fields.items() if v}


def row(kind: str, times: Mapping[str, Moment], source: str = "prov-a", **fields: str) -> Record:
    text = repr((kind, sorted(fields.items()), sorted(times.items()), source))
    citation = Citation(source, f"{source}.csv", RecordLocator(2, 10, len(text)), text)
    return Record(kind, fields, times, source, citation)


def contract(
    number: str = "C-17",
    customer: str = "Hesk Lundamar",
    start: str = "2030-01-10",
    end: str = "2030-06-30",
    *,
    times: Mapping[str, str] | None = None,
    source: str = "prov-a",
    **fields: str,
) -> Record:
    named = {"account": f"u-{number}", "asset": "vps-1042", "address": "192.0.2.17", **fields}
    when = days({"start": start, "end": end, **(times or {})})
    return row("contracts", when, source, contract=number, customer=customer, **named)


def claim(
    predicate: str,
    subject: Entity | None,
    target: Entity | None,
    start: str = "",
    end: str = "",
    *,
    origin: str = "police",
    valid: UncertainInterval | None = None,
) -> Claim:
    time = UncertainInterval.exactly(on(start), on(end)) if start else ALWAYS_POSSIBLE
    voice = Voice(origin, origin.title())
    names = f"{subject and subject.id}-{target and target.id}-{start}"
    cited = Citation(f"doc-{origin}", f"{origin}.txt", SpanLocator(0, 4), "text")
    return Claim(
        id=f"{predicate}-{origin}-{names}",
        proposition=Proposition(subject, predicate, target, None, valid or time),
        polarity=Polarity.AFFIRMED,
        modality=Modality.STATED,
        basis=Basis.FIRST_HAND,
        cues=(),
        speaker=voice,
        origin=voice,
        said_at=None,
        citations=(cited,),
        method="test@1",
    )


def some_day(start: str, end: str) -> UncertainInterval:
    return UncertainInterval.within(Moment(on(start), on(end)))


def traced(
    *records: Record, claims: tuple[Claim, ...] = (), resolved: tuple[Resolution, ...] = ()
) -> Tracing:
    return trace(records, claims, [], registers=REGISTERS, resolved=resolved)


def holders(
    tracing: Tracing, at: str, role: Role = HOLDER, asset: str = "vps-1042"
) -> dict[str, str]:
    answer = who(tracing, asset, on(at))
    return {h.party.text: h.status for h in answer.holders if h.role is role}


def kinds(tracing: Tracing) -> set[str]:
    return {conflict.kind for conflict in tracing.conflicts}


def one(tracing: Tracing, kind: str) -> Conflict:
    (found,) = [c for c in tracing.conflicts if c.kind == kind]
    return found


# --- resale and theft ----------------------------------------------------------------------------


def test_a_double_resale_is_two_transfers_and_the_middle_has_an_interval_of_its_own() -> None:
    told = (
        claim("sold", FALK, SERVER, "2030-02-01", "2030-02-02"),
        claim("transferred", SERVER, SEXTANT, "2030-04-01", "2030-04-02", origin="firm"),
    )
    tracing = traced(contract(), claims=told)
    held = [holders(tracing, at) for at in ("2030-01-15", "2030-03-01", "2030-05-01")]

    assert [set(h) for h in held] == [
        {"Hesk Lundamar"},
        {"unnamed receiver of vps-1042"},
        {"Brass Sextant"},
    ]
    assert "double-sale" not in kinds(tracing)
    assert set(holders(tracing, "2030-05-01", Role.REGISTRANT)) == {"Hesk Lundamar"}


def test_a_stolen_account_stays_its_owners_and_the_taker_is_no_rival() -> None:
    told = claim("stole", SEXTANT, ACCOUNT, "2030-03-01", "2030-03-02")
    tracing = traced(contract(), claims=(told,))

    assert holders(tracing, "2030-04-01") == {"Brass Sextant": POSSIBLE, "Hesk Lundamar": POSSIBLE}
    assert holders(tracing, "2030-04-01", Role.REGISTRANT) == {"Hesk Lundamar": CERTAIN}
    assert {h.manner for h in tracing.handovers} == {"stolen"}
    assert "exclusive-overlap" not in kinds(tracing)


def test_a_sold_account_is_its_sellers_no_more() -> None:
    told = claim("transferred", ACCOUNT, SEXTANT, "2030-03-01", "2030-03-02")
    tracing = traced(contract(), claims=(told,))

    assert holders(tracing, "2030-04-01") == {"Brass Sextant": POSSIBLE}
    assert {h.manner for h in tracing.handovers} == {"passed"}


def test_a_theft_never_makes_the_registrant_a_party_of_interest() -> None:
    told = claim("stole", SEXTANT, ACCOUNT, "2030-03-01", "2030-03-02")
    tracing = traced(contract(), claims=(told,))
    found, _ = from_tracing(tracing, [told], [])

    assert {i.party for i in found} == {SEXTANT.id}


def test_a_taker_nobody_names_stands_for_nobody_in_particular() -> None:
    told = claim("stole", None, ACCOUNT, "2030-03-01", "2030-03-02")
    tracing = traced(contract(), claims=(told,))

    assert set(holders(tracing, "2030-04-01")) == {
        "Hesk Lundamar",
        "unidentified taker of u-C-17",
    }


def test_a_stolen_document_gives_nobody_control() -> None:
    paper = Entity("d:1", "design documents", EntityType.DOCUMENT)
    tracing = traced(contract(), claims=(claim("stole", SEXTANT, paper),))

    assert all(t.party != SEXTANT for t in tracing.tenancies)


def test_sold_by_one_account_and_stolen_by_another_is_a_contradiction_that_stays() -> None:
    told = (
        claim("transferred", ACCOUNT, SEXTANT, valid=some_day("2030-03-01", "2030-03-09")),
        claim("stole", LANTERN, ACCOUNT, "2030-03-04", "2030-03-05", origin="firm"),
    )
    tracing = traced(contract(), claims=told)

    assert set(one(tracing, "theft-or-sale").claims) == {c.id for c in told}
    assert CERTAIN not in holders(tracing, "2030-04-01").values()


def test_one_account_sold_to_two_at_one_time_is_a_double_sale() -> None:
    told = (
        claim("transferred", ACCOUNT, SEXTANT, valid=some_day("2030-03-01", "2030-03-09")),
        claim(
            "transferred",
            ACCOUNT,
            LANTERN,
            valid=some_day("2030-03-04", "2030-03-12"),
            origin="firm",
        ),
    )
    found = one(traced(contract(), claims=told), "double-sale")

    assert "Police: given to Brass Sextant" in found.because
    assert "Firm: given to Tin Lantern" in found.because
    assert len(found.citations) == 2


def test_one_seller_who_sold_one_account_twice_contradicts_himself_whatever_the_times() -> None:
    account = Entity("a:2", "vps-1042", EntityType.ACCOUNT)
    sold = [
        claim("transferred", FALK, buyer, f"2030-0{month}-01", f"2030-0{month}-02")
        for month, buyer in ((2, SEXTANT), (4, LANTERN))
    ]
    named = tuple(
        replace(c, proposition=replace(c.proposition, role=f"recipient of {account.text}"))
        for c in sold
    )

    assert "double-sale" in kinds(traced(contract(), claims=named))


def test_sales_of_different_times_are_no_double_sale() -> None:
    told = (
        claim("transferred", ACCOUNT, SEXTANT, "2030-02-01", "2030-02-02"),
        claim("transferred", ACCOUNT, LANTERN, "2030-04-01", "2030-04-02", origin="firm"),
    )

    assert "double-sale" not in kinds(traced(contract(), claims=told))


# --- decisions -----------------------------------------------------------------------------------


RIVALS = (
    claim("operated", SEXTANT, SERVER, "2030-03-01", "2030-05-01"),
    claim("operated", LANTERN, SERVER, "2030-03-01", "2030-05-01", origin="firm"),
)


def rivalry(tracing: Tracing) -> Conflict:
    (found,) = [
        c
        for c in tracing.conflicts
        if c.kind == "exclusive-overlap" and c.asset.text == "vps-1042" and c.role is Role.OPERATOR
    ]
    return found


def decided(tracing: Tracing, stands: Entity) -> Resolution:
    conflict = rivalry(tracing)
    sides = [t for t in tracing.tenancies if t.id in conflict.tenancies]
    holds = tuple(p for t in sides if t.party == stands for p in (t.id, *t.parents))
    against = tuple(p for t in sides if t.party != stands for p in (t.id, *t.parents))
    return Resolution(conflict.id, holds, against, "A. Reviewer", "the firm saw another server")


def test_a_decision_frees_one_side_keeps_the_other_on_view_and_makes_nothing_certain() -> None:
    before = traced(contract(), claims=RIVALS)
    after = traced(contract(), claims=RIVALS, resolved=(decided(before, SEXTANT),))

    assert set(holders(before, "2030-04-01", Role.OPERATOR).values()) == {CONFLICTING}
    assert holders(after, "2030-04-01", Role.OPERATOR) == {
        "Brass Sextant": POSSIBLE,
        "Tin Lantern": CONFLICTING,
    }
    assert "A. Reviewer: Brass Sextant stands" in rivalry(after).resolution
    assert rivalry(after).id == rivalry(before).id
    assert holders(after, "2030-04-01", Role.OPERATOR, "u-C-17")["Brass Sextant"] is POSSIBLE


def test_the_last_decision_counts_and_a_new_rival_reopens_the_conflict() -> None:
    before = traced(contract(), claims=RIVALS)
    both = (decided(before, SEXTANT), decided(before, LANTERN))
    third = claim("operated", FALK, SERVER, "2030-03-01", "2030-05-01", origin="press")
    after = traced(contract(), claims=RIVALS, resolved=both)
    more = traced(contract(), claims=(*RIVALS, third), resolved=both)

    assert holders(after, "2030-04-01", Role.OPERATOR)["Tin Lantern"] is POSSIBLE
    assert set(holders(more, "2030-04-01", Role.OPERATOR).values()) == {CONFLICTING}
    assert rivalry(more).resolution == ""


# --- clocks, papers, dates -----------------------------------------------------------------------


def paid(number: str, at: datetime, source: str) -> Record:
    when = {"paid_at": Moment.exactly(at)}
    return row("payments", when, source, contract=number, payer="Hesk Lundamar", amount="900")


def books(shift: timedelta, count: int = 4) -> list[Record]:
    start = on("2030-02-01")
    times = [start + timedelta(days=9 * n, minutes=17 * n) for n in range(count)]
    mine = [paid(f"C-{n}", at, "prov-a") for n, at in enumerate(times)]
    return mine + [paid(f"C-{n}", at + shift, "prov-b") for n, at in enumerate(times)]


def test_two_sources_that_lie_nine_hours_apart_throughout_have_a_clock_between_them() -> None:
    found = one(traced(*books(timedelta(hours=9))), "clock")

    assert "+9 h" in found.because
    assert len(found.citations) == 8


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(hours=9, minutes=7), timedelta(days=3)])
def test_agreement_and_odd_or_long_gaps_are_no_clock(shift: timedelta) -> None:
    assert "clock" not in kinds(traced(*books(shift)))


def test_two_shared_events_are_too_few_for_a_clock() -> None:
    assert "clock" not in kinds(traced(*books(timedelta(hours=9), 2)))


def test_one_person_with_two_dates_of_birth_is_a_contradiction_and_stays_joined() -> None:
    rows = (
        contract("C-17", account="u1", times={"birth": "1990-01-01"}),
        contract(
            "C-18",
            account="u1",
            start="2030-07-01",
            end="2030-09-01",
            times={"birth": "1991-01-01"},
        ),
    )
    found = one(traced(*rows), "identity")

    assert "2 dates of birth" in found.because
    assert "1990" not in found.because


def test_one_paper_under_two_names_is_a_contradiction() -> None:
    rows = (
        contract("C-17", document="PX-100"),
        contract("C-18", "Mav Holvdov", document="px-100", asset="v2", address=""),
    )

    assert "2 names on one identity paper" in one(traced(*rows), "identity").because


def test_a_contract_that_ends_before_it_begins_is_told_and_claims_nothing() -> None:
    tracing = traced(contract(start="2030-06-01", end="2030-02-01"))

    assert tracing.tenancies == ()
    assert kinds(tracing) == {"impossible-dates"}


# --- terms ---------------------------------------------------------------------------------------


def test_an_open_contract_is_certain_until_its_register_was_extracted_and_no_longer() -> None:
    tracing = traced(contract(end="", times={"as_of": "2030-05-01"}))
    found = [holders(tracing, at, Role.REGISTRANT) for at in ("2030-04-01", "2030-06-01")]

    assert found == [{"Hesk Lundamar": CERTAIN}, {"Hesk Lundamar": POSSIBLE}]


def test_an_open_contract_is_certain_until_the_last_payment_for_it() -> None:
    until = days({"paid_at": "2030-03-01", "paid_until": "2030-05-01"})
    payment = row("payments", until, contract="C-17", payer="Hesk Lundamar")
    tracing = traced(contract(end=""), payment)
    found = [holders(tracing, at, Role.REGISTRANT) for at in ("2030-04-20", "2030-06-01")]

    assert found == [{"Hesk Lundamar": CERTAIN}, {"Hesk Lundamar": POSSIBLE}]
    assert any("until 2030-05-01" in t.because for t in tracing.tenancies)


def test_a_suspended_customer_stays_registrant_and_is_not_assumed_to_hold_the_access() -> None:
    tracing = traced(contract(times={"suspended": "2030-03-01", "resumed": "2030-04-01"}))
    held = [set(holders(tracing, at)) for at in ("2030-02-01", "2030-03-15", "2030-05-01")]

    assert held == [{"Hesk Lundamar"}, set(), {"Hesk Lundamar"}]
    assert holders(tracing, "2030-03-15", Role.REGISTRANT) == {"Hesk Lundamar": CERTAIN}


def test_between_end_and_release_the_former_customer_is_possible() -> None:
    tracing = traced(contract(times={"released": "2030-07-20"}))

    assert holders(tracing, "2030-07-10", Role.REGISTRANT) == {"Hesk Lundamar": POSSIBLE}
    assert holders(tracing, "2030-07-22", Role.REGISTRANT) == {}


def test_what_was_given_out_again_before_its_release_is_the_next_customers_alone() -> None:
    rows = (
        contract(times={"released": "2030-07-20"}),
        contract("C-18", "Mav Holvdov", "2030-07-05", "2030-12-01"),
    )
    tracing = traced(*rows)

    assert holders(tracing, "2030-07-10", Role.REGISTRANT) == {"Mav Holvdov": CERTAIN}
    assert "exclusive-overlap" not in kinds(tracing)


def test_a_renewal_with_a_gap_is_one_person_and_no_conflict() -> None:
    rows = (
        contract("C-17", account="u1"),
        contract("C-18", account="u1", start="2030-06-20", end="2030-12-01"),
    )
    tracing = traced(*rows)

    assert [j.judgement for j in tracing.judgements] == ["same"]
    assert kinds(tracing) == set()


# --- shared and crowded --------------------------------------------------------------------------


def neighbours(count: int) -> list[Record]:
    return [contract(f"C-{n}", f"Customer {n}", asset=f"vps-{n}") for n in range(count)]


def test_a_shared_address_names_no_holder_even_where_a_document_names_one_customer() -> None:
    shared = Entity("i:1", "192.0.2.17", EntityType.ADDRESS)
    told = claim("operated", SEXTANT, shared, "2030-03-01", "2030-04-01")
    tracing = traced(*neighbours(5), claims=(told,))
    answer = who(tracing, "192.0.2.17", on("2030-03-10"))

    assert CERTAIN not in {h.status for h in answer.holders}
    assert any("names none of them by itself" in text for text in answer.conflicts)


def test_beyond_so_many_claimants_all_are_counted_and_none_is_certain() -> None:
    tracing = traced(*neighbours(200))
    crowd = [c for c in tracing.conflicts if c.kind == "crowd"]

    assert [c.role for c in crowd] == [Role.REGISTRANT]
    assert "200 parties" in crowd[0].because
    assert len(crowd[0].because) < 800
    assert CERTAIN not in set(
        holders(tracing, "2030-03-10", Role.REGISTRANT, "192.0.2.17").values()
    )
    assert CERTAIN in set(holders(tracing, "2030-03-10", Role.REGISTRANT, "vps-7").values())


def test_each_of_many_claimants_is_compared_with_no_more_than_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = 0
    whole = standing._rivalry

    def counted(a: Draft, b: Draft, alike: Mapping[str, str]) -> str:
        nonlocal compared
        compared += 1
        return whole(a, b, alike)

    monkeypatch.setattr(standing, "_rivalry", counted)
    traced(*neighbours(600))

    assert compared <= 600 * rules().rivals.compared


# --- log-ins -------------------------------------------------------------------------------------


def login(day: int, hour: int, *, former: bool) -> Login:
    at = on("2030-01-11") + timedelta(days=day, hours=hour)
    address, client = ("198.51.100.9", "SSH-2.0-a") if former else ("203.0.113.7", "SSH-2.0-b")
    cited = Citation("auth", "auth.log", LineLocator(day * 24 + hour + 1), f"{at} {address}")
    return Login("u-C-17", "vps-1042", address, at, accepted=True, client=client, citation=cited)


def seized(*, goes_on: bool) -> Tracing:
    before = [login(day, 9 + day % 3, former=True) for day in range(50)]
    after = [login(day, 20 + day % 3, former=False) for day in range(50, 110)]
    owner = [login(day, 10, former=True) for day in range(60, 110, 8)] if goes_on else []
    return trace([contract()], [], [*before, *after, *owner], registers=REGISTERS)


def test_who_goes_on_as_before_is_not_taken_to_have_given_the_account_away() -> None:
    gone, still = seized(goes_on=False), seized(goes_on=True)

    assert "Hesk Lundamar" not in holders(gone, "2030-04-15")
    assert "Hesk Lundamar" in holders(still, "2030-04-15")
    assert not any(h.manner == "passed" for h in still.handovers)


@pytest.mark.parametrize(
    ("claims", "manner"),
    [
        ((), ""),
        ((claim("stole", None, ACCOUNT),), "stolen"),
        ((claim("transferred", ACCOUNT, SEXTANT),), "passed"),
        ((claim("stole", None, ACCOUNT), claim("transferred", ACCOUNT, SEXTANT)), "contested"),
    ],
)
def test_only_statements_tell_whether_an_account_was_given_or_taken(
    claims: tuple[Claim, ...], manner: str
) -> None:
    logins = [login(day, 9 + day % 3, former=True) for day in range(50)]
    logins += [login(day, 20 + day % 3, former=False) for day in range(50, 110)]
    tracing = trace([contract()], claims, logins, registers=REGISTERS)

    assert [h.manner for h in tracing.handovers if h.p is not None] == [manner]


def test_the_side_a_person_decided_for_is_sought_without_doubt_and_the_other_with_it() -> None:
    address = Entity("i:1", "192.0.2.17", EntityType.ADDRESS)
    told = (
        claim("operated", SEXTANT, address, "2030-03-01", "2030-05-01"),
        claim("operated", FALK, address, "2030-03-01", "2030-05-01", origin="firm"),
    )
    before = traced(contract(), claims=told)
    (rivals,) = [c for c in before.conflicts if c.asset.text == "192.0.2.17"]
    mine, other = ([t.id for t in before.tenancies if t.party == p] for p in (SEXTANT, FALK))
    ruled = Resolution(rivals.id, tuple(mine), tuple(other), "A. Reviewer", "seen")
    after = traced(contract(), claims=told, resolved=(ruled,))
    (doubted,), (sure,) = (
        [i for i in from_tracing(t, [], [])[0] if i.party == SEXTANT.id] for t in (before, after)
    )

    assert doubted.window.start_max is None
    assert sure.window.start_max == on("2030-03-01")


def test_two_origins_that_call_an_account_stolen_make_no_taker_certain() -> None:
    told = tuple(
        claim("stole", SEXTANT, ACCOUNT, "2030-03-01", "2030-03-02", origin=o)
        for o in ("police", "firm")
    )

    assert holders(traced(contract(), claims=told), "2030-04-01")["Brass Sextant"] is POSSIBLE


def test_a_stolen_account_that_nothing_identifies_is_no_hand_over_of_any() -> None:
    vague = Entity("a:9", "a customer's account", EntityType.ACCOUNT)

    assert traced(contract(), claims=(claim("stole", SEXTANT, vague),)).handovers == ()
