"""Many records under one name: which of them the linking of `ashiato.engine` judges to be one.

It is asked only about populations that are large enough to learn from, and only about equal or
nearly equal names: there is where its weights were measured to hold. An equal name is never
enough, and what it finds is a judgement like any other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from ashiato.core.claims import Entity
from ashiato.core.evidence import Citation
from ashiato.core.records import Login
from ashiato.core.tenancy import Judgement, Sameness
from ashiato.engine.parties import Agreement, Link, LinkRules, Party
from ashiato.trace.drafts import order_citations
from ashiato.trace.leases import Register
from ashiato.trace.naming import fold

_LIKE = frozenset({"equal", "near"})
_NETWORKS = {4: 24, 6: 48}
"""What stands in for one line: an access network hands out addresses next to each other."""
_WORDS = {"net": "log-in network", "client": "log-in program", "postal": "postal address"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One persona with what it left: values by kind in their normal form, and where they stand."""

    persona: Entity
    values: Mapping[str, str]
    citations: tuple[Citation, ...]


def same_names(
    people: Sequence[Standing], register: Register, logins: Iterable[Login], rules: LinkRules
) -> tuple[Judgement, ...]:
    """Judge pairs of equal or nearly equal names in a population of ``rules.records`` or more."""
    if len(people) < rules.records:
        return ()
    from ashiato.engine.linking import link  # noqa: PLC0415 - loads DuckDB and Splink

    habits = _habits(register, logins)
    parties = [_party(one, habits.get(one.persona.id, {})) for one in people]
    counts = Counter((k, v) for one in people for k, v in one.values.items())
    found = (_judged(each, people, counts, rules) for each in link(parties, rules))
    return tuple(one for one in found if one is not None)


def _party(one: Standing, habits: Mapping[str, str]) -> Party:
    email = one.values.get("email")
    return Party(
        name=_in_one_order(one.persona.text),
        email=email,
        mailbox=email.partition("@")[0] if email else None,
        card=one.values.get("card"),
        phone=one.values.get("phone"),
        postal=one.values.get("postal"),
        net=habits.get("net"),
        client=habits.get("client"),
    )


def _in_one_order(name: str) -> str | None:
    """Give a name with its parts sorted; one that the register does not give is none at all."""
    if name.startswith(("unnamed customer of contract ", "holder of card ")):
        return None
    return " ".join(sorted(fold(name).split())) or None


def _habits(register: Register, logins: Iterable[Login]) -> dict[str, dict[str, str]]:
    """Give each customer the network and the program it logs in from most often."""
    seen: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for login in logins:
        owners = {lease.customer.id for lease in register.with_account(fold(login.account))}
        if len(owners) == 1 and login.accepted:
            (owner,) = owners
            for kind, value in (("net", _network(login.address)), ("client", fold(login.client))):
                if value:
                    seen[owner][kind][value] += 1
    return {
        owner: {kind: min(found, key=lambda v: (-found[v], v)) for kind, found in kinds.items()}
        for owner, kinds in seen.items()
    }


def _network(address: str) -> str:
    try:
        ip = ip_address(address.strip())
    except ValueError:
        return ""
    return str(ip_network((ip, _NETWORKS[ip.version]), strict=False))


def _judged(
    link: Link, people: Sequence[Standing], counts: Mapping[tuple[str, str], int], rules: LinkRules
) -> Judgement | None:
    name = next((a for a in link.agreements if a.about == "name"), None)
    if name is None or name.degree not in _LIKE:
        return None
    beside = [a for a in link.agreements if a.about != "name" and a.degree == "equal"]
    speaking = [a for a in beside if a.weight > 0]
    if not speaking:
        return None
    firm = link.probability >= rules.same_from and len(speaking) >= rules.besides
    one, two = sorted((people[link.a], people[link.b]), key=lambda p: p.persona.id)
    return Judgement(
        entity_a=one.persona,
        entity_b=two.persona,
        judgement=Sameness.SAME if firm else Sameness.UNSURE,
        score=link.weight,
        because=_because(link, one, counts, len(people)),
        decided_by=rules.method,
        citations=order_citations([*one.citations, *two.citations]),
    )


def _because(
    link: Link, one: Standing, counts: Mapping[tuple[str, str], int], population: int
) -> str:
    said = ", ".join(_said(a, one, counts) for a in link.agreements if a.degree != "other")
    against = [_WORDS.get(a.about, a.about) for a in link.agreements if a.degree == "other"]
    beside = f" Not alike: {', '.join(against)}." if against else ""
    return (
        f"Among {population} records, weights learned from these records speak for one person with "
        f"{link.weight:g} decibans: {said}.{beside} An equal name alone never decides."
    )


def _said(a: Agreement, one: Standing, counts: Mapping[tuple[str, str], int]) -> str:
    held = counts.get((a.about, one.values.get(a.about, "")))
    many = f", held by {held}" if held and a.degree == "equal" else ""
    return f"{_WORDS.get(a.about, a.about)} {a.degree} ({a.weight:+g}{many})"


def people_of(
    left: Iterable[tuple[Entity, str, str, Citation]], kinds: Iterable[str]
) -> Iterator[Standing]:
    """Gather what each persona left, one value of a kind: that of the row cited first."""
    wanted = frozenset(kinds)
    names: dict[str, Entity] = {}
    values: dict[str, dict[str, tuple[tuple[str, str], str]]] = defaultdict(dict)
    cited: dict[str, set[Citation]] = defaultdict(set)
    for persona, kind, value, citation in left:
        names[persona.id] = min(persona, names.get(persona.id, persona))
        cited[persona.id].add(citation)
        if kind in wanted:
            held, stands = values[persona.id], ((citation.path, repr(citation.locator)), value)
            held[kind] = min(stands, held.get(kind, stands))
    for id_ in sorted(names):
        one_each = {kind: value for kind, (_, value) in values[id_].items()}
        yield Standing(names[id_], one_each, order_citations(cited[id_]))
