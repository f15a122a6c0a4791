"""Which few records of an organisation a reader sees first."""

from collections.abc import Iterable, Mapping, Sequence

from ashiato.core.evidence import RecordLocator
from ashiato.core.records import Sighting, SightingStatus
from ashiato.hunt.rules import rules


def record_of(sighting: Sighting) -> tuple[str, str, int]:
    """Name the record: its exhibit, the member there (and how it is packed), its number in it."""
    locator = sighting.citation.locator
    if not isinstance(locator, RecordLocator):
        raise TypeError(f"a sighting cites a record, not {locator!r}")
    return sighting.citation.exhibit, locator.codec or "", locator.record


def counts(sighting: Sighting) -> bool:
    """Whether the sighting says something: excluded ones never do."""
    return sighting.status is not SightingStatus.EXCLUDED


def best(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Choose the records to cite: certain before possible, one of each observable, early first."""
    limit = rules("census")["shown"]["records"]
    ranked = sorted(filter(counts, sightings), key=_rank)
    by_record = {record_of(s): s for s in reversed(ranked)}
    single = [s for s in ranked if by_record[record_of(s)] is s]
    leaders = {s.observable: s for s in reversed(single)}
    first = [s for s in single if leaders[s.observable] is s]
    rest = [s for s in single if leaders[s.observable] is not s]
    return tuple(sorted([*first, *rest][:limit], key=_rank))


def by_organisation(sightings: Iterable[Sighting]) -> Mapping[str, Sequence[Sighting]]:
    """Put the sightings of each organisation together."""
    found: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        found.setdefault(sighting.organisation, []).append(sighting)
    return found


def _rank(sighting: Sighting) -> tuple[object, ...]:
    return (
        sighting.status is not SightingStatus.CERTAIN,
        sighting.ts,
        *record_of(sighting),
        sighting.matched_field,
        sighting.indicator,
    )
