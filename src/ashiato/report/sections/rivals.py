"""Every answer that was weighed, and what remains of the first without each origin."""

from ashiato.core.weighing import Hypothesis, RungVerdict
from ashiato.report.charts import probability_bar
from ashiato.report.frame import Row, empty, note, table
from ashiato.report.html import Html, tag
from ashiato.report.links import Links
from ashiato.report.sections.ladder import question_of
from ashiato.report.words import NO_WORD, band, percent, phrase


def rivals(links: Links) -> Html:
    """Set the hypotheses of each rung side by side."""
    found = [_rung(links, rung) for rung in weighed_rungs(links)]
    return tag("div", found) if found else empty("rivals")


def weighed_rungs(links: Links) -> list[RungVerdict]:
    """Give the rungs with hypotheses, each once, the highest question first."""
    rungs = [rung for verdict in links.case.verdicts for rung in verdict.ladder if rung.hypotheses]
    return [rung for place, rung in enumerate(rungs) if rung not in rungs[:place]]


def by_probability(rung: RungVerdict) -> list[Hypothesis]:
    """Give the hypotheses of a rung, the most probable first."""
    return sorted(rung.hypotheses, key=lambda h: (-h.p, h.id))


def _rung(links: Links, rung: RungVerdict) -> Html:
    rows = [Row(_hypothesis(h)) for h in by_probability(rung)]
    heads = [
        "Hypothesis",
        "0 to 100 %",
        "Estimate",
        "90 % interval",
        "Word",
        "Before",
    ]
    return tag(
        "div",
        tag("h3", question_of(rung)),
        table(
            f"Rival hypotheses, {rung.rung.value}", heads, rows, numeric={2, 3, 5}, class_="rivals"
        ),
        _stress(rung),
        _without(links, rung),
        class_="block",
    )


def _hypothesis(h: Hypothesis) -> tuple[Html | str, ...]:
    kind = {"none": "open world", "imitator": "imitator", "resale": "resale"}.get(h.kind)
    tail = tag("span", f" {kind}", class_="kind") if kind else None
    return (
        tag("span", h.label, tail),
        probability_bar(h.p, h.p90, label=h.label),
        percent(h.p),
        band(h.p90),
        h.word or NO_WORD,
        percent(h.prior) if h.prior else "",
    )


def _stress(rung: RungVerdict) -> Html | None:
    """Say how far the answer could go if every figure of the tables were off at once."""
    if rung.stress is None:
        return None
    return note(f"“{rung.who}”: {band(rung.stress)} {phrase('rivals', 'stress')}")


def _without(links: Links, rung: RungVerdict) -> Html | None:
    if not rung.without or rung.p is None:
        return None
    rows = [
        Row(
            (
                links.name(w.origin),
                probability_bar(w.p, None, label=links.name(w.origin)),
                percent(w.p),
            )
        )
        for w in sorted(rung.without, key=lambda w: (w.p, w.origin))
    ]
    return tag(
        "div",
        table(
            f"What remains of “{rung.who}” ({percent(rung.p)}) without each origin",
            ["Left out", "0 to 100 %", "Remains"],
            rows,
            numeric={2},
            class_="without",
        ),
        note("An origin is left out with all its claims, however many reports repeat them."),
    )
