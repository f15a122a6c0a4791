"""What pivoting proposes, set apart from the indicators: nobody has judged it."""

from ashiato.core.records import Proposal
from ashiato.report.frame import Row, note, table
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import Links, fact, references
from ashiato.report.words import counted, day, number, phrase

_MOST = 20


def proposed(links: Links) -> Html | None:
    """Set the strongest proposals with how rare each is."""
    found = links.case.proposals
    if not found:
        return None
    heads = ["Proposed", "Type", "Score", "Hit machines", "Others", "First", "Last", "Because"]
    rows = [Row(_row(links, proposal)) for proposal in found[:_MOST]]
    left = len(found) - len(rows)
    return tag(
        "div",
        tag("h3", "Proposed for an analyst to judge"),
        note(phrase("proposed", "reading")),
        table("Proposed indicators", heads, rows, numeric={2, 3, 4}, whole={5, 6}),
        note(f"{counted(left, 'more proposal')}: see proposed.csv.") if left else None,
    )


def _row(links: Links, proposal: Proposal) -> tuple[Child, ...]:
    return (
        tag("span", proposal.observable.value, class_="mono"),
        proposal.observable.type.value,
        f"{proposal.score:.2f}",
        f"{number(proposal.hit_hosts)} of {number(proposal.hit_machines)}",
        f"{number(proposal.other_hosts)} of {number(proposal.other_machines)}",
        day(proposal.first),
        day(proposal.last),
        fact(
            "span", proposal.because, refs=references(links, citations=proposal.citations, most=2)
        ),
    )
