"""The method page's example by hand: the arithmetic of the packs, and the engine's answer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ashiato.core.claims import Basis, Claim, Entity, Modality
from ashiato.core.weighing import Rung, RungVerdict, Verdict
from ashiato.weigh.grades import grades
from ashiato.weigh.questions import question

Say = Callable[..., Claim]
Name = Callable[..., Entity]
Weigh = Callable[..., Verdict]
PAGE = (Path(__file__).parents[2] / "docs" / "method.md").read_text("utf-8")
EXAMPLE = PAGE[PAGE.index("### 9.1") : PAGE.index("### 9.2")]
KINDS = ("candidate", "imitator", "none")


@pytest.fixture(scope="module")
def answer(said: Say, entity: Name, weigh: Weigh) -> RungVerdict:
    lantern, tool = entity("Lantern"), entity("Lampwick", "malware")
    claims = [
        said(lantern, "used", tool, origin="quay-labs", basis="inference", modality="believed"),
        said(lantern, "attacked", entity("Meridian Institute", "organisation")),
    ]
    return next(r for r in weigh(claims, draws=3000).ladder if r.rung is Rung.GROUP)


def rates(basis: Basis, modality: Modality) -> tuple[float, float]:
    """Give how often a B origin says so if it is so, and if it is not."""
    (hit, false_alarm), kappa = grades().basis[basis], grades().hedge[modality]
    trust, silent = grades().reliability["B"], (1 - kappa) / 2
    reliable = (kappa * hit + silent, kappa * false_alarm + silent)
    each = zip(reliable, (grades().uninformative,) * 2, grades().deceptive, strict=True)
    so, untrue = (sum(t * r for t, r in zip(trust, row, strict=True)) for row in each)
    return so, untrue


def reported(rate: float) -> float:
    faithful, invented = grades().relay
    return faithful * rate + invented * (1 - rate)


def by_hand() -> dict[str, list[float]]:
    """Give the rows of the page's table: start, both facts with their reports, product."""
    share = question(Rung.GROUP).share
    named = (1 - share.imitator) / (1 + share.unnamed)
    start = dict(zip(KINDS, (named, share.imitator, 1 - share.imitator - named), strict=True))
    facts = {f.id: f.likelihood for f in question(Rung.GROUP).facts}
    firm = [reported(r) for r in rates(Basis.INFERENCE, Modality.BELIEVED)]
    police = [reported(r) for r in rates(Basis.FIRST_HAND, Modality.STATED)]
    rows = {}
    for kind in KINDS:
        tool, conduct = facts["tool"][kind], facts["conduct"][kind]
        first = tool * firm[0] + (1 - tool) * firm[1]
        second = conduct * police[0] + (1 - conduct) * police[1]
        rows[kind] = [start[kind], tool, first, conduct, second, start[kind] * first * second]
    return rows


def shown(value: float, places: int = 3) -> str:
    return f"{value:.{places}f}".lstrip("0")


@pytest.mark.parametrize(
    ("basis", "modality"),
    [(Basis.INFERENCE, Modality.BELIEVED), (Basis.FIRST_HAND, Modality.STATED)],
)
def test_the_page_shows_what_each_claim_is_worth(basis: Basis, modality: Modality) -> None:
    for rate in rates(basis, modality):
        assert f"= {shown(rate)}" in EXAMPLE
        assert shown(reported(rate)) in EXAMPLE


def test_the_page_s_table_is_the_arithmetic_of_the_packs() -> None:
    for row in by_hand().values():
        cells = [shown(value) for value in row[:-1]] + [shown(row[-1], 4)]
        assert f"| {' | '.join(cells)} |" in EXAMPLE


def test_the_engine_gives_what_the_hand_gives(answer: RungVerdict) -> None:
    rows = by_hand()
    whole = sum(row[-1] for row in rows.values())

    for each in answer.hypotheses:
        assert each.p == pytest.approx(rows[each.kind][-1] / whole, abs=1e-12)
        assert f"{100 * each.p:.1f} %" in EXAMPLE


def test_the_page_says_what_would_remain_and_what_each_weighs(answer: RungVerdict) -> None:
    for each in answer.without:
        assert f"{100 * each.p:.1f} %" in EXAMPLE
    for fact in answer.facts:
        assert fact.decibans == 0 or f"{fact.decibans:.1f}" in EXAMPLE


def test_the_page_s_verdict_is_the_engine_s(answer: RungVerdict) -> None:
    codes = {s.standard.name: {r.code for r in s.reasons} for s in answer.standards}

    assert answer.p90 == pytest.approx((0.42, 0.83), abs=0.02)
    assert answer.word is None
    assert codes["lead"] == {"SINGLE_ORIGIN"}
    assert codes["analytic"] == {"SINGLE_ORIGIN", "INTERVAL", "FRAGILE"}
