"""Pivoting: what else the hit machines, and almost only they, contacted around their sightings.

Whoever attacks many organisations from a server that is known often used others that are not. What
is found here is proposed to an analyst and is no indicator: it enters no verdict and no sweep until
he puts it on a list, and it brings no origin of its own. The parts of the score (each 0 to 1,
weights in knowledge/hunting.toml):

``rarity``    how far from chance: of as many machines as contacted it, drawn at random from all
              whose logs could show it, so many would be hit with probability p (hypergeometric);
              -log10 p over ``chance`` digits.
``breadth``   1 - 2^(1 - n) for n organisations whose hit machines contacted it: a site of one
              organisation's own is contacted in one alone.
``nearness``  share of the hit machines' contacts that lie within ``hours`` of a sighting of the
              same machine.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from math import exp, lgamma, log10
from typing import Any

from ashiato.core.evidence import Citation
from ashiato.core.records import (
    Indicator,
    Observable,
    ObservableType,
    Proposal,
    Sighting,
    SightingStatus,
)
from ashiato.engine.pivots import Anchor, Companion, Reach
from ashiato.engine.protocol import Engine, LineReader
from ashiato.hunt.best import counts, record_of
from ashiato.hunt.observables import observable
from ashiato.hunt.refusals import refusal
from ashiato.hunt.rules import rules


def proposals(
    engine: Engine,
    sightings: Iterable[Sighting],
    indicators: Iterable[Indicator],
    *,
    least: float | None = None,
    paths: Mapping[str, str] | None = None,
    read_line: LineReader | None = None,
) -> tuple[Proposal, ...]:
    """Propose new indicators that score ``least`` or more, the strongest first.

    Machines with a certain sighting are hit; where no sighting is certain, those with a possible
    one. Otherwise a machine with possible ones alone counts on neither side. What an indicator
    covers already, and what could be no indicator (update servers, services, public suffixes,
    private addresses: knowledge/hunting.toml), is not proposed. ``paths`` maps an exhibit to its
    path in the case; ``read_line`` gives the cited records their exact line as quote.
    """
    rule, sought = rules("pivot"), {i.id: i for i in indicators}
    anchors = _anchors(sightings)
    if not anchors:
        return ()
    reach = Reach(rule["hours"], rule["others"], rule["most"], rule["cited"])
    _, found = engine.company(anchors, reach)
    known = _Known(i.observable for i in sought.values())
    made = [
        _proposal(companion, seen, sought, paths or {}, read_line)
        for companion, seen in _named(_distinct(found, known), known)
    ]
    bar = rule["least"] if least is None else least
    kept = sorted((p for p in made if p.score >= bar), key=_order)
    return tuple(kept[: rule["shown"]])


def _anchors(sightings: Iterable[Sighting]) -> list[Anchor]:
    counted = [s for s in sightings if counts(s)]
    certain = any(s.status is SightingStatus.CERTAIN for s in counted)
    return [
        Anchor(
            s.organisation,
            exhibit,
            codec,
            s.log_kind,
            record,
            s.indicator,
            inbound=s.matched_field == "src_ip",
            strong=not certain or s.status is SightingStatus.CERTAIN,
        )
        for s in counted
        for exhibit, codec, record in [record_of(s)]
    ]


class _Known:
    """What the indicators cover already."""

    def __init__(self, observables: Iterable[Observable]) -> None:
        every = list(observables)
        self.names = {o.value for o in every if o.type is ObservableType.DOMAIN}
        self.above = {parent for name in self.names for parent in _parents(name)}
        self.nets = [
            ip_network(o.value) for o in every if o.type in (ObservableType.IP, ObservableType.CIDR)
        ]

    def has(self, found: Observable) -> bool:
        if found.type is ObservableType.DOMAIN:
            return not self.names.isdisjoint(_parents(found.value)) or found.value in self.above
        address = ip_address(found.value)
        return any(address.version == net.version and address in net for net in self.nets)


def _parents(name: str) -> Iterator[str]:
    """Give the name and every name above it."""
    labels = name.split(".")
    yield from (".".join(labels[start:]) for start in range(len(labels)))


def _distinct(found: Sequence[Companion], known: _Known) -> Iterator[Companion]:
    """Let a registered domain stand for its names, or its names for it, never both.

    It stands where it has at least their hit machines and no more others, and nothing under it is
    an indicator already: then what is above is no news.
    """
    names: dict[str, list[Companion]] = {}
    for each in found:
        if each.type == "domain":
            for parent in _parents(each.name):
                names.setdefault(parent, []).append(each)
    standing = {
        site.name
        for site in found
        if site.type == "site" and site.name not in known.above and _stands(site, names)
    }
    for each in found:
        if each.type == "ip" or (each.type == "site" and each.name in standing):
            yield each
        if each.type == "domain" and standing.isdisjoint(_parents(each.name)):
            yield each


def _stands(site: Companion, names: Mapping[str, Collection[Companion]]) -> bool:
    return all(
        site.hit_hosts >= name.hit_hosts and site.other_hosts <= name.other_hosts
        for name in names.get(site.name, ())
    )


def _named(found: Iterable[Companion], known: _Known) -> Iterator[tuple[Companion, Observable]]:
    """Read each as an indicator would be read; leave out what is known or could be none."""
    given = set[Observable]()
    for companion in found:
        try:
            seen = observable(companion.name)
        except ValueError:
            continue
        if seen not in given and not known.has(seen) and not refusal(seen):
            given.add(seen)
            yield companion, seen


def _proposal(
    found: Companion,
    seen: Observable,
    sought: Mapping[str, Indicator],
    paths: Mapping[str, str],
    read_line: LineReader | None,
) -> Proposal:
    parts = _parts(found)
    weights: dict[str, float] = rules("pivot")["weights"]
    score = sum(parts[name] * weight for name, weight in weights.items()) / sum(weights.values())
    return Proposal(
        observable=seen,
        score=round(score, 6),
        parts=parts,
        because=_because(found),
        hit_hosts=found.hit_hosts,
        hit_machines=found.hit_machines,
        other_hosts=found.other_hosts,
        other_machines=found.other_machines,
        hit_organisations=found.hit_orgs,
        other_organisations=found.other_orgs,
        first=found.first,
        last=found.last,
        indicators=found.indicators,
        origins=tuple(sorted(_origins(found.indicators, sought))),
        citations=tuple(_citations(found, paths, read_line)),
    )


def _origins(chain: Iterable[str], sought: Mapping[str, Indicator]) -> set[str]:
    """Give the origins of the indicators that led here; one that names none is its own."""
    return {
        origin
        for name in chain
        for origin in ((sought[name].origins or (name,)) if name in sought else (name,))
    }


def _citations(
    found: Companion, paths: Mapping[str, str], read_line: LineReader | None
) -> Iterator[Citation]:
    for visit in found.visits:
        quote = read_line(visit.exhibit, visit.locator) if read_line else ""
        yield Citation(visit.exhibit, paths.get(visit.exhibit, ""), visit.locator, quote)


def _parts(found: Companion) -> dict[str, float]:
    rarity = -log10(max(by_chance(found), 1e-300)) / rules("pivot")["chance"]
    parts = {
        "breadth": 1 - 2.0 ** (1 - found.hit_orgs),
        "nearness": found.near / max(found.contacts, 1),
        "rarity": min(1.0, max(0.0, rarity)),
    }
    return {name: round(value, 6) for name, value in parts.items()}


def by_chance(found: Companion) -> float:
    """Give the probability that so many of the machines that contacted it are hit by chance."""
    hit, other = found.hit_machines, found.other_machines
    drawn = found.hit_hosts + found.other_hosts
    whole = _choose(hit + other, drawn)
    tail = (
        exp(_choose(hit, k) + _choose(other, drawn - k) - whole)
        for k in range(found.hit_hosts, min(hit, drawn) + 1)
        if drawn - k <= other
    )
    return min(1.0, sum(tail))


def _choose(n: int, k: int) -> float:
    """Give the natural logarithm of n over k."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _because(found: Companion) -> str:
    def of(part: int, whole: int, what: str) -> str:
        return f"{part} of {whole} {what}"

    hours = rules("pivot")["hours"]
    return (
        f"contacted by {of(found.hit_hosts, found.hit_machines, 'hit machines')} in "
        f"{found.hit_orgs} organisation{'s' * (found.hit_orgs != 1)} and "
        f"{of(found.other_hosts, found.other_machines, 'others')}; "
        f"{of(found.near, found.contacts, f'contacts within {hours} hours of a sighting')}"
    )


def _order(proposal: Proposal) -> tuple[Any, ...]:
    return (-proposal.score, -proposal.hit_hosts, proposal.other_hosts, proposal.observable)
