"""What if, what is missing, how it stood on a day, and decisions that the next run obeys."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ashiato = Callable[..., Any]
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
[[sources]]
id = "quay-labs"
name = "Quay Labs"
kind = "organisation"
reliability = "B"
reason = "own laboratory"
[[evidence]]
files = "evidence/police.txt"
source = "harbour-police"
published = "2031-04-20T09:00:00Z"
known_from = "2031-04-20T09:00:00Z"
[[evidence]]
files = "evidence/labs.txt"
source = "quay-labs"
published = "2031-06-02T09:00:00Z"
known_from = "2031-06-02T09:00:00Z"
"""
POLICE = (
    "Harbour Police believe that the Lantern group attacked the Meridian Institute in 2030.\n\n"
    "The Lantern group used the server at 192.0.2.7. Call +81 3 5550 0142 for more.\n"
)
LABS = "Quay Labs said that the Lantern group attacked the Meridian Institute.\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from ashiato.case.folder import Folder  # noqa: PLC0415 - only where the module is used
    from ashiato.case.run import run  # noqa: PLC0415
    from ashiato.cli.cases import now  # noqa: PLC0415
    from ashiato.core.progress import Silent  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("made") / "quay"
    (folder / "evidence").mkdir(parents=True)
    (folder / "case.toml").write_text(CASE)
    (folder / "evidence/police.txt").write_text(POLICE)
    (folder / "evidence/labs.txt").write_text(LABS)
    run(Folder(folder), clock=now, progress=Silent())
    return folder


@pytest.fixture
def case(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "quay"))


def group(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in rows if row["rung"] == "group")


def supposed(ashiato: Ashiato, case: Path, *options: str) -> dict[str, Any]:
    said = ashiato("what-if", case, "--json", "-q", *options)
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def p_of(ashiato: Ashiato, case: Path) -> float:
    rows = [json.loads(line) for line in ashiato("weigh", case, "--json", "-q").out.splitlines()]
    return float(group(rows[0]["ladder"])["p"])


def test_without_an_origin_the_answer_is_weaker_and_what_falls_is_listed(
    case: Path, ashiato: Ashiato
) -> None:
    found = supposed(ashiato, case, "--without", "Quay Labs")

    moved = group(found["moved"])
    assert moved["after"] < moved["before"]
    assert moved["decibans"] < 0
    assert [d["kind"] for d in found["dependents"]].count("claim") == 1


def test_an_exhibit_is_left_out_by_the_end_of_its_path(case: Path, ashiato: Ashiato) -> None:
    without_file = group(supposed(ashiato, case, "--without", "labs.txt")["moved"])
    without_origin = group(supposed(ashiato, case, "--without", "quay-labs")["moved"])

    assert without_file["after"] == pytest.approx(without_origin["after"])


def test_a_worse_grade_weakens_and_a_better_one_strengthens(case: Path, ashiato: Ashiato) -> None:
    worse = group(supposed(ashiato, case, "--grade", "harbour-police=E")["moved"])
    better = group(supposed(ashiato, case, "--grade", "harbour-police=A")["moved"])

    assert worse["after"] < worse["before"] < better["after"]


def test_supposed_evidence_moves_the_leader_up_or_down(case: Path, ashiato: Ashiato) -> None:
    says_so = group(supposed(ashiato, case, "--with", "group.link")["moved"])
    says_not = group(supposed(ashiato, case, "--with", "group.link@A:no")["moved"])

    assert says_not["after"] < says_so["before"] < says_so["after"]


def test_an_answer_of_yes_takes_the_weight_of_its_fact(case: Path, ashiato: Ashiato) -> None:
    moved = group(supposed(ashiato, case, "--answer", "group.conduct.common_source=yes")["moved"])

    assert moved["after"] < moved["before"]


def test_what_is_supposed_is_nowhere_kept(case: Path, ashiato: Ashiato) -> None:
    before = {p: p.read_bytes() for p in (case / "dossier").rglob("*") if p.is_file()}
    p = p_of(ashiato, case)
    supposed(ashiato, case, "--without", "quay-labs", "--set", "grades.reliability.B=0.5,0.4,0.1")

    assert p_of(ashiato, case) == p
    assert {q: q.read_bytes() for q in (case / "dossier").rglob("*") if q.is_file()} == before


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "supposes nothing"),
        (("--without", "nobody"), "known origins"),
        (("--grade", "harbour-police=Z"), "no grade"),
        (("--grade", "harbour-police"), "NAME=VALUE"),
        (("--with", "group.nothing"), "tool, link, conduct"),
        (("--with", "link"), "is no fact"),
        (("--with", "machine.link"), "no fact"),
        (("--with", "group.link=Nobody"), "nobody named"),
        (("--answer", "group.tool.nothing=yes"), "no critical question"),
        (("--answer", "group.tool.shared_tool=perhaps"), "no answer"),
        (("--set", "grades.version=2"), "may be changed"),
        (("--set", "grades.reliability.B=2,0,0"), "does not fit"),
    ],
)
def test_what_the_case_does_not_know_is_refused_in_one_line(
    made: Path, ashiato: Ashiato, options: tuple[str, ...], told: str
) -> None:
    said = ashiato("what-if", made, "-q", *options)

    assert said.code == 2
    assert told in said.err
    assert said.err.count("\n") == 1


def test_the_comparison_is_a_table_and_masks_what_is_masked(case: Path, ashiato: Ashiato) -> None:
    said = ashiato("what-if", case, "-q", "--without", "harbour-police")

    assert said.out.startswith("rung")
    assert "rests on nothing else" in said.out
    assert "5550 0142" not in said.out


def test_gaps_are_ranked_with_how_to_ask(case: Path, ashiato: Ashiato) -> None:
    rows = [json.loads(r) for r in ashiato("gaps", case, "--json", "-q").out.splitlines()]
    bits = [row["bits"] for row in rows]

    assert bits == sorted(bits, reverse=True)
    assert all(row["route"] and row["cost"] for row in rows if row["p_yes"] is not None)
    assert any("repeats" in row["evidence"] and row["bits"] < 0.01 for row in rows)


def test_gaps_of_one_rung_in_another_order(case: Path, ashiato: Ashiato) -> None:
    said = ashiato("gaps", case, "-q", "--rung", "group", "--by", "value", "--standard", "public")

    assert "at a loss of 9.0" in said.out
    assert "(sponsor)" not in said.out


@pytest.mark.parametrize("options", [("--rung", "x"), ("--by", "x"), ("--standard", "x")])
def test_gaps_refuse_what_there_is_not(
    made: Path, ashiato: Ashiato, options: tuple[str, ...]
) -> None:
    said = ashiato("gaps", made, "-q", *options)

    assert (said.code, said.err.count("\n")) == (2, 1)
    assert options[0] in said.err


def test_a_replay_says_what_moved_it_since(case: Path, ashiato: Ashiato) -> None:
    said = ashiato("replay", case, "-q", "--json", "--as-known-on", "2031-05-01T00:00:00Z")
    found = json.loads(said.out)

    moved = group(found["moved"])
    assert moved["before"] < moved["after"]
    assert [m["path"] for m in found["movers"]] == ["evidence/labs.txt"]
    assert dict(found["movers"][0]["decibans"])["group"] > 0


def test_a_replay_after_the_last_paper_moves_nothing(case: Path, ashiato: Ashiato) -> None:
    said = ashiato("replay", case, "-q", "--as-known-on", "2032-01-01T00:00:00Z")

    assert "nothing was received since" in said.out


def test_what_is_withdrawn_counts_no_more_and_every_dependent_is_listed(
    case: Path, ashiato: Ashiato
) -> None:
    before = p_of(ashiato, case)
    said = ashiato(
        "decide", case, "--as", "K. Aster", "--reason", "withdrawn by its author",
        "--withdraw", "quay-labs",
    )  # fmt: skip
    again = ashiato("run", case, "-q", "--json")

    assert said.code == 0, said.err
    assert "Quay Labs: Lantern attacked Meridian Institute" in said.out
    assert p_of(ashiato, case) < before
    kinds = [p["kind"] for p in json.loads(again.out)["problems"]]
    assert "withdrawn" in kinds


def test_what_a_withdrawn_origin_says_contradicts_nothing_any_more(
    case: Path, ashiato: Ashiato
) -> None:
    denial = "Quay Labs said that the Lantern group did not attack the Meridian Institute.\n"
    (case / "evidence/labs.txt").write_text(denial)
    ashiato("run", case, "-q")
    file = case / "dossier/contradictions.jsonl"
    before = file.read_text()
    told = ("--as", "K. Aster", "--reason", "withdrawn by its author")
    ashiato("decide", case, *told, "--withdraw", "quay-labs")
    ashiato("run", case, "-q")

    assert "quay-labs" in before
    assert file.read_text() == ""


def test_what_is_restored_counts_as_before(case: Path, ashiato: Ashiato) -> None:
    before, told = p_of(ashiato, case), ("--as", "K. Aster", "--reason", "checked")
    ashiato("decide", case, *told, "--withdraw", "labs.txt")
    ashiato("run", case, "-q")
    without = p_of(ashiato, case)
    ashiato("decide", case, *told, "--restore", "labs.txt")
    ashiato("run", case, "-q")

    assert without < p_of(ashiato, case) == pytest.approx(before)


def test_a_grade_an_answer_and_a_table_are_obeyed_and_shown(case: Path, ashiato: Ashiato) -> None:
    said = ashiato(
        "decide", case, "--as", "K. Aster", "--reason", "reviewed", "--grade", "harbour-police=D",
        "--answer", "group.conduct.interest=no", "--set", "grades.hedge.believed=0.5",
    )  # fmt: skip
    ashiato("run", case, "-q")
    page = (case / "dossier/index.html").read_text()

    assert said.code == 0, said.err
    assert "changed grades.hedge.believed" in page
    rows = [json.loads(line) for line in ashiato("weigh", case, "--json", "-q").out.splitlines()]
    police = next(o for o in rows[0]["origins"] if o["id"] == "harbour-police")
    assert (police["reliability"], police["reason"]) == ("D", "reviewed")


@pytest.mark.parametrize(
    "options",
    [
        ("--reason", "why"),
        ("--withdraw", "labs.txt"),
        ("--reason", "why", "--withdraw", "nothing"),
        ("--reason", "why", "--set", "questions.prior.imitator=0.9"),
        ("--reason", "why", "--answer", "group.tool.shared_tool=maybe"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_and_not_logged(
    case: Path, ashiato: Ashiato, options: tuple[str, ...]
) -> None:
    before = sorted((p.name, p.stat().st_size) for p in case.rglob("*.seg"))
    said = ashiato("decide", case, "--as", "K. Aster", *options)

    assert (said.code, said.err.count("\n")) == (2, 1)
    assert sorted((p.name, p.stat().st_size) for p in case.rglob("*.seg")) == before


def test_a_case_that_was_not_run_says_so(tmp_path: Path, ashiato: Ashiato) -> None:
    ashiato("new", tmp_path / "empty")
    said = ashiato("gaps", tmp_path / "empty", "-q")

    assert said.code == 2
    assert "was not run yet" in said.err
