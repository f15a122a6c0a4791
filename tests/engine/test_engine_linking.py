"""Linking on an invented register: determinism, hubs, rarity, and inputs that say nothing."""

import logging
import resource
import time
from dataclasses import replace
from itertools import combinations

import pytest

from ashiato.engine.linking import link
from ashiato.engine.parties import Link, Party
from ashiato.trace.rules import rules

RULES = rules().identity.linking


def person(number: int, contract: int = 0) -> Party:
    """Make up somebody with his own numbers; his second contract has another card."""
    return Party(
        name=f"lunda{number % 97}mar hesk{number % 89}",
        email=f"h{number}@mail.example",
        mailbox=f"h{number}",
        card=f"card {number}-{contract}" if contract else f"card {number}",
        phone=f"phone {number}",
        postal=f"house {number % 701}",
        net=f"net {number % 53}",
        client=f"client {number % 11}",
    )


def register(people: int = 900) -> list[Party]:
    return [person(n, c) for n in range(people) for c in range(1 + n % 2)]


@pytest.fixture(scope="module")
def found() -> list[Link]:
    return link(register(), RULES)


def test_two_contracts_of_one_person_are_found_and_two_persons_are_not(found: list[Link]) -> None:
    rows = register()
    sure = {(one.a, one.b) for one in found if one.probability >= RULES.same_from}
    true = {(i, i + 1) for i in range(len(rows) - 1) if rows[i].phone == rows[i + 1].phone}

    assert sure <= true
    assert len(sure) > 0.95 * len(true)


def test_linking_twice_gives_the_same_to_the_last_digit(found: list[Link]) -> None:
    assert link(register(), RULES) == found


def test_each_link_says_what_agrees_and_how_much_that_weighs(found: list[Link]) -> None:
    best = max(found, key=lambda one: one.weight)
    degrees = {a.about: a.degree for a in best.agreements}

    assert degrees["name"] == degrees["phone"] == degrees["email"] == "equal"
    assert degrees["card"] == "other"
    assert all(a.weight <= 0 for a in best.agreements if a.degree == "other")


def test_a_rare_value_weighs_more_than_a_common_one() -> None:
    rows = [replace(p, client="client 0") if p.client != "client 9" else p for p in register()]
    weights = {
        rows[one.a].client: a.weight
        for one in link(rows, RULES)
        for a in one.agreements
        if (a.about, a.degree) == ("client", "equal")
    }

    assert weights["client 9"] > weights["client 0"]


def test_a_hub_proposes_no_pair() -> None:
    crowd = [
        Party(name=f"one {n}", card="the reseller's", email=f"m{n}@x.example") for n in range(99)
    ]
    pairs = {frozenset((one.a, one.b)) for one in link([*register(), *crowd], RULES)}
    first = len(register())

    assert not pairs & {frozenset(p) for p in combinations(range(first, first + 99), 2)}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [Party()] * 3,
        [Party(name="")] * 50,
        [Party(name="\N{FOX FACE}\u202e\0", card="\N{FOX FACE}")] * 40,
        [Party(name="only a name")] * 5,
        [Party(name=f"n{n}", card=f"c{n}") for n in range(100)],
        [Party(card="c", phone="p")] * 4,
    ],
)
def test_what_says_nothing_links_nothing(rows: list[Party]) -> None:
    assert link(rows, RULES) == []


def test_nothing_is_logged_and_the_log_is_left_as_it_was(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    before = logging.getLogger("splink").level
    link(register(100), RULES)

    assert capfd.readouterr() == ("", "")
    assert not caplog.records
    assert logging.getLogger("splink").level == before


@pytest.mark.torture
def test_a_million_rows_of_one_hub_stay_within_time_and_memory() -> None:
    crowd = [
        Party(name=f"n{n % 5}", card="one", phone="one", net="n", client="c") for n in range(10**6)
    ]

    start = time.monotonic()
    link([*register(), *crowd], RULES)

    assert time.monotonic() - start < 120
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 4 * 1024**2
