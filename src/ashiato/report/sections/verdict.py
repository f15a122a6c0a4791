"""The answer: likelihood in one sentence, confidence in another, and what each standard says."""

from ashiato.core.weighing import RungVerdict, StandardVerdict, Verdict
from ashiato.report.frame import Row, empty, label, table
from ashiato.report.html import Html, tag
from ashiato.report.links import Links, fact, references
from ashiato.report.words import (
    answer_name,
    confidence_sentence,
    estimate,
    foremost,
    fragility,
    is_suspect,
    leading,
    named_sentence,
    percent,
    phrase,
    reason_sentence,
    review_by_rung,
    review_sentence,
    standard_name,
    standard_terms,
)


def verdict(links: Links) -> Html:
    """Answer each question of the case."""
    if not links.case.verdicts:
        return empty("verdict")
    return tag("div", [_answer(links, verdict) for verdict in links.case.verdicts])


def rung_of(verdict: Verdict) -> RungVerdict | None:
    """Give the rung that the question is about."""
    return next((rung for rung in verdict.ladder if rung.rung is verdict.rung), None)


def rung_references(links: Links, rung: RungVerdict | None) -> list[Html]:
    """Give the links that bear a rung."""
    if rung is None:
        return []
    spoken = (claim for f in rung.facts for claim in f.claims)
    return references(links, claims=[*rung.claims, *spoken], tenancies=rung.tenancies)


def _answer(links: Links, verdict: Verdict) -> Html:
    rung = rung_of(verdict)
    refs = rung_references(links, rung)
    return tag(
        "article",
        tag("p", verdict.question, class_="question"),
        _headline(verdict, refs),
        _of_those_named(verdict, refs),
        fact("p", confidence_sentence(verdict), refs=refs, class_="confidence"),
        _fragility(links, rung),
        _review(verdict),
        _standards(verdict),
        class_="answer",
    )


def _headline(verdict: Verdict, refs: list[Html]) -> Html:
    lead = leading(verdict.hypotheses)
    if lead is None:
        return tag("p", phrase("empty", "hypotheses"), class_="likelihood")
    name = tag("strong", answer_name(lead), class_="who")
    suspected = is_suspect(verdict.rung, lead)
    mark = tag("span", " (suspected)", class_="suspected") if suspected else None
    said = tag("span", f": {estimate(lead.p, lead.p90, lead.word)}.", class_="estimate")
    return fact("p", name, mark, said, refs=refs, class_="likelihood")


def _of_those_named(verdict: Verdict, refs: list[Html]) -> Html | None:
    named = foremost(verdict.hypotheses)
    if named in (leading(verdict.hypotheses), None):
        return None
    return fact("p", named_sentence(verdict.rung, named), refs=refs, class_="foremost")


def _fragility(links: Links, rung: RungVerdict | None) -> Html | None:
    worst = fragility(rung)
    if worst is None or rung is None:
        return None
    return tag(
        "p",
        f"Without {links.name(worst.origin)}, {percent(worst.p)} would remain for {rung.who} ",
        tag("a", "(what remains without each origin)", href="#rivals"),
        ".",
        class_="fragility",
    )


def _review(verdict: Verdict) -> Html | None:
    """Say how much of the answer no person has checked, in all and rung by rung."""
    if not verdict.review.claims:
        return None
    return tag("p", review_sentence(verdict), " ", review_by_rung(verdict), ".", class_="review")


def _standards(verdict: Verdict) -> Html | None:
    if not verdict.standards:
        return None
    rows = [Row(_standard(answer)) for answer in verdict.standards]
    heads = ["Standard", "Verdict", "Why not more", "What it asks for"]
    return table("Sufficiency under each standard of the case", heads, rows, class_="standards")


def _standard(answer: StandardVerdict) -> tuple[Html | str, ...]:
    reasons = [
        tag("li", tag("code", r.code, title=r.subject or None), " ", reason_sentence(r))
        for r in answer.reasons
    ]
    verdict = answer.verdict.value
    why = tag("ul", *reasons, class_="reasons") if reasons else phrase("sufficiency", verdict)
    return (
        standard_name(answer.standard),
        label(verdict, verdict.lower()),
        why,
        tag("span", standard_terms(answer.standard), class_="terms"),
    )
