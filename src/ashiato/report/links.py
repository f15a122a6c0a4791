"""Where every statement of the page leads: numbers and anchors of claims, exhibits and tenancies.

`fact` is the only way to print a statement of fact. Without a way back to the evidence it prints
the statement as unsupported, in words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from ashiato.core.assessed import AssessedCase
from ashiato.core.canonical import content_id
from ashiato.core.claims import Claim, ClaimReview
from ashiato.core.evidence import Citation
from ashiato.core.sources import Source
from ashiato.core.tenancy import Tenancy
from ashiato.core.weighing import Proceedings
from ashiato.report.citing import compact, place
from ashiato.report.html import Child, Html, join, tag
from ashiato.report.machine import sorted_claims
from ashiato.report.rows import concerns

MOST_CLAIMS = 800
MOST_TENANCIES = 80
MOST_REFERENCES = 5
_SHORT_QUOTE = 160
_KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")


def anchor(kind: str, name: str) -> str:
    """Give the id of an element: the same name always gives the same id."""
    return f"{kind}-{name if re.fullmatch(r'[A-Za-z0-9_-]+', name) else content_id(name)}"


def language(text: str) -> str | None:
    """Say which language a quote is in where its script tells: glyphs differ by language."""
    if _KANA.search(text):
        return "ja"
    return "ko" if _HANGUL.search(text) else None


@dataclass(frozen=True, slots=True)
class Links:
    """Every anchor of the page; ``shown`` are the claims, ``drawn`` the tenancies printed in it."""

    case: AssessedCase
    claims: Mapping[str, Claim]
    numbers: Mapping[str, int]
    shown: tuple[Claim, ...]
    printed: frozenset[str]
    exhibits: Mapping[tuple[str, str], int]
    tenancies: Mapping[str, Tenancy]
    drawn: tuple[Tenancy, ...]
    places: Mapping[str, int]
    names: Mapping[str, str]
    proceedings: tuple[Proceedings, ...]
    reviews: Mapping[str, ClaimReview]

    def source(self, path: str) -> Source | None:
        """Give the source that an exhibit came from."""
        wanted = self.case.exhibit_sources.get(path)
        return next((source for source in self.case.sources if source.id == wanted), None)

    def name(self, origin: str) -> str:
        """Give the name of an origin or source."""
        return self.names.get(origin, origin)

    def about(self, claim: Claim) -> tuple[int, Proceedings] | None:
        """Give the proceedings about a person whom the claim names, with their number."""
        numbered = enumerate(self.proceedings, 1)
        return next(((n, p) for n, p in numbered if concerns(claim, p.person)), None)


def link_up(case: AssessedCase) -> Links:
    """Give everything the page shows its number; the verdicts' own claims are left out last."""
    claims = sorted_claims(case.claims)
    used = _used(case)
    by_use = sorted(claims, key=lambda claim: claim.id not in used)
    kept = frozenset(claim.id for claim in by_use[:MOST_CLAIMS])
    exhibits = sorted({(e.path, e.sha256) for e in case.exhibits})
    drawn = _drawn(case)
    return Links(
        case=case,
        claims={claim.id: claim for claim in claims},
        numbers={claim.id: number for number, claim in enumerate(claims, 1)},
        shown=tuple(claim for claim in claims if claim.id in kept),
        printed=kept,
        exhibits={key: number for number, key in enumerate(exhibits, 1)},
        tenancies={tenancy.id: tenancy for tenancy in case.tracing.tenancies},
        drawn=drawn,
        places={tenancy.id: number for number, tenancy in enumerate(drawn, 1)},
        names=_names(case, claims),
        proceedings=tuple(sorted(case.proceedings, key=lambda p: (p.person, p.offence))),
        reviews={review.id: review for review in case.reviews},
    )


def _used(case: AssessedCase) -> set[str]:
    rungs = [rung for verdict in case.verdicts for rung in verdict.ladder]
    weighed = {claim for rung in rungs for claim in rung.claims}
    spoken = {claim for rung in rungs for fact in rung.facts for claim in fact.claims}
    steps = {claim for item in case.proceedings for claim in item.steps}
    elements = {c for item in case.proceedings for element in item.elements for c in element.claims}
    return weighed | spoken | steps | elements


def _drawn(case: AssessedCase) -> tuple[Tenancy, ...]:
    used = {t for verdict in case.verdicts for rung in verdict.ladder for t in rung.tenancies}
    of_verdict = {tenancy.asset.id for tenancy in case.tracing.tenancies if tenancy.id in used}

    def key(tenancy: Tenancy) -> tuple[bool, str, str, str, str]:
        bounds = tenancy.interval.bounds
        asset = tenancy.asset
        return (
            asset.id not in of_verdict,
            asset.text,
            asset.id,
            f"{bounds[0]}{bounds[3]}",
            tenancy.id,
        )

    return tuple(sorted(case.tracing.tenancies, key=key)[:MOST_TENANCIES])


def _names(case: AssessedCase, claims: list[Claim]) -> dict[str, str]:
    voices = {voice.id: voice.text for c in claims for voice in (c.speaker, c.origin)}
    origins = {origin.id: origin.name for verdict in case.verdicts for origin in verdict.origins}
    return {**voices, **origins, **{source.id: source.name for source in case.sources}}


def exhibit_anchor(links: Links, citation: Citation) -> str:
    """Give the anchor of the exhibit's row; the whole table where the case no longer lists it."""
    if (citation.path, citation.exhibit) in links.exhibits:
        return anchor("exhibit", content_id((citation.path, citation.exhibit)))
    return "exhibits"


def exhibit_label(links: Links, citation: Citation) -> str:
    """Give the exhibit's number."""
    number = links.exhibits.get((citation.path, citation.exhibit))
    return "E?" if number is None else f"E{number}"


def short(text: str, most: int = _SHORT_QUOTE) -> str:
    """Cut a quote where it is too long for its place."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def citation_title(citation: Citation) -> str:
    """Say path, place and quote in one line."""
    return f"{citation.path}, {place(citation.locator)}: {short(citation.quote)}"


def to_citation(links: Links, citation: Citation) -> Html:
    """Link to the exhibit that a citation names."""
    label = exhibit_label(links, citation)
    return tag(
        "a",
        label,
        href=f"#{exhibit_anchor(links, citation)}",
        class_="ref",
        title=citation_title(citation),
    )


def to_claim(links: Links, claim_id: str) -> Html | None:
    """Link to a claim of the page, or to its exhibit where the page leaves the claim out."""
    claim = links.claims.get(claim_id)
    if claim is None:
        return None
    if claim_id not in links.printed:
        return to_citation(links, claim.citations[0]) if claim.citations else None
    title = citation_title(claim.citations[0]) if claim.citations else ""
    label = f"C{links.numbers[claim_id]}"
    return tag("a", label, href=f"#{anchor('claim', claim_id)}", class_="ref", title=title)


def to_tenancy(links: Links, tenancy_id: str) -> Html | None:
    """Link to a tenancy of the page, or to its exhibit."""
    tenancy = links.tenancies.get(tenancy_id)
    if tenancy is None:
        return None
    if tenancy_id not in links.places:
        return to_citation(links, tenancy.citations[0]) if tenancy.citations else None
    label = f"T{links.places[tenancy_id]}"
    return tag(
        "a", label, href=f"#{anchor('tenancy', tenancy_id)}", class_="ref", title=tenancy.because
    )


def references(
    links: Links,
    *,
    claims: Iterable[str] = (),
    tenancies: Iterable[str] = (),
    citations: Iterable[Citation] = (),
    most: int = MOST_REFERENCES,
) -> list[Html]:
    """Give the links that bear a statement; where there are many, the first and how many more."""
    to_claims = (to_claim(links, claim) for claim in claims)
    to_tenancies = (to_tenancy(links, tenancy) for tenancy in tenancies)
    to_exhibits = (to_citation(links, c) for c in sorted(set(citations), key=compact))
    found = dict.fromkeys(
        ref for refs in (to_claims, to_tenancies, to_exhibits) for ref in refs if ref
    )
    cut = list(islice(found, most))
    more = len(found) - len(cut)
    return [*cut, tag("span", f"and {more} more", class_="more")] if more else cut


def bracketed(refs: list[Html]) -> Html | None:
    """Print links as a note behind a statement."""
    return tag("span", "[", join(refs, ", "), "]", class_="refs") if refs else None


def fact(name: str, *children: Child, refs: list[Html], class_: str = "") -> Html:
    """Print a statement of fact with its way back, or say that there is none."""
    if refs:
        return tag(name, *children, " ", bracketed(refs), class_=f"fact {class_}".strip())
    return tag(name, *children, " ", unsupported(), class_=f"unsupported {class_}".strip())


def unsupported() -> Html:
    """Say that nothing held bears this."""
    return tag("span", "[no citation held]", class_="refs none")


def quoted(citation: Citation, *, most: int = 2000) -> Html:
    """Print the words at a citation as they stand."""
    text = citation.quote if len(citation.quote) <= most else short(citation.quote, most)
    return tag("q", text, lang=language(text), dir="auto", class_="quote")


def source_line(links: Links, citation: Citation) -> Html:
    """Print where a quote stands: exhibit, path, place."""
    return tag(
        "cite",
        to_citation(links, citation),
        " ",
        tag("span", citation.path, class_="path"),
        ", ",
        place(citation.locator),
    )
