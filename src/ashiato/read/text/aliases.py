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
from typing import Any

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
from ashiato.knowledge.gazetteer import (
    Listed,
    bare,
    designation,
    edition,
    files,
    installed,
    synonyms,
)
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
    cited = _cited(one)
    if cited is None:  # what cannot be cited is not said
        return
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
        citations=(cited,),
        method=f"gazetteer@1+{edition()}",
    )
    yield replace(claim, id=content_id(claim))


def _entity(name: str, kind: EntityType) -> Entity:
    return Entity(f"{kind}:{slug(name)}", name, kind)


def _cited(one: Listed) -> Citation | None:
    """Cite the name inside its own entry of the list's file; the words as they stand there."""
    for start, entry, text in _entries(one.galaxy):
        written = next((w for w in _names(entry) if bare(w) == one.name), None)
        if bare(entry["value"]) != one.actor or written is None:
            continue
        for spelled in (json.dumps(written), json.dumps(written, ensure_ascii=False)):
            at = text.find(spelled)
            if at >= 0:
                path, digest = _file(one.galaxy)
                before = len(text[:at].encode())
                place = BytesLocator(start + before, len(spelled.encode()))
                return Citation(digest, path.name, place, spelled)
    return None


def _names(entry: dict[str, Any]) -> tuple[str, ...]:
    return (*synonyms(entry), entry["value"])


@cache
def _file(galaxy: str) -> tuple[Path, str]:
    paths = (path for _, path in files())
    path = next(p for p in paths if json.loads(p.read_bytes())["type"] == galaxy)
    return path, sha256(path.read_bytes()).hexdigest()


@cache
def _entries(galaxy: str) -> tuple[tuple[int, dict[str, Any], str], ...]:
    """Give each entry of a list with the byte it begins at and its text."""
    path, _ = _file(galaxy)
    text, decoder = path.read_bytes().decode(), json.JSONDecoder()
    at = text.index("[", text.index('"values"')) + 1
    found, offset, counted = [], 0, 0
    while text[at:].lstrip(" ,\r\n\t")[:1] == "{":
        at = text.index("{", at)
        offset, counted = offset + len(text[counted:at].encode()), at
        entry, end = decoder.raw_decode(text, at)
        found.append((offset, entry, text[at:end]))
        at = end
    return tuple(found)
