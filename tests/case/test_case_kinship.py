"""Whether two names are one: asked, explained, decided, obeyed, taken back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ashiato.case.folder import Folder
from ashiato.case.kinship import Answer, are_one, decide, plain, render
from ashiato.case.run import Outcome, run
from ashiato.core.canonical import canonical_json, to_plain
from ashiato.core.errors import BadInput
from ashiato.core.progress import Silent
from ashiato.core.tenancy import Sameness

CASE = """
[case]
id = "quay"
title = "Quay"
[[sources]]
id = "quay-hosting"
name = "Quay Hosting"
kind = "provider"
[[evidence]]
files = "evidence/*.csv"
source = "quay-hosting"
timezone = "UTC"
mapping = "quay"
[mappings.quay]
kind = "contracts"
columns = { contract = "No", customer = "Name", card = "Card", email = "Mail", phone = "Tel" }
"""
HEAD = "No,Name,Card,Mail,Tel\n"
ROWS = (
    "C-1,Hesk Lundamar,4111 1111 1111 1111,hesk@mail.example,+999 55 123 4567\n"
    "C-2,Ruvo Tannick,4111 1111 1111 1111,hesk@mail.example,\n"
    "C-3,Ismo Varrel,5500 0000 0000 0004,hesk@mail.example,+999 55 123 4567\n"
    "C-4,Ansa Pelk,,ansa@mail.example,+999 55 999 8888\n"
)
BY = "E. Marlow"


def clock() -> datetime:
    return datetime(2031, 8, 1, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Folder:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "case.toml").write_text(CASE)
    (tmp_path / "evidence/c.csv").write_text(HEAD + ROWS)
    folder = Folder(tmp_path)
    answer(folder)
    return folder


def answer(folder: Folder) -> Outcome:
    return run(folder, clock=clock, progress=Silent())


def asked(folder: Folder, a: str = "Ruvo Tannick", b: str = "Ismo Varrel") -> Answer:
    return are_one(folder, a, b, clock=clock, progress=Silent())


def say(folder: Folder, verdict: str, a: str = "Ruvo Tannick", b: str = "Ismo Varrel") -> str:
    return decide(
        folder, a, b, verdict, actor=BY, reason="seen together", clock=clock, progress=Silent()
    ).id


def dossier(folder: Folder) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.dossier.iterdir() if p.name != "custody.json"}


def test_the_chain_is_told_with_its_weakest_link_and_what_each_rests_on(case: Folder) -> None:
    found = asked(case)
    said = render(found)

    assert found.known.answer is Sameness.SAME
    assert [j.entity_b.text for j in found.known.path][-1] == "Ismo Varrel"
    assert found.known.weakest in found.known.path
    assert "card ••••1111 (held by 2)" in said
    assert "the weakest link" in said
    assert "evidence/c.csv record 1" in said


def test_no_link_is_no_difference(case: Folder) -> None:
    found = asked(case, "Ansa Pelk", "Hesk Lundamar")

    assert found.known.answer is None
    assert "does not say that they are different" in render(found)


def test_a_decision_that_two_are_different_parts_them_and_the_contradiction_is_told(
    case: Folder,
) -> None:
    say(case, "different")
    found, conflicts = asked(case), answer(case).case.tracing.conflicts

    assert found.known.answer is Sameness.DIFFERENT
    assert len(found.known.cuts) == 1
    assert [c.kind for c in conflicts if c.kind == "identity"] == ["identity"]
    assert "it is cut where it is weakest" in render(found)


def test_a_person_can_join_what_the_rules_leave_open(case: Folder) -> None:
    say(case, "same", "Ansa Pelk", "Hesk Lundamar")
    found = asked(case, "Ansa Pelk", "Ismo Varrel")

    assert found.known.answer is Sameness.SAME
    assert found.known.path[0].decided_by == f"person: {BY}"
    assert found.known.path[0].citations


def test_taking_a_decision_back_leaves_no_trace_in_the_answer(case: Folder) -> None:
    before = dossier(case)
    say(case, "different")
    answer(case)
    between = dossier(case)
    say(case, "undo")
    answer(case)

    assert between != before
    assert dossier(case) == before


def test_of_two_decisions_on_a_pair_the_last_counts(case: Folder) -> None:
    say(case, "different")
    say(case, "unsure", "Ismo Varrel", "Ruvo Tannick")

    assert asked(case).known.cuts == ()


@pytest.mark.parametrize(
    ("a", "b", "verdict", "told"),
    [
        ("Nobody", "Ansa Pelk", "same", "nobody on record"),
        ("Ansa Pelk", "Ansa Pelk", "same", "both names"),
        ("Ansa Pelk", "Hesk Lundamar", "twins", "no judgement"),
        ("Ansa Pelk", "Hesk Lundamar", "undo", "nobody decided"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    case: Folder, a: str, b: str, verdict: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        say(case, verdict, a, b)


def test_a_decision_without_a_reason_is_refused(case: Folder) -> None:
    with pytest.raises(BadInput, match="needs a reason"):
        decide(
            case, "Ansa Pelk", "Hesk Lundamar", "same", actor=BY, reason=" ", clock=clock,
            progress=Silent(),
        )  # fmt: skip


def test_one_name_under_many_contracts_asks_for_an_id(case: Folder) -> None:
    (case.evidence / "d.csv").write_text(HEAD + "C-9,Ansa Pelk,,,\n")

    answer(case)

    with pytest.raises(BadInput, match="the name of 2"):
        asked(case, "Ansa Pelk")


def test_the_answer_masks_cards_telephones_and_mail(case: Folder) -> None:
    said = render(asked(case)) + canonical_json(to_plain(plain(asked(case)))).decode()

    assert "4111 1111" not in said
    assert "123 4567" not in said
    assert "hesk@mail" not in said
