"""Names of actors, malware and tools as published lists give them: the MISP galaxies, installed.

A list says that somebody uses a name, and for what; it never says that two things are one.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ashiato.core.errors import BadInput
from ashiato.knowledge.pack import load

PACKAGE = "pymispgalaxies"
_REMEDY = "install pymispgalaxies into the environment that runs ashiato"
_SUFFIX = re.compile(r"\s+(?:-\s+[GSC]\d{4}|\([^()]*\))$")
"""What catalogues add to a name: its number ("- G0001"), the system it runs on ("(ELF)")."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A name as one list gives it: ``actor`` is the entry it belongs to, ``version`` the list's."""

    name: str
    kind: str
    actor: str
    galaxy: str
    version: int


def bare(name: str) -> str:
    """Give a name without what a catalogue adds to it."""
    return _SUFFIX.sub("", name.strip())


def from_cluster(data: dict[str, Any], kind: str) -> Iterator[Listed]:
    """Give every name of one list, each entry's own name first."""
    for entry in data["values"]:
        actor = bare(entry["value"])
        names = (bare(name) for name in (entry["value"], *synonyms(entry)))
        for name in dict.fromkeys(filter(None, names)):
            yield Listed(name, kind, actor, data["type"], data["version"])


def synonyms(entry: dict[str, Any]) -> Sequence[str]:
    """Give the further names of an entry."""
    found = entry.get("meta", {}).get("synonyms", [])
    return [found] if isinstance(found, str) else found


@cache
def folder() -> Path:
    """Find the lists' folder in the installed package, without importing it.

    Raises:
        BadInput: the package is not installed.

    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise BadInput(f"the package {PACKAGE!r} is not installed", remedy=_REMEDY)
    return Path(spec.submodule_search_locations[0]) / "data" / "misp-galaxy" / "clusters"


def files() -> Iterator[tuple[str, Path]]:
    """Give each list that is read with its kind, in the order of the pack."""
    for kind, names in load("gazetteer")["lists"].items():
        for name in names:
            path = folder() / f"{name}.json"
            if path.is_file():
                yield kind, path


@cache
def installed() -> tuple[Listed, ...]:
    """Give the names of every list, read once per process.

    Raises:
        BadInput: the package is not installed.

    """
    each = ((kind, json.loads(path.read_bytes())) for kind, path in files())
    return tuple(listed for kind, data in each for listed in from_cluster(data, kind))


@cache
def edition() -> str:
    """Name the lists by the package's version and a hash over their bytes, for cache keys.

    Raises:
        BadInput: the package is not installed.

    """
    seal = sha256()
    for kind, path in files():
        seal.update(f"{kind} {path.name} {sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"{PACKAGE}@{version(PACKAGE)}#{seal.hexdigest()[:12]}"


@cache
def _designations() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = load("gazetteer")["designations"]
    return tuple(
        (kind, re.compile("|".join(f"(?:{p})" for p in found), re.IGNORECASE))
        for kind, found in table.items()
    )


def designation(name: str) -> str | None:
    """Say whether a name designates a unit or an organisation instead of naming a group."""
    return next((kind for kind, pattern in _designations() if pattern.fullmatch(name)), None)
