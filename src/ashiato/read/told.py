"""What rows of marketplaces and registries say outright, as claims: a sale, a registrant.

A seller or buyer is a handle at one marketplace, a registrant a name as given for one domain:
neither is a person. An offer that nobody bought is no sale.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache

from ashiato.core.canonical import content_id
from ashiato.core.claims import (
    Basis,
    Claim,
    Entity,
    EntityType,
    Modality,
    Polarity,
    Proposition,
    Voice,
)
from ashiato.core.records import Record
from ashiato.core.sources import Source
from ashiato.core.time import Moment, UncertainInterval
from ashiato.knowledge import load

METHOD = "ashiato.read.told@1"


def claims_of(record: Record, source: Source) -> Iterator[Claim]:
    """Yield what a row of listings or registrations says; other rows say no such thing."""
    if record.kind == "listings":
        yield from _sale(record, source)
    if record.kind == "registrations":
        yield from _registrant(record, source)


def names_nobody(registrant: str) -> bool:
    """Whether a registrant's name stands for a privacy service, or for no name at all."""
    folded = _fold(registrant)
    return folded in _nobody()["whole"] or any(word in folded for word in _nobody()["words"])


@cache
def _nobody() -> dict[str, list[str]]:
    return {name: list(words) for name, words in load("registration")["placeholders"].items()}


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _sale(record: Record, source: Source) -> Iterator[Claim]:
    """Yield the sale where a buyer is named, or the time at which it was sold."""
    fields = record.fields
    buyer = fields.get("buyer", "")
    if not buyer and "sold_at" not in record.times:
        return
    named = [(kind, fields[f]) for f, kind in _THINGS if f in fields]
    seller = _handle(record.source, fields["seller"]) if "seller" in fields else None
    for kind, text in named:
        thing = Entity(f"{kind.value}:{_fold(text)}", text, kind)
        if not buyer:
            yield _claim(record, source, Proposition(seller, "sold", thing, None, _when(record)))
            continue
        role = f"buyer of {text}"
        taker = _handle(record.source, buyer)
        yield _claim(record, source, Proposition(seller, "sold", taker, role, _when(record)))


_THINGS = (("account", EntityType.ACCOUNT), ("asset", EntityType.SERVER))


def _handle(source: str, name: str) -> Entity:
    """Name a handle as it is written: at one marketplace ``Ann`` and ``ann`` may be two."""
    written = unicodedata.normalize("NFC", name).strip()
    return Entity(f"handle:{source}:{written}".replace(" ", "-"), written, EntityType.PERSONA)


def _when(record: Record) -> UncertainInterval:
    """Give the stated time; failing that any time from the offer on."""
    if sold := record.times.get("sold_at"):
        return UncertainInterval.within(sold)
    offered = record.times.get("at")
    return UncertainInterval(start_min=offered.earliest if offered else None)


def _registrant(record: Record, source: Source) -> Iterator[Claim]:
    name = record.fields.get("registrant") or record.fields.get("organisation", "")
    domain = record.fields.get("domain", "")
    valid = registered_during(record.times)
    if not domain or names_nobody(name) or valid is None:
        return
    folded = _fold(domain).removesuffix(".")
    party = Entity(f"registrant:{folded}:{_fold(name)}".replace(" ", "-"), name, EntityType.PERSONA)
    thing = Entity(f"domain:{folded}", folded, EntityType.DOMAIN)
    yield _claim(record, source, Proposition(party, "registered_as", thing, "registrant", valid))


def registered_during(times: Mapping[str, Moment]) -> UncertainInterval | None:
    """Give when the named registrant held a domain: surely from its last change to the look-up.

    Before the last change another may have held it; after the look-up nobody knows, and nothing is
    held past the expiration that was known. ``None`` where the dates contradict each other.
    """
    created, changed = times.get("start"), times.get("changed_at")
    seen, until = times.get("at"), times.get("end")
    since = max((m.latest for m in (created, changed) if m), default=None)
    end_min = _no_later(seen.earliest if seen else since, until)
    try:
        return UncertainInterval(
            created.earliest if created else None, since, end_min, until.latest if until else None
        )
    except ValueError:
        return None


def _no_later(instant: datetime | None, until: Moment | None) -> datetime | None:
    return min(instant, until.latest) if instant and until else instant


def _claim(record: Record, source: Source, said: Proposition) -> Claim:
    voice = Voice(source.id, source.name)
    claim = Claim(
        id="",
        proposition=said,
        polarity=Polarity.AFFIRMED,
        modality=Modality.STATED,
        basis=Basis.RECORD,
        cues=(),
        speaker=voice,
        origin=voice,
        said_at=None,
        citations=(record.citation,),
        method=METHOD,
    )
    return replace(claim, id=content_id(claim))
