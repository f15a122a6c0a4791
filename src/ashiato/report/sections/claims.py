"""Claims beside the words they were read from, document by document."""

from itertools import groupby

from ashiato.core.claims import Claim, ClaimReview, Entity, Polarity, Review, Ruling, counts
from ashiato.core.evidence import Citation
from ashiato.core.time import ALWAYS_POSSIBLE
from ashiato.report.frame import empty, label, note, pairs
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import (
    Links,
    anchor,
    exhibit_anchor,
    language,
    quoted,
    source_line,
    to_claim,
)
from ashiato.report.words import counted, instant, number, phrase, span

ACCUSING = frozenset(
    {
        "suspects", "attributed_to", "questioned", "arrested", "charged", "investigated",
        "referred_to_prosecutors", "attacked", "intruded", "directed", "instructed", "stole",
    }
)  # fmt: skip
"""Predicates beside which a person's disposition is printed."""


def claims(links: Links) -> Html:
    """Set every claim with its speaker, origin, manner and words."""
    if not links.shown:
        return empty("claims")
    documents = groupby(links.shown, key=_path)
    left = len(links.claims) - len(links.shown)
    rest = (
        note(f"{counted(left, 'more claim')} of less weight: see claims.jsonl.") if left else None
    )
    return tag(
        "div", _counts(links), [_document(links, path, list(c)) for path, c in documents], rest
    )


def _counts(links: Links) -> Html:
    every = links.claims.values()
    waiting = sum(claim.review is Review.PROPOSED for claim in every)
    unread = "not yet looked at by a person"
    return tag(
        "p",
        tag("strong", counted(len(links.claims), "claim")),
        f", {number(waiting)} of them {unread}." if waiting else ", all looked at by a person.",
        class_="summary",
    )


def _path(claim: Claim) -> str:
    return claim.citations[0].path if claim.citations else ""


def _document(links: Links, path: str, found: list[Claim]) -> Html:
    source = links.source(path)
    by = f"from {source.name}" if source else "source not named in the case"
    to = exhibit_anchor(links, found[0].citations[0]) if found[0].citations else "exhibits"
    head = tag("h3", tag("a", path or "without a document", href=f"#{to}"), class_="document")
    return tag(
        "div", head, note(by, ", ", counted(len(found), "claim")), [_claim(links, c) for c in found]
    )


def _claim(links: Links, claim: Claim) -> Html:
    rejected = not counts(claim)
    return tag(
        "article",
        tag(
            "div",
            tag("p", f"C{links.numbers[claim.id]}", class_="number"),
            _statement(claim),
            _status(claim),
            _disposition(links, claim),
            class_="said",
        ),
        tag("div", [_words(links, citation) for citation in claim.citations], class_="words"),
        _details(links, claim),
        id=anchor("claim", claim.id),
        class_="claim fact rejected" if rejected else "claim fact" if claim.citations else "claim",
    )


def _entity(entity: Entity | None) -> Html:
    if entity is None:
        return tag("span", "not named", class_="entity nobody")
    kind = tag("small", entity.type.value)
    return tag("span", entity.text, " ", kind, class_="entity", lang=language(entity.text))


def _statement(claim: Claim) -> Html:
    proposition = claim.proposition
    role = f" as {proposition.role.replace('_', ' ')}" if proposition.role else ""
    return tag(
        "p",
        _entity(proposition.subject),
        tag("span", f" {proposition.predicate.replace('_', ' ')} ", class_="predicate"),
        _entity(proposition.object) if proposition.object else None,
        role,
        class_="statement",
    )


def _status(claim: Claim) -> Html:
    polarity = claim.polarity
    denied = None if polarity is Polarity.AFFIRMED else label(polarity.value, "denial")
    review = label(claim.review.value, f"review-{claim.review.value}")
    return tag("p", denied, label(claim.modality.value, "modality"), review, class_="labels")


def _disposition(links: Links, claim: Claim) -> Html | None:
    found = links.about(claim)
    if found is None or claim.proposition.predicate not in ACCUSING:
        return None
    count, item = found
    words = phrase("dispositions", item.disposition)
    return tag(
        "p",
        f"{item.person}: ",
        tag("a", words, href=f"#proceedings-{count}"),
        ".",
        class_="disposition",
    )


def _details(links: Links, claim: Claim) -> Html:
    cues = ", ".join(f"“{cue}”" for cue in claim.cues)
    held = claim.proposition.valid
    review = links.reviews.get(claim.id, ClaimReview(claim.id, ()))
    parents = [ref for ref in (to_claim(links, parent) for parent in claim.parents) if ref]
    items: list[tuple[str, Child]] = [
        ("Speaker", claim.speaker.text),
        ("Origin", links.name(claim.origin.id)),
        ("Basis", claim.basis.value.replace("_", " ")),
        ("Cue words", cues or None),
        ("Said", instant(claim.said_at) if claim.said_at else "time not known"),
        ("Held", span(held) if held != ALWAYS_POSSIBLE else None),
        ("From", parents or None),
        ("Read by", claim.method),
        *[("Decided", _ruling(ruling)) for ruling in review.rulings],
        ("Replaced by", to_claim(links, review.replaced_by or "")),
    ]
    return pairs(items)


def _ruling(ruling: Ruling) -> str:
    return f"{ruling.state} by {ruling.by}: {ruling.reason}"


def _words(links: Links, citation: Citation) -> Html:
    return tag("blockquote", quoted(citation), tag("footer", source_line(links, citation)))
