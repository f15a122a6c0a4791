"""Contradictions that are no overlap of two holders: sales, thefts, clocks, and who somebody is.

They are found by themselves, kept with both sides, and decided by nobody but a person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations

from ashiato.core.claims import Claim, Entity, EntityType, Polarity, Review
from ashiato.core.evidence import Citation
from ashiato.core.records import Record
from ashiato.core.tenancy import Conflict, Role
from ashiato.core.time import Moment
from ashiato.trace.drafts import Manner, order_citations
from ashiato.trace.leases import customer_of, place
from ashiato.trace.naming import fold, is_placeholder
from ashiato.trace.rules import ClockRules, RivalRules
from ashiato.trace.stated import Passing

DOUBLE_SALE, THEFT_OR_SALE, CLOCK, IDENTITY = "double-sale", "theft-or-sale", "clock", "identity"
_LISTED = 12


def sales(passings: Iterable[Passing], rules: RivalRules) -> Iterator[Conflict]:
    """Yield what was sold twice, and what some call sold and others stolen."""
    by_asset: dict[Entity, list[Passing]] = defaultdict(list)
    for passing in passings:
        if passing.asset == passing.named:
            by_asset[passing.asset].append(passing)
    for thing, told in sorted(by_asset.items()):
        near = sorted(told, key=lambda p: p.claim.id)[: rules.compared]
        pairs = list(combinations(near, 2))
        yield from _conflict(thing, DOUBLE_SALE, [pair for pair in pairs if _is_double(*pair)])
        yield from _conflict(thing, THEFT_OR_SALE, [pair for pair in pairs if _differ(*pair)])


def _is_double(a: Passing, b: Passing) -> bool:
    """Whether one giver gave one thing to two; A to B and B to C is a resale, no contradiction."""
    if {a.manner, b.manner} != {Manner.PASSED} or _is_one(a.party, b.party):
        return False
    if is_placeholder(a.party) or is_placeholder(b.party) or _is_chain(a, b) or _is_chain(b, a):
        return False
    if a.giver and b.giver:  # what he gave away he no longer had to give
        return _is_one(a.giver, b.giver)
    return a.is_dated and b.is_dated and _overlap(a, b)


def _is_chain(first: Passing, then: Passing) -> bool:
    return then.giver is not None and _is_one(first.party, then.giver)


def _is_one(a: Entity, b: Entity) -> bool:
    return a.id == b.id or fold(a.text) == fold(b.text)


def _overlap(a: Passing, b: Passing) -> bool:
    return a.window.earliest < b.window.latest and b.window.earliest < a.window.latest


def _differ(a: Passing, b: Passing) -> bool:
    return {a.manner, b.manner} == {Manner.PASSED, Manner.TAKEN} and _overlap(a, b)


def _conflict(
    thing: Entity, kind: str, pairs: Sequence[tuple[Passing, Passing]]
) -> Iterator[Conflict]:
    told = {p.claim.id: p for pair in pairs for p in pair}
    if not told:
        return
    said = "; ".join(sorted({_told(p) for p in told.values()})[:_LISTED])
    what = (
        f"{thing.text} is said to have gone to more than one receiver at one time"
        if kind == DOUBLE_SALE
        else f"some say that {thing.text} was given away, others that it was stolen"
    )
    yield Conflict(
        asset=thing,
        role=Role.CREDENTIAL_HOLDER,
        kind=kind,
        because=f"{what}: {said}. Both stay until a person decides.",
        tenancies=(),
        claims=tuple(sorted(told)),
        citations=order_citations(c for p in told.values() for c in p.claim.citations),
    )


def _told(passing: Passing) -> str:
    how = "taken by" if passing.manner is Manner.TAKEN else "given to"
    return f"{passing.claim.origin.text}: {how} {passing.party.text}"


Event = tuple[str, Moment, Citation]
"""What happened (a key that two sources would write alike), when, and where it says so."""


def clocks(
    records: Iterable[Record], claims: Iterable[Claim], rules: ClockRules
) -> Iterator[Conflict]:
    """Yield pairs of sources that place the same events a constant number of hours apart."""
    by_source: dict[str, dict[str, Event]] = defaultdict(dict)
    names: dict[str, str] = {}
    doubled: set[tuple[str, str]] = set()
    for source, name, event in [*_of_records(records), *_of_claims(claims)]:
        if event[0] in by_source[source] and by_source[source][event[0]][1] != event[1]:
            doubled.add((source, event[0]))
        by_source[source][event[0]] = event
        names[source] = name
    for source, key in doubled:  # happened more than once: which is which, nobody can say
        del by_source[source][key]
    for a, b in _meeting(by_source, rules):
        yield from _offset(names[a], by_source[a], names[b], by_source[b], rules)


def _meeting(
    by_source: Mapping[str, Mapping[str, Event]], rules: ClockRules
) -> list[tuple[str, str]]:
    """Give the pairs of sources that tell of enough events alike; a key of all tells nothing."""
    holders: dict[str, list[str]] = defaultdict(list)
    for source, events in sorted(by_source.items()):
        for key in events:
            holders[key].append(source)
    shared: Counter[tuple[str, str]] = Counter()
    for sources in holders.values():
        if len(sources) <= rules.sources:
            shared.update(combinations(sources, 2))
    return sorted(pair for pair, count in shared.items() if count >= rules.events)


def _of_records(records: Iterable[Record]) -> Iterator[tuple[str, str, Event]]:
    for row in records:
        said = [f"{name}={fold(value)}" for name, value in sorted(row.fields.items()) if value]
        for name, moment in sorted(row.times.items()):
            key = "\n".join([row.kind, name, *said])
            yield row.source, row.source, (key, moment, row.citation)


def _of_claims(claims: Iterable[Claim]) -> Iterator[tuple[str, str, Event]]:
    for claim in claims:
        said, valid = claim.proposition, claim.proposition.valid
        if claim.polarity is not Polarity.AFFIRMED or claim.review is Review.REJECTED:
            continue
        if valid.start_min is None or valid.start_max is None or not claim.citations:
            continue
        things = [fold(e.text) if e else "" for e in (said.subject, said.object)]
        key = "\n".join([said.predicate, *things])
        latest = max(valid.start_max, Moment.exactly(valid.start_min).latest)
        yield claim.origin.id, claim.origin.text, (
            key, Moment(valid.start_min, latest), claim.citations[0],
        )  # fmt: skip


def _offset(
    first: str,
    mine: Mapping[str, Event],
    second: str,
    theirs: Mapping[str, Event],
    rules: ClockRules,
) -> Iterator[Conflict]:
    shared = sorted(mine.keys() & theirs.keys())
    gaps = {k: _gap(mine[k][1], theirs[k][1], rules) for k in shared}
    known = {k: gap for k, gap in gaps.items() if gap is not None}
    if not known:
        return
    gap, count = min(Counter(known.values()).items(), key=lambda item: (-item[1], item[0]))
    if not gap or count < rules.events or count < rules.share * len(known):
        return
    cited = [e[k][2] for k in known if known[k] == gap for e in (mine, theirs)][: 2 * _LISTED]
    hours = f"{gap / timedelta(hours=1):+g} h"
    because = (
        f"{second} places {count} of the {len(known)} events that {first} tells of, too, {hours} "
        "from there: one of them may write another zone, or its clock be off. Nothing was moved; "
        "state `clock_offset_seconds` or `timezone` for the source that is off."
    )
    thing = Entity(f"clock:{first}:{second}", f"clocks of {first} and {second}", EntityType.OTHER)
    citations = order_citations(cited)
    yield Conflict(thing, Role.REGISTRANT, CLOCK, because, (), citations=citations)


def _gap(a: Moment, b: Moment, rules: ClockRules) -> timedelta | None:
    """Give how far ``b`` lies from ``a`` in whole quarters of an hour; ``None``: too vague."""
    vague = timedelta(minutes=rules.vague_minutes)
    if a.latest - a.earliest > vague or b.latest - b.earliest > vague:
        return None
    quarter = timedelta(minutes=15)
    found = quarter * round((b.earliest - a.earliest) / quarter)
    rest = abs(b.earliest - a.earliest - found)
    small = abs(found) <= timedelta(hours=rules.most_hours)
    return found if small and rest <= timedelta(minutes=rules.slack_minutes) else None


def identities(records: Iterable[Record], alike: Mapping[str, str]) -> Iterator[Conflict]:
    """Yield parties whose papers give more than one date of birth, or two names for one paper."""
    born: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    papers: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    people: dict[str, Entity] = {}
    for row in records:
        party = customer_of(row)
        who = alike.get(party.id, party.id)
        people[who] = min(party, people.get(who, party))
        if date := _birth(row):
            born[who][date].append(row)
        if (paper := row.fields.get("document", "").strip()) and row.fields.get("customer"):
            papers[fold(paper)][fold(row.fields["customer"])].append(row)
            people[f"paper:{fold(paper)}"] = people[who]
    for who, dates in sorted(born.items()):
        yield from _identity(people[who], dates, "dates of birth")
    for paper, names in sorted(papers.items()):
        yield from _identity(people[f"paper:{paper}"], names, "names on one identity paper")


def _birth(row: Record) -> str:
    if moment := row.times.get("birth"):
        return moment.earliest.date().isoformat()
    return fold(row.fields.get("birth", ""))


def _identity(
    party: Entity, sides: Mapping[str, Sequence[Record]], what: str
) -> Iterator[Conflict]:
    if len(sides) < 2:  # noqa: PLR2004 - two sides contradict each other
        return
    rows = [row for side in sorted(sides) for row in sides[side]]
    places = "; ".join(sorted({place(row.citation) for row in rows})[:_LISTED])
    because = (
        f"the records joined under {party.text} give {len(sides)} {what} ({places}): they are of "
        "different people, or one is untrue. No record was taken out."
    )
    citations = order_citations(row.citation for row in rows[: 2 * _LISTED])
    yield Conflict(party, Role.REGISTRANT, IDENTITY, because, (), citations=citations)
