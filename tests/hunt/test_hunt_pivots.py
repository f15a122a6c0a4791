"""What is proposed beside the indicators, why, and what never is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.core.evidence import RecordLocator
from ashiato.core.records import Indicator, Proposal, Sighting, SightingStatus
from ashiato.engine.pivots import Anchor, Companion, Reach, Visit
from ashiato.hunt import from_file, proposals
from ashiato.hunt.pivots import by_chance

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
A = "a" * 64
POSSIBLE, EXCLUDED = SightingStatus.POSSIBLE, SightingStatus.EXCLUDED
Make = Callable[..., Sighting]
Seek = Callable[..., Indicator]


def beside(name: str, kind: str = "site", **given: Any) -> Companion:  # noqa: ANN401 - any field
    visit = Visit("Org 001", "10.0.0.5", NOON, "proxy", A, RecordLocator(7, 700, 80))
    whole = Companion(
        type=kind,
        name=name,
        hit_hosts=5,
        other_hosts=0,
        hit_machines=9,
        other_machines=900,
        hit_orgs=3,
        other_orgs=0,
        contacts=20,
        near=19,
        first=NOON,
        last=NOON + timedelta(days=2),
        indicators=("i1",),
        visits=(visit,),
    )
    return replace(whole, **given)


@dataclass
class Lake:
    """Answers with the companions it was given, and remembers what it was asked."""

    found: Sequence[Companion]
    asked: list[Anchor] = field(default_factory=list)

    def company(self, anchors: Iterable[Anchor], _: Reach) -> tuple[int, Sequence[Companion]]:
        self.asked += anchors
        return len(self.found), self.found


def told(found: Sequence[Companion], met: Sequence[Sighting], *sought: Indicator) -> Any:  # noqa: ANN401
    return proposals(Lake(found), met, sought)  # type: ignore[arg-type]


def names(found: Iterable[Proposal]) -> list[str]:
    return [proposal.observable.value for proposal in found]


def test_a_proposal_says_how_rare_it_is_and_cites_records(sighting: Make, seek: Seek) -> None:
    (proposal,) = told([beside("second.example")], [sighting()], seek())

    assert proposal.because == (
        "contacted by 5 of 9 hit machines in 3 organisations and 0 of 900 others; "
        "19 of 20 contacts within 24 hours of a sighting"
    )
    assert proposal.parts == {"breadth": 0.75, "nearness": 0.95, "rarity": 1.0}
    assert proposal.score == pytest.approx(0.5 + 0.3 * 0.75 + 0.2 * 0.95)
    assert [c.locator for c in proposal.citations] == [RecordLocator(7, 700, 80)]


def test_what_an_indicator_covers_is_no_news(sighting: Make, seek: Seek) -> None:
    found = [
        beside("known.example"),
        beside("c2.known.example", "domain"),
        beside("parent.example"),
        beside("192.0.2.9", "ip"),
        beside("192.0.2.77", "ip"),
        beside("2001:db8::1", "ip"),
    ]
    sought = [
        seek("domain", "known.example"),
        seek("domain", "a.parent.example", name="i2"),
        seek("cidr", "192.0.2.0/28", name="i3"),
    ]

    assert sorted(names(told(found, [sighting()], *sought))) == ["192.0.2.77", "2001:db8::1"]


def test_what_everybody_contacts_or_nobody_can_be_is_never_proposed(
    sighting: Make, seek: Seek
) -> None:
    found = [beside(n) for n in ("windowsupdate.com", "co.jp", "google.com", "not a name")]
    found += [beside(n, "ip") for n in ("10.0.0.8", "8.8.8.8", "fe80::1")]

    assert told(found, [sighting()], seek()) == ()


def test_a_registered_domain_stands_for_its_names_only_where_no_more_others_use_it(
    sighting: Make, seek: Seek
) -> None:
    alone = [beside("own.example"), beside("a.own.example", "domain", hit_hosts=3)]
    shared = [beside("big.example", other_hosts=4), beside("evil.big.example", "domain")]

    assert names(told([*alone, *shared], [sighting()], seek())) == [
        "evil.big.example",
        "own.example",
    ]


def test_a_proposal_has_the_origins_of_the_sightings_that_led_to_it(
    sighting: Make, seek: Seek
) -> None:
    known = replace(seek(), origins=("lease-book",))
    bare = seek(name="i2")
    found = [beside("one.example"), beside("two.example", indicators=("i1", "i2"))]

    one, two = told(found, [sighting()], known, bare)

    assert (one.origins, two.origins) == (("lease-book",), ("i2", "lease-book"))


def test_possible_sightings_make_a_machine_hit_only_where_none_is_certain(
    sighting: Make, seek: Seek
) -> None:
    def strong(*met: Sighting) -> list[tuple[int, bool]]:
        lake = Lake([])
        proposals(lake, met, [seek()])  # type: ignore[arg-type]
        return [(anchor.record, anchor.strong) for anchor in lake.asked]

    weak, outside = sighting(2, status=POSSIBLE), sighting(3, status=EXCLUDED)

    assert strong(sighting(), weak, outside) == [(1, True), (2, False)]
    assert strong(weak, outside) == [(2, True)]
    assert strong(outside) == []


def test_the_machine_of_an_incoming_match_is_where_it_came_to(sighting: Make, seek: Seek) -> None:
    lake = Lake([])

    proposals(lake, [sighting(matched_field="src_ip"), sighting(2)], [seek()])  # type: ignore[arg-type]

    assert [anchor.inbound for anchor in lake.asked] == [True, False]


def test_what_one_machine_alone_contacted_once_is_not_proposed(sighting: Make, seek: Seek) -> None:
    once = beside("rare.example", hit_hosts=1, hit_orgs=1, contacts=1, near=1)

    assert told([once], [sighting()], seek()) == ()
    lake = Lake([once])
    assert names(proposals(lake, [sighting()], [seek()], least=0.3)) == ["rare.example"]  # type: ignore[arg-type]


def test_an_accepted_proposal_keeps_its_origins() -> None:
    listed = b"value,start,end,reason,origins\nsecond.example,2031-04-02T12:00:00Z,,why,a b\n"

    (indicator,), _ = from_file(listed, "proposed.csv")

    assert indicator.origins == ("a", "b")
    assert indicator.window.at(NOON + timedelta(days=9)).value == "possible"


@given(st.integers(1, 30), st.integers(0, 60), st.data())
def test_the_chance_is_the_share_of_all_draws_with_as_many_hit(
    hit: int, other: int, data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, hit))
    m = data.draw(st.integers(0, other))
    drawn = k + m
    exact = sum(
        comb(hit, i) * comb(other, drawn - i)
        for i in range(k, min(hit, drawn) + 1)
        if drawn - i <= other
    ) / comb(hit + other, drawn)
    found = beside("x.example", hit_hosts=k, other_hosts=m, hit_machines=hit, other_machines=other)

    assert by_chance(found) == pytest.approx(exact, rel=1e-6)


@given(st.integers(1, 9), st.integers(0, 20))
def test_one_more_machine_not_hit_never_makes_a_proposal_stronger(k: int, m: int) -> None:
    fewer, more = (by_chance(beside("x.example", hit_hosts=k, other_hosts=n)) for n in (m, m + 1))

    assert more >= fewer * (1 - 1e-9)
