"""Where the knowledge comes from, how it is graded and why."""

from ashiato.core.sources import Source
from ashiato.core.weighing import OriginSummary
from ashiato.report.frame import Row, empty, label, table
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import Links
from ashiato.report.words import counted, number, phrase

_UNGRADED = "D, by default: nobody graded it"


def origins(links: Links) -> Html:
    """Set the origins of the verdicts and the sources of the files."""
    found = {origin.id: origin for v in links.case.verdicts for origin in v.origins}
    by_claims = sorted(found.values(), key=lambda o: (-o.claims, o.id))
    parts = [_summary(by_claims), _origins(by_claims)] if by_claims else [empty("origins")]
    return tag("div", *parts, _sources(links))


def _summary(origins: list[OriginSummary]) -> Html:
    reports, claims = sum(o.reports for o in origins), sum(o.claims for o in origins)
    arrow = " \N{RIGHTWARDS ARROW} "
    steps = [counted(reports, "report"), counted(claims, "claim")]
    last = counted(len(origins), "independent origin")
    share = max(o.claims for o in origins) / claims if claims else 0
    strongest = (
        f"; {origins[0].name} alone gives {round(share * 100)} % of the claims" if claims else ""
    )
    return tag("p", tag("strong", arrow.join([*steps, last])), f"{strongest}.", class_="summary")


def _origins(origins: list[OriginSummary]) -> Html:
    rows = [
        Row(
            (
                o.name,
                _grade(o.reliability, graded=o.graded),
                o.reason,
                number(o.reports),
                number(o.claims),
            )
        )
        for o in origins
    ]
    heads = ["Origin", "Reliability", "Why", "Reports", "Claims"]
    return table("Origins that speak on the answer", heads, rows, numeric={3, 4})


def _grade(letter: str | None, *, graded: bool) -> Child:
    if not graded or letter is None:
        return label(_UNGRADED, "ungraded")
    return f"{letter}, {phrase('grades', letter)}"


def _sources(links: Links) -> Html | None:
    if not links.case.sources:
        return None
    files: dict[str, int] = {}
    for source in links.case.exhibit_sources.values():
        files[source] = files.get(source, 0) + 1
    rows = [
        Row(_source(source, files.get(source.id, 0)))
        for source in sorted(links.case.sources, key=_key)
    ]
    heads = ["Source", "Kind", "Reliability", "Why", "Files"]
    return table("Sources of the case", heads, rows, numeric={4})


def _key(source: Source) -> tuple[str, str]:
    return source.name, source.id


def _source(source: Source, files: int) -> tuple[Child, ...]:
    grade = _grade(source.reliability, graded=source.reliability is not None)
    return source.name, source.kind, grade, source.reason, number(files)
