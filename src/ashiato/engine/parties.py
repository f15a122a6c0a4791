"""What linking is asked and what it answers, for those who need not load the engine itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """What one record says of a person, each in its normal form; ``None`` where it says nothing.

    ``card`` and ``phone`` may be keyed hashes: they are only ever compared for equality.
    ``mailbox`` is the part of ``email`` before the @; ``name`` has its parts in one order.
    """

    name: str | None = None
    email: str | None = None
    mailbox: str | None = None
    card: str | None = None
    phone: str | None = None
    postal: str | None = None
    net: str | None = None
    client: str | None = None


@dataclass(frozen=True, slots=True)
class LinkRules:
    """How to link. A value held by more than ``holders`` records is a hub and proposes no pair.

    ``same_from`` and ``unsure_from`` are match probabilities; ``near_name`` and ``near_mailbox``
    Jaro-Winkler similarities; ``recall`` is the assumed share of true pairs that agree on a card,
    a phone or an e-mail address; ``records`` the number of them from which linking pays.
    """

    method: str
    records: int
    holders: int
    same_from: float
    unsure_from: float
    near_name: float
    near_mailbox: float
    recall: float
    pairs: int
    seed: int
    iterations: int
    besides: int
    source: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one comparison found: how far it agrees, its weight in decibans with rarity."""

    about: str
    degree: str
    weight: float


@dataclass(frozen=True, slots=True)
class Link:
    """Two records that may be one person: ``a`` < ``b`` are their numbers, ``weight`` decibans."""

    a: int
    b: int
    probability: float
    weight: float
    agreements: tuple[Agreement, ...]
