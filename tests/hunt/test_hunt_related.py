"""Names beside an actor's address, and trades that tie nobody; all invented."""

from datetime import UTC, datetime

from ashiato.core.claims import Entity, EntityType
from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.records import Indicator, ObservableType
from ashiato.core.tenancy import Observation, Role, Tenancy, TenancyBasis, TenancyStatus, Tracing
from ashiato.core.time import Moment, UncertainInterval
from ashiato.hunt import from_tracing

ADDRESS = Entity("address:203.0.113.7", "203.0.113.7", EntityType.ADDRESS)
GROUP = Entity("group:lantern", "Lantern", EntityType.GROUP)


def day(number: int) -> datetime:
    return datetime(2031, 4, number, tzinfo=UTC)


def cite(number: int) -> Citation:
    return Citation("ab" * 32, "dns.jsonl", RecordLocator(number, 0, 1), "x")


HELD = Tenancy(
    "t", ADDRESS, GROUP, Role.OPERATOR, UncertainInterval.exactly(day(5), day(20)),
    TenancyBasis.STATED, TenancyStatus.CERTAIN, ("s",), "told", (cite(99),),
)  # fmt: skip


def seen(number: int, name: str, first: int, last: int) -> list[Observation]:
    interval = UncertainInterval.within(Moment(day(first), day(last)))
    domain = Entity(f"domain:{name}", name, EntityType.DOMAIN)
    return [
        Observation(thing, "passive_dns", interval, "seen", "dns", (cite(number),))
        for thing in (domain, ADDRESS)
    ]


def names(*observations: Observation) -> list[Indicator]:
    found, _ = from_tracing(Tracing((HELD,), observations=observations), (), ())
    return [i for i in found if i.observable.type is ObservableType.DOMAIN]


def test_a_name_at_the_actors_address_is_only_ever_possible() -> None:
    (found,) = names(*seen(1, "gate.orchid-lane.org", 1, 10))

    assert found.window.bounds[0] == day(5)
    assert found.window.bounds[3] == day(10)
    assert not found.window.must_meet(found.window)
    assert {c.path for c in found.citations} == {"dns.jsonl"}


def test_a_name_that_pointed_there_at_another_time_is_none() -> None:
    assert not names(*seen(1, "gate.orchid-lane.org", 21, 25))


def test_names_of_shared_hosting_say_nothing() -> None:
    many = [o for k in range(21) for o in seen(k, f"n{k}.orchid-lane.org", 6, 9)]

    assert not names(*many)
    assert len(names(*many[:-2])) == 20
