"""Who else left an identifier, and what one persona rented: counts and records, not identity."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from types import MappingProxyType

from ashiato.core.claims import Entity, EntityType
from ashiato.core.evidence import Citation
from ashiato.core.records import Login, Record
from ashiato.core.tenancy import Judgement, Role, Sameness, Tenancy, Tracing
from ashiato.trace.clusters import clusters
from ashiato.trace.drafts import order_citations
from ashiato.trace.identifiers import length_of, masked, normal_form
from ashiato.trace.leases import customer_of
from ashiato.trace.naming import fold, persona
from ashiato.trace.rules import rules

KINDS = ("card", "email", "phone", "postal")
NO_MORE = "That no other is found would not make two persons of two names: records may be missing."


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who left an identifier: a name as given, or an account; and where that stands."""

    party: str
    party_id: str
    source: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Sharing:
    """All who left one identifier of one kind; ``hub`` where too many do for it to mean anything.

    ``shown`` is the identifier masked.
    """

    kind: str
    shown: str
    users: tuple[User, ...]
    hub: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Trail:
    """What one persona, and those judged the same, had registered, and why they are judged so.

    An equal name that no judgement joins is a trail of its own.
    """

    personas: tuple[str, ...]
    tenancies: tuple[Tenancy, ...]
    judgements: tuple[Judgement, ...]


def who_else(
    records: Sequence[Record],
    logins: Sequence[Login],
    value: str,
    sealed: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Sharing, ...]:
    """Find all who left ``value`` as card, e-mail, phone, postal address, network or client.

    ``sealed`` gives the keyed hash in which the case keeps it as a card or a telephone number.
    """
    left = (_in_records(records, kind, sealed.get(kind, value)) for kind in KINDS)
    found = [sharing for sharing in left if sharing.users]
    same_client = [login for login in logins if login.client and login.client == value]
    used = (
        _in_logins("network", _within(logins, value), value),
        _in_logins("client", same_client, value),
    )
    return (*found, *(sharing for sharing in used if sharing.users))


def _in_records(records: Iterable[Record], kind: str, value: str) -> Sharing:
    wanted, rule = normal_form(kind, value), rules().identity.kinds[kind]
    usable = length_of(wanted) >= rule.min_length
    mine = [r for r in records if usable and normal_form(kind, r.fields.get(kind, "")) == wanted]
    users = _users((_party(record), record.source, record.citation) for record in mine)
    hub = len(users) > rule.holders
    counted = f"{len(users)} left it; more than {rule.holders} make it a hub that means nothing"
    return Sharing(kind, masked(kind, value), users, hub, f"{counted if hub else rule.reason}")


def _party(record: Record) -> Entity:
    if record.kind != "payments":
        return customer_of(record)
    number = record.fields.get("contract", "").strip() or "without number"
    name = record.fields.get("payer", "").strip() or f"unnamed payer of contract {number}"
    return persona(record.source, number, name)


def _within(logins: Iterable[Login], value: str) -> list[Login]:
    try:
        network = ip_network(value.strip(), strict=False)
    except ValueError:
        return []
    return [login for login in logins if _lies_in(login.address, network)]


def _lies_in(address: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        return ip_address(address) in network
    except ValueError:
        return False


def _in_logins(kind: str, logins: Iterable[Login], value: str) -> Sharing:
    users = _users(
        (
            Entity(f"{x.account}@{x.host}", f"{x.account}@{x.host}", EntityType.ACCOUNT),
            x.host,
            x.citation,
        )
        for x in logins
    )
    reason = "accounts used from one network or with one client are a lead: many may share either"
    return Sharing(kind, value, users, hub=False, reason=reason)


def _users(left: Iterable[tuple[Entity, str, Citation]]) -> tuple[User, ...]:
    by_party: dict[tuple[str, str], list[tuple[Entity, Citation]]] = defaultdict(list)
    for party, source, citation in left:
        by_party[party.id, source].append((party, citation))
    return tuple(
        User(min(p for p, _ in rows).text, id_, source, order_citations(c for _, c in rows))
        for (id_, source), rows in sorted(by_party.items())
    )


def rented(tracing: Tracing, person: str) -> tuple[Trail, ...]:
    """Give what ``person`` (an id, or a name as given) had registered.

    Names that are equal are kept apart unless a judgement joins them.
    """
    mine = [t for t in tracing.tenancies if t.role is Role.REGISTRANT]
    exact = {t.party.id for t in mine if t.party.id == person}
    asked = exact or {t.party.id for t in mine if fold(t.party.text) == fold(person)}
    joined = clusters(tracing.judgements)
    sets = {next((c for c in joined if id_ in c), frozenset({id_})) for id_ in asked}
    return tuple(_trail(tracing, mine, members) for members in sorted(sets, key=sorted))


def _trail(tracing: Tracing, rows: Iterable[Tenancy], members: frozenset[str]) -> Trail:
    mine = sorted(
        (t for t in rows if t.party.id in members),
        key=lambda t: (t.interval.bounds, t.asset, t.id),
    )
    why = tuple(
        j
        for j in tracing.judgements
        if j.judgement is Sameness.SAME and {j.entity_a.id, j.entity_b.id} <= members
    )
    return Trail(tuple(sorted(members)), tuple(mine), why)
