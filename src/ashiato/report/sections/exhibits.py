"""The exhibits by hash, and the settings in force."""

from ashiato.core.canonical import content_id
from ashiato.report.frame import Row, empty, table
from ashiato.report.html import Html, tag
from ashiato.report.links import Links, anchor
from ashiato.report.words import number


def exhibits(links: Links) -> Html:
    """Set every exhibit with its SHA-256; citations lead here."""
    if not links.case.exhibits:
        return empty("exhibits")
    heads = ["Exhibit", "Path", "Source", "Bytes", "SHA-256"]
    sizes = {(e.path, e.sha256): e.size for e in links.case.exhibits}
    rows = [
        Row(
            (
                f"E{number_}",
                tag("span", path, class_="path"),
                links.name(links.case.exhibit_sources.get(path, "not named")),
                number(sizes[path, sha256]),
                tag("span", sha256, class_="hash"),
            ),
            id=anchor("exhibit", content_id((path, sha256))),
        )
        for (path, sha256), number_ in links.exhibits.items()
    ]
    return table("Exhibits", heads, rows, numeric={3}, class_="exhibits")


def settings(links: Links) -> Html:
    """Set the policy and the tables in force."""
    if not links.case.settings:
        return empty("settings")
    rows = [
        Row((name, tag("span", value, class_="mono")))
        for name, value in sorted(links.case.settings.items())
    ]
    return table("Settings and tables", ["Setting", "Value"], rows, class_="settings")
