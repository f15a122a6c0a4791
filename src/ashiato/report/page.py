"""The page: one file that needs no network and no script, under a policy that allows neither."""

import base64
import re
from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files

from ashiato.core.assessed import AssessedCase
from ashiato.report.charts import hatching
from ashiato.report.frame import pairs
from ashiato.report.html import Html, tag
from ashiato.report.links import Links, link_up
from ashiato.report.sections import SECTIONS
from ashiato.report.words import counted, instant, number, prose

_NOT_A_LABEL = re.compile(r"[^A-Z+ ]")


def page(case: AssessedCase) -> bytes:
    """Give ``index.html``; the case is masked already."""
    links = link_up(case)
    style = _style(case.tlp)
    return (
        b"<!doctype html>\n"
        + tag("html", _head(case, style), _body(links), lang="en").encode()
        + b"\n"
    )


def tlp_label(tlp: str) -> str:
    """Write the label as TLP 2.0 asks: in capitals, with its prefix, nothing else in it."""
    bare = tlp.upper().removeprefix("TLP:")
    return f"TLP:{_NOT_A_LABEL.sub('', bare).strip()}"


def _style(tlp: str) -> str:
    css = files("ashiato.report").joinpath("dossier.css").read_text(encoding="utf-8")
    return css.replace("TLP:LABEL", tlp_label(tlp))


def policy(style: str) -> str:
    """Give the content security policy under which only this style sheet counts."""
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'none'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _head(case: AssessedCase, style: str) -> Html:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(style)),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{case.id}: {case.title} ({tlp_label(case.tlp)})"),
        tag("style", Html(style)),
    )


def _body(links: Links) -> Html:
    case = links.case
    return tag(
        "body",
        tag("a", "Skip to the verdict", href="#verdict", class_="skip"),
        hatching(),
        _masthead(case),
        tag(
            "div",
            _contents(),
            tag("main", [_section(links, *section) for section in SECTIONS]),
            class_="sheet",
        ),
        _foot(case),
    )


def _masthead(case: AssessedCase) -> Html:
    known = instant(case.as_known_on) if case.as_known_on else "all evidence held"
    facts = pairs(
        [
            ("Case", case.id),
            ("As known on", known),
            ("Legal basis", case.legal_basis or "not stated"),
            ("Held", _held(case)),
            ("Evidence digest", tag("span", case.evidence_digest, class_="hash")),
        ]
    )
    return tag(
        "header",
        tag("p", tag("span", "Ashiato dossier", class_="kicker"), _tlp(case), class_="top"),
        tag("h1", case.title or case.id),
        facts,
        class_="masthead",
    )


def _held(case: AssessedCase) -> str:
    parts = [
        counted(len(case.exhibits), "exhibit"),
        counted(len(case.claims), "claim"),
        counted(sum(case.log_rows.values()), "log record"),
    ]
    return ", ".join(parts)


def _tlp(case: AssessedCase) -> Html:
    label = tlp_label(case.tlp)
    return tag("span", label, class_=f"tlp {label.lower().replace(':', '-').replace('+', '-')}")


def _contents() -> Html:
    items = [tag("li", tag("a", title, href=f"#{name}")) for name, title, _ in SECTIONS]
    return tag("nav", tag("ol", *items), aria_label="Contents", class_="contents")


def _section(links: Links, name: str, title: str, body: Callable[[Links], Html]) -> Html:
    lead = prose()["leads"].get(name)
    return tag(
        "section",
        tag("h2", title, id=f"{name}-title"),
        tag("p", lead, class_="lead") if lead else None,
        body(links),
        id=name,
        aria_labelledby=f"{name}-title",
    )


def _foot(case: AssessedCase) -> Html:
    said = f"{case.id}, evidence {case.evidence_digest}, {number(len(case.verdicts))} answered"
    return tag("footer", tag("span", said, class_="hash"), _tlp(case), class_="foot")
