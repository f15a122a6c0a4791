"""Ask the engine for the rows that meet the indicators, and cite each of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ashiato.core.evidence import Citation, RecordLocator
from ashiato.core.records import Indicator, Sighting, SightingStatus
from ashiato.engine.protocol import Engine, LineReader, MatchRow
from ashiato.hunt.best import best, by_organisation, record_of


def sightings(
    engine: Engine,
    indicators: Sequence[Indicator],
    *,
    paths: Mapping[str, str] | None = None,
    read_line: LineReader | None = None,
) -> tuple[Sighting, ...]:
    """Give every match by organisation, time and record: certain, possible, or excluded with why.

    ``paths`` maps an exhibit to its path in the case. The records that the census cites carry
    their exact line as quote, read with ``read_line``; a hunt may have millions of others, and
    reading each line anew would cost more than the hunt. Those quote the matched value, which
    stands at their locator's bytes; `Resolver.resolve` gives the whole line.
    """
    found = tuple(stream(engine, indicators, paths=paths))
    if read_line is None:
        return found
    shown = {
        record_of(sighting)
        for of_one in by_organisation(found).values()
        for sighting in best(of_one)
    }
    return tuple(_quoted(s, read_line) if record_of(s) in shown else s for s in found)


def stream(
    engine: Engine, indicators: Sequence[Indicator], *, paths: Mapping[str, str] | None = None
) -> Iterator[Sighting]:
    """Give the same one by one as the engine gives the rows: however many, few are held."""
    sought = {indicator.id: indicator for indicator in indicators}
    rows = engine.sweep(tuple(sought.values()))
    return (_sighting(row, sought, paths or {}) for row in rows)


def _sighting(row: MatchRow, sought: Mapping[str, Indicator], paths: Mapping[str, str]) -> Sighting:
    indicator = sought[row.indicator]
    withdrawn = indicator.withdrawn if row.status is not SightingStatus.EXCLUDED else ""
    return Sighting(
        indicator=row.indicator,
        observable=indicator.observable,
        organisation=row.org,
        ts=row.ts,
        host=row.host,
        log_kind=row.kind,
        matched_field=row.matched_field,
        matched_value=row.matched_value,
        citation=Citation(row.exhibit, paths.get(row.exhibit, ""), row.locator, row.matched_value),
        status=SightingStatus.EXCLUDED if withdrawn else row.status,
        reason=withdrawn or row.reason,
    )


def _quoted(sighting: Sighting, read_line: LineReader) -> Sighting:
    cited, locator = sighting.citation, sighting.citation.locator
    if not isinstance(locator, RecordLocator):
        raise TypeError(f"a sighting cites a record, not {locator!r}")
    line = read_line(cited.exhibit, locator)
    return replace(sighting, citation=replace(cited, quote=line))
