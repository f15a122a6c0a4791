"""From what is known of the actor to indicators, each with the window in which it points to him."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ashiato.core.canonical import canonical_json, content_id
from ashiato.core.claims import Claim, Entity, EntityType, Polarity
from ashiato.core.evidence import Citation, Problem
from ashiato.core.masking import mask_text
from ashiato.core.records import Indicator, Mention, Observable, ObservableType
from ashiato.core.tenancy import Judgement, Sameness, Tenancy, TenancyStatus, Tracing
from ashiato.core.time import UncertainInterval
from ashiato.engine.protocol import SEARCHABLE
from ashiato.hunt.observables import in_normal_form, observable
from ashiato.hunt.refusals import refusal, refused
from ashiato.hunt.related import related
from ashiato.hunt.rules import rules

Found = tuple[tuple[Indicator, ...], tuple[Problem, ...]]
"""Indicators sorted by what they look for, and what was refused or could not be read."""

_ASSETS = {
    EntityType.ADDRESS: (ObservableType.IP, ObservableType.CIDR),
    EntityType.SERVER: (ObservableType.IP,),
    EntityType.DOMAIN: (ObservableType.DOMAIN,),
}
"""What the name of an asset can be looked for as; a machine's own name is in nobody's logs."""
_AS_WRITTEN = (
    ObservableType.ACCOUNT,
    ObservableType.EMAIL,
    ObservableType.CVE,
    ObservableType.FILE,
    ObservableType.PATH,
    ObservableType.USER_AGENT,
)
_READABLE = SEARCHABLE | frozenset(_AS_WRITTEN)
"""Types of trace that can be laid out as an indicator; CVEs are refused one by one."""


def from_tracing(
    tracing: Tracing,
    claims: Sequence[Claim],
    mentions: Sequence[Mention],
    *,
    of_interest: Collection[str] = (),
) -> Found:
    """Say what to look for in everybody's logs, and when each of it points to the actor.

    An address or domain is an indicator only while a party of interest held it:

    1. A party holds it as credential holder or operator, by a tenancy of that address or domain,
       and the party is a group; or a persona or an unidentified holder to whom a hand-over gave a
       machine or account; or is tied to the attack by an affirmed claim (attacked, used, operated,
       transferred, sold, provided access, contracted under a pseudonym ...), is judged the same as
       one of these, or is among the entity ids ``of_interest``. The window is the tenancy's
       interval. Where a rival who is none of these is claimed to have held it in the same role,
       nothing in the window is certain.
    2. A document ties it to the attack in words (the mention's cue). The window is what the
       sentence says; where it says nothing, a match is only ever possible.
    3. Passive DNS saw a name pointing to an address of rule 1 within its window: the overlap of
       both, in which nothing is certain.

    One observable may have several indicators, one for each reason. What would meet everybody's
    logs (knowledge/hunting.toml) is refused and comes back as a problem with the reason.
    """
    parties = _parties_of_interest(tracing, claims, of_interest)
    held, unread = _from_tenancies(tracing, parties)
    named, garbled = _from_mentions(mentions)
    beside = (_renamed(one) for one in related(held, tracing))
    indicators, problems = settle([*held, *named, *beside])
    return indicators, tuple(sorted({*problems, *unread, *garbled}, key=canonical_json))


def make(
    found: Observable,
    window: UncertainInterval,
    reason: str,
    citations: Iterable[Citation],
    *,
    asset: str | None = None,
    party: str | None = None,
    origins: Iterable[str] = (),
    withdrawn: str = "",
) -> Indicator:
    """Make an indicator; its id is the hash of what it seeks, when and why, not of who says so."""
    said = [found, window, reason, asset, party, *([withdrawn] if withdrawn else [])]
    return Indicator(
        id=content_id(said),
        observable=found,
        window=window,
        reason=reason,
        citations=_sorted(citations),
        asset=asset,
        party=party,
        origins=tuple(sorted(set(origins))),
        withdrawn=withdrawn,
    )


def _renamed(one: Indicator) -> Indicator:
    """Give an indicator that was made from another its own id."""
    return make(
        one.observable, one.window, one.reason, one.citations,
        asset=one.asset, party=one.party, origins=one.origins,
    )  # fmt: skip


def settle(indicators: Iterable[Indicator], path: str = "") -> Found:
    """Join indicators that say the same on several citations; refuse those that point to nobody."""
    joined: dict[str, Indicator] = {}
    for indicator in indicators:
        known = joined.get(indicator.id)
        joined[indicator.id] = _join(known, indicator) if known else indicator
    ordered = sorted(joined.values(), key=lambda i: (i.observable, i.id))
    reasons = {i.id: refusal(i.observable) for i in ordered}
    accepted = tuple(i for i in ordered if not reasons[i.id])
    return accepted, tuple(refused(i, reasons[i.id], path) for i in ordered if reasons[i.id])


def _join(one: Indicator, other: Indicator) -> Indicator:
    citations = _sorted([*one.citations, *other.citations])
    return replace(one, citations=citations, origins=tuple(sorted({*one.origins, *other.origins})))


def _sorted(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple(sorted(set(citations), key=canonical_json))


def _parties_of_interest(
    tracing: Tracing, claims: Sequence[Claim], of_interest: Collection[str]
) -> frozenset[str]:
    rule = rules("interest")
    # Everybody who trades at a marketplace would be of interest: its rows alone tie nobody.
    traded = {c.proposition.object.id for c in claims if _is_trade(c) and c.proposition.object}
    tied = {c.proposition.subject.id for c in claims if c.proposition.subject and _ties(c)}
    received = {
        handover.to_party.id
        for handover in tracing.handovers
        if handover.to_party
        and handover.to_party.id not in traded
        and handover.to_party.type in rule["recipients"]
        and (handover.p is None or handover.p >= rule["handover_p"])
    }
    always = {t.party.id for t in tracing.tenancies if t.party.type in rule["always"]}
    return _with_the_same({*tied, *received, *always, *of_interest}, tracing.judgements)


def _is_trade(claim: Claim) -> bool:
    return claim.method in rules("interest")["no_methods"]


def _ties(claim: Claim) -> bool:
    """Whether the claim ties its subject to the attack."""
    rule, said = rules("interest"), claim.proposition
    if _is_trade(claim):
        return False
    if claim.polarity is not Polarity.AFFIRMED or claim.modality in rule["no_ties"]:
        return False
    if claim.review in rule["no_reviews"]:
        return False
    if said.predicate in rule["predicates_if_pseudonym"]:
        words = " ".join((said.role or "", *claim.cues)).lower()
        return any(word in words for word in rule["pseudonym_words"])
    return said.predicate in rule["predicates"]


def _with_the_same(parties: set[str], judgements: Sequence[Judgement]) -> frozenset[str]:
    pairs = [{j.entity_a.id, j.entity_b.id} for j in judgements if j.judgement is Sameness.SAME]
    grown = True
    while grown:
        joined = parties.union(*(pair for pair in pairs if pair & parties))
        grown, parties = joined != parties, joined
    return frozenset(parties)


def _from_tenancies(
    tracing: Tracing, parties: frozenset[str]
) -> tuple[list[Indicator], list[Problem]]:
    roles = rules("interest")["roles"]
    rivals = _rivals(tracing, parties)
    indicators: list[Indicator] = []
    problems: list[Problem] = []
    for tenancy in tracing.tenancies:
        if tenancy.role not in roles or tenancy.party.id not in parties:
            continue
        try:
            indicators.extend(_from_tenancy(tenancy, doubtful=tenancy.id in rivals))
        except ValueError as error:
            problems.append(_unread(tenancy.citations, str(error)))
    return indicators, problems


def _from_tenancy(tenancy: Tenancy, *, doubtful: bool) -> Iterator[Indicator]:
    found = _observable_of(tenancy.asset)
    if found:
        role = tenancy.role.value.replace("_", " ")
        reason = f"{tenancy.party.text} held it as {role} ({tenancy.status}): {tenancy.because}"
        yield make(
            found,
            _doubted(tenancy.interval) if doubtful else tenancy.interval,
            mask_text(reason),
            tenancy.citations,
            asset=tenancy.asset.id,
            party=tenancy.party.id,
            origins=tenancy.origins,
        )


def _observable_of(asset: Entity) -> Observable | None:
    """Read the asset's name as what logs would show of it; ``None`` where they show nothing."""
    wanted = _ASSETS.get(asset.type, ())
    try:
        found = observable(asset.text) if wanted else None
    except ValueError:
        found = None
    if found and found.type in wanted:
        return found
    if asset.type in (EntityType.ADDRESS, EntityType.DOMAIN):
        raise ValueError(f"{asset.text!r} names no {asset.type} that logs could show")
    return None


def _rivals(tracing: Tracing, parties: frozenset[str]) -> frozenset[str]:
    """Name the tenancies that somebody of no interest is claimed to have had instead.

    Where a person decided the conflict, only the side that was set aside stays in doubt.
    """
    outside = {t.id for t in tracing.tenancies if t.party.id not in parties}
    stands = {t.id for t in tracing.tenancies if t.status is not TenancyStatus.CONFLICTING}
    return frozenset(
        tenancy
        for conflict in tracing.conflicts
        if outside.intersection(conflict.tenancies)
        for tenancy in conflict.tenancies
        if not (conflict.resolution and tenancy in stands)
    )


def _doubted(window: UncertainInterval) -> UncertainInterval:
    """Keep when it may hold and drop when it certainly does."""
    return UncertainInterval(start_min=window.start_min, end_max=window.end_max)


def _unread(citations: Sequence[Citation], message: str) -> Problem:
    first = citations[0] if citations else None
    remedy = "correct the register, or name the address or domain in a document of the case"
    return Problem(
        "not-an-observable", first.path if first else "", message, remedy, citation=first
    )


def _from_mentions(mentions: Iterable[Mention]) -> tuple[list[Indicator], list[Problem]]:
    indicators: list[Indicator] = []
    problems: list[Problem] = []
    passed_over: dict[tuple[str, ObservableType], list[Mention]] = {}
    for mention in mentions:
        kind = mention.observable.type
        if mention.cue and kind not in _READABLE:
            passed_over.setdefault((mention.citation.path, kind), []).append(mention)
            continue
        try:
            if mention.cue:
                indicators.append(_from_mention(mention))
        except ValueError as error:
            problems.append(_unread((mention.citation,), str(error)))
    problems += [_not_hunted(*key, named) for key, named in sorted(passed_over.items())]
    return indicators, problems


def _not_hunted(path: str, kind: ObservableType, named: Sequence[Mention]) -> Problem:
    return Problem(
        "not-hunted",
        path,
        f"traces of type {kind.value} are tied to the attack; no log read here has a column for it",
        "look for them by other means",
        len(named),
        named[0].citation,
    )


def _from_mention(mention: Mention) -> Indicator:
    named = mention.observable
    return make(
        in_normal_form(named) if named.type in _AS_WRITTEN else observable(_with_scheme(named)),
        mention.window,
        mask_text(f"named as part of the attack: {mention.cue!r}"),
        (mention.citation, mention.sentence),
        origins=(mention.origin,) if mention.origin else (),
    )


def _with_scheme(named: Observable) -> str:
    """Give a link that was written without a scheme one: logs show the whole link."""
    bare = named.type is ObservableType.URL and "://" not in named.value
    return f"http://{named.value}" if bare else named.value
