"""Rare destinations that several organisations share, as the victims of one actor share a server.

Two passes over the sums: the first counts in how many organisations each destination is contacted
(as 64-bit hashes: eight bytes for each destination of each organisation), the second looks closer
at the few that more than one and not too many contact.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean, median

import numpy as np
import xxhash
from numpy.typing import NDArray

from ashiato.core.records import LeadKind
from ashiato.engine.protocol import Flows, Wanted
from ashiato.hunt.draft import Draft
from ashiato.hunt.measures import DAY, SECOND, between, excluded, rarity, together
from ashiato.hunt.rules import rules
from ashiato.hunt.spoken import spoken

Keys = NDArray[np.uint64]


def key_of(flows: Flows, at: int) -> str:
    """Give what a name is counted as: its registered domain, or itself."""
    return flows.domains[at] or flows.names[at]


@dataclass(slots=True)
class Popularity:
    """In how many organisations each destination is contacted, and in how many again and again."""

    organisations: set[str] = field(default_factory=set)
    _called: dict[str, list[Keys]] = field(default_factory=dict)
    _returned: dict[str, list[Keys]] = field(default_factory=dict)

    def meet(self, flows: Flows) -> None:
        """Count an organisation's destinations; every kind of its logs adds to the same set."""
        self.organisations.add(flows.org)
        names, at = np.unique(
            [key_of(flows, n) for n in range(len(flows.names))], return_inverse=True
        )
        hashes = _hashes(names.tolist())
        self._called.setdefault(flows.org, []).append(hashes)
        again = np.unique(_returning(flows, at))
        self._returned.setdefault(flows.org, []).append(hashes[again])

    def shortlist(self) -> Keys:
        """Give the hashes of destinations that several, and not too many, contact."""
        rule = rules("leads")["shared_destination"]
        most = max(rule["always"], int(rule["most_share"] * len(self.organisations)))
        keys, counts = _counted(self._called)
        again, times = _counted(self._returned)
        found: Keys = keys[(counts >= rule["fewest"]) & (counts <= most)]
        return found[np.isin(found, again[times >= rule["fewest"]])]


def _returning(flows: Flows, keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the keys to which one machine came back in enough hours."""
    pairs, at = np.unique(flows.src * (len(keys) + 1) + keys[flows.dst], return_inverse=True)
    hours = np.bincount(at, weights=flows.hours, minlength=len(pairs))
    often = pairs[hours >= rules("leads")["shared_destination"]["returned"]]
    found: NDArray[np.int64] = often % (len(keys) + 1)
    return found


def _counted(pending: Mapping[str, list[Keys]]) -> tuple[Keys, NDArray[np.int64]]:
    each = [np.unique(np.concatenate(keys)) for _, keys in sorted(pending.items())]
    return np.unique(np.concatenate([_hashes(()), *each]), return_counts=True)


def _hashes(names: Sequence[str]) -> Keys:
    return np.array(
        [xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogatepass")) for name in names],
        np.uint64,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """One machine's contacts with a destination in one kind of log."""

    org: str
    kind: str
    machine: str
    names: tuple[str, ...]
    visitors: int
    machines: int
    hours: int
    calls: int
    denied: int
    first: int
    last: int
    begun: bool


@dataclass(slots=True)
class Closer:
    """What is seen of the shortlisted destinations."""

    shortlist: Keys
    seen: dict[str, list[_Seen]] = field(default_factory=dict)

    def meet(self, flows: Flows) -> None:
        """Look closer at an organisation's share of them."""
        order = np.argsort(flows.dst, kind="stable")
        sorted_dst = flows.dst[order]
        for name, at in self._wanted(flows).items():
            edges = (np.searchsorted(sorted_dst, [n, n + 1]) for n in at)
            rows = np.concatenate([order[low:high] for low, high in edges])
            self.seen.setdefault(name, []).extend(_seen(flows, rows))

    def _wanted(self, flows: Flows) -> dict[str, list[int]]:
        keys = [key_of(flows, at) for at in range(len(flows.names))]
        listed = np.flatnonzero(np.isin(_hashes(keys), self.shortlist))
        found: dict[str, list[int]] = {}
        for at in listed.tolist():
            if not excluded(keys[at]) and not excluded(flows.names[at]):
                found.setdefault(keys[at], []).append(at)
        return found


def _seen(flows: Flows, rows: NDArray[np.int64]) -> Iterator[_Seen]:
    begin = int(flows.first.min()) + DAY * SECOND
    machines = np.unique(flows.src[rows])
    for machine in machines.tolist():
        own = rows[flows.src[rows] == machine]
        first = int(flows.first[own].min())
        yield _Seen(
            org=flows.org,
            kind=flows.kind,
            machine=flows.machines[machine],
            names=tuple(sorted({flows.names[at] for at in flows.dst[own].tolist()})),
            visitors=len(machines),
            machines=len(flows.machines),
            hours=int(flows.hours[own].sum()),
            calls=int(flows.calls[own].sum()),
            denied=int(flows.denied[own].sum()),
            first=first,
            last=int(flows.last[own].max()),
            begun=first >= begin,
        )


def shared_destinations(closer: Closer, organisations: int) -> Iterator[Draft]:
    """Give each shared destination that scores enough."""
    rule = rules("leads")["shared_destination"]
    for name, seen in closer.seen.items():
        by_org = {org: [s for s in seen if s.org == org] for org in sorted({s.org for s in seen})}
        if len(by_org) < rule["fewest"]:
            continue
        draft = _draft(name, by_org, organisations)
        if draft.score >= rule["least"]:
            yield draft


def _parts(by_org: Mapping[str, list[_Seen]], organisations: int) -> dict[str, float]:
    rule = rules("leads")["shared_destination"]
    share = len(by_org) / max(organisations, rule["crowd"])
    returns = sorted(max(s.hours for s in seen) for seen in by_org.values())[-2]
    return {
        "organisations": 1 - 0.5 ** (len(by_org) - 1),
        "rarity": between(share, rule["many"], rule["few"]),
        "machines": fmean(
            min(rarity(s.visitors, s.machines) for s in seen) for seen in by_org.values()
        ),
        "together": _together(by_org),
        "returns": between(returns, 1.0, rule["returns"]),
    }


def _firsts(by_org: Mapping[str, list[_Seen]]) -> list[int]:
    """Give the first contact in each organisation whose logs were there to show it."""
    earliest = (min(seen, key=lambda s: (s.first, s.begun)) for seen in by_org.values())
    return sorted(s.first for s in earliest if s.begun)


def _together(by_org: Mapping[str, list[_Seen]]) -> float:
    rule, firsts = rules("leads")["shared_destination"], _firsts(by_org)
    if len(firsts) < rule["fewest"]:
        return float(rule["unknown"])
    apart = median(b - a for a, b in pairwise(firsts)) / (DAY * SECOND)
    return max(0.0, 1 - apart / float(rule["together"]))


def _draft(name: str, by_org: Mapping[str, list[_Seen]], organisations: int) -> Draft:
    seen = [s for each in by_org.values() for s in each]
    parts = _parts(by_org, organisations)
    figures = {
        "organisations": float(len(by_org)),
        "of_organisations": float(organisations),
        "machines": float(len({(s.org, s.machine) for s in seen})),
        "calls": float(sum(s.calls for s in seen)),
        "denied": float(sum(s.denied for s in seen)),
    }
    return Draft(
        kind=LeadKind.SHARED_DESTINATION,
        machines=tuple(sorted({(s.org, s.machine) for s in seen})),
        destination=name,
        log_kinds=tuple(sorted({s.kind for s in seen})),
        score=together(parts, rules("leads")["shared_destination"]["weights"]),
        parts=parts,
        figures=figures,
        first=min(s.first for s in seen),
        last=max(s.last for s in seen),
        because=_because(name, by_org, figures),
        wanted=tuple(_wanted(by_org)),
    )


def _wanted(by_org: Mapping[str, list[_Seen]]) -> Iterator[Wanted]:
    """Cite in each organisation, the first ones first, the machine that called most."""
    each = sorted(by_org.values(), key=lambda seen: (min(s.first for s in seen), seen[0].org))
    for seen in each[: rules("leads")["machines_cited"]]:
        most = max(seen, key=lambda s: (s.calls, s.machine, s.kind))
        yield Wanted(most.org, most.kind, most.machine, most.names[0], most.first, most.last)


def _began(firsts: Sequence[int]) -> str:
    """Say within what time it began; nothing where fewer than two logs were there to show it."""
    if len(firsts) < 2:  # noqa: PLR2004 - one beginning is no stretch of time
        return ""
    return f"; it began within {spoken((firsts[-1] - firsts[0]) / SECOND)}"


def _because(name: str, by_org: Mapping[str, list[_Seen]], figures: Mapping[str, float]) -> str:
    began = _began(_firsts(by_org))
    names = sorted({name for seen in by_org.values() for s in seen for name in s.names})
    also = _also(names) if names != [name] else ""
    denied = f"; {figures['denied']:.0f} calls denied" if figures["denied"] else ""
    return (
        f"{len(by_org)} of {figures['of_organisations']:.0f} organisations call it, with "
        f"{figures['machines']:.0f} machines{began}{denied}{also}"
    )


def _also(names: Iterable[str], most: int = 3) -> str:
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return f"; as {', '.join(listed[:most])}{more}"
