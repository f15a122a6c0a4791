"""Correlations of Sigma: several hits of one group within a time span make one hit.

Windows slide over the time of the records. A window that fires takes in what follows within the
span of its first record; then counting begins anew, so that one outburst is one hit.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from ashiato.engine.sigma.rules import Correlation
from ashiato.engine.sigma.run import RecordHit


@dataclass(frozen=True, slots=True)
class Event:
    """A record that meets rules of a correlation: at which places in its list, in which group.

    A record belongs to the group of its organisation and its values of the fields grouped by;
    ``value`` is what a value_count counts.
    """

    record: RecordHit
    steps: tuple[int, ...]
    group: tuple[str | None, ...]
    value: str | None = None


def correlate(correlation: Correlation, events: Iterable[Event]) -> Iterator[tuple[Event, ...]]:
    """Give the windows that fire, each with its events by time."""
    ordered = sorted(events, key=_order)
    for _, group in groupby(ordered, key=_group):
        if correlation.kind == "temporal_ordered":
            yield from _in_order(correlation, list(group))
        else:
            yield from _windows(correlation, list(group))


def _group(event: Event) -> tuple[str, ...]:
    return tuple(part or "" for part in event.group)


def _order(event: Event) -> tuple[object, ...]:
    record = event.record
    return _group(event), record.ts, record.exhibit, record.locator.record, record.rule


def _windows(correlation: Correlation, events: Sequence[Event]) -> Iterator[tuple[Event, ...]]:
    span, start, at = timedelta(seconds=correlation.seconds), 0, 0
    while at < len(events):
        while events[at].record.ts - events[start].record.ts > span:
            start += 1
        if _measure(correlation, events[start : at + 1]) < correlation.least:
            at += 1
            continue
        end = at + 1
        while end < len(events) and events[end].record.ts - events[start].record.ts <= span:
            end += 1
        yield tuple(events[start:end])
        start = at = end


def _measure(correlation: Correlation, window: Sequence[Event]) -> int:
    if correlation.kind == "event_count":
        return len({(e.record.exhibit, e.record.locator) for e in window})
    if correlation.kind == "value_count":
        return len({event.value.lower() for event in window if event.value is not None})
    return len({step for event in window for step in event.steps})


def _in_order(correlation: Correlation, events: Sequence[Event]) -> Iterator[tuple[Event, ...]]:
    """Find chains in which every rule follows the one before it; the latest beginning is kept."""
    span, last = timedelta(seconds=correlation.seconds), correlation.least - 1
    chains: dict[int, tuple[Event, ...]] = {}
    for event in events:
        for step in sorted(event.steps, reverse=True):
            before = chains.get(step - 1, ())
            if step and (not before or event.record.ts - before[0].record.ts > span):
                continue
            chains[step] = (*before, event)
            if step == last:
                yield chains[step]
                chains = {}
                break
