"""The census of organisations, and the indicators that it was taken with."""

from collections import Counter

from ashiato.core.evidence import Citation
from ashiato.core.records import CensusRow, CensusStatus, Indicator, SightingStatus
from ashiato.report.charts import parts_bar
from ashiato.report.citing import place
from ashiato.report.frame import Row, empty, label, note, table
from ashiato.report.html import Child, Html, join, tag
from ashiato.report.links import Links, fact, references, short, to_citation
from ashiato.report.sections.matrix import matrix
from ashiato.report.sections.proposed import proposed
from ashiato.report.words import bound, counted, day, number, phrase

_ORDER = {status: place for place, status in enumerate(CensusStatus)}
_MOST_INDICATORS = 300


def victims(links: Links) -> Html:
    """Set every organisation that was asked, the certain ones first."""
    if not links.case.census:
        return empty("victims")
    rows = sorted(links.case.census, key=lambda row: (_ORDER[row.status], row.organisation))
    heads = [
        "Organisation",
        "Status",
        "First seen",
        "Last seen",
        "Hosts",
        "Sightings",
        "Excluded",
        "Logs cover",
        "Best citation",
    ]
    return tag(
        "div",
        _chart(links),
        table(
            "Organisations",
            heads,
            [Row(_row(links, row)) for row in rows],
            numeric={4, 5, 6},
            whole={2, 3},
            class_="victims",
        ),
        matrix(links),
    )


def _chart(links: Links) -> Html:
    counts = Counter(row.status for row in links.case.census)
    parts = [(status.value, counts[status]) for status in CensusStatus]
    words = [f"{number(n)} {phrase('census', s)}" for s, n in parts if n]
    keys = [
        tag(
            "li",
            tag("span", class_=f"swatch {status}"),
            tag("b", number(count)),
            f" {phrase('census', status)}",
            tag("small", phrase("census_meaning", status)),
        )
        for status, count in parts
        if count
    ]
    excluded = sum(s.status is SightingStatus.EXCLUDED for s in links.case.sightings)
    said = f"{counted(len(links.case.census), 'organisation')}: {', '.join(words)}"
    return tag(
        "figure",
        parts_bar(parts, label=said),
        tag("ul", *keys, class_="legend"),
        tag("figcaption", _matches(links, excluded)),
        class_="census",
    )


def _matches(links: Links, excluded: int) -> str:
    counting = len(links.case.sightings) - excluded
    rows = sum(links.case.log_rows.values())
    return (
        f"{counted(counting, 'match', 'matches')} inside the window of an indicator, "
        f"{number(excluded)} excluded, among {counted(rows, 'log record')}."
    )


def _row(links: Links, row: CensusRow) -> tuple[Child, ...]:
    refs = references(links, citations=row.best, most=1)
    seen = row.status in {CensusStatus.HIT, CensusStatus.PROBABLE, CensusStatus.POSSIBLE}
    name = fact("span", row.organisation, refs=refs) if seen else row.organisation
    best = row.best[0] if row.best else None
    return (
        name,
        label(row.status.value.replace("_", " "), f"census-{row.status.value}"),
        day(row.first_seen) if row.first_seen else "",
        day(row.last_seen) if row.last_seen else "",
        number(row.hosts),
        number(row.sightings),
        number(row.excluded),
        _cover(row),
        _best(links, best) if best else "",
    )


def _cover(row: CensusRow) -> Child:
    if row.coverage_start is None or row.coverage_end is None:
        return "none"
    days = (tag("span", day(end), class_="whole") for end in (row.coverage_start, row.coverage_end))
    return join(days, " to ")


def _best(links: Links, citation: Citation) -> Html:
    quote = tag("q", short(citation.quote), class_="mono")
    return tag(
        "span", tag("small", to_citation(links, citation), " ", place(citation.locator)), " ", quote
    )


def indicators(links: Links) -> Html:
    """Set the indicators with the window in which each points to the actor."""
    found = sorted(links.case.indicators, key=lambda i: (i.observable, i.id))
    if not found:
        return empty("indicators")
    heads = ["Indicator", "Type", "Points from", "Until", "Machine and party", "Reason", "Matches"]
    inside = Counter(
        s.indicator for s in links.case.sightings if s.status is not SightingStatus.EXCLUDED
    )
    rows = [Row(_indicator(links, i, inside[i.id])) for i in found[:_MOST_INDICATORS]]
    left = len(found) - len(rows)
    rest = note(f"{counted(left, 'more indicator')}: see indicators.jsonl.") if left else None
    windows = table("Indicators and their windows", heads, rows, numeric={6})
    return tag("div", windows, rest, proposed(links))


def _indicator(links: Links, indicator: Indicator, inside: int) -> tuple[Child, ...]:
    window = indicator.window
    taken = ", ".join(part for part in (indicator.asset, indicator.party) if part)
    return (
        tag("span", indicator.observable.value, class_="mono"),
        indicator.observable.type.value,
        bound(window.start_min, window.start_max),
        bound(window.end_min, window.end_max),
        taken,
        fact("span", indicator.reason, refs=references(links, citations=indicator.citations)),
        number(inside),
    )
