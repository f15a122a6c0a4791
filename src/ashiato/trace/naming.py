"""Entities out of register values: what is one asset, what is one name as given, and how to say it.

An entity's id is readable and built from what the register wrote, never from a card, a phone or an
address of a person (their hashes can be enumerated).
"""

import unicodedata
from ipaddress import ip_address

from ashiato.core.claims import Entity, EntityType

ASSET_TYPES = frozenset(
    {EntityType.SERVER, EntityType.ADDRESS, EntityType.DOMAIN, EntityType.ACCOUNT}
    | {EntityType.CONTRACT}
)
"""Things that somebody can control."""
PARTY_TYPES = frozenset(
    {EntityType.PERSON, EntityType.PERSONA, EntityType.ORGANISATION, EntityType.UNIT}
    | {EntityType.GROUP, EntityType.SPONSOR}
)
"""Those who can control."""
_PERSONA, _PLACEHOLDER = "persona", "holder"


def fold(text: str) -> str:
    """Give the form in which two spellings of one identifier are equal (NFKC, case, spaces)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def fold_address(text: str) -> str:
    """Fold an address; IPv6 in its one short form."""
    try:
        return str(ip_address(fold(text)))
    except ValueError:
        return fold(text)


def asset(kind: EntityType, text: str, scope: str = "") -> Entity:
    """Name an asset. ``scope`` is the register where its name is only unique within one."""
    name = fold_address(text) if kind is EntityType.ADDRESS else fold(text)
    parts = [kind.value, _part(scope), _part(name)] if scope else [kind.value, _part(name)]
    return Entity(":".join(parts), unicodedata.normalize("NFKC", text).strip(), kind)


def persona(source: str, contract: str, name: str) -> Entity:
    """Name a persona: a name as given under one contract of one register."""
    number = _part(unicodedata.normalize("NFKC", contract).strip())
    parts = (_PERSONA, _part(source), number, _part(fold(name)))
    return Entity(":".join(parts), name.strip(), EntityType.PERSONA)


def contract_of(party: Entity) -> Entity | None:
    """Give the contract under which a register's persona was named; ``None`` for other parties."""
    kind, *parts = party.id.split(":")
    if kind != _PERSONA or len(parts) != 3:  # noqa: PLR2004 - the three parts that `persona` writes
        return None
    source, number, _ = (part.replace("%3A", ":").replace("%25", "%") for part in parts)
    return asset(EntityType.CONTRACT, number, source)


def placeholder(of: str, text: str) -> Entity:
    """Stand for somebody of whom only the deeds are known; it may turn out to be anybody."""
    return Entity(f"{_PLACEHOLDER}:{of}", text, EntityType.PERSONA)


def is_placeholder(party: Entity) -> bool:
    """Whether the party is nobody in particular (`placeholder`)."""
    return party.id.startswith(f"{_PLACEHOLDER}:")


def _part(text: str) -> str:
    return text.replace("%", "%25").replace(":", "%3A").replace(" ", "-")
