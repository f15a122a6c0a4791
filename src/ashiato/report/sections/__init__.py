"""The sections of the page in their order, each a function of `ashiato.report.links.Links`."""

from collections.abc import Callable

from ashiato.report.html import Html
from ashiato.report.links import Links
from ashiato.report.sections.behaviour import behaviour
from ashiato.report.sections.claims import claims
from ashiato.report.sections.contradictions import contradictions
from ashiato.report.sections.exhibits import exhibits, settings
from ashiato.report.sections.gaps import gaps
from ashiato.report.sections.ladder import ladder
from ashiato.report.sections.method import method
from ashiato.report.sections.origins import origins
from ashiato.report.sections.problems import problems
from ashiato.report.sections.proceedings import proceedings
from ashiato.report.sections.rivals import rivals
from ashiato.report.sections.tracing import handovers, identities, tenancies
from ashiato.report.sections.verdict import verdict
from ashiato.report.sections.victims import indicators, victims
from ashiato.report.sections.weights import weights

SECTIONS: tuple[tuple[str, str, Callable[[Links], Html]], ...] = (
    ("verdict", "Verdict", verdict),
    ("ladder", "The ladder", ladder),
    ("rivals", "Rival hypotheses", rivals),
    ("weights", "Evidence for and against", weights),
    ("contradictions", "What contradicts what", contradictions),
    ("gaps", "What is missing", gaps),
    ("origins", "Origins and sources", origins),
    ("claims", "Claims and their words", claims),
    ("tenancies", "Who held what, when", tenancies),
    ("handovers", "Hand-overs", handovers),
    ("identities", "Who is who", identities),
    ("victims", "Victims", victims),
    ("indicators", "Indicators", indicators),
    ("behaviour", "Leads from behaviour", behaviour),
    ("proceedings", "Proceedings", proceedings),
    ("problems", "What could not be read", problems),
    ("method", "Method and limits", method),
    ("exhibits", "Exhibits", exhibits),
    ("settings", "Settings in force", settings),
)
"""Anchor, heading and function of each section."""

__all__ = ["SECTIONS"]
