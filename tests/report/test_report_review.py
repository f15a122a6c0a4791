"""What persons decided is in every file of the dossier, and rejected words are struck out."""

import json
from dataclasses import replace

from ashiato.core.assessed import AssessedCase
from ashiato.core.claims import ClaimReview, Review, Ruling
from ashiato.core.weighing import Reliance
from ashiato.report.machine import machine_files
from ashiato.report.page import page
from ashiato.report.rows import denials
from ashiato.report.summary import summary
from ashiato.report.veil import veiled
from ashiato.report.words import review_sentence


def corrected(case: AssessedCase) -> AssessedCase:
    old, new, *rest = case.claims
    claims = (replace(old, review=Review.CORRECTED), replace(new, parents=(old.id,)), *rest)
    ruling = Ruling("corrected", "E. Marlow", "the <b>hedge</b> was missed")
    reviews = (ClaimReview(old.id, (ruling,), new.id), ClaimReview(new.id, (ruling,)))
    return replace(case, claims=claims, reviews=reviews)


def test_both_versions_of_a_corrected_claim_point_at_each_other(case: AssessedCase) -> None:
    case = corrected(case)
    lines = machine_files(case)["claims.jsonl"].splitlines()
    rows = {row["id"]: row for row in map(json.loads, lines)}
    old, new = case.claims[:2]

    assert rows[old.id]["replaced_by"] == new.id
    assert rows[new.id]["parents"] == [old.id]
    assert rows[old.id]["rulings"][0]["by"] == "E. Marlow"


def test_the_page_shows_who_decided_and_runs_nothing_of_it(case: AssessedCase) -> None:
    html = page(veiled(corrected(case))).decode()

    assert "corrected by E. Marlow: the &lt;b&gt;hedge&lt;/b&gt; was missed" in html
    assert "Replaced by" in html


def test_a_rejected_denial_does_not_speak_for_a_person(case: AssessedCase) -> None:
    found = {c.id for item in case.proceedings for c in denials(item, case.claims)}
    rejected = [replace(c, review=Review.REJECTED) for c in case.claims]

    assert found
    assert not [c for item in case.proceedings for c in denials(item, rejected)]


def test_the_summary_says_how_much_nobody_accepted(case: AssessedCase) -> None:
    text = " ".join(summary(case).replace("┃", " ").split())

    assert "Not accepted by a person: 4 of 8 claims in all" in text


def test_the_sentence_is_about_the_rung_that_was_asked(case: AssessedCase) -> None:
    verdict = case.verdicts[0]
    ladder = [
        replace(r, review=Reliance(4, 1, 0, 3) if r.rung is verdict.rung else Reliance())
        for r in verdict.ladder
    ]
    said = review_sentence(replace(verdict, ladder=tuple(ladder))).replace("\u00a0", " ")

    assert said.startswith("No person has accepted 1 of the 4 claims that bear this answer")
    assert said.endswith("On accepted claims alone: Kestrel, 60 %, INSUFFICIENT.")
