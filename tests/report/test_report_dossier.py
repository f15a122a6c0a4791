from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ashiato.core.assessed import AssessedCase
from ashiato.core.errors import BadInput, IntegrityFailure
from ashiato.core.evidence import Citation, PageBoxLocator, Resolver, SpanLocator
from ashiato.report import dossier, write_dossier


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def turned(case: AssessedCase) -> AssessedCase:
    """Give the same case as if everything had been added in the other order."""
    tracing = case.tracing
    return replace(
        case,
        claims=case.claims[::-1],
        exhibits=case.exhibits[::-1],
        exhibit_sources=dict(reversed(list(case.exhibit_sources.items()))),
        sources=case.sources[::-1],
        settings=dict(reversed(list(case.settings.items()))),
        census=case.census[::-1],
        cells=case.cells[::-1],
        sightings=case.sightings[::-1],
        indicators=case.indicators[::-1],
        problems=case.problems[::-1],
        sensitive=case.sensitive[::-1],
        tracing=replace(
            tracing, tenancies=tracing.tenancies[::-1], judgements=tracing.judgements[::-1]
        ),
    )


def test_equal_cases_give_equal_bytes(case: AssessedCase, shelf: Resolver, tmp_path: Path) -> None:
    write_dossier(case, tmp_path / "a", resolver=shelf)
    write_dossier(turned(case), tmp_path / "b", resolver=shelf)

    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_the_time_of_receiving_changes_nothing(
    case: AssessedCase, shelf: Resolver, tmp_path: Path
) -> None:
    late = tuple(replace(e, known_from=e.known_from + timedelta(days=9)) for e in case.exhibits)
    write_dossier(case, tmp_path / "a", resolver=shelf)
    write_dossier(replace(case, exhibits=late), tmp_path / "b", resolver=shelf)

    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_what_is_written_is_what_is_told(
    case: AssessedCase, shelf: Resolver, tmp_path: Path
) -> None:
    told = write_dossier(case, tmp_path / "a", resolver=shelf, beside={"custody.json": b"{}"})

    assert sorted((tmp_path / "a").iterdir()) == list(told)
    assert (tmp_path / "a" / "custody.json").read_bytes() == b"{}"


def test_a_run_that_is_killed_leaves_the_earlier_dossier_whole(
    case: AssessedCase,
    empty_case: AssessedCase,
    shelf: Resolver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_dossier(case, tmp_path / "a", resolver=shelf)
    before = contents(tmp_path / "a")
    write = Path.write_bytes

    def die_at_the_page(self: Path, data: bytes) -> int:
        if self.name == "index.html":
            raise KeyboardInterrupt
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", die_at_the_page)
    with pytest.raises(KeyboardInterrupt):
        write_dossier(empty_case, tmp_path / "a", resolver=shelf)
    assert contents(tmp_path / "a") == before

    monkeypatch.undo()
    write_dossier(empty_case, tmp_path / "a", resolver=shelf)
    assert contents(tmp_path / "a") != before
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_kill_between_the_two_renames_is_mended_by_the_next_run(
    case: AssessedCase, shelf: Resolver, tmp_path: Path
) -> None:
    write_dossier(case, tmp_path / "a", resolver=shelf)
    (tmp_path / "a" / "note.txt").write_text("mine")
    (tmp_path / "a").rename(tmp_path / ".a.old")
    write_dossier(case, tmp_path / "a", resolver=shelf)

    assert (tmp_path / "a" / "note.txt").read_text() == "mine"
    assert not (tmp_path / ".a.old").exists()


def test_a_folder_that_is_no_dossier_is_not_touched(
    case: AssessedCase, shelf: Resolver, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(BadInput, match="no dossier"):
        write_dossier(case, tmp_path, resolver=shelf)

    assert contents(tmp_path) == {"letter.txt": b"mine"}


def test_a_quote_that_its_bytes_do_not_hold_is_never_printed(
    case: AssessedCase, shelf: Resolver, tmp_path: Path
) -> None:
    claim = case.claims[0]
    forged = replace(claim.citations[0], quote="Kestrel confessed")
    bad = replace(case, claims=(replace(claim, citations=(forged,)),))
    with pytest.raises(IntegrityFailure, match="Kestrel confessed"):
        write_dossier(bad, tmp_path / "a", resolver=shelf)

    assert not (tmp_path / "a").exists()


def test_every_quote_is_led_back_once(case: AssessedCase, shelf: Resolver) -> None:
    asked: list[Citation] = []

    class Counting:
        def resolve(self, citation: Citation) -> bytes:
            asked.append(citation)
            return shelf.resolve(citation)

    dossier.check_quotes(replace(case, claims=case.claims * 2), Counting())

    assert len(asked) == len({c for claim in case.claims for c in claim.citations})


@pytest.mark.parametrize(
    ("encoding", "sealed"),
    [
        ("utf-16", "偽名".encode("utf-16-be")),
        ("utf-16", "偽名".encode("utf-16-le")),
        ("cp932", "偽名".encode("cp932")),
        ("utf-8-sig", "偽名".encode()),
        ("iso2022_jp", b"56L>"),
    ],
)
def test_a_quote_is_compared_in_the_encoding_of_its_document(
    case: AssessedCase, encoding: str, sealed: bytes
) -> None:
    class Sealed:
        def resolve(self, citation: Citation) -> bytes:
            assert citation.quote == "偽名"
            return sealed

    cited = Citation("0" * 64, "a.txt", SpanLocator(4, 6, encoding), "偽名")
    claim = replace(case.claims[0], citations=(cited,))

    dossier.check_quotes(replace(case, claims=(claim,)), Sealed())


def test_a_box_on_a_page_is_not_asked_for_bytes(case: AssessedCase) -> None:
    class Nothing:
        def resolve(self, citation: Citation) -> bytes:
            raise AssertionError(citation)

    cited = Citation("0" * 64, "a.pdf", PageBoxLocator(1, 0.0, 0.0, 9.0, 9.0), "words")
    claim = replace(case.claims[0], citations=(cited,))

    dossier.check_quotes(replace(case, claims=(claim,)), Nothing())
