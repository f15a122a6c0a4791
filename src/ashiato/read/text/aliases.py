"""What published lists say of an actor's names: claims with a source, never a merge.

These claims are offered for reading beside a case. They are no evidence of it and never weigh; a
name that designates a unit or an office is a claim about who stands behind the actor, no alias.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

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
from ashiato.core.evidence import BytesLocator, Citation
from ashiato.knowledge import load
from ashiato.knowledge.gazetteer import Listed, designation, edition, files, installed
from ashiato.read.text.naming import slug, voice_id

_KINDS = {"group": EntityType.GROUP, "malware": EntityType.MALWARE}
_STANDS_BEHIND = {"unit": EntityType.UNIT, "organisation": EntityType.ORGANISATION}


def candidates(name: str, listed: Sequence[Listed] | None = None) -> tuple[tuple[str, str], ...]:
    """Give the entries (list, entry) that a name may stand for; with several none is chosen."""
    known = installed() if listed is None else listed
    found = (one for one in known if one.name.casefold() == name.strip().casefold())
    return tuple(dict.fromkeys((one.galaxy, one.actor) for one in found))


def alias_claims(name: str, listed: Sequence[Listed] | None = None) -> tuple[Claim, ...]:
    """Claim what each list says of the other names of the entries that bear ``name``.

    The speaker is whoever keeps the list; the citation leads to the name's bytes in the installed
    file, whose SHA-256 it names.
    """
    known = installed() if listed is None else listed
    wanted = set(candidates(name, known))
    about = (one for one in known if (one.galaxy, one.actor) in wanted and one.name != one.actor)
    unique = {claim.id: claim for one in about for claim in _claims(one)}
    return tuple(unique[key] for key in sorted(unique))


def _claims(one: Listed) -> Iterator[Claim]:
    kind = _KINDS[one.kind]
    actor, other = _entity(one.actor, kind), _entity(one.name, kind)
    behind = designation(one.name)
    if behind is None:
        proposition = Proposition(other, "alias_of", actor, one.galaxy)
    else:
        sponsor = _entity(one.name, _STANDS_BEHIND[behind])
        proposition = Proposition(actor, "part_of", sponsor, "named as the actor by the list")
    keeper = load("gazetteer")["producers"].get(one.galaxy, "MISP galaxy")
    speaker = Voice(voice_id(keeper), f"{keeper} ({one.galaxy}, version {one.version})")
    claim = Claim(
        id="",
        proposition=proposition,
        polarity=Polarity.AFFIRMED,
        modality=Modality.REPORTED,
        basis=Basis.HEARSAY,
        cues=(),
        speaker=speaker,
        origin=speaker,
        said_at=None,
        citations=tuple(_cited(one)),
        method=f"gazetteer@1+{edition()}",
    )
    yield replace(claim, id=content_id(claim))


def _entity(name: str, kind: EntityType) -> Entity:
    return Entity(f"{kind}:{slug(name)}", name, kind)


def _cited(one: Listed) -> Iterator[Citation]:
    """Cite the name inside its own entry of the list's file."""
    for _, path in files():
        raw, digest = _bytes(path)
        if f'"type": "{one.galaxy}"'.encode() not in raw[-4000:] and path.stem != one.galaxy:
            continue
        for spelled in (json.dumps(one.name), json.dumps(one.name, ensure_ascii=False)):
            entry = raw.find(f'"value": {json.dumps(one.actor)}'.encode())
            at = raw.rfind(spelled.encode(), 0, entry) if entry >= 0 else raw.find(spelled.encode())
            if at >= 0:
                place = BytesLocator(at, len(spelled.encode()))
                yield Citation(digest, path.name, place, spelled)
                return


@cache
def _bytes(path: Path) -> tuple[bytes, str]:
    raw = path.read_bytes()
    return raw, sha256(raw).hexdigest()
