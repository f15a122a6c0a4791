"""What each fact moves, and who speaks on it."""

from ashiato.core.weighing import FactWeight, RungVerdict
from ashiato.report.charts import weight_bar
from ashiato.report.frame import Row, empty, table
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import Links, fact, references
from ashiato.report.sections.ladder import question_of
from ashiato.report.sections.rivals import by_probability, weighed_rungs
from ashiato.report.words import counted, percent, signed


def weights(links: Links) -> Html:
    """Set the facts of each weighed rung, the heaviest first."""
    rungs = [rung for rung in weighed_rungs(links) if rung.facts]
    return tag("div", [_rung(links, rung) for rung in rungs]) if rungs else empty("weights")


def _by_weight(rung: RungVerdict) -> list[FactWeight]:
    return sorted(rung.facts, key=lambda f: (-abs(f.decibans), f.id))


def _rung(links: Links, rung: RungVerdict) -> Html:
    facts = _by_weight(rung)
    most = max(abs(f.decibans) for f in facts)
    heads = ["Fact", "Moves", "Against | for", "Probability", "Origins", "Who speaks"]
    return tag(
        "div",
        tag("h3", question_of(rung)),
        table(
            f"Facts and their weight, {rung.rung.value}",
            heads,
            [Row(_fact(links, f, most)) for f in facts],
            numeric={1, 3},
            class_="weights",
        ),
        _likelihoods(rung, facts),
        class_="block",
    )


def _fact(links: Links, f: FactWeight, most: float) -> tuple[Child, ...]:
    about = ", ".join(part for part in (f.aspect, "required" if f.required else "") if part)
    refs = references(links, claims=f.claims, most=8)
    bare = f.items and not refs
    head = tag("span", f.label) if bare else fact("span", f.label, refs=refs)
    items = [tag("li", item) for item in f.items]
    return (
        tag("span", head, tag("span", about, class_="aspect") if about else None),
        signed(f.decibans, "dB"),
        weight_bar(f.decibans, most),
        percent(f.p),
        ", ".join(links.name(o) for o in f.origins) or "none",
        tag("ul", *items, class_="plain") if items else counted(len(f.claims), "claim"),
    )


def _likelihoods(rung: RungVerdict, facts: list[FactWeight]) -> Html | None:
    hypotheses = by_probability(rung)
    rows = [
        Row(
            (
                f.label,
                *(
                    percent(f.likelihoods[h.id]) if h.id in f.likelihoods else ""
                    for h in hypotheses
                ),
            )
        )
        for f in facts
    ]
    columns = range(1, len(hypotheses) + 1)
    return table(
        f"Probability of each fact if the hypothesis were true, {rung.rung.value}",
        ["Fact", *(h.label for h in hypotheses)],
        rows,
        numeric=columns,
        class_="likelihoods",
    )
