"""Who contacted what the hit machines contacted: the counts of any engine."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ashiato.engine.duck import Duck
from ashiato.engine.pivots import Anchor, Companion, Reach

Lake = Callable[..., Duck]
NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A, B = "a" * 64, "b" * 64
REACH = Reach(hours=2, others=1, most=100, cited=5)


def call(host: str, name: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - columns
    rd = ".".join(name.split(".")[-2:])
    return {"host": host, "src_ip": host, "domain": name, "rd": rd, **given}


def hit(record: int, *, strong: bool = True, inbound: bool = False, kind: str = "proxy") -> Anchor:
    return Anchor("Org 001", A, "", kind, record, "i1", inbound=inbound, strong=strong)


def told(engine: Duck, *anchors: Anchor, reach: Reach = REACH) -> dict[str, Companion]:
    return {c.name: c for c in engine.company(anchors, reach)[1]}


def test_hit_machines_and_others_are_counted_over_all_organisations(lake: Lake) -> None:
    engine = lake(
        call("10.0.0.1", "known.example"),
        call("10.0.0.1", "second.example"),
        call("10.0.0.2", "second.example", org="Org 002", exhibit=B),
        call("10.0.0.3", "other.example", org="Org 003", exhibit=B),
        call("10.0.0.9", "second.example", org="source:provider-a", exhibit=B),
    )

    found = told(engine, hit(1))["second.example"]

    assert (found.hit_hosts, found.hit_machines) == (1, 1)
    assert (found.other_hosts, found.other_machines) == (1, 2)
    assert (found.hit_orgs, found.other_orgs, found.indicators) == (1, 1, ("i1",))
    assert [(v.org, v.host, v.locator.record) for v in found.visits] == [("Org 001", "10.0.0.1", 2)]


def test_only_what_lies_around_a_sighting_of_the_same_machine_is_a_candidate(lake: Lake) -> None:
    engine = lake(
        call("10.0.0.1", "known.example"),
        call("10.0.0.1", "near.example", ts=NOON + 2 * HOUR),
        call("10.0.0.1", "far.example", ts=NOON + 4 * HOUR),
        call("10.0.0.2", "elsewhere.example"),
    )

    assert set(told(engine, hit(1))) == {"known.example", "near.example"}


def test_contacts_count_all_of_them_and_say_how_many_are_near(lake: Lake) -> None:
    engine = lake(
        call("10.0.0.1", "known.example"),
        call("10.0.0.1", "second.example", ts=NOON - DAY),
        call("10.0.0.1", "second.example", ts=NOON + HOUR),
        call("10.0.0.1", "second.example", ts=NOON + HOUR, exhibit=B),
    )

    found = told(engine, hit(1))["second.example"]

    assert (found.contacts, found.near) == (2, 1)
    assert (found.first, found.last) == (NOON - DAY, NOON + HOUR)
    assert found.visits[0].ts == NOON + HOUR


def test_what_many_others_contact_is_left_out(lake: Lake) -> None:
    crowd = [call(f"10.0.1.{n}", "news.example") for n in range(3)]
    engine = lake(call("10.0.0.1", "known.example"), call("10.0.0.1", "news.example"), *crowd)

    assert set(told(engine, hit(1))) == {"known.example"}


def test_a_machine_with_weak_sightings_alone_counts_on_neither_side(lake: Lake) -> None:
    engine = lake(
        call("10.0.0.1", "known.example"),
        call("10.0.0.2", "known.example"),
        call("10.0.0.1", "second.example"),
        call("10.0.0.2", "second.example"),
        call("10.0.0.2", "weak.example"),
    )

    found = told(engine, hit(1), hit(2, strong=False))

    assert (found["second.example"].hit_hosts, found["second.example"].other_hosts) == (1, 0)
    assert (found["second.example"].hit_machines, found["second.example"].other_machines) == (1, 0)
    assert "weak.example" not in found


def test_an_incoming_sighting_marks_the_machine_it_came_to(lake: Lake) -> None:
    engine = lake(
        {"kind": "conn", "src_ip": "192.0.2.7", "dst_ip": "10.0.0.1", "host": "192.0.2.7"},
        call("10.0.0.1", "second.example"),
        {"kind": "conn", "src_ip": "10.0.0.1", "dst_ip": "203.0.113.9"},
        {"kind": "conn", "src_ip": "10.0.0.1", "dst_ip": "10.0.0.8"},
    )

    assert set(told(engine, hit(1, inbound=True, kind="conn"))) == {"second.example", "203.0.113.9"}


def test_names_are_given_beside_their_registered_domain(lake: Lake) -> None:
    engine = lake(
        call("10.0.0.1", "known.example"),
        call("10.0.0.1", "a.second.example"),
        call("10.0.0.2", "b.second.example"),
    )

    found = told(engine, hit(1))

    assert (found["second.example"].type, found["a.second.example"].type) == ("site", "domain")
    assert found["second.example"].other_hosts == 1
    assert "b.second.example" not in found


def test_the_most_hit_machines_stay_where_there_are_too_many(lake: Lake) -> None:
    engine = lake(
        call("10.0.0.1", "known.example"),
        call("10.0.0.2", "known.example"),
        call("10.0.0.1", "one.example"),
        call("10.0.0.2", "both.example"),
        call("10.0.0.1", "both.example"),
    )
    few = Reach(hours=2, others=1, most=2, cited=1)

    found = told(engine, hit(1), hit(2), reach=few)

    assert set(found) == {"both.example", "known.example"}
    assert len(found["both.example"].visits) == 1


def test_one_file_of_two_organisations_is_hit_in_one(lake: Lake) -> None:
    engine = lake(
        call("10.0.0.1", "known.example", rec_no=1),
        call("10.0.0.1", "second.example", rec_no=2),
        call("10.0.0.1", "known.example", rec_no=1, org="Org 002"),
        call("10.0.0.1", "second.example", rec_no=2, org="Org 002"),
    )

    found = told(engine, hit(1))["second.example"]

    assert (found.hit_hosts, found.other_hosts) == (1, 1)


def test_nothing_comes_of_nothing(lake: Lake) -> None:
    assert lake().company([], REACH) == (0, ())
    assert lake(call("10.0.0.1", "a.example")).company([hit(99)], REACH) == (0, ())
