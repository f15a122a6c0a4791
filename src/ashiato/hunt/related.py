"""Names that passive DNS saw pointing to an address while it pointed to the actor: only possible.

A span of sightings says neither that the name pointed there all through nor who held the name, so
nothing in its window is certain. A name at an address that many names share says nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ashiato.core.claims import EntityType
from ashiato.core.evidence import Citation
from ashiato.core.records import Indicator, ObservableType
from ashiato.core.tenancy import Observation, Tracing
from ashiato.hunt.observables import observable
from ashiato.hunt.rules import rules


def related(held: Iterable[Indicator], tracing: Tracing) -> Iterator[Indicator]:
    """Yield an indicator for each name seen at the address of a held one within its window."""
    names = _names(tracing.observations)
    most = rules("interest")["most_names_of_an_address"]
    for indicator in held:
        seen = names.get(indicator.asset or "", [])
        if len({name.asset.id for name in seen}) <= most:
            for name in seen:
                yield from _of(name, indicator)


def _names(observations: Iterable[Observation]) -> dict[str, list[Observation]]:
    """Group by address the names that the same records saw pointing there."""
    by_record: dict[tuple[Citation, ...], list[Observation]] = defaultdict(list)
    for seen in observations:
        if seen.kind == "passive_dns":
            by_record[seen.citations].append(seen)
    found: dict[str, list[Observation]] = defaultdict(list)
    for together in by_record.values():
        domains = {o.asset.id: o for o in together if o.asset.type is EntityType.DOMAIN}
        addresses = {o.asset.id for o in together if o.asset.type is EntityType.ADDRESS}
        if len(domains) == 1:
            for address in addresses:
                found[address].extend(domains.values())
    return found


def _of(name: Observation, held: Indicator) -> Iterator[Indicator]:
    window = name.interval.intersect(held.window)
    try:
        found = observable(name.asset.text)
    except ValueError:
        return
    if window is None or found.type is not ObservableType.DOMAIN:
        return
    reason = f"passive DNS saw it pointing to {held.observable.value}, within a span only: "
    yield replace(
        held,
        id="",
        observable=found,
        window=window,
        reason=reason + held.reason,
        citations=(*held.citations, *name.citations),
        asset=name.asset.id,
    )
