import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vault.conftest import NOON, Case, noon

from ashiato.core.canonical import canonical_json
from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.vault import Parsing, Vault
from ashiato.vault.custody import decode


@pytest.fixture
def vault(case: Case) -> Vault:
    return Vault.create(case.root, clock=noon)


def tell(vault: Vault, exhibit: str, ending: str = "ok", reason: str = "") -> None:
    vault.parsed(
        exhibit, parser="invented:parse", version="3", ending=ending, reason=reason, actor="run"
    )


def test_how_a_parser_ended_is_in_the_log(vault: Vault, case: Case) -> None:
    exhibit = case.seal(vault, "evidence/a.pdf", b"%PDF").sha256
    tell(vault, exhibit, "refused", "it is encrypted")

    assert vault.events()[1] == Parsing(
        seq=1,
        actor="run",
        exhibit=exhibit,
        parser="invented:parse",
        version="3",
        ending="refused",
        parsed_at=NOON,
        reason="it is encrypted",
        checkpoint=0,
    )


def test_the_same_ending_is_logged_once_also_after_reopening(vault: Vault, case: Case) -> None:
    exhibit = case.seal(vault, "evidence/a.pdf", b"%PDF").sha256
    tell(vault, exhibit)
    tell(vault, exhibit)
    vault.close()
    with Vault.open(case.root, clock=noon) as again:
        tell(again, exhibit)
        tell(again, exhibit, "crashed", "it died of SIGSEGV")

        assert [e.action for e in again.events()] == ["sealed", "parsed", "parsed"]


def test_a_parsing_is_no_decision_and_changes_no_exhibit(vault: Vault, case: Case) -> None:
    exhibit = case.seal(vault, "evidence/a.pdf", b"%PDF")
    tell(vault, exhibit.sha256)

    assert (vault.exhibits(), vault.decisions()) == ((exhibit,), ())
    assert vault.verify().faults == ()


def test_only_a_sealed_exhibit_can_have_been_parsed(vault: Vault, case: Case) -> None:
    case.seal(vault, "evidence/a.pdf", b"%PDF")

    with pytest.raises(IntegrityFailure, match="no exhibit"):
        tell(vault, "ff" * 32)


def test_a_reader_logs_no_parsing(vault: Vault, case: Case) -> None:
    exhibit = case.seal(vault, "evidence/a.pdf", b"%PDF").sha256
    vault.close()
    reader = Vault.open(case.root, clock=noon, read_only=True)

    assert not reader.writes
    with pytest.raises(BadInput, match="reading only"):
        tell(reader, exhibit)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["partial", "timed out"]))
def test_an_event_comes_back_from_its_bytes(reason: str, ending: str) -> None:
    event = Parsing(0, "run", "0" * 64, "invented:parse", "3", ending, NOON, reason, 0)

    assert decode(canonical_json(event)) == event
