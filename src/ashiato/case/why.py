"""`ashiato why`: the tree from a statement down to the quoted bytes, resolved afresh."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ashiato.core.assessed import AssessedCase
from ashiato.core.claims import Claim
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Citation, Resolver, quoted
from ashiato.core.masking import DOT, mask_text, shows
from ashiato.core.records import CensusRow, Indicator
from ashiato.core.tenancy import Tenancy
from ashiato.core.weighing import FactWeight, RungVerdict

MOST = 12
"""Citations shown under one statement; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step down: a sentence, the id to ask further with, quotes, and what it rests on.

    ``found`` says of each quote whether the vault still gives those very bytes.
    """

    text: str
    id: str = ""
    quotes: tuple["Quote", ...] = ()
    because: tuple["Reason", ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted words with their place; ``found`` where resolving gave exactly these bytes."""

    path: str
    place: str
    quote: str
    found: bool


Explainer = Callable[[str, AssessedCase, Resolver], Reason | None]


def why(statement: str, case: AssessedCase, resolver: Resolver) -> Reason:
    """Explain a rung, claim, tenancy, indicator or organisation of the dossier.

    Raises:
        BadInput: the dossier holds no such statement.

    """
    for explain in (_rung, _claim_by_id, _tenancy_by_id, _indicator_by_id, _organisation):
        found = explain(statement, case, resolver)
        if found is not None:
            return found
    remedy = "name a rung (group), an id from the dossier, or an organisation"
    raise BadInput(f"no statement {statement!r} in the dossier", remedy=remedy)


def lines(reason: Reason, depth: int = 0) -> Iterator[str]:
    """Write the tree as indented lines."""
    pad = "  " * depth
    yield f"{pad}{reason.text}" + (f"  [{reason.id}]" if reason.id else "")
    for quote in reason.quotes:
        mark = "" if quote.found else "  NOT FOUND IN THE VAULT"
        yield f"{pad}  “{quote.quote}”"
        yield f"{pad}    {quote.path} {quote.place}{mark}"
    for below in reason.because:
        yield from lines(below, depth + 1)


def place_of(citation: Citation) -> str:
    """Write a locator for people."""
    locator = citation.locator
    match locator.kind:
        case "span":
            page = f"page {locator.page}" if locator.page and not locator.cell else None
            inside = "".join(f"{p}, " for p in (locator.member, page, locator.cell) if p)
            return f"{inside}characters {locator.start}-{locator.end}"
        case "line":
            return f"line {locator.line}"
        case "record":
            return f"record {locator.record}"
        case "cell":
            return f"record {locator.record}, column {locator.column}"
        case "page box":
            return f"page {locator.page}"
        case _:
            return f"bytes {locator.byte_offset}+{locator.byte_length}"


def _quotes(
    citations: tuple[Citation, ...], case: AssessedCase, resolver: Resolver
) -> tuple[Quote, ...]:
    return tuple(
        Quote(
            c.path,
            place_of(c),
            mask_text(c.quote, case.sensitive),
            _is_there(c, resolver),
        )
        for c in citations[:MOST]
    )


def _is_there(citation: Citation, resolver: Resolver) -> bool:
    """Compare bytes; where some cannot be read as the document is, compare what is read of them."""
    found, encoding = resolver.resolve(citation), getattr(citation.locator, "encoding", "utf-8")
    if DOT in citation.quote:
        return any(
            shows(citation.quote, t) for t in (quoted(found), found.decode(encoding, "replace"))
        )
    if "\ufffd" in citation.quote:
        return found.decode(encoding, "replace") == citation.quote
    return quoted(found) == citation.quote or found == citation.quote.encode(encoding)


def _rung(statement: str, case: AssessedCase, resolver: Resolver) -> Reason | None:
    for verdict in case.verdicts:
        for rung in verdict.ladder:
            if rung.rung == statement:
                return _rung_reason(rung, case, resolver)
    return None


def _rung_reason(rung: RungVerdict, case: AssessedCase, resolver: Resolver) -> Reason:
    because = [_fact(fact, case, resolver) for fact in rung.facts]
    tenancies = {t.id: t for t in case.tracing.tenancies}
    because += [_tenancy(tenancies[t], case, resolver) for t in rung.tenancies if t in tenancies]
    if not rung.facts:
        claims = {c.id: c for c in case.claims}
        because += [_claim(claims[c], case, resolver) for c in rung.claims if c in claims]
    reasons = "; ".join(r.text or r.code for r in rung.reasons)
    chance = "" if rung.p is None else f", {100 * rung.p:.0f} %"
    who = rung.who or "nobody named"
    text = f"{rung.rung}: {who}{chance}: {rung.verdict}" + (f" ({reasons})" if reasons else "")
    return Reason(text, because=tuple(because))


def _fact(fact: FactWeight, case: AssessedCase, resolver: Resolver) -> Reason:
    claims = {c.id: c for c in case.claims}
    below = [_claim(claims[c], case, resolver) for c in fact.claims if c in claims]
    below += [Reason(item) for item in fact.items]
    origins = ", ".join(fact.origins) or "nobody"
    text = f"{fact.label}: {100 * fact.p:.0f} %, {fact.decibans:+.1f} dB, spoken to by {origins}"
    return Reason(text, because=tuple(below))


def _claim_by_id(statement: str, case: AssessedCase, resolver: Resolver) -> Reason | None:
    found = next((c for c in case.claims if c.id == statement), None)
    return _claim(found, case, resolver) if found else None


def _claim(claim: Claim, case: AssessedCase, resolver: Resolver) -> Reason:
    said = claim.proposition
    parts = [said.subject and said.subject.text, said.predicate, said.object and said.object.text]
    cues = f" ({', '.join(claim.cues)})" if claim.cues else ""
    told = "" if claim.origin.id == claim.speaker.id else f", known from {claim.origin.text}"
    text = (
        f"{claim.speaker.text}: {' '.join(p for p in parts if p)}; {claim.polarity}, "
        f"{claim.modality}{cues}, {claim.basis.replace('_', ' ')}{told}; {claim.review}"
    )
    return Reason(text, claim.id, _quotes(claim.citations, case, resolver))


def _tenancy_by_id(statement: str, case: AssessedCase, resolver: Resolver) -> Reason | None:
    found = next((t for t in case.tracing.tenancies if t.id == statement), None)
    return _tenancy(found, case, resolver) if found else None


def _tenancy(tenancy: Tenancy, case: AssessedCase, resolver: Resolver) -> Reason:
    role = tenancy.role.replace("_", " ")
    text = (
        f"{tenancy.party.text}, {role} of {tenancy.asset.text}: {tenancy.status}, "
        f"{tenancy.basis}; {tenancy.because}"
    )
    return Reason(
        mask_text(text, case.sensitive), tenancy.id, _quotes(tenancy.citations, case, resolver)
    )


def _indicator_by_id(statement: str, case: AssessedCase, resolver: Resolver) -> Reason | None:
    found = next((i for i in case.indicators if i.id == statement), None)
    return _indicator(found, case, resolver) if found else None


def _indicator(indicator: Indicator, case: AssessedCase, resolver: Resolver) -> Reason:
    text = f"{indicator.observable.value}: {indicator.reason}"
    quotes = _quotes(indicator.citations, case, resolver)
    return Reason(mask_text(text, case.sensitive), indicator.id, quotes)


def _organisation(statement: str, case: AssessedCase, resolver: Resolver) -> Reason | None:
    row = next((r for r in case.census if r.organisation == statement), None)
    return _census(row, case, resolver) if row else None


def _census(row: CensusRow, case: AssessedCase, resolver: Resolver) -> Reason:
    used = {s.indicator for s in case.sightings if s.organisation == row.organisation}
    below = [_indicator(i, case, resolver) for i in case.indicators if i.id in used]
    status = row.status.replace("_", " ")
    text = f"{row.organisation}: {status}; {row.sightings} sightings, {row.excluded} excluded"
    return Reason(text, quotes=_quotes(row.best, case, resolver), because=tuple(below))
