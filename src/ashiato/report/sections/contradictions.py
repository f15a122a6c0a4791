"""What cannot all be right, side by side; kept until a person decides."""

from ashiato.core.weighing import Contradiction, Side
from ashiato.report.frame import Row, empty, label, note, table
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import Links, fact, references
from ashiato.report.words import phrase

_MOST = 60
"""So many are set in the page; the file has all."""
_HEADS = ["About", "Kind", "Versions", "Standing"]


def contradictions(links: Links) -> Html:
    """Set every contradiction with its sides, open ones first."""
    found = links.case.contradictions
    if not found:
        return empty("contradictions")
    rows = [Row(_contradiction(links, each)) for each in found[:_MOST]]
    left = len(found) - _MOST
    more = note(f"{left} more: see contradictions.jsonl.") if left > 0 else None
    text = note(phrase("contradictions", "note"))
    return tag("div", table("What cannot all be right", _HEADS, rows), more, text)


def _contradiction(links: Links, each: Contradiction) -> tuple[Child, ...]:
    sides = [tag("li", _side(links, side)) for side in each.sides]
    standing: Child = each.resolved or label("open", "possible")
    return each.about, each.kind, tag("ul", *sides, class_="plain"), standing


def _side(links: Links, side: Side) -> Html:
    voices = ", ".join(links.name(origin) for origin in side.origins)
    refs = references(links, claims=side.claims, most=4)
    return fact("span", f"{voices}: {side.says}" if voices else side.says, refs=refs)
