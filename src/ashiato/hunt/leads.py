"""Leads from behaviour: what machines did that is worth a look, each with its reason in words.

A lead is no sighting: it points to no actor, enters no verdict and no census, and many have a good
reason that the logs do not tell. It is there to be looked at, and to propose what to hunt next.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from ashiato.core.evidence import Citation
from ashiato.core.records import Lead, LeadKind
from ashiato.engine.probes import instant, microseconds
from ashiato.engine.protocol import CitedRow, Engine, LineReader, Session, Wanted
from ashiato.hunt.beacons import Beacon, beacons
from ashiato.hunt.company import Company
from ashiato.hunt.draft import Draft
from ashiato.hunt.long_connections import long_connections
from ashiato.hunt.rules import rules
from ashiato.hunt.shared import Closer, Popularity, shared_destinations
from ashiato.hunt.uploads import bulk_uploads

EVERY = tuple(LeadKind)


def leads(
    engine: Engine,
    *,
    kinds: Collection[LeadKind] = EVERY,
    paths: Mapping[str, str] | None = None,
    read_line: LineReader | None = None,
) -> tuple[Lead, ...]:
    """Give every lead of these kinds, the strongest of each kind first.

    ``paths`` maps an exhibit to its path. Without ``read_line`` the citations carry no quote.
    """
    drafts = [*_drafts(engine, kinds)]
    if LeadKind.BEACON in kinds:
        drafts += map(_beacon, beacons(engine))
    drafts.sort(key=_order)
    return tuple(_cited(engine, drafts, paths or {}, read_line))


def _order(draft: Draft) -> tuple[object, ...]:
    return (draft.kind, -draft.score, draft.destination, draft.machines, draft.log_kinds)


def _drafts(engine: Engine, kinds: Collection[LeadKind]) -> Iterator[Draft]:
    """Go over the sums once for what one organisation tells, and again for what several share."""
    held = _held(engine) if LeadKind.LONG_CONNECTION in kinds else []
    company, popularity = Company(), Popularity()
    for session in held:
        company.asked.setdefault((session.org, session.kind), set()).add(session.dst)
    if not {*kinds} - {LeadKind.BEACON}:
        return
    refusals = rules("leads")["refusals"]
    for flows in engine.flows(refusals):
        company.meet(flows)
        if LeadKind.SHARED_DESTINATION in kinds:
            popularity.meet(flows)
        if LeadKind.BULK_UPLOAD in kinds:
            yield from bulk_uploads(flows)
    yield from long_connections(iter(held), company)
    yield from _shared(engine, popularity, refusals)


def _held(engine: Engine) -> list[Session]:
    rule = rules("leads")["long_connection"]
    return list(
        engine.sessions(rule["ended"], piece=rule["piece"], gap=rule["gap"], least=rule["shortest"])
    )


def _shared(engine: Engine, popularity: Popularity, refusals: Sequence[str]) -> Iterator[Draft]:
    closer = Closer(popularity.shortlist())
    if len(closer.shortlist):
        for flows in engine.flows(refusals):
            closer.meet(flows)
    return shared_destinations(closer, len(popularity.organisations))


def _beacon(beacon: Beacon) -> Draft:
    place = (beacon.organisation, beacon.log_kind, beacon.host, beacon.destination)
    first, last = microseconds(beacon.first), microseconds(beacon.last)
    return Draft(
        kind=LeadKind.BEACON,
        machines=((beacon.organisation, beacon.host),),
        destination=beacon.destination,
        log_kinds=(beacon.log_kind,),
        score=beacon.score,
        parts=beacon.parts,
        figures={
            "period_seconds": beacon.period,
            "stretch_days": float(beacon.stretch),
            "beats": float(beacon.beats),
            "missed": float(beacon.missed),
            "pauses": float(beacon.pauses),
            "denied": float(beacon.denied),
        },
        first=first,
        last=last,
        because=beacon.because,
        wanted=(Wanted(*place, first, last),),
    )


def _cited(
    engine: Engine,
    drafts: Sequence[Draft],
    paths: Mapping[str, str],
    read_line: LineReader | None,
) -> Iterator[Lead]:
    numbers = list(chain.from_iterable([at] * len(d.wanted) for at, d in enumerate(drafts)))
    found: dict[int, list[CitedRow]] = {}
    for row in engine.cited([w for draft in drafts for w in draft.wanted]):
        found.setdefault(numbers[row.number], []).append(row)
    most = rules("leads")["cited"]
    for at, draft in enumerate(drafts):
        rows = found.get(at, [])[:most]
        yield _lead(draft, tuple(_citation(row, paths, read_line) for row in rows))


def _citation(row: CitedRow, paths: Mapping[str, str], read_line: LineReader | None) -> Citation:
    quote = read_line(row.exhibit, row.locator) if read_line else ""
    return Citation(row.exhibit, paths.get(row.exhibit, ""), row.locator, quote)


def _lead(draft: Draft, citations: tuple[Citation, ...]) -> Lead:
    return Lead(
        kind=draft.kind,
        machines=draft.machines,
        destination=draft.destination,
        log_kinds=draft.log_kinds,
        score=draft.score,
        parts={name: round(value, 6) for name, value in sorted(draft.parts.items())},
        figures={name: round(value, 6) for name, value in sorted(draft.figures.items())},
        first=instant(draft.first),
        last=instant(draft.last),
        because=draft.because,
        citations=citations,
    )
