"""How the answer came about, and what it cannot tell."""

from ashiato.report.html import Html, tag
from ashiato.report.links import Links
from ashiato.report.words import prose


def method(links: Links) -> Html:
    """Set the method in a few paragraphs, and the program's version."""
    paragraphs = [tag("p", text) for text in prose()["method"]["paragraphs"]]
    made = tag("p", f"Made by Ashiato {links.case.version}.", class_="note")
    return tag("div", *paragraphs, made, class_="text")
