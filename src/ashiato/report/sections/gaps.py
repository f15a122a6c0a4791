"""What is missing, ranked by how much it would teach."""

from ashiato.core.weighing import Gap
from ashiato.report.frame import Row, empty, table
from ashiato.report.html import Child, Html
from ashiato.report.links import Links


def ranked_gaps(links: Links) -> list[Gap]:
    """Give the gaps of every question once, the most informative first."""
    found = {gap for verdict in links.case.verdicts for gap in verdict.gaps}
    return sorted(found, key=lambda gap: (-gap.bits, gap.rung, gap.fact, gap.evidence, gap.holder))


def gaps(links: Links) -> Html:
    """Set the evidence not yet held, and who may hold it."""
    found = ranked_gaps(links)
    if not found:
        return empty("gaps")
    heads = ["Evidence", "Would speak to", "Rung", "May be held by", "Expected value"]
    rows = [Row(_gap(place, gap)) for place, gap in enumerate(found, 1)]
    return table("Evidence not yet held", heads, rows, numeric={4}, class_="gaps")


def _gap(place: int, gap: Gap) -> tuple[Child, ...]:
    holder = gap.holder or "not known"
    return f"{place}. {gap.evidence}", gap.fact, gap.rung, holder, f"{gap.bits:.3f} bit"
