"""Many records under one name: a register large enough to learn from, judged through the rules."""

import resource
import time
from datetime import UTC, datetime

import pytest

from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.records import Login, Record
from ashiato.core.tenancy import Judgement, Sameness
from ashiato.trace import judge
from ashiato.trace.rules import rules

LINKING = rules().identity.linking
CITED = Citation("e-1", "c.csv", RecordLocator(1, 0, 9), "row")


def row(number: int, **fields: str) -> Record:
    cited = Citation("e-1", "c.csv", RecordLocator(number, 0, 9), "row")
    return Record("contracts", {"contract": f"C-{number}", **fields}, {}, "prov-a", cited)


def someone(person: int, number: int, card: str = "") -> Record:
    """Write a contract of one of the crowd; every second person has two, under two cards."""
    return row(
        number,
        customer=f"Lunda{person % 97}mar Hesk{person % 89}",
        account=f"u-{number}",
        card=card or f"41{person:06}{number:08}",
        phone=f"+999 {person:09}",
        postal=f"{person % 701} Mill Lane, Otterford",
        email=f"m{person}.{number}@mail.example",
    )


def crowd(count: int = LINKING.records) -> list[Record]:
    people = [p for p in range(count) for _ in range(1 + p % 2)][:count]
    return [someone(person, number) for number, person in enumerate(people, 1)]


def login(account: str, address: str) -> Login:
    at = datetime(2030, 5, 1, tzinfo=UTC)
    return Login(account, "vps-1", address, at, accepted=True, client="PuTTY 0.70", citation=CITED)


def home(phone: str) -> str:
    """Give each telephone a network of its own."""
    number = int(phone[-5:])
    return f"10.{number // 250}.{number % 250}.7"


@pytest.fixture(scope="module")
def judged() -> tuple[Judgement, ...]:
    return judge(crowd())


def by_linking(judgements: tuple[Judgement, ...]) -> list[Judgement]:
    return [j for j in judgements if j.decided_by == LINKING.method]


def test_a_register_too_small_to_learn_from_is_left_to_the_rules() -> None:
    assert by_linking(judge(crowd(LINKING.records - 1))) == []


def test_the_rules_keep_the_word_where_they_have_one(judged: tuple[Judgement, ...]) -> None:
    by_rule = [j for j in judged if j.decided_by == rules().identity.method]

    assert any(j.judgement is Sameness.SAME for j in by_rule)


def test_linking_never_joins_two_names(judged: tuple[Judgement, ...]) -> None:
    strangers = [
        j for j in judged
        if j.judgement is Sameness.SAME and j.entity_a.text != j.entity_b.text
    ]  # fmt: skip

    assert strangers == []


def test_what_linking_finds_says_what_agrees_and_cites_both_rows() -> None:
    rows, lone = crowd(), LINKING.records + 1
    phone = {"customer": "Ruvo Tannick", "phone": "+999 70 123 4567"}
    twins = [row(n, account=f"u-{n}", **phone) for n in (lone, lone + 1)]
    logins = [login(r.fields["account"], home(r.fields["phone"])) for r in [*rows, *twins]]
    judged = by_linking(judge([*rows, *twins], logins=logins))
    found = [j for j in judged if "Ruvo" in j.entity_a.text]

    assert len(found) == 1
    assert "name equal" in found[0].because
    assert "phone equal" in found[0].because
    assert "log-in network equal" in found[0].because
    assert "An equal name alone never decides." in found[0].because
    assert {c.locator for c in found[0].citations} == {r.citation.locator for r in twins}


def test_namesakes_with_nothing_in_common_get_no_row() -> None:
    lone = LINKING.records + 1
    names = [row(n, customer="Ruvo Tannick") for n in range(lone, lone + 20)]

    assert not [j for j in judge([*crowd(), *names]) if "Ruvo" in j.entity_a.text]


def test_empty_and_odd_names_are_no_bar() -> None:
    odd = ["", "\N{FOX FACE}" * 9, "\u202eresk\0", " ", "x" * 5000]
    rows = [row(LINKING.records + n, customer=name) for n, name in enumerate(odd, 1)]

    assert judge([*crowd(), *rows]) == judge([*rows, *crowd()])


def test_a_crowd_at_one_hub_makes_no_pairs() -> None:
    hub = {"card": "4111 1111 1111 1111", "postal": "Virtual Office 9, Canal Street"}
    rows = [row(n, customer=f"Name {n}", **hub) for n in range(1, 20_001)]

    assert judge(rows) == ()


@pytest.mark.torture
def test_two_hundred_thousand_rows_of_one_hub_stay_within_time_and_memory() -> None:
    hub = {"card": "4111 1111 1111 1111", "postal": "Virtual Office 9, Canal Street"}
    rows = [row(n, customer=f"Name {n % 9}", **hub) for n in range(200_000)]
    start = time.process_time()

    assert judge(rows) == ()
    assert time.process_time() - start < 120
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 4 * 1024**2
