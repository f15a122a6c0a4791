"""Bulk uploads: much that left one machine for one destination, unlike what leaves otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ashiato.core.records import LeadKind
from ashiato.engine.protocol import Flows, Wanted
from ashiato.hunt.company import visitors
from ashiato.hunt.draft import Draft
from ashiato.hunt.measures import (
    Numbers,
    between,
    excluded,
    middle,
    rarity,
    strangeness,
    together,
)
from ashiato.hunt.rules import rules
from ashiato.hunt.spoken import bytes_spoken

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Window:
    """Sums over the days up to each row's day: ``begin`` is the first row of each window."""

    days: int
    begin: Counts
    sent: Numbers
    received: Numbers


def bulk_uploads(flows: Flows) -> Iterator[Draft]:
    """Give the strongest upload of each pair of one organisation that scores enough."""
    rule = rules("leads")["bulk_upload"]
    best: dict[tuple[int, int], Draft] = {}
    seen_by = visitors(flows)
    for days in rule["days"]:
        window = _window(flows, days)
        for row, parts in _candidates(flows, window, seen_by):
            draft = _draft(flows, window, row, parts, int(seen_by[flows.dst[row]]))
            pair = (int(flows.src[row]), int(flows.dst[row]))
            if draft.score >= rule["least"] and _stronger(draft, best.get(pair)):
                best[pair] = draft
    yield from best.values()


def _stronger(draft: Draft, other: Draft | None) -> bool:
    return other is None or (draft.score, -draft.figures["days"], -draft.first) > (
        other.score, -other.figures["days"], -other.first,
    )  # fmt: skip


def _window(flows: Flows, days: int) -> _Window:
    turns = (np.diff(flows.src) != 0) | (np.diff(flows.dst) != 0)
    pair = np.concatenate([[0], np.cumsum(turns)]) if len(flows.day) else flows.src
    start = int(flows.day.min()) if len(flows.day) else 0
    width = (int(flows.day.max()) - start if len(flows.day) else 0) + days + 1
    key = pair * width + (flows.day - start) + days
    begin = np.searchsorted(key, key - (days - 1))
    return _Window(days, begin, _summed(flows.sent, begin), _summed(flows.received, begin))


def _summed(values: Numbers, begin: Counts) -> Numbers:
    """Sum each row's window; what a log does not say counts as nothing."""
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])
    found: Numbers = total[1:] - total[begin]
    return found


def _candidates(
    flows: Flows, window: _Window, seen_by: Counts
) -> Iterator[tuple[int, dict[str, float]]]:
    rule = rules("leads")["bulk_upload"]
    out = window.sent / np.maximum(window.sent + window.received, 1)
    rows = np.flatnonzero((window.sent >= rule["fewest_bytes"]) & (out >= rule["direction"]))
    if not len(rows):
        return
    logs = np.log10(np.maximum(window.sent, 1.0))
    unlike = _unlike(logs[window.sent > 0], logs[rows])
    for row, strange in zip(rows.tolist(), unlike.tolist(), strict=True):
        if excluded(flows.names[flows.dst[row]]):
            continue
        share = float(out[row])
        yield (
            row,
            {
                "volume": between(
                    float(window.sent[row]), rule["fewest_bytes"], rule["most_bytes"]
                ),
                "direction": (share - rule["direction"]) / (1 - rule["direction"]),
                "organisation": strange,
                "machine": _own(flows, window, logs, row),
                "novelty": _novelty(flows, window, row),
                "rarity": rarity(int(seen_by[flows.dst[row]]), len(flows.machines)),
            },
        )


def _unlike(every: Numbers, values: Numbers) -> Numbers:
    """Say how far above ``every`` the values lie; unknown where there is too little to compare."""
    rule = rules("leads")["bulk_upload"]
    if len(every) < rule["company"]:
        return np.full(len(values), float(rule["unknown"]))
    median, spread = middle(every, rule["spread"])
    return strangeness(values, np.array(median), np.array(spread), rule["strange"])


def _own(flows: Flows, window: _Window, logs: Numbers, row: int) -> float:
    """Compare with what the same machine sent to others."""
    low, high = np.searchsorted(flows.src, [flows.src[row], flows.src[row] + 1])
    others = (flows.dst[low:high] != flows.dst[row]) & (window.sent[low:high] > 0)
    return float(_unlike(logs[low:high][others], logs[row : row + 1])[0])


def _novelty(flows: Flows, window: _Window, row: int) -> float:
    """Say on how few of the machine's other days the pair sent alike: a habit is no novelty.

    Where the log has hardly a day outside the window, the days inside count too.
    """
    rule = rules("leads")["bulk_upload"]
    low, high = np.searchsorted(flows.src, [flows.src[row], flows.src[row] + 1])
    days = flows.day[low:high]
    bar = rule["alike"] * float(window.sent[row]) / (row + 1 - int(window.begin[row]))
    alike = (flows.dst[low:high] == flows.dst[row]) & (flows.sent[low:high] >= bar)
    outside = (days < flows.day[window.begin[row]]) | (days > flows.day[row])
    for among in (outside, np.ones(len(days), bool)):
        active = len(np.unique(days[among]))
        if active >= rule["active"]:
            return 1 - len(np.unique(days[alike & among])) / active
    return float(rule["unknown"])


def _draft(flows: Flows, window: _Window, row: int, parts: dict[str, float], seen_by: int) -> Draft:
    begin = int(window.begin[row])
    machine, name = flows.machines[flows.src[row]], flows.names[flows.dst[row]]
    first, last = int(flows.first[begin : row + 1].min()), int(flows.last[begin : row + 1].max())
    figures = {
        "bytes_out": float(window.sent[row]),
        "bytes_in": float(window.received[row]),
        "days": float(int(flows.day[row]) - int(flows.day[begin]) + 1),
        "calls": float(flows.calls[begin : row + 1].sum()),
        "denied": float(flows.denied[begin : row + 1].sum()),
    }
    return Draft(
        kind=LeadKind.BULK_UPLOAD,
        machines=((flows.org, machine),),
        destination=name,
        log_kinds=(flows.kind,),
        score=together(parts, rules("leads")["bulk_upload"]["weights"]),
        parts=parts,
        figures=figures,
        first=first,
        last=last,
        because=_because(figures, parts, f"{seen_by} of {len(flows.machines)} machines call it"),
        wanted=(Wanted(flows.org, flows.kind, machine, name, first, last),),
    )


def _because(figures: dict[str, float], parts: dict[str, float], company: str) -> str:
    days = round(figures["days"])
    when = "in one day" if days == 1 else f"in {days} days"
    habit = "" if parts["novelty"] > 0.5 else "; it does so on other days, too"  # noqa: PLR2004 - more days than not
    denied = f"; {figures['denied']:.0f} calls denied" if figures["denied"] else ""
    return (
        f"{bytes_spoken(figures['bytes_out'])} sent {when}, {bytes_spoken(figures['bytes_in'])} "
        f"received{habit}{denied}; {company}"
    )
