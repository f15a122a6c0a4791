"""Six rungs from the machine to whoever ordered it, each with its best citation."""

from ashiato.core.evidence import Citation
from ashiato.core.weighing import Rung, RungVerdict, Verdict
from ashiato.report.charts import probability_bar
from ashiato.report.frame import empty, label
from ashiato.report.html import Html, tag
from ashiato.report.links import Links, fact, quoted, source_line
from ashiato.report.sections.verdict import rung_references
from ashiato.report.words import SUSPECTED, counted, estimate, phrase, reason_sentence, rests_on_one

_ORDER = {rung: place for place, rung in enumerate(Rung)}


def ladder(links: Links) -> Html:
    """Show the ladder of each question; one that stands already is not shown again."""
    shown: list[tuple[RungVerdict, ...]] = []
    parts = []
    for verdict in links.case.verdicts:
        if verdict.ladder and verdict.ladder not in shown:
            shown.append(verdict.ladder)
            parts.append(_ladder(links, verdict, headed=len(links.case.verdicts) > 1))
    return tag("div", parts) if parts else empty("ladder")


def _ladder(links: Links, verdict: Verdict, *, headed: bool) -> Html:
    rungs = sorted(verdict.ladder, key=lambda rung: _ORDER[rung.rung])
    items = [_rung(links, rung, weakest=rung.rung is verdict.weakest_rung) for rung in rungs]
    head = tag("h3", verdict.question) if headed else None
    return tag("div", head, tag("ol", *items, class_="ladder"))


def _rung(links: Links, rung: RungVerdict, *, weakest: bool) -> Html:
    return tag(
        "li",
        tag("p", rung.rung.value, class_="rung"),
        tag("div", _who(links, rung), _disposition(links, rung), *_estimate(rung), class_="held"),
        tag("div", _standing(rung, weakest=weakest), _best(links, rung), class_="basis"),
        class_="weakest" if weakest else None,
    )


def _who(links: Links, rung: RungVerdict) -> Html:
    nobody = not rung.who
    suspected = not nobody and rung.rung in SUSPECTED
    name = rung.who or "nobody named"
    mark = tag("span", " suspected", class_="suspected") if suspected else None
    if nobody:
        return tag("p", name, class_="who nobody")
    return fact("p", tag("strong", name), mark, refs=rung_references(links, rung), class_="who")


def _disposition(links: Links, rung: RungVerdict) -> Html | None:
    """Set what became of proceedings beside the name of a person."""
    known = enumerate(links.proceedings, 1)
    found = next(((n, item) for n, item in known if item.person and item.person in rung.who), None)
    if rung.rung is not Rung.PERSON or found is None:
        return None
    words = phrase("dispositions", found[1].disposition)
    return tag(
        "p",
        "On record: ",
        tag("a", words, href=f"#proceedings-{found[0]}"),
        ".",
        class_="disposition",
    )


def _estimate(rung: RungVerdict) -> list[Html]:
    if rung.p is None:
        return [
            tag("p", "No probability: the status follows from records alone.", class_="figure none")
        ]
    return [
        probability_bar(rung.p, rung.p90, label=rung.who),
        tag("p", estimate(rung.p, rung.p90, rung.word), class_="figure"),
    ]


def _standing(rung: RungVerdict, *, weakest: bool) -> Html:
    origins = counted(rung.origins, "origin")
    single = rests_on_one(rung)
    mark = tag("b", " !", title="rests on a single origin", class_="single") if single else None
    reasons = [
        tag("li", tag("code", r.code, title=r.subject or None), " ", reason_sentence(r))
        for r in rung.reasons
    ]
    return tag(
        "div",
        label(rung.verdict, rung.verdict.lower().replace(" ", "-")),
        tag("span", origins, mark, class_="origins-count"),
        label("weakest rung", "weak") if weakest else None,
        tag("ul", *reasons, class_="reasons") if reasons else None,
        class_="standing",
    )


def _best(links: Links, rung: RungVerdict) -> Html | None:
    citation = best_citation(links, rung)
    if citation is None:
        return None
    return tag("p", quoted(citation, most=220), " ", source_line(links, citation), class_="best")


def best_citation(links: Links, rung: RungVerdict) -> Citation | None:
    """Give the first citation of the first claim or tenancy that bears a rung."""
    claims = (links.claims[c] for c in rung.claims if c in links.claims)
    tenancies = (links.tenancies[t] for t in rung.tenancies if t in links.tenancies)
    cited = (bearer.citations for group in (claims, tenancies) for bearer in group)
    return next((citations[0] for citations in cited if citations), None)


def question_of(rung: RungVerdict) -> str:
    """Give the question that a rung answers."""
    return phrase("rungs", rung.rung)
