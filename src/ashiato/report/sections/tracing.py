"""Tenancies on a time axis, hand-overs, and judgements on identity."""

from itertools import groupby

from ashiato.core.tenancy import Handover, Judgement, Tenancy
from ashiato.report.charts import TimeScale, tenancy_chart, time_axis
from ashiato.report.frame import Row, empty, label, note, table
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import Links, anchor, fact, references
from ashiato.report.words import bound, counted, moment, percent, phrase, signed

_MOST_DRAWN = 60
_MOST_JUDGEMENTS = 200


def tenancies(links: Links) -> Html:
    """Draw the roles held on each asset, and set them in a table."""
    if not links.drawn:
        return empty("tenancies")
    left = len(links.case.tracing.tenancies) - len(links.drawn)
    rest = f"{counted(left, 'more tenancy', 'more tenancies')} on other assets: see tenancies.csv."
    return tag(
        "div",
        _conflicts(links),
        _axis(links),
        _tenancy_table(links),
        note(rest) if left else None,
    )


def _axis(links: Links) -> Html | None:
    numbered = list(enumerate(links.drawn[:_MOST_DRAWN], 1))
    scale = TimeScale(tenancy for _, tenancy in numbered)
    if not scale.known:
        return note("No bound of time is known for any tenancy; there is nothing to draw.")
    lanes = []
    for _, group in groupby(numbered, key=lambda pair: pair[1].asset.id):
        rows = list(group)
        asset = rows[0][1].asset
        head = tag("h4", asset.text, " ", tag("small", asset.type.value))
        lanes.append(tag("div", head, tenancy_chart(scale, rows), class_="lane"))
    key = "Solid: certainly held. Hatched: beginning or end uncertain. Red-brown: claims conflict."
    cut = len(links.drawn) - len(numbered)
    more = f" {cut} more in the table." if cut > 0 else ""
    return tag(
        "figure",
        time_axis(scale),
        lanes,
        time_axis(scale),
        tag("figcaption", key + more),
        class_="axis-figure",
    )


def _tenancy_table(links: Links) -> Html:
    rows = [_tenancy(links, number, tenancy) for number, tenancy in enumerate(links.drawn, 1)]
    heads = ["Tenancy", "Party", "Role", "Began", "Ended", "Status", "Because"]
    return table("Tenancies", heads, rows, class_="tenancies")


def _tenancy(links: Links, number: int, tenancy: Tenancy) -> Row:
    held = tenancy.interval
    refs = references(links, claims=tenancy.parents, citations=tenancy.citations)
    cells: tuple[Child, ...] = (
        tag("span", f"T{number} ", tag("b", tenancy.asset.text)),
        tag("span", tenancy.party.text, " ", tag("small", tenancy.party.type.value)),
        phrase("roles", tenancy.role),
        bound(held.start_min, held.start_max),
        bound(held.end_min, held.end_max),
        tag(
            "span",
            label(tenancy.status.value, tenancy.status.value),
            " ",
            tag("small", tenancy.basis.value),
        ),
        fact("span", tenancy.because, refs=refs),
    )
    return Row(cells, id=anchor("tenancy", tenancy.id))


def _conflicts(links: Links) -> Html | None:
    conflicts = sorted(
        links.case.tracing.conflicts, key=lambda c: (c.asset.text, c.role, c.because)
    )
    if not conflicts:
        return None
    items = [
        fact(
            "li",
            tag("b", c.asset.text),
            f", {phrase('roles', c.role)}: {c.because}",
            f" Decided by {c.resolution}" if c.resolution else "",
            refs=references(
                links,
                claims=c.claims,
                tenancies=c.tenancies,
                citations=() if c.tenancies else c.citations,
            ),
        )
        for c in conflicts
    ]
    return tag("div", tag("h3", "Claims that conflict"), tag("ul", *items, class_="conflicts"))


def handovers(links: Links) -> Html:
    """Set the hand-overs, the earliest first."""
    found = sorted(links.case.tracing.handovers, key=lambda h: (h.window, h.account, h.because))
    if not found:
        return empty("handovers")
    heads = ["Account", "From", "To", "Between", "Probability", "Signs", "Because"]
    rows = [Row(_handover(links, handover)) for handover in found]
    return table("Hand-overs of credentials", heads, rows, numeric={4})


def _handover(links: Links, handover: Handover) -> tuple[Child, ...]:
    return (
        handover.account.text,
        handover.from_party.text if handover.from_party else "not known",
        handover.to_party.text if handover.to_party else "not known",
        moment(handover.window),
        percent(handover.p) if handover.p is not None else "stated by a source",
        ", ".join(handover.channels),
        fact("span", handover.because, refs=references(links, citations=handover.citations)),
    )


def identities(links: Links) -> Html:
    """Set the judgements on identity, the strongest first."""
    found = sorted(
        links.case.tracing.judgements,
        key=lambda j: (-abs(j.score), j.entity_a, j.entity_b, j.because),
    )
    if not found:
        return empty("identities")
    heads = ["Name", "And", "Judgement", "Weight", "Because", "Decided by"]
    rows = [Row(_judgement(links, judgement)) for judgement in found[:_MOST_JUDGEMENTS]]
    left = len(found) - len(rows)
    rest = note(f"{counted(left, 'more judgement')}: see identities.csv.") if left else None
    return tag("div", table("Judgements on identity", heads, rows, numeric={3}), rest)


def _judgement(links: Links, judgement: Judgement) -> tuple[Child, ...]:
    return (
        judgement.entity_a.text,
        judgement.entity_b.text,
        label(judgement.judgement.value, f"judged-{judgement.judgement.value}"),
        signed(judgement.score, "dB"),
        fact("span", judgement.because, refs=references(links, citations=judgement.citations)),
        judgement.decided_by,
    )
