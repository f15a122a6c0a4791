"""What is missing, ranked by how much it would teach."""

from ashiato.core.weighing import Gap
from ashiato.report.frame import Row, empty, note, table
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import Links
from ashiato.report.words import percent, phrase


def ranked_gaps(links: Links) -> list[Gap]:
    """Give the gaps of every question once, the most informative first."""
    found = {gap for verdict in links.case.verdicts for gap in verdict.gaps}
    return sorted(found, key=lambda gap: (-gap.bits, gap.rung, gap.fact, gap.evidence, gap.holder))


def gaps(links: Links) -> Html:
    """Set the evidence not yet held, and who may hold it."""
    found = ranked_gaps(links)
    if not found:
        return empty("gaps")
    heads = ["Evidence", "Would speak to", "May be held by", "If it affirms", "Expected value"]
    rows = [Row(_gap(place, gap)) for place, gap in enumerate(found, 1)]
    return tag(
        "div",
        table("Evidence not yet held", heads, rows, numeric={4}, class_="gaps"),
        note(phrase("gaps", "note")),
    )


def _gap(place: int, gap: Gap) -> tuple[Child, ...]:
    return (
        f"{place}. {gap.evidence}",
        f"{gap.fact} ({gap.rung})" if gap.rung else gap.fact,
        _holder(gap),
        _outcome(gap),
        f"{gap.bits:.3f} bit",
    )


def _holder(gap: Gap) -> Child:
    kept = f"usually kept {gap.retention_days} days" if gap.retention_days else ""
    cost = f"cost {gap.cost}" if gap.cost else ""
    how = "; ".join(part for part in (gap.route, kept, cost) if part)
    return [gap.holder or "not known", note(how)] if how else gap.holder or "not known"


def _outcome(gap: Gap) -> Child:
    """Say what the evidence would do: where it affirms, how likely that is, what it settles."""
    if gap.p_yes is None or gap.if_yes is None or gap.if_no is None:
        return ""
    settled = [phrase("standards", c.standard) for c in gap.chances if c.sufficient > 0]
    what = ", ".join(settled) if settled else "no standard by itself"
    yes, no, chance = (percent(p) for p in (gap.if_yes, gap.if_no, gap.p_yes))
    return [yes, note(f"{chance} chance of that; else {no}. Would settle: {what}.")]
