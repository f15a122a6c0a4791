"""What documents say of control, joined to the registers by exact identifiers and nothing else."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ashiato.core.claims import Claim, Entity, EntityType, Polarity, Review
from ashiato.core.tenancy import Role, TenancyBasis
from ashiato.core.time import FIRST, LAST, Moment, UncertainInterval
from ashiato.trace.drafts import Draft, Grade, Manner
from ashiato.trace.leases import Holding, Lease, Register, contract_entity
from ashiato.trace.naming import ASSET_TYPES, PARTY_TYPES, asset, fold, fold_address, placeholder
from ashiato.trace.rules import PredicateRule, StatementRules

_TOKEN = re.compile(r"[a-z0-9](?:[a-z0-9@:_./-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Passing:
    """The access to an asset goes to ``party``, at some time in ``start``; ``giver`` if named."""

    asset: Entity
    named: Entity
    giver: Entity | None
    party: Entity
    start: UncertainInterval
    claim: Claim
    grade: Grade
    manner: Manner = Manner.PASSED

    @property
    def window(self) -> Moment:
        """The time in which it happened; `FIRST` and `LAST` stand for bounds nobody gave."""
        return Moment(self.start.bounds[0], self.start.bounds[3])

    @property
    def is_dated(self) -> bool:
        """Whether both bounds of its time are given."""
        return self.window.earliest > FIRST and self.window.latest < LAST


@dataclass(frozen=True, slots=True)
class Denial:
    """Somebody says that it is not so; it stands beside what it denies."""

    draft: Draft
    claim: Claim


@dataclass(frozen=True, slots=True)
class Statements:
    """Everything that the claims say of control."""

    drafts: tuple[Draft, ...]
    passings: tuple[Passing, ...]
    denials: tuple[Denial, ...]


class Identifiers:
    """The register's own names for its assets, looked up exactly (after folding case and width)."""

    def __init__(self, register: Register, rules: StatementRules) -> None:
        self._min = rules.embedded_min_length
        self._named: dict[str, dict[str, Entity]] = defaultdict(dict)
        for lease in register.leases:
            for thing in (contract_entity(lease), *(h.asset for h in lease.holdings)):
                self._named[_folded(thing)][thing.id] = thing

    def within(self, text: str, kind: EntityType | None = None) -> tuple[Entity, ...]:
        """Give the assets whose identifier the text is, or contains as a word of its own.

        A plain word ("server") is an identifier only for a thing of its own ``kind``.
        """
        whole = fold(text)
        words = {w for w in _TOKEN.findall(whole) if self._is_telling(w)}
        named = {e for w in words for e in [self._one(w), self._one(fold_address(w))] if e}
        exact = self._one(whole)
        if exact is not None and exact.type is kind:
            named.add(exact)
        return tuple(sorted(named))

    def _is_telling(self, word: str) -> bool:
        return len(word) >= self._min and any(c.isdigit() for c in word)

    def _one(self, name: str) -> Entity | None:
        # One name for two things (an account at two providers) does not say which is meant.
        found = self._named.get(name, {})
        return next(iter(found.values())) if len(found) == 1 else None


def _folded(thing: Entity) -> str:
    return fold_address(thing.text) if thing.type is EntityType.ADDRESS else fold(thing.text)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a claim is read against."""

    names: Identifiers
    register: Register
    alike: Mapping[str, str]
    rules: StatementRules


def read_statements(
    claims: Iterable[Claim], register: Register, alike: Mapping[str, str], rules: StatementRules
) -> Statements:
    """Turn claims of control into drafts, passings and denials; other claims are left alone."""
    scope = _Scope(Identifiers(register, rules), register, alike, rules)
    drafts: list[Draft] = []
    passings: list[Passing] = []
    denials: list[Denial] = []
    for claim in claims:
        for draft, passing in _read(claim, scope) if _speaks_of_control(claim, rules) else ():
            if claim.polarity is not Polarity.AFFIRMED:
                denials.append(Denial(draft, claim))
                continue
            drafts.append(draft)
            passings.extend([passing] if passing else [])
    return Statements(tuple(drafts), tuple(passings), tuple(denials))


def _speaks_of_control(claim: Claim, rules: StatementRules) -> bool:
    if claim.modality in rules.ignored or claim.review is Review.REJECTED:
        return False
    return claim.proposition.predicate in rules.predicates


@dataclass(frozen=True, slots=True)
class _Parts:
    """Who and what a claim speaks of."""

    named: tuple[Entity, ...]
    giver: Entity | None
    party: Entity


def _parts(claim: Claim, rule: PredicateRule, names: Identifiers) -> _Parts | None:
    said = claim.proposition
    subject, target = said.subject, said.object
    named = _assets_in((target, subject), said.role, names)
    thing = next((e for e in (target, subject) if _is_asset(e, names)), None)
    if not named and thing is None and rule.needs_asset:
        return None
    named = named or (_own_entity(claim, thing),)
    if rule.takes:
        return _taken(claim, named, thing)
    if rule.passes:
        taker = target if target is not None and _is_party(target, thing) else None
        giver = subject if _is_party(subject, thing) else None
        return _Parts(named, giver, taker or _somebody(claim, named))
    doers = [e for e in (subject, target) if e is not None and _is_party(e, thing)]
    return _Parts(named, None, doers[0]) if doers else None


def _taken(claim: Claim, named: Sequence[Entity], thing: Entity | None) -> _Parts | None:
    """Say which accounts on record were taken, by whom; a stolen document gives nobody control."""
    accounts = tuple(
        e for e in named if e.type is EntityType.ACCOUNT and not e.id.startswith("claimed:")
    )
    subject = claim.proposition.subject
    taker = subject if _is_party(subject, thing) else None
    texts = ", ".join(entity.text for entity in accounts)
    unknown = placeholder(claim.id, f"unidentified taker of {texts}")
    return _Parts(accounts, None, taker or unknown) if accounts else None


def _assets_in(
    mentioned: Sequence[Entity | None], role: str | None, names: Identifiers
) -> tuple[Entity, ...]:
    things = [e for e in mentioned if e is not None and e.type not in PARTY_TYPES]
    found = {one for e in things for one in names.within(e.text, e.type)}
    return tuple(sorted(found.union(names.within(role or ""))))


def _is_asset(entity: Entity | None, names: Identifiers) -> bool:
    if entity is None or entity.type in PARTY_TYPES:
        return False
    return entity.type in ASSET_TYPES or bool(names.within(entity.text, entity.type))


def _is_party(entity: Entity | None, thing: Entity | None) -> bool:
    return entity is not None and entity != thing and entity.type in PARTY_TYPES


def _own_entity(claim: Claim, thing: Entity | None) -> Entity:
    """Give the asset as this claim alone names it, unless its text is an identifier by itself."""
    if thing is None:
        text = f"what claim {claim.id} says was {claim.proposition.predicate}"
        return Entity(f"claimed:{claim.id}", text, EntityType.OTHER)
    is_domain = thing.type is EntityType.DOMAIN and "." in thing.text
    is_written_so = is_domain or any(c.isdigit() for c in thing.text)
    is_identifier = " " not in thing.text.strip() and is_written_so
    # An account or a contract number is only unique within a register that we do not know here.
    if is_identifier and thing.type in {EntityType.SERVER, EntityType.ADDRESS, EntityType.DOMAIN}:
        return asset(thing.type, thing.text)
    return Entity(f"claimed:{claim.id}", thing.text, thing.type)


def _somebody(claim: Claim, named: Sequence[Entity]) -> Entity:
    texts = ", ".join(entity.text for entity in named)
    return placeholder(claim.id, f"unnamed receiver of {texts}")


def _read(claim: Claim, scope: _Scope) -> Iterator[tuple[Draft, Passing | None]]:
    rule = scope.rules.predicates[claim.proposition.predicate]
    if (parts := _parts(claim, rule, scope.names)) is None:
        return
    # Whoever took an account did so unseen: who it was is said, never known for certain.
    firm = claim.modality in scope.rules.strong and not rule.takes
    grade = Grade.FIRM if firm else Grade.HEDGED
    start = _start(claim)
    time = _from(start) if rule.passes else claim.proposition.valid
    for named in parts.named:
        for target, interval, basis in reach(named, time, scope.register, scope.alike):
            draft = Draft(
                asset=target,
                party=parts.party,
                role=_role(claim, rule),
                interval=interval,
                basis=basis,
                grade=grade,
                origins=frozenset([claim.origin.id]),
                because=_because(claim, parts, named, target),
                citations=claim.citations,
                parents=(claim.id,),
                manner=_manner(rule),
            )
            how = (parts.giver, parts.party, start, claim, grade, _manner(rule))
            passing = Passing(target, named, *how)
            yield draft, passing if rule.passes else None


def _manner(rule: PredicateRule) -> Manner:
    if rule.takes:
        return Manner.TAKEN
    return Manner.PASSED if rule.passes else Manner.OWN


def _role(claim: Claim, rule: PredicateRule) -> Role:
    given = claim.proposition.role
    return Role(given) if given in {role.value for role in Role} else rule.role


def _start(claim: Claim) -> UncertainInterval:
    """When the passing happened; what is told as done was done before it was told."""
    valid = claim.proposition.valid
    earliest, latest = valid.start_min, valid.start_max or valid.end_max or claim.said_at
    if latest is not None and earliest is not None and earliest >= latest:
        latest = Moment.exactly(earliest).latest
    return UncertainInterval(earliest, latest, earliest, latest)


def _from(start: UncertainInterval) -> UncertainInterval:
    """Give "from then on": how long is not said."""
    return UncertainInterval(start.start_min, start.start_max, start.start_min, None)


def reach(
    named: Entity, time: UncertainInterval, register: Register, alike: Mapping[str, str]
) -> Iterator[tuple[Entity, UncertainInterval, TenancyBasis]]:
    """Yield the assets that a statement about ``named`` reaches, each with its time.

    First the named asset, no longer than the lease it belongs to; then, where only one customer's
    lease can be meant, what else belongs to that lease: an account controls its machine.
    """
    leases = [lease for lease in register.of(named) if _meets(lease, named, time)]
    own = [h.interval for lease in leases for h in lease.holdings if h.asset.id == named.id]
    if not leases or own:
        yield named, _limited(time, own), TenancyBasis.STATED
    if len({alike.get(lease.customer.id, lease.customer.id) for lease in leases}) != 1:
        return
    for lease in leases:
        for holding in lease.holdings:
            if not holding.interval.may_meet(time):
                continue  # it was given back before, or not yet given
            shared = _limited(time, [holding.interval]).intersect(holding.interval)
            if (
                shared is not None
                and holding.asset.id != named.id
                and _leads(named, lease, holding, register)
            ):
                yield holding.asset, shared, TenancyBasis.DERIVED


def _meets(lease: Lease, named: Entity, time: UncertainInterval) -> bool:
    spans = [h.interval for h in lease.holdings if h.asset.id == named.id] or [lease.interval]
    return any(span.may_meet(time) for span in spans)


def _limited(time: UncertainInterval, spans: Sequence[UncertainInterval]) -> UncertainInterval:
    """Fill the outer bounds that the statement leaves open with those of the lease."""
    if not spans:
        return time
    start = time.start_min or min(span.bounds[0] for span in spans)
    end = time.end_max or max(span.bounds[3] for span in spans)
    _, start_max, end_min, _ = time.bounds
    return UncertainInterval.from_bounds(
        (min(start, start_max), start_max, end_min, max(end, end_min))
    )


def _leads(named: Entity, lease: Lease, holding: Holding, register: Register) -> bool:
    """Whether control of ``named`` is control of the holding; one machine is not an account."""
    if holding.asset.type is not EntityType.ACCOUNT or named.id == contract_entity(lease).id:
        return True
    return {other.machine for other in register.of(holding.asset)} == {lease.machine}


def _because(claim: Claim, parts: _Parts, named: Entity, target: Entity) -> str:
    verb = claim.proposition.predicate.replace("_", " ")
    giver = f", given by {parts.giver.text}" if parts.giver else ""
    also = f"; {target.text} belongs to the same contract" if target != named else ""
    origin = "" if claim.origin.id == claim.speaker.id else f" (from {claim.origin.text})"
    return (
        f"{claim.speaker.text}{origin} says: {parts.party.text}, {verb}, {named.text}"
        f"{giver} [{claim.modality}]{also}."
    )
