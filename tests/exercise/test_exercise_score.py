"""A perfect answer scores one, a wrong one does not, and each figure moves by what it measures."""

import csv
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ashiato.core.canonical import canonical_json, from_plain, to_plain
from ashiato.core.errors import BadInput
from ashiato.core.time import format_instant
from ashiato.exercise import (
    Dossier,
    Score,
    Truth,
    grade,
    naive_dossier,
    naive_score,
    new_exercise,
    read_dossier,
    read_truth,
    render,
    score,
    truth_path,
)
from ashiato.exercise.scoring.claims import Gold, gold_claims
from ashiato.exercise.scoring.dossier import (
    HandoverRow,
    HypothesisRow,
    RungRow,
    SameRow,
    TenancyRow,
    VictimRow,
)
from ashiato.exercise.scoring.matching import is_named
from ashiato.exercise.scoring.personas import clusters_told, score_personas
from ashiato.exercise.truth import Theft

BLIND_STATUS = {
    "it refused to hand its logs over": "refused",
    "its log states no time zone": "no_coverage",
    "its log ends long before the attacks begin": "no_coverage",
}


def write_csv(path: Path, rows: list[dict[str, Any]], columns: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns.split(","), restval="")
        writer.writeheader()
        writer.writerows(rows)


def same_rows(truth: Truth) -> Iterable[dict[str, str]]:
    of: dict[str, list[str]] = {}
    for persona in truth.personas:
        of.setdefault(persona.person, []).append(f"{persona.name} ({persona.contracts[0]})")
    for first, *others in of.values():
        yield from ({"entity_a": first, "entity_b": o, "judgement": "same"} for o in others)


def perfect_verdict(truth: Truth) -> dict[str, Any]:
    ladder = [
        {
            "rung": a.rung,
            "who": a.who[0],
            "p": float(a.fact),
            "p90": [0.0, 1.0],
            "verdict": "SUFFICIENT" if a.answerable else "INSUFFICIENT",
        }
        for a in truth.answers
    ]
    return {"ladder": ladder, "hypotheses": [], "weakest_rung": truth.weakest_rung}


def perfect_claim(gold: Gold) -> dict[str, Any]:
    locator = {"kind": "span", "start": gold.start, "end": gold.end}
    return {
        "subject": {"text": gold.subject},
        "object": {"text": gold.object} if gold.object else None,
        "predicate": gold.predicate,
        "polarity": gold.polarity,
        "modality": gold.modality,
        "speaker": {"id": "", "text": gold.speaker},
        "origin": {"id": "", "text": gold.origin},
        "citations": [{"path": gold.path, "locator": locator}],
    }


def write_perfect(case_dir: Path, truth: Truth) -> None:
    folder = case_dir / "dossier"
    folder.mkdir()
    victims = [
        {"organisation": v.organisation, "status": "hit", "first_seen": format_instant(v.first)}
        for v in truth.victims
    ]
    victims += [
        {"organisation": b.organisation, "status": BLIND_STATUS[b.why]} for b in truth.blind
    ]
    victims += [{"organisation": d.organisation, "status": "clear"} for d in truth.decoys]
    write_csv(folder / "victims.csv", victims, "organisation,status,first_seen")
    tenancies = [
        {
            "asset": asset,
            "party": c.party,
            "party_type": "persona",
            "role": c.role,
            "start_min": format_instant(c.start),
            "end_max": format_instant(c.end) if c.end else "",
            "status": "certain",
        }
        for c in truth.custody
        for asset in c.assets
    ]
    columns = "asset,party,party_type,role,start_min,end_max,status"
    write_csv(folder / "tenancies.csv", tenancies, columns)
    write_csv(folder / "identities.csv", list(same_rows(truth)), "entity_a,entity_b,judgement")
    passed = [
        {
            "account": t.assets[1],
            "window_start": format_instant(t.at - timedelta(hours=1)),
            "window_end": format_instant(t.at + timedelta(hours=1)),
        }
        for t in truth.transfers
    ]
    write_csv(folder / "handovers.csv", passed, "account,window_start,window_end,p")
    (folder / "verdict.json").write_text(json.dumps([perfect_verdict(truth)]))
    claims = [perfect_claim(gold) for gold in gold_claims(truth)] or [
        {"origin": {"id": "", "text": d.origins[0][0]}, "citations": [{"path": d.path}]}
        for d in truth.documents
    ]
    (folder / "claims.jsonl").write_text("".join(json.dumps(c) + "\n" for c in claims))


@pytest.fixture(scope="module")
def case_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = new_exercise(tmp_path_factory.mktemp("scored") / "case", seed=4, log_lines=5_000)
    write_perfect(made, read_truth(truth_path(made)))
    return made


@pytest.fixture(scope="module")
def truth(case_dir: Path) -> Truth:
    return read_truth(truth_path(case_dir))


@pytest.fixture(scope="module")
def perfect(case_dir: Path) -> Dossier:
    return read_dossier(case_dir)


def test_a_perfect_dossier_scores_one_everywhere(case_dir: Path) -> None:
    got = score(case_dir, truth_path(case_dir))

    assert (got.victims.counted.precision, got.victims.counted.recall) == (1.0, 1.0)
    assert got.victims.first_seen_error_hours == 0
    assert {(h.accuracy, h.coverage) for h in got.holders if h.status == "certain"} == {(1.0, 1.0)}
    assert got.innocents.names == ()
    assert (got.personas.pairs.precision, got.personas.pairs.recall) == (1.0, 1.0)
    assert (got.personas.bcubed_precision, got.personas.bcubed_recall) == (1.0, 1.0)
    assert (got.transfers.found.precision, got.transfers.found.recall) == (1.0, 1.0)
    assert got.transfers.median_error_hours == pytest.approx(0, abs=1e-6)
    assert got.group.brier == got.group.log_score == got.sponsor.brier == 0
    assert got.abstention.open_left == got.abstention.open_asked == 4
    assert got.abstention.answered_right == got.abstention.answered_asked == 5
    assert got.weakest_rung_agrees
    assert got.origins_right == 1.0
    assert got.claims is None or got.claims.strict.f1 == 1.0
    assert all(f.right == (f.p > 0.5) for f in got.forecasts)


def test_the_naive_answer_counts_decoys_and_answers_the_sponsor(
    case_dir: Path, truth: Truth
) -> None:
    got = naive_score(case_dir, truth_path(case_dir))

    assert got.victims.counted.recall == 1.0
    assert got.victims.decoys_counted == len(truth.decoys)
    assert got.transfers.found.recall == 0
    assert got.innocents.same_as_renter > 0
    assert got.abstention.open_left < got.abstention.open_asked


def test_a_decoy_told_as_a_hit_costs_precision_only(perfect: Dossier, truth: Truth) -> None:
    decoy = truth.decoys[0].organisation
    wrong = replace(perfect, victims=(*perfect.victims, VictimRow(decoy, "hit", None)))

    got = grade(wrong, truth, solver="x").victims
    assert got.decoys_counted == 1
    assert got.counted.precision is not None
    assert got.counted.precision < 1
    assert got.counted.recall == 1


def test_possible_victims_are_listed_apart(perfect: Dossier, truth: Truth) -> None:
    victims = tuple(replace(v, status="possible") for v in perfect.victims)

    got = grade(replace(perfect, victims=victims), truth, solver="x").victims
    assert got.counted.precision is None
    assert got.counted.recall == 0
    assert got.possible_right == len(truth.victims)


def test_the_registrant_as_operator_is_wrong_while_the_group_holds_the_machine(
    perfect: Dossier, truth: Truth
) -> None:
    names = {c.assets[0]: c.party for c in truth.custody if c.role == "registrant"}
    wrong = tuple(
        replace(row, party=names.get(row.asset, row.party)) if row.role == "operator" else row
        for row in perfect.tenancies
    )

    got = grade(replace(perfect, tenancies=wrong), truth, solver="x").holders
    operator = next(h for h in got if (h.role, h.status) == ("operator", "certain"))
    holder = next(h for h in got if (h.role, h.status) == ("credential_holder", "certain"))
    assert operator.accuracy is not None
    assert operator.accuracy < 0.5
    assert holder.accuracy == 1


def test_an_innocent_at_the_groups_machine_is_counted_by_status(
    perfect: Dossier, truth: Truth
) -> None:
    asset = truth.transfers[0].assets[0]
    renters = {p.name for p in truth.personas if not p.innocent}
    name = next(n for n in truth.innocents if n not in renters)
    rows = tuple(
        TenancyRow(asset, name, "persona", role, None, None, status)
        for role, status in (("operator", "certain"), ("registrant", "possible"))
    )

    got = grade(replace(perfect, tenancies=(*perfect.tenancies, *rows)), truth, solver="x")
    assert (got.innocents.certain, got.innocents.possible) == (1, 0)
    assert got.innocents.names == (name,)


def test_the_next_customer_of_an_address_is_no_innocent_wrongly_named(
    perfect: Dossier, truth: Truth
) -> None:
    address = next(c.assets[0] for c in truth.checks if c.kind == "after_lease")
    later = [r for r in perfect.tenancies if r.asset == address and r.role == "operator"]

    assert any(r.party in truth.innocents for r in later)
    assert grade(perfect, truth, solver="x").innocents.certain == 0


def test_joining_an_innocent_to_a_renter_costs_pair_precision(
    perfect: Dossier, truth: Truth
) -> None:
    renter = next(p for p in truth.personas if not p.innocent)
    innocent = next(p for p in truth.personas if p.innocent)
    row = SameRow(renter.contracts[0], innocent.contracts[0], "same")

    got = grade(replace(perfect, identities=(*perfect.identities, row)), truth, solver="x")
    assert got.personas.pairs.precision is not None
    assert got.personas.pairs.precision < 1
    assert got.personas.pairs.recall == 1
    assert got.innocents.same_as_renter == 1


def test_unsure_judgements_join_nobody(perfect: Dossier, truth: Truth) -> None:
    unsure = tuple(replace(row, judgement="unsure") for row in perfect.identities)

    got = grade(replace(perfect, identities=unsure), truth, solver="x").personas
    assert got.pairs.recall == 0
    assert got.bcubed_precision == 1


def test_a_handover_at_the_wrong_time_is_wrong_and_an_improbable_one_is_none(
    perfect: Dossier, truth: Truth
) -> None:
    first = truth.transfers[0]
    late = first.at + timedelta(days=9)
    rows = (
        HandoverRow(first.assets[1], late, late, 0.9),
        HandoverRow(first.assets[1], first.at, first.at, 0.2),
    )

    got = grade(replace(perfect, handovers=rows), truth, solver="x").transfers.found
    assert (got.right, got.wrong, got.missed) == (0, 1, len(truth.transfers))


def test_a_sure_answer_about_the_sponsor_is_no_abstention(perfect: Dossier, truth: Truth) -> None:
    sponsor = next(r for r in perfect.rungs if r.rung == "sponsor")
    rungs = tuple(r for r in perfect.rungs if r.rung != "sponsor")
    sure = RungRow("sponsor", sponsor.who, 0.99, "SUFFICIENT")

    got = grade(replace(perfect, rungs=(*rungs, sure)), truth, solver="x")
    assert got.abstention.open_left == got.abstention.open_asked - 1
    assert got.sponsor.brier == pytest.approx(0.01**2 if got.sponsor.fact else 0.99**2)


def test_another_group_gets_what_the_answer_leaves(perfect: Dossier, truth: Truth) -> None:
    rungs = tuple(r for r in perfect.rungs if r.rung != "group")
    other = RungRow("group", "Nobody Known", 0.8, "SUFFICIENT")

    got = grade(replace(perfect, rungs=(*rungs, other)), truth, solver="x")
    assert got.group.p == pytest.approx(0.2)
    assert got.abstention.answered_right == got.abstention.answered_asked - 1


def test_a_missing_contract_file_is_named_with_a_remedy(tmp_path: Path, case_dir: Path) -> None:
    with pytest.raises(BadInput, match=r"verdict\.json.*run the case first"):
        score(tmp_path, truth_path(case_dir))


def test_a_file_that_is_no_truth_is_refused(tmp_path: Path, case_dir: Path) -> None:
    (tmp_path / "t.json").write_text("[]")

    with pytest.raises(BadInput, match="no truth file"):
        score(case_dir, tmp_path / "t.json")


def test_the_table_has_a_column_for_each_solver_and_a_meaning_for_each_row(
    case_dir: Path,
) -> None:
    ours, naive = score(case_dir, truth_path(case_dir)), naive_score(case_dir, truth_path(case_dir))
    table = render(ours, naive).splitlines()

    assert table[0].split() == ["ashiato", "naive", "what", "it", "means"]
    assert all(len(line) > 40 for line in table)
    assert len({line.strip().split("  ")[0] for line in table}) == len(table)


def test_a_score_has_a_plain_form(case_dir: Path, truth: Truth) -> None:
    plain = to_plain(grade(naive_dossier(case_dir), truth, solver="naive"))

    assert json.loads(json.dumps(plain))["victims"]["counted"]["recall"] == 1.0


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        ("Tin Ladle", True),
        ("the group TIN LADLE (TL)", True),
        ("Ladle, Tin", True),
        ("Tin", False),
        ("", False),
        ("Tinny Ladle", False),
    ],
)
def test_a_name_counts_when_it_contains_every_word_of_the_true_one(
    answer: str, *, counts: bool
) -> None:
    assert is_named(answer, ["Tin Ladle"]) is counts


@pytest.mark.parametrize("answer", ["楡畑朋代", "楡畑 朋代", "契約者 楡畑\u3000朋代"])
def test_a_name_in_han_counts_with_and_without_its_space(answer: str) -> None:
    assert is_named(answer, ["楡畑 朋代"])
    assert not is_named("楡畑", ["楡畑 朋代"])


@given(st.text(), st.text())
def test_a_name_counts_whatever_stands_beside_it(before: str, after: str) -> None:
    assert is_named(f"{before} Tin Ladle {after}", ["Tin Ladle"])


@settings(max_examples=20, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12))
def test_shares_stay_shares_whatever_is_called_the_same(
    pairs: list[tuple[int, int]], perfect: Dossier, truth: Truth
) -> None:
    number = [p.contracts[0] for p in truth.personas]
    rows = tuple(SameRow(number[a], number[b], "same") for a, b in pairs)

    got = score_personas(clusters_told(replace(perfect, identities=rows), truth), truth)
    mirrored = tuple(SameRow(r.entity_b, r.entity_a, "same") for r in reversed(rows))
    again = score_personas(clusters_told(replace(perfect, identities=mirrored), truth), truth)
    assert got == again
    assert got.bcubed_precision is not None
    assert 0 < got.bcubed_precision <= 1


def test_holders_are_asked_at_attacks_and_around_them_apart(perfect: Dossier, truth: Truth) -> None:
    first = {t.assets: t.at for t in sorted(truth.transfers, key=lambda t: t.at, reverse=True)}
    passed = {(asset, at) for assets, at in first.items() for asset in assets}
    wrong = tuple(
        replace(row, party="Nobody Known") if (row.asset, row.end) in passed else row
        for row in perfect.tenancies
    )
    kinds = [check.kind for check in truth.checks]

    got = grade(replace(perfect, tenancies=wrong), truth, solver="x")
    around = {h.role: h for h in got.holders_around if h.status == "certain"}
    assert all(h.accuracy == 1 for h in got.holders if h.status == "certain")
    assert {h.asked for h in got.holders} == {kinds.count("attack")}
    assert around["registrant"].accuracy == 1
    # only the innocent customers after the lease are still right
    assert around["operator"].right == kinds.count("after_lease")
    assert around["operator"].asked == kinds.count("after_lease") + kinds.count("before_handover")


def test_a_certain_tenancy_is_only_possible_before_it_surely_began(
    perfect: Dossier, truth: Truth
) -> None:
    at = {t.assets[0]: t.at for t in truth.transfers}
    early = tuple(
        replace(row, start=row.start - timedelta(days=9), surely=(row.start, row.end))
        if row.start and row.start == at.get(row.asset)
        else row
        for row in perfect.tenancies
    )
    blunt = tuple(replace(row, surely=(None, None)) for row in early)

    for tenancies, accurate in ((early, True), (blunt, False)):
        got = grade(replace(perfect, tenancies=tenancies), truth, solver="x").holders_around
        certain = {h.role: h.accuracy for h in got if h.status == "certain"}
        assert (certain["operator"] == 1) is accurate


def test_telling_of_a_theft_is_neither_right_nor_wrong(perfect: Dossier, truth: Truth) -> None:
    theft = Theft(("vps-1", "acc-1"), "O. Wner", "Some Group", truth.campaign.first)
    row = HandoverRow("acc-1", theft.at, theft.at, 0.8)

    handovers = replace(perfect, handovers=(*perfect.handovers, row))
    with_theft = grade(handovers, replace(truth, thefts=(theft,)), solver="x").transfers.found
    assert with_theft.precision == with_theft.recall == 1
    assert grade(handovers, replace(truth, thefts=()), solver="x").transfers.found.wrong == 1


def test_a_forecast_is_the_leading_answer_of_a_rung_that_names_somebody(
    perfect: Dossier, truth: Truth
) -> None:
    group = next(a.who[0] for a in truth.answers if a.rung == "group")
    weighed = (
        HypothesisRow("group", "Nobody Known", "candidate", 0.3),
        HypothesisRow("group", group, "candidate", 0.5),
        HypothesisRow("group", f"somebody posing as {group}", "imitator", 0.9),
        HypothesisRow("group", "none of these", "none", 0.95),
    )
    rungs = tuple(r for r in perfect.rungs if r.rung != "group")

    got = grade(replace(perfect, rungs=rungs, hypotheses=weighed), truth, solver="x")
    assert [(f.p, f.right) for f in got.forecasts if f.kind == "group"] == [(0.5, True)]
    assert got.group.p == 0.5


def test_each_handover_with_a_probability_is_a_forecast(perfect: Dossier, truth: Truth) -> None:
    first = truth.transfers[0]
    rows = (
        HandoverRow(first.assets[1], first.at, first.at, 0.9),
        HandoverRow("nobodys-account", first.at, first.at, 0.6),
        HandoverRow(first.assets[1], first.at, first.at, None),
    )

    got = grade(replace(perfect, handovers=rows), truth, solver="x").forecasts
    assert [(f.p, f.right) for f in got if f.kind == "transfer"] == [(0.9, True), (0.6, False)]


def test_a_score_goes_to_json_and_back(perfect: Dossier, truth: Truth) -> None:
    got = grade(perfect, truth, solver="x", level="2", ablation="no_payments")

    assert from_plain(Score, json.loads(canonical_json(got))) == got
