"""Nothing of a case but its vault and its evidence holds a card or a telephone in clear."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ashiato.case.folder import Folder
from ashiato.case.run import load_assessed, run
from ashiato.case.shielding import case_key, shielded
from ashiato.core.evidence import Citation, Problem, RecordLocator
from ashiato.core.masking import shows
from ashiato.core.progress import Silent
from ashiato.core.records import Record
from ashiato.core.tenancy import Judgement
from ashiato.read import TableReading
from ashiato.trace import judge
from ashiato.trace.identifiers import masked, normal_form

KEY, OTHER_KEY = bytes(32), bytes(range(32))
CARD, PHONE = "4111 1111 1111 1111", "+999 55 123 4567"
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
columns = { contract = "No", customer = "Name", card = "Card", phone = "Tel" }
"""
TABLE = f"No,Name,Card,Tel\nC-1,Hesk Lundamar,{CARD},{PHONE}\nC-2,Ruvo Tannick,{CARD},{PHONE}\n"


def clock() -> datetime:
    return datetime(2031, 8, 1, tzinfo=UTC)


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Folder]:
    def made(name: str) -> Folder:
        (tmp_path / name / "evidence").mkdir(parents=True)
        (tmp_path / name / "case.toml").write_text(CASE)
        (tmp_path / name / "evidence/c.csv").write_text(TABLE)
        run(Folder(tmp_path / name), clock=clock, progress=Silent())
        return Folder(tmp_path / name)

    return made


def row(number: int, **fields: str) -> Record:
    quote = ",".join(fields.values())
    cited = Citation("e-1", "c.csv", RecordLocator(number, 0, len(quote)), quote)
    named = {"contract": f"C-{number}", "customer": f"Customer {number}", **fields}
    return Record("contracts", named, {}, "prov-a", cited)


def kept(*records: Record, key: bytes = KEY) -> tuple[Record, ...]:
    return shielded(TableReading(records, len(records), ()), key).records


def told(judgements: tuple[Judgement, ...]) -> list[tuple[object, ...]]:
    return [(j.entity_a, j.entity_b, j.judgement, j.score, j.because) for j in judgements]


def test_neither_cache_nor_dossier_holds_a_card_or_a_telephone(
    make: Callable[[str], Folder],
) -> None:
    folder = make("quay")
    files = [p for top in (folder.cache, folder.dossier) for p in top.rglob("*") if p.is_file()]
    held = b"\n".join(p.read_bytes() for p in files)

    assert len(files) > 5
    for number in (CARD, CARD.replace(" ", ""), PHONE, "123 4567", "1234567"):
        assert number.encode() not in held


def test_two_cases_of_the_same_evidence_have_two_keys_and_one_dossier(
    make: Callable[[str], Folder],
) -> None:
    one, two = make("one"), make("two")
    written = [
        {p.name: p.read_bytes() for p in f.dossier.iterdir() if p.name != "custody.json"}
        for f in (one, two)
    ]

    assert case_key(one.vault.parent) != case_key(two.vault.parent)
    assert written[0] == written[1]


def test_a_key_that_is_lost_costs_nothing_but_time(make: Callable[[str], Folder]) -> None:
    folder = make("quay")
    before = (folder.dossier / "identities.csv").read_bytes()
    moved = Folder(folder.root.with_name("moved"))
    shutil.copytree(folder.root, moved.root)
    (moved.vault.parent / "key").unlink()
    shutil.rmtree(moved.dossier)
    run(moved, clock=clock, progress=Silent())

    assert (moved.dossier / "identities.csv").read_bytes() == before
    assert case_key(moved.vault.parent) != case_key(folder.vault.parent)


def test_the_key_is_the_owners_alone(make: Callable[[str], Folder]) -> None:
    place = make("quay").vault.parent / "key"

    assert place.stat().st_mode & 0o777 == 0o600


def test_a_key_that_cannot_be_kept_lasts_as_long_as_the_process(tmp_path: Path) -> None:
    nowhere = tmp_path / "not-there"

    assert case_key(nowhere) == case_key(nowhere)
    assert not nowhere.exists()


def test_the_answer_of_the_last_run_still_knows_what_to_mask(
    make: Callable[[str], Folder],
) -> None:
    sensitive = load_assessed(make("quay"), clock=clock).sensitive

    assert ("card", CARD) in sensitive
    assert ("phone", PHONE) in sensitive


def test_two_writings_of_one_number_stay_equal_and_two_numbers_unequal() -> None:
    one, two, three = kept(row(1, card=CARD), row(2, card=CARD.replace(" ", "-")), row(3, card="5"))

    assert one.fields["card"] == two.fields["card"]
    assert "1111 1111" not in str((one, two))
    assert three.fields["card"] == "5"  # no whole number: nothing to hide, nothing to compare


@given(cards=st.lists(st.integers(10**15, 10**16 - 1).map(str), min_size=4, max_size=4))
def test_judgements_read_alike_with_and_without_the_shield(cards: list[str]) -> None:
    rows = [row(i, card=card, phone=PHONE) for i, card in enumerate([*cards, *cards[:2]], 1)]

    assert told(judge(kept(*rows))) == told(judge(rows)) == told(judge(kept(*rows, key=OTHER_KEY)))


@given(card=st.integers(10**15, 10**16 - 1).map(str))
def test_a_shielded_number_shows_what_its_mask_shows(card: str) -> None:
    (one,) = kept(row(1, card=card))

    assert masked("card", one.fields["card"]) == masked("card", card)
    assert normal_form("card", one.fields["card"]) == one.fields["card"]
    assert shows(one.citation.quote, card)


def test_the_quote_of_a_row_that_cannot_be_used_is_masked_too() -> None:
    cited = row(1, card=CARD).citation
    problem = Problem("bad-row", "c.csv", "a row with more cells", "look", citation=cited)
    (found,) = shielded(TableReading((), 1, (problem,)), KEY).problems

    assert found.citation is not None
    assert "4111" not in found.citation.quote
