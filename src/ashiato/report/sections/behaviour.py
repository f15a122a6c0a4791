"""Leads from behaviour, by kind: what to look at, and why."""

from ashiato.core.records import Lead, LeadKind
from ashiato.report.frame import Row, empty, note, table
from ashiato.report.html import Child, Html, join, tag
from ashiato.report.links import Links, fact, references
from ashiato.report.words import counted, number, phrase

_HEADS = ["Destination", "Machine", "Score", "From", "Until", "Because", "Parts of the score"]
_MOST = 25
_MOST_MACHINES = 4


def behaviour(links: Links) -> Html:
    """Set the leads of each kind, the strongest first; what several organisations share leads."""
    if not links.case.leads:
        return empty("behaviour")
    return tag("div", [_kind(links, kind) for kind in reversed(LeadKind)])


def _kind(links: Links, kind: LeadKind) -> Html | None:
    found = [lead for lead in links.case.leads if lead.kind is kind]
    if not found:
        return None
    found.sort(key=lambda lead: (-lead.score, lead.destination, lead.machines))
    rows = [Row(_lead(links, lead)) for lead in found[:_MOST]]
    left = len(found) - len(rows)
    rest = note(f"{counted(left, 'more lead')} of this kind: see leads.jsonl.") if left else None
    title = phrase("lead_kinds", kind)
    return tag("div", table(title, _HEADS, rows, numeric={2}, whole={3, 4}), rest)


def _lead(links: Links, lead: Lead) -> tuple[Child, ...]:
    return (
        tag("span", lead.destination, class_="mono"),
        _machines(lead),
        f"{lead.score:.2f}",
        f"{lead.first:%Y-%m-%d %H:%M}",
        f"{lead.last:%Y-%m-%d %H:%M}",
        fact("span", lead.because, refs=references(links, citations=lead.citations)),
        tag("small", ", ".join(f"{name} {part:.2f}" for name, part in sorted(lead.parts.items()))),
    )


def _machines(lead: Lead) -> Html:
    shown = [f"{org} {host}" for org, host in lead.machines[:_MOST_MACHINES]]
    left = len(lead.machines) - len(shown)
    return join([*shown, *([f"and {number(left)} more"] if left > 0 else [])], tag("br"))
