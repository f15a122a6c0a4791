"""What is on record about persons, with what speaks for them; kept apart from attribution."""

from ashiato.core.claims import Claim
from ashiato.core.weighing import Element, Proceedings
from ashiato.report.frame import Row, empty, note, table
from ashiato.report.html import Child, Html, tag
from ashiato.report.links import Links, fact, references
from ashiato.report.rows import denials, dispositions
from ashiato.report.words import counted, instant, phrase

_MOST_ACCUSING = 100
_UNKNOWN = "unknown"


def proceedings(links: Links) -> Html:
    """Set the record of each person."""
    if not links.proceedings:
        return empty("proceedings")
    return tag("div", [_person(links, n, item) for n, item in enumerate(links.proceedings, 1)])


def _person(links: Links, place: int, item: Proceedings) -> Html:
    offence = ", ".join(part for part in (item.offence, item.statute) if part)
    return tag(
        "article",
        tag("h3", item.person, tag("span", " (suspected)", class_="suspected")),
        tag(
            "p",
            tag("strong", "Disposition: "),
            phrase("dispositions", item.disposition),
            f". Offence examined: {offence}." if offence else ".",
            class_="disposition",
        ),
        _for(links, item),
        _accusations(links, item),
        _times(links, item),
        _steps(links, item),
        _elements(links, item),
        id=f"proceedings-{place}",
        class_="person",
    )


def _for(links: Links, item: Proceedings) -> Html:
    every = links.claims.values()
    lines = [
        *(_line(links, "Denied or negated", claim) for claim in denials(item, every)),
        *(_line(links, "Not indicted", claim) for claim in dispositions(item, every)),
        *(
            tag("li", f"Nothing held on the element “{e.label}”")
            for e in item.elements
            if not e.claims
        ),
    ]
    nothing = tag(
        "p", "The case holds no denial, no disposition and no missing element.", class_="empty"
    )
    return tag(
        "div",
        tag("h4", "What speaks for the person"),
        tag("ul", *lines) if lines else nothing,
        class_="for-person",
    )


def _accusations(links: Links, item: Proceedings) -> Html | None:
    """Set each claim that accuses beside what became of the matter, never without it."""
    found = [links.claims[claim] for claim in item.accusing if claim in links.claims]
    if not found:
        return None
    rows = [
        Row((_line(links, claim.modality.value, claim), phrase("dispositions", item.disposition)))
        for claim in found[:_MOST_ACCUSING]
    ]
    left = len(found) - len(rows)
    more = note(f"{counted(left, 'more claim')} of this kind: see claims.jsonl.") if left else None
    heads = ["What is alleged", "What became of it"]
    return tag(
        "div", table(f"Allegations beside the disposition, {item.person}", heads, rows), more
    )


def _times(links: Links, item: Proceedings) -> Html | None:
    """Say where the person was last told to be, and what told of him cannot all be so."""
    contradictions = [
        fact("li", f"Contradiction: {c.because}", refs=references(links, claims=c.claims))
        for c in item.contradictions
    ]
    if item.whereabouts == _UNKNOWN and not contradictions:
        return None
    where = tag("li", f"Whereabouts told last: {item.whereabouts}")
    return tag("div", tag("h4", "Movements"), tag("ul", where, *contradictions))


def _line(links: Links, head: str, claim: Claim) -> Html:
    return fact("li", f"{head}: {claim_words(claim)}", refs=references(links, claims=[claim.id]))


def claim_words(claim: Claim) -> str:
    """Say a claim in a line: speaker, then what is said of whom."""
    proposition = claim.proposition
    parts = (
        proposition.subject and proposition.subject.text,
        proposition.predicate.replace("_", " "),
        proposition.object and proposition.object.text,
    )
    return f"{claim.speaker.text} on “{' '.join(part for part in parts if part)}”"


def _steps(links: Links, item: Proceedings) -> Html | None:
    found = [links.claims[step] for step in item.steps if step in links.claims]
    if not found:
        return None
    lines = [
        fact(
            "li",
            tag("b", instant(claim.said_at) if claim.said_at else "time not known"),
            f" {claim_words(claim)}, {claim.modality.value}",
            refs=references(links, claims=[claim.id]),
        )
        for claim in found
    ]
    return tag("div", tag("h4", "Steps on record"), tag("ol", *lines, class_="steps"))


def _elements(links: Links, item: Proceedings) -> Html | None:
    if not item.elements:
        return None
    rows = [Row(_element(links, element)) for element in item.elements]
    heads = ["Element", "What is held", "What is missing"]
    return table(f"Elements of the offence, {item.person}", heads, rows)


def _element(links: Links, element: Element) -> tuple[Child, ...]:
    refs = references(links, claims=element.claims, most=8)
    held: Child = "nothing"
    if element.claims:
        held = fact("span", counted(len(element.claims), "claim"), refs=refs)
    return element.label, held, element.gap
