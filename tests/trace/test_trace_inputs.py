"""What goes in beside contracts: log-ins, events, sales, registrations; all of it invented."""

from datetime import UTC, datetime

from ashiato.core.claims import Claim
from ashiato.core.records import Record
from ashiato.core.sources import Intake, Source, TableMapping
from ashiato.core.tenancy import Role, TenancyStatus, Tracing
from ashiato.hunt import from_tracing
from ashiato.read.tables import TableReading, read_table
from ashiato.trace import trace, who

SHOP = Source("shop", "Shop of accounts", "other")
HARBOUR = Source("harbour", "Harbour Hosting", "register")


def table(kind: str, head: str, *rows: str, source: Source = HARBOUR) -> TableReading:
    columns = {name: name for name in head.split(",")}
    mapping = TableMapping("m", kind, columns)
    raw = "\n".join([head, *rows, ""]).encode()
    intake = Intake(
        "ab" * 32, f"evidence/{kind}.csv", source, timezone="Asia/Tokyo", mapping=mapping
    )
    return read_table(raw, intake)


def traced(*tables: TableReading) -> Tracing:
    records: list[Record] = [r for t in tables for r in t.records]
    claims: list[Claim] = [c for t in tables for c in t.claims]
    return trace(records, claims, (), registers={HARBOUR.id: HARBOUR})


def at(day: int, month: int = 4) -> datetime:
    return datetime(2031, month, day, 3, tzinfo=UTC)


CONTRACT = table(
    "contracts", "contract,customer,account,start,end", "K-1,Ilse Marn,marn01,2031-04-01,"
)


def test_a_cancellation_ends_a_contract_whose_row_gives_no_end() -> None:
    cancelled = table("statuses", "contract,status,at", "K-1,解約,2031-04-20")
    found = [t for t in traced(CONTRACT, cancelled).tenancies if t.role is Role.REGISTRANT]

    assert {t.interval.end_max for t in found} == {datetime(2031, 4, 20, 15, tzinfo=UTC)}
    assert all(len(t.citations) == 2 for t in found)


def test_a_suspension_ends_nothing_and_stands_beside() -> None:
    suspended = table("statuses", "contract,status,at", "K-1,suspended,2031-04-20")
    tracing = traced(CONTRACT, suspended)

    assert all(t.interval.end_max is None for t in tracing.tenancies)
    (seen,) = who(tracing, "K-1", at(20)).beside
    assert "suspended" in seen.because
    assert not who(tracing, "K-1", at(25)).beside


def test_a_name_on_a_document_is_shown_as_given_and_its_number_masked() -> None:
    checked = table(
        "identity_checks", "contract,customer,document,number,result,at",
        "K-1,Ilse Marn,passport,TX1234567,accepted,2031-04-01",
    )  # fmt: skip
    tracing = traced(CONTRACT, checked)

    (seen,) = tracing.observations
    assert "TX1234567" not in seen.because
    assert "•67" in seen.because
    assert {t.party.text for t in tracing.tenancies} == {"Ilse Marn"}


def test_passive_dns_is_a_span_and_never_a_tenancy() -> None:
    dns = table(
        "passive_dns", "domain,type,address,first_seen,last_seen",
        "gate.example,A,192.0.2.7,2031-04-01T00:00:00Z,2031-04-30T00:00:00Z",
    )  # fmt: skip
    tracing = traced(dns)
    answer = who(tracing, "192.0.2.7", at(10))

    assert not tracing.tenancies
    assert not answer.holders
    assert [o.kind for o in answer.beside] == ["passive_dns"]
    assert not answer.beside[0].interval.must_meet(answer.beside[0].interval)


def test_an_offer_is_no_sale_and_a_sale_hands_the_account_to_a_handle() -> None:
    head = "listing,seller,buyer,account,price,at,sold_at"
    offered = table("listings", head, "L-1,seller9,,marn01,40,2031-04-05,", source=SHOP)
    sold = table(
        "listings", head, "L-1,seller9,buyer4,marn01,40,2031-04-05,2031-04-09", source=SHOP
    )

    assert not offered.claims
    holders = [
        (h.party.text, h.status)
        for h in who(traced(CONTRACT, sold), "marn01", at(15)).holders
        if h.role is Role.CREDENTIAL_HOLDER
    ]
    assert ("buyer4", TenancyStatus.CERTAIN) not in holders
    assert "buyer4" in [name for name, _ in holders]


def test_one_account_sold_twice_is_a_conflict() -> None:
    head = "listing,seller,buyer,account,sold_at"
    sold = table(
        "listings", head, "L-1,s9,buyer4,marn01,2031-04-09", "L-2,s9,buyer5,marn01,2031-04-10",
        source=SHOP,
    )  # fmt: skip
    conflicts = traced(CONTRACT, sold).conflicts

    assert any("buyer4" in c.because and "buyer5" in c.because for c in conflicts)


def test_a_registrant_surely_held_the_domain_between_its_last_change_and_the_look_up() -> None:
    rows = table(
        "registrations", "domain,registrant,start,changed_at,at,end",
        "gate.example,Ilse Marn,2030-01-01,2031-01-01,2031-06-01,2032-01-01",
    )  # fmt: skip
    (tenancy,) = traced(rows).tenancies

    assert (tenancy.asset.id, tenancy.role) == ("domain:gate.example", Role.REGISTRANT)
    assert tenancy.interval.start_max == datetime(2031, 1, 1, 15, tzinfo=UTC)
    assert tenancy.interval.end_min == datetime(2031, 5, 31, 15, tzinfo=UTC)


def test_a_privacy_service_is_no_party() -> None:
    rows = table(
        "registrations", "domain,registrant,start",
        "gate.example,Privacy Protect Service,2030-01-01", "b.example,REDACTED FOR PRIVACY,",
    )  # fmt: skip

    assert not rows.claims
    assert len(traced(rows).observations) == 2


def test_a_table_of_log_ins_gives_the_log_ins_of_a_log() -> None:
    rows = [
        f"marn01,198.51.100.{day},2031-04-{day:02} {hour:02}:10:00,ssh-a,ok"
        for day in range(1, 15) for hour in (9, 11)
    ] + [
        f"marn01,203.0.113.{day},2031-05-{day:02} {hour:02}:10:00,ssh-b,ok"
        for day in range(1, 15) for hour in (21, 23)
    ]  # fmt: skip
    found = traced(CONTRACT, table("logins", "account,address,at,client,result", *rows))

    assert [h.account.text for h in found.handovers] == ["marn01"]


def test_a_log_in_without_an_instant_is_recorded_and_joins_no_history() -> None:
    reading = table("logins", "account,address,at", "marn01,192.0.2.1,2031-04-01")

    assert [p.kind for p in reading.problems] == ["no-instant"]
    assert not traced(reading).handovers


def test_names_with_emoji_and_control_characters_stay_names() -> None:
    odd = table("contracts", "contract,customer,account", 'K-9,"Il\x07se 🐚",odd01')

    assert {t.party.text for t in traced(odd).tenancies} == {"Il\x07se 🐚"}


def test_two_handles_that_look_alike_stay_two() -> None:
    rows = [f"L-{k},{name},b,x{k},2031-04-09" for k, name in enumerate(["🐚", "🐙", "Ann", "ann"])]
    sold = table("listings", "listing,seller,buyer,account,sold_at", *rows, source=SHOP)

    assert len({c.proposition.subject for c in sold.claims}) == 4


def test_a_trade_at_a_marketplace_makes_nobody_of_interest_to_the_hunt() -> None:
    sold = table(
        "listings", "listing,seller,buyer,account,sold_at", "L-1,s9,b4,marn01,2031-04-09",
        source=SHOP,
    )  # fmt: skip
    given = table(
        "assignments", "contract,address,start,end", "K-1,203.0.113.7,2031-04-01,2031-06-01"
    )
    tracing = traced(CONTRACT, sold, given)

    assert any(t.party.text == "b4" for t in tracing.tenancies)
    assert from_tracing(tracing, sold.claims, ())[0] == ()
