"""Sightings and beacons as lines of data: what `hunt` and `beacons` print with ``--json``."""

from collections.abc import Iterable, Iterator
from typing import Any

from ashiato.core.canonical import to_plain
from ashiato.core.evidence import RecordLocator
from ashiato.core.records import Indicator, Sighting
from ashiato.hunt.beacons import Beacon


def hunt_lines(
    sightings: Iterable[Sighting], indicators: Iterable[Indicator]
) -> Iterator[dict[str, Any]]:
    """Give one plain row for each sighting, in their order (contracts.md, Commands).

    ``indicator`` is the value looked for, ``window`` its four bounds (null where unknown).
    """
    windows = {indicator.id: to_plain(indicator.window) for indicator in indicators}
    for sighting in sightings:
        yield _line(sighting, windows[sighting.indicator])


def _line(sighting: Sighting, window: dict[str, str | None]) -> dict[str, Any]:
    locator = sighting.citation.locator
    if not isinstance(locator, RecordLocator):
        raise TypeError(f"a sighting cites a record, not {locator!r}")
    return {
        "indicator": sighting.observable.value,
        "window": window,
        "organisation": sighting.organisation,
        "ts": to_plain(sighting.ts),
        "host": sighting.host,
        "matched_field": sighting.matched_field,
        "matched_value": sighting.matched_value,
        "exhibit": sighting.citation.exhibit,
        "path": sighting.citation.path,
        "record": locator.record,
        "byte_offset": locator.byte_offset,
        "byte_length": locator.byte_length,
        "codec": locator.codec,
        "status": sighting.status.value,
        "reason": sighting.reason,
    }


def beacon_lines(found: Iterable[Beacon]) -> Iterator[dict[str, Any]]:
    """Give one plain row for each beacon, with the record of its log that comes first."""
    for beacon in found:
        locator = beacon.citation.locator
        assert isinstance(locator, RecordLocator)  # contacts are taken from records
        yield {
            "organisation": beacon.organisation,
            "host": beacon.host,
            "destination": beacon.destination,
            "log_kind": beacon.log_kind,
            "score": beacon.score,
            "parts": dict(beacon.parts),
            "period": beacon.period,
            "stretch_days": beacon.stretch,
            "beats": beacon.beats,
            "missed": beacon.missed,
            "pauses": beacon.pauses,
            "denied": beacon.denied,
            "first": to_plain(beacon.first),
            "last": to_plain(beacon.last),
            "because": beacon.because,
            "exhibit": beacon.citation.exhibit,
            "path": beacon.citation.path,
            "record": locator.record,
            "byte_offset": locator.byte_offset,
            "byte_length": locator.byte_length,
            "codec": locator.codec,
        }
