"""Which personas are one: shared cards, phones, e-mail and postal addresses, by rules one can read.

A judgement is never a merge and never rests on a name. That two personas share nothing is no
finding: such a pair gets no row, and nothing here ever says "different".
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from ashiato.core.claims import Entity
from ashiato.core.evidence import Citation
from ashiato.core.records import Login, Record
from ashiato.core.tenancy import Judgement, Role, Sameness, Tenancy, Tracing
from ashiato.trace.clusters import representatives
from ashiato.trace.drafts import order_citations
from ashiato.trace.identifiers import length_of, masked, normal_form
from ashiato.trace.leases import Register, customer_of, read_registers
from ashiato.trace.namesakes import people_of, same_names
from ashiato.trace.naming import contract_of, fold
from ashiato.trace.rules import IdentityRules, rules

RENEWAL = "renewal"
_KINDS = ("card", "email", "phone", "postal")
_EACH_WITH_EACH = 30
"""Beyond, the pairs of one account renewed a thousand times would outnumber its contracts."""
_Trait = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Left:
    """One identifier that a persona left with a provider, and where it stands."""

    persona: Entity
    trait: _Trait
    citation: Citation


def judge(
    records: Sequence[Record],
    *,
    decided: Sequence[Judgement] = (),
    logins: Sequence[Login] = (),
    register: Register | None = None,
) -> tuple[Judgement, ...]:
    """Judge every pair of personas that share a rare identifier, or a name and more besides.

    The rules on identifiers have the word; in a large register linking adds pairs under one name.
    ``decided`` are the decisions of persons; each replaces the answer for its pair. ``register`` is
    what `read_registers` makes of the records, where it was made already.
    """
    pack = rules().identity
    register = register or read_registers(records)
    left = list(_left(records, register, pack))
    by_rule = _by_rule(left, pack)
    left += _bare(records, left)
    people = list(people_of(((p.persona, *p.trait, p.citation) for p in left), _KINDS))
    linked = same_names(people, register, logins, pack.linking)
    answers = _weighed(by_rule, linked)
    cited = {one.persona.id: one.citations for one in people}
    for one in decided:
        answers[_pair_key(one)] = _grounded(one, answers.get(_pair_key(one)), cited)
    return tuple(answers[key] for key in sorted(answers))


def _bare(records: Iterable[Record], left: Iterable[_Left]) -> Iterable[_Left]:
    """Give the customers who left nothing but a name, which is no identifier."""
    known = {one.persona.id for one in left}
    for record in records:
        if record.kind == "contracts" and (persona := customer_of(record)).id not in known:
            yield _Left(persona, ("name", persona.text), record.citation)


def _by_rule(left: Iterable[_Left], pack: IdentityRules) -> list[Judgement]:
    holders: dict[_Trait, set[Entity]] = defaultdict(set)
    cited: dict[tuple[str, _Trait], set[Citation]] = defaultdict(set)
    for one in left:
        holders[one.trait].add(one.persona)
        cited[one.persona.id, one.trait].add(one.citation)
    names = _one_entity_each(holders.values())
    return [
        _judgement(pair, traits, holders, cited, pack)
        for pair, traits in _shared(holders, names, pack).items()
    ]


def _weighed(
    by_rule: Iterable[Judgement], linked: Iterable[Judgement]
) -> dict[tuple[str, str], Judgement]:
    """Take the rules' answer for each pair, or that of linking where it can say "same"."""
    answers = {_pair_key(one): one for one in by_rule}
    for one in linked:
        before = answers.get(_pair_key(one))
        if before is None or (one.judgement, before.judgement) == (Sameness.SAME, Sameness.UNSURE):
            answers[_pair_key(one)] = one
    return answers


def _grounded(
    decision: Judgement, before: Judgement | None, cited: Mapping[str, tuple[Citation, ...]]
) -> Judgement:
    """Let a person's decision cite what the judgement it replaces cited, or else the two rows."""
    if decision.citations:
        return decision
    rows = [c for key in _pair_key(decision) for c in cited.get(key, ())]
    return replace(decision, citations=before.citations if before else order_citations(rows))


def _pair_key(judgement: Judgement) -> tuple[str, str]:
    first, second = sorted((judgement.entity_a.id, judgement.entity_b.id))
    return first, second


def _left(records: Iterable[Record], register: Register, pack: IdentityRules) -> Iterable[_Left]:
    for record in records:
        if record.kind == "contracts":
            persona = customer_of(record)
            for trait in _traits(record, persona, pack):
                yield _Left(persona, trait, record.citation)
    for payment in register.payments:
        trait = ("card", normal_form("card", payment.card))
        if _is_usable(trait, pack):
            yield _Left(payment.payer, trait, payment.citation)


def _traits(record: Record, persona: Entity, pack: IdentityRules) -> Iterable[_Trait]:
    for kind in _KINDS:
        trait = (kind, normal_form(kind, record.fields.get(kind, "")))
        if _is_usable(trait, pack):
            yield trait
    if account := fold(record.fields.get("account", "")):
        yield (RENEWAL, f"{record.source}\n{account}\n{fold(persona.text)}")


def _is_usable(trait: _Trait, pack: IdentityRules) -> bool:
    kind, value = trait
    if value in pack.placeholders or length_of(value) < pack.kinds[kind].min_length:
        return False
    return len(set(value)) > 1  # a number of zeros is a way of giving none


def _one_entity_each(groups: Iterable[Iterable[Entity]]) -> dict[str, Entity]:
    """Choose one spelling for each persona, whatever the order of the rows."""
    names: dict[str, Entity] = {}
    for entity in (e for group in groups for e in group):
        names[entity.id] = min(entity, names.get(entity.id, entity))
    return names


def _count(holders: Iterable[Entity]) -> int:
    return len({entity.id for entity in holders})


def _shared(
    holders: Mapping[_Trait, set[Entity]], names: Mapping[str, Entity], pack: IdentityRules
) -> dict[tuple[Entity, Entity], list[_Trait]]:
    """Give the pairs that share at least one value that is no hub, with all that they share."""
    held: dict[str, set[_Trait]] = defaultdict(set)
    pairs: set[tuple[str, str]] = set()
    for trait, entities in holders.items():
        ids = sorted({entity.id for entity in entities})
        for one in ids:
            held[one].add(trait)
        if len(ids) <= pack.kinds[trait[0]].holders:
            pairs.update(_paired(ids))
    return {
        (names[a], names[b]): sorted(held[a] & held[b], key=_trait_order)
        for a, b in sorted(pairs)
        if not _is_one_contract(names[a], names[b])
    }


def _trait_order(trait: _Trait) -> tuple[str, str, str]:
    """Order by what is shown first: a keyed hash differs from case to case."""
    kind, value = trait
    return kind, masked(kind, value), value


def _paired(ids: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Pair each with each; of many, each with the next, which joins them all the same."""
    return combinations(ids, 2) if len(ids) <= _EACH_WITH_EACH else pairwise(ids)


def _is_one_contract(a: Entity, b: Entity) -> bool:
    """Whether two are customer and payer of one contract, who share its card by what they are."""
    mine, theirs = contract_of(a), contract_of(b)
    return mine is not None and theirs is not None and mine.id == theirs.id


def _judgement(
    pair: tuple[Entity, Entity],
    traits: Sequence[_Trait],
    holders: Mapping[_Trait, set[Entity]],
    cited: Mapping[tuple[str, _Trait], set[Citation]],
    pack: IdentityRules,
) -> Judgement:
    counts = {trait: _count(holders[trait]) for trait in traits}
    rare = [t for t in traits if counts[t] <= pack.kinds[t[0]].holders]
    answer, reason = _decide({kind for kind, _ in rare}, pack, alike=_are_alike(*pair))
    hubs = [t for t in traits if t not in rare]
    because = f"Both gave {_list(rare, counts)}: {reason}."
    if hubs:
        because += f" Not counted, because too many share it: {_list(hubs, counts)}."
    return Judgement(
        entity_a=pair[0],
        entity_b=pair[1],
        judgement=answer,
        score=round(sum(_weight(t, counts[t], pack) for t in rare), 1),
        because=because,
        decided_by=pack.method,
        citations=order_citations(c for e in pair for t in traits for c in cited[e.id, t]),
    )


def _are_alike(a: Entity, b: Entity) -> bool:
    return sorted(fold(a.text).split()) == sorted(fold(b.text).split())


def _decide(kinds: set[str], pack: IdentityRules, *, alike: bool) -> tuple[Sameness, str]:
    for rule in pack.rules:
        is_met = len(kinds) >= rule.count and bool(kinds & set(rule.any_of))
        if is_met and (alike or not rule.names_alike):
            return Sameness.SAME, rule.reason
    if kinds == {"phone", "postal"}:
        return Sameness.UNSURE, pack.unsure["household"]
    if kinds == {"card"}:
        return Sameness.UNSURE, pack.unsure["card"]
    return Sameness.UNSURE, pack.unsure["default"]


def _weight(trait: _Trait, count: int, pack: IdentityRules) -> float:
    """Give the decibans of a shared value: full for two holders, less the more there are."""
    return max(0.0, pack.kinds[trait[0]].weight - 10 * math.log10(max(1, count - 1)))


def _list(traits: Iterable[_Trait], counts: Mapping[_Trait, int]) -> str:
    return ", ".join(_said(trait, counts[trait]) for trait in traits)


def _said(trait: _Trait, count: int) -> str:
    kind, value = trait
    if kind == RENEWAL:
        return f"the same name for account {value.split(chr(10))[1]} at one provider"
    return f"{kind} {masked(kind, value)} (held by {count})"


def rented_by(tracing: Tracing, persona: str) -> tuple[Tenancy, ...]:
    """Give what a persona, and those judged the same as it, had registered, oldest first."""
    alike = representatives(tracing.judgements)
    same = alike.get(persona, persona)
    mine = [
        t
        for t in tracing.tenancies
        if t.role is Role.REGISTRANT and alike.get(t.party.id, t.party.id) == same
    ]
    return tuple(sorted(mine, key=lambda t: (t.interval.bounds, t.asset, t.id)))
