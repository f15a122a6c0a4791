"""What could not be read, and what would mend it."""

from ashiato.core.evidence import Problem
from ashiato.report.frame import Row, empty, table
from ashiato.report.html import Child, Html
from ashiato.report.links import Links, fact, references
from ashiato.report.words import number

_HEADS = ["File", "Kind", "What happened", "Places", "Remedy"]


def problems(links: Links) -> Html:
    """Set every problem with its remedy."""
    found = sorted(links.case.problems, key=lambda p: (p.path, p.kind, p.message, p.remedy))
    if not found:
        return empty("problems")
    rows = [Row(_problem(links, problem)) for problem in found]
    return table("Input that could not be used as it is", _HEADS, rows, numeric={3})


def _problem(links: Links, problem: Problem) -> tuple[Child, ...]:
    message: Child = problem.message
    if problem.citation:
        message = fact(
            "span", problem.message, refs=references(links, citations=[problem.citation])
        )
    return problem.path, problem.kind, message, number(problem.count), problem.remedy
