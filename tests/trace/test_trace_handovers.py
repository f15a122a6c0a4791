"""Hand-over detection on simulated log-ins, and how detections meet statements.

The simulator shares no mechanism with the detector: people live in time zones, keep working hours
and week-ends, roam between networks and update their clients.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import process_time

import numpy as np
import pytest
from hypothesis import given
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
    Voice,
)
from ashiato.core.evidence import Citation, LineLocator, RecordLocator, SpanLocator
from ashiato.core.records import Login, Record
from ashiato.core.sources import Source
from ashiato.core.tenancy import Role, Tenancy, TenancyStatus, Tracing
from ashiato.core.time import Moment, UncertainInterval
from ashiato.trace import trace
from ashiato.trace.habits import History
from ashiato.trace.habits import history as observed
from ashiato.trace.handovers import habits
from ashiato.trace.layer import Change, at_rate, changes, is_change, layer
from ashiato.trace.rules import rules

START = datetime(2030, 1, 10, tzinfo=UTC)
REGISTERS = {"prov-a": Source("prov-a", "Provider A", "register")}
UNCHANGED = ("same", "travel", "new computer", "new line", "new computer and line", "winter time")
CHANGED = ("sold", "sold nearby", "sold, same VPN")


@dataclass(frozen=True)
class Person:
    """Somebody with a working day (local hours), a zone, networks, and a client."""

    zone: float
    opens: float
    closes: float
    networks: tuple[str, ...]
    client: str
    per_day: float


def person(rng: np.random.Generator, zone: float | None = None) -> Person:
    second = rng.integers(1, 224, size=6)
    return Person(
        zone=float(rng.integers(-9, 12)) if zone is None else zone,
        opens=rng.normal(9, 2),
        closes=rng.normal(21, 3),
        networks=tuple(f"198.{n}.100" for n in second[: rng.integers(1, 4)]),
        client=f"SSH-2.0-client_{rng.integers(400)}",
        per_day=rng.uniform(0.5, 1.5),
    )


def live(rng: np.random.Generator, who: Person, first: int, last: int) -> Iterator[Login]:
    """Simulate days ``[first, last)``: fewer log-ins on week-ends, an update now and then."""
    client, update = who.client, 0
    for day in range(first, last):
        if rng.random() < 0.01:
            update += 1
            client = f"{who.client}.{update}"
        for _ in range(rng.poisson(who.per_day * (0.3 if day % 7 > 4 else 1.0))):
            span = who.closes - who.opens
            hour = who.opens + span * rng.beta(2, 2) - who.zone
            at = START + timedelta(days=day, hours=hour)
            net = who.networks[min(int(rng.exponential(0.7)), len(who.networks) - 1)]
            yield login(at, f"{net}.{rng.integers(1, 250)}", client)


def login(at: datetime, address: str, client: str) -> Login:
    stamp = at.replace(microsecond=0)
    line = int((stamp - START).total_seconds())
    citation = Citation("auth", "auth.log", LineLocator(line), f"{stamp} {address}")
    return Login("u1", "vps-1042", address, stamp, accepted=True, client=client, citation=citation)


def history(rng: np.random.Generator, kind: str) -> tuple[list[Login], datetime | None]:
    days, turn = 170, int(rng.integers(45, 125))
    a = person(rng)
    b = person(rng, a.zone if kind == "sold nearby" else None)
    if kind == "sold, same VPN":
        b = replace(b, networks=a.networks)
    if kind == "new computer":
        b = replace(a, client=b.client)
    if kind == "new line":
        b = replace(a, networks=b.networks)
    if kind == "new computer and line":
        b = replace(a, client=b.client, networks=b.networks)
    if kind == "winter time":
        b = replace(a, zone=a.zone - 1)
    if kind == "travel":
        away = replace(a, zone=b.zone, networks=b.networks)
        parts = [(a, 0, turn), (away, turn, turn + 20), (a, turn + 20, days)]
    else:
        parts = [(a, 0, days)] if kind == "same" else [(a, 0, turn), (b, turn, days)]
    logins = [one for part in parts for one in live(rng, *part)]
    changed = START + timedelta(days=turn) if kind in CHANGED else None
    return sorted(logins, key=lambda one: one.ts), changed


def flagged(logins: list[Login]) -> bool:
    pack = rules().handover
    return any(is_change(found, pack) for found in changes(habits(logins, pack), pack))


def rates(seed: int, each: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    return {
        kind: float(np.mean([flagged(history(rng, kind)[0]) for _ in range(each)]))
        for kind in (*UNCHANGED, *CHANGED)
    }


def test_most_changes_of_hands_are_found_and_few_unchanged_accounts_are_flagged() -> None:
    """Hold a modest floor under what was measured.

    Seeds 2 and 3, 150 histories of each kind and seed: recall sold .84, sold nearby .48, sold with
    the same VPN .80; 3 of 1,800 unchanged histories flagged (travel 1, new computer 1, new line 1).
    Precision .995 where a third changed hands; at 1 in 100 about .81. Simulated: not for quoting.
    """
    found = rates(seed=20300110, each=40)

    assert np.mean([found[kind] for kind in CHANGED]) >= 0.6
    assert np.mean([found[kind] for kind in UNCHANGED]) <= 0.05
    assert found["new computer and line"] <= 0.1
    assert found["travel"] <= 0.1


# --- in a tracing --------------------------------------------------------------------------------


def lease(customer: str = "Hesk Lundamar", number: str = "C-17", days: int = 200) -> Record:
    citation = Citation("e1", "contracts.csv", RecordLocator(2, 0, 9), f"{number},{customer}")
    fields = {"contract": number, "customer": customer, "account": "u1", "asset": "vps-1042"}
    times = {"start": day(0), "end": day(days)}
    return Record("contracts", fields, times, "prov-a", citation)


def day(number: int) -> Moment:
    start = (START + timedelta(days=number)).replace(hour=0)
    return Moment(start, start + timedelta(days=1))


BUYER = Entity("g:sextant", "Brass Sextant", EntityType.GROUP)


def told(at: datetime, party: Entity = BUYER, origin: str = "police") -> Claim:
    voice = Voice(origin, origin.title())
    valid = UncertainInterval.within(Moment(at - timedelta(days=3), at + timedelta(days=3)))
    account = Entity("a:u1", "u1", EntityType.ACCOUNT)
    return Claim(
        id=f"c-{origin}-{party.id}",
        proposition=Proposition(account, "transferred", party, None, valid),
        polarity=Polarity.AFFIRMED,
        modality=Modality.ADMITTED,
        basis=Basis.FIRST_HAND,
        cues=(),
        speaker=voice,
        origin=voice,
        said_at=None,
        citations=(Citation("doc", "statement.txt", SpanLocator(0, 4), "text"),),
        method="test@1",
    )


@pytest.fixture(scope="module")
def sold() -> tuple[list[Login], datetime]:
    rng, turn = np.random.default_rng(11), 90
    seller, buyer = person(rng, zone=0), person(rng, zone=9)
    logins = [*live(rng, seller, 1, turn), *live(rng, buyer, turn, 170)]
    changed = START + timedelta(days=turn)
    return logins, changed


def traced(logins: list[Login], *claims: Claim) -> Tracing:
    return trace([lease()], claims, logins, registers=REGISTERS)


def credential_holders(tracing: Tracing, asset: str) -> list[Tenancy]:
    return [
        t for t in tracing.tenancies if t.role is Role.CREDENTIAL_HOLDER and t.asset.text == asset
    ]


def test_a_detected_change_goes_to_an_unidentified_holder_who_is_never_certain(
    sold: tuple[list[Login], datetime],
) -> None:
    logins, changed = sold
    tracing = traced(logins)
    (found,) = tracing.handovers
    window = found.window

    assert window.earliest - timedelta(days=7) <= changed <= window.latest + timedelta(days=7)
    assert found.from_party is not None
    assert found.from_party.text == "Hesk Lundamar"
    assert found.to_party is not None
    assert found.to_party.text == "unidentified holder #1 of u1"
    assert {t.status for t in credential_holders(tracing, "u1")} == {TenancyStatus.POSSIBLE}
    assert "consistent with" in found.because
    assert "new equipment" in found.because


def test_the_assumed_holder_ends_where_the_change_is_seen(
    sold: tuple[list[Login], datetime],
) -> None:
    tracing = traced(sold[0])
    assumed = [
        t for t in credential_holders(tracing, "vps-1042") if t.party.text == "Hesk Lundamar"
    ]

    assert [t.interval.end_max for t in assumed] == [tracing.handovers[0].window.latest]


def test_a_statement_gives_the_party_and_the_log_ins_the_window_and_both_are_origins(
    sold: tuple[list[Login], datetime],
) -> None:
    logins, changed = sold
    alone = traced(logins)
    tracing = traced(logins, told(changed))
    (found,) = tracing.handovers
    certain = [t for t in credential_holders(tracing, "u1") if t.status is TenancyStatus.CERTAIN]

    assert found.to_party == BUYER
    assert found.window == alone.handovers[0].window
    assert [(t.party, t.origins) for t in certain] == [(BUYER, ("log:vps-1042", "police"))]


def test_a_statement_of_another_time_is_a_hand_over_of_its_own(
    sold: tuple[list[Login], datetime],
) -> None:
    logins, changed = sold
    tracing = traced(logins, told(changed + timedelta(days=60)))

    assert len(tracing.handovers) == 2
    assert TenancyStatus.CERTAIN not in {t.status for t in credential_holders(tracing, "u1")}


def test_two_statements_with_two_receivers_leave_the_detected_holder_unidentified(
    sold: tuple[list[Login], datetime],
) -> None:
    logins, changed = sold
    other = Entity("g:anvil", "Slate Anvil", EntityType.GROUP)
    claims = (told(changed), told(changed, other, "firm"))
    tracing = traced(logins, *claims)
    parties = {h.to_party.text for h in tracing.handovers if h.to_party}

    assert parties == {"Brass Sextant", "Slate Anvil", "unidentified holder #1 of u1"}
    assert {c.kind for c in tracing.conflicts} == {"exclusive-overlap", "double-sale"}


def test_the_next_customers_log_ins_are_no_change_of_hands() -> None:
    rng = np.random.default_rng(12)
    first = list(live(rng, person(rng), 1, 80))
    second = list(live(rng, person(rng), 82, 160))
    following = replace(lease("Mav Holvdov", "C-18"), times={"start": day(81), "end": day(200)})
    rows = [lease(days=80), following]
    as_one = traced([*first, *second])
    as_two = trace(rows, [], [*first, *second], registers=REGISTERS)

    assert len(as_one.handovers) == 1
    assert as_two.handovers == ()


def test_refused_log_ins_and_short_histories_say_nothing(
    sold: tuple[list[Login], datetime],
) -> None:
    logins, _ = sold
    refused = [replace(one, accepted=False) for one in logins]

    assert traced(refused).handovers == ()
    assert traced(logins[: rules().handover.min_logins - 1]).handovers == ()


def test_a_new_network_alone_is_never_a_change_of_hands() -> None:
    times = [START + timedelta(hours=26 * i) for i in range(120)]
    logins = [login(at, f"198.{18 + (i >= 60)}.100.7", "SSH-2.0-one") for i, at in enumerate(times)]

    assert traced(logins).handovers == ()


def test_the_order_of_log_ins_does_not_matter(sold: tuple[list[Login], datetime]) -> None:
    logins, changed = sold
    claims = (told(changed), told(changed, origin="firm"))

    assert canonical_json(traced(logins, *claims)) == canonical_json(
        traced(logins[::-1], *claims[::-1])
    )


def test_log_ins_to_an_account_nobody_registered_are_still_looked_at(
    sold: tuple[list[Login], datetime],
) -> None:
    logins = [replace(one, account="root", host="vps-9") for one in sold[0]]
    (found,) = traced(logins).handovers

    assert found.account.text == "root@vps-9"
    assert found.from_party is None


# --- the detector by itself ----------------------------------------------------------------------


def found_in(past: History) -> tuple[Change, ...]:
    return changes(past, rules().handover)


def hand(first: float, count: int, hour: float, name: str, seed: int) -> list[tuple[float, str]]:
    """Log in once a day at about one hour, from one line with one client."""
    rng = np.random.default_rng(seed)
    days = first + np.arange(count)
    return [(float(round((d + hour / 24) * 86_400 + rng.normal(0, 2400))), name) for d in days]


def past_of(*hands: list[tuple[float, str]]) -> History:
    seen = sorted(visit for visits in hands for visit in visits)
    names = [name for _, name in seen]
    return observed([at for at, _ in seen], names, names)


SOLD_ONCE = past_of(hand(20_000, 60, 9, "a", 1), hand(20_060, 60, 22, "b", 2))


def test_a_second_hand_over_of_one_account_is_found_too_and_is_no_surer_than_the_first() -> None:
    third = hand(20_120, 60, 3, "c", 3)
    both = found_in(past_of(hand(20_000, 60, 9, "a", 1), hand(20_060, 60, 16, "b", 2), third))

    assert [abs(found.first - at) <= 1 for found, at in zip(both, (60, 120), strict=True)] == [
        True,
        True,
    ]
    assert min(found.p for found in both) >= rules().handover.report


def test_a_second_hand_beside_the_first_is_no_change_of_hands() -> None:
    owner, thief = hand(20_000, 200, 9, "a", 1), hand(20_100, 100, 20, "b", 2)
    (found,) = found_in(past_of(owner, thief))

    assert not is_change(found, rules().handover)
    assert found.beside >= rules().handover.report


def test_two_operators_who_shared_from_the_first_day_are_neither() -> None:
    assert found_in(past_of(hand(20_000, 150, 9, "a", 1), hand(20_000, 150, 20, "b", 2))) == ()


@given(weeks=st.integers(-500, 500))
def test_other_weeks_change_nothing(weeks: int) -> None:
    later = replace(SOLD_ONCE, times=SOLD_ONCE.times + weeks * 7 * 86_400.0)

    assert found_in(later) == found_in(SOLD_ONCE) != ()


@given(names=st.permutations("abcdef"))
def test_what_networks_and_clients_are_called_changes_nothing(names: list[str]) -> None:
    rng = np.random.default_rng(4)
    who = [int(w) for w in np.r_[rng.integers(0, 3, 60), rng.integers(2, 6, 60)]]
    times = SOLD_ONCE.times.tolist()
    plain, other = ([kinds[w] for w in who] for kinds in ("abcdef", names))

    assert found_in(observed(times, plain, plain)) == found_in(observed(times, other, other))


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_what_happened_at_one_instant_is_no_history(count: int) -> None:
    assert found_in(observed([5.0] * count, ["a"] * count, ["b"] * count)) == ()


def test_a_million_log_ins_of_a_thousand_networks_are_judged_in_bounded_time() -> None:
    times = np.sort(np.random.default_rng(5).uniform(0, 3e8, 1_000_000))
    names = [f"n{i % 1000}" for i in range(1_000_000)]
    past = observed(times.tolist(), names, names)
    begin = process_time()

    assert found_in(past) == ()
    assert process_time() - begin < 20


def test_probabilities_fall_with_the_base_rate_and_stay_at_the_learnt_one() -> None:
    weights = layer()
    learnt = weights.shares[1]

    assert at_rate(0.9, learnt, weights) == pytest.approx(0.9)
    assert at_rate(0.9, 0.01, weights) < at_rate(0.9, 0.1, weights) < 0.9


def test_an_account_used_by_two_hands_keeps_its_holder_and_shows_the_doubt() -> None:
    owner = replace(person(np.random.default_rng(1), zone=0), per_day=1.4)
    thief = replace(person(np.random.default_rng(2), zone=11), per_day=1.4)
    rng = np.random.default_rng(3)
    logins = sorted([*live(rng, owner, 1, 170), *live(rng, thief, 85, 170)], key=lambda o: o.ts)
    tracing = traced(logins)
    (doubt,) = (c for c in tracing.conflicts if c.kind == "two-hands")

    assert tracing.handovers == ()
    assert "two hands at once" in doubt.because
    assert {t.party.text for t in credential_holders(tracing, "vps-1042")} == {
        "Hesk Lundamar",
        "unidentified second hand on u1",
    }
