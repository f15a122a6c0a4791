"""A reviewer's sittings, driven by lines, and the round trip through a sheet."""

import csv
import io
import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Ashiato = Callable[..., Any]
Typed = Callable[..., Any]
CASE = """
[case]
id = "quay"
title = "Quay"
[[questions]]
text = "Who carried out the attack?"
rung = "group"
[[sources]]
id = "harbour-police"
name = "Harbour Police"
kind = "agency"
reliability = "B"
reason = "statutory investigator"
[[evidence]]
files = "evidence/*.txt"
source = "harbour-police"
published = "2031-04-20T09:00:00Z"
known_from = "2031-04-20T09:00:00Z"
"""
STATEMENT = (
    "Harbour Police believe that the Lantern group attacked the Meridian Institute in 2030.\n\n"
    "The Lantern group used the server at 192.0.2.7. Call +81 3 5550 0142\u202e for more.\n\n"
    "Harbour Police suspect the engineer of computer fraud.\n"
)
NAME = "E. Marlow"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from ashiato.case.folder import Folder  # noqa: PLC0415 - only where the module is used
    from ashiato.case.run import run  # noqa: PLC0415
    from ashiato.cli.cases import now  # noqa: PLC0415
    from ashiato.core.progress import Silent  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("made") / "quay"
    (folder / "evidence").mkdir(parents=True)
    (folder / "case.toml").write_text(CASE)
    (folder / "evidence/statement.txt").write_text(STATEMENT)
    run(Folder(folder), clock=now, progress=Silent())
    return folder


@pytest.fixture
def case(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("ASHIATO_REVIEWER", raising=False)
    return Path(shutil.copytree(made, tmp_path / "quay"))


@pytest.fixture
def typed(ashiato: Ashiato, case: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    def call(*lines: str, options: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - `Said` of conftest
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return ashiato("review", case, "--as", NAME, "--all", *options)

    return call


def rows(ashiato: Ashiato, case: Path) -> list[dict[str, str]]:
    said = ashiato("review", case, "--all", "--list", "--json")
    assert said.code == 0, said.err
    return [json.loads(line) for line in said.out.splitlines()]


def states(ashiato: Ashiato, case: Path) -> dict[str, int]:
    counts = json.loads(ashiato("review", case, "--all", "--status", "--json").out)["states"]
    return {state: count for state, count in counts.items() if count}


def claims(case: Path) -> list[dict[str, Any]]:
    return [json.loads(x) for x in (case / "dossier/claims.jsonl").read_text().splitlines()]


def test_a_sitting_decides_claim_by_claim_and_every_decision_is_kept(
    typed: Typed, ashiato: Ashiato, case: Path
) -> None:
    said = typed("a", "r", "1", "u", "my own words")

    assert said.code == 0
    assert "1 accepted, 1 rejected, 1 unsure. Everything decided is kept" in said.out
    found = rows(ashiato, case)
    assert {r["review"] for r in found} >= {"accepted", "rejected", "unsure"}
    assert "unsure by E. Marlow: my own words" in {r["decided"] for r in found}


def test_undo_takes_the_last_decision_back_by_a_further_one(
    typed: Typed, ashiato: Ashiato, case: Path
) -> None:
    before = rows(ashiato, case)
    typed("a", "z", "q")

    assert rows(ashiato, case) == before
    assert len(list((case / ".ashiato/vault/log").iterdir())) > 0


def test_the_next_run_weighs_what_was_decided_and_keeps_the_machine_s_version(
    typed: Typed, ashiato: Ashiato, case: Path
) -> None:
    typed("e", "modality", "suspected", "", "3", "q")
    assert ashiato("run", case, "-q").code == 0
    found = {c["id"]: c for c in claims(case)}
    new = next(c for c in found.values() if c["method"] == "person")
    old = found[new["parents"][0]]

    assert (old["review"], old["replaced_by"]) == ("corrected", new["id"])
    assert (new["modality"], new["review"]) == ("suspected", "accepted")
    assert old["rulings"] == [
        {"state": "corrected", "by": NAME, "reason": "the hedge or the denial was missed"}
    ]
    verdict = json.loads((case / "dossier/verdict.json").read_text())[0]
    borne = {c for rung in verdict["ladder"] for c in rung["claims"]}
    assert old["id"] not in borne


def test_undone_decisions_leave_the_bytes_of_the_dossier_as_they_were(
    typed: Typed, ashiato: Ashiato, case: Path
) -> None:
    def written() -> dict[str, bytes]:
        files = (case / "dossier").iterdir()
        return {f.name: f.read_bytes() for f in files if f.name != "custody.json"}

    before = written()
    typed("r", "1", "q")
    ashiato("run", case, "-q")
    decided = written()
    typed(*["z", "n"] * len(rows(ashiato, case)))
    ashiato("run", case, "-q")

    assert decided != before
    assert written() == before


def test_rejected_claims_do_not_weigh(typed: Typed, ashiato: Ashiato, case: Path) -> None:
    typed(*["r", "1"] * len(rows(ashiato, case)))
    said = ashiato("run", case, "-q")
    verdict = json.loads((case / "dossier/verdict.json").read_text())[0]

    assert states(ashiato, case).keys() == {"rejected"}
    assert verdict["review"]["claims"] == 0
    assert "Lantern" not in json.dumps(verdict["hypotheses"])
    assert said.code == 0


def test_run_says_how_much_rests_on_claims_that_nobody_accepted(
    typed: Typed, ashiato: Ashiato, case: Path
) -> None:
    first = ashiato("run", case, "-q").out
    typed(*["a"] * len(rows(ashiato, case)))
    second = ashiato("run", case, "-q").out

    assert "No person has accepted" in " ".join(first.split())
    assert "A person has accepted all" in " ".join(second.split())


def test_a_missed_claim_can_be_added_and_is_cited(
    typed: Typed, ashiato: Ashiato, case: Path
) -> None:
    said = typed("m", "Call", "stated", "", "", "for more", "other", "", "", "", "", "", "q")
    assert "Added; the next run weighs it." in said.out
    ashiato("run", case, "-q")
    (new,) = [c for c in claims(case) if c["method"] == "person"]

    assert new["citations"][0]["quote"] == "Call"
    assert new["rulings"][0]["state"] == "added"


def test_what_the_evidence_hides_is_written_out_and_numbers_are_masked(typed: Typed) -> None:
    said = typed(*"nnnnnnnn", "q")

    assert "<U+202E>" in said.out
    assert "\u202e" not in said.out
    assert "5550 0142" not in said.out


def test_a_wrong_key_or_value_is_said_and_nothing_happens(
    typed: Typed, ashiato: Ashiato, case: Path
) -> None:
    said = typed("x", "\x1b[31m", "e", "predicate", "atacked", "", "", "q")

    assert "! x is no key" in said.out
    assert "\x1b" not in said.out
    assert "did you mean attacked" in said.out
    assert states(ashiato, case).keys() == {"proposed"}


def test_narrow_and_wide_terminals_show_the_same_words(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = typed("q").out
    monkeypatch.setenv("COLUMNS", "60")
    narrow = typed("q").out

    assert "╮╭" in wide
    assert "╮╭" not in narrow
    assert max(map(len, narrow.splitlines())) <= 60


def test_nobody_decides_without_a_name(ashiato: Ashiato, case: Path) -> None:
    said = ashiato("review", case)

    assert said.code == 2
    assert "give --as NAME, set ASHIATO_REVIEWER, or write reviewer" in said.err


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_sheet_goes_out_and_comes_back_once(ashiato: Ashiato, case: Path, ending: str) -> None:
    sheet = case / f"sheet.{ending}"
    assert ashiato("review", case, "--all", "--export", sheet).code == 0
    fill(sheet, [{"decision": "accepted"}, {"decision": "rejected", "reason": "background"}])
    first = ashiato("review", case, "--as", NAME, "--import", sheet, "--json")
    again = ashiato("review", case, "--as", NAME, "--import", sheet, "--json")

    assert len(json.loads(first.out)["decisions"]) == 2
    assert json.loads(again.out)["decisions"] == []
    assert states(ashiato, case)["rejected"] == 1


def fill(sheet: Path, filled: list[dict[str, str]]) -> None:
    text = sheet.read_text("utf-8")
    if sheet.suffix == ".json":
        body = json.loads(text)
        for row, more in zip(body["claims"], filled, strict=False):
            row.update(more)
        sheet.write_text(json.dumps(body), "utf-8")
        return
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    for row, more in zip(found, filled, strict=False):
        row.update(more)
    with sheet.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(found[0]))
        writer.writeheader()
        writer.writerows(found)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"claim": "feedfeedfeedfeed", "decision": "accepted"}, "0 claims have the id"),
        ({"quote": "other words", "decision": "accepted"}, "the quote was changed"),
        ({"decision": "perhaps"}, "'perhaps' is no decision"),
        ({"decision": "rejected"}, "no reason is given"),
        ({"new_modality": "denied"}, "has a new value and no decision"),
        ({"decision": "corrected", "reason": "so", "new_modality": "sure"}, "is no modality"),
        ({"decision": "corrected", "reason": "so", "new_quote": "unsaid"}, "does not hold these"),
        ({"decision": "corrected", "reason": "so", "new_subject": "+•• 0142"}, "is masked"),
        ({"decision": "corrected", "reason": "so"}, "changes nothing"),
    ],
)
def test_one_bad_row_keeps_the_whole_sheet_out(
    ashiato: Ashiato, case: Path, wrong: dict[str, str], said: str
) -> None:
    sheet = case / "sheet.csv"
    ashiato("review", case, "--all", "--export", sheet)
    fill(sheet, [{"decision": "accepted"}, wrong])
    refused = ashiato("review", case, "--as", NAME, "--import", sheet)

    assert refused.code == 2
    assert said in refused.err
    assert "row 3" in refused.err
    assert refused.err.count("\n") == 1
    assert states(ashiato, case).keys() == {"proposed"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("sheet.csv", "a,b\n1,2\n", "no heading 'claim'"),
        ("sheet.csv", 'claim,decision,reason\n"half', "is no review sheet"),
        ("sheet.csv", "claim,decision,reason\nx\n", "more or fewer cells"),
        ("sheet.json", "{", "is no review sheet"),
        ("sheet.json", '{"claims": [{"claim": 1}]}', "is no review sheet"),
        ("sheet.txt", "", "is neither .csv nor .json"),
    ],
)
def test_what_is_no_sheet_is_refused(
    ashiato: Ashiato, case: Path, name: str, text: str, said: str
) -> None:
    (case / name).write_text(text)
    refused = ashiato("review", case, "--as", NAME, "--import", case / name)

    assert refused.code == 2
    assert said in refused.err


def test_an_export_overwrites_nobody_s_sheet(ashiato: Ashiato, case: Path) -> None:
    (case / "sheet.csv").write_text("mine")
    refused = ashiato("review", case, "--export", case / "sheet.csv")

    assert refused.code == 2
    assert (case / "sheet.csv").read_text() == "mine"


def test_evidence_added_since_asks_for_a_run_first(ashiato: Ashiato, case: Path) -> None:
    more = case.parent / "more.txt"
    more.write_text("Harbour Police made no statement.\n")
    ashiato("add", more, "--case", case, "-q")
    said = ashiato("review", case, "--status")

    assert said.code == 2
    assert "has changed since its last run" in said.err


def test_on_a_terminal_one_key_decides_and_arrows_only_move(ashiato: Ashiato, case: Path) -> None:
    ours, theirs = pty.openpty()
    code = "import sys; from ashiato.cli.main import main; sys.argv[1:] = ['review', %r]; main()"
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code % str(case)], stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "ASHIATO_REVIEWER": NAME, "TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    screen = "".join(_type_when_asked(ours, ["\x1b[B", "\x1b[A", "a", "q"]))
    child.wait(30)
    os.close(ours)

    assert child.returncode == 0
    assert "is no key" not in screen
    assert states(ashiato, case)["accepted"] == 1


def _type_when_asked(terminal: int, keys: list[str]) -> Iterator[str]:
    """Type a key each time the screen has come to rest, and give what it shows."""
    left, begun = list(keys), False
    until = time.monotonic() + 60
    while time.monotonic() < until:
        ready, _, _ = select.select([terminal], [], [], 0.5)
        if not ready and begun and left:
            os.write(terminal, left.pop(0).encode())
        if not ready:
            continue
        try:
            shown = os.read(terminal, 1 << 16).decode("utf-8", "replace")
        except OSError:  # the other side has closed
            return
        begun = True
        yield shown
